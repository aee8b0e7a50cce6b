/*
 * segment.c - segments of the log as files; segment.h has the promises
 *
 * Several processes may make the same segment at once: each has a temporary file of its own, and
 * the first to give it the name wins (a rename that spares what exists). So no lock is needed.
 *
 * How many are kept for the future: as many as one checkpoint cycle will need by the estimate, but
 * not fewer than min_wal_size and not more than max_wal_size allow. The estimate follows a cycle
 * that wrote more at once, and one that wrote less slowly.
 */
#include "common/base/base.h"

#include "server/wal/segment.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/ipc/wait_event.h"
#include "server/wal/archive_status.h"
#include "server/wal/wal_int.h"

#define TEMP_PREFIX     "xlogtemp."
#define ZEROS_SIZE      KIB(256)
#define ESTIMATE_DECAY  0.9 /* what an estimate keeps of itself when less was written */
#define ESTIMATE_MARGIN 1.1
#define AHEAD_PART      0.75 /* of a segment, after which the next is made */

typedef enum Removal { REMOVE_ONLY, REMOVE_OR_RECYCLE } Removal;

/* Where recycled segments go. */
typedef struct Future {
    uint64_t next, last; /* numbers of segments; none when next is after last */
    TimelineId tli;
} Future;

static uint8_t zeros[ZEROS_SIZE]; /* never written, so that it takes no memory */

static void make_temp(char path[WAL_PATH_MAX]);
static void fill_with_zeros(OsFile *f);
static bool install(const char *temp, uint64_t seg_no, TimelineId tli);
static bool segment_make(uint64_t seg_no, TimelineId tli);
static Future future_plan(Lsn redo, Lsn end, TimelineId tli);
static uint64_t segments_of_mb(int mb);
static void remove_segment(const char *name, Future *future);
static bool try_recycle(const char *path, Future *future);
static void note_removed(uint64_t seg_no);
static void list_segments(Array *names);
static bool segment_of_name(const char *name, WalSeg *out);

void wal_path_of(const char *name, char path[WAL_PATH_MAX])
{
    const char *directory = wal_process.identity.directory;

    snprintf(path, WAL_PATH_MAX, "%s/%s", directory == NULL ? "pg_wal" : directory, name);
}

void wal_segment_path(uint64_t seg_no, TimelineId tli, char path[WAL_PATH_MAX])
{
    char name[WAL_SEG_NAME_LEN + 1];

    wal_seg_name_write((WalSeg){.tli = tli, .seg_no = seg_no}, wal_process.identity.segment_size,
                       name);
    wal_path_of(name, path);
}

OsFile *wal_segment_open(uint64_t seg_no, TimelineId tli, bool *was_made)
{
    unsigned flags = OS_READ | OS_WRITE;
    char path[WAL_PATH_MAX];
    bool is_made = false;
    OsFile *f;

    if (setting.wal_sync_method == WAL_SYNC_METHOD_OPEN_DATASYNC && setting.fsync)
        flags |= OS_DATA_SYNC;
    if (setting.wal_sync_method == WAL_SYNC_METHOD_OPEN_SYNC && setting.fsync)
        flags |= OS_SYNC;
    wal_segment_path(seg_no, tli, path);

    /* It may be recycled between making and opening only if it is long past its time. */
    f = os_file_try_open(path, flags);
    if (f == NULL) {
        is_made = segment_make(seg_no, tli);
        f = os_file_open(path, flags);
    }
    if (was_made != NULL)
        *was_made = is_made;
    return f;
}

OsFile *wal_segment_try_open(uint64_t seg_no, TimelineId tli)
{
    char path[WAL_PATH_MAX];

    wal_segment_path(seg_no, tli, path);
    return os_file_try_open(path, OS_READ);
}

void wal_segment_fork(uint64_t seg_no, TimelineId from, TimelineId to, uint32_t len)
{
    char temp[WAL_PATH_MAX], path[WAL_PATH_MAX];
    uint8_t *bytes = mem_alloc_aligned(WAL_PAGE_SIZE, WAL_PAGE_SIZE);
    OsFile *in;

    wal_segment_path(seg_no, from, path);
    in = os_file_open(path, OS_READ);
    make_temp(temp);
    ERR_TRY() {
        OsFile *f = os_file_open(temp, OS_WRITE);

        for (uint32_t at = 0; at < len; at += WAL_PAGE_SIZE) {
            const size_t n = size_min(WAL_PAGE_SIZE, len - at);

            os_file_read_exact_at(in, bytes, n, at);
            os_file_write_at(f, bytes, n, at);
        }
        os_file_sync(f);
        os_file_close(f);
    }
    ERR_CATCH() {
        os_try_unlink(temp);
        err_raise_again();
    }
    ERR_END();
    os_file_close(in);
    mem_free(bytes);
    if (!install(temp, seg_no, to)) {
        wal_segment_path(seg_no, to, path);
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("could not create file \"%s\": File exists", path));
    }
}

