/*
 * modify_test.c - rows that are put in, changed and taken out by plans, read by all kinds of scans:
 * held against a list
 *
 * The table is t(id, k, v) with a unique index on id and one on (k, id). Statements are made once
 * and run with parameters.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/txn/txn.h"
#include "tests/lib/exec_rig.h"
#include "tests/lib/puppet.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define IDS    200
#define KEYS   20
#define STEPS  1500
#define MARKER (-1)

static ExecRig rig;
static Oid table, id_index, k_index;

typedef struct Model {
    bool exists[IDS];
    int32_t k[IDS], v[IDS];
    bool v_null[IDS];
} Model;

static void open_rig(void)
{
    exec_rig_open(&rig, unit_temp_dir());
    table = exec_rig_table(3);
    id_index = exec_rig_index(table, 1, (const int16_t[]){1}, true);
    k_index = exec_rig_index(table, 2, (const int16_t[]){2, 1}, false);
}

/* ---- Nodes ---- */

static Node *param(int number)
{
    Param *p = node_new(Param);

    p->kind = PARAM_EXTERN;
    p->id = number;
    p->type = RIG_INT4;
    p->typmod = -1;
    return (Node *)p;
}

static IndexKey *key(int column, int strategy, Node *value)
{
    IndexKey *k = node_new(IndexKey);

    k->column = column;
    k->strategy = strategy;
    k->value = value;
    k->compare = 351;
    return k;
}

static Node *tid_var(uint32_t rt)
{
    Var *var = (Var *)(void *)rig_var((int)rt, -1, RIG_TID);

    return (Node *)var;
}

static List *columns_and_tid(uint32_t rt)
{
    List *targets = rig_columns((int)rt, 3);
    TargetEntry *junk = rig_target(tid_var(rt), 4);

    junk->is_junk = true;
    junk->name = "ctid";
    return list_add(targets, junk);
}

static IndexScan *scan_by_id(uint32_t rt, Node *value)
{
    IndexScan *scan = node_new(IndexScan);

    scan->rt_index = rt;
    scan->index = id_index;
    scan->keys = list_of(key(1, 3, value));
    scan->index_quals = list_of(rig_op(65, RIG_BOOL, rig_var((int)rt, 1, RIG_INT4), value));
    scan->targets = columns_and_tid(rt);
    return scan;
}

static ModifyTable *modify(CommandKind operation, uint32_t rt, void *child)
{
    ModifyTable *m = node_new(ModifyTable);

    m->operation = operation;
    m->can_set_tag = true;
    m->left = child;
    m->result_relations = list_add_int(NULL, (int)rt);
    return m;
}

static void return_all(ModifyTable *m, uint32_t rt)
{
    m->returning = list_of(rig_columns((int)rt, 3));
}

/* INSERT INTO t VALUES ($1, $2, $3) */
static Exec *make_insert(bool returns)
{
    uint32_t rt = exec_rig_range(table);
    Result *result = node_new(Result);
    ModifyTable *m = modify(COMMAND_INSERT, rt, result);

    for (int i = 1; i <= 3; i++)
        result->targets = list_add(result->targets, rig_target(param(i), i));
    if (returns)
        return_all(m, rt);
    return exec_new(exec_rig_plan((Plan *)m, NULL, 0), 0);
}

/* UPDATE t SET column = $2 WHERE id = $1; of v: v = v + $2 */
static Exec *make_update(int column, bool returns)
{
    uint32_t rt = exec_rig_range(table);
    IndexScan *scan = scan_by_id(rt, param(1));
    ModifyTable *m = modify(COMMAND_UPDATE, rt, scan);
    Node *value =
        column == 3 ? rig_op(177, RIG_INT4, rig_var((int)rt, 3, RIG_INT4), param(2)) : param(2);
    TargetEntry *junk = rig_target(tid_var(rt), 2);

    junk->is_junk = true;
    junk->name = "ctid";
    scan->targets = list_of2(rig_target(value, 1), junk);
    m->update_columns = list_of(list_add_int(NULL, column));
    if (returns)
        return_all(m, rt);
    return exec_new(exec_rig_plan((Plan *)m, NULL, 0), 0);
}

