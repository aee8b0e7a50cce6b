/*
 * owner.c - ALTER ... OWNER TO
 *
 * To give something away one must own it, be a member of the role that gets it, and that role must
 * be able to make such a thing there. Superusers need nothing.
 */
#include "common/base/base.h"

#include "server/command/owner.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/find_object.h"
#include "server/command/owner_int.h"
#include "server/command/role_spec.h"
#include "server/fmgr/varlena.h"
#include "server/lock/lock_object.h"
#include "server/object/acl_change.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

static void require_kind(ObjectKind kind, Oid type);
static int schema_column(Oid catalog);

/* ---- The statement ---- */

void command_alter_owner(CommandCall *call)
{
    const AlterOwnerStmt *stmt = (const AlterOwnerStmt *)(const void *)call->statement;
    Oid owner = role_of_spec(stmt->owner, false);
    ObjectAddress object;

    if (stmt->kind == OBJECT_LARGE_OBJECT || stmt->kind == OBJECT_OPERATOR ||
        stmt->kind == OBJECT_SUBSCRIPTION)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s ... OWNER TO is not supported yet",
                                     command_tag(call->statement)));
    object = object_find(stmt->kind, stmt->object);
    if (object.catalog == PG_TYPE_CATALOG)
        require_kind(stmt->kind, object.oid);
    if (catalog_is_shared(object.catalog))
        lock_shared_object(object.catalog, object.oid, 0, LOCK_ACCESS_EXCLUSIVE);
    else
        lock_object(object.catalog, object.oid, 0, LOCK_ACCESS_EXCLUSIVE);
    owner_change(&object, owner, 0);
    txn_advance_command();
}

/* Types that go with something else. */
static void require_kind(ObjectKind kind, Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_TYPEOID, datum_of_u32(oid));
    const PgType *type = CACHE_ROW(PgType, row);

    if (kind == OBJECT_DOMAIN && type->typtype != 'd')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("%s is not a domain", type_shown(oid)));
    if (type->typtype == 'c' && !owner_is_of_composite(type->typrelid))
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("%s is a table's row type", type_shown(oid)),
                  .hint = "Use ALTER TABLE instead.");
    if (type->typelem != 0 && type->typlen == -1)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot alter array type %s", type_shown(oid)),
                  .hint = err_fmt("You can alter type %s, which will alter the array type as well.",
                                  type_shown(type->typelem)));
    syscache_unpin(row);
}

/* ---- May he? ---- */

void owner_require_right(const ObjectAddress *object, Oid owner, Oid schema)
{
    if (role_is_superuser(role_current()))
        return;
    rights_require_owner(object->catalog, object->oid, role_current());
    role_require_member(role_current(), owner);
    switch (object->catalog) {
    case PG_NAMESPACE_CATALOG:
        rights_require(PG_DATABASE_CATALOG, cache_database(), role_current(), RIGHT_CREATE);
        break;
    case PG_DATABASE_CATALOG:
        if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_DB))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                      .message = "permission denied to change owner of database");
        break;
    default:
        if (schema != 0)
            rights_require(PG_NAMESPACE_CATALOG, schema, owner, RIGHT_CREATE);
        break;
    }
}

static int schema_column(Oid catalog)
{
    switch (catalog) {
    case PG_COLLATION_CATALOG:
        return PG_COLLATION_COL_COLLNAMESPACE;
    case PG_CONVERSION_CATALOG:
        return PG_CONVERSION_COL_CONNAMESPACE;
    case PG_OPCLASS_CATALOG:
        return PG_OPCLASS_COL_OPCNAMESPACE;
    case PG_OPERATOR_CATALOG:
        return PG_OPERATOR_COL_OPRNAMESPACE;
    case PG_OPFAMILY_CATALOG:
        return PG_OPFAMILY_COL_OPFNAMESPACE;
    case PG_PROC_CATALOG:
        return PG_PROC_COL_PRONAMESPACE;
    case PG_STATISTIC_EXT_CATALOG:
        return PG_STATISTIC_EXT_COL_STXNAMESPACE;
    case PG_TS_CONFIG_CATALOG:
        return PG_TS_CONFIG_COL_CFGNAMESPACE;
    case PG_TS_DICT_CATALOG:
        return PG_TS_DICT_COL_DICTNAMESPACE;
    case PG_TYPE_CATALOG:
        return PG_TYPE_COL_TYPNAMESPACE;
    default:
        return 0;
    }
}

/* ---- Rows ---- */

static const HeapTuple *pin_row(const RightsClass *class, Oid oid)
{
    const HeapTuple *row = syscache_pin(class->cache, datum_of_u32(oid));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for %s %u", class->words, oid));
    return row;
}

/* The row says the new owner, as does its list of rights, if it has one. */
void owner_set(Oid catalog, Oid oid, Oid owner)
{
    const RightsClass *class = rights_class(catalog);
    const HeapTuple *row = pin_row(class, oid);
    Oid old = datum_u32(syscache_get_set(class->cache, row, class->owner));
    CatalogChange *change;
    CatalogRow fresh;
    bool is_null = true;
    Datum list = 0;

    if (class->list != 0)
        list = syscache_get(class->cache, row, class->list, &is_null);
    catalog_row_init(&fresh);
    catalog_set_u32(&fresh, class->owner, owner);
    if (!is_null) {
        Acl acl = acl_of_array(varlena_plain(datum_varlena(list)));

        acl = acl_with_owner(&acl, old, owner);
        catalog_set(&fresh, class->list, acl_to_datum(&acl));
    }
    change = catalog_change_begin(catalog);
    catalog_update(change, row, &fresh);
    syscache_unpin(row);
    catalog_change_end(change);
}

void owner_change(const ObjectAddress *object, Oid owner, unsigned flags)
{
    const RightsClass *class;
    const HeapTuple *row;
    int column = schema_column(object->catalog);
    Oid old, schema;

    if (object->catalog == PG_CLASS_CATALOG) {
        owner_change_class(object->oid, owner);
        return;
    }
    class = rights_class(object->catalog);
    row = pin_row(class, object->oid);
    old = datum_u32(syscache_get_set(class->cache, row, class->owner));
    schema = column != 0 ? datum_u32(syscache_get_set(class->cache, row, column)) : 0;
    syscache_unpin(row);
    if (old == owner)
        return;
    if ((flags & OWNER_UNCHECKED) == 0 || object->catalog != PG_TYPE_CATALOG)
        owner_require_right(object, owner, schema);
    if (object->catalog == PG_TYPE_CATALOG)
        owner_change_type(object->oid, owner);
    else
        owner_set(object->catalog, object->oid, owner);
    depend_change_owner(object->catalog, object->oid, owner);
}
