/*
 * index_test.c - rows that change at random, found by way of their indexes: held against a list
 *
 * The table is (id int, k int, v int): a unique index on id, one on (k, id) with an order of its
 * own, and one by a predicate and an expression, which the test itself computes.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/config/setting.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"
#include "server/txn/txn.h"
#include "tests/lib/heap_rig.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define TYPE_INT4  23
#define INT4_CMP   351
#define COLUMNS    3
#define ROWS       300
#define KEYS       40
#define INDEXES    3
#define FIRST_FILE 16400

typedef struct Row {
    bool exists;
    Tid tid;
    int32_t k, v;
} Row;

static HeapRig rig;
static TupleDesc *desc, *descs[INDEXES];
static Relation table, indexes[INDEXES];
static RelationIndex of[INDEXES];
static IndexSet *set;
static Row rows[ROWS];
static Seed seed;
static RelFileNo next_file;

static const int16_t columns[INDEXES][2] = {{1}, {2, 1}, {0}};

/* All columns have index entries; the third index is on v % 10 of rows with v < 500. */
static const uint64_t key_columns[] = {0x1}, indexed_columns[] = {0x7};

/* ---- What the third index needs ---- */

static void *prepare(const Relation *t, const Relation *index)
{
    CU_ASSERT_PTR_EQUAL(t, &table);
    CU_ASSERT_PTR_EQUAL(index, &indexes[2]);
    return &rig;
}

static bool is_wanted(void *prepared, const Datum *row, const bool *row_nulls)
{
    CU_ASSERT_PTR_EQUAL(prepared, &rig);
    return !row_nulls[2] && datum_i32(row[2]) < 500;
}

static void compute(void *prepared UNUSED, const Datum *row, const bool *row_nulls UNUSED,
                    Datum *values, bool *nulls)
{
    values[0] = datum_of_i32(datum_i32(row[2]) % 10);
    nulls[0] = false;
}

static const char *describe(const Relation *index, const Datum *values, const bool *nulls)
{
    CU_ASSERT_PTR_EQUAL(index, &indexes[0]);
    return nulls[0] ? "(id)=(null)" : mem_printf("(id)=(%d)", datum_i32(values[0]));
}

static const IndexFunctions functions = {
    .prepare = prepare, .is_wanted = is_wanted, .compute = compute, .describe_key = describe};

/* ---- Set-up ---- */

static TupleDesc *desc_of(unsigned count)
{
    TupleDesc *d = tuple_desc_new(count);

    for (unsigned i = 1; i <= count; i++)
        tuple_desc_set(d, i, "column", TYPE_INT4, 4, true, 'i');
    return d;
}

static void new_index_file(unsigned i)
{
    const RelTag tag = {.tablespace = TABLESPACE_DEFAULT,
                        .database = TXN_RIG_DATABASE,
                        .rel = next_file++};
    BtreeIndex *btree = &of[i].btree;

    btree->rel = smgr_open(&tag, SMGR_PERMANENT);
    smgr_create(btree->rel, FORK_MAIN, false);
    smgr_set_owner(&btree->rel, btree->rel);
    btree->root = btree->target = 0;
}

static void make_index(unsigned i, unsigned column_count, bool is_unique)
{
    static const Oid support[2] = {INT4_CMP, INT4_CMP};
    static const Oid collations[2] = {0, 0};
    BtreeKeys *keys = &of[i].btree.keys;

    descs[i] = desc_of(column_count);
    btree_keys_init(keys, descs[i], column_count);
    for (unsigned k = 1; k <= column_count; k++)
        btree_keys_set_order(keys, k, INT4_CMP, 0, i == 1 && k == 1 ? BTREE_OPTION_DESC : 0);
    keys->is_unique = is_unique;
    keys->all_equal_image = keys->may_deduplicate = true;
    keys->index_name = "t_index";
    of[i].access_method = ACCESS_METHOD_BTREE;
    of[i].is_immediate = true;
    of[i].column_count = of[i].key_count = (uint16_t)column_count;
    of[i].columns = columns[i];
    of[i].support = support;
    of[i].support_count = 1;
    of[i].collations = collations;
    of[i].expressions = of[i].predicate = i == 2 ? "" : NULL;
    of[i].btree.is_permanent = true;
    indexes[i] = (Relation){.oid = FIRST_FILE + i, .name = "t_index", .index = &of[i]};
    new_index_file(i);
}

