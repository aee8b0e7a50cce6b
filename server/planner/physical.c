/*
 * physical.c - which columns a scan gives: those that are asked for, or all, as they lie
 *
 * To give all columns of a table costs nothing: the row goes up as it is, and who is above takes
 * out of it what it needs. To give a few of them is to make a new row. So where the node above does
 * not care how wide rows are and in which places columns stand, a scan gives all.
 *
 * That cannot be where a column was dropped, or was added behind rows that lack it, nor where more
 * than columns are asked for: the row's place or the row as a whole. EXPLAIN (VERBOSE) of
 * PostgreSQL 15 shows the same columns.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/node/expr.h"
#include "server/planner/create.h"
#include "server/planner/expr_util.h"
#include "server/planner/level.h"
#include "server/planner/rel.h"

static bool has_columns(RteKind kind)
{
    switch (kind) {
    case RTE_RELATION:
    case RTE_SUBQUERY:
    case RTE_FUNCTION:
    case RTE_TABLE_FUNC:
    case RTE_VALUES:
    case RTE_CTE:
        return true;
    default:
        return false;
    }
}

/* Only a column can be labelled where it lies, and but once. */
static bool can_label(const PathTarget *target)
{
    BitSet *seen = NULL;

    list_foreach(const Node *, expr, target->exprs) {
        const Var *var = (const Var *)(const void *)expr;

        if (target->refs == NULL || target->refs[expr_i] == 0)
            continue;
        if (!node_is(expr, Var) || bitset_has(seen, var->attno))
            return false;
        seen = bitset_add(seen, var->attno);
    }
    return true;
}

bool create_gives_all(const Path *path, unsigned wants)
{
    const PlanRel *rel = path->rel;

    if ((wants & (CREATE_EXACT | CREATE_SMALL)) != 0 || rel->type != REL_BASE ||
        !has_columns(rel->kind))
        return false;
    /* Of what nothing is asked the pages may be left out, too. */
    if (path->kind == PATH_BITMAP_HEAP && path->target->exprs == NULL)
        return false;
    for (int attno = rel->min_column; attno <= 0; attno++) {
        if (rel->needed[attno - rel->min_column] != NULL)
            return false;
    }
    return (wants & CREATE_LABELED) == 0 || can_label(path->target);
}

void create_label(List *targets, const PathTarget *labels)
{
    list_foreach(const Node *, expr, labels->exprs) {
        uint32_t ref = labels->refs == NULL ? 0 : labels->refs[expr_i];
        int place = ref == 0 ? 0 : create_target_place(targets, expr);

        if (place != 0)
            ((TargetEntry *)list_at(targets, place - 1))->sort_group_ref = ref;
        else if (ref != 0)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a column to be labelled is not there");
    }
}

/* What the subquery gives, its junk as such. */
static List *columns_of_subquery(const PlanRel *rel)
{
    List *targets = NULL;

    list_foreach(const TargetEntry *, target, rel->subplanner->query->targets)
        targets = list_add(targets,
                           expr_target(as_node(expr_var_of_target((int)rel->rt_index, target)),
                                       target->number, NULL, target->is_junk));
    return targets;
}

/* NULL: there are none, or they cannot go as they lie. */
static List *all_columns(const Planner *root, const Path *path)
{
    const PlanRel *rel = path->rel;
    List *targets = NULL;

    if (path->kind == PATH_INDEX && path->u.index.is_only)
        return node_copy(path->u.index.index->targets);
    if (rel->kind == RTE_SUBQUERY)
        return columns_of_subquery(rel);
    list_foreach(Var *, var, analyzer_row_of_entry(root->entries[rel->rt_index])) {
        Var *own = expr_var((int)rel->rt_index, var->attno, var->type, var->typmod, var->collation);

        targets = list_add(targets, expr_target(as_node(own), var->attno, NULL, false));
    }
    return targets;
}

List *create_scan_targets(Planner *root, const Path *path, unsigned wants)
{
    List *targets = create_gives_all(path, wants) ? all_columns(root, path) : NULL;

    if (targets == NULL)
        return create_targets(root, path);
    if ((wants & CREATE_LABELED) != 0)
        create_label(targets, path->target);
    return targets;
}
