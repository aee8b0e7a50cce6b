/* page_check.c - the checksums of pages on their way into a backup; page_check.h says which. */
#include "common/base/base.h"

#include "server/replication/base_backup/page_check.h"

#include <inttypes.h>

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/format/rel_path.h"

#define READ_AGAIN_MAX 3 /* times; a page that is being written is whole at the first as a rule */

static bool is_good(const PageCheck *c, const uint8_t *page, BlockNo block);
static bool mend(const PageCheck *c, uint8_t *page, BlockNo block, uint64_t offset);
static void note(PageCheck *c, const uint8_t *page, BlockNo block);

void page_check_begin(PageCheck *c, OsFile *file, const char *path, uint32_t segment, Lsn start)
{
    *c = (PageCheck){
        .file = file, .path = path, .start = start, .first_block = segment * SEGMENT_BLOCKS};
}

void page_check_piece(PageCheck *c, uint8_t *bytes, size_t len, uint64_t offset)
{
    BlockNo block = c->first_block + (BlockNo)(offset / BLOCK_SIZE);

    if (c->is_off)
        return;
    if (len % BLOCK_SIZE != 0) {
        c->odd_block = block;
        c->odd_len = len;
        c->is_off = true;
        return;
    }
    for (size_t i = 0; i < len / BLOCK_SIZE; i++, block++) {
        uint8_t *page = bytes + i * BLOCK_SIZE;

        if (!is_good(c, page, block) && !mend(c, page, block, offset + i * BLOCK_SIZE))
            note(c, page, block);
    }
}

static bool is_good(const PageCheck *c, const uint8_t *page, BlockNo block)
{
    return page_is_new(page) || page_lsn(page) >= c->start || checksum_page_is_valid(page, block);
}

/* False: it stays as bad as it was. A page that is not there any more was cut off. */
static bool mend(const PageCheck *c, uint8_t *page, BlockNo block, uint64_t offset)
{
    for (int i = 0; i < READ_AGAIN_MAX; i++) {
        size_t n = os_file_read_at(c->file, page, BLOCK_SIZE, offset);

        if (n < BLOCK_SIZE) {
            memset(page + n, 0, BLOCK_SIZE - n);
            return true;
        }
        if (is_good(c, page, block))
            return true;
    }
    return false;
}

static void note(PageCheck *c, const uint8_t *page, BlockNo block)
{
    if (c->failures < PAGE_CHECK_REPORTS_MAX)
        c->bad[c->failures] = (BadPage){.block = block,
                                        .calculated = checksum_compute_page(page, block),
                                        .found = page_checksum(page)};
    c->failures++;
}

void page_check_report(PageCheck *c)
{
    if (c->odd_len != 0) {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = err_fmt("could not verify checksum in file \"%s\", block %u: read "
                                   "buffer size %zu and page size %d differ",
                                   c->path, c->odd_block, c->odd_len, BLOCK_SIZE));
        c->odd_len = 0;
    }
    while (c->reported < PAGE_CHECK_REPORTS_MAX && c->reported < c->failures) {
        const BadPage *bad = &c->bad[c->reported++];

        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = err_fmt("checksum verification failed in file \"%s\", block %u: "
                                   "calculated %X but expected %X",
                                   c->path, bad->block, bad->calculated, bad->found));
        if (c->reported == PAGE_CHECK_REPORTS_MAX)
            err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                    .message = err_fmt("further checksum verification failures in file \"%s\" "
                                       "will not be reported",
                                       c->path));
    }
}

void page_check_end(PageCheck *c)
{
    page_check_report(c);
    if (c->failures > 0)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = err_fmt("file \"%s\" has a total of %" PRIu64
                                   " checksum verification failure%s",
                                   c->path, c->failures, c->failures == 1 ? "" : "s"));
}
