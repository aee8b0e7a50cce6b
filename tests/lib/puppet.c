/* puppet.c - processes that do what the test tells them; puppet.h has the how. */
#include "common/base/base.h"

#include "tests/lib/puppet.h"

#include <stdio.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/futex.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/proc.h"
#include "server/ipc/timer.h"
#include "server/lock/lock.h"
#include "server/txn/txn.h"
#include "tests/lib/txn_rig.h"

#define LIMIT_MS 10000
#define STEP_MS  50

static void play(void *arg, unsigned number);
static void run_act(Puppet *puppet);
static void note_raise(PuppetResult *result);
static void copy_text(char *to, const char *from);
static void be_cancelled(void);
static void stop(Puppets *p, unsigned number);

void puppets_begin(Puppets *p, unsigned count)
{
    *p = (Puppets){.count = count};
    p->all = os_shared_map(count * sizeof *p->all, OS_HUGE_OFF);
    crowd_begin(&p->crowd, count, play, p);
    for (unsigned i = 0; i < count; i++)
        while (atomic_load(&p->all[i].pid) == 0)
            clock_sleep_ms(1);
}

unsigned puppets_end(Puppets *p)
{
    unsigned good;

    for (unsigned i = 0; i < p->count; i++)
        stop(p, i);
    good = crowd_end(&p->crowd);
    os_shared_unmap(p->all, p->count * sizeof *p->all);
    return good;
}

static void stop(Puppets *p, unsigned number)
{
    (void)puppet_wait(p, number);
    puppet_start(p, number, NULL, NULL, 0);
}

/* ---- The puppet's side ---- */

static void play(void *arg, unsigned number)
{
    const Puppets *p = arg;
    Puppet *me = &p->all[number];

    interrupt_install();
    timer_init();
    interrupt_set_handler(INTERRUPT_CANCEL, be_cancelled);
    txn_rig_enter_child();
    atomic_store(&me->pid, process_id());
    for (uint32_t number_done = 0;; number_done++) {
        while (atomic_load(&me->started) == number_done)
            os_futex_wait(&me->started, number_done, STEP_MS);
        if (me->act == NULL)
            break;
        run_act(me);
        atomic_store(&me->done, number_done + 1);
        os_futex_wake(&me->done, OS_FUTEX_ALL);
    }
    txn_abort_all();
    proc_detach();
}

static void run_act(Puppet *puppet)
{
    MemContext *mem = mem_context_new(NULL, "act of a puppet");

    memset(&puppet->result, 0, sizeof puppet->result);
    MEM_SCOPE(mem) {
        ERR_TRY() {
            puppet->result.value = puppet->act(puppet->args);
        }
        ERR_CATCH() {
            interrupt_reset_holds();
            note_raise(&puppet->result);
            txn_abort_current();
        }
        ERR_END();
    }
    mem_delete(mem);
}

static void note_raise(PuppetResult *result)
{
    const ErrReport *report = err_caught();

    result->sqlstate = report->sqlstate;
    copy_text(result->message, report->message);
    copy_text(result->detail, report->detail);
    copy_text(result->detail_log, report->detail_log);
    copy_text(result->hint, report->hint);
    copy_text(result->context, report->context);
}

static void copy_text(char *to, const char *from)
{
    snprintf(to, PUPPET_TEXT_MAX, "%s", from != NULL ? from : "");
}

static void be_cancelled(void)
{
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceling statement due to user request");
}

/* ---- The test's side ---- */

void puppet_start(Puppets *p, unsigned number, PuppetAct act, const void *args, size_t size)
{
    Puppet *puppet = &p->all[number];

    ASSERT(size <= PUPPET_ARGS_MAX && puppet_is_done(p, number));
    puppet->act = act;
    if (size > 0)
        memcpy(puppet->args, args, size);
    atomic_fetch_add(&puppet->started, 1);
    os_futex_wake(&puppet->started, 1);
}

bool puppet_is_done(const Puppets *p, unsigned number)
{
    const Puppet *puppet = &p->all[number];

    return atomic_load(&puppet->done) == atomic_load(&puppet->started);
}

const PuppetResult *puppet_wait(Puppets *p, unsigned number)
{
    Puppet *puppet = &p->all[number];

    for (unsigned waited_ms = 0; !puppet_is_done(p, number); waited_ms += STEP_MS) {
        uint32_t done = atomic_load(&puppet->done);

        if (waited_ms >= LIMIT_MS) {
            fprintf(stderr, "puppet %u is not done\n", number);
            puppet->result.sqlstate = SQLSTATE_SYSTEM_ERROR;
            break;
        }
        if (done != atomic_load(&puppet->started))
            os_futex_wait(&puppet->done, done, STEP_MS);
    }
    return &puppet->result;
}

const PuppetResult *puppet_do(Puppets *p, unsigned number, PuppetAct act, const void *args,
                              size_t size)
{
    puppet_start(p, number, act, args, size);
    return puppet_wait(p, number);
}

bool puppet_wait_blocked(const Puppets *p, unsigned number)
{
    while (!puppet_is_done(p, number)) {
        MemContext *mem = mem_context_new(NULL, "who is blocked");
        bool is_blocked = false;

        MEM_SCOPE(mem) {
            Array rows;

            lock_list(&rows);
            array_foreach(const LockRow, row, &rows)
                is_blocked |= row->pid == puppet_pid(p, number) && !row->is_granted;
        }
        mem_delete(mem);
        if (is_blocked)
            return true;
        clock_sleep_ms(1);
    }
    return false;
}

int puppet_pid(const Puppets *p, unsigned number)
{
    return atomic_load(&p->all[number].pid);
}
