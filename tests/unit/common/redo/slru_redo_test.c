/* slru_redo_test.c - effects on status pages: which pages, in which order, with what result */
#include "common/base/base.h"

#include "common/redo/slru_redo.h"

#include "common/base/bytes.h"
#include "common/format/checkpoint.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

#define XACTS_PER_PAGE   32768
#define TIMES_PER_PAGE   819
#define OFFSETS_PER_PAGE 2048
#define MEMBERS_PER_PAGE 1636

static const SlruEnv with_times = {.keeps_commit_ts = true, .next_xid = 3};
static const SlruEnv without_times = {.keeps_commit_ts = false, .next_xid = 3};

static WalRecord record = {.start = 0x28, .version = 15, .ref_id_max = -1};
static uint8_t page[BLOCK_SIZE];

static WalList list_of_xids(const Xid *xids, uint32_t count)
{
    return (WalList){.items = mem_dup(xids, count * sizeof(Xid)), .count = count};
}

static WalEffect end_of(WalEffectKind kind, Xid xid, const Xid *children, uint32_t count)
{
    WalEffect effect = {.kind = kind};

    effect.xact.xid = xid;
    effect.xact.time = 1000;
    effect.xact.subxacts = list_of_xids(children, count);
    return effect;
}

static Array touches_of(const SlruEnv *env, const WalEffect *effect)
{
    Array touches;

    array_init(&touches, sizeof(SlruTouch));
    slru_touched(env, &record, effect, &touches);
    return touches;
}

static void check_touch(const Array *touches, size_t i, const SlruKind *kind, uint32_t page_no,
                        SlruChange change, uint32_t first, uint32_t count)
{
    const SlruTouch *touch;

    CU_ASSERT_TRUE_FATAL(i < touches->count);
    touch = array_at(touches, i);
    CU_ASSERT_PTR_EQUAL(touch->kind, kind);
    CU_ASSERT_EQUAL(touch->page, page_no);
    CU_ASSERT_EQUAL(touch->change, change);
    CU_ASSERT_EQUAL(touch->first, first);
    CU_ASSERT_EQUAL(touch->count, count);
}

/* A page of zeros with one touch applied. */
static void redo(const WalEffect *effect, const Array *touches, size_t i)
{
    memset(page, 0, sizeof page);
    slru_redo_page(&record, effect, array_at(touches, i), page);
}

/* How many bytes of the page are not zero. */
static size_t used_bytes(void)
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof page; i++)
        count += page[i] != 0;
    return count;
}

static void a_commit_sets_its_own_status_alone(void)
{
    WalEffect effect = end_of(WAL_EFFECT_COMMIT, 701, NULL, 0);
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 1);
    check_touch(&touches, 0, &slru_xact, 0, SLRU_SET, 0, 0);
    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(xact_status_get(page, 701), XACT_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, 700), XACT_IN_PROGRESS);
    CU_ASSERT_EQUAL(xact_status_get(page, 702), XACT_IN_PROGRESS);
    CU_ASSERT_EQUAL(used_bytes(), 1);
}

static void children_on_the_same_page_go_in_one_touch(void)
{
    WalEffect effect = end_of(WAL_EFFECT_COMMIT, 701, (const Xid[]){702, 705}, 2);
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 1);
    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(xact_status_get(page, 701), XACT_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, 702), XACT_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, 704), XACT_IN_PROGRESS);
    CU_ASSERT_EQUAL(xact_status_get(page, 705), XACT_COMMITTED);
}

