/*
 * activity.c - the rows of activity.h in shared memory
 *
 * A row has a number that is odd while it is being written. Who reads it takes a copy between two
 * looks at an even number that is the same.
 */
#include "common/base/base.h"

#include "server/stats/activity.h"

#include <stdatomic.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/proto/startup.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/spinlock.h"
#include "server/stats/stats.h"

typedef struct SharedRow {
    _Alignas(64) _Atomic uint32_t changes; /* odd: it is being written */
    ActivityRow row;                       /* written by its process alone, as the next */
} SharedRow;

static struct {
    SharedRow *rows;
    char *queries; /* query_size bytes for each slot */
    size_t query_size;
} shared;

/* Process state. */
static struct {
    SharedRow *row; /* NULL: it has none */
    char *query;
} own;

static void end(void *arg);

static size_t query_size(void)
{
    return (size_t)setting.track_activity_query_size;
}

size_t activity_shmem_size(void)
{
    return size_mul(proc_slot_count(), size_add(sizeof(SharedRow), query_size()));
}

void activity_shmem_init(void *place)
{
    shared.rows = place;
    shared.query_size = query_size();
    shared.queries = (char *)(shared.rows + proc_slot_count());
    own.row = NULL;
}

/* ---- Writing ---- */

static void begin_change(void)
{
    atomic_store_explicit(&own.row->changes,
                          atomic_load_explicit(&own.row->changes, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

static void end_change(void)
{
    atomic_store_explicit(&own.row->changes,
                          atomic_load_explicit(&own.row->changes, memory_order_relaxed) + 1,
                          memory_order_release);
}

static void copy_name(char *to, const char *from)
{
    size_t len = from == NULL ? 0 : size_min(strlen(from), ACTIVITY_NAME_SIZE - 1);

    memset(to, 0, ACTIVITY_NAME_SIZE);
    if (len > 0)
        memcpy(to, from, len);
}

void activity_begin(void)
{
    Proc *self = proc_self();

    if (shared.rows == NULL || self == NULL)
        return;
    own.row = &shared.rows[self->slot];
    own.query = shared.queries + (size_t)self->slot * shared.query_size;
    begin_change();
    memset(&own.row->row, 0, sizeof own.row->row);
    own.row->row.slot = self->slot;
    own.row->row.pid = atomic_load(&self->pid);
    own.row->row.kind = self->kind;
    own.row->row.started_at = clock_now();
    *own.query = '\0';
    end_change();
    proc_on_detach(end, NULL);
}

static void end(void *arg UNUSED)
{
    begin_change();
    own.row->row.pid = 0;
    end_change();
    own.row = NULL;
}

void activity_set_client(const char *host, uint16_t port, const ActivityTls *tls)
{
    if (own.row == NULL)
        return;
    begin_change();
    own.row->row.has_client = true;
    copy_name(own.row->row.host, host);
    own.row->row.port = port;
    if (tls != NULL)
        own.row->row.tls = *tls;
    end_change();
}

void activity_set_application(const char *name)
{
    if (own.row == NULL)
        return;
    begin_change();
    copy_name(own.row->row.application, name);
    end_change();
}

/* How long the state that ends was one that pg_stat_database adds up. */
static void add_time(const ActivityRow *row, ActivityState next, PgTime now)
{
    bool was_active = row->state == ACTIVITY_ACTIVE || row->state == ACTIVITY_FASTPATH;
    bool was_idle = row->state == ACTIVITY_IDLE_IN_TRANSACTION ||
                    row->state == ACTIVITY_IDLE_IN_FAILED_TRANSACTION;

    if (row->state == next || row->kind != PROC_BACKEND || now < row->state_at)
        return;
    if (was_active)
        stats_session_add_time(now - row->state_at, 0);
    else if (was_idle)
        stats_session_add_time(0, now - row->state_at);
}

/* Who does not tell says so once. */
static void disable(void)
{
    ActivityRow *row = &own.row->row;

    if (row->state == ACTIVITY_DISABLED)
        return;
    begin_change();
    row->state = ACTIVITY_DISABLED;
    row->state_at = row->query_at = row->transaction_at = 0;
    *own.query = '\0';
    end_change();
}

void activity_report(ActivityState state, const char *query, PgTime at)
{
    ActivityRow *row;
    size_t len = 0;
    PgTime now;

    if (own.row == NULL)
        return;
    if (!setting.track_activities) {
        disable();
        return;
    }
    row = &own.row->row;
    now = state == ACTIVITY_ACTIVE && at != 0 ? at : clock_now();
    if (query != NULL)
        len = strnlen(query, shared.query_size - 1);
    add_time(row, state, now);
    begin_change();
    row->state = state;
    row->state_at = now;
    if (query != NULL) {
        memcpy(own.query, query, len);
        own.query[len] = '\0';
        row->query_at = at != 0 ? at : now;
    }
    end_change();
}

void activity_set_transaction(PgTime started_at)
{
    if (own.row == NULL || !setting.track_activities)
        return;
    begin_change();
    own.row->row.transaction_at = started_at;
    end_change();
}

/* ---- Progress ---- */

void command_progress_begin(ProgressCommand command, Oid target)
{
    if (own.row == NULL || !setting.track_activities)
        return;
    begin_change();
    own.row->row.command = command;
    own.row->row.command_target = target;
    memset(own.row->row.params, 0, sizeof own.row->row.params);
    end_change();
}

void command_progress_set(unsigned param, int64_t value)
{
    ASSERT(param < PROGRESS_PARAMS);
    if (own.row == NULL || own.row->row.command == PROGRESS_NONE)
        return;
    begin_change();
    own.row->row.params[param] = value;
    end_change();
}

void command_progress_add(unsigned param, int64_t value)
{
    if (own.row != NULL)
        command_progress_set(param, own.row->row.params[param] + value);
}

bool command_progress_is_shown(void)
{
    return own.row != NULL && own.row->row.command != PROGRESS_NONE;
}

void command_progress_end(void)
{
    if (own.row == NULL || own.row->row.command == PROGRESS_NONE)
        return;
    begin_change();
    own.row->row.command = PROGRESS_NONE;
    own.row->row.command_target = 0;
    end_change();
}

/* ---- Reading ---- */

/* What was fetched, by process. */
static struct {
    MemContext *mem; /* NULL: nothing */
    ActivityRow *rows;
    size_t count;
} fetched;

const ActivityRow *activity_fetch(size_t *count)
{
    if (fetched.mem == NULL) {
        MemContext *mem = mem_context_new(mem_root(), "activity that was read");

        fetched.count = 0;
        MEM_SCOPE(mem) {
            fetched.rows = mem_new_array(ActivityRow, proc_slot_count() + 1);
            for (unsigned slot = 0; slot < proc_slot_count(); slot++)
                if (activity_read((int)slot, &fetched.rows[fetched.count]))
                    fetched.count++;
        }
        fetched.mem = mem;
    }
    *count = fetched.count;
    return fetched.rows;
}

void activity_clear_fetched(void)
{
    if (fetched.mem != NULL)
        mem_delete(fetched.mem);
    fetched.mem = NULL;
}

bool activity_read(int slot, ActivityRow *out)
{
    SharedRow *from = &shared.rows[slot];
    const Proc *proc = proc_at(slot);
    char *query;

    if (atomic_load(&proc->pid) == 0)
        return false;
    query = mem_alloc(shared.query_size);
    for (;;) {
        uint32_t before = atomic_load_explicit(&from->changes, memory_order_acquire);

        if (before % 2 == 0) {
            memcpy(out, &from->row, sizeof *out);
            memcpy(query, shared.queries + (size_t)slot * shared.query_size, shared.query_size);
            atomic_thread_fence(memory_order_acquire);
            if (atomic_load_explicit(&from->changes, memory_order_relaxed) == before)
                break;
        }
        check_interrupts();
        spin_pause();
    }
    query[shared.query_size - 1] = '\0';
    out->query = query;
    out->database = atomic_load(&proc->database);
    out->role = atomic_load(&proc->role);
    return out->pid != 0 && atomic_load(&proc->pid) == out->pid;
}

/* ---- After a crash ---- */

/* Its writer will not end the change that it may have been in the middle of. */
const char *activity_query_of_crashed(int pid)
{
    for (unsigned slot = 0; slot < proc_slot_count(); slot++) {
        const char *query = shared.queries + (size_t)slot * shared.query_size;

        if (shared.rows[slot].row.pid == pid && *query != '\0')
            return startup_clean_ascii(mem_strndup(query, shared.query_size - 1));
    }
    return NULL;
}
