/* mem_test.c - memory contexts: what is zero, what is kept, what goes when. */
#include "common/base/base.h"

#include <pthread.h>
#include <signal.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/lib/child.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

static bool is_all(const char *p, char c, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (p[i] != c)
            return false;
    return true;
}

/* ---- allocation ---- */

static void memory_is_zero_aligned_and_writable(void)
{
    static const size_t sizes[] = {0,    1,    15,   16,   17,   31,     100,    4095,
                                   8175, 8176, 8191, 8192, 8193, 100000, 3000000};

    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
            char *p = mem_alloc(sizes[i]);

            CU_ASSERT_EQUAL((uintptr_t)p % 16, 0);
            CU_ASSERT_TRUE(is_all(p, 0, sizes[i]));
            memset(p, 'x', sizes[i]);
            if (round > 0)
                mem_free(p);
        }
    mem_free(NULL);
}

static void freed_memory_is_used_again_and_zero(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "again");
    size_t size;

    MEM_SCOPE(ctx) {
        mem_free(mem_alloc(100));
        size = mem_context_size(ctx);
        for (int i = 0; i < 1000; i++) {
            char *p = mem_alloc(120);

            CU_ASSERT_TRUE(is_all(p, 0, 120));
            memset(p, 'x', 120);
            mem_free(p);
        }
        CU_ASSERT_EQUAL(mem_context_size(ctx), size);
        for (int i = 0; i < 100; i++)
            mem_free(mem_alloc(1000000));
        CU_ASSERT_EQUAL(mem_context_size(ctx), size);
    }
    mem_delete(ctx);
}

static void large_chunks_go_in_any_order(void)
{
    char *a = mem_alloc(20000), *b = mem_alloc(20000), *c = mem_alloc(20000);

    mem_free(b);
    mem_free(a);
    mem_free(c);
    a = mem_alloc(20000);
    b = mem_alloc(20000);
    mem_free(b);
    mem_free(a);
}

static void aligned_memory_is_aligned(void)
{
    for (size_t align = 1; align <= MIB(1); align *= 4) {
        char *p = mem_alloc_aligned(8192, align);
        char *small = mem_alloc_aligned(1, align);

        CU_ASSERT_EQUAL((uintptr_t)p % align, 0);
        CU_ASSERT_EQUAL((uintptr_t)small % align, 0);
        memset(p, 'x', 8192);
        mem_free(p);
        mem_free(small);
    }
}

/* Sizes the compiler does not know, or it would complain. */
static volatile size_t huge = SIZE_MAX;

static void impossible_sizes_raise(void)
{
    char *volatile p = mem_alloc(20000);

    memset(p, 'x', 20000);
    for (volatile int i = 0; i < 40; i++)
        UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, mem_alloc(huge - (size_t)i));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, mem_alloc(huge / 2));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, mem_alloc_aligned(huge, 8192));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, mem_realloc(p, huge));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                       p = (char *)mem_new_array(uint64_t, huge / 8 + 1));
    CU_ASSERT_TRUE(is_all(p, 'x', 20000));
}

static void memory_that_is_not_there_raises(void)
{
#ifdef HOLDFAST_SANITIZE
    unit_skip("the address sanitizer ends the process when memory runs out");
#else
    char *p = mem_alloc(100);

    memset(p, 'x', 100);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OUT_OF_MEMORY, "out of memory",
                               mem_alloc((huge >> 9) - 100));
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY, mem_realloc(p, (huge >> 9) - 100));
    CU_ASSERT_TRUE(is_all(p, 'x', 100));
#endif
}

/* ---- realloc ---- */

static void new_bytes_are_zero_also_after_shrinking(void)
{
    static const size_t sizes[] = {1, 7, 16, 40, 100, 500, 3000, 9000, 20000, 100000, 1000000};

    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        for (size_t j = 0; j < ARRAY_LEN(sizes); j++) {
            char *p = mem_alloc(sizes[i]);
            size_t kept = size_min(sizes[i], sizes[j]);

            memset(p, 'x', sizes[i]);
            p = mem_realloc(p, sizes[j]);
            CU_ASSERT_TRUE(is_all(p, 'x', kept));
            CU_ASSERT_TRUE(is_all(p + kept, 0, sizes[j] - kept));
            p = mem_realloc(p, sizes[i]);
            CU_ASSERT_TRUE(is_all(p, 'x', kept));
            CU_ASSERT_TRUE(is_all(p + kept, 0, sizes[i] - kept));
            CU_ASSERT_EQUAL((uintptr_t)p % 16, 0);
            mem_free(p);
        }
    CU_ASSERT_TRUE(is_all(mem_realloc(NULL, 50), 0, 50));
}

