/*
 * heap.h - tables of row versions on pages: what other rooms use of them
 *
 * A HeapRel is all that the room needs to know of a table beside its pages. Whoever knows catalogs
 * fills it in; nothing here looks into one.
 *
 * Rows are made and ended by the current transaction, with the command number that is given. What
 * would have to wait for another transaction does not: it tells whom to wait for, and the caller,
 * which has the locks that others see, waits and tries again.
 */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"

/* The longest tuple: one that is alone on its page. */
#define HEAP_TUPLE_SIZE_MAX 8160

#define HEAP_PAGE_LINES_MAX 291 /* line pointers of a page */

typedef struct HeapRel {
    SmgrRel *smgr;
    Oid table;
    HorizonKind horizon; /* whose snapshots may need its dead rows */
    bool is_permanent;   /* not unlogged, not temporary: changes are logged */
    bool is_decoded;     /* logical decoding needs more in the log: refused with 0A000 */
    unsigned fillfactor; /* percent; 0: 100 */
    StatsTable *stats;   /* NULL: nobody counts */
} HeapRel;

/* ---- Visibility: of a tuple on a page whose buffer is pinned and locked at least shared ---- */

/*
 * Does the snapshot show it? Not for DIRTY. As with all that looks at a tuple, hint bits are set on
 * the way.
 */
bool heap_is_visible(const HeapRel *rel, const HeapTuple *tuple, const Snapshot *s, Buffer b);

/*
 * What is committed now, our own, and what runs: s->dirty_xmin is who inserts the row, if he runs
 * (s->token: of a speculative insert), s->xmax is who ends it, if he runs; else 0.
 */
bool heap_is_visible_dirty(const HeapTuple *tuple, Snapshot *s, Buffer b);

typedef enum HeapFate {
    HEAP_FATE_DEAD, /* nobody needs it */
    HEAP_FATE_ALIVE,
    HEAP_FATE_RECENTLY_DEAD, /* ended, but somebody may see it */
    HEAP_FATE_INSERTING,     /* by a transaction that runs */
    HEAP_FATE_DELETING,
} HeapFate;

/*
 * What vacuum may do with it. *dead_after is the xid that ended it when it is RECENTLY_DEAD: dead
 * for those to whom that one has ended before all that they look at. Else 0.
 */
HeapFate heap_fate(const HeapTuple *tuple, Buffer b, Xid *dead_after);

/* The same, with all before oldest ended for everybody. */
HeapFate heap_fate_at(const HeapTuple *tuple, Buffer b, Xid oldest);

/* Has the inserter, by hint bits alone, aborted, or the deleter committed before all horizons? */
bool heap_is_surely_dead(const HeapRel *rel, const HeapTuple *tuple);

/* ---- Who ended or locked a row ---- */

/* The xid that updated or deleted it, also from a multixact; 0: none, it is only locked. */
Xid heap_update_xid(const HeapTuple *tuple);

/* The command that made it, and the one that ended it; for tuples of our own transaction. */
Cid heap_cmin(const HeapTuple *tuple);
Cid heap_cmax(const HeapTuple *tuple);

/* Does the version lead to a newer one on the same page, which has its index entries, too? */
bool heap_is_hot_updated(const HeapTuple *tuple);

/* Is some value stored out of line? */
bool heap_has_external(const HeapTuple *tuple);

/* ---- Fetching ---- */

/*
 * The tuple with tuple->self, if the snapshot (not DIRTY) shows it: then *b is pinned, and *tuple
 * points to its page. No chain is followed. Line pointers that are not there are no error.
 */
bool heap_fetch(const HeapRel *rel, const Snapshot *s, HeapTuple *tuple, Buffer *b);

/*
 * Of the versions from *tid on, on whatever page, the newest that the snapshot shows. False: it
 * shows none. The version at *tid is known to be there.
 */
bool heap_find_newest(const HeapRel *rel, const Snapshot *s, Tid *tid);

/*
 * Of the chain of versions on a page that begins at *tid, as an index has it: the one that the
 * snapshot shows; *tid becomes its place. b is the page's, locked at least shared. *is_all_dead
 * (may be NULL): there is none, and nobody will ever see one.
 */
bool heap_search_chain(const HeapRel *rel, const Snapshot *s, Buffer b, Tid *tid, HeapTuple *tuple,
                       bool *is_all_dead);

