/* eval_array.c - arrays in expressions: made, coerced, subscripted, searched. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/expr/expr_int.h"
#include "server/types/array_slice.h"

static void find_in_array(const ExprStep *step, size_t count, const Datum *values,
                          const bool *nulls);

_Noreturn static void raise_dimensions(int count)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message = err_fmt("number of array dimensions (%d) exceeds the maximum allowed (%d)",
                                 count, ARRAY_DIMENSIONS_MAX));
}

/* ---- ARRAY[...] ---- */

_Noreturn static void raise_not_alike(void)
{
    err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
              .message = "multidimensional arrays must have array expressions with matching "
                         "dimensions");
}

static void check_element_type(const ArrayState *s, const ArrayView *item)
{
    if (item->element_type != s->element.type)
        err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = "cannot merge incompatible arrays",
                  .detail = err_fmt("Array with element type %u cannot be included in ARRAY "
                                    "construct with element type %u.",
                                    item->element_type, s->element.type));
}

/* Arrays become one with a dimension more; NULLs and empty ones among them are left out. */
static void eval_nested_array(const ExprStep *step)
{
    const ArrayState *s = step->u.array;
    ArrayView first = {0}, item;
    int32_t sizes[ARRAY_DIMENSIONS_MAX], lower[ARRAY_DIMENSIONS_MAX];
    size_t total = 0, at = 0;
    unsigned there = 0;
    Datum *values;
    bool *nulls;

    for (unsigned i = 0; i < s->count; i++) {
        if (s->items[i].is_null)
            continue;
        array_open(varlena_plain(datum_varlena(s->items[i].value)), &item);
        check_element_type(s, &item);
        if (item.dimensions == 0)
            continue;
        if (there++ == 0)
            first = item;
        else if (item.dimensions != first.dimensions ||
                 memcmp(item.sizes, first.sizes, item.dimensions * sizeof(int32_t)) != 0 ||
                 memcmp(item.lower, first.lower, item.dimensions * sizeof(int32_t)) != 0)
            raise_not_alike();
        total += item.count;
    }
    if (there != 0 && there != s->count)
        raise_not_alike();
    if (there != 0 && first.dimensions + 1 > ARRAY_DIMENSIONS_MAX)
        raise_dimensions((int)first.dimensions + 1);
    values = mem_new_array(Datum, total + 1);
    nulls = mem_new_array(bool, total + 1);
    for (unsigned i = 0; i < s->count && there > 0; i++) {
        ArrayWalk walk;

        array_open(varlena_plain(datum_varlena(s->items[i].value)), &item);
        array_walk_begin(&walk, &item, &s->element);
        while (array_walk_next(&walk, &values[at], &nulls[at]))
            at++;
    }
    sizes[0] = (int32_t)there;
    lower[0] = 1;
    for (unsigned i = 0; i < first.dimensions; i++) {
        sizes[i + 1] = first.sizes[i];
        lower[i + 1] = first.lower[i];
    }
    step->out->is_null = false;
    step->out->value = datum_of_pointer(
        array_make(&s->element, values, nulls, there > 0 ? first.dimensions + 1 : 0, sizes, lower));
}

void eval_array(const ExprStep *step)
{
    const ArrayState *s = step->u.array;

    if (s->is_nested) {
        eval_nested_array(step);
        return;
    }
    for (unsigned i = 0; i < s->count; i++) {
        s->values[i] = s->items[i].value;
        s->nulls[i] = s->items[i].is_null;
    }
    step->out->is_null = false;
    step->out->value =
        datum_of_pointer(array_make_list(&s->element, s->values, s->nulls, s->count));
}

void eval_array_coerce(const ExprStep *step, EvalContext *c)
{
    ArrayCoerceState *s = step->u.array_coerce;
    ArrayView view;
    const uint8_t *array;
    Datum *values;
    bool *nulls;

    if (step->out->is_null)
        return;
    array = varlena_plain(datum_varlena(step->out->value));
    array_open(array, &view);
    if (s->element == NULL) {
        uint8_t *copy = mem_dup(array, varlena_size(array));

        store_u32(copy + 12, s->to.type);
        step->out->value = datum_of_pointer(copy);
        return;
    }
    if (s->from.type != view.element_type)
        s->from = catalog_info_element(view.element_type);
    array_take_apart(&view, &s->from, &values, &nulls);
    for (size_t i = 0; i < view.count; i++) {
        s->test = (NullableDatum){.value = values[i], .is_null = nulls[i]};
        values[i] = expr_eval_here(s->element, c, &nulls[i]);
    }
    step->out->value = datum_of_pointer(
        array_make(&s->to, values, nulls, view.dimensions, view.sizes, view.lower));
}

