/*
 * numeric_agg.c - sum, avg, variance and standard deviation of numerics and integers
 *
 * The state of an aggregate is of type internal: NumericState where values are numerics (or int8
 * with squares), IntegerState where sums of whole numbers fit in 128 bits. Serialised states are in
 * PostgreSQL's form, but nobody but us reads them.
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "server/types/numeric.h"
#include "server/types/numeric_int.h"
#include "server/types/numeric_sum.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

#define ARRAY_OVERHEAD 24 /* of an array of one dimension without NULLs */

typedef struct NumericState {
    MemContext *mem;
    bool has_squares;
    int64_t count; /* of finite values */
    NumSum sum, squares;
    int32_t scale_max; /* of all values in it */
    int64_t scale_max_count;
    int64_t nans, infinities, minus_infinities;
} NumericState;

typedef struct IntegerState {
    bool has_squares;
    int64_t count;
    __int128 sum, squares;
} IntegerState;

/* ---- Steps over numerics ---- */

static MemContext *aggregate_mem(const FmgrCall *call)
{
    MemContext *mem = fmgr_aggregate_mem(call);

    if (mem == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "aggregate function called in non-aggregate context");
    return mem;
}

static NumericState *numeric_state_new(const FmgrCall *call, bool has_squares)
{
    MemContext *mem = aggregate_mem(call);
    NumericState *s = mem_alloc_in(mem, sizeof(*s));

    s->mem = mem;
    s->has_squares = has_squares;
    return s;
}

static NumericState *numeric_state(const FmgrCall *call, int arg)
{
    return fmgr_arg_is_null(call, arg) ? NULL : fmgr_pointer(call, arg);
}

static Datum state_result(FmgrCall *call, const void *state)
{
    return state == NULL ? fmgr_null(call) : datum_of_pointer(state);
}

static int64_t *special_counter(NumericState *s, NumSign sign)
{
    return sign == NUM_NAN        ? &s->nans
           : sign == NUM_INFINITY ? &s->infinities
                                  : &s->minus_infinities;
}

static void numeric_state_add(NumericState *s, const Num *n)
{
    if (num_is_special(n)) {
        ++*special_counter(s, n->sign);
        return;
    }
    if (n->dscale > s->scale_max) {
        s->scale_max = n->dscale;
        s->scale_max_count = 1;
    } else if (n->dscale == s->scale_max) {
        s->scale_max_count++;
    }
    s->count++;
    num_sum_add(&s->sum, n, s->mem);
    if (s->has_squares) {
        Num square;

        num_init(&square);
        num_mul(&square, n, n);
        num_sum_add(&s->squares, &square, s->mem);
        if (square.digits != square.local)
            mem_free(square.digits);
    }
}

/* False when the scale of what is left is not known. */
static bool numeric_state_remove(NumericState *s, const Num *n)
{
    if (num_is_special(n)) {
        --*special_counter(s, n->sign);
        return true;
    }
    if (n->dscale == s->scale_max) {
        if (s->scale_max_count > 1 || s->scale_max == 0)
            s->scale_max_count--;
        else if (s->count == 1)
            s->scale_max = 0, s->scale_max_count = 0;
        else
            return false;
    }
    if (s->count-- == 1) {
        num_sum_reset(&s->sum);
        num_sum_reset(&s->squares);
        return true;
    }
    num_sum_subtract(&s->sum, n, s->mem);
    if (s->has_squares) {
        Num square;

        num_init(&square);
        num_mul(&square, n, n);
        num_sum_subtract(&s->squares, &square, s->mem);
    }
    return true;
}

static Datum accumulate(FmgrCall *call, bool has_squares)
{
    NumericState *s = numeric_state(call, 0);

    if (s == NULL)
        s = numeric_state_new(call, has_squares);
    if (!fmgr_arg_is_null(call, 1)) {
        Num n;

        num_load_arg(&n, call, 1);
        numeric_state_add(s, &n);
        if (n.digits != n.local)
            mem_free(n.digits);
    }
    return datum_of_pointer(s);
}

