/* txn_block_test.c - transactions as a client drives them: blocks, savepoints, failures */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/mem/owner.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/txn/clog.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/subtrans.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

static TxnRig rig;
static char warning[200]; /* the last one */
static char events[1000]; /* what hooks were told */

static void keep_warning(const ErrReport *report)
{
    if (report->level == ERR_WARNING)
        snprintf(warning, sizeof warning, "%s %s", err_sqlstate_text(report->sqlstate),
                 report->message);
}

static void note(const char *what)
{
    snprintf(events + strlen(events), sizeof events - strlen(events), "%s ", what);
}

static const char *event_name(TxnEvent event)
{
    static const char *names[] = {"start",   "pre prepare", "pre",   "commit",
                                  "prepare", "prepared",    "abort", "clean"};

    return names[event];
}

static void on_event(TxnEvent event)
{
    note(event_name(event));
}

static void on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id)
{
    char text[40];

    snprintf(text, sizeof text, "%s%u<%u", event_name(event), sub_id, parent_sub_id);
    note(text);
}

static void on_command(void)
{
    note("cci");
}

static const TxnHook hooks[] = {
    {.name = "test", .on_event = on_event, .on_sub_event = on_sub_event, .on_command = on_command},
    {.name = NULL},
};

static void begin_test(void)
{
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir()});
    txn_set_hooks(hooks);
    err_set_sink(keep_warning);
    warning[0] = events[0] = '\0';
}

static void end_test(void)
{
    err_set_sink(NULL);
    txn_rig_close(&rig);
    txn_set_hooks(NULL);
}

/* One statement of a client: what it does comes between start and end. */
#define STATEMENT(...) \
 do {                  \
  txn_start_command(); \
  __VA_ARGS__;         \
  txn_end_command();   \
 } while (0)

/* One that fails, as the session handles it. */
static void fail_statement(void)
{
    ERR_TRY() {
        txn_start_command();
        err_raise(SQLSTATE_DIVISION_BY_ZERO, .message = "division by zero");
    }
    ERR_CATCH() {
        txn_abort_current();
    }
    ERR_END();
}

static void a_statement_alone_is_a_transaction(void)
{
    Xid xid = XID_NONE;

    begin_test();
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    txn_start_command();
    CU_ASSERT_TRUE(txn_is_running());
    CU_ASSERT_FALSE(txn_is_block());
    CU_ASSERT_EQUAL(txn_nest_level(), 1);
    CU_ASSERT_EQUAL(txn_xid_if_any(), XID_NONE);
    xid = txn_xid();
    CU_ASSERT_EQUAL(xid, 1000);
    CU_ASSERT_TRUE(txn_is_own_xid(xid));
    CU_ASSERT_FALSE(xact_did_commit(xid));
    txn_end_command();
    CU_ASSERT_FALSE(txn_is_running());
    CU_ASSERT_TRUE(xact_did_commit(xid));
    CU_ASSERT_FALSE(proc_array_is_running(xid));
    CU_ASSERT_STRING_EQUAL(events, "start pre commit clean ");

    fail_statement();
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    CU_ASSERT_STRING_EQUAL(events, "start pre commit clean start abort clean ");
    end_test();
}

static void a_block_lasts_until_it_is_ended(void)
{
    Xid xid;

    begin_test();
    STATEMENT(txn_begin_block());
    CU_ASSERT_EQUAL(txn_block_status(), 'T');
    STATEMENT(xid = txn_xid());
    STATEMENT(CU_ASSERT_EQUAL(txn_xid(), xid));
    CU_ASSERT_FALSE(xact_did_commit(xid));
    STATEMENT(CU_ASSERT_TRUE(txn_commit_block(false)));
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    CU_ASSERT_TRUE(xact_did_commit(xid));

    STATEMENT(txn_begin_block());
    STATEMENT(xid = txn_xid());
    STATEMENT(txn_abort_block(false));
    CU_ASSERT_TRUE(xact_did_abort(xid));
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    end_test();
}

static void an_error_fails_the_block_until_its_end(void)
{
    Xid xid;

    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(xid = txn_xid());
    fail_statement();
    CU_ASSERT_EQUAL(txn_block_status(), 'E');
    CU_ASSERT_TRUE(txn_is_failed());
    CU_ASSERT_TRUE(xact_did_abort(xid)); /* at once, not at ROLLBACK */
    fail_statement();
    CU_ASSERT_EQUAL(txn_block_status(), 'E');
    STATEMENT(CU_ASSERT_FALSE(txn_commit_block(false)));
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    CU_ASSERT_STRING_EQUAL(warning, "");
    end_test();
}

