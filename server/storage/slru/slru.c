/*
 * slru.c - the buffers of a folder of small pages
 *
 * The life of a slot; all moves are made with the folder's lock held exclusively:
 *
 *                 zero_page                  write_slot
 *     EMPTY ------------------> VALID <------------------> WRITING
 *       |                         ^          end_io
 *       +-------> READING --------+
 *        read_slot         end_io   (back to EMPTY when it fails)
 *
 * The lock is not held while a file is read or written. Whoever needs the slot meanwhile waits on
 * its io_count and looks anew, since by then it may hold another page. A page that is being written
 * may be changed; it is then dirty again. Only what must not go with that write waits for its end.
 *
 * Promises
 *   1. A page is in one slot at most.
 *   2. A page is written only after the log was flushed up to the LSNs of its groups.
 *   3. The latest page stays: new items go there all the time.
 */
#include "common/base/base.h"

#include <limits.h>
#include <string.h>

#include "common/err/err.h"
#include "common/os/dir.h"
#include "common/os/futex.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/wait_event.h"
#include "server/storage/slru/slru_int.h"
#include "server/wal/wal.h"

#define NO_SLOT    UINT_MAX
#define RECHECK_MS 1000 /* does the supervisor live? Who reads may have left */

static size_t layout(const SlruConfig *config, size_t offsets[4]);
static unsigned find_slot(const Slru *s, uint32_t page);
static unsigned slot_for(Slru *s, uint32_t page);
static unsigned oldest_slot(const Slru *s, bool wants_idle);
static void touch(Slru *s, unsigned slot);
static void wait_for_io(Slru *s, unsigned slot);
static void read_slot(Slru *s, unsigned slot, uint32_t page, Xid for_message);
static void write_slot(Slru *s, unsigned slot);
static void try_write(Slru *s, unsigned slot, uint32_t page, Lsn flush_to);
static void write_bytes(Slru *s, unsigned slot, uint32_t page, Lsn flush_to);
static void end_io(Slru *s, unsigned slot, SlotState state);
static void raise_access(Xid xid);
static Lsn newest_lsn(const Slru *s, unsigned slot);
static Lsn *lsn_place(Slru *s, unsigned slot, uint32_t item);
static void discard(Slru *s, bool (*is_meant)(const Slru *s, uint32_t page, uint32_t arg),
                    uint32_t arg);
static bool page_is_before(const Slru *s, uint32_t page, uint32_t cutoff);
static bool page_is_of_segment(const Slru *s, uint32_t page, uint32_t segment);

/* ---- Shared memory ---- */

size_t slru_size(const SlruConfig *config)
{
    size_t offsets[4];

    return layout(config, offsets);
}

Slru *slru_init(void *place, const SlruConfig *config)
{
    Slru *s = place;
    uint8_t *base = place;
    size_t offsets[4];

    layout(config, offsets);
    s->config = *config;
    s->slots = (SlruSlot *)(void *)(base + sizeof(Slru));
    s->pages = (uint32_t *)(void *)(base + offsets[0]);
    s->states = base + offsets[1];
    s->lsns = config->has_lsns ? (Lsn *)(void *)(base + offsets[2]) : NULL;
    s->bytes = base + offsets[3];
    lwlock_init(&s->lock, LW_SLRU, config->lock_number);
    if (config->is_synced)
        slru_file_set_kind(config->sync_handler, config->kind);
    return s;
}

/* Where the arrays behind the struct and its slots are, and the size of all. */
static size_t layout(const SlruConfig *config, size_t offsets[4])
{
    size_t n = config->buffer_count;
    size_t at = sizeof(Slru) + n * sizeof(SlruSlot);

    offsets[0] = at;
    at += n * sizeof(uint32_t);
    offsets[1] = at;
    at = size_align_up(at + n, sizeof(Lsn));
    offsets[2] = at;
    if (config->has_lsns)
        at += n * SLRU_LSN_GROUPS * sizeof(Lsn);
    at = size_align_up(at, 64);
    offsets[3] = at;
    return at + n * BLOCK_SIZE;
}

LwLock *slru_lock(Slru *s)
{
    return &s->lock;
}

