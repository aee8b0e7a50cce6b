/* routine_func.c - functions and procedures shown as SQL: pg_get_functiondef() and its kin */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/deparse/deparse.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

static Datum text_or_null(FmgrCall *call, const char *text)
{
    return text == NULL ? fmgr_null(call) : value_of_text(text);
}

Datum pg_get_functiondef(FmgrCall *call)
{
    return text_or_null(call, deparse_function(fmgr_u32(call, 0)));
}

Datum pg_get_function_arguments(FmgrCall *call)
{
    return text_or_null(call, deparse_function_arguments(fmgr_u32(call, 0), true));
}

Datum pg_get_function_identity_arguments(FmgrCall *call)
{
    return text_or_null(call, deparse_function_arguments(fmgr_u32(call, 0), false));
}

Datum pg_get_function_result(FmgrCall *call)
{
    return text_or_null(call, deparse_function_result(fmgr_u32(call, 0)));
}

Datum pg_get_function_sqlbody(FmgrCall *call)
{
    return text_or_null(call, deparse_function_body(fmgr_u32(call, 0)));
}

Datum pg_get_function_arg_default(FmgrCall *call)
{
    return text_or_null(call, deparse_function_default(fmgr_u32(call, 0), fmgr_i32(call, 1)));
}
