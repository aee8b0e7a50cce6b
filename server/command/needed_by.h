/*
 * needed_by.h - who stands in the way when a role or a tablespace is to go
 */
#ifndef COMMAND_NEEDED_BY_H
#define COMMAND_NEEDED_BY_H

#include "common/base/base.h"

/*
 * The detail of a refusal, in the current context: each object of this database, or of all, and how
 * many other databases have. NULL: nothing needs it. What a client is shown is cut after a hundred
 * lines; *for_log has all, or is NULL when it is the same.
 */
char *needed_by(Oid catalog, Oid oid, char **for_log);

#endif
