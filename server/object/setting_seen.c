/* setting_seen.c - which settings the current role may see; setting_seen.h */
#include "common/base/base.h"

#include "server/object/setting_seen.h"

#include "common/err/err.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/guc.h"
#include "server/object/role.h"

bool setting_sees_all(void)
{
    return role_has_rights_of(role_current(), ROLE_READ_ALL_SETTINGS);
}

const char *setting_require_seen(const char *name)
{
    const char *own = guc_spelling(name);

    if (own == NULL)
        guc_raise_unknown(name);
    if ((guc_flags(own) & GUC_SUPERUSER_ONLY) != 0 && !setting_sees_all())
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("must be superuser or have privileges of pg_read_all_settings "
                                     "to examine \"%s\"",
                                     own));
    return own;
}

void setting_list_seen(Array *rows)
{
    const unsigned hidden = GUC_NO_SHOW_ALL | (setting_sees_all() ? 0 : GUC_SUPERUSER_ONLY);
    size_t kept = 0;

    guc_list(rows);
    array_foreach(const GucRow, row, rows) {
        if ((row->flags & hidden) == 0)
            *(GucRow *)array_at(rows, kept++) = *row;
    }
    rows->count = kept;
}
