/*
 * heap_play.c - change a table at random, and print the SQL by which a real server does the same
 *
 *     heap_play DIRECTORY SEED FIRST-XID FILLFACTOR STEPS > SCRIPT
 *     heap_play compare HEAP OTHER-HEAP
 *
 * In the directory it makes a log (pg_wal), and in the end the table's pages as they are, in
 * files "main" and "map". Rows are named by their places in the script, so that the real server
 * goes wrong at once when it puts one elsewhere. Transactions that run beside are prepared ones.
 *
 * The second form compares pages: all of them but LSN, checksum, hole and the padding of tuples.
 *
 * The table is (id int, k int, n int, indexed int, v int, filler text); n is always NULL, and with
 * k makes a unique key that no row can violate.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/access/heap/heap.h"
#include "server/config/setting.h"
#include "server/fmgr/varlena.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"
#include "server/txn/twophase.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"
#include "tests/lib/seed.h"
#include "tests/lib/txn_rig.h"

#define TABLE        16384
#define COLUMNS      6
#define ROWS         150
#define LEVELS       4
#define PREPARED_MAX 3
#define FILLER_MAX   1500
#define COPY_MAX     80

/* Defaults of the settings of these names. */
#define FREEZE_MIN_AGE       50000000
#define MULTI_FREEZE_MIN_AGE 5000000

typedef struct Row {
    bool exists;
    Tid tid; /* the newest version that the level sees */
    int32_t k, indexed, v;
    unsigned filler;
} Row;

typedef struct Prepared {
    bool is_there;
    Row rows[ROWS];
    bool is_changed[ROWS];
} Prepared;

static TxnRig rig;
static HeapRel rel;
static TupleDesc *desc;
static Row levels[LEVELS + 2][ROWS]; /* 0: what is committed */
static Prepared prepared[PREPARED_MAX];
static unsigned level; /* 0: no block */
static Seed seed;
static unsigned steps[3]; /* deletes, locks, updates */
static bool is_over;

static const uint64_t key_columns[] = {0x6}, indexed_columns[] = {0xE};

static bool is_taken(int32_t id);

/* ---- Statements ---- */

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

/* Those that take no snapshot. */
static void control(void (*act)(void))
{
    txn_start_command();
    act();
    txn_end_command();
}

static Row *row_at(int32_t id)
{
    return &levels[level][id];
}

static HeapTuple *form(int32_t id, const Row *r)
{
    static char text[FILLER_MAX];
    Datum values[COLUMNS] = {datum_of_i32(id), datum_of_i32(r->k), 0, datum_of_i32(r->indexed),
                             datum_of_i32(r->v)};
    bool nulls[COLUMNS] = {[2] = true, [5] = r->filler == 0};

    memset(text, 'a' + id % 26, r->filler);
    values[5] = datum_of_pointer(varlena_new(text, r->filler));
    return heap_form(desc, values, nulls);
}

static void print_filler(int32_t id, const Row *r)
{
    if (r->filler == 0)
        printf("NULL");
    else
        printf("repeat('%c', %u)", 'a' + id % 26, r->filler);
}

static void print_place(Tid tid)
{
    printf(" WHERE ctid = '(%u,%u)'", tid_block(tid), tid.offset);
}

/* Each statement must do to one row what it is meant for. */
static void print_one(void)
{
    printf(" RETURNING 1 AS place \\gset\n");
}

static unsigned random_filler(void)
{
    switch (seed_below(&seed, 6)) {
    case 0:
        return 0;
    case 1:
        return (unsigned)seed_below(&seed, FILLER_MAX);
    default:
        return (unsigned)seed_below(&seed, 200);
    }
}

