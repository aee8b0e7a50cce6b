/*
 * heap_int.h - what the files of access/heap share: tuples on pages, states of xmin and xmax, room
 */
#ifndef HEAP_HEAP_INT_H
#define HEAP_HEAP_INT_H

#include "common/base/base.h"

#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "server/access/heap/heap.h"

/* All that infomask says of an xmax. */
#define HEAP_XMAX_BITS                                                                 \
 (HEAP_XMAX_COMMITTED | HEAP_XMAX_INVALID | HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_MASK | \
  HEAP_XMAX_LOCK_ONLY)

static inline HeapTupleHeader *heap_header(const HeapTuple *tuple)
{
    return (HeapTupleHeader *)tuple->bytes;
}

/* ---- visibility.c ---- */

typedef enum XminState { XMIN_ABORTED, XMIN_OURS, XMIN_RUNS, XMIN_COMMITTED } XminState;

typedef enum XmaxState {
    XMAX_NONE,   /* the row lives, nobody has it locked (or who had has ended) */
    XMAX_LOCKED, /* only locked, maybe by somebody who has ended */
    XMAX_OURS,
    XMAX_RUNS,
    XMAX_COMMITTED,
} XmaxState;

/*
 * As of the snapshot, or now when it is NULL. Sets hints. *xid (may be NULL): who ended the row, in
 * the last three states.
 */
XminState heap_xmin_state(const HeapTuple *tuple, const Snapshot *s, Buffer b);
XmaxState heap_xmax_state(const HeapTuple *tuple, const Snapshot *s, Buffer b, Xid *xid);

/* A multixact of a cluster before 9.3, which held nothing but locks, long gone. */
static inline bool heap_xmax_is_upgraded_lock(uint16_t infomask)
{
    return (infomask & HEAP_XMAX_IS_MULTI) != 0 && (infomask & HEAP_XMAX_LOCK_ONLY) != 0 &&
           (infomask & HEAP_XMAX_LOCK_MASK) == 0;
}

void heap_set_hint(const HeapTuple *tuple, Buffer b, uint16_t bits, Xid committed);

/* The member of a multixact that changed the row; 0: none. */
Xid heap_multi_updater(MultiXid multi);

/* ---- xmax.c ---- */

/* What a tuple is to say of its new xmax. */
typedef struct NewXmax {
    Xid xmax;
    uint16_t infomask, infomask2;
} NewXmax;

/*
 * xid locks or ends the row in that mode while others may hold locks that do not stand in the way.
 * Before the critical section; what it asks for is that heap_check_change() said OK, and the
 * transaction is ready to be a multixact's member (multixact_set_oldest_member).
 */
NewXmax heap_xmax_for(const HeapTuple *tuple, Xid xid, HeapLockMode mode, bool is_update);

/* What a newer version takes over from the one that is ended: the locks on it. */
NewXmax heap_xmax_of_newer(const HeapTuple *tuple);
NewXmax heap_multi_xmax(MultiXid multi);
void heap_set_xmax(HeapTupleHeader *h, NewXmax xmax);

HeapLockMode heap_mode_of(MultiStatus status);
bool heap_modes_conflict(HeapLockMode a, HeapLockMode b);
MultiStatus heap_xmax_status(const HeapTupleHeader *h);       /* of an xmax that is an xid */
uint8_t heap_infobits(uint16_t infomask, uint16_t infomask2); /* as records hold them */

/* The value for the field cid when a command ends the row; *is_combo says what it is. */
Cid heap_cmax_to_store(const HeapTuple *tuple, Cid command, bool *is_combo);
void heap_set_cmax(HeapTupleHeader *h, Cid cmax, bool is_combo);

/* ---- place.c ---- */

/* Where a tuple is to go. */
typedef struct HeapRoom {
    size_t len;
    unsigned flags; /* HeapInsertFlag */
    HeapBulk *bulk; /* NULL: none */
    Buffer other;   /* pinned, to be locked as well: of the row that is updated; or none */

    /* Pages of the visibility map, pinned where a page is all visible; kept between calls. */
    Buffer map, other_map;
} HeapRoom;

/*
 * A page with that room, pinned (but for other itself) and locked exclusively, as other is then.
 * Pages are locked by ascending number.
 */
Buffer heap_find_room(HeapRel *rel, HeapRoom *room);

/* For one more, on the page of heap_find_room(). */
bool heap_has_room(const HeapRel *rel, Buffer b, size_t len);

