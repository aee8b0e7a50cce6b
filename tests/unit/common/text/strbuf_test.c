/* strbuf_test.c - a string that grows. */
#include "common/base/base.h"

#include <stdarg.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

static void pieces_of_all_kinds_are_put_together(void)
{
    StrBuf b;

    strbuf_init(&b);
    CU_ASSERT_STRING_EQUAL(b.text, "");
    strbuf_add(&b, "ab");
    strbuf_add_char(&b, 'c');
    strbuf_add_chars(&b, '-', 3);
    strbuf_add_bytes(&b, "x\0y", 3);
    strbuf_add_bytes(&b, NULL, 0);
    strbuf_add_hex(&b, "\x01\xFE", 2);
    strbuf_add_fmt(&b, "<%d>", 42);
    CU_ASSERT_EQUAL(b.len, 17);
    CU_ASSERT_EQUAL(memcmp(b.text, "abc---x\0y01fe<42>", 18), 0);
    strbuf_cut(&b, 3);
    CU_ASSERT_STRING_EQUAL(b.text, "abc");
    strbuf_clear(&b);
    CU_ASSERT_EQUAL(b.len, 0);
    CU_ASSERT_STRING_EQUAL(b.text, "");
}

static void it_grows_by_every_way_of_adding(void)
{
    StrBuf b;
    char *big = mem_alloc(1001);

    memset(big, 'x', 1000);
    for (size_t first = 100; first < 140; first++) {
        strbuf_init(&b);
        strbuf_add_chars(&b, 'a', first);
        strbuf_add(&b, big);
        strbuf_add_fmt(&b, "%s%s", big, big);
        strbuf_add_hex(&b, big, 1000);
        CU_ASSERT_EQUAL(b.len, first + 5000);
        CU_ASSERT_EQUAL(strlen(b.text), b.len);
        CU_ASSERT_EQUAL(b.text[first - 1], 'a');
        CU_ASSERT_EQUAL(b.text[first + 2999], 'x');
        CU_ASSERT_EQUAL(b.text[first + 3000], '7');
    }
}

static void a_reserved_place_may_be_written_by_hand(void)
{
    StrBuf b;
    char *at;

    strbuf_init(&b);
    strbuf_add(&b, "ab");
    at = strbuf_reserve(&b, 500);
    CU_ASSERT_PTR_EQUAL(at, b.text + 2);
    memset(at, 'x', 500);
    b.len += 500;
    strbuf_add(&b, "end");
    CU_ASSERT_EQUAL(b.len, 505);
    CU_ASSERT_STRING_EQUAL(b.text + 500, "xxend");
}

static void it_belongs_to_the_context_of_its_beginning(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "other");
    StrBuf b;

    strbuf_init(&b);
    MEM_SCOPE(ctx) {
        strbuf_add_chars(&b, 'x', 10000);
    }
    mem_delete(ctx);
    strbuf_add_char(&b, 'y');
    CU_ASSERT_EQUAL(b.text[9999], 'x');
}

static void a_text_that_cannot_grow_is_as_it_was(void)
{
    static const wchar_t not_a_character[] = {0x110000, 0};
    StrBuf b;

    strbuf_init(&b);
    strbuf_add(&b, "abc");
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, strbuf_reserve(&b, SIZE_MAX));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, strbuf_reserve(&b, SIZE_MAX / 2));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, strbuf_add_hex(&b, "", SIZE_MAX / 2 + 1));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, strbuf_add_fmt(&b, "%ls", not_a_character));
    CU_ASSERT_EQUAL(b.len, 3);
    CU_ASSERT_EQUAL(b.room, 128);
    strbuf_add(&b, "d");
    CU_ASSERT_STRING_EQUAL(b.text, "abcd");
}

static void a_process_can_limit_its_texts(void)
{
    StrBuf b;

    strbuf_set_max(1000);
    strbuf_init(&b);
    strbuf_add_chars(&b, 'x', 900);
    strbuf_add_chars(&b, 'x', 99);
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, strbuf_add_char(&b, 'x'));
    strbuf_set_max(SIZE_MAX);
    strbuf_add_char(&b, 'x');
    CU_ASSERT_EQUAL(b.len, 1000);
}

UNIT_SUITE(strbuf)
{
    UNIT_TEST(pieces_of_all_kinds_are_put_together);
    UNIT_TEST(it_grows_by_every_way_of_adding);
    UNIT_TEST(a_reserved_place_may_be_written_by_hand);
    UNIT_TEST(it_belongs_to_the_context_of_its_beginning);
    UNIT_TEST(a_text_that_cannot_grow_is_as_it_was);
    UNIT_TEST(a_process_can_limit_its_texts);
}