static void play_insert(int32_t id, bool is_speculative)
{
    Row *r = row_at(id);
    HeapTuple *row;

    *r = (Row){.exists = true,
               .k = (int32_t)seed_below(&seed, 1000),
               .indexed = (int32_t)seed_below(&seed, 1000),
               .v = (int32_t)seed_below(&seed, 1000000),
               .filler = random_filler()};
    begin_statement();
    row = form(id, r);
    if (is_speculative) {
        heap_insert_speculative(&rel, row, txn_command(true), 7);
        heap_confirm_speculative(&rel, row->self);
    } else {
        heap_insert(&rel, row, txn_command(true), 0, NULL);
    }
    r->tid = row->self;
    end_statement();
    printf("INSERT INTO t VALUES (%d, %d, NULL, %d, %d, ", id, r->k, r->indexed, r->v);
    print_filler(id, r);
    printf(")%s", is_speculative ? " ON CONFLICT DO NOTHING" : "");
    printf(" RETURNING ctid AS place \\gset\nSELECT expect(:'place', '(%u,%u)');\n",
           tid_block(r->tid), r->tid.offset);
}

/* Rows that are free, with one record for each page. */
static void play_copy(void)
{
    HeapTuple *rows[COPY_MAX];
    int32_t ids[COPY_MAX];
    unsigned count = 0, max = 2 + (unsigned)seed_below(&seed, COPY_MAX - 2);
    HeapBulk *bulk;

    for (int32_t id = 0; id < ROWS && count < max; id++) {
        Row *r = row_at(id);

        if (r->exists || level > 0 || is_taken(id) || seed_below(&seed, 3) == 0)
            continue;
        *r = (Row){.exists = true,
                   .k = (int32_t)seed_below(&seed, 1000),
                   .indexed = (int32_t)seed_below(&seed, 1000),
                   .v = (int32_t)seed_below(&seed, 1000000),
                   .filler = (unsigned)seed_below(&seed, 200) + 1};
        ids[count] = id;
        rows[count++] = form(id, r);
    }
    if (count == 0)
        return;
    begin_statement();
    bulk = heap_bulk_begin();
    heap_insert_many(&rel, rows, count, txn_command(true), 0, bulk);
    heap_bulk_end(bulk);
    end_statement();
    printf("COPY t FROM STDIN;\n");
    for (unsigned i = 0; i < count; i++) {
        Row *r = row_at(ids[i]);

        r->tid = rows[i]->self;
        printf("%d\t%d\t\\N\t%d\t%d\t", ids[i], r->k, r->indexed, r->v);
        for (unsigned j = 0; j < r->filler; j++)
            putchar('a' + ids[i] % 26);
        putchar('\n');
    }
    printf("\\.\n");
}

/*
 * Would it have to wait? Asked before, as who tries gets an xid, which the real server would not
 * give out. A lock may have to wait for a newer version, too: then the play is over.
 */
static bool must_wait(Tid tid, HeapLockMode mode)
{
    HeapTuple tuple = {.self = tid};
    HeapResult result;
    HeapObstacle why;
    Buffer b;

    if (!heap_fetch(&rel, &snapshot_any, &tuple, &b))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a row is gone");
    buffer_lock(b, BUFFER_EXCLUSIVE);
    result = heap_check_change(&tuple, txn_command(false), mode, b, &why);
    buffer_unlock_unpin(b);
    return result == HEAP_CHANGE_MUST_WAIT;
}

static bool play_update(int32_t id)
{
    Row *r = row_at(id), changed = *r;
    HeapUpdate u = {
        .desc = desc, .key_columns = key_columns, .indexed_columns = indexed_columns};
    HeapObstacle why;
    HeapResult result;
    HeapTuple *row;
    Tid self;

    changed.v = (int32_t)seed_below(&seed, 1000000);
    if (seed_below(&seed, 4) == 0)
        changed.filler = random_filler();
    if (seed_below(&seed, 5) == 0)
        changed.indexed++;
    if (seed_below(&seed, 10) == 0)
        changed.k++;
    begin_statement();
    if (must_wait(r->tid, changed.k != r->k ? HEAP_LOCK_UPDATE : HEAP_LOCK_NO_KEY_UPDATE)) {
        end_statement();
        return false;
    }
    row = form(id, &changed);
    result = heap_update(&rel, r->tid, row, txn_command(true), &u, &why);
    self = row->self;
    end_statement();
    if (result != HEAP_CHANGE_OK)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "an update cannot be done");
    printf("UPDATE t SET k = %d, indexed = %d, v = %d, filler = ", changed.k, changed.indexed,
           changed.v);
    print_filler(id, &changed);
    print_place(r->tid);
    *r = changed;
    r->tid = self;
    printf(" RETURNING ctid AS place \\gset\nSELECT expect(:'place', '(%u,%u)');\n",
           tid_block(r->tid), r->tid.offset);
    return true;
}

