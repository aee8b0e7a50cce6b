/* bitset.c - sets of small numbers. */
#include "common/base/base.h"

#include "server/node/bitset.h"

#include "common/mem/mem.h"

#define WORD_BITS 64

static size_t size_of(int word_count)
{
    return sizeof(BitSet) + (size_t)word_count * sizeof(uint64_t);
}

BitSet *bitset_add(BitSet *set, int number)
{
    int word = number / WORD_BITS;

    ASSERT(number >= 0 && number <= BITSET_MAX);
    if (set == NULL || set->word_count <= word) {
        set = set == NULL ? mem_alloc(size_of(word + 1)) : mem_realloc(set, size_of(word + 1));
        set->word_count = word + 1;
    }
    set->words[word] |= UINT64_C(1) << number % WORD_BITS;
    return set;
}

bool bitset_has(const BitSet *set, int number)
{
    if (set == NULL || number < 0 || number / WORD_BITS >= set->word_count)
        return false;
    return (set->words[number / WORD_BITS] >> number % WORD_BITS & 1) != 0;
}

int bitset_next(const BitSet *set, int after)
{
    int number = after + 1;

    if (set == NULL)
        return -1;
    for (int word = number / WORD_BITS; word < set->word_count; word++) {
        uint64_t rest = set->words[word];

        if (word == number / WORD_BITS)
            rest &= UINT64_MAX << number % WORD_BITS;
        if (rest != 0)
            return word * WORD_BITS + __builtin_ctzll(rest);
    }
    return -1;
}

BitSet *bitset_copy(const BitSet *set)
{
    return set == NULL ? NULL : mem_dup(set, size_of(set->word_count));
}

bool bitset_equal(const BitSet *a, const BitSet *b)
{
    int words_a = a == NULL ? 0 : a->word_count;
    int words_b = b == NULL ? 0 : b->word_count;

    for (int i = 0; i < words_a || i < words_b; i++) {
        if ((i < words_a ? a->words[i] : 0) != (i < words_b ? b->words[i] : 0))
            return false;
    }
    return true;
}

BitSet *bitset_of(int number)
{
    return bitset_add(NULL, number);
}

static int words_of(const BitSet *set)
{
    return set == NULL ? 0 : set->word_count;
}

BitSet *bitset_union(const BitSet *a, const BitSet *b)
{
    BitSet *result;

    if (words_of(a) < words_of(b)) {
        const BitSet *swap = a;

        a = b;
        b = swap;
    }
    result = bitset_copy(a);
    for (int i = 0; i < words_of(b); i++)
        result->words[i] |= b->words[i];
    return result;
}

BitSet *bitset_intersect(const BitSet *a, const BitSet *b)
{
    BitSet *result;

    if (!bitset_overlaps(a, b))
        return NULL;
    result = bitset_copy(words_of(a) < words_of(b) ? a : b);
    for (int i = 0; i < result->word_count; i++)
        result->words[i] = a->words[i] & b->words[i];
    return result;
}

BitSet *bitset_minus(const BitSet *a, const BitSet *b)
{
    BitSet *result;

    if (bitset_is_subset(a, b))
        return NULL;
    result = bitset_copy(a);
    for (int i = 0; i < words_of(a) && i < words_of(b); i++)
        result->words[i] &= ~b->words[i];
    return result;
}

bool bitset_is_empty(const BitSet *set)
{
    for (int i = 0; i < words_of(set); i++) {
        if (set->words[i] != 0)
            return false;
    }
    return true;
}

bool bitset_is_subset(const BitSet *inner, const BitSet *outer)
{
    for (int i = 0; i < words_of(inner); i++) {
        if ((inner->words[i] & ~(i < words_of(outer) ? outer->words[i] : 0)) != 0)
            return false;
    }
    return true;
}

bool bitset_overlaps(const BitSet *a, const BitSet *b)
{
    for (int i = 0; i < words_of(a) && i < words_of(b); i++) {
        if ((a->words[i] & b->words[i]) != 0)
            return true;
    }
    return false;
}

int bitset_count(const BitSet *set)
{
    int count = 0;

    for (int i = 0; i < words_of(set); i++)
        count += __builtin_popcountll(set->words[i]);
    return count;
}

int bitset_only(const BitSet *set)
{
    int first = bitset_next(set, -1);

    return first >= 0 && bitset_next(set, first) < 0 ? first : -1;
}
