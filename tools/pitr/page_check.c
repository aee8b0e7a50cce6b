/* page_check.c - put pages together as they pass, and compare their checksums. */
#include "common/base/base.h"

#include "tools/pitr/page_check.h"

#include "common/err/err.h"
#include "common/format/backup_scope.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/format/rel_path.h"

static void check_page(PageCheckFile *f, const uint8_t *page);
static void note_bad(PageCheckFile *f, uint16_t computed, uint16_t found);

void page_check_begin(PageCheckFile *f, PageCheck *check, const char *path)
{
    RelPath rel;

    f->check = NULL;
    if (!backup_scope_has_checksums(path) || !rel_path_try_parse(path, &rel))
        return;
    f->check = check;
    f->path = path;
    f->segment_start = rel.file.segment * SEGMENT_BLOCKS;
    f->block = 0;
    f->used = 0;
}

void page_check_feed(PageCheckFile *f, const void *bytes, size_t len)
{
    const uint8_t *next = bytes;

    if (f->check == NULL)
        return;
    while (len > 0) {
        size_t n = size_min(len, BLOCK_SIZE - f->used);

        if (n == BLOCK_SIZE) {
            check_page(f, next);
        } else {
            memcpy(f->page + f->used, next, n);
            f->used += n;
            if (f->used == BLOCK_SIZE) {
                check_page(f, f->page);
                f->used = 0;
            }
        }
        next += n;
        len -= n;
    }
}

void page_check_report(const PageCheck *check)
{
    uint64_t count = atomic_load(&check->bad_count);

    if (count == 0)
        return;
    for (size_t i = 0; i < count && i < PAGE_CHECK_SHOWN; i++)
        err_log(ERR_WARNING,
                .message = err_fmt("checksum verification failed in file \"%s\", block %u: "
                                   "calculated %X but expected %X",
                                   check->bad[i].path, check->bad[i].block, check->bad[i].computed,
                                   check->bad[i].found));
    err_log(ERR_WARNING,
            .message = err_fmt("%" PRIu64 " %s of the base backup %s", count,
                               count == 1 ? "page" : "pages",
                               count == 1 ? "has a wrong checksum" : "have wrong checksums"),
            .detail = "They were so when the backup was taken: the restore goes on with them.",
            .hint =
                "Look at them with pgchecksums when the restored cluster is shut down, and into "
                "an older backup.");
}

static void check_page(PageCheckFile *f, const uint8_t *page)
{
    BlockNo block = f->block++;
    uint16_t computed;

    if (page_is_new(page) || page_lsn(page) >= f->check->start)
        return;
    computed = checksum_compute_page(page, f->segment_start + block);
    if (computed != page_checksum(page))
        note_bad(f, computed, page_checksum(page));
}

static void note_bad(PageCheckFile *f, uint16_t computed, uint16_t found)
{
    uint64_t i = atomic_fetch_add(&f->check->bad_count, 1);
    struct PageCheckBad *bad;

    if (i >= PAGE_CHECK_SHOWN)
        return;
    bad = &f->check->bad[i];
    snprintf(bad->path, sizeof bad->path, "%s", f->path);
    bad->block = f->block - 1;
    bad->computed = computed;
    bad->found = found;
}