static void savepoints_come_and_go(void)
{
    Xid top, a, b, c;

    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(top = txn_xid());
    STATEMENT(txn_savepoint("a"));
    STATEMENT(a = txn_xid());
    CU_ASSERT_EQUAL(txn_nest_level(), 2);
    CU_ASSERT_EQUAL(subtrans_parent(a), top);
    STATEMENT(txn_savepoint("b"));
    STATEMENT(b = txn_xid());
    CU_ASSERT_EQUAL(subtrans_parent(b), a);
    CU_ASSERT_EQUAL(subtrans_top(b), top);
    fail_statement();
    CU_ASSERT_EQUAL(txn_block_status(), 'E');
    CU_ASSERT_TRUE(xact_did_abort(b));
    CU_ASSERT_FALSE(xact_did_abort(a));
    STATEMENT(txn_rollback_to("b"));
    CU_ASSERT_EQUAL(txn_block_status(), 'T');
    CU_ASSERT_EQUAL(txn_nest_level(), 3);
    CU_ASSERT_FALSE(txn_is_own_xid(b));
    STATEMENT(c = txn_xid());
    CU_ASSERT_NOT_EQUAL(c, b);
    STATEMENT(txn_release("a"));
    CU_ASSERT_EQUAL(txn_nest_level(), 1);
    CU_ASSERT_TRUE(txn_is_own_xid(a));
    CU_ASSERT_TRUE(txn_is_own_xid(c));
    CU_ASSERT_FALSE(xact_did_commit(a));
    STATEMENT(txn_commit_block(false));
    CU_ASSERT_TRUE(xact_did_commit(top));
    CU_ASSERT_TRUE(xact_did_commit(a));
    CU_ASSERT_TRUE(xact_did_commit(c));
    CU_ASSERT_TRUE(xact_did_abort(b));
    end_test();
}

static void rolling_back_to_an_outer_savepoint_drops_the_inner(void)
{
    Xid a, b;

    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(txn_savepoint("a"));
    STATEMENT(a = txn_xid());
    STATEMENT(txn_savepoint("b"));
    STATEMENT(b = txn_xid());
    STATEMENT(txn_release("b"));
    STATEMENT(txn_savepoint("c"));
    STATEMENT(txn_rollback_to("a"));
    CU_ASSERT_TRUE(xact_did_abort(a));
    CU_ASSERT_TRUE(xact_did_abort(b)); /* a child of a that was committed into it */
    CU_ASSERT_EQUAL(txn_nest_level(), 2);
    STATEMENT(txn_commit_block(false));
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    CU_ASSERT_STRING_EQUAL(warning, "");
    end_test();
}

static void wrong_steps_are_told_as_postgresql_does(void)
{
    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(txn_begin_block());
    CU_ASSERT_STRING_EQUAL(warning, "25001 there is already a transaction in progress");
    txn_start_command();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_SAVEPOINT_SPECIFICATION,
                               "savepoint \"x\" does not exist", txn_release("x"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_SAVEPOINT_SPECIFICATION,
                               "savepoint \"x\" does not exist", txn_rollback_to("x"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                               "VACUUM cannot run inside a transaction block",
                               txn_prevent_in_block(true, "VACUUM"));
    txn_abort_current();
    STATEMENT(txn_abort_block(false));

    warning[0] = '\0';
    STATEMENT(CU_ASSERT_TRUE(txn_commit_block(false)));
    CU_ASSERT_STRING_EQUAL(warning, "25P01 there is no transaction in progress");
    warning[0] = '\0';
    STATEMENT(txn_abort_block(false));
    CU_ASSERT_STRING_EQUAL(warning, "25P01 there is no transaction in progress");
    txn_start_command();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
                               "COMMIT AND CHAIN can only be used in transaction blocks",
                               txn_commit_block(true));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
                               "ROLLBACK AND CHAIN can only be used in transaction blocks",
                               txn_abort_block(true));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
                               "SAVEPOINT can only be used in transaction blocks",
                               txn_savepoint("a"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NO_ACTIVE_SQL_TRANSACTION,
                               "LOCK TABLE can only be used in transaction blocks",
                               txn_require_block(true, "LOCK TABLE"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                               "VACUUM cannot be executed from a function",
                               txn_prevent_in_block(false, "VACUUM"));
    CU_ASSERT_FALSE(txn_needs_immediate_commit());
    txn_prevent_in_block(true, "VACUUM");
    CU_ASSERT_TRUE(txn_needs_immediate_commit());
    txn_require_block(false, "LOCK TABLE");
    txn_end_command();
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    end_test();
}

