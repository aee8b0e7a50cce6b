/*
 * heap_form_test.c - values become a tuple's bytes and come back
 *
 * The bytes that are spelled out were read with pageinspect from tables of a real PostgreSQL 15.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/fmgr/varlena.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

typedef struct TypeRow {
    Oid type;
    int16_t len;
    bool by_value;
    char align;
} TypeRow;

static const TypeRow types[] = {
    {16, 1, true, 'c'},     {18, 1, true, 'c'},    {21, 2, true, 's'},     {23, 4, true, 'i'},
    {20, 8, true, 'd'},     {701, 8, true, 'd'},   {19, 64, false, 'c'},   {2950, 16, false, 'c'},
    {1186, 16, false, 'd'}, {27, 6, false, 's'},   {25, -1, false, 'i'},   {17, -1, false, 'i'},
    {1700, -1, false, 'i'}, {600, 16, false, 'd'}, {1007, -1, false, 'd'}, {2275, -2, false, 'c'},
};

static TupleDesc *desc_of(unsigned count, const unsigned *rows)
{
    TupleDesc *desc = tuple_desc_new(count);

    for (unsigned i = 0; i < count; i++) {
        const TypeRow *t = &types[rows[i]];
        tuple_desc_set(desc, i + 1, "c", t->type, t->len, t->by_value, t->align);
    }
    return desc;
}

static Datum text_datum(const char *s)
{
    return datum_of_pointer(varlena_new(s, strlen(s)));
}

static void check_data(const HeapTuple *tuple, const void *expected, size_t len)
{
    size_t hoff = ((const HeapTupleHeader *)tuple->bytes)->hoff;

    CU_ASSERT_EQUAL_FATAL(tuple->len, hoff + len);
    CU_ASSERT_EQUAL(memcmp(tuple->bytes + hoff, expected, len), 0);
}

/* (int2 1, int4 2, text 'ab', int8 3, text 'c', bool true) */
static void columns_are_aligned_and_text_is_short(void)
{
    TupleDesc *desc = desc_of(6, (const unsigned[]){2, 3, 10, 4, 10, 0});
    const Datum values[] = {datum_of_i16(1), datum_of_i32(2), text_datum("ab"),
                            datum_of_i64(3), text_datum("c"), datum_of_bool(true)};
    const bool nulls[6] = {false};
    HeapTuple *tuple = heap_form(desc, values, nulls);
    const HeapTupleHeader *header = (const HeapTupleHeader *)tuple->bytes;

    check_data(tuple, "\1\0\0\0\2\0\0\0\7ab\0\0\0\0\0\3\0\0\0\0\0\0\0\5c\1", 27);
    CU_ASSERT_EQUAL(header->hoff, 24);
    CU_ASSERT_EQUAL(header->infomask, HEAP_HAS_VAR);
    CU_ASSERT_EQUAL(header->infomask2, 6);
    CU_ASSERT_EQUAL(heap_data_size(desc, values, nulls), 27);
}

static void nulls_take_no_room_but_a_bit(void)
{
    TupleDesc *desc = desc_of(3, (const unsigned[]){3, 4, 3});
    const Datum values[] = {datum_of_i32(1), 0, datum_of_i32(2)};
    const bool nulls[] = {false, true, false};
    HeapTuple *tuple = heap_form(desc, values, nulls);
    bool is_null;

    check_data(tuple, "\1\0\0\0\2\0\0\0", 8);
    CU_ASSERT_EQUAL(tuple->bytes[23], 5);
    CU_ASSERT_EQUAL(((const HeapTupleHeader *)tuple->bytes)->infomask, HEAP_HAS_NULLS);
    CU_ASSERT_EQUAL(datum_i32(heap_get(tuple, 3, desc, &is_null)), 2);
    CU_ASSERT_FALSE(is_null);
    heap_get(tuple, 2, desc, &is_null);
    CU_ASSERT_TRUE(is_null);
    CU_ASSERT_TRUE(heap_is_null(tuple, 2, desc));
    CU_ASSERT_FALSE(heap_is_null(tuple, 3, desc));
}

static void nine_columns_with_a_null_need_a_longer_header(void)
{
    TupleDesc *desc = desc_of(9, (const unsigned[]){0, 0, 0, 0, 0, 0, 0, 0, 0});
    const Datum values[9] = {0};
    const bool nulls[9] = {[8] = true};

    CU_ASSERT_EQUAL(heap_form(desc, values, nulls)->bytes[22], 32);
}

