/*
 * sql.h - the engine of SQL: from a text of statements to their rows, for sessions
 */
#ifndef SQL_SQL_H
#define SQL_SQL_H

#include "common/base/base.h"

#include "server/catalog/builtin.h"
#include "server/session/engine.h"

/* The table that a session is given. */
const SessionEngine *sql_engine(void);

/* Once in a process, before the first statement. */
void sql_install(void);

/* Functions about the session, sorted by name, for builtin_bind(). */
extern const BuiltinBinding sql_builtins[];
extern const size_t sql_builtin_count;

#endif