Datum numeric_accum(FmgrCall *call)
{
    return accumulate(call, true);
}

Datum numeric_avg_accum(FmgrCall *call)
{
    return accumulate(call, false);
}

Datum int8_accum(FmgrCall *call)
{
    NumericState *s = numeric_state(call, 0);

    if (s == NULL)
        s = numeric_state_new(call, true);
    if (!fmgr_arg_is_null(call, 1)) {
        Num n;

        num_init(&n);
        num_set_i64(&n, fmgr_i64(call, 1));
        numeric_state_add(s, &n);
    }
    return datum_of_pointer(s);
}

_Noreturn static void raise_no_state(const char *function)
{
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("%s called with NULL state", function));
}

static Datum discard(FmgrCall *call, const char *function, bool is_int8)
{
    NumericState *s = numeric_state(call, 0);

    if (s == NULL)
        raise_no_state(function);
    if (!fmgr_arg_is_null(call, 1)) {
        Num n;

        num_init(&n);
        if (is_int8)
            num_set_i64(&n, fmgr_i64(call, 1));
        else
            num_load_arg(&n, call, 1);
        if (!numeric_state_remove(s, &n))
            return fmgr_null(call);
    }
    return datum_of_pointer(s);
}

Datum numeric_accum_inv(FmgrCall *call)
{
    return discard(call, "numeric_accum_inv", false);
}

Datum int8_accum_inv(FmgrCall *call)
{
    return discard(call, "int8_accum_inv", true);
}

static Datum combine(FmgrCall *call, bool has_squares)
{
    NumericState *to = numeric_state(call, 0);
    const NumericState *from = numeric_state(call, 1);
    Num total;

    if (from == NULL)
        return state_result(call, to);
    if (to == NULL)
        to = numeric_state_new(call, has_squares);
    to->count += from->count;
    to->nans += from->nans;
    to->infinities += from->infinities;
    to->minus_infinities += from->minus_infinities;
    if (from->count > 0) {
        if (from->scale_max > to->scale_max) {
            to->scale_max = from->scale_max;
            to->scale_max_count = from->scale_max_count;
        } else if (from->scale_max == to->scale_max) {
            to->scale_max_count += from->scale_max_count;
        }
        num_init(&total);
        num_sum_total(&from->sum, &total);
        num_sum_add(&to->sum, &total, to->mem);
        if (has_squares) {
            num_sum_total(&from->squares, &total);
            num_sum_add(&to->squares, &total, to->mem);
        }
    }
    return datum_of_pointer(to);
}

Datum numeric_combine(FmgrCall *call)
{
    return combine(call, true);
}

Datum numeric_avg_combine(FmgrCall *call)
{
    return combine(call, false);
}

/* ---- Serialised states ---- */

static void put_num(StrBuf *b, const Num *n)
{
    wire_put_u32(b, (uint32_t)n->count);
    wire_put_u32(b, (uint32_t)n->weight);
    wire_put_u32(b, n->sign == NUM_NEGATIVE ? 0x4000 : 0);
    wire_put_u32(b, (uint32_t)n->dscale);
    for (int32_t i = 0; i < n->count; i++)
        wire_put_u16(b, (uint16_t)n->digits[i]);
}

static void get_num(ByteReader *r, Num *n)
{
    uint32_t count = wire_u32(r);
    const uint8_t *bytes;

    num_init(n);
    n->weight = (int32_t)wire_u32(r);
    n->sign = wire_u32(r) == 0x4000 ? NUM_NEGATIVE : NUM_POSITIVE;
    n->dscale = (int32_t)wire_u32(r);
    bytes = wire_take(r, (size_t)count * 2);
    num_reserve(n, (int32_t)count);
    for (uint32_t i = 0; i < count; i++)
        n->digits[i] = (int16_t)load_be16(bytes + 2 * i);
}

