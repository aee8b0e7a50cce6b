/* repl_slot.c - slots in shared memory: made, acquired, given back, dropped. */
#include "common/base/base.h"

#include "server/replication/repl_slot.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/object/role.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery.h"
#include "server/replication/repl_slot_int.h"
#include "server/txn/proc_array.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

static struct {
    ReplSlotShared *shared;
    ReplSlot *own; /* acquired; NULL: none */
    bool has_temporary;
} slots;

static void check_name(const char *name);
static ReplSlot *find_room(const char *name);
static ReplSlot *try_acquire(const char *name, int *pid, uint32_t *seen);
static void drop_acquired(void);
static void set_pid(ReplSlot *slot, int pid);
static void drop_temporary(void);
static Lsn redo_lsn(void);

size_t repl_slot_shmem_size(void)
{
    return size_add(sizeof(ReplSlotShared),
                    size_mul((size_t)setting.max_replication_slots, sizeof(ReplSlot)));
}

void repl_slot_shmem_init(void *place)
{
    ReplSlotShared *s = place;

    slots.shared = s;
    slots.own = NULL;
    lwlock_init(&s->allocation_lock, LW_REPLICATION_SLOT_ALLOCATION, 0);
    lwlock_init(&s->control_lock, LW_REPLICATION_SLOT_CONTROL, 0);
    for (int i = 0; i < setting.max_replication_slots; i++) {
        spin_init(&s->slots[i].lock);
        lwlock_init(&s->slots[i].io_lock, LW_REPLICATION_SLOT_IO, (unsigned)i);
        condvar_init(&s->slots[i].released);
    }
}

ReplSlotShared *repl_slot_shared(void)
{
    return slots.shared;
}

ReplSlot *repl_slot_find(const char *name)
{
    for (int i = 0; i < setting.max_replication_slots; i++) {
        ReplSlot *slot = &slots.shared->slots[i];

        if (slot->is_used && str_equal(slot->data.name, name))
            return slot;
    }
    return NULL;
}

ReplSlotData repl_slot_copy(ReplSlot *slot)
{
    ReplSlotData data;

    spin_lock(&slot->lock);
    data = slot->data;
    spin_unlock(&slot->lock);
    return data;
}

/* ---- What may be done ---- */

void repl_slot_check_settings(void)
{
    if (setting.max_replication_slots == 0)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "replication slots can only be used if max_replication_slots > 0");
    if (setting.wal_level < WAL_LEVEL_REPLICA)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "replication slots can only be used if wal_level >= replica");
}

void repl_slot_check_rights(void)
{
    if (!role_has_attribute(role_current(), ROLE_MAY_REPLICATE))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be superuser or replication role to use replication slots");
}

static void check_name(const char *name)
{
    size_t len = strlen(name);

    if (len == 0)
        err_raise(SQLSTATE_INVALID_NAME,
                  .message = err_fmt("replication slot name \"%s\" is too short", name));
    if (len >= REPL_SLOT_NAME_SIZE)
        err_raise(SQLSTATE_NAME_TOO_LONG,
                  .message = err_fmt("replication slot name \"%s\" is too long", name));
    if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
        err_raise(SQLSTATE_INVALID_NAME,
                  .message =
                      err_fmt("replication slot name \"%s\" contains invalid character", name),
                  .hint = "Replication slot names may only contain lower case letters, numbers, "
                          "and the underscore character.");
}

/* ---- Making ---- */

void repl_slot_create(const char *name, ReplSlotLife life)
{
    ReplSlotShared *s = slots.shared;
    ReplSlotData data = {.life = life};
    ReplSlot *slot;

    ASSERT(slots.own == NULL);
    check_name(name);
    memcpy(data.name, name, strlen(name));

    /* With it nobody else makes or drops one; names and files do not change under us. */
    lwlock_acquire(&s->allocation_lock, LW_EXCLUSIVE);
    slot = find_room(name);
    repl_slot_make_files(&data);
    lwlock_acquire(&s->control_lock, LW_EXCLUSIVE);
    spin_lock(&slot->lock);
    slot->data = data;
    slot->is_dirty = slot->was_dirtied = false;
    slot->pid = process_id();
    slot->is_used = true;
    spin_unlock(&slot->lock);
    lwlock_release(&s->control_lock);
    slots.own = slot;
    slots.has_temporary |= life == REPL_SLOT_TEMPORARY;
    lwlock_release(&s->allocation_lock);
    condvar_broadcast(&slot->released);
}

/* A slot that is free; raises when there is none, or one of that name. */
static ReplSlot *find_room(const char *name)
{
    ReplSlot *room = NULL;
    bool is_there;

    lwlock_acquire(&slots.shared->control_lock, LW_SHARED);
    is_there = repl_slot_find(name) != NULL;
    for (int i = 0; i < setting.max_replication_slots && room == NULL; i++)
        if (!slots.shared->slots[i].is_used)
            room = &slots.shared->slots[i];
    lwlock_release(&slots.shared->control_lock);
    if (is_there)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("replication slot \"%s\" already exists", name));
    if (room == NULL)
        err_raise(SQLSTATE_CONFIGURATION_LIMIT_EXCEEDED,
                  .message = "all replication slots are in use",
                  .hint = "Free one or increase max_replication_slots.");
    return room;
}

