/* role.c - CREATE ROLE, ALTER ROLE, DROP ROLE */
#include "common/base/base.h"

#include <string.h>

#include "common/crypt/password.h"
#include "common/crypt/random.h"
#include "common/crypt/scram.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/comment.h"
#include "server/command/depend.h"
#include "server/command/needed_by.h"
#include "server/command/object.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/rename_shared.h"
#include "server/command/role_member.h"
#include "server/command/role_spec.h"
#include "server/config/setting.h"
#include "server/fmgr/fmgr.h"
#include "server/fmgr/varlena.h"
#include "server/lock/lock_object.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

#define TIMESTAMPTZ_IN 1150

/* Attributes that are switched on and off. */
typedef enum Attribute {
    ATTRIBUTE_SUPERUSER,
    ATTRIBUTE_INHERIT,
    ATTRIBUTE_CREATEROLE,
    ATTRIBUTE_CREATEDB,
    ATTRIBUTE_LOGIN,
    ATTRIBUTE_REPLICATION,
    ATTRIBUTE_BYPASSRLS,
    ATTRIBUTE_COUNT,
} Attribute;

static const struct {
    const char *option;
    int column;
} attributes[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_SUPERUSER] = {"superuser", PG_AUTHID_COL_ROLSUPER},
    [ATTRIBUTE_INHERIT] = {"inherit", PG_AUTHID_COL_ROLINHERIT},
    [ATTRIBUTE_CREATEROLE] = {"createrole", PG_AUTHID_COL_ROLCREATEROLE},
    [ATTRIBUTE_CREATEDB] = {"createdb", PG_AUTHID_COL_ROLCREATEDB},
    [ATTRIBUTE_LOGIN] = {"canlogin", PG_AUTHID_COL_ROLCANLOGIN},
    [ATTRIBUTE_REPLICATION] = {"isreplication", PG_AUTHID_COL_ROLREPLICATION},
    [ATTRIBUTE_BYPASSRLS] = {"bypassrls", PG_AUTHID_COL_ROLBYPASSRLS},
};

typedef struct Wanted {
    const Option *set[ATTRIBUTE_COUNT];
    const Option *password, *limit, *valid_until;
    const Option *members, *admins, *roles; /* of CREATE; members of ALTER GROUP */
} Wanted;

static void read_options(Wanted *w, const List *options, const char *text);
static void fill_row(CatalogRow *row, const Wanted *w, const char *name);
static void require_unreserved(const char *name);
static Oid *members_of(const List *specs, size_t *count);

/* ---- Options ---- */

static void take(const Option **place, const Option *option, const char *text)
{
    if (*place != NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
                  .position = text_position(text, option->loc));
    *place = option;
}

static void read_options(Wanted *w, const List *options, const char *text)
{
    list_foreach(const Option *, option, options) {
        unsigned i = 0;

        while (i < ATTRIBUTE_COUNT && strcmp(attributes[i].option, option->name) != 0)
            i++;
        if (i < ATTRIBUTE_COUNT)
            take(&w->set[i], option, text);
        else if (strcmp(option->name, "password") == 0)
            take(&w->password, option, text);
        else if (strcmp(option->name, "connectionlimit") == 0)
            take(&w->limit, option, text);
        else if (strcmp(option->name, "validUntil") == 0)
            take(&w->valid_until, option, text);
        else if (strcmp(option->name, "rolemembers") == 0)
            take(&w->members, option, text);
        else if (strcmp(option->name, "adminmembers") == 0)
            take(&w->admins, option, text);
        else if (strcmp(option->name, "addroleto") == 0)
            take(&w->roles, option, text);
        else if (strcmp(option->name, "sysid") == 0)
            err_log(ERR_NOTICE, .message = "SYSID can no longer be specified");
        else
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("option \"%s\" not recognized", option->name));
    }
}

static bool is_on(const Wanted *w, Attribute attribute)
{
    return w->set[attribute] != NULL && option_bool(w->set[attribute]);
}