static bool play_delete(int32_t id)
{
    Row *r = row_at(id);
    HeapObstacle why;
    HeapResult result;

    begin_statement();
    if (must_wait(r->tid, HEAP_LOCK_UPDATE)) {
        end_statement();
        return false;
    }
    result = heap_delete(&rel, r->tid, txn_command(true), 0, &why);
    end_statement();
    if (result != HEAP_CHANGE_OK)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a delete cannot be done");
    printf("DELETE FROM t");
    print_place(r->tid);
    print_one();
    r->exists = false;
    return true;
}

static bool play_lock(int32_t id)
{
    static const char *const words[] = {"KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE"};
    HeapTuple tuple = {.self = row_at(id)->tid};
    HeapLockMode mode = (HeapLockMode)seed_below(&seed, 4);
    HeapObstacle why;
    HeapResult result;
    Buffer b;

    begin_statement();
    if (must_wait(tuple.self, mode)) {
        end_statement();
        return false;
    }
    result = heap_lock(&rel, &tuple, txn_command(true), mode, true, &b, &why);
    if (result == HEAP_CHANGE_OK)
        buffer_unpin(b);
    end_statement();
    if (result == HEAP_CHANGE_MUST_WAIT) {
        is_over = true;
        return false;
    }
    if (result != HEAP_CHANGE_OK)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a lock cannot be had");
    printf("SELECT 1 AS place FROM t");
    print_place(row_at(id)->tid);
    printf(" FOR %s \\gset\n", words[mode]);
    return true;
}

/* Whoever reads a page prunes it. */
static void play_scan(void)
{
    HeapScan *scan;
    unsigned count = 0, expected = 0;

    begin_statement();
    scan = heap_scan_begin(&rel, snapshot_active());
    while (heap_scan_next(scan, false) != NULL)
        count++;
    heap_scan_end(scan);
    end_statement();
    for (int32_t id = 0; id < ROWS; id++)
        expected += row_at(id)->exists;
    printf("SELECT count(*) AS place FROM t \\gset\nSELECT expect(:'place', '%u');\n", count);
    if (count != expected)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("%u rows were scanned, not %u", count, expected));
}

/* ---- Vacuum ---- */

typedef struct Dead {
    unsigned count;
    OffsetNo offnums[HEAP_PAGE_LINES_MAX];
} Dead;

/* What pg_class says of the table after a vacuum: whether that changes is what others are told. */
typedef struct Told {
    uint64_t rows;
    BlockNo pages, all_visible;
    Xid frozen_xid;
    MultiXid min_multi;
} Told;

static HeapCutoffs cutoffs_of(bool is_freeze)
{
    HeapCutoffs c = {.relfrozenxid = XID_FIRST, .relminmxid = MULTIXACT_FIRST};
    Horizons horizons;

    proc_array_horizons(&horizons);
    c.oldest_xmin = horizons.data;
    c.freeze_limit = is_freeze ? horizons.data : horizons.data - FREEZE_MIN_AGE;
    c.multi_cutoff = multixact_oldest_needed() - (is_freeze ? 0 : MULTI_FREEZE_MIN_AGE);
    return c;
}

static void clean_block(BlockNo block, const HeapCutoffs *c, HeapOldest *oldest, Told *told,
                        Dead *dead)
{
    HeapPageReport report;
    Buffer map = BUFFER_NONE;
    Buffer b = buffer_read(rel.smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);
    uint8_t said = vm_get(rel.smgr, block, &map);

    vm_pin(rel.smgr, block, &map);
    buffer_lock_cleanup(b);
    heap_clean_page(&rel, b, c, oldest, &report);
    told->rows += report.live;
    dead->count = report.dead_count;
    memcpy(dead->offnums, report.dead, sizeof report.dead);
    if (report.dead_count == 0 && report.is_all_visible) {
        if ((said & VM_ALL_VISIBLE) == 0)
            heap_set_all_visible(&rel, b, map, report.visible_after,
                                 VM_ALL_VISIBLE | (report.is_all_frozen ? VM_ALL_FROZEN : 0));
        else if (report.is_all_frozen && (said & VM_ALL_FROZEN) == 0)
            heap_set_all_visible(&rel, b, map, XID_NONE, VM_ALL_FROZEN);
    }
    if (report.dead_count == 0)
        fsm_note(rel.smgr, block, heap_page_room(b));
    buffer_unlock_unpin(b);
    buffer_unpin(map);
}

