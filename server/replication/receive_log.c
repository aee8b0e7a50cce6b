/*
 * receive_log.c - log that comes from another server into the files of its segments
 *
 * Each byte is written at its place in the segment of its timeline. A segment that is full is
 * synced and, where this server archives what it receives, handed to the archiver. Failures to sync
 * are a panic, as for log that is made here.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/replication/wal_receiver_int.h"
#include "server/replication/wal_sender.h"
#include "server/wal/archive_status.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

static struct {
    OsFile *file; /* NULL: none is open */
    uint64_t seg_no;
    TimelineId tli;
    Lsn written, flushed;
} receive;

static void open_segment(TimelineId tli, uint64_t seg_no);
static void close_segment(void);

void receive_begin(Lsn lsn)
{
    receive.written = receive.flushed = lsn;
    atomic_store(&wal_receiver_shared()->written, lsn);
}

Lsn receive_written(void)
{
    return receive.written;
}

Lsn receive_flushed(void)
{
    return receive.flushed;
}

void receive_write(TimelineId tli, Lsn lsn, const uint8_t *bytes, size_t len)
{
    const uint32_t size = wal_identity()->segment_size;

    while (len > 0) {
        const uint32_t offset = (uint32_t)(lsn % size);
        const size_t part = size_min(len, size - offset);

        open_segment(tli, lsn / size);
        os_file_write_at(receive.file, bytes, part, offset);
        bytes += part;
        lsn += part;
        len -= part;
        receive.written = lsn;
        atomic_store(&wal_receiver_shared()->written, lsn);
        if (lsn % size == 0) {
            receive_flush(tli);
            close_segment();
        }
    }
}

static void open_segment(TimelineId tli, uint64_t seg_no)
{
    if (receive.file != NULL && receive.seg_no == seg_no && receive.tli == tli)
        return;
    if (receive.file != NULL) {
        receive_flush(receive.tli);
        close_segment();
    }
    MEM_SCOPE(mem_root()) {
        receive.file = wal_segment_open(seg_no, tli, NULL);
    }
    receive.seg_no = seg_no;
    receive.tli = tli;
}

/* What came from elsewhere is archived there, unless the setting says: always. */
static void close_segment(void)
{
    char name[WAL_SEG_NAME_LEN + 1];
    OsFile *file = receive.file;

    receive.file = NULL;
    if (file == NULL)
        return;
    os_file_close(file);
    if (receive.written % wal_identity()->segment_size != 0)
        return;
    wal_seg_name_write((WalSeg){.tli = receive.tli, .seg_no = receive.seg_no},
                       wal_identity()->segment_size, name);
    if (archive_is_always_on())
        archive_status_set_ready(name);
    else
        archive_status_set_done(name);
}

bool receive_flush(TimelineId tli)
{
    WalReceiverShared *shared = wal_receiver_shared();
    Proc *startup = proc_of_kind(PROC_STARTUP);

    if (receive.flushed >= receive.written)
        return false;
    if (setting.fsync && receive.file != NULL) {
        crit_begin();
        os_file_sync_data(receive.file);
        crit_end();
    }
    spin_lock(&shared->lock);
    if (shared->row.flushed < receive.written || shared->row.tli != tli) {
        shared->chunk_start = receive.flushed;
        shared->chunk_time = clock_now();
        shared->row.flushed = receive.written;
        shared->row.tli = tli;
    }
    spin_unlock(&shared->lock);
    receive.flushed = receive.written;
    if (startup != NULL)
        latch_set(&startup->latch);
    wal_sender_wake_all();
    return true;
}

void receive_end(void)
{
    if (receive.file != NULL)
        receive_flush(receive.tli);
    close_segment();
}