/* What is hashed already is kept as it is. */
static const char *hashed(const char *name, const char *password)
{
    ScramVerifier verifier;
    uint8_t salt[SCRAM_SALT_SIZE];
    char *md5;

    if (password_kind(password) != PASSWORD_PLAIN)
        return password;
    if (setting.password_encryption == PASSWORD_ENCRYPTION_MD5) {
        md5 = mem_alloc(PASSWORD_MD5_LEN + 1);
        password_md5_make(password, name, md5);
        return md5;
    }
    random_bytes(salt, sizeof salt);
    verifier = scram_verifier_make(password, salt);
    return scram_verifier_text(&verifier);
}

static Datum time_of(const char *text)
{
    FmgrSite site;
    const Datum args[] = {datum_of_pointer(text), datum_of_u32(0), datum_of_i32(-1)};

    fmgr_site_init(&site, TIMESTAMPTZ_IN, mem_current());
    return fmgr_call(&site, 0, 3, args);
}

static void check_limit(const Wanted *w)
{
    if (w->limit != NULL && option_int(w->limit) < -1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid connection limit: %d", option_int(w->limit)));
}

static void fill_row(CatalogRow *row, const Wanted *w, const char *name)
{
    for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (w->set[i] != NULL)
            catalog_set_bool(row, attributes[i].column, option_bool(w->set[i]));
    }
    if (w->limit != NULL)
        catalog_set_i32(row, PG_AUTHID_COL_ROLCONNLIMIT, option_int(w->limit));
    if (w->password != NULL && w->password->arg == NULL) {
        catalog_set_null(row, PG_AUTHID_COL_ROLPASSWORD);
    } else if (w->password != NULL) {
        const char *password = option_text(w->password);

        if (*password == '\0') {
            err_log(ERR_NOTICE,
                    .message = "empty string is not a valid password, clearing password");
            catalog_set_null(row, PG_AUTHID_COL_ROLPASSWORD);
        } else {
            catalog_set_text(row, PG_AUTHID_COL_ROLPASSWORD, hashed(name, password));
        }
    }
    if (w->valid_until != NULL)
        catalog_set(row, PG_AUTHID_COL_ROLVALIDUNTIL, time_of(option_text(w->valid_until)));
}

_Noreturn static void raise_denied(const char *message)
{
    err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = message);
}

/* ---- Members ---- */

/* Of an option with a list of them. */
static void add_members(const Option *option, Oid role, bool is_admin)
{
    size_t count;
    Oid *members;

    if (option == NULL)
        return;
    members = members_of((const List *)(const void *)option->arg, &count);
    role_add_members(role, members, count, role_current(), is_admin);
}

static Oid *members_of(const List *specs, size_t *count)
{
    Oid *members = mem_new_array(Oid, (size_t)list_count(specs));

    *count = 0;
    list_foreach(const RoleSpec *, spec, specs)
        members[(*count)++] = role_of_spec(spec, false);
    return members;
}

/* ---- CREATE ---- */

static void require_right_to_create(const Wanted *w)
{
    bool is_superuser = role_is_superuser(role_current());

    if (is_on(w, ATTRIBUTE_SUPERUSER) && !is_superuser)
        raise_denied("must be superuser to create superusers");
    if (is_on(w, ATTRIBUTE_REPLICATION) && !is_superuser)
        raise_denied("must be superuser to create replication users");
    if (is_on(w, ATTRIBUTE_BYPASSRLS) && !is_superuser)
        raise_denied("must be superuser to create bypassrls users");
    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE))
        raise_denied("permission denied to create role");
}

static void set_defaults(CatalogRow *row, const CreateRoleStmt *stmt)
{
    catalog_row_init(row);
    catalog_set_name(row, PG_AUTHID_COL_ROLNAME, stmt->name);
    for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++)
        catalog_set_bool(row, attributes[i].column,
                         i == ATTRIBUTE_INHERIT ||
                             (i == ATTRIBUTE_LOGIN && stmt->kind == ROLE_IS_USER));
    catalog_set_i32(row, PG_AUTHID_COL_ROLCONNLIMIT, -1);
}

