/* acl_new.c - default privileges are asked; acl_new.h tells more. */
#include "common/base/base.h"

#include "server/object/acl_new.h"

#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/object/acl_change.h"

char acl_new_letter(RightsKind kind)
{
    switch (kind) {
    case RIGHTS_OF_TABLE:
        return 'r';
    case RIGHTS_OF_SEQUENCE:
        return 'S';
    case RIGHTS_OF_FUNCTION:
        return 'f';
    case RIGHTS_OF_TYPE:
        return 'T';
    case RIGHTS_OF_SCHEMA:
        return 'n';
    default:
        return 0;
    }
}

/* A row of pg_default_acl; false: there is none. */
static bool find(Oid owner, Oid schema, char letter, Acl *out)
{
    const HeapTuple *row = syscache_pin3(CACHE_DEFACLROLENSPOBJ, datum_of_u32(owner),
                                         datum_of_u32(schema), datum_of_char(letter));
    const Acl none = {0};
    Acl list;

    if (row == NULL)
        return false;
    list = acl_of_array(varlena_plain(datum_varlena(
        syscache_get_set(CACHE_DEFACLROLENSPOBJ, row, PG_DEFAULT_ACL_COL_DEFACLACL))));
    *out = acl_join(&list, &none);
    syscache_unpin(row);
    return true;
}

bool acl_of_new(RightsKind kind, Oid owner, Oid schema, Acl *out)
{
    char letter = acl_new_letter(kind);
    Acl everywhere, here = {0}, plain;
    bool is_everywhere = find(owner, 0, letter, &everywhere);
    bool is_here = schema != 0 && find(owner, schema, letter, &here);

    if (!is_everywhere && !is_here)
        return false;
    plain = acl_default(kind, owner);
    everywhere = acl_merge(is_everywhere ? &everywhere : &plain, &here, owner);
    *out = acl_sorted(&everywhere);
    plain = acl_sorted(&plain);
    return !acl_equal(out, &plain);
}
