/* array_agg.c - the states of array_agg(): elements, or arrays that get a dimension more. */
#include "common/base/base.h"

#include "server/fmgr/datum_image.h"
#include "server/types/array_int.h"
#include "server/types/types_int.h"

typedef struct AggState {
    MemContext *mem;
    ElementType e;
    size_t count, room; /* of elements */
    Datum *values;
    bool *nulls;
    ArrayShape shape; /* of each array that is gathered; not for elements */
    int32_t arrays;
} AggState;

static MemContext *aggregate_mem(FmgrCall *call, const char *name)
{
    MemContext *mem = fmgr_aggregate_mem(call);

    if (mem == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%s called in non-aggregate context", name));
    return mem;
}

/* The state of argument 0, made at the first call. */
static AggState *state_of(FmgrCall *call, const char *name, Oid element)
{
    MemContext *mem = aggregate_mem(call, name);
    AggState *s;

    if (!fmgr_arg_is_null(call, 0))
        return fmgr_pointer(call, 0);
    s = mem_alloc_in(mem, sizeof *s);
    s->mem = mem_context_new(mem, "array_agg");
    MEM_SCOPE(s->mem) {
        element_type_find(&s->e, element, ELEMENT_NEEDS_TYPE, s->mem);
        s->room = 64;
        s->values = mem_new_array(Datum, s->room);
        s->nulls = mem_new_array(bool, s->room);
    }
    return s;
}

static void add(AggState *s, Datum value, bool is_null)
{
    MEM_SCOPE(s->mem) {
        if (s->count == s->room) {
            s->room *= 2;
            s->values = mem_realloc(s->values, size_mul(s->room, sizeof *s->values));
            s->nulls = mem_realloc(s->nulls, s->room);
        }
        s->nulls[s->count] = is_null;
        if (!is_null && s->e.form.len == -1)
            value = datum_of_pointer(varlena_packed(datum_varlena(value)));
        s->values[s->count++] = is_null ? 0 : datum_copy(value, s->e.form.by_value, s->e.form.len);
    }
}

Datum array_agg_transfn(FmgrCall *call)
{
    Oid type = fmgr_arg_type(call, 1);
    AggState *s;

    if (type == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "could not determine input data type");
    s = state_of(call, "array_agg_transfn", type);
    add(s, fmgr_arg(call, 1), fmgr_arg_is_null(call, 1));
    return datum_of_pointer(s);
}

Datum array_agg_finalfn(FmgrCall *call)
{
    const AggState *s;

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    s = fmgr_pointer(call, 0);
    return array_result_list(&s->e, s->values, s->nulls, s->count);
}

/* ---- Arrays ---- */

static void check_alike(AggState *s, const ArrayView *v)
{
    if (v->dimensions == 0)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "cannot accumulate empty arrays");
    if (s->arrays == 0) {
        if (v->dimensions + 1 > ARRAY_DIMENSIONS_MAX)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("number of array dimensions (%u) exceeds the maximum "
                                         "allowed (%d)",
                                         v->dimensions + 1, ARRAY_DIMENSIONS_MAX));
        s->shape.dims = (int)v->dimensions + 1;
        s->shape.lower[0] = 1;
        memcpy(s->shape.sizes + 1, v->sizes, v->dimensions * sizeof(int32_t));
        memcpy(s->shape.lower + 1, v->lower, v->dimensions * sizeof(int32_t));
        return;
    }
    if ((int)v->dimensions + 1 != s->shape.dims ||
        memcmp(s->shape.sizes + 1, v->sizes, v->dimensions * sizeof(int32_t)) != 0 ||
        memcmp(s->shape.lower + 1, v->lower, v->dimensions * sizeof(int32_t)) != 0)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message = "cannot accumulate arrays of different dimensionality");
}

Datum array_agg_array_transfn(FmgrCall *call)
{
    AggState *s;
    ArrayView v;
    ArrayWalk walk;
    Datum value;
    bool is_null;

    aggregate_mem(call, "array_agg_array_transfn");
    if (fmgr_arg_is_null(call, 1))
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED, .message = "cannot accumulate null arrays");
    v = array_arg(call, 1);
    s = state_of(call, "array_agg_array_transfn", v.element_type);
    check_alike(s, &v);
    array_walk_begin(&walk, &v, &s->e.form);
    while (array_walk_next(&walk, &value, &is_null))
        add(s, value, is_null);
    s->arrays++;
    return datum_of_pointer(s);
}

Datum array_agg_array_finalfn(FmgrCall *call)
{
    AggState *s;

    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    s = fmgr_pointer(call, 0);
    s->shape.sizes[0] = s->arrays;
    return array_result(&s->e, s->values, s->nulls, (unsigned)s->shape.dims, s->shape.sizes,
                        s->shape.lower);
}
