/*
 * bootstrap_index.c - B-trees of a new cluster, built level by level from sorted rows
 *
 * Leaves come first, then each level of inner pages over them; the last page made is the root. A page
 * is closed when it is as full as PostgreSQL leaves it after a build, and gets the shortest high key
 * that parts it from the next; the same key leads to the next page in the level above.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/format/btree_page.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/common/index_form.h"
#include "server/access/common/sort_support.h"
#include "server/catalog/bootstrap_int.h"
#include "server/catalog/catalog.h"

/* Bytes of a page that are left free, by level: as fill factors 90 and 70 say. */
#define LEAF_FREE  (BLOCK_SIZE / 10)
#define INNER_FREE (BLOCK_SIZE * 3 / 10)

typedef struct IndexBuild {
    NewRelation *relation;
    const TupleDesc *desc;
    unsigned key_count;
    SortSupport sort[CATALOG_KEYS_MAX];
} IndexBuild;

typedef struct Entry {
    IndexBuild *build;
    Datum keys[CATALOG_KEYS_MAX];
    Tid tid;
} Entry;

/* The items of a level: rows' tuples, or pivots with the block that each leads to. */
typedef struct Level {
    IndexTuple **items;
    size_t count;
    uint32_t level;
} Level;

static Entry *sorted_entries(IndexBuild *b, const CatalogIndex *index, const NewRelation *heap,
                             const TupleDesc *heap_desc);
static Level leaf_level(const IndexBuild *b, const Entry *entries, size_t count);
static Level build_level(IndexBuild *b, const Level *level, const Entry *entries);
static void put_meta(NewRelation *relation, BlockNo root, uint32_t level, bool all_equal_image);

void new_index_build(NewRelation *relation, const Catalog *catalog, const CatalogIndex *index,
                     const NewRelation *heap, const TupleDesc *heap_desc)
{
    IndexBuild b = {.relation = relation,
                    .desc = catalog_index_desc(catalog, index),
                    .key_count = index->key_count};
    Entry *entries;
    Level level;

    for (unsigned k = 0; k < b.key_count; k++)
        sort_support_init(&b.sort[k], index->compare[k], b.desc->columns[k].collation);
    entries = sorted_entries(&b, index, heap, heap_desc);
    new_relation_add_page(relation, sizeof(BtreeSpecial));
    relation->tuple_count = heap->tuple_count;

    if (heap->tuple_count == 0) {
        put_meta(relation, BTREE_NO_BLOCK, 0, index->all_equal_image);
        return;
    }
    level = leaf_level(&b, entries, heap->tuple_count);
    for (level = build_level(&b, &level, entries); level.count > 1;)
        level = build_level(&b, &level, NULL);
    put_meta(relation, relation->page_count - 1, level.level - 1, index->all_equal_image);
}

/* ---- Sorting ---- */

static int compare_entries(const void *x, const void *y)
{
    const Entry *a = x, *b = y;
    BlockNo block_a = tid_block(a->tid), block_b = tid_block(b->tid);

    for (unsigned k = 0; k < a->build->key_count; k++) {
        int order = sort_apply(a->keys[k], false, b->keys[k], false, &a->build->sort[k]);

        if (order != 0)
            return order;
    }
    if (block_a != block_b)
        return block_a < block_b ? -1 : 1;
    return (a->tid.offset > b->tid.offset) - (a->tid.offset < b->tid.offset);
}

static Entry *sorted_entries(IndexBuild *b, const CatalogIndex *index, const NewRelation *heap,
                             const TupleDesc *heap_desc)
{
    HeapTuple *tuples = new_heap_tuples(heap);
    Entry *entries = mem_new_array(Entry, heap->tuple_count);

    for (uint32_t i = 0; i < heap->tuple_count; i++) {
        entries[i].build = b;
        entries[i].tid = tuples[i].self;
        for (unsigned k = 0; k < b->key_count; k++) {
            bool is_null;

            entries[i].keys[k] = heap_get(&tuples[i], index->keys[k], heap_desc, &is_null);
            ASSERT(!is_null);
        }
    }
    if (heap->tuple_count > 0)
        qsort(entries, heap->tuple_count, sizeof *entries, compare_entries);
    return entries;
}

static Level leaf_level(const IndexBuild *b, const Entry *entries, size_t count)
{
    static const bool nulls[CATALOG_KEYS_MAX];
    Level level = {.items = mem_new_array(IndexTuple *, count), .count = count, .level = 0};

    for (size_t i = 0; i < count; i++) {
        level.items[i] = index_form(b->desc, entries[i].keys, nulls);
        level.items[i]->tid = entries[i].tid;
    }
    return level;
}

/* ---- Pivots ---- */

static IndexTuple *make_pivot(IndexTuple *tuple, unsigned key_count)
{
    tuple->info |= BTREE_ALT_TID;
    tuple->tid = tid_make(0, (OffsetNo)key_count);
    return tuple;
}

/* The item before all others, which each inner page begins with. */
static IndexTuple *minus_infinity(BlockNo child)
{
    IndexTuple *tuple = mem_alloc(INDEX_TUPLE_HEADER_SIZE);

    index_tuple_set_size(tuple, INDEX_TUPLE_HEADER_SIZE);
    make_pivot(tuple, 0);
    tuple->tid = tid_make(child, 0);
    return tuple;
}

