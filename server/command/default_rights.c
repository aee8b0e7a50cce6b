/*
 * default_rights.c - ALTER DEFAULT PRIVILEGES: the rights that new objects come with
 *
 * A row of pg_default_acl has the whole list for objects that a role makes in any schema, which
 * takes the place of the kind's own; or what is added to it for one schema. A row that would say
 * what holds without it is not kept.
 */
#include "common/base/base.h"

#include "server/command/default_rights.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/grant.h"
#include "server/command/role_spec.h"
#include "server/fmgr/varlena.h"
#include "server/object/acl_new.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

typedef struct KindRow {
    ObjectKind kind;
    RightsKind rights;
    const char *words;
} KindRow;

static const KindRow kind_rows[] = {
    {OBJECT_FUNCTION, RIGHTS_OF_FUNCTION, "function"},
    {OBJECT_SCHEMA, RIGHTS_OF_SCHEMA, "schema"},
    {OBJECT_SEQUENCE, RIGHTS_OF_SEQUENCE, "sequence"},
    {OBJECT_TABLE, RIGHTS_OF_TABLE, "relation"},
    {OBJECT_TYPE, RIGHTS_OF_TYPE, "type"},
};

/* What is to be changed for a role. */
typedef struct Change {
    RightsKind kind;
    AclGrant grant; /* but for the grantor, who is the role, as the owner is */
} Change;

static void read_change(Change *c, const GrantStmt *stmt);
static void change_for_role(const Change *c, Oid role, const List *schemas);
static void change_one(const Change *c, Oid role, Oid schema);

/* ---- The statement ---- */

static void take(const List **place, const Option *option, const char *text)
{
    if (*place != NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
                  .position = text_position(text, option->loc));
    *place = (const List *)(const void *)option->arg;
}

void command_alter_default_privileges(CommandCall *call)
{
    const AlterDefaultPrivilegesStmt *stmt =
        (const AlterDefaultPrivilegesStmt *)(const void *)call->statement;
    const List *schemas = NULL, *roles = NULL;
    Change c = {0};

    list_foreach(const Option *, option, stmt->options)
        take(strcmp(option->name, "schemas") == 0 ? &schemas : &roles, option, call->text);
    read_change(&c, stmt->grant);
    if (roles == NULL)
        change_for_role(&c, role_current(), schemas);
    list_foreach(const RoleSpec *, spec, roles) {
        Oid role = role_of_spec(spec, false);

        role_require_member(role_current(), role);
        change_for_role(&c, role, schemas);
    }
}

static void read_change(Change *c, const GrantStmt *stmt)
{
    const KindRow *row = kind_rows;
    Rights all, rights = 0;

    while (row->kind != stmt->kind)
        row++;
    all = rights_all_of(row->rights);
    c->kind = row->rights;
    c->grant.is_grant = stmt->is_grant;
    c->grant.is_grant_option = stmt->is_grant_option;
    c->grant.is_cascading = stmt->behavior == DROP_CASCADE;
    c->grant.grantees = grant_roles(stmt->grantees, &c->grant.grantee_count);
    list_foreach(const AccessPriv *, one, stmt->privileges) {
        if (one->columns != NULL)
            err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                      .message = "default privileges cannot be set for columns");
        rights |= grant_right_among(one->name, all, row->words);
    }
    c->grant.rights = stmt->privileges == NULL ? all : rights;
}

static void change_for_role(const Change *c, Oid role, const List *schemas)
{
    if (schemas == NULL)
        change_one(c, role, 0);
    list_foreach(const String *, name, schemas) {
        Oid schema = namespace_find(name->value);

        if (schema == 0)
            err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                      .message = err_fmt("schema \"%s\" does not exist", name->value));
        change_one(c, role, schema);
    }
}

/* ---- One row ---- */

static Acl list_of_row(const HeapTuple *row)
{
    const Acl none = {0};
    Acl list = acl_of_array(varlena_plain(datum_varlena(
        syscache_get_set(CACHE_DEFACLROLENSPOBJ, row, PG_DEFAULT_ACL_COL_DEFACLACL))));

    return acl_join(&list, &none);
}

