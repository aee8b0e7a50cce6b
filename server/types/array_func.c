/* array_func.c - arrays: what shape they have; joined, filled, cut. */
#include "common/base/base.h"

#include "server/catalog/catalog_oid.h"
#include "server/types/array_int.h"
#include "server/types/type_name.h"
#include "server/types/types_int.h"

/* ---- Shape ---- */

Datum array_ndims(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);

    return v.dimensions == 0 ? fmgr_null(call) : datum_of_i32((int32_t)v.dimensions);
}

Datum array_dims(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    StrBuf out;

    if (v.dimensions == 0)
        return fmgr_null(call);
    text_begin(&out);
    for (unsigned i = 0; i < v.dimensions; i++)
        strbuf_add_fmt(&out, "[%d:%d]", v.lower[i], v.lower[i] + v.sizes[i] - 1);
    return text_end(&out);
}

/* The dimension that argument 1 names, from 0; -1: there is none. */
static int named_dimension(const FmgrCall *call, const ArrayView *v)
{
    int32_t n = fmgr_i32(call, 1);

    return n <= 0 || n > (int32_t)v->dimensions ? -1 : n - 1;
}

Datum array_lower(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    int n = named_dimension(call, &v);

    return n < 0 ? fmgr_null(call) : datum_of_i32(v.lower[n]);
}

Datum array_upper(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    int n = named_dimension(call, &v);

    return n < 0 ? fmgr_null(call) : datum_of_i32(v.lower[n] + v.sizes[n] - 1);
}

Datum array_length(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    int n = named_dimension(call, &v);

    return n < 0 ? fmgr_null(call) : datum_of_i32(v.sizes[n]);
}

Datum array_cardinality(FmgrCall *call)
{
    return datum_of_i32((int32_t)array_arg(call, 0).count);
}

/* ---- Joined ---- */

/* An array that may be NULL, which is like an empty one; its element type comes from the call. */
static ArrayView list_arg(const FmgrCall *call, int n)
{
    ArrayView v = {0};
    const TypeFacts *t;

    if (!fmgr_arg_is_null(call, n))
        return array_arg(call, n);
    t = type_facts_find(fmgr_arg_type(call, n));
    if (fmgr_arg_type(call, n) == 0 || t == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "could not determine input data type");
    if (t->element == 0)
        err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = "input data type is not an array");
    v.element_type = t->element;
    return v;
}

/* The list of argument `array` with that of argument `item` before or behind its elements. */
static Datum extend(FmgrCall *call, int array, int item)
{
    ArrayView v = list_arg(call, array);
    ElementType *e = element_type(call, v.element_type, ELEMENT_NEEDS_TYPE);
    size_t at = item < array ? 0 : v.count, others = item < array ? 1 : 0;
    Datum *values = mem_new_array(Datum, v.count + 1);
    bool *nulls = mem_new_array(bool, v.count + 1);
    int32_t size = (int32_t)v.count + 1, lower = v.dimensions == 0 ? 1 : v.lower[0], place;
    ArrayWalk walk;

    if (v.dimensions > 1)
        err_raise(SQLSTATE_DATA_EXCEPTION,
                  .message = "argument must be empty or one-dimensional array");
    if (v.dimensions == 1 &&
        (item < array ? __builtin_sub_overflow(lower, 1, &place)
                      : __builtin_add_overflow(lower, (int32_t)v.count, &place)))
        types_raise_range("integer");
    array_walk_begin(&walk, &v, &e->form);
    while (array_walk_next(&walk, &values[others], &nulls[others]))
        others++;
    values[at] = fmgr_arg(call, item);
    nulls[at] = fmgr_arg_is_null(call, item);
    return array_result(e, values, nulls, 1, &size, &lower);
}

Datum array_append(FmgrCall *call)
{
    return extend(call, 0, 1);
}

Datum array_prepend(FmgrCall *call)
{
    return extend(call, 1, 0);
}

