/*
 * agg_test.c - groups against loops over an array: by order, by hash, in several sets of keys
 *
 * The table is (k, v, n); k may be NULL. Each group gives k, v, count(*), count(k), sum(n), max(n)
 * and count(DISTINCT v), and GROUPING(k, v).
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/txn/txn.h"
#include "tests/lib/exec_rig.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define ROWS_MAX 20000

static ExecRig rig;
static Oid table;
static ExecRigRow rows[ROWS_MAX];
static int row_count, work_mem_before;

static void open_rig(void)
{
    exec_rig_open(&rig, unit_temp_dir());
    work_mem_before = setting.work_mem;
    table = exec_rig_table(3);
    row_count = 0;
}

static void close_rig(void)
{
    setting.work_mem = work_mem_before;
    exec_rig_close(&rig);
}

static void fill(int count, int keys, Seed *seed)
{
    ModifyTable *modify = node_new(ModifyTable);
    ValuesScan *values = node_new(ValuesScan);
    uint32_t rt = exec_rig_range(table);

    values->rt_index = exec_rig_range(0);
    values->targets = rig_columns((int)values->rt_index, 3);
    for (int i = 0; i < count; i++) {
        ExecRigRow *row = &rows[row_count++];
        List *list = NULL;

        *row = (ExecRigRow){.values = {(int32_t)seed_below(seed, (uint64_t)keys),
                                       (int32_t)seed_below(seed, 3), i % 1000}};
        row->nulls[0] = seed_below(seed, 12) == 0;
        if (row->nulls[0])
            row->values[0] = 0;
        for (int c = 0; c < 3; c++)
            list = list_add(list, row->nulls[c] ? rig_null(RIG_INT4) : rig_int(row->values[c]));
        values->values = list_add(values->values, list);
    }
    modify->operation = COMMAND_INSERT;
    modify->left = (Plan *)values;
    modify->result_relations = list_add_int(NULL, (int)rt);
    if (count > 0)
        exec_rig_run_plan(exec_rig_plan((Plan *)modify, NULL, 0), NULL);
    else
        exec_rig_plan((Plan *)modify, NULL, 0);
}

/* ---- Plans ---- */

static Aggref *aggref(Oid function, Oid type, Node *arg, int number)
{
    Aggref *ref = node_new(Aggref);

    ref->function = function;
    ref->type = type;
    ref->kind = 'n';
    ref->number = ref->transition_number = number;
    if (arg != NULL)
        ref->args = list_of(rig_target(arg, 1));
    else
        ref->is_star = true;
    return ref;
}

static Node *outer(int column)
{
    return rig_var(VAR_OUTER, column, RIG_INT4);
}

static Aggref *count_distinct(int column, int number)
{
    Aggref *ref = aggref(2147, RIG_INT8, outer(column), number);
    SortGroupClause *clause = node_new(SortGroupClause);

    clause->ref = 1;
    clause->equal_operator = RIG_INT4_EQUAL;
    clause->sort_operator = RIG_INT4_LESS;
    ((TargetEntry *)list_at(ref->args, 0))->sort_group_ref = 1;
    ref->distinct = list_of(clause);
    return ref;
}

static List *targets(bool has_keys, bool has_distinct)
{
    GroupingFunc *grouping = node_new(GroupingFunc);
    List *list = NULL;
    Node *exprs[8];

    grouping->columns = list_add_int(list_add_int(NULL, 1), 2);
    exprs[0] = has_keys ? outer(1) : rig_null(RIG_INT4);
    exprs[1] = has_keys ? outer(2) : rig_null(RIG_INT4);
    exprs[2] = (Node *)aggref(2803, RIG_INT8, NULL, 0);
    exprs[3] = (Node *)aggref(2147, RIG_INT8, outer(1), 1);
    exprs[4] = (Node *)aggref(2108, RIG_INT8, outer(3), 2);
    exprs[5] = (Node *)aggref(2116, RIG_INT4, outer(3), 3);
    exprs[6] = has_distinct ? (Node *)count_distinct(2, 4) : rig_big(0);
    exprs[7] = (Node *)grouping;
    for (int i = 0; i < 8; i++)
        list = list_add(list, rig_target(exprs[i], i + 1));
    return list;
}

static GroupKey *group_key(int column)
{
    GroupKey *key = node_new(GroupKey);

    key->column = column;
    key->equal = 65;
    key->hash = 450;
    return key;
}

