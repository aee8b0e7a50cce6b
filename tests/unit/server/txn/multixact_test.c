/* multixact_test.c - multixacts: made, read, limited, truncated, replayed; by many at once */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/shared_memory.h"
#include "common/redo/slru_redo.h"
#include "common/walrec/effects.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/txn/multixact.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define PER_PAGE    2048
#define MAKERS      4
#define MADE_EACH   1500
#define MEMBERS_MAX 12

static TxnRig rig;

static void begin(const TxnRigConfig *config)
{
    TxnRigConfig with_dir = *config;

    with_dir.dir = unit_temp_dir();
    txn_rig_open(&rig, &with_dir);
    txn_start_command();
    multixact_set_oldest_member();
}

static void end(void)
{
    txn_rig_close(&rig);
}

static MultiXid make(Xid first, size_t count)
{
    MultiMember members[50];

    for (size_t i = 0; i < count; i++)
        members[i] = (MultiMember){first + (Xid)(count - i), MULTI_FOR_SHARE};
    return multixact_create(members, count);
}

static void check(MultiXid multi, Xid first, size_t count)
{
    MultiMember *members;

    multixact_at_end_of_transaction(); /* what is at hand is forgotten: read the pages */
    multixact_set_oldest_member();
    CU_ASSERT_EQUAL_FATAL(multixact_members(multi, &members, false, false), count);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(members[i].xid, first + 1 + i);
        CU_ASSERT_EQUAL(members[i].status, MULTI_FOR_SHARE);
    }
    mem_free(members);
}

static void members_are_read_back(void)
{
    MultiXid a, b;
    MultiMember *none;

    begin(&(TxnRigConfig){0});
    a = make(500, 2);
    b = make(600, 7);
    CU_ASSERT_EQUAL(a, 1);
    CU_ASSERT_EQUAL(b, 2);
    CU_ASSERT_EQUAL(make(500, 2), a); /* the same set again */
    check(a, 500, 2);
    check(b, 600, 7);
    CU_ASSERT_EQUAL(multixact_members(a, &none, true, false), 0);
    CU_ASSERT_EQUAL(multixact_members(0, &none, false, false), 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "MultiXactId 3 has not been created yet -- apparent wraparound",
                               multixact_members(3, &none, false, false));
    end();
}

static void only_one_member_updates(void)
{
    MultiMember members[] = {{500, MULTI_UPDATE}, {501, MULTI_NO_KEY_UPDATE}};

    begin(&(TxnRigConfig){0});
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "new multixact has more than one updating member: "
                               "0 2[500 (upd), 501 (nokeyupd)]",
                               multixact_create(members, 2));
    end();
}

static void numbers_go_over_pages_and_their_end(void)
{
    MultiXid multi = 0;

    begin(
        &(TxnRigConfig){.next_multi = UINT32_MAX - PER_PAGE - 5, .next_offset = UINT32_MAX - 9000});
    for (uint32_t i = 0; i < 2 * PER_PAGE; i++)
        multi = make(10000 + 10 * i, 1 + i % 9);
    CU_ASSERT_TRUE(multi < PER_PAGE);
    multi = UINT32_MAX - PER_PAGE - 5;
    for (uint32_t i = 0; i < 2 * PER_PAGE; i++) {
        check(multi, 10000 + 10 * i, 1 + i % 9);
        multi = multixact_after(multi);
    }
    end();
}

