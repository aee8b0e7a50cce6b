/*
 * move_relation.h - relations go to other tablespaces
 */
#ifndef COMMAND_MOVE_RELATION_H
#define COMMAND_MOVE_RELATION_H

#include "common/base/base.h"

#include "server/access/common/relation.h"

/* Where SET TABLESPACE leads; raises 42704, and 42501 when the user may put nothing there. */
Oid relation_move_target(const char *tablespace);

/* False: it is there. Raises what cannot be moved. */
bool relation_may_move(const Relation *rel, Oid tablespace);

/*
 * With its toast table and the index of that; a table's own indexes stay. The relation is locked
 * ACCESS EXCLUSIVE and not open.
 */
void relation_move(Oid relation, Oid tablespace);

#endif
