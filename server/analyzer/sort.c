/*
 * sort.c - ORDER BY and DISTINCT: which entries of the target list, in which order
 *
 * By the rules of SQL-92 an entry is meant by its name, or by its number; by those of SQL-99 by an
 * expression, which becomes a junk entry when no entry is equal to it. Windows and aggregates have
 * the latter alone.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* ---- Entries ---- */

static void check_groupable(Scope *scope, const TargetEntry *entry, ExprKind kind)
{
    if (kind != EXPR_GROUP_BY)
        return;
    if (scope->has_aggs && expr_has_aggs(entry->expr, 0))
        scope_fail(scope, expr_locate_agg(entry->expr, 0), SQLSTATE_GROUPING_ERROR,
                   .message =
                       err_fmt("aggregate functions are not allowed in %s", expr_kind_name(kind)));
    if (scope->has_window_funcs && expr_has_windows(entry->expr))
        scope_fail(scope, expr_locate_window(entry->expr), SQLSTATE_WINDOWING_ERROR,
                   .message =
                       err_fmt("window functions are not allowed in %s", expr_kind_name(kind)));
}

static TargetEntry *find_by_name(Scope *scope, const ColumnRef *ref, const List *targets,
                                 ExprKind kind)
{
    const char *name = ((const String *)list_at(ref->fields, 0))->value;
    TargetEntry *found = NULL;

    /* In GROUP BY a column of FROM is meant first. */
    if (kind == EXPR_GROUP_BY && column_find_local(scope, name, ref->loc) != NULL)
        return NULL;
    list_foreach(TargetEntry *, entry, targets) {
        if (entry->is_junk || !str_equal(entry->name, name))
            continue;
        if (found == NULL)
            found = entry;
        else if (!node_equal(found->expr, entry->expr))
            scope_fail(scope, ref->loc, SQLSTATE_AMBIGUOUS_COLUMN,
                       .message = err_fmt("%s \"%s\" is ambiguous", expr_kind_name(kind), name));
    }
    if (found != NULL)
        check_groupable(scope, found, kind);
    return found;
}

static TargetEntry *find_by_number(Scope *scope, const RawConst *raw, const List *targets,
                                   ExprKind kind)
{
    int number = 0;

    if (raw->kind != CONST_INT)
        scope_fail(scope, raw->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("non-integer constant in %s", expr_kind_name(kind)));
    list_foreach(TargetEntry *, entry, targets) {
        if (entry->is_junk || ++number != raw->number)
            continue;
        check_groupable(scope, entry, kind);
        return entry;
    }
    scope_fail(scope, raw->loc, SQLSTATE_INVALID_COLUMN_REFERENCE,
               .message = err_fmt("%s position %d is not in select list", expr_kind_name(kind),
                                  raw->number));
}

const Node *without_implicit_casts(const Node *expr)
{
    for (;;) {
        const void *node = expr;

        if (node_is(node, FuncExpr) && ((const FuncExpr *)node)->form == COERCE_IMPLICIT)
            expr = list_at(((const FuncExpr *)node)->args, 0);
        else if (node_is(node, RelabelType) && ((const RelabelType *)node)->form == COERCE_IMPLICIT)
            expr = ((const RelabelType *)node)->arg;
        else if (node_is(node, CoerceViaIO) && ((const CoerceViaIO *)node)->form == COERCE_IMPLICIT)
            expr = ((const CoerceViaIO *)node)->arg;
        else if (node_is(node, ArrayCoerceExpr) &&
                 ((const ArrayCoerceExpr *)node)->form == COERCE_IMPLICIT)
            expr = ((const ArrayCoerceExpr *)node)->arg;
        else if (node_is(node, ConvertRowtypeExpr) &&
                 ((const ConvertRowtypeExpr *)node)->form == COERCE_IMPLICIT)
            expr = ((const ConvertRowtypeExpr *)node)->arg;
        else if (node_is(node, CoerceToDomain) &&
                 ((const CoerceToDomain *)node)->form == COERCE_IMPLICIT)
            expr = ((const CoerceToDomain *)node)->arg;
        else
            return expr;
    }
}

static TargetEntry *find_by_expr(Scope *scope, Node *raw, List **targets, ExprKind kind)
{
    Node *expr = expr_transform(scope, raw, kind);
    TargetEntry *added;

    list_foreach(TargetEntry *, entry, *targets) {
        if (node_equal(expr, without_implicit_casts(entry->expr)))
            return entry;
    }
    added = target_transform(scope, raw, expr, kind, NULL, true);
    *targets = list_add(*targets, added);
    return added;
}

