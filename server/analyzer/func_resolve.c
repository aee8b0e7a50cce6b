/*
 * func_resolve.c - which function a call means, by its name and the types of its arguments
 *
 * First what fits exactly; then a call that is really a cast; then those that fit with implicit
 * conversions, of which rules take away all but one, or fail.
 *
 * Source: PostgreSQL 15 manual, "Function Type Resolution", "Operator Type Resolution".
 */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"
#include "server/node/text_read.h"

/* ---- Candidates ---- */

/* Those that can be called with implicit conversions; *left tells how many. */
FuncCandidate *func_match(int count, const Oid *types, FuncCandidate *all, int *left)
{
    FuncCandidate *kept = NULL, *next;

    *left = 0;
    for (FuncCandidate *c = all; c != NULL; c = next) {
        next = c->next;
        if (!coerce_is_possible(count, types, c->args, COERCE_AS_IMPLICIT))
            continue;
        c->next = kept;
        kept = c;
        ++*left;
    }
    return kept;
}

typedef struct Choice {
    int count;
    Oid types[FMGR_ARGS_MAX]; /* domains are their base types */
    char categories[FMGR_ARGS_MAX];
    bool wants_preferred[FMGR_ARGS_MAX];
    int unknowns;
    FuncCandidate *list;
    int left;
} Choice;

static int score_exact(const Choice *choice, const FuncCandidate *c)
{
    int score = 0;

    for (int i = 0; i < choice->count; i++)
        score += choice->types[i] != TYPE_UNKNOWN && c->args[i] == choice->types[i];
    return score;
}

static int score_preferred(const Choice *choice, const FuncCandidate *c)
{
    int score = 0;

    for (int i = 0; i < choice->count; i++) {
        if (choice->types[i] != TYPE_UNKNOWN)
            score += c->args[i] == choice->types[i] ||
                     type_is_preferred(choice->categories[i], c->args[i]);
    }
    return score;
}

/* Only those with the highest score stay. */
static void keep_best(Choice *choice, int (*score)(const Choice *, const FuncCandidate *))
{
    FuncCandidate *last = NULL;
    int best = 0;

    choice->left = 0;
    for (FuncCandidate *c = choice->list; c != NULL; c = c->next) {
        int own = score(choice, c);

        if (own > best || last == NULL) {
            best = own;
            choice->list = last = c;
            choice->left = 1;
        } else if (own == best) {
            last->next = c;
            last = c;
            choice->left++;
        }
    }
    if (last != NULL)
        last->next = NULL;
}

/* The category that an unknown argument shall have; false when candidates disagree. */
static bool find_category(Choice *choice, int i)
{
    char category = '\0';
    bool is_conflict = false;

    choice->wants_preferred[i] = false;
    for (const FuncCandidate *c = choice->list; c != NULL; c = c->next) {
        bool is_preferred;
        char own = type_category(c->args[i], &is_preferred);

        if (category == '\0' || (own != category && own == TYPE_CATEGORY_STRING)) {
            category = own;
            choice->wants_preferred[i] = is_preferred;
        } else if (own == category) {
            choice->wants_preferred[i] |= is_preferred;
        } else {
            is_conflict = true;
        }
    }
    choice->categories[i] = category;
    return !is_conflict || category == TYPE_CATEGORY_STRING;
}

static bool fits_categories(const Choice *choice, const FuncCandidate *c)
{
    for (int i = 0; i < choice->count; i++) {
        bool is_preferred;

        if (choice->types[i] != TYPE_UNKNOWN)
            continue;
        if (type_category(c->args[i], &is_preferred) != choice->categories[i])
            return false;
        if (choice->wants_preferred[i] && !is_preferred)
            return false;
    }
    return true;
}

static void keep_category(Choice *choice)
{
    FuncCandidate *kept = NULL, **end = &kept, *next;
    FuncCandidate *rest = NULL, **rest_end = &rest;
    int count = 0;

    for (int i = 0; i < choice->count; i++) {
        if (choice->types[i] == TYPE_UNKNOWN && !find_category(choice, i))
            return;
    }
    for (FuncCandidate *c = choice->list; c != NULL; c = next) {
        next = c->next;
        c->next = NULL;
        if (fits_categories(choice, c)) {
            *end = c;
            end = &c->next;
            count++;
        } else {
            *rest_end = c;
            rest_end = &c->next;
        }
    }
    /* When none fits, all are as good as before. */
    if (count > 0) {
        choice->list = kept;
        choice->left = count;
    } else {
        choice->list = rest;
    }
}

/* All unknowns are of the one type that is known, if that leaves one candidate. */
static FuncCandidate *try_one_type(Choice *choice)
{
    Oid known = TYPE_UNKNOWN;
    FuncCandidate *found = NULL;

    for (int i = 0; i < choice->count; i++) {
        if (choice->types[i] == TYPE_UNKNOWN)
            continue;
        if (known != TYPE_UNKNOWN && known != choice->types[i])
            return NULL;
        known = choice->types[i];
    }
    if (known == TYPE_UNKNOWN)
        return NULL;
    for (int i = 0; i < choice->count; i++)
        choice->types[i] = known;
    for (FuncCandidate *c = choice->list; c != NULL; c = c->next) {
        if (!coerce_is_possible(choice->count, choice->types, c->args, COERCE_AS_IMPLICIT))
            continue;
        if (found != NULL)
            return NULL;
        found = c;
    }
    if (found != NULL)
        found->next = NULL;
    return found;
}

