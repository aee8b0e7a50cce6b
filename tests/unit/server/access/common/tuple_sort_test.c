/* tuple_sort_test.c - tuples come out in order, from memory and from files. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/access/common/tuple_sort.h"
#include "server/fmgr/varlena.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define INT4_CMP 351
#define TEXT_CMP 360

typedef struct Input {
    uint32_t count;
    uint64_t key_limit;
    size_t len_max; /* of texts */
    char order;     /* ? random, + ascending, - descending */
    size_t memory;
} Input;

static TupleDesc *desc;
static SortSupport orders[2];

static void begin(void)
{
    desc = tuple_desc_new(2);
    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", 25, -1, false, 'i');
    sort_support_init(&orders[0], INT4_CMP, 0);
    sort_support_init(&orders[1], TEXT_CMP, COLLATION_C);
}

static int compare(const IndexTuple *a, const IndexTuple *b)
{
    for (unsigned i = 0; i < 2; i++) {
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, desc, &a_null), y = index_get(b, i + 1, desc, &b_null);
        int order = sort_apply(x, a_null, y, b_null, &orders[i]);

        if (order != 0)
            return order;
    }
    if (tid_block(a->tid) != tid_block(b->tid))
        return tid_block(a->tid) < tid_block(b->tid) ? -1 : 1;
    return (int)a->tid.offset - (int)b->tid.offset;
}

/* A number that depends on which tuples there are, not on their order. */
static uint64_t sum_of(const IndexTuple *tuple)
{
    const uint8_t *bytes = (const uint8_t *)tuple;
    uint64_t sum = 1;

    for (size_t i = 0; i < index_tuple_size(tuple); i++)
        sum = sum * 31 + bytes[i];
    return sum;
}

static uint64_t put_all(TupleSort *s, const Input *in, Seed *seed)
{
    MemContext *row_mem = mem_context_new(mem_current(), "row");
    uint64_t sum = 0;

    for (uint32_t i = 0; i < in->count; i++) {
        MEM_SCOPE(row_mem) {
            uint8_t *text = mem_alloc(in->len_max + 1);
            size_t len = seed_below(seed, in->len_max + 1);
            int32_t key = in->order == '?'   ? (int32_t)seed_below(seed, in->key_limit)
                          : in->order == '+' ? (int32_t)i
                                             : -(int32_t)i;
            const bool nulls[2] = {in->order == '?' && seed_below(seed, 9) == 0,
                                   seed_below(seed, 9) == 0};
            Datum values[2];
            IndexTuple *tuple;

            seed_fill(seed, text, len);
            values[0] = datum_of_i32(key);
            values[1] = datum_of_pointer(varlena_new(text, len));
            tuple = index_form(desc, values, nulls);
            tuple->tid = tid_make((BlockNo)seed_below(seed, 100000), (OffsetNo)(i % 100 + 1));
            sum += sum_of(tuple);
            tuple_sort_put(s, tuple);
        }
        mem_reset(row_mem);
    }
    return sum;
}

static unsigned check(const Input *in, Seed *seed)
{
    TupleSort *s;
    IndexTuple *before = NULL;
    const IndexTuple *tuple;
    uint64_t sum, found_sum = 0;
    unsigned wrong = 0, runs;
    uint32_t count = 0;

    begin();
    s = tuple_sort_new(desc, orders, 2, in->memory);
    sum = put_all(s, in, seed);
    tuple_sort_run(s);
    while ((tuple = tuple_sort_next(s)) != NULL) {
        wrong += before != NULL && compare(before, tuple) > 0;
        found_sum += sum_of(tuple);
        before = mem_realloc(before, index_tuple_size(tuple));
        memcpy(before, tuple, index_tuple_size(tuple));
        count++;
    }
    CU_ASSERT_PTR_NULL(tuple_sort_next(s));
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(count, in->count);
    CU_ASSERT_EQUAL(tuple_sort_count(s), in->count);
    CU_ASSERT_EQUAL(sum, found_sum);
    runs = tuple_sort_run_count(s);
    tuple_sort_free(s);
    return runs;
}

