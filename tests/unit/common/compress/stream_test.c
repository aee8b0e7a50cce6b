/* stream_test.c - files of all methods: made, read, cut, damaged, joined, and by others. */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/compress/stream.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "common/text/strbuf.h"
#include "tests/lib/seed.h"
#include "tests/unit/common/compress/library_faults.h"
#include "tests/unit/unit.h"

#define FIRST_METHOD COMPRESS_GZIP

static void collect(void *arg, const void *bytes, size_t len)
{
    CU_ASSERT_NOT_EQUAL(len, 0);
    strbuf_add_bytes(arg, bytes, len);
}

static ByteSink sink_to(StrBuf *b)
{
    strbuf_init(b);
    return (ByteSink){.write = collect, .arg = b};
}

static void refuse(void *arg, const void *bytes, size_t len)
{
    (void)arg;
    (void)bytes;
    (void)len;
    err_raise(SQLSTATE_DISK_FULL, .message = "the sink is full");
}

/* Content that compresses to some degree. */
static StrBuf content_of(Seed *seed, size_t len)
{
    StrBuf b;

    strbuf_init(&b);
    seed_fill_like_pages(seed, strbuf_reserve(&b, len), len);
    b.len = len;
    return b;
}

static bool is_equal(const StrBuf *a, const StrBuf *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* The file that comes of content, given in pieces of piece_max bytes and fewer. */
static StrBuf compress_pieces(const CompressSpec *spec, const StrBuf *content, size_t piece_max,
                              Seed *seed)
{
    StrBuf file;
    Compressor *c = compressor_new(spec, sink_to(&file));

    for (size_t at = 0, piece; at < content->len; at += piece) {
        piece = size_min(1 + seed_below(seed, piece_max), content->len - at);
        compressor_write(c, content->text + at, piece);
    }
    compressor_finish(c);
    CU_ASSERT_EQUAL(compressor_bytes_in(c), content->len);
    CU_ASSERT_EQUAL(compressor_bytes_out(c), file.len);
    compressor_free(c);
    return file;
}

static StrBuf compress_all(CompressMethod method, const StrBuf *content)
{
    CompressSpec spec = compress_spec(method);
    Seed seed = {0};

    return compress_pieces(&spec, content, content->len + 1, &seed);
}

static StrBuf decompress_pieces(CompressMethod method, const StrBuf *file, size_t piece_max,
                                Seed *seed)
{
    StrBuf content;
    Decompressor *d = decompressor_new(method, sink_to(&content), DECOMPRESS_NO_LIMIT);

    for (size_t at = 0, piece; at < file->len; at += piece) {
        piece = size_min(1 + seed_below(seed, piece_max), file->len - at);
        decompressor_write(d, file->text + at, piece);
    }
    decompressor_finish(d);
    CU_ASSERT_EQUAL(decompressor_bytes_out(d), content.len);
    decompressor_free(d);
    return content;
}

static StrBuf decompress_all(CompressMethod method, const StrBuf *file)
{
    StrBuf content;
    Decompressor *d = decompressor_new(method, sink_to(&content), DECOMPRESS_NO_LIMIT);

    decompressor_write(d, file->text, file->len);
    decompressor_finish(d);
    return content;
}

/* ---- There and back ---- */

static void content_comes_back(void)
{
    static const size_t sizes[] = {0, 1, 100, 65536, 300000, 800000};
    static const size_t pieces[] = {1, 1000, 70000, 2000000};
    static const char *const texts[] = {"none",      "gzip",           "gzip:1",  "gzip:9",
                                        "lz4",       "lz4:12",         "zstd:-7", "zstd",
                                        "zstd:long", "zstd:workers=2", "zstd:19"};
    Seed seed = seed_new("stream");
    MemContext *scratch = mem_context_new(mem_current(), "stream test");

    for (size_t s = 0; s < ARRAY_LEN(sizes); s++)
        for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
            MEM_SCOPE(scratch) {
                CompressSpec spec = compress_spec_parse(texts[t]);
                size_t size = spec.level > 9 ? size_min(sizes[s], 60000) : sizes[s];
                size_t piece_max =
                    pieces[seed_below(&seed, size < 100000 ? 4 : 3) + (size < 100000 ? 0 : 1)];
                StrBuf content = content_of(&seed, size);
                StrBuf file = compress_pieces(&spec, &content, piece_max, &seed);
                StrBuf again = decompress_pieces(spec.method, &file, piece_max, &seed);

                CU_ASSERT_TRUE(is_equal(&content, &again));
                CU_ASSERT_TRUE(spec.method == COMPRESS_NONE ||
                               compress_detect(file.text, file.len) == spec.method);
            }
            mem_reset(scratch);
        }
    mem_delete(scratch);
}