static void children_on_other_pages_are_marked_before_their_parent_commits(void)
{
    const Xid first = XACTS_PER_PAGE;
    WalEffect effect =
        end_of(WAL_EFFECT_COMMIT, first - 2,
               (const Xid[]){first - 1, first, first + 7, 2 * XACTS_PER_PAGE + 1}, 4);
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 5);
    check_touch(&touches, 0, &slru_xact, 1, SLRU_SUB_COMMIT, 1, 2);
    check_touch(&touches, 1, &slru_xact, 2, SLRU_SUB_COMMIT, 3, 1);
    check_touch(&touches, 2, &slru_xact, 0, SLRU_SET, 0, 1);
    check_touch(&touches, 3, &slru_xact, 1, SLRU_SET, 1, 2);
    check_touch(&touches, 4, &slru_xact, 2, SLRU_SET, 3, 1);

    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(xact_status_get(page, first), XACT_SUB_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, first + 7), XACT_SUB_COMMITTED);
    CU_ASSERT_EQUAL(used_bytes(), 2);
    slru_redo_page(&record, &effect, array_at(&touches, 3), page);
    CU_ASSERT_EQUAL(xact_status_get(page, first), XACT_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, first + 7), XACT_COMMITTED);

    redo(&effect, &touches, 2);
    CU_ASSERT_EQUAL(xact_status_get(page, first - 2), XACT_COMMITTED);
    CU_ASSERT_EQUAL(xact_status_get(page, first - 1), XACT_COMMITTED);
    CU_ASSERT_EQUAL(used_bytes(), 1);
}

static void a_mark_does_not_undo_a_commit(void)
{
    WalEffect effect = end_of(WAL_EFFECT_COMMIT, 3, (const Xid[]){XACTS_PER_PAGE}, 1);
    Array touches = touches_of(&without_times, &effect);

    redo(&effect, &touches, 2);
    slru_redo_page(&record, &effect, array_at(&touches, 0), page);
    CU_ASSERT_EQUAL(xact_status_get(page, XACTS_PER_PAGE), XACT_COMMITTED);
}

/* Numbers may start again among the children. */
static void children_in_any_order_are_all_found(void)
{
    WalEffect effect =
        end_of(WAL_EFFECT_COMMIT, UINT32_MAX - 1, (const Xid[]){UINT32_MAX, 3, 4}, 3);
    Array touches = touches_of(&without_times, &effect);
    uint32_t last_page = slru_page_max(&slru_xact);

    CU_ASSERT_EQUAL(touches.count, 3);
    check_touch(&touches, 0, &slru_xact, 0, SLRU_SUB_COMMIT, 1, 2);
    check_touch(&touches, 1, &slru_xact, last_page, SLRU_SET, 0, 1);
    check_touch(&touches, 2, &slru_xact, 0, SLRU_SET, 1, 2);

    /* Not what a server writes: back to the parent's page at the end. */
    effect = end_of(WAL_EFFECT_COMMIT, 10, (const Xid[]){XACTS_PER_PAGE, 11}, 2);
    touches = touches_of(&without_times, &effect);
    CU_ASSERT_EQUAL(touches.count, 4);
    check_touch(&touches, 1, &slru_xact, 0, SLRU_SET, 0, 0);
    check_touch(&touches, 3, &slru_xact, 0, SLRU_SET, 1, 1);
    redo(&effect, &touches, 3);
    CU_ASSERT_EQUAL(xact_status_get(page, 10), XACT_IN_PROGRESS);
    CU_ASSERT_EQUAL(xact_status_get(page, 11), XACT_COMMITTED);
}

static void an_abort_marks_nobody(void)
{
    WalEffect effect = end_of(WAL_EFFECT_ABORT, 700, (const Xid[]){XACTS_PER_PAGE}, 1);
    Array touches = touches_of(&with_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 2);
    check_touch(&touches, 0, &slru_xact, 0, SLRU_SET, 0, 0);
    check_touch(&touches, 1, &slru_xact, 1, SLRU_SET, 0, 1);
    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(xact_status_get(page, 700), XACT_ABORTED);
    redo(&effect, &touches, 1);
    CU_ASSERT_EQUAL(xact_status_get(page, XACTS_PER_PAGE), XACT_ABORTED);
}

static void what_has_no_xid_or_no_status_touches_nothing(void)
{
    WalEffect effect = end_of(WAL_EFFECT_COMMIT, XID_NONE, NULL, 0);

    CU_ASSERT_EQUAL(touches_of(&with_times, &effect).count, 0);
    effect = end_of(WAL_EFFECT_PREPARE, 700, NULL, 0);
    CU_ASSERT_EQUAL(touches_of(&with_times, &effect).count, 0);
    effect = (WalEffect){.kind = WAL_EFFECT_NONE};
    CU_ASSERT_EQUAL(touches_of(&with_times, &effect).count, 0);
    CU_ASSERT_FALSE(slru_drops(&with_times, &effect, &slru_xact));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_xact, 0));
}

