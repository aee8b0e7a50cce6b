/*
 * page_cache.c - pages in a hash, in a list by use, and in a list by fork; page_cache.h says why
 *
 * Writing takes place where the page goes, so that a file never has what the cache does not know:
 * its length follows when pages behind its end are written.
 */
#include "common/base/base.h"

#include "tests/lib/page_cache.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/format/checksum.h"
#include "common/format/rel_path.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"

#define FILES_MAX 200 /* to keep open */

typedef struct Fork Fork;

typedef struct Page {
    BlockTag tag;
    bool is_changed;
    Fork *fork;
    struct Page *newer, *older;         /* by use */
    struct Page *fork_prev, *fork_next; /* of the same fork */
    _Alignas(8) uint8_t bytes[BLOCK_SIZE];
} Page;

struct Fork {
    struct {
        RelTag rel;
        uint32_t fork;
    } key;
    bool exists;
    BlockNo block_count;
    Page *pages;
};

typedef struct OpenFile {
    struct {
        RelTag rel;
        uint32_t fork;
        uint32_t segment;
    } key;
    OsFile *file;
} OpenFile;

struct PageCache {
    PageCacheConfig config;
    MemContext *files_mem;
    Hash pages; /* Page */
    Hash forks; /* Fork */
    Hash files; /* OpenFile; in files_mem, as the files are */
    Page *newest, *oldest;
    uint64_t read_count, write_count;
};

static Fork *find_fork(PageCache *c, const RelTag *rel, ForkNo fork);
static BlockNo count_blocks(PageCache *c, const Fork *fork, bool *exists);
static char *segment_path(const PageCache *c, const Fork *fork, uint32_t segment);
static void link_page(PageCache *c, Page *page);
static void use_page(PageCache *c, Page *page);
static void make_room(PageCache *c);
static void forget_page(PageCache *c, Page *page);
static void write_page(PageCache *c, Page *page);
static void fill_segments(PageCache *c, const Fork *fork, uint32_t end);
static OsFile *open_segment(PageCache *c, const Fork *fork, uint32_t segment);
static void close_segment(PageCache *c, const Fork *fork, uint32_t segment);
static void close_files(PageCache *c);
static void init_files(PageCache *c);

PageCache *page_cache_new(const PageCacheConfig *config)
{
    PageCache *c = mem_new(PageCache);

    c->config = *config;
    c->files_mem = mem_context_new(mem_current(), "open segments");
    hash_init(&c->pages, sizeof(BlockTag), sizeof(Page));
    hash_init(&c->forks, sizeof(((Fork *)NULL)->key), sizeof(Fork));
    init_files(c);
    return c;
}

uint8_t *page_cache_get(PageCache *c, const BlockTag *tag)
{
    bool is_new;
    Page *page = hash_enter(&c->pages, tag, &is_new);

    if (!is_new) {
        use_page(c, page);
        return page->bytes;
    }
    page->fork = find_fork(c, &tag->rel, (ForkNo)tag->fork);
    link_page(c, page);
    if (tag->block < page->fork->block_count) {
        OsFile *file = open_segment(c, page->fork, tag->block / SEGMENT_BLOCKS);

        os_file_read_at(file, page->bytes, BLOCK_SIZE,
                        (uint64_t)(tag->block % SEGMENT_BLOCKS) * BLOCK_SIZE);
        c->read_count++;
    }
    make_room(c);
    return page->bytes;
}

void page_cache_mark(PageCache *c, const BlockTag *tag)
{
    Page *page = hash_find(&c->pages, tag);

    ASSERT(page != NULL);
    page->is_changed = true;
    page->fork->exists = true;
    if (tag->block >= page->fork->block_count) {
        fill_segments(c, page->fork, tag->block / SEGMENT_BLOCKS);
        page->fork->block_count = tag->block + 1;
    }
}

BlockNo page_cache_block_count(PageCache *c, const RelTag *rel, ForkNo fork, bool *exists)
{
    const Fork *found = find_fork(c, rel, fork);

    if (exists != NULL)
        *exists = found->exists;
    return found->block_count;
}

void page_cache_make_fork(PageCache *c, const RelTag *rel, ForkNo fork)
{
    Fork *found = find_fork(c, rel, fork);

    open_segment(c, found, 0);
    found->exists = true;
}

