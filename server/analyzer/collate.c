/*
 * collate.c - which collation each expression gives, and works by
 *
 * A collation comes up from the parts of an expression: from columns and types implicitly, from
 * COLLATE explicitly, which wins. Two different implicit ones are a conflict, which harms only
 * what needs a collation; the default collation gives way to any other.
 *
 * Source: PostgreSQL 15 manual, "Collation Support".
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* In the order in which one beats another. */
typedef enum Strength { NONE, IMPLICIT, CONFLICT, EXPLICIT } Strength;

typedef struct State {
    Scope *scope;
    Oid collation;
    Strength strength;
    int location;
    Oid other; /* of a conflict */
    int other_location;
} State;

static bool assign(Node *node, void *arg);

static State new_state(Scope *scope)
{
    return (State){
        .scope = scope, .location = NODE_NO_LOCATION, .other_location = NODE_NO_LOCATION};
}

/* ---- Merging ---- */

static _Noreturn void raise_explicit(const State *into, const State *from)
{
    scope_fail(into->scope, from->location, SQLSTATE_COLLATION_MISMATCH,
               .message =
                   err_fmt("collation mismatch between explicit collations \"%s\" and "
                           "\"%s\"",
                           collation_name(into->collation), collation_name(from->collation)));
}

static _Noreturn void raise_implicit(const State *state)
{
    scope_fail(state->scope, state->other_location, SQLSTATE_COLLATION_MISMATCH,
               .message = err_fmt("collation mismatch between implicit collations \"%s\" and "
                                  "\"%s\"",
                                  collation_name(state->collation), collation_name(state->other)),
               .hint = "You can choose the collation by applying the COLLATE clause to one or both "
                       "expressions.");
}

static void take(State *into, const State *from)
{
    into->collation = from->collation;
    into->strength = from->strength;
    into->location = from->location;
    if (from->strength == CONFLICT) {
        into->other = from->other;
        into->other_location = from->other_location;
    }
}

static void merge(State *into, const State *from)
{
    if (from->strength > into->strength) {
        take(into, from);
        return;
    }
    if (from->strength < into->strength || from->collation == into->collation)
        return;
    if (from->strength == EXPLICIT)
        raise_explicit(into, from);
    if (from->strength != IMPLICIT)
        return;
    if (into->collation == COLLATION_DEFAULT) {
        take(into, from);
    } else if (from->collation != COLLATION_DEFAULT) {
        into->strength = CONFLICT;
        into->other = from->collation;
        into->other_location = from->location;
    }
}

static void bubble(State *outer, Oid collation, Strength strength, const Node *node)
{
    State own = new_state(outer->scope);

    own.collation = collation;
    own.strength = strength;
    own.location = strength == NONE ? NODE_NO_LOCATION : node_expr_location(node);
    merge(outer, &own);
}

static void walk_into(void *tree, State *inner)
{
    if (tree == NULL)
        return;
    if (((Node *)tree)->tag == NODE_List)
        node_walk(tree, assign, inner);
    else
        assign(tree, inner);
}

/* ---- Kinds ---- */

static void assign_leaf(Node *node, State *outer)
{
    Oid collation = node_expr_collation(node);

    bubble(outer, collation, collation != 0 ? IMPLICIT : NONE, node);
}

static void assign_collate(CollateExpr *expr, State *outer)
{
    State inner = new_state(outer->scope), own = inner;

    walk_into(expr->arg, &inner);
    own.collation = expr->collation;
    own.strength = EXPLICIT;
    own.location = expr->loc;
    merge(outer, &own);
}

static void assign_field(FieldSelect *field, State *outer)
{
    State inner = new_state(outer->scope);

    walk_into(field->arg, &inner);
    bubble(outer, field->collation, field->collation != 0 ? IMPLICIT : NONE, (Node *)(void *)field);
}

static void assign_row_compare(RowCompareExpr *expr, State *outer)
{
    List *collations = NULL;

    for (int i = 0; i < list_count(expr->left); i++)
        collations = list_add_oid(
            collations,
            collate_select(outer->scope, list_of2(list_at(expr->left, i), list_at(expr->right, i)),
                           true));
    expr->input_collations = collations;
}

