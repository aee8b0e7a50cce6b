/* owner_int.h - what the files about owners share */
#ifndef COMMAND_OWNER_INT_H
#define COMMAND_OWNER_INT_H

#include "common/base/base.h"

#include "server/command/owner.h"
#include "server/object/rights.h"

/* Raises 42501 when the current role may not give it to owner; schema 0: it is in none. */
void owner_require_right(const ObjectAddress *object, Oid owner, Oid schema);

/* The row of one object, and no more. */
void owner_set(Oid catalog, Oid oid, Oid owner);

/* ---- owner_relation.c ---- */

/* With all that goes with it, and what is noted about relations; without a question of rights. */
void owner_change_class(Oid relation, Oid owner);

/* The type and its array type, and its relation when it is a composite one. */
void owner_change_type(Oid type, Oid owner);

/* Is it the relation of a composite type of its own? */
bool owner_is_of_composite(Oid relation);

#endif
