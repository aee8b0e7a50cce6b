/* effects_test.c - main data of records as typed effects, and short ones refused */
#include "common/base/base.h"

#include "common/walrec/effects.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "common/walrec/rmgr.h"
#include "tests/unit/unit.h"

static StrBuf bytes;

static void begin(void)
{
    strbuf_init(&bytes);
}

static void add_u32(uint32_t value)
{
    strbuf_add_bytes(&bytes, &value, sizeof value);
}

static void add_u64(uint64_t value)
{
    strbuf_add_bytes(&bytes, &value, sizeof value);
}

static WalEffect effect_of(uint8_t rmgr, uint8_t info, unsigned version)
{
    WalRecord record = {.start = 0x28,
                        .version = version,
                        .rmgr = rmgr,
                        .info = info,
                        .xid = 700,
                        .main = (const uint8_t *)bytes.text,
                        .main_len = (uint32_t)bytes.len,
                        .ref_id_max = -1};
    WalEffect effect;

    walrec_effect(&record, &effect);
    return effect;
}

static void check_raises(uint8_t rmgr, uint8_t info, unsigned version)
{
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, effect_of(rmgr, info, version));
}

/* Every beginning of the bytes that is too short must raise; what is whole must not. */
static void check_short_ones(uint8_t rmgr, uint8_t info, unsigned version)
{
    size_t whole = bytes.len;

    for (bytes.len = 0; bytes.len < whole; bytes.len++)
        check_raises(rmgr, info, version);
    effect_of(rmgr, info, version);
}

static void a_plain_commit_has_a_time_alone(void)
{
    WalEffect effect;

    begin();
    add_u64(123456789);
    effect = effect_of(RMGR_XACT, WAL_XACT_COMMIT, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_COMMIT);
    CU_ASSERT_EQUAL(effect.xact.xid, 700);
    CU_ASSERT_EQUAL(effect.xact.time, 123456789);
    CU_ASSERT_EQUAL(effect.xact.subxacts.count, 0);
    CU_ASSERT_PTR_NULL(effect.xact.gid);
}

/* Database, children, files, statistics, messages, two-phase xid, GID, origin: all there is. */
static void add_full_commit(void)
{
    static const char gid[] = "trip 1";

    begin();
    add_u64(42);
    add_u32(0x01 | 0x02 | 0x04 | 0x100 | 0x08 | 0x10 | 0x80 | 0x20);
    add_u32(5);
    add_u32(1663);
    add_u32(2);
    add_u32(701);
    add_u32(702);
    add_u32(1);
    add_u32(1663);
    add_u32(5);
    add_u32(16384);
    add_u32(1);
    strbuf_add_chars(&bytes, 's', 12);
    add_u32(1);
    strbuf_add_chars(&bytes, 'm', 16);
    add_u32(999);
    strbuf_add_bytes(&bytes, gid, sizeof gid);
    add_u64(0xABCDEF);
    add_u64(77);
}

static void parts_of_a_commit_are_found_in_their_order(void)
{
    WalEffect effect;
    RelTag rel;

    add_full_commit();
    effect = effect_of(RMGR_XACT, WAL_XACT_COMMIT_PREPARED | WAL_XACT_HAS_XINFO, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_COMMIT);
    CU_ASSERT_TRUE(effect.xact.is_prepared);
    CU_ASSERT_EQUAL(effect.xact.xid, 999);
    CU_ASSERT_EQUAL(effect.xact.database, 5);
    CU_ASSERT_EQUAL_FATAL(effect.xact.subxacts.count, 2);
    CU_ASSERT_EQUAL(walrec_list_xid(&effect.xact.subxacts, 1), 702);
    CU_ASSERT_EQUAL_FATAL(effect.xact.rels.count, 1);
    rel = walrec_list_rel(&effect.xact.rels, 0);
    CU_ASSERT_EQUAL(rel.rel, 16384);
    CU_ASSERT_EQUAL(effect.xact.stats.count, 1);
    CU_ASSERT_EQUAL(effect.xact.messages.count, 1);
    CU_ASSERT_STRING_EQUAL(effect.xact.gid, "trip 1");
    CU_ASSERT_EQUAL(effect.xact.origin_lsn, 0xABCDEF);
    CU_ASSERT_EQUAL(effect.xact.origin_time, 77);
}

