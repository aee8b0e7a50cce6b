/* record_test.c - what a record is made of: references, images of each kind, data, what else. */
#include "common/base/base.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/compress/pglz.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/redo/redo.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/wal/wal.h"
#include "tests/lib/child.h"
#include "tests/lib/seed.h"
#include "tests/lib/wal_rig.h"
#include "tests/unit/unit.h"

#define REDO_LATER (UINT64_C(1) << 40)

static const BlockTag heap = {.rel = {1663, 5, 16384}, .block = 7};
static const BlockTag index_tag = {.rel = {1663, 5, 16390}, .block = 3};
static const BlockTag heap_map = {.rel = {1663, 5, 16384}, .fork = FORK_VM, .block = 0};

static struct {
    WalRig rig;

    _Alignas(8) uint8_t page[BLOCK_SIZE];
    _Alignas(8) uint8_t restored[BLOCK_SIZE];
} t;

/* A copy of the newest record of the log, for the test to look at. */
typedef struct Newest {
    WalRecord record;
    bool is_found;
} Newest;

static void take_newest(void *arg, const WalRecord *record)
{
    Newest *n = arg;
    const uint8_t *main = record->main_len > 0 ? mem_dup(record->main, record->main_len) : NULL;

    n->record = *record;
    n->record.main = main;
    n->is_found = true;
    for (int id = 0; id <= record->ref_id_max; id++) {
        WalBlockRef *ref = &n->record.refs[id];

        if (!ref->is_used)
            continue;
        if (ref->has_image)
            ref->image = mem_dup(ref->image, ref->image_len);
        if (ref->has_data)
            ref->data = mem_dup(ref->data, ref->data_len);
    }
}

static void open_log(void)
{
    wal_rig_open(&t.rig, &(WalRigConfig){.dir = unit_temp_dir()});
}

static void close_log(void)
{
    setting.wal_compression = WAL_COMPRESSION_OFF;
    wal_assign_consistency_checking((GucValue){.s = ""});
    wal_set_xid(XID_NONE, XID_NONE);
    wal_set_origin(0);
    wal_rig_close(&t.rig);
}

static WalRecord newest(void)
{
    Newest n = {.is_found = false};

    wal_flush(wal_insert_lsn());
    wal_rig_read(&t.rig, take_newest, &n);
    CU_ASSERT_TRUE_FATAL(n.is_found);
    return n.record;
}

/* A page with some items and a hole; newer than the redo point. */
static void page_fill(uint64_t seed_state, size_t item_count)
{
    Seed s = {.state = seed_state};
    uint8_t item[200];

    page_init(t.page, 0);
    for (size_t i = 1; i <= item_count; i++) {
        seed_fill_like_pages(&s, item, sizeof item);
        page_add_item(t.page, item, sizeof item, (OffsetNo)i, PAGE_ADD_INSERT);
    }
    page_set_lsn(t.page, REDO_LATER);
}

static bool is_restored(const WalRecord *r, int id)
{
    memset(t.restored, 0xEE, sizeof t.restored);
    redo_restore_image(wal_record_ref(r, id), t.restored);
    return memcmp(t.restored, t.page, BLOCK_SIZE) == 0;
}

static void a_record_may_have_nothing(void)
{
    WalRecord r;
    Lsn end;

    open_log();
    wal_begin_insert();
    end = wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    r = newest();
    CU_ASSERT_EQUAL(r.total_len, WAL_RECORD_HEADER_SIZE);
    CU_ASSERT_EQUAL(r.main_len, 0);
    CU_ASSERT_EQUAL(r.xid, 0);
    CU_ASSERT_EQUAL(r.end, end);
    CU_ASSERT_EQUAL(r.prev, 0);
    CU_ASSERT_EQUAL(wal_proc_last_record_start(), r.start);
    CU_ASSERT_EQUAL(wal_proc_last_record_end(), r.end);
    wal_proc_forget_last_record();
    CU_ASSERT_EQUAL(wal_proc_last_record_end(), 0);
    CU_ASSERT_EQUAL(wal_proc_last_record_start(), 0);
    close_log();
}

