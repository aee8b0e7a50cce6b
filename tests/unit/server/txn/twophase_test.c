/* twophase_test.c - prepared transactions: their life, their state, crashes in between */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/txn/clog.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define PLACES 3

static const RelTag made = {1663, 5, 20000}, dropped = {1663, 5, 20001};

static TxnRig rig;
static RelTag gone[10]; /* whose files went */
static size_t gone_count;

static void drop(const RelTag *rels, size_t count, int temp_backend)
{
    CU_ASSERT_EQUAL(temp_backend, TXN_PERMANENT);
    for (size_t i = 0; i < count; i++)
        gone[gone_count++] = rels[i];
}

static void begin(void)
{
    setting.max_prepared_transactions = PLACES;
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir()});
    txn_set_dropper(drop);
    txn_set_database(5, 1663);
    gone_count = 0;
}

static void end(void)
{
    txn_rig_close(&rig);
    txn_set_dropper(NULL);
    txn_set_database(0, 0);
    setting.max_prepared_transactions = 0;
}

/* A transaction with a child that committed into it and one that did not; returns its xid. */
static Xid prepare(const char *gid, Xid *child)
{
    Xid xid;

    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    xid = txn_xid();
    multixact_set_oldest_member();
    txn_drop_at_end(&made, TXN_PERMANENT, false);
    txn_drop_at_end(&dropped, TXN_PERMANENT, true);
    txn_begin_internal_sub(NULL);
    *child = txn_xid();
    txn_release_current_sub();
    txn_begin_internal_sub(NULL);
    (void)txn_xid();
    txn_rollback_current_sub();
    CU_ASSERT_TRUE(txn_prepare_block(gid));
    txn_end_command();
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    return xid;
}

static void finish(const char *gid, bool is_commit)
{
    txn_start_command();
    twophase_finish(gid, is_commit, 0, false);
    txn_end_command();
}

static size_t prepared_count(void)
{
    Array rows;

    twophase_list(&rows);
    return rows.count;
}

static void check_runs(Xid xid, Xid child)
{
    txn_start_command();
    CU_ASSERT_TRUE(proc_array_is_running(xid));
    CU_ASSERT_TRUE(proc_array_is_running(child));
    CU_ASSERT_TRUE(snapshot_shows_running(snapshot_take(), child));
    CU_ASSERT_FALSE(xact_did_commit(xid));
    CU_ASSERT_FALSE(xact_did_abort(xid));
    txn_end_command();
}

static void check_ended(Xid xid, Xid child, bool is_commit)
{
    CU_ASSERT_EQUAL(xact_did_commit(xid), is_commit);
    CU_ASSERT_EQUAL(xact_did_commit(child), is_commit);
    CU_ASSERT_EQUAL(xact_did_abort(xid), !is_commit);
    CU_ASSERT_EQUAL(gone_count, 1);
    CU_ASSERT_TRUE(rel_tag_equal(&gone[0], is_commit ? &dropped : &made));
    txn_start_command();
    CU_ASSERT_FALSE(proc_array_is_running(xid));
    CU_ASSERT_FALSE(snapshot_shows_running(snapshot_take(), child));
    txn_end_command();
    CU_ASSERT_EQUAL(prepared_count(), 0);
}

static void a_prepared_transaction_runs_until_it_is_ended(void)
{
    for (unsigned i = 0; i < 2; i++) {
        Xid xid, child;

        begin();
        xid = prepare("a", &child);
        CU_ASSERT_EQUAL(gone_count, 0);
        CU_ASSERT_EQUAL(prepared_count(), 1);
        CU_ASSERT_EQUAL(multixact_oldest_needed(), 1);
        check_runs(xid, child);
        finish("a", i == 0);
        check_ended(xid, child, i == 0);
        end();
    }
}

