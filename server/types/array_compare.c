/*
 * array_compare.c - orders, hashes and sets of arrays, by those of their elements
 *
 * Arrays are ordered by their elements, one by one, NULL being above all values; then by their
 * number, and by their dimensions. They are equal only when all of it is.
 */
#include "common/base/base.h"

#include "server/types/array_int.h"
#include "server/types/comparisons.h"
#include "server/types/types_int.h"

static void check_same_type(const ArrayView *a, const ArrayView *b)
{
    if (a->element_type != b->element_type)
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = "cannot compare arrays of different element types");
}

/* ---- Equality and order ---- */

static bool same_shape(const ArrayView *a, const ArrayView *b)
{
    size_t bytes = a->dimensions * sizeof(int32_t);

    return a->dimensions == b->dimensions && memcmp(a->sizes, b->sizes, bytes) == 0 &&
           memcmp(a->lower, b->lower, bytes) == 0;
}

static bool items_equal(const ArrayView *a, const ArrayView *b, ElementType *e, Oid collation)
{
    ArrayWalk walk_a, walk_b;
    NullableDatum item_a, item_b;
    FMGR_CALL_LOCAL(equal, 2);

    fmgr_call_init(equal, &e->site, 2, collation);
    array_walk_begin(&walk_a, a, &e->form);
    array_walk_begin(&walk_b, b, &e->form);
    while (array_walk_next(&walk_a, &item_a.value, &item_a.is_null) &&
           array_walk_next(&walk_b, &item_b.value, &item_b.is_null)) {
        if (item_a.is_null && item_b.is_null)
            continue;
        if (item_a.is_null || item_b.is_null)
            return false;
        if (!datum_bool(element_call(equal, item_a.value, item_b.value)) || equal->is_null)
            return false;
    }
    return true;
}

static bool arrays_equal(FmgrCall *call)
{
    ArrayView a = array_arg(call, 0), b = array_arg(call, 1);
    ElementType *e;

    check_same_type(&a, &b);
    if (!same_shape(&a, &b))
        return false;
    e = element_type(call, a.element_type, ELEMENT_NEEDS_EQUAL);
    return items_equal(&a, &b, e, call->collation);
}

static int compare_items(const ArrayView *a, const ArrayView *b, ElementType *e, Oid collation)
{
    ArrayWalk walk_a, walk_b;
    NullableDatum item_a, item_b;
    FMGR_CALL_LOCAL(compare, 2);

    fmgr_call_init(compare, &e->site, 2, collation);
    array_walk_begin(&walk_a, a, &e->form);
    array_walk_begin(&walk_b, b, &e->form);
    while (array_walk_next(&walk_a, &item_a.value, &item_a.is_null) &&
           array_walk_next(&walk_b, &item_b.value, &item_b.is_null)) {
        int order;

        if (item_a.is_null || item_b.is_null) {
            if (item_a.is_null != item_b.is_null)
                return item_a.is_null ? 1 : -1;
            continue;
        }
        order = datum_i32(element_call(compare, item_a.value, item_b.value));
        if (order != 0)
            return order;
    }
    return 0;
}

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare(FmgrCall *call)
{
    ArrayView a = array_arg(call, 0), b = array_arg(call, 1);
    ElementType *e;
    int order;

    check_same_type(&a, &b);
    e = element_type(call, a.element_type, ELEMENT_NEEDS_COMPARE);
    order = compare_items(&a, &b, e, call->collation);
    if (order == 0)
        order = order_of((int64_t)a.count, (int64_t)b.count);
    if (order == 0)
        order = order_of(a.dimensions, b.dimensions);
    for (unsigned i = 0; order == 0 && i < a.dimensions; i++)
        order = order_of(a.sizes[i], b.sizes[i]);
    for (unsigned i = 0; order == 0 && i < a.dimensions; i++)
        order = order_of(a.lower[i], b.lower[i]);
    return order;
}

COMPARISONS(array_, , arrays_equal(call), compare(call))

/* An order is -1, 0 or 1 whatever the elements' function gives. */
Datum btarraycmp(FmgrCall *call)
{
    return datum_of_i32(order_of(compare(call), 0));
}