static void main_data_may_be_short_or_long(void)
{
    static const size_t lengths[] = {1, 255, 256, 511, 512, 513, 8192, 70000, 1000000};
    uint8_t *bytes = mem_alloc(1000000);
    Seed s = {.state = 1};

    open_log();
    seed_fill(&s, bytes, 1000000);
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        WalRecord r;

        wal_begin_insert();
        wal_register_data(bytes, lengths[i] / 2);
        wal_register_data(NULL, 0);
        wal_register_data(bytes + lengths[i] / 2, lengths[i] - lengths[i] / 2);
        wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
        r = newest();
        CU_ASSERT_EQUAL_FATAL(r.main_len, lengths[i]);
        CU_ASSERT_EQUAL(memcmp(r.main, bytes, lengths[i]), 0);
        CU_ASSERT_EQUAL(r.total_len, 24 + lengths[i] + (lengths[i] > 255 ? 5 : 2));
    }
    close_log();
}

static void references_say_what_they_are(void)
{
    WalRecord r;

    open_log();
    page_fill(1, 3);
    wal_begin_insert();
    wal_register_page(4, &index_tag, t.page, WAL_REF_STANDARD);
    wal_register_page(0, &heap, t.page, WAL_REF_STANDARD);
    wal_register_page(1, &heap_map, t.page, WAL_REF_WILL_INIT);
    wal_register_page_data(0, "ab", 2);
    wal_register_data("main", 4);
    wal_register_page_data(4, "xyz", 3);
    wal_register_page_data(0, "c", 1);
    wal_insert(RMGR_HEAP, WAL_HEAP_INSERT);
    r = newest();
    CU_ASSERT_EQUAL(r.ref_id_max, 4);
    CU_ASSERT_PTR_NULL(wal_record_ref(&r, 2));
    CU_ASSERT_TRUE(block_tag_equal(&r.refs[0].tag, &heap));
    CU_ASSERT_TRUE(block_tag_equal(&r.refs[1].tag, &heap_map));
    CU_ASSERT_TRUE(block_tag_equal(&r.refs[4].tag, &index_tag));
    CU_ASSERT_TRUE(r.refs[1].will_init);
    CU_ASSERT_FALSE(r.refs[0].will_init);
    CU_ASSERT_FALSE(r.refs[0].has_image || r.refs[1].has_image || r.refs[4].has_image);
    CU_ASSERT_EQUAL(r.refs[0].data_len, 3);
    CU_ASSERT_EQUAL(memcmp(r.refs[0].data, "abc", 3), 0);
    CU_ASSERT_EQUAL(memcmp(r.refs[4].data, "xyz", 3), 0);
    CU_ASSERT_FALSE(r.refs[1].has_data);
    CU_ASSERT_EQUAL(memcmp(r.main, "main", 4), 0);

    /* The second names its relation by the first: 24, 4 + 12 + 4 twice, 4 + 4 once, 2, data. */
    CU_ASSERT_EQUAL(r.total_len, 24 + 20 + 20 + 8 + 2 + 3 + 3 + 4);
    close_log();
}

/* By the page's LSN, and by what the caller asks for. */
static void images_are_taken_when_redo_needs_them(void)
{
    static const struct {
        unsigned flags;
        bool is_old, has_image, has_data;
    } cases[] = {
        {0, true, true, false},
        {0, false, false, true},
        {WAL_REF_KEEP_DATA, true, true, true},
        {WAL_REF_KEEP_DATA, false, false, true},
        {WAL_REF_FORCE_IMAGE, false, true, false},
        {WAL_REF_NO_IMAGE, true, false, true},
        {WAL_REF_WILL_INIT, true, false, true},
        {WAL_REF_FORCE_IMAGE | WAL_REF_KEEP_DATA, false, true, true},
    };

    open_log();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        WalRecord r;

        page_fill(i, 5);
        page_set_lsn(t.page, cases[i].is_old ? wal_redo_lsn() : wal_redo_lsn() + 8);
        wal_begin_insert();
        wal_register_page(0, &heap, t.page, cases[i].flags | WAL_REF_STANDARD);
        wal_register_page_data(0, "data", 4);
        wal_insert(RMGR_HEAP, WAL_HEAP_INSERT);
        r = newest();
        CU_ASSERT_EQUAL(r.refs[0].has_image, cases[i].has_image);
        CU_ASSERT_EQUAL(r.refs[0].apply_image, cases[i].has_image);
        CU_ASSERT_EQUAL(r.refs[0].has_data, cases[i].has_data);
        if (r.refs[0].has_image)
            CU_ASSERT_TRUE(is_restored(&r, 0));
    }
    close_log();
}