static void build(unsigned i, const Snapshot *s, IndexBuild *out)
{
    *out = (IndexBuild){.snapshot = s};
    index_build(&table, &indexes[i], out);
}

static void open_rig(void)
{
    heap_rig_open(&rig);
    setting.fsync = false;
    memset(rows, 0, sizeof(rows));
    next_file = FIRST_FILE;
    desc = desc_of(COLUMNS);
    table = (Relation){.oid = 16384, .name = "t", .desc = desc, .heap = rig.rel};
    smgr_set_owner(&table.heap.smgr, table.heap.smgr);
    index_set_functions(&functions);
    make_index(0, 1, true);
    make_index(1, 2, false);
    make_index(2, 1, false);
    txn_start_command();
    for (unsigned i = 0; i < INDEXES; i++) {
        IndexBuild out;

        build(i, NULL, &out);
        CU_ASSERT_EQUAL(out.pages, 1);
        CU_ASSERT_TRUE(out.table_rows == 0 && out.index_rows == 0 && !out.has_broken_chain);
    }
    txn_end_command();
    set = index_set_new(&table, (Relation *[]){&indexes[0], &indexes[1], &indexes[2]}, INDEXES);
}

static void close_rig(void)
{
    index_set_functions(&(IndexFunctions){.prepare = NULL});
    heap_rig_close(&rig);
}

/* ---- Changes ---- */

static void begin_statement(void)
{
    txn_start_command();
    snapshot_push_latest();
}

static void end_statement(void)
{
    snapshot_pop();
    txn_end_command();
}

static void row_values(int32_t id, const Row *r, Datum *values)
{
    values[0] = datum_of_i32(id);
    values[1] = datum_of_i32(r->k);
    values[2] = datum_of_i32(r->v);
}

static HeapTuple *form(int32_t id, const Row *r)
{
    static const bool nulls[COLUMNS];
    Datum values[COLUMNS];

    row_values(id, r, values);
    return heap_form(desc, values, nulls);
}

static void enter(int32_t id, const Row *r)
{
    static const bool nulls[COLUMNS];
    Datum values[COLUMNS];

    row_values(id, r, values);
    index_set_insert(set, values, nulls, r->tid, NULL);
}

static void change(int32_t id)
{
    Row *r = &rows[id], changed = *r;
    HeapUpdate u = {.desc = desc, .key_columns = key_columns, .indexed_columns = indexed_columns};
    HeapObstacle why;
    HeapTuple *tuple;

    if (!r->exists) {
        *r = (Row){.exists = true,
                   .k = (int32_t)seed_below(&seed, KEYS),
                   .v = (int32_t)seed_below(&seed, 1000)};
        tuple = form(id, r);
        heap_insert(&table.heap, tuple, txn_command(true), 0, NULL);
        r->tid = tuple->self;
        enter(id, r);
        return;
    }
    if (seed_below(&seed, 4) == 0) {
        CU_ASSERT_EQUAL(heap_delete(&table.heap, r->tid, txn_command(true), 0, &why),
                        HEAP_CHANGE_OK);
        r->exists = false;
        return;
    }
    if (seed_below(&seed, 2) == 0)
        changed.k = (int32_t)seed_below(&seed, KEYS);
    else if (seed_below(&seed, 2) == 0)
        changed.v = (int32_t)seed_below(&seed, 1000);
    tuple = form(id, &changed);
    CU_ASSERT_EQUAL(heap_update(&table.heap, r->tid, tuple, txn_command(true), &u, &why),
                    HEAP_CHANGE_OK);
    changed.tid = tuple->self;
    *r = changed;
    if (!u.is_hot)
        enter(id, r);
}

static void change_some(unsigned count)
{
    MemContext *scratch = mem_context_new(NULL, "step");

    for (unsigned i = 0; i < count; i++) {
        MEM_SCOPE(scratch) {
            begin_statement();
            change((int32_t)seed_below(&seed, ROWS));
            end_statement();
        }
        mem_reset(scratch);
    }
    mem_delete(scratch);
}

/* ---- Looking ---- */

static int32_t column(const HeapTuple *tuple, int number)
{
    bool is_null;

    return datum_i32(heap_get(tuple, number, desc, &is_null));
}