static void a_compressor_begins_another_file(void)
{
    Seed seed = seed_new("compressor reset");

    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        CompressSpec spec = compress_spec((CompressMethod)m);
        StrBuf content = content_of(&seed, 300000);
        StrBuf first, second;
        Compressor *c = compressor_new(&spec, sink_to(&first));

        /* What was not finished leaves no trace. */
        compressor_write(c, content.text, 200001);
        compressor_reset(c, sink_to(&second));
        CU_ASSERT_EQUAL(compressor_bytes_in(c), 0);
        compressor_write(c, content.text, content.len);
        compressor_finish(c);
        second = decompress_all(spec.method, &second);
        CU_ASSERT_TRUE(is_equal(&content, &second));

        compressor_reset(c, sink_to(&first));
        compressor_write(c, content.text, content.len);
        compressor_finish(c);
        first = decompress_all(spec.method, &first);
        CU_ASSERT_TRUE(is_equal(&content, &first));
    }
}

static void a_decompressor_begins_another_file(void)
{
    Seed seed = seed_new("decompressor reset");

    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        CompressMethod method = (CompressMethod)m;
        StrBuf content = content_of(&seed, 300000);
        StrBuf file = compress_all(method, &content);
        StrBuf first, second;
        Decompressor *d = decompressor_new(method, sink_to(&first), 300000);

        decompressor_write(d, file.text, file.len / 2);
        decompressor_reset(d, sink_to(&second));
        decompressor_write(d, file.text, file.len);
        decompressor_finish(d);
        CU_ASSERT_TRUE(is_equal(&content, &second));
    }
}

static void a_raising_sink_leaves_a_stream_that_can_be_reset(void)
{
    Seed seed = seed_new("raising sink");
    StrBuf content = content_of(&seed, 2000000);

    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        CompressSpec spec = compress_spec((CompressMethod)m);
        StrBuf file, again;
        Compressor *c = compressor_new(&spec, (ByteSink){.write = refuse});
        Decompressor *d = decompressor_new(spec.method, (ByteSink){.write = refuse}, 2000000);

        UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, compressor_write(c, content.text, content.len));
        compressor_reset(c, sink_to(&file));
        compressor_write(c, content.text, content.len);
        compressor_finish(c);

        UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, decompressor_write(d, file.text, file.len));
        decompressor_reset(d, sink_to(&again));
        decompressor_write(d, file.text, file.len);
        decompressor_finish(d);
        CU_ASSERT_TRUE(is_equal(&content, &again));
    }
}

static void streams_can_be_put_behind_each_other(void)
{
    Seed seed = seed_new("chain");
    CompressSpec inner = compress_spec(COMPRESS_GZIP), outer = compress_spec(COMPRESS_ZSTD);
    StrBuf content = content_of(&seed, 500000);
    StrBuf file, again;
    Compressor *second = compressor_new(&outer, sink_to(&file));
    Compressor *first = compressor_new(&inner, compressor_sink(second));
    Decompressor *fourth = decompressor_new(COMPRESS_GZIP, sink_to(&again), 500000);
    Decompressor *third =
        decompressor_new(COMPRESS_ZSTD, decompressor_sink(fourth), DECOMPRESS_NO_LIMIT);

    compressor_write(first, content.text, content.len);
    compressor_finish(first);
    compressor_finish(second);
    decompressor_write(third, file.text, file.len);
    decompressor_finish(third);
    decompressor_finish(fourth);
    CU_ASSERT_TRUE(is_equal(&content, &again));
}

/* ---- Bad files ---- */

/* Decompress a file that may be bad; false when it raised as bad files do. */
static bool try_decompress(CompressMethod method, const char *file, size_t len, StrBuf *content)
{
    MemContext *mem = mem_context_new(mem_current(), "try");
    volatile bool is_good = false;
    Decompressor *d;

    strbuf_init(content);
    ERR_TRY() {
        MEM_SCOPE(mem) {
            d = decompressor_new(method, (ByteSink){.write = collect, .arg = content}, 10000000);
            decompressor_write(d, file, len);
            decompressor_finish(d);
        }
        is_good = true;
    }
    ERR_CATCH() {
        /* The limit: damage can make a length of a run, too. */
        CU_ASSERT_TRUE(err_caught()->sqlstate == SQLSTATE_DATA_CORRUPTED ||
                       err_caught()->sqlstate == SQLSTATE_PROGRAM_LIMIT_EXCEEDED);
    }
    ERR_END();
    mem_delete(mem);
    return is_good;
}

