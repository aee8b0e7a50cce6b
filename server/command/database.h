/*
 * database.h - what the statements about databases share
 */
#ifndef COMMAND_DATABASE_H
#define COMMAND_DATABASE_H

#include "common/base/base.h"

#include "server/catalog/catalog_struct.h"
#include "server/lock/lock.h"

/* Copies of a row's values, in the current context. */
typedef struct DatabaseRow {
    PgDatabase row;
    const char *collate, *ctype, *icu_locale, *collation_version; /* NULL as in the row */
} DatabaseRow;

/*
 * The database of that name, locked (LOCK_NONE: not) until the end of the transaction; when it was
 * renamed or dropped while we waited, the name is looked up again. False: there is none.
 */
bool database_find(const char *name, LockMode mode, DatabaseRow *out);

/* 3D000, in the words of most statements. */
_Noreturn void database_raise_missing(const char *name);

/*
 * Wait a while for others who are connected to go (what vacuums is told to); then whether anybody
 * is left, and what to say of them as the detail of 55006.
 */
bool database_is_busy(Oid database, const char **detail);

/* Tell all who are connected to end: DROP ... WITH (FORCE). Raises when the user may not. */
void database_end_sessions(Oid database, const char *name);

#endif
