/* fmgr.c - find functions, and call them by hand; fmgr.h has the frame. */
#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"

typedef struct FmgrLocal {
    const FmgrBuiltin *rows; /* by OID */
    size_t count;
    MemContext *mem; /* of by_name */
    Array by_name;   /* const FmgrBuiltin * */
    FmgrResolver resolve;
    const FmgrExprReader *reader; /* NULL: none */
} FmgrLocal;

/* Between these a function's number depends on the machine that made the cluster. */
#define OID_FIRST_UNPINNED 12000
#define OID_FIRST_NORMAL   16384

static FmgrLocal fmgr;

static Datum call_not_written(FmgrCall *call);
static Datum invoke_with(FmgrCall *call, FmgrFunction fn, const Datum *args);

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(const FmgrBuiltin *const *)a)->name, (*(const FmgrBuiltin *const *)b)->name);
}

void fmgr_set_builtins(const FmgrBuiltin *rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (rows[i - 1].oid >= rows[i].oid)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("built-in function %u is not in order", rows[i].oid));
    }
    if (fmgr.mem != NULL)
        mem_delete(fmgr.mem);
    fmgr = (FmgrLocal){
        .rows = rows, .count = count, .resolve = fmgr.resolve, .reader = fmgr.reader};
    if (count == 0)
        return;
    fmgr.mem = mem_context_new(mem_root(), "built-in functions");
    MEM_SCOPE(fmgr.mem) {
        array_init(&fmgr.by_name, sizeof(FmgrBuiltin *));
        for (size_t i = 0; i < count; i++)
            *(const FmgrBuiltin **)array_push(&fmgr.by_name) = &rows[i];
    }
    array_sort(&fmgr.by_name, compare_names);
}

const FmgrBuiltin *fmgr_find_builtin(Oid oid)
{
    size_t low = 0, high = fmgr.count;

    if (oid >= OID_FIRST_UNPINNED && oid < OID_FIRST_NORMAL)
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (fmgr.rows[middle].oid < oid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < fmgr.count && fmgr.rows[low].oid == oid ? &fmgr.rows[low] : NULL;
}

const FmgrBuiltin *fmgr_find_builtin_by_name(const char *name)
{
    const FmgrBuiltin key = {.name = name}, *key_at = &key;
    const FmgrBuiltin **found;

    if (fmgr.count == 0)
        return NULL;
    found = array_search(&fmgr.by_name, &key_at, compare_names);
    return found == NULL ? NULL : *found;
}

void fmgr_set_resolver(FmgrResolver resolve)
{
    fmgr.resolve = resolve;
}

void fmgr_site_init(FmgrSite *site, Oid oid, MemContext *mem)
{
    const FmgrBuiltin *row = fmgr_find_builtin(oid);

    *site = (FmgrSite){.oid = oid, .mem = mem};
    if (row != NULL) {
        site->fn = row->fn == NULL ? call_not_written : row->fn;
        site->nargs = row->nargs;
        site->strict = row->strict;
        site->retset = row->retset;
        return;
    }
    if (fmgr.resolve == NULL || !fmgr.resolve(oid, site))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", oid));
}

void fmgr_raise_not_written(const char *name)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("function \"%s\" is not supported yet", name));
}

void fmgr_set_expr_reader(const FmgrExprReader *reader)
{
    fmgr.reader = reader;
}

static const void *readable_expr(const FmgrCall *call)
{
    return call->site == NULL || fmgr.reader == NULL ? NULL : call->site->expr;
}

Oid fmgr_result_type(const FmgrCall *call)
{
    const void *expr = readable_expr(call);

    return expr == NULL ? 0 : fmgr.reader->result_type(expr);
}

Oid fmgr_arg_type(const FmgrCall *call, int n)
{
    const void *expr = readable_expr(call);

    return expr == NULL ? 0 : fmgr.reader->arg_type(expr, n);
}

bool fmgr_is_variadic(const FmgrCall *call)
{
    const void *expr = readable_expr(call);

    return expr != NULL && fmgr.reader->is_variadic(expr);
}

Datum fmgr_call(FmgrSite *site, Oid collation, short nargs, const Datum *args)
{
    FMGR_CALL_LOCAL(call, FMGR_ARGS_MAX);
    Datum result;

    fmgr_call_init(call, site, nargs, collation);
    result = invoke_with(call, site->fn, args);
    if (call->is_null)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("function %u returned NULL", site->oid));
    return result;
}

Datum fmgr_call_direct(FmgrFunction fn, Oid collation, short nargs, const Datum *args)
{
    FMGR_CALL_LOCAL(call, FMGR_ARGS_MAX);
    Datum result;

    fmgr_call_init(call, NULL, nargs, collation);
    result = invoke_with(call, fn, args);
    if (call->is_null)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "function returned NULL");
    return result;
}

static Datum invoke_with(FmgrCall *call, FmgrFunction fn, const Datum *args)
{
    ASSERT(call->nargs <= FMGR_ARGS_MAX);
    for (short i = 0; i < call->nargs; i++)
        call->args[i] = (NullableDatum){.value = args[i]};
    return fn(call);
}

static Datum call_not_written(FmgrCall *call)
{
    fmgr_raise_not_written(fmgr_find_builtin(call->site->oid)->name);
}
