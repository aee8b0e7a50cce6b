/*
 * hash_any.h - the hash of bytes that PostgreSQL 15's hash functions and catalog caches give
 *
 * Its values are stored (hash indexes, hash partitions) and cross between servers (invalidations),
 * so they are PostgreSQL's to the bit: Bob Jenkins's lookup3 of 2006, which is in the public
 * domain, with the low byte of its third word kept free at the end, and a start value of its own.
 *
 * Source: values of a real server (tests/unit/server/fmgr/hash_any_test.c).
 */
#ifndef FMGR_HASH_ANY_H
#define FMGR_HASH_ANY_H

#include "common/base/base.h"

uint32_t hash_any(const void *bytes, size_t len);
uint64_t hash_any_seeded(const void *bytes, size_t len, uint64_t seed);

/* The same for the four bytes of a number. */
uint32_t hash_any_u32(uint32_t value);
uint64_t hash_any_u32_seeded(uint32_t value, uint64_t seed);

/* The end of MurmurHash3, by which catalog caches hash numbers. */
static inline uint32_t hash_murmur_u32(uint32_t h)
{
    h ^= h >> 16;
    h *= UINT32_C(0x85EBCA6B);
    h ^= h >> 13;
    h *= UINT32_C(0xC2B2AE35);
    h ^= h >> 16;
    return h;
}

#endif