static void times_are_kept_when_they_are_tracked(void)
{
    WalEffect effect = end_of(WAL_EFFECT_COMMIT, TIMES_PER_PAGE - 1,
                              (const Xid[]){TIMES_PER_PAGE, TIMES_PER_PAGE + 1}, 2);
    Array touches = touches_of(&with_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 3);
    check_touch(&touches, 0, &slru_commit_ts, 0, SLRU_SET, 0, 0);
    check_touch(&touches, 1, &slru_commit_ts, 1, SLRU_SET, 0, 2);
    check_touch(&touches, 2, &slru_xact, 0, SLRU_SET, 0, 2);

    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(commit_ts_get(page, TIMES_PER_PAGE - 1).time, 1000);
    CU_ASSERT_EQUAL(commit_ts_get(page, TIMES_PER_PAGE - 1).origin, 0);
    CU_ASSERT_EQUAL(commit_ts_get(page, TIMES_PER_PAGE - 2).time, 0);
    redo(&effect, &touches, 1);
    CU_ASSERT_EQUAL(commit_ts_get(page, TIMES_PER_PAGE).time, 1000);
    CU_ASSERT_EQUAL(commit_ts_get(page, TIMES_PER_PAGE + 1).time, 1000);
    CU_ASSERT_EQUAL(commit_ts_get(page, TIMES_PER_PAGE + 2).time, 0);
}

static void a_replicated_commit_keeps_the_time_of_its_origin(void)
{
    WalEffect effect = end_of(WAL_EFFECT_COMMIT, 10, NULL, 0);
    Array touches;

    effect.xact.xinfo = 0x20;
    effect.xact.origin_time = 500;
    record.origin = 7;
    touches = touches_of(&with_times, &effect);
    redo(&effect, &touches, 0);
    record.origin = 0;
    CU_ASSERT_EQUAL(commit_ts_get(page, 10).time, 500);
    CU_ASSERT_EQUAL(commit_ts_get(page, 10).origin, 7);
}

static void check_begins(WalEffectKind kind, const SlruKind *slru)
{
    WalEffect effect = {.kind = kind, .page = slru_page_max(slru)};
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 1);
    check_touch(&touches, 0, slru, slru_page_max(slru), SLRU_MAKE_ZERO, 0, 0);
    memset(page, 0xFF, sizeof page);
    slru_redo_page(&record, &effect, array_at(&touches, 0), page);
    CU_ASSERT_EQUAL(used_bytes(), 0);

    effect.page = (int64_t)slru_page_max(slru) + 1;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, touches_of(&without_times, &effect));
    effect.page = -1;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, touches_of(&without_times, &effect));
}

static void a_page_begins_as_zeros_whatever_it_held(void)
{
    check_begins(WAL_EFFECT_CLOG_ZERO_PAGE, &slru_xact);
    check_begins(WAL_EFFECT_COMMIT_TS_ZERO_PAGE, &slru_commit_ts);
    check_begins(WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE, &slru_multixact_offsets);
    check_begins(WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE, &slru_multixact_members);
}

/* As in the WAL of a server that makes the page only after the multixact before it. */
static void a_page_of_offsets_keeps_its_first_entry_when_it_begins_late(void)
{
    WalEffect effect = {.kind = WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE, .page = 1};
    Array touches = touches_of(&without_times, &effect);

    memset(page, 0, sizeof page);
    multixact_offset_set(page, OFFSETS_PER_PAGE, 77);
    slru_redo_page(&record, &effect, array_at(&touches, 0), page);
    CU_ASSERT_EQUAL(multixact_offset_get(page, OFFSETS_PER_PAGE), 77);

    multixact_offset_set(page, 2 * OFFSETS_PER_PAGE - 1, 78);
    slru_redo_page(&record, &effect, array_at(&touches, 0), page);
    CU_ASSERT_EQUAL(used_bytes(), 0);
}