static void a_file_cut_anywhere_is_refused(void)
{
    Seed seed = seed_new("cut");
    StrBuf content = content_of(&seed, 2000);
    StrBuf again;

    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++) {
        CompressMethod method = (CompressMethod)m;
        StrBuf file = compress_all(method, &content);

        for (size_t len = 0; len < file.len; len++)
            CU_ASSERT_FALSE(try_decompress(method, file.text, len, &again));
        CU_ASSERT_TRUE(try_decompress(method, file.text, file.len, &again));
    }
}

static void check_missing_end(CompressMethod method)
{
    const char *message =
        mem_printf("could not decompress %s data: unexpected end", compress_method_name(method));
    StrBuf none, file, out;
    Decompressor *d = decompressor_new(method, sink_to(&out), DECOMPRESS_NO_LIMIT);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, message, decompressor_finish(d));
    strbuf_init(&none);
    file = compress_all(method, &none);
    decompressor_write(d, file.text, 3);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, message, decompressor_finish(d));
    decompressor_write(d, file.text + 3, file.len - 4);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, message, decompressor_finish(d));
    decompressor_write(d, file.text + file.len - 1, 1);
    decompressor_finish(d);
}

static void the_end_that_is_missing_is_named(void)
{
    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++)
        check_missing_end((CompressMethod)m);
}

/* What a checksum does not cover (gzip's time and system) may differ; the content may not. */
static void damage_is_seen_or_does_no_harm(void)
{
    Seed seed = seed_new("damage");
    MemContext *scratch = mem_context_new(mem_current(), "damage");

    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++) {
        CompressMethod method = (CompressMethod)m;
        StrBuf content = content_of(&seed, 6000);
        StrBuf file = compress_all(method, &content);
        int refused = 0;

        for (int i = 0; i < 2000; i++) {
            MEM_SCOPE(scratch) {
                char *damaged = mem_dup(file.text, file.len);
                StrBuf again;

                for (uint64_t n = 1 + seed_below(&seed, 3); n > 0; n--)
                    damaged[seed_below(&seed, file.len)] ^= (char)(1 << seed_below(&seed, 8));
                if (try_decompress(method, damaged, file.len, &again)) {
                    CU_ASSERT_TRUE(is_equal(&content, &again));
                } else {
                    refused++;
                }
            }
            mem_reset(scratch);
        }
        CU_ASSERT_TRUE(refused > 1800);
    }
}

static void noise_is_refused(void)
{
    Seed seed = seed_new("noise");
    MemContext *scratch = mem_context_new(mem_current(), "noise");

    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++)
        for (int i = 0; i < 500; i++) {
            MEM_SCOPE(scratch) {
                CompressMethod method = (CompressMethod)m;
                StrBuf empty, file, again;

                /* The right beginning, so that the decoder sees the noise behind it. */
                strbuf_init(&empty);
                file = compress_all(method, &empty);
                seed_fill(&seed, strbuf_reserve(&file, 1000), 1000);
                seed_fill(&seed, file.text + 4, file.len - 4);
                file.len = 4 + seed_below(&seed, 1000);
                CU_ASSERT_FALSE(try_decompress(method, file.text, file.len, &again));
            }
            mem_reset(scratch);
        }
}

/* A decompressor of the method must raise that for the bytes. */
static void assert_bad(CompressMethod method, const void *bytes, size_t len, const char *reason)
{
    StrBuf out;
    Decompressor *d = decompressor_new(method, sink_to(&out), DECOMPRESS_NO_LIMIT);

    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        mem_printf("could not decompress %s data: %s", compress_method_name(method), reason),
        decompressor_write(d, bytes, len);
        decompressor_finish(d));
}

static void bytes_behind_the_end_are_refused(void)
{
    StrBuf content;

    strbuf_init(&content);
    strbuf_add(&content, "content");
    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++) {
        StrBuf file = compress_all((CompressMethod)m, &content);

        /* Fewer than tell a frame, as many, and more. */
        for (size_t extra = 1; extra < 10; extra++) {
            strbuf_add_char(&file, '\0');
            assert_bad((CompressMethod)m, file.text, file.len, "unexpected bytes behind the end");
        }
    }
}

