/* rel_join.c - joins as relations: their columns, conditions and sizes; unique inner sides. */
#include "common/base/base.h"

#include "server/planner/rel.h"

#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/path.h"
#include "server/planner/selec.h"

/* ---- Conditions ---- */

static List *add_clauses(const PlanRel *input, const BitSet *relids, List *clauses)
{
    list_foreach(Clause *, clause, input->join_clauses) {
        if (bitset_is_subset(clause->required, relids) && !list_has(clauses, clause))
            clauses = list_add(clauses, clause);
    }
    return clauses;
}

static List *join_conditions(Planner *root, const PlanRel *rel, const PlanRel *outer,
                             const PlanRel *inner)
{
    List *clauses = add_clauses(outer, rel->relids, NULL);

    clauses = add_clauses(inner, rel->relids, clauses);
    return list_concat(clauses, equiv_join_clauses(root, rel->relids, outer->relids, inner));
}

static void add_rest(PlanRel *rel, const PlanRel *input)
{
    list_foreach(Clause *, clause, input->join_clauses) {
        if (!bitset_is_subset(clause->required, rel->relids) &&
            !list_has(rel->join_clauses, clause))
            rel->join_clauses = list_add(rel->join_clauses, clause);
    }
}

/* Columns that are needed above. */
static void add_columns(Planner *root, PlanRel *rel, const PlanRel *input)
{
    list_foreach(Var *, var, input->target.exprs) {
        PlanRel *base = plan_rel(root, var->rt_index);

        if (bitset_is_subset(base->needed[var->attno - base->min_column], rel->relids))
            continue;
        rel->target.exprs = list_add(rel->target.exprs, var);
        rel->target.width += rel_column_width(base, var->attno, var->type, var->typmod);
    }
}

PlanRel *rel_join(Planner *root, BitSet *relids, PlanRel *outer, PlanRel *inner,
                  const OuterJoin *join, List **clauses)
{
    PlanRel *rel = rel_find_join(root, relids);

    if (rel != NULL) {
        *clauses = join_conditions(root, rel, outer, inner);
        return rel;
    }
    rel = rel_new(REL_JOIN, relids);
    rel->wants_startup = root->tuple_fraction > 0;
    rel->lateral = bitset_minus(bitset_union(outer->lateral, inner->lateral), relids);
    add_columns(root, rel, outer);
    add_columns(root, rel, inner);
    *clauses = join_conditions(root, rel, outer, inner);
    add_rest(rel, outer);
    add_rest(rel, inner);
    rel->has_class_joins = equiv_has_joins(root, rel);
    rel->rows = rel_join_rows(root, rel, outer, inner, outer->rows, inner->rows, join, *clauses);
    root->join_rels = list_add(root->join_rels, rel);
    return rel;
}

/* ---- Sizes ---- */

double rel_join_rows(Planner *root, const PlanRel *rel, const PlanRel *outer, const PlanRel *inner,
                     double outer_rows, double inner_rows, const OuterJoin *join,
                     const List *clauses)
{
    SelecScope scope = {.root = root, .kind = join->kind, .join = join};
    List *joins, *others;
    double s, pushed = 0, rows;

    (void)outer;
    (void)inner;
    if (join->kind == JOIN_LEFT || join->kind == JOIN_FULL || join->kind == JOIN_ANTI) {
        joins = others = NULL;
        list_foreach(Clause *, clause, clauses) {
            if (clause_is_pushed_down(clause, rel->relids))
                others = list_add(others, clause);
            else
                joins = list_add(joins, clause);
        }
        s = selec_list(&scope, joins);
        pushed = selec_list(&scope, others);
    } else {
        s = selec_list(&scope, clauses);
    }
    switch (join->kind) {
    case JOIN_LEFT:
        rows = max_double(outer_rows * inner_rows * s, outer_rows) * pushed;
        break;
    case JOIN_FULL:
        rows = max_double(max_double(outer_rows * inner_rows * s, outer_rows), inner_rows) * pushed;
        break;
    case JOIN_SEMI:
        rows = outer_rows * s;
        break;
    case JOIN_ANTI:
        rows = outer_rows * (1.0 - s) * pushed;
        break;
    default:
        rows = outer_rows * inner_rows * s;
        break;
    }
    return cost_clamp_rows(rows);
}

ParamInfo *rel_join_param(Planner *root, PlanRel *rel, const Path *outer_path,
                          const Path *inner_path, const OuterJoin *join, const BitSet *required,
                          List **clauses)
{
    BitSet *all;
    List *more = NULL, *implied;
    ParamInfo *param;

    if (required == NULL || bitset_is_empty(required))
        return NULL;
    all = bitset_union(rel->relids, required);
    implied =
        list_concat(list_copy(rel->join_clauses), equiv_join_clauses(root, all, required, rel));
    list_foreach(Clause *, clause, implied) {
        if (!clause_can_move_into(clause, rel->relids, required) ||
            clause_can_move_into(clause, outer_path->rel->relids, path_outer(outer_path)) ||
            clause_can_move_into(clause, inner_path->rel->relids, path_outer(inner_path)))
            continue;
        more = list_add(more, clause);
    }
    *clauses = list_concat(more, *clauses);
    param = rel_find_param(rel, required);
    if (param != NULL)
        return param;
    param = mem_new(ParamInfo);
    param->outer = bitset_copy(required);
    param->rows = min_double(rel_join_rows(root, rel, outer_path->rel, inner_path->rel,
                                           outer_path->rows, inner_path->rows, join, *clauses),
                             rel->rows);
    rel->param_infos = list_add(rel->param_infos, param);
    return param;
}

