/* page_store.c - the blocks of a cluster in memory; page_store.h says how. */
#include "common/base/base.h"

#include "tests/redo/page_store.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/format/fsm_page.h"
#include "common/format/rel_path.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"

#define ALL_FORKS FORK_COUNT

/* A part of the cluster: a database, a relation, a fork from some block on. */
typedef struct Part {
    RelTag rel;    /* rel 0: all of the database */
    uint32_t fork; /* ALL_FORKS, or one */
    BlockNo from;  /* blocks before it are no part */
} Part;

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

/* A database that was copied as files: its untouched blocks are those of another in the copy. */
typedef struct CopiedDb {
    struct {
        Oid tablespace, database;
    } key;
    Oid from_tablespace, from_database;
} CopiedDb;

struct PageStore {
    MemContext *mem;
    const char *base;
    Hash pages;  /* StoredPage */
    Hash files;  /* StoredFile */
    Hash copies; /* CopiedDb */
    Array gone;  /* Part: what the copy has of them counts no more */
};

static void read_from_base(PageStore *s, StoredPage *page);
static const StoredFile *find_file(PageStore *s, const BlockTag *tag);
static bool is_in_part(const Part *part, const BlockTag *tag);
static void forget(PageStore *s, Part part);
static void copy_database(PageStore *s, const WalEffect *effect);

PageStore *page_store_new(const char *base)
{
    PageStore *s = mem_new(PageStore);

    s->mem = mem_current();
    s->base = base;
    hash_init(&s->pages, sizeof(BlockTag), sizeof(StoredPage));
    hash_init(&s->files, sizeof(FileKey), sizeof(StoredFile));
    hash_init(&s->copies, sizeof(((CopiedDb *)NULL)->key), sizeof(CopiedDb));
    array_init(&s->gone, sizeof(Part));
    return s;
}

StoredPage *page_store_get(PageStore *s, const BlockTag *tag)
{
    bool is_new;
    StoredPage *page = hash_enter(&s->pages, tag, &is_new);

    if (is_new && s->base != NULL) {
        page->is_known = true;
        read_from_base(s, page);
    }
    return page;
}

static void read_from_base(PageStore *s, StoredPage *page)
{
    BlockTag tag = page->tag;
    const CopiedDb *copy = hash_find(&s->copies, &tag.rel);
    size_t offset = (size_t)(tag.block % SEGMENT_BLOCKS) * BLOCK_SIZE;
    const StoredFile *file;

    array_foreach(Part, part, &s->gone) {
        if (is_in_part(part, &tag))
            return;
    }
    if (copy != NULL) {
        tag.rel.tablespace = copy->from_tablespace;
        tag.rel.database = copy->from_database;
    }
    file = find_file(s, &tag);
    if (file->bytes != NULL && offset + BLOCK_SIZE <= file->len)
        memcpy(page->bytes, file->bytes + offset, BLOCK_SIZE);
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

void page_store_follow(PageStore *s, const WalEffect *effect)
{
    const RelTag *rel = &effect->rel.tag;
    BlockNo count = effect->rel.block_count;

    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        for (uint32_t i = 0; i < effect->xact.rels.count; i++)
            forget(s, (Part){walrec_list_rel(&effect->xact.rels, i), ALL_FORKS, 0});
        break;
    case WAL_EFFECT_REL_TRUNCATE:
        if (effect->rel.cuts_main)
            forget(s, (Part){*rel, FORK_MAIN, count});
        if (effect->rel.cuts_vm)
            forget(s,
                   (Part){*rel, FORK_VM, vm_block_of(count) + (count % VM_BLOCKS_PER_PAGE != 0)});
        if (effect->rel.cuts_fsm)
            forget(s, (Part){*rel, FORK_FSM, fsm_block_of(count) + (count % FSM_LEAVES != 0)});
        break;
    case WAL_EFFECT_DB_DROP:
        for (uint32_t i = 0; i < effect->db_drop.tablespaces.count; i++) {
            RelTag db = {walrec_list_xid(&effect->db_drop.tablespaces, i), effect->db_drop.database,
                         0};

            forget(s, (Part){db, ALL_FORKS, 0});
            hash_remove(&s->copies, &db);
        }
        break;
    case WAL_EFFECT_DB_COPY:
        copy_database(s, effect);
        break;
    default:
        break;
    }
}

static bool is_in_part(const Part *part, const BlockTag *tag)
{
    return part->rel.tablespace == tag->rel.tablespace && part->rel.database == tag->rel.database &&
           (part->rel.rel == 0 || part->rel.rel == tag->rel.rel) &&
           (part->fork == ALL_FORKS || part->fork == tag->fork) && tag->block >= part->from;
}

static void forget(PageStore *s, Part part)
{
    Array tags;
    size_t position = 0;
    const StoredPage *page;

    array_init(&tags, sizeof(BlockTag));
    while ((page = hash_next(&s->pages, &position)) != NULL) {
        if (is_in_part(&part, &page->tag))
            *(BlockTag *)array_push(&tags) = page->tag;
    }
    array_foreach(BlockTag, tag, &tags)
        hash_remove(&s->pages, tag);
    *(Part *)array_push(&s->gone) = part;
}

/* Pages that the source has in memory are copied now, the others when they are asked for. */
static void copy_database(PageStore *s, const WalEffect *effect)
{
    CopiedDb key = {.key = {effect->db.tablespace, effect->db.database}};
    CopiedDb *copy = hash_enter(&s->copies, &key.key, NULL);
    Part source = {{effect->db.from_tablespace, effect->db.from_database, 0}, ALL_FORKS, 0};
    const CopiedDb *first = hash_find(&s->copies, &source.rel);
    Array pages, gone;
    size_t position = 0;
    const StoredPage *page;

    copy->from_tablespace = first == NULL ? source.rel.tablespace : first->from_tablespace;
    copy->from_database = first == NULL ? source.rel.database : first->from_database;
    array_init(&pages, sizeof(StoredPage *));
    while ((page = hash_next(&s->pages, &position)) != NULL) {
        if (is_in_part(&source, &page->tag))
            *(const StoredPage **)array_push(&pages) = page;
    }
    array_foreach(const StoredPage *, from, &pages) {
        BlockTag tag = (*from)->tag;
        StoredPage *to;

        tag.rel.tablespace = effect->db.tablespace;
        tag.rel.database = effect->db.database;
        to = hash_enter(&s->pages, &tag, NULL);
        to->is_known = (*from)->is_known;
        memcpy(to->bytes, (*from)->bytes, BLOCK_SIZE);
    }

    /* What was gone of the source is not in the target; of the target, all counts again. */
    array_init(&gone, sizeof(Part));
    array_foreach(Part, part, &s->gone) {
        if (part->rel.tablespace == effect->db.tablespace &&
            part->rel.database == effect->db.database)
            continue;
        *(Part *)array_push(&gone) = *part;
        if (part->rel.tablespace == effect->db.from_tablespace &&
            part->rel.database == effect->db.from_database) {
            Part *target = array_push(&gone);

            *target = *part;
            target->rel.tablespace = effect->db.tablespace;
            target->rel.database = effect->db.database;
        }
    }
    array_clear(&s->gone);
    array_foreach(Part, part, &gone)
        *(Part *)array_push(&s->gone) = *part;
}

size_t page_store_count(const PageStore *s)
{
    return s->pages.count;
}
