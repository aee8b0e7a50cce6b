/*
 * depend_drop.h - objects are dropped with all that cannot be without them
 */
#ifndef COMMAND_DEPEND_DROP_H
#define COMMAND_DEPEND_DROP_H

#include "common/base/base.h"

#include "server/command/object.h"
#include "server/node/node.h"

enum {
    DROP_INTERNALLY = 1, /* by the server itself: no messages but errors */
    DROP_QUIETLY = 2,    /* no notices */
};

/*
 * Drop the objects of a list. What depends on them goes too when it is a part of one of them, or
 * when behavior is CASCADE (NOTICE "drop cascades to ..."); else 2BP01 "cannot drop ... because
 * other objects depend on it". A part cannot be dropped alone (2BP01). The objects themselves are
 * locked by the caller, others are here.
 */
void objects_drop(const ObjectList *objects, Behavior behavior, unsigned flags);
void object_drop(const ObjectAddress *object, Behavior behavior, unsigned flags);

/* Would that be done? Raises the same, and changes nothing. */
void objects_check_drop(const ObjectList *objects, Behavior behavior);

/* What depends on it, but not itself: of a schema of temporary objects. */
void objects_drop_dependents(const ObjectAddress *object);

/* ---- drop_object.c: one object by itself ---- */

/* Its rows and files, without a look at what depends on it. */
void object_remove(const ObjectAddress *object);

#endif
