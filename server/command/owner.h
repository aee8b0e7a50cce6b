/*
 * owner.h - objects get other owners, and what roles own
 */
#ifndef COMMAND_OWNER_H
#define COMMAND_OWNER_H

#include "common/base/base.h"

#include "server/command/object.h"
#include "server/node/node.h"

/*
 * The object, and what goes with it: array types, row types, indexes, toast tables and sequences of
 * tables. Its list of rights says the new one where it said the old one. Nothing happens when he
 * owns it already. Relations are locked ACCESS EXCLUSIVE by the caller.
 */
enum { OWNER_UNCHECKED = 1 /* REASSIGN OWNED: who may do that may give away parts, too */ };
void owner_change(const ObjectAddress *object, Oid owner, unsigned flags);

/* ALTER TABLE and its kin with OWNER TO: what may not be given away raises or warns. */
void owner_change_relation(Oid relation, const RoleSpec *owner);

#endif
