/* hash_any.c - lookup3 as PostgreSQL 15 uses it; hash_any.h has the why. */
#include "common/base/base.h"

#include "server/fmgr/hash_any.h"

#include "common/base/bytes.h"

typedef struct State {
    uint32_t a, b, c;
} State;

static inline uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static inline void mix(State *s)
{
    uint32_t a = s->a, b = s->b, c = s->c;

    a = (a - c) ^ rotate(c, 4);
    c += b;
    b = (b - a) ^ rotate(a, 6);
    a += c;
    c = (c - b) ^ rotate(b, 8);
    b += a;
    a = (a - c) ^ rotate(c, 16);
    c += b;
    b = (b - a) ^ rotate(a, 19);
    a += c;
    c = (c - b) ^ rotate(b, 4);
    b += a;
    *s = (State){a, b, c};
}

static inline void finish(State *s)
{
    uint32_t a = s->a, b = s->b, c = s->c;

    c = (c ^ b) - rotate(b, 14);
    a = (a ^ c) - rotate(c, 11);
    b = (b ^ a) - rotate(a, 25);
    c = (c ^ b) - rotate(b, 16);
    a = (a ^ c) - rotate(c, 4);
    b = (b ^ a) - rotate(a, 14);
    c = (c ^ b) - rotate(b, 24);
    *s = (State){a, b, c};
}

static inline State start(size_t len, uint64_t seed)
{
    uint32_t first = UINT32_C(0x9E3779B9) + (uint32_t)len + 3923095;
    State s = {first, first, first};

    if (seed != 0) {
        s.a += (uint32_t)(seed >> 32);
        s.b += (uint32_t)seed;
        mix(&s);
    }
    return s;
}

/* What is left, at most 11 bytes, as three numbers; the low byte of the third stays free. */
static inline void add_rest(State *s, const uint8_t *bytes, size_t len)
{
    uint32_t words[3] = {0, 0, 0};

    for (size_t i = 0; i < len; i++) {
        size_t at = i < 8 ? i : i + 1;

        words[at / 4] |= (uint32_t)bytes[i] << (at % 4 * 8);
    }
    s->a += words[0];
    s->b += words[1];
    s->c += words[2];
}

static inline State hash(const uint8_t *bytes, size_t len, uint64_t seed)
{
    State s = start(len, seed);

    while (len >= 12) {
        s.a += load_u32(bytes);
        s.b += load_u32(bytes + 4);
        s.c += load_u32(bytes + 8);
        mix(&s);
        bytes += 12;
        len -= 12;
    }
    add_rest(&s, bytes, len);
    finish(&s);
    return s;
}

uint32_t hash_any(const void *bytes, size_t len)
{
    return hash(bytes, len, 0).c;
}

uint64_t hash_any_seeded(const void *bytes, size_t len, uint64_t seed)
{
    State s = hash(bytes, len, seed);

    return (uint64_t)s.b << 32 | s.c;
}

uint32_t hash_any_u32(uint32_t value)
{
    State s = start(sizeof value, 0);

    s.a += value;
    finish(&s);
    return s.c;
}

uint64_t hash_any_u32_seeded(uint32_t value, uint64_t seed)
{
    State s = start(sizeof value, seed);

    s.a += value;
    finish(&s);
    return (uint64_t)s.b << 32 | s.c;
}
