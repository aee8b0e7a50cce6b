/* sort_support_test.c - values of the usual types in their opclass's order, and keys on columns. */
#include "common/base/base.h"

#include <math.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/access/common/scan_key.h"
#include "server/fmgr/varlena.h"
#include "tests/unit/unit.h"

#define NO_COLLATION 0

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Ranks agree with the comparison, from both ends. */
static void check_ranks(SortSupport *s, const Datum *values, size_t count)
{
    for (size_t i = 1; s->rank != NULL && i < count; i++) {
        uint64_t a = sort_rank(values[i - 1], false, s), b = sort_rank(values[i], false, s);

        CU_ASSERT_TRUE(a < b || (a == b && !s->is_rank_all));
        s->is_reverse = true;
        CU_ASSERT_TRUE(sort_rank(values[i - 1], false, s) >= sort_rank(values[i], false, s));
        s->is_reverse = false;
    }
}

/* Each value is less than the next; with itself, equal. */
static void check_ascending(Oid function, Oid collation, const Datum *values, size_t count)
{
    SortSupport s;

    sort_support_init(&s, function, collation);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            CU_ASSERT_EQUAL(sign(s.compare(values[i], values[j], &s)), (i > j) - (i < j));
    }
    check_ranks(&s, values, count);
}

static Datum text(const char *s)
{
    return datum_of_pointer(varlena_new(s, strlen(s)));
}

static Datum short_text(const char *s)
{
    uint8_t *v = mem_alloc(strlen(s) + 1);

    varlena_set_size_short(v, strlen(s) + 1);
    memcpy(v + 1, s, strlen(s));
    return datum_of_pointer(v);
}

static void integers(void)
{
    check_ascending(350, 0, (const Datum[]){datum_of_i16(INT16_MIN), datum_of_i16(-1), 0, 5}, 4);
    check_ascending(351, 0, (const Datum[]){datum_of_i32(INT32_MIN), datum_of_i32(-1), 0, 5}, 4);
    check_ascending(842, 0, (const Datum[]){datum_of_i64(INT64_MIN), datum_of_i64(-1), 0, 5}, 4);
    check_ascending(3251, 0, (const Datum[]){0, 5, UINT64_MAX}, 3);
}

/* As an OID above 2^31 looks when it was read from a tuple, and when it was made. */
static void oids_are_unsigned_however_their_datum_was_made(void)
{
    SortSupport s;

    check_ascending(356, 0, (const Datum[]){0, 5, datum_of_u32(3000000000U)}, 3);
    sort_support_init(&s, 356, 0);
    CU_ASSERT_EQUAL(s.compare(datum_of_u32(3000000000U), datum_of_i32((int32_t)3000000000U), &s),
                    0);
}

static void bytes_are_unsigned(void)
{
    check_ascending(358, 0, (const Datum[]){datum_of_char('a'), datum_of_char((char)0xF0)}, 2);
    check_ascending(1693, 0, (const Datum[]){datum_of_bool(false), datum_of_bool(true)}, 2);
}

static void floats_have_nan_at_the_end(void)
{
    SortSupport s;

    check_ascending(355, 0,
                    (const Datum[]){datum_of_f8(-INFINITY), datum_of_f8(-1.5), datum_of_f8(0),
                                    datum_of_f8(INFINITY), datum_of_f8(NAN)},
                    5);
    check_ascending(354, 0, (const Datum[]){datum_of_f4(-1.5F), datum_of_f4(2), datum_of_f4(NAN)},
                    3);
    sort_support_init(&s, 355, 0);
    CU_ASSERT_EQUAL(s.compare(datum_of_f8(-0.0), datum_of_f8(0.0), &s), 0);
    CU_ASSERT_EQUAL(sort_rank(datum_of_f8(-0.0), false, &s), sort_rank(datum_of_f8(0), false, &s));
    CU_ASSERT_EQUAL(sort_rank(datum_of_f8(-NAN), false, &s),
                    sort_rank(datum_of_f8(NAN), false, &s));
}

static void text_in_c_collation_goes_by_bytes(void)
{
    check_ascending(360, COLLATION_C,
                    (const Datum[]){text(""), text("B"), text("a"), text("aa"), text("aaaaaaaaa"),
                                    text("aaaaaaaab"), text("\xC3\xA4")},
                    7);
    check_ascending(360, COLLATION_POSIX, (const Datum[]){short_text("a"), text("ab")}, 2);
}

static void the_default_collation_is_c_only_when_the_database_says_so(void)
{
    SortCompare compare;

    CU_ASSERT_FALSE(sort_compare_find(360, COLLATION_DEFAULT, &compare));
    collation_set_default_is_c(true);
    CU_ASSERT_TRUE(sort_compare_find(360, COLLATION_DEFAULT, &compare));
    collation_set_default_is_c(false);
    CU_ASSERT_FALSE(sort_compare_find(360, 12345, &compare));
    UNIT_ASSERT_RAISES(SQLSTATE_INDETERMINATE_COLLATION,
                       sort_compare_find(360, NO_COLLATION, &compare));
}

static void blanks_at_the_end_of_char_do_not_count(void)
{
    SortSupport s;

    sort_support_init(&s, 1078, COLLATION_C);
    CU_ASSERT_EQUAL(s.compare(text("ab  "), text("ab"), &s), 0);
    CU_ASSERT_EQUAL(sort_rank(text("ab  "), false, &s), sort_rank(short_text("ab"), false, &s));
    CU_ASSERT_TRUE(s.compare(text("ab  "), text("ab c"), &s) < 0);
}

static Datum oids(uint32_t count, const Oid *values)
{
    uint8_t *v = mem_alloc(24 + count * sizeof(Oid));

    varlena_set_size(v, 24 + count * sizeof(Oid));
    memcpy(v + 24, values, count * sizeof(Oid));
    return datum_of_pointer(v);
}

