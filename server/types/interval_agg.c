/*
 * interval_agg.c - averages of intervals
 *
 * The state is an array of two intervals: the sum, and the number of values as microseconds.
 */
#include "common/base/base.h"

#include "server/fmgr/array_value.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

#define TYPE_OID_INTERVAL 1186

static const ArrayElement element = {.type = TYPE_OID_INTERVAL, .len = 16, .align = 'd'};

static void take_state(const FmgrCall *call, int n, Interval *out)
{
    ArrayView array;
    ArrayWalk walk;
    Datum d;
    bool is_null;

    array_open(fmgr_plain(call, n), &array);
    if (array.count != 2)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "expected 2-element interval array");
    array_walk_begin(&walk, &array, &element);
    for (int i = 0; i < 2; i++) {
        array_walk_next(&walk, &d, &is_null);
        if (is_null)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "expected 2-element interval array");
        out[i] = *(const Interval *)datum_pointer(d);
    }
}

static Datum state_result(const Interval *state)
{
    const Datum items[] = {datum_of_pointer(&state[0]), datum_of_pointer(&state[1])};

    return datum_of_pointer(array_make_list(&element, items, NULL, ARRAY_LEN(items)));
}

Datum interval_accum(FmgrCall *call)
{
    Interval state[2];

    take_state(call, 0, state);
    interval_sum(&state[0], fmgr_interval(call, 1), &state[0]);
    state[1].usec++;
    return state_result(state);
}

Datum interval_accum_inv(FmgrCall *call)
{
    Interval state[2];

    take_state(call, 0, state);
    interval_difference(&state[0], fmgr_interval(call, 1), &state[0]);
    state[1].usec--;
    return state_result(state);
}

Datum interval_combine(FmgrCall *call)
{
    Interval a[2], b[2];

    take_state(call, 0, a);
    take_state(call, 1, b);
    interval_sum(&a[0], &b[0], &a[0]);
    a[1].usec += b[1].usec;
    return state_result(a);
}

Datum interval_avg(FmgrCall *call)
{
    Interval state[2];

    take_state(call, 0, state);
    if (state[1].usec == 0)
        return fmgr_null(call);
    return fmgr_call_direct(
        interval_div, 0, 2,
        (const Datum[]){datum_of_pointer(&state[0]), datum_of_f8((double)state[1].usec)});
}
