/*
 * join_test.c - joins of all kinds and methods against two loops over arrays; sorts on the way
 *
 * Two tables (k, v, n): k is joined by and may be NULL, v may decide too, n numbers the rows. With
 * little memory hash joins and sorts go to files.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/executor/executor.h"
#include "server/txn/txn.h"
#include "tests/lib/exec_rig.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define ROWS_MAX 30000

typedef struct Side {
    Oid table;
    int count;
    ExecRigRow *rows;
} Side;

static ExecRig rig;
static Side sides[2];
static int work_mem_before;

static void open_rig(void)
{
    exec_rig_open(&rig, unit_temp_dir());
    work_mem_before = setting.work_mem;
    for (int i = 0; i < 2; i++) {
        sides[i].table = exec_rig_table(3);
        sides[i].rows = mem_new_array(ExecRigRow, ROWS_MAX);
        sides[i].count = 0;
    }
}

static void close_rig(void)
{
    setting.work_mem = work_mem_before;
    exec_rig_close(&rig);
}

/* INSERT of all rows by one plan. */
static void fill(Side *s, int count, int keys, Seed *seed)
{
    ModifyTable *modify = node_new(ModifyTable);
    ValuesScan *values = node_new(ValuesScan);
    uint32_t rt = exec_rig_range(s->table);

    if (count == 0)
        return;
    values->rt_index = exec_rig_range(0);
    values->targets = rig_columns((int)values->rt_index, 3);
    for (int i = 0; i < count; i++) {
        ExecRigRow *row = &s->rows[s->count];
        List *list = NULL;

        *row = (ExecRigRow){.values = {(int32_t)seed_below(seed, (uint64_t)keys),
                                       (int32_t)seed_below(seed, 3), s->count}};
        row->nulls[0] = seed_below(seed, 12) == 0;
        if (row->nulls[0])
            row->values[0] = 0;
        for (int c = 0; c < 3; c++)
            list = list_add(list, row->nulls[c] ? rig_null(RIG_INT4) : rig_int(row->values[c]));
        values->values = list_add(values->values, list);
        s->count++;
    }
    modify->operation = COMMAND_INSERT;
    modify->can_set_tag = true;
    modify->left = (Plan *)values;
    modify->result_relations = list_add_int(NULL, (int)rt);
    CU_ASSERT_EQUAL(exec_rig_run_plan(exec_rig_plan((Plan *)modify, NULL, 0), NULL),
                    (uint64_t)count);
}

/* ---- Plans ---- */

static Plan *scan(const Side *s)
{
    SeqScan *plan = node_new(SeqScan);

    plan->rt_index = exec_rig_range(s->table);
    plan->targets = rig_columns((int)plan->rt_index, 3);
    plan->rows = s->count;
    plan->width = 12;
    return (Plan *)plan;
}

static SortKey *sort_key(int column, bool is_descending, bool nulls_first)
{
    SortKey *key = node_new(SortKey);

    key->column = column;
    key->compare = 351;
    key->is_descending = is_descending;
    key->is_nulls_first = nulls_first;
    return key;
}

static Plan *sorted(Plan *child, List *keys)
{
    Sort *sort = node_new(Sort);

    sort->left = child;
    sort->targets = rig_columns(VAR_OUTER, 3);
    sort->keys = keys;
    return (Plan *)sort;
}

static Node *var(int side, int column)
{
    return rig_var(side == 0 ? VAR_OUTER : VAR_INNER, column, RIG_INT4);
}

static JoinKey *join_key(bool is_descending)
{
    JoinKey *key = node_new(JoinKey);

    key->left = var(0, 1);
    key->right = var(1, 1);
    key->equal = 65;
    key->left_hash = key->right_hash = 450;
    key->compare = 351;
    key->is_descending = is_descending;
    return key;
}

typedef enum Method { NESTED, NESTED_MATERIAL, HASHED, MERGED, METHODS } Method;

typedef struct Shape {
    Method method;
    JoinKind kind;
    bool has_qual, is_descending, nulls_first;
} Shape;

