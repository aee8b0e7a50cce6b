/*
 * grant.c - GRANT and REVOKE of rights on objects
 *
 * A statement is read into a Grant and the numbers of objects; each object then is a subject whose
 * list is changed. Relations and their columns are in grant_relation.c, settings in
 * grant_parameter.c; whatever else has rights is alike.
 */
#include "common/base/base.h"

#include <strings.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/grant_int.h"
#include "server/command/role_spec.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/object/parameter_right.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

/* What a statement that names a kind of object may grant. */
typedef struct KindRights {
    ObjectKind kind;
    RightsKind rights;
    const char *words;
} KindRights;

static const KindRights kind_rights[] = {
    {OBJECT_DATABASE, RIGHTS_OF_DATABASE, "database"},
    {OBJECT_DOMAIN, RIGHTS_OF_TYPE, "domain"},
    {OBJECT_FDW, RIGHTS_OF_FDW, "foreign-data wrapper"},
    {OBJECT_FOREIGN_SERVER, RIGHTS_OF_FOREIGN_SERVER, "foreign server"},
    {OBJECT_FUNCTION, RIGHTS_OF_FUNCTION, "function"},
    {OBJECT_LANGUAGE, RIGHTS_OF_LANGUAGE, "language"},
    {OBJECT_LARGE_OBJECT, RIGHTS_OF_LARGE_OBJECT, "large object"},
    {OBJECT_PARAMETER_ACL, RIGHTS_OF_PARAMETER, "parameter"},
    {OBJECT_PROCEDURE, RIGHTS_OF_FUNCTION, "procedure"},
    {OBJECT_ROUTINE, RIGHTS_OF_FUNCTION, "routine"},
    {OBJECT_SCHEMA, RIGHTS_OF_SCHEMA, "schema"},
    {OBJECT_SEQUENCE, RIGHTS_OF_SEQUENCE, "sequence"},
    {OBJECT_TABLE, RIGHTS_OF_TABLE, "relation"},
    {OBJECT_TABLESPACE, RIGHTS_OF_TABLESPACE, "tablespace"},
    {OBJECT_TYPE, RIGHTS_OF_TYPE, "type"},
};

static void read_rights(Grant *g, const GrantStmt *stmt);
static void grant_on_plain(const Grant *g, Oid catalog, Oid oid);
static void check_subject(const Grant *g, const HeapTuple *row, Oid catalog, const char *name);
static Rights restrict_rights(const Grant *g, const GrantSubject *s, Oid grantor,
                              Rights available, Rights rights, bool is_all);

/* ---- The statement ---- */

void command_grant(CommandCall *call)
{
    const GrantStmt *stmt = (const GrantStmt *)(const void *)call->statement;
    Grant g = {.kind = stmt->kind,
               .is_grant = stmt->is_grant,
               .is_option = stmt->is_grant_option,
               .is_cascading = stmt->behavior == DROP_CASCADE};
    Array objects;

    if (stmt->grantor != NULL && role_of_spec(stmt->grantor, false) != role_current())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "grantor must be current user");
    grant_find_objects(stmt, &objects);
    g.grantees = grant_roles(stmt->grantees, &g.grantee_count);
    read_rights(&g, stmt);
    array_foreach(const ObjectAddress, object, &objects) {
        check_interrupts();
        grant_on_object(&g, object->catalog, object->oid);
    }
}

Oid *grant_roles(const List *specs, size_t *count)
{
    Oid *roles = mem_new_array(Oid, (size_t)list_count(specs));

    *count = 0;
    list_foreach(const RoleSpec *, spec, specs)
        roles[(*count)++] =
            spec->kind == ROLE_PUBLIC ? ROLE_EVERYBODY : role_of_spec(spec, false);
    return roles;
}