static Oid insert_row(CatalogChange *change, Oid role, Oid schema, char letter, const Acl *acl)
{
    Oid oid =
        catalog_new_oid(PG_DEFAULT_ACL_CATALOG, PG_DEFAULT_ACL_OID_INDEX, PG_DEFAULT_ACL_COL_OID);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_DEFAULT_ACL_COL_OID, oid);
    catalog_set_u32(&row, PG_DEFAULT_ACL_COL_DEFACLROLE, role);
    catalog_set_u32(&row, PG_DEFAULT_ACL_COL_DEFACLNAMESPACE, schema);
    catalog_set_char(&row, PG_DEFAULT_ACL_COL_DEFACLOBJTYPE, letter);
    catalog_set(&row, PG_DEFAULT_ACL_COL_DEFACLACL, acl_to_datum(acl));
    catalog_insert(change, &row);
    depend_note_owner(PG_DEFAULT_ACL_CATALOG, oid, role);
    if (schema != 0) {
        const ObjectAddress who = object_address(PG_DEFAULT_ACL_CATALOG, oid);
        const ObjectAddress on = object_address(PG_NAMESPACE_CATALOG, schema);

        depend_note(&who, &on, DEPEND_AUTO);
    }
    return oid;
}

static void store(const HeapTuple *row, Oid role, Oid schema, char letter, const Acl *old,
                  const Acl *acl)
{
    CatalogChange *change = catalog_change_begin(PG_DEFAULT_ACL_CATALOG);
    Oid oid;

    if (row == NULL) {
        oid = insert_row(change, role, schema, letter, acl);
    } else {
        CatalogRow fresh;

        oid = CACHE_ROW(PgDefaultAcl, row)->oid;
        catalog_row_init(&fresh);
        catalog_set(&fresh, PG_DEFAULT_ACL_COL_DEFACLACL, acl_to_datum(acl));
        catalog_update(change, row, &fresh);
    }
    catalog_change_end(change);
    depend_change_acl(PG_DEFAULT_ACL_CATALOG, oid, 0, role, row != NULL ? old : NULL, acl);
}

static void change_one(const Change *c, Oid role, Oid schema)
{
    char letter = acl_new_letter(c->kind);
    AclGrant grant = c->grant;
    Acl plain = {0}, old, acl;
    const HeapTuple *row;

    if (schema != 0 && c->kind == RIGHTS_OF_SCHEMA)
        err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                  .message = "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS");
    if (schema == 0)
        plain = acl_default(c->kind, role);
    row = syscache_pin3(CACHE_DEFACLROLENSPOBJ, datum_of_u32(role), datum_of_u32(schema),
                        datum_of_char(letter));
    old = row != NULL ? list_of_row(row) : plain;
    grant.grantor = grant.owner = role;
    acl = acl_change(&old, &grant);
    acl = acl_sorted(&acl);
    plain = acl_sorted(&plain);
    if (!acl_equal(&acl, &plain)) {
        store(row, role, schema, letter, &old, &acl);
    } else if (row != NULL) {
        const ObjectAddress object =
            object_address(PG_DEFAULT_ACL_CATALOG, CACHE_ROW(PgDefaultAcl, row)->oid);

        object_drop(&object, DROP_RESTRICT, 0);
    }
    if (row != NULL)
        syscache_unpin(row);
    txn_advance_command();
}

void default_rights_revoke_all(Oid oid, Oid role)
{
    const CatalogKey key = {.column = PG_DEFAULT_ACL_COL_OID, .value = datum_of_u32(oid)};
    CatalogScan *scan =
        catalog_scan_begin(PG_DEFAULT_ACL_CATALOG, PG_DEFAULT_ACL_OID_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    Change c = {.kind = RIGHTS_KIND_COUNT};
    PgDefaultAcl of;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find tuple for default ACL %u", oid));
    of = *CACHE_ROW(PgDefaultAcl, row);
    catalog_scan_end(scan);
    for (unsigned i = 0; i < ARRAY_LEN(kind_rows); i++) {
        if (acl_new_letter(kind_rows[i].rights) == of.defaclobjtype)
            c.kind = kind_rows[i].rights;
    }
    if (c.kind == RIGHTS_KIND_COUNT)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unexpected default ACL type: %d", of.defaclobjtype));
    c.grant = (AclGrant){.is_cascading = true,
                         .rights = rights_all_of(c.kind),
                         .grantees = &role,
                         .grantee_count = 1};
    change_one(&c, of.defaclrole, of.defaclnamespace);
}