static void finish_join(Join *join, const Shape *shape, Plan *left, Plan *right)
{
    bool one_side = shape->kind == JOIN_SEMI || shape->kind == JOIN_ANTI;

    join->kind = shape->kind;
    join->left = left;
    join->right = right;
    for (int i = 0; i < (one_side ? 3 : 6); i++)
        join->targets = list_add(join->targets, rig_target(var(i / 3, i % 3 + 1), i + 1));
    /* outer.v <= inner.v */
    if (shape->has_qual)
        join->join_quals = list_of(rig_op(149, RIG_BOOL, var(0, 2), var(1, 2)));
}

static Plan *make_join(const Shape *shape)
{
    Plan *left = scan(&sides[0]), *right = scan(&sides[1]);

    switch (shape->method) {
    case HASHED: {
        HashJoin *join = node_new(HashJoin);
        Hash *hash = node_new(Hash);

        hash->left = right;
        hash->rows = right->rows;
        hash->width = right->width;
        hash->targets = rig_columns(VAR_OUTER, 3);
        finish_join((Join *)(void *)join, shape, left, (Plan *)hash);
        join->keys = list_of(join_key(false));
        return (Plan *)join;
    }
    case MERGED: {
        MergeJoin *join = node_new(MergeJoin);
        List *keys = list_of(sort_key(1, shape->is_descending, shape->nulls_first));

        finish_join((Join *)(void *)join, shape, sorted(left, keys), sorted(right, keys));
        join->keys = list_of(join_key(shape->is_descending));
        return (Plan *)join;
    }
    default: {
        NestLoop *join = node_new(NestLoop);

        if (shape->method == NESTED_MATERIAL) {
            Material *material = node_new(Material);

            material->left = right;
            material->targets = rig_columns(VAR_OUTER, 3);
            right = (Plan *)material;
        }
        finish_join((Join *)(void *)join, shape, left, right);
        join->join_quals = list_add(join->join_quals, rig_op(65, RIG_BOOL, var(0, 1), var(1, 1)));
        return (Plan *)join;
    }
    }
}

/* ---- The loops ---- */

static void put(Array *out, const ExecRigRow *a, const ExecRigRow *b, bool one_side)
{
    ExecRigRow *row = array_push(out);

    for (int i = 0; i < 3; i++) {
        row->values[i] = a != NULL ? a->values[i] : 0;
        row->nulls[i] = a == NULL || a->nulls[i];
        if (one_side)
            continue;
        row->values[3 + i] = b != NULL ? b->values[i] : 0;
        row->nulls[3 + i] = b == NULL || b->nulls[i];
    }
}

static bool matches(const ExecRigRow *a, const ExecRigRow *b, const Shape *shape)
{
    return !a->nulls[0] && !b->nulls[0] && a->values[0] == b->values[0] &&
           (!shape->has_qual || a->values[1] <= b->values[1]);
}

static void join_by_loops(const Shape *shape, Array *out)
{
    bool *found = mem_new_array(bool, (size_t)sides[1].count + 1);
    JoinKind kind = shape->kind;

    for (int i = 0; i < sides[0].count; i++) {
        const ExecRigRow *a = &sides[0].rows[i];
        bool is_matched = false;

        for (int k = 0; k < sides[1].count; k++) {
            if (!matches(a, &sides[1].rows[k], shape))
                continue;
            if (kind != JOIN_ANTI && !(kind == JOIN_SEMI && is_matched))
                put(out, a, &sides[1].rows[k], kind == JOIN_SEMI);
            is_matched = found[k] = true;
        }
        if (!is_matched && (kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_ANTI))
            put(out, a, NULL, kind == JOIN_ANTI);
    }
    for (int k = 0; k < sides[1].count; k++) {
        if (!found[k] && (kind == JOIN_RIGHT || kind == JOIN_FULL))
            put(out, NULL, &sides[1].rows[k], false);
    }
}

