/*
 * alter_relation.h - changes of relations as wholes, of whichever kind
 */
#ifndef COMMAND_ALTER_RELATION_H
#define COMMAND_ALTER_RELATION_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Run the statement if it has such changes alone; false: it is another one. */
bool alter_relation_try(const AlterTableStmt *stmt);

/* A RelationCheck; arg is the statement: the user owns it, and it is of the kind that it says. */
void alter_relation_check(const RangeVar *var, Oid relation, void *arg);

#endif