void page_cache_cut_fork(PageCache *c, const RelTag *rel, ForkNo fork, BlockNo block_count)
{
    Fork *found = find_fork(c, rel, fork);
    uint32_t last = block_count / SEGMENT_BLOCKS;
    OsStat stat;

    if (found->block_count <= block_count)
        return;
    for (Page *page = found->pages, *next; page != NULL; page = next) {
        next = page->fork_next;
        if (page->tag.block >= block_count)
            forget_page(c, page);
    }
    for (uint32_t segment = (found->block_count - 1) / SEGMENT_BLOCKS; segment > last; segment--) {
        close_segment(c, found, segment);
        os_try_unlink(segment_path(c, found, segment));
    }
    /* What is cached only may not have come to the file yet, which is shorter then. */
    if (os_try_stat(segment_path(c, found, last), &stat) &&
        stat.size > (uint64_t)(block_count % SEGMENT_BLOCKS) * BLOCK_SIZE)
        os_file_truncate(open_segment(c, found, last),
                         (uint64_t)(block_count % SEGMENT_BLOCKS) * BLOCK_SIZE);
    found->block_count = block_count;
}

void page_cache_drop_rel(PageCache *c, const RelTag *rel)
{
    for (ForkNo fork = FORK_MAIN; fork < FORK_COUNT; fork++) {
        Fork *found = find_fork(c, rel, fork);

        while (found->pages != NULL)
            forget_page(c, found->pages);
        for (uint32_t segment = 0;; segment++) {
            close_segment(c, found, segment);
            if (!os_try_unlink(segment_path(c, found, segment)))
                break;
        }
        hash_remove(&c->forks, &found->key);
    }
}

void page_cache_flush_database(PageCache *c, Oid tablespace, Oid database)
{
    size_t position = 0;
    Fork *fork;

    while ((fork = hash_next(&c->forks, &position)) != NULL) {
        if (fork->key.rel.tablespace != tablespace || fork->key.rel.database != database)
            continue;
        for (Page *page = fork->pages; page != NULL; page = page->fork_next) {
            if (page->is_changed)
                write_page(c, page);
        }
    }
}

void page_cache_forget_database(PageCache *c, Oid tablespace, Oid database)
{
    size_t position = 0;
    Array found;
    Fork *fork;

    close_files(c);
    array_init(&found, sizeof(Fork *));
    while ((fork = hash_next(&c->forks, &position)) != NULL) {
        if (fork->key.rel.tablespace == tablespace && fork->key.rel.database == database)
            *(Fork **)array_push(&found) = fork;
    }
    array_foreach(Fork *, gone, &found) {
        while ((*gone)->pages != NULL)
            forget_page(c, (*gone)->pages);
        hash_remove(&c->forks, &(*gone)->key);
    }
    mem_free(found.items);
}

void page_cache_flush(PageCache *c)
{
    for (Page *page = c->oldest; page != NULL; page = page->newer) {
        if (page->is_changed)
            write_page(c, page);
    }
    close_files(c);
}

void page_cache_counts(const PageCache *c, uint64_t *read_count, uint64_t *write_count)
{
    *read_count = c->read_count;
    *write_count = c->write_count;
}

/* ---- Forks ---- */

static Fork *find_fork(PageCache *c, const RelTag *rel, ForkNo fork)
{
    Fork key = {.key = {.rel = *rel, .fork = fork}};
    bool is_new;
    Fork *found = hash_enter(&c->forks, &key.key, &is_new);

    if (is_new)
        found->block_count = count_blocks(c, found, &found->exists);
    return found;
}

/* A segment that is not full is the last one. */
static BlockNo count_blocks(PageCache *c, const Fork *fork, bool *exists)
{
    uint64_t blocks = 0;
    OsStat stat;

    *exists = false;
    for (uint32_t segment = 0; segment <= REL_SEGMENT_MAX; segment++) {
        if (!os_try_stat(segment_path(c, fork, segment), &stat))
            break;
        *exists = true;
        blocks += stat.size / BLOCK_SIZE;
        if (stat.size < REL_FILE_SIZE)
            break;
    }
    return (BlockNo)blocks;
}

static char *segment_path(const PageCache *c, const Fork *fork, uint32_t segment)
{
    return path_join(c->config.dir,
                     rel_path(&fork->key.rel, (ForkNo)fork->key.fork, segment, c->config.version));
}

