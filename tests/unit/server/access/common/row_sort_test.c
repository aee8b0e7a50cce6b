/* row_sort_test.c - rows come out in order, from memory and from files, to and fro. */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/access/common/row_sort.h"
#include "server/fmgr/varlena.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define INT4_CMP 351
#define OID_CMP  356
#define TEXT_CMP 360

typedef struct Input {
    uint32_t count;
    uint64_t key_limit;
    size_t len_max; /* of texts */
    size_t memory;
    uint64_t bound;
} Input;

/* Columns: a key that may be NULL, a text, the number of the row. */
typedef struct Row {
    bool key_null;
    int32_t key;
    size_t len;
    uint8_t text[64]; /* the beginning of it; the rest is its last byte again */
    uint32_t number;
} Row;

static struct Plan {
    RowSortKey keys[2];
    unsigned count;
} plan;

static int compare_keys(const Row *a, const Row *b, const RowSortKey *key)
{
    int order;

    if (key->column == 1) {
        if (a->key_null || b->key_null) {
            if (a->key_null && b->key_null)
                return 0;
            return a->key_null == key->nulls_first ? -1 : 1;
        }
        if (key->compare == OID_CMP)
            order = ((uint32_t)a->key > (uint32_t)b->key) - ((uint32_t)a->key < (uint32_t)b->key);
        else
            order = (a->key > b->key) - (a->key < b->key);
    } else {
        order = memcmp(a->text, b->text, size_min(64, size_min(a->len, b->len)));
        if (order == 0)
            order = (a->len > b->len) - (a->len < b->len);
    }
    return key->is_descending ? -order : order;
}

static int compare_rows(const void *a, const void *b)
{
    int order = 0;

    for (unsigned i = 0; i < plan.count && order == 0; i++)
        order = compare_keys(a, b, &plan.keys[i]);
    return order;
}

