/* insert_test.c - records in the log: one process, many, over pages and segments, read back. */
#include "common/base/base.h"

#include <stdatomic.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "common/walrec/rmgr.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/wal_dump.h"
#include "tests/lib/wal_rig.h"
#include "tests/unit/unit.h"

#define PG_WALDUMP  "/usr/lib/postgresql/15/bin/pg_waldump"
#define NUMBERS_MAX 4000 /* records of a writer */

/* What writers tell of their records. */
typedef struct Shared {
    uint32_t count; /* records of each writer */
    uint64_t seed;
    Lsn ends[CROWD_MAX][NUMBERS_MAX];
} Shared;

/* What a reader has found. */
typedef struct Found {
    const Shared *shared;
    uint32_t next[CROWD_MAX]; /* numbers of a writer come in order */
    size_t records, foreign, wrong;
    Lsn last;
} Found;

static Shared *shared_new(uint32_t count)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);

    s->count = count;
    return s;
}

static void check_record(void *arg, const WalRecord *record)
{
    Found *f = arg;
    uint32_t writer, number;
    bool is_right;

    f->records++;
    f->wrong += record->prev != f->last;
    f->last = record->start;
    if (!wal_rig_check(record, &writer, &number, &is_right)) {
        f->foreign++;
        return;
    }
    if (writer >= CROWD_MAX || number >= NUMBERS_MAX || number != f->next[writer] || !is_right ||
        (f->shared != NULL && f->shared->ends[writer][number] != record->end)) {
        f->wrong++;
        return;
    }
    f->next[writer]++;
}

static void dump_is_clean(const WalRig *rig, Lsn end)
{
    if (!wal_dump_is_here())
        unit_skip("there is no pg_waldump 15");
    CU_ASSERT_STRING_EQUAL(wal_dump_complaints(rig, end), "");
}

/* ---- one process ---- */

static void what_was_inserted_is_read_back(void)
{
    Shared *shared = shared_new(500);
    Found found = {.shared = shared};
    WalRig rig;
    Lsn end = 0;

    wal_rig_open(&rig, &(WalRigConfig){.dir = unit_temp_dir()});
    for (uint32_t i = 0; i < shared->count; i++)
        end = shared->ends[0][i] = wal_rig_insert(0, i);
    CU_ASSERT_EQUAL(wal_insert_lsn(), end);
    wal_flush(end);
    CU_ASSERT_EQUAL(wal_flush_lsn(), end);
    CU_ASSERT_EQUAL(wal_rig_read(&rig, check_record, &found), end);
    CU_ASSERT_EQUAL(found.next[0], shared->count);
    CU_ASSERT_EQUAL(found.wrong, 0);
    CU_ASSERT_EQUAL(found.records, shared->count);
    dump_is_clean(&rig, end);
    wal_rig_close(&rig);
}

/* Records of each length, so that each way to meet a page's end is gone. */
static void records_of_every_size_meet_every_page_end(void)
{
    static const int buffers[] = {4, 5, 130};

    for (size_t b = 0; b < ARRAY_LEN(buffers); b++) {
        Found found = {.shared = NULL};
        WalRig rig;
        Lsn end = 0;

        wal_rig_open(&rig, &(WalRigConfig){.dir = mem_printf("%s/%zu", unit_temp_dir(), b),
                                           .buffers = buffers[b]});
        for (uint32_t i = 0; i < 3000; i++) {
            wal_rig_set_size(1 + i % 1500);
            wal_rig_insert(1, i);
        }
        wal_rig_set_size(0);
        end = wal_insert_lsn();
        wal_flush(end);
        CU_ASSERT_EQUAL(wal_rig_read(&rig, check_record, &found), end);
        CU_ASSERT_EQUAL(found.next[1], 3000);
        CU_ASSERT_EQUAL(found.wrong, 0);
        wal_rig_close(&rig);
    }
}

/* ---- many processes ---- */

