/*
 * alter_type.h - ALTER TABLE ... ALTER COLUMN ... TYPE
 */
#ifndef COMMAND_ALTER_TYPE_H
#define COMMAND_ALTER_TYPE_H

#include "common/base/base.h"

#include "server/command/alter_column.h"

/*
 * The column's rows of catalogs; what rows become is noted in rules, and which indexes and
 * constraints are to be made again: those that the column is in go. The table is closed.
 */
void column_alter_type(Relation *rel, const AlterTableCmd *action, const char *text,
                       RowRules *rules);

/* Make them again, when rows are as they shall be. */
void column_make_again(const RowRules *rules);

#endif
