/*
 * txn_model_test.c - many processes begin, commit and abort; what others see of it, and what is
 * left after a crash, is held against what they did
 *
 * Writers tell of each transaction, before it ends, which xids are in its tree and which of them
 * were rolled back, and after it ended how. Readers take snapshots and ask for all xids of the
 * newest trees. The model is in shared memory that survives the writers.
 */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/shared_memory.h"
#include "common/redo/slru_redo.h"
#include "common/walrec/effects.h"
#include "server/config/setting.h"
#include "server/txn/clog.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define WRITERS      4
#define READERS      2
#define LOOKERS      1 /* at horizons */
#define TREES_MAX    40000
#define CHILDREN_MAX 200
#define WINDOW       60 /* newest trees that readers look at */
#define LEVELS_MAX   6
#define CRASHES      3 /* each after the recovery from the one before */

typedef enum TreeState { TREE_NONE, TREE_RUNS, TREE_COMMITTED, TREE_ABORTED } TreeState;

typedef struct Tree {
    _Atomic int state; /* the writer's word: COMMITTED and ABORTED after it has ended */
    bool is_lazy;      /* its commit did not wait for the disk */
    Xid top;
    unsigned child_count;
    Xid children[CHILDREN_MAX];
    bool is_rolled_back[CHILDREN_MAX];
} Tree;

typedef struct View {
    _Atomic uint32_t stamp; /* odd while the snapshot is in use */
    _Atomic Xid xmin;
} View;

typedef struct Model {
    uint64_t seed;
    bool has_lazy_commits;
    _Atomic bool is_over;
    _Atomic unsigned writers_left;
    _Atomic unsigned complaints;
    _Atomic unsigned checks;
    char complaint[200]; /* one of them */
    _Atomic uint32_t tree_count;
    View views[CROWD_MAX];
    Tree trees[TREES_MAX];
} Model;

static TxnRig rig;
static Model *model;

static void complain(const char *what, Xid xid, const char *how)
{
    snprintf(model->complaint, sizeof model->complaint, "%s: xid %u %s", what, xid, how);
    atomic_fetch_add(&model->complaints, 1);
}

static void open_model(FullXid next_xid)
{
    Seed seed = seed_new("transactions");

    txn_rig_open(
        &rig,
        &(TxnRigConfig){.dir = unit_temp_dir(), .next_xid = next_xid, .wal_segment_size = MIB(16)});
    model = os_shared_map(sizeof *model, OS_HUGE_OFF);
    model->seed = seed_u64(&seed);
}

static void close_model(void)
{
    if (atomic_load(&model->complaints) > 0)
        printf("%u complaints, one: %s\n", atomic_load(&model->complaints), model->complaint);
    CU_ASSERT_EQUAL(atomic_load(&model->complaints), 0);
    os_shared_unmap(model, sizeof *model);
    txn_rig_close(&rig);
}

/* ---- Writers ---- */

typedef struct Writer {
    Seed seed;
    Tree *tree;
    unsigned first_of_level[LEVELS_MAX + 1]; /* children from there on belong to the level */
    unsigned level;                          /* savepoints that are open */
} Writer;

static void end_command(void)
{
    txn_end_command();
    txn_start_command();
}

static void take_xid(Writer *w)
{
    Tree *t = w->tree;
    Xid xid;

    if (txn_xid_if_any() != XID_NONE || t->child_count == CHILDREN_MAX)
        return;
    /* Parents get theirs too: all that is new has to be told of. */
    xid = txn_xid();
    t->top = txn_top_xid();
    if (w->level > 0) {
        t->is_rolled_back[t->child_count] = false;
        t->children[t->child_count++] = xid;
    }
}

static void open_savepoint(Writer *w)
{
    if (w->level == LEVELS_MAX || w->tree->child_count + 1 >= CHILDREN_MAX)
        return;
    take_xid(w);
    txn_savepoint("s");
    end_command();
    w->first_of_level[++w->level] = w->tree->child_count;
}

static void end_savepoint(Writer *w, bool is_rolled_back)
{
    if (w->level == 0)
        return;
    if (is_rolled_back) {
        for (unsigned i = w->first_of_level[w->level]; i < w->tree->child_count; i++)
            w->tree->is_rolled_back[i] = true;
        txn_rollback_to("s");
        end_command();
    }
    txn_release("s");
    end_command();
    w->level--;
}