static void a_chunk_that_shrinks_much_gives_memory_back(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "shrink");
    char *p;

    MEM_SCOPE(ctx) {
        p = mem_alloc(10000000);
        memset(p, 'x', 10000000);
        p = mem_realloc(p, 10);
        CU_ASSERT_TRUE(is_all(p, 'x', 10));
        CU_ASSERT_TRUE(mem_context_size(ctx) < 100000);
    }
    mem_delete(ctx);
}

static void a_chunk_grows_in_its_own_context(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "own");
    char *p = mem_alloc_in(ctx, 10);

    p = mem_realloc(p, 100000);
    CU_ASSERT_TRUE(mem_context_size(ctx) >= 100000);
    p[99999] = 'x';
    mem_delete(ctx);
}

static void a_random_life_keeps_every_byte(void)
{
    Seed seed = seed_new("mem");
    struct {
        char *p;
        size_t size;
    } chunks[50] = {{NULL, 0}};

    for (int step = 0; step < 20000; step++) {
        size_t i = seed_below(&seed, ARRAY_LEN(chunks));
        size_t size = seed_below(&seed, seed_below(&seed, 20) == 0 ? 40000 : 300);

        if (!is_all(chunks[i].p, (char)('a' + i), chunks[i].size)) {
            CU_FAIL("a byte has changed");
            return;
        }
        if (seed_below(&seed, 3) == 0) {
            mem_free(chunks[i].p);
            chunks[i].p = NULL;
            chunks[i].size = 0;
        } else {
            size_t before = chunks[i].size;

            chunks[i].p = mem_realloc(chunks[i].p, size);
            if (size > before && !is_all(chunks[i].p + before, 0, size - before))
                CU_FAIL("a new byte is not zero");
            memset(chunks[i].p, 'a' + (int)i, size);
            chunks[i].size = size;
        }
    }
}

/* ---- contexts ---- */

static void a_reset_context_holds_one_block_and_no_children(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "reset");
    size_t empty = mem_context_size(ctx);
    size_t first;

    mem_reset(ctx);
    CU_ASSERT_EQUAL(mem_context_size(ctx), empty);
    mem_alloc_in(ctx, 1);
    first = mem_context_size(ctx);
    for (int i = 0; i < 10000; i++)
        mem_alloc_in(ctx, 100);
    mem_alloc_in(ctx, 1000000);
    mem_alloc_in(mem_context_new(mem_context_new(ctx, "child"), "grandchild"), 5000);
    CU_ASSERT_TRUE(mem_context_size(ctx) > 2000000);
    mem_reset(ctx);
    CU_ASSERT_TRUE(mem_context_size(ctx) <= first);
    CU_ASSERT_TRUE(is_all(mem_alloc_in(ctx, 8000), 0, 8000));
    mem_delete(ctx);
}

static void siblings_are_deleted_in_any_order(void)
{
    MemContext *parent = mem_context_new(mem_current(), "parent");
    MemContext *a = mem_context_new(parent, "a");
    MemContext *b = mem_context_new(parent, "b");
    MemContext *c = mem_context_new(parent, "c");
    size_t size;

    mem_delete(b);
    size = mem_context_size(parent);
    mem_alloc_in(a, 10);
    mem_alloc_in(c, 10);
    CU_ASSERT_TRUE(mem_context_size(parent) > size);
    mem_delete(a);
    mem_delete(c);
    CU_ASSERT_PTR_NOT_NULL(mem_context_new(parent, "d"));
    mem_delete(parent);
}

static void scopes_nest_and_come_back(void)
{
    MemContext *before = mem_current();
    MemContext *ctx = mem_context_new(before, "scope");

    MEM_SCOPE(ctx) {
        CU_ASSERT_PTR_EQUAL(mem_current(), ctx);
        CU_ASSERT_PTR_EQUAL(mem_switch(before), ctx);
        CU_ASSERT_PTR_EQUAL(mem_switch(ctx), before);
    }
    CU_ASSERT_PTR_EQUAL(mem_current(), before);
}

/* ---- callbacks ---- */

static StrBuf *called;

static void note(void *arg)
{
    strbuf_add(called, arg);
}