Rights grant_right(const char *word)
{
    for (unsigned i = 0; i < RIGHT_COUNT; i++) {
        if (strcasecmp(acl_right_name(i), word) == 0)
            return 1U << i;
    }
    if (strcasecmp(word, "temp") == 0)
        return RIGHT_TEMPORARY;

    /* There was such a right once. */
    if (strcasecmp(word, "rule") == 0)
        return RIGHTS_NONE;
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("unrecognized privilege type \"%s\"", word));
}

static const char *name_of_right(Rights right)
{
    return acl_right_name((unsigned)__builtin_ctz(right));
}

Rights grant_right_among(const char *word, Rights allowed, const char *kind)
{
    Rights right = grant_right(word);

    if ((right & ~allowed) != 0)
        err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                  .message =
                      err_fmt("invalid privilege type %s for %s", name_of_right(right), kind));
    return right;
}

/* A name of GRANT ON TABLE may turn out to be a sequence's. */
static void read_rights(Grant *g, const GrantStmt *stmt)
{
    const KindRights *k = kind_rights;
    Rights allowed;

    while (k->kind != stmt->kind)
        k++;
    allowed = rights_all_of(k->rights);
    if (stmt->kind == OBJECT_TABLE)
        allowed |= rights_all_of(RIGHTS_OF_SEQUENCE);
    g->is_all = stmt->privileges == NULL;
    list_foreach(const AccessPriv *, one, stmt->privileges) {
        if (one->columns == NULL) {
            g->rights |= grant_right_among(one->name, allowed, k->words);
            continue;
        }
        if (stmt->kind != OBJECT_TABLE)
            err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                      .message = "column privileges are only valid for relations");
        g->column_rights = list_add((List *)(uintptr_t)g->column_rights, (void *)(uintptr_t)one);
    }
}

/* ---- One object ---- */

void grant_on_object(const Grant *g, Oid catalog, Oid oid)
{
    switch (catalog) {
    case PG_CLASS_CATALOG:
        grant_on_relation(g, oid);
        break;
    case PG_PARAMETER_ACL_CATALOG:
        grant_on_parameter(g, oid);
        break;
    default:
        grant_on_plain(g, catalog, oid);
        break;
    }
    txn_advance_command();
}

void grant_revoke_all(Oid catalog, Oid oid, Oid role)
{
    const Grant g = {.kind = catalog == PG_CLASS_CATALOG ? OBJECT_TABLE : OBJECT_TYPE,
                     .is_all = true,
                     .is_cascading = true,
                     .grantees = &role,
                     .grantee_count = 1};

    grant_on_object(&g, catalog, oid);
}

void grant_take_list(GrantSubject *s, Datum list, bool is_null)
{
    const Acl none = {0};
    Acl acl;

    s->has_list = !is_null;
    acl = is_null ? acl_default(s->kind, s->owner)
                  : acl_of_array(varlena_plain(datum_varlena(list)));
    s->acl = acl_join(&acl, &none);
}

static void grant_on_plain(const Grant *g, Oid catalog, Oid oid)
{
    const RightsClass *class = rights_class(catalog);
    const HeapTuple *row = syscache_pin(class->cache, datum_of_u32(oid));
    GrantSubject s = {.catalog = catalog, .oid = oid, .kind = class->kind, .words = class->words};
    CatalogChange *change;
    CatalogRow fresh;
    bool is_null;
    Datum list;
    Acl acl;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for %s %u", class->words, oid));
    s.name = mem_strdup(rights_name(class, row));
    check_subject(g, row, catalog, s.name);
    s.owner = datum_u32(syscache_get_set(class->cache, row, class->owner));
    list = syscache_get(class->cache, row, class->list, &is_null);
    grant_take_list(&s, list, is_null);
    acl = grant_change(g, &s, &s.acl,
                       g->is_all && g->rights == 0 ? rights_all_of(s.kind) : g->rights, g->is_all);
    catalog_row_init(&fresh);
    catalog_set(&fresh, class->list, acl_to_datum(&acl));
    change = catalog_change_begin(catalog);
    catalog_update(change, row, &fresh);
    syscache_unpin(row);
    catalog_change_end(change);
    grant_note_members(&s, &acl);
}

