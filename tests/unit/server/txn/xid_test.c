/* xid_test.c - xids and OIDs: order, limits, pages that come with them; status and parents */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/shared_memory.h"
#include "common/walrec/effects.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/supervisor.h"
#include "server/txn/clog.h"
#include "server/txn/clog_int.h"
#include "server/txn/combo_cid.h"
#include "server/txn/commit_ts.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/subtrans.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/crowd.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define XIDS_PER_PAGE 32768
#define SETTERS       6
#define SET_EACH      2000

static TxnRig rig;
static char warning[300];

static void begin(FullXid next_xid)
{
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .next_xid = next_xid});
}

static void end(void)
{
    txn_rig_close(&rig);
}

static Xid run_one(void)
{
    Xid xid;

    txn_start_command();
    xid = txn_xid();
    txn_end_command();
    return xid;
}

/* The next xid, with the pages that are there when it is. */
static void jump_to(Xid next)
{
    xid_set_next(next);
    xid_set_latest_completed(next - 1);
    clog_redo_zero_page(slru_page_of(&slru_xact, next));
    subtrans_start(next);
}

static void keep_warning(const ErrReport *report)
{
    if (report->level == ERR_WARNING)
        snprintf(warning, sizeof warning, "%s", report->message);
}

static void numbers_go_round_without_the_special_ones(void)
{
    begin((UINT64_C(7) << 32) | UINT32_MAX);
    CU_ASSERT_EQUAL(run_one(), UINT32_MAX);
    CU_ASSERT_EQUAL(run_one(), 3);
    CU_ASSERT_EQUAL(xid_next(), (UINT64_C(8) << 32) | 4);
    CU_ASSERT_EQUAL(xid_widen(UINT32_MAX), (UINT64_C(7) << 32) | UINT32_MAX);
    CU_ASSERT_EQUAL(xid_widen(3), (UINT64_C(8) << 32) | 3);
    CU_ASSERT_EQUAL(xid_widen(2), 2);
    CU_ASSERT_EQUAL(xid_latest_completed(), (UINT64_C(8) << 32) | 3);
    xid_advance_next_past(100);
    CU_ASSERT_EQUAL(xid_next(), (UINT64_C(8) << 32) | 101);
    xid_advance_next_past(50);
    CU_ASSERT_EQUAL(xid_next(), (UINT64_C(8) << 32) | 101);
    end();
}

static void a_page_of_status_comes_with_its_first_xid(void)
{
    Xid xid;

    begin(XIDS_PER_PAGE - 2);
    for (unsigned i = 0; i < 5; i++) {
        xid = run_one();
        CU_ASSERT_TRUE(xact_did_commit(xid));
    }
    CU_ASSERT_EQUAL(xid, XIDS_PER_PAGE + 2);
    clog_checkpoint();
    CU_ASSERT_TRUE(os_exists("pg_xact/0000"));
    end();
}

static void limits_warn_and_stop(void)
{
    XidLimits limits;

    begin(0);
    err_set_sink(keep_warning);
    xid_set_limits(1000, 5);
    limits = xid_limits();
    CU_ASSERT_EQUAL(limits.wrap, UINT32_C(1000) + 0x7FFFFFFF);
    CU_ASSERT_EQUAL(limits.stop, limits.wrap - 3000000);
    CU_ASSERT_EQUAL(limits.warn, limits.wrap - 40000000);
    CU_ASSERT_EQUAL(limits.vacuum, 1000 + 200000000);
    jump_to(limits.warn - 1);
    run_one();
    CU_ASSERT_STRING_EQUAL(warning, "");
    run_one();
    CU_ASSERT_STRING_EQUAL(warning,
                           "database with OID 5 must be vacuumed within 40000000 transactions");
    err_set_sink(NULL);
    end();
}