FuncCandidate *func_select(int count, const Oid *types, FuncCandidate *all)
{
    Choice choice;

    choice.count = count;
    choice.unknowns = 0;
    choice.list = all;
    for (int i = 0; i < count; i++) {
        choice.types[i] = types[i] == TYPE_UNKNOWN ? TYPE_UNKNOWN : type_base(types[i]);
        choice.unknowns += types[i] == TYPE_UNKNOWN;
    }
    keep_best(&choice, score_exact);
    if (choice.left == 1)
        return choice.list;
    for (int i = 0; i < count; i++)
        choice.categories[i] = type_category(choice.types[i], NULL);
    keep_best(&choice, score_preferred);
    if (choice.left == 1)
        return choice.list;
    if (choice.unknowns == 0)
        return NULL;
    keep_category(&choice);
    if (choice.left == 1)
        return choice.list;
    return choice.unknowns < count ? try_one_type(&choice) : NULL;
}

/* ---- Functions ---- */

static FuncCandidate *find_exact(FuncCandidate *all, int count, const Oid *types)
{
    for (FuncCandidate *c = all; c != NULL; c = c->next) {
        if (count == 0 || memcmp(types, c->args, (size_t)count * sizeof(Oid)) == 0)
            return c;
    }
    return NULL;
}

/* A type by the name of a function, that a value can be cast to: no shell, no row. */
static Oid type_by_function_name(const List *name)
{
    TypeName *as_type = node_new(TypeName);
    int32_t typmod;
    Oid type;
    PgType row;

    as_type->names = (List *)(uintptr_t)name;
    as_type->typmod = -1;
    as_type->loc = NODE_NO_LOCATION;
    type = type_find_name(NULL, as_type, &typmod);
    if (type == 0 || !type_find(type, &row) || !row.typisdefined || type_relation(type) != 0)
        return 0;
    return type;
}

static bool is_cast(const Node *arg, Oid from, Oid to)
{
    Oid function;

    if (from == TYPE_UNKNOWN && node_is(arg, Const))
        return true;
    switch (coerce_find_path(to, from, COERCE_AS_EXPLICIT, &function)) {
    case COERCE_PATH_RELABEL:
        return true;
    case COERCE_PATH_IO:
        return !((from == TYPE_RECORD || type_or_domain_relation(from) != 0) &&
                 type_category(to, NULL) == TYPE_CATEGORY_STRING);
    default:
        return false;
    }
}

static List *wanted_defaults(const FuncCandidate *best, List *defaults, int arg_count)
{
    int first = best->parameters - list_count(defaults);
    List *wanted = NULL;

    for (int i = 0; i < list_count(defaults); i++) {
        bool is_wanted = best->numbers == NULL ? first + i >= arg_count : false;

        for (int j = arg_count; best->numbers != NULL && j < best->arg_count; j++)
            is_wanted |= best->numbers[j] == first + i;
        if (is_wanted)
            wanted = list_add(wanted, list_at(defaults, i));
    }
    return wanted;
}

static FuncResolution resolution_of(char kind)
{
    switch (kind) {
    case 'a':
        return FUNC_AGGREGATE;
    case 'p':
        return FUNC_PROCEDURE;
    case 'w':
        return FUNC_WINDOW;
    default:
        return FUNC_NORMAL;
    }
}

static FuncResolution fill_found(const FuncCandidate *best, List *args, int arg_count,
                                 FuncFound *found)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(best->oid));
    const PgProc *proc = CACHE_ROW(PgProc, row);
    FuncResolution kind = resolution_of(proc->prokind);

    found->oid = best->oid;
    found->variadic_count = best->variadic_count;
    found->declared = (Oid *)(uintptr_t)best->args;
    found->declared_count = best->arg_count;
    found->type = proc->prorettype;
    found->is_set = proc->proretset;
    found->variadic = proc->provariadic;
    if (best->numbers != NULL) {
        int i = 0;

        list_foreach(Node *, arg, args) {
            if (node_is(arg, NamedArgExpr))
                ((NamedArgExpr *)(void *)arg)->number = best->numbers[i];
            i++;
        }
    }
    if (best->default_count > 0)
        found->defaults = wanted_defaults(best, node_read_text(proc_row_defaults(row)), arg_count);
    syscache_unpin(row);
    return kind;
}

FuncResolution func_resolve(const List *name, List *args, const List *arg_names, int arg_count,
                            const Oid *types, bool expand_variadic, bool expand_defaults,
                            bool include_out, FuncFound *found)
{
    FuncSearch search = {.names = name,
                         .arg_count = arg_count,
                         .arg_names = arg_names,
                         .expand_variadic = expand_variadic,
                         .expand_defaults = expand_defaults,
                         .include_out = include_out};
    FuncCandidate *all = namespace_functions(&search);
    FuncCandidate *best = find_exact(all, arg_count, types);

    *found = (FuncFound){0};
    if (best == NULL && arg_count == 1 && args != NULL && arg_names == NULL) {
        Oid type = type_by_function_name(name);

        if (type != 0 && is_cast(list_at(args, 0), types[0], type)) {
            found->type = type;
            return FUNC_COERCION;
        }
    }
    if (best == NULL && all != NULL) {
        int left;

        best = func_match(arg_count, types, all, &left);
        if (left > 1) {
            best = func_select(arg_count, types, best);
            if (best == NULL)
                return FUNC_AMBIGUOUS;
        }
    }
    if (best == NULL)
        return FUNC_NOT_FOUND;
    if (best->oid == 0)
        return FUNC_AMBIGUOUS;
    if (arg_names != NULL && !expand_variadic && arg_count > 0 &&
        best->numbers[arg_count - 1] != arg_count - 1)
        return FUNC_NOT_FOUND;
    return fill_found(best, args, arg_count, found);
}
