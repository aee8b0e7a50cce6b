/* verb.c - the statements that are no queries, and what runs each. */
#include "common/base/base.h"

#include "server/command/setting.h"
#include "server/command/transaction.h"
#include "server/sql/sql_int.h"

static void run_transaction(VerbCall *call)
{
    const TransactionStmt *stmt = (const void *)call->stmt;

    call->result->tag = command_transaction(stmt, call->is_top);
}

static void run_set(VerbCall *call)
{
    const VariableSetStmt *stmt = (const void *)call->stmt;

    call->result->tag = command_set(stmt, call->is_top);
}

static const TupleDesc *columns_of_show(const Node *stmt)
{
    return command_show_columns((const void *)stmt);
}

static void run_show(VerbCall *call)
{
    call->result->tag = "SHOW";
    command_show((const void *)call->stmt, call->receiver);
}

/* In the order of the grammar's kinds. */
static const Verb verbs[] = {
    {NODE_TransactionStmt, NULL, run_transaction},
    {NODE_VariableSetStmt, NULL, run_set},
    {NODE_VariableShowStmt, columns_of_show, run_show},
};

const Verb *verb_find(const Node *stmt)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (verbs[i].kind == stmt->tag)
            return &verbs[i];
    return NULL;
}
