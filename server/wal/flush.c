/*
 * flush.c - from the buffers into the files, and onto the disk
 *
 * Only the holder of write_lock writes. It takes along all that is complete, so of many who commit
 * at once one writes and syncs, and the others find on waking that their bytes are on disk.
 *
 * The file that is written is kept open by each process that writes. A segment that is full is
 * synced before the next one is begun, so what is written and not synced lies in one segment.
 *
 * Every failure here is a panic: after a sync that failed nobody knows what is on the disk, and a
 * log with a hole is none.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/fault.h"
#include "server/config/setting.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/wait_event.h"
#include "server/wal/archive_status.h"
#include "server/wal/segment.h"
#include "server/wal/wal_int.h"

static struct {
    OsFile *file; /* NULL: none is open */
    uint64_t seg_no;
    TimelineId tli;
    int sync_method;          /* that it was opened for */
    uint64_t background_time; /* clock_monotonic_us() of the last flush in the background; 0 none */
} out;

static Lsn write_chunk(Lsn from, Lsn lsn);
static void segment_use(uint64_t seg_no);
static void segment_leave(void);
static void segment_finish(uint64_t seg_no);
static void sync_out(void);
static void sync_file(void);
static Lsn delay_commit(Lsn copied);
static bool wants_sync_in_background(Lsn target);
static void raise_async_lsn(Lsn lsn);
static uint64_t timing_begin(void);
static void timing_end(uint64_t began, uint64_t *sum);

void wal_flush(Lsn lsn)
{
    WalShared *shared = wal_process.shared;
    bool is_done_here = false;

    if (UNLIKELY(!wal_is_started())) {
        if (wal_process.hooks.advance_min_recovery_end != NULL)
            wal_process.hooks.advance_min_recovery_end(lsn);
        return;
    }
    if (lsn <= atomic_load(&shared->synced))
        return;
    crit_begin();
    while (lsn > atomic_load(&shared->synced)) {
        Lsn copied = wal_wait_copied(lsn);

        /* Whoever has the lock may be flushing for us: then look before doing it again. */
        if (!lwlock_acquire_or_wait(&shared->write_lock, LW_EXCLUSIVE))
            continue;
        if (lsn > atomic_load(&shared->synced)) {
            copied = delay_commit(copied);
            wal_write_out(copied);
            sync_out();
            is_done_here = true;
        }
        lwlock_release(&shared->write_lock);
        break;
    }
    crit_end();
    if (is_done_here && wal_process.hooks.wake_senders != NULL)
        wal_process.hooks.wake_senders();
    if (UNLIKELY(lsn > atomic_load(&shared->synced)))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("xlog flush request %X/%X is not satisfied --- flushed only "
                                     "to %X/%X",
                                     (uint32_t)(lsn >> 32), (uint32_t)lsn,
                                     (uint32_t)(atomic_load(&shared->synced) >> 32),
                                     (uint32_t)atomic_load(&shared->synced)));
}

bool wal_needs_flush(Lsn lsn)
{
    if (wal_is_started())
        return lsn > atomic_load(&wal_process.shared->synced);
    return wal_process.hooks.is_past_min_recovery_end != NULL &&
           wal_process.hooks.is_past_min_recovery_end(lsn);
}

bool wal_flush_background(void)
{
    WalShared *shared = wal_process.shared;
    bool is_sync_due;
    Lsn target;

    if (!wal_is_started())
        return false;

    /* Whole pages; when there is none, what was committed without waiting. */
    target = wal_page_of(atomic_load(&shared->place));
    if (target <= atomic_load(&shared->synced)) {
        target = atomic_load(&shared->async_lsn);
        if (target <= atomic_load(&shared->synced)) {
            if (out.file != NULL && out.seg_no != wal_seg_no(atomic_load(&shared->place),
                                                             wal_process.identity.segment_size))
                segment_leave();
            return false;
        }
    }
    is_sync_due = wants_sync_in_background(target);
    crit_begin();
    wal_wait_copied(target);
    lwlock_acquire(&shared->write_lock, LW_EXCLUSIVE);
    if (target > atomic_load(&shared->written))
        wal_write_out(target);
    if (is_sync_due && target > atomic_load(&shared->synced))
        sync_out();
    lwlock_release(&shared->write_lock);
    crit_end();
    if (wal_process.hooks.wake_senders != NULL)
        wal_process.hooks.wake_senders();

    /* So that inserting finds empty pages, and writing a file; or others would have to wait. */
    wal_buffers_prepare();
    wal_segments_preallocate(atomic_load(&shared->written), wal_timeline());
    return true;
}