static void run_tree(Writer *w)
{
    uint64_t steps = seed_below(&w->seed, seed_below(&w->seed, 20) == 0 ? 150 : 12);
    bool is_commit = seed_below(&w->seed, 4) != 0;
    Tree *published;

    memset(w->tree, 0, sizeof *w->tree);
    w->level = 0;
    setting.synchronous_commit = model->has_lazy_commits && seed_below(&w->seed, 2) == 0
                                     ? SYNCHRONOUS_COMMIT_OFF
                                     : SYNCHRONOUS_COMMIT_ON;
    w->tree->is_lazy = setting.synchronous_commit == SYNCHRONOUS_COMMIT_OFF;
    txn_start_command();
    txn_begin_block();
    end_command();
    for (uint64_t i = 0; i < steps; i++)
        switch (seed_below(&w->seed, 4)) {
        case 0:
            open_savepoint(w);
            break;
        case 1:
            end_savepoint(w, seed_below(&w->seed, 3) == 0);
            break;
        default:
            take_xid(w);
            break;
        }
    if (txn_top_xid_if_any() == XID_NONE) {
        txn_commit_block(false);
        txn_end_command();
        return;
    }

    published = &model->trees[atomic_fetch_add(&model->tree_count, 1)];
    memcpy(published, w->tree, sizeof *published);
    atomic_store(&published->state, TREE_RUNS);
    if (is_commit)
        txn_commit_block(false);
    else
        txn_abort_block(false);
    txn_end_command();
    atomic_store(&published->state, is_commit ? TREE_COMMITTED : TREE_ABORTED);
}

static void write_trees(unsigned number, unsigned count)
{
    Writer w = {.seed = {.state = model->seed + number}};

    w.tree = mem_new(Tree);
    txn_rig_enter_child();
    for (unsigned i = 0; i < count && atomic_load(&model->tree_count) < TREES_MAX - CROWD_MAX; i++)
        run_tree(&w);
    if (atomic_fetch_sub(&model->writers_left, 1) == 1)
        atomic_store(&model->is_over, true);
}

/* ---- Readers ---- */

static bool is_visible(const Snapshot *s, Xid xid)
{
    return !snapshot_shows_running(s, xid) && xact_did_commit(xid);
}

/* Does the snapshot see the tree? All of it, or nothing. */
static bool check_tree(const Snapshot *s, const Tree *t)
{
    bool is_seen = is_visible(s, t->top);

    for (unsigned i = 0; i < t->child_count; i++) {
        bool is_child_seen = is_visible(s, t->children[i]);

        if (is_child_seen != (is_seen && !t->is_rolled_back[i]))
            complain("half a transaction", t->children[i],
                     is_child_seen ? "is seen" : "is not seen");
    }
    atomic_fetch_add(&model->checks, 1);
    return is_seen;
}

/*
 * Not running means ended for good; ended long ago means not running. (An abort ends the children
 * one by one before the top.)
 */
static void check_running(const Tree *t, TreeState before)
{
    Xid xid = t->top;

    if (t->child_count > 0 && !t->is_rolled_back[t->child_count - 1])
        xid = t->children[t->child_count - 1];
    if (proc_array_is_running(xid)) {
        if (before != TREE_RUNS)
            complain("has ended", xid, "and runs");
    } else if (!xact_did_commit(t->top) && !xact_did_abort(xid)) {
        complain("runs no more", xid, "and has not ended");
    }
}

