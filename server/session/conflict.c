/*
 * conflict.c - a standby's recovery needs what this session holds: the statement, or it, must go
 *
 * A statement can be given up alone outside of a subtransaction; in one the outer one would go on
 * with the same snapshot. Between two statements there is nothing to give up but the session.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock.h"
#include "server/net/net.h"
#include "server/recovery/standby/conflict.h"
#include "server/session/session_int.h"
#include "server/storage/buffer/buffer.h"
#include "server/txn/txn.h"

static const char *const details[] = {
    [PROC_SIGNAL_RECOVERY_CONFLICT_BUFFER_PIN] = "User was holding shared buffer pin for too long.",
    [PROC_SIGNAL_RECOVERY_CONFLICT_DATABASE] =
        "User was connected to a database that must be dropped.",
    [PROC_SIGNAL_RECOVERY_CONFLICT_DEADLOCK] =
        "User transaction caused buffer deadlock with recovery.",
    [PROC_SIGNAL_RECOVERY_CONFLICT_LOCK] = "User was holding a relation lock for too long.",
    [PROC_SIGNAL_RECOVERY_CONFLICT_SNAPSHOT] =
        "User query might have needed to see row versions that must be removed.",
    [PROC_SIGNAL_RECOVERY_CONFLICT_TABLESPACE] =
        "User was or might have been using tablespace that must be dropped.",
};

_Noreturn static void leave(ProcSignal reason)
{
    err_fatal(reason == PROC_SIGNAL_RECOVERY_CONFLICT_DATABASE ? SQLSTATE_DATABASE_DROPPED
                                                               : SQLSTATE_SERIALIZATION_FAILURE,
              .message = "terminating connection due to conflict with recovery",
              .detail = details[reason],
              .hint = "In a moment you should be able to reconnect to the database and repeat your "
                      "command.");
}

static void give_up(ProcSignal reason)
{
    if (!txn_is_running())
        return;
    if (!session_is_busy() || txn_nest_level() > 1 || net_is_mid_message())
        leave(reason);
    err_raise(SQLSTATE_SERIALIZATION_FAILURE,
              .message = "canceling statement due to conflict with recovery",
              .detail = details[reason]);
}

static bool holds_the_pin(void)
{
    Buffer b = conflict_pin();

    return b != BUFFER_NONE && buffer_is_pinned(b);
}

static void on_pin(void)
{
    if (holds_the_pin())
        give_up(PROC_SIGNAL_RECOVERY_CONFLICT_BUFFER_PIN);
}

/* Only who waits for a lock while he holds the pin stands in a circle. */
static void on_deadlock(void)
{
    if (holds_the_pin() && lock_is_waiting())
        give_up(PROC_SIGNAL_RECOVERY_CONFLICT_DEADLOCK);
}

static void on_lock(void)
{
    give_up(PROC_SIGNAL_RECOVERY_CONFLICT_LOCK);
}

static void on_snapshot(void)
{
    give_up(PROC_SIGNAL_RECOVERY_CONFLICT_SNAPSHOT);
}

static void on_tablespace(void)
{
    give_up(PROC_SIGNAL_RECOVERY_CONFLICT_TABLESPACE);
}

static void on_database(void)
{
    leave(PROC_SIGNAL_RECOVERY_CONFLICT_DATABASE);
}

void session_init_conflicts(void)
{
    proc_signal_set_handler(PROC_SIGNAL_RECOVERY_CONFLICT_BUFFER_PIN, on_pin);
    proc_signal_set_handler(PROC_SIGNAL_RECOVERY_CONFLICT_DATABASE, on_database);
    proc_signal_set_handler(PROC_SIGNAL_RECOVERY_CONFLICT_DEADLOCK, on_deadlock);
    proc_signal_set_handler(PROC_SIGNAL_RECOVERY_CONFLICT_LOCK, on_lock);
    proc_signal_set_handler(PROC_SIGNAL_RECOVERY_CONFLICT_SNAPSHOT, on_snapshot);
    proc_signal_set_handler(PROC_SIGNAL_RECOVERY_CONFLICT_TABLESPACE, on_tablespace);
}
