/* lock_wait_test.c - who waits for whom, in which order, and who is told to give up. */
#include "common/base/base.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/lock/lock_wait_for.h"
#include "server/txn/txn.h"
#include "tests/lib/puppet.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define TABLE 16400
#define A     TABLE
#define B     (TABLE + 1)

static TxnRig rig;
static Puppets p;

static void begin(unsigned count)
{
    setting.deadlock_timeout = 20;
    setting.lock_timeout = 0;
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .has_locks = true});
    puppets_begin(&p, count);
}

/* Nothing is left of anybody. */
static void end(void)
{
    unsigned count = p.count;
    Array rows;

    CU_ASSERT_EQUAL(puppets_end(&p), count);
    lock_list(&rows);
    CU_ASSERT_EQUAL(rows.count, 0);
    txn_rig_close(&rig);
    setting.deadlock_timeout = 1000;
    setting.lock_timeout = 0;
}

/* ---- What puppets do ---- */

static void open_block(void)
{
    if (!txn_is_block()) {
        txn_start_command();
        txn_begin_block();
        txn_end_command();
    }
}

typedef struct Want {
    LockTag tag;
    LockMode mode;
    unsigned flags;
    int lock_timeout;
} Want;

/* As a statement of a block that begins with the first. */
static uint64_t take(const void *args)
{
    const Want *want = args;
    LockResult result;

    open_block();
    txn_start_command();
    setting.lock_timeout = want->lock_timeout;
    result = lock_acquire(&want->tag, want->mode, want->flags);
    txn_end_command();
    return result;
}

static uint64_t commit(const void *args UNUSED)
{
    txn_start_command();
    (void)txn_commit_block(false);
    txn_end_command();
    return 0;
}

/* What a client does after an error. */
static uint64_t roll_back(const void *args UNUSED)
{
    txn_start_command();
    txn_abort_block(false);
    txn_end_command();
    return 0;
}

static uint64_t write_something(const void *args UNUSED)
{
    Xid xid;

    open_block();
    txn_start_command();
    xid = txn_xid();
    txn_end_command();
    return xid;
}

static uint64_t wait_for_xid(const void *args)
{
    Xid xid;
    LockWhy why = {.purpose = LOCK_TO_UPDATE, .relation = "t", .tid = tid_make(3, 7)};

    memcpy(&xid, args, sizeof xid);
    open_block();
    txn_start_command();
    lock_wait_for_xid(xid, &why);
    txn_end_command();
    return 0;
}

static uint64_t own_vxid(const void *args UNUSED)
{
    VirtualXid vxid;

    open_block();
    txn_start_command();
    vxid = proc_array_own_vxid();
    txn_end_command();
    return (uint64_t)vxid.slot << 32 | vxid.local;
}

static uint64_t wait_for_vxid(const void *args)
{
    uint64_t packed;

    memcpy(&packed, args, sizeof packed);
    lock_wait_for_vxid((VirtualXid){.slot = (int)(packed >> 32), .local = (uint32_t)packed});
    return 0;
}

static uint64_t wait_for_holders(const void *args)
{
    const Want *want = args;

    lock_wait_for_holders(&want->tag, want->mode);
    return 0;
}

/* ---- What tests say ---- */

static Want table(Oid oid, LockMode mode)
{
    return (Want){.tag = lock_tag_relation(TXN_RIG_DATABASE, oid), .mode = mode};
}

static bool gets(unsigned n, Oid oid, LockMode mode)
{
    Want want = table(oid, mode);

    puppet_start(&p, n, take, &want, sizeof want);
    return !puppet_wait_blocked(&p, n) && puppet_wait(&p, n)->sqlstate == 0;
}

static bool blocks(unsigned n, Oid oid, LockMode mode)
{
    Want want = table(oid, mode);

    puppet_start(&p, n, take, &want, sizeof want);
    return puppet_wait_blocked(&p, n);
}

static bool has_come_through(unsigned n)
{
    return puppet_wait(&p, n)->sqlstate == 0;
}

static void commits(unsigned n)
{
    CU_ASSERT_EQUAL(puppet_do(&p, n, commit, NULL, 0)->sqlstate, 0);
}