static void insert_and_sometimes_flush(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed + number};

    for (uint32_t i = 0; i < s->count; i++) {
        s->ends[number][i] = wal_rig_insert(number, i);
        if (seed_below(&seed, 20) == 0) {
            wal_flush(s->ends[number][i]);
            if (wal_flush_lsn() < s->ends[number][i])
                err_raise(SQLSTATE_INTERNAL_ERROR, .message = "not flushed as far as asked for");
        }
    }
}

static void crowd_inserts(unsigned count, int buffers, uint32_t segment_size, uint64_t seed)
{
    Shared *shared = shared_new(300);
    Found found = {.shared = shared};
    WalRig rig;
    Lsn end;

    shared->seed = seed;
    wal_rig_open(&rig, &(WalRigConfig){.dir = mem_printf("%s/%u.%d.%u", unit_temp_dir(), count,
                                                         buffers, segment_size),
                                       .buffers = buffers,
                                       .segment_size = segment_size});
    CU_ASSERT_EQUAL(crowd_run(count, insert_and_sometimes_flush, shared), count);
    end = wal_insert_lsn();
    wal_flush(end);
    CU_ASSERT_EQUAL(wal_rig_read(&rig, check_record, &found), end);
    CU_ASSERT_EQUAL(found.records, count * shared->count);
    CU_ASSERT_EQUAL(found.wrong, 0);
    CU_ASSERT_EQUAL(found.foreign, 0);
    for (unsigned i = 0; i < count; i++)
        CU_ASSERT_EQUAL(found.next[i], shared->count);
    dump_is_clean(&rig, end);
    wal_rig_close(&rig);
}

static void many_insert_at_once(void)
{
    Seed seed = seed_new("many_insert_at_once");

    crowd_inserts(2, 16, MIB(1), seed_u64(&seed));
    crowd_inserts(8, 64, MIB(1), seed_u64(&seed));
    crowd_inserts(5, 512, MIB(16), seed_u64(&seed));
}

/* Fewer buffers than inserters: each waits for others and writes for them. */
static void a_tiny_ring_of_buffers_suffices(void)
{
    Seed seed = seed_new("a_tiny_ring_of_buffers_suffices");

    crowd_inserts(12, 4, MIB(1), seed_u64(&seed));
}

/* One of the things that processes do to the log at the same time. */
static void do_anything(Seed *seed)
{
    uint8_t bytes[1000];
    Lsn lsn;

    switch (seed_below(seed, 40)) {
    case 0:
        wal_switch(seed_below(seed, 2) == 0);
        break;
    case 1:
        wal_begin_checkpoint();
        break;
    case 2:
        wal_set_full_page_writes(seed_below(seed, 2) == 0);
        break;
    case 3:
        wal_force_page_images(1);
        wal_force_page_images(-1);
        break;
    case 4:
        wal_segments_preallocate(wal_insert_lsn(), 1);
        break;
    case 5:
    case 6:
        wal_flush_background();
        break;
    case 7:
        wal_set_async_lsn(wal_insert_lsn());
        break;
    case 8:
        lsn = wal_flush_lsn();
        wal_read_buffers(lsn - seed_below(seed, BLOCK_SIZE), bytes, sizeof bytes);
        break;
    case 9:
    case 10:
        lsn = wal_insert_lsn();
        wal_flush(lsn);
        if (wal_flush_lsn() < lsn)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "not flushed as far as asked for");
        break;
    default:
        break;
    }
}

static void insert_and_do_anything(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed + number};

    for (uint32_t i = 0; i < s->count; i++) {
        s->ends[number][i] = wal_rig_insert(number, i);
        do_anything(&seed);
    }
}

