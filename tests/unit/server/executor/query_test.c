/*
 * query_test.c - nodes of whole queries: windows, sets, WITH, functions that give sets, subqueries,
 * ON CONFLICT
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/bitset.h"
#include "server/txn/txn.h"
#include "tests/lib/exec_rig.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define ROWS_MAX 400

static ExecRig rig;
static ExecRigRow rows[ROWS_MAX];
static int row_count;
static Seed seed;

static void open_rig(void)
{
    exec_rig_open(&rig, unit_temp_dir());
    row_count = 0;
}

/* ---- Plans ---- */

static Node *outer(int column)
{
    return rig_var(VAR_OUTER, column, RIG_INT4);
}

/* Rows (k, v, n), of which k may be NULL. */
static Plan *values(int count, int keys)
{
    ValuesScan *plan = node_new(ValuesScan);

    plan->rt_index = exec_rig_range(0);
    plan->targets = rig_columns((int)plan->rt_index, 3);
    for (int i = 0; i < count; i++) {
        ExecRigRow *row = &rows[row_count++];
        List *list = NULL;

        *row = (ExecRigRow){.values = {(int32_t)seed_below(&seed, (uint64_t)keys),
                                       (int32_t)seed_below(&seed, 6), i}};
        row->nulls[0] = seed_below(&seed, 10) == 0;
        if (row->nulls[0])
            row->values[0] = 0;
        for (int c = 0; c < 3; c++)
            list = list_add(list, row->nulls[c] ? rig_null(RIG_INT4) : rig_int(row->values[c]));
        plan->values = list_add(plan->values, list);
    }
    return (Plan *)plan;
}

static Plan *sorted(Plan *child, int columns, int first, int second, int third)
{
    Sort *sort = node_new(Sort);
    const int by[] = {first, second, third};

    for (int i = 0; i < 3 && by[i] != 0; i++) {
        SortKey *key = node_new(SortKey);

        key->column = by[i];
        key->compare = 351;
        sort->keys = list_add(sort->keys, key);
    }
    sort->left = child;
    sort->targets = rig_columns(VAR_OUTER, columns);
    return (Plan *)sort;
}

static List *group_keys(int count)
{
    List *keys = NULL;

    for (int i = 1; i <= count; i++) {
        GroupKey *key = node_new(GroupKey);

        key->column = i;
        key->equal = 65;
        key->hash = 450;
        keys = list_add(keys, key);
    }
    return keys;
}

static Array run(void *plan, List *subplans, int params)
{
    Exec *e = exec_new(exec_rig_plan(plan, subplans, params), 0);
    Array first, second;

    array_init(&first, sizeof(ExecRigRow));
    array_init(&second, sizeof(ExecRigRow));
    exec_rig_run(e, NULL, &first);
    exec_rig_run(e, NULL, &second);
    CU_ASSERT_TRUE(exec_rig_same(&first, &second, true));
    exec_free(e);
    return first;
}

/* ---- Windows ---- */

#define CALLS 7

typedef struct Frame {
    int bits;
    int start, end;
} Frame;

static WindowFunc *window_func(Oid function, Oid type, List *args, bool is_aggregate)
{
    WindowFunc *func = node_new(WindowFunc);

    func->function = function;
    func->type = type;
    func->args = args;
    func->is_aggregate = is_aggregate;
    return func;
}

/* Partitions by k, order by v, n: columns are those calls. */
static Plan *window_plan(const Frame *frame, int count)
{
    WindowAgg *plan = node_new(WindowAgg);
    GroupKey *order = node_new(GroupKey);
    Node *calls[CALLS] = {
        (Node *)window_func(3100, RIG_INT8, NULL, false),
        (Node *)window_func(3101, RIG_INT8, NULL, false),
        (Node *)window_func(3107, RIG_INT4, list_of2(outer(3), rig_int(2)), false),
        (Node *)window_func(3112, RIG_INT4, list_of(outer(3)), false),
        (Node *)window_func(3113, RIG_INT4, list_of(outer(3)), false),
        (Node *)window_func(2108, RIG_INT8, list_of(outer(3)), true),
        (Node *)window_func(2803, RIG_INT8, NULL, true),
    };

    order->column = 2;
    order->equal = 65;
    order->hash = 450;
    plan->left = sorted(values(count, 4), 3, 1, 2, 3);
    plan->partition_by = group_keys(1);
    plan->order_by = list_of(order);
    plan->frame = frame->bits;
    plan->start_offset = rig_big(frame->start);
    plan->end_offset = rig_big(frame->end);
    plan->targets = list_of(rig_target(outer(3), 1));
    for (int i = 0; i < CALLS; i++)
        plan->targets = list_add(plan->targets, rig_target(calls[i], i + 2));
    return (Plan *)plan;
}