static void a_file_of_another_format_is_refused(void)
{
    StrBuf content;

    strbuf_init(&content);
    strbuf_add(&content, "content");
    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++)
        for (int n = 0; n < COMPRESS_METHOD_COUNT; n++) {
            StrBuf file = compress_all((CompressMethod)n, &content);

            if (n != m)
                assert_bad((CompressMethod)m, file.text, file.len, "wrong format");
        }
}

static void the_library_says_what_is_wrong(void)
{
    static const struct {
        CompressMethod method;
        const char *hex;
        const char *message;
    } rows[] = {
        /* Flags that are reserved; a window of 256 MiB; a header with another checksum. */
        {COMPRESS_GZIP, "1f8b08ff00000000", "unknown header flags set"},
        {COMPRESS_ZSTD, "28b52ffd0090010000", "Frame requires too much memory for decoding"},
        {COMPRESS_LZ4, "04224d18405000560e0000", "ERROR_headerChecksum_invalid"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t len = strlen(rows[i].hex) / 2;
        uint8_t *bytes = mem_alloc(len);

        CU_ASSERT_TRUE(hex_try_read(rows[i].hex, bytes, len));
        assert_bad(rows[i].method, bytes, len, rows[i].message);
    }
}

/* Unpacking file fails when no more than limit bytes may come out; no more have come by then. */
static void assert_limited(CompressMethod method, const StrBuf *file, size_t limit,
                           const char *message)
{
    StrBuf out;
    Decompressor *d = decompressor_new(method, sink_to(&out), limit);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, message,
                               decompressor_write(d, file->text, file->len));
    CU_ASSERT_TRUE(out.len <= limit);
}

static void the_limit_is_the_last_byte_that_comes_out(void)
{
    StrBuf content;

    strbuf_init(&content);
    strbuf_add_chars(&content, 'x', 5000000);
    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++) {
        CompressMethod method = (CompressMethod)m;
        StrBuf file = compress_all(method, &content);
        StrBuf out;
        Decompressor *d = decompressor_new(method, sink_to(&out), content.len);

        decompressor_write(d, file.text, file.len);
        decompressor_finish(d);
        CU_ASSERT_TRUE(is_equal(&content, &out));
        assert_limited(method, &file, content.len - 1,
                       "decompressed data exceeds the limit of 4999999 bytes");
        assert_limited(method, &file, 0, "decompressed data exceeds the limit of 0 bytes");
    }
}

/* ---- Several frames ---- */

static void frames_end_to_end_are_one_file(void)
{
    Seed seed = seed_new("frames");

    for (int m = FIRST_METHOD; m < COMPRESS_METHOD_COUNT; m++) {
        CompressMethod method = (CompressMethod)m;
        StrBuf whole, file, again;

        strbuf_init(&whole);
        strbuf_init(&file);
        for (int i = 0; i < 5; i++) {
            StrBuf part = content_of(&seed, i == 2 ? 0 : 1000 * (size_t)i);
            StrBuf frame = compress_all(method, &part);

            strbuf_add_bytes(&whole, part.text, part.len);
            strbuf_add_bytes(&file, frame.text, frame.len);
        }
        again = decompress_all(method, &file);
        CU_ASSERT_TRUE(is_equal(&whole, &again));
        for (size_t piece_max = 1; piece_max < 9; piece_max += 3) {
            again = decompress_pieces(method, &file, piece_max, &seed);
            CU_ASSERT_TRUE(is_equal(&whole, &again));
        }
    }
}

static void skippable_frames_are_skipped(void)
{
    static const CompressMethod both[] = {COMPRESS_LZ4, COMPRESS_ZSTD};
    static const uint8_t skippable[] = {0x5E, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};

    for (size_t i = 0; i < ARRAY_LEN(both); i++) {
        StrBuf content, file, frame, again;

        strbuf_init(&content);
        strbuf_add(&content, "content");
        frame = compress_all(both[i], &content);
        strbuf_init(&file);
        strbuf_add_bytes(&file, skippable, sizeof skippable);
        strbuf_add_bytes(&file, frame.text, frame.len);
        strbuf_add_bytes(&file, skippable, sizeof skippable);
        again = decompress_all(both[i], &file);
        CU_ASSERT_TRUE(is_equal(&content, &again));
    }
    CU_ASSERT_EQUAL(compress_detect(skippable, sizeof skippable), COMPRESS_ZSTD);
}

