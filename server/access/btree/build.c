/*
 * build.c - make an index from all tuples at once
 *
 * Tuples are sorted and laid on pages from left to right, each level on its rightmost page only. A
 * page that is full is closed: its last item goes over to the new page, and in its place the page
 * gets a high key, which becomes the lower bound of the new page, so its pivot in the level above.
 * A page's pivot goes up when the page is closed, with all that is to its left there already.
 *
 * Promises
 *   1. The pages are those that PostgreSQL 15's CREATE INDEX writes for the same tuples, to the
 *      byte, but for LSN and checksum.
 *   2. Each page is given to the writer once. Nothing leads to the index before the last one, the
 *      metapage, is there.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/btree/btree_int.h"
#include "server/access/common/tuple_sort.h"

#define UPPER_FILLFACTOR 70
#define PAGE_PERCENT(n)  ((size_t)BLOCK_SIZE * (n) / 100)

/* A tenth of a page, which is what a leaf leaves free, less a line pointer. */
#define POSTING_MAX ((PAGE_PERCENT(10) & ~(size_t)(PAGE_ALIGN - 1)) - PAGE_ITEM_ID_SIZE)

/* The rightmost page of a level. */
typedef struct BuildLevel {
    uint8_t *page;
    BlockNo block;
    uint32_t level;
    OffsetNo last;            /* line pointer of the newest item; BTREE_HIGH_KEY: none yet */
    size_t last_tids;         /* bytes of the rows in the newest item, if it is a posting tuple */
    size_t free_wanted;       /* bytes that a page keeps free */
    IndexTuple *low_key;      /* of this page: its pivot in the level above */
    struct BuildLevel *above; /* NULL: none yet */
} BuildLevel;

struct BtreeBuild {
    BtreeBuildSpec spec;
    const BtreeKeys *keys;
    MemContext *mem;
    MemContext *scratch;
    TupleSort *alive;
    TupleSort *dead; /* rows that do not count for uniqueness; NULL: none so far */
    BlockNo block_count;
    BuildLevel *leaf; /* NULL: no tuple yet */
    BtreeRun *run;    /* NULL: duplicates are not merged */
};

static void load(BtreeBuild *b);
static void load_merging(BtreeBuild *b);
static void load_unique(BtreeBuild *b);
static void add_leaf(BtreeBuild *b, const IndexTuple *tuple, size_t tids);
static void finish_run(BtreeBuild *b);
static BuildLevel *level_new(BtreeBuild *b, uint32_t level);
static void begin_page(BtreeBuild *b, BuildLevel *l);
static void add(BtreeBuild *b, BuildLevel *l, const IndexTuple *tuple, size_t tids);
static void close_page(BtreeBuild *b, BuildLevel *l);
static void shorten_high_key(BtreeBuild *b, uint8_t *page, OffsetNo last);
static void add_to_page(uint8_t *page, const IndexTuple *tuple, OffsetNo offnum, bool is_lowest);
static void give_pivot_up(BtreeBuild *b, BuildLevel *l, BlockNo block);
static void finish_levels(BtreeBuild *b);
static void drop_high_key_slot(uint8_t *page);

BtreeBuild *btree_build_begin(const BtreeBuildSpec *spec)
{
    MemContext *mem = mem_context_new(mem_current(), "btree build");
    BtreeBuild *b = mem_alloc_in(mem, sizeof(*b));
    const BtreeKeys *keys = spec->keys;

    b->spec = *spec;
    b->keys = keys;
    b->mem = mem;
    b->scratch = mem_context_new(mem, "btree build tuple");
    b->block_count = BTREE_META_BLOCK + 1;
    MEM_SCOPE(mem) {
        b->alive = tuple_sort_new(keys->desc, keys->orders, keys->key_count, spec->memory_max);
        if (keys->all_equal_image && !keys->is_unique && keys->may_deduplicate) {
            b->run = mem_new(BtreeRun);
            b->run->keys = keys;
            b->run->posting_max = POSTING_MAX;
        }
    }
    return b;
}