static IndexScan *begin_scan(unsigned i, const ScanKey *keys, unsigned count, bool wants_entries)
{
    return index_scan_begin(&(IndexScanSpec){.table = &table.heap,
                                             .index = &of[i].btree,
                                             .snapshot = snapshot_active(),
                                             .keys = keys,
                                             .key_count = count,
                                             .wants_entries = wants_entries});
}

/* By id: each row, and only it. */
static unsigned count_wrong_by_id(void)
{
    unsigned wrong = 0;
    HeapTuple row;
    ScanKey key;
    IndexScan *scan;

    scan_key_init(&key, 1, SCAN_EQUAL, INT4_CMP, 0, 0);
    scan = begin_scan(0, &key, 1, false);
    for (int32_t id = 0; id < ROWS; id++) {
        bool is_found;

        key.argument = datum_of_i32(id);
        index_scan_restart(scan, &key, NULL);
        is_found = index_scan_next(scan, SCAN_FORWARD, &row);
        wrong += is_found != rows[id].exists;
        if (is_found) {
            wrong += column(&row, 1) != id || column(&row, 2) != rows[id].k ||
                     column(&row, 3) != rows[id].v;
            wrong += index_scan_next(scan, SCAN_FORWARD, &row);
        }
    }
    index_scan_end(scan);
    return wrong;
}

/* Falling k, then rising id, in that direction; by the index alone or not. */
static unsigned count_wrong_in_order(ScanDirection direction, bool wants_entries)
{
    IndexScan *scan = begin_scan(1, NULL, 0, wants_entries);
    unsigned wrong = 0;

    for (int32_t k = direction == SCAN_FORWARD ? KEYS - 1 : 0; k >= 0 && k < KEYS; k -= direction) {
        for (int32_t i = 0; i < ROWS; i++) {
            int32_t id = direction == SCAN_FORWARD ? i : ROWS - 1 - i;
            bool is_null;
            HeapTuple row;

            if (!rows[id].exists || rows[id].k != k)
                continue;
            if (wants_entries) {
                const IndexTuple *entry = index_scan_next_entry(scan, direction);

                wrong += entry == NULL ||
                         datum_i32(index_get(entry, 1, descs[1], &is_null)) != k ||
                         datum_i32(index_get(entry, 2, descs[1], &is_null)) != id;
            } else {
                wrong += !index_scan_next(scan, direction, &row) || column(&row, 1) != id ||
                         column(&row, 2) != k;
            }
        }
    }
    wrong += index_scan_tid(scan).offset == 0;
    if (wants_entries) {
        wrong += index_scan_next_entry(scan, direction) != NULL;
    } else {
        HeapTuple row;

        wrong += index_scan_next(scan, direction, &row);
    }
    index_scan_end(scan);
    return wrong;
}

/* k between two values, by way of bitmaps: of two indexes, united or what they share. */
static unsigned count_wrong_by_bitmap(size_t memory_max, bool is_and)
{
    TidBitmap *one = tid_bitmap_new(memory_max), *other = tid_bitmap_new(memory_max);
    bool was_seen[ROWS] = {false}, needs_recheck;
    const HeapTuple *row;
    BitmapScan *bitmap_scan;
    unsigned wrong = 0;
    IndexScan *scan;
    ScanKey keys[2];

    scan_key_init(&keys[0], 1, SCAN_MORE_EQUAL, INT4_CMP, 0, datum_of_i32(5));
    scan_key_init(&keys[1], 1, SCAN_LESS, INT4_CMP, 0, datum_of_i32(25));
    scan = begin_scan(1, keys, 2, false);
    index_scan_collect(scan, one);
    index_scan_end(scan);
    scan_key_init(&keys[0], 1, SCAN_LESS, INT4_CMP, 0, datum_of_i32(5));
    scan = begin_scan(2, keys, 1, false);
    index_scan_collect(scan, other);
    index_scan_end(scan);
    if (is_and)
        tid_bitmap_intersect(one, other);
    else
        tid_bitmap_unite(one, other);
    bitmap_scan = bitmap_scan_begin(&table.heap, snapshot_active(), one, 4);
    while ((row = bitmap_scan_next(bitmap_scan, &needs_recheck)) != NULL) {
        int32_t id = column(row, 1), k = column(row, 2), v = column(row, 3);
        bool by_k = k >= 5 && k < 25, by_v = v < 500 && v % 10 < 5;

        if (is_and ? by_k && by_v : by_k || by_v) {
            wrong += was_seen[id];
            was_seen[id] = true;
        } else {
            wrong += !needs_recheck;
        }
    }
    for (int32_t id = 0; id < ROWS; id++) {
        bool by_k = rows[id].k >= 5 && rows[id].k < 25;
        bool by_v = rows[id].v < 500 && rows[id].v % 10 < 5;

        wrong += was_seen[id] !=
                 (rows[id].exists && (is_and ? by_k && by_v : by_k || by_v));
    }
    bitmap_scan_end(bitmap_scan);
    tid_bitmap_free(one);
    tid_bitmap_free(other);
    return wrong;
}