StatsSlru *slru_stats(const Slru *s)
{
    static const StatsSlruKind kinds[] = {
        [SLRU_LOCK_XACT] = STATS_SLRU_XACT,
        [SLRU_LOCK_SUBTRANS] = STATS_SLRU_SUBTRANS,
        [SLRU_LOCK_COMMIT_TS] = STATS_SLRU_COMMIT_TS,
        [SLRU_LOCK_MULTI_OFFSETS] = STATS_SLRU_MULTI_OFFSETS,
        [SLRU_LOCK_MULTI_MEMBERS] = STATS_SLRU_MULTI_MEMBERS,
    };

    return &stats_slru_here[s->config.lock_number < ARRAY_LEN(kinds) ? kinds[s->config.lock_number]
                                                                     : STATS_SLRU_OTHER];
}

uint8_t *slru_slot_page(Slru *s, unsigned slot)
{
    return s->bytes + (size_t)slot * BLOCK_SIZE;
}

void slru_mark_dirty(Slru *s, unsigned slot)
{
    ASSERT(lwlock_is_held(&s->lock, LW_EXCLUSIVE));
    s->slots[slot].is_dirty = true;
}

void slru_set_latest_page(Slru *s, uint32_t page)
{
    s->latest_page = page;
}

/* ---- Pages ---- */

unsigned slru_zero_page(Slru *s, uint32_t page)
{
    unsigned slot = slot_for(s, page);

    /* A page that begins may be there from a crash before; then nobody uses it yet. */
    while (s->states[slot] == SLOT_READING || s->states[slot] == SLOT_WRITING) {
        wait_for_io(s, slot);
        slot = slot_for(s, page);
    }
    s->pages[slot] = page;
    s->states[slot] = SLOT_VALID;
    s->slots[slot].is_dirty = true;
    memset(slru_slot_page(s, slot), 0, BLOCK_SIZE);
    if (s->lsns != NULL)
        memset(s->lsns + (size_t)slot * SLRU_LSN_GROUPS, 0, SLRU_LSN_GROUPS * sizeof(Lsn));
    touch(s, slot);
    s->latest_page = page;
    slru_stats(s)->zeroed++;
    return slot;
}

unsigned slru_read_page(Slru *s, uint32_t page, bool waits_for_write, Xid for_message)
{
    ASSERT(lwlock_is_held(&s->lock, LW_EXCLUSIVE));
    for (;;) {
        unsigned slot = slot_for(s, page);
        SlotState state = s->states[slot];

        if (state == SLOT_EMPTY || s->pages[slot] != page) {
            slru_stats(s)->read++;
            read_slot(s, slot, page, for_message);
            touch(s, slot);
            return slot;
        }
        if (state == SLOT_VALID || (state == SLOT_WRITING && !waits_for_write)) {
            slru_stats(s)->hit++;
            touch(s, slot);
            return slot;
        }
        wait_for_io(s, slot);
    }
}

unsigned slru_read_page_shared(Slru *s, uint32_t page, Xid for_message)
{
    unsigned slot;

    lwlock_acquire(&s->lock, LW_SHARED);
    slot = find_slot(s, page);
    if (slot != NO_SLOT && s->states[slot] != SLOT_READING) {
        slru_stats(s)->hit++;
        touch(s, slot);
        return slot;
    }
    lwlock_release(&s->lock);
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    return slru_read_page(s, page, false, for_message);
}

/* The slot that holds the page, or is about to. */
static unsigned find_slot(const Slru *s, uint32_t page)
{
    unsigned guess = atomic_load_explicit(&s->last_slot, memory_order_relaxed);

    if (s->pages[guess] == page && s->states[guess] != SLOT_EMPTY)
        return guess;
    for (unsigned i = 0; i < s->config.buffer_count; i++)
        if (s->pages[i] == page && s->states[i] != SLOT_EMPTY)
            return i;
    return NO_SLOT;
}

/*
 * The slot of the page; else one that is empty, or clean and to be used for it. The lock may be
 * given up meanwhile.
 */
static unsigned slot_for(Slru *s, uint32_t page)
{
    for (;;) {
        unsigned slot = find_slot(s, page);

        if (slot != NO_SLOT)
            return slot;
        slot = oldest_slot(s, true);
        if (slot == NO_SLOT)
            wait_for_io(s, oldest_slot(s, false));
        else if (s->states[slot] == SLOT_EMPTY || !s->slots[slot].is_dirty)
            return slot;
        else
            write_slot(s, slot);
    }
}

