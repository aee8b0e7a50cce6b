/* lock_test.c - heavyweight locks of one process: taking, owners, ends of transactions, texts. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/txn/txn.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define TABLE 16400

static TxnRig rig;
static char warning[200];

static void note_warning(const ErrReport *report)
{
    if (report->level == ERR_WARNING)
        snprintf(warning, sizeof warning, "%s", report->message);
}

static void begin(void)
{
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .has_locks = true});
    warning[0] = '\0';
    err_set_sink(note_warning);
}

static void end(void)
{
    txn_rig_close(&rig);
}

static void begin_block(void)
{
    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
}

static void commit(void)
{
    (void)txn_commit_block(false);
    txn_end_command();
}

static int by_kind(const void *a, const void *b)
{
    const LockRow *x = a, *y = b;

    if (x->tag.kind != y->tag.kind)
        return x->tag.kind - y->tag.kind;
    return (int)x->mode - (int)y->mode;
}

/* As in pg_locks: "relation AccessShareLock fast, ...", sorted. */
static const char *held(void)
{
    static char text[500];
    Array rows;

    text[0] = '\0';
    lock_list(&rows);
    array_sort(&rows, by_kind);
    array_foreach(const LockRow, row, &rows) {
        size_t len = strlen(text);

        CU_ASSERT_EQUAL(row->pid, atomic_load(&proc_self()->pid));
        snprintf(text + len, sizeof text - len, "%s%s %s%s%s", len > 0 ? ", " : "",
                 lock_kind_name((LockKind)row->tag.kind), lock_mode_name(row->mode),
                 row->is_fast_path ? " fast" : "", row->is_granted ? "" : " waits");
    }
    return text;
}

static void a_transaction_holds_its_locks_to_the_end(void)
{
    begin();
    begin_block();
    CU_ASSERT_STRING_EQUAL(held(), "virtualxid ExclusiveLock fast");
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    lock_relation(TABLE, LOCK_ROW_EXCLUSIVE);
    CU_ASSERT_STRING_EQUAL(held(), "relation AccessShareLock fast, relation RowExclusiveLock fast, "
                                   "virtualxid ExclusiveLock fast");
    txn_end_command();
    txn_start_command();
    CU_ASSERT_TRUE(lock_relation_is_held(TABLE, LOCK_ACCESS_SHARE, false));
    CU_ASSERT_FALSE(lock_relation_is_held(TABLE, LOCK_ROW_SHARE, false));
    CU_ASSERT_TRUE(lock_relation_is_held(TABLE, LOCK_ROW_SHARE, true));
    (void)txn_xid();
    CU_ASSERT_PTR_NOT_NULL(strstr(held(), "transactionid ExclusiveLock"));
    commit();
    CU_ASSERT_STRING_EQUAL(held(), "");
    end();
}

static void a_strong_lock_moves_weak_ones_to_the_table(void)
{
    begin();
    begin_block();
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    lock_relation(TABLE, LOCK_SHARE);
    CU_ASSERT_STRING_EQUAL(
        held(), "relation AccessShareLock, relation ShareLock, virtualxid ExclusiveLock fast");
    lock_relation(TABLE, LOCK_ROW_SHARE);
    CU_ASSERT_STRING_EQUAL(held(), "relation AccessShareLock, relation RowShareLock, relation "
                                   "ShareLock, virtualxid ExclusiveLock fast");
    lock_relation_unlock(TABLE, LOCK_ACCESS_SHARE);
    lock_relation_unlock(TABLE, LOCK_SHARE);
    CU_ASSERT_STRING_EQUAL(held(), "relation RowShareLock, virtualxid ExclusiveLock fast");
    lock_relation_unlock(TABLE, LOCK_ROW_SHARE);
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    CU_ASSERT_STRING_EQUAL(held(), "relation AccessShareLock fast, virtualxid ExclusiveLock fast");
    commit();
    end();
}

static void locks_are_counted_for_each_owner(void)
{
    begin();
    begin_block();
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    txn_begin_internal_sub(NULL);
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    lock_relation(TABLE + 1, LOCK_ACCESS_SHARE);
    lock_relation_unlock(TABLE, LOCK_ACCESS_SHARE);
    CU_ASSERT_STRING_EQUAL(warning, "");
    lock_relation_unlock(TABLE, LOCK_ACCESS_SHARE);
    CU_ASSERT_STRING_EQUAL(warning, "you don't own a lock of type AccessShareLock");
    txn_rollback_current_sub();
    CU_ASSERT_TRUE(lock_relation_is_held(TABLE, LOCK_ACCESS_SHARE, false));
    CU_ASSERT_FALSE(lock_relation_is_held(TABLE + 1, LOCK_ACCESS_SHARE, false));
    lock_relation_unlock(TABLE, LOCK_ACCESS_SHARE);
    CU_ASSERT_TRUE(lock_relation_is_held(TABLE, LOCK_ACCESS_SHARE, false));
    lock_relation_unlock(TABLE, LOCK_ACCESS_SHARE);
    CU_ASSERT_FALSE(lock_relation_is_held(TABLE, LOCK_ACCESS_SHARE, false));
    commit();
    end();
}