static void a_commit_that_is_cut_raises(void)
{
    add_full_commit();
    check_short_ones(RMGR_XACT, WAL_XACT_COMMIT_PREPARED | WAL_XACT_HAS_XINFO, 15);
}

static void a_count_beyond_the_record_raises(void)
{
    begin();
    add_u64(42);
    add_u32(0x02);
    add_u32(UINT32_MAX);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       effect_of(RMGR_XACT, WAL_XACT_ABORT | WAL_XACT_HAS_XINFO, 15));
}

static void add_prepare(uint32_t magic)
{
    begin();
    add_u32(magic);
    add_u32(0);
    add_u32(801); /* xid */
    add_u32(5);
    add_u64(4242); /* time */
    add_u32(10);
    add_u32(1); /* children */
    add_u32(0);
    add_u32(0);
    add_u32(0);
    add_u32(0);
    add_u32(0);
    add_u32(4 << 16); /* GID of 4 bytes, no init files dropped */
    add_u64(0);
    add_u64(0);
    strbuf_add_bytes(&bytes, "gid", 4);
    add_u32(0); /* padding */
    add_u32(802);
    add_u32(0);
}

static void a_prepare_gives_its_xid_and_name(void)
{
    WalEffect effect;

    add_prepare(0x57F94534);
    effect = effect_of(RMGR_XACT, WAL_XACT_PREPARE, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_PREPARE);
    CU_ASSERT_EQUAL(effect.xact.xid, 801);
    CU_ASSERT_EQUAL(effect.xact.time, 4242);
    CU_ASSERT_STRING_EQUAL(effect.xact.gid, "gid");
    CU_ASSERT_EQUAL_FATAL(effect.xact.subxacts.count, 1);
    CU_ASSERT_EQUAL(walrec_list_xid(&effect.xact.subxacts, 0), 802);
}

static void a_prepare_of_another_magic_raises(void)
{
    add_prepare(1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid magic number 00000001 in the prepared transaction at 0/28",
                               effect_of(RMGR_XACT, WAL_XACT_PREPARE, 15));
}

static void a_truncation_names_its_forks(void)
{
    WalEffect effect;

    begin();
    add_u32(12);
    add_u32(1663);
    add_u32(5);
    add_u32(16384);
    add_u32(1 | 4);
    effect = effect_of(RMGR_SMGR, WAL_SMGR_TRUNCATE, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_REL_TRUNCATE);
    CU_ASSERT_EQUAL(effect.rel.block_count, 12);
    CU_ASSERT_TRUE(effect.rel.cuts_main);
    CU_ASSERT_FALSE(effect.rel.cuts_vm);
    CU_ASSERT_TRUE(effect.rel.cuts_fsm);
    check_short_ones(RMGR_SMGR, WAL_SMGR_TRUNCATE, 15);
}

static void a_fork_that_there_is_not_raises(void)
{
    begin();
    add_u32(1663);
    add_u32(5);
    add_u32(16384);
    add_u32(FORK_COUNT);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, effect_of(RMGR_SMGR, WAL_SMGR_CREATE, 15));
}

static void dropping_a_database_changed_its_opcode_in_15(void)
{
    begin();
    add_u32(16400);
    add_u32(1);
    add_u32(1663);
    CU_ASSERT_EQUAL(effect_of(RMGR_DBASE, WAL_DBASE_DROP, 15).kind, WAL_EFFECT_DB_DROP);
    CU_ASSERT_EQUAL(effect_of(RMGR_DBASE, WAL_DBASE_DROP_14, 14).kind, WAL_EFFECT_DB_DROP);
    CU_ASSERT_EQUAL(effect_of(RMGR_DBASE, WAL_DBASE_CREATE_WAL_LOG, 15).kind, WAL_EFFECT_DB_CREATE);
    check_short_ones(RMGR_DBASE, WAL_DBASE_DROP, 15);
}

static void status_pages_have_wider_numbers_from_17_on(void)
{
    begin();
    add_u64(UINT64_C(3) << 32 | 2);
    CU_ASSERT_EQUAL(effect_of(RMGR_CLOG, WAL_CLOG_ZEROPAGE, 15).page, 2);
    CU_ASSERT_EQUAL(effect_of(RMGR_CLOG, WAL_CLOG_ZEROPAGE, 17).page, INT64_C(3) << 32 | 2);
    CU_ASSERT_EQUAL(effect_of(RMGR_COMMIT_TS, WAL_COMMIT_TS_ZEROPAGE, 15).kind,
                    WAL_EFFECT_COMMIT_TS_ZERO_PAGE);
}

