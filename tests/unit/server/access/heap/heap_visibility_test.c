/*
 * heap_visibility_test.c - all questions about all combinations of who made and who ended a row
 *
 * The model knows of each xid what it is (done, running, ours) and what the snapshot says of it;
 * the answers follow from that by one line each.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/txn/combo_cid.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"
#include "tests/lib/heap_rig.h"
#include "tests/unit/unit.h"

typedef enum Now { ABORTED, RUNNING, COMMITTED, OURS } Now;

/* An xid that a row may name. */
typedef struct Actor {
    Xid xid;
    Now now;
    bool is_done; /* for the snapshot */
} Actor;

typedef enum Ending { NOTHING, LOCK, END, MULTI_LOCK, MULTI_END, ENDINGS } Ending;

#define ACTORS  11
#define COMMAND 5 /* that asks */

typedef struct Case {
    const Actor *maker, *ender, *other; /* other: one more member of a multixact, that locks */
    Ending ending;
    Cid cmin, cmax;
} Case;

static HeapRig rig;
static Actor actors[ACTORS];
static Snapshot mvcc;
static Buffer page_buffer;
static unsigned asked, sure;
static Xid horizon; /* of all that runs */

/* ---- The model ---- */

static bool ends(const Case *c)
{
    return c->ending == END || c->ending == MULTI_END;
}

static bool is_in(const Actor *a)
{
    return a->now == COMMITTED || a->now == OURS;
}

static bool model_mvcc(const Case *c)
{
    const Actor *m = c->maker, *e = c->ender;
    bool is_made = m->now == OURS ? c->cmin < COMMAND : m->now == COMMITTED && m->is_done;
    bool is_ended =
        ends(c) && (e->now == OURS ? c->cmax < COMMAND : e->now == COMMITTED && e->is_done);

    return is_made && !is_ended;
}

static bool model_self(const Case *c)
{
    return is_in(c->maker) && !(ends(c) && is_in(c->ender));
}

static bool model_dirty(const Case *c)
{
    return c->maker->now == RUNNING || model_self(c);
}

static HeapFate model_fate(const Case *c)
{
    Now e = c->ender->now;

    if (c->maker->now == ABORTED)
        return HEAP_FATE_DEAD;
    if (c->maker->now == RUNNING)
        return HEAP_FATE_INSERTING;
    if (c->maker->now == OURS)
        return ends(c) && e == OURS ? HEAP_FATE_DELETING : HEAP_FATE_INSERTING;
    if (!ends(c) || e == ABORTED)
        return HEAP_FATE_ALIVE;
    return e == COMMITTED ? HEAP_FATE_RECENTLY_DEAD : HEAP_FATE_DELETING;
}

/* Nobody can see it any more: the oldest that runs is the first prepared transaction. */
static bool model_is_removable(const Case *c)
{
    HeapFate fate = model_fate(c);

    return fate == HEAP_FATE_DEAD ||
           (fate == HEAP_FATE_RECENTLY_DEAD && xid_precedes(c->ender->xid, horizon));
}

static HeapResult model_change(const Case *c)
{
    bool is_multi = c->ending == MULTI_LOCK || c->ending == MULTI_END;
    bool is_held = c->ending != NOTHING && c->ender->now == RUNNING;

    is_held |= is_multi && c->other->now == RUNNING;
    if (c->maker->now == ABORTED || c->maker->now == RUNNING ||
        (c->maker->now == OURS && c->cmin >= COMMAND))
        return HEAP_CHANGE_INVISIBLE;
    if (ends(c) && c->ender->now == OURS)
        return c->cmax >= COMMAND ? HEAP_CHANGE_SELF_MODIFIED : HEAP_CHANGE_INVISIBLE;
    /* A lock beside what has ended the row matters no more. */
    if (ends(c) && c->ender->now == COMMITTED)
        return HEAP_CHANGE_DELETED;
    return is_held ? HEAP_CHANGE_MUST_WAIT : HEAP_CHANGE_OK;
}

/* ---- The row ---- */