static WalEffect new_multi(MultiXid id, MultiOffset offset, const uint32_t (*members)[2],
                           uint32_t count)
{
    WalEffect effect = {.kind = WAL_EFFECT_MULTI_CREATE};

    effect.multi.id = id;
    effect.multi.offset = offset;
    effect.multi.members = (WalList){.items = mem_dup(members, count * 8), .count = count};
    return effect;
}

static void a_multixact_writes_its_offset_the_next_one_and_its_members(void)
{
    WalEffect effect = new_multi(5, 20, (const uint32_t[][2]){{700, 0}, {701, 5}}, 2);
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 2);
    check_touch(&touches, 0, &slru_multixact_offsets, 0, SLRU_SET, 0, 0);
    check_touch(&touches, 1, &slru_multixact_members, 0, SLRU_SET, 0, 2);
    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 4), 0);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 5), 20);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 6), 22);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 7), 0);
    redo(&effect, &touches, 1);
    CU_ASSERT_EQUAL(multixact_member_get(page, 20).xid, 700);
    CU_ASSERT_EQUAL(multixact_member_get(page, 20).status, MULTI_FOR_KEY_SHARE);
    CU_ASSERT_EQUAL(multixact_member_get(page, 21).xid, 701);
    CU_ASSERT_EQUAL(multixact_member_get(page, 21).status, MULTI_UPDATE);
    CU_ASSERT_EQUAL(multixact_member_get(page, 22).xid, 0);
}

static void a_multixact_at_the_end_of_pages_touches_the_next_ones(void)
{
    WalEffect effect = new_multi(OFFSETS_PER_PAGE - 1, MEMBERS_PER_PAGE - 1,
                                 (const uint32_t[][2]){{700, 1}, {701, 2}, {702, 3}}, 3);
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 4);
    check_touch(&touches, 0, &slru_multixact_offsets, 0, SLRU_SET, 0, 0);
    check_touch(&touches, 1, &slru_multixact_offsets, 1, SLRU_SET, 0, 0);
    check_touch(&touches, 2, &slru_multixact_members, 0, SLRU_SET, 0, 1);
    check_touch(&touches, 3, &slru_multixact_members, 1, SLRU_SET, 1, 2);
    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(multixact_offset_get(page, OFFSETS_PER_PAGE - 1), MEMBERS_PER_PAGE - 1);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 0), 0);
    redo(&effect, &touches, 1);
    CU_ASSERT_EQUAL(multixact_offset_get(page, OFFSETS_PER_PAGE), MEMBERS_PER_PAGE + 2);
    redo(&effect, &touches, 2);
    CU_ASSERT_EQUAL(multixact_member_get(page, MEMBERS_PER_PAGE - 1).xid, 700);
    redo(&effect, &touches, 3);
    CU_ASSERT_EQUAL(multixact_member_get(page, MEMBERS_PER_PAGE).xid, 701);
    CU_ASSERT_EQUAL(multixact_member_get(page, MEMBERS_PER_PAGE + 1).xid, 702);
    CU_ASSERT_EQUAL(multixact_member_get(page, MEMBERS_PER_PAGE + 2).xid, 0);
}

/* The next multixact is 1, and its members begin at 1, since 0 means nothing. */
static void numbers_of_multixacts_and_members_go_round(void)
{
    WalEffect effect =
        new_multi(UINT32_MAX, UINT32_MAX, (const uint32_t[][2]){{700, 0}, {701, 1}}, 2);
    Array touches = touches_of(&without_times, &effect);

    CU_ASSERT_EQUAL(touches.count, 4);
    check_touch(&touches, 0, &slru_multixact_offsets, slru_page_max(&slru_multixact_offsets),
                SLRU_SET, 0, 0);
    check_touch(&touches, 1, &slru_multixact_offsets, 0, SLRU_SET, 0, 0);
    check_touch(&touches, 2, &slru_multixact_members, slru_page_max(&slru_multixact_members),
                SLRU_SET, 0, 1);
    check_touch(&touches, 3, &slru_multixact_members, 0, SLRU_SET, 1, 1);
    redo(&effect, &touches, 1);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 0), 0);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 1), 1);
    redo(&effect, &touches, 3);
    CU_ASSERT_EQUAL(multixact_member_get(page, 0).xid, 701);

    effect = new_multi(9, UINT32_MAX, (const uint32_t[][2]){{700, 0}}, 1);
    touches = touches_of(&without_times, &effect);
    redo(&effect, &touches, 0);
    CU_ASSERT_EQUAL(multixact_offset_get(page, 10), 1);
}

