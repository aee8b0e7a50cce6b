/*
 * inline_values.c - compressed values in the pages of a table's file
 *
 *     inline_values list FILE        print "ID METHOD SHA-256" of each, decompressed by us
 *     inline_values recompress FILE  put our own pglz stream in the place of each of PostgreSQL's
 *                                    that is as long or longer; print "REPLACED of TOTAL"
 *
 * The table is (id int4, pad text of PAD_SIZE bytes, value text), so that the value stands at a
 * fixed place and is the last: it may become shorter. The cluster has no checksums.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/compress/block.h"
#include "common/crypt/digest.h"
#include "common/err/err.h"
#include "common/mem/mem.h"

#define PAD_SIZE     2100
#define VALUE_OFFSET (4 + 4 + PAD_SIZE) /* behind id, and pad with its header */
#define FILE_MAX     MIB(64)

/* An inline compressed value: two words, then the stream. */
typedef struct Value {
    uint32_t id;
    uint8_t *at; /* in the page */
    size_t stream_len, raw_len;
    BlockMethod method;
} Value;

static size_t replaced, total;

/* The value of a tuple; false when it is not compressed in place. */
static bool value_of_tuple(uint8_t *tuple, Value *value)
{
    uint8_t *data = tuple + tuple[22];
    uint32_t header = load_u32(data + VALUE_OFFSET);
    uint32_t info = load_u32(data + VALUE_OFFSET + 4);

    if ((header & 3) != 2)
        return false;
    value->id = load_u32(data);
    value->at = data + VALUE_OFFSET;
    value->stream_len = (header >> 2) - 8;
    value->raw_len = info & 0x3FFFFFFF;
    value->method = info >> 30 == 0 ? BLOCK_PGLZ : BLOCK_LZ4;
    return true;
}

static void list(const Value *value)
{
    uint8_t *raw = mem_alloc(value->raw_len);
    char text[DIGEST_TEXT_MAX];
    Digest d;

    block_decompress(value->method, value->at + 8, value->stream_len, raw, value->raw_len);
    digest_init(&d, DIGEST_SHA256);
    digest_update(&d, raw, value->raw_len);
    digest_final_text(&d, text);
    printf("%u %s %s\n", value->id, block_method_name(value->method), text);
}

static void recompress(const Value *value)
{
    uint8_t *raw = mem_alloc(value->raw_len);
    uint8_t *ours = mem_alloc(value->stream_len);
    size_t len;

    if (value->method != BLOCK_PGLZ)
        return;
    total++;
    block_decompress(BLOCK_PGLZ, value->at + 8, value->stream_len, raw, value->raw_len);
    len = block_compress(BLOCK_PGLZ, raw, value->raw_len, ours, value->stream_len);
    if (len == 0)
        return;
    replaced++;
    store_u32(value->at, (uint32_t)(len + 8) << 2 | 2);
    memcpy(value->at + 8, ours, len);
    memset(value->at + 8 + len, 0xEE, value->stream_len - len);
}

static void visit_page(uint8_t *page, void (*visit)(const Value *value))
{
    size_t lower = load_u16(page + 12);

    for (size_t at = 24; at < lower; at += 4) {
        uint32_t pointer = load_u32(page + at);
        Value value;

        /* Offset in 15 bits, two bits of state (1: a tuple), length. */
        if ((pointer >> 15 & 3) == 1 && value_of_tuple(page + (pointer & 0x7FFF), &value))
            visit(&value);
    }
}

int main(int argc, char **argv)
{
    bool is_list = argc == 3 && strcmp(argv[1], "list") == 0;
    uint8_t *bytes = mem_alloc(FILE_MAX);
    FILE *file = argc == 3 ? fopen(argv[2], is_list ? "rb" : "r+b") : NULL;
    size_t size;

    err_set_program("inline_values");
    if (file == NULL) {
        fprintf(stderr, "inline_values: could not open the file\n");
        return 1;
    }
    size = fread(bytes, 1, FILE_MAX, file);
    for (size_t at = 0; at + BLOCK_SIZE <= size; at += BLOCK_SIZE)
        visit_page(bytes + at, is_list ? list : recompress);
    if (!is_list) {
        rewind(file);
        if (fwrite(bytes, 1, size, file) != size)
            return 1;
        printf("%zu of %zu\n", replaced, total);
    }
    return fclose(file) == 0 ? 0 : 1;
}
