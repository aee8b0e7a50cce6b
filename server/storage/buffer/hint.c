/*
 * hint.c - pages on which hint bits were set, with a shared lock, without a record of their own
 *
 * Where pages carry checksums (or wal_log_hints is on) a page that is torn while only hints changed
 * would read as damaged: so the first change after a checkpoint logs the page's image. The order is
 *
 *   1. mark the buffer dirty, and as being written, in one step: from here on nobody else writes it
 *   2. look whether the newest redo point is behind the page's LSN, and if so log the image
 *   3. set the page's LSN, and end the mark
 *
 * A checkpoint that sets its redo point after 2 finds the buffer dirty (1 was before), waits for 3
 * and writes the page; one that set it before is seen by 2. So no checkpoint has to be held up
 * meanwhile.
 *
 * If somebody is writing the page already, the hint is not worth waiting for him: it stays in
 * memory, and gets to the disk with the next change, or not.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/page.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/storage/buffer/buffer_int.h"
#include "server/wal/wal.h"

static bool needs_image(const BufferDesc *d);
static void mark_plainly(BufferDesc *d);
static bool begin_marking(BufferDesc *d);
static Lsn log_image(const BufferDesc *d, bool is_standard);

void buffer_mark_dirty_hint(Buffer b, bool is_standard)
{
    const uint32_t bits = BUF_DIRTY | BUF_JUST_DIRTIED;
    BufferDesc *d;
    Lsn lsn = LSN_NONE;

    if (b < 0) {
        local_mark_dirty(b);
        return;
    }
    d = buf_desc(b);
    ASSERT(lwlock_is_held(&d->content, LW_SHARED));
    if ((atomic_load_explicit(&d->state, memory_order_relaxed) & bits) == bits)
        return;
    if (!needs_image(d)) {
        mark_plainly(d);
        return;
    }
    /*
     * In recovery no image can be logged, so the page must not be torn: it stays as it is on disk.
     */
    if (!wal_is_started() || !begin_marking(d))
        return;
    if (page_lsn(buf_page(d)) <= wal_redo_lsn())
        lsn = log_image(d, is_standard);
    else
        wal_reset_insert();
    if (lsn != LSN_NONE) {
        desc_lock(d);
        page_set_lsn(buf_page(d), lsn);
        desc_unlock(d);
    }
    io_end(d, false, 0);
}

static bool needs_image(const BufferDesc *d)
{
    return (wal_identity()->has_checksums || setting.wal_log_hints) &&
           (atomic_load(&d->state) & BUF_PERMANENT) != 0;
}

static void mark_plainly(BufferDesc *d)
{
    if ((atomic_fetch_or(&d->state, BUF_DIRTY | BUF_JUST_DIRTIED) & BUF_DIRTY) == 0)
        buffer_counters_here.dirtied++;
}

/* Step 1; false when the page is being written, or has become dirty meanwhile. */
static bool begin_marking(BufferDesc *d)
{
    uint32_t state;

    /* What can raise stands before the mark. */
    owner_room(&buffer_io_kind);
    wal_begin_insert();
    state = desc_lock(d);
    if ((state & (BUF_IO_IN_PROGRESS | BUF_JUST_DIRTIED)) != 0) {
        desc_unlock(d);
        wal_reset_insert();
        return false;
    }
    owner_note(&buffer_io_kind, (uintptr_t)buf_number(d));
    desc_unlock_with(d, 0, BUF_DIRTY | BUF_JUST_DIRTIED | BUF_IO_IN_PROGRESS, 0);
    if ((state & BUF_DIRTY) == 0)
        buffer_counters_here.dirtied++;
    return true;
}

/* Step 2, of a copy: others may set hints while it is put into the log. */
static Lsn log_image(const BufferDesc *d, bool is_standard)
{
    static uint8_t copy[BLOCK_SIZE] __attribute__((aligned(64)));
    bool has_hole = is_standard && page_hole_size(buf_page(d)) > 0;
    size_t lower = has_hole ? page_lower(buf_page(d)) : 0;
    size_t upper = has_hole ? page_upper(buf_page(d)) : 0;
    unsigned flags = WAL_REF_FORCE_IMAGE | (is_standard ? WAL_REF_STANDARD : 0);
    Lsn lsn;

    memcpy(copy, buf_page(d), lower);
    memcpy(copy + upper, buf_page(d) + upper, BLOCK_SIZE - upper);
    crit_begin();
    wal_register_page(0, &d->tag, copy, flags);
    lsn = wal_insert(RMGR_XLOG, WAL_XLOG_FPI_FOR_HINT);
    crit_end();
    return lsn;
}