void btree_build_add(BtreeBuild *b, const Datum *values, const bool *nulls, Tid tid, bool is_alive)
{
    TupleSort *sort;
    IndexTuple *tuple;

    if (!is_alive && b->keys->is_unique && b->dead == NULL) {
        MEM_SCOPE(b->mem) {
            b->dead = tuple_sort_new(b->keys->desc, b->keys->orders, b->keys->key_count,
                                     b->spec.memory_max);
        }
    }
    sort = is_alive || b->dead == NULL ? b->alive : b->dead;
    if (!nulls[0] && tuple_sort_put_number(sort, values[0], tid))
        return;
    MEM_SCOPE(b->scratch) {
        tuple = index_form(b->keys->desc, values, nulls);
    }
    tuple->tid = tid;
    tuple_sort_put(sort, tuple);
    mem_reset(b->scratch);
}

BlockNo btree_build_finish(BtreeBuild *b)
{
    BlockNo block_count;

    MEM_SCOPE(b->mem) {
        tuple_sort_run(b->alive);
        if (b->dead != NULL)
            tuple_sort_run(b->dead);
        load(b);
        tuple_sort_free(b->alive);
        if (b->dead != NULL)
            tuple_sort_free(b->dead);
        finish_levels(b);
    }
    block_count = b->block_count;
    mem_delete(b->mem);
    return block_count;
}

/* ---- Leaf tuples ---- */

static void load(BtreeBuild *b)
{
    const IndexTuple *tuple;

    if (b->keys->is_unique) {
        load_unique(b);
    } else if (b->run != NULL) {
        load_merging(b);
    } else {
        while ((tuple = tuple_sort_next(b->alive)) != NULL)
            add_leaf(b, tuple, 0);
    }
}

static void load_merging(BtreeBuild *b)
{
    const IndexTuple *tuple = tuple_sort_next(b->alive);

    if (tuple == NULL)
        return;
    btree_run_start(b->run, tuple);
    while ((tuple = tuple_sort_next(b->alive)) != NULL) {
        if (!btree_run_try_add(b->run, tuple)) {
            finish_run(b);
            btree_run_start(b->run, tuple);
        }
    }
    finish_run(b);
}

static void finish_run(BtreeBuild *b)
{
    BtreeRun *run = b->run;

    if (run->tid_count == 1) {
        add_leaf(b, &run->base, 0);
        return;
    }
    btree_form_posting(&run->base, run->tids, run->tid_count, &run->base);
    add_leaf(b, &run->base, index_tuple_size(&run->base) - btree_posting_offset(&run->base));
}

static bool has_null_key(const BtreeKeys *keys, const IndexTuple *tuple)
{
    bool is_null = false;

    if ((tuple->info & INDEX_HAS_NULLS) == 0)
        return false;
    for (unsigned i = 1; i <= keys->key_count && !is_null; i++)
        index_get(tuple, i, keys->desc, &is_null);
    return is_null;
}

static void check_duplicate(BtreeBuild *b, const IndexTuple *before, const IndexTuple *tuple)
{
    const BtreeKeys *keys = b->keys;
    BtreeConflict conflict = {.detail = NULL};

    if (btree_equal_columns(keys, before, tuple) < keys->key_count)
        return;
    if (!keys->nulls_are_equal && has_null_key(keys, tuple))
        return;
    if (b->spec.describe_duplicate != NULL)
        b->spec.describe_duplicate(b->spec.arg, tuple, &conflict);
    err_raise(SQLSTATE_UNIQUE_VIOLATION,
              .message = err_fmt("could not create unique index \"%s\"", keys->index_name),
              .detail = conflict.detail, .schema = conflict.schema, .table = conflict.table,
              .constraint = keys->index_name);
}

