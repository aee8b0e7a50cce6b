/*
 * codecs_bench.c - how fast checksums, digests, compression and JSON are
 *
 *     codecs_bench [FILE]
 *
 * FILE gives the content that is compressed, a relation's file or a WAL segment say; without it
 * the content is made up. Each figure is the best of ten rounds, by the processor time of one
 * thread. zstd stands beside the library called without ours.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <time.h>
#include <zstd.h>

#include "common/compress/block.h"
#include "common/compress/whole.h"
#include "common/crypt/crc32c.h"
#include "common/crypt/digest.h"
#include "common/json/reader.h"
#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "tests/lib/seed.h"

#define CONTENT_SIZE MIB(16)
#define PAGE_COUNT   (CONTENT_SIZE / BLOCK_SIZE)
#define ROUNDS       10

static struct {
    uint8_t *content; /* CONTENT_SIZE bytes */
    uint8_t *out;     /* as many */
    uint8_t *packed;
    size_t packed_room, packed_len;
    size_t *page_lens; /* of the pages in packed, each BLOCK_SIZE apart; 0: left alone */
    WholeCodec *codec;
    CompressSpec spec;
    ZSTD_CCtx *encoder;
    BlockMethod method;
    size_t piece;
    StrBuf json;
    volatile uint64_t result; /* so that nothing is left out */
} bench;

/* Of this process alone, so that others do not count. */
static double now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Run it and print how many bytes a second that is. */
static void measure(const char *name, size_t bytes, void (*run)(void))
{
    double best = 1e9;

    for (int i = 0; i < ROUNDS; i++) {
        double began = now_seconds();

        run();
        began = now_seconds() - began;
        if (began < best)
            best = began;
    }
    printf("%-32s %9.0f MB/s\n", name, (double)bytes / best / 1e6);
}

static void run_copy(void)
{
    memcpy(bench.out, bench.content, CONTENT_SIZE);
    bench.result += bench.out[bench.piece];
}

static void run_crc32c(void)
{
    for (size_t at = 0; at + bench.piece <= CONTENT_SIZE; at += bench.piece)
        bench.result += crc32c(bench.content + at, bench.piece);
}

static void run_sha256(void)
{
    uint8_t out[DIGEST_SIZE_MAX];

    digest_bytes(DIGEST_SHA256, bench.content, CONTENT_SIZE, out);
    bench.result += out[0];
}

static void run_whole_compress(void)
{
    bench.packed_len = compress_bytes(bench.codec, &bench.spec, bench.content, CONTENT_SIZE,
                                      bench.packed, bench.packed_room);
}

static void run_whole_decompress(void)
{
    bench.result += decompress_bytes(bench.codec, bench.spec.method, bench.packed, bench.packed_len,
                                     bench.out, CONTENT_SIZE);
}

static void run_bare_zstd_compress(void)
{
    bench.packed_len =
        ZSTD_compress2(bench.encoder, bench.packed, bench.packed_room, bench.content, CONTENT_SIZE);
}

static void run_bare_zstd_decompress(void)
{
    bench.result += ZSTD_decompress(bench.out, CONTENT_SIZE, bench.packed, bench.packed_len);
}

static void run_block_compress(void)
{
    for (size_t i = 0; i < PAGE_COUNT; i++)
        bench.page_lens[i] = block_compress(bench.method, bench.content + i * BLOCK_SIZE,
                                            BLOCK_SIZE, bench.packed + i * BLOCK_SIZE, BLOCK_SIZE);
}

static void run_block_decompress(void)
{
    for (size_t i = 0; i < PAGE_COUNT; i++)
        if (bench.page_lens[i] > 0)
            block_decompress(bench.method, bench.packed + i * BLOCK_SIZE, bench.page_lens[i],
                             bench.out, BLOCK_SIZE);
}