static _Noreturn void raise_incompatible(const char *detail)
{
    err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "cannot concatenate incompatible arrays",
              .detail = detail);
}

static void check_types(const ArrayView *a, const ArrayView *b)
{
    const char *name_a, *name_b;

    if (a->element_type == b->element_type)
        return;
    name_a = type_name(a->element_type);
    name_b = type_name(b->element_type);
    err_raise(SQLSTATE_DATATYPE_MISMATCH, .message = "cannot concatenate incompatible arrays",
              .detail = err_fmt("Arrays with element types %s and %s are not compatible for "
                                "concatenation.",
                                name_a, name_b));
}

/* Are a's dimensions from a_first on those of b from b_first on? */
static bool same_dimensions(const ArrayView *a, unsigned a_first, const ArrayView *b,
                            unsigned b_first)
{
    for (; a_first < a->dimensions; a_first++, b_first++) {
        if (a->sizes[a_first] != b->sizes[b_first] || a->lower[a_first] != b->lower[b_first])
            return false;
    }
    return true;
}

/* The shape of two arrays joined: of as many dimensions, or one is an element of the other. */
static ArrayShape joined_shape(const ArrayView *a, const ArrayView *b)
{
    const ArrayView *outer = a->dimensions >= b->dimensions ? a : b;
    const ArrayView *inner = outer == a ? b : a;
    ArrayShape shape = {.dims = (int)outer->dimensions};

    memcpy(shape.sizes, outer->sizes, sizeof shape.sizes);
    memcpy(shape.lower, outer->lower, sizeof shape.lower);
    if (outer->dimensions == inner->dimensions) {
        if (!same_dimensions(a, 1, b, 1))
            raise_incompatible(
                "Arrays with differing element dimensions are not compatible for concatenation.");
        shape.sizes[0] = (int32_t)((uint32_t)a->sizes[0] + (uint32_t)b->sizes[0]);
    } else if (outer->dimensions == inner->dimensions + 1) {
        if (!same_dimensions(inner, 0, outer, 1))
            raise_incompatible(
                "Arrays with differing dimensions are not compatible for concatenation.");
        shape.sizes[0]++;
    } else {
        raise_incompatible(err_fmt("Arrays of %u and %u dimensions are not compatible for "
                                   "concatenation.",
                                   a->dimensions, b->dimensions));
    }
    return shape;
}

Datum array_cat(FmgrCall *call)
{
    ArrayView a, b;
    ArrayShape shape;
    ElementType *e;
    ArrayWalk walk;
    Datum *values;
    bool *nulls;
    size_t at = 0;

    if (fmgr_arg_is_null(call, 0) || fmgr_arg_is_null(call, 1)) {
        int other = fmgr_arg_is_null(call, 0) ? 1 : 0;

        return fmgr_arg_is_null(call, other) ? fmgr_null(call) : fmgr_arg(call, other);
    }
    a = array_arg(call, 0);
    b = array_arg(call, 1);
    check_types(&a, &b);
    if (a.dimensions == 0 && b.dimensions > 0)
        return fmgr_arg(call, 1);
    if (b.dimensions == 0)
        return fmgr_arg(call, 0);
    shape = joined_shape(&a, &b);
    array_item_count((unsigned)shape.dims, shape.sizes);
    array_check_bounds(&shape);
    e = element_type(call, a.element_type, ELEMENT_NEEDS_TYPE);
    values = mem_new_array(Datum, a.count + b.count + 1);
    nulls = mem_new_array(bool, a.count + b.count + 1);
    array_walk_begin(&walk, &a, &e->form);
    while (array_walk_next(&walk, &values[at], &nulls[at]))
        at++;
    array_walk_begin(&walk, &b, &e->form);
    while (array_walk_next(&walk, &values[at], &nulls[at]))
        at++;
    return datum_of_pointer(array_make_with(&e->form, values, nulls, (unsigned)shape.dims,
                                            shape.sizes, shape.lower,
                                            a.bitmap != NULL || b.bitmap != NULL));
}

