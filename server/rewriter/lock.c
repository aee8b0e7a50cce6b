/*
 * lock.c - locks on the relations of stored trees, and FOR UPDATE of views
 *
 * A tree that was not analyzed just now may name relations that nobody holds a lock on yet.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer.h"
#include "server/rewriter/rewriter_int.h"

#define RIGHT_UPDATE (1u << 2)

RowMarkClause *lock_find_mark(const Query *query, int rt_index)
{
    list_foreach(RowMarkClause *, mark, query->row_marks) {
        if (mark->rt_index == (uint32_t)rt_index)
            return mark;
    }
    return NULL;
}

static void lock_relation_entry(RangeTblEntry *rte, bool pushes_row_locks)
{
    Relation *rel;

    if (pushes_row_locks && rte->lock_mode == LOCK_ACCESS_SHARE)
        rte->lock_mode = LOCK_ROW_SHARE;
    lock_relation(rte->relation, (LockMode)rte->lock_mode);
    rel = relation_pin_existing(rte->relation);
    rte->relation_kind = rel->kind;
    relation_unpin(rel);
}

/* Columns of joins that are not there any more. */
static void forget_dropped(const Query *query, RangeTblEntry *join)
{
    for (int i = 0; i < list_count(join->join_columns); i++) {
        const Var *var = list_at(join->join_columns, i);

        if (node_is(var, Var) && var->levels_up == 0 && var->attno > 0 &&
            analyzer_column_is_dropped(list_at(query->range_table, var->rt_index - 1), var->attno))
            join->join_columns->items[i].pointer = NULL;
    }
}

static bool lock_in_sublink(Node *node, void *arg)
{
    if (node_is(node, SubLink)) {
        SubLink *link = (SubLink *)(void *)node;

        lock_entries((Query *)(void *)link->query, false);
    }
    return !node_is(node, Query) && node_walk(node, lock_in_sublink, arg);
}

void lock_sublinks(void *tree)
{
    Node *root = tree;

    if (root == NULL)
        return;
    if (root->tag <= NODE_OidList)
        node_walk(root, lock_in_sublink, NULL);
    else
        lock_in_sublink(root, NULL);
}

static bool lock_in_query(Node *node, void *arg)
{
    /* Subqueries of the range table and of WITH have been seen to. */
    if (node_is(node, Query))
        return false;
    return lock_in_sublink(node, arg);
}

void lock_entries(Query *query, bool pushes_row_locks)
{
    int rt_index = 0;

    node_check_depth();
    list_foreach(RangeTblEntry *, rte, query->range_table) {
        rt_index++;
        if (rte->kind == RTE_RELATION)
            lock_relation_entry(rte, pushes_row_locks);
        else if (rte->kind == RTE_JOIN)
            forget_dropped(query, rte);
        else if (rte->kind == RTE_SUBQUERY)
            lock_entries(rte->subquery,
                         pushes_row_locks || lock_find_mark(query, rt_index) != NULL);
    }
    list_foreach(CommonTableExpr *, cte, query->ctes)
        lock_entries((Query *)(void *)cte->query, false);
    if (query->has_sublinks)
        node_walk((Node *)(void *)query, lock_in_query, NULL);
}

void rewriter_lock_relations(Query *query)
{
    lock_entries(query, false);
}

/* ---- FOR UPDATE of a view is of what is in it ---- */

static void add_mark(Query *query, int rt_index, const RowMarkClause *like)
{
    RowMarkClause *mark = lock_find_mark(query, rt_index);

    if (mark == NULL) {
        mark = node_copy(like);
        mark->rt_index = (uint32_t)rt_index;
        mark->is_pushed_down = true;
        query->row_marks = list_add(query->row_marks, mark);
        return;
    }
    if (like->strength > mark->strength)
        mark->strength = like->strength;
    if (like->wait > mark->wait)
        mark->wait = like->wait;
}

static void mark_entry(Query *query, int rt_index, const RowMarkClause *mark)
{
    RangeTblEntry *rte = list_at(query->range_table, rt_index - 1);

    if (rte->kind == RTE_RELATION) {
        add_mark(query, rt_index, mark);
        rte->required_rights |= RIGHT_UPDATE;
    } else if (rte->kind == RTE_SUBQUERY) {
        add_mark(query, rt_index, mark);
        lock_mark_rows(rte->subquery, (Node *)(void *)rte->subquery->from, mark);
    }
}

void lock_mark_rows(Query *query, const Node *joined, const RowMarkClause *mark)
{
    const void *any = joined;

    if (joined == NULL)
        return;
    node_check_depth();
    if (node_is(joined, RangeTblRef)) {
        mark_entry(query, ((const RangeTblRef *)any)->rt_index, mark);
    } else if (node_is(joined, FromExpr)) {
        list_foreach(const Node *, item, ((const FromExpr *)any)->items)
            lock_mark_rows(query, item, mark);
    } else if (node_is(joined, JoinExpr)) {
        lock_mark_rows(query, ((const JoinExpr *)any)->left, mark);
        lock_mark_rows(query, ((const JoinExpr *)any)->right, mark);
    }
}
