/*
 * hash_page.h - pages of hash indexes, version 4
 *
 * Block 0 is the metapage. A bucket is a chain of pages: the primary one, then overflow pages. A
 * primary page keeps, where others have the block before, the highest bucket there was when it was
 * split last. Bitmap pages tell which overflow pages are in use, a bit each.
 *
 * Source: access/hash.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_HASH_PAGE_H
#define FORMAT_HASH_PAGE_H

#include "common/base/base.h"

#define HASH_META_BLOCK 0
#define HASH_PAGE_ID    0xFF80

typedef struct HashSpecial {
    BlockNo prev; /* BLOCK_NONE at the end; of a primary page: see above */
    BlockNo next;
    uint32_t bucket;
    uint16_t flags;
    uint16_t page_id;
} HashSpecial;

STATIC_ASSERT(sizeof(HashSpecial) == 16);

#define HASH_NO_BUCKET           UINT32_C(0xFFFFFFFF)

#define HASH_UNUSED              0x0000
#define HASH_OVERFLOW            0x0001
#define HASH_BUCKET              0x0002
#define HASH_BITMAP              0x0004
#define HASH_META                0x0008
#define HASH_BEING_POPULATED     0x0010
#define HASH_BEING_SPLIT         0x0020
#define HASH_NEEDS_SPLIT_CLEANUP 0x0040
#define HASH_HAS_DEAD_TUPLES     0x0080

#define HASH_MAGIC               0x06440640
#define HASH_VERSION             4
#define HASH_SPLITPOINT_MAX      98
#define HASH_BITMAP_PAGE_MAX     1024
#define HASH_BITMAP_BYTES        4096 /* of a bitmap page, the largest power of two that fits */

/* From offset 24 of the metapage; lower is right behind it. */
typedef struct HashMeta {
    uint32_t magic;
    uint32_t version;
    double tuple_count;
    uint16_t fill_factor; /* tuples a bucket should have */
    uint16_t page_bytes;  /* usable ones */
    uint16_t bitmap_bytes;
    uint16_t bitmap_shift; /* log2 of the bits in a bitmap page */
    uint32_t max_bucket;
    uint32_t high_mask;
    uint32_t low_mask;
    uint32_t splitpoint; /* overflow pages are now allocated at this one */
    uint32_t first_free; /* lowest bit that may be free */
    uint32_t bitmap_page_count;
    Oid hash_function;
    uint32_t spares[HASH_SPLITPOINT_MAX]; /* overflow pages before each splitpoint */
    BlockNo bitmap_pages[HASH_BITMAP_PAGE_MAX];
} HashMeta;

STATIC_ASSERT(offsetof(HashMeta, spares) == 52);
STATIC_ASSERT(sizeof(HashMeta) == 4544);

#endif
