/* background_writer.c - writes dirty buffers ahead of need, so that backends find clean ones. */
#include "common/base/base.h"

#include <string.h>

#include "server/postmaster/aux.h"

#include "common/os/clock.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/recovery/recovery.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/proc_array.h"
#include "server/wal/wal.h"

#define HIBERNATE_FACTOR  50       /* longer naps when nothing happens */
#define STANDBY_LOG_EVERY 15000000 /* microseconds between two lists of running transactions */

static struct {
    PgTime standby_logged_at;
    Lsn standby_logged_lsn;
    BufferCounters told;
} writer;

static bool round_once(void);
static void report(void);
static void log_running(void);

void background_writer_main(void *arg UNUSED)
{
    proc_attach(PROC_BACKGROUND_WRITER);
    activity_begin();
    vfd_init();
    buffer_init();
    writer.standby_logged_at = clock_now();
    aux_loop(round_once);
}

static bool round_once(void)
{
    bool may_sleep_long;

    latch_reset(&proc_self()->latch);
    if (interrupt_take(INTERRUPT_RELOAD))
        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
    if (interrupt_take(INTERRUPT_DIE))
        return false;
    may_sleep_long = buffer_write_ahead();
    report();
    log_running();
    latch_wait(LATCH_SET | LATCH_TIMEOUT,
               (int64_t)setting.bgwriter_delay * (may_sleep_long ? HIBERNATE_FACTOR : 1),
               may_sleep_long ? WAIT_EVENT_BACKGROUND_WRITER_HIBERNATE
                              : WAIT_EVENT_BACKGROUND_WRITER_MAIN);
    return true;
}

/* What was done since the last time. */
static void report(void)
{
    const BufferCounters *now = buffer_counters();

    if (memcmp(now, &writer.told, sizeof writer.told) == 0)
        return;
    stats_report_bgwriter((int64_t)(now->written_ahead - writer.told.written_ahead),
                          (int64_t)(now->ahead_stopped - writer.told.ahead_stopped),
                          (int64_t)(now->taken - writer.told.taken));
    writer.told = *now;
}

/* A standby that starts needs to know soon which transactions run. */
static void log_running(void)
{
    PgTime now = clock_now();

    if (recovery_is_running() || setting.wal_level < WAL_LEVEL_REPLICA ||
        now - writer.standby_logged_at < STANDBY_LOG_EVERY ||
        wal_last_important_lsn() <= writer.standby_logged_lsn)
        return;
    writer.standby_logged_at = now;
    log_standby_snapshot();
    writer.standby_logged_lsn = wal_insert_lsn();
}
