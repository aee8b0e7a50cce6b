/*
 * missing_pages.c - pages that a record wanted and that are not there
 *
 * A file may have been cut or dropped after the base backup, or the checkpoint, that redo begins
 * with: then records of the time before find no page. That is in order if a later record cuts or
 * drops it, which must have come by the time the cluster is consistent.
 */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/recovery/recovery_int.h"

typedef struct MissingPage {
    BlockTag tag;
    bool is_there; /* but new: it was never filled */
} MissingPage;

static struct {
    Hash pages; /* made with the first */
    bool is_made;
    bool is_consistent; /* from now on each is a panic at once */
} missing;

static void report(const MissingPage *page, ErrLevel level);
static void forget(bool (*matches)(const BlockTag *tag, const void *arg), const void *arg);

void missing_pages_note(const BlockTag *tag, bool is_there)
{
    MissingPage page = {.tag = *tag, .is_there = is_there};

    if (missing.is_consistent) {
        report(&page, ERR_WARNING);
        if (!setting.ignore_invalid_pages)
            err_panic(SQLSTATE_DATA_CORRUPTED,
                      .message = "WAL contains references to invalid pages");
        return;
    }
    if (!missing.is_made) {
        MEM_SCOPE(mem_root()) {
            hash_init(&missing.pages, sizeof(BlockTag), sizeof(MissingPage));
        }
        missing.is_made = true;
    }
    ((MissingPage *)hash_enter(&missing.pages, tag, NULL))->is_there = is_there;
}

typedef struct ForkFrom {
    RelTag rel;
    uint32_t fork;
    BlockNo from;
} ForkFrom;

static bool is_in_fork(const BlockTag *tag, const void *arg)
{
    const ForkFrom *f = arg;

    return rel_tag_equal(&tag->rel, &f->rel) && tag->fork == f->fork && tag->block >= f->from;
}

static bool is_in_database(const BlockTag *tag, const void *arg)
{
    return tag->rel.database == *(const Oid *)arg;
}

void missing_pages_forget(const RelTag *rel, ForkNo fork, BlockNo from)
{
    forget(is_in_fork, &(ForkFrom){*rel, fork, from});
}

void missing_pages_forget_database(Oid database)
{
    forget(is_in_database, &database);
}

static void forget(bool (*matches)(const BlockTag *tag, const void *arg), const void *arg)
{
    const MissingPage *page;
    size_t position = 0;
    Array gone;

    if (!missing_pages_are_there())
        return;
    array_init(&gone, sizeof(BlockTag));
    while ((page = hash_next(&missing.pages, &position)) != NULL)
        if (matches(&page->tag, arg))
            *(BlockTag *)array_push(&gone) = page->tag;
    array_foreach(BlockTag, tag, &gone)
        hash_remove(&missing.pages, tag);
    mem_free(gone.items);
}

bool missing_pages_are_there(void)
{
    return missing.is_made && missing.pages.count > 0;
}

void missing_pages_check(void)
{
    const MissingPage *page;
    size_t position = 0;

    missing.is_consistent = true;
    if (!missing_pages_are_there())
        return;
    while ((page = hash_next(&missing.pages, &position)) != NULL)
        report(page, ERR_WARNING);
    if (!setting.ignore_invalid_pages)
        err_panic(SQLSTATE_DATA_CORRUPTED, .message = "WAL contains references to invalid pages");
}

static void report(const MissingPage *page, ErrLevel level)
{
    const char *path = rel_path(&page->tag.rel, (ForkNo)page->tag.fork, 0, pg_version_find(15));

    if (page->is_there)
        err_log(level, .message = err_fmt("page %u of relation %s is uninitialized",
                                          page->tag.block, path));
    else
        err_log(level,
                .message = err_fmt("page %u of relation %s does not exist", page->tag.block, path));
}