static void chains_keep_the_characteristics(void)
{
    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(txn_set_isolation(TXN_REPEATABLE_READ); txn_set_read_only(true));
    STATEMENT(txn_commit_block(true));
    CU_ASSERT_EQUAL(txn_block_status(), 'T');
    CU_ASSERT_EQUAL(txn_isolation(), TXN_REPEATABLE_READ);
    CU_ASSERT_TRUE(txn_is_read_only());
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_READ_ONLY_SQL_TRANSACTION,
                               "cannot execute INSERT in a read-only transaction",
                               txn_forbid_write("INSERT"));
    STATEMENT(txn_abort_block(true));
    CU_ASSERT_EQUAL(txn_isolation(), TXN_REPEATABLE_READ);
    fail_statement();
    STATEMENT(txn_abort_block(true));
    CU_ASSERT_EQUAL(txn_block_status(), 'T');
    CU_ASSERT_TRUE(txn_is_read_only());
    STATEMENT(txn_abort_block(false));
    STATEMENT(CU_ASSERT_EQUAL(txn_isolation(), TXN_READ_COMMITTED));
    end_test();
}

static void several_statements_of_one_string_go_together(void)
{
    Xid xid;

    begin_test();
    txn_start_command();
    txn_begin_implicit_block();
    CU_ASSERT_TRUE(txn_is_block());
    xid = txn_xid();
    txn_end_command();
    txn_start_command();
    CU_ASSERT_EQUAL(txn_xid(), xid);
    txn_end_implicit_block();
    txn_end_command();
    CU_ASSERT_TRUE(xact_did_commit(xid));

    /* An error takes all of them. */
    txn_start_command();
    txn_begin_implicit_block();
    xid = txn_xid();
    txn_end_command();
    fail_statement();
    CU_ASSERT_TRUE(xact_did_abort(xid));
    CU_ASSERT_EQUAL(txn_block_status(), 'I');

    /* COMMIT in it warns, and commits what came before. */
    txn_start_command();
    txn_begin_implicit_block();
    xid = txn_xid();
    txn_end_command();
    STATEMENT(txn_commit_block(false));
    CU_ASSERT_STRING_EQUAL(warning, "25P01 there is no transaction in progress");
    CU_ASSERT_TRUE(xact_did_commit(xid));
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    end_test();
}

static void the_servers_own_subtransactions_nest_anywhere(void)
{
    Xid inner, outer;
    MemContext *before;

    begin_test();
    txn_start_command();
    outer = txn_xid();
    before = mem_current();
    txn_begin_internal_sub(NULL);
    inner = txn_xid();
    CU_ASSERT_PTR_NOT_EQUAL(mem_current(), before);
    txn_rollback_current_sub();
    CU_ASSERT_PTR_EQUAL(mem_current(), before);
    CU_ASSERT_TRUE(xact_did_abort(inner));
    txn_begin_internal_sub("x");
    inner = txn_xid();
    txn_release_current_sub();
    txn_end_command();
    CU_ASSERT_TRUE(xact_did_commit(outer));
    CU_ASSERT_TRUE(xact_did_commit(inner));
    CU_ASSERT_EQUAL(mem_context_size(mem_root()) > 0, true);
    end_test();
}

static void hooks_see_each_end_in_order(void)
{
    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(txn_savepoint("a"));
    STATEMENT(txn_command(true));
    STATEMENT(txn_savepoint("b"));
    STATEMENT(txn_command(true));
    STATEMENT(txn_rollback_to("b"));
    STATEMENT(txn_release("a"));
    STATEMENT(txn_commit_block(false));
    CU_ASSERT_STRING_EQUAL(events, "start start2<1 cci start3<2 cci abort3<2 clean3<2 start4<2 "
                                   "pre4<2 commit4<2 clean4<2 pre2<1 commit2<1 clean2<1 "
                                   "pre commit clean ");
    end_test();
}

static void commands_count_only_when_they_write(void)
{
    begin_test();
    txn_start_command();
    CU_ASSERT_EQUAL(txn_command(false), 0);
    txn_advance_command();
    CU_ASSERT_EQUAL(txn_command(false), 0);
    CU_ASSERT_EQUAL(txn_command(true), 0);
    snapshot_push(snapshot_take());
    CU_ASSERT_EQUAL(snapshot_active()->command, 0);
    txn_advance_command();
    CU_ASSERT_EQUAL(txn_command(false), 1);
    CU_ASSERT_EQUAL(snapshot_active()->command, 0);
    snapshot_advance_command();
    CU_ASSERT_EQUAL(snapshot_active()->command, 1);
    snapshot_pop();
    txn_end_command();
    end_test();
}