static void a_multixact_that_cannot_be_is_refused(void)
{
    WalEffect effect = new_multi(0, 1, (const uint32_t[][2]){{700, 0}}, 1);
    Array touches;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "invalid multixact 0 in the record at 0/28",
                               touches_of(&without_times, &effect));
    effect = new_multi(7, 1, (const uint32_t[][2]){{700, 6}}, 1);
    touches = touches_of(&without_times, &effect);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid status 6 of a member of multixact 7 in the record at 0/28",
                               redo(&effect, &touches, 1));
}

static WalEffect cut(WalEffectKind kind, uint32_t page_no)
{
    WalEffect effect = {.kind = kind};

    effect.truncate.page = page_no;
    return effect;
}

static void a_truncation_drops_segments_that_lie_before_its_page(void)
{
    WalEffect effect = cut(WAL_EFFECT_CLOG_TRUNCATE, 3 * SLRU_PAGES_PER_SEGMENT + 1);
    uint32_t segments = (slru_page_max(&slru_xact) + 1) / SLRU_PAGES_PER_SEGMENT;

    CU_ASSERT_TRUE(slru_drops(&with_times, &effect, &slru_xact));
    CU_ASSERT_FALSE(slru_drops(&with_times, &effect, &slru_commit_ts));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_commit_ts, 0));
    CU_ASSERT_TRUE(slru_drops_segment(&with_times, &effect, &slru_xact, 0));
    CU_ASSERT_TRUE(slru_drops_segment(&with_times, &effect, &slru_xact, 2));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_xact, 3));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_xact, 4));

    /* Half of all numbers lie before it, the other half behind. */
    CU_ASSERT_TRUE(slru_drops_segment(&with_times, &effect, &slru_xact, segments - 1));
    CU_ASSERT_TRUE(slru_drops_segment(&with_times, &effect, &slru_xact, segments / 2 + 4));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_xact, segments / 2 + 3));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_xact, segments / 2));

    effect = cut(WAL_EFFECT_COMMIT_TS_TRUNCATE, 2 * SLRU_PAGES_PER_SEGMENT);
    CU_ASSERT_TRUE(slru_drops_segment(&with_times, &effect, &slru_commit_ts, 1));
    CU_ASSERT_FALSE(slru_drops_segment(&with_times, &effect, &slru_commit_ts, 2));
    CU_ASSERT_FALSE(slru_drops(&with_times, &effect, &slru_xact));
}

static WalEffect cut_multis(MultiXid end, MultiOffset member_begin, MultiOffset member_end)
{
    WalEffect effect = {.kind = WAL_EFFECT_MULTI_TRUNCATE};

    effect.multi_truncate.begin = 1;
    effect.multi_truncate.end = end;
    effect.multi_truncate.member_begin = member_begin;
    effect.multi_truncate.member_end = member_end;
    return effect;
}

static bool drops_offsets(MultiXid end, uint32_t segment)
{
    WalEffect effect = cut_multis(end, 0, 0);

    return slru_drops_segment(&with_times, &effect, &slru_multixact_offsets, segment);
}

static bool drops_members(MultiOffset begin, MultiOffset end, uint32_t segment)
{
    WalEffect effect = cut_multis(1, begin, end);

    return slru_drops_segment(&with_times, &effect, &slru_multixact_members, segment);
}