/* What is over or equal to the row left, and under the row behind it, with as few keys as do it. */
static IndexTuple *separator(const IndexBuild *b, const Entry *left, const IndexTuple *right_tuple)
{
    const Entry *right = left + 1;
    unsigned keep = 0;
    IndexTuple *plain, *with_tid;
    size_t size;

    while (keep < b->key_count && sort_apply(left->keys[keep], false, right->keys[keep], false,
                                             &left->build->sort[keep]) == 0)
        keep++;
    if (keep < b->key_count)
        return make_pivot(index_truncate(right_tuple, b->desc, keep + 1), keep + 1);

    /* Equal keys: the rows' places part them. */
    plain = index_truncate(right_tuple, b->desc, b->key_count);
    size = index_tuple_size(plain);
    with_tid = mem_alloc(size + PAGE_ALIGN);
    memcpy(with_tid, plain, size);
    index_tuple_set_size(with_tid, size + PAGE_ALIGN);
    make_pivot(with_tid, b->key_count | BTREE_PIVOT_HAS_TID);
    memcpy((uint8_t *)with_tid + size + PAGE_ALIGN - sizeof(Tid), &left->tid, sizeof(Tid));
    return with_tid;
}

static IndexTuple *lead_to(const IndexTuple *pivot, BlockNo child)
{
    IndexTuple *tuple = index_copy(pivot);

    tuple->tid = tid_make(child, pivot->tid.offset);
    return tuple;
}

/* ---- Pages ---- */

static size_t room_of(const IndexTuple *tuple)
{
    return index_tuple_size(tuple) + PAGE_ITEM_ID_SIZE;
}

/* How many of the items from first on go to one page. */
static size_t page_share(const Level *level, size_t first)
{
    size_t room = BLOCK_SIZE - PAGE_HEADER_SIZE - sizeof(BtreeSpecial);
    size_t spare = level->level == 0 ? LEAF_FREE : INNER_FREE;
    size_t i = first;

    for (; i < level->count && (i < first + 2 || room > spare + room_of(level->items[i])); i++)
        room -= room_of(level->items[i]);
    return i - first;
}

static void put_item(uint8_t *page, const IndexTuple *tuple)
{
    page_add_item(page, tuple, index_tuple_size(tuple), (OffsetNo)(page_item_count(page) + 1),
                  PAGE_ADD_INSERT);
}

static void put_page(IndexBuild *b, const Level *level, size_t first, size_t count,
                     const IndexTuple *high_key)
{
    uint8_t *page = new_relation_add_page(b->relation, sizeof(BtreeSpecial));
    BtreeSpecial *special = (BtreeSpecial *)(page + BLOCK_SIZE - sizeof(BtreeSpecial));
    BlockNo block = b->relation->page_count - 1;

    special->level = level->level;
    special->flags = level->level == 0 ? BTREE_LEAF : 0;
    special->prev = first == 0 ? BTREE_NO_BLOCK : block - 1;
    special->next = high_key == NULL ? BTREE_NO_BLOCK : block + 1;
    if (first == 0 && high_key == NULL)
        special->flags |= BTREE_ROOT;

    if (high_key != NULL)
        put_item(page, high_key);
    for (size_t i = first; i < first + count; i++) {
        if (i == first && level->level > 0)
            put_item(page, minus_infinity(tid_block(level->items[i]->tid)));
        else
            put_item(page, level->items[i]);
    }
}

/*
 * Make the pages of a level; returns the items of the level above, one for each page. entries are
 * the rows behind the items of the leaves.
 */
static Level build_level(IndexBuild *b, const Level *level, const Entry *entries)
{
    Level above = {.items = mem_new_array(IndexTuple *, level->count), .level = level->level + 1};
    IndexTuple *low_key = NULL;

    for (size_t first = 0, count; first < level->count; first += count) {
        IndexTuple *high_key = NULL;
        size_t next;

        count = page_share(level, first);
        next = first + count;
        if (next < level->count)
            high_key = level->level > 0 ? level->items[next]
                                        : separator(b, &entries[next - 1], level->items[next]);
        put_page(b, level, first, count, high_key);
        above.items[above.count++] = low_key == NULL
                                         ? minus_infinity(b->relation->page_count - 1)
                                         : lead_to(low_key, b->relation->page_count - 1);
        low_key = high_key;
    }
    return above;
}

static void put_meta(NewRelation *relation, BlockNo root, uint32_t level, bool all_equal_image)
{
    uint8_t *page = relation->pages;
    BtreeSpecial *special = (BtreeSpecial *)(page + BLOCK_SIZE - sizeof(BtreeSpecial));
    BtreeMeta meta = {.magic = BTREE_MAGIC,
                      .version = BTREE_VERSION,
                      .root = root,
                      .level = level,
                      .fast_root = root,
                      .fast_level = level,
                      .heap_tuple_count = -1,
                      .all_equal_image = all_equal_image};

    memcpy(page + PAGE_HEADER_SIZE, &meta, sizeof meta);
    page_set_lower(page, PAGE_HEADER_SIZE + sizeof meta);
    special->flags = BTREE_META;
}