static void a_multixact_lists_its_members(void)
{
    WalEffect effect;
    uint32_t status;

    begin();
    add_u32(7);
    add_u32(100);
    add_u32(2);
    add_u32(730);
    add_u32(1);
    add_u32(731);
    add_u32(5);
    effect = effect_of(RMGR_MULTIXACT, WAL_MULTIXACT_CREATE_ID, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_MULTI_CREATE);
    CU_ASSERT_EQUAL(effect.multi.offset, 100);
    CU_ASSERT_EQUAL_FATAL(effect.multi.members.count, 2);
    CU_ASSERT_EQUAL(walrec_list_member(&effect.multi.members, 1, &status), 731);
    CU_ASSERT_EQUAL(status, 5);
    check_short_ones(RMGR_MULTIXACT, WAL_MULTIXACT_CREATE_ID, 15);
}

static void a_restore_point_needs_the_end_of_its_name(void)
{
    WalEffect effect;

    begin();
    add_u64(5);
    strbuf_add_bytes(&bytes, "before\0garbage", 14);
    effect = effect_of(RMGR_XLOG, WAL_XLOG_RESTORE_POINT, 15);
    CU_ASSERT_STRING_EQUAL(effect.restore_point.name, "before");
    bytes.len = 8 + 6;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, effect_of(RMGR_XLOG, WAL_XLOG_RESTORE_POINT, 15));
}

static void the_map_of_relations_is_as_long_as_it_says(void)
{
    WalEffect effect;

    begin();
    add_u32(5);
    add_u32(1663);
    add_u32(3);
    strbuf_add(&bytes, "map");
    effect = effect_of(RMGR_RELMAP, WAL_RELMAP_UPDATE, 15);
    CU_ASSERT_EQUAL(effect.relmap.size, 3);
    check_short_ones(RMGR_RELMAP, WAL_RELMAP_UPDATE, 15);
}

static void running_transactions_are_listed(void)
{
    WalEffect effect;

    begin();
    add_u32(1);
    add_u32(2);
    add_u32(1);
    add_u32(740);
    add_u32(730);
    add_u32(739);
    add_u32(730);
    add_u32(731);
    add_u32(732);
    effect = effect_of(RMGR_STANDBY, WAL_STANDBY_RUNNING_XACTS, 15);
    CU_ASSERT_EQUAL(effect.running.xids.count, 3);
    CU_ASSERT_EQUAL(effect.running.top_count, 1);
    CU_ASSERT_TRUE(effect.running.subxids_overflowed);
    check_short_ones(RMGR_STANDBY, WAL_STANDBY_RUNNING_XACTS, 15);
    store_u32(bytes.text, UINT32_MAX);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       effect_of(RMGR_STANDBY, WAL_STANDBY_RUNNING_XACTS, 15));
}

static void block_changes_are_no_effect(void)
{
    begin();
    CU_ASSERT_EQUAL(effect_of(RMGR_HEAP, WAL_HEAP_INSERT, 15).kind, WAL_EFFECT_NONE);
    CU_ASSERT_EQUAL(effect_of(RMGR_CUSTOM_MIN, 0, 15).kind, WAL_EFFECT_NONE);
    CU_ASSERT_EQUAL(effect_of(RMGR_XLOG, WAL_XLOG_NOOP, 15).kind, WAL_EFFECT_NONE);
    CU_ASSERT_EQUAL(effect_of(RMGR_BTREE, WAL_BTREE_DEDUP, 15).kind, WAL_EFFECT_NONE);
}

/* ---- What replay beyond files and status needs ---- */

static void an_assignment_lists_the_children(void)
{
    WalEffect effect;

    begin();
    add_u32(700);
    add_u32(2);
    add_u32(701);
    add_u32(702);
    effect = effect_of(RMGR_XACT, WAL_XACT_ASSIGNMENT, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_XID_ASSIGN);
    CU_ASSERT_EQUAL(effect.assign.top_xid, 700);
    CU_ASSERT_EQUAL(effect.assign.subxacts.count, 2);
    CU_ASSERT_EQUAL(walrec_list_xid(&effect.assign.subxacts, 1), 702);
    check_short_ones(RMGR_XACT, WAL_XACT_ASSIGNMENT, 15);
}

