/*
 * setting.h - SHOW, and what others ask of SET
 */
#ifndef COMMAND_SETTING_H
#define COMMAND_SETTING_H

#include "common/base/base.h"

#include "server/command/command.h"
#include "server/node/node.h"

/* Who writes postgresql.auto.conf holds a lock. */
size_t setting_shmem_size(void);
void setting_shmem_init(void *place);

/*
 * The value that a SET writes, as one text in the current context; NULL for the default. Also for
 * ALTER SYSTEM, ALTER ROLE and functions.
 */
char *setting_value_of(const VariableSetStmt *stmt);

/* Set one to what a constant of the grammar says. */
void setting_set_node(const char *name, Node *value, bool is_local);

/* SHOW: its columns and its rows. Raise 42704 and 42501. */
const TupleDesc *command_show_columns(const Node *statement);
void command_show(CommandCall *call);

#endif