/* ---- Pages ---- */

static void link_page(PageCache *c, Page *page)
{
    page->older = c->newest;
    if (c->newest != NULL)
        c->newest->newer = page;
    c->newest = page;
    if (c->oldest == NULL)
        c->oldest = page;
    page->fork_next = page->fork->pages;
    if (page->fork_next != NULL)
        page->fork_next->fork_prev = page;
    page->fork->pages = page;
}

/* Take the page out of the list by use, and put it at its new end. */
static void use_page(PageCache *c, Page *page)
{
    if (page == c->newest)
        return;
    page->newer->older = page->older;
    if (page->older != NULL)
        page->older->newer = page->newer;
    else
        c->oldest = page->newer;
    page->older = c->newest;
    page->newer = NULL;
    c->newest->newer = page;
    c->newest = page;
}

static void make_room(PageCache *c)
{
    while (c->pages.count > c->config.page_max && c->oldest != c->newest) {
        if (c->oldest->is_changed)
            write_page(c, c->oldest);
        forget_page(c, c->oldest);
    }
}

static void forget_page(PageCache *c, Page *page)
{
    if (page->newer != NULL)
        page->newer->older = page->older;
    else
        c->newest = page->older;
    if (page->older != NULL)
        page->older->newer = page->newer;
    else
        c->oldest = page->newer;
    if (page->fork_prev != NULL)
        page->fork_prev->fork_next = page->fork_next;
    else
        page->fork->pages = page->fork_next;
    if (page->fork_next != NULL)
        page->fork_next->fork_prev = page->fork_prev;
    hash_remove(&c->pages, &page->tag);
}

static void write_page(PageCache *c, Page *page)
{
    OsFile *file = open_segment(c, page->fork, page->tag.block / SEGMENT_BLOCKS);

    if (c->config.has_checksums)
        checksum_set_page(page->bytes, page->tag.block);
    os_file_write_at(file, page->bytes, BLOCK_SIZE,
                     (uint64_t)(page->tag.block % SEGMENT_BLOCKS) * BLOCK_SIZE);
    page->is_changed = false;
    c->write_count++;
}

/* ---- Files ---- */

/* Segments before the one that the fork now ends in have to be full. */
static void fill_segments(PageCache *c, const Fork *fork, uint32_t end)
{
    uint32_t segment = fork->block_count == 0 ? 0 : (fork->block_count - 1) / SEGMENT_BLOCKS;

    for (; segment < end; segment++)
        os_file_truncate(open_segment(c, fork, segment), REL_FILE_SIZE);
}

/* Made when missing: pages of a fork may be in the cache long before its file is there. */
static OsFile *open_segment(PageCache *c, const Fork *fork, uint32_t segment)
{
    OpenFile key = {.key = {fork->key.rel, fork->key.fork, segment}};
    OpenFile *entry = hash_find(&c->files, &key.key);
    OsFile *file = NULL;

    if (entry != NULL)
        return entry->file;
    if (c->files.count >= FILES_MAX)
        close_files(c);
    MEM_SCOPE(c->files_mem) {
        char *path = segment_path(c, fork, segment);

        /* The folder may be missing too, when a later record drops it with all in it. */
        if (!os_exists(path))
            os_dir_make_all(path_dir(path));
        file = os_file_open(path, OS_READ | OS_WRITE | OS_CREATE);
    }
    entry = hash_enter(&c->files, &key.key, NULL);
    entry->file = file;
    return file;
}

static void close_segment(PageCache *c, const Fork *fork, uint32_t segment)
{
    OpenFile key = {.key = {fork->key.rel, fork->key.fork, segment}};
    OpenFile *entry = hash_find(&c->files, &key.key);

    if (entry == NULL)
        return;
    os_file_close(entry->file);
    hash_remove(&c->files, &key.key);
}

static void close_files(PageCache *c)
{
    size_t position = 0;
    const OpenFile *entry;

    while ((entry = hash_next(&c->files, &position)) != NULL)
        os_file_close(entry->file);
    mem_reset(c->files_mem);
    init_files(c);
}

static void init_files(PageCache *c)
{
    MEM_SCOPE(c->files_mem) {
        hash_init(&c->files, sizeof(((OpenFile *)NULL)->key), sizeof(OpenFile));
    }
}
