/* whole_test.c - whole buffers by each method, with contexts that are used again. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/compress/stream.h"
#include "common/compress/whole.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/lib/seed.h"
#include "tests/unit/common/compress/library_faults.h"
#include "tests/unit/unit.h"

/* Compress to memory of just the size that is promised to do. */
static uint8_t *compress_new(WholeCodec *w, const CompressSpec *spec, const void *bytes, size_t len,
                             size_t *file_len)
{
    size_t room = compress_bound(spec, len);
    uint8_t *file = mem_alloc(room);

    *file_len = compress_bytes(w, spec, bytes, len, file, room);
    CU_ASSERT_TRUE(*file_len <= room);
    return file;
}

static void assert_limit(WholeCodec *w, CompressMethod method, const void *file, size_t len,
                         size_t room)
{
    uint8_t *out = mem_alloc(room);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                               mem_printf("decompressed data exceeds the limit of %zu bytes", room),
                               decompress_bytes(w, method, file, len, out, room));
    mem_free(out);
}

static void assert_bad(WholeCodec *w, CompressMethod method, const void *bytes, size_t len,
                       const char *reason)
{
    uint8_t out[3000];

    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        mem_printf("could not decompress %s data: %s", compress_method_name(method), reason),
        decompress_bytes(w, method, bytes, len, out, sizeof out));
}

static void check_size(WholeCodec *w, const CompressSpec *spec, const uint8_t *content, size_t len)
{
    uint8_t *again = mem_alloc(len + 1);
    size_t file_len;
    uint8_t *file = compress_new(w, spec, content, len, &file_len);

    CU_ASSERT_EQUAL(decompress_bytes(w, spec->method, file, file_len, again, len), len);
    CU_ASSERT_EQUAL(memcmp(content, again, len), 0);
    CU_ASSERT_EQUAL(decompress_bytes(w, spec->method, file, file_len, again, len + 1), len);
    if (len > 0)
        assert_limit(w, spec->method, file, file_len, len - 1);
    mem_free(file);
    mem_free(again);
}

static void content_comes_back(void)
{
    static const char *const texts[] = {"none",  "gzip", "gzip:9", "lz4",
                                        "lz4:9", "zstd", "zstd:1", "zstd:long,workers=2"};
    static const size_t sizes[] = {0, 1, 8192, 1500000};
    Seed seed = seed_new("whole");
    WholeCodec *w = whole_codec_new();
    uint8_t *content = mem_alloc(1500000);

    for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
        for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
            CompressSpec spec = compress_spec_parse(texts[t]);

            seed_fill_like_pages(&seed, content, sizes[s]);
            check_size(w, &spec, content, sizes[s]);
            seed_fill(&seed, content, sizes[s]);
            check_size(w, &spec, content, sizes[s]);
        }
    whole_codec_free(w);
}

static void a_spec_may_change_from_call_to_call(void)
{
    WholeCodec *w = whole_codec_new();
    CompressSpec fast = compress_spec_parse("zstd:-50"), best = compress_spec_parse("zstd:15");
    Seed seed = seed_new("whole specs");
    uint8_t *content = mem_alloc(100000);
    size_t fast_len, best_len, fast_again_len;

    seed_fill_like_pages(&seed, content, 100000);
    compress_new(w, &fast, content, 100000, &fast_len);
    compress_new(w, &best, content, 100000, &best_len);
    compress_new(w, &fast, content, 100000, &fast_again_len);
    CU_ASSERT_TRUE(best_len < fast_len);
    CU_ASSERT_EQUAL(fast_again_len, fast_len);
}

static void streams_and_wholes_read_each_other(void)
{
    Seed seed = seed_new("whole and stream");
    WholeCodec *w = whole_codec_new();
    uint8_t *content = mem_alloc(700000), *again = mem_alloc(700000);

    seed_fill_like_pages(&seed, content, 700000);
    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        CompressSpec spec = compress_spec((CompressMethod)m);
        StrBuf b;
        size_t file_len;
        uint8_t *file = compress_new(w, &spec, content, 700000, &file_len);
        Compressor *c;
        Decompressor *d;

        strbuf_init(&b);
        d = decompressor_new(spec.method, strbuf_sink(&b), 700000);
        decompressor_write(d, file, file_len);
        decompressor_finish(d);
        CU_ASSERT_EQUAL(b.len, 700000);
        CU_ASSERT_EQUAL(memcmp(b.text, content, 700000), 0);

        /* A stream does not tell the size beforehand; two frames must fit side by side. */
        strbuf_clear(&b);
        c = compressor_new(&spec, strbuf_sink(&b));
        compressor_write(c, content, 300000);
        if (m != COMPRESS_NONE) {
            compressor_finish(c);
            compressor_reset(c, strbuf_sink(&b));
        }
        compressor_write(c, content + 300000, 400000);
        compressor_finish(c);
        CU_ASSERT_EQUAL(decompress_bytes(w, spec.method, b.text, b.len, again, 700000), 700000);
        CU_ASSERT_EQUAL(memcmp(again, content, 700000), 0);
        assert_limit(w, spec.method, b.text, b.len, 300000);
        assert_limit(w, spec.method, b.text, b.len, 699999);
    }
}

