/* txn_log_test.c - what transactions leave in the log, in the words of a real pg_waldump */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/os/process.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define PG_WALDUMP "/usr/lib/postgresql/15/bin/pg_waldump"

static TxnRig rig;
static StrBuf dump;

static void begin(void)
{
    setting.max_prepared_transactions = 2;
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .next_xid = 32758});
    txn_set_database(5, 1663);
}

static void end(void)
{
    txn_rig_close(&rig);
    txn_set_database(0, 0);
    setting.max_prepared_transactions = 0;
}

/* Fill dump; false when there is no pg_waldump here. */
static bool dump_log(void)
{
    const char *argv[] = {
        PG_WALDUMP,
        "-p",
        rig.wal.wal_dir,
        "-s",
        mem_printf("%X/%X", (unsigned)(rig.wal.start >> 32), (unsigned)rig.wal.start),
        NULL};
    StrBuf errors;

    if (!process_may_run(PG_WALDUMP)) {
        unit_skip("needs pg_waldump of PostgreSQL 15");
        return false;
    }
    wal_flush(wal_insert_lsn());
    strbuf_init(&dump);
    strbuf_init(&errors);
    (void)process_run(argv, NULL, &dump, &errors);
    return true;
}

static void check_says(const char *what)
{
    bool is_there = strstr(dump.text, what) != NULL;

    if (!is_there)
        printf("not in the dump: %s\n%s", what, dump.text);
    CU_ASSERT_TRUE(is_there);
}

static void pg_waldump_reads_what_is_logged(void)
{
    MultiMember members[] = {{700, MULTI_FOR_KEY_SHARE}, {701, MULTI_NO_KEY_UPDATE}};

    begin();
    setting.track_commit_timestamp = true;
    commit_ts_finish_start();
    txn_start_command();
    (void)txn_xid();
    for (unsigned i = 0; i < 65; i++) {
        txn_begin_internal_sub(NULL);
        (void)txn_xid();
        txn_release_current_sub();
    }
    (void)oid_assign();
    multixact_set_oldest_member();
    (void)multixact_create(members, 2);
    (void)log_standby_snapshot();
    txn_end_command();
    txn_start_command();
    (void)txn_xid();
    txn_abort_all();
    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    (void)txn_xid();
    txn_prepare_block("the gid");
    txn_end_command();
    if (dump_log()) {
        check_says("rmgr: CLOG ");
        check_says("desc: ZEROPAGE page 1\n");
        check_says("rmgr: CommitTs ");
        check_says("desc: ZEROPAGE 40\n");
        check_says("tx:      32822, ");
        check_says("desc: ASSIGNMENT xtop 32758: subxacts: 32759 32760 32761 ");
        check_says("desc: NEXTOID 24576\n");
        check_says("desc: CREATE_ID 1 offset 1 nmembers 2: 700 (keysh) 701 (nokeyupd) \n");
        check_says("desc: RUNNING_XACTS nextXid 32824 latestCompletedXid 32757 "
                   "oldestRunningXid 32758; 1 xacts: 32758");
        check_says("desc: COMMIT ");
        check_says("; subxacts: 32759 32760 ");
        check_says("desc: ABORT ");
        check_says("desc: PREPARE gid the gid: ");
    }
    setting.track_commit_timestamp = false;
    end();
}

UNIT_SUITE(txn_log)
{
    UNIT_TEST(pg_waldump_reads_what_is_logged);
}