void wal_segments_preallocate(Lsn end, TimelineId tli)
{
    const uint32_t segment_size = wal_process.identity.segment_size;
    const uint64_t next = wal_seg_no(end - 1, segment_size) + 1;
    char path[WAL_PATH_MAX];

    if (wal_seg_offset(end - 1, segment_size) < AHEAD_PART * segment_size ||
        atomic_load(&wal_process.shared->last_ahead) >= next)
        return;
    /* Once: where there is no room, trying again and again would take it from others. */
    atomic_store(&wal_process.shared->last_ahead, next);
    wal_segment_path(next, tli, path);
    if (!os_exists(path))
        segment_make(next, tli);
}

void wal_segments_remove_old(uint64_t seg_no, Lsn redo, Lsn end, TimelineId tli)
{
    MemContext *scratch = mem_context_new(mem_current(), "old segments");
    Future future = future_plan(redo, end, tli);

    MEM_SCOPE(scratch) {
        Array names;

        list_segments(&names);
        array_foreach(char *, name, &names) {
            WalSeg seg;

            /* Of any timeline: what a checkpoint does not need, it needs from none. */
            if (!segment_of_name(*name, &seg) || seg.seg_no >= seg_no)
                continue;
            if (!archive_status_may_remove(*name))
                continue;
            note_removed(seg.seg_no);
            remove_segment(*name, &future);
        }
    }
    mem_delete(scratch);
}

void wal_segments_remove_other_timelines(Lsn switch_lsn, TimelineId tli)
{
    const uint32_t segment_size = wal_process.identity.segment_size;
    /* The one that has the switch was ours as far as that; its end is of use for looking back. */
    const uint64_t first = wal_seg_no(switch_lsn - 1, segment_size) + 1;
    MemContext *scratch = mem_context_new(mem_current(), "abandoned segments");
    Future future = future_plan(switch_lsn, switch_lsn, tli);

    MEM_SCOPE(scratch) {
        Array names;

        list_segments(&names);
        array_foreach(char *, name, &names) {
            WalSeg seg;

            if (!wal_seg_name_try_parse(*name, segment_size, &seg))
                continue;

            /* Only ancestors: a timeline after ours may be somebody's choice. */
            if (seg.tli < tli && seg.seg_no >= first && !archive_status_is_ready(*name))
                remove_segment(*name, &future);
        }
    }
    mem_delete(scratch);
}

void wal_segments_remove_temp(void)
{
    MemContext *scratch = mem_context_new(mem_current(), "temporary segments");

    MEM_SCOPE(scratch) {
        Array names;

        list_segments(&names);
        array_foreach(char *, name, &names) {
            char path[WAL_PATH_MAX];

            if (!str_starts_with(*name, TEMP_PREFIX))
                continue;
            wal_path_of(*name, path);
            os_try_unlink(path);
        }
    }
    mem_delete(scratch);
}

uint64_t wal_last_removed_segment(void)
{
    return atomic_load(&wal_process.shared->last_removed);
}

unsigned wal_checkpoint_segments(void)
{
    /*
     * max_wal_size bounds what is there from the redo point before the last to the end: one cycle,
     * and what is written while the checkpoint at its end runs.
     */
    const double segments =
        (double)segments_of_mb(setting.max_wal_size) / (1.0 + setting.checkpoint_completion_target);

    return segments < 1 ? 1 : (unsigned)segments;
}

void wal_note_checkpoint_distance(uint64_t bytes)
{
    _Atomic uint64_t *place = &wal_process.shared->distance_estimate;
    const uint64_t estimate = atomic_load(place);

    if (estimate < bytes)
        atomic_store(place, bytes);
    else
        atomic_store(place, (uint64_t)(ESTIMATE_DECAY * (double)estimate +
                                       (1.0 - ESTIMATE_DECAY) * (double)bytes));
}

uint64_t wal_checkpoint_distance_estimate(void)
{
    return atomic_load(&wal_process.shared->distance_estimate);
}

/* ---- Making ---- */

