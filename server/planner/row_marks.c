/* row_marks.c - rows to be locked or looked at anew; ON CONFLICT; names of what comes out. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/create.h"
#include "server/planner/expr_util.h"
#include "server/planner/jointree.h"
#include "server/planner/level.h"
#include "server/planner/predicate.h"
#include "server/planner/rel.h"

static PlanRowMark *new_mark(Planner *root, int rt_index, const RowMarkClause *clause)
{
    const RangeTblEntry *rte = list_at(root->query->range_table, rt_index - 1);
    PlanRowMark *mark = node_new(PlanRowMark);

    mark->rt_index = mark->parent_rt_index = (uint32_t)rt_index;
    mark->id = (uint32_t)++root->global->last_row_mark;
    if (rte->kind != RTE_RELATION)
        mark->kind = ROW_MARK_COPY;
    else
        mark->kind = clause == NULL ? ROW_MARK_REFERENCE : ROW_MARK_LOCK;
    if (clause != NULL) {
        mark->strength = clause->strength;
        mark->wait = clause->wait;
    }
    return mark;
}

void row_marks_make(Planner *root)
{
    const Query *query = root->query;
    BitSet *rest = jointree_rels(as_node(query->from), false);

    if (query->result_relation != 0)
        rest = bitset_minus(rest, bitset_of(query->result_relation));
    list_foreach(RowMarkClause *, clause, query->row_marks) {
        const RangeTblEntry *rte = list_at(query->range_table, (int)clause->rt_index - 1);

        /* Rows of subqueries are locked inside of them. */
        if (rte->kind != RTE_RELATION || !bitset_has(rest, (int)clause->rt_index))
            continue;
        rest = bitset_minus(rest, bitset_of((int)clause->rt_index));
        root->row_marks = list_add(root->row_marks, new_mark(root, (int)clause->rt_index, clause));
    }
    for (int i = -1; (i = bitset_next(rest, i)) >= 0;) {
        const RangeTblEntry *rte = list_at(query->range_table, i - 1);

        if (rte->kind != RTE_RESULT)
            root->row_marks = list_add(root->row_marks, new_mark(root, i, NULL));
    }
}

void targets_label(List *targets, const List *labels)
{
    list_foreach(TargetEntry *, label, labels) {
        TargetEntry *target;

        if (label_i >= list_count(targets))
            break;
        target = list_at(targets, label_i);
        target->name = label->name;
        target->sort_group_ref = label->sort_group_ref;
        target->origin_table = label->origin_table;
        target->origin_column = label->origin_column;
        target->is_junk = label->is_junk;
    }
    /* What was added to sort by is nobody's column. */
    for (int i = list_count(labels); i < list_count(targets); i++)
        ((TargetEntry *)list_at(targets, i))->is_junk = true;
}

/* ---- ON CONFLICT ---- */

typedef struct Inference {
    BitSet *columns; /* of plain elements */
    List *exprs;     /* InferenceElem */
} Inference;

static bool renumber(Node *node, void *arg)
{
    if (node_is(node, Var)) {
        ((Var *)(void *)node)->rt_index = *(const int *)arg;
        return false;
    }
    return node_walk(node, renumber, arg);
}

/* Just these columns and expressions, whatever their order. */
static bool index_matches(const PlanIndex *index, const Inference *wanted)
{
    BitSet *columns = NULL;

    for (int i = 0; i < index->key_count; i++) {
        if (index->columns[i] != 0)
            columns = bitset_add(columns, index->columns[i]);
    }
    if (!bitset_equal(columns, wanted->columns))
        return false;
    list_foreach(InferenceElem *, elem, wanted->exprs) {
        bool found = false;

        for (int i = 0; i < index->key_count && !found; i++) {
            const TargetEntry *target = list_at(index->targets, i);

            found = node_equal(target->expr, elem->expr) &&
                    (elem->collation == 0 || index->collations[i] == elem->collation);
        }
        if (!found)
            return false;
    }
    list_foreach(Node *, expr, index->exprs) {
        bool found = false;

        list_foreach(InferenceElem *, elem, wanted->exprs)
            found |= node_equal(elem->expr, expr);
        if (!found)
            return false;
    }
    return true;
}

static List *infer(Planner *root, const OnConflictExpr *conflict)
{
    int rt_index = root->query->result_relation;
    Inference wanted = {0};
    List *found = NULL;
    PlanRel *rel =
        root->rels[rt_index] != NULL ? root->rels[rt_index] : rel_build(root, rt_index, NULL);

    if (conflict->constraint != 0) {
        const HeapTuple *row = syscache_peek(CACHE_CONSTROID, datum_of_u32(conflict->constraint));

        if (row != NULL)
            return list_add_oid(NULL, CACHE_ROW(PgConstraint, row)->conindid);
    }
    list_foreach(InferenceElem *, elem, conflict->elements) {
        if (node_is(elem->expr, Var) && ((Var *)(void *)elem->expr)->attno > 0)
            wanted.columns = bitset_add(wanted.columns, ((Var *)(void *)elem->expr)->attno);
        if (!node_is(elem->expr, Var) || elem->collation != 0)
            wanted.exprs = list_add(wanted.exprs, elem);
    }
    list_foreach(PlanIndex *, index, rel->indexes) {
        if (!index->is_unique || !index_matches(index, &wanted))
            continue;
        if (index->predicate != NULL &&
            !predicate_is_implied(index->predicate, (List *)(void *)conflict->where))
            continue;
        found = list_add_oid(found, index->oid);
    }
    if (found == NULL)
        err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
                  .message = "there is no unique or exclusion constraint matching the ON "
                             "CONFLICT specification");
    return found;
}

void conflict_fill(Planner *root, const OnConflictExpr *conflict, ModifyTable *modify)
{
    int rt_index = root->query->result_relation;

    modify->on_conflict = conflict->action;
    if (conflict->elements != NULL || conflict->constraint != 0) {
        list_foreach(InferenceElem *, elem, conflict->elements)
            node_walk(as_node(elem), renumber, &rt_index);
        modify->arbiter_indexes = infer(root, conflict);
    }
    if (conflict->action != ON_CONFLICT_UPDATE)
        return;
    list_foreach(TargetEntry *, target, conflict->set) {
        if (!target->is_junk)
            modify->conflict_columns = list_add_int(modify->conflict_columns, target->number);
        target->number = target_i + 1;
    }
    modify->conflict_set = conflict->set;
    modify->conflict_where = conflict->set_where;
    modify->excluded_rt_index = (uint32_t)conflict->excluded_rt_index;
    modify->excluded_targets = conflict->excluded_targets;
}