static void assign_at_the_limit(void *arg, unsigned number)
{
    (void)arg;
    (void)number;
    txn_rig_enter_child();
    ERR_TRY() {
        txn_start_command();
        (void)txn_xid();
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "an xid was given out");
    }
    ERR_CATCH() {
        if (strcmp(err_caught()->message,
                   "database is not accepting commands to avoid wraparound data loss in database "
                   "with OID 5") != 0 ||
            err_caught()->sqlstate != SQLSTATE_PROGRAM_LIMIT_EXCEEDED)
            err_raise_again();
        txn_abort_current();
    }
    ERR_END();
}

/* Below a supervisor only: a standalone process is there to vacuum. */
static void nothing_is_given_out_near_the_end(void)
{
    void *requests = os_shared_map(supervisor_shmem_size(), OS_HUGE_OFF);

    begin(0);
    supervisor_shmem_init(requests);
    supervisor_open_lifeline();
    xid_set_limits(1000, 5);
    jump_to(xid_limits().stop);
    CU_ASSERT_EQUAL(crowd_run(1, assign_at_the_limit, NULL), 1);
    end();
}

static void oids_are_logged_ahead(void)
{
    begin(0);
    CU_ASSERT_EQUAL(oid_assign(), 16384);
    CU_ASSERT_EQUAL(oid_next(), 16385);
    CU_ASSERT_EQUAL(oid_next_logged(), 16384 + 8192);
    for (unsigned i = 1; i < 8192; i++)
        oid_assign();
    CU_ASSERT_EQUAL(oid_next_logged(), 16384 + 8192);
    CU_ASSERT_EQUAL(oid_assign(), 16384 + 8192);
    CU_ASSERT_EQUAL(oid_next_logged(), 16384 + 2 * 8192);
    oid_set_next(13573, 100);
    CU_ASSERT_EQUAL(oid_assign(), 16384);
    oid_set_next(UINT32_MAX, 1);
    CU_ASSERT_EQUAL(oid_assign(), UINT32_MAX);
    CU_ASSERT_EQUAL(oid_assign(), 16384);
    end();
}

/* Over several pages, set as one. */
static void a_tree_is_set_on_all_its_pages(void)
{
    Xid children[] = {XIDS_PER_PAGE - 1, XIDS_PER_PAGE, XIDS_PER_PAGE + 1, 2 * XIDS_PER_PAGE + 5};
    Lsn lsn;

    begin(XIDS_PER_PAGE - 10);
    xid_set_next(2 * XIDS_PER_PAGE + 100);
    for (unsigned page = 1; page < 3; page++)
        clog_redo_zero_page(page);
    clog_set_tree(XIDS_PER_PAGE - 2, children, 4, XACT_COMMITTED, 0x5000);
    for (unsigned i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(clog_get(children[i], &lsn), XACT_COMMITTED);
        CU_ASSERT_EQUAL(lsn, 0x5000);
    }
    CU_ASSERT_EQUAL(clog_get(XIDS_PER_PAGE - 2, &lsn), XACT_COMMITTED);
    CU_ASSERT_EQUAL(clog_get(XIDS_PER_PAGE - 3, &lsn), XACT_IN_PROGRESS);
    CU_ASSERT_TRUE(xact_did_commit(1));
    CU_ASSERT_TRUE(xact_did_commit(2));
    CU_ASSERT_FALSE(xact_did_commit(0));
    CU_ASSERT_TRUE(xact_did_abort(0));
    clog_set_tree(XIDS_PER_PAGE - 4, NULL, 0, XACT_ABORTED, LSN_NONE);
    CU_ASSERT_TRUE(xact_did_abort(XIDS_PER_PAGE - 4));
    end();
}

/* Each member its own xids, side by side with those of the others; the last one writes pages. */
static void set_statuses(void *arg, unsigned number)
{
    _Atomic unsigned *left = arg;

    txn_rig_enter_child();
    if (number == SETTERS) {
        while (atomic_load(left) > 0)
            clog_checkpoint();
        return;
    }
    for (unsigned i = 0; i < SET_EACH; i++) {
        Xid xid = 2000 + (i * SETTERS + number) * 2, child = xid + 1;

        clog_set_tree(xid, &child, i % 2, i % 3 == 0 ? XACT_ABORTED : XACT_COMMITTED, LSN_NONE);
    }
    atomic_fetch_sub(left, 1);
}

