/*
 * btree_insert_test.c - entries go in in any order: the tree holds them, and redo makes it again
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree.h"
#include "server/fmgr/varlena.h"
#include "server/storage/buffer/buffer.h"
#include "tests/lib/btree_rig.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define INT4_CMP 351
#define TEXT_CMP 360
#define SPLITS   (1U << (WAL_BTREE_SPLIT_L >> 4) | 1U << (WAL_BTREE_SPLIT_R >> 4))

static StorageRig rig;
static RelFileNo rel_number; /* of the newest index */

/* A folder for each, since a log is begun in it. */
static void begin(void)
{
    const char *dir = mem_printf("%s/%u", unit_temp_dir(), ++rel_number);

    os_dir_make_all(dir);
    storage_rig_open(&rig,
                     &(StorageRigConfig){.dir = dir, .buffers = 2000, .segment_blocks = 4000});
}

static void end(void)
{
    storage_rig_close(&rig);
}

/* (int4), (text) or (int4, text). */
static BtreeIndex *index_new(const char *columns)
{
    BtreeIndex *index = mem_new(BtreeIndex);
    unsigned count = (unsigned)strlen(columns);
    TupleDesc *desc = tuple_desc_new(count);

    for (unsigned i = 0; i < count; i++) {
        if (columns[i] == 'i')
            tuple_desc_set(desc, i + 1, "i", 23, 4, true, 'i');
        else
            tuple_desc_set(desc, i + 1, "t", 25, -1, false, 'i');
    }
    btree_keys_init(&index->keys, desc, count);
    for (unsigned i = 0; i < count; i++)
        btree_keys_set_order(&index->keys, i + 1, columns[i] == 'i' ? INT4_CMP : TEXT_CMP,
                             COLLATION_C, 0);
    index->keys.all_equal_image = index->keys.may_deduplicate = true;
    index->keys.index_name = "t_key";
    btree_rig_create(index, rel_number);
    return index;
}

static Tid tid_of(uint32_t row)
{
    return tid_make(row / 100, (OffsetNo)(row % 100 + 1));
}

static void insert_int(BtreeIndex *index, int32_t key, uint32_t row)
{
    const Datum value = datum_of_i32(key);
    const bool null = false;

    CU_ASSERT_TRUE(btree_insert(index, &value, &null, tid_of(row), BTREE_UNIQUE_NO, NULL));
}

typedef struct Expected {
    int32_t key;
    uint32_t row;
} Expected;

static int compare_expected(const void *x, const void *y)
{
    const Expected *a = x, *b = y;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static void check_rows(BtreeIndex *index, Expected *expected, size_t count)
{
    Array rows;

    array_init(&rows, sizeof(BtreeRigRow));
    btree_rig_check(index, &rows);
    qsort(expected, count, sizeof(*expected), compare_expected);
    CU_ASSERT_EQUAL_FATAL(rows.count, count);
    for (size_t i = 0; i < count; i++) {
        const BtreeRigRow *row = array_at(&rows, i);
        Tid tid = tid_of(expected[i].row);

        if (datum_i32(row->first) != expected[i].key || memcmp(&row->tid, &tid, sizeof(tid)) != 0) {
            CU_FAIL("another row");
            break;
        }
    }
}

/* ---- Redo ---- */

static BtreeRigReplay *check_redo(BtreeIndex *index)
{
    BtreeRigReplay *r = btree_rig_replay(&rig.wal, 0, 0);

    CU_ASSERT_EQUAL(btree_rig_count_different(index, r), 0);
    return r;
}

/* ---- Orders of insertion ---- */

typedef struct Load {
    uint32_t count;
    int32_t key_count;
    char keys, rows; /* + ascending, - descending, ? random */
} Load;

static void load(BtreeIndex *index, const Load *l, Seed *seed, Expected *expected)
{
    uint32_t *rows = mem_new_array(uint32_t, l->count);

    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t at = l->rows == '?' ? (uint32_t)seed_below(seed, i + 1) : i;

        rows[i] = rows[at];
        rows[at] = l->rows == '-' ? l->count - i : i;
    }
    for (uint32_t i = 0; i < l->count; i++) {
        int32_t key = l->keys == '?'   ? (int32_t)seed_below(seed, (uint64_t)l->key_count)
                      : l->keys == '+' ? (int32_t)((uint64_t)i * (unsigned)l->key_count / l->count)
                                       : l->key_count - (int32_t)i % l->key_count;

        expected[i] = (Expected){.key = key, .row = rows[i]};
        insert_int(index, key, rows[i]);
    }
}