void repl_slot_persist(void)
{
    spin_lock(&slots.own->lock);
    slots.own->data.life = REPL_SLOT_PERSISTENT;
    slots.own->is_dirty = slots.own->was_dirtied = true;
    spin_unlock(&slots.own->lock);
    repl_slot_save();
}

/* ---- Acquiring ---- */

void repl_slot_acquire(const char *name, bool waits)
{
    ASSERT(slots.own == NULL);
    for (;;) {
        int pid;
        uint32_t seen;
        ReplSlot *slot = try_acquire(name, &pid, &seen);

        if (pid == process_id()) {
            slots.own = slot;
            return;
        }
        if (!waits)
            err_raise(SQLSTATE_OBJECT_IN_USE,
                      .message =
                          err_fmt("replication slot \"%s\" is active for PID %d", name, pid));
        condvar_wait(&slot->released, &seen, WAIT_EVENT_REPLICATION_SLOT_DROP);
    }
}

/* Who has it now in *pid, and what to wait from in *seen. */
static ReplSlot *try_acquire(const char *name, int *pid, uint32_t *seen)
{
    ReplSlot *slot;

    lwlock_acquire(&slots.shared->control_lock, LW_SHARED);
    slot = repl_slot_find(name);
    if (slot == NULL) {
        lwlock_release(&slots.shared->control_lock);
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("replication slot \"%s\" does not exist", name));
    }
    *seen = condvar_begin(&slot->released);
    spin_lock(&slot->lock);
    if (slot->pid == 0)
        slot->pid = process_id();
    *pid = slot->pid;
    spin_unlock(&slot->lock);
    lwlock_release(&slots.shared->control_lock);
    return slot;
}

void repl_slot_release(void)
{
    ReplSlot *slot = slots.own;

    ASSERT(slot != NULL);
    if (slot->data.life == REPL_SLOT_EPHEMERAL) {
        drop_acquired();
        return;
    }
    slots.own = NULL;
    /* A temporary one stays its session's. */
    if (slot->data.life == REPL_SLOT_PERSISTENT)
        set_pid(slot, 0);
}

static void set_pid(ReplSlot *slot, int pid)
{
    spin_lock(&slot->lock);
    slot->pid = pid;
    spin_unlock(&slot->lock);
    condvar_broadcast(&slot->released);
}

bool repl_slot_is_acquired(void)
{
    return slots.own != NULL;
}

void repl_slot_clean_up(void)
{
    if (slots.shared == NULL || (slots.own == NULL && !slots.has_temporary))
        return;
    ERR_TRY() {
        if (slots.own != NULL)
            repl_slot_release();
        drop_temporary();
    }
    ERR_CATCH() {
        err_log_report(err_caught());
        lwlock_release_all();
        slots.own = NULL;
    }
    ERR_END();
}

/* Those that this session has made. */
static void drop_temporary(void)
{
    const int self = process_id();

    for (int i = 0; i < setting.max_replication_slots && slots.has_temporary; i++) {
        ReplSlot *slot = &slots.shared->slots[i];
        bool is_ours;

        lwlock_acquire(&slots.shared->control_lock, LW_SHARED);
        is_ours = slot->is_used && slot->pid == self && slot->data.life == REPL_SLOT_TEMPORARY;
        lwlock_release(&slots.shared->control_lock);
        if (!is_ours)
            continue;
        slots.own = slot;
        drop_acquired();
    }
    slots.has_temporary = false;
}

/* ---- Dropping ---- */

void repl_slot_drop(const char *name, bool waits)
{
    repl_slot_acquire(name, waits);
    drop_acquired();
}

static void drop_acquired(void)
{
    ReplSlotShared *s = slots.shared;
    ReplSlot *slot = slots.own;
    ReplSlotData data = repl_slot_copy(slot);

    lwlock_acquire(&s->allocation_lock, LW_EXCLUSIVE);
    if (!repl_slot_hide_files(data.name)) {
        slots.own = NULL;
        set_pid(slot, 0);
        lwlock_release(&s->allocation_lock);
        err_raise(SQLSTATE_IO_ERROR,
                  .message = err_fmt("could not drop replication slot \"%s\"", data.name));
    }
    lwlock_acquire(&s->control_lock, LW_EXCLUSIVE);
    spin_lock(&slot->lock);
    slot->is_used = false;
    slot->pid = 0;
    slot->is_dirty = slot->was_dirtied = false;
    slot->data = (ReplSlotData){0};
    spin_unlock(&slot->lock);
    lwlock_release(&s->control_lock);
    slots.own = NULL;
    condvar_broadcast(&slot->released);
    repl_slot_spread_xmin();
    repl_slot_remove_hidden(data.name);
    lwlock_release(&s->allocation_lock);
}