/* As above with a DIRTY snapshot. */
bool heap_search_chain_dirty(const HeapRel *rel, Snapshot *s, Buffer b, Tid *tid, HeapTuple *tuple,
                             bool *is_all_dead);

/* ---- Pages, for scans that go by them; their buffers are pinned ---- */

/*
 * The tuple of a line pointer that is ITEM_NORMAL, in place. Raises XX001 when it is no tuple.
 */
void heap_point_to(const HeapRel *rel, Buffer b, OffsetNo offnum, HeapTuple *out);

/*
 * Prune the page if that pays, then note the line pointers of what the snapshot (not DIRTY) shows
 * on it: of all, or of the chains that begin at roots. These tuples stay in place while the buffer
 * is pinned. offnums has room for HEAP_PAGE_LINES_MAX; returns how many.
 */
unsigned heap_look_at_rows(const HeapRel *rel, const Snapshot *s, Buffer b, OffsetNo *offnums);
unsigned heap_look_at_chains(const HeapRel *rel, const Snapshot *s, Buffer b, const OffsetNo *roots,
                             unsigned root_count, OffsetNo *offnums);

/*
 * For each line pointer (from 1) with a tuple the one at which its chain begins, which indexes lead
 * to; 0: none leads to it. The page is locked at least shared. roots has HEAP_PAGE_LINES_MAX + 1.
 */
void heap_find_roots(const HeapRel *rel, Buffer b, OffsetNo *roots);

/* ---- Scanning all rows ---- */

typedef struct HeapScan HeapScan;

/*
 * Rows that the snapshot (not DIRTY) shows, of the blocks that the table has now. What the scan
 * holds is in the current context; the snapshot must stay.
 */
HeapScan *heap_scan_begin(HeapRel *rel, const Snapshot *s);
void heap_scan_restart(HeapScan *scan);

/*
 * A part of the table: the blocks that are read, and the rows of them that are looked at; NULL: all
 * of them.
 */
typedef struct HeapSample HeapSample;
struct HeapSample {
    bool (*has_block)(const HeapSample *sample, BlockNo block);
    bool (*has_row)(const HeapSample *sample, BlockNo block, OffsetNo offset);
};

/* Before anything is read, and it must stay. */
void heap_scan_set_sample(HeapScan *scan, const HeapSample *sample);

/* The next row, or the one before; valid until the next call. NULL at the end, and there a scan
 * may turn round. */
const HeapTuple *heap_scan_next(HeapScan *scan, bool is_backward);
void heap_scan_end(HeapScan *scan);

/* ---- Changing ---- */

typedef struct HeapBulk HeapBulk;

/* Of those who insert much: a few buffers, and the page of the newest insert stays pinned. */
HeapBulk *heap_bulk_begin(void);
void heap_bulk_release(HeapBulk *bulk); /* the pin: before other tables take their turn */
void heap_bulk_end(HeapBulk *bulk);

typedef enum HeapInsertFlag {
    HEAP_INSERT_SKIP_FSM = 1, /* only into the newest page, or a new one */
    HEAP_INSERT_FROZEN = 2,   /* seen by all at once: the table is new in this transaction */
} HeapInsertFlag;

/*
 * Insert a row: the header's transaction fields, self and table are set in tuple, too. Values are
 * as long as they are: whoever has a toast table shortens them before (toast.h). Raises 54000 for
 * tuples longer than a page. bulk may be NULL.
 */
void heap_insert(HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags, HeapBulk *bulk);

/* The same for many, with one record for each page. */
void heap_insert_many(HeapRel *rel, HeapTuple *const *tuples, size_t count, Cid command,
                      unsigned flags, HeapBulk *bulk);

/*
 * A row that may be taken back, under a token that others can wait for, before anybody takes it for
 * one: then its indexes are looked at, and it is confirmed or taken back.
 */
void heap_insert_speculative(HeapRel *rel, HeapTuple *tuple, Cid command, uint32_t token);
void heap_confirm_speculative(HeapRel *rel, Tid tid);
void heap_abort_speculative(HeapRel *rel, Tid tid);

/* How a row is locked; each is weaker than the next. A delete, or an update of a key, needs the
 * last, other updates the one before. */