static Datum serialize(FmgrCall *call, bool has_squares)
{
    const NumericState *s = numeric_state(call, 0);
    Num total;
    StrBuf b;

    aggregate_mem(call);
    num_init(&total);
    text_begin(&b);
    wire_put_u64(&b, (uint64_t)s->count);
    num_sum_total(&s->sum, &total);
    put_num(&b, &total);
    if (has_squares) {
        num_sum_total(&s->squares, &total);
        put_num(&b, &total);
    }
    wire_put_u32(&b, (uint32_t)s->scale_max);
    wire_put_u64(&b, (uint64_t)s->scale_max_count);
    wire_put_u64(&b, (uint64_t)s->nans);
    wire_put_u64(&b, (uint64_t)s->infinities);
    wire_put_u64(&b, (uint64_t)s->minus_infinities);
    return text_end(&b);
}

Datum numeric_serialize(FmgrCall *call)
{
    return serialize(call, true);
}

Datum numeric_avg_serialize(FmgrCall *call)
{
    return serialize(call, false);
}

static ByteReader serialized(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);

    aggregate_mem(call);
    return byte_reader(varlena_bytes(v), varlena_len(v), "aggregate state");
}

static Datum deserialize(FmgrCall *call, bool has_squares)
{
    ByteReader r = serialized(call);
    NumericState *s = numeric_state_new(call, has_squares);
    Num total;

    s->count = (int64_t)wire_u64(&r);
    get_num(&r, &total);
    num_sum_add(&s->sum, &total, s->mem);
    if (has_squares) {
        get_num(&r, &total);
        num_sum_add(&s->squares, &total, s->mem);
    }
    s->scale_max = (int32_t)wire_u32(&r);
    s->scale_max_count = (int64_t)wire_u64(&r);
    s->nans = (int64_t)wire_u64(&r);
    s->infinities = (int64_t)wire_u64(&r);
    s->minus_infinities = (int64_t)wire_u64(&r);
    return datum_of_pointer(s);
}

Datum numeric_deserialize(FmgrCall *call)
{
    return deserialize(call, true);
}

Datum numeric_avg_deserialize(FmgrCall *call)
{
    return deserialize(call, false);
}

/* ---- Results ---- */

static int64_t total_count(const NumericState *s)
{
    return s == NULL ? 0 : s->count + s->nans + s->infinities + s->minus_infinities;
}

/* The sum, or what the special values make of it. */
static void special_or_sum(const NumericState *s, Num *out)
{
    num_init(out);
    if (s->nans > 0 || (s->infinities > 0 && s->minus_infinities > 0))
        out->sign = NUM_NAN;
    else if (s->infinities > 0)
        out->sign = NUM_INFINITY;
    else if (s->minus_infinities > 0)
        out->sign = NUM_MINUS_INFINITY;
    else
        num_sum_total(&s->sum, out);
}

Datum numeric_sum(FmgrCall *call)
{
    const NumericState *s = numeric_state(call, 0);
    Num sum;

    if (total_count(s) == 0)
        return fmgr_null(call);
    special_or_sum(s, &sum);
    return num_store(&sum);
}

static Datum quotient(Num *sum, int64_t count)
{
    Num divisor, out;

    num_init(&divisor);
    num_init(&out);
    num_set_i64(&divisor, count);
    num_div(&out, sum, &divisor, num_div_scale(sum, &divisor), true);
    return num_store(&out);
}

Datum numeric_avg(FmgrCall *call)
{
    const NumericState *s = numeric_state(call, 0);
    Num sum;

    if (total_count(s) == 0)
        return fmgr_null(call);
    special_or_sum(s, &sum);
    if (num_is_special(&sum))
        return num_store(&sum);
    return quotient(&sum, s->count);
}

typedef enum Spread { VARIANCE, DEVIATION } Spread;

