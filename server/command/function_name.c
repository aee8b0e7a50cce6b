/* function_name.c - functions as commands name them; function_name.h has the how. */
#include "common/base/base.h"

#include "server/command/function_name.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"

#define KIND_AGGREGATE 'a'
#define KIND_PROCEDURE 'p'

/* What is looked for. */
typedef struct Wanted {
    ObjectKind kind;
    const ObjectWithArgs *name;
    Oid types[FMGR_ARGS_MAX];
    int count;
} Wanted;

static Oid find_by_types(const Wanted *w, bool include_out);
static Oid find_by_name(const Wanted *w);
static char kind_of(Oid function);
static void require_kind(const Wanted *w, Oid function);
_Noreturn static void raise_missing(const Wanted *w);
_Noreturn static void raise_ambiguous(const Wanted *w);

Oid function_of_name(ObjectKind kind, const ObjectWithArgs *name, bool is_missing_ok)
{
    Wanted w = {.kind = kind, .name = name};
    int32_t typmod;
    Oid found;

    if (list_count(name->args) > FMGR_ARGS_MAX)
        err_raise(SQLSTATE_TOO_MANY_ARGUMENTS,
                  .message = err_fmt("functions cannot have more than %d arguments",
                                     FMGR_ARGS_MAX));
    list_foreach(const TypeName *, type, name->args)
        w.types[w.count++] = is_missing_ok ? analyzer_find_type(type, NULL, &typmod)
                                           : analyzer_type(type, NULL, &typmod);
    found = name->is_without_args ? find_by_name(&w) : find_by_types(&w, false);
    if (found == 0 && !name->is_without_args &&
        (kind == OBJECT_PROCEDURE || kind == OBJECT_ROUTINE))
        found = find_by_types(&w, true);
    if (found == 0 && !is_missing_ok)
        raise_missing(&w);
    if (found != 0)
        require_kind(&w, found);
    return found;
}

static FuncCandidate *candidates(const Wanted *w, int count, bool include_out)
{
    const FuncSearch search = {.names = w->name->name,
                               .arg_count = count,
                               .include_out = include_out,
                               .is_missing_ok = false};

    return namespace_functions(&search);
}

static Oid find_by_types(const Wanted *w, bool include_out)
{
    for (const FuncCandidate *c = candidates(w, w->count, include_out); c != NULL; c = c->next) {
        if (w->count == 0 ||
            memcmp(c->args, w->types, (size_t)w->count * sizeof *w->types) == 0)
            return c->oid;
    }
    return 0;
}

/* Procedures and other functions do not stand in each other's way. */
static Oid find_by_name(const Wanted *w)
{
    Oid found = 0;

    for (const FuncCandidate *c = candidates(w, -1, false); c != NULL; c = c->next) {
        if (w->kind != OBJECT_ROUTINE &&
            (kind_of(c->oid) == KIND_PROCEDURE) != (w->kind == OBJECT_PROCEDURE))
            continue;
        if (found != 0)
            raise_ambiguous(w);
        found = c->oid;
    }
    return found;
}

static char kind_of(Oid function)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));

    return row != NULL ? CACHE_ROW(PgProc, row)->prokind : 0;
}

/* ---- Errors ---- */

static const char *word_of(ObjectKind kind)
{
    switch (kind) {
    case OBJECT_PROCEDURE:
        return "procedure";
    case OBJECT_AGGREGATE:
        return "aggregate";
    case OBJECT_ROUTINE:
        return "routine";
    default:
        return "function";
    }
}

static const char *signature(const Wanted *w)
{
    return function_signature(namespace_text(w->name->name), w->types, w->count);
}

static void require_kind(const Wanted *w, Oid function)
{
    char kind = kind_of(function);
    const char *message = NULL;

    if (w->kind == OBJECT_FUNCTION && kind == KIND_PROCEDURE)
        message = err_fmt("%s is not a function", signature(w));
    else if (w->kind == OBJECT_PROCEDURE && kind != KIND_PROCEDURE)
        message = err_fmt("%s is not a procedure", signature(w));
    else if (w->kind == OBJECT_AGGREGATE && kind != KIND_AGGREGATE)
        message = err_fmt("function %s is not an aggregate", signature(w));
    if (message != NULL)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = message);
}

_Noreturn static void raise_missing(const Wanted *w)
{
    ObjectKind kind = w->kind == OBJECT_ROUTINE ? OBJECT_FUNCTION : w->kind;
    const char *name = namespace_text(w->name->name);
    const char *message;

    if (w->name->is_without_args)
        message = err_fmt("could not find %s %s named \"%s\"",
                          kind == OBJECT_AGGREGATE ? "an" : "a", word_of(kind), name);
    else if (kind == OBJECT_AGGREGATE && w->count == 0)
        message = err_fmt("aggregate %s(*) does not exist", name);
    else
        message = err_fmt("%s %s does not exist", word_of(kind), signature(w));
    err_raise(SQLSTATE_UNDEFINED_FUNCTION, .message = message);
}

_Noreturn static void raise_ambiguous(const Wanted *w)
{
    err_raise(SQLSTATE_AMBIGUOUS_FUNCTION,
              .message = err_fmt("%s name \"%s\" is not unique", word_of(w->kind),
                                 namespace_text(w->name->name)),
              .hint = mem_printf("Specify the argument list to select the %s unambiguously.",
                                 word_of(w->kind)));
}