/* A domain with a collation of its own has that. */
static void assign_to_domain(CoerceToDomain *expr, State *outer)
{
    State inner = new_state(outer->scope), own;
    Oid of_type = type_collation(expr->type);

    walk_into(expr->arg, &inner);
    own = inner;
    if (of_type == 0) {
        own = new_state(outer->scope);
    } else if (of_type != COLLATION_DEFAULT) {
        own.collation = of_type;
        own.strength = IMPLICIT;
        own.location = node_expr_location(expr);
    }
    expr->collation = own.strength == CONFLICT ? 0 : own.collation;
    merge(outer, &own);
}

static void assign_target(TargetEntry *entry, State *outer)
{
    State inner = new_state(outer->scope);

    walk_into(entry->expr, &inner);
    if (inner.strength == CONFLICT && entry->sort_group_ref != 0)
        raise_implicit(&inner);
    merge(outer, &inner);
}

static void assign_query_value(const Query *query, State *outer)
{
    const TargetEntry *entry;
    State own = new_state(outer->scope);

    if (query->targets == NULL)
        return;
    entry = list_at(query->targets, 0);
    if (entry->is_junk)
        return;
    own.collation = node_expr_collation(entry->expr);
    own.strength = IMPLICIT;
    own.location = node_expr_location(entry->expr);
    merge(outer, &own);
}

/* ---- Aggregates ---- */

static bool is_variadic_function(Oid function)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));

    return row != NULL && CACHE_ROW(PgProc, row)->provariadic != 0;
}

static void assign_plain_args(const Aggref *agg, State *inner)
{
    list_foreach(TargetEntry *, entry, agg->args) {
        if (entry->is_junk)
            collate_expr(inner->scope, (Node *)(void *)entry);
        else
            walk_into(entry, inner);
    }
}

static void assign_ordered_args(const Aggref *agg, State *inner)
{
    bool merges = list_count(agg->args) == 1 && !is_variadic_function(agg->function);

    walk_into(agg->direct_args, inner);
    list_foreach(TargetEntry *, entry, agg->args) {
        if (merges)
            walk_into(entry, inner);
        else
            collate_expr(inner->scope, (Node *)(void *)entry);
    }
}

/* Each hypothetical value is compared with the column of its place. */
static void assign_hypothetical_args(const Aggref *agg, State *inner)
{
    bool merges = list_count(agg->args) == 1 && !is_variadic_function(agg->function);
    int extra = list_count(agg->direct_args) - list_count(agg->args);

    for (int i = 0; i < list_count(agg->direct_args); i++) {
        State pair = new_state(inner->scope);
        TargetEntry *entry;

        if (i < extra) {
            walk_into(list_at(agg->direct_args, i), inner);
            continue;
        }
        entry = list_at(agg->args, i - extra);
        walk_into(list_at(agg->direct_args, i), &pair);
        walk_into(entry->expr, &pair);
        if (pair.strength == CONFLICT)
            raise_implicit(&pair);
        if (pair.collation != 0 && pair.collation != node_expr_collation(entry->expr))
            entry->expr = (Node *)(void *)make_relabel(entry->expr, node_expr_type(entry->expr),
                                                       node_expr_typmod(entry->expr),
                                                       pair.collation, COERCE_IMPLICIT);
        if (merges)
            merge(inner, &pair);
    }
}

static void assign_agg_args(const Aggref *agg, State *inner)
{
    if (agg->kind == 'n')
        assign_plain_args(agg, inner);
    else if (agg->kind == 'o')
        assign_ordered_args(agg, inner);
    else
        assign_hypothetical_args(agg, inner);
    collate_expr(inner->scope, agg->filter);
}

/* ---- All others ---- */

