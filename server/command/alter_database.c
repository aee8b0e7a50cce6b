/* alter_database.c - ALTER DATABASE: its name and its options */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/analyzer/position.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/command/command_int.h"
#include "server/command/database.h"
#include "server/command/database_option.h"
#include "server/command/move_database.h"
#include "server/command/object.h"
#include "server/command/option.h"
#include "server/command/rename_shared.h"
#include "server/command/shared_name.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/locale_name.h"

#define INVALID_LIMIT (-2) /* datconnlimit of what is half dropped */

/* ---- Options ---- */

static const char *const alterable[] = {"is_template", "allow_connections", "connection_limit",
                                        "tablespace"};

/* Those of CREATE DATABASE that can be changed. */
static void read_options(const AlterDatabaseStmt *stmt, const char *text, DatabaseOptions *out)
{
    list_foreach(const Option *, option, stmt->options) {
        unsigned i = 0;

        while (i < ARRAY_LEN(alterable) && strcmp(alterable[i], option->name) != 0)
            i++;
        if (i == ARRAY_LEN(alterable))
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("option \"%s\" not recognized", option->name),
                      .position = text_position(text, option->loc));
    }
    database_options_read(out, stmt->options, text);
}

static void move(const CommandCall *call, const AlterDatabaseStmt *stmt, const Option *tablespace)
{
    if (list_count(stmt->options) != 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("option \"%s\" cannot be specified with other options",
                                     tablespace->name),
                  .position = text_position(call->text, tablespace->loc));
    txn_prevent_in_block(call->place == COMMAND_TOP, "ALTER DATABASE SET TABLESPACE");
    database_move(stmt->name, option_text(tablespace));
}

void command_alter_database(CommandCall *call)
{
    const AlterDatabaseStmt *stmt = (const AlterDatabaseStmt *)(const void *)call->statement;
    DatabaseOptions o;
    CatalogRow fresh;
    DatabaseRow d;

    read_options(stmt, call->text, &o);
    if (o.tablespace != NULL) {
        move(call, stmt, o.tablespace);
        return;
    }
    catalog_row_init(&fresh);
    if (o.is_template != NULL && o.is_template->arg != NULL)
        catalog_set_bool(&fresh, PG_DATABASE_COL_DATISTEMPLATE, option_bool(o.is_template));
    if (o.allow_connections != NULL && o.allow_connections->arg != NULL)
        catalog_set_bool(&fresh, PG_DATABASE_COL_DATALLOWCONN, option_bool(o.allow_connections));
    if (o.limit != NULL && o.limit->arg != NULL)
        catalog_set_i32(&fresh, PG_DATABASE_COL_DATCONNLIMIT, database_option_limit(o.limit));
    if (!database_find(stmt->name, LOCK_NONE, &d))
        database_raise_missing(stmt->name);
    if (d.row.datconnlimit == INVALID_LIMIT)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("cannot alter invalid database \"%s\"", stmt->name),
                  .hint = "Use DROP DATABASE to drop invalid databases.");
    rights_require_owner(PG_DATABASE_CATALOG, d.row.oid, role_current());
    if (o.allow_connections != NULL && o.allow_connections->arg != NULL &&
        !option_bool(o.allow_connections) && d.row.oid == cache_database())
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "cannot disallow connections for current database");
    object_update_row(PG_DATABASE_CATALOG, CACHE_DATABASEOID, d.row.oid, &fresh);
}

/* ---- Its name ---- */

void database_rename(const char *name, const char *new_name)
{
    const char *busy;
    CatalogRow fresh;
    DatabaseRow d;

    if (!database_find(name, LOCK_ACCESS_EXCLUSIVE, &d))
        database_raise_missing(name);
    rights_require_owner(PG_DATABASE_CATALOG, d.row.oid, role_current());
    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_DB))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "permission denied to rename database");
    if (database_of_name(new_name, true) != 0)
        err_raise(SQLSTATE_DUPLICATE_DATABASE,
                  .message = err_fmt("database \"%s\" already exists", new_name));
    if (d.row.oid == cache_database())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "current database cannot be renamed");
    if (database_is_busy(d.row.oid, &busy))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("database \"%s\" is being accessed by other users", name),
                  .detail = busy);
    catalog_row_init(&fresh);
    catalog_set_name(&fresh, PG_DATABASE_COL_DATNAME, new_name);
    object_update_row(PG_DATABASE_CATALOG, CACHE_DATABASEOID, d.row.oid, &fresh);
}

/* ---- The version of its collation ---- */

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void command_refresh_database(CommandCall *call)
{
    const AlterDatabaseRefreshStmt *stmt =
        (const AlterDatabaseRefreshStmt *)(const void *)call->statement;
    const char *version;
    DatabaseRow facts;
    CatalogRow row;
    Oid oid;

    if (!database_find(stmt->name, LOCK_NONE, &facts))
        database_raise_missing(stmt->name);
    oid = facts.row.oid;
    rights_require_owner(PG_DATABASE_CATALOG, oid, role_current());
    version = locale_name_version(facts.collate);
    if ((version == NULL) != (facts.collation_version == NULL))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "invalid collation version change");
    if (is_same(version, facts.collation_version)) {
        err_log(ERR_NOTICE, .message = "version has not changed");
        return;
    }
    err_log(ERR_NOTICE, .message = err_fmt("changing version from %s to %s",
                                           facts.collation_version, version));
    catalog_row_init(&row);
    catalog_set_text(&row, PG_DATABASE_COL_DATCOLLVERSION, version);
    object_update_row(PG_DATABASE_CATALOG, CACHE_DATABASEOID, oid, &row);
}
