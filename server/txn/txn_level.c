/*
 * txn_level.c - starting and ending of transactions and subtransactions, as the server does it
 *
 * The order at a commit, which is that of promises to others:
 *
 *     PRE_COMMIT hooks     what may still fail
 *     record, flush        durable from here on (txn_record.c)
 *     commit status        by then the status may be asked for
 *     proc_array_end       new snapshots see it
 *     COMMIT hooks         messages to others, before they can get our locks
 *     owner's phases       pins and the like, locks, files and memory
 *     files that go        nobody can have opened them since
 *
 * An abort goes the same way, and may start from anywhere: an lwlock held, a record half made.
 * Nothing after the record may raise.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/wait_event.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/combo_cid.h"
#include "server/txn/multixact.h"
#include "server/txn/snapshot.h"
#include "server/txn/snapshot_export.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase_int.h"
#include "server/txn/txn_int.h"
#include "server/txn/txn_record.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

TxnState txn = {.isolation = TXN_READ_COMMITTED};

static const TxnHook no_hooks[] = {{.name = NULL}};
static const TxnHook *hooks = no_hooks;

static struct {
    void (*take)(Xid xid);
    void (*give)(Xid xid);
} xid_lock_hooks;

static Level *level_new(Level *parent, const char *name);
static void level_free(Level *sub);
static void note_top_told(void);
static void level_pop(void);
static void run_sub_hooks(TxnEvent event, const Level *level);
static void release_owner(Owner *owner, bool is_commit);
static void end_modules(bool is_commit);
static void forget_what_was_interrupted(void);
static void abort_top(Level *top);
static void abort_sub(Level *sub);
static void hand_children_on(Level *sub);
static void add_children(Level *level, const Xid *xids, size_t count);
static void assign_xid(Level *level);
static void assign_one(Level *level);
static void tell_wal(void);

void txn_set_hooks(const TxnHook *table)
{
    hooks = table != NULL ? table : no_hooks;
}

void txn_set_xid_lock(void (*take)(Xid xid), void (*give)(Xid xid))
{
    xid_lock_hooks.take = take;
    xid_lock_hooks.give = give;
}

void txn_run_hooks(TxnEvent event)
{
    for (const TxnHook *h = hooks; h->name != NULL; h++)
        if (h->on_event != NULL)
            h->on_event(event);
}

static void run_sub_hooks(TxnEvent event, const Level *level)
{
    for (const TxnHook *h = hooks; h->name != NULL; h++)
        if (h->on_sub_event != NULL)
            h->on_sub_event(event, level->sub_id, level->parent->sub_id);
}

void txn_run_command_hooks(void)
{
    for (const TxnHook *h = hooks; h->name != NULL; h++)
        if (h->on_command != NULL)
            h->on_command();
}

/* ---- Levels ---- */

/* Each has memory and an owner of its own, below its parent's; the level itself is the top's. */
static Level *level_new(Level *parent, const char *name)
{
    const char *kind = parent != NULL ? "subtransaction" : "transaction";
    MemContext *mem = mem_context_new(parent != NULL ? parent->mem : NULL, kind);
    MemContext *place = parent != NULL ? txn.top->mem : mem;
    Level *level = mem_alloc_in(place, sizeof *level);

    level->parent = parent;
    level->mem = mem;
    level->nest_level = parent != NULL ? parent->nest_level + 1 : 1;
    level->name = name != NULL ? mem_strdup_in(place, name) : NULL;
    level->owner = owner_new(parent != NULL ? parent->owner : NULL, kind);
    level->was_read_only = txn.is_read_only;
    level->was_deferrable = txn.is_deferrable;
    return level;
}

void level_start_top(void)
{
    Level *top;

    ASSERT(txn.current == NULL);
    txn.mem_before = mem_current();
    top = level_new(NULL, NULL);
    txn.current = txn.top = top;
    top->sub_id = txn.last_sub_id = 1;
    txn.command = 0;
    txn.is_command_used = false;
    txn.isolation = (TxnIsolation)setting.default_transaction_isolation;
    txn.forces_sync = false;
    txn.is_read_only = setting.default_transaction_read_only || !wal_is_started();
    txn.is_deferrable = setting.default_transaction_deferrable;
    txn.needs_immediate_commit = false;
    txn.is_pipelined = false;
    txn.unreported_count = 0;
    if (txn.statement_time == 0)
        txn_set_statement_time();
    txn.start_time = txn.statement_time;
    txn.end_time = 0;

    mem_switch(top->mem);
    owner_switch(top->owner);
    proc_array_begin_local();
    top->guc_level = guc_nest_begin();
    tell_wal();
    txn_run_hooks(TXN_START);
}

void level_push_sub(const char *name)
{
    Level *sub;

    if (txn.last_sub_id == UINT32_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = "cannot have more than 2^32-1 subtransactions in a transaction");
    note_top_told();
    sub = level_new(txn.current, name);
    sub->sub_id = ++txn.last_sub_id;
    txn.current = sub;
    mem_switch(sub->mem);
    owner_switch(sub->owner);
    sub->guc_level = guc_nest_begin();
    tell_wal();
    run_sub_hooks(TXN_START, sub);
}

