/* statement.c - commands on the session's prepared statements, and DISCARD. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/config/guc.h"
#include "server/lock/lock_object.h"
#include "server/session/session.h"
#include "server/sql/sql_int.h"
#include "server/txn/txn.h"

void statement_deallocate(CommandCall *call)
{
    const DeallocateStmt *stmt = (const void *)call->statement;

    if (stmt->name == NULL) {
        prepared_close_all();
        return;
    }
    if (!prepared_try_close(stmt->name))
        err_raise(SQLSTATE_INVALID_SQL_STATEMENT_NAME,
                  .message = err_fmt("prepared statement \"%s\" does not exist", stmt->name));
}

/* As if the session had just begun. */
static void discard_all(bool is_top)
{
    txn_prevent_in_block(is_top, "DISCARD ALL");
    portal_close_all();
    guc_set(&(GucChange){.name = "session_authorization",
                         .as = GUC_USERSET,
                         .source = GUC_FROM_SESSION,
                         .action = GUC_SET,
                         .level = ERR_ERROR});
    guc_reset_all();
    prepared_close_all();
    lock_advisory_unlock_all();
    query_forget_plans();
}

/* Temporary tables and values of sequences that are kept go with those who make them. */
void statement_discard(CommandCall *call)
{
    switch (((const DiscardStmt *)(const void *)call->statement)->target) {
    case DISCARD_ALL:
        discard_all(call->place == COMMAND_TOP);
        break;
    case DISCARD_PLANS:
        query_forget_plans();
        break;
    case DISCARD_SEQUENCES:
    case DISCARD_TEMP:
        break;
    }
}