static void free_dead(BlockNo block, const HeapCutoffs *c, const Dead *dead)
{
    Buffer map = BUFFER_NONE;
    Buffer b = buffer_read(rel.smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);

    vm_pin(rel.smgr, block, &map);
    buffer_lock(b, BUFFER_EXCLUSIVE);
    heap_vacuum_page(&rel, b, dead->offnums, dead->count, c, map);
    fsm_note(rel.smgr, block, heap_page_room(b));
    buffer_unlock_unpin(b);
    buffer_unpin(map);
}

static void play_vacuum(bool is_freeze)
{
    BlockNo count = smgr_block_count(rel.smgr, FORK_MAIN);
    static Told told_before;
    Told told = {.pages = count};
    Dead *dead = mem_new_array(Dead, count);
    BlockNo all_frozen;
    HeapOldest oldest;
    HeapCutoffs c;

    txn_start_command();
    snapshot_push_latest();
    c = cutoffs_of(is_freeze);
    oldest = (HeapOldest){.xid = c.oldest_xmin, .multi = multixact_oldest_needed()};
    for (BlockNo block = 0; block < count; block++)
        clean_block(block, &c, &oldest, &told, &dead[block]);
    for (BlockNo block = 0; block < count; block++)
        if (dead[block].count > 0)
            free_dead(block, &c, &dead[block]);
    fsm_vacuum(rel.smgr);
    vm_count(rel.smgr, &told.all_visible, &all_frozen);
    snapshot_pop();
    txn_end_command();
    told.frozen_xid = oldest.xid;
    told.min_multi = oldest.multi;
    /* Where the newest row went is forgotten with the rest of what is kept of a relation. */
    if (memcmp(&told, &told_before, sizeof(told)) != 0)
        smgr_set_target(rel.smgr, BLOCK_NONE);
    told_before = told;
    printf("VACUUM (INDEX_CLEANUP on, DISABLE_PAGE_SKIPPING, TRUNCATE off, PARALLEL 0%s) t;\n",
           is_freeze ? ", FREEZE" : "");
}

/* ---- Transactions ---- */

static void begin_block(void)
{
    control(txn_begin_block);
    printf("BEGIN;\n");
    memcpy(levels[1], levels[0], sizeof levels[0]);
    level = 1;
}

static void open_savepoint(void)
{
    txn_start_command();
    txn_savepoint("s");
    txn_end_command();
    printf("SAVEPOINT s;\n");
    memcpy(levels[level + 1], levels[level], sizeof levels[0]);
    level++;
}

static void close_savepoint(bool keeps)
{
    txn_start_command();
    if (!keeps)
        txn_rollback_to("s");
    else
        txn_release("s");
    txn_end_command();
    if (!keeps) {
        txn_start_command();
        txn_release("s");
        txn_end_command();
        printf("ROLLBACK TO s;\n");
    }
    printf("RELEASE s;\n");
    if (keeps)
        memcpy(levels[level - 1], levels[level], sizeof levels[0]);
    level--;
}

static void end_block(bool is_commit)
{
    while (level > 1)
        close_savepoint(seed_below(&seed, 2) == 0);
    txn_start_command();
    if (is_commit)
        txn_commit_block(false);
    else
        txn_abort_block(false);
    txn_end_command();
    printf(is_commit ? "COMMIT;\n" : "ROLLBACK;\n");
    if (is_commit)
        memcpy(levels[0], levels[1], sizeof levels[0]);
    level = 0;
}