static void add_message(int8_t kind, Oid database, uint32_t value)
{
    strbuf_add_char(&bytes, (char)kind);
    strbuf_add_chars(&bytes, 0x5A, 3);
    add_u32(database);
    add_u32(value);
    add_u32(0);
}

static void invalidations_come_from_three_kinds_of_records(void)
{
    WalEffect effect;
    WalMessage message;

    begin();
    add_u32(1);
    add_message(57, 5, 0xAABBCCDD);
    effect = effect_of(RMGR_XACT, WAL_XACT_INVALIDATIONS, 14);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_INVALIDATE);
    CU_ASSERT_EQUAL(effect.invalidate.messages.count, 1);
    CU_ASSERT_FALSE(effect.invalidate.drops_init_files);
    check_short_ones(RMGR_XACT, WAL_XACT_INVALIDATIONS, 15);
    CU_ASSERT_EQUAL(effect_of(RMGR_XACT, WAL_XACT_INVALIDATIONS, 13).kind, WAL_EFFECT_NONE);

    begin();
    add_u32(5);
    add_u32(1663);
    add_u32(1);
    add_u32(1);
    add_message(-2, 5, 1259);
    effect = effect_of(RMGR_STANDBY, WAL_STANDBY_INVALIDATIONS, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_INVALIDATE);
    CU_ASSERT_EQUAL(effect.invalidate.database, 5);
    CU_ASSERT_EQUAL(effect.invalidate.tablespace, 1663);
    CU_ASSERT_TRUE(effect.invalidate.drops_init_files);
    message = walrec_list_message(&effect.invalidate.messages, 0);
    CU_ASSERT_EQUAL(message.kind, -2);
    CU_ASSERT_EQUAL(message.database, 5);
    CU_ASSERT_EQUAL(message.value, 1259);
    check_short_ones(RMGR_STANDBY, WAL_STANDBY_INVALIDATIONS, 15);

    begin();
    add_u32(77); /* the row */
    add_u32(5);
    add_u32(1663);
    add_u32(0);
    add_u32(0);
    effect = effect_of(RMGR_HEAP, WAL_HEAP_INPLACE, 18);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_INVALIDATE);
    CU_ASSERT_EQUAL(effect.invalidate.database, 5);
    check_short_ones(RMGR_HEAP, WAL_HEAP_INPLACE, 18);
    CU_ASSERT_EQUAL(effect_of(RMGR_HEAP, WAL_HEAP_INPLACE, 17).kind, WAL_EFFECT_NONE);
}

static void locks_name_their_holder_and_relation(void)
{
    WalEffect effect;
    WalLock lock;

    begin();
    add_u32(1);
    add_u32(700);
    add_u32(5);
    add_u32(16384);
    effect = effect_of(RMGR_STANDBY, WAL_STANDBY_LOCK, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_LOCK);
    lock = walrec_list_lock(&effect.locks, 0);
    CU_ASSERT_TRUE(lock.xid == 700 && lock.database == 5 && lock.rel == 16384);
    check_short_ones(RMGR_STANDBY, WAL_STANDBY_LOCK, 15);
    CU_ASSERT_EQUAL(effect_of(RMGR_STANDBY, 0x30, 15).kind, WAL_EFFECT_NONE);
}

static void dropped_statistics_have_wider_numbers_from_18_on(void)
{
    WalStatsItem item;
    WalEffect effect;

    begin();
    add_u64(1);
    add_u32(0x100);
    add_u32(1);
    add_u32(2);
    add_u32(5);
    add_u32(16384);
    effect = effect_of(RMGR_XACT, WAL_XACT_COMMIT | WAL_XACT_HAS_XINFO, 17);
    item = walrec_list_stats(&effect.xact.stats, 0);
    CU_ASSERT_TRUE(item.kind == 2 && item.database == 5 && item.object == 16384);
    check_raises(RMGR_XACT, WAL_XACT_COMMIT | WAL_XACT_HAS_XINFO, 18);
    add_u32(1);
    effect = effect_of(RMGR_XACT, WAL_XACT_COMMIT | WAL_XACT_HAS_XINFO, 18);
    item = walrec_list_stats(&effect.xact.stats, 0);
    CU_ASSERT_EQUAL(item.object, UINT64_C(0x100004000));
}