/* ---- Unique inner sides ---- */

typedef struct KeyClause {
    const Node *column; /* of the relation */
    List *families;
} KeyClause;

/* column = constant binds a column of the key as well. */
static bool const_binds(Clause *clause, const PlanRel *rel, KeyClause *out)
{
    if (!expr_is_binary(clause->expr) || clause->is_pseudoconstant)
        return false;
    if (clause->merge_families == NULL)
        clause_check_merge(clause);
    out->families = clause->merge_families;
    if (clause->left == NULL && bitset_is_subset(clause->right, rel->relids))
        out->column = expr_right(clause->expr);
    else if (clause->right == NULL && bitset_is_subset(clause->left, rel->relids))
        out->column = expr_left(clause->expr);
    else
        return false;
    return clause->merge_families != NULL;
}

static bool binds_column(const PlanIndex *index, int column, const KeyClause *key)
{
    return list_has_oid(key->families, index->families[column]) &&
           path_operand_is_column(index, column, key->column);
}

static bool expr_binds(const PlanIndex *index, int column, const List *exprs, const List *operators)
{
    list_foreach(Node *, expr, exprs) {
        if (path_operand_is_column(index, column, expr) &&
            facts_strategy(list_oid_at(operators, expr_i), index->families[column], NULL, NULL) ==
                3)
            return true;
    }
    return false;
}

bool rel_is_unique_for(Planner *root, PlanRel *rel, const List *clauses, List *exprs,
                       const List *operators)
{
    size_t count = 0;
    KeyClause *keys;

    (void)root;
    if (rel->type != REL_BASE || rel->indexes == NULL)
        return false;
    keys = mem_new_array(KeyClause,
                         (size_t)(list_count(clauses) + list_count(rel->restrict_clauses)) + 1);
    list_foreach(Clause *, clause, clauses)
        keys[count++] =
            (KeyClause){clause->is_outer_left ? expr_right(clause->expr) : expr_left(clause->expr),
                        clause->merge_families};
    list_foreach(Clause *, own, rel->restrict_clauses)
        count += const_binds(own, rel, &keys[count]);
    if (count == 0 && exprs == NULL)
        return false;
    list_foreach(PlanIndex *, index, rel->indexes) {
        int column = 0;

        if (!index->is_unique || !index->is_immediate ||
            (index->predicate != NULL && !index->is_predicate_ok))
            continue;
        for (; column < index->key_count; column++) {
            bool found = expr_binds(index, column, exprs, operators);

            for (size_t i = 0; i < count && !found; i++)
                found = binds_column(index, column, &keys[i]);
            if (!found)
                break;
        }
        if (column == index->key_count)
            return true;
    }
    return false;
}

bool rel_subquery_is_unique_for(const Planner *root, const PlanRel *rel, const List *clauses)
{
    const Query *query = rel->subplanner == NULL ? root->entries[rel->rt_index]->subquery
                                                 : rel->subplanner->query;
    const List *keys;
    BitSet *columns = NULL;

    if (query == NULL || query->has_target_sets)
        return false;
    list_foreach(Clause *, clause, clauses) {
        const Var *var = (const Var *)(void *)expr_strip_relabel(
            clause->is_outer_left ? expr_right(clause->expr) : expr_left(clause->expr));

        if (node_is(var, Var) && var->rt_index == (int)rel->rt_index && var->attno > 0)
            columns = bitset_add(columns, var->attno);
    }
    keys = query->distinct != NULL ? query->distinct : query->group_by;
    if (query->set_operations != NULL || query->grouping_sets != NULL)
        return false;
    if (keys == NULL)
        return query->has_aggs || query->having != NULL;
    list_foreach(SortGroupClause *, key, keys) {
        const TargetEntry *target = target_of_ref(query->targets, key->ref);

        if (target == NULL || !bitset_has(columns, target->number))
            return false;
    }
    return true;
}

bool rel_inner_is_unique(Planner *root, const BitSet *join_rels, const BitSet *outer,
                         PlanRel *inner, JoinKind kind, const List *clauses)
{
    bool is_outer =
        kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_RIGHT || kind == JOIN_ANTI;
    List *keys = NULL;

    if (clauses == NULL || inner->type != REL_BASE)
        return false;
    list_foreach(Clause *, clause, clauses) {
        if (is_outer && clause_is_pushed_down(clause, join_rels))
            continue;
        if (!clause->can_join || clause->merge_families == NULL ||
            !clause_sides_match(clause, outer, inner->relids))
            continue;
        keys = list_add(keys, clause);
    }
    if (inner->kind == RTE_SUBQUERY)
        return rel_subquery_is_unique_for(root, inner, keys);
    return keys != NULL && inner->kind == RTE_RELATION &&
           rel_is_unique_for(root, inner, keys, NULL, NULL);
}
