/* command_int.h - what the files of command share. */
#ifndef COMMAND_COMMAND_INT_H
#define COMMAND_COMMAND_INT_H

#include "common/base/base.h"

#include "server/command/command.h"

/* ---- Rows of command.def ---- */

void command_alter_system(CommandCall *call); /* setting.c, as command_set() */
void command_checkpoint(CommandCall *call);
void command_cluster(CommandCall *call);
void command_copy(CommandCall *call);
void command_set(CommandCall *call);
void command_set_constraints(CommandCall *call);
void command_set_schema(CommandCall *call);
void command_transaction(CommandCall *call);

/* ---- tag.c ---- */

/* Of a kind whose tag is not in command.def. */
const char *command_tag_of_statement(const Node *statement);

/* ---- Functions of command.def ---- */

void command_alter_database(CommandCall *call);
void command_alter_database_set(CommandCall *call);
void command_alter_default_privileges(CommandCall *call);
void command_alter_domain(CommandCall *call);
void command_alter_enum(CommandCall *call);
void command_alter_extension(CommandCall *call);
void command_alter_function(CommandCall *call);
void command_alter_owner(CommandCall *call);
void command_alter_role(CommandCall *call);
void command_alter_role_set(CommandCall *call);
void command_alter_sequence(CommandCall *call);
void command_alter_table(CommandCall *call);
void command_comment(CommandCall *call);
void command_create_composite(CommandCall *call);
void command_create_database(CommandCall *call);
void command_create_domain(CommandCall *call);
void command_create_enum(CommandCall *call);
void command_create_extension(CommandCall *call);
void command_create_function(CommandCall *call);
void command_create_index(CommandCall *call);
void command_create_role(CommandCall *call);
void command_create_rule(CommandCall *call);
void command_create_schema(CommandCall *call);
void command_create_sequence(CommandCall *call);
void command_create_table(CommandCall *call);
void command_create_tablespace(CommandCall *call);
void command_create_table_as(CommandCall *call);
void command_create_trigger(CommandCall *call);
void command_create_view(CommandCall *call);
void command_drop(CommandCall *call);
void command_drop_database(CommandCall *call);
void command_drop_owned(CommandCall *call);
void command_drop_role(CommandCall *call);
void command_drop_tablespace(CommandCall *call);
void command_grant(CommandCall *call);
void command_grant_role(CommandCall *call);
void command_lock(CommandCall *call);
void command_move_all(CommandCall *call);
void command_reassign_owned(CommandCall *call);
void command_refresh_database(CommandCall *call);
void command_reindex(CommandCall *call);
void command_rename(CommandCall *call);
void command_truncate(CommandCall *call);
void command_vacuum(CommandCall *call);

/* ---- create_table.c ---- */

void table_require_heap(const char *access_method); /* NULL: the default one must be */
void table_check_names(const TupleDesc *desc);      /* raises 42701 for one that is there twice */

#endif