static void settings_and_backups_decide_about_images(void)
{
    Lsn old;

    open_log();
    old = wal_redo_lsn();
    CU_ASSERT_TRUE(wal_full_page_writes());
    CU_ASSERT_TRUE(wal_needs_image(old));
    CU_ASSERT_FALSE(wal_needs_image(old + 8));
    wal_set_full_page_writes(false);
    CU_ASSERT_EQUAL(newest().info & 0xF0, WAL_XLOG_FPW_CHANGE);
    CU_ASSERT_EQUAL(newest().main[0], 0);
    CU_ASSERT_FALSE(wal_full_page_writes());
    CU_ASSERT_FALSE(wal_needs_image(old));
    wal_force_page_images(1);
    CU_ASSERT_TRUE(wal_needs_image(old));
    wal_force_page_images(1);
    wal_force_page_images(-1);
    CU_ASSERT_TRUE(wal_needs_image(old));
    wal_force_page_images(-1);
    CU_ASSERT_FALSE(wal_needs_image(old));
    wal_set_full_page_writes(true);
    CU_ASSERT_EQUAL(newest().main[0], 1);
    CU_ASSERT_TRUE(wal_needs_image(old));
    old = newest().start;
    wal_set_full_page_writes(true);
    CU_ASSERT_EQUAL(newest().start, old);
    close_log();
}

static void pages_come_back_from_images_of_every_kind(void)
{
    static const struct {
        int setting;
        WalImageMethod method;
    } ways[] = {
        {WAL_COMPRESSION_OFF, WAL_IMAGE_PLAIN},
        {WAL_COMPRESSION_PGLZ, WAL_IMAGE_PGLZ},
        {WAL_COMPRESSION_LZ4, WAL_IMAGE_LZ4},
        {WAL_COMPRESSION_ZSTD, WAL_IMAGE_ZSTD},
    };

    open_log();
    for (size_t way = 0; way < ARRAY_LEN(ways); way++) {
        size_t packed = 0;

        setting.wal_compression = ways[way].setting;
        for (size_t items = 0; items <= 40; items += 3) {
            for (unsigned standard = 0; standard < 2; standard++) {
                WalRecord r;
                Lsn end;

                page_fill(items + 1, items > 39 ? 39 : items);
                end = wal_insert_page_image(&heap, t.page, standard == 1);
                r = newest();
                CU_ASSERT_EQUAL(r.end, end);
                CU_ASSERT_EQUAL(wal_record_opcode(&r), WAL_XLOG_FPI);
                CU_ASSERT_TRUE(r.refs[0].apply_image);
                CU_ASSERT_TRUE(is_restored(&r, 0));
                CU_ASSERT_EQUAL(r.refs[0].hole_len > 0,
                                standard == 1 && page_hole_size(t.page) > 0);
                CU_ASSERT_TRUE(r.refs[0].image_method == ways[way].method ||
                               r.refs[0].image_method == WAL_IMAGE_PLAIN);
                packed += r.refs[0].image_method != WAL_IMAGE_PLAIN;
            }
        }
        CU_ASSERT_EQUAL(packed > 0, ways[way].method != WAL_IMAGE_PLAIN);
    }
    close_log();
}

/* What compression cannot make smaller stays as it is, and crossed pointers are no hole. */
static void pages_that_are_no_good_stay_whole(void)
{
    Seed s = {.state = 3};
    WalRecord r;

    open_log();
    for (int way = WAL_COMPRESSION_OFF; way <= WAL_COMPRESSION_ZSTD; way++) {
        setting.wal_compression = way;
        page_init(t.page, 0);
        seed_fill(&s, t.page + 24, BLOCK_SIZE - 24);
        page_set_lower(t.page, 800);
        page_set_upper(t.page, 700);
        wal_insert_page_image(&heap, t.page, true);
        r = newest();
        CU_ASSERT_EQUAL(r.refs[0].hole_len, 0);
        CU_ASSERT_EQUAL(r.refs[0].image_len, BLOCK_SIZE);
        CU_ASSERT_TRUE(is_restored(&r, 0));
    }
    memset(t.page, 0, BLOCK_SIZE);
    wal_insert_page_image(&heap, t.page, true);
    r = newest();
    CU_ASSERT_TRUE(is_restored(&r, 0));
    CU_ASSERT_EQUAL(r.refs[0].hole_len, 0);
    close_log();
}

