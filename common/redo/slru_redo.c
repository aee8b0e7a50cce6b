/*
 * slru_redo.c - effects on pages of pg_xact, pg_commit_ts and pg_multixact; slru_redo.h says how
 *
 * A record lists items (children of a transaction, members of a multixact) in the order of their
 * numbers, so that those of one page stand together. The list is cut into such runs once, and each
 * page then looks at its own run only.
 */
#include "common/base/base.h"

#include "common/redo/slru_redo.h"

#include <string.h>

#include "common/err/err.h"
#include "common/text/num.h"

#define XINFO_HAS_ORIGIN 0x20 /* the commit came by replication, with the time it had there */
#define XID_FIRST_NORMAL 3    /* lower ones are never given out */

static void touch_xact(const SlruKind *kind, const WalXactEffect *x, bool marks_children,
                       Array *touches);
static uint32_t leading_run(const SlruKind *kind, const WalXactEffect *x, uint32_t first);
static void touch_multi(const WalRecord *record, const WalEffect *effect, Array *touches);
static void touch_whole(const WalRecord *record, const SlruKind *kind, int64_t page,
                        SlruChange change, Array *touches);
static SlruTouch *push(Array *touches, const SlruKind *kind, uint32_t page, SlruChange change);
static void set_statuses(const WalXactEffect *x, const SlruTouch *touch, XactStatus status,
                         uint8_t *page);
static void set_status(uint8_t *page, Xid xid, XactStatus status);
static void set_times(const WalRecord *record, const WalXactEffect *x, const SlruTouch *touch,
                      uint8_t *page);
static void set_offsets(const WalEffect *effect, const SlruTouch *touch, uint8_t *page);
static void set_members(const WalRecord *record, const WalEffect *effect, const SlruTouch *touch,
                        uint8_t *page);
static void make_zero(const SlruTouch *touch, uint8_t *page);
static MultiXid multi_after(MultiXid id);
static bool segment_is_before(const SlruKind *kind, uint32_t segment, uint32_t page);
static bool member_segment_is_cut(const WalEffect *effect, uint32_t segment);
static bool starts_commit_ts(const SlruEnv *env, const WalEffect *effect);
static bool ends_commit_ts(const SlruEnv *env, const WalEffect *effect);
static void advance_next_xid(SlruEnv *env, Xid xid);

/* ---- Which pages ---- */

void slru_touched(const SlruEnv *env, const WalRecord *record, const WalEffect *effect,
                  Array *touches)
{
    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
        if (env->keeps_commit_ts)
            touch_xact(&slru_commit_ts, &effect->xact, false, touches);
        touch_xact(&slru_xact, &effect->xact, true, touches);
        break;
    case WAL_EFFECT_ABORT:
        touch_xact(&slru_xact, &effect->xact, false, touches);
        break;
    case WAL_EFFECT_CLOG_ZERO_PAGE:
        touch_whole(record, &slru_xact, effect->page, SLRU_MAKE_ZERO, touches);
        break;
    case WAL_EFFECT_COMMIT_TS_ZERO_PAGE:
        touch_whole(record, &slru_commit_ts, effect->page, SLRU_MAKE_ZERO, touches);
        break;
    case WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE:
        touch_whole(record, &slru_multixact_offsets, effect->page, SLRU_MAKE_ZERO, touches);
        break;
    case WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE:
        touch_whole(record, &slru_multixact_members, effect->page, SLRU_MAKE_ZERO, touches);
        break;
    case WAL_EFFECT_MULTI_CREATE:
        touch_multi(record, effect, touches);
        break;
    case WAL_EFFECT_PARAMETER_CHANGE:
        /* No record says that the page begins when timestamps are switched on in its middle. */
        if (starts_commit_ts(env, effect))
            push(touches, &slru_commit_ts, slru_page_of(&slru_commit_ts, env->next_xid),
                 SLRU_MAKE_FIRST);
        break;
    default:
        break;
    }
}

/*
 * A transaction and its children. With marks_children those that lie on other pages are first
 * marked: should the pages be read between the changes, or only some of them reach the disk, a
 * marked child leads to its parent, which tells the truth.
 */