static unsigned count_wrong(void)
{
    unsigned wrong;

    begin_statement();
    wrong = count_wrong_by_id();
    wrong += count_wrong_in_order(SCAN_FORWARD, false);
    wrong += count_wrong_in_order(SCAN_BACKWARD, false);
    wrong += count_wrong_in_order(SCAN_FORWARD, true);
    wrong += count_wrong_in_order(SCAN_BACKWARD, true);
    wrong += count_wrong_by_bitmap(MIB(1), false);
    wrong += count_wrong_by_bitmap(MIB(1), true);
    wrong += count_wrong_by_bitmap(0, false);
    wrong += count_wrong_by_bitmap(0, true);
    end_statement();
    return wrong;
}

/* ---- Tests ---- */

static void rows_are_found_by_their_keys(void)
{
    seed = seed_new("index");
    open_rig();
    for (unsigned round = 0; round < 15; round++) {
        change_some(200);
        CU_ASSERT_EQUAL_FATAL(count_wrong(), 0);
    }
    close_rig();
}

static void an_index_can_be_built_of_rows_that_changed(void)
{
    IndexBuild out;
    unsigned count = 0;

    seed = seed_new("index build");
    open_rig();
    change_some(1500);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < INDEXES; i++) {
            new_index_file(i);
            begin_statement();
            build(i, round == 0 ? NULL : snapshot_active(), &out);
            end_statement();
            count = 0;
            for (unsigned id = 0; id < ROWS; id++)
                count += rows[id].exists && (i < 2 || rows[id].v < 500);
            if (i < 2)
                CU_ASSERT_EQUAL((unsigned)out.table_rows, count);
            CU_ASSERT_EQUAL((unsigned)out.index_rows, count);
            CU_ASSERT_FALSE(out.has_broken_chain);
        }
        CU_ASSERT_EQUAL_FATAL(count_wrong(), 0);
        change_some(300);
        CU_ASSERT_EQUAL_FATAL(count_wrong(), 0);
    }
    close_rig();
}

static void duplicates_are_refused(void)
{
    Row r = {.k = 1, .v = 2};
    volatile bool was_refused = false;
    IndexBuild out;
    HeapTuple *tuple;

    seed = seed_new("index duplicate");
    open_rig();
    begin_statement();
    change(7);
    end_statement();
    ERR_TRY() {
        begin_statement();
        tuple = form(7, &r);
        heap_insert(&table.heap, tuple, txn_command(true), 0, NULL);
        r.tid = tuple->self;
        enter(7, &r);
    }
    ERR_CATCH() {
        const ErrReport *e = err_caught();

        was_refused = e->sqlstate == SQLSTATE_UNIQUE_VIOLATION;
        CU_ASSERT_STRING_EQUAL(e->message,
                               "duplicate key value violates unique constraint \"t_index\"");
        CU_ASSERT_STRING_EQUAL(e->detail, "Key (id)=(7) already exists.");
        txn_abort_current();
    }
    ERR_END();
    CU_ASSERT_TRUE(was_refused);

    /* Rolled back, so a build does not mind; then one that counts. */
    new_index_file(0);
    begin_statement();
    build(0, NULL, &out);
    CU_ASSERT_EQUAL((unsigned)out.index_rows, 1);
    end_statement();
    begin_statement();
    tuple = form(7, &r);
    heap_insert(&table.heap, tuple, txn_command(true), 0, NULL);
    end_statement();
    was_refused = false;
    ERR_TRY() {
        begin_statement();
        new_index_file(0);
        build(0, NULL, &out);
    }
    ERR_CATCH() {
        const ErrReport *e = err_caught();

        was_refused = e->sqlstate == SQLSTATE_UNIQUE_VIOLATION;
        CU_ASSERT_STRING_EQUAL(e->message, "could not create unique index \"t_index\"");
        CU_ASSERT_STRING_EQUAL(e->detail, "Key (id)=(7) is duplicated.");
        txn_abort_current();
    }
    ERR_END();
    CU_ASSERT_TRUE(was_refused);
    close_rig();
}

