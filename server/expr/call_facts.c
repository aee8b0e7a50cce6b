/*
 * call_facts.c - what fmgr asks of upper rooms: the expression of a call, functions that are not
 * built in
 */
#include "common/base/base.h"

#include "server/expr/call_facts.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/expr/guarded_call.h"
#include "server/fmgr/fmgr.h"
#include "server/node/expr.h"
#include "server/node/node.h"

/* A copy; NULL for NULL. */
static const char *text_column(CacheId id, const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(id, row, column, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

static const List *args_of(const void *expr)
{
    const Node *node = expr;

    switch (node->tag) {
    case NODE_FuncExpr:
        return ((const FuncExpr *)expr)->args;
    case NODE_OpExpr:
        return ((const OpExpr *)expr)->args;
    case NODE_DistinctExpr:
        return ((const DistinctExpr *)expr)->args;
    case NODE_NullIfExpr:
        return ((const NullIfExpr *)expr)->args;
    case NODE_ScalarArrayOpExpr:
        return ((const ScalarArrayOpExpr *)expr)->args;
    case NODE_WindowFunc:
        return ((const WindowFunc *)expr)->args;
    default:
        return NULL;
    }
}

/* The type of an array on the right of ANY is its elements', since that is what is called with. */
static Oid arg_type(const void *expr, int n)
{
    const List *args = args_of(expr);
    Oid type;

    if (node_is(expr, Aggref)) {
        const List *types = ((const Aggref *)expr)->arg_types;

        return n < list_count(types) ? list_oid_at(types, n) : 0;
    }
    if (n >= list_count(args))
        return 0;
    type = node_expr_type(list_at(args, n));
    return node_is(expr, ScalarArrayOpExpr) && n == 1 ? type_base_element(type) : type;
}

static Oid result_type(const void *expr)
{
    return node_expr_type(expr);
}

static bool is_variadic(const void *expr)
{
    return node_is(expr, FuncExpr) && ((const FuncExpr *)expr)->is_variadic;
}

static void (*resolve_sql)(const PgProc *row, FmgrSite *site); /* NULL: nobody */

void call_facts_set_sql(void (*resolve)(const PgProc *row, FmgrSite *site))
{
    resolve_sql = resolve;
}

/* Of PostgreSQL's own libraries there is code here, as far as it is written. */
static bool is_own_library(const HeapTuple *row)
{
    bool is_null;
    const uint8_t *library;
    Datum value = syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROBIN, &is_null);

    if (is_null)
        return false;
    library = varlena_packed(datum_varlena(value));
    return varlena_len(library) > strlen("$libdir/") &&
           memcmp(varlena_bytes(library), "$libdir/", strlen("$libdir/")) == 0;
}

/*
 * One of language internal that was given another OID, or of language C, whose numbers depend on
 * the machine; one in SQL is run by an upper room, code of other languages is not.
 */
void call_facts_resolve(const HeapTuple *row, FmgrSite *site)
{
    const PgProc proc = *CACHE_ROW(PgProc, row);
    const FmgrBuiltin *builtin = NULL;

    if (proc.prolang == LANGUAGE_INTERNAL || (proc.prolang == LANGUAGE_C && is_own_library(row)))
        builtin = fmgr_find_builtin_by_name(text_column(CACHE_PROCOID, row, PG_PROC_COL_PROSRC));
    site->nargs = proc.pronargs;
    site->strict = proc.proisstrict;
    site->retset = proc.proretset;
    if (proc.prolang == LANGUAGE_SQL && resolve_sql != NULL)
        resolve_sql(&proc, site);
    else if (builtin == NULL || builtin->fn == NULL)
        fmgr_raise_not_written(mem_strdup(proc.proname));
    else
        site->fn = builtin->fn;
}

static bool resolve(Oid oid, FmgrSite *site)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(oid));

    if (row == NULL)
        return false;
    call_facts_resolve(row, site);
    guarded_call_wrap(row, site);
    syscache_unpin(row);
    return true;
}

void call_facts_install(void)
{
    static const FmgrExprReader reader = {
        .result_type = result_type, .arg_type = arg_type, .is_variadic = is_variadic};

    fmgr_set_expr_reader(&reader);
    fmgr_set_resolver(resolve);
}
