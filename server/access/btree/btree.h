/*
 * btree.h - B-tree indexes: what other rooms use of them
 *
 * A BtreeKeys is all that the room needs to know of an index beside its pages: columns, orders,
 * rules. Whoever knows catalogs fills it in; nothing here looks into one.
 */
#ifndef BTREE_BTREE_H
#define BTREE_BTREE_H

#include "common/base/base.h"

#include "server/access/common/index_form.h"
#include "server/access/common/scan_key.h"
#include "server/access/common/sort_support.h"
#include "server/stats/stats.h"
#include "server/storage/smgr/smgr.h"

#define BTREE_FILLFACTOR 90 /* percent of a leaf page that a build fills */

typedef struct BtreeKeys {
    const TupleDesc *desc; /* all columns of the index */
    uint16_t key_count;    /* of them order it; those behind are only stored (INCLUDE) */
    bool is_unique;
    bool nulls_are_equal;   /* UNIQUE NULLS NOT DISTINCT */
    bool all_equal_image;   /* equal keys are equal bytes: each opclass says so, no INCLUDE */
    bool may_deduplicate;   /* storage parameter deduplicate_items */
    const char *index_name; /* for messages */
    SortSupport *orders;    /* of the key columns */
} BtreeKeys;

/* Bits of pg_index.indoption. */
#define BTREE_OPTION_DESC        1
#define BTREE_OPTION_NULLS_FIRST 2

/*
 * Start with no rules at all: not unique, nothing merged; the caller sets what holds. Orders, in
 * the current context, are set one by one, number counting from 1.
 */
void btree_keys_init(BtreeKeys *keys, const TupleDesc *desc, unsigned key_count);
void btree_keys_set_order(BtreeKeys *keys, unsigned number, Oid compare_function, Oid collation,
                          int16_t options);

/* ---- Building ---- */

/* What errors tell beside their messages; NULL: nothing. In the current context. */
typedef struct BtreeConflict {
    const char *detail; /* "Key (a)=(1) already exists." */
    const char *schema, *table;
} BtreeConflict;

typedef struct BtreeBuildSpec {
    const BtreeKeys *keys;
    unsigned fillfactor; /* percent; 0: BTREE_FILLFACTOR */
    size_t memory_max;   /* for sorting */

    /*
     * Takes each page once, in any order; the metapage, block 0, comes last. Its LSN and checksum
     * are zero: the writer's to set, on the page if it likes.
     */
    void (*write)(void *arg, BlockNo block, uint8_t *page);

    /* What 23505 tells of it, where that is known; NULL: nothing. */
    void (*describe_duplicate)(void *arg, const IndexTuple *tuple, BtreeConflict *out);
    void (*describe_table)(void *arg, BtreeConflict *out); /* its names alone; may be NULL */
    void *arg;                                             /* of all */
} BtreeBuildSpec;

typedef struct BtreeBuild BtreeBuild;

/* What it holds is in the current context until the end. */
BtreeBuild *btree_build_begin(const BtreeBuildSpec *spec);

/* is_alive: the row counts for uniqueness (it is not only there for old snapshots). */
void btree_build_add(BtreeBuild *b, const Datum *values, const bool *nulls, Tid tid, bool is_alive);

/*
 * Sort, write all pages. Raises 23505 for duplicates in a unique index, 54000 for tuples longer
 * than a third of a page. Returns how many blocks the index has.
 */
BlockNo btree_build_finish(BtreeBuild *b);

/* ---- An index in use ---- */

typedef struct BtreeIndex {
    BtreeKeys keys;
    SmgrRel *rel;
    unsigned fillfactor; /* percent; 0: BTREE_FILLFACTOR */
    bool is_permanent;   /* not unlogged, not temporary: changes are logged */
    StatsTable *stats;   /* NULL: nobody counts */

    /*
     * May a page that was deleted when that xid was the next one serve anew: has all ended that may
     * still be on its way to it? NULL: no page does.
     */
    bool (*may_reuse)(FullXid safe_xid);

    /* Kept between calls; zero at first and after an invalidation. */
    BlockNo root; /* where to begin: the lowest page that is alone on its level; 0: not known */
    uint32_t root_level;
    BlockNo target; /* the rightmost leaf, if the newest insert went there; 0 */
} BtreeIndex;

/* Levels above the leaves, where searches begin; 0 for an empty index, too. */
uint32_t btree_height(BtreeIndex *index);

/* ---- Scanning ---- */

typedef enum ScanDirection { SCAN_BACKWARD = -1, SCAN_FORWARD = 1 } ScanDirection;

typedef struct BtreeScan BtreeScan;

/*
 * All rows whose columns match all keys (their column counts in the index), in the index's order.
 * What the scan holds is in the current context; keys are copied, their arguments must stay.
 * wants_tuples: btree_scan_tuple() will be asked for.
 */
