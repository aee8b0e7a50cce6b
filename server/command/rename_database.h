/*
 * rename_database.h - ALTER DATABASE ... RENAME TO
 */
#ifndef COMMAND_RENAME_DATABASE_H
#define COMMAND_RENAME_DATABASE_H

#include "common/base/base.h"

/* Nobody else may be connected to it. */
void database_rename(const char *name, const char *new_name);

#endif