/* Of two that are equal, the second. */
Datum array_larger(FmgrCall *call)
{
    return fmgr_arg(call, compare(call) > 0 ? 0 : 1);
}

Datum array_smaller(FmgrCall *call)
{
    return fmgr_arg(call, compare(call) < 0 ? 0 : 1);
}

/* ---- Hashes ---- */

Datum hash_array(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    ElementType *e = element_type(call, v.element_type, ELEMENT_NEEDS_HASH);
    uint32_t hash = 1;
    ArrayWalk walk;
    FMGR_CALL_LOCAL(one, 1);

    fmgr_call_init(one, &e->site, 1, call->collation);
    array_walk_begin(&walk, &v, &e->form);
    while (array_walk_next(&walk, &one->args[0].value, &one->args[0].is_null)) {
        uint32_t item = one->args[0].is_null ? 0 : datum_u32(fmgr_invoke(one));

        hash = (hash << 5) - hash + item;
    }
    return datum_of_u32(hash);
}

Datum hash_array_extended(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    ElementType *e = element_type(call, v.element_type, ELEMENT_NEEDS_HASH_EXTENDED);
    uint64_t hash = 1;
    ArrayWalk walk;
    FMGR_CALL_LOCAL(one, 2);

    fmgr_call_init(one, &e->site, 2, call->collation);
    array_walk_begin(&walk, &v, &e->form);
    while (array_walk_next(&walk, &one->args[0].value, &one->args[0].is_null)) {
        uint64_t item = 0;

        one->args[1] = (NullableDatum){.value = fmgr_arg(call, 1)};
        if (!one->args[0].is_null)
            item = (uint64_t)datum_i64(fmgr_invoke(one));
        hash = (hash << 5) - hash + item;
    }
    return datum_of_i64((int64_t)hash);
}

/* ---- As sets ---- */

/* All (or any) of a's elements in b? A NULL is in nothing. */
static bool is_in(FmgrCall *call, int first, int second, bool wants_all)
{
    ArrayView a = array_arg(call, first), b = array_arg(call, second);
    ElementType *e;
    ArrayWalk walk;
    Datum *values;
    bool *nulls;
    NullableDatum item;
    FMGR_CALL_LOCAL(equal, 2);

    check_same_type(&a, &b);
    e = element_type(call, a.element_type, ELEMENT_NEEDS_EQUAL);
    array_take_apart(&b, &e->form, &values, &nulls);
    fmgr_call_init(equal, &e->site, 2, call->collation);
    array_walk_begin(&walk, &a, &e->form);
    while (array_walk_next(&walk, &item.value, &item.is_null)) {
        bool is_found = false;

        for (size_t i = 0; i < b.count && !is_found && !item.is_null; i++)
            is_found = !nulls[i] && datum_bool(element_call(equal, item.value, values[i])) &&
                       !equal->is_null;
        if (is_found != wants_all)
            return is_found;
    }
    return wants_all;
}

Datum arrayoverlap(FmgrCall *call)
{
    return datum_of_bool(is_in(call, 0, 1, false));
}

Datum arraycontains(FmgrCall *call)
{
    return datum_of_bool(is_in(call, 1, 0, true));
}

Datum arraycontained(FmgrCall *call)
{
    return datum_of_bool(is_in(call, 0, 1, true));
}

/* ---- Between which thresholds is it? ---- */

Datum width_bucket_array(FmgrCall *call)
{
    ArrayView v = array_arg(call, 1);
    ElementType *e;
    Datum *values;
    bool *nulls;
    size_t low = 0, high = v.count;
    FMGR_CALL_LOCAL(order, 2);

    if (v.dimensions > 1)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message = "thresholds must be one-dimensional array");
    e = element_type(call, v.element_type, ELEMENT_NEEDS_COMPARE);
    array_take_apart(&v, &e->form, &values, &nulls);
    if (v.count > 0 && memchr(nulls, true, v.count) != NULL)
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                  .message = "thresholds array must not contain NULLs");
    fmgr_call_init(order, &e->site, 2, call->collation);
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (datum_i32(element_call(order, fmgr_arg(call, 0), values[middle])) < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return datum_of_i32((int32_t)low);
}