/* DELETE FROM t WHERE k = $1 */
static Exec *make_delete(bool returns)
{
    uint32_t rt = exec_rig_range(table);
    SeqScan *scan = node_new(SeqScan);
    ModifyTable *m = modify(COMMAND_DELETE, rt, scan);
    TargetEntry *junk = rig_target(tid_var(rt), 1);

    scan->rt_index = rt;
    scan->quals = list_of(rig_op(65, RIG_BOOL, rig_var((int)rt, 2, RIG_INT4), param(1)));
    junk->is_junk = true;
    junk->name = "ctid";
    scan->targets = list_of(junk);
    if (returns)
        return_all(m, rt);
    return exec_new(exec_rig_plan((Plan *)m, NULL, 0), 0);
}

static Plan *seq_scan(void)
{
    SeqScan *scan = node_new(SeqScan);

    scan->rt_index = exec_rig_range(table);
    scan->targets = rig_columns((int)scan->rt_index, 3);
    return (Plan *)scan;
}

/* k >= $1, in the index's order */
static Plan *index_scan(bool is_backward)
{
    IndexScan *scan = node_new(IndexScan);

    scan->rt_index = exec_rig_range(table);
    scan->index = k_index;
    scan->keys = list_of(key(1, 4, param(1)));
    scan->targets = rig_columns((int)scan->rt_index, 3);
    scan->is_backward = is_backward;
    return (Plan *)scan;
}

/* k, id of k >= $1 by the index alone */
static Plan *index_only_scan(void)
{
    IndexOnlyScan *scan = node_new(IndexOnlyScan);

    scan->rt_index = exec_rig_range(table);
    scan->index = k_index;
    scan->keys = list_of(key(1, 4, param(1)));
    scan->index_targets = rig_columns(VAR_INDEX, 2);
    scan->targets = list_of2(rig_target(rig_var(VAR_INDEX, 2, RIG_INT4), 1),
                             rig_target(rig_var(VAR_INDEX, 1, RIG_INT4), 2));
    return (Plan *)scan;
}

static BitmapIndexScan *bitmap_part(uint32_t rt, Oid index, IndexKey *k)
{
    BitmapIndexScan *part = node_new(BitmapIndexScan);

    part->rt_index = rt;
    part->index = index;
    part->keys = list_of(k);
    return part;
}

/* k >= $1 OR id < 10, or with AND */
static Plan *bitmap_scan(bool is_and)
{
    BitmapHeapScan *scan = node_new(BitmapHeapScan);
    List *parts;

    scan->rt_index = exec_rig_range(table);
    scan->targets = rig_columns((int)scan->rt_index, 3);
    parts = list_of2(bitmap_part(scan->rt_index, k_index, key(1, 4, param(1))),
                     bitmap_part(scan->rt_index, id_index, key(1, 1, rig_int(10))));
    if (is_and) {
        BitmapAnd *both = node_new(BitmapAnd);

        both->plans = parts;
        scan->left = (Plan *)both;
    } else {
        BitmapOr *any = node_new(BitmapOr);

        any->plans = parts;
        scan->left = (Plan *)any;
    }
    return (Plan *)scan;
}

static Exec *make_scan(Plan *plan)
{
    return exec_new(exec_rig_plan(plan, NULL, 0), EXEC_BACKWARD);
}

/* ---- The list ---- */

static void note(Array *rows, const Model *m, int id)
{
    ExecRigRow *row = array_push(rows);

    row->values[0] = id;
    row->values[1] = m->k[id];
    row->nulls[2] = m->v_null[id];
    row->values[2] = m->v_null[id] ? 0 : m->v[id];
}

typedef enum ScanKind { SCAN_ALL, SCAN_INDEX, SCAN_ONLY, SCAN_OR, SCAN_AND, SCAN_KINDS } ScanKind;

static bool is_wanted(const Model *m, int id, ScanKind kind, int32_t k)
{
    switch (kind) {
    case SCAN_ALL:
        return true;
    case SCAN_OR:
        return m->k[id] >= k || id < 10;
    case SCAN_AND:
        return m->k[id] >= k && id < 10;
    default:
        return m->k[id] >= k;
    }
}

