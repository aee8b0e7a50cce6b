/* tuple.c - leaf tuples, posting tuples, pivots; btree_int.h tells them apart. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/btree/btree_int.h"
#include "server/fmgr/datum_image.h"

#define TUPLE_ALIGN   8
#define RUN_TIDS_MANY 50 /* rows of a posting tuple that counts as full */

static IndexTuple *without_rows(const IndexTuple *tuple);
static IndexTuple *with_tid(IndexTuple *pivot, unsigned column_count, const Tid *tid);

void btree_keys_init(BtreeKeys *keys, const TupleDesc *desc, unsigned key_count)
{
    ASSERT(key_count >= 1 && key_count <= desc->count && desc->count <= INDEX_COLUMNS_MAX);
    *keys = (BtreeKeys){.desc = desc,
                        .key_count = (uint16_t)key_count,
                        .index_name = "",
                        .orders = mem_new_array(SortSupport, key_count)};
}

void btree_keys_set_order(BtreeKeys *keys, unsigned number, Oid compare_function, Oid collation,
                          int16_t options)
{
    SortSupport *order = &keys->orders[number - 1];

    ASSERT(number >= 1 && number <= keys->key_count);
    sort_support_init(order, compare_function, collation);
    order->is_reverse = (options & BTREE_OPTION_DESC) != 0;
    order->nulls_first = (options & BTREE_OPTION_NULLS_FIRST) != 0;
}

const Tid *btree_tuple_tid(const IndexTuple *tuple)
{
    const uint8_t *bytes = (const uint8_t *)tuple;

    if ((tuple->info & BTREE_ALT_TID) == 0)
        return &tuple->tid;
    if (btree_tuple_is_posting(tuple))
        return btree_posting_tids(tuple);
    if ((tuple->tid.offset & BTREE_PIVOT_HAS_TID) == 0)
        return NULL;
    return (const Tid *)(bytes + index_tuple_size(tuple) - sizeof(Tid));
}

const Tid *btree_tuple_max_tid(const IndexTuple *tuple)
{
    if (btree_tuple_is_posting(tuple))
        return btree_posting_tids(tuple) + btree_posting_count(tuple) - 1;
    return &tuple->tid;
}

unsigned btree_equal_columns(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b)
{
    unsigned i;

    for (i = 0; i < keys->key_count; i++) {
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, keys->desc, &a_null);
        Datum y = index_get(b, i + 1, keys->desc, &b_null);

        if (sort_apply(x, a_null, y, b_null, &keys->orders[i]) != 0)
            break;
    }
    return i;
}

int btree_compare_leaf(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b)
{
    for (unsigned i = 0; i < keys->key_count; i++) {
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, keys->desc, &a_null);
        Datum y = index_get(b, i + 1, keys->desc, &b_null);
        int order = sort_apply(x, a_null, y, b_null, &keys->orders[i]);

        if (order != 0)
            return order;
    }
    return btree_compare_tids(btree_tuple_tid(a), btree_tuple_tid(b));
}

static size_t size_without_rows(const IndexTuple *tuple)
{
    return btree_tuple_is_posting(tuple) ? btree_posting_offset(tuple) : index_tuple_size(tuple);
}

unsigned btree_columns_to_part(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b)
{
    unsigned count =
        (unsigned)size_min(keys->key_count, size_min(btree_tuple_column_count(a, keys),
                                                     btree_tuple_column_count(b, keys)));

    for (unsigned i = 0; i < count; i++) {
        const Column *column = &keys->desc->columns[i];
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, keys->desc, &a_null);
        Datum y = index_get(b, i + 1, keys->desc, &b_null);

        if (a_null != b_null)
            return i + 1;
        if (!a_null && !datum_content_equal(x, y, column->by_value, column->len))
            return i + 1;
    }
    return count + 1;
}

/*
 * The same bytes are the same image. Other bytes may be, too, only when some value has more than
 * one form.
 */
bool btree_keys_same_image(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b)
{
    size_t size = size_without_rows(a);

    if (size == size_without_rows(b) && ((a->info ^ b->info) & INDEX_HAS_NULLS) == 0 &&
        memcmp(a + 1, b + 1, size - sizeof(*a)) == 0)
        return true;
    if ((a->info & b->info & INDEX_HAS_VAR) == 0)
        return false;
    for (unsigned i = 0; i < keys->key_count; i++) {
        const Column *column = &keys->desc->columns[i];
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, keys->desc, &a_null);
        Datum y = index_get(b, i + 1, keys->desc, &b_null);

        if (a_null != b_null)
            return false;
        if (!a_null && !datum_content_equal(x, y, column->by_value, column->len))
            return false;
    }
    return true;
}

/* One column more than is equal parts them; when all are equal, the heap TID does. */
IndexTuple *btree_truncate(const BtreeKeys *keys, const IndexTuple *last_left,
                           const IndexTuple *first_right)
{
    unsigned equal = btree_equal_columns(keys, last_left, first_right);
    IndexTuple *pivot;

    if (equal < keys->key_count && equal + 1 < keys->desc->count)
        pivot = index_truncate(first_right, keys->desc, equal + 1);
    else if (keys->key_count < keys->desc->count)
        pivot = index_truncate(first_right, keys->desc, keys->key_count);
    else
        pivot = without_rows(first_right);
    if (equal == keys->key_count)
        return with_tid(pivot, keys->key_count, btree_tuple_max_tid(last_left));
    btree_set_column_count(pivot, equal + 1, false);
    return pivot;
}