static void everything_may_happen_at_once(void)
{
    Seed seed = seed_new("everything_may_happen_at_once");
    const int rounds = process_env("HOLDFAST_WORLD") != NULL ? 60 : 3;

    for (int round = 0; round < rounds; round++) {
        const unsigned count = 2 + (unsigned)seed_below(&seed, 11);
        Shared *shared = shared_new(200);
        Found found = {.shared = shared};
        WalRig rig;
        Lsn end;

        shared->seed = seed_u64(&seed);
        wal_rig_open(&rig, &(WalRigConfig){.dir = mem_printf("%s/%d", unit_temp_dir(), round),
                                           .buffers = 4 + (int)seed_below(&seed, 40)});
        CU_ASSERT_EQUAL(crowd_run(count, insert_and_do_anything, shared), count);
        end = wal_insert_lsn();
        wal_flush(end);
        CU_ASSERT_EQUAL(wal_rig_read(&rig, check_record, &found), end);
        CU_ASSERT_EQUAL(found.wrong, 0);
        for (unsigned i = 0; i < count; i++)
            CU_ASSERT_EQUAL(found.next[i], shared->count);
        dump_is_clean(&rig, end);
        wal_rig_close(&rig);
        os_shared_unmap(shared, sizeof *shared);
    }
}

/* ---- checkpoints that begin meanwhile ---- */

#define REDO_MAX 4000

/* Redo points in the order in which they were set. */
typedef struct Redos {
    _Atomic uint32_t count;
    Lsn points[REDO_MAX];
    _Atomic uint32_t writers_left;
    size_t records, images, wrong;
} Redos;

/* A page that was changed just now, whose LSN goes along in the main data. */
static void change_pages(Redos *r)
{
    _Alignas(8) uint8_t page[BLOCK_SIZE];
    const BlockTag tag = {.rel = {1663, 5, 16384}};

    page_init(page, 0);
    for (uint32_t i = 0; i < 3000; i++) {
        const Lsn lsn = wal_insert_lsn();

        page_set_lsn(page, lsn);
        wal_begin_insert();
        wal_register_data(&lsn, sizeof lsn);
        wal_register_page(0, &tag, page, WAL_REF_STANDARD);
        wal_register_page_data(0, "data", 4);
        wal_insert(RMGR_HEAP, WAL_HEAP_INPLACE);
    }
    r->writers_left--;
}

static void change_pages_or_set_redo(void *arg, unsigned number)
{
    Redos *r = arg;

    if (number > 0) {
        change_pages(r);
        return;
    }
    while (r->writers_left > 0 && r->count < REDO_MAX) {
        r->points[r->count] = wal_begin_checkpoint();
        r->count++;
        clock_sleep_us(50);
    }
}

/* What was changed before the redo point in force must have its image, and nothing else has. */
static void check_image(void *arg, const WalRecord *record)
{
    Redos *r = arg;
    const WalBlockRef *ref = wal_record_ref(record, 0);
    const Lsn lsn = load_u64(record->main);
    Lsn redo = 0;

    for (uint32_t i = 0; i < r->count && r->points[i] <= record->start; i++)
        redo = r->points[i];
    r->records++;
    r->images += ref->has_image;
    r->wrong += ref->has_image != (lsn <= redo) || ref->has_data == ref->has_image;
}

static void images_follow_the_redo_point_while_others_insert(void)
{
    Redos *redos = os_shared_map(sizeof *redos, OS_HUGE_OFF);
    WalRig rig;

    wal_rig_open(&rig, &(WalRigConfig){.dir = unit_temp_dir(), .buffers = 64});
    redos->points[0] = rig.start;
    redos->count = 1;
    redos->writers_left = 3;
    CU_ASSERT_EQUAL(crowd_run(4, change_pages_or_set_redo, redos), 4);
    CU_ASSERT_EQUAL(wal_redo_lsn(), redos->points[redos->count - 1]);
    wal_flush(wal_insert_lsn());
    CU_ASSERT_EQUAL(wal_rig_read(&rig, check_image, redos), wal_insert_lsn());
    CU_ASSERT_EQUAL(redos->records, 9000);
    CU_ASSERT_EQUAL(redos->wrong, 0);
    CU_ASSERT_TRUE(redos->images > 0);
    CU_ASSERT_TRUE(redos->images < redos->records);
    wal_rig_close(&rig);
}

