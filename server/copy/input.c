/*
 * input.c - bytes of a source, in the server's encoding
 *
 * What is read is checked piece by piece, and what is wrong is raised not when it is met but when
 * the lines before it have been taken: they count. For the same reason text that needs conversion
 * is converted line by line, unless it is all ASCII.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/copy/copy_int.h"
#include "server/net/net.h"
#include "server/stats/activity.h"
#include "server/types/database_text.h"

#define INPUT_MAX ((size_t)0x3FFFFFFF) /* bytes of a line, as of any value */

static uint8_t *alloc_bytes(const CopyInput *in, size_t size);
static void make_room(CopyInput *in, size_t extra);
static void move_to_front(CopyInput *in);
static bool read_more(CopyInput *in);
static void check_new(CopyInput *in);
static bool convert_more(CopyInput *in);
static size_t convertible(const CopyInput *in);

Encoding copy_encoding(const CopyOptions *options)
{
    return options->encoding == COPY_ENCODING_CLIENT ? net_client_encoding()
                                                     : (Encoding)options->encoding;
}

void copy_input_init(CopyInput *in, CopySource *source, const CopyOptions *options)
{
    *in = (CopyInput){.mem = mem_current(),
                      .source = source,
                      .size = INPUT_PIECE,
                      .is_binary = options->form == COPY_AS_BINARY,
                      .from = copy_encoding(options),
                      .to = text_encoding()};
    if (!in->is_binary && !encoding_can_convert(in->from, in->to))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("conversion from %s to %s is not supported",
                                     encoding_name(in->from), encoding_name(in->to)));
    in->checked = in->from != ENCODING_SQL_ASCII ? in->from : in->to;
    in->bytes = alloc_bytes(in, in->size);
    if (!in->is_binary && in->from != in->to && in->from != ENCODING_SQL_ASCII &&
        in->to != ENCODING_SQL_ASCII)
        in->raw = mem_alloc(INPUT_PIECE);
}

bool copy_input_more(CopyInput *in)
{
    size_t before;

    move_to_front(in);
    before = in->valid;
    do {
        if (in->is_over && in->raw_begin == in->raw_end) {
            if (in->end > in->valid)
                encoding_check(in->checked, (const char *)in->bytes + in->valid,
                               in->end - in->valid);
            return false;
        }
        if (in->raw != NULL) {
            if (!convert_more(in))
                (void)read_more(in);
        } else if (read_more(in)) {
            check_new(in);
        }
    } while (in->valid == before);
    return true;
}

const uint8_t *copy_input_take(CopyInput *in, size_t len)
{
    const uint8_t *bytes;

    while (in->valid - in->begin < len)
        if (!copy_input_more(in))
            return NULL;
    bytes = in->bytes + in->begin;
    in->begin += len;
    return bytes;
}

/* With slack on both sides: a byte before the first field may be written to, too. */
static uint8_t *alloc_bytes(const CopyInput *in, size_t size)
{
    MemContext *before = mem_switch(in->mem);
    uint8_t *bytes = mem_alloc_aligned(size + INPUT_SLACK * 2, INPUT_SLACK);

    mem_switch(before);
    return bytes + INPUT_SLACK;
}

static void move_to_front(CopyInput *in)
{
    if (in->begin == 0)
        return;
    memmove(in->bytes, in->bytes + in->begin, in->end - in->begin);
    in->valid -= in->begin;
    in->end -= in->begin;
    in->begin = 0;
}

static void make_room(CopyInput *in, size_t extra)
{
    size_t size = in->size;
    uint8_t *bytes;

    while (size - in->end < extra)
        size *= 2;
    if (size == in->size)
        return;
    if (in->end + extra > INPUT_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "out of memory",
                  .detail = err_fmt("Cannot enlarge string buffer containing %zu bytes by %zu more "
                                    "bytes.",
                                    in->end, extra));
    bytes = alloc_bytes(in, size);
    memcpy(bytes, in->bytes, in->end);
    mem_free(in->bytes - INPUT_SLACK);
    in->bytes = bytes;
    in->size = size;
}

/* False when there is none. */
static bool read_more(CopyInput *in)
{
    size_t len;

    if (in->raw != NULL) {
        memmove(in->raw, in->raw + in->raw_begin, in->raw_end - in->raw_begin);
        in->raw_end -= in->raw_begin;
        in->raw_begin = 0;
        len = in->source->read(in->source, in->raw + in->raw_end, INPUT_PIECE - in->raw_end);
        in->raw_end += len;
    } else {
        make_room(in, INPUT_PIECE);
        len = in->source->read(in->source, in->bytes + in->end, INPUT_PIECE);
        in->end += len;
    }
    command_progress_add(COPY_BYTES, (int64_t)len);
    in->is_over = len == 0;
    return len > 0;
}

/* Characters that are not all there yet wait; what is wrong in them shows when they are. */
static void check_new(CopyInput *in)
{
    const char *bytes = (const char *)in->bytes + in->valid;
    size_t len = in->end - in->valid, good;

    if (in->is_binary) {
        in->valid = in->end;
        return;
    }
    good = encoding_valid_len(in->checked, bytes, len);
    in->valid += good;
    if (good == 0 && len >= encoding_char_len(in->checked, bytes))
        encoding_check(in->checked, bytes, len);
}

/* Append what there is of raw, or a line of it; false: there is nothing that is whole. */
static bool convert_more(CopyInput *in)
{
    size_t len = convertible(in), out_len;
    const char *from = (const char *)in->raw + in->raw_begin, *to;

    if (len == 0)
        return false;
    encoding_check(in->from, from, len);
    to = encoding_convert(in->from, in->to, from, len, &out_len);
    make_room(in, out_len);
    memcpy(in->bytes + in->end, to, out_len);
    if (to != from)
        mem_free((void *)(uintptr_t)to);
    in->raw_begin += len;
    in->end += out_len;
    in->valid = in->end;
    return true;
}

static size_t convertible(const CopyInput *in)
{
    const char *from = (const char *)in->raw + in->raw_begin;
    size_t len = in->raw_end - in->raw_begin, good, ascii = 0;
    const char *newline;

    while (ascii < len && from[ascii] > 0)
        ascii++;
    if (ascii == len)
        return len;
    newline = memchr(from, '\n', len);
    /* Lines of ASCII before it go together with nothing that might be wrong. */
    if (ascii > 0 && (newline == NULL || newline < from + ascii))
        return ascii;
    if (newline != NULL)
        len = (size_t)(newline - from) + 1;
    good = encoding_valid_len(in->from, from, len);
    if (good > 0)
        return good;
    return in->is_over || len >= encoding_char_len(in->from, from) ? len : 0;
}
