/*
 * snapshot.c - the snapshots of a process: which are in use, and what that holds back
 *
 * A few are in fixed memory and filled again and again: the current one, the newest, the catalogs'.
 * What must stay (pushed, registered, the first one of REPEATABLE READ) is a copy with two counts
 * and is freed when both are zero. The copies that are registered stand in a list; the process's
 * xmin is that of the oldest in use, and goes when none is.
 */
#include "common/base/base.h"

#include "server/txn/snapshot.h"

#include <stdio.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"

/* A snapshot that is copied, with its place in the list of those registered. */
typedef struct Copy {
    Snapshot s;
    struct Copy *prev, *next;
    struct Copy *next_kept;
} Copy;

typedef struct Active {
    struct Active *below;
    Copy *copy;
    unsigned level; /* nest level of the transaction that pushed it */
} Active;

static struct {
    MemContext *mem; /* lives as long as the process */
    Snapshot current_place, latest_place, catalog_place;
    const Snapshot *current; /* current_place, or the transaction's first one; NULL */
    const Snapshot *latest;
    bool has_catalog;
    Copy *first; /* of REPEATABLE READ: registered, but with no owner */
    bool is_first_taken;
    Copy *kept; /* by next_kept: registered, but with no owner */
    Active *active;
    Copy *registered; /* a list, newest first */
} snapshots;

const Snapshot snapshot_self = {.kind = SNAPSHOT_SELF};
const Snapshot snapshot_any = {.kind = SNAPSHOT_ANY};

static void release_owned(uintptr_t item);
static void describe_owned(uintptr_t item, char *text, size_t size);

static const OwnerKind owned = {
    .name = "snapshot",
    .phase = OWNER_AFTER_LOCKS,
    .order = 10,
    .release = release_owned,
    .describe = describe_owned,
};

static void prepare(void);
static void fill(Snapshot *s);
static const Snapshot *take_first(void);
static void keep_first(const Snapshot *s);
static Copy *copy_of(const Snapshot *s);
static Copy *make_copy(const Snapshot *s);
static void push_copy(Copy *copy);
static void link_registered(Copy *copy);
static void unlink_registered(Copy *copy);
static void free_if_unused(Copy *copy);
static void pop_active(void);
static void advance_own_xmin(void);
static bool contains(const Xid *xids, uint32_t count, Xid xid);

/* ---- Taking ---- */

const Snapshot *snapshot_take(void)
{
    if (!snapshots.is_first_taken)
        return take_first();
    if (txn_isolation() >= TXN_REPEATABLE_READ)
        return snapshots.current;
    snapshot_forget_catalog();
    fill(&snapshots.current_place);
    snapshots.current = &snapshots.current_place;
    return snapshots.current;
}

static const Snapshot *take_first(void)
{
    /* One that only reads can hurt no other, as long as those that write are refused. */
    if (txn_isolation() == TXN_SERIALIZABLE && !txn_is_read_only())
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "isolation level SERIALIZABLE is not supported",
                  .hint = "Use REPEATABLE READ.");
    prepare();
    snapshot_forget_catalog();
    fill(&snapshots.current_place);
    snapshots.current = &snapshots.current_place;
    if (txn_isolation() >= TXN_REPEATABLE_READ)
        keep_first(snapshots.current);
    snapshots.is_first_taken = true;
    return snapshots.current;
}

static void keep_first(const Snapshot *s)
{
    snapshots.first = make_copy(s);
    snapshots.first->s.registered_count++;
    link_registered(snapshots.first);
    snapshots.current = &snapshots.first->s;
}

bool snapshot_take_over(const Snapshot *s, VirtualXid source)
{
    prepare();
    snapshot_forget_catalog();
    if (!proc_array_take_over_xmin(s->xmin, source))
        return false;
    keep_first(s);
    snapshots.first->s.command = txn_command(false);
    snapshots.is_first_taken = true;
    return true;
}

const Snapshot *snapshot_keep(const Snapshot *s)
{
    Copy *copy = make_copy(s);

    copy->s.registered_count++;
    link_registered(copy);
    copy->next_kept = snapshots.kept;
    snapshots.kept = copy;
    return &copy->s;
}

const Snapshot *snapshot_latest(void)
{
    if (!snapshots.is_first_taken)
        return snapshot_take();
    fill(&snapshots.latest_place);
    snapshots.latest = &snapshots.latest_place;
    return snapshots.latest;
}

/* Kept until somebody says that catalogs may have changed, though no command owns it. */
const Snapshot *snapshot_catalog(void)
{
    prepare();
    if (!snapshots.has_catalog) {
        fill(&snapshots.catalog_place);
        snapshots.has_catalog = true;
    }
    snapshots.catalog_place.command = txn_command(false);
    return &snapshots.catalog_place;
}