static void plain_storage_keeps_the_long_header(void)
{
    TupleDesc *desc = desc_of(1, (const unsigned[]){10});
    const Datum value = text_datum("ab");
    const bool null = false;

    desc->columns[0].storage = 'p';
    check_data(heap_form(desc, &value, &null), "\x18\0\0\0ab", 6);
}

static void columns_added_later_are_null_or_have_their_missing_value(void)
{
    TupleDesc *old = desc_of(1, (const unsigned[]){3}), *desc;
    const Datum value = datum_of_i32(7);
    const bool null = false;
    HeapTuple *tuple = heap_form(old, &value, &null);
    NullableDatum missing[3] = {[1] = {.value = datum_of_i32(9)}};
    struct TupleExtra extra = {.missing = missing};
    Datum values[3];
    bool nulls[3];

    desc = desc_of(3, (const unsigned[]){3, 3, 10});
    desc->columns[1].has_missing = true;
    desc->extra = &extra;
    heap_deform(tuple, desc, values, nulls);
    CU_ASSERT_EQUAL(datum_i32(values[0]), 7);
    CU_ASSERT_EQUAL(datum_i32(values[1]), 9);
    CU_ASSERT_FALSE(nulls[1]);
    CU_ASSERT_TRUE(nulls[2]);
    CU_ASSERT_EQUAL(datum_i32(heap_get(tuple, 2, desc, &nulls[1])), 9);
    CU_ASSERT_TRUE(heap_is_null(tuple, 3, desc));
    CU_ASSERT_TRUE(tuple_desc_equal(desc, tuple_desc_copy(desc)));
    missing[1].value = datum_of_i32(10);
    desc = tuple_desc_copy(desc);
    missing[1].value = datum_of_i32(11);
    CU_ASSERT_EQUAL(datum_i32(heap_get(tuple, 2, desc, &nulls[1])), 10);
}

static void system_columns_come_from_the_header(void)
{
    TupleDesc *desc = desc_of(1, (const unsigned[]){3});
    const Datum value = datum_of_i32(7);
    bool null = false;
    HeapTuple *tuple = heap_form(desc, &value, &null);
    HeapTupleHeader *header = (HeapTupleHeader *)tuple->bytes;
    const Tid *tid;

    header->xmin = 11;
    header->xmax = 12;
    header->cid = 13;
    tuple->table = 14;
    tuple->self = tid_make(15, 16);
    CU_ASSERT_EQUAL(datum_u32(heap_get(tuple, HEAP_COLUMN_XMIN, desc, &null)), 11);
    CU_ASSERT_EQUAL(datum_u32(heap_get(tuple, HEAP_COLUMN_XMAX, desc, &null)), 12);
    CU_ASSERT_EQUAL(datum_u32(heap_get(tuple, HEAP_COLUMN_CMIN, desc, &null)), 13);
    CU_ASSERT_EQUAL(datum_u32(heap_get(tuple, HEAP_COLUMN_CMAX, desc, &null)), 13);
    CU_ASSERT_EQUAL(datum_u32(heap_get(tuple, HEAP_COLUMN_TABLE, desc, &null)), 14);
    tid = datum_pointer(heap_get(tuple, HEAP_COLUMN_TID, desc, &null));
    CU_ASSERT_EQUAL(tid_block(*tid), 15);
    CU_ASSERT_FALSE(null);
    CU_ASSERT_FALSE(heap_is_null(tuple, HEAP_COLUMN_TID, desc));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, heap_get(tuple, -7, desc, &null));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, heap_get(tuple, 0, desc, &null));
}

static void modify_replaces_some_and_keeps_the_place(void)
{
    TupleDesc *desc = desc_of(3, (const unsigned[]){3, 10, 3});
    const Datum values[] = {datum_of_i32(1), text_datum("abc"), datum_of_i32(3)};
    const Datum others[] = {datum_of_i32(4), 0, 0};
    const bool nulls[3] = {false}, other_nulls[] = {false, false, true};
    const bool replaces[] = {true, false, true};
    HeapTuple *tuple = heap_form(desc, values, nulls), *changed;
    Datum out[3];
    bool out_nulls[3];

    tuple->self = tid_make(1, 2);
    changed = heap_modify(tuple, desc, others, other_nulls, replaces);
    heap_deform(changed, desc, out, out_nulls);
    CU_ASSERT_EQUAL(datum_i32(out[0]), 4);
    CU_ASSERT_EQUAL(memcmp(datum_pointer(out[1]),
                           "\x09"
                           "abc",
                           4),
                    0);
    CU_ASSERT_TRUE(out_nulls[2]);
    CU_ASSERT_EQUAL(changed->self.offset, 2);
}

