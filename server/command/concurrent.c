/*
 * concurrent.c - indexes come and go beside others; concurrent.h has the how
 *
 *     new      made, not ready > all who write know of it > built, ready > all who write keep it
 *              > what it lacks is put in > nobody is left who may need more > valid
 *     dropped  not valid > nobody uses it > dead > nobody keeps it > gone
 *     again    a copy as new, but for valid > they change names and places > dropped
 *
 * "All" are those who hold a lock on the table that is in the way at that moment: whoever comes
 * later knows what was committed before. Locks of the session stand from one transaction to the
 * next; when one of these fails they go with it.
 */
#include "common/base/base.h"

#include "server/command/concurrent.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend_drop.h"
#include "server/command/index_swap.h"
#include "server/command/make.h"
#include "server/command/table_use.h"
#include "server/command/usage.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/lock/lock_wait_for.h"
#include "server/object/role.h"
#include "server/stats/activity.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"

/* As pg_stat_progress_create_index has it. */
enum { PROGRESS_COMMAND = 0, PROGRESS_INDEX = 6, PROGRESS_PHASE = 9 };
typedef enum Phase {
    PHASE_NONE,
    PHASE_WAIT_BEFORE_BUILD,
    PHASE_BUILD,
    PHASE_WAIT_BEFORE_VALIDATION,
    PHASE_VALIDATE,
    PHASE_WAIT_FOR_SNAPSHOTS = 7,
    PHASE_WAIT_BEFORE_DEAD,
    PHASE_WAIT_BEFORE_DROP,
} Phase;
enum { COMMAND_CREATE = 2, COMMAND_REINDEX = 4 };

/* ---- Steps ---- */

static void next_transaction(void)
{
    if (snapshot_has_active())
        snapshot_pop();
    txn_end_command();
    txn_start_command();
}

/* What it says of itself lasts for a transaction. */
static void show(const ConcurrentIndex *i, Phase phase)
{
    if (i->is_safe)
        proc_array_set_flags(PROC_IN_SAFE_INDEX);
    command_progress_begin(PROGRESS_CREATE_INDEX, i->table);
    command_progress_set(PROGRESS_COMMAND, i->copy != 0 ? COMMAND_REINDEX : COMMAND_CREATE);
    command_progress_set(PROGRESS_INDEX, i->copy != 0 ? i->copy : i->index);
    command_progress_set(PROGRESS_PHASE, (int64_t)phase);
}

static void wait_for_holders(Oid table, LockMode mode)
{
    const LockTag tag = lock_tag_of_relation(table);

    lock_wait_for_holders(&tag, mode);
}

/* Those whose snapshots are as old as that one. */
static void wait_for_snapshots(Xid xmin)
{
    Xid next = xid_is_normal(xmin + 1) ? xmin + 1 : XID_FIRST;
    VirtualXid *list;
    size_t count = proc_array_virtual_xids(next, cache_database(), &list);

    for (size_t i = 0; i < count; i++) {
        unsigned flags = proc_array_flags_of(list[i].slot);
        Xid xid, their_xmin;

        check_interrupts();
        proc_array_xids_of(list[i].slot, &xid, &their_xmin);
        if ((flags & (PROC_IN_VACUUM | PROC_IN_SAFE_INDEX)) != 0 || their_xmin == XID_NONE ||
            !xid_precedes(their_xmin, next))
            continue;
        lock_wait_for_vxid(list[i]);
    }
    mem_free(list);
}

static void take_step(Oid table, Oid index, IndexStep step)
{
    Relation *rel = relation_open(table, LOCK_SHARE_UPDATE_EXCLUSIVE);

    index_take_step(index, step);
    inval_note_relation(table, rel->is_shared);
    relation_close(rel, LOCK_NONE);
}

static void build(Oid table, Oid index)
{
    Relation *rel = relation_open(table, LOCK_SHARE_UPDATE_EXCLUSIVE), *index_rel;

    snapshot_push(snapshot_take());
    index_rel = index_open(index, LOCK_ROW_EXCLUSIVE);
    relation_close(index_rel, LOCK_NONE);
    index_build_beside(rel, index);
    snapshot_pop();
    relation_close(rel, LOCK_NONE);
    take_step(table, index, INDEX_READY);
}