void wal_set_async_lsn(Lsn lsn)
{
    WalShared *shared = wal_process.shared;
    Proc *writer;

    raise_async_lsn(lsn);
    if (!atomic_load(&shared->is_writer_asleep)) {
        const int after = setting.wal_writer_flush_after;
        const Lsn synced = atomic_load(&shared->synced);

        if (after > 0 && lsn / WAL_PAGE_SIZE < synced / WAL_PAGE_SIZE + (unsigned)after)
            return;
    }
    writer = proc_of_kind(PROC_WAL_WRITER);
    if (writer != NULL)
        latch_set(&writer->latch);
}

Lsn wal_async_lsn(void)
{
    return atomic_load(&wal_process.shared->async_lsn);
}

void wal_note_writer_sleeps(bool is_asleep)
{
    atomic_store(&wal_process.shared->is_writer_asleep, is_asleep);
}

void wal_write_out(Lsn lsn)
{
    WalShared *shared = wal_process.shared;
    const uint32_t segment_size = wal_process.identity.segment_size;
    Lsn from = atomic_load(&shared->written);

    ASSERT(lwlock_is_held(&shared->write_lock, LW_EXCLUSIVE));
    while (from < lsn) {
        from = write_chunk(from, lsn);
        if (from % segment_size == 0)
            segment_finish(wal_seg_no(from - 1, segment_size));
    }
}

void wal_forget_file(void)
{
    out.file = NULL;
    out.background_time = 0;
}

/* Write what can be written at once; returns where it ends, lsn at most. */
static Lsn write_chunk(Lsn from, Lsn lsn)
{
    WalShared *shared = wal_process.shared;
    const uint32_t segment_size = wal_process.identity.segment_size;
    const Lsn page = wal_page_of(from);
    const size_t buffer = page / WAL_PAGE_SIZE % wal_process.page_count;
    const Lsn segment_end = page - page % segment_size + segment_size;
    Lsn end = u64_align_up(lsn, WAL_PAGE_SIZE);
    uint64_t began;

    if (end > segment_end)
        end = segment_end;
    if (end - page > (wal_process.page_count - buffer) * WAL_PAGE_SIZE)
        end = page + (wal_process.page_count - buffer) * WAL_PAGE_SIZE;

    segment_use(wal_seg_no(page, segment_size));
    if (out.sync_method == WAL_SYNC_METHOD_FSYNC || out.sync_method == WAL_SYNC_METHOD_FDATASYNC)
        shared->is_sync_needed = true;
    wait_event_begin(WAIT_EVENT_WAL_WRITE);
    began = timing_begin();
    FAULT_POINT("wal.flush.before_write");
    os_file_write_at(out.file, wal_process.pages + buffer * WAL_PAGE_SIZE, end - page,
                     wal_seg_offset(page, segment_size));
    timing_end(began, &wal_process.usage.write_time_us);
    wait_event_end();
    wal_process.usage.writes++;
    if (end > lsn)
        end = lsn;
    atomic_store(&shared->written, end);
    return end;
}