static void a_record_says_its_type_and_holds_nothing_external(void)
{
    TupleDesc *desc = desc_of(1, (const unsigned[]){10});
    const Datum value = text_datum("abc");
    const bool null = false;
    const uint8_t *record = datum_pointer(heap_to_record(heap_form(desc, &value, &null), desc));
    uint8_t pointer[TOAST_POINTER_SIZE];
    const Datum external = datum_of_pointer(pointer);
    HeapTuple *tuple;

    CU_ASSERT_EQUAL(varlena_size(record), 28);
    CU_ASSERT_EQUAL(load_u32(record + 4), UINT32_MAX);
    CU_ASSERT_EQUAL(load_u32(record + 8), 2249);

    toast_pointer_write(&(ToastPointer){.raw_size = 5, .stored_size = 5}, pointer);
    tuple = heap_form(desc, &external, &null);
    CU_ASSERT_EQUAL(((const HeapTupleHeader *)tuple->bytes)->infomask,
                    HEAP_HAS_VAR | HEAP_HAS_EXTERNAL);
    check_data(tuple, pointer, TOAST_POINTER_SIZE);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, heap_to_record(tuple, desc));
}

static void too_many_columns_are_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_TOO_MANY_COLUMNS,
                               "number of columns (1665) exceeds limit (1664)",
                               tuple_desc_new(1665));
}

static void types_that_cannot_be_are_refused(void)
{
    TupleDesc *desc = tuple_desc_new(1);

    tuple_desc_set(desc, 1, "c", 23, 3, true, 'i');
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, tuple_desc_finish(desc));
    tuple_desc_set(desc, 1, "c", 23, -3, false, 'i');
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, tuple_desc_finish(desc));
    tuple_desc_set(desc, 1, "c", 23, 4, true, 'x');
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, tuple_desc_finish(desc));
}

static void descriptions_differ_by_any_part(void)
{
    TupleDesc *a = desc_of(2, (const unsigned[]){3, 10}), *b = tuple_desc_copy(a);

    CU_ASSERT_TRUE(tuple_desc_equal(a, b));
    b->columns[1].collation = 100;
    CU_ASSERT_FALSE(tuple_desc_equal(a, b));
    CU_ASSERT_FALSE(tuple_desc_equal(a, desc_of(1, (const unsigned[]){3})));
    b = tuple_desc_copy(a);
    b->extra = mem_new(struct TupleExtra);
    CU_ASSERT_FALSE(tuple_desc_equal(a, b));
    a->extra = mem_new(struct TupleExtra);
    CU_ASSERT_TRUE(tuple_desc_equal(a, b));
    a->extra->has_not_null = true;
    CU_ASSERT_FALSE(tuple_desc_equal(a, b));
}

/* ---- Damage ---- */

static void damage_raises_and_reads_nothing_outside(void)
{
    TupleDesc *desc = desc_of(5, (const unsigned[]){3, 10, 4, 15, 1});
    Datum values[5] = {1, text_datum("abcdefgh"), 5, datum_of_pointer("xyz"), 7};
    bool nulls[5] = {false};
    HeapTuple *whole = heap_form(desc, values, nulls);

    /* Each length that is too short, in memory that ends right there. */
    for (uint32_t len = 0; len < whole->len; len++) {
        HeapTuple cut = {.len = len, .bytes = mem_dup(whole->bytes, size_max(len, 1))};

        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, heap_deform(&cut, desc, values, nulls));
        UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, heap_get(&cut, 5, desc, nulls));
        mem_free(cut.bytes);
    }
}

static void wild_bytes_never_lead_outside(void)
{
    Seed seed = seed_new("wild tuples");
    TupleDesc *desc = desc_of(8, (const unsigned[]){3, 10, 4, 11, 1, 14, 15, 6});
    volatile unsigned raised = 0, read = 0;

    for (unsigned round = 0; round < 20000; round++) {
        uint32_t len = (uint32_t)seed_below(&seed, 150);
        HeapTuple tuple = {.len = len, .bytes = mem_alloc(size_max(len, 1))};
        Datum values[8];
        bool nulls[8];

        seed_fill(&seed, tuple.bytes, len);
        if (len > 23 && round % 4 != 0) {
            tuple.bytes[22] = round % 3 == 0 ? 24 : 32;
            tuple.bytes[19] = 0;
        }
        ERR_TRY() {
            heap_deform(&tuple, desc, values, nulls);
            read++;
        }
        ERR_CATCH() {
            CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_DATA_CORRUPTED);
            raised++;
        }
        ERR_END();
        mem_free(tuple.bytes);
    }
    CU_ASSERT_TRUE(raised > 1000);
    CU_ASSERT_TRUE(read > 100);
}