TargetEntry *sort_find_entry(Scope *scope, Node *raw, List **targets, ExprKind kind, bool sql99)
{
    if (!sql99 && node_is(raw, ColumnRef)) {
        const ColumnRef *ref = (const ColumnRef *)(const void *)raw;

        if (list_count(ref->fields) == 1 && node_is(list_at(ref->fields, 0), String)) {
            TargetEntry *found = find_by_name(scope, ref, *targets, kind);

            if (found != NULL)
                return found;
        }
    }
    if (!sql99 && node_is(raw, RawConst))
        return find_by_number(scope, (const RawConst *)(const void *)raw, *targets, kind);
    return find_by_expr(scope, raw, targets, kind);
}

unsigned sort_assign_ref(TargetEntry *entry, List *targets)
{
    unsigned max = 0;

    if (entry->sort_group_ref != 0)
        return entry->sort_group_ref;
    list_foreach(const TargetEntry *, one, targets) {
        if (one->sort_group_ref > max)
            max = one->sort_group_ref;
    }
    entry->sort_group_ref = max + 1;
    return entry->sort_group_ref;
}

TargetEntry *target_by_ref(unsigned ref, const List *targets)
{
    list_foreach(TargetEntry *, entry, targets) {
        if (entry->sort_group_ref == ref)
            return entry;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = "ORDER/GROUP BY expression not found in targetlist");
}

static Oid commutator(Oid op)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(op));

    return row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprcom;
}

bool sort_has_entry(const TargetEntry *entry, Oid sort_operator, const List *clauses)
{
    if (entry->sort_group_ref == 0)
        return false;
    list_foreach(const SortGroupClause *, clause, clauses) {
        if (clause->ref == entry->sort_group_ref &&
            (sort_operator == 0 || sort_operator == clause->sort_operator ||
             sort_operator == commutator(clause->sort_operator)))
            return true;
    }
    return false;
}

/* ---- Operators ---- */

typedef struct FindCall {
    Scope *scope;
    Oid type;
    const SortBy *by; /* NULL: for grouping */
    Oid sort_operator, equal_operator;
    bool is_hashable, is_reverse;
} FindCall;

static void find_using(FindCall *call)
{
    OperFound op;
    int count;
    BtreeMeaning *meanings;

    oper_find_compatible(call->scope, call->by->using_operator, call->type, call->type,
                         NODE_NO_LOCATION, &op);
    call->sort_operator = op.oid;
    meanings = operator_btree_meanings(op.oid, &count);
    for (int i = 0; i < count && call->equal_operator == 0; i++) {
        const BtreeMeaning *m = &meanings[i];

        if (m->strategy != 1 && m->strategy != 5)
            continue;
        call->equal_operator = opfamily_operator(m->family, m->left, m->right, 3);
        call->is_reverse = m->strategy == 5;
    }
    if (call->equal_operator == 0)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("operator %s is not a valid ordering operator",
                                     ((const String *)list_last(call->by->using_operator))->value),
                  .hint = "Ordering operators must be \"<\" or \">\" members of btree operator "
                          "families.");
    call->is_hashable = type_operators(call->type)->is_hashable;
}

static void call_find(void *arg)
{
    FindCall *call = arg;
    TypeOperators ops;

    if (call->by != NULL && call->by->order == SORT_USING) {
        find_using(call);
        return;
    }
    call->is_reverse = call->by != NULL && call->by->order == SORT_DESC;
    oper_sort_group(call->type, call->by != NULL && !call->is_reverse, true, call->is_reverse,
                    &ops);
    call->sort_operator = call->is_reverse ? ops.greater : ops.less;
    call->equal_operator = ops.equal;
    call->is_hashable = ops.is_hashable;
}

static Oid known_type(Scope *scope, TargetEntry *entry)
{
    Oid type = node_expr_type(entry->expr);

    if (type != TYPE_UNKNOWN)
        return type;
    entry->expr = coerce_type(scope, entry->expr, type, TYPE_TEXT, -1, COERCE_AS_IMPLICIT,
                              COERCE_IMPLICIT, NODE_NO_LOCATION);
    return TYPE_TEXT;
}

static SortGroupClause *make_clause(const FindCall *call, unsigned ref)
{
    SortGroupClause *clause = node_new(SortGroupClause);

    clause->ref = ref;
    clause->equal_operator = call->equal_operator;
    clause->sort_operator = call->sort_operator;
    clause->is_hashable = call->is_hashable;
    if (call->by != NULL)
        clause->is_nulls_first = call->by->nulls == NULLS_FIRST ||
                                 (call->by->nulls == NULLS_DEFAULT && call->is_reverse);
    return clause;
}

