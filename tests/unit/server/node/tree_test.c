/* tree_test.c - walks and changes that count the queries they enter. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/node/tree.h"
#include "tests/unit/unit.h"

static Var *var(int rt_index, uint32_t levels_up)
{
    Var *v = node_new(Var);

    v->rt_index = rt_index;
    v->levels_up = levels_up;
    return v;
}

static TargetEntry *target(void *expr)
{
    TargetEntry *entry = node_new(TargetEntry);

    entry->expr = expr;
    return entry;
}

static Query *query_of(void *expr)
{
    Query *query = node_new(Query);

    query->command = COMMAND_SELECT;
    query->targets = list_of(target(expr));
    return query;
}

static SubLink *sublink(void *query)
{
    SubLink *link = node_new(SubLink);

    link->kind = SUBLINK_EXPR;
    link->query = query;
    return link;
}

/* Those of rt_index 1, which all belong to the outermost query. */
static bool check_levels(Node *node, int level, void *arg)
{
    int *count = arg;

    if (node_is(node, Var)) {
        CU_ASSERT_EQUAL((int)((Var *)(void *)node)->levels_up, level);
        ++*count;
    }
    return node_walk_levels(node, level, check_levels, arg);
}

static void levels_count_the_queries_on_the_way(void)
{
    Query *inner = query_of(var(1, 1));
    Query *outer = query_of(list_of2(var(1, 0), sublink(inner)));
    int count = 0;

    inner->having = (Node *)(void *)sublink(query_of(var(1, 2)));
    CU_ASSERT_FALSE(
        node_walk_levels((Node *)(void *)outer, NODE_LEVEL_OUTSIDE, check_levels, &count));
    CU_ASSERT_EQUAL(count, 3);
    CU_ASSERT_FALSE(check_levels((Node *)(void *)sublink(query_of(var(1, 1))), 0, &count));
    CU_ASSERT_EQUAL(count, 4);
}

static bool find_any_var(Node *node, int level, void *arg)
{
    ++*(int *)arg;
    return node_is(node, Var) || node_walk_levels(node, level, find_any_var, arg);
}

static void walks_stop_when_told(void)
{
    List *list = list_of3(var(1, 0), var(2, 0), var(3, 0));
    int count = 0;

    CU_ASSERT_TRUE(node_walk_levels((Node *)(void *)list, 0, find_any_var, &count));
    CU_ASSERT_EQUAL(count, 1);
}

static Node *var_becomes_null(Node *node, void *arg)
{
    Const *null;

    if (!node_is(node, Var))
        return node_mutate(node, var_becomes_null, arg);
    null = node_new(Const);
    null->is_null = true;
    return (Node *)(void *)null;
}

static void changes_leave_the_source_alone(void)
{
    Query *query = query_of(var(1, 0));
    Query *changed;

    query->from = node_new(FromExpr);
    query->from->items = list_of2(list_of2(var(2, 0), NULL), list_add_int(NULL, 7));
    changed = (Query *)(void *)var_becomes_null((Node *)(void *)query, NULL);
    CU_ASSERT_TRUE(node_is(((TargetEntry *)list_at(changed->targets, 0))->expr, Const));
    CU_ASSERT_TRUE(node_is(list_at(list_at(changed->from->items, 0), 0), Const));
    CU_ASSERT_PTR_NULL(list_at(list_at(changed->from->items, 0), 1));
    CU_ASSERT_EQUAL(list_int_at(list_at(changed->from->items, 1), 0), 7);

    CU_ASSERT_TRUE(node_is(((TargetEntry *)list_at(query->targets, 0))->expr, Var));
    CU_ASSERT_PTR_NOT_EQUAL(changed->from, query->from);
    CU_ASSERT_PTR_NULL(node_mutate(NULL, var_becomes_null, NULL));
    CU_ASSERT_EQUAL(list_count(node_mutate(query->targets, var_becomes_null, NULL)), 1);
}

static Node *raise_by_level(Node *node, int level, void *arg)
{
    if (!node_is(node, Var))
        return node_mutate_levels(node, level, raise_by_level, arg);
    return (Node *)(void *)var(((Var *)(void *)node)->rt_index + 10 * level, 0);
}

static void changes_know_their_level(void)
{
    const Query *changed = node_mutate_levels(
        query_of(list_of2(var(1, 0), sublink(query_of(var(2, 1))))), NODE_LEVEL_OUTSIDE,
        raise_by_level, NULL);
    const List *row = (const List *)(void *)((TargetEntry *)list_at(changed->targets, 0))->expr;
    const Query *inner = (const Query *)(void *)((SubLink *)list_at(row, 1))->query;

    CU_ASSERT_EQUAL(((Var *)list_at(row, 0))->rt_index, 1);
    CU_ASSERT_EQUAL(((Var *)(void *)((TargetEntry *)list_at(inner->targets, 0))->expr)->rt_index,
                    12);
}

static void what_leads_outwards_is_shifted(void)
{
    Var *local = var(1, 0), *outer = var(1, 1), *outermost = var(1, 2);
    Aggref *aggregate = node_new(Aggref);
    GroupingFunc *grouping = node_new(GroupingFunc);
    RangeTblEntry *cte = node_new(RangeTblEntry), *own_cte = node_new(RangeTblEntry);
    Query *query = query_of(list_of3(local, outer, sublink(query_of(outermost))));

    aggregate->levels_up = 1;
    aggregate->args = list_of(target(var(2, 1)));
    grouping->levels_up = 0;
    query->having = (Node *)(void *)list_of2(aggregate, grouping);
    cte->kind = own_cte->kind = RTE_CTE;
    cte->cte_levels_up = 1;
    query->range_table = list_of2(cte, own_cte);
    node_shift_levels(query, 2, 1);
    CU_ASSERT_EQUAL(local->levels_up, 0);
    CU_ASSERT_EQUAL(outer->levels_up, 3);
    CU_ASSERT_EQUAL(outermost->levels_up, 4);
    CU_ASSERT_EQUAL(aggregate->levels_up, 3);
    CU_ASSERT_EQUAL(grouping->levels_up, 0);
    CU_ASSERT_EQUAL(cte->cte_levels_up, 3);
    CU_ASSERT_EQUAL(own_cte->cte_levels_up, 0);

    node_shift_levels(local, 1, 0);
    CU_ASSERT_EQUAL(local->levels_up, 1);
    node_shift_levels(list_of(local), 1, 0);
    CU_ASSERT_EQUAL(local->levels_up, 2);
    node_shift_levels(NULL, 1, 0);
}

UNIT_SUITE(tree)
{
    UNIT_TEST(levels_count_the_queries_on_the_way);
    UNIT_TEST(walks_stop_when_told);
    UNIT_TEST(changes_leave_the_source_alone);
    UNIT_TEST(changes_know_their_level);
    UNIT_TEST(what_leads_outwards_is_shifted);
}