static void read_trees(unsigned number)
{
    View *view = &model->views[number];
    uint32_t seen_from = 0, seen_to = 0;
    bool *seen = mem_new_array(bool, TREES_MAX);
    bool is_over;

    txn_rig_enter_child();
    do {
        uint32_t end, start;
        TreeState before[WINDOW];
        const Snapshot *s;

        is_over = atomic_load(&model->is_over);
        end = atomic_load(&model->tree_count);
        start = end > WINDOW ? end - WINDOW : 0;
        for (uint32_t i = start; i < end; i++)
            before[i - start] = (TreeState)atomic_load(&model->trees[i].state);

        txn_start_command();
        snapshot_push(snapshot_take());
        s = snapshot_active();
        atomic_store(&view->xmin, s->xmin);
        atomic_fetch_add(&view->stamp, 1);
        for (unsigned round = 0; round < 2; round++)
            for (uint32_t i = start; i < end; i++) {
                const Tree *t = &model->trees[i];
                bool is_seen;

                if (before[i - start] == TREE_NONE)
                    continue;
                is_seen = check_tree(s, t);
                if (before[i - start] == TREE_COMMITTED && !is_seen)
                    complain("reported commit", t->top, "is not seen");
                if (before[i - start] == TREE_ABORTED && is_seen)
                    complain("abort", t->top, "is seen");
                if (round == 1 && seen[i] != is_seen)
                    complain("one snapshot", t->top, "differs from itself");
                if (round == 0 && seen[i] && !is_seen && i >= seen_from && i < seen_to)
                    complain("later snapshot", t->top, "does not see it any more");
                seen[i] = is_seen;
                check_running(t, before[i - start]);
            }
        seen_from = start;
        seen_to = end;
        atomic_fetch_add(&view->stamp, 1);
        snapshot_pop();
        txn_end_command();
    } while (!is_over);
}

/*
 * A horizon does not pass the xmin of a snapshot that was in use before and after it was computed.
 */
static void look_at_horizons(void)
{
    txn_rig_enter_child();
    while (!atomic_load(&model->is_over)) {
        uint32_t stamps[CROWD_MAX];
        Xid xmins[CROWD_MAX];
        Horizons h;

        for (unsigned i = 0; i < CROWD_MAX; i++) {
            stamps[i] = atomic_load(&model->views[i].stamp);
            xmins[i] = atomic_load(&model->views[i].xmin);
        }
        proc_array_horizons(&h);
        for (unsigned i = 0; i < CROWD_MAX; i++) {
            if (stamps[i] % 2 == 0 || atomic_load(&model->views[i].stamp) != stamps[i])
                continue;
            if (xid_precedes(xmins[i], h.data) || xid_precedes(xmins[i], h.oldest_running))
                complain("horizon passes xmin", xmins[i], "of a snapshot in use");
            atomic_fetch_add(&model->checks, 1);
        }
    }
}

static void play(void *arg, unsigned number)
{
    const unsigned *count = arg;

    if (number < WRITERS)
        write_trees(number, *count);
    else if (number < WRITERS + READERS)
        read_trees(number);
    else
        look_at_horizons();
}

static void run_model(unsigned count)
{
    atomic_store(&model->writers_left, WRITERS);
    CU_ASSERT_EQUAL(crowd_run(WRITERS + READERS + LOOKERS, play, &count),
                    WRITERS + READERS + LOOKERS);
    CU_ASSERT_TRUE(atomic_load(&model->checks) > 100);
}

static void snapshots_see_whole_transactions(void)
{
    open_model(0);
    setting.fsync = false;
    run_model(400);
    setting.fsync = true;
    close_model();
}

/* Over the ends of pages of status and parents, and of the numbers themselves. */
static void snapshots_see_whole_transactions_where_numbers_end(void)
{
    open_model((UINT64_C(1) << 32) - 700);
    model->has_lazy_commits = true;
    setting.fsync = false;
    run_model(400);
    setting.fsync = true;
    CU_ASSERT_TRUE(xid_next() > UINT64_C(1) << 32);
    close_model();
}

/* ---- After a crash ---- */

/* Statuses as the log alone gives them. */
typedef struct Replay {
    SlruEnv env;
    struct {
        bool is_there;
        uint8_t bytes[BLOCK_SIZE];
    } pages[4];
} Replay;

static void replay_record(void *arg, const WalRecord *record)
{
    Replay *r = arg;
    WalEffect effect;
    Array touches;

    walrec_effect(record, &effect);
    array_init(&touches, sizeof(SlruTouch));
    slru_touched(&r->env, record, &effect, &touches);
    array_foreach(SlruTouch, touch, &touches) {
        CU_ASSERT_TRUE_FATAL(touch->kind == &slru_xact && touch->page < ARRAY_LEN(r->pages));
        slru_redo_page(record, &effect, touch, r->pages[touch->page].bytes);
    }
    slru_env_follow(&r->env, record, &effect);
}

static XactStatus replayed_status(const Replay *r, Xid xid)
{
    return xact_status_get(r->pages[slru_page_of(&slru_xact, xid)].bytes, xid);
}

