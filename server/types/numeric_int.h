/*
 * numeric_int.h - a numeric taken apart, and arithmetic on it; for the files of this folder
 *
 * A value is sign * sum(digits[i] * 10000^(weight - i)), shown with dscale digits after the point.
 * In store digits have neither leading nor trailing zeros, and zero has none and weight 0; between
 * functions here they may have either, where nothing else is said.
 *
 * A Num starts with num_init() (or num_load() and the like, which do that) and keeps few digits in
 * itself, so it must not be copied by assignment. More digits are in the context that was current
 * when they were needed first. An output must be another Num than the inputs.
 */
#ifndef TYPES_NUMERIC_INT_H
#define TYPES_NUMERIC_INT_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/fmgr/fmgr.h"

#define NUM_BASE              10000
#define NUM_BASE_DIGITS       4 /* decimal digits of a digit */
#define NUM_LOCAL             24
#define NUM_PRECISION_MAX     1000
#define NUM_SCALE_MAX         16383 /* dscale that can be stored */
#define NUM_WEIGHT_MAX        32767
#define NUM_RESULT_SCALE_MAX  2000
#define NUM_DISPLAY_SCALE_MAX 1000 /* of computed results */
#define NUM_SIG_DIGITS_MIN    16

typedef enum NumSign {
    NUM_POSITIVE,
    NUM_NEGATIVE,
    NUM_NAN,
    NUM_INFINITY,
    NUM_MINUS_INFINITY,
} NumSign;

typedef struct Num {
    NumSign sign;
    int32_t weight;
    int32_t dscale;
    int32_t count;
    int32_t capacity;
    int16_t *digits;
    int16_t local[NUM_LOCAL];
} Num;

static inline void num_init(Num *n)
{
    n->sign = NUM_POSITIVE;
    n->weight = n->dscale = n->count = 0;
    n->capacity = NUM_LOCAL;
    n->digits = n->local;
}

static inline bool num_is_special(const Num *n)
{
    return n->sign >= NUM_NAN;
}

static inline bool num_is_infinite(const Num *n)
{
    return n->sign >= NUM_INFINITY;
}

static inline bool num_is_zero(const Num *n)
{
    return n->count == 0 && !num_is_special(n);
}

/* Also true for minus infinity. */
static inline bool num_is_negative(const Num *n)
{
    return n->sign == NUM_NEGATIVE || n->sign == NUM_MINUS_INFINITY;
}

/* ---- Stored form (numeric_store.c) ---- */

void num_load_bytes(Num *n, const uint8_t *bytes, size_t len); /* behind the length word */
void num_load(Num *n, Datum stored);
void num_load_arg(Num *n, FmgrCall *call, int arg);

/* Strips *n, and raises 22003 when the result cannot be stored. In the current context. */
Datum num_store(Num *n);
Datum num_store_special(NumSign sign);

/* ---- Making and changing ---- */

/* Room for count digits, which are not set; what was there is lost. */
int16_t *num_reserve(Num *n, int32_t count);
void num_copy(Num *to, const Num *from);
void num_set_i64(Num *n, int64_t value);
void num_set_u64(Num *n, uint64_t value);
void num_set_i128(Num *n, __int128 value);
void num_set_zero(Num *n, int32_t dscale);
void num_strip(Num *n);

/* To scale digits after the point (or before it, when negative): half away from zero, or cut. */
void num_round(Num *n, int32_t scale);
void num_cut(Num *n, int32_t scale);

/* Keep that many digits of base 10000, without rounding; dscale stays. */
void num_keep(Num *n, int32_t count);

/* ---- Text (numeric_text.c) ---- */

/*
 * Digits, point and exponent, with a sign; *end is behind. False when there are none. Raises 22003
 * for an absurd exponent; what is too large to be stored is left to num_store().
 */
bool num_parse(Num *n, const char *text, const char **end);

/* As above with NaN and the infinities, and blanks around. False when it is something else. */
bool num_parse_any(Num *n, const char *text);
void num_add_text(StrBuf *out, const Num *n);
char *num_text(const Num *n);

/* 1.5e+10, with scale digits after the point; not for the infinities and NaN. */
char *num_text_sci(const Num *n, int32_t scale);

/* The nearest double; infinite when it is too large. */
double num_f8(const Num *n);
float num_f4(const Num *n); /* finite values */
void num_set_f8(Num *n, double value, int digits);

/* False when it does not fit; the value is rounded first. */
bool num_try_i64(const Num *n, int64_t *out);
bool num_try_i128(const Num *n, __int128 *out);

/* ---- Arithmetic (numeric_arith.c); finite values, stripped ---- */

int num_compare(const Num *a, const Num *b);
int num_compare_abs(const Num *a, const Num *b);
void num_add(Num *out, const Num *a, const Num *b);
void num_sub(Num *out, const Num *a, const Num *b);
void num_mul(Num *out, const Num *a, const Num *b);

/* a / b to scale digits after the point, rounded or cut; b is not zero. */
void num_div(Num *out, const Num *a, const Num *b, int32_t scale, bool is_rounded);

/* The scale that a quotient shows. */
int32_t num_div_scale(const Num *a, const Num *b);

/* What is left of a / b, cut; quotient (whole) may be NULL. */
void num_mod(Num *out, const Num *a, const Num *b, Num *quotient);
void num_floor(Num *n);
void num_ceil(Num *n);

/* ---- Functions (numeric_math.c); results are rounded to scale ---- */

void num_sqrt(Num *out, const Num *a, int32_t scale);
void num_exp(Num *out, const Num *a, int32_t scale);
void num_ln(Num *out, const Num *a, int32_t scale);
int num_ln_weight(const Num *a); /* decimal digits of the logarithm before the point, roughly */
void num_log(Num *out, const Num *base, const Num *a);
void num_power(Num *out, const Num *base, const Num *exponent);
int32_t num_scale_of_sqrt(const Num *a);

_Noreturn void num_raise_overflow(void);

/* Between 0 and NUM_DISPLAY_SCALE_MAX. */
static inline int32_t num_limit_scale(int32_t scale)
{
    return scale < 0 ? 0 : scale > NUM_DISPLAY_SCALE_MAX ? NUM_DISPLAY_SCALE_MAX : scale;
}

/* Round to the field's scale; 22003 when there is no room for the value. (numeric.c) */
void num_apply_typmod(Num *n, int32_t typmod);

#endif
