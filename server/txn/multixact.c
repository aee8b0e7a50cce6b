/*
 * multixact.c - making and reading multixacts
 *
 * A multixact is a number; pg_multixact/offsets has the number of its first member, and members has
 * those, up to the first member of the next one. Both are written when it is made: its own offset
 * and the next one's (as 15.20 does), so that whoever finds it in a row can read it at once, even
 * when the next one was given out before and is not written yet.
 *
 * Promises
 *   1. Its pages, and the page of the next one's offset, are there before the number is given out.
 *   2. The record is in the log before the pages are written, and before the caller puts the number
 *      into a row.
 */
#include "common/base/base.h"

#include "server/txn/multixact.h"

#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/txn/clog.h"
#include "server/txn/multixact_int.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define OFFSET_BUFFERS 8
#define MEMBER_BUFFERS 16

MultiShared *multi_shared;
Slru *multi_offsets, *multi_members;

static SlruConfig offsets_config(void);
static SlruConfig members_config(void);
static bool offsets_precede(uint32_t page, uint32_t other);
static bool members_precede(uint32_t page, uint32_t other);
static MultiMember *sorted_copy(const MultiMember *members, size_t count);
static int compare_members(const void *a, const void *b);
static void check_updaters(const MultiMember *members, size_t count);
static char *text_of(const MultiMember *members, size_t count);
static MultiXid assign(size_t count, MultiOffset *offset);
static void log_create(MultiXid multi, MultiOffset offset, const MultiMember *members,
                       size_t count);
static void write_offset(MultiXid multi, MultiOffset offset);
static size_t read_members(MultiXid multi, MultiMember **out);
static void read_offsets(MultiXid multi, MultiOffset *first, MultiOffset *end);
static void check_exists(MultiXid multi);
static bool matters(const MultiMember *m);
static _Atomic MultiXid *own_oldest_member(void);
static _Atomic MultiXid *own_oldest_visible(void);

/* ---- Shared memory ---- */

unsigned multixact_entry_count(void)
{
    return proc_slot_count() + (unsigned)setting.max_prepared_transactions;
}

static size_t head_size(void)
{
    return size_align_up(
        sizeof(MultiShared) + multixact_entry_count() * sizeof(multi_shared->entries[0]), 64);
}

size_t multixact_shmem_size(void)
{
    SlruConfig offsets = offsets_config(), members = members_config();

    return head_size() + size_align_up(slru_size(&offsets), 64) + slru_size(&members);
}

void multixact_shmem_init(void *place)
{
    SlruConfig offsets = offsets_config(), members = members_config();
    uint8_t *at = (uint8_t *)place + head_size();

    multi_shared = place;
    lwlock_init(&multi_shared->generation, LW_MULTIXACT_GENERATION, 0);
    lwlock_init(&multi_shared->truncation, LW_MULTIXACT_TRUNCATION, 0);
    multi_offsets = slru_init(at, &offsets);
    multi_members = slru_init(at + size_align_up(slru_size(&offsets), 64), &members);
}

static SlruConfig offsets_config(void)
{
    return (SlruConfig){
        .kind = &slru_multixact_offsets,
        .buffer_count = OFFSET_BUFFERS,
        .lock_number = SLRU_LOCK_MULTI_OFFSETS,
        .is_synced = true,
        .sync_handler = SYNC_MULTI_OFFSETS,
        .precedes = offsets_precede,
    };
}

static SlruConfig members_config(void)
{
    return (SlruConfig){
        .kind = &slru_multixact_members,
        .buffer_count = MEMBER_BUFFERS,
        .lock_number = SLRU_LOCK_MULTI_MEMBERS,
        .is_synced = true,
        .sync_handler = SYNC_MULTI_MEMBERS,
        .precedes = members_precede,
    };
}

static bool offsets_precede(uint32_t page, uint32_t other)
{
    return slru_page_precedes(&slru_multixact_offsets, page, other);
}

static bool members_precede(uint32_t page, uint32_t other)
{
    return slru_page_precedes(&slru_multixact_members, page, other);
}

/* ---- Making ---- */

