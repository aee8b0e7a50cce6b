/*
 * rename_shared.h - ALTER DATABASE, ROLE and TABLESPACE ... RENAME TO
 */
#ifndef COMMAND_RENAME_SHARED_H
#define COMMAND_RENAME_SHARED_H

#include "common/base/base.h"

/* Nobody else may be connected to a database meanwhile. */
void database_rename(const char *name, const char *new_name);
void role_rename(const char *name, const char *new_name);
void tablespace_rename(const char *name, const char *new_name);

#endif
