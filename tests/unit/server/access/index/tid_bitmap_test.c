/* tid_bitmap_test.c - sets of rows, held against a plain array of bits */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/access/index/tid_bitmap.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define BLOCKS 2000
#define LINES  100
#define ROOMY  MIB(1)

typedef struct Model {
    bool has[BLOCKS][LINES + 1];
    bool needs_recheck[BLOCKS], is_lossy[BLOCKS];
} Model;

static Model a, b;

static void fill(TidBitmap *bitmap, Model *m, Seed *seed, unsigned count)
{
    memset(m, 0, sizeof(*m));
    for (unsigned i = 0; i < count; i++) {
        BlockNo block = (BlockNo)seed_below(seed, BLOCKS);
        OffsetNo offnum = (OffsetNo)(1 + seed_below(seed, LINES));
        bool needs_recheck = seed_below(seed, 20) == 0;

        if (seed_below(seed, 50) == 0) {
            tid_bitmap_add_page(bitmap, block);
            m->is_lossy[block] = true;
            continue;
        }
        tid_bitmap_add(bitmap, tid_make(block, offnum), needs_recheck);
        m->has[block][offnum] = true;
        m->needs_recheck[block] |= needs_recheck && !m->is_lossy[block];
    }
}

static bool has_any(const Model *m, BlockNo block)
{
    return m->is_lossy[block] || memchr(m->has[block], true, sizeof(m->has[block])) != NULL;
}

/* What is wrong with what is read. may_be_lossy: there was too little memory. */
static unsigned count_wrong(TidBitmap *bitmap, const Model *m, bool may_be_lossy, unsigned *lossy)
{
    TidBitmapReader reader = {.page = 0};
    TidBitmapPage page;
    unsigned wrong = 0;
    BlockNo next = 0;

    *lossy = 0;
    while (tid_bitmap_next(bitmap, &reader, &page)) {
        for (; next < page.block; next++)
            wrong += has_any(m, next);
        if (page.block >= BLOCKS || page.block < next)
            return wrong + 1;
        next = page.block + 1;
        if (page.is_lossy) {
            *lossy += 1;
            wrong += !page.needs_recheck;
            wrong += !may_be_lossy && !m->is_lossy[page.block];
            continue;
        }
        wrong += m->is_lossy[page.block] || page.count == 0;
        wrong += page.needs_recheck != m->needs_recheck[page.block];
        for (unsigned i = 0, offnum = 1; offnum <= LINES; offnum++) {
            if (!m->has[page.block][offnum])
                continue;
            wrong += i >= page.count || page.offnums[i] != offnum;
            i++;
        }
    }
    for (; next < BLOCKS; next++)
        wrong += has_any(m, next);
    return wrong;
}

static void rows_come_in_the_order_of_blocks(void)
{
    Seed seed = seed_new("tid_bitmap");
    unsigned lossy;

    for (unsigned round = 0; round < 10; round++) {
        TidBitmap *bitmap = tid_bitmap_new(ROOMY);

        CU_ASSERT_TRUE(tid_bitmap_is_empty(bitmap));
        fill(bitmap, &a, &seed, 100 + 900 * round);
        CU_ASSERT_FALSE(tid_bitmap_is_empty(bitmap));
        CU_ASSERT_EQUAL(count_wrong(bitmap, &a, false, &lossy), 0);
        tid_bitmap_free(bitmap);
    }
}

static void pages_become_lossy_when_memory_is_short(void)
{
    Seed seed = seed_new("tid_bitmap lossy");
    TidBitmap *bitmap = tid_bitmap_new(16 * 1024);
    unsigned lossy;

    fill(bitmap, &a, &seed, 20000);
    memset(a.needs_recheck, 0, sizeof(a.needs_recheck));
    for (BlockNo block = 0; block < BLOCKS; block++)
        a.is_lossy[block] = false;
    count_wrong(bitmap, &a, true, &lossy);
    CU_ASSERT_TRUE(lossy > BLOCKS - 16 * 1024 / 64 - 1);
    CU_ASSERT_TRUE(lossy < BLOCKS);
    tid_bitmap_free(bitmap);
}