MultiXid multixact_create(const MultiMember *members, size_t count)
{
    MultiMember *sorted = sorted_copy(members, count);
    MultiXid multi = multixact_cache_find(sorted, count);
    MultiOffset offset;

    ASSERT(count > 0 && atomic_load(own_oldest_member()) != 0);
    if (multi == 0) {
        check_updaters(sorted, count);
        multi = assign(count, &offset);
        log_create(multi, offset, sorted, count);
        multixact_write(multi, offset, sorted, count);
        crit_end();
        multixact_cache_put(multi, sorted, count);
    }
    mem_free(sorted);
    return multi;
}

static MultiMember *sorted_copy(const MultiMember *members, size_t count)
{
    MultiMember *copy = mem_dup(members, count * sizeof *members);

    qsort(copy, count, sizeof *copy, compare_members);
    return copy;
}

static int compare_members(const void *a, const void *b)
{
    const MultiMember *x = a, *y = b;

    if (x->xid != y->xid)
        return x->xid < y->xid ? -1 : 1;
    return (int)x->status - (int)y->status;
}

static void check_updaters(const MultiMember *members, size_t count)
{
    size_t updaters = 0;

    for (size_t i = 0; i < count; i++)
        updaters += multixact_is_update(members[i].status);
    if (updaters > 1)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("new multixact has more than one updating member: %s",
                                     text_of(members, count)));
}

/* "0 2[726 (sh), 727 (upd)]": it has no number yet. */
static char *text_of(const MultiMember *members, size_t count)
{
    static const char *const names[] = {"keysh", "sh", "fornokeyupd", "forupd", "nokeyupd", "upd"};
    StrBuf text;

    STATIC_ASSERT(ARRAY_LEN(names) == MULTI_STATUS_COUNT);
    strbuf_init(&text);
    strbuf_add_fmt(&text, "0 %zu[", count);
    for (size_t i = 0; i < count; i++)
        strbuf_add_fmt(&text, "%s%u (%s)", i == 0 ? "" : ", ", members[i].xid,
                       names[members[i].status]);
    strbuf_add(&text, "]");
    return text.text;
}

/*
 * The next number and room for the members. It leaves a critical section open: a number that was
 * given out must be written, or readers would find a hole.
 */
static MultiXid assign(size_t count, MultiOffset *offset)
{
    MultiXid multi;

    if (!wal_is_started())
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "cannot assign MultiXactIds during recovery");
    wal_begin_insert();
    wal_reset_insert(); /* its memory is there from now on */

    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    multixact_check_number();
    multixact_check_members(count);
    multi = multi_shared->next;
    multixact_extend_offsets(multixact_after(multi));

    /* Member 0 is not used: an offset of 0 means that none was written. */
    *offset = multi_shared->next_offset;
    if (*offset == 0) {
        *offset = 1;
        multixact_extend_members(0, count + 1);
    } else {
        multixact_extend_members(*offset, count);
    }
    crit_begin();
    multi_shared->next = multixact_after(multi);
    multi_shared->next_offset = *offset + (MultiOffset)count;
    lwlock_release(&multi_shared->generation);
    return multi;
}

static void log_create(MultiXid multi, MultiOffset offset, const MultiMember *members, size_t count)
{
    uint32_t head[3] = {multi, offset, (uint32_t)count};

    STATIC_ASSERT(sizeof(MultiMember) == 8); /* xid, then the status as an integer of 4 bytes */
    wal_begin_insert();
    wal_register_data(head, sizeof head);
    wal_register_data(members, count * sizeof *members);
    wal_insert(RMGR_MULTIXACT, WAL_MULTIXACT_CREATE_ID);
}

void multixact_write(MultiXid multi, MultiOffset offset, const MultiMember *members, size_t count)
{
    MultiOffset end = offset + (MultiOffset)count;

    write_offset(multi, offset);
    write_offset(multixact_after(multi), end == 0 ? 1 : end);

    lwlock_acquire(slru_lock(multi_members), LW_EXCLUSIVE);
    for (size_t i = 0; i < count; i++) {
        MultiOffset at = offset + (MultiOffset)i;
        unsigned slot =
            slru_read_page(multi_members, slru_page_of(&slru_multixact_members, at), false, multi);

        multixact_member_set(slru_slot_page(multi_members, slot), at, members[i]);
        slru_mark_dirty(multi_members, slot);
    }
    lwlock_release(slru_lock(multi_members));
}