/* ---- Filled ---- */

static _Noreturn void raise_dimension_list(const char *detail)
{
    err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "wrong number of array subscripts",
              .detail = detail);
}

/* The int4s of a list that says something about dimensions. */
static unsigned read_dimensions(FmgrCall *call, int arg, int32_t *out)
{
    static const ArrayElement form = {.type = TYPE_INT4, .len = 4, .by_value = true, .align = 'i'};
    ArrayView v = array_arg(call, arg);
    ArrayWalk walk;
    Datum d;
    bool is_null;

    if (v.dimensions > 1)
        raise_dimension_list("Dimension array must be one dimensional.");
    if (v.bitmap != NULL && arg == 1) {
        array_walk_begin(&walk, &v, &form);
        while (array_walk_next(&walk, &d, &is_null)) {
            if (is_null)
                err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                          .message = "dimension values cannot be null");
        }
    }
    if (arg == 1 && v.count > ARRAY_DIMENSIONS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("number of array dimensions (%zu) exceeds the maximum "
                                     "allowed (%d)",
                                     v.count, ARRAY_DIMENSIONS_MAX));
    array_walk_begin(&walk, &v, &form);
    for (size_t i = 0; i < ARRAY_DIMENSIONS_MAX && array_walk_next(&walk, &d, &is_null); i++) {
        if (is_null)
            err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                      .message = "dimension values cannot be null");
        out[i] = datum_i32(d);
    }
    return (unsigned)v.count;
}

static Datum fill(FmgrCall *call, bool has_bounds)
{
    ArrayShape shape;
    ElementType *e;
    Oid type = fmgr_arg_type(call, 0);
    size_t count;
    Datum *values;
    bool *nulls;

    if (fmgr_arg_is_null(call, 1) || (has_bounds && fmgr_arg_is_null(call, 2)))
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                  .message = "dimension array or low bound array cannot be null");
    shape.dims = (int)read_dimensions(call, 1, shape.sizes);
    for (int i = 0; i < ARRAY_DIMENSIONS_MAX; i++)
        shape.lower[i] = 1;
    if (has_bounds && read_dimensions(call, 2, shape.lower) != (unsigned)shape.dims)
        raise_dimension_list("Low bound array has different size than dimensions array.");
    count = array_item_count((unsigned)shape.dims, shape.sizes);
    array_check_bounds(&shape);
    if (type == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not determine data type of input");
    e = element_type(call, type, ELEMENT_NEEDS_TYPE);
    values = mem_new_array(Datum, count + 1);
    nulls = mem_new_array(bool, count + 1);
    for (size_t i = 0; i < count; i++) {
        values[i] = fmgr_arg(call, 0);
        nulls[i] = fmgr_arg_is_null(call, 0);
    }
    return array_result(e, values, nulls, (unsigned)shape.dims, shape.sizes, shape.lower);
}

Datum array_fill(FmgrCall *call)
{
    return fill(call, false);
}

Datum array_fill_with_lower_bounds(FmgrCall *call)
{
    return fill(call, true);
}

/* ---- Cut ---- */

Datum trim_array(FmgrCall *call)
{
    ArrayView v = array_arg(call, 0);
    int32_t n = fmgr_i32(call, 1), length = v.dimensions > 0 ? v.sizes[0] : 0;
    ElementType *e;
    Datum *values;
    bool *nulls;

    if (n < 0 || n > length)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message =
                      err_fmt("number of elements to trim must be between 0 and %d", length));
    e = element_type(call, v.element_type, ELEMENT_NEEDS_TYPE);
    array_take_apart(&v, &e->form, &values, &nulls);
    if (v.dimensions > 0)
        v.sizes[0] -= n;
    for (unsigned i = 0; i < v.dimensions; i++)
        v.lower[i] = 1;
    return datum_of_pointer(
        array_make_with(&e->form, values, nulls, v.dimensions, v.sizes, v.lower, v.bitmap != NULL));
}