static void a_subtransaction_that_commits_hands_its_locks_on(void)
{
    begin();
    begin_block();
    lock_relation(TABLE, LOCK_SHARE);
    txn_begin_internal_sub(NULL);
    txn_begin_internal_sub(NULL);
    lock_relation(TABLE, LOCK_SHARE);
    lock_relation(TABLE + 1, LOCK_SHARE);
    txn_release_current_sub();
    txn_release_current_sub();
    for (int i = 0; i < 2; i++)
        lock_relation_unlock(TABLE, LOCK_SHARE);
    lock_relation_unlock(TABLE + 1, LOCK_SHARE);
    CU_ASSERT_STRING_EQUAL(warning, "");
    CU_ASSERT_STRING_EQUAL(held(), "virtualxid ExclusiveLock fast");
    commit();
    end();
}

/* Those of subtransactions go when they end; the top's goes with the transaction. */
static void xids_are_locked_as_long_as_others_wait_for_them(void)
{
    Xid top, sub;
    LockTag tag;

    begin();
    begin_block();
    top = txn_xid();
    txn_begin_internal_sub(NULL);
    sub = txn_xid();
    tag = lock_tag_xid(sub);
    CU_ASSERT_TRUE(lock_is_held(&tag, LOCK_EXCLUSIVE));
    txn_release_current_sub();
    CU_ASSERT_FALSE(lock_is_held(&tag, LOCK_EXCLUSIVE));
    txn_begin_internal_sub(NULL);
    tag = lock_tag_xid(txn_xid());
    txn_rollback_current_sub();
    CU_ASSERT_FALSE(lock_is_held(&tag, LOCK_EXCLUSIVE));
    tag = lock_tag_xid(top);
    CU_ASSERT_TRUE(lock_is_held(&tag, LOCK_EXCLUSIVE));
    commit();
    CU_ASSERT_FALSE(lock_is_held(&tag, LOCK_EXCLUSIVE));
    end();
}

static void the_session_keeps_its_locks(void)
{
    LockTag tag = lock_tag_advisory(TXN_RIG_DATABASE, -5);

    begin();
    begin_block();
    lock_advisory(&tag, false, ADVISORY_SESSION);
    lock_advisory(&tag, false, ADVISORY_TRANSACTION);
    lock_relation_for_session(TABLE, LOCK_SHARE_UPDATE_EXCLUSIVE);
    commit();
    CU_ASSERT_STRING_EQUAL(held(), "relation ShareUpdateExclusiveLock, advisory ExclusiveLock");

    begin_block();
    txn_abort_current();
    CU_ASSERT_STRING_EQUAL(held(), "advisory ExclusiveLock");
    txn_abort_block(false);
    txn_end_command();
    CU_ASSERT_FALSE(lock_advisory_unlock(&tag, true));
    CU_ASSERT_STRING_EQUAL(warning, "you don't own a lock of type ShareLock");
    CU_ASSERT_TRUE(lock_advisory_unlock(&tag, false));
    lock_advisory(&tag, true, ADVISORY_SESSION);
    lock_advisory(&tag, true, ADVISORY_SESSION);
    lock_advisory_unlock_all();
    CU_ASSERT_STRING_EQUAL(held(), "");
    end();
}

static void more_relations_than_fit_on_the_fast_path(void)
{
    begin();
    begin_block();
    for (Oid i = 0; i < 200; i++)
        lock_relation(TABLE + i, LOCK_ACCESS_SHARE);
    for (Oid i = 0; i < 200; i++)
        CU_ASSERT_TRUE(lock_relation_is_held(TABLE + i, LOCK_ACCESS_SHARE, false));
    lock_relation(TABLE + 3, LOCK_ACCESS_EXCLUSIVE);
    lock_relation(TABLE + 150, LOCK_ACCESS_EXCLUSIVE);
    CU_ASSERT_TRUE(lock_has_logged_exclusive());
    commit();
    CU_ASSERT_FALSE(lock_has_logged_exclusive());
    CU_ASSERT_STRING_EQUAL(held(), "");
    end();
}

/* And what was being taken is as if it never was. */
static void no_room_is_an_error(void)
{
    int connections_before = setting.max_connections,
        locks_before = setting.max_locks_per_transaction;
    volatile Oid n = 0;

    setting.max_connections = 2;
    setting.max_locks_per_transaction = 10;
    begin();
    begin_block();
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OUT_OF_MEMORY, "out of shared memory", {
        for (;; n++)
            lock_relation(TABLE + n, LOCK_SHARE);
    });
    CU_ASSERT_TRUE(n >= 1000 && n < 2000);
    CU_ASSERT_FALSE(lock_relation_is_held(TABLE + n, LOCK_SHARE, false));
    lock_relation_unlock(TABLE, LOCK_SHARE);
    lock_relation(TABLE + n, LOCK_SHARE);
    txn_abort_all();
    CU_ASSERT_STRING_EQUAL(held(), "");
    end();
    setting.max_connections = connections_before;
    setting.max_locks_per_transaction = locks_before;
}

