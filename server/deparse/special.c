/*
 * special.c - calls that SQL has words for: EXTRACT(year FROM d), SUBSTRING(s FROM 1 FOR 2)
 *
 * Such calls are marked when they are parsed, so the functions are known by their names.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse_int.h"
#include "server/fmgr/varlena.h"

static const void *arg(const FuncExpr *call, int i)
{
    return list_at(call->args, i);
}

static void put_words(Deparse *d, const FuncExpr *call, const char *before, int first,
                      const char *between, int second, const char *after)
{
    put(d, before);
    put_expr(d, arg(call, first), false);
    put(d, between);
    put_expr(d, arg(call, second), false);
    put(d, after);
}

/* A text constant as the word that it was. */
static char *word_of(const void *expr)
{
    const Const *value = expr;
    const uint8_t *text = varlena_plain(datum_pointer(value->value));

    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

static void put_time_zone(Deparse *d, const FuncExpr *call)
{
    put(d, "(");
    put_expr_in(d, arg(call, 1), false, call);
    put(d, " AT TIME ZONE ");
    put_expr_in(d, arg(call, 0), false, call);
    put(d, ")");
}

static void put_extract(Deparse *d, const FuncExpr *call)
{
    strbuf_add_fmt(d->out, "EXTRACT(%s FROM ", word_of(arg(call, 0)));
    put_expr(d, arg(call, 1), false);
    put(d, ")");
}

static void put_overlaps(Deparse *d, const FuncExpr *call)
{
    put_words(d, call, "((", 0, ", ", 1, ") OVERLAPS (");
    put_words(d, call, "", 2, ", ", 3, "))");
}

static void put_is_normalized(Deparse *d, const FuncExpr *call)
{
    put(d, "(");
    put_expr_in(d, arg(call, 0), false, call);
    put(d, " IS");
    if (list_count(call->args) == 2)
        strbuf_add_fmt(d->out, " %s", word_of(arg(call, 1)));
    put(d, " NORMALIZED)");
}

static void put_normalize(Deparse *d, const FuncExpr *call)
{
    put(d, "NORMALIZE(");
    put_expr(d, arg(call, 0), false);
    if (list_count(call->args) == 2)
        strbuf_add_fmt(d->out, ", %s", word_of(arg(call, 1)));
    put(d, ")");
}

static void put_overlay(Deparse *d, const FuncExpr *call)
{
    put_words(d, call, "OVERLAY(", 0, " PLACING ", 1, " FROM ");
    put_expr(d, arg(call, 2), false);
    if (list_count(call->args) == 4) {
        put(d, " FOR ");
        put_expr(d, arg(call, 3), false);
    }
    put(d, ")");
}

static void put_position(Deparse *d, const FuncExpr *call)
{
    put(d, "POSITION(");
    put(d, "(");
    put_expr(d, arg(call, 1), false);
    put(d, ") IN (");
    put_expr(d, arg(call, 0), false);
    put(d, "))");
}

static bool put_substring(Deparse *d, const FuncExpr *call)
{
    Oid second = node_expr_type(arg(call, 1));

    put_words(d, call, "SUBSTRING(", 0,
              second == 25 && list_count(call->args) == 3 ? " SIMILAR " : " FROM ", 1, "");
    if (list_count(call->args) == 3) {
        put(d, second == 25 ? " ESCAPE " : " FOR ");
        put_expr(d, arg(call, 2), false);
    }
    put(d, ")");
    return true;
}

static void put_trim(Deparse *d, const FuncExpr *call, const char *which)
{
    strbuf_add_fmt(d->out, "TRIM(%s", which);
    if (list_count(call->args) == 2) {
        put(d, " ");
        put_expr(d, arg(call, 1), false);
    }
    put(d, " FROM ");
    put_expr(d, arg(call, 0), false);
    put(d, ")");
}

bool put_special_call(Deparse *d, const FuncExpr *call)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(call->function));
    const char *name = row == NULL ? "" : mem_strdup(CACHE_ROW(PgProc, row)->proname);

    if (str_equal(name, "timezone"))
        put_time_zone(d, call);
    else if (str_equal(name, "extract"))
        put_extract(d, call);
    else if (str_equal(name, "overlaps"))
        put_overlaps(d, call);
    else if (str_equal(name, "is_normalized"))
        put_is_normalized(d, call);
    else if (str_equal(name, "pg_collation_for")) {
        put(d, "COLLATION FOR (");
        put_expr(d, arg(call, 0), false);
        put(d, ")");
    } else if (str_equal(name, "normalize"))
        put_normalize(d, call);
    else if (str_equal(name, "overlay"))
        put_overlay(d, call);
    else if (str_equal(name, "position"))
        put_position(d, call);
    else if (str_equal(name, "substring"))
        put_substring(d, call);
    else if (str_equal(name, "btrim"))
        put_trim(d, call, "BOTH");
    else if (str_equal(name, "ltrim"))
        put_trim(d, call, "LEADING");
    else if (str_equal(name, "rtrim"))
        put_trim(d, call, "TRAILING");
    else
        return false;
    return true;
}