/* As an index is built: one column, and TIDs that ascend. Few keys, the least and the greatest. */
static void tuples_with_equal_keys_stay_in_the_order_of_their_tids(void)
{
    static const int32_t keys[] = {INT32_MIN, -1, 0, 7, 300, INT32_MAX};
    Seed seed = seed_new("sort");
    const IndexTuple *tuple;
    IndexTuple *before = NULL;
    unsigned wrong = 0, count = 0;
    TupleSort *s;

    begin();
    s = tuple_sort_new(desc, orders, 1, MIB(10));
    for (unsigned i = 0; i < 5000; i++) {
        const Datum values[2] = {datum_of_i32(keys[seed_below(&seed, ARRAY_LEN(keys))])};
        const bool nulls[2] = {seed_below(&seed, 9) == 0, true};
        IndexTuple *put = index_form(desc, values, nulls);

        put->tid = tid_make(i / 100, (OffsetNo)(i % 100 + 1));
        tuple_sort_put(s, put);
    }
    tuple_sort_run(s);
    for (; (tuple = tuple_sort_next(s)) != NULL; count++) {
        wrong += before != NULL && compare(before, tuple) >= 0;
        before = index_copy(tuple);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(count, 5000);
    tuple_sort_free(s);
}

static unsigned check_on_disk(const Input *in)
{
    Seed seed = seed_new("sort");
    StorageRig rig;
    unsigned runs;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    runs = check(in, &seed);
    storage_rig_close(&rig);
    return runs;
}

static void what_fits_is_sorted_in_memory(void)
{
    Seed seed = seed_new("sort");

    for (uint32_t count = 0; count < 40; count++)
        CU_ASSERT_EQUAL(check(&(Input){count, 10, 5, '?', MIB(1)}, &seed), 0);
    CU_ASSERT_EQUAL(check(&(Input){20000, 1000, 20, '?', MIB(10)}, &seed), 0);
    CU_ASSERT_EQUAL(check(&(Input){20000, 0, 20, '+', MIB(10)}, &seed), 0);
    CU_ASSERT_EQUAL(check(&(Input){20000, 0, 20, '-', MIB(10)}, &seed), 0);
}

static void what_does_not_is_merged_from_runs(void)
{
    unsigned runs = check_on_disk(&(Input){60000, 1000, 20, '?', MIB(1)});

    CU_ASSERT_TRUE(runs > 2 && runs < 10);
}

/* 64 kB: four runs are read at once. */
static void many_runs_are_merged_in_passes(void)
{
    CU_ASSERT_TRUE(check_on_disk(&(Input){30000, 1000, 50, '?', 0}) > 16);
}

static void long_tuples_cross_the_ends_of_buffers(void)
{
    CU_ASSERT_TRUE(check_on_disk(&(Input){1000, 1000, 7000, '?', 0}) > 16);
}

static void ordered_input_spills_as_well(void)
{
    CU_ASSERT_TRUE(check_on_disk(&(Input){20000, 0, 20, '-', 0}) > 4);
}

static void a_sort_that_is_given_up_leaves_no_file(void)
{
    StorageRig rig;
    Seed seed = seed_new("sort");
    const Input in = {20000, 1000, 20, '?', 0};
    TupleSort *s;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    begin();
    s = tuple_sort_new(desc, orders, 2, 0);
    put_all(s, &in, &seed);
    tuple_sort_run(s);
    CU_ASSERT_PTR_NOT_NULL(tuple_sort_next(s));
    tuple_sort_free(s);
    storage_rig_close(&rig);
}

UNIT_SUITE(tuple_sort)
{
    UNIT_TEST(what_fits_is_sorted_in_memory);
    UNIT_TEST(tuples_with_equal_keys_stay_in_the_order_of_their_tids);
    UNIT_TEST(what_does_not_is_merged_from_runs);
    UNIT_TEST(many_runs_are_merged_in_passes);
    UNIT_TEST(long_tuples_cross_the_ends_of_buffers);
    UNIT_TEST(ordered_input_spills_as_well);
    UNIT_TEST(a_sort_that_is_given_up_leaves_no_file);
}
