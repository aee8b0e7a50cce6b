/* role_member.c - GRANT and REVOKE of memberships; role_member.h tells more. */
#include "common/base/base.h"

#include "server/command/role_member.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/grant.h"
#include "server/command/role_spec.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

static void require_right(Oid role, Oid grantor);
static void add_member(Oid role, Oid member, Oid grantor, bool is_admin);
static void remove_member(Oid role, Oid member, bool is_admin);

void command_grant_role(CommandCall *call)
{
    const GrantRoleStmt *stmt = (const GrantRoleStmt *)(const void *)call->statement;
    Oid grantor = stmt->grantor != NULL ? role_of_spec(stmt->grantor, false) : role_current();
    Oid *members = mem_new_array(Oid, (size_t)list_count(stmt->grantees));
    size_t count = 0;

    list_foreach(const RoleSpec *, spec, stmt->grantees)
        members[count++] = role_of_spec(spec, false);
    list_foreach(const AccessPriv *, granted, stmt->granted) {
        Oid role;

        if (granted->name == NULL || granted->columns != NULL)
            err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                      .message = "column names cannot be included in GRANT/REVOKE ROLE");
        role = role_find(granted->name);
        if (stmt->is_grant)
            role_add_members(role, members, count, grantor, stmt->is_admin_option);
        else
            role_remove_members(role, members, count, stmt->is_admin_option);
    }
}

void role_add_members(Oid role, const Oid *members, size_t count, Oid grantor, bool is_admin)
{
    if (count == 0)
        return;
    require_right(role, grantor);
    if (role == ROLE_DATABASE_OWNER)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("role \"%s\" cannot have explicit members", role_name(role)));
    if (grantor != role_current() && !role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be superuser to set grantor");
    for (size_t i = 0; i < count; i++)
        add_member(role, members[i], grantor, is_admin);
}

void role_remove_members(Oid role, const Oid *members, size_t count, bool is_admin)
{
    if (count == 0)
        return;
    require_right(role, role_current());
    for (size_t i = 0; i < count; i++)
        remove_member(role, members[i], is_admin);
}

static void require_right(Oid role, Oid grantor)
{
    if (role_is_superuser(role)) {
        if (!role_is_superuser(role_current()))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                      .message = "must be superuser to alter superusers");
    } else if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE) &&
               !role_is_admin_of(grantor, role)) {
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message =
                      err_fmt("must have admin option on role \"%s\"", role_name(role)));
    }
}

/* What would make a circle of roles is found before it is there. */
static void add_member(Oid role, Oid member, Oid grantor, bool is_admin)
{
    const HeapTuple *old;
    CatalogChange *change;
    CatalogRow row;

    if (member == ROLE_DATABASE_OWNER)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("role \"%s\" cannot be a member of any role", role_name(member)));
    if (role_is_listed_member(role, member))
        err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                  .message = err_fmt("role \"%s\" is a member of role \"%s\"", role_name(role),
                                     role_name(member)));
    old = syscache_pin2(CACHE_AUTHMEMROLEMEM, datum_of_u32(role), datum_of_u32(member));
    if (old != NULL && (!is_admin || CACHE_ROW(PgAuthMembers, old)->admin_option)) {
        syscache_unpin(old);
        err_log(ERR_NOTICE, .message = err_fmt("role \"%s\" is already a member of role \"%s\"",
                                               role_name(member), role_name(role)));
        return;
    }
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_AUTH_MEMBERS_COL_ROLEID, role);
    catalog_set_u32(&row, PG_AUTH_MEMBERS_COL_MEMBER, member);
    catalog_set_u32(&row, PG_AUTH_MEMBERS_COL_GRANTOR, grantor);
    catalog_set_bool(&row, PG_AUTH_MEMBERS_COL_ADMIN_OPTION, is_admin);
    change = catalog_change_begin(PG_AUTH_MEMBERS_CATALOG);
    if (old == NULL) {
        catalog_insert(change, &row);
    } else {
        catalog_update(change, old, &row);
        syscache_unpin(old);
    }
    catalog_change_end(change);
    txn_advance_command();
}

static void remove_member(Oid role, Oid member, bool is_admin)
{
    const HeapTuple *old =
        syscache_pin2(CACHE_AUTHMEMROLEMEM, datum_of_u32(role), datum_of_u32(member));
    CatalogChange *change;

    if (old == NULL) {
        err_log(ERR_WARNING, .message = err_fmt("role \"%s\" is not a member of role \"%s\"",
                                                role_name(member), role_name(role)));
        return;
    }
    change = catalog_change_begin(PG_AUTH_MEMBERS_CATALOG);
    if (is_admin) {
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_bool(&row, PG_AUTH_MEMBERS_COL_ADMIN_OPTION, false);
        catalog_update(change, old, &row);
    } else {
        catalog_delete(change, old);
    }
    syscache_unpin(old);
    catalog_change_end(change);
    txn_advance_command();
}