/* Rows that are dead go in as well, at their places, but are nobody's duplicates. */
static void load_unique(BtreeBuild *b)
{
    const IndexTuple *alive = tuple_sort_next(b->alive);
    const IndexTuple *dead = b->dead == NULL ? NULL : tuple_sort_next(b->dead);
    IndexTuple *before = NULL;

    while (alive != NULL || dead != NULL) {
        if (dead == NULL || (alive != NULL && btree_compare_leaf(b->keys, alive, dead) < 0)) {
            if (before != NULL)
                check_duplicate(b, before, alive);
            add_leaf(b, alive, 0);
            before = mem_realloc(before, index_tuple_size(alive));
            memcpy(before, alive, index_tuple_size(alive));
            alive = tuple_sort_next(b->alive);
        } else {
            add_leaf(b, dead, 0);
            dead = tuple_sort_next(b->dead);
        }
    }
    mem_free(before);
}

static void add_leaf(BtreeBuild *b, const IndexTuple *tuple, size_t tids)
{
    if (b->leaf == NULL)
        b->leaf = level_new(b, 0);
    add(b, b->leaf, tuple, tids);
}

/* ---- Levels ---- */

static BuildLevel *level_new(BtreeBuild *b, uint32_t level)
{
    BuildLevel *l = mem_new(BuildLevel);
    unsigned fillfactor = b->spec.fillfactor == 0 ? BTREE_FILLFACTOR : b->spec.fillfactor;

    l->level = level;
    l->free_wanted = PAGE_PERCENT(100 - (level == 0 ? fillfactor : UPPER_FILLFACTOR));
    begin_page(b, l);
    return l;
}

/* The slot of the high key is kept from the start, though it is not yet known. */
static void begin_page(BtreeBuild *b, BuildLevel *l)
{
    l->page = mem_alloc(BLOCK_SIZE);
    l->block = b->block_count++;
    l->last = BTREE_HIGH_KEY;
    btree_page_init(l->page, l->level);
    page_set_lower(l->page, PAGE_HEADER_SIZE + PAGE_ITEM_ID_SIZE);
}

/*
 * A leaf must keep room for the heap TID that its high key may need. The wish to leave some of the
 * page free counts from the second item on, and not for the rows that the newest item holds: they
 * need not go into the high key.
 */
static bool is_full(const BuildLevel *l, size_t size, size_t last_tids)
{
    size_t space = btree_free_space(l->page);

    if (space < size + (l->level == 0 ? BTREE_PIVOT_TID_SIZE : 0))
        return true;
    return space + last_tids < l->free_wanted && l->last > BTREE_FIRST_KEY;
}

/* tids: bytes of the rows in a posting tuple. */
_Noreturn static void raise_too_long(const BtreeBuild *b, const IndexTuple *tuple)
{
    BtreeConflict table = {.detail = NULL};

    if (b->spec.describe_table != NULL)
        b->spec.describe_table(b->spec.arg, &table);
    btree_raise_too_long(b->keys, tuple, &table);
}

static void add(BtreeBuild *b, BuildLevel *l, const IndexTuple *tuple, size_t tids)
{
    size_t size = index_tuple_size(tuple), last_tids = l->last_tids;

    l->last_tids = tids;
    if (UNLIKELY(size > BTREE_ITEM_MAX) && (l->level == 0 || size > BTREE_ITEM_MAX_PIVOT))
        raise_too_long(b, tuple);
    if (is_full(l, size, last_tids))
        close_page(b, l);
    if (l->last == BTREE_HIGH_KEY) {
        /* Nothing is to the left of the first page of a level. */
        l->low_key = mem_new(IndexTuple);
        l->low_key->info = sizeof(IndexTuple);
        btree_set_column_count(l->low_key, 0, false);
    }
    l->last++;
    add_to_page(l->page, tuple, l->last, l->level > 0 && l->last == BTREE_FIRST_KEY);
}