static void multixacts_go_up_to_the_page_of_the_last_that_goes(void)
{
    const uint32_t per_segment = OFFSETS_PER_PAGE * SLRU_PAGES_PER_SEGMENT;

    CU_ASSERT_FALSE(drops_offsets(per_segment, 0));
    CU_ASSERT_TRUE(drops_offsets(per_segment + 1, 0));
    CU_ASSERT_FALSE(drops_offsets(per_segment + 1, 1));
    /* 1 follows the last number there is. */
    CU_ASSERT_TRUE(drops_offsets(1, UINT32_MAX / per_segment - 1));
    CU_ASSERT_FALSE(drops_offsets(1, UINT32_MAX / per_segment));
    CU_ASSERT_FALSE(drops_offsets(1, 0));
}

static void members_go_from_segment_to_segment(void)
{
    const uint32_t per_segment = MEMBERS_PER_PAGE * SLRU_PAGES_PER_SEGMENT;
    const uint32_t last = UINT32_MAX / per_segment;

    CU_ASSERT_FALSE(drops_members(5, per_segment - 1, 0));
    CU_ASSERT_TRUE(drops_members(5, per_segment, 0));
    CU_ASSERT_FALSE(drops_members(5, per_segment, 1));
    CU_ASSERT_FALSE(drops_members(per_segment, 3 * per_segment, 0));
    CU_ASSERT_TRUE(drops_members(per_segment, 3 * per_segment, 2));
    /* Round the end. */
    CU_ASSERT_TRUE(drops_members(UINT32_MAX, per_segment, last));
    CU_ASSERT_TRUE(drops_members(UINT32_MAX, per_segment, 0));
    CU_ASSERT_FALSE(drops_members(UINT32_MAX, per_segment, 1));
    CU_ASSERT_FALSE(drops_members(UINT32_MAX, per_segment, last - 1));
}

static WalEffect parameters(bool tracks)
{
    uint8_t *bytes = mem_alloc(28);
    WalEffect effect = {.kind = WAL_EFFECT_PARAMETER_CHANGE};

    bytes[25] = tracks;
    effect.raw.bytes = bytes;
    effect.raw.size = 28;
    return effect;
}

static void timestamps_begin_in_the_middle_of_a_page(void)
{
    SlruEnv env = {.next_xid = 3 * TIMES_PER_PAGE + 5};
    WalEffect on = parameters(true), off = parameters(false);
    Array touches = touches_of(&env, &on);

    CU_ASSERT_EQUAL(touches.count, 1);
    check_touch(&touches, 0, &slru_commit_ts, 3, SLRU_MAKE_FIRST, 0, 0);
    memset(page, 0x55, sizeof page);
    slru_redo_page(&record, &on, array_at(&touches, 0), page);
    CU_ASSERT_EQUAL(used_bytes(), BLOCK_SIZE);
    CU_ASSERT_EQUAL(touches_of(&env, &off).count, 0);
    CU_ASSERT_FALSE(slru_drops(&env, &on, &slru_commit_ts));
    CU_ASSERT_FALSE(slru_drops(&env, &off, &slru_commit_ts));

    slru_env_follow(&env, &record, &on);
    CU_ASSERT_TRUE(env.keeps_commit_ts);
    CU_ASSERT_EQUAL(touches_of(&env, &on).count, 0);
}

static void timestamps_that_are_switched_off_go_all(void)
{
    SlruEnv env = {.keeps_commit_ts = true};
    WalEffect off = parameters(false);

    CU_ASSERT_TRUE(slru_drops(&env, &off, &slru_commit_ts));
    CU_ASSERT_FALSE(slru_drops(&env, &off, &slru_xact));
    CU_ASSERT_TRUE(slru_drops_segment(&env, &off, &slru_commit_ts, 0));
    CU_ASSERT_TRUE(slru_drops_segment(&env, &off, &slru_commit_ts, 1000));
    CU_ASSERT_EQUAL(touches_of(&env, &off).count, 0);
    slru_env_follow(&env, &record, &off);
    CU_ASSERT_FALSE(env.keeps_commit_ts);
}

static Xid next_after(Xid before, Xid record_xid, const WalEffect *effect)
{
    SlruEnv env = {.next_xid = before};

    record.xid = record_xid;
    slru_env_follow(&env, &record, effect);
    record.xid = XID_NONE;
    return env.next_xid;
}

