/* new_type.h - whether the name of a new type is free: for all kinds of types */
#ifndef COMMAND_NEW_TYPE_H
#define COMMAND_NEW_TYPE_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Raises 42710; an array type that stands in the way gets another name. */
void new_type_require_free(const char *name, Oid schema);

/* Raises 42602 for one that is too long. */
void enum_label_check(const char *label);

#endif