static void rolls_back(unsigned n)
{
    CU_ASSERT_EQUAL(puppet_do(&p, n, roll_back, NULL, 0)->sqlstate, 0);
}

static bool is_waiting(unsigned n)
{
    clock_sleep_ms(5);
    return !puppet_is_done(&p, n);
}

/* ---- Tests ---- */

static void conflicts_wait_and_come_through(void)
{
    begin(3);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(gets(1, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ACCESS_EXCLUSIVE));
    commits(0);
    CU_ASSERT_TRUE(is_waiting(2));
    commits(1);
    CU_ASSERT_TRUE(has_come_through(2));
    CU_ASSERT_TRUE(blocks(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ROW_EXCLUSIVE));
    commits(2);
    CU_ASSERT_TRUE(has_come_through(0));
    CU_ASSERT_TRUE(has_come_through(1));
    end();
}

static void nobody_overtakes_one_that_it_conflicts_with(void)
{
    begin(4);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(3, A, LOCK_ROW_SHARE));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    CU_ASSERT_TRUE(is_waiting(2));
    commits(1);
    CU_ASSERT_TRUE(has_come_through(2));
    CU_ASSERT_TRUE(has_come_through(3));
    end();
}

/* It may: the one ahead waits for what it has. */
static void a_holder_overtakes_those_who_wait_for_it(void)
{
    begin(3);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(gets(0, A, LOCK_ROW_EXCLUSIVE));
    CU_ASSERT_TRUE(is_waiting(1));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    commits(1);

    /* Not without waiting, when a third one is in the way; but it waits ahead. */
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(gets(2, A, LOCK_ROW_SHARE));
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(0, A, LOCK_EXCLUSIVE));
    commits(2);
    CU_ASSERT_TRUE(has_come_through(0));
    CU_ASSERT_TRUE(is_waiting(1));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    end();
}

static void who_does_not_want_to_wait_is_told(void)
{
    Want want = table(A, LOCK_SHARE);

    begin(2);
    want.flags = LOCK_DONT_WAIT;
    CU_ASSERT_TRUE(gets(0, A, LOCK_ROW_EXCLUSIVE));
    CU_ASSERT_EQUAL(puppet_do(&p, 1, take, &want, sizeof want)->value, LOCK_NOT_AVAILABLE);
    CU_ASSERT_TRUE(gets(1, A, LOCK_ROW_EXCLUSIVE));
    commits(0);
    CU_ASSERT_EQUAL(puppet_do(&p, 1, take, &want, sizeof want)->value, LOCK_OK);
    CU_ASSERT_EQUAL(puppet_do(&p, 1, take, &want, sizeof want)->value, LOCK_ALREADY_HELD);
    end();
}

static void a_deadlock_is_an_error_of_the_one_that_closes_it(void)
{
    const PuppetResult *result;
    char detail[500], log[900];

    begin(2);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(gets(1, B, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(0, B, LOCK_ROW_SHARE));
    clock_sleep_ms(50);
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_SHARE));
    result = puppet_wait(&p, 1);
    CU_ASSERT_EQUAL(result->sqlstate, SQLSTATE_DEADLOCK_DETECTED);
    CU_ASSERT_STRING_EQUAL(result->message, "deadlock detected");
    CU_ASSERT_STRING_EQUAL(result->hint, "See server log for query details.");
    snprintf(detail, sizeof detail,
             "Process %d waits for AccessShareLock on relation %d of database 5; "
             "blocked by process %d.\n"
             "Process %d waits for RowShareLock on relation %d of database 5; "
             "blocked by process %d.",
             puppet_pid(&p, 1), A, puppet_pid(&p, 0), puppet_pid(&p, 0), B, puppet_pid(&p, 1));
    CU_ASSERT_STRING_EQUAL(result->detail, detail);
    snprintf(log, sizeof log,
             "%s\nProcess %d: <backend information not available>"
             "\nProcess %d: <backend information not available>",
             detail, puppet_pid(&p, 1), puppet_pid(&p, 0));
    CU_ASSERT_STRING_EQUAL(result->detail_log, log);
    CU_ASSERT_TRUE(has_come_through(0));
    rolls_back(1);
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_SHARE));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    end();
}

