/*
 * redo_bench.c - how fast records are applied to pages in memory
 *
 *     redo_bench
 *
 * Each record is taken apart, asked for its blocks and applied to one of 4096 pages, in turn, so
 * that pages come from memory and not from the processor's cache. Figures are the best of ten
 * rounds by processor time of one thread: records a second, and how many bytes of pages that is.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/base/bytes.h"
#include "common/compress/block.h"
#include "common/format/btree_page.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/redo/redo.h"
#include "common/text/strbuf.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/seed.h"

#define PAGE_COUNT  4096
#define ROUNDS      10
#define TUPLE_DATA  76 /* bytes of a row, 100 with its header */
#define TUPLES      60 /* on a page */
#define IMAGE_PLAIN 0x02
#define IMAGE_HOLE  0x01
#define IMAGE_PGLZ  0x04
#define IMAGE_LZ4   0x08
#define IMAGE_ZSTD  0x10
#define BLOCK_IMAGE 0x10
#define BLOCK_DATA  0x20

static struct {
    uint8_t *pages;  /* PAGE_COUNT, as the records find them */
    uint8_t *before; /* what they are put back to before each round */
    StrBuf record;
    Seed seed;
} bench;

static uint8_t *page_at(size_t i);
static double now_seconds(void);
static void measure(const char *name);
static void begin_record(uint8_t rmgr, uint8_t info);
static void add_ref(uint8_t flags, size_t data_len);
static void end_record(const void *main, size_t main_len, const void *data, size_t data_len);
static void image_record(uint8_t image_info, size_t hole_len, BlockMethod method);
static void fill_heap_pages(void);
static void bench_images(void);
static void bench_heap(void);
static void bench_btree(void);

int main(void)
{
    bench.seed = seed_new("redo_bench");
    bench.pages = mem_alloc_aligned((size_t)PAGE_COUNT * BLOCK_SIZE, 4096);
    bench.before = mem_alloc_aligned((size_t)PAGE_COUNT * BLOCK_SIZE, 4096);
    strbuf_init(&bench.record);
    bench_images();
    bench_heap();
    bench_btree();
    return 0;
}

static uint8_t *page_at(size_t i)
{
    return bench.before + i * BLOCK_SIZE;
}

static double now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Apply the record to every page once. */
static void measure(const char *name)
{
    const RedoEnv env = {.version = 15, .hint_bits_logged = true};
    const uint8_t *bytes = (const uint8_t *)bench.record.text;
    double best = 1e9;

    for (int round = 0; round < ROUNDS; round++) {
        double began;

        memcpy(bench.pages, bench.before, (size_t)PAGE_COUNT * BLOCK_SIZE);
        began = now_seconds();
        for (size_t i = 0; i < PAGE_COUNT; i++) {
            WalRecord record;
            WalTouch touches[WAL_TOUCH_MAX];
            RedoResult result;

            wal_record_decode(&record, bytes, 15, 0x1000, 0x2000);
            walrec_touched(&record, touches);
            result = redo_block(&env, &record, &touches[0], bench.pages + i * BLOCK_SIZE);
            if (result != REDO_APPLIED && result != REDO_RESTORED)
                base_assert_failed("the record is applied", __FILE__, __LINE__);
        }
        if (now_seconds() - began < best)
            best = now_seconds() - began;
    }
    printf("%-32s %8.0f records/ms %8.0f ns %8.2f GB/s of pages\n", name, PAGE_COUNT / best / 1e3,
           best / PAGE_COUNT * 1e9, PAGE_COUNT * 8192.0 / best / 1e9);
}

/* ---- Records ---- */

static void begin_record(uint8_t rmgr, uint8_t info)
{
    uint8_t header[WAL_RECORD_HEADER_SIZE] = {0};

    store_u32(header + 4, 1000);
    header[16] = info;
    header[17] = rmgr;
    strbuf_clear(&bench.record);
    strbuf_add_bytes(&bench.record, header, sizeof(header));
}

/* Reference 0; an image's header and the block's name are still to come. */
static void add_ref(uint8_t flags, size_t data_len)
{
    strbuf_add_char(&bench.record, 0);
    strbuf_add_char(&bench.record, (char)flags);
    strbuf_add_bytes(&bench.record, &(const uint16_t){(uint16_t)data_len}, 2);
}

static void end_record(const void *main, size_t main_len, const void *data, size_t data_len)
{
    const uint32_t block[] = {1663, 5, 16384, 7};

    strbuf_add_bytes(&bench.record, block, sizeof(block));
    if (main_len > 0) {
        strbuf_add_char(&bench.record, (char)255);
        strbuf_add_char(&bench.record, (char)main_len);
    }
    strbuf_add_bytes(&bench.record, data, data_len);
    strbuf_add_bytes(&bench.record, main, main_len);
    store_u32(bench.record.text, (uint32_t)bench.record.len);
}

/* ---- Images ---- */

/* An image of the first page; hole_len bytes of it are left out. */
static void image_record(uint8_t image_info, size_t hole_len, BlockMethod method)
{
    uint8_t packed[BLOCK_SIZE], image[2 * BLOCK_SIZE];
    size_t hole_at = page_lower(page_at(0)), len = BLOCK_SIZE - hole_len;

    memcpy(packed, page_at(0), hole_at);
    memcpy(packed + hole_at, page_at(0) + hole_at + hole_len, len - hole_at);
    memcpy(image, packed, len);
    if ((image_info & (IMAGE_PGLZ | IMAGE_LZ4 | IMAGE_ZSTD)) != 0)
        len = block_compress(method, packed, len, image, sizeof(image));
    begin_record(RMGR_XLOG, WAL_XLOG_FPI);
    add_ref(BLOCK_IMAGE, 0);
    strbuf_add_bytes(&bench.record, &(const uint16_t){(uint16_t)len}, 2);
    strbuf_add_bytes(&bench.record, &(const uint16_t){(uint16_t)(hole_len > 0 ? hole_at : 0)}, 2);
    strbuf_add_char(&bench.record, (char)(image_info | IMAGE_PLAIN));
    if (hole_len > 0 && (image_info & ~IMAGE_HOLE) != 0)
        strbuf_add_bytes(&bench.record, &(const uint16_t){(uint16_t)hole_len}, 2);
    end_record(NULL, 0, image, len);
}

