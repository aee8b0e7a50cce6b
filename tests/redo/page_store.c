/* page_store.c - the blocks of a cluster in memory; page_store.h says how. */
#include "common/base/base.h"

#include "tests/redo/page_store.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/format/rel_path.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"

typedef struct FileKey {
    RelTag rel;
    uint32_t fork;
    uint32_t segment;
} FileKey;

/* A file of the copy, kept because its pages are asked for one by one. */
typedef struct StoredFile {
    FileKey key;
    char *bytes; /* NULL when there is no such file */
    size_t len;
} StoredFile;

struct PageStore {
    MemContext *mem;
    const char *base;
    Hash pages; /* StoredPage */
    Hash files; /* StoredFile */
};

static const StoredFile *find_file(PageStore *s, const BlockTag *tag);

PageStore *page_store_new(const char *base)
{
    PageStore *s = mem_new(PageStore);

    s->mem = mem_current();
    s->base = base;
    hash_init(&s->pages, sizeof(BlockTag), sizeof(StoredPage));
    hash_init(&s->files, sizeof(FileKey), sizeof(StoredFile));
    return s;
}

StoredPage *page_store_get(PageStore *s, const BlockTag *tag)
{
    bool is_new;
    StoredPage *page = hash_enter(&s->pages, tag, &is_new);

    if (is_new && s->base != NULL) {
        const StoredFile *file = find_file(s, tag);
        size_t offset = (size_t)(tag->block % SEGMENT_BLOCKS) * BLOCK_SIZE;

        page->is_known = true;
        if (file->bytes != NULL && offset + BLOCK_SIZE <= file->len)
            memcpy(page->bytes, file->bytes + offset, BLOCK_SIZE);
    }
    return page;
}

static const StoredFile *find_file(PageStore *s, const BlockTag *tag)
{
    FileKey key = {tag->rel, tag->fork, tag->block / SEGMENT_BLOCKS};
    bool is_new;
    StoredFile *file = hash_enter(&s->files, &key, &is_new);

    if (is_new) {
        MEM_SCOPE(s->mem) {
            char *path = path_join(
                s->base, rel_path(&tag->rel, (ForkNo)tag->fork, key.segment, pg_version_find(15)));

            file->bytes = os_file_try_read_all(path, REL_FILE_SIZE, &file->len);
            mem_free(path);
        }
    }
    return file;
}

size_t page_store_count(const PageStore *s)
{
    return s->pages.count;
}
