/* scope.c - query levels while they are analyzed, and positions of errors */
#include "common/base/base.h"

#include <string.h>

#include "server/analyzer/analyzer_int.h"
#include "server/analyzer/position.h"
#include "server/cache/relcache.h"

#define BY_CLAUSE ""

static const struct {
    const char *name;
} kind_names[] = {
#define ROW(kind, clause, agg, window, sublink, set) {clause},
#include "server/analyzer/expr_kind.def"
#undef ROW
};

const char *expr_kind_name(ExprKind kind)
{
    return kind_names[kind].name == NULL ? "unrecognized expression kind" : kind_names[kind].name;
}

Scope *scope_new(Scope *parent, Analysis *all)
{
    Scope *scope = mem_new(Scope);

    scope->parent = parent;
    scope->all = all;
    scope->next_resno = 1;
    scope->resolves_unknowns = true;
    return scope;
}

Scope *scope_child(Scope *parent)
{
    Scope *scope = scope_new(parent, parent->all);

    scope->domain_value_type = 0;
    return scope;
}

void scope_close(Scope *scope)
{
    if (scope->next_resno - 1 > TARGETS_MAX)
        err_raise(SQLSTATE_TOO_MANY_COLUMNS,
                  .message = err_fmt("target lists can have at most %d entries", TARGETS_MAX));
    if (scope->target != NULL)
        relation_unpin(scope->target);
    scope->target = NULL;
}

static const char *text_of(const Scope *scope)
{
    return scope == NULL || scope->all == NULL ? NULL : scope->all->text;
}

int scope_position(const Scope *scope, int location)
{
    return text_position(text_of(scope), location);
}

void scope_call_at(const Scope *scope, int location, void (*fn)(void *arg), void *arg)
{
    text_call_at(text_of(scope), location, fn, arg);
}
