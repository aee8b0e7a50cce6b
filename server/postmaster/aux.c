/* aux.c - what all background processes have in common. */
#include "common/base/base.h"

#include "server/postmaster/aux.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/clock.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/wal/wal.h"

#define AFTER_ERROR_MS 1000

static void begin_owner(void);
static void clean_up(void);

void aux_loop(bool (*round)(void))
{
    MemContext *mem = mem_context_new(mem_root(), "round of a background process");
    volatile bool goes_on = true;

    begin_owner();
    while (goes_on) {
        ERR_TRY() {
            MEM_SCOPE(mem) {
                stats_flush(STATS_WHEN_DUE);
                check_interrupts(); /* barriers: files of databases that go are closed */
                goes_on = round();
            }
        }
        ERR_CATCH() {
            err_log_report(err_caught());
            clean_up();
            clock_sleep_ms(AFTER_ERROR_MS);
        }
        ERR_END();
        mem_reset(mem);
    }
}

static void begin_owner(void)
{
    owner_switch(owner_new(NULL, "background process"));
}

/* All that an error may have left: locks first, then what was pinned. */
static void clean_up(void)
{
    Owner *owner = owner_current();

    lwlock_release_all();
    interrupt_reset_holds();
    wal_reset_insert();
    owner_release(owner, OWNER_BEFORE_LOCKS, false);
    owner_release(owner, OWNER_LOCKS, false);
    owner_release(owner, OWNER_AFTER_LOCKS, false);
    /* One that has given back takes nothing any more. */
    owner_free(owner);
    begin_owner();
    buffer_at_end_of_transaction(false);
    smgr_close_all();
}
