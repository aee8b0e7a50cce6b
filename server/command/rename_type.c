/* rename_type.c - other names for types, domains and conditions of domains */
#include "common/base/base.h"

#include "server/command/rename_type.h"

#include "common/err/err.h"
#include "server/access/common/relation.h"
#include "server/cache/catalog_change.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/find_object.h"
#include "server/command/make.h"
#include "server/object/rights.h"
#include "server/object/role.h"

static PgType find_type(const RenameStmt *stmt)
{
    Oid type = type_of_names((const List *)(const void *)stmt->object);

    return *CACHE_ROW(PgType, syscache_peek(CACHE_TYPEOID, datum_of_u32(type)));
}

static void require_domain(const PgType *type)
{
    if (type->typtype != 'd')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("%s is not a domain", type_shown(type->oid)));
}

static void rename_composite(const PgType *type, const char *name)
{
    Relation *rel = relation_open(type->typrelid, LOCK_ACCESS_EXCLUSIVE);
    CatalogRow row;

    if (rel->kind != RELATION_COMPOSITE_TYPE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("%s is a table's row type", type_shown(type->oid)),
                  .hint = "Use ALTER TABLE instead.");
    if (syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(rel->schema)) != NULL)
        err_raise(SQLSTATE_DUPLICATE_TABLE,
                  .message = err_fmt("relation \"%s\" already exists", name));
    catalog_row_init(&row);
    catalog_set_name(&row, PG_CLASS_COL_RELNAME, name);
    relation_update_class(rel->oid, &row);
    type_rename(type->oid, name, rel->schema);
    relation_close(rel, LOCK_NONE);
}

static void refuse_array(const PgType *type)
{
    const HeapTuple *row;

    if (type->typelem == 0)
        return;
    row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type->typelem));
    if (row != NULL && CACHE_ROW(PgType, row)->typarray == type->oid)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot alter array type %s", type_shown(type->oid)),
                  .hint = err_fmt("You can alter type %s, which will alter the array type as well.",
                                  type_shown(type->typelem)));
}

void type_rename_by_name(const RenameStmt *stmt)
{
    PgType type = find_type(stmt);

    rights_require_owner(PG_TYPE_CATALOG, type.oid, role_current());
    if (stmt->kind == OBJECT_DOMAIN)
        require_domain(&type);
    refuse_array(&type);
    if (type.typtype == 'c')
        rename_composite(&type, stmt->new_name);
    else
        type_rename(type.oid, stmt->new_name, type.typnamespace);
}

/* ---- Conditions ---- */

void domain_rename_constraint(const RenameStmt *stmt)
{
    PgType type = find_type(stmt);
    Oid oid;

    require_domain(&type);
    rights_require_owner(PG_TYPE_CATALOG, type.oid, role_current());
    oid = constraint_find_of_domain(type.oid, stmt->old_name);
    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" for domain %s does not exist",
                                     stmt->old_name, type_shown(type.oid)));
    if (constraint_find_of_domain(type.oid, stmt->new_name) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("constraint \"%s\" for domain %s already exists",
                                     stmt->new_name, type_shown(type.oid)));
    constraint_rename(oid, stmt->new_name);
}
