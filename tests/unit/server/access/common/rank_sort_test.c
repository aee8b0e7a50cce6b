/* rank_sort_test.c - entries come out in order, equal ones as they went in. */
#include "common/base/base.h"

#include "server/access/common/rank_sort.h"

#include "common/mem/mem.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

typedef struct Thing {
    unsigned key; /* what is compared where ranks are equal */
    size_t place; /* it was put there */
} Thing;

typedef struct Input {
    size_t count;
    uint64_t rank_limit; /* 0: all 64 bits */
    unsigned key_limit;
    bool is_all;
    char shape; /* ? random, + ascending, - descending */
} Input;

static unsigned calls;

static int compare_keys(void *arg UNUSED, const void *a, const void *b)
{
    const Thing *x = a, *y = b;

    calls++;
    return (x->key > y->key) - (x->key < y->key);
}

static uint64_t rank_for(const Input *in, Seed *seed, size_t i)
{
    if (in->shape != '?')
        return in->shape == '+' ? i : in->count - i;
    /* The ends, too. */
    if (seed_below(seed, 20) == 0)
        return seed_below(seed, 2) == 0 ? 0 : UINT64_MAX;
    return in->rank_limit == 0 ? seed_u64(seed) : seed_below(seed, in->rank_limit);
}

/* Is b where it may stand behind a? */
static bool is_before(const RankOrder *order, const RankEntry *a, const RankEntry *b)
{
    int found = rank_compare(order, a, b);

    return found < 0 ||
           (found == 0 && ((const Thing *)a->item)->place < ((const Thing *)b->item)->place);
}

static void check(const Input *in, Seed *seed)
{
    const RankOrder order = {.is_all = in->is_all, .compare = compare_keys};
    RankEntry *entries = mem_new_array(RankEntry, in->count + 1), *sorted;
    RankEntry *scratch = mem_new_array(RankEntry, in->count + 1);
    Thing *things = mem_new_array(Thing, in->count + 1);
    unsigned wrong = 0;
    size_t place_sum = 0;

    for (size_t i = 0; i < in->count; i++) {
        things[i] = (Thing){(unsigned)seed_below(seed, in->key_limit), i};
        entries[i] = (RankEntry){rank_for(in, seed, i), &things[i]};
    }
    sorted = rank_sort(&order, entries, scratch, in->count);
    CU_ASSERT_TRUE(sorted == entries || sorted == scratch);
    for (size_t i = 1; i < in->count; i++)
        wrong += !is_before(&order, &sorted[i - 1], &sorted[i]);
    for (size_t i = 0; i < in->count; i++)
        place_sum += ((const Thing *)sorted[i].item)->place;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(place_sum, in->count == 0 ? 0 : in->count * (in->count - 1) / 2);
}

static void few_and_many_of_all_shapes(void)
{
    static const size_t counts[] = {0, 1, 2, 7, 8, 9, 17, 100, 511, 512, 513, 5000, 30000};
    static const uint64_t limits[] = {1, 2, 300, 70000, 0};
    Seed seed = seed_new("rank sort");

    for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
        for (size_t l = 0; l < ARRAY_LEN(limits); l++) {
            for (unsigned all = 0; all < 2; all++)
                check(&(Input){counts[c], limits[l], 5, all == 1, '?'}, &seed);
        }
        check(&(Input){counts[c], 0, 5, false, '+'}, &seed);
        check(&(Input){counts[c], 0, 5, false, '-'}, &seed);
    }
}

static void where_ranks_say_all_only_the_ends_are_compared(void)
{
    RankEntry entries[1000], scratch[1000];
    Thing thing = {1, 0};
    const RankOrder order = {.is_all = true, .compare = compare_keys};

    for (unsigned i = 0; i < 1000; i++)
        entries[i] = (RankEntry){1 + (i * 7919) % 10, &thing};
    calls = 0;
    rank_sort(&order, entries, scratch, 1000);
    CU_ASSERT_EQUAL(calls, 0);
    entries[0].rank = entries[1].rank = UINT64_MAX;
    rank_sort(&order, entries, scratch, 1000);
    CU_ASSERT_TRUE(calls > 0);
}

UNIT_SUITE(rank_sort)
{
    UNIT_TEST(few_and_many_of_all_shapes);
    UNIT_TEST(where_ranks_say_all_only_the_ends_are_compared);
}