static void shorter_oidvectors_come_first(void)
{
    check_ascending(404, 0,
                    (const Datum[]){oids(0, (const Oid[]){0}), oids(1, (const Oid[]){9}),
                                    oids(2, (const Oid[]){1, 3}), oids(2, (const Oid[]){1, 4}),
                                    oids(2, (const Oid[]){2, 0})},
                    5);
}

static void names_uuids_and_tids(void)
{
    char a[64] = "pg_class", b[64] = "pg_class_x";
    const uint8_t u[16] = {1}, w[16] = {1, 0, 0, 1};
    const Tid t[] = {tid_make(1, 9), tid_make(2, 3), tid_make(2, 4), tid_make(0x10000, 1)};

    check_ascending(359, COLLATION_C, (const Datum[]){datum_of_pointer(a), datum_of_pointer(b)}, 2);
    check_ascending(2960, 0, (const Datum[]){datum_of_pointer(u), datum_of_pointer(w)}, 2);
    check_ascending(2794, 0,
                    (const Datum[]){datum_of_pointer(&t[0]), datum_of_pointer(&t[1]),
                                    datum_of_pointer(&t[2]), datum_of_pointer(&t[3])},
                    4);
}

static Datum compare_backwards(FmgrCall *call)
{
    return datum_of_i32(fmgr_i32(call, 1) - fmgr_i32(call, 0));
}

static void other_orders_are_asked_by_call(void)
{
    const FmgrBuiltin rows[] = {{.oid = 20000, .name = "backwards", .fn = compare_backwards}};

    fmgr_set_builtins(rows, 1);
    check_ascending(20000, 0, (const Datum[]){5, 4, 1}, 3);
    fmgr_set_builtins(NULL, 0);
}

static void nulls_and_direction_are_applied_outside(void)
{
    SortSupport s;

    sort_support_init(&s, 351, 0);
    CU_ASSERT_EQUAL(sort_apply(1, false, 2, false, &s), -1);
    CU_ASSERT_EQUAL(sort_apply(1, false, 0, true, &s), -1);
    CU_ASSERT_EQUAL(sort_apply(0, true, 0, true, &s), 0);
    CU_ASSERT_EQUAL(sort_rank(0, true, &s), UINT64_MAX);
    s.is_reverse = s.nulls_first = true;
    CU_ASSERT_EQUAL(sort_apply(1, false, 2, false, &s), 1);
    CU_ASSERT_EQUAL(sort_apply(1, false, 0, true, &s), 1);
    CU_ASSERT_EQUAL(sort_apply(0, true, 1, false, &s), -1);
    CU_ASSERT_EQUAL(sort_rank(0, true, &s), 0);
}

static void keys_test_columns_by_strategy(void)
{
    const char expected[6][4] = {"", "100", "110", "010", "011", "001"};
    ScanKey key;

    for (int strategy = SCAN_LESS; strategy <= SCAN_MORE; strategy++) {
        scan_key_init(&key, 1, (ScanStrategy)strategy, 351, 0, datum_of_i32(5));
        for (int i = 0; i < 3; i++)
            CU_ASSERT_EQUAL(scan_key_test(&key, datum_of_i32(4 + i), false),
                            expected[strategy][i] == '1');
        CU_ASSERT_FALSE(scan_key_test(&key, 5, true));
        key.is_null = true;
        CU_ASSERT_FALSE(scan_key_test(&key, 5, false));
    }
    scan_key_init_null_test(&key, 1, true);
    CU_ASSERT_TRUE(scan_key_test(&key, 0, true));
    CU_ASSERT_FALSE(scan_key_test(&key, 0, false));
    scan_key_init_null_test(&key, 1, false);
    CU_ASSERT_TRUE(scan_key_test(&key, 0, false));
}

static void all_keys_must_match_a_tuple(void)
{
    TupleDesc *desc = tuple_desc_new(2);
    const Datum values[] = {datum_of_i32(5), text("abc")};
    const bool nulls[2] = {false};
    HeapTuple *tuple;
    ScanKey keys[2];

    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", 25, -1, false, 'i');
    tuple = heap_form(desc, values, nulls);
    scan_key_init(&keys[0], 1, SCAN_EQUAL, 351, 0, datum_of_i32(5));
    scan_key_init(&keys[1], 2, SCAN_EQUAL, 360, COLLATION_C, text("abc"));
    CU_ASSERT_TRUE(scan_keys_match(keys, 2, tuple, desc));
    keys[1].argument = text("abd");
    CU_ASSERT_FALSE(scan_keys_match(keys, 2, tuple, desc));
    CU_ASSERT_TRUE(scan_keys_match(keys, 1, tuple, desc));
}

UNIT_SUITE(sort_support)
{
    UNIT_TEST(integers);
    UNIT_TEST(oids_are_unsigned_however_their_datum_was_made);
    UNIT_TEST(bytes_are_unsigned);
    UNIT_TEST(floats_have_nan_at_the_end);
    UNIT_TEST(text_in_c_collation_goes_by_bytes);
    UNIT_TEST(the_default_collation_is_c_only_when_the_database_says_so);
    UNIT_TEST(blanks_at_the_end_of_char_do_not_count);
    UNIT_TEST(shorter_oidvectors_come_first);
    UNIT_TEST(names_uuids_and_tids);
    UNIT_TEST(other_orders_are_asked_by_call);
    UNIT_TEST(nulls_and_direction_are_applied_outside);
    UNIT_TEST(keys_test_columns_by_strategy);
    UNIT_TEST(all_keys_must_match_a_tuple);
}
