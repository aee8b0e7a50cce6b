/*
 * param.c - parameters: $1 and up
 *
 * A parameter whose type is to be found out is of type unknown until something wants it to be of
 * another; everything that wants it must then want the same.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

#define PARAMS_MAX 268435455 /* the highest number that a parameter can have */

static _Noreturn void raise_missing(const Scope *scope, int number, int location)
{
    scope_fail(scope, location, SQLSTATE_UNDEFINED_PARAMETER,
               .message = err_fmt("there is no parameter $%d", number));
}

/* Thousands that come one by one are not copied for each. */
static void make_room(ParamTypes *params, int count)
{
    int room = params->room <= PARAMS_MAX / 2 ? params->room * 2 : PARAMS_MAX;
    Oid *types;

    if (room < count)
        room = count;
    types = mem_new_array(Oid, (size_t)room);
    for (int i = 0; i < params->count; i++)
        types[i] = params->types[i];
    if (params->room > 0)
        mem_free(params->types);
    params->types = types;
    params->room = room;
}

static void grow(ParamTypes *params, int count)
{
    if (count > params->room)
        make_room(params, count);
    params->count = count;
}

static Oid type_of(const Scope *scope, const ParamRef *ref)
{
    ParamTypes *params = scope->all->params;

    if (params == NULL || ref->number <= 0 || ref->number > PARAMS_MAX)
        raise_missing(scope, ref->number, ref->loc);
    if (params->is_fixed) {
        if (ref->number > params->count || params->types[ref->number - 1] == 0)
            raise_missing(scope, ref->number, ref->loc);
        return params->types[ref->number - 1];
    }
    if (ref->number > params->count)
        grow(params, ref->number);
    if (params->types[ref->number - 1] == 0)
        params->types[ref->number - 1] = TYPE_UNKNOWN;
    return params->types[ref->number - 1];
}

Node *param_transform(Scope *scope, const ParamRef *ref)
{
    Oid type = type_of(scope, ref);
    Param *param = node_new(Param);

    param->kind = PARAM_EXTERN;
    param->id = ref->number;
    param->type = type;
    param->typmod = -1;
    param->collation = type_collation(type);
    param->loc = ref->loc;
    return (Node *)(void *)param;
}

Node *param_coerce(Scope *scope, Param *param, Oid type, int location)
{
    ParamTypes *params = scope->all->params;
    Oid *known;

    if (param->kind != PARAM_EXTERN || param->type != TYPE_UNKNOWN || params == NULL ||
        params->is_fixed)
        return NULL;
    if (param->id <= 0 || param->id > params->count)
        raise_missing(scope, param->id, param->loc);
    known = &params->types[param->id - 1];
    if (*known == TYPE_UNKNOWN)
        *known = type;
    else if (*known != type)
        scope_fail(scope, param->loc, SQLSTATE_AMBIGUOUS_PARAMETER,
                   .message = err_fmt("inconsistent types deduced for parameter $%d", param->id),
                   .detail = err_fmt("%s versus %s", type_shown(*known), type_shown(type)));
    param->type = type;
    param->typmod = -1;
    param->collation = type_collation(type);
    if (location >= 0 && (param->loc < 0 || location < param->loc))
        param->loc = location;
    return (Node *)(void *)param;
}

static bool check(Node *node, void *arg)
{
    const Scope *scope = arg;
    const ParamTypes *params = scope->all->params;
    const Param *param = (const Param *)(const void *)node;

    if (!node_is(node, Param) || param->kind != PARAM_EXTERN)
        return node_walk(node, check, arg);
    if (param->id <= 0 || param->id > params->count)
        raise_missing(scope, param->id, param->loc);
    /* One that was left unknown where it stands, though another place told its type. */
    if (param->type != params->types[param->id - 1])
        scope_fail(scope, param->loc, SQLSTATE_AMBIGUOUS_PARAMETER,
                   .message = err_fmt("could not determine data type of parameter $%d", param->id));
    return false;
}

void param_check(Scope *scope, const Query *query)
{
    const ParamTypes *params = scope->all->params;

    if (params == NULL || params->is_fixed)
        return;
    if (params->count > 0)
        check((Node *)(uintptr_t)query, scope);
    for (int i = 0; i < params->count; i++) {
        if (params->types[i] == 0 || params->types[i] == TYPE_UNKNOWN)
            err_raise(SQLSTATE_INDETERMINATE_DATATYPE,
                      .message = err_fmt("could not determine data type of parameter $%d", i + 1));
    }
}

/* ---- By name ---- */

#define FIELDS_MAX 3 /* of a name that leads to a parameter */

static Node *named(Scope *scope, const char *name, int location)
{
    const ParamTypes *params = scope->all->params;

    for (int i = 0; i < params->count; i++) {
        ParamRef ref = {.number = i + 1, .loc = location};

        if (params->names[i] != NULL && strcmp(params->names[i], name) == 0)
            return param_transform(scope, &ref);
    }
    return NULL;
}

Node *param_of_name(Scope *scope, const ColumnRef *ref)
{
    const ParamTypes *params = scope->all->params;
    const char *names[FIELDS_MAX];
    int count = list_count(ref->fields);
    Node *found;

    if (params == NULL || params->names == NULL || count > FIELDS_MAX)
        return NULL;
    for (int i = 0; i < count; i++) {
        if (!node_is(list_at(ref->fields, i), String))
            return NULL;
        names[i] = ((const String *)list_at(ref->fields, i))->value;
    }
    if (count == 1)
        return named(scope, names[0], ref->loc);
    if (count == 3) {
        found = strcmp(names[0], params->function) == 0 ? named(scope, names[1], ref->loc) : NULL;
        return found == NULL ? NULL : expr_field(scope, names[2], found, ref->loc);
    }
    found = strcmp(names[0], params->function) == 0 ? named(scope, names[1], ref->loc) : NULL;
    if (found != NULL)
        return found;
    found = named(scope, names[0], ref->loc);
    return found == NULL ? NULL : expr_field(scope, names[1], found, ref->loc);
}
