/*
 * bool_agg.c - every() and its like
 *
 * As plain aggregates they need no state of their own; over moving windows the values that are true
 * are counted.
 */
#include "common/base/base.h"

#include "server/types/types_int.h"

typedef struct BoolState {
    int64_t count, true_count; /* of values that are not NULL */
} BoolState;

Datum booland_statefunc(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) && fmgr_bool(call, 1));
}

Datum boolor_statefunc(FmgrCall *call)
{
    return datum_of_bool(fmgr_bool(call, 0) || fmgr_bool(call, 1));
}

/* NULL when there was no value yet. */
static BoolState *state_arg(const FmgrCall *call)
{
    return fmgr_arg_is_null(call, 0) ? NULL : fmgr_pointer(call, 0);
}

static void count(const FmgrCall *call, BoolState *s, int step)
{
    if (fmgr_arg_is_null(call, 1))
        return;
    s->count += step;
    if (fmgr_bool(call, 1))
        s->true_count += step;
}

Datum bool_accum(FmgrCall *call)
{
    BoolState *s = state_arg(call);

    if (s == NULL) {
        MemContext *mem = fmgr_aggregate_mem(call);

        if (mem == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "aggregate function called in non-aggregate context");
        s = mem_alloc_in(mem, sizeof *s);
    }
    count(call, s, 1);
    return datum_of_pointer(s);
}

Datum bool_accum_inv(FmgrCall *call)
{
    BoolState *s = state_arg(call);

    if (s == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "bool_accum_inv called with NULL state");
    count(call, s, -1);
    return datum_of_pointer(s);
}

Datum bool_alltrue(FmgrCall *call)
{
    const BoolState *s = state_arg(call);

    if (s == NULL || s->count == 0)
        return fmgr_null(call);
    return datum_of_bool(s->true_count == s->count);
}

Datum bool_anytrue(FmgrCall *call)
{
    const BoolState *s = state_arg(call);

    if (s == NULL || s->count == 0)
        return fmgr_null(call);
    return datum_of_bool(s->true_count > 0);
}

/* What pg_proc has for an aggregate itself. */
Datum aggregate_dummy(FmgrCall *call)
{
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("aggregate function %u called as normal function",
                                 call->site == NULL ? 0 : call->site->oid));
}