/* A file of zeros of a segment's size under a name of this process; synced. */
static void make_temp(char path[WAL_PATH_MAX])
{
    char name[32];

    snprintf(name, sizeof name, TEMP_PREFIX "%d", process_id());
    wal_path_of(name, path);
    os_try_unlink(path); /* of a process that had our number */
    ERR_TRY() {
        OsFile *f = os_file_open(path, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);

        fill_with_zeros(f);
        wait_event_begin(WAIT_EVENT_WAL_INIT_SYNC);
        os_file_sync(f);
        wait_event_end();
        os_file_close(f);
    }
    ERR_CATCH() {
        /* With a full disk it is in the way of everybody. */
        wait_event_end();
        os_try_unlink(path);
        err_raise_again();
    }
    ERR_END();
}

static void fill_with_zeros(OsFile *f)
{
    const uint32_t segment_size = wal_process.identity.segment_size;

    wait_event_begin(WAIT_EVENT_WAL_INIT_WRITE);
    if (setting.wal_init_zero) {
        for (uint32_t at = 0; at < segment_size; at += ZEROS_SIZE)
            os_file_write_at(f, zeros, ZEROS_SIZE, at);
    } else {
        /* For file systems that write to new places in any case: the size must be right. */
        os_file_write_at(f, zeros, 1, segment_size - 1);
    }
    wait_event_end();
}

/* Give the file its name; false, and it is gone, when another one has it. */
static bool install(const char *temp, uint64_t seg_no, TimelineId tli)
{
    char path[WAL_PATH_MAX];

    wal_segment_path(seg_no, tli, path);
    if (os_publish_durable(temp, path))
        return true;
    os_try_unlink(temp);
    return false;
}

/* False when somebody else made it meanwhile. */
static bool segment_make(uint64_t seg_no, TimelineId tli)
{
    MemContext *scratch = mem_context_new(mem_current(), "new segment");
    bool is_made = false;

    MEM_SCOPE(scratch) {
        char temp[WAL_PATH_MAX];

        make_temp(temp);
        is_made = install(temp, seg_no, tli);
    }
    mem_delete(scratch);
    return is_made;
}

/* ---- Removing ---- */

static Future future_plan(Lsn redo, Lsn end, TimelineId tli)
{
    const uint32_t segment_size = wal_process.identity.segment_size;
    const double needed = ESTIMATE_MARGIN * (1.0 + setting.checkpoint_completion_target) *
                          (double)wal_checkpoint_distance_estimate();
    const uint64_t first = wal_seg_no(redo, segment_size);
    const uint64_t least = first + segments_of_mb(setting.min_wal_size) - 1;
    const uint64_t most = first + segments_of_mb(setting.max_wal_size) - 1;
    uint64_t last = ((uint64_t)((double)redo + needed) + segment_size - 1) / segment_size;

    last = last < least ? least : last;
    last = last > most ? most : last;
    return (Future){.next = wal_seg_no(end, segment_size) + 1, .last = last, .tli = tli};
}

/* How many segments a size in MB is, 1 at least. */
static uint64_t segments_of_mb(int mb)
{
    const uint64_t count = (uint64_t)mb * MIB(1) / wal_process.identity.segment_size;

    return count < 1 ? 1 : count;
}

static void remove_segment(const char *name, Future *future)
{
    char path[WAL_PATH_MAX];

    wal_path_of(name, path);
    if (wal_name_kind(name) != WAL_NAME_SEGMENT || !try_recycle(path, future))
        os_unlink_durable(path);
    archive_status_remove(name);
}

/* Rename it to a segment of the future; false when none is wanted. */
static bool try_recycle(const char *path, Future *future)
{
    OsStat st;

    if (!setting.wal_recycle || !os_try_lstat(path, &st) || st.kind != OS_KIND_FILE ||
        st.size != wal_process.identity.segment_size)
        return false;
    for (; future->next <= future->last; future->next++) {
        char to[WAL_PATH_MAX];

        wal_segment_path(future->next, future->tli, to);
        if (os_publish_durable(path, to)) {
            future->next++;
            return true;
        }
    }
    return false;
}

static void note_removed(uint64_t seg_no)
{
    _Atomic uint64_t *place = &wal_process.shared->last_removed;
    uint64_t before = atomic_load(place);

    while (before < seg_no && !atomic_compare_exchange_weak(place, &before, seg_no))
        continue;
}

static void list_segments(Array *names)
{
    const char *directory = wal_process.identity.directory;

    os_dir_list(directory == NULL ? "pg_wal" : directory, names);
}

/* A whole segment, or the partial one of an ended timeline. */
static bool segment_of_name(const char *name, WalSeg *seg)
{
    const uint32_t segment_size = wal_process.identity.segment_size;

    return wal_seg_name_try_parse(name, segment_size, seg) ||
           wal_partial_name_try_parse(name, segment_size, seg);
}