static void expanding_leaves_out_who_matters_no_more(void)
{
    Xid self, gone;
    MultiMember members[2], *now;
    MultiXid multi, more;

    begin(&(TxnRigConfig){0});
    gone = txn_xid();
    txn_end_command();
    txn_start_command();
    multixact_set_oldest_member();
    self = txn_xid();
    members[0] = (MultiMember){gone, MULTI_FOR_KEY_SHARE};
    members[1] = (MultiMember){self, MULTI_FOR_SHARE};
    multi = multixact_create(members, 2);
    CU_ASSERT_EQUAL(multixact_expand(multi, self, MULTI_FOR_SHARE), multi);
    CU_ASSERT_TRUE(multixact_is_running(multi, false));
    more = multixact_expand(multi, self, MULTI_UPDATE);
    CU_ASSERT_NOT_EQUAL(more, multi);
    CU_ASSERT_EQUAL(multixact_members(more, &now, false, false), 2);
    CU_ASSERT_EQUAL(now[0].xid, self);
    CU_ASSERT_EQUAL(now[1].xid, self);
    CU_ASSERT_EQUAL(now[1].status, MULTI_UPDATE);

    /* An update that committed is part of the row's history. */
    members[0] = (MultiMember){gone, MULTI_UPDATE};
    multi = multixact_create(members, 1);
    CU_ASSERT_FALSE(multixact_is_running(multi, false));
    more = multixact_expand(multi, self, MULTI_FOR_KEY_SHARE);
    CU_ASSERT_EQUAL(multixact_members(more, &now, false, false), 2);
    end();
}

static void what_is_needed_holds_back(void)
{
    MultiXid first;
    MultiMember *members;

    begin(&(TxnRigConfig){0});
    first = make(500, 2);
    CU_ASSERT_EQUAL(multixact_oldest_needed(), first);
    txn_end_command();
    CU_ASSERT_EQUAL(multixact_oldest_needed(), first + 1);
    txn_start_command();
    /* Whoever held only locks is gone: nobody needs to know who it was. */
    CU_ASSERT_EQUAL(multixact_members(first, &members, false, true), 0);
    CU_ASSERT_EQUAL(multixact_members(first, &members, false, false), 2);
    end();
}

static void truncation_removes_files_and_tells_what_is_gone(void)
{
    MultiMember *members;
    MultiXid last = 0;

    begin(&(TxnRigConfig){0});
    for (uint32_t i = 0; i < 70000; i++)
        last = make(10000 + 2 * i, 1 + i % 3);
    multixact_checkpoint();
    CU_ASSERT_TRUE(os_exists("pg_multixact/offsets/0001"));
    CU_ASSERT_TRUE(os_exists("pg_multixact/members/0002"));
    multixact_truncate(last, 1);
    CU_ASSERT_FALSE(os_exists("pg_multixact/offsets/0000"));
    CU_ASSERT_TRUE(os_exists("pg_multixact/offsets/0001"));
    CU_ASSERT_FALSE(os_exists("pg_multixact/members/0001"));
    CU_ASSERT_TRUE(os_exists("pg_multixact/members/0002"));
    multixact_at_end_of_transaction();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "MultiXactId 5 does no longer exist -- apparent wraparound",
                               multixact_members(5, &members, false, false));
    check(last, 10000 + 2 * 69999, 1 + 69999 % 3);
    end();
}

/* What each maker made, to be read by the others. */
typedef struct Made {
    uint64_t seed;
    _Atomic unsigned counts[MAKERS];
    struct {
        MultiXid multi;
        Xid first;
        unsigned count;
    } made[MAKERS][MADE_EACH];
} Made;

static void make_and_read(void *arg, unsigned number)
{
    Made *m = arg;
    Seed seed = {.state = m->seed + number};

    txn_rig_enter_child();
    txn_start_command();
    multixact_set_oldest_member();
    for (unsigned i = 0; i < MADE_EACH; i++) {
        unsigned other = (unsigned)seed_below(&seed, MAKERS), known;
        Xid first = 1000000 * (number + 1) + 20 * i;
        unsigned count = 1 + (unsigned)seed_below(&seed, MEMBERS_MAX);

        m->made[number][i].multi = make(first, count);
        m->made[number][i].first = first;
        m->made[number][i].count = count;
        atomic_store(&m->counts[number], i + 1);

        known = atomic_load(&m->counts[other]);
        if (known > 0) {
            unsigned at = (unsigned)seed_below(&seed, known);

            check(m->made[other][at].multi, m->made[other][at].first, m->made[other][at].count);
        }
    }
}

typedef struct Replay {
    SlruEnv env;
    uint8_t offsets[8][BLOCK_SIZE];
    uint8_t members[40][BLOCK_SIZE];
} Replay;

