/* setting_func.c - settings as functions of SQL, and which server this is */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/object/parameter_right.h"
#include "server/object/setting_seen.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

#if defined(__aarch64__)
# define PLATFORM "aarch64-unknown-linux-gnu"
#else
# define PLATFORM "x86_64-pc-linux-gnu"
#endif
#if defined(__clang__)
# define COMPILER "clang " __clang_version__
#else
# define COMPILER "gcc " __VERSION__
#endif

static char *show(const char *name, bool may_miss);

Datum pgsql_version(FmgrCall *call UNUSED)
{
    return value_of_text(mem_printf("PostgreSQL %s (Holdfast) on %s, compiled by %s, %d-bit",
                                    setting.server_version, PLATFORM, COMPILER,
                                    8 * (int)sizeof(void *)));
}

/* ---- Settings ---- */

Datum show_config_by_name(FmgrCall *call)
{
    return value_of_text(show(value_cstring(call, 0), false));
}

Datum show_config_by_name_missing_ok(FmgrCall *call)
{
    const char *value = show(value_cstring(call, 0), fmgr_bool(call, 1));

    return value == NULL ? fmgr_null(call) : value_of_text(value);
}

static char *show(const char *name, bool may_miss)
{
    if (may_miss && guc_spelling(name) == NULL)
        return NULL;
    return guc_show(setting_require_seen(name));
}

/* Not strict: without a value it is RESET. */
Datum set_config_by_name(FmgrCall *call)
{
    bool is_local = !fmgr_arg_is_null(call, 2) && fmgr_bool(call, 2);
    const char *name;

    if (fmgr_arg_is_null(call, 0))
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED, .message = "SET requires parameter name");
    name = value_cstring(call, 0);
    guc_set(&(GucChange){
        .name = name,
        .value = fmgr_arg_is_null(call, 1) ? NULL : value_cstring(call, 1),
        .as = parameter_context(name),
        .source = GUC_FROM_SESSION,
        .action = is_local ? GUC_LOCAL : GUC_SET,
        .level = ERR_ERROR,
    });
    return value_of_text(show(name, false));
}

/* ---- When ---- */

Datum pg_postmaster_start_time(FmgrCall *call UNUSED)
{
    return datum_of_i64(supervisor_start_time());
}

Datum pg_conf_load_time(FmgrCall *call UNUSED)
{
    return datum_of_i64(guc_load_time());
}