static void prepare_block(unsigned number)
{
    Prepared *p = &prepared[number];
    char *gid = mem_printf("p%u", number);

    while (level > 1)
        close_savepoint(seed_below(&seed, 2) == 0);
    if (txn_top_xid_if_any() == XID_NONE) {
        end_block(true);
        return;
    }
    txn_start_command();
    txn_prepare_block(gid);
    txn_end_command();
    printf("PREPARE TRANSACTION '%s';\n", gid);
    p->is_there = true;
    memcpy(p->rows, levels[1], sizeof levels[0]);
    for (unsigned i = 0; i < ROWS; i++)
        p->is_changed[i] = levels[0][i].exists != levels[1][i].exists ||
                           memcmp(&levels[0][i].tid, &levels[1][i].tid, sizeof(Tid)) != 0;
    level = 0;
}

static void finish_prepared(unsigned number)
{
    Prepared *p = &prepared[number];
    bool is_commit = seed_below(&seed, 3) != 0;
    char *gid = mem_printf("p%u", number);

    txn_start_command();
    twophase_finish(gid, is_commit, 10, true);
    txn_end_command();
    printf("%s PREPARED '%s';\n", is_commit ? "COMMIT" : "ROLLBACK", gid);
    p->is_there = false;
    for (unsigned i = 0; i < ROWS && is_commit; i++)
        if (p->is_changed[i])
            levels[0][i] = p->rows[i];
}

/* A row that a prepared transaction makes is not to be made twice. */
static bool is_taken(int32_t id)
{
    for (unsigned i = 0; i < PREPARED_MAX; i++)
        if (prepared[i].is_there && prepared[i].is_changed[id])
            return true;
    return false;
}

/* ---- The play ---- */

static void change_something(void)
{
    int32_t id = (int32_t)seed_below(&seed, ROWS);

    if (!row_at(id)->exists) {
        if (!is_taken(id))
            play_insert(id, seed_below(&seed, 6) == 0);
        return;
    }
    switch (seed_below(&seed, 8)) {
    case 0:
        steps[0] += play_delete(id);
        break;
    case 1:
    case 2:
    case 3:
        steps[1] += play_lock(id);
        break;
    default:
        steps[2] += play_update(id);
    }
}

static void play_step(void)
{
    unsigned what = (unsigned)seed_below(&seed, 100), number = (unsigned)seed_below(&seed, 3);

    if (level == 0 && what < 12)
        begin_block();
    else if (level > 0 && what < 6)
        end_block(seed_below(&seed, 4) != 0);
    else if (level > 0 && what < 10 && !prepared[number].is_there)
        prepare_block(number);
    else if (level > 0 && what < 16 && level < LEVELS)
        open_savepoint();
    else if (level > 1 && what < 25)
        close_savepoint(seed_below(&seed, 2) == 0);
    else if (level == 0 && what < 20 && prepared[number].is_there)
        finish_prepared(number);
    else if (level == 0 && what < 23)
        play_vacuum(seed_below(&seed, 3) == 0);
    else if (level == 0 && what < 25)
        play_copy();
    else if (what < 33)
        play_scan();
    else
        change_something();
}

static void play(unsigned count)
{
    MemContext *scratch = mem_context_new(NULL, "step");

    for (unsigned i = 0; i < count && !is_over; i++) {
        MEM_SCOPE(scratch) {
            play_step();
        }
        mem_reset(scratch);
    }
    if (level > 0)
        end_block(true);
}

/* ---- The table ---- */

static void open_table(const char *dir, FullXid first_xid, unsigned fillfactor)
{
    const RelTag tag = {
        .tablespace = TABLESPACE_DEFAULT, .database = TXN_RIG_DATABASE, .rel = TABLE};
    static const char *const names[] = {"id", "k", "n", "indexed", "v"};

    setting.max_prepared_transactions = 4;
    txn_rig_open(&rig, &(TxnRigConfig){.dir = dir,
                                       .next_xid = first_xid,
                                       .buffers = 4000,
                                       .wal_segment_size = MIB(16)});
    rel = (HeapRel){.smgr = smgr_open(&tag, SMGR_PERMANENT),
                    .table = TABLE,
                    .horizon = HORIZON_DATA,
                    .is_permanent = true,
                    .fillfactor = fillfactor};
    smgr_create(rel.smgr, FORK_MAIN, false);
    smgr_set_owner(&rel.smgr, rel.smgr);
    desc = tuple_desc_new(COLUMNS);
    for (unsigned i = 0; i < ARRAY_LEN(names); i++)
        tuple_desc_set(desc, i + 1, names[i], 23, 4, true, 'i');
    tuple_desc_set(desc, COLUMNS, "filler", 25, -1, false, 'i');
}

