/* output.c - the bytes of a base backup on their way; output.h has the picture. */
#include "common/base/base.h"

#include "server/replication/base_backup/output.h"

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/replication/base_backup/progress.h"

#define TELL_INTERVAL_US 1000000
#define US_PER_S         UINT64_C(1000000)
#define RATE_SLACK_US    125000 /* that may be caught up with at once after a pause */

static void pass_on(void *arg, const void *bytes, size_t len);
static void slow_down(BackupOutput *o, size_t len);
static void tell_progress(BackupOutput *o);
static void show_progress(const BackupOutput *o);
static bool is_compressing(const BackupOutput *o);
static bool is_told(const BackupOutput *o);

void output_begin(BackupOutput *o)
{
    o->told_us = o->due_us = clock_monotonic_us();
    o->done = 0;
    if (o->compression.method == COMPRESS_NONE)
        return;
    o->plain = mem_alloc_aligned(BACKUP_PIECE_SIZE, 64);
    o->compressor = compressor_new(&o->compression, (ByteSink){pass_on, o});
}

void output_begin_archive(BackupOutput *o, const char *name, const char *location)
{
    const char *suffix = compress_method_suffix(o->compression.method);
    const char *file = mem_printf("%s%s", name, suffix);

    if (is_told(o))
        o->listener->begin_archive(o->listener, file, location);
    o->target->begin_archive(o->target, file, location);
    if (o->compressor != NULL)
        compressor_reset(o->compressor, (ByteSink){pass_on, o});
    o->is_in_archive = true;
}

uint8_t *output_room(BackupOutput *o, size_t min, size_t *size)
{
    ASSERT(min <= BACKUP_ROOM_MIN);
    if (!is_compressing(o))
        return o->target->room(o->target, min, size);
    *size = BACKUP_PIECE_SIZE;
    return o->plain;
}

void output_take(BackupOutput *o, size_t len)
{
    if (is_compressing(o)) {
        check_interrupts();
        compressor_write(o->compressor, o->plain, len);
    } else {
        o->target->take(o->target, len);
        slow_down(o, len);
    }
    if (!o->is_in_archive)
        return;
    o->done += len;
    show_progress(o);
    if (o->listener != NULL && clock_monotonic_us() - o->told_us >= TELL_INTERVAL_US)
        tell_progress(o);
}

void output_write(BackupOutput *o, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;

    while (len > 0) {
        size_t room;
        uint8_t *to = output_room(o, 1, &room);
        size_t n = size_min(room, len);

        memcpy(to, from, n);
        output_take(o, n);
        from += n;
        len -= n;
    }
}

void output_write_zeros(BackupOutput *o, size_t len)
{
    while (len > 0) {
        size_t room;
        uint8_t *to = output_room(o, 1, &room);
        size_t n = size_min(room, len);

        memset(to, 0, n);
        output_take(o, n);
        len -= n;
    }
}

void output_end_archive(BackupOutput *o)
{
    if (is_compressing(o))
        compressor_finish(o->compressor);
    o->is_in_archive = false;
    o->target->end_archive(o->target);
    if (o->listener != NULL)
        tell_progress(o);
}

void output_begin_manifest(BackupOutput *o)
{
    if (is_told(o))
        o->listener->begin_manifest(o->listener);
    o->target->begin_manifest(o->target);
}

void output_end_manifest(BackupOutput *o)
{
    o->target->end_manifest(o->target);
}

void output_finish(BackupOutput *o)
{
    o->target->finish(o->target);
}

static bool is_compressing(const BackupOutput *o)
{
    return o->compressor != NULL && o->is_in_archive;
}

/* Does somebody beside the target listen? */
static bool is_told(const BackupOutput *o)
{
    return o->listener != NULL && o->listener != o->target;
}

static void tell_progress(BackupOutput *o)
{
    o->told_us = clock_monotonic_us();
    o->listener->progress(o->listener, o->done);
}

/* For the view. What is more than was reckoned with is the new reckoning. */
static void show_progress(const BackupOutput *o)
{
    command_progress_set(PROGRESS_BACKUP_STREAMED, (int64_t)o->done);
    if (o->total > 0 && o->done > o->total)
        command_progress_set(PROGRESS_BACKUP_TOTAL, (int64_t)o->done);
}

/* What the compressor gives. */
static void pass_on(void *arg, const void *bytes, size_t len)
{
    BackupOutput *o = arg;
    const uint8_t *from = bytes;

    while (len > 0) {
        size_t room;
        uint8_t *to = o->target->room(o->target, 1, &room);
        size_t n = size_min(room, len);

        memcpy(to, from, n);
        o->target->take(o->target, n);
        slow_down(o, n);
        from += n;
        len -= n;
    }
}

/* Wait until the target may have got as much, on the average. */
static void slow_down(BackupOutput *o, size_t len)
{
    uint64_t now;

    if (o->max_rate_kb == 0)
        return;
    now = clock_monotonic_us();
    if (o->due_us + RATE_SLACK_US < now)
        o->due_us = now - RATE_SLACK_US;
    o->due_us += len * US_PER_S / ((uint64_t)o->max_rate_kb * 1024);
    while ((now = clock_monotonic_us()) < o->due_us) {
        latch_wait(LATCH_SET | LATCH_TIMEOUT, (int64_t)((o->due_us - now) / 1000 + 1),
                   WAIT_EVENT_BASE_BACKUP_THROTTLE);
        latch_reset(latch_own_one());
        check_interrupts();
    }
}
