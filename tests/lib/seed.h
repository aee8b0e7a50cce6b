/*
 * seed.h - random input for tests, the same again when a failure is to be seen again
 *
 * A test that takes its input from here prints its seed; HOLDFAST_SEED=N in the environment gives
 * it the same input again.
 */
#ifndef LIB_SEED_H
#define LIB_SEED_H

#include "common/base/base.h"

typedef struct Seed {
    uint64_t state;
} Seed;

/* A series that begins with HOLDFAST_SEED, else with the clock; prints what, and the seed. */
Seed seed_new(const char *what);

uint64_t seed_u64(Seed *s);
uint64_t seed_below(Seed *s, uint64_t limit); /* 0 to limit - 1 */
void seed_fill(Seed *s, void *out, size_t len);

/* Bytes like those of pages and WAL: runs, repetitions from before, counters, some noise. */
void seed_fill_like_pages(Seed *s, void *out, size_t len);

#endif