/* ---- The acquired one ---- */

ReplSlotData repl_slot_data(void)
{
    return repl_slot_copy(slots.own);
}

void repl_slot_set_restart_lsn(Lsn lsn)
{
    spin_lock(&slots.own->lock);
    if (slots.own->data.restart_lsn != lsn) {
        slots.own->data.restart_lsn = lsn;
        slots.own->is_dirty = slots.own->was_dirtied = true;
    }
    spin_unlock(&slots.own->lock);
}

void repl_slot_set_xmin(Xid xmin, Xid catalog_xmin)
{
    bool has_changed;

    spin_lock(&slots.own->lock);
    has_changed = slots.own->data.xmin != xmin || slots.own->data.catalog_xmin != catalog_xmin;
    slots.own->data.xmin = xmin;
    slots.own->data.catalog_xmin = catalog_xmin;
    slots.own->is_dirty |= has_changed;
    slots.own->was_dirtied |= has_changed;
    spin_unlock(&slots.own->lock);
    if (has_changed)
        repl_slot_spread_xmin();
}

/*
 * A checkpoint may remove log just before it sees the slot: then it has noted that, and we begin
 * with a newer redo point.
 */
void repl_slot_reserve_wal(void)
{
    const uint32_t size = wal_identity()->segment_size;
    Lsn lsn;

    do {
        lsn = redo_lsn();
        repl_slot_set_restart_lsn(lsn);
    } while (wal_last_removed_segment() >= lsn / size);
}

static Lsn redo_lsn(void)
{
    ControlFile file;

    if (!recovery_is_running())
        return wal_redo_lsn();
    control_get(&file);
    return file.checkpoint.redo;
}

void repl_slot_save(void)
{
    repl_slot_write(slots.own, ERR_ERROR);
}

/* ---- All of them ---- */

bool repl_slot_try_read(const char *name, ReplSlotRow *out)
{
    ReplSlot *slot;

    lwlock_acquire(&slots.shared->control_lock, LW_SHARED);
    slot = repl_slot_find(name);
    if (slot != NULL) {
        spin_lock(&slot->lock);
        *out = (ReplSlotRow){.data = slot->data, .pid = slot->pid};
        spin_unlock(&slot->lock);
    }
    lwlock_release(&slots.shared->control_lock);
    return slot != NULL;
}

void repl_slot_list(Array *rows)
{
    const size_t most = (size_t)setting.max_replication_slots;
    ReplSlotRow *copies = mem_new_array(ReplSlotRow, size_max(most, 1));
    size_t count = 0;

    lwlock_acquire(&slots.shared->control_lock, LW_SHARED);
    for (size_t i = 0; i < most; i++) {
        ReplSlot *slot = &slots.shared->slots[i];

        if (!slot->is_used)
            continue;
        spin_lock(&slot->lock);
        copies[count++] = (ReplSlotRow){.data = slot->data, .pid = slot->pid};
        spin_unlock(&slot->lock);
    }
    lwlock_release(&slots.shared->control_lock);
    array_init(rows, sizeof(ReplSlotRow));
    for (size_t i = 0; i < count; i++)
        *(ReplSlotRow *)array_push(rows) = copies[i];
}

static void take_older(Xid *oldest, Xid xid)
{
    if (xid != XID_NONE && (*oldest == XID_NONE || xid_precedes(xid, *oldest)))
        *oldest = xid;
}

void repl_slot_spread_xmin(void)
{
    Xid data = XID_NONE, catalog = XID_NONE;

    /* Held on, so that of two who do this the later one tells last. */
    lwlock_acquire(&slots.shared->control_lock, LW_EXCLUSIVE);
    for (int i = 0; i < setting.max_replication_slots; i++) {
        ReplSlot *slot = &slots.shared->slots[i];
        ReplSlotData copy;

        if (!slot->is_used)
            continue;
        copy = repl_slot_copy(slot);
        if (copy.invalidated_at != LSN_NONE && copy.restart_lsn == LSN_NONE)
            continue;
        take_older(&data, copy.xmin);
        take_older(&catalog, copy.catalog_xmin);
    }
    proc_array_set_slot_xmin(data, catalog);
    lwlock_release(&slots.shared->control_lock);
}

Lsn repl_slot_oldest_lsn(void)
{
    Lsn oldest = LSN_NONE;

    lwlock_acquire(&slots.shared->control_lock, LW_SHARED);
    for (int i = 0; i < setting.max_replication_slots; i++) {
        ReplSlot *slot = &slots.shared->slots[i];
        Lsn lsn;

        if (!slot->is_used)
            continue;
        lsn = repl_slot_copy(slot).restart_lsn;
        if (lsn != LSN_NONE && (oldest == LSN_NONE || lsn < oldest))
            oldest = lsn;
    }
    lwlock_release(&slots.shared->control_lock);
    return oldest;
}