static void detection_needs_four_bytes(void)
{
    CU_ASSERT_EQUAL(compress_detect("\x28\xB5\x2F\xFD", 4), COMPRESS_ZSTD);
    CU_ASSERT_EQUAL(compress_detect("\x04\x22\x4D\x18", 4), COMPRESS_LZ4);
    CU_ASSERT_EQUAL(compress_detect("\x1F\x8B\x08\x00", 4), COMPRESS_GZIP);
    CU_ASSERT_EQUAL(compress_detect("\x1F\x8B\x07\x00", 4), COMPRESS_NONE);
    CU_ASSERT_EQUAL(compress_detect("\x28\xB5\x2F\xFD", 3), COMPRESS_NONE);
    CU_ASSERT_EQUAL(compress_detect("PGDMP", 5), COMPRESS_NONE);
    CU_ASSERT_EQUAL(compress_detect("", 0), COMPRESS_NONE);
}

/* ---- Other people's programs ---- */

/* "holdfast holdfast holdfast\n" by gzip 1.12, lz4 1.9.4 and zstd 1.5.4, and files of nothing. */
static void files_of_other_programs_are_read(void)
{
    static const struct {
        CompressMethod method;
        bool is_empty;
        const char *hex;
    } rows[] = {
        {COMPRESS_GZIP, false,
         "1f8b0800000000000203cbc8cf49494b2c2e51c84067700100834384991b000000"},
        {COMPRESS_GZIP, true, "1f8b080000000000020303000000000000000000"},
        {COMPRESS_GZIP, false,
         "1f8b08001395036b0403cbc8cf49494b2c2e51c84067700100834384991b000000"},
        {COMPRESS_LZ4, false,
         "04224d186440a71200000099686f6c646661737420090050666173740a00000000df55365f"},
        {COMPRESS_LZ4, true, "04224d186440a700000000055dcc02"},
        {COMPRESS_LZ4, false,
         "04224d1868401b00000000000000fa1200000099686f6c646661737420090050666173740a00000000"},
        {COMPRESS_LZ4, true, "04224d1860408200000000"},
        {COMPRESS_ZSTD, false, "28b52ffd045885000050686f6c6466617374200a01009ccb11ba523c41"},
        {COMPRESS_ZSTD, true, "28b52ffd240001000099e9d851"},
        {COMPRESS_ZSTD, false, "28b52ffd006885000050686f6c6466617374200a01009ccb11"},
        {COMPRESS_ZSTD, true, "28b52ffd2000010000"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        StrBuf file, content;
        size_t len = strlen(rows[i].hex) / 2;

        strbuf_init(&file);
        CU_ASSERT_TRUE(hex_try_read(rows[i].hex, strbuf_reserve(&file, len), len));
        file.len = len;
        content = decompress_all(rows[i].method, &file);
        strbuf_add_char(&content, '\0');
        CU_ASSERT_STRING_EQUAL(content.text,
                               rows[i].is_empty ? "" : "holdfast holdfast holdfast\n");
    }
}

static void write_file(const char *path, const StrBuf *content)
{
    FILE *f = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(content->text, 1, content->len, f), content->len);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static StrBuf read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    StrBuf b;
    size_t got;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    strbuf_init(&b);
    while ((got = fread(strbuf_reserve(&b, 65536), 1, 65536, f)) > 0)
        b.len += got;
    fclose(f);
    return b;
}

static void other_programs_and_ours_read_each_other(void)
{
    static const char *const programs[] = {"gzip", "lz4", "zstd"};
    Seed seed = seed_new("programs");
    StrBuf content = content_of(&seed, 1000000);
    const char *dir = unit_temp_dir();
    const char *plain = mem_printf("%s/plain", dir);
    const char *packed = mem_printf("%s/packed", dir);
    const char *back = mem_printf("%s/back", dir);

    write_file(plain, &content);
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        CompressMethod method = compress_spec_parse(programs[i]).method;
        StrBuf file, again;

        if (system(mem_printf("command -v %s >/dev/null", programs[i])) != 0) {
            unit_skip(mem_printf("the program %s is not installed", programs[i]));
            continue;
        }
        file = compress_all(method, &content);
        write_file(packed, &file);
        CU_ASSERT_EQUAL(system(mem_printf("%s -dcq <%s >%s", programs[i], packed, back)), 0);
        again = read_file(back);
        CU_ASSERT_TRUE(is_equal(&content, &again));

        CU_ASSERT_EQUAL(system(mem_printf("%s -cq <%s >%s", programs[i], plain, packed)), 0);
        file = read_file(packed);
        again = decompress_all(method, &file);
        CU_ASSERT_TRUE(is_equal(&content, &again));
    }
}