static char *word(const char *text)
{
    return mem_strdup(text);
}

static void callbacks_run_newest_first_and_children_before_parents(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "parent");
    MemContext *child = mem_context_new(ctx, "child");
    StrBuf text;

    strbuf_init(&text);
    called = &text;
    mem_on_reset(ctx, note, word("a"));
    mem_on_reset(child, note, word("c"));
    mem_on_reset(ctx, note, word("b"));
    mem_reset(ctx);
    CU_ASSERT_STRING_EQUAL(text.text, "cba");
    mem_reset(ctx);
    mem_delete(ctx);
    CU_ASSERT_STRING_EQUAL(text.text, "cba");
}

static void those_before_run_while_all_below_is_there(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "parent");
    MemContext *user = mem_context_new(ctx, "user");
    MemContext *used = mem_context_new(ctx, "used"); /* deleted first, being newer */
    StrBuf text;

    strbuf_init(&text);
    called = &text;
    mem_on_reset(used, note, word("used "));
    mem_on_reset(ctx, note, word("parent "));
    mem_before_reset(user, note, word("before "));
    mem_delete(ctx);
    CU_ASSERT_STRING_EQUAL(text.text, "before used parent ");
}

static void a_callback_that_is_taken_back_does_not_run(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "parent");
    MemCallback *first, *middle, *last;
    StrBuf text;

    strbuf_init(&text);
    called = &text;
    first = mem_on_reset(ctx, note, word("1"));
    middle = mem_on_reset(ctx, note, word("2"));
    mem_on_reset(ctx, note, word("3"));
    last = mem_on_reset(ctx, note, word("4"));
    mem_off_reset(ctx, middle);
    mem_off_reset(ctx, last);
    mem_off_reset(ctx, first);
    mem_off_reset(ctx, mem_before_reset(ctx, note, word("5")));
    mem_delete(ctx);
    CU_ASSERT_STRING_EQUAL(text.text, "3");
}

static struct {
    MemContext *ctx;
    MemCallback *own, *other;
} busy;

static void take_back_both(void *arg)
{
    note(arg);
    mem_off_reset(busy.ctx, busy.other);
    mem_off_reset(busy.ctx, busy.own);
}

static void a_callback_may_take_itself_and_others_back(void)
{
    StrBuf text;

    strbuf_init(&text);
    called = &text;
    busy.ctx = mem_context_new(mem_current(), "busy");
    mem_on_reset(busy.ctx, note, word("last"));
    busy.other = mem_on_reset(busy.ctx, note, word("never"));
    busy.own = mem_on_reset(busy.ctx, take_back_both, word("first "));
    mem_delete(busy.ctx);
    CU_ASSERT_STRING_EQUAL(text.text, "first last");
}

/* ---- texts and sizes ---- */

static void copies_are_copies(void)
{
    char text[] = "hello";
    char *dup = mem_strdup(text), *part = mem_strndup(text, 2), *bytes = mem_dup(text, 3);

    text[0] = 'x';
    CU_ASSERT_STRING_EQUAL(dup, "hello");
    CU_ASSERT_STRING_EQUAL(part, "he");
    CU_ASSERT_EQUAL(memcmp(bytes, "hel", 3), 0);
    CU_ASSERT_PTR_NOT_NULL(mem_dup(NULL, 0));
    CU_ASSERT_STRING_EQUAL(mem_strdup_in(mem_current(), ""), "");
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, mem_strndup(text, huge));
}

static void printf_makes_room_for_all(void)
{
    char *text = mem_printf("%s-%05d", "a", 42);
    char *big = mem_printf("%*d", 100000, 7);

    CU_ASSERT_STRING_EQUAL(text, "a-00042");
    CU_ASSERT_EQUAL(strlen(big), 100000);
    CU_ASSERT_STRING_EQUAL(mem_printf("%s", ""), "");
}

static void a_text_that_cannot_be_formatted_raises(void)
{
    static const wchar_t not_a_character[] = {0x110000, 0};

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "could not format a text",
                               mem_printf("%ls", not_a_character));
}

static void sizes_are_checked(void)
{
    CU_ASSERT_EQUAL(size_add(SIZE_MAX - 1, 1), SIZE_MAX);
    CU_ASSERT_EQUAL(size_mul(SIZE_MAX, 1), SIZE_MAX);
    CU_ASSERT_EQUAL(size_mul(SIZE_MAX, 0), 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, "a size exceeds the address space",
                               size_add(SIZE_MAX, 1));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, size_mul(SIZE_MAX / 2 + 1, 2));
}

