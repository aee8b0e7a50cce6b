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

/* ---- Single numbers ---- */

typedef struct NumberType {
    Oid type, compare;
    int16_t len;
    char align;
    Datum few[4]; /* the least and the greatest among them */
} NumberType;

static const NumberType number_types[] = {
    {21, 350, 2, 's', {(Datum)INT16_MIN, (Datum)-1, 0, INT16_MAX}},
    {23, 351, 4, 'i', {(Datum)INT32_MIN, (Datum)-1, 7, INT32_MAX}},
    {20, 842, 8, 'd', {(Datum)INT64_MIN, (Datum)-1, 300, INT64_MAX}},
    {26, 356, 4, 'i', {0, 1, 7, UINT32_MAX}},
    {5069, 5096, 8, 'd', {0, 1, 7, UINT64_MAX}},
    {16, 1693, 1, 'c', {0, 1, 1, 1}},
    {18, 358, 1, 'c', {0, 'a', 127, 255}},
};

typedef struct Numbers {
    const NumberType *type;
    uint32_t count;
    bool is_reverse, nulls_first, in_tid_order;
    size_t memory;
} Numbers;

static uint64_t put_numbers(TupleSort *s, const Numbers *in, Seed *seed)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < in->count; i++) {
        const Datum value = in->type->few[seed_below(seed, 4)];
        const bool is_null = seed_below(seed, 5) == 0;
        IndexTuple *tuple = index_form(desc, &value, &is_null);
        BlockNo block = in->in_tid_order ? i / 100 : (BlockNo)seed_below(seed, UINT32_MAX);

        tuple->tid = tid_make(block, (OffsetNo)(i % 100 + 1));
        sum += sum_of(tuple);
        if (is_null || seed_below(seed, 3) == 0)
            tuple_sort_put(s, tuple);
        else
            CU_ASSERT_TRUE(tuple_sort_put_number(s, value, tuple->tid));
        mem_free(tuple);
    }
    return sum;
}

static int compare_numbers(const IndexTuple *a, const IndexTuple *b)
{
    bool a_null, b_null;
    Datum x = index_get(a, 1, desc, &a_null), y = index_get(b, 1, desc, &b_null);
    int order = sort_apply(x, a_null, y, b_null, &orders[0]);

    if (order != 0)
        return order;
    if (tid_block(a->tid) != tid_block(b->tid))
        return tid_block(a->tid) < tid_block(b->tid) ? -1 : 1;
    return (int)a->tid.offset - (int)b->tid.offset;
}

static unsigned check_numbers(const Numbers *in, Seed *seed)
{
    TupleSort *s;
    IndexTuple *before = NULL;
    const IndexTuple *tuple;
    uint64_t sum, found_sum = 0;
    unsigned wrong = 0, runs;
    uint32_t count = 0;

    desc = tuple_desc_new(1);
    tuple_desc_set(desc, 1, "a", in->type->type, in->type->len, true, in->type->align);
    sort_support_init(&orders[0], in->type->compare, 0);
    orders[0].is_reverse = in->is_reverse;
    orders[0].nulls_first = in->nulls_first;
    s = tuple_sort_new(desc, orders, 1, in->memory);
    sum = put_numbers(s, in, seed);
    tuple_sort_run(s);
    while ((tuple = tuple_sort_next(s)) != NULL) {
        wrong += before != NULL && compare_numbers(before, tuple) > 0;
        found_sum += sum_of(tuple);
        mem_free(before);
        before = index_copy(tuple);
        count++;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(count, in->count);
    CU_ASSERT_EQUAL(sum, found_sum);
    runs = tuple_sort_run_count(s);
    tuple_sort_free(s);
    return runs;
}

static void numbers_come_back_as_the_tuples_that_they_were(void)
{
    Seed seed = seed_new("sort");
    StorageRig rig;
    unsigned runs = 0;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    for (unsigned i = 0; i < ARRAY_LEN(number_types) * 16; i++) {
        const Numbers in = {.type = &number_types[i / 16],
                            .count = (uint32_t)seed_below(&seed, 9000),
                            .is_reverse = i % 2 != 0,
                            .nulls_first = i / 2 % 2 != 0,
                            .in_tid_order = i / 4 % 2 != 0,
                            .memory = i / 8 % 2 != 0 ? MIB(10) : 0};

        runs += check_numbers(&in, &seed);
    }
    CU_ASSERT_TRUE(runs > 50);
    storage_rig_close(&rig);
}

/* Of floats a rank is of several values, of two columns it is of the first alone. */
static void what_ranks_do_not_tell_keeps_its_tuples(void)
{
    TupleSort *s;

    desc = tuple_desc_new(1);
    tuple_desc_set(desc, 1, "a", 701, 8, true, 'd');
    sort_support_init(&orders[0], 355, 0);
    s = tuple_sort_new(desc, orders, 1, 0);
    CU_ASSERT_FALSE(tuple_sort_put_number(s, datum_of_f8(-0.0), tid_make(1, 1)));
    tuple_sort_free(s);
    begin();
    s = tuple_sort_new(desc, orders, 1, 0);
    CU_ASSERT_FALSE(tuple_sort_put_number(s, datum_of_i32(1), tid_make(1, 1)));
    CU_ASSERT_EQUAL(tuple_sort_count(s), 0);
    tuple_sort_free(s);
}

UNIT_SUITE(tuple_sort)
{
    UNIT_TEST(numbers_come_back_as_the_tuples_that_they_were);
    UNIT_TEST(what_ranks_do_not_tell_keeps_its_tuples);
    UNIT_TEST(what_fits_is_sorted_in_memory);
    UNIT_TEST(tuples_with_equal_keys_stay_in_the_order_of_their_tids);
    UNIT_TEST(what_does_not_is_merged_from_runs);
    UNIT_TEST(many_runs_are_merged_in_passes);
    UNIT_TEST(long_tuples_cross_the_ends_of_buffers);
    UNIT_TEST(ordered_input_spills_as_well);
    UNIT_TEST(a_sort_that_is_given_up_leaves_no_file);
}