static void no_status_is_lost_when_many_set_them(void)
{
    _Atomic unsigned *left = os_shared_map(sizeof *left, OS_HUGE_OFF);
    Lsn lsn;

    begin(0);
    *left = SETTERS;
    CU_ASSERT_EQUAL(crowd_run(SETTERS + 1, set_statuses, left), SETTERS + 1);
    for (unsigned i = 0; i < SET_EACH * SETTERS; i++) {
        unsigned round = i / SETTERS;
        XactStatus status = round % 3 == 0 ? XACT_ABORTED : XACT_COMMITTED;

        CU_ASSERT_EQUAL(clog_get(2000 + 2 * i, &lsn), status);
        CU_ASSERT_EQUAL(clog_get(2001 + 2 * i, &lsn), round % 2 ? status : XACT_IN_PROGRESS);
    }
    os_shared_unmap(left, sizeof *left);
    end();
}

/* All find the lock taken, so that one of them sets what all have. */
static void set_together(void *arg, unsigned number)
{
    _Atomic unsigned *ready = arg;
    Xid xid = 5000 + 2 * number, child = xid + 1;

    txn_rig_enter_child();
    atomic_fetch_add(ready, 1);
    clog_set_tree(xid, &child, 1, number % 2 ? XACT_ABORTED : XACT_COMMITTED, LSN_NONE);
}

static void those_who_wait_are_served_together(void)
{
    _Atomic unsigned *ready = os_shared_map(sizeof *ready, OS_HUGE_OFF);
    Crowd crowd;
    Lsn lsn;

    begin(0);
    lwlock_acquire(slru_lock(clog_slru()), LW_EXCLUSIVE);
    crowd_begin(&crowd, SETTERS, set_together, ready);
    while (atomic_load(ready) < SETTERS)
        clock_sleep_ms(1);
    clock_sleep_ms(20);
    lwlock_release(slru_lock(clog_slru()));
    CU_ASSERT_EQUAL(crowd_end(&crowd), SETTERS);
    for (unsigned i = 0; i < SETTERS; i++) {
        CU_ASSERT_EQUAL(clog_get(5000 + 2 * i, &lsn), i % 2 ? XACT_ABORTED : XACT_COMMITTED);
        CU_ASSERT_EQUAL(clog_get(5001 + 2 * i, &lsn), i % 2 ? XACT_ABORTED : XACT_COMMITTED);
    }
    os_shared_unmap(ready, sizeof *ready);
    end();
}

static void trimming_forgets_what_lies_behind(void)
{
    Lsn lsn;

    begin(1001);
    for (Xid xid = 1001; xid < 1020; xid++)
        clog_set_tree(xid, NULL, 0, XACT_COMMITTED, LSN_NONE);
    xid_set_next(1010);
    clog_trim();
    for (Xid xid = 1001; xid < 1020; xid++)
        CU_ASSERT_EQUAL(clog_get(xid, &lsn), xid < 1010 ? XACT_COMMITTED : XACT_IN_PROGRESS);
    end();
}

static void truncation_of_status_is_logged_and_removes_segments(void)
{
    begin(0);
    for (uint32_t page = 1; page < 70; page++)
        clog_redo_zero_page(page);
    xid_set_next(69 * XIDS_PER_PAGE + 50);
    clog_truncate(20 * XIDS_PER_PAGE, 1);
    CU_ASSERT_TRUE(os_exists("pg_xact/0000"));
    clog_truncate(66 * XIDS_PER_PAGE, 1);
    CU_ASSERT_FALSE(os_exists("pg_xact/0000"));
    CU_ASSERT_FALSE(os_exists("pg_xact/0001"));
    CU_ASSERT_TRUE(os_exists("pg_xact/0002"));
    CU_ASSERT_EQUAL(xid_oldest_clog(), 66 * XIDS_PER_PAGE);
    end();
}