/* An empty slot, else the least recently used one that is idle (or that is not). */
static unsigned oldest_slot(const Slru *s, bool wants_idle)
{
    uint32_t now = atomic_load_explicit(&s->use_clock, memory_order_relaxed);
    unsigned best = NO_SLOT;
    uint32_t best_age = 0;

    for (unsigned i = 0; i < s->config.buffer_count; i++) {
        uint32_t age = now - atomic_load_explicit(&s->slots[i].used_at, memory_order_relaxed);

        if (s->states[i] == SLOT_EMPTY)
            return i;
        if ((s->states[i] == SLOT_VALID) != wants_idle ||
            (wants_idle && s->pages[i] == s->latest_page))
            continue;
        if (best == NO_SLOT || age > best_age) {
            best = i;
            best_age = age;
        }
    }
    return best;
}

/* The clock goes on only when another page than the last one is used. */
static void touch(Slru *s, unsigned slot)
{
    uint32_t now = atomic_load_explicit(&s->use_clock, memory_order_relaxed);

    if (atomic_load_explicit(&s->slots[slot].used_at, memory_order_relaxed) != now) {
        atomic_store_explicit(&s->use_clock, now + 1, memory_order_relaxed);
        atomic_store_explicit(&s->slots[slot].used_at, now + 1, memory_order_relaxed);
    }
    if (atomic_load_explicit(&s->last_slot, memory_order_relaxed) != slot)
        atomic_store_explicit(&s->last_slot, slot, memory_order_relaxed);
}

/* ---- Reading and writing, without the lock ---- */

static void wait_for_io(Slru *s, unsigned slot)
{
    uint32_t seen = atomic_load(&s->slots[slot].io_count);

    s->slots[slot].waiter_count++;
    lwlock_release(&s->lock);
    wait_event_begin(WAIT_EVENT_LWLOCK + LW_SLRU_IO);
    while (atomic_load(&s->slots[slot].io_count) == seen) {
        os_futex_wait(&s->slots[slot].io_count, seen, RECHECK_MS);
        supervisor_leave_if_gone();
    }
    wait_event_end();
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    s->slots[slot].waiter_count--;
}

static void read_slot(Slru *s, unsigned slot, uint32_t page, Xid for_message)
{
    s->pages[slot] = page;
    s->states[slot] = SLOT_READING;
    s->slots[slot].is_dirty = false;
    lwlock_release(&s->lock);

    ERR_TRY() {
        slru_file_read(s, page, slru_slot_page(s, slot));
    }
    ERR_CATCH() {
        end_io(s, slot, SLOT_EMPTY);
        lwlock_release(&s->lock);
        raise_access(for_message);
    }
    ERR_END();
    end_io(s, slot, SLOT_VALID);
    if (s->lsns != NULL)
        memset(s->lsns + (size_t)slot * SLRU_LSN_GROUPS, 0, SLRU_LSN_GROUPS * sizeof(Lsn));
}

void slru_write_page(Slru *s, unsigned slot)
{
    uint32_t page = s->pages[slot];

    while (s->states[slot] == SLOT_WRITING && s->pages[slot] == page)
        wait_for_io(s, slot);
    if (s->states[slot] == SLOT_VALID && s->pages[slot] == page && s->slots[slot].is_dirty)
        write_slot(s, slot);
}

/*
 * The LSNs are looked at before the lock is released: commits that come to the page meanwhile and
 * are not flushed wait for the end of the write.
 */
static void write_slot(Slru *s, unsigned slot)
{
    uint32_t page = s->pages[slot];
    Lsn flush_to = newest_lsn(s, slot);

    s->states[slot] = SLOT_WRITING;
    s->slots[slot].is_dirty = false;
    lwlock_release(&s->lock);
    try_write(s, slot, page, flush_to);
    end_io(s, slot, SLOT_VALID);
}

/* Apart from its caller, whose variables would not outlive the jump. */
NOINLINE static void try_write(Slru *s, unsigned slot, uint32_t page, Lsn flush_to)
{
    ERR_TRY() {
        write_bytes(s, slot, page, flush_to);
    }
    ERR_CATCH() {
        end_io(s, slot, SLOT_VALID);
        s->slots[slot].is_dirty = true;
        lwlock_release(&s->lock);
        raise_access(XID_NONE);
    }
    ERR_END();
}

static void write_bytes(Slru *s, unsigned slot, uint32_t page, Lsn flush_to)
{
    if (flush_to != LSN_NONE)
        wal_flush(flush_to);
    slru_file_write(s, page, slru_slot_page(s, slot));
    slru_stats(s)->written++;
}