static void the_next_xid_is_past_every_one_that_is_met(void)
{
    WalEffect none = {.kind = WAL_EFFECT_NONE};
    WalEffect commit = end_of(WAL_EFFECT_COMMIT, 800, (const Xid[]){801, 803}, 2);
    WalEffect multi = new_multi(5, 20, (const uint32_t[][2]){{900, 0}, {850, 5}}, 2);

    CU_ASSERT_EQUAL(next_after(700, XID_NONE, &none), 700);
    CU_ASSERT_EQUAL(next_after(700, 2, &none), 700);
    CU_ASSERT_EQUAL(next_after(700, 699, &none), 700);
    CU_ASSERT_EQUAL(next_after(700, 700, &none), 701);
    CU_ASSERT_EQUAL(next_after(700, 800, &commit), 804);
    CU_ASSERT_EQUAL(next_after(700, XID_NONE, &multi), 901);
    CU_ASSERT_EQUAL(next_after(UINT32_MAX, UINT32_MAX, &none), 3);
    CU_ASSERT_EQUAL(next_after(UINT32_MAX - 1, 5, &none), 6);
    CU_ASSERT_EQUAL(next_after(5, UINT32_MAX - 1, &none), 5);
}

static void a_checkpoint_moves_the_next_xid_forward_or_sets_it(void)
{
    Checkpoint checkpoint = {.next_xid = (UINT64_C(1) << 32) + 750};
    uint8_t bytes[CHECKPOINT_SIZE] = {0};
    WalEffect effect = {.kind = WAL_EFFECT_CHECKPOINT};

    checkpoint_encode(&checkpoint, bytes);
    effect.checkpoint.bytes = bytes;
    effect.checkpoint.size = sizeof bytes;
    CU_ASSERT_EQUAL(next_after(700, XID_NONE, &effect), 750);
    CU_ASSERT_EQUAL(next_after(800, XID_NONE, &effect), 800);
    effect.checkpoint.is_shutdown = true;
    CU_ASSERT_EQUAL(next_after(700, XID_NONE, &effect), 750);
    CU_ASSERT_EQUAL(next_after(800, XID_NONE, &effect), 750);
}

UNIT_SUITE(slru_redo)
{
    UNIT_TEST(a_commit_sets_its_own_status_alone);
    UNIT_TEST(children_on_the_same_page_go_in_one_touch);
    UNIT_TEST(children_on_other_pages_are_marked_before_their_parent_commits);
    UNIT_TEST(a_mark_does_not_undo_a_commit);
    UNIT_TEST(children_in_any_order_are_all_found);
    UNIT_TEST(an_abort_marks_nobody);
    UNIT_TEST(what_has_no_xid_or_no_status_touches_nothing);
    UNIT_TEST(times_are_kept_when_they_are_tracked);
    UNIT_TEST(a_replicated_commit_keeps_the_time_of_its_origin);
    UNIT_TEST(a_page_begins_as_zeros_whatever_it_held);
    UNIT_TEST(a_page_of_offsets_keeps_its_first_entry_when_it_begins_late);
    UNIT_TEST(a_multixact_writes_its_offset_the_next_one_and_its_members);
    UNIT_TEST(a_multixact_at_the_end_of_pages_touches_the_next_ones);
    UNIT_TEST(numbers_of_multixacts_and_members_go_round);
    UNIT_TEST(a_multixact_that_cannot_be_is_refused);
    UNIT_TEST(a_truncation_drops_segments_that_lie_before_its_page);
    UNIT_TEST(multixacts_go_up_to_the_page_of_the_last_that_goes);
    UNIT_TEST(members_go_from_segment_to_segment);
    UNIT_TEST(timestamps_begin_in_the_middle_of_a_page);
    UNIT_TEST(timestamps_that_are_switched_off_go_all);
    UNIT_TEST(the_next_xid_is_past_every_one_that_is_met);
    UNIT_TEST(a_checkpoint_moves_the_next_xid_forward_or_sets_it);
}