static unsigned check_scan(const Model *m, Exec *e, ScanKind kind, int32_t k)
{
    const ExternParam params[1] = {{.value = datum_of_i32(k), .type = RIG_INT4}};
    Array wanted, found;

    array_init(&wanted, sizeof(ExecRigRow));
    array_init(&found, sizeof(ExecRigRow));
    for (int id = 0; id < IDS; id++) {
        if (!m->exists[id] || !is_wanted(m, id, kind, k))
            continue;
        note(&wanted, m, id);
        if (kind == SCAN_ONLY) {
            ExecRigRow *row = array_at(&wanted, wanted.count - 1);

            row->values[2] = 0;
            row->nulls[2] = false;
        }
    }
    exec_rig_run(e, &(ExternParams){1, params}, &found);
    return !exec_rig_same(&wanted, &found, false);
}

typedef struct Statements {
    Exec *insert, *insert_plain, *set_k, *add_v, *delete, *delete_plain, *scans[SCAN_KINDS];
} Statements;

static Statements make_statements(void)
{
    return (Statements){.insert = make_insert(true),
                        .insert_plain = make_insert(false),
                        .set_k = make_update(2, true),
                        .add_v = make_update(3, false),
                        .delete = make_delete(true),
                        .delete_plain = make_delete(false),
                        .scans = {make_scan(seq_scan()), make_scan(index_scan(false)),
                                  make_scan(index_only_scan()), make_scan(bitmap_scan(false)),
                                  make_scan(bitmap_scan(true))}};
}

static unsigned insert(Model *m, const Statements *s, Seed *seed)
{
    int id = (int)seed_below(seed, IDS);
    ExternParam params[3] = {{.value = datum_of_i32(id), .type = RIG_INT4},
                             {.value = datum_of_i32((int32_t)seed_below(seed, KEYS))},
                             {.value = datum_of_i32((int32_t)seed_below(seed, 1000)),
                              .is_null = seed_below(seed, 5) == 0}};
    bool returns = seed_below(seed, 2) == 0;
    Array found, wanted;

    if (m->exists[id])
        return 0;
    array_init(&found, sizeof(ExecRigRow));
    array_init(&wanted, sizeof(ExecRigRow));
    m->exists[id] = true;
    m->k[id] = datum_i32(params[1].value);
    m->v[id] = datum_i32(params[2].value);
    m->v_null[id] = params[2].is_null;
    if (exec_rig_run(returns ? s->insert : s->insert_plain, &(ExternParams){3, params}, &found) !=
        1)
        return 1;
    if (returns)
        note(&wanted, m, id);
    return !exec_rig_same(&wanted, &found, true);
}

static unsigned update(Model *m, const Statements *s, Seed *seed)
{
    int id = (int)seed_below(seed, IDS);
    int32_t value = (int32_t)seed_below(seed, KEYS);
    const ExternParam params[2] = {{.value = datum_of_i32(id)}, {.value = datum_of_i32(value)}};
    bool sets_k = seed_below(seed, 2) == 0;
    Array found, wanted;
    uint64_t count;

    array_init(&found, sizeof(ExecRigRow));
    array_init(&wanted, sizeof(ExecRigRow));
    count = exec_rig_run(sets_k ? s->set_k : s->add_v, &(ExternParams){2, params}, &found);
    if (m->exists[id] && sets_k)
        m->k[id] = value;
    else if (m->exists[id])
        m->v[id] += value;
    if (m->exists[id] && sets_k)
        note(&wanted, m, id);
    return count != (m->exists[id] ? 1u : 0u) || !exec_rig_same(&wanted, &found, true);
}

static unsigned delete (Model *m, const Statements *s, Seed *seed)
{
    int32_t k = (int32_t)seed_below(seed, KEYS);
    const ExternParam params[1] = {{.value = datum_of_i32(k)}};
    bool returns = seed_below(seed, 2) == 0;
    Array found, wanted;
    uint64_t count, expected = 0;

    array_init(&found, sizeof(ExecRigRow));
    array_init(&wanted, sizeof(ExecRigRow));
    for (int id = 0; id < IDS; id++) {
        if (!m->exists[id] || m->k[id] != k)
            continue;
        expected++;
        if (returns)
            note(&wanted, m, id);
        m->exists[id] = false;
    }
    count = exec_rig_run(returns ? s->delete : s->delete_plain, &(ExternParams){1, params}, &found);
    return count != expected || !exec_rig_same(&wanted, &found, false);
}