List *sort_add_target(Scope *scope, TargetEntry *entry, List *clauses, List *targets,
                      const SortBy *by)
{
    FindCall call = {.scope = scope, .type = known_type(scope, entry), .by = by};

    scope_call_at(scope, by->loc >= 0 ? by->loc : raw_location(by->expr), call_find, &call);
    if (sort_has_entry(entry, call.sort_operator, clauses))
        return clauses;
    return list_add(clauses, make_clause(&call, sort_assign_ref(entry, targets)));
}

List *group_add_target(Scope *scope, TargetEntry *entry, List *clauses, List *targets, int location)
{
    FindCall call = {.scope = scope, .type = known_type(scope, entry)};

    if (sort_has_entry(entry, 0, clauses))
        return clauses;
    scope_call_at(scope, location, call_find, &call);
    return list_add(clauses, make_clause(&call, sort_assign_ref(entry, targets)));
}

/* For the result of a set operation, which is no entry of a target list. */
SortGroupClause *group_clause_of_type(Scope *scope, Oid type, int location)
{
    FindCall call = {.scope = scope, .type = type};

    scope_call_at(scope, location, call_find, &call);
    return make_clause(&call, 0);
}

List *sort_transform(Scope *scope, const List *raw, List **targets, ExprKind kind, bool sql99)
{
    List *clauses = NULL;

    list_foreach(const SortBy *, by, raw) {
        TargetEntry *entry = sort_find_entry(scope, by->expr, targets, kind, sql99);

        clauses = sort_add_target(scope, entry, clauses, *targets, by);
    }
    return clauses;
}

/* ---- DISTINCT ---- */

static void check_visible(const Scope *scope, const TargetEntry *entry, bool is_agg)
{
    if (entry->is_junk)
        scope_fail(scope, node_expr_location(entry->expr), SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = is_agg ? "in an aggregate with DISTINCT, ORDER BY expressions must "
                                       "appear in argument list"
                                     : "for SELECT DISTINCT, ORDER BY expressions must appear in "
                                       "select list");
}

/* In the order of ORDER BY as far as that goes, so that one sort serves both. */
List *distinct_transform(Scope *scope, List **targets, List *order_by, bool is_agg)
{
    List *clauses = NULL;

    list_foreach(const SortGroupClause *, by, order_by) {
        check_visible(scope, target_by_ref(by->ref, *targets), is_agg);
        clauses = list_add(clauses, node_copy(by));
    }
    list_foreach(TargetEntry *, entry, *targets) {
        if (!entry->is_junk)
            clauses =
                group_add_target(scope, entry, clauses, *targets, node_expr_location(entry->expr));
    }
    if (clauses == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = is_agg ? "an aggregate with DISTINCT must have at least one argument"
                                    : "SELECT DISTINCT must have at least one column");
    return clauses;
}

static int find_ref(const List *refs, unsigned ref)
{
    for (int i = 0; i < list_count(refs); i++) {
        if ((unsigned)list_int_at(refs, i) == ref)
            return i;
    }
    return -1;
}

static _Noreturn void raise_unordered(const Scope *scope, const Node *raw)
{
    scope_fail(scope, raw_location(raw), SQLSTATE_INVALID_COLUMN_REFERENCE,
               .message = "SELECT DISTINCT ON expressions must match initial ORDER BY "
                          "expressions");
}

List *distinct_on_transform(Scope *scope, const List *raw, List **targets, List *order_by)
{
    List *refs = NULL, *clauses = NULL;
    bool is_skipped = false;

    list_foreach(Node *, item, raw) {
        TargetEntry *entry = sort_find_entry(scope, item, targets, EXPR_DISTINCT_ON, false);

        refs = list_add_int(refs, (int)sort_assign_ref(entry, *targets));
    }
    list_foreach(const SortGroupClause *, by, order_by) {
        int at = find_ref(refs, by->ref);

        if (at < 0)
            is_skipped = true;
        else if (is_skipped)
            raise_unordered(scope, list_at(raw, at));
        else
            clauses = list_add(clauses, node_copy(by));
    }
    for (int i = 0; i < list_count(raw); i++) {
        TargetEntry *entry = target_by_ref((unsigned)list_int_at(refs, i), *targets);

        if (sort_has_entry(entry, 0, clauses))
            continue;
        if (is_skipped)
            raise_unordered(scope, list_at(raw, i));
        clauses = group_add_target(scope, entry, clauses, *targets, raw_location(list_at(raw, i)));
    }
    return clauses;
}