static void end_io(Slru *s, unsigned slot, SlotState state)
{
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    s->states[slot] = (uint8_t)state;
    atomic_fetch_add(&s->slots[slot].io_count, 1);
    if (s->slots[slot].waiter_count > 0)
        os_futex_wake(&s->slots[slot].io_count, OS_FUTEX_ALL);
}

/* What was caught says which file and why. */
static void raise_access(Xid xid)
{
    const ErrReport *why = err_caught();
    char first = why->message[0];

    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    err_raise(why->sqlstate, .message = err_fmt("could not access status of transaction %u", xid),
              .detail = err_fmt("%c%s.", first, why->message + 1));
}

/* ---- LSNs of asynchronous commits ---- */

void slru_set_lsn(Slru *s, unsigned slot, uint32_t item, Lsn lsn)
{
    Lsn *place = lsn_place(s, slot, item);

    if (*place < lsn)
        *place = lsn;
}

Lsn slru_lsn(Slru *s, unsigned slot, uint32_t item)
{
    return *lsn_place(s, slot, item);
}

static Lsn *lsn_place(Slru *s, unsigned slot, uint32_t item)
{
    uint32_t per_page = s->config.kind->items_per_page;

    ASSERT(s->lsns != NULL);
    return s->lsns + (size_t)slot * SLRU_LSN_GROUPS +
           item % per_page / (per_page / SLRU_LSN_GROUPS);
}

static Lsn newest_lsn(const Slru *s, unsigned slot)
{
    Lsn newest = LSN_NONE;

    if (s->lsns == NULL)
        return LSN_NONE;
    for (unsigned i = 0; i < SLRU_LSN_GROUPS; i++)
        if (s->lsns[(size_t)slot * SLRU_LSN_GROUPS + i] > newest)
            newest = s->lsns[(size_t)slot * SLRU_LSN_GROUPS + i];
    return newest;
}

/* ---- All pages ---- */

/* The folder is synced for the files that are new in it. */
void slru_write_all(Slru *s)
{
    slru_stats(s)->flushes++;
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    for (unsigned slot = 0; slot < s->config.buffer_count; slot++)
        slru_write_page(s, slot);
    lwlock_release(&s->lock);
    if (s->config.is_synced)
        os_dir_sync(s->config.kind->folder);
}

void slru_truncate(Slru *s, uint32_t cutoff_page)
{
    uint32_t cutoff = cutoff_page - cutoff_page % SLRU_PAGES_PER_SEGMENT;
    bool is_wrapped;

    slru_stats(s)->truncates++;
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    is_wrapped = s->config.precedes(s->latest_page, cutoff);
    if (!is_wrapped)
        discard(s, page_is_before, cutoff);
    lwlock_release(&s->lock);
    if (is_wrapped) {
        /*
         * The newest page would go: somebody's numbers are wrong, and keeping files harms nobody.
         */
        err_log(ERR_LOG,
                .message = err_fmt("could not truncate directory \"%s\": apparent wraparound",
                                   s->config.kind->folder));
        return;
    }
    slru_remove_segments_before(s, cutoff);
}

void slru_remove_segment(Slru *s, uint32_t segment)
{
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    discard(s, page_is_of_segment, segment);
    lwlock_release(&s->lock);
    slru_file_remove(s, segment);
}

/*
 * Empty the slots of pages whose files go. What they hold is not written: were it lost in a crash,
 * nobody could ask for it. A write that is under way could make the file anew, so it is waited for.
 */
static void discard(Slru *s, bool (*is_meant)(const Slru *s, uint32_t page, uint32_t arg),
                    uint32_t arg)
{
    for (unsigned i = 0; i < s->config.buffer_count; i++) {
        while ((s->states[i] == SLOT_READING || s->states[i] == SLOT_WRITING) &&
               is_meant(s, s->pages[i], arg))
            wait_for_io(s, i);
        if (s->states[i] != SLOT_VALID || !is_meant(s, s->pages[i], arg))
            continue;
        s->states[i] = SLOT_EMPTY;
        s->slots[i].is_dirty = false;
    }
}

static bool page_is_before(const Slru *s, uint32_t page, uint32_t cutoff)
{
    return s->config.precedes(page, cutoff);
}

static bool page_is_of_segment(const Slru *s, uint32_t page, uint32_t segment)
{
    (void)s;
    return page / SLRU_PAGES_PER_SEGMENT == segment;
}