/* The redo point is where the next record will start, also behind a page's header. */
static void the_redo_point_is_a_records_start(void)
{
    WalRig rig;
    Lsn redo;

    wal_rig_open(&rig, &(WalRigConfig){.dir = unit_temp_dir()});
    redo = wal_begin_checkpoint();
    CU_ASSERT_EQUAL(redo, rig.start + WAL_PAGE_HEADER_LONG);
    CU_ASSERT_EQUAL(wal_redo_lsn(), redo);
    wal_rig_insert(0, 0);
    CU_ASSERT_EQUAL(wal_proc_last_record_start(), redo);
    redo = wal_begin_checkpoint();
    wal_rig_insert(0, 1);
    CU_ASSERT_EQUAL(wal_proc_last_record_start(), redo);
    wal_rig_close(&rig);
}

/* ---- processes that are killed ---- */

typedef struct Killed {
    uint64_t seed;
    _Atomic Lsn flushed; /* as far as anybody was told */
    _Atomic uint64_t records;
} Killed;

static void insert_for_ever(void *arg, unsigned number)
{
    Killed *k = arg;
    Seed seed = {.state = k->seed + number};

    for (uint32_t i = 0;; i++) {
        const Lsn end = wal_rig_insert(number, i);

        k->records++;
        if (seed_below(&seed, 5) == 0) {
            Lsn before = k->flushed;

            wal_flush(end);
            while (before < end && !atomic_compare_exchange_weak(&k->flushed, &before, end))
                continue;
        }
        if (seed_below(&seed, 300) == 0)
            wal_switch(false);
    }
}

/* Any time is the right one: what is not complete must look so, and nothing before it is lost. */
static void what_was_flushed_is_there_after_a_kill(void)
{
    Seed seed = seed_new("what_was_flushed_is_there_after_a_kill");
    Killed *killed = os_shared_map(sizeof *killed, OS_HUGE_OFF);
    const int rounds = process_env("HOLDFAST_WORLD") != NULL ? 100 : 8;

    for (int round = 0; round < rounds; round++) {
        const unsigned count = 1 + (unsigned)seed_below(&seed, 8);
        Found found = {.shared = NULL};
        Crowd crowd;
        WalRig rig;
        Lsn end;

        killed->seed = seed_u64(&seed);
        killed->flushed = 0;
        killed->records = 0;
        wal_rig_open(&rig, &(WalRigConfig){.dir = mem_printf("%s/%d", unit_temp_dir(), round),
                                           .buffers = 4 + (int)seed_below(&seed, 60)});
        crowd_begin(&crowd, count, insert_for_ever, killed);
        while (killed->records < 100)
            clock_sleep_us(100);
        clock_sleep_us((uint32_t)seed_below(&seed, 50000));

        /* One after the other: who lives a little longer may wait for the dead. */
        for (unsigned i = 0; i < count; i++)
            crowd_kill(&crowd, i);
        end = wal_rig_read(&rig, check_record, &found);
        CU_ASSERT_TRUE(end >= killed->flushed);
        CU_ASSERT_EQUAL(found.wrong, 0);

        /* And the log can go on there. */
        wal_rig_restart(&rig);
        wal_rig_insert(CROWD_MAX - 1, 0);
        wal_flush(wal_insert_lsn());
        CU_ASSERT_STRING_EQUAL(wal_dump_complaints(&rig, wal_insert_lsn()), "");
        found = (Found){.shared = NULL};
        CU_ASSERT_EQUAL(wal_rig_read(&rig, check_record, &found), wal_insert_lsn());
        CU_ASSERT_EQUAL(found.wrong, 0);
        CU_ASSERT_EQUAL(found.next[CROWD_MAX - 1], 1);
        wal_rig_close(&rig);
    }
}

UNIT_SUITE(wal_insert)
{
    UNIT_TEST(what_was_inserted_is_read_back);
    UNIT_TEST(records_of_every_size_meet_every_page_end);
    UNIT_TEST(many_insert_at_once);
    UNIT_TEST(a_tiny_ring_of_buffers_suffices);
    UNIT_TEST(everything_may_happen_at_once);
    UNIT_TEST(images_follow_the_redo_point_while_others_insert);
    UNIT_TEST(the_redo_point_is_a_records_start);
    UNIT_TEST(what_was_flushed_is_there_after_a_kill);
}
