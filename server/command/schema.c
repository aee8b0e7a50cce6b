/* schema.c - CREATE SCHEMA */
#include "common/base/base.h"

#include "server/command/schema.h"

#include <string.h>

#include "common/err/err.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/role_spec.h"
#include "server/config/setting.h"
#include "server/object/acl_new.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

Oid schema_make(const char *name, Oid owner, bool is_temporary)
{
    CatalogChange *change;
    Acl acl;
    bool has_list = !is_temporary && acl_of_new(RIGHTS_OF_SCHEMA, owner, 0, &acl);
    CatalogRow row;
    Oid oid;

    if (syscache_peek(CACHE_NAMESPACENAME, datum_of_pointer(name)) != NULL)
        err_raise(SQLSTATE_DUPLICATE_SCHEMA,
                  .message = err_fmt("schema \"%s\" already exists", name));
    change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    oid = catalog_new_oid(PG_NAMESPACE_CATALOG, PG_NAMESPACE_OID_INDEX, PG_NAMESPACE_COL_OID);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_NAMESPACE_COL_OID, oid);
    catalog_set_name(&row, PG_NAMESPACE_COL_NSPNAME, name);
    catalog_set_u32(&row, PG_NAMESPACE_COL_NSPOWNER, owner);
    if (has_list)
        catalog_set(&row, PG_NAMESPACE_COL_NSPACL, acl_to_datum(&acl));
    catalog_insert(change, &row);
    catalog_change_end(change);
    if (!is_temporary)
        depend_note_owner(PG_NAMESPACE_CATALOG, oid, owner);
    depend_change_acl(PG_NAMESPACE_CATALOG, oid, 0, owner, NULL, has_list ? &acl : NULL);
    return oid;
}

void command_create_schema(CommandCall *call)
{
    const CreateSchemaStmt *stmt = (const CreateSchemaStmt *)(const void *)call->statement;
    Oid owner = stmt->owner != NULL ? role_of_spec(stmt->owner, false) : role_current();
    const char *name = stmt->name != NULL ? stmt->name : role_name(owner);

    rights_require(PG_DATABASE_CATALOG, cache_database(), role_current(), RIGHT_CREATE);
    role_require_member(role_current(), owner);
    if (!setting.allow_system_table_mods && strncmp(name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("unacceptable schema name \"%s\"", name),
                  .detail = "The prefix \"pg_\" is reserved for system schemas.");
    if (stmt->if_not_exists && namespace_find(name) != 0) {
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_SCHEMA,
                .message = err_fmt("schema \"%s\" already exists, skipping", name));
        return;
    }
    if (stmt->elements != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "CREATE SCHEMA with elements is not supported yet");
    schema_make(name, owner, false);
    txn_advance_command();
}