static void assign_parts(Node *node, State *inner)
{
    void *any = node;

    switch (node->tag) {
    case NODE_Aggref:
        assign_agg_args(any, inner);
        break;
    case NODE_WindowFunc:
        walk_into(((WindowFunc *)any)->args, inner);
        collate_expr(inner->scope, ((WindowFunc *)any)->filter);
        break;
    case NODE_CaseExpr:
        list_foreach(CaseWhen *, when, ((CaseExpr *)any)->whens) {
            walk_into(when->condition, inner);
            walk_into(when->result, inner);
        }
        walk_into(((CaseExpr *)any)->default_result, inner);
        break;
    case NODE_SubscriptingRef:
        collate_list(inner->scope, ((SubscriptingRef *)any)->upper);
        collate_list(inner->scope, ((SubscriptingRef *)any)->lower);
        walk_into(((SubscriptingRef *)any)->container, inner);
        walk_into(((SubscriptingRef *)any)->assigned, inner);
        break;
    default:
        node_walk(node, assign, inner);
        break;
    }
}

static void assign_general(Node *node, State *outer)
{
    State inner = new_state(outer->scope), own;
    Oid of_type;

    assign_parts(node, &inner);
    own = inner;
    of_type = type_collation(node_expr_type(node));
    if (of_type == 0) {
        own = new_state(outer->scope);
    } else if (inner.strength == NONE) {
        own.collation = of_type;
        own.strength = IMPLICIT;
        own.location = node_expr_location(node);
    }
    node_expr_set_collation(node, own.strength == CONFLICT ? 0 : own.collation);
    node_expr_set_input_collation(node, inner.strength == CONFLICT ? 0 : inner.collation);
    merge(outer, &own);
}

static bool assign(Node *node, void *arg)
{
    State *outer = arg, inner;
    void *any = node;

    node_check_depth();
    switch (node->tag) {
    case NODE_CollateExpr:
        assign_collate(any, outer);
        break;
    case NODE_FieldSelect:
        assign_field(any, outer);
        break;
    case NODE_RowExpr:
        collate_list(outer->scope, ((RowExpr *)any)->args);
        break;
    case NODE_RowCompareExpr:
        assign_row_compare(any, outer);
        break;
    case NODE_CoerceToDomain:
        assign_to_domain(any, outer);
        break;
    case NODE_TargetEntry:
        assign_target(any, outer);
        break;
    case NODE_InferenceElem:
    case NODE_JoinExpr:
    case NODE_FromExpr:
    case NODE_OnConflictExpr:
    case NODE_MergeAction:
        inner = new_state(outer->scope);
        node_walk(node, assign, &inner);
        break;
    case NODE_RangeTblRef:
    case NODE_SortGroupClause:
    case NODE_SetOperationStmt:
    case NODE_String:
    case NODE_Alias:
        break;
    case NODE_Query:
        assign_query_value(any, outer);
        break;
    case NODE_Var:
    case NODE_Const:
    case NODE_Param:
    case NODE_CoerceToDomainValue:
    case NODE_CaseTestExpr:
    case NODE_SetToDefault:
    case NODE_CurrentOfExpr:
        assign_leaf(node, outer);
        break;
    default:
        assign_general(node, outer);
        break;
    }
    return false;
}

/* ---- From outside ---- */

void collate_expr(Scope *scope, void *expr)
{
    State state = new_state(scope);

    walk_into(expr, &state);
}

void collate_list(Scope *scope, const List *exprs)
{
    list_foreach(Node *, expr, exprs)
        collate_expr(scope, expr);
}

Oid collate_select(Scope *scope, List *exprs, bool none_ok)
{
    State state = new_state(scope);

    walk_into(exprs, &state);
    if (state.strength != CONFLICT)
        return state.collation;
    if (none_ok)
        return 0;
    raise_implicit(&state);
}

void collate_query(Scope *scope, Query *query)
{
    collate_list(scope, query->targets);
    collate_expr(scope, query->on_conflict);
    collate_list(scope, query->merge_actions);
    collate_list(scope, query->returning);
    collate_expr(scope, query->from);
    collate_expr(scope, query->having);
    list_foreach(WindowClause *, window, query->windows) {
        collate_expr(scope, window->start_offset);
        collate_expr(scope, window->end_offset);
    }
    collate_expr(scope, query->limit_offset);
    collate_expr(scope, query->limit_count);
}
