/*
 * schema.h - new schemas
 */
#ifndef COMMAND_SCHEMA_H
#define COMMAND_SCHEMA_H

#include "common/base/base.h"

/* Returns its number; 42P06 when there is one. A temporary one has no owner that counts. */
Oid schema_make(const char *name, Oid owner, bool is_temporary);

#endif
