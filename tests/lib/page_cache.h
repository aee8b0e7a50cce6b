/*
 * page_cache.h - pages of a data directory, read when asked for, written back when room is needed
 *
 * For programs that change a cluster that no server runs on. Blocks behind the end of their fork
 * are pages of zeros; marking one as changed makes the fork longer. Files are not synced.
 *
 * Cost: a page by its tag is a look-up; to cut or drop a fork costs by its pages in the cache; what
 * is done to a whole database by the forks that were ever used.
 */
#ifndef LIB_PAGE_CACHE_H
#define LIB_PAGE_CACHE_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/pg_version.h"

typedef struct PageCache PageCache;

typedef struct PageCacheConfig {
    const char *dir; /* kept, not copied */
    const PgVersion *version;
    size_t page_max;    /* pages to keep in memory */
    bool has_checksums; /* compute them when pages are written */
} PageCacheConfig;

/* The cache belongs to the current memory context. */
PageCache *page_cache_new(const PageCacheConfig *config);

/* The page of that block, BLOCK_SIZE bytes aligned to 8, until the next call of the cache. */
uint8_t *page_cache_get(PageCache *c, const BlockTag *tag);

/* The page was changed since page_cache_get(). */
void page_cache_mark(PageCache *c, const BlockTag *tag);

/* How many blocks a fork has; *exists (may be NULL) tells an empty one from none. */
BlockNo page_cache_block_count(PageCache *c, const RelTag *rel, ForkNo fork, bool *exists);

void page_cache_make_fork(PageCache *c, const RelTag *rel, ForkNo fork);
void page_cache_cut_fork(PageCache *c, const RelTag *rel, ForkNo fork, BlockNo block_count);
void page_cache_drop_rel(PageCache *c, const RelTag *rel); /* all forks and their files */

/* Write back what is changed of a database in a tablespace; forget all of it, unwritten. */
void page_cache_flush_database(PageCache *c, Oid tablespace, Oid database);
void page_cache_forget_database(PageCache *c, Oid tablespace, Oid database);

/* Write back all and close files. */
void page_cache_flush(PageCache *c);

/* How many pages were read and written so far. */
void page_cache_counts(const PageCache *c, uint64_t *read_count, uint64_t *write_count);

#endif
