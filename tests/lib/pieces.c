/* pieces.c - give bytes in pieces. */
#include "common/base/base.h"

#include "tests/lib/pieces.h"

static size_t read_piece(void *arg, void *bytes, size_t max)
{
    Pieces *p = arg;
    size_t len = size_min(size_min(p->piece, p->len), max);

    if (len > 0)
        memcpy(bytes, p->bytes, len);
    p->bytes = (const uint8_t *)p->bytes + len;
    p->len -= len;
    return len;
}

ByteSource pieces_source(Pieces *p)
{
    return (ByteSource){.read = read_piece, .arg = p};
}