static void commit_times_are_kept_when_asked_for(void)
{
    CommitTs value;
    Xid first, second, oldest, newest;
    PgTime time;

    begin(0);
    txn_start_command();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                               "could not get commit timestamp data",
                               commit_ts_get_of(1000, &value));
    txn_end_command();
    first = run_one();
    setting.track_commit_timestamp = true;
    commit_ts_finish_start();
    txn_start_command();
    second = txn_xid();
    txn_end_command();
    time = txn_end_time();
    CU_ASSERT_FALSE(commit_ts_get_of(first, &value));
    CU_ASSERT_TRUE(commit_ts_get_of(second, &value));
    CU_ASSERT_EQUAL(value.time, time);
    CU_ASSERT_EQUAL(commit_ts_last(&value), second);
    commit_ts_limits(&oldest, &newest);
    CU_ASSERT_EQUAL(oldest, second);
    CU_ASSERT_EQUAL(newest, second);
    setting.synchronous_commit = SYNCHRONOUS_COMMIT_OFF;
    for (unsigned i = 0; i < 900; i++)
        second = run_one();
    setting.synchronous_commit = SYNCHRONOUS_COMMIT_ON;
    CU_ASSERT_TRUE(commit_ts_get_of(second - 5, &value));
    CU_ASSERT_FALSE(commit_ts_get_of(second + 1, &value));
    CU_ASSERT_FALSE(commit_ts_get_of(2, &value));
    commit_ts_checkpoint();
    CU_ASSERT_TRUE(os_exists("pg_commit_ts/0000"));
    setting.track_commit_timestamp = false;
    commit_ts_finish_start();
    CU_ASSERT_FALSE(os_exists("pg_commit_ts/0000"));
    commit_ts_limits(&oldest, &newest);
    CU_ASSERT_EQUAL(oldest, XID_NONE);
    end();
}

static void snapshots_hold_the_xmin_back_while_they_are_used(void)
{
    const Snapshot *registered;
    Xid xmin;

    begin(0);
    txn_start_command();
    CU_ASSERT_EQUAL(proc_array_own_xmin(), XID_NONE);
    registered = snapshot_register(snapshot_take());
    xmin = proc_array_own_xmin();
    CU_ASSERT_EQUAL(xmin, 1000);
    snapshot_push(registered);
    snapshot_unregister(registered);
    CU_ASSERT_EQUAL(proc_array_own_xmin(), xmin);
    snapshot_pop();
    CU_ASSERT_EQUAL(proc_array_own_xmin(), XID_NONE);
    (void)snapshot_catalog();
    CU_ASSERT_EQUAL(proc_array_own_xmin(), xmin);
    snapshot_forget_catalog();
    CU_ASSERT_EQUAL(proc_array_own_xmin(), XID_NONE);
    txn_end_command();
    end();
}

static void run_one_beside(void *arg, unsigned number)
{
    (void)number;
    txn_rig_enter_child();
    *(Xid *)arg = run_one();
}

static void repeatable_read_sees_the_same_all_the_time(void)
{
    Xid *other = os_shared_map(sizeof *other, OS_HUGE_OFF);

    begin(0);
    for (unsigned i = 0; i < 2; i++) {
        txn_start_command();
        txn_begin_block();
        txn_set_isolation(i == 0 ? TXN_REPEATABLE_READ : TXN_READ_COMMITTED);
        txn_end_command();
        txn_start_command();
        (void)snapshot_take();
        CU_ASSERT_EQUAL(crowd_run(1, run_one_beside, other), 1);
        CU_ASSERT_EQUAL(snapshot_shows_running(snapshot_take(), *other), i == 0);
        CU_ASSERT_FALSE(snapshot_shows_running(snapshot_latest(), *other));
        txn_abort_block(false);
        txn_end_command();
    }
    os_shared_unmap(other, sizeof *other);
    end();
}

