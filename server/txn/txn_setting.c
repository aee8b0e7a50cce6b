/*
 * txn_setting.c - isolation level, read only, deferrable: how they are set, and what they forbid.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn_int.h"
#include "server/wal/wal.h"

static void allow_isolation(TxnIsolation isolation);
static void allow_read_only(bool is_read_only);
static void allow_deferrable(bool is_deferrable);
static void raise_order(const char *message);

TxnIsolation txn_isolation(void)
{
    return txn.isolation;
}

bool txn_is_read_only(void)
{
    return txn.is_read_only;
}

bool txn_is_deferrable(void)
{
    return txn.is_deferrable;
}

/* ---- Setting ---- */

void txn_set_isolation(TxnIsolation isolation)
{
    allow_isolation(isolation);
    txn_assign_isolation((GucValue){.i = (int)isolation});
}

void txn_set_read_only(bool is_read_only)
{
    allow_read_only(is_read_only);
    txn_assign_read_only((GucValue){.b = is_read_only});
}

void txn_set_deferrable(bool is_deferrable)
{
    allow_deferrable(is_deferrable);
    txn_assign_deferrable((GucValue){.b = is_deferrable});
}

static void allow_isolation(TxnIsolation isolation)
{
    if (!txn_is_running() || isolation == txn.isolation)
        return;
    if (snapshot_is_first_taken())
        raise_order("SET TRANSACTION ISOLATION LEVEL must be called before any query");
    if (txn_nest_level() > 1)
        raise_order("SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction");
    if (isolation == TXN_SERIALIZABLE && !wal_is_started())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot use serializable mode in a hot standby",
                  .hint = "You can use REPEATABLE READ instead.");
}

/* Read only is always granted; back only where nothing was promised and nothing seen. */
static void allow_read_only(bool is_read_only)
{
    if (!txn_is_running() || is_read_only || !txn.is_read_only)
        return;
    if (txn_nest_level() > 1 && txn.current->was_read_only)
        raise_order("cannot set transaction read-write mode inside a read-only transaction");
    if (snapshot_is_first_taken())
        raise_order("transaction read-write mode must be set before any query");
    if (!wal_is_started())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot set transaction read-write mode during recovery");
}

static void allow_deferrable(bool is_deferrable)
{
    if (!txn_is_running() || is_deferrable == txn.is_deferrable)
        return;
    if (txn_nest_level() > 1)
        raise_order("SET TRANSACTION [NOT] DEFERRABLE cannot be called within a subtransaction");
    if (snapshot_is_first_taken())
        raise_order("SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
}

static void raise_order(const char *message)
{
    err_raise(SQLSTATE_ACTIVE_SQL_TRANSACTION, .message = message);
}

void txn_forbid_write(const char *what)
{
    if (txn.is_read_only)
        err_raise(SQLSTATE_READ_ONLY_SQL_TRANSACTION,
                  .message = err_fmt("cannot execute %s in a read-only transaction", what));
}

void txn_forbid_in_recovery(const char *what)
{
    if (!wal_is_started())
        err_raise(SQLSTATE_READ_ONLY_SQL_TRANSACTION,
                  .message = err_fmt("cannot execute %s during recovery", what));
}

/* ---- By settings ---- */

bool txn_check_isolation(GucValue *value, GucSource source, GucRefusal *why)
{
    (void)source;
    (void)why;
    allow_isolation((TxnIsolation)value->i);
    return true;
}

void txn_assign_isolation(GucValue value)
{
    if (txn.current != NULL)
        txn.isolation = (TxnIsolation)value.i;
}

const char *txn_show_isolation(void)
{
    static const char *const names[] = {"read uncommitted", "read committed", "repeatable read",
                                        "serializable"};

    return names[txn.isolation];
}

bool txn_check_read_only(GucValue *value, GucSource source, GucRefusal *why)
{
    (void)source;
    (void)why;
    allow_read_only(value->b);
    return true;
}

void txn_assign_read_only(GucValue value)
{
    if (txn.current != NULL)
        txn.is_read_only = value.b;
}

const char *txn_show_read_only(void)
{
    return txn.is_read_only ? "on" : "off";
}

bool txn_check_deferrable(GucValue *value, GucSource source, GucRefusal *why)
{
    (void)source;
    (void)why;
    allow_deferrable(value->b);
    return true;
}

void txn_assign_deferrable(GucValue value)
{
    if (txn.current != NULL)
        txn.is_deferrable = value.b;
}

const char *txn_show_deferrable(void)
{
    return txn.is_deferrable ? "on" : "off";
}