static void statements_change_rows_as_a_list_does(void)
{
    MemContext *mem = mem_context_new(mem_current(), "statement");
    Seed seed = seed_new("statements");
    Model model = {.exists = {false}};
    Statements s;
    unsigned wrong = 0;

    open_rig();
    s = make_statements();
    for (int i = 0; i < STEPS && wrong == 0; i++) {
        MEM_SCOPE(mem) {
            uint64_t what = seed_below(&seed, 20);
            ScanKind kind = (ScanKind)seed_below(&seed, SCAN_KINDS);

            if (what < 8)
                wrong += insert(&model, &s, &seed);
            else if (what < 14)
                wrong += update(&model, &s, &seed);
            else if (what == 14)
                wrong += delete (&model, &s, &seed);
            else
                wrong += check_scan(&model, s.scans[kind], kind, (int32_t)seed_below(&seed, KEYS));
        }
        mem_reset(mem);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    exec_rig_close(&rig);
}

/* ---- Going back and forth, and stopping on the way ---- */

static void fill(int count)
{
    for (int i = 0; i < count; i++)
        exec_rig_insert(table, &(ExecRigRow){.values = {i, i % 7, 10 * i}});
}

static void a_cursor_goes_back_and_forth(void)
{
    Seed seed = seed_new("cursor");
    ExecRigReceiver receiver;
    Array rows;
    int at = 0; /* the row it is on, from 1; 0: before the first; 51: behind the last */
    unsigned wrong = 0;
    Exec *e;
    const ExternParam params[1] = {{.value = datum_of_i32(0)}};
    const ExternParams all = {1, params};

    open_rig();
    fill(50);
    txn_start_command();
    snapshot_push_latest();
    e = make_scan(seq_scan());
    array_init(&rows, sizeof(ExecRigRow));
    exec_rig_receiver(&receiver, &rows, 3);
    exec_open(e, &(ExecOpen){.snapshot = snapshot_active(), .params = &all});
    for (int i = 0; i < 2000; i++) {
        bool is_back = seed_below(&seed, 2) == 0;
        uint64_t wanted = 1 + seed_below(&seed, 9), given;
        uint64_t left =
            is_back ? (uint64_t)(at > 0 ? at - 1 : 0) : (uint64_t)(at < 50 ? 50 - at : 0);

        if (seed_below(&seed, 30) == 0) {
            exec_rewind(e);
            at = 0;
            continue;
        }
        array_clear(&rows);
        given = exec_run(e, is_back ? EXEC_BACK : EXEC_FORWARD, wanted, &receiver.head);
        wrong += given != (wanted < left ? wanted : left) || rows.count != given;
        wrong += exec_is_at_end(e) != (left < wanted);
        for (size_t n = 0; n < rows.count; n++) {
            const ExecRigRow *row = array_at(&rows, n);
            int expected = is_back ? at - 2 - (int)n : at + (int)n;

            wrong += row->values[0] != expected;
        }
        at = is_back ? (given < wanted ? 0 : at - (int)given)
                     : (given < wanted ? 51 : at + (int)given);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    exec_close(e, false);
    exec_free(e);
    snapshot_pop();
    txn_end_command();
    exec_rig_close(&rig);
}

static void limits_leave_rows_out(void)
{
    unsigned wrong = 0;

    open_rig();
    fill(20);
    for (int offset = 0; offset < 25; offset += 3) {
        for (int count = -1; count < 25; count += 4) {
            Limit *limit = node_new(Limit);
            Array rows;
            int left = offset < 20 ? 20 - offset : 0;

            limit->left = seq_scan();
            limit->targets = rig_columns(VAR_OUTER, 3);
            limit->offset = rig_big(offset);
            limit->count = count < 0 ? rig_null(RIG_INT8) : rig_big(count);
            array_init(&rows, sizeof(ExecRigRow));
            txn_start_command();
            exec_rig_plan((Plan *)limit, NULL, 0);
            txn_end_command();
            limit->left = seq_scan();
            wrong += exec_rig_run_plan(exec_rig_plan((Plan *)limit, NULL, 0), &rows) !=
                     (uint64_t)(count >= 0 && count < left ? count : left);
            for (size_t i = 0; i < rows.count; i++)
                wrong += ((ExecRigRow *)array_at(&rows, i))->values[0] != offset + (int)i;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    exec_rig_close(&rig);
}

/* ---- A run that fails ---- */

static uint32_t state_of_insert(Exec *e, int32_t id)
{
    const ExternParam params[3] = {
        {.value = datum_of_i32(id)}, {.value = 0}, {.value = datum_of_i32(1)}};
    volatile uint32_t state = 0;

    txn_start_command();
    ERR_TRY() {
        snapshot_push_latest();
        exec_open(e,
                  &(ExecOpen){.snapshot = snapshot_active(), .params = &(ExternParams){3, params}});
        exec_run(e, EXEC_FORWARD, 0, NULL);
        exec_close(e, false);
        snapshot_pop();
        txn_end_command();
    }
    ERR_CATCH() {
        state = err_caught()->sqlstate;
        txn_abort_current();
        exec_close(e, true);
        exec_rig_drop_pins();
    }
    ERR_END();
    return state;
}

static void a_statement_that_failed_can_be_run_again(void)
{
    Exec *e;

    open_rig();
    e = make_insert(false);
    CU_ASSERT_EQUAL(state_of_insert(e, 1), 0);
    CU_ASSERT_EQUAL(state_of_insert(e, 1), SQLSTATE_UNIQUE_VIOLATION);
    CU_ASSERT_EQUAL(state_of_insert(e, 2), 0);
    CU_ASSERT_EQUAL(state_of_insert(e, 2), SQLSTATE_UNIQUE_VIOLATION);
    CU_ASSERT_EQUAL(state_of_insert(e, 1), SQLSTATE_UNIQUE_VIOLATION);
    CU_ASSERT_EQUAL(state_of_insert(e, 3), 0);
    exec_free(e);
    exec_rig_close(&rig);
}

/* ---- Several at once ---- */

static uint64_t begin_block(const void *args)
{
    bool is_repeatable = *(const bool *)args;

    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    if (is_repeatable)
        txn_set_isolation(TXN_REPEATABLE_READ);
    snapshot_take();
    txn_end_command();
    return 0;
}

static uint64_t commit_block(const void *args UNUSED)
{
    txn_start_command();
    txn_commit_block(false);
    txn_end_command();
    return 0;
}

typedef struct Add {
    int32_t id, value;
} Add;

static uint64_t run_here(Exec *e, const ExternParams *params)
{
    uint64_t count;

    txn_start_command();
    snapshot_push(snapshot_take());
    exec_open(e, &(ExecOpen){.snapshot = snapshot_active(), .params = params});
    count = exec_run(e, EXEC_FORWARD, 0, NULL);
    exec_close(e, false);
    snapshot_pop();
    txn_end_command();
    return count;
}

static uint64_t add(const void *args)
{
    const Add *a = args;
    const ExternParam params[2] = {{.value = datum_of_i32(a->id)},
                                   {.value = datum_of_i32(a->value)}};
    Exec *e;

    e = make_update(3, false);
    return run_here(e, &(ExternParams){2, params});
}

/* UPDATE t SET v = v + value WHERE id = id AND v < 100 */
static uint64_t add_below_100(const void *args)
{
    const Add *a = args;
    uint32_t rt = exec_rig_range(table);
    IndexScan *scan = scan_by_id(rt, rig_int(a->id));
    ModifyTable *m = modify(COMMAND_UPDATE, rt, scan);
    TargetEntry *junk = rig_target(tid_var(rt), 2);

    junk->is_junk = true;
    junk->name = "ctid";
    scan->quals = list_of(rig_op(66, RIG_BOOL, rig_var((int)rt, 3, RIG_INT4), rig_int(100)));
    scan->targets = list_of2(
        rig_target(rig_op(177, RIG_INT4, rig_var((int)rt, 3, RIG_INT4), rig_int(a->value)), 1),
        junk);
    m->update_columns = list_of(list_add_int(NULL, 3));
    return run_here(exec_new(exec_rig_plan((Plan *)m, NULL, 0), 0), NULL);
}

static uint64_t delete_one(const void *args)
{
    const Add *a = args;
    uint32_t rt = exec_rig_range(table);
    IndexScan *scan = scan_by_id(rt, rig_int(a->id));
    ModifyTable *m = modify(COMMAND_DELETE, rt, scan);
    TargetEntry *junk = rig_target(tid_var(rt), 1);

    junk->is_junk = true;
    junk->name = "ctid";
    scan->targets = list_of(junk);
    return run_here(exec_new(exec_rig_plan((Plan *)m, NULL, 0), 0), NULL);
}

static int32_t v_of(int32_t id)
{
    Array rows;
    int32_t v = MARKER;

    array_init(&rows, sizeof(ExecRigRow));
    exec_rig_run_plan(exec_rig_plan(seq_scan(), NULL, 0), &rows);
    for (size_t i = 0; i < rows.count; i++) {
        const ExecRigRow *row = array_at(&rows, i);

        if (row->values[0] == id)
            v = row->values[2];
    }
    return v;
}

static const bool committed = false, repeatable = true;

static void an_update_goes_on_with_the_newest_version(void)
{
    Puppets p;
    const PuppetResult *r;

    open_rig();
    fill(5);
    puppets_begin(&p, 2);
    puppet_do(&p, 0, begin_block, &committed, sizeof(bool));
    CU_ASSERT_EQUAL(puppet_do(&p, 0, add, &(Add){2, 1}, sizeof(Add))->value, 1);
    puppet_start(&p, 1, add, &(Add){2, 5}, sizeof(Add));
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_do(&p, 0, add, &(Add){2, 100}, sizeof(Add));
    puppet_do(&p, 0, commit_block, NULL, 0);
    r = puppet_wait(&p, 1);
    CU_ASSERT_STRING_EQUAL(r->message, "");
    CU_ASSERT_EQUAL(r->sqlstate, 0);
    CU_ASSERT_EQUAL(r->value, 1);
    CU_ASSERT_EQUAL(v_of(2), 20 + 1 + 5 + 100);
    /* The newest version is not one that the statement would have chosen. */
    puppet_do(&p, 0, begin_block, &committed, sizeof(bool));
    puppet_do(&p, 0, add, &(Add){1, 95}, sizeof(Add));
    puppet_start(&p, 1, add_below_100, &(Add){1, 5}, sizeof(Add));
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_do(&p, 0, commit_block, NULL, 0);
    r = puppet_wait(&p, 1);
    CU_ASSERT_EQUAL(r->sqlstate, 0);
    CU_ASSERT_EQUAL(r->value, 0);
    CU_ASSERT_EQUAL(v_of(1), 105);
    /* It is gone. */
    puppet_do(&p, 0, begin_block, &committed, sizeof(bool));
    CU_ASSERT_EQUAL(puppet_do(&p, 0, delete_one, &(Add){3, 0}, sizeof(Add))->value, 1);
    puppet_start(&p, 1, add, &(Add){3, 5}, sizeof(Add));
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_do(&p, 0, commit_block, NULL, 0);
    r = puppet_wait(&p, 1);
    CU_ASSERT_EQUAL(r->sqlstate, 0);
    CU_ASSERT_EQUAL(r->value, 0);
    CU_ASSERT_EQUAL(puppets_end(&p), 2);
    exec_rig_close(&rig);
}

static void a_delete_goes_on_with_the_newest_version(void)
{
    Puppets p;
    const PuppetResult *r;

    open_rig();
    fill(5);
    puppets_begin(&p, 2);
    puppet_do(&p, 0, begin_block, &committed, sizeof(bool));
    puppet_do(&p, 0, add, &(Add){2, 1}, sizeof(Add));
    puppet_start(&p, 1, delete_one, &(Add){2, 0}, sizeof(Add));
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_do(&p, 0, commit_block, NULL, 0);
    r = puppet_wait(&p, 1);
    CU_ASSERT_EQUAL(r->sqlstate, 0);
    CU_ASSERT_EQUAL(r->value, 1);
    CU_ASSERT_EQUAL(v_of(2), MARKER);
    CU_ASSERT_EQUAL(puppets_end(&p), 2);
    exec_rig_close(&rig);
}

static void a_snapshot_of_the_whole_transaction_refuses(void)
{
    Puppets p;
    const PuppetResult *r;

    open_rig();
    fill(5);
    puppets_begin(&p, 2);
    puppet_do(&p, 1, begin_block, &repeatable, sizeof(bool));
    CU_ASSERT_EQUAL(puppet_do(&p, 0, add, &(Add){2, 1}, sizeof(Add))->value, 1);
    r = puppet_do(&p, 1, add, &(Add){2, 1}, sizeof(Add));
    CU_ASSERT_EQUAL(r->sqlstate, SQLSTATE_SERIALIZATION_FAILURE);
    CU_ASSERT_STRING_EQUAL(r->message, "could not serialize access due to concurrent update");
    puppet_do(&p, 1, commit_block, NULL, 0);
    puppet_do(&p, 1, begin_block, &repeatable, sizeof(bool));
    CU_ASSERT_EQUAL(puppet_do(&p, 0, delete_one, &(Add){2, 1}, sizeof(Add))->value, 1);
    r = puppet_do(&p, 1, add, &(Add){2, 1}, sizeof(Add));
    CU_ASSERT_EQUAL(r->sqlstate, SQLSTATE_SERIALIZATION_FAILURE);
    CU_ASSERT_STRING_EQUAL(r->message, "could not serialize access due to concurrent delete");
    CU_ASSERT_EQUAL(puppets_end(&p), 2);
    exec_rig_close(&rig);
}

/* ---- Row locks ---- */

typedef struct LockArgs {
    int32_t id;
    LockStrength strength;
    LockWait wait;
} LockArgs;

/* SELECT v FROM t WHERE id >= args.id ORDER BY id LIMIT 1 FOR ...: v */
static uint64_t lock_one(const void *args)
{
    const LockArgs *a = args;
    uint32_t rt = exec_rig_range(table);
    IndexScan *scan = scan_by_id(rt, rig_int(a->id));
    LockRows *lock = node_new(LockRows);
    PlanRowMark *mark = node_new(PlanRowMark);
    ExecRigReceiver receiver;
    Array rows;
    uint64_t value;
    Exec *e;

    ((IndexKey *)list_at(scan->keys, 0))->strategy = 4;
    scan->index_quals =
        list_of(rig_op(150, RIG_BOOL, rig_var((int)rt, 1, RIG_INT4), rig_int(a->id)));
    ((TargetEntry *)list_last(scan->targets))->name = "ctid1";
    mark->rt_index = mark->parent_rt_index = rt;
    mark->id = 1;
    mark->kind = ROW_MARK_LOCK;
    mark->strength = a->strength;
    mark->wait = a->wait;
    lock->left = (Plan *)scan;
    lock->targets = scan->targets;
    lock->row_marks = list_of(mark);
    txn_start_command();
    e = exec_new(exec_rig_plan((Plan *)lock, NULL, 0), 0);
    snapshot_push(snapshot_take());
    array_init(&rows, sizeof(ExecRigRow));
    exec_rig_receiver(&receiver, &rows, 3);
    exec_open(e, &(ExecOpen){.snapshot = snapshot_active()});
    exec_run(e, EXEC_FORWARD, 1, &receiver.head);
    exec_close(e, false);
    snapshot_pop();
    value = rows.count == 0 ? 0 : (uint64_t)((ExecRigRow *)rows.items)->values[2];
    txn_end_command();
    return value;
}

static void rows_are_locked_in_four_strengths(void)
{
    static const bool conflicts[4][4] = {{0, 0, 0, 1}, {0, 0, 1, 1}, {0, 1, 1, 1}, {1, 1, 1, 1}};
    unsigned wrong = 0;
    Puppets p;

    open_rig();
    fill(5);
    puppets_begin(&p, 2);
    for (int a = 0; a < 4; a++) {
        for (int b = 0; b < 4; b++) {
            LockArgs first = {2, (LockStrength)(ROW_LOCK_KEY_SHARE + a), ROW_WAIT_BLOCK};
            LockArgs second = {2, (LockStrength)(ROW_LOCK_KEY_SHARE + b), ROW_WAIT_ERROR};
            const PuppetResult *r;

            puppet_do(&p, 0, begin_block, &committed, sizeof(bool));
            wrong += puppet_do(&p, 0, lock_one, &first, sizeof(first))->value != 20;
            r = puppet_do(&p, 1, lock_one, &second, sizeof(second));
            wrong += r->sqlstate != (conflicts[a][b] ? (uint32_t)SQLSTATE_LOCK_NOT_AVAILABLE : 0);
            wrong += conflicts[a][b] &&
                     strcmp(r->message, "could not obtain lock on row in relation \"t\"") != 0;
            second.wait = ROW_WAIT_SKIP;
            r = puppet_do(&p, 1, lock_one, &second, sizeof(second));
            wrong += r->sqlstate != 0 || r->value != (conflicts[a][b] ? 30u : 20u);
            second.wait = ROW_WAIT_BLOCK;
            puppet_start(&p, 1, lock_one, &second, sizeof(second));
            wrong += puppet_wait_blocked(&p, 1) != conflicts[a][b];
            puppet_do(&p, 0, commit_block, NULL, 0);
            r = puppet_wait(&p, 1);
            wrong += r->sqlstate != 0 || r->value != 20;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(puppets_end(&p), 2);
    exec_rig_close(&rig);
}

static void a_lock_goes_to_the_newest_version(void)
{
    const LockArgs lock = {2, ROW_LOCK_UPDATE, ROW_WAIT_BLOCK};
    const PuppetResult *r;
    Puppets p;

    open_rig();
    fill(5);
    puppets_begin(&p, 2);
    puppet_do(&p, 0, begin_block, &committed, sizeof(bool));
    puppet_do(&p, 0, add, &(Add){2, 1}, sizeof(Add));
    puppet_do(&p, 0, add, &(Add){2, 1}, sizeof(Add));
    puppet_start(&p, 1, lock_one, &lock, sizeof(lock));
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_do(&p, 0, commit_block, NULL, 0);
    r = puppet_wait(&p, 1);
    CU_ASSERT_EQUAL(r->sqlstate, 0);
    CU_ASSERT_EQUAL(r->value, 22);
    CU_ASSERT_EQUAL(puppets_end(&p), 2);
    exec_rig_close(&rig);
}

/* ---- Many at once, each adding ---- */

#define ADDERS 4
#define ADDS   150

static uint64_t add_often(const void *args)
{
    const uint32_t *number = args;
    Seed seed = {.state = *number + 1};
    MemContext *mem = mem_context_new(mem_current(), "adder");
    Exec *e;

    e = make_update(3, false);
    for (int i = 0; i < ADDS; i++) {
        const ExternParam params[2] = {{.value = datum_of_i32((int32_t)seed_below(&seed, 3))},
                                       {.value = datum_of_i32(1)}};

        MEM_SCOPE(mem) {
            run_here(e, &(ExternParams){2, params});
        }
        mem_reset(mem);
    }
    return 0;
}

static void no_addition_is_lost(void)
{
    Puppets p;

    open_rig();
    fill(3);
    puppets_begin(&p, ADDERS);
    for (uint32_t i = 0; i < ADDERS; i++)
        puppet_start(&p, i, add_often, &i, sizeof(i));
    for (uint32_t i = 0; i < ADDERS; i++)
        CU_ASSERT_EQUAL(puppet_wait(&p, i)->sqlstate, 0);
    CU_ASSERT_EQUAL(v_of(0) + v_of(1) + v_of(2), 0 + 10 + 20 + ADDERS * ADDS);
    CU_ASSERT_EQUAL(puppets_end(&p), ADDERS);
    exec_rig_close(&rig);
}

UNIT_SUITE(modify)
{
    UNIT_TEST(statements_change_rows_as_a_list_does);
    UNIT_TEST(a_cursor_goes_back_and_forth);
    UNIT_TEST(limits_leave_rows_out);
    UNIT_TEST(a_statement_that_failed_can_be_run_again);
    UNIT_TEST(an_update_goes_on_with_the_newest_version);
    UNIT_TEST(a_delete_goes_on_with_the_newest_version);
    UNIT_TEST(a_snapshot_of_the_whole_transaction_refuses);
    UNIT_TEST(rows_are_locked_in_four_strengths);
    UNIT_TEST(a_lock_goes_to_the_newest_version);
    UNIT_TEST(no_addition_is_lost);
}
