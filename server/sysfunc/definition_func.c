/*
 * definition_func.c - functions that show definitions as SQL: pg_get_viewdef() and its kin
 *
 * A definition that is not there is NULL, so that queries over catalogs that change meanwhile do
 * not fail.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/deparse/deparse.h"
#include "server/node/text_read.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/name_list.h"

static Datum text_or_null(FmgrCall *call, const char *text)
{
    uint8_t *value;
    size_t len;

    if (text == NULL)
        return fmgr_null(call);
    len = strlen(text);
    value = mem_alloc(VARLENA_HEADER + len);
    varlena_set_size(value, VARLENA_HEADER + len);
    memcpy(value + VARLENA_HEADER, text, len);
    return datum_of_pointer(value);
}

static char *text_arg(const FmgrCall *call, int n)
{
    const uint8_t *value = fmgr_packed(call, n);

    return mem_strndup((const char *)varlena_bytes(value), varlena_len(value));
}

static unsigned flags_arg(const FmgrCall *call, int n)
{
    return fmgr_bool(call, n) ? DEPARSE_PRETTY : DEPARSE_PLAIN;
}

/* ---- Views ---- */

Datum pg_get_viewdef(FmgrCall *call)
{
    return text_or_null(call, deparse_view(fmgr_u32(call, 0), DEPARSE_PLAIN, 0));
}

Datum pg_get_viewdef_ext(FmgrCall *call)
{
    return text_or_null(call, deparse_view(fmgr_u32(call, 0), flags_arg(call, 1), 0));
}

Datum pg_get_viewdef_wrap(FmgrCall *call)
{
    return text_or_null(call, deparse_view(fmgr_u32(call, 0), DEPARSE_PRETTY, fmgr_i32(call, 1)));
}

Datum pg_get_viewdef_name(FmgrCall *call)
{
    return text_or_null(call,
                        deparse_view(name_list_relation(text_arg(call, 0)), DEPARSE_PLAIN, 0));
}

Datum pg_get_viewdef_name_ext(FmgrCall *call)
{
    return text_or_null(call,
                        deparse_view(name_list_relation(text_arg(call, 0)), flags_arg(call, 1), 0));
}

/* ---- Expressions, indexes, constraints ---- */

static Datum show_expr(FmgrCall *call, unsigned flags)
{
    Oid relation = fmgr_u32(call, 1);

    if (relation != 0 && relation_name(relation) == NULL)
        return fmgr_null(call);
    return text_or_null(call, deparse_expr(node_read_text(text_arg(call, 0)), relation, flags));
}

Datum pg_get_expr(FmgrCall *call)
{
    return show_expr(call, DEPARSE_PLAIN);
}

Datum pg_get_expr_ext(FmgrCall *call)
{
    return show_expr(call, flags_arg(call, 2));
}

Datum pg_get_indexdef(FmgrCall *call)
{
    return text_or_null(call, deparse_index(fmgr_u32(call, 0), 0, DEPARSE_PLAIN));
}

Datum pg_get_indexdef_ext(FmgrCall *call)
{
    return text_or_null(call,
                        deparse_index(fmgr_u32(call, 0), fmgr_i32(call, 1), flags_arg(call, 2)));
}

Datum pg_get_constraintdef(FmgrCall *call)
{
    return text_or_null(call, deparse_constraint(fmgr_u32(call, 0), DEPARSE_PLAIN));
}

Datum pg_get_constraintdef_ext(FmgrCall *call)
{
    return text_or_null(call, deparse_constraint(fmgr_u32(call, 0), flags_arg(call, 1)));
}

Datum pg_get_triggerdef(FmgrCall *call)
{
    return text_or_null(call, deparse_trigger(fmgr_u32(call, 0), DEPARSE_PLAIN));
}

Datum pg_get_triggerdef_ext(FmgrCall *call)
{
    return text_or_null(call, deparse_trigger(fmgr_u32(call, 0), flags_arg(call, 1)));
}

/* ---- Rules ---- */

Datum pg_get_ruledef(FmgrCall *call)
{
    return text_or_null(call, deparse_rule(fmgr_u32(call, 0), DEPARSE_PLAIN));
}

Datum pg_get_ruledef_ext(FmgrCall *call)
{
    return text_or_null(call, deparse_rule(fmgr_u32(call, 0), flags_arg(call, 1)));
}