/* ---- Subscripts ---- */

_Noreturn static void raise_null_subscript(void)
{
    err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
              .message = "array subscript in assignment must not be null");
}

/* False: one is NULL, and so is the result. */
static bool take_subscripts(const NullableDatum *places, const bool *there, unsigned count,
                            int32_t *out)
{
    for (unsigned i = 0; i < count; i++) {
        if (!there[i])
            continue;
        if (places[i].is_null)
            return false;
        out[i] = datum_i32(places[i].value);
    }
    return true;
}

static void eval_slice(const ExprStep *step, const ArrayView *view, const int32_t *upper_given,
                       const int32_t *lower_given)
{
    const SubscriptState *s = step->u.subscript;
    int32_t from[ARRAY_DIMENSIONS_MAX], sizes[ARRAY_DIMENSIONS_MAX], ones[ARRAY_DIMENSIONS_MAX];
    int32_t at[ARRAY_DIMENSIONS_MAX];
    size_t count, n = 0;
    Datum *values, *out_values;
    bool *nulls, *out_nulls, is_empty = view->dimensions < s->upper_count || view->dimensions == 0;

    for (unsigned i = 0; i < view->dimensions && !is_empty; i++) {
        int64_t low = view->lower[i], high = low + view->sizes[i] - 1;

        if (i < s->upper_count && s->upper_there[i] && upper_given[i] < high)
            high = upper_given[i];
        if (i < s->lower_count && s->lower_there[i] && lower_given[i] > low)
            low = lower_given[i];
        is_empty = high < low;
        from[i] = (int32_t)(low - view->lower[i]);
        sizes[i] = is_empty ? 0 : (int32_t)(high - low + 1);
        ones[i] = 1;
        at[i] = 0;
    }
    if (is_empty) {
        step->out->value = datum_of_pointer(array_make(&s->element, NULL, NULL, 0, NULL, NULL));
        return;
    }
    count = array_item_count(view->dimensions, sizes);
    array_take_apart(view, &s->element, &values, &nulls);
    out_values = mem_new_array(Datum, count);
    out_nulls = mem_new_array(bool, count);
    while (n < count) {
        size_t index = 0;
        unsigned d = view->dimensions;

        for (unsigned i = 0; i < view->dimensions; i++)
            index = index * (size_t)view->sizes[i] + (size_t)(from[i] + at[i]);
        out_values[n] = values[index];
        out_nulls[n++] = nulls[index];
        while (d > 0 && ++at[d - 1] == sizes[d - 1])
            at[--d] = 0;
    }
    step->out->value = datum_of_pointer(array_make_with(
        &s->element, out_values, out_nulls, view->dimensions, sizes, ones, view->bitmap != NULL));
}

/* Elements of a name, a point and the like stand one behind the other, from 0. */
static void eval_fixed(const ExprStep *step, int32_t at)
{
    const SubscriptState *s = step->u.subscript;
    const uint8_t *bytes = datum_pointer(step->out->value);

    if (s->is_slice)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "slices of fixed-length arrays not implemented");
    if (s->upper_count != 1 || at < 0 || at >= s->container_len / s->element.len) {
        *step->out = (NullableDatum){.is_null = true};
        return;
    }
    step->out->value = array_element_at(bytes + (ptrdiff_t)at * s->element.len, &s->element);
}

/* The container, not NULL, is in out. */
void eval_subscript(const ExprStep *step)
{
    const SubscriptState *s = step->u.subscript;
    int32_t upper[ARRAY_DIMENSIONS_MAX] = {0}, lower[ARRAY_DIMENSIONS_MAX] = {0};
    ArrayView view;

    if (!take_subscripts(s->upper, s->upper_there, s->upper_count, upper) ||
        !take_subscripts(s->lower, s->lower_there, s->lower_count, lower)) {
        *step->out = (NullableDatum){.is_null = true};
        return;
    }
    if (s->container_len > 0) {
        eval_fixed(step, upper[0]);
        return;
    }
    array_open(varlena_plain(datum_varlena(step->out->value)), &view);
    if (s->is_slice) {
        eval_slice(step, &view, upper, lower);
        return;
    }
    if (view.dimensions != s->upper_count ||
        !array_find(&view, &s->element, upper, &step->out->value, &step->out->is_null))
        *step->out = (NullableDatum){.is_null = true};
}

