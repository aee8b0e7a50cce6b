/* new_type.h - where a new type goes, and whether its name is free: for all kinds of types */
#ifndef COMMAND_NEW_TYPE_H
#define COMMAND_NEW_TYPE_H

#include "common/base/base.h"

#include "server/node/node.h"

/* The schema, in which the user may make one; *name is the last part. */
Oid new_type_schema(const List *names, const char **name);

/* Raises 42710; an array type that stands in the way gets another name. */
void new_type_require_free(const char *name, Oid schema);

/* Raises 42602 for one that is too long. */
void enum_label_check(const char *label);

#endif
