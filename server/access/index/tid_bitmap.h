/*
 * tid_bitmap.h - a set of rows by their places, read in the order of the table's blocks
 *
 * A page has a bit for each line pointer, until memory runs short: then it is only known that there
 * is something on the page (it is lossy), and whoever reads it looks at all its rows and tests the
 * condition again. needs_recheck says the same of what an index cannot tell exactly.
 */
#ifndef INDEX_TID_BITMAP_H
#define INDEX_TID_BITMAP_H

#include "common/base/base.h"

#include "common/format/tid.h"

#define TID_BITMAP_OFFSETS_MAX 291 /* line pointers of a page */

typedef struct TidBitmap TidBitmap;

/* Empty, in a context below the current one. memory_max: bytes, work_mem mostly. */
TidBitmap *tid_bitmap_new(size_t memory_max);
void tid_bitmap_free(TidBitmap *b);

/* Not once it is read. */
void tid_bitmap_add(TidBitmap *b, Tid tid, bool needs_recheck);
void tid_bitmap_add_page(TidBitmap *b, BlockNo block); /* whatever is on it */

/* b becomes what is in any of the two, or in both. other stays as it is. */
void tid_bitmap_unite(TidBitmap *b, const TidBitmap *other);
void tid_bitmap_intersect(TidBitmap *b, const TidBitmap *other);

bool tid_bitmap_is_empty(const TidBitmap *b);

/* ---- Reading ---- */

typedef struct TidBitmapPage {
    BlockNo block;
    bool is_lossy; /* any row of the page: offnums are not known */
    bool needs_recheck;
    unsigned count;
    OffsetNo offnums[TID_BITMAP_OFFSETS_MAX]; /* ascending */
} TidBitmapPage;

/* A reader's place; {0} is the beginning. Several may read at once, one in advance of the other. */
typedef struct TidBitmapReader {
    size_t page, chunk; /* the next ones */
    unsigned chunk_bit;
} TidBitmapReader;

/* The next page; false at the end. The bitmap is put in order at the first call. */
bool tid_bitmap_next(TidBitmap *b, TidBitmapReader *reader, TidBitmapPage *page);

/* Its block alone, for prefetching. */
bool tid_bitmap_next_block(TidBitmap *b, TidBitmapReader *reader, BlockNo *block);

#endif
