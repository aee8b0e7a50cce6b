/*
 * random_number.c - random() and setseed()
 *
 * xoroshiro128** by Blackman and Vigna, seeded through splitmix64: with setseed() the numbers are
 * those of PostgreSQL 15. Not for secrets.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/crypt/random.h"
#include "server/types/types_int.h"

static struct {
    bool is_seeded;
    uint64_t low, high;
} state;

static uint64_t split_mix(uint64_t *seed)
{
    uint64_t v = *seed += UINT64_C(0x9E3779B97F4A7C15);

    v = (v ^ (v >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    v = (v ^ (v >> 27)) * UINT64_C(0x94D049BB133111EB);
    return v ^ (v >> 31);
}

static uint64_t rotated(uint64_t v, unsigned by)
{
    return v << by | v >> (64 - by);
}

static uint64_t next_number(void)
{
    uint64_t low = state.low, mixed = state.high ^ low;
    uint64_t result = rotated(low * 5, 7) * 9;

    state.low = rotated(low, 24) ^ mixed ^ (mixed << 16);
    state.high = rotated(mixed, 37);
    return result;
}

static void seed_with(uint64_t seed)
{
    state.low = split_mix(&seed);
    state.high = split_mix(&seed);
    state.is_seeded = true;
}

/* From 0 to below 1, in steps of 2^-52. */
Datum drandom(FmgrCall *call)
{
    (void)call;
    if (!state.is_seeded)
        seed_with(random_u64());
    return datum_of_f8(ldexp((double)(next_number() >> 12), -52));
}

Datum setseed(FmgrCall *call)
{
    double seed = fmgr_f8(call, 0);

    if (isnan(seed) || seed < -1 || seed > 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("setseed parameter %s is out of allowed range [-1,1]",
                                     isnan(seed)   ? "NaN"
                                     : isinf(seed) ? seed > 0 ? "Infinity" : "-Infinity"
                                                   : err_fmt("%g", seed)));
    seed_with((uint64_t)(int64_t)((double)((UINT64_C(1) << 52) - 1) * seed));
    return 0;
}