static BtreeRigReplay *check_load(const Load *l, BtreeRigShape *shape)
{
    Seed seed = seed_new("insert order");
    Expected *expected = mem_new_array(Expected, l->count);
    BtreeIndex *index;
    BtreeRigReplay *replay;

    begin();
    index = index_new("i");
    load(index, l, &seed, expected);
    check_rows(index, expected, l->count);
    *shape = btree_rig_shape(index);
    replay = check_redo(index);
    end();
    return replay;
}

static void random_keys_go_in(void)
{
    const Load l = {.count = 30000, .key_count = 1000000, .keys = '?', .rows = '?'};
    BtreeRigShape shape;
    BtreeRigReplay *r = check_load(&l, &shape);

    CU_ASSERT_EQUAL(shape.level, 1);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_SPLIT_L] > 0);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_SPLIT_R] > 0);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_INSERT_UPPER] > 0);
    CU_ASSERT_EQUAL(r->kinds[WAL_BTREE_NEWROOT], 2);
}

static void ascending_keys_leave_full_pages(void)
{
    const Load l = {.count = 30000, .key_count = 30000, .keys = '+', .rows = '+'};
    BtreeRigShape shape;

    check_load(&l, &shape);
    CU_ASSERT_EQUAL(shape.leaf_count, 82); /* 366 to a page, as PostgreSQL has it */
}

static void duplicates_are_merged_before_a_split(void)
{
    const Load l = {.count = 30000, .key_count = 50, .keys = '?', .rows = '?'};
    BtreeRigShape shape;
    BtreeRigReplay *r = check_load(&l, &shape);

    CU_ASSERT_TRUE(shape.posting_count > 100);
    CU_ASSERT_TRUE(shape.leaf_count < 50);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_DEDUP] > 0);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_INSERT_POST] > 0);
}

static void one_key_fills_a_whole_index(void)
{
    Load l = {.count = 30000, .key_count = 1, .keys = '+', .rows = '+'};
    BtreeRigShape shape;

    check_load(&l, &shape);
    CU_ASSERT_TRUE(shape.leaf_count < 30);
    l.rows = '-';
    check_load(&l, &shape);
    l.rows = '?';
    check_load(&l, &shape);
}

static void descending_and_repeating_keys_go_in(void)
{
    Load l = {.count = 20000, .key_count = 20000, .keys = '-', .rows = '+'};
    BtreeRigShape shape;

    check_load(&l, &shape);
    l.key_count = 70;
    check_load(&l, &shape);
    l.rows = '?';
    check_load(&l, &shape);
}

/* Long keys: few on a page, several levels, pivots of all lengths. */
static void texts_of_all_lengths_go_in(void)
{
    Seed seed = seed_new("texts");
    BtreeIndex *index;
    char text[2700];
    Array rows;

    begin();
    index = index_new("it");
    for (uint32_t i = 0; i < 6000; i++) {
        size_t len = seed_below(&seed, seed_below(&seed, 20) == 0 ? 2600 : 300);
        Datum values[2];
        const bool nulls[2] = {seed_below(&seed, 10) == 0, seed_below(&seed, 10) == 0};

        seed_fill(&seed, text, len);
        values[0] = datum_of_i32((int32_t)seed_below(&seed, 40));
        values[1] = datum_of_pointer(varlena_new(text, len));
        btree_insert(index, values, nulls, tid_of(i), BTREE_UNIQUE_NO, NULL);
    }
    array_init(&rows, sizeof(BtreeRigRow));
    btree_rig_check(index, &rows);
    CU_ASSERT_EQUAL(rows.count, 6000);
    CU_ASSERT_TRUE(btree_rig_shape(index).level >= 2);
    check_redo(index);
    end();
}

/* ---- Crashes ---- */

/* A new relation with the pages as a crash right after some split leaves them. */
static void restore_pages(BtreeIndex *index, const BtreeRigReplay *r)
{
    index->rel = storage_rig_rel(rel_number + 1);
    index->root = 0;
    for (BlockNo block = 0; !page_is_all_zero(r->pages + (size_t)block * BLOCK_SIZE); block++) {
        Buffer b;

        buffer_lock_extension(index->rel);
        b = buffer_read(index->rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);
        buffer_unlock_extension(index->rel);
        memcpy(buffer_page(b), r->pages + (size_t)block * BLOCK_SIZE, BLOCK_SIZE);
        buffer_mark_dirty(b);
        buffer_unlock_unpin(b);
    }
}