static void pairs_of_commands_have_one_number(void)
{
    Cid a, b;

    begin(0);
    a = combo_cid_make(1, 5);
    b = combo_cid_make(2, 5);
    CU_ASSERT_NOT_EQUAL(a, b);
    CU_ASSERT_EQUAL(combo_cid_make(1, 5), a);
    CU_ASSERT_EQUAL(combo_cid_min(b), 2);
    CU_ASSERT_EQUAL(combo_cid_max(b), 5);
    for (Cid i = 0; i < 5000; i++)
        CU_ASSERT_EQUAL(combo_cid_min(combo_cid_make(i, i + 1)), i);
    combo_cid_at_end_of_transaction();
    CU_ASSERT_EQUAL(combo_cid_make(9, 9), 0);
    combo_cid_at_end_of_transaction();
    end();
}

/* Entries of prepared transactions run without a process. */
static void prepared_transactions_run_for_snapshots(void)
{
    Xid children[] = {1002, 1003};
    const Snapshot *s;

    setting.max_prepared_transactions = 2;
    begin(0);
    xid_set_next(1010);
    xid_set_latest_completed(1009);
    proc_array_enter_prepared(1, 1001, 5, children, 2);
    txn_start_command();
    s = snapshot_take();
    CU_ASSERT_EQUAL(s->xmin, 1001);
    CU_ASSERT_TRUE(snapshot_shows_running(s, 1001));
    CU_ASSERT_TRUE(snapshot_shows_running(s, 1003));
    CU_ASSERT_FALSE(snapshot_shows_running(s, 1004));
    CU_ASSERT_TRUE(proc_array_is_running(1002));
    CU_ASSERT_FALSE(proc_array_is_active(1001));
    clog_set_tree(1001, children, 2, XACT_COMMITTED, LSN_NONE);
    proc_array_leave_prepared(1, 1003);
    CU_ASSERT_FALSE(snapshot_shows_running(snapshot_take(), 1001));
    txn_end_command();
    end();
    setting.max_prepared_transactions = 0;
}

static void delays_are_seen_by_the_checkpointer(void)
{
    VirtualXid *delayers, self;
    size_t count;

    begin(0);
    txn_start_command();
    CU_ASSERT_EQUAL(proc_array_delayers(PROC_DELAY_START, &delayers), 0);
    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    proc_array_delay_checkpoint(PROC_DELAY_COMPLETE, true);
    count = proc_array_delayers(PROC_DELAY_START, &delayers);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_TRUE(proc_array_still_delays(PROC_DELAY_START, delayers, count));
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
    CU_ASSERT_FALSE(proc_array_still_delays(PROC_DELAY_START, delayers, count));
    CU_ASSERT_TRUE(proc_array_still_delays(PROC_DELAY_COMPLETE, delayers, count));
    proc_array_delay_checkpoint(PROC_DELAY_COMPLETE, false);
    self = proc_array_own_vxid();
    CU_ASSERT_TRUE(proc_array_vxid_runs(self));
    txn_end_command();
    CU_ASSERT_FALSE(proc_array_vxid_runs(self));
    end();
}

UNIT_SUITE(xid)
{
    UNIT_TEST(numbers_go_round_without_the_special_ones);
    UNIT_TEST(a_page_of_status_comes_with_its_first_xid);
    UNIT_TEST(limits_warn_and_stop);
    UNIT_TEST(nothing_is_given_out_near_the_end);
    UNIT_TEST(oids_are_logged_ahead);
    UNIT_TEST(a_tree_is_set_on_all_its_pages);
    UNIT_TEST(no_status_is_lost_when_many_set_them);
    UNIT_TEST(those_who_wait_are_served_together);
    UNIT_TEST(trimming_forgets_what_lies_behind);
    UNIT_TEST(truncation_of_status_is_logged_and_removes_segments);
    UNIT_TEST(commit_times_are_kept_when_asked_for);
    UNIT_TEST(snapshots_hold_the_xmin_back_while_they_are_used);
    UNIT_TEST(repeatable_read_sees_the_same_all_the_time);
    UNIT_TEST(pairs_of_commands_have_one_number);
    UNIT_TEST(prepared_transactions_run_for_snapshots);
    UNIT_TEST(delays_are_seen_by_the_checkpointer);
}