static void many_images_go_into_few_records(void)
{
    enum { COUNT = 70 };
    BlockTag tags[COUNT];
    const uint8_t *pages[COUNT];
    Lsn ends[COUNT];
    uint64_t before;

    open_log();
    page_fill(9, 4);
    for (uint32_t i = 0; i < COUNT; i++) {
        tags[i] = heap;
        tags[i].block = i;
        pages[i] = t.page;
    }
    before = wal_usage()->records;
    wal_insert_page_images(tags, pages, COUNT, true, ends);
    CU_ASSERT_EQUAL(wal_usage()->records - before, 3);
    CU_ASSERT_EQUAL(ends[0], ends[32]);
    CU_ASSERT_TRUE(ends[32] < ends[33]);
    CU_ASSERT_EQUAL(ends[COUNT - 1], wal_insert_lsn());
    CU_ASSERT_EQUAL(newest().ref_id_max, COUNT - 66 - 1);
    close_log();
}

static void images_to_check_are_not_applied(void)
{
    WalRecord r;

    open_log();
    wal_assign_consistency_checking((GucValue){.s = "Heap , btree"});
    page_fill(2, 6);
    wal_begin_insert();
    wal_register_page(0, &heap, t.page, WAL_REF_STANDARD);
    wal_register_page_data(0, "data", 4);
    wal_insert(RMGR_HEAP, WAL_HEAP_INSERT);
    r = newest();
    CU_ASSERT_TRUE(wal_record_has_check_images(&r));
    CU_ASSERT_TRUE(r.refs[0].has_image);
    CU_ASSERT_FALSE(r.refs[0].apply_image);
    CU_ASSERT_TRUE(r.refs[0].has_data);
    CU_ASSERT_TRUE(is_restored(&r, 0));
    wal_begin_insert();
    wal_register_page(0, &heap, t.page, WAL_REF_STANDARD);
    wal_insert(RMGR_HEAP2, WAL_HEAP2_VACUUM);
    r = newest();
    CU_ASSERT_FALSE(wal_record_has_check_images(&r));
    CU_ASSERT_FALSE(r.refs[0].has_image);
    wal_assign_consistency_checking((GucValue){.s = "ALL"});
    wal_begin_insert();
    wal_register_page(0, &heap, t.page, WAL_REF_STANDARD);
    wal_insert(RMGR_HEAP2, WAL_HEAP2_VACUUM);
    CU_ASSERT_EQUAL(newest().info, WAL_HEAP2_VACUUM | 2);
    wal_assign_consistency_checking((GucValue){.s = NULL});
    wal_begin_insert();
    wal_register_page(0, &heap, t.page, WAL_REF_STANDARD);
    wal_insert(RMGR_HEAP2, WAL_HEAP2_VACUUM);
    CU_ASSERT_EQUAL(newest().info, WAL_HEAP2_VACUUM);
    close_log();
}

static void origin_and_xids_are_said(void)
{
    WalRecord r;

    open_log();
    wal_set_xid(735, 700);
    wal_set_origin(9);
    CU_ASSERT_FALSE(wal_top_xid_is_logged());
    wal_begin_insert();
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    r = newest();
    CU_ASSERT_EQUAL(r.xid, 735);
    CU_ASSERT_TRUE(r.has_top_xid);
    CU_ASSERT_EQUAL(r.top_xid, 700);
    CU_ASSERT_EQUAL(r.origin, 9);
    CU_ASSERT_TRUE(wal_top_xid_is_logged());

    /* The top-level one once, the origin only where it is asked for. */
    wal_begin_insert();
    wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    r = newest();
    CU_ASSERT_EQUAL(r.xid, 735);
    CU_ASSERT_FALSE(r.has_top_xid);
    CU_ASSERT_EQUAL(r.origin, 0);
    close_log();
}

static void what_is_unimportant_is_no_news(void)
{
    Lsn start;

    open_log();
    CU_ASSERT_EQUAL(wal_last_important_lsn(), 0);
    CU_ASSERT_FALSE(wal_has_news_since(t.rig.start));
    wal_begin_insert();
    wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    start = newest().start;
    CU_ASSERT_EQUAL(wal_last_important_lsn(), start);
    CU_ASSERT_TRUE(wal_has_news_since(start - 8));
    CU_ASSERT_FALSE(wal_has_news_since(start));
    wal_begin_insert();
    wal_set_insert_flags(WAL_INSERT_UNIMPORTANT);
    wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    CU_ASSERT_EQUAL(wal_last_important_lsn(), start);
    close_log();
}