static void bad_files_are_refused_as_in_streams(void)
{
    Seed seed = seed_new("whole bad");
    WholeCodec *w = whole_codec_new();
    uint8_t content[3000];

    seed_fill_like_pages(&seed, content, sizeof content);
    for (int m = COMPRESS_GZIP; m < COMPRESS_METHOD_COUNT; m++) {
        CompressSpec spec = compress_spec((CompressMethod)m);
        size_t len;
        uint8_t *file = compress_new(w, &spec, content, sizeof content, &len);

        for (size_t cut = 0; cut < len; cut++) {
            /* Memory of that size, so that a sanitizer sees what is read beyond. */
            uint8_t *part = mem_dup(file, cut);

            assert_bad(w, spec.method, part, cut, "unexpected end");
            mem_free(part);
        }
        file = mem_realloc(file, len + 5);
        assert_bad(w, spec.method, file, len + 1, "unexpected bytes behind the end");
        assert_bad(w, spec.method, file, len + 5, "unexpected bytes behind the end");
        assert_bad(w, spec.method, "PGDMP", 5, "wrong format");
    }
}

/* True when the file was refused; else it must hold the content. */
static bool is_refused(WholeCodec *w, CompressMethod method, const uint8_t *file, size_t len,
                       const uint8_t *content, size_t content_len)
{
    uint8_t *again = mem_alloc(content_len);
    volatile bool is_raised = false;

    ERR_TRY() {
        CU_ASSERT_EQUAL(decompress_bytes(w, method, file, len, again, content_len), content_len);
        CU_ASSERT_EQUAL(memcmp(again, content, content_len), 0);
    }
    ERR_CATCH() {
        is_raised = true;
    }
    ERR_END();
    mem_free(again);
    return is_raised;
}

static void damage_is_seen_or_does_no_harm(void)
{
    Seed seed = seed_new("whole damage");
    WholeCodec *w = whole_codec_new();
    uint8_t content[5000];
    int refused = 0;

    seed_fill_like_pages(&seed, content, sizeof content);
    for (int m = COMPRESS_GZIP; m < COMPRESS_METHOD_COUNT; m++) {
        CompressSpec spec = compress_spec((CompressMethod)m);
        size_t len;
        uint8_t *file = compress_new(w, &spec, content, sizeof content, &len);

        for (int i = 0; i < 1000; i++) {
            uint8_t *damaged = mem_dup(file, len);

            damaged[seed_below(&seed, len)] ^= (uint8_t)(1 << seed_below(&seed, 8));
            refused += is_refused(w, spec.method, damaged, len, content, sizeof content);
            mem_free(damaged);
        }
    }
    CU_ASSERT_TRUE(refused > 2700);
}

static void a_failure_leaves_a_codec_that_works(void)
{
    WholeCodec *w = whole_codec_new();
    CompressSpec spec = compress_spec(COMPRESS_ZSTD);
    uint8_t file[200], again[5];
    size_t len;

    library_faults_set("ZSTD_createCCtx");
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY,
                       compress_bytes(w, &spec, "hello", 5, file, sizeof file));
    library_faults_set("ZSTD_createDCtx");
    len = compress_bytes(w, &spec, "hello", 5, file, sizeof file);
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY,
                       decompress_bytes(w, COMPRESS_ZSTD, file, len, again, 5));
    library_faults_set(NULL);
    CU_ASSERT_EQUAL(decompress_bytes(w, COMPRESS_ZSTD, file, len, again, 5), 5);
    CU_ASSERT_EQUAL(memcmp(again, "hello", 5), 0);
}

UNIT_SUITE(whole)
{
    UNIT_TEST(content_comes_back);
    UNIT_TEST(a_spec_may_change_from_call_to_call);
    UNIT_TEST(streams_and_wholes_read_each_other);
    UNIT_TEST(bad_files_are_refused_as_in_streams);
    UNIT_TEST(damage_is_seen_or_does_no_harm);
    UNIT_TEST(a_failure_leaves_a_codec_that_works);
}