/* A list grows to take in a new element; what lies between is NULL. */
static void set_in_list(const ExprStep *step, const ArrayView *view, int32_t at)
{
    const SubscriptState *s = step->u.subscript;
    int64_t low = view->dimensions == 0 ? at : view->lower[0];
    int64_t high = view->dimensions == 0 ? at : low + view->sizes[0] - 1, new_low = low, count;
    Datum *values, *new_values;
    bool *nulls, *new_nulls;
    int32_t size, lower;

    if (at < low)
        new_low = at;
    if (at > high)
        high = at;
    count = high - new_low + 1;
    if (count > (int64_t)ARRAY_ITEMS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message =
                      err_fmt("array size exceeds the maximum allowed (%d)", (int)ARRAY_ITEMS_MAX));
    array_take_apart(view, &s->element, &values, &nulls);
    new_values = mem_new_array(Datum, (size_t)count);
    new_nulls = mem_new_array(bool, (size_t)count);
    memset(new_nulls, true, (size_t)count);
    memcpy(new_values + (low - new_low), values, view->count * sizeof(Datum));
    memcpy(new_nulls + (low - new_low), nulls, view->count);
    new_values[at - new_low] = s->assigned.value;
    new_nulls[at - new_low] = s->assigned.is_null;
    size = (int32_t)count;
    lower = (int32_t)new_low;
    step->out->value =
        datum_of_pointer(array_make(&s->element, new_values, new_nulls, 1, &size, &lower));
}

/* NULL is assigned to no element: the array stays, but that it is one from then on. */
static void set_slice(const ExprStep *step, const ArrayView *view, const int32_t *upper)
{
    const SubscriptState *s = step->u.subscript;
    ArraySlice slice = {.count = s->upper_count};
    ArrayView source;

    if (!take_subscripts(s->lower, s->lower_there, s->lower_count, slice.lower))
        raise_null_subscript();
    if (s->assigned.is_null) {
        if (view->items == NULL)
            step->out->value = datum_of_pointer(array_make(&s->element, NULL, NULL, 0, NULL, NULL));
        return;
    }
    memcpy(slice.upper, upper, sizeof slice.upper);
    memcpy(slice.lower_there, s->lower_there, sizeof slice.lower_there);
    memcpy(slice.upper_there, s->upper_there, sizeof slice.upper_there);
    array_open(varlena_plain(datum_varlena(s->assigned.value)), &source);
    step->out->value = datum_of_pointer(array_set_slice(view, &s->element, &slice, &source));
}

void eval_subscript_set(const ExprStep *step)
{
    const SubscriptState *s = step->u.subscript;
    int32_t at[ARRAY_DIMENSIONS_MAX] = {0}, ones[ARRAY_DIMENSIONS_MAX];
    ArrayView view = {.element_type = s->element.type};
    size_t index = 0;
    Datum *values;
    bool *nulls;

    if (!take_subscripts(s->upper, s->upper_there, s->upper_count, at))
        raise_null_subscript();
    if (!step->out->is_null)
        array_open(varlena_plain(datum_varlena(step->out->value)), &view);
    step->out->is_null = false;
    if (s->is_slice) {
        set_slice(step, &view, at);
        return;
    }
    if (s->upper_count == 1 && view.dimensions <= 1) {
        set_in_list(step, &view, at[0]);
        return;
    }
    if (view.dimensions == 0) {
        for (unsigned i = 0; i < s->upper_count; i++)
            ones[i] = 1;
        step->out->value = datum_of_pointer(array_make(
            &s->element, &s->assigned.value, &s->assigned.is_null, s->upper_count, ones, at));
        return;
    }
    if (view.dimensions != s->upper_count)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "wrong number of array subscripts");
    for (unsigned i = 0; i < view.dimensions; i++) {
        int64_t place = (int64_t)at[i] - view.lower[i];

        if (place < 0 || place >= view.sizes[i])
            err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "array subscript out of range");
        index = index * (size_t)view.sizes[i] + (size_t)place;
    }
    array_take_apart(&view, &s->element, &values, &nulls);
    values[index] = s->assigned.value;
    nulls[index] = s->assigned.is_null;
    step->out->value = datum_of_pointer(
        array_make(&s->element, values, nulls, view.dimensions, view.sizes, view.lower));
}

/* ---- scalar OP ANY (array) ---- */

void eval_scalar_array(const ExprStep *step)
{
    ScalarArrayState *s = step->u.scalar_array;
    ArrayView view;
    Datum *values;
    bool *nulls;

    if (s->is_ready) {
        find_in_array(step, s->count, s->values, s->nulls);
        return;
    }
    if (s->array.is_null) {
        *step->out = (NullableDatum){.is_null = true};
        return;
    }
    array_open(varlena_plain(datum_varlena(s->array.value)), &view);
    if (view.element_type != s->element.type)
        s->element = catalog_info_element(view.element_type);
    array_take_apart(&view, &s->element, &values, &nulls);
    find_in_array(step, view.count, values, nulls);
}