static void conflicts_are_told(void)
{
    static const bool nulls[COLUMNS];
    IndexInsert how = {.arbiters = &indexes[0].oid, .arbiter_count = 1};
    Datum values[COLUMNS];
    Row other = {.k = 3, .v = 4};
    HeapTuple *tuple;
    Tid tid;

    seed = seed_new("index conflict");
    open_rig();
    begin_statement();
    change(7);
    row_values(7, &rows[7], values);
    CU_ASSERT_TRUE(index_set_find_conflict(set, values, nulls, &how, &tid));
    CU_ASSERT_TRUE(tid.offset == rows[7].tid.offset);
    values[0] = datum_of_i32(8);
    CU_ASSERT_FALSE(index_set_find_conflict(set, values, nulls, &how, &tid));

    /* Somebody was faster: the entry is there, and it is told. */
    tuple = form(7, &other);
    heap_insert_speculative(&table.heap, tuple, txn_command(true), 5);
    values[0] = datum_of_i32(7);
    index_set_insert(set, values, nulls, tuple->self, &how);
    CU_ASSERT_TRUE(how.has_conflict);
    CU_ASSERT_EQUAL(how.recheck_count, 0);
    heap_abort_speculative(&table.heap, tuple->self);
    end_statement();
    CU_ASSERT_EQUAL(count_wrong(), 0);

    /* A deferrable constraint: a possible duplicate is looked at again. */
    of[0].is_immediate = false;
    begin_statement();
    tuple = form(7, &other);
    heap_insert(&table.heap, tuple, txn_command(true), 0, NULL);
    how = (IndexInsert){.arbiters = NULL};
    index_set_insert(set, values, nulls, tuple->self, &how);
    CU_ASSERT_FALSE(how.has_conflict);
    CU_ASSERT_TRUE(how.recheck_count == 1 && how.rechecks[0] == indexes[0].oid);
    CU_ASSERT_EQUAL(heap_delete(&table.heap, rows[7].tid, txn_command(true), 0, &(HeapObstacle){0}),
                    HEAP_CHANGE_OK);
    index_set_recheck(set, indexes[0].oid, values, nulls, tuple->self);
    end_statement();
    close_rig();
}

static void arrays_are_many_keys(void)
{
    const Datum ks[] = {datum_of_i32(30), datum_of_i32(4), datum_of_i32(30), datum_of_i32(99),
                        datum_of_i32(17)};
    const Datum ids[] = {datum_of_i32(200), datum_of_i32(10), datum_of_i32(100)};
    const IndexArray arrays[] = {{.key = 0, .count = 5, .values = ks},
                                 {.key = 1, .count = 3, .values = ids}};
    int32_t before = INT32_MAX;
    unsigned count = 0, back_count = 0, expected = 0;
    HeapTuple row;
    ScanKey keys[2];
    IndexScan *scan;

    seed = seed_new("index arrays");
    open_rig();
    change_some(1000);
    begin_statement();
    scan_key_init(&keys[0], 1, SCAN_EQUAL, INT4_CMP, 0, 0);
    scan_key_init(&keys[1], 2, SCAN_LESS, INT4_CMP, 0, 0);
    scan = index_scan_begin(&(IndexScanSpec){.table = &table.heap,
                                             .index = &of[1].btree,
                                             .snapshot = snapshot_active(),
                                             .keys = keys,
                                             .key_count = 2,
                                             .arrays = arrays,
                                             .array_count = 2});
    while (index_scan_next(scan, SCAN_FORWARD, &row)) {
        int32_t k = column(&row, 2);

        count++;
        CU_ASSERT_TRUE(k <= before && (k == 30 || k == 4 || k == 17) && column(&row, 1) < 200);
        before = k;
    }
    while (index_scan_next(scan, SCAN_BACKWARD, &row))
        back_count++;
    for (int32_t id = 0; id < 200; id++)
        expected +=
            rows[id].exists && (rows[id].k == 30 || rows[id].k == 4 || rows[id].k == 17);
    CU_ASSERT_EQUAL(count, expected);
    CU_ASSERT_EQUAL(back_count, expected);
    CU_ASSERT_TRUE(expected > 0);

    /* No values, no rows. */
    index_scan_restart(scan, NULL, (IndexArray[]){{.key = 0, .count = 0}, arrays[1]});
    CU_ASSERT_FALSE(index_scan_next(scan, SCAN_FORWARD, &row));
    index_scan_restart(scan, NULL, arrays);
    CU_ASSERT_TRUE(index_scan_next(scan, SCAN_FORWARD, &row));
    index_scan_end(scan);
    end_statement();
    close_rig();
}