static TupleDesc *desc_of(Oid key_type)
{
    TupleDesc *desc = tuple_desc_new(3);

    tuple_desc_set(desc, 1, "a", key_type, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", 25, -1, false, 'i');
    tuple_desc_set(desc, 3, "n", 23, 4, true, 'i');
    return desc;
}

static Row *make_rows(const Input *in, Seed *seed)
{
    Row *rows = mem_new_array(Row, in->count + 1);

    for (uint32_t i = 0; i < in->count; i++) {
        rows[i].key_null = seed_below(seed, 9) == 0;
        rows[i].key = (int32_t)(seed_below(seed, in->key_limit) - in->key_limit / 2);
        rows[i].len = seed_below(seed, in->len_max + 1);
        seed_fill(seed, rows[i].text, size_min(64, rows[i].len));
        if (seed_below(seed, 3) == 0)
            memset(rows[i].text, 'x', 9);
        rows[i].number = i;
    }
    return rows;
}

static void put_row(RowSort *s, const Row *row, uint8_t *text)
{
    const bool nulls[3] = {row->key_null, false, false};
    Datum values[3];

    memset(text, 'y', row->len);
    memcpy(text, row->text, size_min(64, row->len));
    values[0] = datum_of_i32(row->key);
    values[1] = datum_of_pointer(varlena_new(text, row->len));
    values[2] = datum_of_i32((int32_t)row->number);
    row_sort_put_values(s, values, nulls);
}

static uint32_t number_of(const MinimalTuple *tuple, const TupleDesc *desc)
{
    HeapTuple view;
    bool is_null;

    minimal_view(tuple, &view);
    return (uint32_t)datum_i32(heap_get(&view, 3, desc, &is_null));
}

static RowSort *sort_of(const TupleDesc *desc, const Input *in, const Row *rows, bool at_will)
{
    MemContext *row_mem = mem_context_new(mem_current(), "row");
    RowSort *s = row_sort_new(&(RowSortSpec){.desc = desc,
                                             .keys = plan.keys,
                                             .key_count = plan.count,
                                             .memory_max = in->memory,
                                             .bound = in->bound,
                                             .is_read_at_will = at_will});

    for (uint32_t i = 0; i < in->count; i++) {
        MEM_SCOPE(row_mem) {
            put_row(s, &rows[i], mem_alloc(in->len_max + 64));
        }
        mem_reset(row_mem);
    }
    row_sort_run(s);
    mem_delete(row_mem);
    return s;
}

/* Rows as they should come, but that equal ones may come in any order; each comes once. */
static unsigned count_wrong(RowSort *s, const TupleDesc *desc, const Row *rows, const Row *sorted,
                            const Input *in)
{
    uint32_t wanted = in->bound > 0 && in->bound < in->count ? (uint32_t)in->bound : in->count;
    uint8_t *seen = mem_alloc(in->count + 1);
    unsigned wrong = 0;

    for (uint32_t i = 0; i < wanted; i++) {
        const MinimalTuple *tuple = row_sort_next(s, false);
        uint32_t n = tuple == NULL ? in->count : number_of(tuple, desc);

        if (n >= in->count || seen[n]++ > 0) {
            wrong++;
            continue;
        }
        wrong += compare_rows(&rows[n], &sorted[i]) != 0;
    }
    return wrong;
}

static void set_plan(Seed *seed, Oid *key_type)
{
    bool is_oid = seed_below(seed, 3) == 0, text_first = seed_below(seed, 2) == 0;
    unsigned text = text_first ? 0 : 1;

    *key_type = is_oid ? 2205 : 23;
    plan.count = 1 + (unsigned)seed_below(seed, 2);
    for (unsigned i = 0; i < 2; i++) {
        plan.keys[i] = (RowSortKey){.column = i == text ? 2 : 1,
                                    .compare = i == text ? TEXT_CMP
                                               : is_oid  ? OID_CMP
                                                         : INT4_CMP,
                                    .collation = 950,
                                    .is_descending = seed_below(seed, 2) == 0,
                                    .nulls_first = seed_below(seed, 2) == 0};
    }
}

static const char *check(const Input *in, Seed *seed)
{
    Oid key_type;
    TupleDesc *desc;
    Row *rows, *sorted;
    RowSort *s;
    const char *method;

    set_plan(seed, &key_type);
    desc = desc_of(key_type);
    rows = make_rows(in, seed);
    sorted = mem_dup(rows, (in->count + 1) * sizeof(Row));
    qsort(sorted, in->count, sizeof(Row), compare_rows);
    s = sort_of(desc, in, rows, false);
    CU_ASSERT_EQUAL(count_wrong(s, desc, rows, sorted, in), 0);
    if (in->bound == 0) {
        CU_ASSERT_PTR_NULL(row_sort_next(s, false));
        CU_ASSERT_PTR_NULL(row_sort_next(s, false));
    }
    CU_ASSERT_EQUAL(row_sort_count(s), in->count);
    method = row_sort_method(s);
    CU_ASSERT_EQUAL(row_sort_disk(s) > 0, strcmp(method, "external merge") == 0);
    row_sort_free(s);
    return method;
}

static const char *check_on_disk(const Input *in, Seed *seed)
{
    StorageRig rig;
    const char *method;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    method = check(in, seed);
    storage_rig_close(&rig);
    return method;
}

static void what_fits_is_sorted_in_memory(void)
{
    Seed seed = seed_new("row sort");

    for (uint32_t count = 0; count < 60; count++)
        CU_ASSERT_STRING_EQUAL(check(&(Input){count, 10, 12, MIB(1), 0}, &seed), "quicksort");
    for (int i = 0; i < 5; i++)
        check(&(Input){20000, 1000, 20, MIB(20), 0}, &seed);
}

static void with_a_bound_only_the_first_rows_are_kept(void)
{
    Seed seed = seed_new("row sort");

    for (uint64_t bound = 1; bound < 40; bound++)
        check(&(Input){200, 30, 12, MIB(1), bound}, &seed);
    CU_ASSERT_STRING_EQUAL(check(&(Input){20000, 1000, 20, KIB(64), 100}, &seed), "top-N heapsort");
}

static void a_bound_beyond_memory_spills(void)
{
    Seed seed = seed_new("row sort");

    CU_ASSERT_STRING_EQUAL(check_on_disk(&(Input){20000, 1000, 20, KIB(64), 9000}, &seed),
                           "external merge");
}

static void what_does_not_fit_is_merged_from_runs(void)
{
    Seed seed = seed_new("row sort");

    CU_ASSERT_STRING_EQUAL(check_on_disk(&(Input){40000, 1000, 20, MIB(1), 0}, &seed),
                           "external merge");
    /* 64 kB: four runs are read at once. */
    CU_ASSERT_STRING_EQUAL(check_on_disk(&(Input){30000, 1000, 50, 0, 0}, &seed), "external merge");
    CU_ASSERT_STRING_EQUAL(check_on_disk(&(Input){600, 1000, 40000, 0, 0}, &seed),
                           "external merge");
}

/* Steps back and forth, marks and rewinds, against the place in an array. */
static unsigned wander(RowSort *s, const TupleDesc *desc, const uint32_t *order, int count,
                       Seed *seed)
{
    int at = -1, mark = -1; /* -1: before the first; count: behind the last */
    unsigned wrong = 0;

    row_sort_rewind(s);
    row_sort_mark(s);
    for (int i = 0; i < 3000; i++) {
        bool is_backward = seed_below(seed, 5) < 2;
        const MinimalTuple *tuple;

        switch (seed_below(seed, 40)) {
        case 0:
            row_sort_mark(s);
            mark = at;
            continue;
        case 1:
            row_sort_restore(s);
            at = mark;
            continue;
        case 2:
            row_sort_rewind(s);
            at = -1;
            continue;
        }
        tuple = row_sort_next(s, is_backward);
        at = is_backward ? (at > -1 ? at - 1 : -1) : (at < count ? at + 1 : count);
        if (at < 0 || at == count)
            wrong += tuple != NULL;
        else
            wrong += tuple == NULL || number_of(tuple, desc) != order[at];
    }
    return wrong;
}

static void a_sort_is_read_at_will(void)
{
    Seed seed = seed_new("row sort");
    static const Input inputs[] = {{5, 10, 5, MIB(1), 0}, {3000, 100, 200, 0, 0}};
    StorageRig rig;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
        const Input *in = &inputs[i];
        Oid key_type;
        TupleDesc *desc;
        RowSort *s;
        uint32_t *order = mem_new_array(uint32_t, in->count);

        set_plan(&seed, &key_type);
        desc = desc_of(key_type);
        s = sort_of(desc, in, make_rows(in, &seed), true);
        for (uint32_t n = 0; n < in->count; n++)
            order[n] = number_of(row_sort_next(s, false), desc);
        CU_ASSERT_PTR_NULL(row_sort_next(s, false));
        CU_ASSERT_EQUAL(wander(s, desc, order, (int)in->count, &seed), 0);
        row_sort_free(s);
    }
    storage_rig_close(&rig);
}

UNIT_SUITE(row_sort)
{
    UNIT_TEST(what_fits_is_sorted_in_memory);
    UNIT_TEST(with_a_bound_only_the_first_rows_are_kept);
    UNIT_TEST(a_bound_beyond_memory_spills);
    UNIT_TEST(what_does_not_fit_is_merged_from_runs);
    UNIT_TEST(a_sort_is_read_at_will);
}