static void insert_noise(BtreeIndex *index, Seed *seed, size_t len, uint32_t first, uint32_t count)
{
    char *text = mem_alloc(len);

    for (uint32_t i = 0; i < count; i++) {
        const bool null = false;
        Datum value;

        seed_fill(seed, text, len);
        value = datum_of_pointer(varlena_new(text, len));
        btree_insert(index, &value, &null, tid_of(first + i), BTREE_UNIQUE_NO, NULL);
    }
}

static size_t count_rows(BtreeIndex *index)
{
    BtreeScan *s = btree_scan_begin(index, NULL, 0, false);
    size_t count = 0;
    Tid tid;

    while (btree_scan_next(s, SCAN_FORWARD, &tid))
        count++;
    btree_scan_end(s);
    return count;
}

static void check_unfinished(Seed *seed, unsigned splits)
{
    BtreeIndex *index;
    size_t count;
    Array rows;

    begin();
    index = index_new("t");
    insert_noise(index, seed, 1200, 0, 1200);
    restore_pages(index, btree_rig_replay(&rig.wal, SPLITS, splits));
    UNIT_ASSERT_RAISES(SQLSTATE_INDEX_CORRUPTED, btree_rig_check(index, NULL));
    storage_rig_abort();

    /* Reading works meanwhile. */
    count = count_rows(index);
    insert_noise(index, seed, 10, 2000, 1000);
    array_init(&rows, sizeof(BtreeRigRow));
    btree_rig_check(index, &rows);
    CU_ASSERT_EQUAL(rows.count, count + 1000);
    end();
}

/* The last split of the log is at the root, on a leaf, on an inner page, as splits have it. */
static void unfinished_splits_are_finished_by_inserts(void)
{
    Seed seed = seed_new("unfinished");

    for (unsigned splits = 1; splits <= 120; splits += splits < 5 ? 1 : 19) {
        MemContext *round_mem = mem_context_new(mem_current(), "round");

        MEM_SCOPE(round_mem) {
            check_unfinished(&seed, splits);
        }
        mem_delete(round_mem);
    }
}

/* ---- Several processes ---- */

#define CROWD      4
#define CROWD_ROWS 6000

typedef struct CrowdLoad {
    BtreeIndex *index;
    uint64_t seed;
    int32_t key_count; /* 0: all ascending */
} CrowdLoad;

static int32_t crowd_key(const CrowdLoad *l, Seed *seed, uint32_t i)
{
    return l->key_count == 0 ? (int32_t)i : (int32_t)seed_below(seed, (uint64_t)l->key_count);
}

static void insert_in_crowd(void *arg, unsigned number)
{
    const CrowdLoad *l = arg;
    Seed seed = {.state = l->seed + number};

    storage_rig_enter_child();
    l->index->rel = storage_rig_rel(rel_number);
    for (uint32_t i = 0; i < CROWD_ROWS; i++)
        insert_int(l->index, crowd_key(l, &seed, i), i * CROWD + number);
}

static void check_crowd(int32_t key_count)
{
    Seed seed = seed_new("crowd");
    CrowdLoad l = {.seed = seed_u64(&seed), .key_count = key_count};
    Expected *expected = mem_new_array(Expected, CROWD * CROWD_ROWS);

    begin();
    l.index = index_new("i");
    CU_ASSERT_EQUAL(crowd_run(CROWD, insert_in_crowd, &l), CROWD);
    for (unsigned number = 0; number < CROWD; number++) {
        seed.state = l.seed + number;
        for (uint32_t i = 0; i < CROWD_ROWS; i++)
            expected[number * CROWD_ROWS + i] =
                (Expected){.key = crowd_key(&l, &seed, i), .row = i * CROWD + number};
    }
    check_rows(l.index, expected, CROWD * CROWD_ROWS);
    check_redo(l.index);
    end();
}

static void several_processes_insert_at_once(void)
{
    check_crowd(1000000);
    check_crowd(40);
    check_crowd(0);
}

/* ---- Uniqueness ---- */

typedef struct Look {
    BtreeRowState state; /* of all rows */
    unsigned looked, waited;
} Look;

static BtreeRowState look(void *arg, const Tid *tid, Xid *waits_for, uint32_t *token)
{
    Look *l = arg;

    (void)tid;
    l->looked++;
    *token = 0;
    if (l->state == BTREE_ROW_UNCERTAIN)
        *waits_for = 77;
    return l->state;
}