static void parameters_are_numbers_and_truths(void)
{
    WalParameters p;
    WalEffect effect;

    begin();
    for (uint32_t i = 0; i < 5; i++)
        add_u32(100 + i);
    add_u32(2);
    strbuf_add_bytes(&bytes, "\0\1", 2);
    effect = effect_of(RMGR_XLOG, WAL_XLOG_PARAMETER_CHANGE, 15);
    p = walrec_parameters(&effect);
    CU_ASSERT_EQUAL(p.max_connections, 100);
    CU_ASSERT_EQUAL(p.max_worker_processes, 101);
    CU_ASSERT_EQUAL(p.max_wal_senders, 102);
    CU_ASSERT_EQUAL(p.max_prepared_xacts, 103);
    CU_ASSERT_EQUAL(p.max_locks_per_xact, 104);
    CU_ASSERT_EQUAL(p.wal_level, 2);
    CU_ASSERT_FALSE(p.wal_log_hints);
    CU_ASSERT_TRUE(p.track_commit_timestamp);
    check_short_ones(RMGR_XLOG, WAL_XLOG_PARAMETER_CHANGE, 15);
}

static void where_redo_begins_is_marked_from_17_on(void)
{
    begin();
    add_u32(1);
    CU_ASSERT_EQUAL(effect_of(RMGR_XLOG, WAL_XLOG_CHECKPOINT_REDO, 17).kind,
                    WAL_EFFECT_CHECKPOINT_REDO);
    CU_ASSERT_EQUAL(effect_of(RMGR_XLOG, WAL_XLOG_CHECKPOINT_REDO, 17).wal_level, 1);
    check_short_ones(RMGR_XLOG, WAL_XLOG_CHECKPOINT_REDO, 17);
    CU_ASSERT_EQUAL(effect_of(RMGR_XLOG, WAL_XLOG_CHECKPOINT_REDO, 16).kind, WAL_EFFECT_NONE);
}

static void a_rewrite_lists_its_mappings(void)
{
    WalEffect effect;

    begin();
    add_u32(700);
    add_u32(5);
    add_u32(1259);
    add_u32(0);
    add_u64(72);
    add_u32(1);
    add_u32(0);
    add_u64(0x1000028);
    strbuf_add_chars(&bytes, 'm', 36);
    effect = effect_of(RMGR_HEAP2, WAL_HEAP2_REWRITE, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_REWRITE_MAP);
    CU_ASSERT_EQUAL(effect.rewrite_map.xid, 700);
    CU_ASSERT_EQUAL(effect.rewrite_map.database, 5);
    CU_ASSERT_EQUAL(effect.rewrite_map.rel, 1259);
    CU_ASSERT_EQUAL(effect.rewrite_map.file_offset, 72);
    CU_ASSERT_EQUAL(effect.rewrite_map.start_lsn, 0x1000028);
    CU_ASSERT_EQUAL(effect.rewrite_map.mappings.count, 1);
    check_short_ones(RMGR_HEAP2, WAL_HEAP2_REWRITE, 15);
    CU_ASSERT_EQUAL(effect_of(RMGR_HEAP2, WAL_HEAP2_VISIBLE, 15).kind, WAL_EFFECT_NONE);
}

static void replication_origins_advance_and_go(void)
{
    WalEffect effect;

    begin();
    add_u64(0xFFFFFF);
    strbuf_add_bytes(&bytes, "\7\0\1", 3);
    effect = effect_of(RMGR_REPLORIGIN, WAL_REPLORIGIN_SET, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_ORIGIN_SET);
    CU_ASSERT_TRUE(effect.origin.id == 7 && effect.origin.lsn == 0xFFFFFF);
    CU_ASSERT_TRUE(effect.origin.is_forced);
    check_short_ones(RMGR_REPLORIGIN, WAL_REPLORIGIN_SET, 15);
    CU_ASSERT_EQUAL(effect_of(RMGR_REPLORIGIN, 0x20, 15).kind, WAL_EFFECT_NONE);

    begin();
    strbuf_add_bytes(&bytes, "\7\0", 2);
    effect = effect_of(RMGR_REPLORIGIN, WAL_REPLORIGIN_DROP, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_ORIGIN_DROP);
    CU_ASSERT_EQUAL(effect.origin.id, 7);
    check_short_ones(RMGR_REPLORIGIN, WAL_REPLORIGIN_DROP, 15);
}

