/* row_order.c - compare rows by the keys of a sort. */
#include "common/base/base.h"

#include "server/executor/row_order.h"

#include "common/mem/mem.h"

typedef struct OrderKey {
    SortSupport order;
    unsigned column; /* from 0 */
} OrderKey;

struct RowOrder {
    unsigned count, highest;
    OrderKey keys[];
};

RowOrder *row_order_new(const List *keys, unsigned count)
{
    RowOrder *o = mem_alloc(sizeof(*o) + count * sizeof(OrderKey));

    o->count = count;
    for (unsigned i = 0; i < count; i++) {
        const SortKey *key = list_at(keys, (int)i);
        OrderKey *k = &o->keys[i];

        sort_support_init(&k->order, key->compare, key->collation);
        k->order.is_reverse = key->is_descending;
        k->order.nulls_first = key->is_nulls_first;
        k->column = (unsigned)key->column - 1;
        if (k->column + 1 > o->highest)
            o->highest = k->column + 1;
    }
    return o;
}

int row_order_compare(RowOrder *o, Slot *a, Slot *b)
{
    slot_need(a, o->highest);
    slot_need(b, o->highest);
    for (unsigned i = 0; i < o->count; i++) {
        OrderKey *k = &o->keys[i];
        int order = sort_apply(a->values[k->column], a->nulls[k->column], b->values[k->column],
                               b->nulls[k->column], &k->order);

        if (order != 0)
            return order;
    }
    return 0;
}

RowSortKey *row_order_sort_keys(const List *keys)
{
    RowSortKey *out = mem_new_array(RowSortKey, (size_t)list_count(keys) + 1);
    unsigned i = 0;

    list_foreach(const SortKey *, key, keys) {
        out[i++] = (RowSortKey){.column = (unsigned)key->column,
                                .compare = key->compare,
                                .collation = key->collation,
                                .is_descending = key->is_descending,
                                .nulls_first = key->is_nulls_first};
    }
    return out;
}
