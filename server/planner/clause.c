/* clause.c - conditions: made, handed to relations, sorted out. */
#include "common/base/base.h"

#include "server/planner/clause.h"

#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"

static List *make_arms(const BoolExpr *expr, const ClauseSpec *spec);

Clause *clause_new(Node *expr, const ClauseSpec *spec)
{
    Clause *clause = mem_new(Clause);
    bool may_tell = spec->security_level > 0 && expr_has_leak(expr);

    *clause = (Clause){.tag = CLAUSE_TAG,
                       .expr = expr,
                       .is_pushed_down = spec->is_pushed_down,
                       .is_delayed_by_outer_join = spec->is_delayed,
                       .is_pseudoconstant = spec->is_pseudoconstant,
                       .security_level = may_tell ? spec->security_level : 0,
                       .outer = bitset_copy(spec->outer),
                       .nullable = bitset_copy(spec->nullable),
                       .cost = {.startup = -1},
                       .selectivity = -1,
                       .outer_selectivity = -1,
                       .left_bucket = -1,
                       .right_bucket = -1,
                       .left_mcv = -1,
                       .right_mcv = -1};
    if (expr_is_binary(expr)) {
        clause->left = expr_rels(expr_left(expr));
        clause->right = expr_rels(expr_right(expr));
        clause->relids = bitset_union(clause->left, clause->right);
        clause->can_join = clause->left != NULL && clause->right != NULL &&
                           !bitset_overlaps(clause->left, clause->right);
    } else {
        clause->relids = expr_rels(expr);
    }
    clause->rel_count = bitset_count(clause->relids);
    clause->required = spec->required != NULL ? bitset_copy(spec->required) : clause->relids;
    if (expr_is_or(expr))
        clause->or_arms = make_arms((const BoolExpr *)(const void *)expr, spec);
    return clause;
}

static List *make_arms(const BoolExpr *expr, const ClauseSpec *spec)
{
    ClauseSpec inner = *spec;
    List *arms = NULL;

    inner.required = NULL;
    list_foreach(Node *, arm, expr->args) {
        List *parts = NULL;

        if (expr_is_and(arm)) {
            list_foreach(Node *, part, ((BoolExpr *)(void *)arm)->args)
                parts = list_add(parts, clause_new(part, &inner));
        } else {
            parts = list_of(clause_new(arm, &inner));
        }
        arms = list_add(arms, parts);
    }
    return arms;
}

void clause_check_merge(Clause *clause)
{
    const OpExpr *op = (const void *)clause->expr;

    if (clause->is_pseudoconstant || !expr_is_binary(op))
        return;
    if (facts_can_merge(op->operator, node_expr_type(expr_left(op))) &&
        !expr_has_volatile(clause->expr))
        clause->merge_families = facts_merge_families(op->operator);
}

void clause_check_hash(Clause *clause)
{
    const OpExpr *op = (const void *)clause->expr;

    if (clause->is_pseudoconstant || !expr_is_binary(op) || !clause->can_join)
        return;
    if (facts_can_hash(op->operator, node_expr_type(expr_left(op))) &&
        !expr_has_volatile(clause->expr)) {
        clause->hash_operator = op->operator;
        facts_hash_equalities(op->operator, & clause->left_hash_equal, &clause->right_hash_equal);
    }
}

void clause_distribute(Planner *root, Clause *clause)
{
    int only = bitset_only(clause->required);

    if (only >= 0) {
        PlanRel *rel = plan_rel(root, only);

        rel->restrict_clauses = list_add(rel->restrict_clauses, clause);
        return;
    }
    clause_check_hash(clause);
    for (int i = -1; (i = bitset_next(clause->required, i)) >= 0;) {
        PlanRel *rel = plan_rel(root, i);

        rel->join_clauses = list_add(rel->join_clauses, clause);
    }
}

List *clause_exprs(const List *clauses, bool is_pseudoconstant)
{
    List *exprs = NULL;

    list_foreach(Clause *, clause, clauses) {
        if (clause->is_pseudoconstant == is_pseudoconstant)
            exprs = list_add(exprs, clause->expr);
    }
    return exprs;
}

List *clause_all_exprs(const List *clauses)
{
    List *exprs = NULL;

    list_foreach(Clause *, clause, clauses)
        exprs = list_add(exprs, clause->expr);
    return exprs;
}

bool clause_is_pushed_down(const Clause *clause, const BitSet *join_rels)
{
    return clause->is_pushed_down || !bitset_is_subset(clause->required, join_rels);
}

void clause_split_join(const List *clauses, const BitSet *join_rels, List **joins, List **others)
{
    *joins = *others = NULL;
    list_foreach(Clause *, clause, clauses) {
        if (clause->is_pseudoconstant)
            continue;
        if (clause_is_pushed_down(clause, join_rels))
            *others = list_add(*others, clause);
        else
            *joins = list_add(*joins, clause);
    }
}

bool clause_can_move_to(const Clause *clause, const PlanRel *rel)
{
    int rt_index = (int)rel->rt_index;

    if (!bitset_has(clause->relids, rt_index))
        return false;
    /* An outer join's condition must not filter the side that is kept. */
    if (bitset_has(clause->outer, rt_index))
        return false;
    if (bitset_has(clause->nullable, rt_index))
        return false;
    /* What needs to be done with rows of the relation itself before. */
    return !bitset_overlaps(clause->relids, rel->lateral_referencers);
}

bool clause_can_move_into(const Clause *clause, const BitSet *current, const BitSet *outer)
{
    if (!bitset_is_subset(clause->relids, bitset_union(current, outer)))
        return false;
    if (!bitset_overlaps(current, clause->relids))
        return false;
    if (bitset_overlaps(current, clause->outer))
        return false;
    return !bitset_overlaps(current, clause->nullable);
}

bool clause_is_redundant(const Clause *clause, const List *others)
{
    if (clause->parent_class == NULL)
        return false;
    list_foreach(Clause *, other, others) {
        if (other->parent_class == clause->parent_class)
            return true;
    }
    return false;
}

bool clause_sides_match(Clause *clause, const BitSet *outer, const BitSet *inner)
{
    if (bitset_is_subset(clause->left, outer) && bitset_is_subset(clause->right, inner)) {
        clause->is_outer_left = true;
        return true;
    }
    if (bitset_is_subset(clause->left, inner) && bitset_is_subset(clause->right, outer)) {
        clause->is_outer_left = false;
        return true;
    }
    return false;
}

Node *clause_commuted(const Clause *clause)
{
    const OpExpr *op = (const void *)clause->expr;
    Oid commuted = facts_commutator(op->operator);

    ASSERT(commuted != 0);
    return expr_op(commuted, op->type, op->collation, op->input_collation, expr_right(op),
                   expr_left(op));
}
