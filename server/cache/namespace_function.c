/*
 * namespace_function.c - candidates for calls: the functions and operators that a name may mean
 *
 * All schemas of the path are looked through. Of two functions that would be called with the same
 * types, the one in the earlier schema counts; in the same schema, one that is called as it is
 * declared beats one whose variadic parameter was expanded; two that only defaults tell apart leave
 * one entry with OID 0.
 *
 * Source: PostgreSQL 15 manual, "Function Type Resolution".
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/cache/namespace.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* What a row of pg_proc offers for a call. */
typedef struct Offer {
    const HeapTuple *row;
    int parameters; /* with those of include_out */
    Oid *types;
    Oid variadic; /* the element's type when it is expanded; 0: it is not */
    bool uses_defaults;
    const int *numbers;
} Offer;

static bool find_position(Oid schema, Oid wanted, unsigned *position)
{
    const SearchPath *path;

    *position = 0;
    if (wanted != 0)
        return schema == wanted;
    path = namespace_path();
    for (unsigned i = 0; i < path->count; i++) {
        if (path->schemas[i] == schema) {
            *position = i;
            return !namespace_is_temporary(schema);
        }
    }
    return false;
}

/* ---- Calls with names ---- */

/* The parameter of that name among those that can be given, or -1. */
static int find_parameter(const ProcArgs *args, const char *name)
{
    int input = 0;

    for (int i = 0; i < args->all_count; i++) {
        char mode = args->modes == NULL ? 'i' : args->modes[i];

        if (mode != 'i' && mode != 'b' && mode != 'v')
            continue;
        if (args->names != NULL && args->names[i] != NULL && str_equal(args->names[i], name))
            return input;
        input++;
    }
    return -1;
}

/* As above, where OUT parameters are arguments too. */
static int find_any_parameter(const ProcArgs *args, const char *name)
{
    for (int i = 0; i < args->all_count; i++) {
        if (args->modes != NULL && args->modes[i] == 't')
            continue;
        if (args->names != NULL && args->names[i] != NULL && str_equal(args->names[i], name))
            return i;
    }
    return -1;
}

/* Which parameter each arg goes to; false: names do not fit, or one without default lacks. */
static bool match_names(Offer *offer, const ProcArgs *args, const FuncSearch *search)
{
    int named = list_count(search->arg_names);
    int positional = search->arg_count - named;
    int *numbers;
    bool *is_given;
    int next = 0, first_default;

    if (args->names == NULL)
        return false;
    first_default = offer->parameters - CACHE_ROW(PgProc, offer->row)->pronargdefaults;
    numbers = mem_new_array(int, (size_t)offer->parameters + 1);
    is_given = mem_new_array(bool, (size_t)offer->parameters + 1);
    for (; next < positional; next++) {
        numbers[next] = next;
        is_given[next] = true;
    }
    for (int i = 0; i < named; i++) {
        const char *name = ((const String *)list_at(search->arg_names, i))->value;
        int at = search->include_out ? find_any_parameter(args, name) : find_parameter(args, name);

        if (at < 0 || is_given[at])
            return false;
        is_given[at] = true;
        numbers[next++] = at;
    }
    for (int i = 0; i < offer->parameters; i++) {
        if (is_given[i])
            continue;
        if (i < first_default)
            return false;
        numbers[next++] = i;
    }
    offer->numbers = numbers;
    return true;
}

/* ---- One row ---- */

/* Can it be called so? */
static bool fits_call(Offer *offer, const FuncSearch *search)
{
    const PgProc *proc = CACHE_ROW(PgProc, offer->row);
    int count = search->arg_count;

    if (count >= 0 && search->arg_names != NULL) {
        ProcArgs args;

        if (proc->provariadic != 0 && search->expand_variadic)
            return false;
        if (offer->parameters < count)
            return false;
        offer->uses_defaults = offer->parameters > count;
        if (offer->uses_defaults &&
            (!search->expand_defaults || count + proc->pronargdefaults < offer->parameters))
            return false;
        proc_row_args(offer->row, &args);
        return match_names(offer, &args, search);
    }
    if (offer->parameters <= count && search->expand_variadic)
        offer->variadic = proc->provariadic;
    if (offer->parameters > count && search->expand_defaults) {
        if (count + proc->pronargdefaults < offer->parameters)
            return false;
        offer->uses_defaults = true;
    }
    return count < 0 || offer->parameters == count || offer->variadic != 0 || offer->uses_defaults;
}

static FuncCandidate *make_candidate(const Offer *offer, int arg_count)
{
    int count = offer->parameters > arg_count ? offer->parameters : arg_count;
    FuncCandidate *made = mem_alloc(sizeof(FuncCandidate) + (size_t)count * sizeof(Oid));

    made->oid = CACHE_ROW(PgProc, offer->row)->oid;
    made->parameters = offer->parameters;
    made->arg_count = count;
    made->numbers = offer->numbers;
    for (int i = 0; i < offer->parameters; i++)
        made->args[i] = offer->types[offer->numbers == NULL ? i : offer->numbers[i]];
    if (offer->variadic != 0) {
        made->variadic_count = count - offer->parameters + 1;
        for (int i = offer->parameters - 1; i < count; i++)
            made->args[i] = offer->variadic;
    }
    if (offer->uses_defaults)
        made->default_count = offer->parameters - arg_count;
    return made;
}

static int given_count(const FuncCandidate *c)
{
    return c->arg_count - c->default_count;
}

/* Below 0: a is preferred; 0: nothing tells them apart. */
static int prefer(const FuncCandidate *a, const FuncCandidate *b)
{
    if (a->path_position != b->path_position)
        return a->path_position < b->path_position ? -1 : 1;
    if (a->variadic_count > 0 && b->variadic_count == 0)
        return 1;
    if (a->variadic_count == 0 && b->variadic_count > 0)
        return -1;
    return 0;
}