/* ---- threads ---- */

static void *use_own_root(void *arg)
{
    MemContext **root = arg;

    *root = mem_root();
    CU_ASSERT_PTR_EQUAL(mem_current(), *root);
    mem_alloc(100);
    mem_context_new(NULL, "below the root");
    mem_thread_end();
    mem_thread_end();
    return NULL;
}

static void each_thread_has_a_root_that_ends_with_it(void)
{
    pthread_t thread;
    MemContext *root = NULL;

    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, use_own_root, &root), 0);
    pthread_join(thread, NULL);
    CU_ASSERT_PTR_NOT_NULL(root);
    CU_ASSERT_PTR_NOT_EQUAL(root, mem_root());
}

#ifdef HOLDFAST_DEBUG
static void free_twice(void *arg)
{
    char *p = mem_alloc(arg == NULL ? 0 : 10);

    mem_free(p);
    mem_free(p);
}

static void delete_current(void *arg)
{
    MemContext *ctx = mem_context_new(NULL, "x");

    (void)arg;
    mem_switch(mem_context_new(ctx, "below"));
    mem_delete(ctx);
}

static void misuse_is_an_assertion(void)
{
    CU_ASSERT_EQUAL(child_run(free_twice, NULL).signal_no, SIGABRT);
    CU_ASSERT_EQUAL(child_run(delete_current, NULL).signal_no, SIGABRT);
}

static void freed_memory_is_filled(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "fill");
    char *p = mem_alloc_in(ctx, 0);

    (void)p;
# ifndef HOLDFAST_SANITIZE
    p = mem_alloc_in(ctx, 100);
    mem_reset(ctx);
    CU_ASSERT_TRUE(is_all(p, 0x7F, 100));
# endif
    mem_delete(ctx);
}
#endif

static void a_context_can_be_given_another_parent(void)
{
    MemContext *trial = mem_context_new(mem_current(), "trial");
    MemContext *kept = mem_context_new(mem_current(), "kept");
    MemContext *a = mem_context_new(trial, "a");
    MemContext *b = mem_context_new(trial, "b");
    MemContext *c = mem_context_new(trial, "c");
    char *text = mem_strdup_in(b, "stays");

    mem_set_parent(b, kept);
    mem_delete(trial);
    CU_ASSERT_STRING_EQUAL(text, "stays");
    CU_ASSERT_TRUE(mem_context_size(kept) >= mem_context_size(b));
    mem_delete(kept);
    (void)a;
    (void)c;
}

UNIT_SUITE(mem)
{
    UNIT_TEST(memory_is_zero_aligned_and_writable);
    UNIT_TEST(freed_memory_is_used_again_and_zero);
    UNIT_TEST(large_chunks_go_in_any_order);
    UNIT_TEST(aligned_memory_is_aligned);
    UNIT_TEST(impossible_sizes_raise);
    UNIT_TEST(memory_that_is_not_there_raises);
    UNIT_TEST(new_bytes_are_zero_also_after_shrinking);
    UNIT_TEST(a_chunk_that_shrinks_much_gives_memory_back);
    UNIT_TEST(a_chunk_grows_in_its_own_context);
    UNIT_TEST(a_random_life_keeps_every_byte);
    UNIT_TEST(a_reset_context_holds_one_block_and_no_children);
    UNIT_TEST(siblings_are_deleted_in_any_order);
    UNIT_TEST(scopes_nest_and_come_back);
    UNIT_TEST(callbacks_run_newest_first_and_children_before_parents);
    UNIT_TEST(those_before_run_while_all_below_is_there);
    UNIT_TEST(a_callback_that_is_taken_back_does_not_run);
    UNIT_TEST(a_callback_may_take_itself_and_others_back);
    UNIT_TEST(copies_are_copies);
    UNIT_TEST(printf_makes_room_for_all);
    UNIT_TEST(a_text_that_cannot_be_formatted_raises);
    UNIT_TEST(sizes_are_checked);
    UNIT_TEST(each_thread_has_a_root_that_ends_with_it);
#ifdef HOLDFAST_DEBUG
    UNIT_TEST(misuse_is_an_assertion);
    UNIT_TEST(freed_memory_is_filled);
#endif
    UNIT_TEST(a_context_can_be_given_another_parent);
}