static List *both_keys(void)
{
    return list_of2(group_key(1), group_key(2));
}

static Plan *scan(void)
{
    SeqScan *plan = node_new(SeqScan);

    plan->rt_index = exec_rig_range(table);
    plan->targets = rig_columns((int)plan->rt_index, 3);
    return (Plan *)plan;
}

static Plan *sort_by(Plan *child, int first, int second)
{
    Sort *sort = node_new(Sort);

    for (int i = 0; i < 2; i++) {
        SortKey *key = node_new(SortKey);

        key->column = i == 0 ? first : second;
        key->compare = 351;
        sort->keys = list_add(sort->keys, key);
    }
    sort->left = child;
    sort->targets = rig_columns(VAR_OUTER, 3);
    return (Plan *)sort;
}

static Agg *agg(AggStrategy strategy, Plan *child, List *keys, List *sets)
{
    Agg *plan = node_new(Agg);

    plan->strategy = strategy;
    plan->left = child;
    plan->keys = keys;
    plan->sets = sets;
    plan->groups = 10;
    plan->targets = targets(keys != NULL, strategy == AGG_PLAIN || strategy == AGG_SORTED);
    return plan;
}

/* ---- The loops ---- */

static bool is_same_group(const ExecRigRow *a, const ExecRigRow *b, int set)
{
    if ((set & 1) != 0 && (a->nulls[0] != b->nulls[0] || a->values[0] != b->values[0]))
        return false;
    return (set & 2) == 0 || a->values[1] == b->values[1];
}

/* set: bits of the keys, 1 for k, 2 for v. */
static void group_by_loops(int set, bool shows_keys, bool has_distinct, Array *out)
{
    size_t first = out->count;

    for (int i = 0; i < row_count; i++) {
        const ExecRigRow *row = &rows[i];
        ExecRigRow *group = NULL;
        size_t at = first;

        for (; at < out->count && group == NULL; at++) {
            ExecRigRow *g = array_at(out, at);
            ExecRigRow keys = *g;

            if (is_same_group(&keys, row, set))
                group = g;
        }
        if (group == NULL) {
            group = array_push(out);
            group->nulls[0] = (set & 1) == 0 || row->nulls[0];
            group->values[0] = group->nulls[0] ? 0 : row->values[0];
            group->nulls[1] = (set & 2) == 0;
            group->values[1] = group->nulls[1] ? 0 : row->values[1];
            group->values[5] = -1;
            group->values[7] = ((set & 1) == 0 ? 2 : 0) | ((set & 2) == 0 ? 1 : 0);
        }
        group->values[2]++;
        group->values[3] += !row->nulls[0];
        group->values[4] += row->values[2];
        group->values[5] = row->values[2] > group->values[5] ? row->values[2] : group->values[5];
        group->values[6] |= 1 << row->values[1];
    }
    for (; first < out->count; first++) {
        ExecRigRow *g = array_at(out, first);

        g->values[6] = has_distinct ? __builtin_popcount((unsigned)g->values[6]) : 0;
        if (!shows_keys) {
            g->nulls[0] = g->nulls[1] = true;
            g->values[0] = g->values[1] = 0;
        }
    }
    if (row_count == 0 && set == 0) {
        ExecRigRow *g = array_push(out);

        g->nulls[0] = g->nulls[1] = g->nulls[4] = g->nulls[5] = true;
        g->values[7] = 3;
    }
}

static bool check(void *plan, Array *wanted)
{
    Exec *e = exec_new(exec_rig_plan(plan, NULL, 0), 0);
    bool is_good = true;
    Array found;

    array_init(&found, sizeof(ExecRigRow));
    for (int i = 0; i < 2; i++) {
        array_clear(&found);
        exec_rig_run(e, NULL, &found);
        is_good = is_good && exec_rig_same(wanted, &found, false);
    }
    exec_free(e);
    return is_good;
}

static Array groups_of(const int *sets, int count, bool shows_keys, bool has_distinct)
{
    Array wanted;

    array_init(&wanted, sizeof(ExecRigRow));
    for (int i = 0; i < count; i++)
        group_by_loops(sets[i], shows_keys, has_distinct, &wanted);
    return wanted;
}

