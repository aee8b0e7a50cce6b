/* startup.c - the startup process: recovery, then it is done. */
#include "common/base/base.h"

#include "server/postmaster/aux.h"

#include "common/err/err.h"
#include "common/mem/owner.h"
#include "server/ipc/proc.h"
#include "server/recovery/recovery.h"
#include "server/replication/repl_slot.h"
#include "server/stats/activity.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"

static void run(void)
{
    proc_attach(PROC_STARTUP);
    activity_begin();
    owner_switch(owner_new(NULL, "recovery"));
    vfd_init();
    buffer_init();
    repl_slot_restore(); /* what slots hold must be known before anything is removed */
    recovery_run();
}

/* There is nothing to go back to: an error ends the process, and with it the server. */
void startup_main(void *arg UNUSED)
{
    ERR_TRY() {
        run();
    }
    ERR_CATCH() {
        ErrReport report = *err_caught();

        report.level = ERR_FATAL;
        err_end_process(&report);
    }
    ERR_END();
}
