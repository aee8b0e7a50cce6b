/*
 * page_store.h - the blocks of a cluster in memory, over a copy of it on disk
 *
 * A page is read from the copy when it is first asked for. The store follows what records do to
 * files, so that a block is always that of the file that has the name now. What is nowhere is a
 * page of zeros.
 */
#ifndef REDO_PAGE_STORE_H
#define REDO_PAGE_STORE_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/walrec/effects.h"

typedef struct PageStore PageStore;

typedef struct StoredPage {
    BlockTag tag;
    bool is_known; /* its content is right, as far as anybody knows */
    _Alignas(8) uint8_t bytes[BLOCK_SIZE];
} StoredPage;

/* base: the data directory to read from; NULL: nothing is there, and no page is known. */
PageStore *page_store_new(const char *base);

/* The page; it stays where it is until its file goes or is cut. */
StoredPage *page_store_get(PageStore *s, const BlockTag *tag);

/* Follow a record's effect on files, after its blocks. */
void page_store_follow(PageStore *s, const WalEffect *effect);

size_t page_store_count(const PageStore *s);

#endif
