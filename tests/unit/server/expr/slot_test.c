/*
 * slot_test.c - rows in slots: as values, as tuples of all kinds, and copied between them
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/expr/slot.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/varlena.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define COLUMNS_LIMIT 20
#define ROUNDS        2000

static TupleDesc *random_desc(Seed *seed)
{
    unsigned count = (unsigned)seed_below(seed, COLUMNS_LIMIT);
    TupleDesc *desc = tuple_desc_new(count);

    for (unsigned i = 1; i <= count; i++) {
        switch (seed_below(seed, 4)) {
        case 0:
            tuple_desc_set(desc, i, "i", 23, 4, true, 'i');
            break;
        case 1:
            tuple_desc_set(desc, i, "l", 20, 8, true, 'd');
            break;
        case 2:
            tuple_desc_set(desc, i, "n", 19, 64, false, 'c');
            break;
        default:
            tuple_desc_set(desc, i, "t", 25, -1, false, 'i');
        }
    }
    return desc;
}

static void random_row(Seed *seed, const TupleDesc *desc, Datum *values, bool *nulls)
{
    uint8_t bytes[200];

    for (unsigned i = 0; i < desc->count; i++) {
        nulls[i] = seed_below(seed, 4) == 0;
        values[i] = 0;
        if (nulls[i])
            continue;
        seed_fill(seed, bytes, sizeof bytes);
        if (desc->columns[i].type == 23)
            values[i] = datum_of_i32((int32_t)seed_u64(seed));
        else if (desc->columns[i].type == 20)
            values[i] = datum_of_i64((int64_t)seed_u64(seed));
        else if (desc->columns[i].type == 19)
            values[i] = datum_of_pointer(mem_dup(bytes, 64));
        else
            values[i] = datum_of_pointer(varlena_new(bytes, seed_below(seed, sizeof bytes)));
    }
}

static void check_row(Slot *s, const Datum *values, const bool *nulls)
{
    for (unsigned i = 0; i < s->desc->count; i++) {
        const Column *c = &s->desc->columns[i];
        bool is_null;
        Datum value = slot_get(s, (int)i + 1, &is_null);

        CU_ASSERT_EQUAL_FATAL(is_null, nulls[i]);
        if (!is_null)
            CU_ASSERT_TRUE_FATAL(datum_content_equal(value, values[i], c->by_value, c->len));
    }
}

static void fill(Slot *s, Seed *seed, const Datum *values, const bool *nulls)
{
    HeapTuple *tuple;

    slot_clear(s);
    switch (seed_below(seed, 3)) {
    case 0:
        memcpy(s->values, values, s->desc->count * sizeof(Datum));
        memcpy(s->nulls, nulls, s->desc->count);
        slot_set_virtual(s);
        break;
    case 1:
        tuple = heap_form(s->desc, values, nulls);
        tuple->self = tid_make(7, 3);
        tuple->table = 99;
        slot_set_heap(s, tuple);
        break;
    default:
        slot_set_minimal(s, minimal_form(s->desc, values, nulls));
    }
}

static void rows_come_back_from_any_form_of_slot(void)
{
    Seed seed = seed_new("rows in slots");
    Datum values[COLUMNS_LIMIT];
    bool nulls[COLUMNS_LIMIT];

    for (unsigned i = 0; i < ROUNDS; i++) {
        TupleDesc *desc = random_desc(&seed);
        Slot *a = slot_new(desc), *b = slot_new(desc);
        MinimalTuple *minimal;

        random_row(&seed, desc, values, nulls);
        fill(a, &seed, values, nulls);
        slot_need(a, (unsigned)seed_below(&seed, desc->count + 1U));
        slot_copy(b, a);
        CU_ASSERT_EQUAL(b->is_stored, a->is_stored);
        if (a->is_stored)
            CU_ASSERT_EQUAL(b->tuple.self.offset, 3);
        slot_keep(a);
        slot_keep(a);
        check_row(a, values, nulls);
        check_row(b, values, nulls);
        minimal = slot_minimal(a);
        CU_ASSERT_EQUAL(minimal->len, slot_minimal_size(a));
        slot_set_minimal(b, minimal);
        check_row(b, values, nulls);
        heap_deform(slot_heap(a), desc, b->values, b->nulls);
        slot_set_virtual(b);
        check_row(b, values, nulls);
    }
}

/* The first copy takes room; those that follow write to it. */
static void copies_take_no_memory_for_each_row(void)
{
    TupleDesc *desc = tuple_desc_new(2);
    Slot *a, *b;
    size_t before;

    tuple_desc_set(desc, 1, "i", 23, 4, true, 'i');
    tuple_desc_set(desc, 2, "t", 25, -1, false, 'i');
    a = slot_new(desc);
    b = slot_new(desc);
    a->values[1] = datum_of_pointer(varlena_new("twelve bytes", 12));
    a->nulls[0] = a->nulls[1] = false;
    slot_set_virtual(a);
    slot_copy(b, a);
    before = mem_context_size(mem_current());
    for (int i = 0; i < 100000; i++) {
        slot_clear(a);
        a->values[0] = datum_of_i32(i);
        slot_set_virtual(a);
        slot_copy(b, a);
    }
    CU_ASSERT_EQUAL(mem_context_size(mem_current()), before);
}

static void system_columns_are_those_of_rows_in_tables(void)
{
    TupleDesc *desc = tuple_desc_new(1);
    const Datum value = datum_of_i32(1);
    const bool null = false;
    HeapTuple *tuple;
    Slot *s;
    bool is_null;

    tuple_desc_set(desc, 1, "i", 23, 4, true, 'i');
    s = slot_new(desc);
    tuple = heap_form(desc, &value, &null);
    tuple->table = 99;
    slot_set_heap(s, tuple);
    CU_ASSERT_EQUAL(datum_u32(slot_get(s, HEAP_COLUMN_TABLE, &is_null)), 99);
    slot_set_minimal(s, minimal_form(desc, &value, &null));
    ERR_TRY() {
        slot_get(s, HEAP_COLUMN_TABLE, &is_null);
        CU_FAIL("a row without a place has a table");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_FEATURE_NOT_SUPPORTED);
    }
    ERR_END();
}

UNIT_SUITE(slot)
{
    UNIT_TEST(rows_come_back_from_any_form_of_slot);
    UNIT_TEST(copies_take_no_memory_for_each_row);
    UNIT_TEST(system_columns_are_those_of_rows_in_tables);
}