static bool check(const Shape *shape)
{
    Array wanted, found;
    Exec *e;
    bool is_good;

    array_init(&wanted, sizeof(ExecRigRow));
    array_init(&found, sizeof(ExecRigRow));
    join_by_loops(shape, &wanted);
    e = exec_new(exec_rig_plan(make_join(shape), NULL, 0), 0);
    exec_rig_run(e, NULL, &found);
    is_good = exec_rig_same(&wanted, &found, false);
    /* Again: the tree is as it was made. */
    array_clear(&found);
    exec_rig_run(e, NULL, &found);
    is_good = is_good && exec_rig_same(&wanted, &found, false);
    exec_free(e);
    return is_good;
}

static const JoinKind kinds[] = {JOIN_INNER, JOIN_LEFT, JOIN_RIGHT,
                                 JOIN_FULL,  JOIN_SEMI, JOIN_ANTI};

static bool can(Method method, JoinKind kind)
{
    return method > NESTED_MATERIAL || (kind != JOIN_RIGHT && kind != JOIN_FULL);
}

static unsigned check_all(void)
{
    unsigned wrong = 0;

    for (Method method = 0; method < METHODS; method++) {
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
            for (int bits = 0; bits < 8; bits++) {
                const Shape shape = {method, kinds[k], (bits & 1) != 0, (bits & 2) != 0,
                                     (bits & 4) != 0};

                if (can(method, kinds[k]) && (method == MERGED || bits < 2) && !check(&shape)) {
                    printf("method %d, kind %d, bits %d: wrong\n", (int)method, (int)kinds[k],
                           bits);
                    wrong++;
                }
            }
        }
    }
    return wrong;
}

static void all_joins_are_those_of_two_loops(void)
{
    Seed seed = seed_new("joins");

    for (int i = 0; i < 6; i++) {
        open_rig();
        fill(&sides[0], (int)seed_below(&seed, 60), 12, &seed);
        fill(&sides[1], i == 0 ? 0 : (int)seed_below(&seed, 60), 12, &seed);
        CU_ASSERT_EQUAL(check_all(), 0);
        close_rig();
    }
}

static void joins_that_spill_are_the_same(void)
{
    Seed seed = seed_new("joins that spill");
    unsigned wrong = 0;

    open_rig();
    setting.work_mem = 64;
    fill(&sides[0], 3000, 4000, &seed);
    fill(&sides[1], 5000, 4000, &seed);
    for (Method method = HASHED; method <= MERGED; method++) {
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
            wrong += !check(&(Shape){.method = method, .kind = kinds[k], .has_qual = k % 2 == 0});
    }
    CU_ASSERT_EQUAL(wrong, 0);
    close_rig();
}

/* The estimate is far off, so batches are split on the way. */
static void a_bad_estimate_splits_batches(void)
{
    Seed seed = seed_new("bad estimates");
    const Shape shape = {.method = HASHED, .kind = JOIN_FULL};
    Array wanted, found;
    ExecCount count;
    Exec *e;
    Plan *plan;

    open_rig();
    setting.work_mem = 64;
    fill(&sides[0], 700, 3000, &seed);
    fill(&sides[1], 6000, 3000, &seed);
    array_init(&wanted, sizeof(ExecRigRow));
    array_init(&found, sizeof(ExecRigRow));
    join_by_loops(&shape, &wanted);
    plan = make_join(&shape);
    plan->right->rows = 10;
    plan->id = 7;
    e = exec_new(exec_rig_plan(plan, NULL, 0), EXEC_INSTRUMENT);
    txn_start_command();
    snapshot_push_latest();
    {
        ExecRigReceiver receiver;

        exec_rig_receiver(&receiver, &found, 6);
        exec_open(e, &(ExecOpen){.snapshot = snapshot_active()});
        exec_run(e, EXEC_FORWARD, 0, &receiver.head);
        CU_ASSERT_TRUE(exec_count(e, 7, &count));
        CU_ASSERT_EQUAL(count.rows, wanted.count);
        CU_ASSERT_EQUAL(count.loops, 1);
        CU_ASSERT_EQUAL(count.batches_planned, 1);
        CU_ASSERT_TRUE(count.batches > 1);
        exec_close(e, false);
    }
    snapshot_pop();
    txn_end_command();
    CU_ASSERT_TRUE(exec_rig_same(&wanted, &found, false));
    exec_free(e);
    close_rig();
}