void command_create_role(CommandCall *call)
{
    const CreateRoleStmt *stmt = (const CreateRoleStmt *)(const void *)call->statement;
    CatalogChange *change;
    CatalogRow row;
    Wanted w = {0};
    Oid oid;

    read_options(&w, stmt->options, call->text);
    check_limit(&w);
    require_right_to_create(&w);
    require_unreserved(stmt->name);
    change = catalog_change_begin(PG_AUTHID_CATALOG);
    if (role_try_find(stmt->name) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("role \"%s\" already exists", stmt->name));
    set_defaults(&row, stmt);
    fill_row(&row, &w, stmt->name);
    oid = catalog_new_oid(PG_AUTHID_CATALOG, PG_AUTHID_OID_INDEX, PG_AUTHID_COL_OID);
    catalog_set_u32(&row, PG_AUTHID_COL_OID, oid);
    catalog_insert(change, &row);
    catalog_change_end(change);
    txn_advance_command();
    if (w.roles != NULL) {
        list_foreach(const RoleSpec *, spec, (const List *)(const void *)w.roles->arg)
            role_add_members(role_of_spec(spec, false), &oid, 1, role_current(), false);
    }
    add_members(w.admins, oid, true);
    add_members(w.members, oid, false);
}

/* ---- ALTER ---- */

static bool changes_only_password(const Wanted *w)
{
    for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (w->set[i] != NULL)
            return false;
    }
    return w->limit == NULL && w->valid_until == NULL && w->members == NULL;
}

static void require_right_to_alter(const Wanted *w, const PgAuthid *role)
{
    bool is_superuser = role_is_superuser(role_current());

    if ((role->rolsuper || w->set[ATTRIBUTE_SUPERUSER] != NULL) && !is_superuser)
        raise_denied("must be superuser to alter superuser roles or change superuser attribute");
    if ((role->rolreplication || w->set[ATTRIBUTE_REPLICATION] != NULL) && !is_superuser)
        raise_denied("must be superuser to alter replication roles or change replication "
                     "attribute");
    if (w->set[ATTRIBUTE_BYPASSRLS] != NULL && !is_superuser)
        raise_denied("must be superuser to change bypassrls attribute");
    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE) &&
        !(changes_only_password(w) && w->password != NULL && role->oid == role_current()))
        raise_denied("permission denied");
}

void command_alter_role(CommandCall *call)
{
    const AlterRoleStmt *stmt = (const AlterRoleStmt *)(const void *)call->statement;
    Oid oid = role_of_spec(stmt->role, false);
    const HeapTuple *old = syscache_pin(CACHE_AUTHOID, datum_of_u32(oid));
    const char *name = CACHE_ROW(PgAuthid, old)->rolname;
    CatalogChange *change;
    CatalogRow row;
    Wanted w = {0};
    Oid *members;
    size_t count;

    if (strncmp(name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME, .message = err_fmt("role name \"%s\" is reserved", name),
                  .detail = "Cannot alter reserved roles.");
    read_options(&w, stmt->options, call->text);
    check_limit(&w);
    require_right_to_alter(&w, CACHE_ROW(PgAuthid, old));
    if (oid == ROLE_SUPERUSER && w.set[ATTRIBUTE_SUPERUSER] != NULL &&
        !is_on(&w, ATTRIBUTE_SUPERUSER))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "permission denied: bootstrap user must be superuser");
    change = catalog_change_begin(PG_AUTHID_CATALOG);
    catalog_row_init(&row);
    fill_row(&row, &w, name);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
    txn_advance_command();
    if (w.members != NULL && stmt->action != LIST_ADD) {
        members = members_of((const List *)(const void *)w.members->arg, &count);
        role_remove_members(oid, members, count, false);
    } else {
        add_members(w.members, oid, false);
    }
}

/* ---- RENAME ---- */

static void require_unreserved(const char *name)
{
    if (strncmp(name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME, .message = err_fmt("role name \"%s\" is reserved", name),
                  .detail = "Role names starting with \"pg_\" are reserved.");
}

static void require_renamable(Oid role, const char *name, const char *new_name)
{
    if (role == role_session())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "session user cannot be renamed");
    if (role == role_current())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "current user cannot be renamed");
    require_unreserved(name);
    require_unreserved(new_name);
    if (role_try_find(new_name) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("role \"%s\" already exists", new_name));
    if (role_is_superuser(role) && !role_is_superuser(role_current()))
        raise_denied("must be superuser to rename superusers");
    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE))
        raise_denied("permission denied to rename role");
}