static void wait_for(void *arg, Xid xid, uint32_t token)
{
    Look *l = arg;

    CU_ASSERT_EQUAL(xid, 77);
    CU_ASSERT_EQUAL(token, 0);
    l->waited++;
    l->state = BTREE_ROW_GONE;
}

static void describe_key(void *arg, const IndexTuple *tuple, BtreeConflict *out)
{
    (void)arg;
    out->detail = err_fmt("Key (i)=(%d) already exists.", (int)load_u32(tuple + 1));
}

static bool insert_unique(BtreeIndex *index, int32_t key, uint32_t row, BtreeUnique unique, Look *l)
{
    const BtreeTable table = {
        .look = look, .wait = wait_for, .describe_key = describe_key, .arg = l};
    const Datum value = datum_of_i32(key);
    const bool null = false;

    return btree_insert(index, &value, &null, tid_of(row), unique, &table);
}

static void a_duplicate_is_refused_when_its_row_is_alive(void)
{
    Look l = {.state = BTREE_ROW_ALIVE};
    BtreeIndex *index;
    Array rows;

    begin();
    index = index_new("i");
    index->keys.is_unique = true;
    for (uint32_t i = 0; i < 3000; i++)
        CU_ASSERT_TRUE(insert_unique(index, (int32_t)i, i, BTREE_UNIQUE_YES, &l));
    CU_ASSERT_EQUAL(l.looked, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNIQUE_VIOLATION,
                               "duplicate key value violates unique constraint \"t_key\"",
                               insert_unique(index, 1234, 9000, BTREE_UNIQUE_YES, &l));
    storage_rig_abort();
    /* At the row that is there, and whether the new one still is. */
    CU_ASSERT_EQUAL(l.looked, 2);
    CU_ASSERT_FALSE(insert_unique(index, 1234, 9000, BTREE_UNIQUE_DEFERRED, &l));
    CU_ASSERT_EQUAL(l.looked, 3);

    array_init(&rows, sizeof(BtreeRigRow));
    btree_rig_check(index, &rows);
    CU_ASSERT_EQUAL(rows.count, 3001);
    end();
}

static void who_meets_a_running_transaction_waits_and_looks_again(void)
{
    Look l = {.state = BTREE_ROW_UNCERTAIN};
    BtreeIndex *index;

    begin();
    index = index_new("i");
    insert_unique(index, 5, 1, BTREE_UNIQUE_YES, &l);
    CU_ASSERT_TRUE(insert_unique(index, 5, 2, BTREE_UNIQUE_YES, &l));
    CU_ASSERT_EQUAL(l.waited, 1);
    CU_ASSERT_EQUAL(l.looked, 2);
    l.state = BTREE_ROW_UNCERTAIN;
    CU_ASSERT_FALSE(insert_unique(index, 5, 3, BTREE_UNIQUE_DEFERRED, &l));
    CU_ASSERT_EQUAL(l.waited, 1);
    end();
}

/* Many dead versions of a row, on several pages; none is looked at twice. */
static void dead_entries_are_marked_and_passed_by(void)
{
    Look l = {.state = BTREE_ROW_DEAD};
    BtreeIndex *index;

    begin();
    index = index_new("i");
    index->keys.may_deduplicate = false;
    for (uint32_t i = 0; i < 2000; i++)
        insert_int(index, 5, i);
    CU_ASSERT_TRUE(insert_unique(index, 5, 2000, BTREE_UNIQUE_YES, &l));
    CU_ASSERT_EQUAL(l.looked, 2000);
    CU_ASSERT_TRUE(insert_unique(index, 5, 2001, BTREE_UNIQUE_YES, &l));
    CU_ASSERT_EQUAL(l.looked, 2001);
    end();
}

static Xid newest_xid(void *arg, const Tid *tids, size_t count)
{
    Look *l = arg;

    (void)tids;
    l->looked += (unsigned)count;
    return 99;
}

