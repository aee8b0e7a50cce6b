/* seed.c - random input for tests: a splitmix64 series. */
#include "common/base/base.h"

#include "tests/lib/seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Seed seed_new(const char *what)
{
    const char *given = getenv("HOLDFAST_SEED");
    Seed s;

    if (given != NULL && *given != '\0') {
        s.state = strtoull(given, NULL, 10);
    } else {
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        s.state = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    }
    printf("%s: HOLDFAST_SEED=%" PRIu64 "\n", what, s.state);
    return s;
}

uint64_t seed_u64(Seed *s)
{
    uint64_t z = s->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t seed_below(Seed *s, uint64_t limit)
{
    return seed_u64(s) % limit;
}

void seed_fill(Seed *s, void *out, size_t len)
{
    uint8_t *p = out;

    for (size_t i = 0; i < len; i += 8) {
        uint64_t value = seed_u64(s);

        memcpy(p + i, &value, size_min(8, len - i));
    }
}

void seed_fill_like_pages(Seed *s, void *out, size_t len)
{
    uint8_t *p = out;
    size_t at = 0;

    while (at < len) {
        size_t count = size_min(1 + seed_below(s, 200), len - at);
        uint64_t kind = seed_below(s, 8);

        if (kind == 0) {
            memset(p + at, 0, count);
        } else if (kind == 1) {
            for (size_t i = 0; i < count; i++)
                p[at + i] = (uint8_t)(i / 4);
        } else if (kind == 2 || at == 0) {
            seed_fill(s, p + at, count);
        } else {
            size_t from = at - 1 - seed_below(s, size_min(at, 6000));

            for (size_t i = 0; i < count; i++)
                p[at + i] = p[from + i];
        }
        at += count;
    }
}
