/*
 * pause.c - what recovery waits for beside the log: pauses, recovery_min_apply_delay, a promotion
 */
#include "common/base/base.h"

#include "server/recovery/pause.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "common/text/timestamp.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"
#include "server/recovery/source/restore.h"

#define LOOK_EVERY_MS 1000 /* though nobody has woken us */

static bool was_told; /* by SIGUSR2 */

static void reload(void);

void recovery_look_after(void)
{
    if (interrupt_take(INTERRUPT_DIE))
        recovery_leave(1);
    if (interrupt_take(INTERRUPT_RELOAD))
        reload();
    check_interrupts();
}

/* A stream that was begun with other settings begins anew. */
static void reload(void)
{
    MemContext *scratch = mem_context_new(mem_current(), "settings before");
    bool is_changed = false;

    MEM_SCOPE(scratch) {
        char *conninfo = mem_strdup(setting.primary_conninfo);
        char *slot = mem_strdup(setting.primary_slot_name);
        bool makes_slot = setting.wal_receiver_create_temp_slot;

        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
        is_changed = !str_equal(conninfo, setting.primary_conninfo) ||
                     !str_equal(slot, setting.primary_slot_name) ||
                     (*slot == '\0' && makes_slot != setting.wal_receiver_create_temp_slot);
    }
    mem_delete(scratch);
    if (is_changed)
        log_source_restart_stream();
}

/* pg_ctl writes a file and signals the supervisor, which signals us; or the user's own file. */
bool recovery_check_promotion(void)
{
    const char *file = setting.promote_trigger_file;

    if (recovery_is_promoted())
        return true;
    was_told |= interrupt_take_usr2();
    if (was_told && os_exists(PROMOTE_SIGNAL_FILE)) {
        err_log(ERR_LOG, .message = "received promote request");
        os_try_unlink(PROMOTE_SIGNAL_FILE);
        was_told = false;
        recovery_note_promoted();
        return true;
    }
    if (*file == '\0' || !os_exists(file))
        return false;
    err_log(ERR_LOG, .message = err_fmt("promote trigger file found: %s", file));
    os_try_unlink(file);
    recovery_note_promoted();
    return true;
}

bool recovery_wait_paused(void)
{
    latch_reset(&proc_self()->latch);
    recovery_look_after();
    if (recovery_check_promotion())
        return true;
    if (recovery_pause() != RECOVERY_NOT_PAUSED) {
        recovery_confirm_pause();
        latch_wait(LATCH_SET | LATCH_TIMEOUT, LOOK_EVERY_MS, WAIT_EVENT_RECOVERY_PAUSE);
    }
    return false;
}

/* Only where somebody can say that it is to go on. */
void recovery_pause_here(bool is_at_end)
{
    if (!recovery_takes_queries() || recovery_is_promoted())
        return;
    if (is_at_end)
        err_log(ERR_LOG, .message = "pausing at the end of recovery",
                .hint = "Execute pg_wal_replay_resume() to promote.");
    else
        err_log(ERR_LOG, .message = "recovery has paused",
                .hint = "Execute pg_wal_replay_resume() to continue.");
    recovery_tell_followers();
    while (recovery_pause() != RECOVERY_NOT_PAUSED)
        if (recovery_wait_paused())
            return;
}

/*
 * A standby that stays behind on purpose: commits are replayed so long after they were made. Other
 * records are not held back, as they show nothing.
 */
void recovery_delay(const WalRecord *record UNUSED, const WalEffect *effect)
{
    PgTime time;

    if (setting.recovery_min_apply_delay <= 0 || !consistency_is_reached() ||
        effect->kind != WAL_EFFECT_COMMIT || !target_record_time(effect, &time))
        return;
    for (;;) {
        PgTime until = time + (PgTime)setting.recovery_min_apply_delay * 1000, now;

        latch_reset(&proc_self()->latch);
        recovery_look_after();
        if (recovery_check_promotion())
            return;
        now = clock_now();
        if (now >= until)
            return;
        recovery_tell_followers();
        latch_wait(LATCH_SET | LATCH_TIMEOUT, (until - now) / 1000 + 1,
                   WAIT_EVENT_RECOVERY_APPLY_DELAY);
    }
}
