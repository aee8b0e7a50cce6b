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
#include "server/storage/buffer/buffer.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"

/* The longest tuple: one that is alone on its page. */
#define HEAP_TUPLE_SIZE_MAX 8160

typedef struct HeapRel {
    SmgrRel *smgr;
    Oid table;
    HorizonKind horizon; /* whose snapshots may need its dead rows */
    bool is_permanent;   /* not unlogged, not temporary: changes are logged */
    bool is_decoded;     /* logical decoding needs more in the log: refused with 0A000 */
    unsigned fillfactor; /* percent; 0: 100 */

    /* Kept between calls; BLOCK_NONE at first and after an invalidation. */
    BlockNo target; /* where the newest insert found room */
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

/* ---- Fetching ---- */

/*
 * The tuple with tuple->self, if the snapshot (not DIRTY) shows it: then *b is pinned, and *tuple
 * points to its page. No chain is followed. Line pointers that are not there are no error.
 */
bool heap_fetch(const HeapRel *rel, const Snapshot *s, HeapTuple *tuple, Buffer *b);

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

/* ---- Scanning all rows ---- */

typedef struct HeapScan HeapScan;

/*
 * Rows that the snapshot (not DIRTY) shows, of the blocks that the table has now. What the scan
 * holds is in the current context; the snapshot must stay.
 */
HeapScan *heap_scan_begin(HeapRel *rel, const Snapshot *s);
void heap_scan_restart(HeapScan *scan);

/* The next row, or the one before; valid until the next call. NULL at the end, and there a scan
 * may turn round. */
const HeapTuple *heap_scan_next(HeapScan *scan, bool is_backward);
void heap_scan_end(HeapScan *scan);

/* ---- Changing ---- */

typedef enum HeapInsertFlag {
    HEAP_INSERT_SKIP_FSM = 1, /* only into the newest page, or a new one */
    HEAP_INSERT_FROZEN = 2,   /* seen by all at once: the table is new in this transaction */
} HeapInsertFlag;

/*
 * Insert a row: the header's transaction fields, self and table are set in tuple, too. Values are
 * as long as they are: whoever has a toast table shortens them before. Raises 54000 for tuples
 * longer than a page.
 */
void heap_insert(HeapRel *rel, HeapTuple *tuple, Cid command, unsigned flags);

/* The same for many, with one record for each page. Not with HEAP_INSERT_FROZEN. */
void heap_insert_many(HeapRel *rel, HeapTuple *const *tuples, size_t count, Cid command,
                      unsigned flags);

typedef enum HeapResult {
    HEAP_CHANGE_OK,
    HEAP_CHANGE_INVISIBLE,     /* made by a later command: a bug of the caller's */
    HEAP_CHANGE_SELF_MODIFIED, /* updated or deleted by this transaction already */
    HEAP_CHANGE_UPDATED,       /* by another one that has committed; next is the newer version */
    HEAP_CHANGE_DELETED,
    HEAP_CHANGE_MUST_WAIT, /* others hold it: wait for who is told, and try again */
} HeapResult;

/* Why a row could not be changed. */
typedef struct HeapObstacle {
    Tid next;                 /* UPDATED: the newer version; else the tuple itself */
    Xid xmax;                 /* UPDATED, DELETED: by whom */
    Cid cmax;                 /* SELF_MODIFIED: by which command */
    Xid waits_for;            /* MUST_WAIT: the transaction, */
    MultiXid waits_for_multi; /* or all that conflict in that multixact; 0 */
} HeapObstacle;

/*
 * May a command end that row, which sees what commands before it did? The tuple is on a page whose
 * buffer is pinned and locked.
 */
HeapResult heap_check_change(const HeapTuple *tuple, Cid command, Buffer b, HeapObstacle *why);

/* Delete the row at tid, as a command that sees what commands before it did. */
HeapResult heap_delete(HeapRel *rel, Tid tid, Cid command, HeapObstacle *why);

#endif
