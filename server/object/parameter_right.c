/* parameter_right.c - who may set a setting that is superusers'; parameter_right.h */
#include "common/base/base.h"

#include "server/object/parameter_right.h"

#include <string.h>

#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/object/role.h"

Oid parameter_find(const char *canonical)
{
    const HeapTuple *row =
        syscache_peek(CACHE_PARAMETERACLNAME,
                      datum_of_pointer(varlena_new(canonical, strlen(canonical))));

    return row != NULL ? CACHE_ROW(PgParameterAcl, row)->oid : 0;
}

/* The owner is who made the cluster. */
Rights parameter_rights(Oid oid, Oid role, Rights wanted, bool is_any)
{
    const HeapTuple *row;
    Rights found;
    bool is_null;
    Datum list;
    Acl acl;

    if (role_is_superuser(role))
        return wanted;
    row = syscache_pin(CACHE_PARAMETERACLOID, datum_of_u32(oid));
    if (row == NULL)
        return RIGHTS_NONE;
    list = syscache_get(CACHE_PARAMETERACLOID, row, PG_PARAMETER_ACL_COL_PARACL, &is_null);
    acl = is_null ? acl_default(RIGHTS_OF_PARAMETER, ROLE_SUPERUSER)
                  : acl_of_array(varlena_plain(datum_varlena(list)));
    found = acl_rights(&acl, ROLE_SUPERUSER, role, wanted, is_any);
    syscache_unpin(row);
    return found;
}

static Rights rights_by_name(const char *name, Oid role, Rights wanted, bool is_any)
{
    Oid oid;

    if (role_is_superuser(role))
        return wanted;
    oid = parameter_find(guc_right_name(name));
    return oid != 0 ? parameter_rights(oid, role, wanted, is_any) : RIGHTS_NONE;
}

bool parameter_has_right(const char *name, Oid role, Rights wanted)
{
    return rights_by_name(name, role, wanted, false) == wanted;
}

bool parameter_has_any_right(const char *name, Oid role, Rights wanted)
{
    return rights_by_name(name, role, wanted, true) != RIGHTS_NONE;
}

GucContext parameter_context(const char *name)
{
    return parameter_has_right(name, role_current(), RIGHT_SET) ? GUC_SUSET : GUC_USERSET;
}
