/* index_form_test.c - index tuples: header, bitmap, compression, truncation. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/access/common/index_form.h"
#include "server/fmgr/varlena.h"
#include "tests/unit/unit.h"

static TupleDesc *int_text_desc(void)
{
    TupleDesc *desc = tuple_desc_new(2);

    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", 25, -1, false, 'i');
    return desc;
}

static Datum text_of(char c, size_t len)
{
    char *text = mem_alloc(len);

    memset(text, c, len);
    return datum_of_pointer(varlena_new(text, len));
}

static void data_begin_at_8_and_sizes_are_rounded(void)
{
    const Datum values[] = {datum_of_i32(5), text_of('x', 2)};
    const bool nulls[2] = {false};
    TupleDesc *desc = int_text_desc();
    IndexTuple *tuple = index_form(desc, values, nulls);
    bool is_null;

    CU_ASSERT_EQUAL(tuple->info, 16 | INDEX_HAS_VAR);
    CU_ASSERT_EQUAL(memcmp(tuple + 1, "\5\0\0\0\7xx\0", 8), 0);
    CU_ASSERT_EQUAL(datum_i32(index_get(tuple, 1, desc, &is_null)), 5);
    CU_ASSERT_FALSE(is_null);
    CU_ASSERT_EQUAL(varlena_len(datum_varlena(index_get(tuple, 2, desc, &is_null))), 2);
}

static void with_a_null_data_begin_at_16(void)
{
    const Datum values[] = {0, text_of('x', 2)};
    const bool nulls[2] = {true, false};
    TupleDesc *desc = int_text_desc();
    IndexTuple *tuple = index_form(desc, values, nulls);
    Datum out[2];
    bool out_nulls[2];

    CU_ASSERT_EQUAL(tuple->info, 24 | INDEX_HAS_VAR | INDEX_HAS_NULLS);
    CU_ASSERT_EQUAL(memcmp(tuple + 1, "\2\0\0\0\0\0\0\0\7xx\0\0\0\0\0", 16), 0);
    index_deform(tuple, desc, out, out_nulls);
    CU_ASSERT_TRUE(out_nulls[0]);
    CU_ASSERT_FALSE(out_nulls[1]);
}

static void long_values_are_compressed_where_storage_allows(void)
{
    const bool nulls[2] = {false};
    Datum values[] = {datum_of_i32(5), text_of('x', 506)};
    TupleDesc *desc = int_text_desc();
    bool is_null;

    CU_ASSERT_EQUAL(index_tuple_size(index_form(desc, values, nulls)), 528);
    values[1] = text_of('x', 507);
    CU_ASSERT_TRUE(index_tuple_size(index_form(desc, values, nulls)) < 100);
    CU_ASSERT_TRUE(varlena_is_compressed(
        datum_varlena(index_get(index_form(desc, values, nulls), 2, desc, &is_null))));
    desc->columns[1].compression = 'l';
    CU_ASSERT_TRUE(index_tuple_size(index_form(desc, values, nulls)) < 100);
    desc->columns[1].storage = 'e';
    CU_ASSERT_EQUAL(index_tuple_size(index_form(desc, values, nulls)), 528);
    values[1] = text_of('x', 9000);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                               "index row requires 9016 bytes, maximum size is 8191",
                               index_form(desc, values, nulls));
}

static void truncation_keeps_leading_columns_and_the_tid(void)
{
    const Datum values[] = {0, text_of('x', 2)};
    const bool nulls[2] = {true, false};
    TupleDesc *desc = int_text_desc();
    IndexTuple *tuple = index_form(desc, values, nulls), *cut;

    tuple->tid = tid_make(3, 4);
    cut = index_truncate(tuple, desc, 1);
    CU_ASSERT_EQUAL(cut->info, 16 | INDEX_HAS_NULLS);
    CU_ASSERT_EQUAL(cut->tid.offset, 4);
    cut = index_truncate(tuple, desc, 0);
    CU_ASSERT_EQUAL(cut->info, 8);
    cut = index_truncate(tuple, desc, 2);
    CU_ASSERT_EQUAL(memcmp(cut, tuple, index_tuple_size(tuple)), 0);
}

static void too_many_columns_and_damage_raise(void)
{
    TupleDesc *desc = tuple_desc_new(33);
    Datum values[33] = {0};
    bool nulls[33] = {false};
    IndexTuple *tuple = mem_alloc(24);

    for (unsigned i = 1; i <= 33; i++)
        tuple_desc_set(desc, i, "c", 23, 4, true, 'i');
    UNIT_ASSERT_RAISES(SQLSTATE_TOO_MANY_COLUMNS, index_form(desc, values, nulls));

    tuple->info = 7;
    UNIT_ASSERT_RAISES(SQLSTATE_INDEX_CORRUPTED, index_get(tuple, 1, desc, nulls));
    tuple->info = 24;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, index_deform(tuple, desc, values, nulls));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, index_get(tuple, 5, desc, nulls));
}

UNIT_SUITE(index_form)
{
    UNIT_TEST(data_begin_at_8_and_sizes_are_rounded);
    UNIT_TEST(with_a_null_data_begin_at_16);
    UNIT_TEST(long_values_are_compressed_where_storage_allows);
    UNIT_TEST(truncation_keeps_leading_columns_and_the_tid);
    UNIT_TEST(too_many_columns_and_damage_raise);
}