static ALWAYS_INLINE int64_t number_of(InlineType type, Datum d)
{
    switch (type) {
    case INLINE_I16:
        return datum_i16(d);
    case INLINE_I32:
        return datum_i32(d);
    case INLINE_I64:
        return datum_i64(d);
    default:
        return datum_u32(d);
    }
}

static bool equals_any(const ScalarArrayState *s, size_t count, const Datum *values,
                       const bool *nulls, bool *is_null)
{
    int64_t wanted = number_of(s->type, s->call->args[0].value);

    for (size_t i = 0; i < count; i++) {
        if (nulls[i])
            *is_null = true;
        else if (number_of(s->type, values[i]) == wanted) {
            *is_null = false;
            return true;
        }
    }
    return false;
}

static void find_in_array(const ExprStep *step, size_t count, const Datum *values,
                          const bool *nulls)
{
    const ScalarArrayState *s = step->u.scalar_array;
    FmgrCall *call = s->call;
    bool is_null = false, is_strict = call->site->strict;

    *step->out = (NullableDatum){.value = datum_of_bool(!s->is_any)};
    if (count == 0)
        return;
    if (call->args[0].is_null && is_strict) {
        step->out->is_null = true;
        return;
    }
    if (s->is_inline_equal && s->is_any) {
        step->out->value = datum_of_bool(equals_any(s, count, values, nulls, &is_null));
        step->out->is_null = is_null;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        Datum result = 0;

        if (nulls[i] && is_strict) {
            is_null = true;
            continue;
        }
        call->args[1] = (NullableDatum){.value = values[i], .is_null = nulls[i]};
        call->is_null = false;
        result = call->site->fn(call);
        if (call->is_null)
            is_null = true;
        else if (datum_bool(result) == s->is_any) {
            step->out->value = datum_of_bool(s->is_any);
            return;
        }
    }
    step->out->is_null = is_null;
}

/* ---- The same by a hash table, for long arrays that do not change ---- */

static uint32_t hash_of(ScalarArrayState *s, Datum value)
{
    s->hash->args[0] = (NullableDatum){.value = value};
    s->hash->is_null = false;
    return datum_u32(s->hash->site->fn(s->hash));
}

static bool is_equal(ScalarArrayState *s, Datum value)
{
    s->call->args[1] = (NullableDatum){.value = value};
    s->call->is_null = false;
    return datum_bool(s->call->site->fn(s->call)) && !s->call->is_null;
}

static void make_table(ScalarArrayState *s)
{
    MemContext *before = mem_switch(s->mem);

    if (!s->is_ready) {
        ArrayView view;
        const uint8_t *array = varlena_plain(datum_varlena(s->array.value));

        array = mem_dup(array, varlena_size(array));
        array_open(array, &view);
        s->element = catalog_info_element(view.element_type);
        array_take_apart(&view, &s->element, &s->values, &s->nulls);
        s->count = view.count;
        s->is_ready = true;
    }
    s->slot_count = 16;
    while (s->slot_count < 2 * s->count)
        s->slot_count *= 2;
    s->slots = mem_new_array(uint32_t, s->slot_count);
    s->hashes = mem_new_array(uint32_t, s->count + 1);
    mem_switch(before);
    for (size_t i = 0; i < s->count; i++) {
        size_t at;

        if (s->nulls[i]) {
            s->has_null = true;
            continue;
        }
        s->hashes[i] = hash_of(s, s->values[i]);
        at = s->hashes[i] & (s->slot_count - 1);
        while (s->slots[at] != 0)
            at = (at + 1) & (s->slot_count - 1);
        s->slots[at] = (uint32_t)i + 1;
    }
}

/*
 * The planner asks for it only where the array is the same for all rows and the operator is strict
 * and gives NULL for NULL alone. "not in" is all(<>), by way of the = that negates it.
 */
void eval_scalar_array_hashed(const ExprStep *step, EvalContext *c)
{
    ScalarArrayState *s = step->u.scalar_array;
    bool is_found = false;
    uint32_t hash;

    (void)c;
    if (s->array.is_null || (s->call->args[0].is_null && s->call->site->strict)) {
        *step->out = (NullableDatum){.is_null = true};
        return;
    }
    if (s->slot_count == 0)
        make_table(s);
    hash = hash_of(s, s->call->args[0].value);
    for (size_t at = hash & (s->slot_count - 1); s->slots[at] != 0 && !is_found;
         at = (at + 1) & (s->slot_count - 1)) {
        size_t i = s->slots[at] - 1;

        is_found = s->hashes[i] == hash && is_equal(s, s->values[i]);
    }
    step->out->value = datum_of_bool(is_found != s->is_inverted);
    step->out->is_null = !is_found && s->has_null;
}