static void characteristics_cannot_be_set_late(void)
{
    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(txn_savepoint("a"));
    txn_start_command();
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_ACTIVE_SQL_TRANSACTION,
        "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction",
        txn_set_isolation(TXN_REPEATABLE_READ));
    txn_set_read_only(true);
    txn_end_command();
    STATEMENT(txn_rollback_to("a"));
    CU_ASSERT_FALSE(txn_is_read_only());
    STATEMENT(txn_release("a"));
    STATEMENT((void)snapshot_take());
    txn_start_command();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                               "SET TRANSACTION ISOLATION LEVEL must be called before any query",
                               txn_set_isolation(TXN_REPEATABLE_READ));
    txn_set_read_only(true);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_ACTIVE_SQL_TRANSACTION,
                               "transaction read-write mode must be set before any query",
                               txn_set_read_only(false));
    STATEMENT(txn_abort_block(false));

    setting.default_transaction_isolation = ISOLATION_SERIALIZABLE;
    txn_start_command();
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, (void)snapshot_take());
    txn_end_command();
    setting.default_transaction_isolation = ISOLATION_READ_COMMITTED;
    end_test();
}

/* A lock held and a record half made are forgotten. */
static void an_abort_cleans_up_whatever_was_under_way(void)
{
    Xid xid = XID_NONE;

    begin_test();
    STATEMENT(txn_begin_block());
    ERR_TRY() {
        txn_start_command();
        xid = txn_xid();
        (void)snapshot_register(snapshot_take());
        snapshot_push(snapshot_latest());
        lwlock_acquire(xid_truncation_lock(), LW_EXCLUSIVE);
        wal_begin_insert();
        wal_register_data("x", 1);
        err_raise(SQLSTATE_DIVISION_BY_ZERO, .message = "division by zero");
    }
    ERR_CATCH() {
        txn_abort_current();
    }
    ERR_END();
    CU_ASSERT_EQUAL(lwlock_held_count(), 0);
    CU_ASSERT_EQUAL(proc_array_own_xmin(), XID_NONE);
    CU_ASSERT_TRUE(xact_did_abort(xid));
    STATEMENT(txn_abort_block(false));
    CU_ASSERT_FALSE(snapshot_has_active());
    CU_ASSERT_PTR_NULL(owner_current());
    end_test();
}

static void many_children_are_assigned_and_committed(void)
{
    Xid children[300], top;

    begin_test();
    STATEMENT(txn_begin_block());
    STATEMENT(top = txn_xid());
    for (unsigned i = 0; i < ARRAY_LEN(children); i++) {
        STATEMENT(txn_savepoint("s"));
        STATEMENT(children[i] = txn_xid());
        if (i % 3 == 0)
            STATEMENT(txn_rollback_to("s"));
        if (i % 2 == 0)
            STATEMENT(txn_release("s"));
    }
    STATEMENT(txn_commit_block(false));
    CU_ASSERT_TRUE(xact_did_commit(top));
    for (unsigned i = 0; i < ARRAY_LEN(children); i++)
        CU_ASSERT_EQUAL(xact_did_commit(children[i]), i % 3 != 0);
    end_test();
}

UNIT_SUITE(txn_block)
{
    UNIT_TEST(a_statement_alone_is_a_transaction);
    UNIT_TEST(a_block_lasts_until_it_is_ended);
    UNIT_TEST(an_error_fails_the_block_until_its_end);
    UNIT_TEST(savepoints_come_and_go);
    UNIT_TEST(rolling_back_to_an_outer_savepoint_drops_the_inner);
    UNIT_TEST(wrong_steps_are_told_as_postgresql_does);
    UNIT_TEST(chains_keep_the_characteristics);
    UNIT_TEST(several_statements_of_one_string_go_together);
    UNIT_TEST(the_servers_own_subtransactions_nest_anywhere);
    UNIT_TEST(hooks_see_each_end_in_order);
    UNIT_TEST(commands_count_only_when_they_write);
    UNIT_TEST(characteristics_cannot_be_set_late);
    UNIT_TEST(an_abort_cleans_up_whatever_was_under_way);
    UNIT_TEST(many_children_are_assigned_and_committed);
}