static int compare_rows(const void *a, const void *b)
{
    const ExecRigRow *x = a, *y = b;

    if (x->nulls[0] != y->nulls[0])
        return x->nulls[0] ? 1 : -1;
    for (int c = 0; c < 3; c++) {
        if (x->values[c] != y->values[c])
            return x->values[c] < y->values[c] ? -1 : 1;
    }
    return 0;
}

static bool is_same_partition(const ExecRigRow *a, const ExecRigRow *b)
{
    return a->nulls[0] == b->nulls[0] && a->values[0] == b->values[0];
}

/* Does the row at r belong to the frame of the one at i, both in a partition from first on? */
static bool is_in_frame(const Frame *f, int i, int r, int first)
{
    int bits = f->bits;
    bool is_rows = (bits & FRAME_ROWS) != 0;
    int distance, step = 0;

    if (is_rows) {
        distance = r - i;
    } else {
        /* In groups of peers. */
        for (int k = first + 1; k <= (r > i ? r : i); k++)
            step += k > (r < i ? r : i) && rows[k].values[1] != rows[k - 1].values[1];
        distance = r < i ? -step : step;
    }
    if ((bits & FRAME_START_CURRENT_ROW) != 0 && distance < 0)
        return false;
    if ((bits & FRAME_START_OFFSET_PRECEDING) != 0 && distance < -f->start)
        return false;
    if ((bits & FRAME_START_OFFSET_FOLLOWING) != 0 && distance < f->start)
        return false;
    if ((bits & FRAME_END_CURRENT_ROW) != 0 && distance > 0)
        return false;
    if ((bits & FRAME_END_OFFSET_PRECEDING) != 0 && distance > -f->end)
        return false;
    if ((bits & FRAME_END_OFFSET_FOLLOWING) != 0 && distance > f->end)
        return false;
    if ((bits & FRAME_EXCLUDE_CURRENT_ROW) != 0 && r == i)
        return false;
    if ((bits & FRAME_EXCLUDE_GROUP) != 0 && rows[r].values[1] == rows[i].values[1])
        return false;
    return (bits & FRAME_EXCLUDE_TIES) == 0 || r == i || rows[r].values[1] != rows[i].values[1];
}

static void window_by_loops(const Frame *f, Array *out)
{
    int first = 0, last;

    qsort(rows, (size_t)row_count, sizeof(rows[0]), compare_rows);
    for (int i = 0; i < row_count; i++) {
        ExecRigRow *row = array_push(out);
        int peer = i;

        if (i > 0 && !is_same_partition(&rows[i - 1], &rows[i]))
            first = i;
        for (last = i; last + 1 < row_count && is_same_partition(&rows[i], &rows[last + 1]);)
            last++;
        while (peer > first && rows[peer - 1].values[1] == rows[i].values[1])
            peer--;
        row->values[0] = rows[i].values[2];
        row->values[1] = i - first + 1;
        row->values[2] = peer - first + 1;
        row->nulls[3] = i - 2 < first;
        row->values[3] = row->nulls[3] ? 0 : rows[i - 2].values[2];
        row->nulls[4] = row->nulls[5] = row->nulls[6] = true;
        for (int r = first; r <= last; r++) {
            if (!is_in_frame(f, i, r, first))
                continue;
            if (row->nulls[4])
                row->values[4] = rows[r].values[2];
            row->values[5] = rows[r].values[2];
            row->values[6] += rows[r].values[2];
            row->nulls[4] = row->nulls[5] = row->nulls[6] = false;
            row->values[7]++;
        }
    }
}

static const int starts[] = {FRAME_START_UNBOUNDED_PRECEDING, FRAME_START_OFFSET_PRECEDING,
                             FRAME_START_CURRENT_ROW, FRAME_START_OFFSET_FOLLOWING};
static const int ends[] = {FRAME_END_OFFSET_PRECEDING, FRAME_END_CURRENT_ROW,
                           FRAME_END_OFFSET_FOLLOWING, FRAME_END_UNBOUNDED_FOLLOWING};
