/* database.c - databases found, and who is connected to them; database.h tells more. */
#include "common/base/base.h"

#include "server/command/database.h"

#include <signal.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/command/shared_name.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/object/role.h"
#include "server/txn/proc_array.h"

#define LOOKS   50  /* at who is connected */
#define LOOK_MS 100 /* between two of them */

static const char *text_column(const HeapTuple *row, int column)
{
    const uint8_t *text;
    bool is_null;
    Datum value = syscache_get(CACHE_DATABASEOID, row, column, &is_null);

    if (is_null)
        return NULL;
    text = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

static bool read_row(Oid oid, DatabaseRow *out)
{
    const HeapTuple *row = syscache_pin(CACHE_DATABASEOID, datum_of_u32(oid));

    if (row == NULL)
        return false;
    *out = (DatabaseRow){.row = *CACHE_ROW(PgDatabase, row)};
    out->collate = text_column(row, PG_DATABASE_COL_DATCOLLATE);
    out->ctype = text_column(row, PG_DATABASE_COL_DATCTYPE);
    out->icu_locale = text_column(row, PG_DATABASE_COL_DATICULOCALE);
    out->collation_version = text_column(row, PG_DATABASE_COL_DATCOLLVERSION);
    syscache_unpin(row);
    return true;
}

bool database_find(const char *name, LockMode mode, DatabaseRow *out)
{
    for (;;) {
        Oid oid = database_of_name(name, true);

        if (oid == 0)
            return false;
        if (mode != LOCK_NONE)
            lock_shared_object(PG_DATABASE_CATALOG, oid, 0, mode);
        inval_accept();
        if (read_row(oid, out) && strcmp(out->row.datname, name) == 0)
            return true;
        if (mode != LOCK_NONE)
            lock_shared_object_unlock(PG_DATABASE_CATALOG, oid, 0, mode);
    }
}

void database_raise_missing(const char *name)
{
    err_raise(SQLSTATE_INVALID_CATALOG_NAME,
              .message = err_fmt("database \"%s\" does not exist", name));
}

/* ---- Who is connected ---- */

static const char *busy_text(unsigned sessions, unsigned prepared)
{
    if (sessions > 0 && prepared > 0)
        return mem_printf("There are %u other session(s) and %u prepared transaction(s) using the "
                          "database.",
                          sessions, prepared);
    if (sessions > 0)
        return sessions == 1
                   ? "There is 1 other session using the database."
                   : mem_printf("There are %u other sessions using the database.", sessions);
    return prepared == 1
               ? "There is 1 prepared transaction using the database."
               : mem_printf("There are %u prepared transactions using the database.", prepared);
}

/* Vacuum by itself is of less weight than who asks here. */
static void end_vacuums(Oid database)
{
    for (unsigned i = 0; i < proc_slot_count(); i++) {
        const Proc *proc = proc_at((int)i);
        int pid = atomic_load(&proc->pid);

        if (pid != 0 && proc->kind == PROC_AUTOVACUUM_WORKER && proc->database == database)
            (void)os_signal_send(pid, SIGTERM);
    }
}

static void pause_a_little(void)
{
    latch_wait(LATCH_SET | LATCH_TIMEOUT, LOOK_MS, WAIT_EVENT_PG_SLEEP);
    latch_reset(latch_own_one());
}

bool database_is_busy(Oid database, const char **detail)
{
    unsigned sessions = 0, prepared = 0;

    for (unsigned look = 0; look < LOOKS; look++) {
        check_interrupts();
        proc_array_count_database(database, &sessions, &prepared);
        if (database == cache_database() && sessions > 0)
            sessions--;
        if (sessions == 0 && prepared == 0)
            return false;
        end_vacuums(database);
        pause_a_little();
    }
    *detail = busy_text(sessions, prepared);
    return true;
}

static void require_right_to_end(const Proc *proc)
{
    Oid role = proc->role;

    if ((role == 0 || role_is_superuser(role)) && !role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be a superuser to terminate superuser process");
    if (!role_has_rights_of(role_current(), role) &&
        !role_has_rights_of(role_current(), ROLE_SIGNAL_BACKEND))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be a member of the role whose process is being terminated or "
                             "member of pg_signal_backend");
}

/* All are asked for first: either all are told, or nobody. */
void database_end_sessions(Oid database, const char *name)
{
    unsigned sessions, prepared;

    proc_array_count_database(database, &sessions, &prepared);
    if (prepared > 0)
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message =
                      err_fmt("database \"%s\" is being used by prepared transactions", name),
                  .detail = busy_text(0, prepared));
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < proc_slot_count(); i++) {
            const Proc *proc = proc_at((int)i);
            int pid = atomic_load(&proc->pid);

            if (pid == 0 || proc == proc_self() || proc->database != database)
                continue;
            if (round == 0)
                require_right_to_end(proc);
            else
                (void)os_signal_send(pid, SIGTERM);
        }
    }
}