static void write_row(const Case *c, HeapTuple *tuple)
{
    HeapTupleHeader *h = (HeapTupleHeader *)tuple->bytes;
    MultiMember members[2] = {{.xid = c->ender->xid, .status = MULTI_UPDATE},
                              {.xid = c->other->xid, .status = MULTI_FOR_KEY_SHARE}};
    bool is_both = c->maker->now == OURS && ends(c) && c->ender->now == OURS;
    unsigned mask = 0;

    h->xmin = c->maker->xid;
    h->xmax = c->ender->xid;
    h->ctid = tuple->self;
    h->cid = ends(c) && c->ender->now == OURS ? c->cmax : c->cmin;
    if (is_both) {
        h->cid = combo_cid_make(c->cmin, c->cmax);
        mask |= HEAP_COMBO_CID;
    }
    if (c->ending == NOTHING) {
        h->xmax = XID_NONE;
        mask |= HEAP_XMAX_INVALID;
    }
    if (c->ending == LOCK)
        mask |= HEAP_XMAX_LOCK_ONLY | HEAP_XMAX_EXCL_LOCK;
    if (c->ending == MULTI_LOCK) {
        members[0].status = MULTI_FOR_SHARE;
        mask |= HEAP_XMAX_LOCK_ONLY | HEAP_XMAX_KEYSHR_LOCK | HEAP_XMAX_EXCL_LOCK;
    }
    if (c->ending == MULTI_LOCK || c->ending == MULTI_END) {
        h->xmax = multixact_create(members, 2);
        mask |= HEAP_XMAX_IS_MULTI;
    }
    h->infomask = (uint16_t)mask;
}

static void check_hints(const Case *c, const HeapTuple *tuple)
{
    const HeapTupleHeader *h = (const HeapTupleHeader *)tuple->bytes;

    if ((h->infomask & HEAP_XMIN_COMMITTED) != 0)
        CU_ASSERT_EQUAL(c->maker->now, COMMITTED);
    if ((h->infomask & HEAP_XMIN_INVALID) != 0)
        CU_ASSERT_EQUAL(c->maker->now, ABORTED);
    if ((h->infomask & HEAP_XMAX_COMMITTED) != 0)
        CU_ASSERT_TRUE(c->ending == END && c->ender->now == COMMITTED);
    if ((h->infomask & HEAP_XMAX_INVALID) != 0 && c->ending != NOTHING) {
        CU_ASSERT_TRUE(c->ender->now == ABORTED || (!ends(c) && c->ender->now == COMMITTED));
        if (c->ending == MULTI_LOCK || c->ending == MULTI_END)
            CU_ASSERT_NOT_EQUAL(c->other->now, RUNNING);
    }
}

static void ask(const Case *c, HeapTuple *tuple, unsigned question)
{
    const Snapshot non_vacuumable = {.kind = SNAPSHOT_NON_VACUUMABLE};
    const Snapshot toast = {.kind = SNAPSHOT_TOAST};
    Snapshot dirty = {.kind = SNAPSHOT_DIRTY};
    HeapObstacle why;
    Xid dead_after;
    bool is_multi = c->ending == MULTI_END || c->ending == MULTI_LOCK;

    asked++;
    switch (question) {
    case 0:
        CU_ASSERT_EQUAL(heap_is_visible(&rig.rel, tuple, &mvcc, page_buffer), model_mvcc(c));
        break;
    case 1:
        CU_ASSERT_EQUAL(heap_is_visible(&rig.rel, tuple, &snapshot_self, page_buffer),
                        model_self(c));
        break;
    case 2:
        CU_ASSERT_EQUAL(heap_is_visible_dirty(tuple, &dirty, page_buffer), model_dirty(c));
        CU_ASSERT_EQUAL(dirty.dirty_xmin, c->maker->now == RUNNING ? c->maker->xid : XID_NONE);
        if (is_in(c->maker))
            CU_ASSERT_EQUAL(dirty.xmax,
                            ends(c) && c->ender->now == RUNNING ? c->ender->xid : XID_NONE);
        break;
    case 3:
        CU_ASSERT_EQUAL(heap_fate(tuple, page_buffer, &dead_after), model_fate(c));
        CU_ASSERT_EQUAL(dead_after,
                        model_fate(c) == HEAP_FATE_RECENTLY_DEAD ? c->ender->xid : XID_NONE);
        break;
    case 4:
        CU_ASSERT_EQUAL(heap_is_visible(&rig.rel, tuple, &non_vacuumable, page_buffer),
                        !model_is_removable(c));
        CU_ASSERT_EQUAL(heap_fate_at(tuple, page_buffer, horizon) == HEAP_FATE_DEAD,
                        model_is_removable(c));
        break;
    case 5:
        CU_ASSERT_TRUE(heap_is_visible(&rig.rel, tuple, &snapshot_any, page_buffer));
        if (c->maker->now != ABORTED)
            CU_ASSERT_TRUE(heap_is_visible(&rig.rel, tuple, &toast, page_buffer));
        /* By hints alone it may not be known yet. */
        if (heap_is_surely_dead(&rig.rel, tuple)) {
            sure++;
            CU_ASSERT_TRUE(model_is_removable(c));
        }
        break;
    default: {
        HeapResult result = heap_check_change(tuple, COMMAND, HEAP_LOCK_UPDATE, page_buffer, &why);

        CU_ASSERT_EQUAL(result, model_change(c));
        CU_ASSERT_EQUAL(why.waits_for != XID_NONE, result == HEAP_CHANGE_MUST_WAIT);
        CU_ASSERT_EQUAL(why.waits_for_multi != 0, result == HEAP_CHANGE_MUST_WAIT && is_multi);
    }
    }
}

