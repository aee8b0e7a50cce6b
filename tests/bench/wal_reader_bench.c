/*
 * wal_reader_bench.c - how fast records are found, checked and described, in memory
 *
 * A segment of 16 MiB of small heap and index records, as an OLTP load writes them, and one of
 * page images, each read again and again; the best of several passes counts.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/walrec/describe.h"
#include "common/walrec/reader.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"

#define SEGMENT_SIZE MIB(16)
#define PASSES       15

typedef enum Work { WORK_DECODE, WORK_DECODE_WITHOUT_CRC, WORK_DESCRIBE } Work;

static void forge_small(WalForge *f);
static void forge_images(WalForge *f);
static void measure(const char *name, WalForge *f, Work work);
static size_t read_all(WalForge *f, Work work, StrBuf *text);

int main(void)
{
    WalForge small, images;

    forge_small(&small);
    forge_images(&images);
    measure("small records, decode", &small, WORK_DECODE);
    measure("small records, decode without CRC", &small, WORK_DECODE_WITHOUT_CRC);
    measure("small records, decode and describe", &small, WORK_DESCRIBE);
    measure("page images, decode", &images, WORK_DECODE);
    return 0;
}

static void forge_small(WalForge *f)
{
    static const uint8_t insert[] = {5, 0, 0}, leaf[] = {9, 0}, commit[8] = {1};
    static const uint8_t tuple[40] = {1};
    BlockTag heap = {.rel = {1663, 5, 16384}, .block = 7};
    BlockTag index = {.rel = {1663, 5, 16390}, .block = 3};

    wal_forge_init(f, 15, SEGMENT_SIZE, (Lsn)SEGMENT_SIZE);
    for (Xid xid = 1000; f->log.len < SEGMENT_SIZE - 1000; xid++) {
        for (int row = 0; row < 4; row++) {
            wal_forge_begin(f, RMGR_HEAP, WAL_HEAP_INSERT, xid);
            wal_forge_ref(f, 0, WAL_FORGE_DATA, heap, tuple, sizeof(tuple));
            wal_forge_main(f, insert, sizeof(insert));
            wal_forge_end(f);
            wal_forge_begin(f, RMGR_BTREE, WAL_BTREE_INSERT_LEAF, xid);
            wal_forge_ref(f, 0, WAL_FORGE_DATA, index, tuple, 16);
            wal_forge_main(f, leaf, sizeof(leaf));
            wal_forge_end(f);
        }
        wal_forge_begin(f, RMGR_XACT, WAL_XACT_COMMIT, xid);
        wal_forge_main(f, commit, sizeof(commit));
        wal_forge_end(f);
    }
}

static void forge_images(WalForge *f)
{
    static const uint8_t page[BLOCK_SIZE];
    BlockTag heap = {.rel = {1663, 5, 16384}, .block = 7};

    wal_forge_init(f, 15, SEGMENT_SIZE, (Lsn)SEGMENT_SIZE);
    while (f->log.len < SEGMENT_SIZE - 20000) {
        wal_forge_begin(f, RMGR_XLOG, WAL_XLOG_FPI, 0);
        wal_forge_ref_image(f, 0, WAL_FORGE_IMAGE, heap,
                            (WalForgeImage){.bytes = page, .len = BLOCK_SIZE, .info = 2}, NULL, 0);
        wal_forge_end(f);
    }
}

static void measure(const char *name, WalForge *f, Work work)
{
    uint64_t best_us = UINT64_MAX;
    size_t record_count = 0;
    StrBuf text;

    strbuf_init(&text);
    for (int pass = 0; pass < PASSES; pass++) {
        uint64_t began = clock_monotonic_us(), us;

        record_count = read_all(f, work, &text);
        us = clock_monotonic_us() - began;
        best_us = us < best_us ? us : best_us;
    }
    printf("%-36s %6.2f GB/s  %6.1f ns a record of %.0f bytes\n", name,
           (double)f->log.len / (double)best_us / 1000,
           (double)best_us * 1000 / (double)record_count,
           (double)f->log.len / (double)record_count);
}

static size_t read_all(WalForge *f, Work work, StrBuf *text)
{
    WalReader *r = wal_reader_new(&(WalReaderConfig){.source = wal_forge_source(f),
                                                     .segment_size = SEGMENT_SIZE,
                                                     .skip_crc = work == WORK_DECODE_WITHOUT_CRC});
    const WalRecord *record;
    size_t count = 0;

    wal_reader_seek(r, SEGMENT_SIZE);
    for (; wal_reader_next(r, &record); count++) {
        if (work == WORK_DESCRIBE) {
            strbuf_clear(text);
            walrec_describe(text, record);
        }
    }
    return count;
}