/* A password's MD5 has the name in it. */
static bool has_md5_password(const HeapTuple *role)
{
    bool is_null;
    Datum value = syscache_get(CACHE_AUTHOID, role, PG_AUTHID_COL_ROLPASSWORD, &is_null);
    const uint8_t *text;

    if (is_null)
        return false;
    text = varlena_plain(datum_varlena(value));
    return password_kind(mem_strndup((const char *)varlena_bytes(text), varlena_len(text))) ==
           PASSWORD_MD5;
}

void role_rename(const char *name, const char *new_name)
{
    CatalogChange *change = catalog_change_begin(PG_AUTHID_CATALOG);
    Oid oid = role_find(name);
    const HeapTuple *old = syscache_pin(CACHE_AUTHOID, datum_of_u32(oid));
    CatalogRow row;

    require_renamable(oid, name, new_name);
    catalog_row_init(&row);
    catalog_set_name(&row, PG_AUTHID_COL_ROLNAME, new_name);
    if (has_md5_password(old)) {
        catalog_set_null(&row, PG_AUTHID_COL_ROLPASSWORD);
        err_log(ERR_NOTICE, .message = "MD5 password cleared because of role rename");
    }
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

/* ---- DROP ---- */

static void delete_members(Oid role, Oid index, int16_t column)
{
    const CatalogKey key = {.column = column, .value = datum_of_u32(role)};
    CatalogChange *change = catalog_change_begin(PG_AUTH_MEMBERS_CATALOG);
    CatalogScan *scan = catalog_scan_begin(PG_AUTH_MEMBERS_CATALOG, index, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
    txn_advance_command();
}

static void delete_settings(Oid role)
{
    CatalogChange *change = catalog_change_begin(PG_DB_ROLE_SETTING_CATALOG);
    CatalogScan *scan = catalog_scan_begin(PG_DB_ROLE_SETTING_CATALOG, 0, 0, NULL);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        if (CACHE_ROW(PgDbRoleSetting, row)->setrole == role)
            catalog_delete(change, row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

static void drop_role(Oid oid, const char *name)
{
    const ObjectAddress object = object_address(PG_AUTHID_CATALOG, oid);
    char *needed, *log;

    if (oid == role_current())
        err_raise(SQLSTATE_OBJECT_IN_USE, .message = "current user cannot be dropped");
    if (oid == role_session() || oid == role_authenticated())
        err_raise(SQLSTATE_OBJECT_IN_USE, .message = "session user cannot be dropped");
    if (role_is_superuser(oid) && !role_is_superuser(role_current()))
        raise_denied("must be superuser to drop superusers");
    /* Nobody can note a dependency on it from now on. */
    lock_shared_object(PG_AUTHID_CATALOG, oid, 0, LOCK_ACCESS_EXCLUSIVE);
    if (object_is_pinned(PG_AUTHID_CATALOG, oid))
        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message = err_fmt("cannot drop role %s because it is required by the database "
                                     "system",
                                     name));
    needed = needed_by(PG_AUTHID_CATALOG, oid, &log);
    if (needed != NULL)
        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message = err_fmt("role \"%s\" cannot be dropped because some objects depend "
                                     "on it",
                                     name),
                  .detail = needed, .detail_log = log);
    object_delete_row(PG_AUTHID_CATALOG, CACHE_AUTHOID, oid);
    delete_members(oid, PG_AUTH_MEMBERS_ROLE_MEMBER_INDEX, PG_AUTH_MEMBERS_COL_ROLEID);
    delete_members(oid, PG_AUTH_MEMBERS_MEMBER_ROLE_INDEX, PG_AUTH_MEMBERS_COL_MEMBER);
    comment_forget(&object);
    delete_settings(oid);
    txn_advance_command();
}

void command_drop_role(CommandCall *call)
{
    const DropRoleStmt *stmt = (const DropRoleStmt *)(const void *)call->statement;

    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE))
        raise_denied("permission denied to drop role");
    list_foreach(const RoleSpec *, spec, stmt->roles) {
        Oid oid;

        if (spec->kind != ROLE_NAMED)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = "cannot use special role specifier in DROP ROLE");
        oid = role_try_find(spec->name);
        if (oid != 0) {
            drop_role(oid, spec->name);
            continue;
        }
        if (!stmt->is_missing_ok)
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("role \"%s\" does not exist", spec->name));
        err_log(ERR_NOTICE, .message = err_fmt("role \"%s\" does not exist, skipping", spec->name));
    }
}