static void add_message_head(uint64_t prefix_size, uint64_t body_len)
{
    begin();
    add_u32(5);
    add_u32(1);
    add_u64(prefix_size);
    add_u64(body_len);
}

static void a_message_has_a_prefix_and_a_body(void)
{
    WalEffect effect;

    add_message_head(3, 4);
    strbuf_add_bytes(&bytes, "me\0body", 7);
    effect = effect_of(RMGR_LOGICALMSG, WAL_LOGICALMSG_MESSAGE, 15);
    CU_ASSERT_EQUAL(effect.kind, WAL_EFFECT_MESSAGE);
    CU_ASSERT_EQUAL(effect.message.database, 5);
    CU_ASSERT_TRUE(effect.message.is_transactional);
    CU_ASSERT_STRING_EQUAL(effect.message.prefix, "me");
    CU_ASSERT_EQUAL(effect.message.body_len, 4);
    CU_ASSERT_EQUAL(memcmp(effect.message.body, "body", 4), 0);
    check_short_ones(RMGR_LOGICALMSG, WAL_LOGICALMSG_MESSAGE, 15);
    CU_ASSERT_EQUAL(effect_of(RMGR_LOGICALMSG, 0x10, 15).kind, WAL_EFFECT_NONE);

    add_message_head(3, 0);
    strbuf_add_bytes(&bytes, "mes", 3);
    check_raises(RMGR_LOGICALMSG, WAL_LOGICALMSG_MESSAGE, 15);
    add_message_head(0, 0);
    check_raises(RMGR_LOGICALMSG, WAL_LOGICALMSG_MESSAGE, 15);
    add_message_head(UINT64_MAX, 1);
    check_raises(RMGR_LOGICALMSG, WAL_LOGICALMSG_MESSAGE, 15);
}

static void opcodes_that_there_are_not_have_no_effect(void)
{
    static const uint8_t rmgrs[] = {RMGR_XACT,   RMGR_SMGR,      RMGR_CLOG,   RMGR_DBASE,
                                    RMGR_TBLSPC, RMGR_MULTIXACT, RMGR_RELMAP, RMGR_COMMIT_TS};

    begin();
    for (size_t i = 0; i < ARRAY_LEN(rmgrs); i++)
        CU_ASSERT_EQUAL(effect_of(rmgrs[i], 0x70, 15).kind, WAL_EFFECT_NONE);
}

UNIT_SUITE(effects)
{
    UNIT_TEST(a_plain_commit_has_a_time_alone);
    UNIT_TEST(parts_of_a_commit_are_found_in_their_order);
    UNIT_TEST(a_commit_that_is_cut_raises);
    UNIT_TEST(a_count_beyond_the_record_raises);
    UNIT_TEST(a_prepare_gives_its_xid_and_name);
    UNIT_TEST(a_prepare_of_another_magic_raises);
    UNIT_TEST(a_truncation_names_its_forks);
    UNIT_TEST(a_fork_that_there_is_not_raises);
    UNIT_TEST(dropping_a_database_changed_its_opcode_in_15);
    UNIT_TEST(status_pages_have_wider_numbers_from_17_on);
    UNIT_TEST(a_multixact_lists_its_members);
    UNIT_TEST(a_restore_point_needs_the_end_of_its_name);
    UNIT_TEST(the_map_of_relations_is_as_long_as_it_says);
    UNIT_TEST(running_transactions_are_listed);
    UNIT_TEST(block_changes_are_no_effect);
    UNIT_TEST(an_assignment_lists_the_children);
    UNIT_TEST(invalidations_come_from_three_kinds_of_records);
    UNIT_TEST(locks_name_their_holder_and_relation);
    UNIT_TEST(dropped_statistics_have_wider_numbers_from_18_on);
    UNIT_TEST(parameters_are_numbers_and_truths);
    UNIT_TEST(where_redo_begins_is_marked_from_17_on);
    UNIT_TEST(a_rewrite_lists_its_mappings);
    UNIT_TEST(replication_origins_advance_and_go);
    UNIT_TEST(a_message_has_a_prefix_and_a_body);
    UNIT_TEST(opcodes_that_there_are_not_have_no_effect);
}