/* ---- Sorts ---- */

static List *order_keys;

static int compare_in_order(const void *a, const void *b)
{
    const ExecRigRow *x = a, *y = b;

    list_foreach(const SortKey *, key, order_keys) {
        int c = key->column - 1;
        int order = (x->values[c] > y->values[c]) - (x->values[c] < y->values[c]);

        if (x->nulls[c] || y->nulls[c]) {
            if (x->nulls[c] && y->nulls[c])
                continue;
            return x->nulls[c] == key->is_nulls_first ? -1 : 1;
        }
        if (order != 0)
            return key->is_descending ? -order : order;
    }
    return 0;
}

static bool is_in_order(const Array *rows)
{
    for (size_t i = 1; i < rows->count; i++) {
        if (compare_in_order(array_at(rows, i - 1), array_at(rows, i)) > 0)
            return false;
    }
    return true;
}

static bool check_sort(Plan *plan, Array *wanted, bool is_limited)
{
    Array found;
    bool is_good;

    array_init(&found, sizeof(ExecRigRow));
    exec_rig_run_plan(exec_rig_plan(plan, NULL, 0), &found);
    is_good = is_in_order(&found);
    if (!is_limited)
        return is_good && exec_rig_same(wanted, &found, false);
    /* Of equal rows any may come. */
    array_sort(wanted, compare_in_order);
    for (size_t i = 0; i < found.count; i++)
        is_good = is_good && compare_in_order(array_at(&found, i), array_at(wanted, i)) == 0;
    return is_good;
}

static void take_rows(Array *rows, const Side *s)
{
    for (int i = 0; i < s->count; i++)
        *(ExecRigRow *)array_push(rows) = s->rows[i];
}

static void sorts_put_rows_in_order(void)
{
    Seed seed = seed_new("sorts");
    unsigned wrong = 0;

    for (int i = 0; i < 12; i++) {
        bool is_big = i % 3 == 2;
        Array wanted;
        Limit *limit = node_new(Limit);
        IncrementalSort *sort = node_new(IncrementalSort);
        MergeAppend *merged = node_new(MergeAppend);

        open_rig();
        setting.work_mem = is_big ? 64 : 4096;
        fill(&sides[0], is_big ? 8000 : (int)seed_below(&seed, 300), 50, &seed);
        fill(&sides[1], (int)seed_below(&seed, 300), 50, &seed);
        order_keys = list_of2(sort_key(1, i % 2 == 0, seed_below(&seed, 2) == 0),
                              sort_key(2, seed_below(&seed, 2) == 0, false));
        array_init(&wanted, sizeof(ExecRigRow));
        take_rows(&wanted, &sides[0]);
        wrong += !check_sort(sorted(scan(&sides[0]), order_keys), &wanted, false);
        limit->left = sorted(scan(&sides[0]), order_keys);
        limit->targets = rig_columns(VAR_OUTER, 3);
        limit->count = rig_big(20);
        wrong += !check_sort((Plan *)limit, &wanted, true);
        sort->left = sorted(scan(&sides[0]), list_of(list_at(order_keys, 0)));
        sort->targets = rig_columns(VAR_OUTER, 3);
        sort->keys = order_keys;
        sort->presorted_count = 1;
        wrong += !check_sort((Plan *)sort, &wanted, false);
        take_rows(&wanted, &sides[1]);
        merged->plans =
            list_of2(sorted(scan(&sides[0]), order_keys), sorted(scan(&sides[1]), order_keys));
        merged->targets = rig_columns(VAR_OUTER, 3);
        merged->keys = order_keys;
        wrong += !check_sort((Plan *)merged, &wanted, false);
        close_rig();
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

UNIT_SUITE(join)
{
    UNIT_TEST(all_joins_are_those_of_two_loops);
    UNIT_TEST(joins_that_spill_are_the_same);
    UNIT_TEST(a_bad_estimate_splits_batches);
    UNIT_TEST(sorts_put_rows_in_order);
}