void snapshot_forget_catalog(void)
{
    if (!snapshots.has_catalog)
        return;
    snapshots.has_catalog = false;
    advance_own_xmin();
}

bool snapshot_is_first_taken(void)
{
    return snapshots.is_first_taken;
}

/* Room for all that can run, once. */
static void prepare(void)
{
    Snapshot *places[] = {&snapshots.current_place, &snapshots.latest_place,
                          &snapshots.catalog_place};

    if (snapshots.mem != NULL)
        return;
    snapshots.mem = mem_context_new(NULL, "snapshots");
    for (unsigned i = 0; i < ARRAY_LEN(places); i++) {
        places[i]->xids = mem_alloc_in(snapshots.mem, proc_array_xid_max() * sizeof(Xid));
        places[i]->subxids = mem_alloc_in(snapshots.mem, proc_array_subxid_max() * sizeof(Xid));
    }
}

static void fill(Snapshot *s)
{
    proc_array_take_snapshot(s);
    s->command = txn_command(false);
}

void snapshot_set_command(Cid command)
{
    if (!snapshots.is_first_taken)
        return;
    snapshots.current_place.command = command;
    snapshots.latest_place.command = command;
    if (snapshots.first != NULL)
        snapshots.first->s.command = command;
}

/* ---- Copies ---- */

/*
 * s itself when it is one already. The transaction's first one is copied once more: it sees what
 * later commands do, and the copy does not.
 */
static Copy *copy_of(const Snapshot *s)
{
    bool is_current = s == snapshots.current || s == snapshots.latest;

    return s->is_copied && !is_current ? (Copy *)(uintptr_t)s : make_copy(s);
}

static Copy *make_copy(const Snapshot *s)
{
    size_t size = sizeof(Copy) + ((size_t)s->xid_count + s->subxid_count) * sizeof(Xid);
    Copy *copy = mem_alloc_in(snapshots.mem, size);
    Xid *xids = (Xid *)(void *)(copy + 1);

    copy->s = *s;
    copy->s.xids = xids;
    copy->s.subxids = xids + s->xid_count;
    copy->s.is_copied = true;
    copy->s.active_count = copy->s.registered_count = 0;
    if (s->xid_count > 0)
        memcpy(copy->s.xids, s->xids, s->xid_count * sizeof(Xid));
    if (s->subxid_count > 0)
        memcpy(copy->s.subxids, s->subxids, s->subxid_count * sizeof(Xid));
    return copy;
}

static void free_if_unused(Copy *copy)
{
    if (copy->s.active_count == 0 && copy->s.registered_count == 0) {
        mem_free(copy);
        advance_own_xmin();
    }
}

/* ---- The stack ---- */

void snapshot_push(const Snapshot *s)
{
    push_copy(copy_of(s));
}

void snapshot_push_latest(void)
{
    push_copy(make_copy(snapshot_latest()));
}

static void push_copy(Copy *copy)
{
    Active *a = mem_alloc_in(snapshots.mem, sizeof *a);

    a->copy = copy;
    a->level = txn_nest_level();
    a->below = snapshots.active;
    copy->s.active_count++;
    snapshots.active = a;
}

void snapshot_pop(void)
{
    ASSERT(snapshots.active != NULL);
    pop_active();
}

static void pop_active(void)
{
    Active *a = snapshots.active;

    snapshots.active = a->below;
    a->copy->s.active_count--;
    free_if_unused(a->copy);
    mem_free(a);
}

const Snapshot *snapshot_active(void)
{
    ASSERT(snapshots.active != NULL);
    return &snapshots.active->copy->s;
}

bool snapshot_has_active(void)
{
    return snapshots.active != NULL;
}

void snapshot_advance_command(void)
{
    Snapshot *s = &snapshots.active->copy->s;

    /* Whoever else has it would see its own future. */
    ASSERT(s->active_count == 1 && s->registered_count == 0);
    s->command = txn_command(false);
}

/* ---- Registered ---- */

const Snapshot *snapshot_register(const Snapshot *s)
{
    Copy *copy;

    if (s == NULL)
        return NULL;
    owner_room(&owned);
    copy = copy_of(s);
    if (copy->s.registered_count++ == 0)
        link_registered(copy);
    owner_note(&owned, (uintptr_t)copy);
    return &copy->s;
}

const Snapshot *snapshot_register_advanced(const Snapshot *s)
{
    Snapshot next = *s;

    next.is_copied = false;
    next.command = txn_command(false);
    return snapshot_register(&next);
}

void snapshot_unregister(const Snapshot *s)
{
    if (s == NULL)
        return;
    owner_forget(&owned, (uintptr_t)s);
    release_owned((uintptr_t)s);
}