static void things_have_descriptions(void)
{
    static const struct {
        LockTag tag;
        const char *text, *kind;
    } rows[] = {
        {LOCK_TAG(RELATION, .a = 5, .b = 16385), "relation 16385 of database 5", "relation"},
        {LOCK_TAG(EXTEND, .a = 5, .b = 7), "extension of relation 7 of database 5", "extend"},
        {LOCK_TAG(FROZENID, .a = 5), "pg_database.datfrozenxid of database 5", "frozenid"},
        {LOCK_TAG(PAGE, .a = 5, .b = 7, .c = 8), "page 8 of relation 7 of database 5", "page"},
        {LOCK_TAG(TUPLE, .a = 5, .b = 7, .c = 8, .d = 9), "tuple (8,9) of relation 7 of database 5",
         "tuple"},
        {LOCK_TAG(TRANSACTION, .a = 734), "transaction 734", "transactionid"},
        {LOCK_TAG(VIRTUAL_XID, .a = 3, .b = 17), "virtual transaction 3/17", "virtualxid"},
        {LOCK_TAG(SPECULATIVE_TOKEN, .a = 734, .b = 2), "speculative token 2 of transaction 734",
         "spectoken"},
        {LOCK_TAG(OBJECT, .a = 5, .b = 1255, .c = 16390),
         "object 16390 of class 1255 of database 5", "object"},
        {LOCK_TAG(USER, .a = 1, .b = 2, .c = 3), "user lock [1,2,3]", "userlock"},
        {LOCK_TAG(ADVISORY, .a = 5, .b = 0, .c = 42, .d = 1), "advisory lock [5,0,42,1]",
         "advisory"},
        {{.kind = 11}, "unrecognized locktag type 11", "unrecognized"},
    };
    char text[LOCK_TAG_TEXT_SIZE];

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CU_ASSERT_STRING_EQUAL(lock_tag_describe(&rows[i].tag, text), rows[i].text);
        CU_ASSERT_STRING_EQUAL(lock_kind_name((LockKind)rows[i].tag.kind), rows[i].kind);
    }
}

static void advisory_keys_are_postgresqls(void)
{
    LockTag one = lock_tag_advisory(5, INT64_C(0x123456789)),
            two = lock_tag_advisory_pair(5, -1, 2);

    CU_ASSERT_EQUAL(one.b, 1);
    CU_ASSERT_EQUAL(one.c, 0x23456789);
    CU_ASSERT_EQUAL(one.d, 1);
    CU_ASSERT_EQUAL(two.b, UINT32_MAX);
    CU_ASSERT_EQUAL(two.c, 2);
    CU_ASSERT_EQUAL(two.d, 2);
}

/* The manual's table, a row for each mode that is asked for. */
static void modes_conflict_as_in_the_manual(void)
{
    static const char *const table[] = {
        ".......X", "......XX", "....XXXX", "...XXXXX",
        "..XX.XXX", "..XXXXXX", ".XXXXXXX", "XXXXXXXX",
    };

    for (LockMode a = 1; a < LOCK_MODE_COUNT; a++)
        for (LockMode b = 1; b < LOCK_MODE_COUNT; b++)
            CU_ASSERT_EQUAL(lock_modes_conflict(a, b), table[a - 1][b - 1] == 'X');
    CU_ASSERT_STRING_EQUAL(lock_mode_name(LOCK_SHARE_ROW_EXCLUSIVE), "ShareRowExclusiveLock");
}

static unsigned invalidation_count;

static void invalidations(void)
{
    invalidation_count++;
}

static void invalidations_are_accepted_when_a_lock_is_new(void)
{
    LockHooks hooks = {.accept_invalidations = invalidations};

    begin();
    lock_set_hooks(&hooks);
    invalidation_count = 0;
    begin_block();
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    CU_ASSERT_EQUAL(invalidation_count, 1);
    lock_relation(TABLE, LOCK_ROW_SHARE);
    CU_ASSERT_EQUAL(invalidation_count, 2);
    commit();
    lock_set_hooks(&(LockHooks){.is_shared = NULL});
    end();
}

UNIT_SUITE(lock)
{
    UNIT_TEST(a_transaction_holds_its_locks_to_the_end);
    UNIT_TEST(a_strong_lock_moves_weak_ones_to_the_table);
    UNIT_TEST(locks_are_counted_for_each_owner);
    UNIT_TEST(a_subtransaction_that_commits_hands_its_locks_on);
    UNIT_TEST(xids_are_locked_as_long_as_others_wait_for_them);
    UNIT_TEST(the_session_keeps_its_locks);
    UNIT_TEST(more_relations_than_fit_on_the_fast_path);
    UNIT_TEST(no_room_is_an_error);
    UNIT_TEST(things_have_descriptions);
    UNIT_TEST(advisory_keys_are_postgresqls);
    UNIT_TEST(modes_conflict_as_in_the_manual);
    UNIT_TEST(invalidations_are_accepted_when_a_lock_is_new);
}