static const int excludes[] = {0, FRAME_EXCLUDE_CURRENT_ROW, FRAME_EXCLUDE_GROUP,
                               FRAME_EXCLUDE_TIES};

static void windows_are_those_of_loops(void)
{
    unsigned wrong = 0;

    seed = seed_new("windows");
    for (int i = 0; i < 128; i++) {
        int offset = (int)seed_below(&seed, 3);
        const Frame frame = {starts[i % 4] | ends[i / 4 % 4] | excludes[i / 16 % 4] |
                                 (i < 64 ? FRAME_ROWS : FRAME_GROUPS),
                             offset, offset + (int)seed_below(&seed, 2)};
        Array wanted, found;

        open_rig();
        setting.work_mem = i % 3 == 0 ? 64 : 4096;
        found = run(window_plan(&frame, 1 + (int)seed_below(&seed, 60)), NULL, 0);
        array_init(&wanted, sizeof(ExecRigRow));
        window_by_loops(&frame, &wanted);
        if (!exec_rig_same(&wanted, &found, false)) {
            printf("frame %x, %d, %d: wrong\n", (unsigned)frame.bits, frame.start, frame.end);
            wrong++;
        }
        exec_rig_close(&rig);
    }
    setting.work_mem = 4096;
    CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- Unique rows, and sets of two queries ---- */

/* Rows (k, v) with a column that says from which side they are. */
static Plan *two_sides(int split)
{
    ValuesScan *plan = (ValuesScan *)(void *)values(60, 5);

    for (int i = 0; i < row_count; i++) {
        rows[i].values[2] = i < split ? 0 : 1;
        ((List *)list_at(plan->values, i))->items[2].pointer = rig_int(rows[i].values[2]);
    }
    return (Plan *)plan;
}

static int times(const ExecRigRow *row, int side)
{
    int count = 0;

    for (int i = 0; i < row_count; i++)
        count += rows[i].values[2] == side && rows[i].nulls[0] == row->nulls[0] &&
                 rows[i].values[0] == row->values[0] && rows[i].values[1] == row->values[1];
    return count;
}

static int copies(SetOp op, bool is_all, int left, int right)
{
    if (op == SET_OP_INTERSECT)
        return is_all ? (left < right ? left : right) : left > 0 && right > 0;
    return is_all ? (left > right ? left - right : 0) : left > 0 && right == 0;
}

static bool check_set_op(SetOp op, bool is_all, SetOpStrategy strategy)
{
    SetOpPlan *plan = node_new(SetOpPlan);
    Plan *input;
    Array found, wanted;

    open_rig();
    input = two_sides(35);
    plan->left = strategy == SET_OP_BY_SORT ? sorted(input, 3, 1, 2, 0) : input;
    plan->op = op;
    plan->is_all = is_all;
    plan->strategy = strategy;
    plan->keys = group_keys(2);
    plan->flag_column = 3;
    plan->targets = list_of2(rig_target(outer(1), 1), rig_target(outer(2), 2));
    found = run(plan, NULL, 0);
    array_init(&wanted, sizeof(ExecRigRow));
    for (int i = 0; i < row_count; i++) {
        bool is_first = true;

        for (int k = 0; k < i; k++)
            is_first = is_first && !(rows[k].nulls[0] == rows[i].nulls[0] &&
                                     rows[k].values[0] == rows[i].values[0] &&
                                     rows[k].values[1] == rows[i].values[1]);
        for (int n = is_first ? copies(op, is_all, times(&rows[i], 0), times(&rows[i], 1)) : 0;
             n > 0; n--) {
            ExecRigRow *row = array_push(&wanted);

            *row = rows[i];
            row->values[2] = 0;
        }
    }
    exec_rig_close(&rig);
    return exec_rig_same(&wanted, &found, false);
}

static void sets_are_combined(void)
{
    seed = seed_new("sets");
    for (int i = 0; i < 8; i++)
        CU_ASSERT_TRUE(check_set_op(i % 2 == 0 ? SET_OP_INTERSECT : SET_OP_EXCEPT, i / 2 % 2 == 1,
                                    i < 4 ? SET_OP_BY_SORT : SET_OP_BY_HASH));
}

static void groups_give_one_row_each(void)
{
    Unique *unique = node_new(Unique);
    Group *group = node_new(Group);
    Array found, again;

    seed = seed_new("unique");
    open_rig();
    unique->left = sorted(values(100, 6), 3, 1, 2, 0);
    unique->targets = rig_columns(VAR_OUTER, 3);
    unique->keys = group_keys(2);
    found = run(unique, NULL, 0);
    for (size_t i = 0; i < found.count; i++) {
        ((ExecRigRow *)array_at(&found, i))->values[2] = 0;
        CU_ASSERT_TRUE(times(array_at(&found, i), rows[0].values[2]) >= 0);
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_TRUE(exec_rig_compare(array_at(&found, i), array_at(&found, k)) != 0);
    }
    row_count = 0;
    seed = (Seed){.state = seed.state};
    group->left = sorted(values(100, 6), 3, 1, 2, 0);
    group->targets = list_of2(rig_target(outer(1), 1), rig_target(outer(2), 2));
    group->keys = group_keys(2);
    again = run(group, NULL, 0);
    for (int i = 0; i < row_count; i++) {
        int matches = 0;

        for (size_t k = 0; k < again.count; k++) {
            const ExecRigRow *row = array_at(&again, k);

            matches += row->nulls[0] == rows[i].nulls[0] && row->values[0] == rows[i].values[0] &&
                       row->values[1] == rows[i].values[1];
        }
        CU_ASSERT_EQUAL(matches, 1);
    }
    exec_rig_close(&rig);
}

/* ---- WITH ---- */

static CteScan *cte_scan(int subplan, int param)
{
    CteScan *scan = node_new(CteScan);

    scan->rt_index = exec_rig_range(0);
    scan->subplan = subplan;
    scan->param = param;
    scan->targets = rig_columns((int)scan->rt_index, 3);
    return scan;
}

static void add_cte(void *root, int subplan, int param)
{
    SubPlan *plan = node_new(SubPlan);

    plan->form = SUBPLAN_CTE;
    plan->plan = subplan;
    plan->set_params = list_add_int(NULL, param);
    ((Plan *)root)->init_plans = list_of(plan);
}

/* WITH q AS (VALUES ...) SELECT * FROM q a, q b WHERE a.n < b.n */
static void scans_of_a_with_query_share_its_rows(void)
{
    NestLoop *join = node_new(NestLoop);
    Plan *query;
    Array found;

    seed = seed_new("with");
    open_rig();
    query = values(30, 5);
    join->left = (Plan *)cte_scan(1, 0);
    join->right = (Plan *)cte_scan(1, 0);
    join->join_quals = list_of(rig_op(66, RIG_BOOL, outer(3), rig_var(VAR_INNER, 3, RIG_INT4)));
    join->targets =
        list_of2(rig_target(outer(3), 1), rig_target(rig_var(VAR_INNER, 3, RIG_INT4), 2));
    add_cte(join, 1, 0);
    found = run(join, list_of(query), 1);
    CU_ASSERT_EQUAL(found.count, 30 * 29 / 2);
    exec_rig_close(&rig);
}

/* WITH RECURSIVE t AS (VALUES (1) UNION [ALL] SELECT ... FROM t WHERE n < limit) */
static Array recurse(bool is_all, int limit)
{
    RecursiveUnion *plan = node_new(RecursiveUnion);
    ValuesScan *start = node_new(ValuesScan);
    WorkTableScan *work = node_new(WorkTableScan);
    RangeTblEntry *entry;
    PlannedStmt *statement;
    uint32_t rt;
    Array found;

    start->rt_index = exec_rig_range(0);
    start->targets = rig_columns((int)start->rt_index, 1);
    start->values = list_of(list_of(rig_int(1)));
    rt = exec_rig_range(0);
    work->rt_index = rt;
    work->param = 0;
    work->quals = list_of(rig_op(66, RIG_BOOL, rig_var((int)rt, 1, RIG_INT4), rig_int(limit)));
    /* With UNION the value goes round in a circle of seven. */
    work->targets = list_of(
        rig_target(is_all ? rig_op(177, RIG_INT4, rig_var((int)rt, 1, RIG_INT4), rig_int(1))
                          : rig_op(156, RIG_INT4,
                                   rig_op(177, RIG_INT4, rig_var((int)rt, 1, RIG_INT4), rig_int(3)),
                                   rig_int(7)),
                   1));
    plan->left = (Plan *)start;
    plan->right = (Plan *)work;
    plan->targets = rig_columns(VAR_OUTER, 1);
    plan->work_table_param = 0;
    plan->keys = is_all ? NULL : group_keys(1);
    statement = exec_rig_plan((Plan *)plan, NULL, 1);
    entry = list_at(statement->range_table, (int)rt - 1);
    entry->column_types = list_add_oid(NULL, RIG_INT4);
    entry->column_typmods = list_add_int(NULL, -1);
    entry->column_collations = list_add_oid(NULL, 0);
    array_init(&found, sizeof(ExecRigRow));
    exec_rig_run_plan(statement, &found);
    return found;
}

static void a_recursive_query_goes_on_until_nothing_is_new(void)
{
    Array found;

    open_rig();
    found = recurse(true, 500);
    CU_ASSERT_EQUAL(found.count, 500);
    for (size_t i = 0; i < found.count; i++)
        CU_ASSERT_EQUAL(((ExecRigRow *)array_at(&found, i))->values[0], (int)i + 1);
    found = recurse(false, 1000);
    CU_ASSERT_EQUAL(found.count, 7);
    exec_rig_close(&rig);
}

/* ---- Functions that give sets ---- */

static FuncExpr *series(Node *from, Node *to)
{
    FuncExpr *call = (FuncExpr *)(void *)rig_call(1067, RIG_INT4, list_of2(from, to));

    call->is_set = true;
    return call;
}

static void functions_give_rows(void)
{
    FunctionScan *scan = node_new(FunctionScan);
    RangeTblFunction *f = node_new(RangeTblFunction), *g = node_new(RangeTblFunction);
    ProjectSet *set = node_new(ProjectSet);
    Result *one = node_new(Result);
    Array found;

    open_rig();
    f->call = (Node *)series(rig_int(1), rig_int(5));
    g->call = (Node *)series(rig_int(10), rig_int(12));
    f->column_count = g->column_count = 1;
    scan->rt_index = exec_rig_range(0);
    scan->functions = list_of2(f, g);
    scan->has_ordinality = true;
    scan->targets = rig_columns((int)scan->rt_index, 2);
    found = run(scan, NULL, 0);
    CU_ASSERT_EQUAL(found.count, 5);
    for (int i = 0; i < 5; i++) {
        const ExecRigRow *row = array_at(&found, (size_t)i);

        CU_ASSERT_TRUE(row->values[0] == i + 1 && row->nulls[1] == (i >= 3));
        CU_ASSERT_TRUE(row->nulls[1] || row->values[1] == 10 + i);
    }
    one->targets = list_of(rig_target(rig_int(4), 1));
    set->left = (Plan *)one;
    set->targets =
        list_of3(rig_target((Node *)series(rig_int(1), outer(1)), 1),
                 rig_target((Node *)series(rig_int(1), rig_int(2)), 2), rig_target(outer(1), 3));
    found = run(set, NULL, 0);
    CU_ASSERT_EQUAL(found.count, 4);
    for (int i = 0; i < 4; i++) {
        const ExecRigRow *row = array_at(&found, (size_t)i);

        CU_ASSERT_TRUE(row->values[0] == i + 1 && row->nulls[1] == (i >= 2) && row->values[2] == 4);
    }
    exec_rig_close(&rig);
}

/* ---- Subqueries in expressions ---- */

static Node *exec_param(int id)
{
    Param *p = node_new(Param);

    p->kind = PARAM_EXEC;
    p->id = id;
    p->type = RIG_INT4;
    p->typmod = -1;
    return (Node *)p;
}

/* Of (VALUES ...) a: those with k IN (SELECT b.k ...), by rows or by hash; NULL for unknown. */
static Array in_subquery(bool is_hashed, Plan **inner)
{
    Result *top = node_new(Result);
    SubPlan *plan = node_new(SubPlan);

    top->left = values(40, 8);
    *inner = values(10, 8);
    plan->form = SUBPLAN_ANY;
    plan->plan = 1;
    plan->uses_hash = is_hashed;
    plan->hash_keys = group_keys(1);
    plan->test_params = list_add_int(NULL, 0);
    plan->test = rig_op(65, RIG_BOOL, outer(1), exec_param(0));
    top->targets = list_of2(rig_target(outer(3), 1),
                            rig_target(rig_call(2558, RIG_INT4, list_of((Node *)plan)), 2));
    return run(top, list_of(*inner), 1);
}

static void in_is_true_false_or_unknown(void)
{
    seed = seed_new("in");
    for (int i = 0; i < 2; i++) {
        Array found;
        Plan *inner;
        bool has_null = false;

        open_rig();
        found = in_subquery(i == 1, &inner);
        CU_ASSERT_EQUAL(found.count, 40);
        for (int k = 40; k < 50; k++)
            has_null = has_null || rows[k].nulls[0];
        for (size_t n = 0; n < found.count; n++) {
            const ExecRigRow *row = array_at(&found, n);
            const ExecRigRow *from = &rows[row->values[0]];
            bool is_in = false;

            for (int k = 40; k < 50 && !from->nulls[0]; k++)
                is_in = is_in || (!rows[k].nulls[0] && rows[k].values[0] == from->values[0]);
            CU_ASSERT_EQUAL(row->nulls[1], !is_in && (has_null || from->nulls[0]));
            CU_ASSERT_TRUE(row->nulls[1] || row->values[1] == is_in);
        }
        exec_rig_close(&rig);
    }
}

/* (SELECT count(*) FROM b WHERE b.k = a.k), and an init plan for a limit */
static void a_subquery_sees_the_row_it_stands_in(void)
{
    Result *top = node_new(Result), *limit = node_new(Result);
    Agg *count = node_new(Agg);
    Aggref *ref = node_new(Aggref);
    SubPlan *plan = node_new(SubPlan), *init = node_new(SubPlan);
    Plan *inner;
    Array found;

    seed = seed_new("correlated");
    open_rig();
    top->left = values(30, 5);
    inner = values(50, 5);
    inner->quals = list_of(rig_op(
        65, RIG_BOOL, rig_var((int)((Scan *)(void *)inner)->rt_index, 1, RIG_INT4), exec_param(0)));
    inner->all_params = inner->outer_params = bitset_add(NULL, 0);
    ref->function = 2803;
    ref->type = RIG_INT8;
    ref->kind = 'n';
    ref->is_star = true;
    count->left = inner;
    count->strategy = AGG_PLAIN;
    count->targets = list_of(rig_target((Node *)ref, 1));
    count->all_params = count->outer_params = inner->all_params;
    plan->form = SUBPLAN_EXPR;
    plan->plan = 1;
    plan->first_type = RIG_INT8;
    plan->param_ids = list_add_int(NULL, 0);
    plan->args = list_of(outer(1));
    limit->targets = list_of(rig_target(rig_int(3), 1));
    init->form = SUBPLAN_EXPR;
    init->plan = 2;
    init->first_type = RIG_INT4;
    init->set_params = list_add_int(NULL, 1);
    top->init_plans = list_of(init);
    top->quals = list_of(rig_op(147, RIG_BOOL, outer(2), exec_param(1)));
    top->targets = list_of2(rig_target(outer(3), 1), rig_target((Node *)plan, 2));
    found = run(top, list_of2(count, limit), 2);
    for (size_t n = 0; n < found.count; n++) {
        const ExecRigRow *row = array_at(&found, n), *from = &rows[row->values[0]];
        int matches = 0;

        CU_ASSERT_TRUE(from->values[1] > 3);
        for (int k = 30; k < 80; k++)
            matches += !from->nulls[0] && !rows[k].nulls[0] && rows[k].values[0] == from->values[0];
        CU_ASSERT_EQUAL(row->values[1], matches);
    }
    exec_rig_close(&rig);
}

/* ---- Rows for parameters that come again ---- */

static void what_was_computed_before_is_remembered(void)
{
    NestLoop *join = node_new(NestLoop);
    Memoize *memo = node_new(Memoize);
    NestLoopParam *param = node_new(NestLoopParam);
    Plan *inner;
    Array found;
    size_t expected = 0;

    seed = seed_new("memoize");
    open_rig();
    join->left = values(60, 5);
    inner = values(40, 5);
    inner->quals = list_of(rig_op(
        65, RIG_BOOL, rig_var((int)((Scan *)(void *)inner)->rt_index, 1, RIG_INT4), exec_param(0)));
    inner->all_params = inner->outer_params = bitset_add(NULL, 0);
    memo->left = inner;
    memo->targets = rig_columns(VAR_OUTER, 3);
    memo->keys = list_of(exec_param(0));
    memo->hashes = list_add_oid(NULL, 450);
    memo->equals = list_add_oid(NULL, 65);
    memo->collations = list_add_oid(NULL, 0);
    memo->all_params = memo->outer_params = inner->all_params;
    param->param = 0;
    param->value = (Var *)(void *)outer(1);
    join->params = list_of(param);
    join->right = (Plan *)memo;
    join->targets =
        list_of2(rig_target(outer(3), 1), rig_target(rig_var(VAR_INNER, 3, RIG_INT4), 2));
    found = run(join, NULL, 1);
    for (int i = 0; i < 60; i++) {
        for (int k = 60; k < 100; k++)
            expected +=
                !rows[i].nulls[0] && !rows[k].nulls[0] && rows[i].values[0] == rows[k].values[0];
    }
    CU_ASSERT_EQUAL(found.count, expected);
    for (size_t n = 0; n < found.count; n++) {
        const ExecRigRow *row = array_at(&found, n);

        CU_ASSERT_EQUAL(rows[row->values[0]].values[0], rows[60 + row->values[1]].values[0]);
    }
    exec_rig_close(&rig);
}

/* ---- ON CONFLICT ---- */

/* INSERT INTO t VALUES ... ON CONFLICT (id) DO UPDATE SET v = t.v + excluded.v, or DO NOTHING */
static uint64_t insert_or(Oid table, Oid index, bool is_update, int32_t id, int32_t v)
{
    ModifyTable *m = node_new(ModifyTable);
    Result *row = node_new(Result);
    uint32_t rt = exec_rig_range(table);

    row->targets = list_of2(rig_target(rig_int(id), 1), rig_target(rig_int(v), 2));
    m->operation = COMMAND_INSERT;
    m->can_set_tag = true;
    m->left = (Plan *)row;
    m->result_relations = list_add_int(NULL, (int)rt);
    m->on_conflict = is_update ? ON_CONFLICT_UPDATE : ON_CONFLICT_NOTHING;
    m->arbiter_indexes = list_add_oid(NULL, index);
    if (is_update) {
        m->conflict_set = list_of(rig_target(
            rig_op(177, RIG_INT4, rig_var((int)rt, 2, RIG_INT4), rig_var(VAR_INNER, 2, RIG_INT4)),
            1));
        m->conflict_columns = list_add_int(NULL, 2);
    }
    return exec_rig_run_plan(exec_rig_plan((Plan *)m, NULL, 0), NULL);
}

static void a_conflict_is_passed_over_or_made_an_update(void)
{
    int32_t model[20];
    uint64_t count = 0;
    unsigned wrong = 0;
    SeqScan *scan = node_new(SeqScan);
    Oid table, index;
    Array found;

    seed = seed_new("on conflict");
    memset(model, -1, sizeof(model));
    open_rig();
    table = exec_rig_table(2);
    index = exec_rig_index(table, 1, (const int16_t[]){1}, true);
    for (int i = 0; i < 200; i++) {
        int32_t id = (int32_t)seed_below(&seed, 20), v = (int32_t)seed_below(&seed, 100);
        bool is_update = seed_below(&seed, 2) == 0;
        uint64_t changed = insert_or(table, index, is_update, id, v);

        wrong += changed != (model[id] < 0 || is_update ? 1u : 0u);
        count += model[id] < 0;
        if (model[id] < 0)
            model[id] = v;
        else if (is_update)
            model[id] += v;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    scan->rt_index = exec_rig_range(table);
    scan->targets = rig_columns((int)scan->rt_index, 2);
    found = run(scan, NULL, 0);
    CU_ASSERT_EQUAL(found.count, count);
    for (size_t i = 0; i < found.count; i++) {
        const ExecRigRow *row = array_at(&found, i);

        CU_ASSERT_EQUAL(row->values[1], model[row->values[0]]);
    }
    exec_rig_close(&rig);
}

UNIT_SUITE(query)
{
    UNIT_TEST(windows_are_those_of_loops);
    UNIT_TEST(sets_are_combined);
    UNIT_TEST(groups_give_one_row_each);
    UNIT_TEST(scans_of_a_with_query_share_its_rows);
    UNIT_TEST(a_recursive_query_goes_on_until_nothing_is_new);
    UNIT_TEST(functions_give_rows);
    UNIT_TEST(in_is_true_false_or_unknown);
    UNIT_TEST(a_subquery_sees_the_row_it_stands_in);
    UNIT_TEST(what_was_computed_before_is_remembered);
    UNIT_TEST(a_conflict_is_passed_over_or_made_an_update);
}