/* With its record alone, then with its file, then ended. */
static void it_survives_crashes(void)
{
    for (unsigned i = 0; i < 2; i++) {
        Xid xid, child;
        char *path;

        begin();
        xid = prepare("it's", &child);
        path = mem_printf("pg_twophase/%08X", xid);
        txn_rig_recover(&rig, NULL, NULL);
        CU_ASSERT_EQUAL(prepared_count(), 1);
        check_runs(xid, child);
        CU_ASSERT_EQUAL(subtrans_parent(child), xid);
        CU_ASSERT_FALSE(os_exists(path));
        txn_rig_checkpoint();
        CU_ASSERT_TRUE(os_exists(path));
        rig.config.next_xid = xid_next(); /* as the checkpoint tells it */
        txn_rig_recover(&rig, NULL, NULL);
        CU_ASSERT_EQUAL(prepared_count(), 1);
        check_runs(xid, child);
        finish("it's", i == 0);
        check_ended(xid, child, i == 0);
        CU_ASSERT_FALSE(os_exists(path));
        txn_rig_recover(&rig, NULL, NULL);
        CU_ASSERT_EQUAL(prepared_count(), 0);
        CU_ASSERT_EQUAL(xact_did_commit(child), i == 0);
        end();
    }
}

static void the_file_is_what_postgresql_writes(void)
{
    Xid xid, child;
    TwophaseHeader h;
    size_t len;
    char *bytes;

    begin();
    xid = prepare("gid", &child);
    txn_rig_checkpoint();
    bytes = os_file_read_all(mem_printf("pg_twophase/%08X", xid), MIB(1), &len);
    twophase_file_read((uint8_t *)bytes, len, true, 15, "state", &h);
    CU_ASSERT_EQUAL(h.xid, xid);
    CU_ASSERT_EQUAL(h.database, 5);
    CU_ASSERT_STRING_EQUAL(h.gid, "gid");
    CU_ASSERT_EQUAL(h.subxact_count, 1);
    CU_ASSERT_EQUAL(load_u32(h.subxacts), child);
    CU_ASSERT_EQUAL(h.commit_rel_count, 1);
    CU_ASSERT_EQUAL(h.abort_rel_count, 1);
    CU_ASSERT_EQUAL(memcmp(h.commit_rels, &dropped, sizeof dropped), 0);
    /* A multixact's record, then the one that ends all. */
    CU_ASSERT_EQUAL(h.records_len, 8 + 8 + 8);
    CU_ASSERT_EQUAL(load_u32(h.records), 4);
    CU_ASSERT_EQUAL(h.records[4], 3);
    end();
}

static void wrong_steps_are_told_as_postgresql_does(void)
{
    Xid child;
    char long_gid[300];

    begin();
    prepare("a", &child);
    txn_start_command();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_OBJECT,
                               "prepared transaction with identifier \"b\" does not exist",
                               twophase_finish("b", true, 0, false));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                               "permission denied to finish prepared transaction",
                               twophase_finish("a", true, 77, false));
    txn_set_database(6, 1663);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "prepared transaction belongs to another database",
                               twophase_finish("a", true, 77, true));
    txn_set_database(5, 1663);
    txn_end_command();

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DUPLICATE_OBJECT,
                               "transaction identifier \"a\" is already in use",
                               prepare("a", &child));
    txn_abort_current();
    CU_ASSERT_EQUAL(txn_block_status(), 'I');
    memset(long_gid, 'x', sizeof long_gid);
    long_gid[200] = '\0';
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, prepare(long_gid, &child));
    txn_abort_current();
    long_gid[199] = '\0';
    prepare(long_gid, &child);
    prepare("c", &child);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OUT_OF_MEMORY,
                               "maximum number of prepared transactions reached",
                               prepare("d", &child));
    txn_abort_current();
    finish("c", false);
    prepare("d", &child);
    end();
}

UNIT_SUITE(twophase)
{
    UNIT_TEST(a_prepared_transaction_runs_until_it_is_ended);
    UNIT_TEST(it_survives_crashes);
    UNIT_TEST(the_file_is_what_postgresql_writes);
    UNIT_TEST(wrong_steps_are_told_as_postgresql_does);
}
