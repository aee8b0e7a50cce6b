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
#include "server/access/common/sort_support.h"

#define BTREE_FILLFACTOR 90 /* percent of a leaf page that a build fills */

typedef struct BtreeKeys {
    const TupleDesc *desc; /* all columns of the index */
    uint16_t key_count;    /* of them order it; those behind are only stored (INCLUDE) */
    bool is_unique;
    bool nulls_are_equal; /* UNIQUE NULLS NOT DISTINCT */
    bool all_equal_image; /* equal keys are equal bytes: each opclass says so, no INCLUDE */
    bool may_deduplicate; /* storage parameter deduplicate_items */
    const char *index_name;
    const char *table_name; /* both for messages */
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

typedef struct BtreeBuildSpec {
    const BtreeKeys *keys;
    unsigned fillfactor; /* percent; 0: BTREE_FILLFACTOR */
    size_t memory_max;   /* for sorting */

    /*
     * Takes each page once, in any order; the metapage, block 0, comes last. Its LSN and checksum
     * are zero: the writer's to set, on the page if it likes.
     */
    void (*write)(void *arg, BlockNo block, uint8_t *page);

    /* "Key (a)=(1) is duplicated.": the detail of 23505; NULL: there is none. */
    const char *(*describe_duplicate)(void *arg, const IndexTuple *tuple);
    void *arg; /* of both */
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

#endif
