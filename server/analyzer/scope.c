/* scope.c - query levels while they are analyzed, and positions of errors */
#include "common/base/base.h"

#include <string.h>

#include "common/text/encoding.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
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
    if (scope->target != NULL)
        relation_unpin(scope->target);
    scope->target = NULL;
}

int scope_position(const Scope *scope, int location)
{
    const char *text = scope == NULL ? NULL : scope->all->text;

    if (location < 0 || text == NULL)
        return 0;
    return (int)encoding_count((Encoding)namespace_get_encoding(), text, (size_t)location) + 1;
}

static _Noreturn void raise_at(const Scope *scope, int location)
{
    ErrReport report = *err_caught();

    if (report.position == 0)
        report.position = scope_position(scope, location);
    err_raise_copy(&report);
}

void scope_call_at(const Scope *scope, int location, void (*fn)(void *arg), void *arg)
{
    ERR_TRY() {
        fn(arg);
    }
    ERR_CATCH() {
        raise_at(scope, location);
    }
    ERR_END();
}
