/*
 * tar_fuzz.c - any bytes as a tar archive, in pieces whose size the first byte tells
 *
 * What the reader hands out must be what tar.h promises: names below the target, as many bytes as
 * were announced, an end for each beginning. A checksum that is wrong in one place alone would end
 * every run there, so headers get the right one first.
 */
#include "common/base/base.h"

#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "tests/fuzz/target.h"

typedef struct Seen {
    bool is_open;
    uint64_t left;
} Seen;

static void begin(void *arg, const TarEntry *entry)
{
    Seen *seen = arg;

    if (seen->is_open || !path_is_inside(entry->name) ||
        (entry->kind == TAR_LINK) != (entry->link != NULL))
        abort();
    seen->is_open = true;
    seen->left = entry->size;
}

static void data_bytes(void *arg, const void *bytes, size_t len)
{
    Seen *seen = arg;

    if (!seen->is_open || len > seen->left || bytes == NULL)
        abort();
    seen->left -= len;
}

static void end(void *arg)
{
    Seen *seen = arg;

    if (!seen->is_open || seen->left != 0)
        abort();
    seen->is_open = false;
}

/* Put the right checksum into each block that has the mark of a header. */
static void mend(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at + TAR_BLOCK <= size; at += TAR_BLOCK) {
        uint8_t *block = bytes + at;
        unsigned sum = 0;

        if (memcmp(block + 257, "ustar", 5) != 0)
            continue;
        memset(block + 148, ' ', 8);
        for (size_t i = 0; i < TAR_BLOCK; i++)
            sum += block[i];
        snprintf((char *)block + 148, 8, "%06o", sum);
    }
}

void fuzz_take(const uint8_t *data, size_t size)
{
    Seen seen = {.is_open = false};
    const TarVisitor visitor = {begin, data_bytes, end, &seen};
    TarReader *reader = tar_reader_new(&visitor, "input");
    size_t piece;
    uint8_t *bytes;

    if (size == 0)
        return;
    piece = data[0] == 0 ? size : (size_t)data[0] * 7;
    bytes = mem_dup(data + 1, size - 1);
    mend(bytes, size - 1);
    for (size_t at = 0; at < size - 1; at += piece)
        tar_reader_write(reader, bytes + at, size_min(piece, size - 1 - at));
    tar_reader_finish(reader);
}
