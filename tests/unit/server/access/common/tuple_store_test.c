/* tuple_store_test.c - what is kept is read again, by many readers, in memory and from a file. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/fmgr/varlena.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define READERS 3
#define STEPS   20000

static TupleDesc *desc;

static void put(TupleStore *s, int32_t number, size_t len)
{
    const bool nulls[2] = {false, false};
    uint8_t *text = mem_alloc(len + 1);
    Datum values[2] = {datum_of_i32(number)};
    uint8_t *value;

    memset(text, (uint8_t)number, len);
    value = varlena_new(text, len);
    values[1] = datum_of_pointer(value);
    tuple_store_put_values(s, desc, values, nulls);
    mem_free(value);
    mem_free(text);
}

/* The number of a row whose text is what was put; -1: it is not. */
static int32_t number_of(const MinimalTuple *tuple)
{
    HeapTuple view;
    bool is_null;
    int32_t number;
    const uint8_t *text;

    minimal_view(tuple, &view);
    number = datum_i32(heap_get(&view, 1, desc, &is_null));
    text = varlena_packed(datum_varlena(heap_get(&view, 2, desc, &is_null)));
    for (size_t i = 0; i < varlena_len(text); i++) {
        if (varlena_bytes(text)[i] != (uint8_t)number)
            return -1;
    }
    return number;
}

static unsigned step_reader(TupleStore *s, unsigned reader, int *at, int count, Seed *seed)
{
    bool is_backward = seed_below(seed, 5) < 2;
    const MinimalTuple *tuple = tuple_store_next(s, reader, is_backward);

    *at = is_backward ? (*at > -1 ? *at - 1 : -1) : (*at < count ? *at + 1 : count);
    if (*at < 0 || *at == count) {
        /* Rows that are added at the end are the next ones for who has met it. */
        if (*at == count)
            CU_ASSERT_TRUE(tuple_store_is_at_end(s, reader));
        return tuple != NULL;
    }
    return tuple == NULL || number_of(tuple) != *at;
}

static unsigned play(TupleStore *s, size_t len_max, Seed *seed)
{
    int at[READERS] = {-1, -1, -1}, count = 0;
    unsigned wrong = 0;

    for (unsigned i = 1; i < READERS; i++)
        CU_ASSERT_EQUAL(tuple_store_reader(s), i);
    for (int i = 0; i < STEPS; i++) {
        unsigned reader = (unsigned)seed_below(seed, READERS);
        unsigned other = (unsigned)seed_below(seed, READERS);

        switch (seed_below(seed, 60)) {
        case 0:
            tuple_store_rewind(s, reader);
            at[reader] = -1;
            break;
        case 1:
            tuple_store_set_reader(s, reader, other);
            at[reader] = at[other];
            break;
        case 2:
        case 3:
        case 4:
        case 5:
        case 6:
            /* Who was at the end goes back to the row that came last. */
            for (unsigned n = 0; n < READERS; n++) {
                if (at[n] == count) {
                    tuple_store_next(s, n, true);
                    at[n] = count - 1;
                }
            }
            put(s, count++, seed_below(seed, len_max));
            break;
        default:
            wrong += step_reader(s, reader, &at[reader], count, seed);
        }
    }
    CU_ASSERT_EQUAL(tuple_store_count(s), (uint64_t)count);
    return wrong;
}

static void check(size_t memory, size_t len_max, bool spills)
{
    Seed seed = seed_new("store");
    StorageRig rig;
    TupleStore *s;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    desc = tuple_desc_new(2);
    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", 25, -1, false, 'i');
    s = tuple_store_new(memory, false);
    CU_ASSERT_EQUAL(play(s, len_max, &seed), 0);
    CU_ASSERT_EQUAL(tuple_store_disk(s) > 0, spills);
    tuple_store_clear(s);
    CU_ASSERT_EQUAL(tuple_store_count(s), 0);
    CU_ASSERT_PTR_NULL(tuple_store_next(s, 0, false));
    CU_ASSERT_EQUAL(tuple_store_disk(s), 0);
    put(s, 7, 10);
    tuple_store_rewind(s, 0);
    CU_ASSERT_EQUAL(number_of(tuple_store_next(s, 0, false)), 7);
    tuple_store_free(s);
    storage_rig_close(&rig);
}

static void rows_are_read_again_in_memory(void)
{
    check(MIB(4), 100, false);
}

static void rows_are_read_again_from_a_file(void)
{
    check(0, 200, true);
    check(0, 5000, true);
    check(0, 100000, true);
}

UNIT_SUITE(tuple_store)
{
    UNIT_TEST(rows_are_read_again_in_memory);
    UNIT_TEST(rows_are_read_again_from_a_file);
}