static void touch_xact(const SlruKind *kind, const WalXactEffect *x, bool marks_children,
                       Array *touches)
{
    uint32_t page = slru_page_of(kind, x->xid), count;
    SlruTouch *touch;

    if (x->xid == XID_NONE)
        return;
    for (uint32_t i = 0; marks_children && i < x->subxacts.count; i += count) {
        uint32_t child_page = slru_page_of(kind, walrec_list_xid(&x->subxacts, i));

        count = leading_run(kind, x, i);
        if (child_page == page)
            continue;
        touch = push(touches, kind, child_page, SLRU_SUB_COMMIT);
        touch->first = i;
        touch->count = count;
    }

    touch = push(touches, kind, page, SLRU_SET);
    touch->has_parent = true;
    for (uint32_t i = 0; i < x->subxacts.count; i += count) {
        uint32_t child_page = slru_page_of(kind, walrec_list_xid(&x->subxacts, i));

        count = leading_run(kind, x, i);
        if (i != 0 || child_page != page)
            touch = push(touches, kind, child_page, SLRU_SET);
        touch->first = i;
        touch->count = count;
    }
}

/* How many children from first on lie on one page. */
static uint32_t leading_run(const SlruKind *kind, const WalXactEffect *x, uint32_t first)
{
    uint32_t page = slru_page_of(kind, walrec_list_xid(&x->subxacts, first));
    uint32_t end = first + 1;

    while (end < x->subxacts.count &&
           slru_page_of(kind, walrec_list_xid(&x->subxacts, end)) == page)
        end++;
    return end - first;
}

/*
 * The page of the next multixact is touched too, since its offset says where this one's members
 * end. It may be absent: servers before 15.20 make it only when that multixact comes.
 */
static void touch_multi(const WalRecord *record, const WalEffect *effect, Array *touches)
{
    MultiXid id = effect->multi.id;
    uint32_t page = slru_page_of(&slru_multixact_offsets, id);
    uint32_t next_page = slru_page_of(&slru_multixact_offsets, multi_after(id));
    uint32_t member_count = effect->multi.members.count, room;

    if (id == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid multixact 0 in the record at " LSN_FMT,
                                     LSN_ARG(record->start)));
    push(touches, &slru_multixact_offsets, page, SLRU_SET);
    if (next_page != page)
        push(touches, &slru_multixact_offsets, next_page, SLRU_SET);

    for (uint32_t i = 0; i < member_count; i += room) {
        MultiOffset member = effect->multi.offset + i;
        uint32_t per_page = slru_multixact_members.items_per_page;
        SlruTouch *touch = push(touches, &slru_multixact_members,
                                slru_page_of(&slru_multixact_members, member), SLRU_SET);

        /* Numbers end before the last page does. */
        room = per_page - member % per_page;
        room = (uint32_t)size_min(room, (size_t)UINT32_MAX - member + 1);
        touch->first = i;
        touch->count = (uint32_t)size_min(room, member_count - i);
    }
}

static void touch_whole(const WalRecord *record, const SlruKind *kind, int64_t page,
                        SlruChange change, Array *touches)
{
    if (page < 0 || page > slru_page_max(kind))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("%s has no page %" PRId64 ", which the record at " LSN_FMT " begins",
                              kind->folder, page, LSN_ARG(record->start)));
    push(touches, kind, (uint32_t)page, change);
}

static SlruTouch *push(Array *touches, const SlruKind *kind, uint32_t page, SlruChange change)
{
    SlruTouch *touch = array_push(touches);

    touch->kind = kind;
    touch->page = page;
    touch->change = change;
    return touch;
}

/* ---- One page ---- */

void slru_redo_page(const WalRecord *record, const WalEffect *effect, const SlruTouch *touch,
                    uint8_t *page)
{
    switch (touch->change) {
    case SLRU_MAKE_ZERO:
        make_zero(touch, page);
        return;
    case SLRU_MAKE_FIRST:
        return;
    case SLRU_SUB_COMMIT:
        set_statuses(&effect->xact, touch, XACT_SUB_COMMITTED, page);
        return;
    case SLRU_SET:
        break;
    }
    if (touch->kind == &slru_xact)
        set_statuses(&effect->xact, touch,
                     effect->kind == WAL_EFFECT_COMMIT ? XACT_COMMITTED : XACT_ABORTED, page);
    else if (touch->kind == &slru_commit_ts)
        set_times(record, &effect->xact, touch, page);
    else if (touch->kind == &slru_multixact_offsets)
        set_offsets(effect, touch, page);
    else
        set_members(record, effect, touch, page);
}