static void close_page(BtreeBuild *b, BuildLevel *l)
{
    uint8_t *page = l->page;
    BlockNo block = l->block;
    OffsetNo last = l->last;
    ItemId id = page_item_id(page, last);

    begin_page(b, l);
    add_to_page(l->page, (const IndexTuple *)page_get_item(page, last, NULL), BTREE_FIRST_KEY,
                l->level > 0);
    page_set_item_id(page, BTREE_HIGH_KEY, id);
    page_set_item_unused(page, last);
    page_set_lower(page, (uint16_t)(page_lower(page) - PAGE_ITEM_ID_SIZE));
    if (l->level == 0)
        shorten_high_key(b, page, last);

    give_pivot_up(b, l, block);
    l->low_key = index_copy((const IndexTuple *)page_get_item(page, BTREE_HIGH_KEY, NULL));
    btree_special(page)->next = l->block;
    btree_special(l->page)->prev = block;
    b->spec.write(b->spec.arg, block, page);
    mem_free(page);
    l->last = BTREE_FIRST_KEY;
}

/* Of a leaf whose item last stands as its high key: what parts the pages is enough. */
static void shorten_high_key(BtreeBuild *b, uint8_t *page, OffsetNo last)
{
    const IndexTuple *left = (const IndexTuple *)page_get_item(page, (OffsetNo)(last - 1), NULL);
    const IndexTuple *right = (const IndexTuple *)page_get_item(page, BTREE_HIGH_KEY, NULL);
    IndexTuple *pivot = btree_truncate(b->keys, left, right);

    if (!page_index_tuple_overwrite(page, BTREE_HIGH_KEY, pivot, index_tuple_size(pivot)))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("failed to add high key to the index page"));
    mem_free(pivot);
}

/* The lowest item of a page above the leaves is less than all: only its downlink counts. */
static void add_to_page(uint8_t *page, const IndexTuple *tuple, OffsetNo offnum, bool is_lowest)
{
    IndexTuple lowest;

    if (!is_lowest) {
        page_add_item(page, tuple, index_tuple_size(tuple), offnum, PAGE_ADD_AT);
        return;
    }
    lowest = (IndexTuple){.tid = tuple->tid, .info = sizeof(lowest)};
    btree_set_column_count(&lowest, 0, false);
    page_add_item(page, &lowest, sizeof(lowest), offnum, PAGE_ADD_AT);
}

/* The pivot of l's page that is done, in the level above. */
static void give_pivot_up(BtreeBuild *b, BuildLevel *l, BlockNo block)
{
    if (l->above == NULL)
        l->above = level_new(b, l->level + 1);
    btree_set_downlink(l->low_key, block);
    add(b, l->above, l->low_key, 0);
    mem_free(l->low_key);
    l->low_key = NULL;
}

static void finish_levels(BtreeBuild *b)
{
    uint8_t *meta = mem_alloc(BLOCK_SIZE);
    BlockNo root = BTREE_NO_BLOCK;
    uint32_t root_level = 0;

    for (BuildLevel *l = b->leaf; l != NULL; l = l->above) {
        if (l->above != NULL) {
            give_pivot_up(b, l, l->block);
        } else {
            btree_special(l->page)->flags |= BTREE_ROOT;
            root = l->block;
            root_level = l->level;
        }
        drop_high_key_slot(l->page);
        b->spec.write(b->spec.arg, l->block, l->page);
    }
    btree_meta_init(meta, root, root_level, b->keys->all_equal_image);
    b->spec.write(b->spec.arg, BTREE_META_BLOCK, meta);
}

/* The rightmost page of a level has no high key: its items move to where that would be. */
static void drop_high_key_slot(uint8_t *page)
{
    OffsetNo count = page_item_count(page);

    for (OffsetNo offnum = BTREE_FIRST_KEY; offnum <= count; offnum++)
        page_set_item_id(page, (OffsetNo)(offnum - 1), page_item_id(page, offnum));
    page_set_lower(page, (uint16_t)(page_lower(page) - PAGE_ITEM_ID_SIZE));
}