typedef struct Validating {
    Relation *table, *index;
} Validating;

static void add_entries(void *arg)
{
    const Validating *v = arg;

    index_validate(v->table, v->index, snapshot_active());
}

/* Returns the oldest transaction that ran for the snapshot by which rows were looked for. */
static Xid validate(Oid table, Oid index)
{
    Validating v = {.table = relation_open(table, LOCK_SHARE_UPDATE_EXCLUSIVE),
                    .index = index_open(index, LOCK_ROW_EXCLUSIVE)};
    Xid xmin;

    snapshot_push(snapshot_take());
    xmin = snapshot_active()->xmin;
    relation_heap(v.table);
    relation_btree(v.index);
    role_run_as(v.table->row->relowner, ROLE_RESTRICTED, add_entries, &v);
    snapshot_pop();
    relation_close(v.index, LOCK_NONE);
    relation_close(v.table, LOCK_NONE);
    return xmin;
}

/* ---- A new one ---- */

static bool is_safe(Oid index)
{
    Relation *rel = index_open(index, LOCK_NONE);
    bool safe = rel->index->expressions == NULL && rel->index->predicate == NULL;

    relation_close(rel, LOCK_NONE);
    return safe;
}

void concurrent_finish_new(const ConcurrentIndex *index)
{
    ConcurrentIndex i = *index;
    Xid xmin;

    lock_relation_for_session(i.table, LOCK_SHARE_UPDATE_EXCLUSIVE);
    i.is_safe = is_safe(i.index);
    next_transaction();
    show(&i, PHASE_WAIT_BEFORE_BUILD);
    wait_for_holders(i.table, LOCK_SHARE);
    command_progress_set(PROGRESS_PHASE, PHASE_BUILD);
    build(i.table, i.index);
    next_transaction();
    show(&i, PHASE_WAIT_BEFORE_VALIDATION);
    wait_for_holders(i.table, LOCK_SHARE);
    command_progress_set(PROGRESS_PHASE, PHASE_VALIDATE);
    xmin = validate(i.table, i.index);
    next_transaction();
    show(&i, PHASE_WAIT_FOR_SNAPSHOTS);
    wait_for_snapshots(xmin);
    take_step(i.table, i.index, INDEX_VALID);
    command_progress_end();
    lock_relation_unlock_for_session(i.table, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

/* ---- One that goes ---- */

void concurrent_drop(const ConcurrentIndex *index)
{
    const ConcurrentIndex i = *index;
    const ObjectAddress object = object_address(PG_CLASS_CATALOG, i.index);

    lock_relation_for_session(i.table, LOCK_SHARE_UPDATE_EXCLUSIVE);
    lock_relation_for_session(i.index, LOCK_SHARE_UPDATE_EXCLUSIVE);
    take_step(i.table, i.index, INDEX_INVALID);
    next_transaction();
    wait_for_holders(i.table, LOCK_ACCESS_EXCLUSIVE);
    take_step(i.table, i.index, INDEX_DEAD);
    next_transaction();
    wait_for_holders(i.table, LOCK_ACCESS_EXCLUSIVE);
    lock_relation(i.table, LOCK_SHARE_UPDATE_EXCLUSIVE);
    lock_relation(i.index, LOCK_ACCESS_EXCLUSIVE);
    object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
    lock_relation_unlock_for_session(i.index, LOCK_SHARE_UPDATE_EXCLUSIVE);
    lock_relation_unlock_for_session(i.table, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

/* ---- One again ---- */

typedef struct Again {
    Array *indexes; /* ConcurrentIndex */
    Array locked;   /* Oid: for the session */
    Oid of;         /* what was asked for */
    bool is_verbose;
} Again;

static void keep_locked(Again *a, Oid relation)
{
    lock_relation_for_session(relation, LOCK_SHARE_UPDATE_EXCLUSIVE);
    *(Oid *)array_push(&a->locked) = relation;
}

static void make_copies(Again *a)
{
    array_foreach(ConcurrentIndex, i, a->indexes) {
        i->is_safe = is_safe(i->index);
        i->copy = index_swap_make_copy(i->table, i->index, i->tablespace);
        keep_locked(a, i->table);
        keep_locked(a, i->index);
        keep_locked(a, i->copy);
    }
}

static void wait_for_all(const Again *a, Phase phase, LockMode mode)
{
    array_foreach(const ConcurrentIndex, i, a->indexes) {
        show(i, phase);
        wait_for_holders(i->table, mode);
    }
}

static void fill_copies(const Again *a)
{
    next_transaction();
    wait_for_all(a, PHASE_WAIT_BEFORE_BUILD, LOCK_SHARE);
    array_foreach(const ConcurrentIndex, i, a->indexes) {
        next_transaction();
        show(i, PHASE_BUILD);
        build(i->table, i->copy);
    }
    next_transaction();
    wait_for_all(a, PHASE_WAIT_BEFORE_VALIDATION, LOCK_SHARE);
    array_foreach(const ConcurrentIndex, i, a->indexes) {
        Xid xmin;

        next_transaction();
        show(i, PHASE_VALIDATE);
        xmin = validate(i->table, i->copy);
        next_transaction();
        show(i, PHASE_WAIT_FOR_SNAPSHOTS);
        wait_for_snapshots(xmin);
    }
}

static void drop_old(const Again *a)
{
    next_transaction();
    wait_for_all(a, PHASE_WAIT_BEFORE_DEAD, LOCK_ACCESS_EXCLUSIVE);
    array_foreach(const ConcurrentIndex, i, a->indexes) {
        next_transaction();
        take_step(i->table, i->index, INDEX_DEAD);
    }
    next_transaction();
    wait_for_all(a, PHASE_WAIT_BEFORE_DROP, LOCK_ACCESS_EXCLUSIVE);
    array_foreach(const ConcurrentIndex, i, a->indexes) {
        const ObjectAddress object = object_address(PG_CLASS_CATALOG, i->index);

        lock_relation(i->table, LOCK_SHARE_UPDATE_EXCLUSIVE);
        lock_relation(i->index, LOCK_ACCESS_EXCLUSIVE);
        object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
    }
}

/* usage NULL: of one among others. */
static void tell(Oid relation, const CommandUsage *usage)
{
    Relation *rel = relation_open_if_any(relation, LOCK_NONE);

    if (rel == NULL)
        return;
    err_log(ERR_INFO,
            .message = err_fmt("%s \"%s.%s\" was reindexed", rel->index != NULL ? "index" : "table",
                               schema_name(rel->schema), rel->name),
            .detail = usage != NULL ? err_fmt("%s.", usage_text(usage)) : NULL);
    relation_close(rel, LOCK_NONE);
}

/* An index that was asked for is its copy by now. */
static void tell_all(const Again *a, const CommandUsage *usage)
{
    array_foreach(const ConcurrentIndex, i, a->indexes)
        tell(i->copy, i->index == a->of ? usage : NULL);
    if (((const ConcurrentIndex *)array_at(a->indexes, 0))->index != a->of)
        tell(a->of, usage);
}

static void reindex(Again *a)
{
    CommandUsage usage;

    usage_begin(&usage);
    make_copies(a);
    fill_copies(a);
    array_foreach(const ConcurrentIndex, i, a->indexes) {
        next_transaction();
        lock_relation(i->table, LOCK_SHARE_UPDATE_EXCLUSIVE);
        index_swap(i->table, i->index, i->copy);
    }
    drop_old(a);
    next_transaction();
    if (a->is_verbose)
        tell_all(a, &usage);
}

void concurrent_reindex(Array *indexes, Oid of, bool is_verbose)
{
    Again a = {.indexes = indexes, .of = of, .is_verbose = is_verbose};

    array_init(&a.locked, sizeof(Oid));
    reindex(&a);
    array_foreach(const Oid, oid, &a.locked)
        lock_relation_unlock_for_session(*oid, LOCK_SHARE_UPDATE_EXCLUSIVE);
}
