/*
 * owned.c - REASSIGN OWNED and DROP OWNED: all that roles have in this database
 *
 * Both go by pg_shdepend. Shared objects, such as databases, get other owners but are not dropped.
 */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/default_rights.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/describe.h"
#include "server/command/grant.h"
#include "server/command/owner.h"
#include "server/command/role_spec.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

/* Something of a role. */
typedef struct Owned {
    ObjectAddress object;
    char how; /* DependShared */
    bool is_shared;
} Owned;

static Oid *roles_of(const List *specs, size_t *count, const char *refusal);
static void find_owned(Oid role, const char *refusal, Array *out);

static Oid *roles_of(const List *specs, size_t *count, const char *refusal)
{
    Oid *roles = mem_new_array(Oid, (size_t)list_count(specs));

    *count = 0;
    list_foreach(const RoleSpec *, spec, specs)
        roles[(*count)++] = role_of_spec(spec, false);
    for (size_t i = 0; i < *count; i++) {
        if (!role_has_rights_of(role_current(), roles[i]))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = refusal);
    }
    return roles;
}

/* All first: what is done to one thing may change the notes about others. */
static void find_owned(Oid role, const char *refusal, Array *out)
{
    const CatalogKey keys[] = {
        {.column = PG_SHDEPEND_COL_REFCLASSID, .value = datum_of_u32(PG_AUTHID_CATALOG)},
        {.column = PG_SHDEPEND_COL_REFOBJID, .value = datum_of_u32(role)},
    };
    const ObjectAddress who = object_address(PG_AUTHID_CATALOG, role);
    CatalogScan *scan;
    const HeapTuple *row;

    if (object_is_pinned(PG_AUTHID_CATALOG, role))
        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message = err_fmt("cannot %s objects owned by %s because they are required by "
                                     "the database system",
                                     refusal, object_describe(&who, false)));
    array_init(out, sizeof(Owned));
    scan = catalog_scan_begin(PG_SHDEPEND_CATALOG, PG_SHDEPEND_REFERENCE_INDEX, 2, keys);
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgShdepend *d = CACHE_ROW(PgShdepend, row);

        if (d->dbid == 0 || d->dbid == cache_database())
            *(Owned *)array_push(out) =
                (Owned){{d->classid, d->objid, d->objsubid}, d->deptype, d->dbid == 0};
    }
    catalog_scan_end(scan);
}

/* ---- REASSIGN OWNED ---- */

/* Rights of new objects stay their role's. */
static void reassign(const Owned *owned, Oid owner)
{
    if (owned->how != DEPEND_OWNER || owned->object.catalog == PG_DEFAULT_ACL_CATALOG ||
        owned->object.catalog == PG_USER_MAPPING_CATALOG)
        return;
    if (owned->object.catalog == PG_CLASS_CATALOG)
        lock_relation(owned->object.oid, LOCK_ACCESS_EXCLUSIVE);
    if (owned->object.catalog == PG_LARGEOBJECT_METADATA_CATALOG)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "owners of large objects are not supported yet");
    owner_change(&owned->object, owner, OWNER_UNCHECKED);
    txn_advance_command();
}

void command_reassign_owned(CommandCall *call)
{
    static const char refusal[] = "permission denied to reassign objects";
    const ReassignOwnedStmt *stmt = (const ReassignOwnedStmt *)(const void *)call->statement;
    size_t count;
    Oid *roles = roles_of(stmt->roles, &count, refusal);
    Oid owner = role_of_spec(stmt->new_role, false);

    if (!role_has_rights_of(role_current(), owner))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = refusal);
    for (size_t i = 0; i < count; i++) {
        Array all;

        find_owned(roles[i], "reassign ownership of", &all);
        array_foreach(const Owned, owned, &all) {
            check_interrupts();
            reassign(owned, owner);
        }
    }
}

/* ---- DROP OWNED ---- */

static void lock_to_drop(const ObjectAddress *object)
{
    if (object->catalog == PG_CLASS_CATALOG)
        lock_relation(object->oid, LOCK_ACCESS_EXCLUSIVE);
    else
        lock_object(object->catalog, object->oid, (uint16_t)object->sub, LOCK_ACCESS_EXCLUSIVE);
}

/* It may have been dropped by others before the lock was had. */
static void add_to_drop(const Owned *owned, ObjectList *out)
{
    const ObjectAddress *object = &owned->object;

    if (owned->is_shared)
        return;
    lock_to_drop(object);
    if (object_describe(object, true) != NULL)
        object_list_add(out, object->catalog, object->oid, object->sub);
}

static void take_back(const Owned *owned, Oid role)
{
    switch (owned->object.catalog) {
    case PG_DEFAULT_ACL_CATALOG:
        default_rights_revoke_all(owned->object.oid, role);
        break;
    default:
        grant_revoke_all(owned->object.catalog, owned->object.oid, role);
        break;
    }
}

void command_drop_owned(CommandCall *call)
{
    const DropOwnedStmt *stmt = (const DropOwnedStmt *)(const void *)call->statement;
    size_t count;
    Oid *roles = roles_of(stmt->roles, &count, "permission denied to drop objects");
    ObjectList objects;

    object_list_init(&objects);
    for (size_t i = 0; i < count; i++) {
        Array all;

        find_owned(roles[i], "drop", &all);
        array_foreach(const Owned, owned, &all) {
            check_interrupts();
            if (owned->how == DEPEND_ACL)
                take_back(owned, roles[i]);
            else if (owned->how == DEPEND_OWNER)
                add_to_drop(owned, &objects);
            else if (owned->how == DEPEND_POLICY)
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = "row security is not supported yet");
        }
    }
    objects_drop(&objects, stmt->behavior, 0);
}