#define QUESTIONS 7

/* Each question first, then the others with the hints that it left. */
static void check_case(const Case *c)
{
    HeapTuple tuple = {.self = tid_make(0, 1)};
    size_t len;

    tuple.bytes = page_get_item_rw(buffer_page(page_buffer), 1, &len);
    tuple.len = (uint32_t)len;
    for (unsigned first = 0; first < QUESTIONS; first++) {
        write_row(c, &tuple);
        for (unsigned i = 0; i < QUESTIONS; i++) {
            ask(c, &tuple, (first + i) % QUESTIONS);
            check_hints(c, &tuple);
        }
    }
}

/* Who there is: all states now, done, listed or in the future for the snapshot. */
static void make_actors(void)
{
    static Xid listed[3];
    unsigned n = 0;

    actors[n++] = (Actor){heap_rig_end_xid(true), COMMITTED, true};
    actors[n++] = (Actor){heap_rig_end_xid(false), ABORTED, true};
    mvcc.xmin = listed[0] = heap_rig_end_xid(true);
    actors[n++] = (Actor){listed[0], COMMITTED, false};
    actors[n++] = (Actor){listed[1] = heap_rig_end_xid(false), ABORTED, false};
    actors[n++] = (Actor){listed[2] = heap_rig_prepare_xid("listed"), RUNNING, false};
    actors[n++] = (Actor){heap_rig_end_xid(true), COMMITTED, true};
    mvcc.xmax = heap_rig_end_xid(true);
    actors[n++] = (Actor){mvcc.xmax, COMMITTED, false};
    actors[n++] = (Actor){heap_rig_prepare_xid("future"), RUNNING, false};
    horizon = listed[2];
    mvcc.kind = SNAPSHOT_MVCC;
    mvcc.xids = listed;
    mvcc.xid_count = 3;
    mvcc.command = COMMAND;
    wal_flush(wal_insert_lsn());

    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    actors[n++] = (Actor){txn_xid(), OURS, false};
    txn_begin_internal_sub(NULL);
    actors[n++] = (Actor){txn_xid(), OURS, false};
    txn_release_current_sub();
    txn_begin_internal_sub(NULL);
    actors[n++] = (Actor){txn_xid(), ABORTED, false};
    txn_rollback_current_sub();
    CU_ASSERT_EQUAL_FATAL(n, ACTORS);
}

static void all_questions_agree_with_the_model(void)
{
    heap_rig_open(&rig);
    make_actors();
    multixact_set_oldest_member();
    heap_insert(&rig.rel, heap_rig_tuple(1, 100), 0, 0, NULL);
    snapshot_latest(); /* so that horizons are of now */
    page_buffer = buffer_read(rig.rel.smgr, FORK_MAIN, 0, BUFFER_NORMAL, NULL, true);
    buffer_lock(page_buffer, BUFFER_EXCLUSIVE);
    asked = sure = 0;
    for (unsigned m = 0; m < ACTORS; m++)
        for (unsigned e = 0; e < ACTORS; e++)
            for (unsigned ending = 0; ending < ENDINGS; ending++)
                for (unsigned cids = 0; cids < 4; cids++)
                    for (unsigned o = 0; o < 3; o++) {
                        Case c = {&actors[m],
                                  &actors[e],
                                  &actors[o == 0   ? 1
                                          : o == 1 ? 7
                                                   : 8],
                                  (Ending)ending,
                                  cids % 2 == 0 ? COMMAND - 1 : COMMAND,
                                  cids / 2 == 0 ? COMMAND - 1 : COMMAND};

                        if (c.other != c.ender)
                            check_case(&c);
                    }
    CU_ASSERT_TRUE(asked > 300000);
    CU_ASSERT_TRUE(sure > 100);
    buffer_unlock_unpin(page_buffer);
    txn_abort_current();
    heap_rig_close(&rig);
}

