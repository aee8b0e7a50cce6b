/* insert_test.c - records in the log: one process, many, over pages and segments, read back. */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "common/text/strbuf.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/wal/wal.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
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
    const char *start_text =
        mem_printf("%X/%X", (uint32_t)(rig->start >> 32), (uint32_t)rig->start);
    const char *end_text = mem_printf("%X/%X", (uint32_t)(end >> 32), (uint32_t)end);
    const char *argv[] = {PG_WALDUMP, "-q", "-p",     rig->wal_dir, "-s",
                          start_text, "-e", end_text, NULL};
    StrBuf out, err;

    if (!process_may_run(PG_WALDUMP)) {
        unit_skip("there is no pg_waldump 15");
        return;
    }
    strbuf_init(&out);
    strbuf_init(&err);
    CU_ASSERT_EQUAL(process_run(argv, NULL, &out, &err).exit_code, 0);
    CU_ASSERT_EQUAL(err.len, 0);
    if (err.len > 0)
        printf("pg_waldump: %s\n", err.text);
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

UNIT_SUITE(wal_insert)
{
    UNIT_TEST(what_was_inserted_is_read_back);
    UNIT_TEST(records_of_every_size_meet_every_page_end);
    UNIT_TEST(many_insert_at_once);
    UNIT_TEST(a_tiny_ring_of_buffers_suffices);
}