static void two_are_united(void)
{
    Seed seed = seed_new("tid_bitmap unite");
    TidBitmap *one = tid_bitmap_new(ROOMY), *other = tid_bitmap_new(ROOMY);
    unsigned lossy;

    fill(one, &a, &seed, 1000);
    fill(other, &b, &seed, 1500);
    tid_bitmap_unite(one, other);
    for (BlockNo block = 0; block < BLOCKS; block++) {
        for (unsigned i = 0; i <= LINES; i++)
            a.has[block][i] |= b.has[block][i];
        a.needs_recheck[block] |= b.needs_recheck[block];
        a.is_lossy[block] |= b.is_lossy[block];
    }
    CU_ASSERT_EQUAL(count_wrong(one, &a, false, &lossy), 0);
    CU_ASSERT_TRUE(lossy > 0);
    tid_bitmap_free(one);
    tid_bitmap_free(other);
}

static void what_two_share_is_found(void)
{
    Seed seed = seed_new("tid_bitmap intersect");
    TidBitmap *one = tid_bitmap_new(ROOMY), *other = tid_bitmap_new(ROOMY);
    unsigned lossy;

    fill(one, &a, &seed, 60000);
    fill(other, &b, &seed, 90000);
    tid_bitmap_intersect(one, other);
    for (BlockNo block = 0; block < BLOCKS; block++) {
        if (a.is_lossy[block]) {
            a.is_lossy[block] = has_any(&b, block);
            memset(a.has[block], 0, sizeof(a.has[block]));
            continue;
        }
        a.needs_recheck[block] |= b.is_lossy[block] || b.needs_recheck[block];
        for (unsigned i = 0; i <= LINES; i++)
            a.has[block][i] &= b.is_lossy[block] || b.has[block][i];
    }
    CU_ASSERT_EQUAL(count_wrong(one, &a, false, &lossy), 0);
    tid_bitmap_free(one);
    tid_bitmap_free(other);
}

static void nothing_is_shared_with_nothing(void)
{
    TidBitmap *one = tid_bitmap_new(ROOMY), *other = tid_bitmap_new(ROOMY);
    TidBitmapReader reader = {.page = 0};
    TidBitmapPage page;

    tid_bitmap_add(one, tid_make(7, 3), false);
    tid_bitmap_add_page(one, 300);
    tid_bitmap_intersect(one, other);
    CU_ASSERT_TRUE(tid_bitmap_is_empty(one));
    tid_bitmap_add(one, tid_make(7, 291), false);
    CU_ASSERT_TRUE(tid_bitmap_next(one, &reader, &page));
    CU_ASSERT_TRUE(page.block == 7 && page.count == 1 && page.offnums[0] == 291);
    CU_ASSERT_FALSE(tid_bitmap_next(one, &reader, &page));
    tid_bitmap_free(one);
    tid_bitmap_free(other);
}

static void a_reader_goes_ahead_of_another(void)
{
    TidBitmap *bitmap = tid_bitmap_new(ROOMY);
    TidBitmapReader reader = {.page = 0}, ahead = {.page = 0};
    TidBitmapPage page;
    BlockNo block;

    for (BlockNo i = 0; i < 600; i += 3)
        tid_bitmap_add(bitmap, tid_make(600 - i, 1), false);
    tid_bitmap_add_page(bitmap, 5);
    CU_ASSERT_TRUE(tid_bitmap_next_block(bitmap, &ahead, &block) && block == 3);
    CU_ASSERT_TRUE(tid_bitmap_next_block(bitmap, &ahead, &block) && block == 5);
    CU_ASSERT_TRUE(tid_bitmap_next(bitmap, &reader, &page) && page.block == 3);
    CU_ASSERT_TRUE(tid_bitmap_next(bitmap, &reader, &page) && page.block == 5 && page.is_lossy);
    CU_ASSERT_TRUE(tid_bitmap_next_block(bitmap, &ahead, &block) && block == 6);
    tid_bitmap_free(bitmap);
}

UNIT_SUITE(tid_bitmap)
{
    UNIT_TEST(rows_come_in_the_order_of_blocks);
    UNIT_TEST(pages_become_lossy_when_memory_is_short);
    UNIT_TEST(two_are_united);
    UNIT_TEST(what_two_share_is_found);
    UNIT_TEST(nothing_is_shared_with_nothing);
    UNIT_TEST(a_reader_goes_ahead_of_another);
}
