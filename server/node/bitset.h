/*
 * bitset.h - sets of small numbers, as nodes have them: columns, range table indexes
 *
 * NULL is the empty set. What adds returns the set, which may be another pointer than it was given.
 */
#ifndef NODE_BITSET_H
#define NODE_BITSET_H

#include "common/base/base.h"

#define BITSET_MAX 65535 /* the highest number that a set can hold */

typedef struct BitSet {
    int word_count;
    uint64_t words[];
} BitSet;

/* Add a number from 0 to BITSET_MAX; a new set lies in the memory context that is current. */
BitSet *bitset_add(BitSet *set, int number);

bool bitset_has(const BitSet *set, int number);

/* The least member that is greater than after; -1 when there is none. Start with -1. */
int bitset_next(const BitSet *set, int after);

BitSet *bitset_copy(const BitSet *set);
bool bitset_equal(const BitSet *a, const BitSet *b);

#endif