static unsigned check_one_set(void)
{
    unsigned wrong = 0;
    Array wanted;

    wanted = groups_of((int[]){3}, 1, true, true);
    wrong += !check(agg(AGG_SORTED, sort_by(scan(), 1, 2), both_keys(), NULL), &wanted);
    wanted = groups_of((int[]){3}, 1, true, false);
    wrong += !check(agg(AGG_HASHED, scan(), both_keys(), NULL), &wanted);
    wanted = groups_of((int[]){0}, 1, false, true);
    wrong += !check(agg(AGG_PLAIN, scan(), NULL, NULL), &wanted);
    return wrong;
}

static List *places(int a, int b)
{
    List *list = NULL;

    if (a >= 0)
        list = list_add_int(list, a);
    return b >= 0 ? list_add_int(list, b) : list;
}

/* list_of() and its like leave out nothing: an empty set is a NULL in the list. */
static List *rollup(void)
{
    List *sets = list_of2(places(0, 1), places(0, -1));

    return list_add(sets, NULL);
}

static unsigned check_sets(void)
{
    unsigned wrong = 0;
    Array wanted;
    Agg *plan, *chained;

    /* ROLLUP (k, v) */
    wanted = groups_of((int[]){3, 1, 0}, 3, true, true);
    wrong += !check(agg(AGG_SORTED, sort_by(scan(), 1, 2), both_keys(), rollup()), &wanted);
    /* CUBE (k, v), the set (v) in an order of its own */
    wanted = groups_of((int[]){3, 1, 0, 2}, 4, true, true);
    plan = agg(AGG_SORTED, sort_by(scan(), 1, 2), both_keys(), rollup());
    chained = agg(AGG_SORTED, sort_by(NULL, 2, 1), both_keys(), list_of(places(1, -1)));
    plan->chain = list_of(chained);
    wrong += !check(plan, &wanted);
    /* all by hash, but the empty set */
    wanted = groups_of((int[]){3, 1, 2}, 3, true, false);
    plan = agg(AGG_HASHED, scan(), both_keys(), list_of(places(0, 1)));
    plan->chain = list_of2(agg(AGG_HASHED, NULL, both_keys(), list_of(places(0, -1))),
                           agg(AGG_HASHED, NULL, both_keys(), list_of(places(1, -1))));
    wrong += !check(plan, &wanted);
    /* one by hash, the others in the order of the input */
    wanted = groups_of((int[]){3, 1, 0, 2}, 4, true, false);
    plan = agg(AGG_MIXED, sort_by(scan(), 1, 2), both_keys(), list_of(places(1, -1)));
    plan->chain = list_of(agg(AGG_SORTED, NULL, both_keys(), rollup()));
    wrong += !check(plan, &wanted);
    return wrong;
}

static void groups_are_those_of_loops(void)
{
    Seed seed = seed_new("groups");

    for (int i = 0; i < 6; i++) {
        open_rig();
        fill(i == 0 ? 0 : (int)seed_below(&seed, 200), 10, &seed);
        CU_ASSERT_EQUAL(check_one_set(), 0);
        CU_ASSERT_EQUAL(check_sets(), 0);
        close_rig();
    }
}

static void groups_that_find_no_room_come_later(void)
{
    Seed seed = seed_new("many groups");
    ExecCount count;
    Array wanted;
    Agg *plan;
    Exec *e;

    open_rig();
    setting.work_mem = 64;
    fill(6000, 1500, &seed);
    CU_ASSERT_EQUAL(check_one_set(), 0);
    CU_ASSERT_EQUAL(check_sets(), 0);
    wanted = groups_of((int[]){3}, 1, true, false);
    plan = agg(AGG_HASHED, scan(), both_keys(), NULL);
    plan->id = 3;
    e = exec_new(exec_rig_plan((Plan *)plan, NULL, 0), EXEC_INSTRUMENT);
    txn_start_command();
    snapshot_push_latest();
    exec_open(e, &(ExecOpen){.snapshot = snapshot_active()});
    CU_ASSERT_EQUAL(exec_run(e, EXEC_FORWARD, 0, NULL), wanted.count);
    CU_ASSERT_TRUE(exec_count(e, 3, &count));
    CU_ASSERT_TRUE(count.batches > 1 && count.disk_bytes >= 0);
    exec_close(e, false);
    snapshot_pop();
    txn_end_command();
    exec_free(e);
    close_rig();
}

UNIT_SUITE(agg)
{
    UNIT_TEST(groups_are_those_of_loops);
    UNIT_TEST(groups_that_find_no_room_come_later);
}