/* (count * squares - sum^2) / (count * divisor), or its root. */
static Datum spread_of(const Num *sum, const Num *squares, int64_t count, bool is_sample,
                       Spread what)
{
    Num n, numerator, product, square, divisor, out;
    int32_t scale;

    num_init(&n);
    num_init(&numerator);
    num_init(&product);
    num_init(&square);
    num_init(&divisor);
    num_init(&out);
    num_set_i64(&n, count);
    num_mul(&square, sum, sum);
    num_mul(&product, &n, squares);
    num_sub(&numerator, &product, &square);
    if (numerator.count == 0 || numerator.sign == NUM_NEGATIVE)
        return numeric_of_i64(0);
    num_set_i64(&product, is_sample ? count - 1 : count);
    num_mul(&divisor, &n, &product);
    scale = num_div_scale(&numerator, &divisor);
    num_div(&out, &numerator, &divisor, scale, true);
    if (what == DEVIATION) {
        num_copy(&numerator, &out);
        num_sqrt(&out, &numerator, scale);
    }
    return num_store(&out);
}

static Datum numeric_spread(FmgrCall *call, bool is_sample, Spread what)
{
    const NumericState *s = numeric_state(call, 0);
    Num sum, squares;

    if (total_count(s) == 0 || (is_sample && total_count(s) == 1))
        return fmgr_null(call);
    if (total_count(s) != s->count)
        return num_store_special(NUM_NAN);
    num_init(&sum);
    num_init(&squares);
    num_sum_total(&s->sum, &sum);
    num_sum_total(&s->squares, &squares);
    return spread_of(&sum, &squares, s->count, is_sample, what);
}

Datum numeric_var_samp(FmgrCall *call)
{
    return numeric_spread(call, true, VARIANCE);
}

Datum numeric_var_pop(FmgrCall *call)
{
    return numeric_spread(call, false, VARIANCE);
}

Datum numeric_stddev_samp(FmgrCall *call)
{
    return numeric_spread(call, true, DEVIATION);
}

Datum numeric_stddev_pop(FmgrCall *call)
{
    return numeric_spread(call, false, DEVIATION);
}

/* ---- Integers in 128 bits ---- */

static IntegerState *integer_state(const FmgrCall *call, int arg)
{
    return fmgr_arg_is_null(call, arg) ? NULL : fmgr_pointer(call, arg);
}

static IntegerState *integer_state_new(const FmgrCall *call, bool has_squares)
{
    IntegerState *s = mem_alloc_in(aggregate_mem(call), sizeof(*s));

    s->has_squares = has_squares;
    return s;
}

static inline Datum integer_step(FmgrCall *call, int64_t value, bool has_squares)
{
    IntegerState *s = integer_state(call, 0);

    if (s == NULL)
        s = integer_state_new(call, has_squares);
    if (!fmgr_arg_is_null(call, 1)) {
        s->count++;
        s->sum += value;
        if (has_squares)
            s->squares += (__int128)value * value;
    }
    return datum_of_pointer(s);
}

static inline Datum integer_step_back(FmgrCall *call, int64_t value, const char *function)
{
    IntegerState *s = integer_state(call, 0);

    if (s == NULL)
        raise_no_state(function);
    if (!fmgr_arg_is_null(call, 1)) {
        s->count--;
        s->sum -= value;
        if (s->has_squares)
            s->squares -= (__int128)value * value;
    }
    return datum_of_pointer(s);
}

Datum int2_accum(FmgrCall *call)
{
    return integer_step(call, fmgr_i16(call, 1), true);
}

Datum int4_accum(FmgrCall *call)
{
    return integer_step(call, fmgr_i32(call, 1), true);
}

Datum int8_avg_accum(FmgrCall *call)
{
    return integer_step(call, fmgr_i64(call, 1), false);
}

Datum int2_accum_inv(FmgrCall *call)
{
    return integer_step_back(call, fmgr_i16(call, 1), "int2_accum_inv");
}

Datum int4_accum_inv(FmgrCall *call)
{
    return integer_step_back(call, fmgr_i32(call, 1), "int4_accum_inv");
}

Datum int8_avg_accum_inv(FmgrCall *call)
{
    return integer_step_back(call, fmgr_i64(call, 1), "int8_avg_accum_inv");
}