static void release_owned(uintptr_t item)
{
    Copy *copy = (Copy *)item;

    ASSERT(copy->s.registered_count > 0);
    if (--copy->s.registered_count == 0)
        unlink_registered(copy);
    free_if_unused(copy);
}

static void describe_owned(uintptr_t item, char *text, size_t size)
{
    const Copy *copy = (const Copy *)item;

    snprintf(text, size, "snapshot of xmin %u, xmax %u", copy->s.xmin, copy->s.xmax);
}

static void link_registered(Copy *copy)
{
    copy->prev = NULL;
    copy->next = snapshots.registered;
    if (copy->next != NULL)
        copy->next->prev = copy;
    snapshots.registered = copy;
}

static void unlink_registered(Copy *copy)
{
    if (copy->prev != NULL)
        copy->prev->next = copy->next;
    else
        snapshots.registered = copy->next;
    if (copy->next != NULL)
        copy->next->prev = copy->prev;
}

/*
 * The oldest that is in use decides. Those on the stack are not looked at one by one: as long as
 * there are any, our xmin stays.
 */
static void advance_own_xmin(void)
{
    Xid oldest = XID_NONE;

    /* After the end of the transaction there is none, and the owners give back what is left. */
    if (snapshots.active != NULL || proc_array_own_xmin() == XID_NONE)
        return;
    if (snapshots.has_catalog)
        oldest = snapshots.catalog_place.xmin;
    for (const Copy *copy = snapshots.registered; copy != NULL; copy = copy->next)
        if (oldest == XID_NONE || xid_precedes(copy->s.xmin, oldest))
            oldest = copy->s.xmin;
    if (oldest == XID_NONE || xid_precedes(proc_array_own_xmin(), oldest))
        proc_array_set_own_xmin(oldest);
}

/* ---- Looking ---- */

bool snapshot_shows_running(const Snapshot *s, Xid xid)
{
    if (xid_precedes(xid, s->xmin))
        return false;
    if (!xid_precedes(xid, s->xmax))
        return true;
    if (s->was_in_recovery) {
        if (s->is_overflowed) {
            xid = subtrans_top(xid);
            if (xid_precedes(xid, s->xmin))
                return false;
        }
        return contains(s->subxids, s->subxid_count, xid);
    }
    if (!s->is_overflowed) {
        if (contains(s->subxids, s->subxid_count, xid))
            return true;
    } else {
        /* Those that are not listed lead to a top-level one, which is. */
        xid = subtrans_top(xid);
        if (xid_precedes(xid, s->xmin))
            return false;
    }
    return contains(s->xids, s->xid_count, xid);
}

/* Blocks without a branch inside, for the compiler to make vectors of. */
static bool contains(const Xid *xids, uint32_t count, Xid xid)
{
    uint32_t i = 0;

    for (; i + 16 <= count; i += 16) {
        uint32_t found = 0;

        for (uint32_t j = 0; j < 16; j++)
            found |= xids[i + j] == xid;
        if (found != 0)
            return true;
    }
    for (; i < count; i++)
        if (xids[i] == xid)
            return true;
    return false;
}

/* ---- Ends ---- */

/* What the aborted subtransaction pushed goes; a commit hands it on to the parent. */
void snapshot_at_end_of_subtransaction(unsigned level, bool is_commit)
{
    if (is_commit) {
        for (Active *a = snapshots.active; a != NULL && a->level >= level; a = a->below)
            a->level = level - 1;
        return;
    }
    while (snapshots.active != NULL && snapshots.active->level >= level)
        pop_active();
}

/* Owners have given back what was registered, but for the first one, which has none. */
void snapshot_at_end_of_transaction(bool is_commit)
{
    if (snapshots.first != NULL) {
        Copy *first = snapshots.first;

        snapshots.first = NULL;
        first->s.registered_count--;
        if (first->s.registered_count == 0)
            unlink_registered(first);
        if (first->s.active_count == 0 && first->s.registered_count == 0)
            mem_free(first);
    }
    while (snapshots.kept != NULL) {
        Copy *copy = snapshots.kept;

        snapshots.kept = copy->next_kept;
        unlink_registered(copy);
        mem_free(copy);
    }
    if (is_commit && snapshots.active != NULL)
        err_log(ERR_WARNING,
                .message = err_fmt("snapshot %p still active", (const void *)snapshots.active));
    while (snapshots.active != NULL) {
        Active *a = snapshots.active;

        snapshots.active = a->below;
        if (--a->copy->s.active_count == 0 && a->copy->s.registered_count == 0)
            mem_free(a->copy);
        mem_free(a);
    }
    snapshots.has_catalog = false;
    snapshots.current = snapshots.latest = NULL;
    snapshots.is_first_taken = false;
}

void snapshot_end(void)
{
    if (snapshots.mem != NULL)
        mem_delete(snapshots.mem);
    memset(&snapshots, 0, sizeof snapshots);
}