static void write_fork(ForkNo fork, const char *path)
{
    BlockNo count = smgr_exists(rel.smgr, fork) ? smgr_block_count(rel.smgr, fork) : 0;
    FILE *file = fopen(path, "wb");

    for (BlockNo block = 0; file != NULL && block < count; block++) {
        Buffer b = buffer_read(rel.smgr, fork, block, BUFFER_NORMAL, NULL, true);

        if (fwrite(buffer_page(b), BLOCK_SIZE, 1, file) != 1)
            err_raise(SQLSTATE_IO_ERROR, .message = "could not write pages");
        buffer_unpin(b);
    }
    if (file == NULL || fclose(file) != 0)
        err_raise(SQLSTATE_IO_ERROR, .message = "could not write pages");
}

/* ---- Comparison ---- */

static uint8_t *read_pages(const char *path, size_t *count)
{
    size_t size;
    char *bytes = os_file_read_all(path, MIB(1024), &size);

    *count = size / BLOCK_SIZE;
    return (uint8_t *)bytes;
}

static void mask_page(uint8_t *page)
{
    uint16_t lower = page_lower(page), upper = page_upper(page);

    memset(page, 0, 10);
    if (page_is_new(page))
        return;
    for (OffsetNo offnum = 1; offnum <= page_item_count(page); offnum++) {
        ItemId id = page_item_id(page, offnum);

        size_t end = (size_t)id.offset + id.len, pad = -(size_t)id.len % PAGE_ALIGN;

        /* What looks like items of a metapage is none. */
        if (id.len > 0 && end + pad <= BLOCK_SIZE)
            memset(page + end, 0, pad);
    }
    memset(page + lower, 0, (size_t)(upper - lower));
}

static int compare(const char *path, const char *other_path)
{
    size_t count, other_count, different = 0;
    uint8_t *pages = read_pages(path, &count), *others = read_pages(other_path, &other_count);

    for (size_t i = 0; i < size_min(count, other_count); i++) {
        uint8_t *page = pages + i * BLOCK_SIZE, *other = others + i * BLOCK_SIZE;
        size_t at = 0;

        mask_page(page);
        mask_page(other);
        while (at < BLOCK_SIZE && page[at] == other[at])
            at++;
        if (at == BLOCK_SIZE)
            continue;
        printf("block %zu differs at %zu\n", i, at);
        different++;
    }
    printf("%zu and %zu pages, %zu different\n", count, other_count, different);
    return count == other_count && different == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    err_set_program("heap_play");
    if (argc == 4 && strcmp(argv[1], "compare") == 0)
        return compare(argv[2], argv[3]);
    if (argc != 6)
        err_fatal(SQLSTATE_USAGE,
                  .message = "usage: heap_play DIRECTORY SEED FIRST-XID FILLFACTOR STEPS");
    setvbuf(stdout, NULL, _IOLBF, 0);
    seed.state = strtoull(argv[2], NULL, 10);
    open_table(argv[1], strtoull(argv[3], NULL, 10), (unsigned)strtoul(argv[4], NULL, 10));
    play((unsigned)strtoul(argv[5], NULL, 10));
    txn_start_command();
    wal_flush(wal_insert_lsn());
    write_fork(FORK_MAIN, "main");
    write_fork(FORK_VM, "map");
    txn_end_command();
    fprintf(stderr, "%u deletes, %u locks, %u updates, %u pages\n", steps[0], steps[1], steps[2],
            smgr_block_count(rel.smgr, FORK_MAIN));
    txn_rig_close(&rig);
    return 0;
}