static Datum integer_combine(FmgrCall *call, bool has_squares)
{
    IntegerState *to = integer_state(call, 0);
    const IntegerState *from = integer_state(call, 1);

    if (from == NULL)
        return state_result(call, to);
    if (to == NULL)
        to = integer_state_new(call, has_squares);
    to->count += from->count;
    to->sum += from->sum;
    to->squares += from->squares;
    return datum_of_pointer(to);
}

Datum numeric_poly_combine(FmgrCall *call)
{
    return integer_combine(call, true);
}

Datum int8_avg_combine(FmgrCall *call)
{
    return integer_combine(call, false);
}

static void put_i128(StrBuf *b, __int128 value)
{
    Num n;

    num_init(&n);
    num_set_i128(&n, value);
    put_num(b, &n);
}

static __int128 get_i128(ByteReader *r)
{
    __int128 value;
    Num n;

    get_num(r, &n);
    if (!num_try_i128(&n, &value))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid state of an aggregate");
    return value;
}

static Datum integer_serialize(FmgrCall *call, bool has_squares)
{
    const IntegerState *s = integer_state(call, 0);
    StrBuf b;

    aggregate_mem(call);
    text_begin(&b);
    wire_put_u64(&b, (uint64_t)s->count);
    put_i128(&b, s->sum);
    if (has_squares)
        put_i128(&b, s->squares);
    return text_end(&b);
}

Datum numeric_poly_serialize(FmgrCall *call)
{
    return integer_serialize(call, true);
}

Datum int8_avg_serialize(FmgrCall *call)
{
    return integer_serialize(call, false);
}

static Datum integer_deserialize(FmgrCall *call, bool has_squares)
{
    ByteReader r = serialized(call);
    IntegerState *s = integer_state_new(call, has_squares);

    s->count = (int64_t)wire_u64(&r);
    s->sum = get_i128(&r);
    if (has_squares)
        s->squares = get_i128(&r);
    return datum_of_pointer(s);
}

Datum numeric_poly_deserialize(FmgrCall *call)
{
    return integer_deserialize(call, true);
}

Datum int8_avg_deserialize(FmgrCall *call)
{
    return integer_deserialize(call, false);
}

Datum numeric_poly_sum(FmgrCall *call)
{
    const IntegerState *s = integer_state(call, 0);
    Num sum;

    if (s == NULL || s->count == 0)
        return fmgr_null(call);
    num_init(&sum);
    num_set_i128(&sum, s->sum);
    return num_store(&sum);
}

Datum numeric_poly_avg(FmgrCall *call)
{
    const IntegerState *s = integer_state(call, 0);
    Num sum;

    if (s == NULL || s->count == 0)
        return fmgr_null(call);
    num_init(&sum);
    num_set_i128(&sum, s->sum);
    return quotient(&sum, s->count);
}

static Datum integer_spread(FmgrCall *call, bool is_sample, Spread what)
{
    const IntegerState *s = integer_state(call, 0);
    Num sum, squares;

    if (s == NULL || s->count == 0 || (is_sample && s->count == 1))
        return fmgr_null(call);
    num_init(&sum);
    num_init(&squares);
    num_set_i128(&sum, s->sum);
    num_set_i128(&squares, s->squares);
    return spread_of(&sum, &squares, s->count, is_sample, what);
}

Datum numeric_poly_var_samp(FmgrCall *call)
{
    return integer_spread(call, true, VARIANCE);
}

Datum numeric_poly_var_pop(FmgrCall *call)
{
    return integer_spread(call, false, VARIANCE);
}

Datum numeric_poly_stddev_samp(FmgrCall *call)
{
    return integer_spread(call, true, DEVIATION);
}

Datum numeric_poly_stddev_pop(FmgrCall *call)
{
    return integer_spread(call, false, DEVIATION);
}

/* ---- Sums that are values of SQL ---- */