/* ---- What the libraries refuse ---- */

static void open_or_decode(CompressMethod method, bool is_encoder, bool is_open)
{
    CompressSpec spec = compress_spec(method);
    StrBuf content, file, out;
    ByteSink sink = sink_to(&out);

    if (!is_open && is_encoder) {
        compressor_new(&spec, sink);
    } else if (!is_open) {
        decompressor_new(method, sink, 1);
    } else {
        strbuf_init(&content);
        file = compress_all(method, &content);
        decompressor_write(decompressor_new(method, sink, 1), file.text, file.len);
    }
}

static void assert_no_memory(const char *function, CompressMethod method, bool is_encoder,
                             bool is_open, const char *message)
{
    library_faults_set(function);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OUT_OF_MEMORY, message,
                               open_or_decode(method, is_encoder, is_open));
    library_faults_set(NULL);
}

static void a_library_without_memory_is_an_error(void)
{
    assert_no_memory("deflateInit2_", COMPRESS_GZIP, true, false,
                     "gzip failed: insufficient memory");
    assert_no_memory("inflateInit2_", COMPRESS_GZIP, false, false,
                     "gzip failed: insufficient memory");
    assert_no_memory("LZ4F_createCompressionContext", COMPRESS_LZ4, true, false,
                     "lz4 failed: ERROR_GENERIC");
    assert_no_memory("LZ4F_createDecompressionContext", COMPRESS_LZ4, false, false,
                     "lz4 failed: ERROR_GENERIC");
    assert_no_memory("ZSTD_createCCtx", COMPRESS_ZSTD, true, false, "zstd failed: out of memory");
    assert_no_memory("ZSTD_createDCtx", COMPRESS_ZSTD, false, false, "zstd failed: out of memory");
    assert_no_memory("ZSTD_CCtx_setParameter", COMPRESS_ZSTD, true, false,
                     "zstd failed: Error (generic)");
}

/* It must not be taken for a step that only wants room, which is tried again for ever. */
static void an_encoder_that_fails_is_an_error(void)
{
    CompressSpec spec = compress_spec(COMPRESS_GZIP);
    StrBuf out;
    Compressor *c = compressor_new(&spec, sink_to(&out));

    library_faults_set("deflate");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OUT_OF_MEMORY, "gzip failed: stream error",
                               compressor_finish(c));
    library_faults_set(NULL);
}

/* Want of memory is not damage. */
static void a_decoder_that_runs_out_of_memory_does_not_blame_the_file(void)
{
    assert_no_memory("inflate", COMPRESS_GZIP, false, true, "gzip failed: insufficient memory");
    assert_no_memory("LZ4F_decompress", COMPRESS_LZ4, false, true,
                     "lz4 failed: ERROR_allocation_failed");
    assert_no_memory("ZSTD_decompressStream", COMPRESS_ZSTD, false, true,
                     "zstd failed: Allocation error : not enough memory");
}

UNIT_SUITE(stream)
{
    UNIT_TEST(content_comes_back);
    UNIT_TEST(a_compressor_begins_another_file);
    UNIT_TEST(a_decompressor_begins_another_file);
    UNIT_TEST(a_raising_sink_leaves_a_stream_that_can_be_reset);
    UNIT_TEST(streams_can_be_put_behind_each_other);
    UNIT_TEST(a_file_cut_anywhere_is_refused);
    UNIT_TEST(the_end_that_is_missing_is_named);
    UNIT_TEST(damage_is_seen_or_does_no_harm);
    UNIT_TEST(noise_is_refused);
    UNIT_TEST(bytes_behind_the_end_are_refused);
    UNIT_TEST(a_file_of_another_format_is_refused);
    UNIT_TEST(the_library_says_what_is_wrong);
    UNIT_TEST(the_limit_is_the_last_byte_that_comes_out);
    UNIT_TEST(frames_end_to_end_are_one_file);
    UNIT_TEST(skippable_frames_are_skipped);
    UNIT_TEST(detection_needs_four_bytes);
    UNIT_TEST(files_of_other_programs_are_read);
    UNIT_TEST(other_programs_and_ours_read_each_other);
    UNIT_TEST(a_library_without_memory_is_an_error);
    UNIT_TEST(an_encoder_that_fails_is_an_error);
    UNIT_TEST(a_decoder_that_runs_out_of_memory_does_not_blame_the_file);
}