BtreeScan *btree_scan_begin(BtreeIndex *index, const ScanKey *keys, unsigned key_count,
                            bool wants_tuples);

/*
 * The page of the row that came last stays pinned, so that vacuum cannot take the row away before
 * it was looked at: for snapshots that do not keep rows from being taken away. Before the first
 * row.
 */
void btree_scan_keep_pins(BtreeScan *s);

/*
 * What is dead to all on a primary may be wanted by a standby's own queries: entries that are
 * marked dead come too, and none is marked. Before the first row.
 */
void btree_scan_as_standby(BtreeScan *s);

/* Begin again, with other arguments for the same keys when keys is not NULL. */
void btree_scan_restart(BtreeScan *s, const ScanKey *keys);

/* The next row in that direction; false at the end, where a scan may turn round. */
bool btree_scan_next(BtreeScan *s, ScanDirection direction, Tid *tid);

/* The index tuple of the row that came last, with its INCLUDE columns; its TID is not set. */
const IndexTuple *btree_scan_tuple(const BtreeScan *s);

/* The row that came last is dead to everybody: its entry may be marked so. */
void btree_scan_mark_dead(BtreeScan *s);

/*
 * Mark the row that came last, to come back to it: the next one is then the one behind it, in the
 * scan's direction. One mark at a time; a restart takes it away.
 */
void btree_scan_mark(BtreeScan *s);
void btree_scan_restore(BtreeScan *s);

void btree_scan_end(BtreeScan *s);

/* ---- Inserting ---- */

typedef enum BtreeUnique {
    BTREE_UNIQUE_NO,       /* not looked for */
    BTREE_UNIQUE_YES,      /* a duplicate raises 23505 */
    BTREE_UNIQUE_DEFERRED, /* a duplicate, even a possible one, is told */
} BtreeUnique;

/* What a row that an index leads to is, for who wants to insert another one with its key. */
typedef enum BtreeRowState {
    BTREE_ROW_GONE,      /* nobody sees it, nor waits for it to be seen */
    BTREE_ROW_DEAD,      /* gone, and so is all that the entry leads to: the entry may be marked */
    BTREE_ROW_ALIVE,     /* a duplicate */
    BTREE_ROW_UNCERTAIN, /* as the transaction decides that is told */
} BtreeRowState;

/* Looks at rows, as the table's access method does. */
typedef struct BtreeTable {
    /* *waits_for: out, when uncertain. *token: of a speculative insert, or 0. */
    BtreeRowState (*look)(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token);
    void (*wait)(void *arg, Xid xid, uint32_t token); /* until it has ended */

    /* The same of a key that is there already; may be NULL, and so may the names of the table. */
    void (*describe_key)(void *arg, const IndexTuple *tuple, BtreeConflict *out);
    void (*describe_table)(void *arg, BtreeConflict *out);

    /*
     * Of rows that are dead to everybody: the newest transaction that somebody on a standby may
     * see them before. NULL: entries that are marked dead wait for the next vacuum.
     */
    Xid (*newest_xid)(void *arg, const Tid *tids, size_t count);
    void *arg;
} BtreeTable;

/*
 * Insert the entry of a row. Of table, BTREE_UNIQUE_NO asks for newest_xid alone; it may be NULL
 * then. False: there is, or may be, a duplicate (BTREE_UNIQUE_DEFERRED); the entry is there all the
 * same.
 */
bool btree_insert(BtreeIndex *index, const Datum *values, const bool *nulls, Tid tid,
                  BtreeUnique unique, const BtreeTable *table);

/* ---- Vacuum ---- */

typedef struct BtreeVacuum {
    bool (*is_dead)(void *arg, const Tid *tid); /* may the row's entry go? */
    FullXid (*next_xid)(void);                  /* the one that is given out next */
    void (*pause)(void);                        /* between pages; NULL: check_interrupts() */
    void *arg;                                  /* of is_dead */

    /* Out: */
    uint64_t rows_removed, rows_left;
    BlockNo pages_deleted;     /* by this vacuum */
    BlockNo pages_deleted_all; /* by any, and not used anew */
    BlockNo pages_free;        /* of them: may be used anew */
    BlockNo page_count;        /* of the index, at the end */
} BtreeVacuum;

/*
 * Take away the entries of dead rows, and leaves that are empty then. One at a time for an index,
 * which a lock on the table sees to; searches and inserts may go on.
 */
void btree_vacuum(BtreeIndex *index, BtreeVacuum *v);

/*
 * Without dead rows: does it pay to go over the index, for pages that were deleted by now and may
 * be used? And note, for the next time this is asked, what was found.
 */
bool btree_needs_cleanup(const BtreeIndex *index);
void btree_note_cleanup(const BtreeIndex *index, const BtreeVacuum *v);

#endif