/* From row at on: there and back again, once on the same page and once from another. */
static void check_mark(IndexScan *scan, int32_t at, int32_t steps)
{
    ScanKey key;
    HeapTuple row;

    scan_key_init(&key, 1, SCAN_MORE_EQUAL, INT4_CMP, 0, datum_of_i32(at));
    index_scan_restart(scan, &key, NULL);
    CU_ASSERT_TRUE(index_scan_next(scan, SCAN_FORWARD, &row) && column(&row, 1) == at);
    index_scan_mark(scan);
    for (unsigned again = 0; again < 3; again++) {
        for (int32_t i = 1; i <= steps; i++)
            CU_ASSERT_TRUE(index_scan_next(scan, SCAN_FORWARD, &row) && column(&row, 1) == at + i);
        index_scan_restore(scan);
    }
    CU_ASSERT_FALSE(index_scan_next(scan, SCAN_BACKWARD, &row));
}

static void a_scan_comes_back_to_its_mark(void)
{
    enum { COUNT = 3000 };
    IndexScan *scan;
    ScanKey key;

    seed = seed_new("index mark");
    open_rig();
    begin_statement();
    for (int32_t id = 0; id < COUNT; id++) {
        Row r = {.k = id};
        HeapTuple *tuple = form(id, &r);

        heap_insert(&table.heap, tuple, txn_command(true), 0, NULL);
        r.tid = tuple->self;
        enter(id, &r);
    }
    txn_advance_command();
    snapshot_advance_command();
    CU_ASSERT_TRUE(smgr_block_count(of[0].btree.rel, FORK_MAIN) > 6);
    scan_key_init(&key, 1, SCAN_MORE_EQUAL, INT4_CMP, 0, 0);
    scan = begin_scan(0, &key, 1, false);
    for (unsigned round = 0; round < 60; round++)
        check_mark(scan, (int32_t)seed_below(&seed, COUNT / 2),
                   1 + (int32_t)seed_below(&seed, 800));
    index_scan_end(scan);
    end_statement();
    close_rig();
}

static void a_broken_chain_is_told(void)
{
    HeapObstacle why;
    IndexBuild out;
    Row changed;
    static const uint64_t none[] = {0};
    HeapUpdate u = {.desc = desc, .key_columns = none, .indexed_columns = none};
    HeapTuple *tuple;

    seed = seed_new("index chain");
    open_rig();
    u.desc = desc;
    begin_statement();
    change(1);
    end_statement();

    /* In the same transaction: nobody but we may see the old version, but we may. */
    begin_statement();
    changed = rows[1];
    changed.v = 7;
    tuple = form(1, &changed);
    CU_ASSERT_EQUAL(heap_update(&table.heap, rows[1].tid, tuple, txn_command(true), &u, &why),
                    HEAP_CHANGE_OK);
    CU_ASSERT_TRUE(u.is_hot);
    new_index_file(2);
    build(2, NULL, &out);
    CU_ASSERT_TRUE(out.has_broken_chain);
    CU_ASSERT_EQUAL((unsigned)out.index_rows, 1);
    CU_ASSERT_EQUAL((unsigned)out.table_rows, 1);
    rows[1].v = 7;
    rows[1].tid = tuple->self;
    end_statement();
    CU_ASSERT_EQUAL(count_wrong(), 0);
    close_rig();
}

UNIT_SUITE(index)
{
    UNIT_TEST(rows_are_found_by_their_keys);
    UNIT_TEST(an_index_can_be_built_of_rows_that_changed);
    UNIT_TEST(duplicates_are_refused);
    UNIT_TEST(conflicts_are_told);
    UNIT_TEST(arrays_are_many_keys);
    UNIT_TEST(a_scan_comes_back_to_its_mark);
    UNIT_TEST(a_broken_chain_is_told);
}
