/*
 * setting.h - SET, RESET and SHOW
 */
#ifndef COMMAND_SETTING_H
#define COMMAND_SETTING_H

#include "common/base/base.h"

#include "server/access/common/row_receiver.h"
#include "server/access/common/tuple_desc.h"
#include "server/node/node.h"

/* Returns the tag. */
const char *command_set(const VariableSetStmt *stmt, bool is_top);

/*
 * The value that a SET writes, as one text in the current context; NULL for the default. Also for
 * ALTER SYSTEM, ALTER ROLE and functions.
 */
char *setting_value_of(const VariableSetStmt *stmt);

/* Set one to what a constant of the grammar says. */
void setting_set_node(const char *name, Node *value, bool is_local);

/* The columns of SHOW, and its rows. Raise 42704 and 42501. */
const TupleDesc *command_show_columns(const VariableShowStmt *stmt);
uint64_t command_show(const VariableShowStmt *stmt, RowReceiver *receiver);

#endif