/* ---- Random rows ---- */

static Datum random_value(Seed *seed, const TypeRow *t)
{
    uint8_t bytes[300];
    size_t len = seed_below(seed, seed_below(seed, 2) == 0 ? 8 : sizeof(bytes));

    seed_fill(seed, bytes, sizeof(bytes));
    if (t->by_value) {
        uint64_t n = seed_u64(seed);

        switch (t->len) {
        case 1:
            return datum_of_char((char)n);
        case 2:
            return datum_of_i16((int16_t)n);
        case 4:
            return datum_of_i32((int32_t)n);
        default:
            return n;
        }
    }
    if (t->len == -1)
        return datum_of_pointer(varlena_new(bytes, len));
    if (t->len == -2) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)(bytes[i] | 1);
        return datum_of_pointer(mem_strndup((const char *)bytes, len));
    }
    return datum_of_pointer(mem_dup(bytes, (size_t)t->len));
}

static bool value_is_same(Datum a, Datum b, const TypeRow *t)
{
    const uint8_t *x = datum_pointer(a), *y = datum_pointer(b);

    if (t->by_value)
        return a == b;
    if (t->len == -1)
        return varlena_len(x) == varlena_len(y) &&
               memcmp(varlena_bytes(x), varlena_bytes(y), varlena_len(x)) == 0;
    if (t->len == -2)
        return strcmp((const char *)x, (const char *)y) == 0;
    return memcmp(x, y, (size_t)t->len) == 0;
}

static void check_random_row(Seed *seed)
{
    unsigned rows[40] = {0}, count = (unsigned)seed_below(seed, 40), done = 0;
    Datum values[40], out[40];
    bool nulls[40], out_nulls[40], is_null;
    uint64_t null_share = seed_below(seed, 4); /* of 6 */
    TupleDesc *desc;
    HeapTuple *tuple;
    uint32_t offset = 0;

    for (unsigned i = 0; i < count; i++) {
        rows[i] = (unsigned)seed_below(seed, ARRAY_LEN(types));
        values[i] = random_value(seed, &types[rows[i]]);
        nulls[i] = seed_below(seed, 6) < null_share;
    }
    desc = desc_of(count, rows);
    tuple = heap_form(desc, values, nulls);
    while (done < count)
        heap_deform_some(tuple, desc, out, out_nulls, &done,
                         done + 1 + (unsigned)seed_below(seed, count - done), &offset);
    for (unsigned i = 0; i < count; i++) {
        CU_ASSERT_EQUAL_FATAL(out_nulls[i], nulls[i]);
        out[i] = nulls[i] ? 0 : out[i];
        CU_ASSERT_TRUE(nulls[i] || value_is_same(out[i], values[i], &types[rows[i]]));
        CU_ASSERT_EQUAL(heap_get(tuple, (int)i + 1, desc, &is_null), out[i]);
        CU_ASSERT_EQUAL(is_null, nulls[i]);
    }
}

static void random_rows_come_back_in_any_steps(void)
{
    Seed seed = seed_new("rows");
    MemContext *row_mem = mem_context_new(mem_current(), "row");

    for (unsigned i = 0; i < 3000; i++) {
        MEM_SCOPE(row_mem) {
            check_random_row(&seed);
        }
        mem_reset(row_mem);
    }
}

UNIT_SUITE(heap_form)
{
    UNIT_TEST(columns_are_aligned_and_text_is_short);
    UNIT_TEST(nulls_take_no_room_but_a_bit);
    UNIT_TEST(nine_columns_with_a_null_need_a_longer_header);
    UNIT_TEST(plain_storage_keeps_the_long_header);
    UNIT_TEST(columns_added_later_are_null_or_have_their_missing_value);
    UNIT_TEST(system_columns_come_from_the_header);
    UNIT_TEST(modify_replaces_some_and_keeps_the_place);
    UNIT_TEST(a_record_says_its_type_and_holds_nothing_external);
    UNIT_TEST(too_many_columns_are_refused);
    UNIT_TEST(types_that_cannot_be_are_refused);
    UNIT_TEST(descriptions_differ_by_any_part);
    UNIT_TEST(damage_raises_and_reads_nothing_outside);
    UNIT_TEST(wild_bytes_never_lead_outside);
    UNIT_TEST(random_rows_come_back_in_any_steps);
}