/*
 * A page of offsets may have got its first entry already, from the multixact before it (a server
 * older than 15.20 makes the page after that one). It is kept then: all else on the page is zero.
 */
static void make_zero(const SlruTouch *touch, uint8_t *page)
{
    size_t kept = 0;

    if (touch->kind == &slru_multixact_offsets) {
        kept = sizeof(MultiOffset);
        for (size_t i = kept; i < BLOCK_SIZE && kept != 0; i++)
            kept = page[i] == 0 ? kept : 0;
    }
    memset(page + kept, 0, BLOCK_SIZE - kept);
}

static void set_statuses(const WalXactEffect *x, const SlruTouch *touch, XactStatus status,
                         uint8_t *page)
{
    if (touch->has_parent)
        set_status(page, x->xid, status);
    for (uint32_t i = touch->first; i < touch->first + touch->count; i++)
        set_status(page, walrec_list_xid(&x->subxacts, i), status);
}

/* Replay of what had been replayed before must not take a committed child back to its mark. */
static void set_status(uint8_t *page, Xid xid, XactStatus status)
{
    if (status != XACT_SUB_COMMITTED || xact_status_get(page, xid) != XACT_COMMITTED)
        xact_status_set(page, xid, status);
}

static void set_times(const WalRecord *record, const WalXactEffect *x, const SlruTouch *touch,
                      uint8_t *page)
{
    CommitTs value = {.time = (x->xinfo & XINFO_HAS_ORIGIN) != 0 ? x->origin_time : x->time,
                      .origin = record->origin};

    if (touch->has_parent)
        commit_ts_set(page, x->xid, value);
    for (uint32_t i = touch->first; i < touch->first + touch->count; i++)
        commit_ts_set(page, walrec_list_xid(&x->subxacts, i), value);
}

/* Offset 0 means "not set yet", so a multixact whose members would begin there begins at 1. */
static void set_offsets(const WalEffect *effect, const SlruTouch *touch, uint8_t *page)
{
    MultiXid id = effect->multi.id, next = multi_after(id);
    MultiOffset next_offset = effect->multi.offset + effect->multi.members.count;

    if (slru_page_of(touch->kind, id) == touch->page)
        multixact_offset_set(page, id, effect->multi.offset);
    if (slru_page_of(touch->kind, next) == touch->page)
        multixact_offset_set(page, next, next_offset == 0 ? 1 : next_offset);
}

static void set_members(const WalRecord *record, const WalEffect *effect, const SlruTouch *touch,
                        uint8_t *page)
{
    for (uint32_t i = touch->first; i < touch->first + touch->count; i++) {
        uint32_t status;
        Xid xid = walrec_list_member(&effect->multi.members, i, &status);

        if (status >= MULTI_STATUS_COUNT)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("invalid status %u of a member of multixact %u in the "
                                         "record at " LSN_FMT,
                                         status, effect->multi.id, LSN_ARG(record->start)));
        multixact_member_set(page, effect->multi.offset + i,
                             (MultiMember){.xid = xid, .status = (MultiStatus)status});
    }
}

/* Numbers go round and leave 0 out. */
static MultiXid multi_after(MultiXid id)
{
    return id == UINT32_MAX ? 1 : id + 1;
}

/* ---- Segments that go ---- */

bool slru_drops(const SlruEnv *env, const WalEffect *effect, const SlruKind *kind)
{
    switch (effect->kind) {
    case WAL_EFFECT_CLOG_TRUNCATE:
        return kind == &slru_xact;
    case WAL_EFFECT_COMMIT_TS_TRUNCATE:
        return kind == &slru_commit_ts;
    case WAL_EFFECT_MULTI_TRUNCATE:
        return kind == &slru_multixact_offsets || kind == &slru_multixact_members;
    case WAL_EFFECT_PARAMETER_CHANGE:
        return kind == &slru_commit_ts && ends_commit_ts(env, effect);
    default:
        return false;
    }
}