/* Of a subtransaction; its memory is the caller's business. */
static void level_free(Level *sub)
{
    mem_free(sub->children);
    mem_free(sub->name);
    mem_free(sub);
}

/* Before another level becomes current. */
static void note_top_told(void)
{
    if (txn.current->xid != 0 && wal_top_xid_is_logged())
        txn.current->is_top_told = true;
}

/* The parent's things are current again. Memory goes by the caller's choice. */
static void level_pop(void)
{
    Level *level = txn.current, *parent = level->parent;

    owner_switch(parent != NULL ? parent->owner : NULL);
    owner_free(level->owner);
    level->owner = NULL;
    txn.current = parent;
    mem_switch(parent != NULL ? parent->mem : txn.mem_before);
    if (parent == NULL)
        txn.top = NULL;
    tell_wal();
}

/* ---- Commit ---- */

void level_commit_top(void)
{
    Level *top = txn.current;
    Xid latest;

    ASSERT(top == txn.top && top->state == LEVEL_RUNNING);
    txn_run_hooks(TXN_PRE_COMMIT);
    interrupt_hold();
    top->state = LEVEL_COMMITTING;
    latest = txn_record_commit();
    proc_array_end(latest);

    txn_run_hooks(TXN_COMMIT);
    release_owner(top->owner, true);
    drop_run(true);
    guc_nest_end(top->guc_level, true);
    end_modules(true);
    txn_run_hooks(TXN_CLEANUP);
    level_pop();
    mem_delete(top->mem);
    interrupt_resume();
}

/*
 * The transaction goes on as a prepared one, which holds its xid and its locks; here is nothing
 * left of it. A raise until its record is in the log aborts it.
 */
void level_prepare_top(const char *gid)
{
    Level *top = txn.current;

    ASSERT(top == txn.top && top->state == LEVEL_RUNNING);
    txn_run_hooks(TXN_PRE_PREPARE);
    txn_run_hooks(TXN_PRE_COMMIT);
    twophase_begin(gid, txn_top_xid());
    txn_run_hooks(TXN_PREPARE);
    interrupt_hold();
    top->state = LEVEL_PREPARING;
    twophase_prepare();
    proc_array_clear();

    txn_run_hooks(TXN_PREPARED);
    release_owner(top->owner, true);
    drop_forget();
    guc_nest_end(top->guc_level, true);
    end_modules(true);
    twophase_unlock();
    txn_run_hooks(TXN_CLEANUP);
    level_pop();
    mem_delete(top->mem);
    interrupt_resume();
}

/* Sees its own changes as the parent will: the next command does. */
void level_commit_sub(void)
{
    Level *sub = txn.current;

    ASSERT(sub->parent != NULL && sub->state == LEVEL_RUNNING);
    run_sub_hooks(TXN_PRE_COMMIT, sub);
    txn_advance_command();
    hand_children_on(sub);
    sub->state = LEVEL_COMMITTING;
    run_sub_hooks(TXN_COMMIT, sub);
    snapshot_at_end_of_subtransaction(sub->nest_level, true);
    owner_release(sub->owner, OWNER_BEFORE_LOCKS, true);
    /* Nobody waits for a subtransaction that has become part of its parent. */
    if (sub->xid != 0 && xid_lock_hooks.give != NULL)
        xid_lock_hooks.give((Xid)sub->xid);
    owner_release(sub->owner, OWNER_LOCKS, true);
    owner_release(sub->owner, OWNER_AFTER_LOCKS, true);
    drop_run(true);
    guc_nest_end(sub->guc_level, true);
    txn.is_read_only = sub->was_read_only;
    run_sub_hooks(TXN_CLEANUP, sub);

    /* What was made in it belongs to the parent now; when there is nothing, it need not stay. */
    level_pop();
    if (mem_context_size(sub->mem) == 0)
        mem_delete(sub->mem);
    level_free(sub);
}

/* All numbers of the child and its own are greater than those the parent has. */
static void hand_children_on(Level *sub)
{
    Xid xid = (Xid)sub->xid;

    if (xid == XID_NONE)
        return;
    add_children(sub->parent, &xid, 1);
    add_children(sub->parent, sub->children, sub->child_count);
}

static void add_children(Level *level, const Xid *xids, size_t count)
{
    size_t needed = level->child_count + count;

    if (count == 0)
        return;
    if (needed > level->child_room) {
        size_t room = size_max(needed, size_max(2 * level->child_room, 16));

        if (level->children == NULL)
            level->children = mem_alloc_in(txn.top->mem, size_mul(room, sizeof(Xid)));
        else
            level->children = mem_realloc(level->children, size_mul(room, sizeof(Xid)));
        level->child_room = room;
    }
    memcpy(level->children + level->child_count, xids, count * sizeof(Xid));
    level->child_count = needed;
}

