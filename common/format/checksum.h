/*
 * checksum.h - the checksum of a page
 *
 * 16 bits over the whole page and the number of its block, never 0. The page is seen as 64 rows of
 * 32 numbers of 32 bits, the checksum field itself as 0. Each column runs a sum of its own, which
 * starts from a published constant and takes in a value v by t = sum xor v;
 * sum = t * 16777619 xor (t >> 17); after the rows come two rounds of v = 0. The result is the
 * xor of the 32 sums and the block number, brought into 1..65535 by mod 65535, plus 1.
 *
 * The block number counts within the fork, over all its segments. A page that was never
 * initialised (page_is_new) carries no checksum.
 *
 * Source: the constants are those of storage/checksum_impl.h of PostgreSQL 15; checked on pages of
 * real servers.
 */
#ifndef FORMAT_CHECKSUM_H
#define FORMAT_CHECKSUM_H

#include "common/base/base.h"

/* The checksum that the page should carry at that block; page needs no alignment. */
uint16_t checksum_compute_page(const uint8_t *page, BlockNo block);

/* Compute the checksum and store it in the header; a new page is left alone. */
void checksum_set_page(uint8_t *page, BlockNo block);

/* False when the page is not new and carries another checksum than it should. */
bool checksum_page_is_valid(const uint8_t *page, BlockNo block);

/* The way it is computed here, the best that the processor has: "avx512", "avx2", "plain". */
const char *checksum_path(void);

/* Take another way, for tests and measures; false when this processor does not have it. */
bool checksum_try_set_path(const char *path);

#endif