/* Room for one more tuple with its line pointer, and what fillfactor keeps of a page. */
size_t heap_free_space(const uint8_t *page);
size_t heap_kept_room(const HeapRel *rel);

/* Put the tuple on the page: sets its place in it and on the page. In a critical section. */
void heap_put(Buffer b, HeapTuple *tuple);

/* Its place alone: the ctid says something else. */
void heap_put_as_is(Buffer b, HeapTuple *tuple);

/* Lock a page exclusively, with its page of the map pinned if it is all visible. */
void heap_lock_with_map(const HeapRel *rel, Buffer b, Buffer *map);

/* Say that a page is no longer all visible; true when it was. In a critical section. */
bool heap_clear_all_visible(Buffer b, Buffer map);

/* The same for "all frozen": a row of it is locked. */
bool heap_clear_all_frozen(Buffer b, Buffer map);

static inline void heap_unpin_map(Buffer map)
{
    if (map != BUFFER_NONE)
        buffer_unpin(map);
}

/* ---- extend.c ---- */

/*
 * One page more, pinned and locked exclusively. When others wait for the same, several are added,
 * and a page that one of them added may serve: then it is not locked, only its number is given, in
 * *block, and the result is BUFFER_NONE.
 */
Buffer heap_extend(HeapRel *rel, const HeapRoom *room, size_t wanted, BlockNo *block);

/* Read a block, by way of what a bulk insert keeps. */
Buffer heap_bulk_read(HeapRel *rel, HeapBulk *bulk, BlockNo block, BufferMode mode);
BlockNo heap_bulk_block(const HeapBulk *bulk); /* of the newest insert, or BLOCK_NONE */
void heap_init_if_new(Buffer b);

/* ---- record.c ---- */

/* The main data of HEAP LOCK and HEAP2 LOCK_UPDATED, 8 bytes. */
Lsn heap_log_lock(Buffer b, const HeapTuple *tuple, NewXmax set, bool was_all_frozen,
                  bool is_newer_version);

/* What records have of a tuple's header, 5 bytes. */
typedef struct LoggedHeader {
    uint16_t infomask2, infomask;
    uint8_t hoff;
} LoggedHeader;

#define LOGGED_HEADER_SIZE 5

/* Of infomask and infomask2: what transactions say. */
#define HEAP_XACT_BITS  0xFFF0
#define HEAP_XACT_BITS2 0xE000

/* A hint: from this xid on, pruning the page may pay. */
void heap_set_prunable(uint8_t *page, Xid xid);

/* Without bits of transactions that the tuple had where it was before. */
void heap_reset_header(HeapTupleHeader *h, Xid xmin, Cid command);
void heap_raise_if_decoded(const HeapRel *rel);
_Noreturn void heap_raise_invisible(Buffer b, const char *what);

/* ---- prune.c ---- */

/*
 * Prune a page that is locked for cleanup. Dead is what ended before oldest (0: unknown), or what
 * the newest horizons allow. Returns how many tuples went; *new_dead: line pointers that are dead
 * now.
 */
unsigned heap_prune(const HeapRel *rel, Buffer b, Xid oldest, unsigned *new_dead);

/* Does the version lead to a newer one on the same page? */
bool heap_leads_on(const HeapTupleHeader *h);

/* Move *newest forward to who ended that version, if a standby may have seen it. */
void heap_advance_newest(const HeapTuple *tuple, Xid *newest);

/* ---- freeze.c ---- */

/* What is to be written over a tuple's fields; 12 bytes of a record. */
typedef struct FreezePlan {
    Xid xmax;
    OffsetNo offnum;
    uint16_t infomask2, infomask;
    uint8_t flags;
    uint8_t padding;
} FreezePlan;

STATIC_ASSERT(sizeof(FreezePlan) == 12);

/*
 * What has to be frozen of a tuple that stays. False: nothing. *is_all_frozen: nothing of it
 * will ever have to be (after the plan). *oldest takes what stays.
 */
bool heap_plan_freeze(const HeapTuple *tuple, const HeapCutoffs *cutoffs, FreezePlan *plan,
                      bool *is_all_frozen, HeapOldest *oldest);
bool heap_needs_freeze(const HeapTuple *tuple, const HeapCutoffs *cutoffs, HeapOldest *oldest);
void heap_apply_freeze(HeapTupleHeader *h, const FreezePlan *plan);

#endif