static void check_replayed(const Replay *r, const Tree *t)
{
    TreeState state = (TreeState)atomic_load(&t->state);
    XactStatus top = replayed_status(r, t->top);

    if (state == TREE_NONE)
        return;
    if (state == TREE_COMMITTED && !t->is_lazy && top != XACT_COMMITTED)
        complain("reported commit", t->top, "is lost");
    if (state == TREE_ABORTED && top == XACT_COMMITTED)
        complain("abort", t->top, "has committed");
    for (unsigned i = 0; i < t->child_count; i++) {
        XactStatus child = replayed_status(r, t->children[i]);
        bool is_committed = top == XACT_COMMITTED && !t->is_rolled_back[i];

        if ((child == XACT_COMMITTED) != is_committed || child == XACT_SUB_COMMITTED)
            complain("child", t->children[i], "is not as its parent");
    }
    atomic_fetch_add(&model->checks, 1);
}

/* What is in the files must be in the log: no status may come to disk before its record. */
static void check_files(const Replay *r)
{
    static uint8_t bytes[SLRU_SEGMENT_SIZE];
    OsFile *f = os_file_open("pg_xact/0000", OS_READ);
    size_t len = os_file_read(f, bytes, sizeof bytes);
    Xid last = (Xid)(len / BLOCK_SIZE * slru_xact.items_per_page);

    os_file_close(f);
    for (Xid xid = 1000; xid < last; xid++) {
        const uint8_t *page = bytes + (size_t)slru_page_of(&slru_xact, xid) * BLOCK_SIZE;

        if (xact_status_get(page, xid) == XACT_COMMITTED &&
            replayed_status(r, xid) != XACT_COMMITTED)
            complain("status on disk", xid, "is not in the log");
    }
}

static void write_until_killed(void *arg, unsigned number)
{
    (void)arg;
    if (number == 0) {
        txn_rig_enter_child();
        for (;;) {
            clog_checkpoint();
            clock_sleep_ms(1);
        }
    }
    write_trees(number, UINT32_MAX);
}

/* The server's own recovery must tell the same, also of what is in no list. */
static void check_recovered(const Replay *r)
{
    Lsn lsn;

    for (Xid xid = 1000; xid_precedes(xid, (Xid)xid_next()); xid++)
        if (clog_get(xid, &lsn) != replayed_status(r, xid))
            complain("recovered status", xid, "is not that of the log");
    CU_ASSERT_EQUAL((Xid)xid_next(), r->env.next_xid);
}

/* Xids that the log does not know are given out again; what it knows to be committed stays so. */
static void forget_what_is_lost(const Replay *r)
{
    for (uint32_t i = 0; i < atomic_load(&model->tree_count); i++) {
        Tree *t = &model->trees[i];

        if (atomic_load(&t->state) == TREE_NONE)
            continue;
        t->is_lazy = false;
        atomic_store(&t->state,
                     replayed_status(r, t->top) == XACT_COMMITTED ? TREE_COMMITTED : TREE_NONE);
    }
}

static void check_after_crash(void)
{
    Replay *r = mem_new(Replay);

    r->env.next_xid = 1000;
    wal_rig_read(&rig.wal, replay_record, r);
    for (uint32_t i = 0; i < atomic_load(&model->tree_count); i++)
        check_replayed(r, &model->trees[i]);
    check_files(r);
    txn_rig_recover(&rig, NULL, NULL);
    check_recovered(r);
    forget_what_is_lost(r);
}

static void a_crash_loses_nothing_that_was_reported(void)
{
    Crowd crowd;
    Seed seed;

    open_model(0);
    model->has_lazy_commits = true;
    seed.state = model->seed;
    for (unsigned round = 0; round < CRASHES; round++) {
        crowd_begin(&crowd, WRITERS + 1, write_until_killed, NULL);
        clock_sleep_ms(50 + (uint32_t)seed_below(&seed, 100));
        for (unsigned i = 0; i <= WRITERS; i++)
            crowd_kill(&crowd, i);
        model->seed += CROWD_MAX;
        check_after_crash();
    }
    CU_ASSERT_TRUE(atomic_load(&model->checks) > 20);
    close_model();
}

UNIT_SUITE(txn_model)
{
    UNIT_TEST(snapshots_see_whole_transactions);
    UNIT_TEST(snapshots_see_whole_transactions_where_numbers_end);
    UNIT_TEST(a_crash_loses_nothing_that_was_reported);
}
