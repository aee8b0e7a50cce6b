/* lock_report.c - what the log says of those who wait for long (log_lock_waits). */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/process.h"
#include "common/text/strbuf.h"
#include "server/lock/lock_int.h"

typedef struct Crowd {
    StrBuf holders, waiters; /* their pids */
    unsigned holder_count;
} Crowd;

static void collect(const LocalLock *l, Crowd *out);
static void add_pid(StrBuf *text, int pid);

void lock_report_wait(const LocalLock *l, DeadlockState deadlock, WaitState state,
                      uint64_t waited_us)
{
    MemContext *scratch = mem_context_new(mem_current(), "report of a lock");
    const char *mode = lock_mode_name(l->mode);
    char what[LOCK_TAG_TEXT_SIZE];
    long ms = (long)(waited_us / 1000);
    int us = (int)(waited_us % 1000), pid = process_id();

    lock_tag_describe(&l->tag, what);
    MEM_SCOPE(scratch) {
        Crowd crowd;
        const char *detail;

        collect(l, &crowd);
        detail =
            mem_printf(crowd.holder_count == 1 ? "Process holding the lock: %s. Wait queue: %s."
                                               : "Processes holding the lock: %s. Wait queue: %s.",
                       crowd.holders.text, crowd.waiters.text);
        if (deadlock == DEADLOCK_SOFT)
            err_log(ERR_LOG,
                    .message = err_fmt("process %d avoided deadlock for %s on %s by rearranging "
                                       "queue order after %ld.%03d ms",
                                       pid, mode, what, ms, us),
                    .detail_log = detail);
        if (deadlock == DEADLOCK_HARD)
            err_log(ERR_LOG,
                    .message = err_fmt("process %d detected deadlock while waiting for %s on %s "
                                       "after %ld.%03d ms",
                                       pid, mode, what, ms, us),
                    .detail_log = detail);
        if (state == WAIT_ON)
            err_log(ERR_LOG,
                    .message = err_fmt("process %d still waiting for %s on %s after %ld.%03d ms",
                                       pid, mode, what, ms, us),
                    .detail_log = detail);
        else if (state == WAIT_GRANTED)
            err_log(ERR_LOG, .message = err_fmt("process %d acquired %s on %s after %ld.%03d ms",
                                                pid, mode, what, ms, us));
    }
    mem_delete(scratch);
}

/* Who waits for more than it has counts as one that waits. */
static void collect(const LocalLock *l, Crowd *out)
{
    LwLock *partition = lock_partition(l->hash);
    const LockEntry *entry;

    *out = (Crowd){0};
    strbuf_init(&out->holders);
    strbuf_init(&out->waiters);
    lwlock_acquire(partition, LW_SHARED);
    entry = lock_entry_find(&l->tag, l->hash);
    for (const LockLink *link = entry == NULL ? NULL : entry->holds.next;
         link != NULL && link != &entry->holds; link = link->next) {
        const Hold *hold = LINK_OWNER(Hold, of_entry, link);
        bool waits = lock_shared->procs[hold->holder].wait_hold == hold;

        add_pid(waits ? &out->waiters : &out->holders, lock_pid_of(hold->holder));
        out->holder_count += waits ? 0 : 1;
    }
    lwlock_release(partition);
}

static void add_pid(StrBuf *text, int pid)
{
    strbuf_add_fmt(text, "%s%d", text->len > 0 ? ", " : "", pid);
}