/* The next one's may have been written by whoever made that before us: the same. */
static void write_offset(MultiXid multi, MultiOffset offset)
{
    unsigned slot;
    uint8_t *page;

    lwlock_acquire(slru_lock(multi_offsets), LW_EXCLUSIVE);
    slot =
        slru_read_page(multi_offsets, slru_page_of(&slru_multixact_offsets, multi), false, multi);
    page = slru_slot_page(multi_offsets, slot);
    if (multixact_offset_get(page, multi) != offset) {
        ASSERT(multixact_offset_get(page, multi) == 0 || !wal_is_started());
        multixact_offset_set(page, multi, offset);
        slru_mark_dirty(multi_offsets, slot);
    }
    lwlock_release(slru_lock(multi_offsets));
}

MultiXid multixact_expand(MultiXid multi, Xid xid, MultiStatus status)
{
    MultiMember *members, *kept;
    size_t count = multixact_members(multi, &members, false, false), kept_count = 0;
    MultiXid result;

    for (size_t i = 0; i < count; i++)
        if (members[i].xid == xid && members[i].status == status) {
            mem_free(members);
            return multi;
        }
    kept = mem_new_array(MultiMember, count + 1);
    for (size_t i = 0; i < count; i++)
        if (matters(&members[i]))
            kept[kept_count++] = members[i];
    kept[kept_count++] = (MultiMember){.xid = xid, .status = status};
    result = multixact_create(kept, kept_count);
    mem_free(kept);
    mem_free(members);
    return result;
}

/* Locks end with their holder; an update that committed stays part of the row's history. */
static bool matters(const MultiMember *m)
{
    return proc_array_is_running(m->xid) ||
           (multixact_is_update(m->status) && xact_did_commit(m->xid));
}

/* ---- Reading ---- */

size_t multixact_members(MultiXid multi, MultiMember **out, bool from_upgrade, bool is_lock_only)
{
    size_t count;

    *out = NULL;
    if (multi == 0 || from_upgrade)
        return 0;
    if (multixact_cache_get(multi, out, &count))
        return count;
    multixact_set_oldest_visible();
    /* All that could be members of an older one have ended, and their locks with them. */
    if (is_lock_only && multixact_precedes(multi, atomic_load(own_oldest_visible())))
        return 0;
    check_exists(multi);
    count = read_members(multi, out);
    multixact_cache_put(multi, *out, count);
    return count;
}

static void check_exists(MultiXid multi)
{
    MultiXid oldest, next;

    lwlock_acquire(&multi_shared->generation, LW_SHARED);
    oldest = multi_shared->oldest;
    next = multi_shared->next;
    lwlock_release(&multi_shared->generation);
    if (multixact_precedes(multi, oldest))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("MultiXactId %u does no longer exist -- apparent wraparound", multi));
    if (!multixact_precedes(multi, next))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt(
                      "MultiXactId %u has not been created yet -- apparent wraparound", multi));
}

static size_t read_members(MultiXid multi, MultiMember **out)
{
    MultiOffset first, end;
    MultiMember *members;
    size_t count = 0;

    read_offsets(multi, &first, &end);
    members = mem_new_array(MultiMember, (size_t)(end - first));
    lwlock_acquire(slru_lock(multi_members), LW_EXCLUSIVE);
    for (MultiOffset at = first; at != end; at++) {
        unsigned slot =
            slru_read_page(multi_members, slru_page_of(&slru_multixact_members, at), false, multi);
        MultiMember m = multixact_member_get(slru_slot_page(multi_members, slot), at);

        /* Member 0, which is left out where the numbers begin anew. */
        if (m.xid != XID_NONE)
            members[count++] = m;
    }
    lwlock_release(slru_lock(multi_members));
    *out = members;
    return count;
}

