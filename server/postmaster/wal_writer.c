/* wal_writer.c - flushes the log for those who did not wait, and in whole pages ahead. */
#include "common/base/base.h"

#include "server/postmaster/aux.h"

#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/stats/activity.h"
#include "server/wal/wal.h"

#define ROUNDS_BEFORE_HIBERNATE 50
#define HIBERNATE_FACTOR        25

static struct {
    unsigned idle_rounds;
} writer;

static bool round_once(void);

void wal_writer_main(void *arg UNUSED)
{
    proc_attach(PROC_WAL_WRITER);
    activity_begin();
    aux_loop(round_once);
}

static bool round_once(void)
{
    const bool is_hibernating = writer.idle_rounds > ROUNDS_BEFORE_HIBERNATE;
    int64_t nap = setting.wal_writer_delay;

    latch_reset(&proc_self()->latch);
    if (interrupt_take(INTERRUPT_RELOAD))
        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
    if (interrupt_take(INTERRUPT_DIE))
        return false;

    /* Said before looking: whoever commits without waiting after the look then wakes us. */
    wal_note_writer_sleeps(is_hibernating);
    writer.idle_rounds = wal_flush_background() ? 0 : writer.idle_rounds + 1;
    if (is_hibernating && writer.idle_rounds > 0)
        nap *= HIBERNATE_FACTOR;
    latch_wait(LATCH_SET | LATCH_TIMEOUT, nap, WAIT_EVENT_WAL_WRITER_MAIN);
    return true;
}