static void run_json_write(void)
{
    JsonWriter w;

    strbuf_clear(&bench.json);
    json_writer_init(&w, &bench.json, JSON_COMPACT);
    json_write_begin_array(&w);
    for (uint64_t i = 0; i < 50000; i++) {
        json_write_begin_object(&w);
        json_write_key(&w, "Path");
        json_write_string(&w, "base/16384/2619");
        json_write_key(&w, "Size");
        json_write_u64(&w, 8192 * i);
        json_write_key(&w, "Checksum");
        json_write_string(&w, "b0d0b714");
        json_write_end_object(&w);
    }
    json_write_end_array(&w);
    json_writer_finish(&w);
}

static void run_json_read(void)
{
    JsonReader *r = json_reader_new_bytes(bench.json.text, bench.json.len, "text");

    while (json_read_event(r).kind != JSON_END)
        bench.result++;
    json_reader_free(r);
}

static void measure_whole(const char *text)
{
    bench.spec = compress_spec_parse(text);
    bench.packed_room = compress_bound(&bench.spec, CONTENT_SIZE);
    bench.packed = mem_alloc(bench.packed_room);
    measure(mem_printf("%s of a segment", text), CONTENT_SIZE, run_whole_compress);
    measure(
        mem_printf("%s back, to %.1f %%", text, 100.0 * (double)bench.packed_len / CONTENT_SIZE),
        CONTENT_SIZE, run_whole_decompress);
    if (bench.spec.method == COMPRESS_ZSTD) {
        bench.encoder = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(bench.encoder, ZSTD_c_compressionLevel, bench.spec.level);
        ZSTD_CCtx_setParameter(bench.encoder, ZSTD_c_checksumFlag, 1);
        measure("  the bare library", CONTENT_SIZE, run_bare_zstd_compress);
        measure("  the bare library, back", CONTENT_SIZE, run_bare_zstd_decompress);
        ZSTD_freeCCtx(bench.encoder);
    }
    mem_free(bench.packed);
}

static void measure_blocks(BlockMethod method)
{
    size_t count = 0;

    bench.method = method;
    bench.packed = mem_alloc(CONTENT_SIZE);
    measure(mem_printf("%s of pages", block_method_name(method)), CONTENT_SIZE, run_block_compress);
    for (size_t i = 0; i < PAGE_COUNT; i++)
        count += bench.page_lens[i] > 0;
    measure(mem_printf("%s back", block_method_name(method)), count * BLOCK_SIZE,
            run_block_decompress);
    mem_free(bench.packed);
}

static void make_content(const char *path)
{
    Seed seed = {1};
    FILE *file;
    size_t len;

    bench.content = mem_alloc(CONTENT_SIZE);
    seed_fill_like_pages(&seed, bench.content, CONTENT_SIZE);
    if (path == NULL)
        return;
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    len = fread(bench.content, 1, CONTENT_SIZE, file);
    fclose(file);
    if (len == 0) {
        fprintf(stderr, "%s is empty\n", path);
        exit(1);
    }
    for (size_t at = len; at < CONTENT_SIZE; at++)
        bench.content[at] = bench.content[at - len];
}

int main(int argc, char **argv)
{
    static const size_t pieces[] = {50, 1000, BLOCK_SIZE, CONTENT_SIZE};
    static const char *const specs[] = {"zstd:1", "zstd:3", "lz4", "gzip:6"};

    make_content(argc > 1 ? argv[1] : NULL);
    bench.out = mem_alloc(CONTENT_SIZE);
    bench.page_lens = mem_new_array(size_t, PAGE_COUNT);
    bench.codec = whole_codec_new();
    strbuf_init(&bench.json);

    measure("copy", CONTENT_SIZE, run_copy);
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        bench.piece = pieces[i];
        measure(mem_printf("crc32c (%s) of %zu", crc32c_path(), pieces[i]), CONTENT_SIZE,
                run_crc32c);
    }
    measure("sha256", CONTENT_SIZE, run_sha256);
    for (size_t i = 0; i < ARRAY_LEN(specs); i++)
        measure_whole(specs[i]);
    measure_blocks(BLOCK_PGLZ);
    measure_blocks(BLOCK_LZ4);
    measure_blocks(BLOCK_ZSTD);
    run_json_write();
    measure("json written", bench.json.len, run_json_write);
    measure("json read", bench.json.len, run_json_read);
    return 0;
}