static void too_much_is_refused_and_the_next_record_is_good(void)
{
    uint8_t *bytes = mem_alloc(70000);
    WalRecord r;

    open_log();
    page_fill(1, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, wal_ensure_room(33, 0));
    wal_begin_insert();
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, wal_register_page(32, &heap, t.page, 0));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, wal_register_page_data(0, "x", 1));
    wal_register_page(0, &heap, t.page, 0);
    wal_register_page_data(0, bytes, 65535);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, wal_register_page_data(0, bytes, 1));
    wal_reset_insert();
    wal_begin_insert();
    for (int i = 0; i < WAL_PARTS_MIN; i++)
        wal_register_data("x", 1);
    wal_ensure_room(0, 100);
    for (int i = WAL_PARTS_MIN; i < 100; i++)
        wal_register_data("x", 1);
    wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    r = newest();
    CU_ASSERT_EQUAL(r.main_len, 100);
    wal_ensure_room(32, 0);
    wal_begin_insert();
    wal_register_page(32, &heap, t.page, WAL_REF_FORCE_IMAGE | WAL_REF_STANDARD);
    wal_insert(RMGR_XLOG, WAL_XLOG_FPI);
    r = newest();
    CU_ASSERT_EQUAL(r.ref_id_max, 32);
    CU_ASSERT_TRUE(is_restored(&r, 32));
    close_log();
}

static void a_record_is_at_most_a_gigabyte(void)
{
    const size_t len = (size_t)1 << 29;
    uint8_t *bytes = mem_alloc_aligned(len, 8192);

    open_log();
    wal_begin_insert();
    wal_register_data(bytes, len);
    wal_register_data(bytes, len);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, "oversized WAL record",
                               wal_insert(RMGR_XLOG, WAL_XLOG_NOOP));
    wal_reset_insert();
    CU_ASSERT_EQUAL(wal_insert_lsn(), t.rig.start);
    close_log();
}

static void nothing_is_inserted_before_the_start(void)
{
    open_log();
    wal_rig_reset(&t.rig);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "cannot make new WAL entries during recovery", wal_begin_insert());
    close_log();
}

/* A child may give back what its parent had in memory. */
static void insert_without_the_parents_memory(void *arg)
{
    wal_begin_insert();
    wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
    mem_delete(arg);
    wal_begin_insert();
    wal_flush(wal_insert(RMGR_XLOG, WAL_XLOG_NOOP));
}

static void the_log_outlives_the_memory_around_it(void)
{
    MemContext *around = mem_context_new(mem_current(), "around");
    Lsn end;

    open_log();
    MEM_SCOPE(around) {
        wal_rig_reset(&t.rig);
    }
    wal_start(&(WalStart){.tli = 1, .end = t.rig.start, .full_page_writes = true});
    CU_ASSERT_EQUAL(child_run(insert_without_the_parents_memory, around).exit_code, 0);
    end = wal_insert_lsn();
    CU_ASSERT_EQUAL(end, t.rig.start + 40 + 24 + 24);
    CU_ASSERT_EQUAL(wal_flush_lsn(), end);
    close_log();
}

UNIT_SUITE(wal_record_build)
{
    UNIT_TEST(a_record_may_have_nothing);
    UNIT_TEST(main_data_may_be_short_or_long);
    UNIT_TEST(references_say_what_they_are);
    UNIT_TEST(images_are_taken_when_redo_needs_them);
    UNIT_TEST(settings_and_backups_decide_about_images);
    UNIT_TEST(pages_come_back_from_images_of_every_kind);
    UNIT_TEST(pages_that_are_no_good_stay_whole);
    UNIT_TEST(many_images_go_into_few_records);
    UNIT_TEST(images_to_check_are_not_applied);
    UNIT_TEST(origin_and_xids_are_said);
    UNIT_TEST(what_is_unimportant_is_no_news);
    UNIT_TEST(too_much_is_refused_and_the_next_record_is_good);
    UNIT_TEST(a_record_is_at_most_a_gigabyte);
    UNIT_TEST(nothing_is_inserted_before_the_start);
    UNIT_TEST(the_log_outlives_the_memory_around_it);
}
