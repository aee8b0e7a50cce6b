/*
 * relation_option.h - storage parameters of relations and columns that are there
 */
#ifndef COMMAND_RELATION_OPTION_H
#define COMMAND_RELATION_OPTION_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/lock/lock.h"
#include "server/node/node.h"

/* SET and RESET of the relation, which is locked in that mode, and of its toast table. */
void relation_change_options(Relation *rel, const AlterTableCmd *action, LockMode mode);

/* The same of a column: ALTER COLUMN ... SET (...), RESET (...). */
void column_change_options(Relation *rel, const AlterTableCmd *action);

/* A column got another type: stamps of this one and of those behind it say when. */
void columns_stamp_again(const Relation *rel, int16_t first);

/* With a check option: 0A000 unless changes of the view are changes of its table. */
void view_require_updatable(const Query *query);

#endif