static void check_subject(const Grant *g, const HeapTuple *row, Oid catalog, const char *name)
{
    if (catalog == PG_LANGUAGE_CATALOG && !CACHE_ROW(PgLanguage, row)->lanpltrusted)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("language \"%s\" is not trusted", name),
                  .detail = "GRANT and REVOKE are not allowed on untrusted languages, because "
                            "only superusers can use untrusted languages.");
    if (catalog != PG_TYPE_CATALOG)
        return;
    if (CACHE_ROW(PgType, row)->typelem != 0 && CACHE_ROW(PgType, row)->typlen == -1)
        err_raise(SQLSTATE_INVALID_GRANT_OPERATION,
                  .message = "cannot set privileges of array types",
                  .hint = "Set the privileges of the element type instead.");
    if (g->kind == OBJECT_DOMAIN && CACHE_ROW(PgType, row)->typtype != 'd')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a domain", name));
}

void grant_note_members(const GrantSubject *s, const Acl *fresh)
{
    depend_change_acl(s->catalog, s->oid, s->sub, s->owner, s->has_list ? &s->acl : NULL, fresh);
}

/* ---- What may be granted ---- */

Acl grant_change(const Grant *g, const GrantSubject *s, const Acl *considered, Rights rights,
                 bool is_all)
{
    AclGrant change = {.is_grant = g->is_grant,
                       .is_grant_option = g->is_option,
                       .is_cascading = g->is_cascading,
                       .owner = s->owner,
                       .grantees = g->grantees,
                       .grantee_count = g->grantee_count};
    Rights available;

    change.grantor = acl_best_grantor(considered, role_current(), s->owner, rights, &available);
    change.rights = restrict_rights(g, s, change.grantor, available, rights, is_all);
    return acl_change(&s->acl, &change);
}

static bool has_any_right(const GrantSubject *s, Oid role)
{
    Rights all = rights_all_of(s->kind);

    all |= all << RIGHTS_GRANT_BITS;
    if (s->catalog == PG_PARAMETER_ACL_CATALOG)
        return parameter_rights(s->oid, role, all, true) != 0;
    if (rights_of(s->catalog, s->oid, role, all, true) != 0)
        return true;
    return s->sub != 0 && rights_of_column(s->oid, s->sub, role, all, true) != 0;
}

static _Noreturn void raise_denied(const GrantSubject *s)
{
    if (s->column != NULL)
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for column \"%s\" of relation \"%s\"",
                                     s->column, s->name));
    err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
              .message = err_fmt("permission denied for %s %s", s->words, s->name));
}

/* "no privileges were granted for "t"" and its kin */
static void warn(const Grant *g, const GrantSubject *s, const char *how_many)
{
    SqlState state =
        g->is_grant ? SQLSTATE_PRIVILEGE_NOT_GRANTED : SQLSTATE_PRIVILEGE_NOT_REVOKED;
    const char *done = g->is_grant ? "were granted" : "could be revoked";

    if (s->column != NULL)
        err_log(ERR_WARNING, .sqlstate = state,
                .message = err_fmt("%s privileges %s for column \"%s\" of relation \"%s\"",
                                   how_many, done, s->column, s->name));
    else
        err_log(ERR_WARNING, .sqlstate = state,
                .message = err_fmt("%s privileges %s for \"%s\"", how_many, done, s->name));
}

/* Whoever has no right at all is refused, whoever cannot grant all he wants is warned. */
static Rights restrict_rights(const Grant *g, const GrantSubject *s, Oid grantor,
                              Rights available, Rights rights, bool is_all)
{
    if (available == 0 && !has_any_right(s, grantor))
        raise_denied(s);
    if ((rights & available) == 0)
        warn(g, s, "no");
    else if (!is_all && (rights & ~available) != 0)
        warn(g, s, "not all");
    return rights & available;
}
