/*
 * shared_name.h - databases and tablespaces by their names
 */
#ifndef COMMAND_SHARED_NAME_H
#define COMMAND_SHARED_NAME_H

#include "common/base/base.h"

/* Raise 3D000 and 42704 for what is not there, or give 0. */
Oid database_of_name(const char *name, bool is_missing_ok);
Oid tablespace_of_name(const char *name, bool is_missing_ok);

#endif
