/* handler.c - the commands that are run here, since they need the session or the engine. */
#include "common/base/base.h"

#include "server/command/command.h"
#include "server/command/setting.h"
#include "server/expr/call_facts.h"
#include "server/sql/sql.h"
#include "server/sql/sql_int.h"

/* Sorted by kind. */
static const CommandHandler handlers[] = {
    {NODE_CallStmt, call_statement, call_statement_columns},
    {NODE_CloseStmt, cursor_close, NULL},
    {NODE_DeallocateStmt, statement_deallocate, NULL},
    {NODE_DeclareCursorStmt, cursor_declare, NULL},
    {NODE_DiscardStmt, statement_discard, NULL},
    {NODE_ExecuteStmt, statement_execute, statement_execute_columns},
    {NODE_ExplainStmt, explain_command, explain_command_columns},
    {NODE_FetchStmt, cursor_fetch, cursor_fetch_columns},
    {NODE_PrepareStmt, statement_prepare, NULL},
    {NODE_VariableShowStmt, command_show, command_show_columns},
};

void sql_install(void)
{
    command_set_handlers(handlers, ARRAY_LEN(handlers));
    command_set_query_runner(&sql_query_runner);
    session_values_set(&sql_session_values);
    call_facts_set_sql(sql_function_resolve);
    exec_set_cursor_source(cursor_row);
}
