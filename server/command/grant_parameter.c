/*
 * grant_parameter.c - rights to set settings: pg_parameter_acl
 *
 * A setting has a row as long as somebody but superusers may set it. Its owner is who made the
 * cluster.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/grant_int.h"
#include "server/config/guc.h"
#include "server/fmgr/varlena.h"
#include "server/object/parameter_right.h"
#include "server/txn/txn.h"
#include "server/types/acl.h"

static Oid make_row(const char *name)
{
    CatalogChange *change = catalog_change_begin(PG_PARAMETER_ACL_CATALOG);
    Oid oid = catalog_new_oid(PG_PARAMETER_ACL_CATALOG, PG_PARAMETER_ACL_OID_INDEX,
                              PG_PARAMETER_ACL_COL_OID);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_PARAMETER_ACL_COL_OID, oid);
    catalog_set_text(&row, PG_PARAMETER_ACL_COL_PARNAME, name);
    catalog_insert(change, &row);
    catalog_change_end(change);
    txn_advance_command();
    return oid;
}

Oid grant_find_parameter(const char *name, bool is_making)
{
    const char *canonical = guc_right_name(name);
    Oid oid = parameter_find(canonical);

    if (oid != 0 || !is_making)
        return oid;
    if (!guc_may_have_rights(name))
        err_raise(SQLSTATE_INVALID_NAME,
                  .message = err_fmt("invalid parameter name \"%s\"", name));
    return make_row(canonical);
}

/* The list of a row, by the way its name. */
static void open_subject(const HeapTuple *row, GrantSubject *s)
{
    const uint8_t *name = varlena_packed(
        datum_varlena(syscache_get_set(CACHE_PARAMETERACLOID, row, PG_PARAMETER_ACL_COL_PARNAME)));
    bool is_null;
    Datum list = syscache_get(CACHE_PARAMETERACLOID, row, PG_PARAMETER_ACL_COL_PARACL, &is_null);

    *s = (GrantSubject){.catalog = PG_PARAMETER_ACL_CATALOG,
                        .oid = CACHE_ROW(PgParameterAcl, row)->oid,
                        .kind = RIGHTS_OF_PARAMETER,
                        .words = "parameter",
                        .owner = ROLE_SUPERUSER};
    s->name = mem_strndup((const char *)varlena_bytes(name), varlena_len(name));
    grant_take_list(s, list, is_null);
}

void grant_on_parameter(const Grant *g, Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_PARAMETERACLOID, datum_of_u32(oid));
    Rights rights =
        g->is_all && g->rights == 0 ? rights_all_of(RIGHTS_OF_PARAMETER) : g->rights;
    CatalogChange *change;
    GrantSubject s;
    Acl acl, plain;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for parameter ACL %u", oid));
    open_subject(row, &s);
    acl = grant_change(g, &s, &s.acl, rights, g->is_all);
    plain = acl_default(RIGHTS_OF_PARAMETER, ROLE_SUPERUSER);
    change = catalog_change_begin(PG_PARAMETER_ACL_CATALOG);
    if (acl_equal(&acl, &plain)) {
        catalog_delete(change, row);
    } else {
        CatalogRow fresh;

        catalog_row_init(&fresh);
        catalog_set(&fresh, PG_PARAMETER_ACL_COL_PARACL, acl_to_datum(&acl));
        catalog_update(change, row, &fresh);
    }
    syscache_unpin(row);
    catalog_change_end(change);
    grant_note_members(&s, &acl);
}
