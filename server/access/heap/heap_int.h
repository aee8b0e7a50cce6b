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

/*
 * The tuple of a line pointer that is ITEM_NORMAL, in place. Raises XX001 when it is no tuple.
 */
void heap_point_to(const HeapRel *rel, Buffer b, OffsetNo offnum, HeapTuple *out);

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

/* ---- xmax.c ---- */

/* What a tuple is to say of its new xmax. */
typedef struct NewXmax {
    Xid xmax;
    uint16_t infomask, infomask2;
} NewXmax;

/*
 * xid ends the row (with its key) while others may hold locks that do not stand in the way. Before
 * the critical section; what it asks for is that heap_check_change() said OK.
 */
NewXmax heap_xmax_for_delete(const HeapTuple *tuple, Xid xid);
uint8_t heap_infobits(uint16_t infomask, uint16_t infomask2); /* as records hold them */

/* The value for the field cid when a command ends the row; *is_combo says what it is. */
Cid heap_cmax_to_store(const HeapTuple *tuple, Cid command, bool *is_combo);

/* ---- place.c ---- */

/*
 * A page with room for len bytes, pinned and locked exclusively; if it is all visible, *map has its
 * page of the visibility map pinned.
 */
Buffer heap_find_room(HeapRel *rel, size_t len, unsigned flags, Buffer *map);

/* For one more, on the page of heap_find_room(). */
bool heap_has_room(const HeapRel *rel, Buffer b, size_t len);

/* Put the tuple on the page: sets its place in it and on the page. In a critical section. */
void heap_put(Buffer b, HeapTuple *tuple);

/* Lock a page exclusively, with its page of the map pinned if it is all visible. */
void heap_lock_with_map(const HeapRel *rel, Buffer b, Buffer *map);

/* Say that a page is no longer all visible; true when it was. In a critical section. */
bool heap_clear_all_visible(Buffer b, Buffer map);

void heap_raise_if_decoded(const HeapRel *rel);

#endif
