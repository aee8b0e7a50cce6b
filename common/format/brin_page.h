/*
 * brin_page.h - pages of BRIN indexes, version 1
 *
 * Block 0 is the metapage. Then come pages of the range map, which holds for each range of heap
 * blocks the TID of its summary, and regular pages, which hold the summaries.
 *
 * Source: access/brin_page.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_BRIN_PAGE_H
#define FORMAT_BRIN_PAGE_H

#include "common/base/base.h"

#include "common/format/page.h"
#include "common/format/tid.h"

#define BRIN_META_BLOCK 0

typedef struct BrinSpecial {
    uint16_t unused[2];
    uint16_t flags;
    uint16_t type;
} BrinSpecial;

STATIC_ASSERT(sizeof(BrinSpecial) == 8);

#define BRIN_META     0xF091
#define BRIN_REVMAP   0xF092
#define BRIN_REGULAR  0xF093
#define BRIN_EVACUATE 0x0001 /* flag: the page is being emptied; not logged */

/* From offset 24 of the metapage; lower is right behind it. */
typedef struct BrinMeta {
    uint32_t magic;
    uint32_t version;
    uint32_t range_blocks;
    BlockNo last_revmap;
} BrinMeta;

STATIC_ASSERT(sizeof(BrinMeta) == 16);

#define BRIN_MAGIC UINT32_C(0xA8109CFA)

/* Entries of a page of the range map, which begin at offset 24. */
#define BRIN_REVMAP_ENTRIES ((BLOCK_SIZE - PAGE_HEADER_SIZE - sizeof(BrinSpecial)) / sizeof(Tid))

#endif
