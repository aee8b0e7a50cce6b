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

/* What gives a set gives a new one, or NULL when it is empty; its arguments stay as they are. */
BitSet *bitset_of(int number);
BitSet *bitset_union(const BitSet *a, const BitSet *b);
BitSet *bitset_intersect(const BitSet *a, const BitSet *b);
BitSet *bitset_minus(const BitSet *a, const BitSet *b);

bool bitset_is_empty(const BitSet *set);
bool bitset_is_subset(const BitSet *inner, const BitSet *outer);
bool bitset_overlaps(const BitSet *a, const BitSet *b);
int bitset_count(const BitSet *set);

/* The only member; -1 when there is none, or more than one. */
int bitset_only(const BitSet *set);

#endif
