/* array_set.c - arrays as rows: unnest(), generate_subscripts(); series of numbers. */
#include "common/base/base.h"

#include "server/types/array_int.h"
#include "server/types/numeric.h"
#include "server/types/numeric_int.h"
#include "server/types/set.h"
#include "server/types/types_int.h"

/* ---- Elements and subscripts ---- */

typedef struct Unnest {
    ArrayView array;
    ArrayWalk walk;
} Unnest;

Datum array_unnest(FmgrCall *call)
{
    Unnest *u = set_state(call);
    Datum value;
    bool is_null;

    if (u == NULL) {
        u = set_begin(call, sizeof *u);
        MEM_SCOPE(set_mem(call)) {
            ElementType e = {0};

            set_keep_varlena(call, 0);
            u->array = array_arg(call, 0);
            element_type_find(&e, u->array.element_type, ELEMENT_NEEDS_TYPE, set_mem(call));
            array_walk_begin(&u->walk, &u->array, &e.form);
        }
    }
    if (!array_walk_next(&u->walk, &value, &is_null))
        return set_end(call);
    return set_row(call, is_null ? fmgr_null(call) : value);
}

/* Numbers from next on; a step of 0 does not come here. */
typedef struct Series {
    int64_t next, last, step;
    bool is_over;
} Series;

static bool series_next(Series *s, int64_t *out)
{
    if (s->is_over || (s->step > 0 ? s->next > s->last : s->next < s->last))
        return false;
    *out = s->next;

    /* Beyond the largest number comes the end. */
    s->is_over = __builtin_add_overflow(s->next, s->step, &s->next);
    return true;
}

static Datum subscripts(FmgrCall *call, bool is_reversed)
{
    Series *s = set_state(call);
    int64_t next;

    if (s == NULL) {
        ArrayView v = array_arg(call, 0);
        int32_t n = fmgr_i32(call, 1);
        int64_t low, high;

        s = set_begin(call, sizeof *s);
        if (n <= 0 || n > (int32_t)v.dimensions)
            return set_end(call);
        low = v.lower[n - 1];
        high = low + v.sizes[n - 1] - 1;
        *s = is_reversed ? (Series){high, low, -1, false} : (Series){low, high, 1, false};
    }
    if (!series_next(s, &next))
        return set_end(call);
    return set_row(call, datum_of_i32((int32_t)next));
}

Datum generate_subscripts(FmgrCall *call)
{
    return subscripts(call, fmgr_bool(call, 2));
}

Datum generate_subscripts_nodir(FmgrCall *call)
{
    return subscripts(call, false);
}

/* ---- generate_series() ---- */

static _Noreturn void raise_no_step(void)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "step size cannot equal zero");
}

static bool int_series(FmgrCall *call, int64_t first, int64_t last, int64_t step, int64_t *out)
{
    Series *s = set_state(call);

    if (s == NULL) {
        if (step == 0)
            raise_no_step();
        s = set_begin(call, sizeof *s);
        *s = (Series){first, last, step, false};
    }
    return series_next(s, out);
}

Datum generate_series_step_int4(FmgrCall *call)
{
    int64_t next;
    int64_t step = call->nargs > 2 ? fmgr_i32(call, 2) : 1;

    if (!int_series(call, fmgr_i32(call, 0), fmgr_i32(call, 1), step, &next))
        return set_end(call);
    return set_row(call, datum_of_i32((int32_t)next));
}

Datum generate_series_int4(FmgrCall *call)
{
    return generate_series_step_int4(call);
}

Datum generate_series_step_int8(FmgrCall *call)
{
    int64_t next;
    int64_t step = call->nargs > 2 ? fmgr_i64(call, 2) : 1;

    if (!int_series(call, fmgr_i64(call, 0), fmgr_i64(call, 1), step, &next))
        return set_end(call);
    return set_row(call, datum_of_i64(next));
}

Datum generate_series_int8(FmgrCall *call)
{
    return generate_series_step_int8(call);
}

/* ---- The same of numerics ---- */

typedef struct NumericSeries {
    Datum next, last, step;
    bool is_falling;
} NumericSeries;

static void check_finite(Datum numeric, const char *what)
{
    Num n;

    num_init(&n);
    num_load(&n, numeric);
    if (num_is_special(&n))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("%s cannot be %s", what, num_is_infinite(&n) ? "infinity" : "NaN"));
}

static Datum plain_copy(Datum numeric)
{
    const uint8_t *v = varlena_plain(datum_varlena(numeric));

    return datum_of_pointer(mem_dup(v, varlena_size(v)));
}

static NumericSeries *numeric_series_begin(FmgrCall *call)
{
    NumericSeries *s;
    Datum zero = numeric_of_i64(0), step = numeric_of_i64(1);

    check_finite(fmgr_arg(call, 0), "start value");
    check_finite(fmgr_arg(call, 1), "stop value");
    if (call->nargs > 2) {
        step = fmgr_arg(call, 2);
        check_finite(step, "step size");
        if (numeric_compare(step, zero) == 0)
            raise_no_step();
    }
    s = set_begin(call, sizeof *s);
    MEM_SCOPE(set_mem(call)) {
        s->next = plain_copy(fmgr_arg(call, 0));
        s->last = plain_copy(fmgr_arg(call, 1));
        s->step = plain_copy(step);
    }
    s->is_falling = numeric_compare(step, zero) < 0;
    return s;
}

Datum generate_series_step_numeric(FmgrCall *call)
{
    NumericSeries *s = set_state(call);
    Datum result;
    int order;

    if (s == NULL)
        s = numeric_series_begin(call);
    order = numeric_compare(s->next, s->last);
    if (s->is_falling ? order < 0 : order > 0)
        return set_end(call);
    result = plain_copy(s->next);
    MEM_SCOPE(set_mem(call)) {
        Datum before = s->next;

        s->next = fmgr_call_direct(numeric_add, 0, 2, (const Datum[]){before, s->step});
        mem_free(datum_pointer(before));
    }
    return set_row(call, result);
}

Datum generate_series_numeric(FmgrCall *call)
{
    return generate_series_step_numeric(call);
}
