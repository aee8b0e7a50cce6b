/* tablespace_setting.c - the tablespaces that settings name; tablespace_setting.h has the rules. */
#include "common/base/base.h"

#include "server/command/tablespace_setting.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/shared_name.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

static void note_missing(const char *name)
{
    err_log(ERR_NOTICE, .sqlstate = SQLSTATE_UNDEFINED_OBJECT,
            .message = err_fmt("tablespace \"%s\" does not exist", name));
}

bool tablespace_check_default(GucValue *value, GucSource source, GucRefusal *why)
{
    if (!txn_is_running() || *value->s == '\0' || tablespace_of_name(value->s, true) != 0)
        return true;
    if (source == GUC_FROM_TEST) {
        note_missing(value->s);
        return true;
    }
    why->detail = err_fmt("Tablespace \"%s\" does not exist.", value->s);
    return false;
}

/* Who sets it must be allowed to make something there; what was set earlier is not asked for. */
static void check_temp(const char *name, GucSource source)
{
    Oid tablespace;

    if (*name == '\0')
        return;
    tablespace = tablespace_of_name(name, source <= GUC_FROM_TEST);
    if (tablespace == 0 && source == GUC_FROM_TEST)
        note_missing(name);
    if (tablespace != 0 && source >= GUC_FROM_INTERACTIVE)
        rights_require(PG_TABLESPACE_CATALOG, tablespace, role_current(), RIGHT_CREATE);
}

bool tablespace_check_temp(GucValue *value, GucSource source, GucRefusal *why UNUSED)
{
    Array names;

    if (!txn_is_running() || !guc_split_names(value->s, &names))
        return true;
    array_foreach(char *, name, &names)
        check_temp(*name, source);
    return true;
}