static IndexTuple *without_rows(const IndexTuple *tuple)
{
    size_t size = size_without_rows(tuple);
    IndexTuple *out = mem_dup(tuple, size);

    index_tuple_set_size(out, size);
    return out;
}

/* A pivot with a heap TID in its last bytes. */
static IndexTuple *with_tid(IndexTuple *pivot, unsigned column_count, const Tid *tid)
{
    size_t size = index_tuple_size(pivot) + BTREE_PIVOT_TID_SIZE;
    IndexTuple *out = mem_realloc(pivot, size);

    index_tuple_set_size(out, size);
    btree_set_column_count(out, column_count, true);
    memcpy((uint8_t *)out + size - sizeof(Tid), tid, sizeof(Tid));
    return out;
}

size_t btree_form_posting(const IndexTuple *base, const Tid *tids, unsigned count, IndexTuple *out)
{
    size_t key_size = size_without_rows(base), used = key_size + count * sizeof(Tid), size;

    memmove(out, base, key_size);
    if (count == 1) {
        out->info = (uint16_t)(out->info & ~(unsigned)BTREE_ALT_TID);
        out->tid = tids[0];
        index_tuple_set_size(out, key_size);
        return key_size;
    }
    size = size_align_up(used, TUPLE_ALIGN);
    memcpy((uint8_t *)out + key_size, tids, count * sizeof(Tid));
    memset((uint8_t *)out + used, 0, size - used);
    out->info |= BTREE_ALT_TID;
    out->tid = tid_make((BlockNo)key_size, (OffsetNo)(count | BTREE_IS_POSTING));
    index_tuple_set_size(out, size);
    return size;
}

void btree_raise_too_long(const BtreeKeys *keys, const IndexTuple *tuple,
                          const BtreeConflict *table)
{
    const Tid *tid = btree_tuple_tid(tuple);

    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message =
                  err_fmt("index row size %zu exceeds btree version %d maximum %d for index "
                          "\"%s\"",
                          index_tuple_size(tuple), BTREE_VERSION, BTREE_ITEM_MAX, keys->index_name),
              .detail =
                  err_fmt("Index row references tuple (%u,%u) in relation \"%s\".", tid_block(*tid),
                          tid->offset, table->table != NULL ? table->table : ""),
              .hint = "Values larger than 1/3 of a buffer page cannot be indexed.\n"
                      "Consider a function index of an MD5 hash of the value, or use full text "
                      "indexing.",
              .schema = table->schema, .table = table->table, .constraint = keys->index_name);
}

/* ---- Runs of equal keys ---- */

void btree_run_start(BtreeRun *run, const IndexTuple *tuple)
{
    unsigned count = btree_tuple_is_posting(tuple) ? btree_posting_count(tuple) : 1;

    run->key_size = size_without_rows(tuple);
    run->tuple_count = 1;
    run->tid_count = count;
    memcpy(run->room, tuple, index_tuple_size(tuple));
    memcpy(run->tids, btree_tuple_tid(tuple), count * sizeof(Tid));
}

bool btree_run_try_add(BtreeRun *run, const IndexTuple *tuple)
{
    unsigned count = btree_tuple_is_posting(tuple) ? btree_posting_count(tuple) : 1;
    size_t used = run->key_size + (run->tid_count + count) * sizeof(Tid);

    if (!btree_keys_same_image(run->keys, &run->base, tuple))
        return false;
    if (size_align_up(used, TUPLE_ALIGN) > run->posting_max) {
        if (run->tid_count > RUN_TIDS_MANY)
            run->full_count++;
        return false;
    }
    memcpy(run->tids + run->tid_count, btree_tuple_tid(tuple), count * sizeof(Tid));
    run->tid_count += count;
    run->tuple_count++;
    return true;
}

/* ---- Pages ---- */

void btree_page_init(uint8_t *page, uint32_t level)
{
    page_init(page, sizeof(BtreeSpecial));
    btree_special(page)->level = level;
    btree_special(page)->flags = level == 0 ? BTREE_LEAF : 0;
}

void btree_meta_init(uint8_t *page, BlockNo root, uint32_t level, bool all_equal_image)
{
    BtreeMeta *meta = (BtreeMeta *)(page + PAGE_HEADER_SIZE);

    page_init(page, sizeof(BtreeSpecial));
    btree_special(page)->flags = BTREE_META;
    page_set_lower(page, PAGE_HEADER_SIZE + sizeof(*meta));
    meta->magic = BTREE_MAGIC;
    meta->version = BTREE_VERSION;
    meta->root = meta->fast_root = root;
    meta->level = meta->fast_level = level;
    meta->heap_tuple_count = -1;
    meta->all_equal_image = all_equal_image;
}