typedef enum HeapLockMode {
    HEAP_LOCK_KEY_SHARE,
    HEAP_LOCK_SHARE,
    HEAP_LOCK_NO_KEY_UPDATE,
    HEAP_LOCK_UPDATE,
} HeapLockMode;

typedef enum HeapResult {
    HEAP_CHANGE_OK,
    HEAP_CHANGE_INVISIBLE,     /* made by a later command: a bug of the caller's */
    HEAP_CHANGE_SELF_MODIFIED, /* updated or deleted by this transaction already */
    HEAP_CHANGE_UPDATED,       /* by another one that has committed; next is the newer version */
    HEAP_CHANGE_DELETED,
    HEAP_CHANGE_MUST_WAIT, /* another one holds it: wait until that has ended, and try again */
    HEAP_CHANGE_REFUSED,   /* not told by this room: for those above, whose triggers may refuse */
} HeapResult;

/* Why a row could not be changed. */
typedef struct HeapObstacle {
    Tid next;                 /* UPDATED: the newer version; else the tuple itself */
    Xid xmax;                 /* UPDATED, DELETED: by whom */
    Cid cmax;                 /* SELF_MODIFIED: by which command */
    Xid waits_for;            /* MUST_WAIT: a transaction whose lock or change is in the way, */
    MultiXid waits_for_multi; /* a member of this one, or 0 */
    HeapLockMode mode;        /* MUST_WAIT: what the row is wanted for */
    bool is_of_newer_version; /* MUST_WAIT: it has not the row itself but a later version */
} HeapObstacle;

/* Was the row moved to another partition by the update that why tells of? */
static inline bool heap_was_moved(const HeapObstacle *why)
{
    return why->next.offset == 0xFFFD && tid_block(why->next) == BLOCK_NONE;
}

/*
 * May a command lock or end that row, which sees what commands before it did? A KEY SHARE lock may
 * be had beside an update that leaves keys alone, also a committed one. The tuple is on a page
 * whose buffer is pinned and locked.
 */
HeapResult heap_check_change(const HeapTuple *tuple, Cid command, HeapLockMode mode, Buffer b,
                             HeapObstacle *why);

typedef enum HeapDeleteFlag {
    HEAP_DELETE_MOVES = 1, /* the row goes to another partition */
} HeapDeleteFlag;

/* Delete the row at tid, as a command that sees what commands before it did. */
HeapResult heap_delete(HeapRel *rel, Tid tid, Cid command, unsigned flags, HeapObstacle *why);

/* What an update needs, and what it tells. */
typedef struct HeapUpdate {
    const TupleDesc *desc;

    /* Columns by number: bit number - 1 of an array of words for all. NULL: none. */
    const uint64_t *key_columns;     /* of unique indexes that others may refer to */
    const uint64_t *indexed_columns; /* of any index, in keys, expressions or predicates */

    /*
     * Make the row shorter, when it is longer than HEAP_TUPLE_TOAST_MIN or it or the old one has
     * values out of line: returns row, or a new one in the current context. NULL: there is no
     * toast table.
     */
    HeapTuple *(*shorten)(void *arg, HeapTuple *row, const HeapTuple *old);
    void *arg;

    /* Out: */
    HeapTuple *stored; /* row, or what shorten() made of it */
    HeapLockMode mode; /* that the old version was ended with, or waits for */
    bool is_hot;       /* no index needs an entry for it */
} HeapUpdate;

#define HEAP_TUPLE_TOAST_MIN 2032 /* longer ones are worth shortening */

/*
 * Put row in the place of the one at tid, as heap_delete() and heap_insert() would; index entries
 * are the caller's, unless it is hot.
 */
HeapResult heap_update(HeapRel *rel, Tid tid, HeapTuple *row, Cid command, HeapUpdate *u,
                       HeapObstacle *why);

/*
 * Lock the row at tuple->self; on OK *b is pinned and *tuple points to its page. follows_updates:
 * newer versions, which may be there when the mode allows it, are locked too.
 */
HeapResult heap_lock(HeapRel *rel, HeapTuple *tuple, Cid command, HeapLockMode mode,
                     bool follows_updates, Buffer *b, HeapObstacle *why);

/*
 * Other data of the same length in the place of a row's, for everybody at once and without a new
 * version. The caller has a lock against others who do that.
 */
void heap_overwrite(HeapRel *rel, Tid tid, const HeapTuple *with);