/* The commit record is not on disk: what says "committed" may not get there before it. */
static void no_hint_before_the_commit_is_on_disk(void)
{
    int before = setting.synchronous_commit;
    HeapTuple tuple = {.self = tid_make(0, 1)};
    HeapTupleHeader *h;
    Buffer b;

    heap_rig_open(&rig);
    setting.synchronous_commit = SYNCHRONOUS_COMMIT_OFF;
    txn_start_command();
    heap_insert(&rig.rel, heap_rig_tuple(1, 100), 0, 0, NULL);
    txn_end_command();
    txn_start_command();
    CU_ASSERT_TRUE_FATAL(heap_fetch(&rig.rel, &snapshot_self, &tuple, &b));
    h = (HeapTupleHeader *)tuple.bytes;
    CU_ASSERT_EQUAL(h->infomask & HEAP_XMIN_COMMITTED, 0);
    buffer_unpin(b);
    wal_flush(wal_insert_lsn());
    CU_ASSERT_TRUE_FATAL(heap_fetch(&rig.rel, &snapshot_self, &tuple, &b));
    CU_ASSERT_NOT_EQUAL(h->infomask & HEAP_XMIN_COMMITTED, 0);
    buffer_unpin(b);
    txn_end_command();
    setting.synchronous_commit = before;
    heap_rig_close(&rig);
}

/*
 * The outer transaction has the row locked, an inner one deletes it: a multixact of both, which
 * leaves the lock when only the inner one is rolled back.
 */
static void a_lock_outlives_the_inner_delete(bool is_released, bool is_multi)
{
    HeapTuple tuple = {.self = tid_make(0, 1)};
    HeapTupleHeader *h;
    MultiMember *members, share[2] = {{.status = MULTI_FOR_SHARE}, {.status = MULTI_FOR_KEY_SHARE}};
    HeapObstacle why;
    Buffer b;
    Xid outer, inner;

    heap_rig_open(&rig);
    txn_start_command();
    heap_insert(&rig.rel, heap_rig_tuple(1, 100), 0, 0, NULL);
    txn_end_command();
    share[1].xid = heap_rig_end_xid(true);
    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    outer = share[0].xid = txn_xid();
    CU_ASSERT_TRUE_FATAL(heap_fetch(&rig.rel, &snapshot_self, &tuple, &b));
    h = (HeapTupleHeader *)tuple.bytes;
    multixact_set_oldest_member();
    h->xmax = is_multi ? multixact_create(share, 2) : outer;
    h->infomask = (uint16_t)((h->infomask & ~(unsigned)HEAP_XMAX_INVALID) | HEAP_XMAX_LOCK_ONLY |
                             HEAP_XMAX_LOCK_MASK | (is_multi ? HEAP_XMAX_IS_MULTI : 0));
    txn_begin_internal_sub(NULL);
    inner = txn_xid();
    CU_ASSERT_EQUAL(heap_delete(&rig.rel, tuple.self, txn_command(true), 0, &why), HEAP_CHANGE_OK);
    CU_ASSERT_EQUAL(h->infomask & (HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_ONLY), HEAP_XMAX_IS_MULTI);
    CU_ASSERT_EQUAL(h->infomask & HEAP_XMAX_LOCK_MASK, HEAP_XMAX_EXCL_LOCK);
    CU_ASSERT_NOT_EQUAL(h->infomask2 & HEAP_KEYS_UPDATED, 0);
    CU_ASSERT_EQUAL(heap_update_xid(&tuple), inner);
    CU_ASSERT_EQUAL(multixact_members(h->xmax, &members, false, false), 2);
    CU_ASSERT_EQUAL(members[0].xid, outer);
    CU_ASSERT_EQUAL(members[0].status, MULTI_FOR_SHARE);
    if (is_released)
        txn_release_current_sub();
    else
        txn_rollback_current_sub();
    buffer_lock(b, BUFFER_SHARED);
    CU_ASSERT_EQUAL(heap_is_visible(&rig.rel, &tuple, &snapshot_self, b), !is_released);
    CU_ASSERT_EQUAL(heap_check_change(&tuple, txn_command(true) + 1, HEAP_LOCK_UPDATE, b, &why),
                    is_released ? HEAP_CHANGE_INVISIBLE : HEAP_CHANGE_OK);
    CU_ASSERT_EQUAL(h->infomask & HEAP_XMAX_INVALID, 0); /* the outer one has it locked yet */
    buffer_unlock_unpin(b);
    txn_abort_current();
    heap_rig_close(&rig);
}

static void rolled_back_under_a_lock(void)
{
    a_lock_outlives_the_inner_delete(false, false);
}

static void released_under_a_lock(void)
{
    a_lock_outlives_the_inner_delete(true, false);
}

static void rolled_back_under_a_shared_lock(void)
{
    a_lock_outlives_the_inner_delete(false, true);
}

static void released_under_a_shared_lock(void)
{
    a_lock_outlives_the_inner_delete(true, true);
}

UNIT_SUITE(heap_visibility)
{
    UNIT_TEST(all_questions_agree_with_the_model);
    UNIT_TEST(rolled_back_under_a_lock);
    UNIT_TEST(released_under_a_lock);
    UNIT_TEST(rolled_back_under_a_shared_lock);
    UNIT_TEST(released_under_a_shared_lock);
    UNIT_TEST(no_hint_before_the_commit_is_on_disk);
}
