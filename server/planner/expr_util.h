/*
 * expr_util.h - questions about expressions, and small pieces of them
 *
 * Sets of relations are those of level 0, the query that is planned.
 */
#ifndef PLANNER_EXPR_UTIL_H
#define PLANNER_EXPR_UTIL_H

#include "common/base/base.h"

#include "server/node/bitset.h"
#include "server/node/node.h"

/* ---- Lists ---- */

List *list_copy(const List *list);
bool list_has(const List *list, const void *pointer);    /* the same pointer */
bool list_has_equal(const List *list, const void *node); /* an equal node */
List *list_add_new(List *list, void *node);              /* unless an equal one is there */
bool list_has_oid(const List *list, Oid oid);
bool list_has_int(const List *list, int number);
bool list_overlaps_oids(const List *a, const List *b);
List *list_without(const List *list, const void *pointer); /* a new one */

/* ---- What is in an expression ---- */

/* Relations of Vars, also those in subqueries. */
BitSet *expr_rels(const void *expr);

/* Columns of that relation, added to set as attno + EXPR_COLUMN_BASE. */
#define EXPR_COLUMN_BASE 7
BitSet *expr_columns(const void *expr, uint32_t rt_index, BitSet *set);

/* Vars of level 0; with EXPR_WITH_* also those nodes, else their arguments are looked into. */
enum {
    EXPR_WITH_AGGS = 1,
    EXPR_WITH_WINDOWS = 2,
};
List *expr_vars(const void *expr, int flags);

/* Vars of that level or further out, in a subquery of it. */
List *expr_vars_of_level(const void *node, int level);

bool expr_has_vars(const void *expr); /* of level 0 */
bool expr_has_volatile(const void *expr);
bool expr_has_mutable(const void *expr);
bool expr_has_nonstrict(const void *expr);
bool expr_has_leak(const void *expr); /* may tell values of rows by errors, messages or the like */
bool expr_has_subplan(const void *expr); /* SubPlan, SubLink */
bool expr_has_exec_param(const void *expr);
double expr_set_rows(const void *expr); /* rows that functions of sets in it return */

/* No Vars and nothing volatile: it has one value in a run of the plan. */
bool expr_is_pseudoconstant(const void *expr);

/* ---- NULL ---- */

/* Relations of which a row of NULLs makes the expression not true; is_top: a condition. */
BitSet *expr_nonnullable_rels(const void *expr);
List *expr_nonnullable_vars(const void *expr); /* Var */
List *expr_forced_null_vars(const void *expr); /* Var: true only where they are NULL */

/* ---- Pieces ---- */

Node *expr_strip_relabel(const void *expr);

Node *expr_and(List *args); /* one: itself; none: true */
Node *expr_or(List *args);
Node *expr_not(Node *arg);       /* simplified by negators where it can be */
List *expr_and_list(Node *qual); /* its arms, nothing for true; a new list */
Node *expr_bool(bool value);
Node *expr_null(Oid type, int typmod, Oid collation);
Node *expr_int(int32_t value);
Node *expr_big(int64_t value);
Var *expr_var(int rt_index, int attno, Oid type, int typmod, Oid collation);
Var *expr_var_of_target(int rt_index, const TargetEntry *target);
TargetEntry *expr_target(Node *expr, int number, const char *name, bool is_junk);
Node *expr_op(Oid op, Oid type, Oid collation, Oid input_collation, Node *left, Node *right);
Node *expr_relabel(Node *arg, Oid type, int typmod, Oid collation);

static inline Node *as_node(const void *p)
{
    union {
        const void *from;
        Node *to;
    } cast = {p};

    return cast.to;
}

static inline bool expr_is_and(const void *expr)
{
    return node_is(expr, BoolExpr) && ((const BoolExpr *)expr)->kind == BOOL_AND;
}

static inline bool expr_is_or(const void *expr)
{
    return node_is(expr, BoolExpr) && ((const BoolExpr *)expr)->kind == BOOL_OR;
}

static inline bool expr_is_not(const void *expr)
{
    return node_is(expr, BoolExpr) && ((const BoolExpr *)expr)->kind == BOOL_NOT;
}

static inline Node *expr_left(const void *op)
{
    return list_at(((const OpExpr *)op)->args, 0);
}

static inline Node *expr_right(const void *op)
{
    const OpExpr *expr = op;

    return list_count(expr->args) < 2 ? NULL : list_at(expr->args, 1);
}

/* Is it an operator with two sides? */
static inline bool expr_is_binary(const void *expr)
{
    return node_is(expr, OpExpr) && list_count(((const OpExpr *)expr)->args) == 2;
}

/* The function of an operator's node, looked up when it is not noted there. */
Oid expr_op_function(const OpExpr *op);

/* Of columns and targets */
TargetEntry *target_of_ref(const List *targets, uint32_t ref);
TargetEntry *target_by_number(const List *targets, int number);
TargetEntry *target_of_expr(const List *targets, const void *expr);
Node *target_expr_by_ref(const List *targets, uint32_t ref);
List *target_exprs_of_clauses(const List *sort_groups, const List *targets);
SortGroupClause *sort_group_by_ref(const List *sort_groups, uint32_t ref);

#endif