/* The first argument is NULL until there was a value. Overflow is not looked for: 2^47 rows. */
static inline Datum plain_sum(FmgrCall *call, int64_t value)
{
    if (fmgr_arg_is_null(call, 0))
        return fmgr_arg_is_null(call, 1) ? fmgr_null(call) : datum_of_i64(value);
    if (fmgr_arg_is_null(call, 1))
        return fmgr_arg(call, 0);
    return datum_of_i64((int64_t)((uint64_t)fmgr_i64(call, 0) + (uint64_t)value));
}

Datum int2_sum(FmgrCall *call)
{
    return plain_sum(call, fmgr_i16(call, 1));
}

Datum int4_sum(FmgrCall *call)
{
    return plain_sum(call, fmgr_i32(call, 1));
}

Datum int8_sum(FmgrCall *call)
{
    Num a, b, out;

    if (fmgr_arg_is_null(call, 0))
        return fmgr_arg_is_null(call, 1) ? fmgr_null(call) : numeric_of_i64(fmgr_i64(call, 1));
    if (fmgr_arg_is_null(call, 1))
        return fmgr_arg(call, 0);
    num_load_arg(&a, call, 0);
    num_init(&b);
    num_init(&out);
    num_set_i64(&b, fmgr_i64(call, 1));
    if (num_is_special(&a))
        return fmgr_arg(call, 0);
    num_add(&out, &a, &b);
    return num_store(&out);
}

typedef struct CountAndSum {
    int64_t count, sum;
} CountAndSum;

/* The two numbers in an array of int8; a copy of the array unless it is an aggregate's own. */
static CountAndSum *count_and_sum(FmgrCall *call, int arg, bool is_changed)
{
    const uint8_t *v = fmgr_plain(call, arg);
    uint8_t *own;

    if (varlena_size(v) != ARRAY_OVERHEAD + sizeof(CountAndSum) || load_u32(v + 8) != 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "expected 2-element int8 array");
    own = datum_pointer(datum_of_pointer(v));
    if (is_changed && (fmgr_aggregate_mem(call) == NULL || v != fmgr_pointer(call, arg)))
        own = mem_dup(v, varlena_size(v));
    return (CountAndSum *)(void *)(own + ARRAY_OVERHEAD);
}

static Datum of_count_and_sum(CountAndSum *numbers)
{
    return datum_of_pointer((uint8_t *)numbers - ARRAY_OVERHEAD);
}

static inline Datum average_step(FmgrCall *call, int64_t value, int step)
{
    CountAndSum *numbers = count_and_sum(call, 0, true);

    numbers->count += step;
    numbers->sum += step * value;
    return of_count_and_sum(numbers);
}

Datum int2_avg_accum(FmgrCall *call)
{
    return average_step(call, fmgr_i16(call, 1), 1);
}

Datum int4_avg_accum(FmgrCall *call)
{
    return average_step(call, fmgr_i32(call, 1), 1);
}

Datum int2_avg_accum_inv(FmgrCall *call)
{
    return average_step(call, fmgr_i16(call, 1), -1);
}

Datum int4_avg_accum_inv(FmgrCall *call)
{
    return average_step(call, fmgr_i32(call, 1), -1);
}

Datum int4_avg_combine(FmgrCall *call)
{
    CountAndSum *to;
    const CountAndSum *from;

    aggregate_mem(call);
    to = count_and_sum(call, 0, true);
    from = count_and_sum(call, 1, false);
    to->count += from->count;
    to->sum += from->sum;
    return of_count_and_sum(to);
}

Datum int8_avg(FmgrCall *call)
{
    const CountAndSum *numbers = count_and_sum(call, 0, false);
    Num sum;

    if (numbers->count == 0)
        return fmgr_null(call);
    num_init(&sum);
    num_set_i64(&sum, numbers->sum);
    return quotient(&sum, numbers->count);
}

Datum int2int4_sum(FmgrCall *call)
{
    const CountAndSum *numbers = count_and_sum(call, 0, false);

    return numbers->count == 0 ? fmgr_null(call) : datum_of_i64(numbers->sum);
}
