/* session_value.c - what expressions ask of the session: who it is, where, and when. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/command/sequence_value.h"
#include "server/expr/catalog_info.h"
#include "server/object/role.h"
#include "server/sql/sql_int.h"
#include "server/types/datetime_clock.h"

/* A value of type name; NULL for none. */
static Datum name_value(const char *text, bool *is_null)
{
    char *name;

    *is_null = text == NULL;
    if (text == NULL)
        return 0;
    name = mem_alloc(NAME_SIZE);
    memcpy(name, text, strnlen(text, NAME_SIZE - 1));
    return datum_of_pointer(name);
}

/* The first schema of the path that is none of the system's own. */
static const char *current_schema(void)
{
    const SearchPath *path = namespace_path();
    Oid creation = path->creation;

    return creation == 0 ? NULL : schema_name(creation);
}

static Datum sql_value(const SQLValueFunction *function, bool *is_null)
{
    Datum value;

    *is_null = false;
    if (clock_sql_value(function->kind, function->typmod, &value))
        return value;
    switch (function->kind) {
    case SQL_VALUE_CURRENT_ROLE:
    case SQL_VALUE_CURRENT_USER:
    case SQL_VALUE_USER:
        return name_value(role_name(role_current()), is_null);
    case SQL_VALUE_SESSION_USER:
        return name_value(role_name(role_session()), is_null);
    case SQL_VALUE_CURRENT_CATALOG:
        return name_value(namespace_database(), is_null);
    case SQL_VALUE_CURRENT_SCHEMA:
        return name_value(current_schema(), is_null);
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unknown value function %d", (int)function->kind));
    }
}

/* Of an identity column: who may insert may take a number. */
static int64_t next_value(Oid sequence)
{
    return sequence_next(sequence, false);
}

const SessionValues sql_session_values = {.sql_value = sql_value, .next_value = next_value};
