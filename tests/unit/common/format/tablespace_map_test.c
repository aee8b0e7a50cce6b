/* tablespace_map_test.c - tablespace maps with paths of all kinds. */
#include "common/base/base.h"

#include "common/format/tablespace_map.h"
#include "tests/unit/unit.h"

/* Of a 15.20 server with a line end in one path and a backslash in the other. */
static const char *const map = "16453 /tmp/ts\\\nnl\n16452 /tmp/ts a\\\\b\n";

static void parse(const char *text, size_t len, Array *entries)
{
    array_init(entries, sizeof(TablespaceMapEntry));
    tablespace_map_parse(text, len, "tablespace_map", entries);
}

static void check_invalid(const char *text)
{
    Array entries;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid data in file \"tablespace_map\"",
                               parse(text, strlen(text), &entries));
}

static void escapes_are_undone(void)
{
    Array entries;
    const TablespaceMapEntry *first;

    parse(map, strlen(map), &entries);
    CU_ASSERT_EQUAL_FATAL(entries.count, 2);
    first = entries.items;
    CU_ASSERT_EQUAL(first[0].oid, 16453);
    CU_ASSERT_STRING_EQUAL(first[0].path, "/tmp/ts\nnl");
    CU_ASSERT_STRING_EQUAL(first[1].path, "/tmp/ts a\\b");
}

static void what_is_read_is_written(void)
{
    Array entries;
    StrBuf out;

    strbuf_init(&out);
    parse(map, strlen(map), &entries);
    tablespace_map_write(&entries, &out);
    CU_ASSERT_STRING_EQUAL(out.text, map);
    strbuf_clear(&out);
    ((TablespaceMapEntry *)entries.items)->path = (char[]){"a\rb"};
    entries.count = 1;
    tablespace_map_write(&entries, &out);
    CU_ASSERT_STRING_EQUAL(out.text, "16453 a\\\rb\n");
}

static void an_empty_map_has_no_entries(void)
{
    Array entries;

    parse("", 0, &entries);
    CU_ASSERT_EQUAL(entries.count, 0);
}

/* Seen on 15.20, which makes just these two links. */
static void a_map_edited_elsewhere_is_the_same_map(void)
{
    static const char text[] = "16400 /tmp/ts1\r\n\n16401 /tmp/ts2\r";
    const TablespaceMapEntry *first;
    Array entries;

    parse(text, strlen(text), &entries);
    CU_ASSERT_EQUAL_FATAL(entries.count, 2);
    first = entries.items;
    CU_ASSERT_STRING_EQUAL(first[0].path, "/tmp/ts1");
    CU_ASSERT_STRING_EQUAL(first[1].path, "/tmp/ts2");
}

static void malformed_lines_raise(void)
{
    Array entries;

    check_invalid("16453 /tmp/ts");
    check_invalid("16453 /tmp/ts\\");
    check_invalid("16453\n");
    check_invalid("16453 \n");
    check_invalid("x /tmp/ts\n");
    check_invalid("0 /tmp/ts\n");
    check_invalid("16453 /a\n16453 /b\n");
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, parse("1 /a\0b\n", 7, &entries));
}

UNIT_SUITE(tablespace_map)
{
    UNIT_TEST(escapes_are_undone);
    UNIT_TEST(what_is_read_is_written);
    UNIT_TEST(an_empty_map_has_no_entries);
    UNIT_TEST(a_map_edited_elsewhere_is_the_same_map);
    UNIT_TEST(malformed_lines_raise);
}
