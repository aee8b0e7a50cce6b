/* pieces.h - a source of bytes that gives some of them at a time */
#ifndef LIB_PIECES_H
#define LIB_PIECES_H

#include "common/base/base.h"
#include "common/base/bytes.h"

typedef struct Pieces {
    const void *bytes; /* what is left of them, and how many */
    size_t len;
    size_t piece; /* the most that one read gives */
} Pieces;

/* The source moves p, which must outlive it. */
ByteSource pieces_source(Pieces *p);

#endif