/* Two who hold the same and both want more: seen when the second would queue up. */
static void a_simple_deadlock_is_seen_at_once(void)
{
    const PuppetResult *result;

    begin(2);
    setting.deadlock_timeout = 1000;
    CU_ASSERT_TRUE(gets(0, A, LOCK_SHARE));
    CU_ASSERT_TRUE(gets(1, A, LOCK_SHARE));
    CU_ASSERT_TRUE(blocks(0, A, LOCK_ROW_EXCLUSIVE));
    CU_ASSERT_FALSE(blocks(1, A, LOCK_EXCLUSIVE));
    result = puppet_wait(&p, 1);
    CU_ASSERT_EQUAL(result->sqlstate, SQLSTATE_DEADLOCK_DETECTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(result->detail, "waits for ExclusiveLock on relation"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result->detail, "waits for RowExclusiveLock on relation"));
    CU_ASSERT_TRUE(has_come_through(0));
    rolls_back(1);
    end();
}

/*
 * 0 has A shared, 2 waits behind 1 for A and has B; 0 wants B. As 2 could have A beside 0, but for
 * 1's request, it gets ahead of 1.
 */
static void a_new_order_of_the_queue_opens_a_circle(void)
{
    begin(3);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(gets(2, B, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ACCESS_SHARE));
    clock_sleep_ms(50);
    CU_ASSERT_TRUE(blocks(0, B, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(has_come_through(2));
    CU_ASSERT_TRUE(is_waiting(0));
    CU_ASSERT_TRUE(is_waiting(1));
    commits(2);
    CU_ASSERT_TRUE(has_come_through(0));
    CU_ASSERT_TRUE(is_waiting(1));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    end();
}

static void a_wait_is_cancelled(void)
{
    begin(3);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ACCESS_SHARE));
    (void)os_signal_send(puppet_pid(&p, 1), SIGINT);
    CU_ASSERT_EQUAL(puppet_wait(&p, 1)->sqlstate, SQLSTATE_QUERY_CANCELED);
    CU_ASSERT_TRUE(has_come_through(2));
    rolls_back(1);
    /* The strong lock that was not taken is no longer in the way of the fast path. */
    commits(0);
    commits(2);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    {
        Array rows;
        bool is_fast = false;

        lock_list(&rows);
        array_foreach(const LockRow, row, &rows)
            is_fast |= row->tag.kind == LOCK_KIND_RELATION && row->is_fast_path;
        CU_ASSERT_TRUE(is_fast);
    }
    end();
}

static void lock_timeout_ends_a_wait(void)
{
    Want want = table(A, LOCK_ACCESS_EXCLUSIVE);

    begin(2);
    want.lock_timeout = 30;
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_EQUAL(puppet_do(&p, 1, take, &want, sizeof want)->sqlstate,
                    SQLSTATE_LOCK_NOT_AVAILABLE);
    CU_ASSERT_STRING_EQUAL(puppet_wait(&p, 1)->message, "canceling statement due to lock timeout");
    rolls_back(1);
    /* Also when it is shorter than deadlock_timeout. */
    want.lock_timeout = 5;
    CU_ASSERT_EQUAL(puppet_do(&p, 1, take, &want, sizeof want)->sqlstate,
                    SQLSTATE_LOCK_NOT_AVAILABLE);
    rolls_back(1);
    end();
}

static void a_transaction_can_be_waited_for(void)
{
    Xid xid;

    begin(3);
    xid = (Xid)puppet_do(&p, 0, write_something, NULL, 0)->value;
    puppet_start(&p, 1, wait_for_xid, &xid, sizeof xid);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_start(&p, 2, wait_for_xid, &xid, sizeof xid);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 2));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    CU_ASSERT_TRUE(has_come_through(2));
    end();
}

static void an_error_while_waiting_for_a_row_says_which(void)
{
    const PuppetResult *result;
    Xid xids[2];

    begin(2);
    for (unsigned i = 0; i < 2; i++)
        xids[i] = (Xid)puppet_do(&p, i, write_something, NULL, 0)->value;
    puppet_start(&p, 0, wait_for_xid, &xids[1], sizeof(Xid));
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 0));
    clock_sleep_ms(50);
    result = puppet_do(&p, 1, wait_for_xid, &xids[0], sizeof(Xid));
    CU_ASSERT_EQUAL(result->sqlstate, SQLSTATE_DEADLOCK_DETECTED);
    CU_ASSERT_STRING_EQUAL(result->context, "while updating tuple (3,7) in relation \"t\"");
    CU_ASSERT_PTR_NOT_NULL(strstr(result->detail, "waits for ShareLock on transaction"));
    CU_ASSERT_TRUE(has_come_through(0));
    rolls_back(1);
    end();
}

