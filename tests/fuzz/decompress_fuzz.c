/*
 * decompress_fuzz.c - compressed files, as streams and as wholes
 *
 * The first byte says by which method and in pieces of what size. A stream and a whole must find
 * the same content in a file. They must also refuse the same files, but for one oddity of libzstd:
 * a compressed block of no bytes is refused, unless it comes alone.
 */
#include "common/base/base.h"

#include "common/compress/stream.h"
#include "common/compress/whole.h"
#include "common/err/err.h"
#include "common/text/strbuf.h"
#include "tests/fuzz/target.h"

#define CONTENT_MAX KIB(64)

typedef struct Input {
    CompressMethod method;
    size_t piece;
    const uint8_t *file;
    size_t len;
    StrBuf content;
} Input;

static void read_stream(Input *input)
{
    Decompressor *d = decompressor_new(input->method, strbuf_sink(&input->content), CONTENT_MAX);

    for (size_t at = 0; at < input->len; at += input->piece)
        decompressor_write(d, input->file + at, size_min(input->piece, input->len - at));
    decompressor_finish(d);
}

static void read_whole(Input *input)
{
    char *room = strbuf_reserve(&input->content, CONTENT_MAX);

    input->content.len = decompress_bytes(whole_codec_new(), input->method, input->file, input->len,
                                          room, CONTENT_MAX);
}

static bool is_read(void (*read)(Input *input), Input *input)
{
    volatile bool is_good = false;

    strbuf_init(&input->content);
    ERR_TRY() {
        read(input);
        is_good = true;
    }
    ERR_CATCH() {
    }
    ERR_END();
    return is_good;
}

void fuzz_take(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {1, 3, 100, MIB(1)};
    uint8_t choice = size == 0 ? 0 : data[0];
    Input stream = {.method = (CompressMethod)(COMPRESS_GZIP + choice % 3),
                    .piece = pieces[choice / 3 % 4],
                    .file = data + (size > 0),
                    .len = size - (size > 0)};
    Input whole = stream;
    bool is_stream = is_read(read_stream, &stream);
    bool is_whole = is_read(read_whole, &whole);

    if (is_stream != is_whole && stream.method != COMPRESS_ZSTD)
        abort();
    if (is_stream && is_whole &&
        (stream.content.len != whole.content.len ||
         memcmp(stream.content.text, whole.content.text, whole.content.len) != 0))
        abort();
}