static void replay_record(void *arg, const WalRecord *record)
{
    Replay *r = arg;
    WalEffect effect;
    Array touches;

    walrec_effect(record, &effect);
    array_init(&touches, sizeof(SlruTouch));
    slru_touched(&r->env, record, &effect, &touches);
    array_foreach(SlruTouch, touch, &touches) {
        if (touch->kind == &slru_multixact_offsets)
            slru_redo_page(record, &effect, touch, r->offsets[touch->page % 8]);
        if (touch->kind == &slru_multixact_members)
            slru_redo_page(record, &effect, touch, r->members[touch->page % 40]);
    }
}

/* Pages that the log alone gives are those that the makers wrote, byte for byte. */
static void check_file(const char *path, const uint8_t *replayed, size_t pages)
{
    size_t len;
    char *file = os_file_read_all(path, MIB(1), &len);

    for (size_t i = 0; i < len && i < pages * BLOCK_SIZE; i++)
        if ((uint8_t)file[i] != replayed[i]) {
            CU_FAIL("a page differs from what the log gives");
            printf("%s differs at %zu\n", path, i);
            break;
        }
}

static void many_make_them_at_once(void)
{
    Made *m = os_shared_map(sizeof *m, OS_HUGE_OFF);
    Seed seed = seed_new("multixacts");
    Replay *r;

    begin(&(TxnRigConfig){.wal_segment_size = MIB(16)});
    m->seed = seed_u64(&seed);
    CU_ASSERT_EQUAL(crowd_run(MAKERS, make_and_read, m), MAKERS);
    multixact_checkpoint();
    wal_flush(wal_insert_lsn());
    r = mem_new(Replay);
    multixact_offset_set(r->offsets[0], 1, 1);
    wal_rig_read(&rig.wal, replay_record, r);
    check_file("pg_multixact/offsets/0000", r->offsets[0], 4);
    check_file("pg_multixact/members/0000", r->members[0], 24);
    os_shared_unmap(m, sizeof *m);
    end();
}

static void replay_keeps_an_offset_that_came_before_its_page(void)
{
    uint32_t create[] = {PER_PAGE - 1, 77, 1, 500, MULTI_FOR_SHARE}, page = 1, other = 2;
    MultiMember *members;
    MultiLimits limits;

    begin(&(TxnRigConfig){0});
    wal_rig_reset(&rig.wal); /* in recovery what is missing reads as zeros */
    multixact_redo(WAL_MULTIXACT_CREATE_ID, (const uint8_t *)create, sizeof create);
    multixact_redo(WAL_MULTIXACT_ZERO_OFF_PAGE, (const uint8_t *)&page, 4);
    multixact_redo(WAL_MULTIXACT_ZERO_MEM_PAGE, (const uint8_t *)&other, 4);
    multixact_get_limits(&limits);
    CU_ASSERT_EQUAL(limits.next, PER_PAGE);
    CU_ASSERT_EQUAL(limits.next_offset, 78);
    CU_ASSERT_EQUAL(multixact_members(PER_PAGE - 1, &members, false, false), 1);
    CU_ASSERT_EQUAL(members[0].xid, 500);
    create[4] = 6;
    UNIT_ASSERT_RAISES(
        SQLSTATE_DATA_CORRUPTED,
        multixact_redo(WAL_MULTIXACT_CREATE_ID, (const uint8_t *)create, sizeof create));
    UNIT_ASSERT_RAISES(
        SQLSTATE_DATA_CORRUPTED,
        multixact_redo(WAL_MULTIXACT_CREATE_ID, (const uint8_t *)create, sizeof create - 1));
    end();
}

UNIT_SUITE(multixact)
{
    UNIT_TEST(members_are_read_back);
    UNIT_TEST(only_one_member_updates);
    UNIT_TEST(numbers_go_over_pages_and_their_end);
    UNIT_TEST(expanding_leaves_out_who_matters_no_more);
    UNIT_TEST(what_is_needed_holds_back);
    UNIT_TEST(truncation_removes_files_and_tells_what_is_gone);
    UNIT_TEST(many_make_them_at_once);
    UNIT_TEST(replay_keeps_an_offset_that_came_before_its_page);
}
