/* transaction.c - BEGIN, COMMIT, SAVEPOINT and their kin, as the grammar has them. */
#include "common/base/base.h"

#include "server/command/transaction.h"

#include "common/err/err.h"
#include "server/command/command_int.h"
#include "server/command/setting.h"
#include "server/object/role.h"
#include "server/txn/twophase.h"
#include "server/txn/txn.h"

static void finish_prepared(const TransactionStmt *stmt, const CommandCall *call);

/* It happens when the command ends; a COMMIT may turn out to be a ROLLBACK. */
void command_transaction(CommandCall *call)
{
    const TransactionStmt *stmt = (const void *)call->statement;
    bool is_top = call->place == COMMAND_TOP;

    switch (stmt->kind) {
    case TRANSACTION_BEGIN:
    case TRANSACTION_START:
        txn_begin_block();
        command_transaction_modes(stmt->options);
        break;
    case TRANSACTION_COMMIT:
        if (!txn_commit_block(stmt->is_chain))
            call->tag.name = "ROLLBACK";
        break;
    case TRANSACTION_PREPARE:
        if (!txn_prepare_block(stmt->name))
            call->tag.name = "ROLLBACK";
        break;
    case TRANSACTION_ROLLBACK:
        txn_abort_block(stmt->is_chain);
        break;
    case TRANSACTION_SAVEPOINT:
        txn_require_block(is_top, "SAVEPOINT");
        txn_savepoint(stmt->name);
        break;
    case TRANSACTION_RELEASE:
        txn_require_block(is_top, "RELEASE SAVEPOINT");
        txn_release(stmt->name);
        break;
    case TRANSACTION_ROLLBACK_TO:
        txn_require_block(is_top, "ROLLBACK TO SAVEPOINT");
        txn_rollback_to(stmt->name);
        break;
    case TRANSACTION_COMMIT_PREPARED:
    case TRANSACTION_ROLLBACK_PREPARED:
        finish_prepared(stmt, call);
        break;
    }
}

static void finish_prepared(const TransactionStmt *stmt, const CommandCall *call)
{
    txn_prevent_in_block(call->place == COMMAND_TOP, call->tag.name);
    twophase_finish(stmt->name, stmt->kind == TRANSACTION_COMMIT_PREPARED, role_current(),
                    role_is_superuser(role_current()));
}

bool command_ends_failed_block(const Node *stmt)
{
    const TransactionStmt *t = (const TransactionStmt *)(const void *)stmt;

    if (!node_is(stmt, TransactionStmt))
        return false;
    return t->kind == TRANSACTION_COMMIT || t->kind == TRANSACTION_ROLLBACK ||
           t->kind == TRANSACTION_ROLLBACK_TO || t->kind == TRANSACTION_PREPARE;
}

void command_transaction_modes(const List *options)
{
    for (int i = 0; i < list_count(options); i++) {
        const Option *option = list_at(options, i);

        setting_set_node(option->name, option->arg, true);
    }
}