/* ---- Index entries to rows ---- */

/* Rows one by one, as an index has them; rows of one page after the other cost one pin. */
typedef struct HeapFetch {
    HeapRel *rel;
    Buffer b;
} HeapFetch;

static inline HeapFetch heap_fetch_begin(HeapRel *rel)
{
    return (HeapFetch){.rel = rel, .b = BUFFER_NONE};
}

/*
 * The version that the snapshot shows of the chain that begins at tid: *tuple points to the page,
 * which stays pinned until the next call or heap_fetch_end(). *is_all_dead (may be NULL): the index
 * entry leads to nothing that anybody may see.
 */
bool heap_fetch_row(HeapFetch *f, const Snapshot *s, Tid tid, HeapTuple *tuple, bool *is_all_dead);
bool heap_fetch_row_dirty(HeapFetch *f, Snapshot *dirty, Tid tid, HeapTuple *tuple,
                          bool *is_all_dead);
void heap_fetch_end(HeapFetch *f);

/*
 * Of rows that are dead to everybody, by their index entries: the newest transaction that ended one
 * of their versions; 0: none.
 */
Xid heap_newest_xid(HeapRel *rel, const Tid *tids, size_t count);

/* Room for one more row, as the free space map is told; the page is pinned. */
size_t heap_page_room(Buffer b);

/* ---- Pruning, for all who come by, and what vacuum does to a page ---- */

/*
 * Take dead versions off the page if it seems to pay, and nobody else is looking: the buffer is
 * pinned, not locked.
 */
void heap_try_prune(const HeapRel *rel, Buffer b);

/* What vacuum goes by; the first two are those of pg_class, and what is older is damage. */
typedef struct HeapCutoffs {
    Xid relfrozenxid;
    MultiXid relminmxid;
    Xid oldest_xmin;       /* who ended before is seen by nobody as running */
    Xid freeze_limit;      /* older xids go */
    MultiXid multi_cutoff; /* older multixacts go */
} HeapCutoffs;

/* What it found on the pages, one after the other: begin with the cutoffs' limits. */
typedef struct HeapOldest {
    Xid xid; /* that stays somewhere */
    MultiXid multi;
} HeapOldest;

typedef struct HeapPageReport {
    bool has_rows;       /* line pointers that are in use: the table is not cut here */
    bool is_all_visible; /* but for dead line pointers, which no index may lead to first */
    bool is_all_frozen;
    Xid visible_after; /* newest xmin, when it is all visible */
    unsigned removed, live, recently_dead, frozen;
    OffsetNo at;         /* that is looked at, should there be an error; 0: none */
    unsigned missed;     /* dead rows that stay, as the page was only looked at */
    unsigned dead_count; /* line pointers that wait for heap_vacuum_page() */
    OffsetNo dead[HEAP_PAGE_LINES_MAX];
} HeapPageReport;

/* Prune and freeze a page that is locked for cleanup. */
void heap_clean_page(const HeapRel *rel, Buffer b, const HeapCutoffs *cutoffs, HeapOldest *oldest,
                     HeapPageReport *out);

/*
 * The same when no cleanup lock is to be had: nothing is changed (the page is locked shared).
 * False: something is older than the limits, and *oldest says so now.
 */
bool heap_look_at_page(const HeapRel *rel, Buffer b, const HeapCutoffs *cutoffs, HeapOldest *oldest,
                       HeapPageReport *out);

/*
 * Dead line pointers to which no index leads any more become free; the page is locked exclusively.
 * Then it is said to be all visible, if it is: *map is pinned for the block.
 */
void heap_vacuum_page(const HeapRel *rel, Buffer b, const OffsetNo *dead, unsigned count,
                      const HeapCutoffs *cutoffs, Buffer map);

/*
 * Cut the table and its maps to that many blocks: nothing is behind, and nobody uses the table (an
 * AccessExclusive lock).
 */
void heap_truncate(HeapRel *rel, BlockNo count);

/* Who ended a row before that xid is not seen as running by anybody who may look at the table. */
Xid heap_oldest_needed(const HeapRel *rel);

/*
 * Say of a page that is locked exclusively that it is all visible, and what more bits say (VM_*).
 */
void heap_set_all_visible(const HeapRel *rel, Buffer b, Buffer map, Xid visible_after,
                          uint8_t bits);

#endif