static void bench_images(void)
{
    size_t hole;

    fill_heap_pages();
    hole = page_hole_size(page_at(0));
    image_record(0, 0, BLOCK_LZ4);
    measure("image, whole page");
    image_record(IMAGE_HOLE, hole, BLOCK_LZ4);
    measure("image with a hole");
    image_record(IMAGE_HOLE | IMAGE_LZ4, hole, BLOCK_LZ4);
    measure("image with a hole, lz4");
    image_record(IMAGE_HOLE | IMAGE_ZSTD, hole, BLOCK_ZSTD);
    measure("image with a hole, zstd");
    image_record(IMAGE_HOLE | IMAGE_PGLZ, hole, BLOCK_PGLZ);
    measure("image with a hole, pglz");
}

/* ---- Heap ---- */

/* Pages with TUPLES rows each and room for as many line pointers more. */
static void fill_heap_pages(void)
{
    uint8_t bytes[24 + TUPLE_DATA] __attribute__((aligned(8))) = {0};
    HeapTupleHeader *tuple = (HeapTupleHeader *)bytes;

    tuple->xmin = 700;
    tuple->infomask2 = 4;
    tuple->infomask = HEAP_XMAX_INVALID;
    tuple->hoff = 24;
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        page_init(page_at(i), 0);
        for (OffsetNo offnum = 1; offnum <= TUPLES; offnum++) {
            seed_fill_like_pages(&bench.seed, bytes + 24, TUPLE_DATA);
            tuple->ctid = tid_make(7, offnum);
            page_add_item(page_at(i), bytes, sizeof(bytes), offnum, PAGE_ADD_AT);
        }
    }
}

static void bench_heap(void)
{
    static const uint8_t insert_main[] = {TUPLES + 1, 0, 0};
    static const uint8_t delete_main[] = {0xE8, 3, 0, 0, 5, 0, 0, 0};
    static const uint8_t update_main[] = {0xE8, 3, 0, 0, 5, 0, 0, 0x60, 0, 0, 0, 0, TUPLES + 1, 0};
    static const uint8_t lock_main[] = {0xE8, 3, 0, 0, 5, 0, 6, 0};
    uint8_t insert_data[5 + 1 + TUPLE_DATA] = {4, 0, 0, 8, 24};
    uint8_t update_data[4 + 5 + 1 + 8] = {40, 0, 28, 0, 4, 0, 0, 8, 24};
    uint8_t prune_main[8] = {0};
    uint16_t unused[TUPLES / 2];

    begin_record(RMGR_HEAP, WAL_HEAP_INSERT);
    add_ref(BLOCK_DATA, sizeof(insert_data));
    end_record(insert_main, sizeof(insert_main), insert_data, sizeof(insert_data));
    measure("heap insert");

    begin_record(RMGR_HEAP, WAL_HEAP_HOT_UPDATE);
    add_ref(BLOCK_DATA, sizeof(update_data));
    end_record(update_main, sizeof(update_main), update_data, sizeof(update_data));
    measure("heap update, ends from the old");

    begin_record(RMGR_HEAP, WAL_HEAP_DELETE);
    add_ref(0, 0);
    end_record(delete_main, sizeof(delete_main), NULL, 0);
    measure("heap delete");

    begin_record(RMGR_HEAP, WAL_HEAP_LOCK);
    add_ref(0, 0);
    end_record(lock_main, sizeof(lock_main), NULL, 0);
    measure("heap lock");

    for (uint16_t i = 0; i < ARRAY_LEN(unused); i++)
        unused[i] = (uint16_t)(2 * i + 1);
    begin_record(RMGR_HEAP2, WAL_HEAP2_PRUNE);
    add_ref(BLOCK_DATA, sizeof(unused));
    end_record(prune_main, sizeof(prune_main), unused, sizeof(unused));
    measure("heap prune, every other row");
}

/* ---- B-tree ---- */

static void bench_btree(void)
{
    static const uint8_t insert_main[] = {100, 0};
    IndexTuple tuple[2] = {{.tid = tid_make(7, 1), .info = sizeof(tuple)}};
    uint8_t vacuum_main[4] = {50, 0, 0, 0};
    uint16_t gone[50];

    for (size_t i = 0; i < PAGE_COUNT; i++) {
        page_init(page_at(i), sizeof(BtreeSpecial));
        for (OffsetNo offnum = 1; offnum <= 300; offnum++)
            page_add_item(page_at(i), tuple, sizeof(tuple), offnum, PAGE_ADD_INSERT);
    }
    begin_record(RMGR_BTREE, WAL_BTREE_INSERT_LEAF);
    add_ref(BLOCK_DATA, sizeof(tuple));
    end_record(insert_main, sizeof(insert_main), tuple, sizeof(tuple));
    measure("btree insert, among 300");

    for (uint16_t i = 0; i < ARRAY_LEN(gone); i++)
        gone[i] = (uint16_t)(5 * i + 1);
    begin_record(RMGR_BTREE, WAL_BTREE_VACUUM);
    add_ref(BLOCK_DATA, sizeof(gone));
    end_record(vacuum_main, sizeof(vacuum_main), gone, sizeof(gone));
    measure("btree vacuum, 50 of 300");
}