bool slru_drops_segment(const SlruEnv *env, const WalEffect *effect, const SlruKind *kind,
                        uint32_t segment)
{
    MultiXid last_gone;

    if (!slru_drops(env, effect, kind))
        return false;
    switch (effect->kind) {
    case WAL_EFFECT_CLOG_TRUNCATE:
    case WAL_EFFECT_COMMIT_TS_TRUNCATE:
        return segment_is_before(kind, segment, (uint32_t)effect->truncate.page);
    case WAL_EFFECT_MULTI_TRUNCATE:
        if (kind == &slru_multixact_members)
            return member_segment_is_cut(effect, segment);
        /* The page of the first kept one need not be there yet, so that of the last one counts. */
        last_gone = effect->multi_truncate.end == 1 ? UINT32_MAX : effect->multi_truncate.end - 1;
        return segment_is_before(kind, segment, slru_page_of(kind, last_gone));
    default:
        return true;
    }
}

/*
 * True when all of the segment lies before the page. Numbers go round, so each lies before those
 * that follow within half of all numbers; the segment's first and last page have to lie before both
 * ends of the page.
 */
static bool segment_is_before(const SlruKind *kind, uint32_t segment, uint32_t page)
{
    uint32_t first = segment * SLRU_PAGES_PER_SEGMENT * kind->items_per_page;
    uint32_t last = first + (SLRU_PAGES_PER_SEGMENT - 1) * kind->items_per_page;
    uint32_t begin = page * kind->items_per_page;
    uint32_t end = begin + kind->items_per_page - 1;

    return (int32_t)(first - begin) < 0 && (int32_t)(first - end) < 0 &&
           (int32_t)(last - begin) < 0 && (int32_t)(last - end) < 0;
}

/* From the segment of the first member that goes up to that of the first that stays. */
static bool member_segment_is_cut(const WalEffect *effect, uint32_t segment)
{
    uint32_t per_segment = slru_multixact_members.items_per_page * SLRU_PAGES_PER_SEGMENT;
    uint32_t begin = effect->multi_truncate.member_begin / per_segment;
    uint32_t end = effect->multi_truncate.member_end / per_segment;

    return begin <= end ? begin <= segment && segment < end : segment >= begin || segment < end;
}

/* ---- What replay knows ---- */

void slru_env_follow(SlruEnv *env, const WalRecord *record, const WalEffect *effect)
{
    Checkpoint checkpoint;

    advance_next_xid(env, record->xid);
    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
    case WAL_EFFECT_PREPARE:
        advance_next_xid(env, effect->xact.xid);
        for (uint32_t i = 0; i < effect->xact.subxacts.count; i++)
            advance_next_xid(env, walrec_list_xid(&effect->xact.subxacts, i));
        break;
    case WAL_EFFECT_MULTI_CREATE:
        for (uint32_t i = 0; i < effect->multi.members.count; i++) {
            uint32_t status;

            advance_next_xid(env, walrec_list_member(&effect->multi.members, i, &status));
        }
        break;
    case WAL_EFFECT_CHECKPOINT:
        checkpoint_decode(effect->checkpoint.bytes, &checkpoint);
        if (effect->checkpoint.is_shutdown)
            env->next_xid = (Xid)checkpoint.next_xid;
        else if (xid_precedes(env->next_xid, (Xid)checkpoint.next_xid))
            env->next_xid = (Xid)checkpoint.next_xid;
        break;
    case WAL_EFFECT_PARAMETER_CHANGE:
        env->keeps_commit_ts = walrec_parameters(effect).track_commit_timestamp;
        break;
    default:
        break;
    }
}

static bool starts_commit_ts(const SlruEnv *env, const WalEffect *effect)
{
    return !env->keeps_commit_ts && walrec_parameters(effect).track_commit_timestamp;
}

static bool ends_commit_ts(const SlruEnv *env, const WalEffect *effect)
{
    return env->keeps_commit_ts && !walrec_parameters(effect).track_commit_timestamp;
}

/* Behind the last number comes the first normal one. */
static void advance_next_xid(SlruEnv *env, Xid xid)
{
    if (xid < XID_FIRST_NORMAL || xid_precedes(xid, env->next_xid))
        return;
    env->next_xid = xid == UINT32_MAX ? XID_FIRST_NORMAL : xid + 1;
}
