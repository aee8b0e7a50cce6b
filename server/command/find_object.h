/*
 * find_object.h - objects of any kind as statements name them
 */
#ifndef COMMAND_FIND_OBJECT_H
#define COMMAND_FIND_OBJECT_H

#include "common/base/base.h"

#include "server/command/object.h"
#include "server/node/node.h"

/*
 * name: a RangeVar of relations, an ObjectWithArgs of functions, a list of String where names have
 * schemas, else a String. Raises the error of the kind for what is not there. Not locked.
 */
ObjectAddress object_find(ObjectKind kind, const Node *name);

/* A type or domain; raises 42704. */
Oid type_of_names(const List *names);

#endif