static void release_owner(Owner *owner, bool is_commit)
{
    owner_release(owner, OWNER_BEFORE_LOCKS, is_commit);
    multixact_at_end_of_transaction();
    owner_release(owner, OWNER_LOCKS, is_commit);
    owner_release(owner, OWNER_AFTER_LOCKS, is_commit);
}

static void end_modules(bool is_commit)
{
    smgr_at_end_of_transaction();
    combo_cid_at_end_of_transaction();
    snapshot_export_end();
    snapshot_at_end_of_transaction(is_commit);
}

/* ---- Abort ---- */

void level_abort(void)
{
    Level *level = txn.current;

    interrupt_hold();
    forget_what_was_interrupted();
    mem_switch(level->mem);
    owner_switch(level->owner);
    if (level->state == LEVEL_ABORTED)
        err_log(ERR_WARNING, .message = "AbortTransaction while in ABORT state");
    level->state = LEVEL_ABORTED;
    if (level->parent == NULL)
        abort_top(level);
    else
        abort_sub(level);
    interrupt_resume();
}

static void forget_what_was_interrupted(void)
{
    lwlock_release_all();
    wait_event_end();
    wal_reset_insert();
}

static void abort_top(Level *top)
{
    Xid latest = txn_record_abort();

    proc_array_end(latest);
    txn_run_hooks(TXN_ABORT);
    twophase_at_abort();
    release_owner(top->owner, false);
    drop_run(false);
    guc_nest_end(top->guc_level, false);
    end_modules(false);
}

static void abort_sub(Level *sub)
{
    txn_record_abort();
    run_sub_hooks(TXN_ABORT, sub);
    owner_release(sub->owner, OWNER_BEFORE_LOCKS, false);
    owner_release(sub->owner, OWNER_LOCKS, false);
    owner_release(sub->owner, OWNER_AFTER_LOCKS, false);
    drop_run(false);
    guc_nest_end(sub->guc_level, false);
    snapshot_at_end_of_subtransaction(sub->nest_level, false);
    txn.is_read_only = sub->was_read_only;
    txn.is_deferrable = sub->was_deferrable;
}

void level_cleanup(void)
{
    Level *level = txn.current;
    bool is_top = level->parent == NULL;

    ASSERT(level->state == LEVEL_ABORTED);
    if (is_top)
        txn_run_hooks(TXN_CLEANUP);
    else
        run_sub_hooks(TXN_CLEANUP, level);
    level_pop();
    mem_delete(level->mem);
    if (!is_top)
        level_free(level);
}

/* ---- Xids ---- */

Xid txn_xid(void)
{
    if (txn.current->xid == 0)
        assign_xid(txn.current);
    return (Xid)txn.current->xid;
}

Xid txn_top_xid(void)
{
    if (txn.top->xid == 0)
        assign_xid(txn.top);
    return (Xid)txn.top->xid;
}

/* A child's is greater than its parent's, so all above get theirs first. */
static void assign_xid(Level *level)
{
    ASSERT(txn.current->state == LEVEL_RUNNING);
    for (;;) {
        Level *first = level;

        while (first->parent != NULL && first->parent->xid == 0)
            first = first->parent;
        assign_one(first);
        if (first == level)
            break;
    }
    tell_wal();
}

/*
 * The parent is known before the xid can be seen in a page. Who waits for the transaction waits for
 * the lock on its xid, which belongs to its own level.
 */
static void assign_one(Level *level)
{
    bool is_sub = level->parent != NULL;
    Owner *before;

    level->xid = xid_assign(is_sub);
    if (is_sub)
        subtrans_set_parent((Xid)level->xid, (Xid)level->parent->xid);
    if (xid_lock_hooks.take != NULL) {
        before = owner_switch(level->owner);
        xid_lock_hooks.take((Xid)level->xid);
        owner_switch(before);
    }
    if (!is_sub || setting.wal_level < WAL_LEVEL_REPLICA)
        return;
    txn.unreported[txn.unreported_count++] = (Xid)level->xid;
    if (txn.unreported_count == PROC_SUBXIDS_MAX) {
        tell_wal();
        txn_log_assignment((Xid)txn.top->xid, txn.unreported, txn.unreported_count);
        txn.unreported_count = 0;
    }
}

/*
 * Records carry the xid of the current level. For logical decoding the first record of each
 * subtransaction carries the top-level one too; note_top_told() sees whether it has.
 */
static void tell_wal(void)
{
    Xid top = XID_NONE;

    if (txn.current == NULL) {
        wal_set_xid(XID_NONE, XID_NONE);
        return;
    }
    if (setting.wal_level >= WAL_LEVEL_LOGICAL && txn.current != txn.top && txn.current->xid != 0 &&
        !txn.current->is_top_told)
        top = (Xid)txn.top->xid;
    wal_set_xid((Xid)txn.current->xid, top);
}