static FuncCandidate *add_candidate(FuncCandidate *list, FuncCandidate *fresh)
{
    FuncCandidate **link = &list;

    for (FuncCandidate *old = list; old != NULL; link = &old->next, old = old->next) {
        int order;

        if (given_count(old) != given_count(fresh) ||
            memcmp(old->args, fresh->args, (size_t)given_count(old) * sizeof(Oid)) != 0)
            continue;
        order = prefer(fresh, old);
        if (order > 0)
            return list;
        if (order == 0) {
            old->oid = 0;
            return list;
        }
        *link = old->next;
        break;
    }
    fresh->next = list;
    return fresh;
}

static FuncCandidate *consider(FuncCandidate *list, const HeapTuple *row, const FuncSearch *search,
                               Oid schema)
{
    const PgProc *proc = CACHE_ROW(PgProc, row);
    Offer offer = {.row = row};
    FuncCandidate *fresh;
    unsigned position;

    if (!find_position(proc->pronamespace, schema, &position))
        return list;
    offer.types = proc_row_types(row, search->include_out, &offer.parameters);
    if (!fits_call(&offer, search))
        return list;
    fresh = make_candidate(&offer, search->arg_count);
    fresh->path_position = position;
    return add_candidate(list, fresh);
}

FuncCandidate *namespace_functions(const FuncSearch *search)
{
    const char *schema, *name;
    const CacheList *rows;
    FuncCandidate *list = NULL;
    Oid in = 0;

    namespace_split(search->names, &schema, &name);
    if (schema != NULL) {
        in = namespace_explicit(schema, search->is_missing_ok);
        if (in == 0)
            return NULL;
    }
    if (strlen(name) >= NAME_SIZE)
        return NULL;
    namespace_path(); /* so that it is not worked out while rows are pinned */
    rows = syscache_pin_list(CACHE_PROCNAMEARGSNSP, 1,
                             (const Datum[CATALOG_KEYS_MAX]){datum_of_pointer(name)});
    for (unsigned i = 0; i < rows->count; i++)
        list = consider(list, rows->rows[i], search, in);
    syscache_unpin_list(rows);
    return list;
}

bool namespace_sees_function(Oid function)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(function));
    FuncSearch search = {0};
    const PgProc *proc;
    Oid *types;
    bool found = false;
    int count;

    if (row == NULL)
        return false;
    proc = CACHE_ROW(PgProc, row);
    types = proc_row_types(row, false, &count);
    search.names = list_of(node_string(mem_strdup(proc->proname)));
    search.arg_count = count;
    for (FuncCandidate *c = namespace_functions(&search); c != NULL; c = c->next) {
        if (memcmp(c->args, types, (size_t)count * sizeof(Oid)) == 0)
            found = c->oid == function;
    }
    syscache_unpin(row);
    return found;
}

/* ---- Operators ---- */

static Oid operator_in(const char *name, Oid left, Oid right, Oid schema)
{
    const HeapTuple *row = syscache_peek_keys(
        CACHE_OPERNAMENSP, (const Datum[]){datum_of_pointer(name), datum_of_u32(left),
                                           datum_of_u32(right), datum_of_u32(schema)});

    return row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oid;
}

static Oid operator_by_path(const char *name, Oid left, Oid right)
{
    const SearchPath *path = namespace_path();
    Oid found = 0;

    for (unsigned i = 0; found == 0 && i < path->count; i++) {
        if (!namespace_is_temporary(path->schemas[i]))
            found = operator_in(name, left, right, path->schemas[i]);
    }
    return found;
}

Oid namespace_operator(const List *names, Oid left, Oid right)
{
    const char *schema, *name;
    Oid in;

    namespace_split(names, &schema, &name);
    if (strlen(name) >= NAME_SIZE)
        return 0;
    if (schema == NULL)
        return operator_by_path(name, left, right);
    in = namespace_explicit(schema, true);
    return in == 0 ? 0 : operator_in(name, left, right, in);
}

static FuncCandidate *operator_candidate(const PgOperator *op, unsigned position)
{
    FuncCandidate *made = mem_alloc(sizeof(FuncCandidate) + 2 * sizeof(Oid));

    made->path_position = position;
    made->oid = op->oid;
    made->parameters = made->arg_count = 2;
    made->args[0] = op->oprleft;
    made->args[1] = op->oprright;
    return made;
}

FuncCandidate *namespace_operators(const List *names, char kind)
{
    const char *schema, *name;
    const CacheList *rows;
    FuncCandidate *list = NULL;
    Oid in = 0;

    namespace_split(names, &schema, &name);
    if (schema != NULL) {
        in = namespace_explicit(schema, true);
        if (in == 0)
            return NULL;
    }
    if (strlen(name) >= NAME_SIZE)
        return NULL;
    namespace_path();
    rows = syscache_pin_list(CACHE_OPERNAMENSP, 1,
                             (const Datum[CATALOG_KEYS_MAX]){datum_of_pointer(name)});
    for (unsigned i = 0; i < rows->count; i++) {
        const PgOperator *op = CACHE_ROW(PgOperator, rows->rows[i]);
        unsigned position;

        if ((kind == OPERATOR_OF_ANY_KIND || op->oprkind == kind) &&
            find_position(op->oprnamespace, in, &position))
            list = add_candidate(list, operator_candidate(op, position));
    }
    syscache_unpin_list(rows);
    return list;
}

bool namespace_sees_operator(Oid oid)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(oid));
    PgOperator op;

    if (row == NULL)
        return false;
    op = *CACHE_ROW(PgOperator, row);
    return operator_by_path(op.oprname, op.oprleft, op.oprright) == oid;
}
