/* array_agg.c - array_agg(): of elements, or of arrays that get a dimension more. */
#include "common/base/base.h"

#include "server/fmgr/array_gather.h"
#include "server/types/array_int.h"
#include "server/types/types_int.h"

static MemContext *aggregate_mem(FmgrCall *call, const char *name)
{
    MemContext *mem = fmgr_aggregate_mem(call);

    if (mem == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%s called in non-aggregate context", name));
    return mem;
}

/* The state of argument 0, made at the first call. */
static ArrayGather *state_of(FmgrCall *call, MemContext *mem, Oid element)
{
    ElementType e = {.oid = 0};

    if (!fmgr_arg_is_null(call, 0))
        return fmgr_pointer(call, 0);
    element_type_find(&e, element, ELEMENT_NEEDS_TYPE, mem);
    return array_gather_new(&e.form, mem);
}

Datum array_agg_transfn(FmgrCall *call)
{
    Oid type = fmgr_arg_type(call, 1);
    ArrayGather *state;

    if (type == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "could not determine input data type");
    state = state_of(call, aggregate_mem(call, "array_agg_transfn"), type);
    array_gather_value(state, fmgr_arg(call, 1), fmgr_arg_is_null(call, 1));
    return datum_of_pointer(state);
}

Datum array_agg_array_transfn(FmgrCall *call)
{
    MemContext *mem = aggregate_mem(call, "array_agg_array_transfn");
    ArrayGather *state;
    ArrayView v;

    if (fmgr_arg_is_null(call, 1))
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED, .message = "cannot accumulate null arrays");
    v = array_arg(call, 1);
    state = state_of(call, mem, v.element_type);
    array_gather_array(state, &v);
    return datum_of_pointer(state);
}

Datum array_agg_finalfn(FmgrCall *call)
{
    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    return datum_of_pointer(array_gather_result(fmgr_pointer(call, 0)));
}

Datum array_agg_array_finalfn(FmgrCall *call)
{
    return array_agg_finalfn(call);
}
