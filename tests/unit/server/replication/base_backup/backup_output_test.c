/* backup_output_test.c - bytes of a backup on their way: order, compression, rate */
#include "common/base/base.h"

#include "common/compress/stream.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/replication/base_backup/output.h"
#include "tests/unit/server/replication/base_backup/memory_target.h"
#include "tests/unit/unit.h"

static void add_to_text(void *arg, const void *bytes, size_t len)
{
    strbuf_add_bytes(arg, bytes, len);
}

static void all_is_told_in_order(void)
{
    MemoryTarget *m = memory_target_new();
    BackupOutput o = {.target = &m->target, .listener = &m->target};

    output_begin(&o);
    output_begin_archive(&o, "1.tar", "/space");
    output_write(&o, "abc", 3);
    output_write_zeros(&o, 2);
    output_end_archive(&o);
    output_begin_archive(&o, "base.tar", "");
    output_write(&o, "de", 2);
    output_end_archive(&o);
    output_begin_manifest(&o);
    output_write(&o, "{}", 2);
    output_end_manifest(&o);
    output_finish(&o);
    CU_ASSERT_STRING_EQUAL(m->events.text,
                           "archive 1.tar /space|end|progress 5|archive base.tar |end|progress 7|"
                           "manifest|end|finish|");
    CU_ASSERT_EQUAL(m->bytes.len, 9);
    CU_ASSERT_EQUAL(memcmp(m->bytes.text, "abc\0\0de{}", 9), 0);
}

static void who_only_listens_gets_no_bytes(void)
{
    MemoryTarget *m = memory_target_new(), *listener = memory_target_new();
    BackupOutput o = {.target = &m->target, .listener = &listener->target};

    output_begin(&o);
    output_begin_archive(&o, "base.tar", "");
    output_write(&o, "abc", 3);
    output_end_archive(&o);
    output_begin_manifest(&o);
    output_end_manifest(&o);
    CU_ASSERT_STRING_EQUAL(listener->events.text, "archive base.tar |progress 3|manifest|");
    CU_ASSERT_STRING_EQUAL(m->events.text, "archive base.tar |end|manifest|end|");
    CU_ASSERT_EQUAL(m->bytes.len, 3);
}

/* Archives are compressed, each for itself; the manifest is not. */
static void archives_are_compressed(void)
{
    static const struct {
        CompressMethod method;
        const char *name;
    } methods[] = {{COMPRESS_GZIP, "archive base.tar.gz |"},
                   {COMPRESS_LZ4, "archive base.tar.lz4 |"},
                   {COMPRESS_ZSTD, "archive base.tar.zst |"}};

    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        MemoryTarget *m = memory_target_new();
        BackupOutput o = {.target = &m->target, .compression = compress_spec(methods[i].method)};
        StrBuf plain;
        Decompressor *d;

        strbuf_init(&plain);
        d = decompressor_new(methods[i].method, (ByteSink){add_to_text, &plain},
                             DECOMPRESS_NO_LIMIT);
        output_begin(&o);
        for (int archive = 0; archive < 2; archive++) {
            output_begin_archive(&o, "base.tar", "");
            output_write_zeros(&o, 3 * BACKUP_PIECE_SIZE + 7);
            output_write(&o, "end", 3);
            output_end_archive(&o);
        }
        CU_ASSERT(m->bytes.len < 20000);
        decompressor_write(d, m->bytes.text, m->bytes.len);
        decompressor_finish(d);
        CU_ASSERT_EQUAL(plain.len, 2 * (3 * BACKUP_PIECE_SIZE + 10));
        CU_ASSERT_EQUAL(memcmp(plain.text + plain.len - 4, "\0end", 4), 0);
        CU_ASSERT_EQUAL(strncmp(m->events.text, methods[i].name, strlen(methods[i].name)), 0);
        strbuf_clear(&m->bytes);
        output_begin_manifest(&o);
        output_write(&o, "{}", 2);
        output_end_manifest(&o);
        CU_ASSERT_EQUAL(m->bytes.len, 2);
        decompressor_free(d);
        compressor_free(o.compressor);
    }
}

static void a_rate_is_kept(void)
{
    MemoryTarget *m = memory_target_new();
    BackupOutput o = {.target = &m->target, .max_rate_kb = 1024};
    uint64_t began;

    output_begin(&o);
    began = clock_monotonic_us();
    output_begin_archive(&o, "base.tar", "");
    output_write_zeros(&o, KIB(256));
    CU_ASSERT(clock_monotonic_us() - began >= 250000);
    output_end_archive(&o);
}

UNIT_SUITE(backup_output)
{
    UNIT_TEST(all_is_told_in_order);
    UNIT_TEST(who_only_listens_gets_no_bytes);
    UNIT_TEST(archives_are_compressed);
    UNIT_TEST(a_rate_is_kept);
}