/* Have the segment open, made when it is missing. */
static void segment_use(uint64_t seg_no)
{
    const TimelineId tli = wal_timeline();

    if (LIKELY(out.file != NULL && out.seg_no == seg_no && out.tli == tli &&
               out.sync_method == setting.wal_sync_method))
        return;
    segment_leave();
    MEM_SCOPE(wal_mem()) {
        out.file = wal_segment_open(seg_no, tli, NULL);
    }
    out.seg_no = seg_no;
    out.tli = tli;
    out.sync_method = setting.wal_sync_method;
}

static void segment_leave(void)
{
    OsFile *file = out.file;

    out.file = NULL;
    if (file != NULL)
        os_file_close(file);
}

/* The segment is full. */
static void segment_finish(uint64_t seg_no)
{
    WalShared *shared = wal_process.shared;
    const uint32_t segment_size = wal_process.identity.segment_size;
    const uint64_t redo_seg_no = wal_seg_no(atomic_load(&shared->redo), segment_size);

    sync_out();
    if (archive_is_on()) {
        char name[WAL_SEG_NAME_LEN + 1];

        wal_seg_name_write((WalSeg){.tli = out.tli, .seg_no = seg_no}, segment_size, name);
        archive_status_set_ready(name);
    }
    atomic_store(&shared->switch_end, wal_seg_start(seg_no + 1, segment_size));
    atomic_store(&shared->switch_time, clock_unix_seconds());
    if (seg_no + 1 >= redo_seg_no + wal_checkpoint_segments() &&
        wal_process.hooks.request_checkpoint != NULL)
        wal_process.hooks.request_checkpoint();
}

/* With write_lock: what is written shall be on disk. */
static void sync_out(void)
{
    WalShared *shared = wal_process.shared;
    const Lsn written = atomic_load(&shared->written);

    if (setting.fsync && shared->is_sync_needed) {
        segment_use(wal_seg_no(written - 1, wal_process.identity.segment_size));
        sync_file();
        shared->is_sync_needed = false;
    }
    atomic_store(&shared->synced, written);
}

static void sync_file(void)
{
    uint64_t began;

    wait_event_begin(WAIT_EVENT_WAL_SYNC);
    began = timing_begin();
    FAULT_POINT("wal.flush.before_sync");
    if (out.sync_method == WAL_SYNC_METHOD_FSYNC)
        os_file_sync(out.file);
    else
        os_file_sync_data(out.file);
    timing_end(began, &wal_process.usage.sync_time_us);
    wait_event_end();
    wal_process.usage.syncs++;
}

/* With commit_delay: give others that are about to commit the time to be flushed along. */
static Lsn delay_commit(Lsn copied)
{
    if (setting.commit_delay == 0 || !setting.fsync ||
        wal_process.hooks.has_busy_siblings == NULL ||
        !wal_process.hooks.has_busy_siblings(setting.commit_siblings))
        return copied;
    clock_sleep_us((uint32_t)setting.commit_delay);
    return wal_wait_copied(copied);
}

/* In the background not each write is synced: after some time, or some pages. */
static bool wants_sync_in_background(Lsn target)
{
    const uint64_t now = clock_monotonic_us();
    const Lsn synced = atomic_load(&wal_process.shared->synced);
    const int after = setting.wal_writer_flush_after;

    if (out.background_time != 0 && after != 0 &&
        now - out.background_time < (uint64_t)setting.wal_writer_delay * 1000 &&
        target / WAL_PAGE_SIZE - synced / WAL_PAGE_SIZE < (unsigned)after)
        return false;
    out.background_time = now;
    return true;
}

static void raise_async_lsn(Lsn lsn)
{
    _Atomic Lsn *place = &wal_process.shared->async_lsn;
    Lsn before = atomic_load(place);

    while (before < lsn && !atomic_compare_exchange_weak(place, &before, lsn))
        continue;
}

static uint64_t timing_begin(void)
{
    return setting.track_wal_io_timing ? clock_monotonic_us() : 0;
}

static void timing_end(uint64_t began, uint64_t *sum)
{
    if (began != 0)
        *sum += clock_monotonic_us() - began;
}