static void transactions_without_an_xid_can_be_waited_for(void)
{
    uint64_t vxid;
    Want want = table(A, LOCK_SHARE);

    begin(3);
    vxid = puppet_do(&p, 0, own_vxid, NULL, 0)->value;
    puppet_start(&p, 1, wait_for_vxid, &vxid, sizeof vxid);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 1));
    puppet_start(&p, 2, wait_for_vxid, &vxid, sizeof vxid);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 2));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    CU_ASSERT_TRUE(has_come_through(2));
    CU_ASSERT_EQUAL(puppet_do(&p, 1, wait_for_vxid, &vxid, sizeof vxid)->sqlstate, 0);

    /* Those that hold a lock, on the fast path or not. */
    CU_ASSERT_TRUE(gets(0, A, LOCK_ROW_EXCLUSIVE));
    CU_ASSERT_TRUE(gets(1, A, LOCK_SHARE_UPDATE_EXCLUSIVE));
    puppet_start(&p, 2, wait_for_holders, &want, sizeof want);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 2));
    commits(0);
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 2));
    commits(1);
    CU_ASSERT_TRUE(has_come_through(2));
    end();
}

static void blockers_are_holders_and_those_ahead(void)
{
    Array pids;
    int first;

    begin(4);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(gets(1, A, LOCK_ROW_SHARE));
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(3, A, LOCK_ACCESS_SHARE));
    lock_blockers(puppet_pid(&p, 2), &pids);
    CU_ASSERT_EQUAL(pids.count, 2);
    first = puppet_pid(&p, 0);
    CU_ASSERT_TRUE(lock_is_blocked_by(puppet_pid(&p, 2), &first, 1));
    lock_blockers(puppet_pid(&p, 3), &pids);
    CU_ASSERT_EQUAL(pids.count, 1);
    CU_ASSERT_EQUAL(*(int *)array_at(&pids, 0), puppet_pid(&p, 2));
    CU_ASSERT_FALSE(lock_is_blocked_by(puppet_pid(&p, 3), &first, 1));
    lock_blockers(puppet_pid(&p, 0), &pids);
    CU_ASSERT_EQUAL(pids.count, 0);
    commits(0);
    commits(1);
    CU_ASSERT_TRUE(has_come_through(2));
    commits(2);
    CU_ASSERT_TRUE(has_come_through(3));
    end();
}

/* ---- Groups ---- */

static uint64_t lead(const void *args UNUSED)
{
    lock_group_lead();
    return (uint64_t)proc_self()->slot;
}

typedef struct Leader {
    int slot, pid;
} Leader;

static uint64_t join(const void *args)
{
    const Leader *leader = args;

    return lock_group_join(leader->slot, leader->pid);
}