/* A page full of dead versions of a row takes the next ones without a split. */
static void marked_entries_go_when_the_page_is_full(void)
{
    Look l = {.state = BTREE_ROW_DEAD};
    const BtreeTable table = {.look = look, .wait = wait_for, .newest_xid = newest_xid, .arg = &l};
    const Datum value = datum_of_i32(5);
    const bool null = false;
    BtreeIndex *index;
    BtreeRigReplay *r;
    unsigned looked;

    begin();
    index = index_new("i");
    index->keys.is_unique = true;
    for (uint32_t i = 0; i < 3000; i++)
        btree_insert(index, &value, &null, tid_of(i), BTREE_UNIQUE_YES, &table);
    CU_ASSERT_EQUAL(btree_rig_shape(index).level, 0);
    looked = l.looked;
    CU_ASSERT_TRUE(looked > 3000 && looked < 6000);
    r = check_redo(index);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_DELETE] > 5);
    CU_ASSERT_EQUAL(r->kinds[WAL_BTREE_SPLIT_L] + r->kinds[WAL_BTREE_SPLIT_R], 0);
    end();
}

/* What redo of an insert finds on a page may have the mark of a hint: it would hide the new row. */
static void a_merged_entry_that_is_dead_goes_before_a_row_comes_into_it(void)
{
    Look l = {.state = BTREE_ROW_ALIVE};
    const BtreeTable table = {.look = look, .wait = wait_for, .newest_xid = newest_xid, .arg = &l};
    const Datum value = datum_of_i32(5);
    const bool null = false;
    BtreeIndex *index;
    BtreeRigReplay *r;
    const Tid added = tid_of(101);
    BtreeScan *s;
    Tid tid;

    begin();
    index = index_new("i");
    for (uint32_t i = 0; i < 1000; i++)
        insert_int(index, 5, 2 * i);
    s = btree_scan_begin(index, NULL, 0, false);
    while (btree_scan_next(s, SCAN_FORWARD, &tid))
        btree_scan_mark_dead(s);
    btree_scan_restart(s, NULL);
    btree_insert(index, &value, &null, added, BTREE_UNIQUE_NO, &table);
    CU_ASSERT_TRUE(btree_scan_next(s, SCAN_FORWARD, &tid));
    CU_ASSERT_EQUAL(tid_block(tid), tid_block(added));
    CU_ASSERT_EQUAL(tid.offset, added.offset);
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_FORWARD, &tid));
    btree_scan_end(s);
    r = check_redo(index);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_DEDUP] > 0);
    CU_ASSERT_EQUAL(r->kinds[WAL_BTREE_DELETE], 1);
    CU_ASSERT_EQUAL(r->kinds[WAL_BTREE_INSERT_POST], 0);
    end();
}

static void nulls_are_duplicates_only_when_told_so(void)
{
    Look l = {.state = BTREE_ROW_ALIVE};
    const BtreeTable table = {.look = look, .wait = wait_for, .arg = &l};
    const Datum value = 0;
    const bool null = true;
    BtreeIndex *index;

    begin();
    index = index_new("i");
    btree_insert(index, &value, &null, tid_of(1), BTREE_UNIQUE_YES, &table);
    CU_ASSERT_TRUE(btree_insert(index, &value, &null, tid_of(2), BTREE_UNIQUE_YES, &table));
    index->keys.nulls_are_equal = true;
    UNIT_ASSERT_RAISES(SQLSTATE_UNIQUE_VIOLATION,
                       btree_insert(index, &value, &null, tid_of(3), BTREE_UNIQUE_YES, &table));
    storage_rig_abort();
    end();
}

static void a_row_goes_in_once(void)
{
    BtreeIndex *index;

    begin();
    index = index_new("i");
    insert_int(index, 5, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_INDEX_CORRUPTED, insert_int(index, 5, 1));
    storage_rig_abort();
    end();
}

UNIT_SUITE(btree_insert)
{
    UNIT_TEST(random_keys_go_in);
    UNIT_TEST(ascending_keys_leave_full_pages);
    UNIT_TEST(duplicates_are_merged_before_a_split);
    UNIT_TEST(one_key_fills_a_whole_index);
    UNIT_TEST(descending_and_repeating_keys_go_in);
    UNIT_TEST(texts_of_all_lengths_go_in);
    UNIT_TEST(unfinished_splits_are_finished_by_inserts);
    UNIT_TEST(several_processes_insert_at_once);
    UNIT_TEST(a_duplicate_is_refused_when_its_row_is_alive);
    UNIT_TEST(who_meets_a_running_transaction_waits_and_looks_again);
    UNIT_TEST(dead_entries_are_marked_and_passed_by);
    UNIT_TEST(marked_entries_go_when_the_page_is_full);
    UNIT_TEST(a_merged_entry_that_is_dead_goes_before_a_row_comes_into_it);
    UNIT_TEST(nulls_are_duplicates_only_when_told_so);
    UNIT_TEST(a_row_goes_in_once);
}
