/*
 * index_match.c - which conditions an index can look for
 *
 * column OP value with an operator of the column's family, either way round; OP ANY (array); IS
 * NULL; a boolean column by itself; patterns (index_pattern.c).
 */
#include "common/base/base.h"

#include "server/planner/path.h"

#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"

#define FAMILY_BOOL_BTREE 424
#define FAMILY_BOOL_HASH  2222
#define OP_BOOL_EQUAL     91

static Node *strip(const Node *node)
{
    return node_is(node, RelabelType) ? ((const RelabelType *)(const void *)node)->arg
                                      : as_node(node);
}

bool path_operand_is_column(const PlanIndex *index, int column, const Node *operand)
{
    int next = 0;

    operand = strip(operand);
    if (index->columns[column] != 0)
        return node_is(operand, Var) &&
               ((const Var *)(const void *)operand)->rt_index == (int)index->rel->rt_index &&
               ((const Var *)(const void *)operand)->attno == index->columns[column] &&
               ((const Var *)(const void *)operand)->levels_up == 0;
    for (int i = 0; i < column; i++)
        next += index->columns[i] == 0;
    return node_equal(operand, strip(list_at(index->exprs, next)));
}

static IndexClause *new_match(Clause *clause, Clause *qual, int column)
{
    IndexClause *match = mem_new(IndexClause);

    *match = (IndexClause){.clause = clause, .quals = list_of(qual), .column = column};
    return match;
}

static bool is_collation_right(const PlanIndex *index, int column, Oid collation)
{
    return index->collations[column] == 0 || index->collations[column] == collation;
}

/* The same clause with its sides exchanged. */
static Clause *commuted(const Clause *clause)
{
    Clause *copy = mem_dup(clause, sizeof(*clause));

    copy->expr = clause_commuted(clause);
    copy->left = clause->right;
    copy->right = clause->left;
    copy->left_class = clause->right_class;
    copy->right_class = clause->left_class;
    copy->left_member = clause->right_member;
    copy->right_member = clause->left_member;
    copy->is_outer_left = !clause->is_outer_left;
    copy->merge_scans = NULL;
    copy->cost.startup = -1;
    return copy;
}

static IndexClause *match_operator(Clause *clause, int column, const PlanIndex *index)
{
    const OpExpr *op = (const void *)clause->expr;
    Oid family = index->families[column], other;
    int rel = (int)index->rel->rt_index;

    if (!expr_is_binary(op))
        return NULL;
    if (path_operand_is_column(index, column, expr_left(op)) && !bitset_has(clause->right, rel) &&
        !expr_has_volatile(expr_right(op))) {
        if (is_collation_right(index, column, op->input_collation) &&
            facts_strategy(op->operator, family, NULL, NULL) != 0)
            return new_match(clause, clause, column);
        return path_match_pattern(clause, facts_operator_function(op->operator), op->args, column,
                                  index);
    }
    if (path_operand_is_column(index, column, expr_right(op)) && !bitset_has(clause->left, rel) &&
        !expr_has_volatile(expr_left(op))) {
        other = facts_commutator(op->operator);
        if (other != 0 && is_collation_right(index, column, op->input_collation) &&
            facts_strategy(other, family, NULL, NULL) != 0)
            return new_match(clause, commuted(clause), column);
    }
    return NULL;
}

/* starts_with(column, value) and the like. */
static IndexClause *match_call(Clause *clause, int column, const PlanIndex *index)
{
    const FuncExpr *call = (const void *)clause->expr;

    if (list_count(call->args) != 2 ||
        !path_operand_is_column(index, column, list_at(call->args, 0)))
        return NULL;
    return path_match_pattern(clause, call->function, call->args, column, index);
}

static IndexClause *match_array(Clause *clause, int column, const PlanIndex *index)
{
    const ScalarArrayOpExpr *op = (const void *)clause->expr;
    const Node *array = list_at(op->args, 1);

    if (!op->is_any || !path_operand_is_column(index, column, list_at(op->args, 0)) ||
        bitset_has(expr_rels(array), (int)index->rel->rt_index) || expr_has_volatile(array))
        return NULL;
    if (!is_collation_right(index, column, op->input_collation) ||
        facts_strategy(op->operator, index->families[column], NULL, NULL) == 0)
        return NULL;
    return new_match(clause, clause, column);
}

/* flag is flag = true, NOT flag is flag = false. */
static IndexClause *match_bool(Clause *clause, int column, const PlanIndex *index)
{
    const Node *expr = clause->expr, *arg = NULL;
    bool value = true;
    Clause *qual;

    if (path_operand_is_column(index, column, expr)) {
        arg = expr;
    } else if (expr_is_not(expr)) {
        arg = list_at(((const BoolExpr *)(const void *)expr)->args, 0);
        value = false;
    } else if (node_is(expr, BooleanTest)) {
        const BooleanTest *test = (const void *)expr;

        if (test->kind == IS_TRUE || test->kind == IS_FALSE) {
            arg = test->arg;
            value = test->kind == IS_TRUE;
        }
    }
    if (arg == NULL || !path_operand_is_column(index, column, arg))
        return NULL;
    qual = clause_new(expr_op(OP_BOOL_EQUAL, TYPE_BOOL, 0, 0, as_node(arg), expr_bool(value)),
                      &(ClauseSpec){.is_pushed_down = true});
    return new_match(clause, qual, column);
}

IndexClause *path_match_index(Planner *root, Clause *clause, int column, const PlanIndex *index)
{
    const Node *expr = clause->expr;
    Oid family = index->families[column];

    /* It would be tested before the conditions of a view. */
    if (clause->security_level > 0 &&
        root->entries[index->rel->rt_index]->security_conditions != NULL)
        return NULL;
    if (family == FAMILY_BOOL_BTREE || family == FAMILY_BOOL_HASH) {
        IndexClause *match = match_bool(clause, column, index);

        if (match != NULL)
            return match;
    }
    switch (expr->tag) {
    case NODE_OpExpr:
        return match_operator(clause, column, index);
    case NODE_FuncExpr:
        return match_call(clause, column, index);
    case NODE_ScalarArrayOpExpr:
        return match_array(clause, column, index);
    case NODE_NullTest: {
        const NullTest *test = (const void *)expr;

        if (test->is_row || !path_operand_is_column(index, column, test->arg))
            return NULL;
        return new_match(clause, clause, column);
    }
    default:
        return NULL;
    }
}

bool path_index_binds_bool(Planner *root, const PlanIndex *index, int column)
{
    (void)root;
    if (index->families[column] != FAMILY_BOOL_BTREE)
        return false;
    list_foreach(Clause *, clause, index->rel->restrict_clauses) {
        if (!clause->is_pseudoconstant && match_bool(clause, column, index) != NULL)
            return true;
    }
    return false;
}

List *path_index_quals(const List *index_clauses)
{
    List *quals = NULL;

    list_foreach(IndexClause *, clause, index_clauses)
        quals = list_concat(quals, clause->quals);
    return quals;
}
