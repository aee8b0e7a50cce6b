/*
 * gist_page.h - pages of GiST indexes
 *
 * Block 0 is the root. A page that was split carries a number (the LSN of the record that gave the
 * new page its downlink), by which a search finds out that it must go right.
 *
 * Source: access/gist.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_GIST_PAGE_H
#define FORMAT_GIST_PAGE_H

#include "common/base/base.h"

#define GIST_ROOT_BLOCK 0
#define GIST_PAGE_ID    0xFF81

typedef struct GistSpecial {
    uint32_t nsn_high; /* node sequence number, the high half first as in a page's LSN */
    uint32_t nsn_low;
    BlockNo right_link; /* BLOCK_NONE at the end */
    uint16_t flags;
    uint16_t page_id;
} GistSpecial;

STATIC_ASSERT(sizeof(GistSpecial) == 16);

#define GIST_LEAF           0x0001
#define GIST_DELETED        0x0002
#define GIST_TUPLES_DELETED 0x0004 /* by servers of long ago */
#define GIST_FOLLOW_RIGHT   0x0008 /* the page to the right has no downlink yet */
#define GIST_HAS_GARBAGE    0x0010 /* hint: some item is marked dead */

#endif