static void a_group_is_one_holder(void)
{
    Leader leader;

    begin(3);
    leader.slot = (int)puppet_do(&p, 0, lead, NULL, 0)->value;
    leader.pid = puppet_pid(&p, 0) + 1;
    CU_ASSERT_FALSE(puppet_do(&p, 1, join, &leader, sizeof leader)->value);
    leader.pid--;
    CU_ASSERT_TRUE(puppet_do(&p, 1, join, &leader, sizeof leader)->value);
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(gets(1, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ROW_SHARE));
    /* Ahead of who waits for its leader. */
    CU_ASSERT_TRUE(gets(1, A, LOCK_EXCLUSIVE));
    commits(0);
    CU_ASSERT_TRUE(is_waiting(2));
    commits(1);
    CU_ASSERT_TRUE(has_come_through(2));
    commits(2);

    /* What one of the group waits for, all do. */
    CU_ASSERT_TRUE(gets(0, A, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(gets(2, B, LOCK_ACCESS_EXCLUSIVE));
    CU_ASSERT_TRUE(blocks(1, B, LOCK_ACCESS_SHARE));
    clock_sleep_ms(50);
    CU_ASSERT_TRUE(blocks(2, A, LOCK_ACCESS_SHARE));
    CU_ASSERT_EQUAL(puppet_wait(&p, 2)->sqlstate, SQLSTATE_DEADLOCK_DETECTED);
    CU_ASSERT_TRUE(has_come_through(1));
    rolls_back(2);
    end();
}

/* ---- Moments of the fast path, which need --enable-fault-points ---- */

#ifdef HOLDFAST_FAULT_POINTS

static uint64_t take_stopping(const void *args)
{
    const Want *want = args;
    uint64_t result;

    fault_arm("lock.fast.before_word=wait:before_word,lock.fast.before_check=wait:before_check");
    result = take(want);
    fault_arm("");
    return result;
}

static void make_file(const char *name)
{
    os_write_durable(name, "", 0);
}

/* Puppet 0 takes it, and stops at the moments that have a file. */
static void takes_stopping(Oid oid, LockMode mode)
{
    Want want = table(oid, mode);

    puppet_start(&p, 0, take_stopping, &want, sizeof want);
    clock_sleep_ms(50);
    CU_ASSERT_FALSE(puppet_is_done(&p, 0));
}

static void a_word_that_comes_late_is_taken_back(void)
{
    begin(2);
    make_file("before_word");
    takes_stopping(A, LOCK_ACCESS_SHARE);
    CU_ASSERT_TRUE(gets(1, A, LOCK_ACCESS_EXCLUSIVE));
    os_unlink("before_word");
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 0));
    commits(1);
    CU_ASSERT_TRUE(has_come_through(0));
    end();
}

static void a_word_that_is_moved_too_early_counts(void)
{
    begin(2);
    make_file("before_check");
    takes_stopping(A, LOCK_ACCESS_SHARE);
    CU_ASSERT_TRUE(blocks(1, A, LOCK_ACCESS_EXCLUSIVE));
    os_unlink("before_check");
    CU_ASSERT_TRUE(has_come_through(0));
    CU_ASSERT_TRUE(is_waiting(1));
    commits(0);
    CU_ASSERT_TRUE(has_come_through(1));
    end();
}

/* 1 has the strong lock already when 2 finds the word. */
static void a_word_beside_a_strong_lock_is_struck_out(void)
{
    begin(3);
    make_file("before_word");
    make_file("before_check");
    takes_stopping(A, LOCK_ROW_EXCLUSIVE);
    CU_ASSERT_TRUE(gets(1, A, LOCK_SHARE));
    os_unlink("before_word");
    clock_sleep_ms(50);
    CU_ASSERT_TRUE(gets(2, A, LOCK_SHARE));
    os_unlink("before_check");
    CU_ASSERT_TRUE(puppet_wait_blocked(&p, 0));
    commits(1);
    CU_ASSERT_TRUE(is_waiting(0));
    commits(2);
    CU_ASSERT_TRUE(has_come_through(0));
    end();
}

#endif

UNIT_SUITE(lock_wait)
{
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(a_word_that_comes_late_is_taken_back);
    UNIT_TEST(a_word_that_is_moved_too_early_counts);
    UNIT_TEST(a_word_beside_a_strong_lock_is_struck_out);
#endif
    UNIT_TEST(conflicts_wait_and_come_through);
    UNIT_TEST(nobody_overtakes_one_that_it_conflicts_with);
    UNIT_TEST(a_holder_overtakes_those_who_wait_for_it);
    UNIT_TEST(who_does_not_want_to_wait_is_told);
    UNIT_TEST(a_deadlock_is_an_error_of_the_one_that_closes_it);
    UNIT_TEST(a_simple_deadlock_is_seen_at_once);
    UNIT_TEST(a_new_order_of_the_queue_opens_a_circle);
    UNIT_TEST(a_wait_is_cancelled);
    UNIT_TEST(lock_timeout_ends_a_wait);
    UNIT_TEST(a_transaction_can_be_waited_for);
    UNIT_TEST(an_error_while_waiting_for_a_row_says_which);
    UNIT_TEST(transactions_without_an_xid_can_be_waited_for);
    UNIT_TEST(blockers_are_holders_and_those_ahead);
    UNIT_TEST(a_group_is_one_holder);
}