static void read_offsets(MultiXid multi, MultiOffset *first, MultiOffset *end)
{
    MultiXid next = multixact_after(multi);
    unsigned slot;

    slot =
        slru_read_page_shared(multi_offsets, slru_page_of(&slru_multixact_offsets, multi), multi);
    *first = multixact_offset_get(slru_slot_page(multi_offsets, slot), multi);
    lwlock_release(slru_lock(multi_offsets));
    slot = slru_read_page_shared(multi_offsets, slru_page_of(&slru_multixact_offsets, next), multi);
    *end = multixact_offset_get(slru_slot_page(multi_offsets, slot), next);
    lwlock_release(slru_lock(multi_offsets));

    if (*first == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("MultiXact %u has invalid offset", multi));
    if (*end == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("MultiXact %u has invalid next offset", multi));
    if (*end - *first == 0 || *end - *first > INT32_MAX)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("MultiXact %u has %u members", multi, *end - *first));
}

bool multixact_is_running(MultiXid multi, bool is_lock_only)
{
    MultiMember *members;
    size_t count = multixact_members(multi, &members, false, is_lock_only);
    bool is_running = false;

    /* Our own are the cheapest to know. */
    for (size_t i = 0; i < count && !is_running; i++)
        is_running = txn_is_own_xid(members[i].xid);
    for (size_t i = 0; i < count && !is_running; i++)
        is_running = proc_array_is_running(members[i].xid);
    mem_free(members);
    return is_running;
}

/* ---- What transactions hold back ---- */

static _Atomic MultiXid *own_oldest_member(void)
{
    return &multi_shared->entries[proc_self()->slot].oldest_member;
}

static _Atomic MultiXid *own_oldest_visible(void)
{
    return &multi_shared->entries[proc_self()->slot].oldest_visible;
}

/* With the lock, so that whoever computes the oldest either sees ours or has a lower next one. */
void multixact_set_oldest_member(void)
{
    if (atomic_load_explicit(own_oldest_member(), memory_order_relaxed) != 0)
        return;
    lwlock_acquire(&multi_shared->generation, LW_SHARED);
    atomic_store(own_oldest_member(), multi_shared->next);
    lwlock_release(&multi_shared->generation);
}

void multixact_set_oldest_visible(void)
{
    MultiXid oldest;

    if (atomic_load_explicit(own_oldest_visible(), memory_order_relaxed) != 0)
        return;
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    oldest = multi_shared->next;
    for (unsigned i = 0; i < multixact_entry_count(); i++) {
        MultiXid theirs = atomic_load(&multi_shared->entries[i].oldest_member);

        if (theirs != 0 && multixact_precedes(theirs, oldest))
            oldest = theirs;
    }
    atomic_store(own_oldest_visible(), oldest);
    lwlock_release(&multi_shared->generation);
}

void multixact_at_end_of_transaction(void)
{
    if (atomic_load_explicit(own_oldest_member(), memory_order_relaxed) != 0)
        atomic_store(own_oldest_member(), 0);
    if (atomic_load_explicit(own_oldest_visible(), memory_order_relaxed) != 0)
        atomic_store(own_oldest_visible(), 0);
    multixact_cache_forget();
}

MultiXid multixact_own_oldest_member(void)
{
    return atomic_load(own_oldest_member());
}

void multixact_set_prepared_oldest(unsigned number, MultiXid oldest)
{
    lwlock_acquire(&multi_shared->generation, LW_EXCLUSIVE);
    atomic_store(&multi_shared->entries[proc_slot_count() + number].oldest_member, oldest);
    lwlock_release(&multi_shared->generation);
}

MultiXid multixact_oldest_needed(void)
{
    MultiXid oldest;

    lwlock_acquire(&multi_shared->generation, LW_SHARED);
    oldest = multi_shared->next;
    for (unsigned i = 0; i < multixact_entry_count(); i++) {
        MultiXid member = atomic_load(&multi_shared->entries[i].oldest_member);
        MultiXid visible = atomic_load(&multi_shared->entries[i].oldest_visible);

        if (member != 0 && multixact_precedes(member, oldest))
            oldest = member;
        if (visible != 0 && multixact_precedes(visible, oldest))
            oldest = visible;
    }
    lwlock_release(&multi_shared->generation);
    return oldest;
}
