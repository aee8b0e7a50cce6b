/* conflict.c - what readers of a standby hold and redo needs; conflict.h says what is done. */
#include "common/base/base.h"

#include "server/recovery/standby/conflict.h"

#include <inttypes.h>
#include <stdatomic.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/strbuf.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/recovery/pause.h"
#include "server/recovery/source/log_source.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"

#define NAP_FIRST_US 1000
#define NAP_MAX_US   1000000
#define AFTER_MS     5 /* for the one who was told to go */
#define DATABASE_MS  10

typedef struct ConflictShared {
    _Atomic int pin; /* Buffer that the startup process waits for */
} ConflictShared;

/* A wait for whoever is in the way, as the log tells of it. */
typedef struct ConflictWait {
    const char *what;
    uint64_t began_us; /* monotonic; 0: there is none */
    bool is_told;
} ConflictWait;

static struct {
    ConflictShared *shared;
    PgTime received_at; /* the piece of the log that is being replayed; 0: not known */
    bool is_stream;
    ConflictWait pin_wait;
} conflict;

/* Which xid a record says that nobody may need any more: where it is, and how. */
typedef struct HorizonRow {
    uint8_t rmgr, opcode;
    uint8_t offset;  /* in the record's main data */
    bool is_full;    /* 64 bits */
    bool is_beyond;  /* the first that is needed, not the last that is not */
    bool names_node; /* the relation is in the main data too, first of all */
} HorizonRow;

static const HorizonRow horizons[] = {
    {RMGR_HEAP2, WAL_HEAP2_PRUNE, 0, false, false, false},
    {RMGR_HEAP2, WAL_HEAP2_FREEZE_PAGE, 0, false, true, false},
    {RMGR_HEAP2, WAL_HEAP2_VISIBLE, 0, false, false, false},
    {RMGR_BTREE, WAL_BTREE_DELETE, 0, false, false, false},
    {RMGR_BTREE, WAL_BTREE_REUSE_PAGE, 16, true, false, true},
    {RMGR_HASH, WAL_HASH_VACUUM_ONE_PAGE, 0, false, false, false},
    {RMGR_GIST, WAL_GIST_DELETE, 0, false, false, false},
    {RMGR_GIST, WAL_GIST_PAGE_REUSE, 16, true, false, true},
    {RMGR_SPGIST, WAL_SPGIST_VACUUM_REDIRECT, 4, false, false, false},
};

static void conflict_with_snapshots(Xid removed, Oid database);
static void conflict_with_database(Oid database);
static void conflict_with_tablespace(void);
static ConflictWait begin_wait(const char *what);
static void tell_still(ConflictWait *w, const VirtualXid *list, size_t count);
static void tell_over(const ConflictWait *w);
static void send_away(const VirtualXid *list, size_t count, ProcSignal reason, WaitEvent event,
                      const char *what);
static bool is_limit_known(PgTime *limit);

size_t conflict_shmem_size(void)
{
    return sizeof(ConflictShared);
}

void conflict_shmem_init(void *place)
{
    conflict.shared = place;
}

void conflict_note_receipt(PgTime time, bool is_stream)
{
    conflict.received_at = time;
    conflict.is_stream = is_stream;
}

/* ---- Records ---- */

static const HorizonRow *find_horizon(const WalRecord *record)
{
    for (size_t i = 0; i < ARRAY_LEN(horizons); i++)
        if (horizons[i].rmgr == record->rmgr && horizons[i].opcode == wal_record_opcode(record))
            return &horizons[i];
    return NULL;
}

/* Shared relations have no database: rows in them may be seen from all. */
static void check_horizon(const WalRecord *record, const HorizonRow *row)
{
    Xid xid;
    Oid database;

    if (record->main_len < (size_t)row->offset + (row->is_full ? 8 : 4))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "WAL record is too short");
    if (row->is_full) {
        uint64_t full = load_u64(record->main + row->offset);
        uint64_t next = xid_next();

        /* So old that no snapshot can be as old: and its 32 bits would lie about it. */
        if (next > full && next - full > UINT32_MAX / 2)
            return;
        xid = (Xid)full;
    } else {
        xid = load_u32(record->main + row->offset);
    }
    if (!xid_is_normal(xid))
        return;
    if (row->is_beyond)
        xid = xid_before(xid);
    database = row->names_node ? load_u32(record->main + 4) : record->refs[0].tag.rel.database;
    conflict_with_snapshots(xid, database);
}

void conflict_before(const WalRecord *record, const WalEffect *effect)
{
    const HorizonRow *row = find_horizon(record);

    if (row != NULL)
        check_horizon(record, row);
    if (effect->kind == WAL_EFFECT_DB_DROP)
        conflict_with_database(effect->db_drop.database);
    else if (effect->kind == WAL_EFFECT_TABLESPACE_DROP)
        conflict_with_tablespace();
}

static void conflict_with_snapshots(Xid removed, Oid database)
{
    VirtualXid *list;
    size_t count = proc_array_virtual_xids(xid_after(removed), database, &list);

    send_away(list, count, PROC_SIGNAL_RECOVERY_CONFLICT_SNAPSHOT,
              WAIT_EVENT_RECOVERY_CONFLICT_SNAPSHOT, "recovery conflict on snapshot");
}

/* Any transaction may have temporary files there: nobody knows of them. */
static void conflict_with_tablespace(void)
{
    VirtualXid *list;
    size_t count = proc_array_virtual_xids(XID_NONE, 0, &list);

    send_away(list, count, PROC_SIGNAL_RECOVERY_CONFLICT_TABLESPACE,
              WAIT_EVENT_RECOVERY_CONFLICT_TABLESPACE, "recovery conflict on tablespace");
}

/* At once, whatever the settings say: a database that is gone cannot be read. */
static void conflict_with_database(Oid database)
{
    for (;;) {
        unsigned found = 0;

        for (unsigned slot = 0; slot < proc_slot_count(); slot++) {
            Proc *proc = proc_at((int)slot);
            int pid = atomic_load(&proc->pid);

            if (pid == 0 || proc->kind != PROC_BACKEND || atomic_load(&proc->database) != database)
                continue;
            found++;
            (void)proc_signal_send((int)slot, pid, PROC_SIGNAL_RECOVERY_CONFLICT_DATABASE);
        }
        if (found == 0)
            return;
        recovery_look_after();
        clock_sleep_ms(DATABASE_MS);
    }
}

/* ---- Waiting ---- */

/* When those who are in the way are sent away; false: never. */
static bool is_limit_known(PgTime *limit)
{
    int delay_ms = conflict.is_stream ? setting.max_standby_streaming_delay
                                      : setting.max_standby_archive_delay;

    *limit = conflict.received_at + (PgTime)delay_ms * 1000;
    return delay_ms >= 0;
}

static bool is_over(void)
{
    PgTime limit;

    return is_limit_known(&limit) && clock_now() >= limit;
}

static void tell(VirtualXid vxid, ProcSignal reason)
{
    int pid = atomic_load(&proc_at(vxid.slot)->pid);

    if (pid != 0 && proc_array_vxid_runs(vxid))
        (void)proc_signal_send(vxid.slot, pid, reason);
}

/*
 * For the first of the list, which are all that are still in the way. Naps grow while there is
 * time, and are short once they were told to go.
 */
static void wait_for(const VirtualXid *list, size_t count, ProcSignal reason, WaitEvent event,
                     ConflictWait *w)
{
    const VirtualXid vxid = list[0];
    uint64_t nap_us = NAP_FIRST_US;

    while (proc_array_vxid_runs(vxid)) {
        recovery_look_after();
        tell_still(w, list, count);
        if (is_over()) {
            tell(vxid, reason);
            clock_sleep_ms(AFTER_MS);
            continue;
        }
        wait_event_begin(event);
        clock_sleep_ms((int64_t)(nap_us / 1000));
        wait_event_end();
        nap_us = nap_us * 2 > NAP_MAX_US ? NAP_MAX_US : nap_us * 2;
    }
}

static void send_away(const VirtualXid *list, size_t count, ProcSignal reason, WaitEvent event,
                      const char *what)
{
    ConflictWait w = begin_wait(what);

    for (size_t i = 0; i < count; i++)
        wait_for(list + i, count - i, reason, event, &w);
    tell_over(&w);
}

/* They may end by themselves until the limit; then all of them are told. */
void conflict_with_lock(const LockTag *tag)
{
    VirtualXid *list;
    size_t count = lock_conflicts(tag, LOCK_ACCESS_EXCLUSIVE, &list);
    ConflictWait w = begin_wait("recovery conflict on lock");

    for (size_t i = 0; i < count; i++)
        wait_for(list + i, count - i, PROC_SIGNAL_RECOVERY_CONFLICT_LOCK,
                 (WaitEvent)(WAIT_EVENT_LOCK + tag->kind), &w);
    tell_over(&w);
}

/* ---- What the log says: log_recovery_conflict_waits ---- */

static ConflictWait begin_wait(const char *what)
{
    return (ConflictWait){.what = what, .began_us = clock_monotonic_us()};
}

static char *processes_text(const VirtualXid *list, size_t count)
{
    StrBuf text;
    size_t found = 0;

    strbuf_init(&text);
    for (size_t i = 0; i < count; i++) {
        int pid = atomic_load(&proc_at(list[i].slot)->pid);

        if (pid != 0 && proc_array_vxid_runs(list[i]))
            strbuf_add_fmt(&text, "%s%d", found++ == 0 ? "" : ", ", pid);
    }
    if (found == 0)
        return NULL;
    return mem_printf(found == 1 ? "Conflicting process: %s." : "Conflicting processes: %s.",
                      text.text);
}

/* Once, when it has lasted for deadlock_timeout. */
static void tell_still(ConflictWait *w, const VirtualXid *list, size_t count)
{
    uint64_t us = clock_monotonic_us() - w->began_us;

    if (w->is_told || !setting.log_recovery_conflict_waits ||
        us < (uint64_t)setting.deadlock_timeout * 1000)
        return;
    w->is_told = true;
    err_log(ERR_LOG,
            .message = err_fmt("recovery still waiting after %" PRIu64 ".%03" PRIu64 " ms: %s",
                               us / 1000, us % 1000, w->what),
            .detail = processes_text(list, count));
}

static void tell_over(const ConflictWait *w)
{
    uint64_t us = clock_monotonic_us() - w->began_us;

    if (w->is_told)
        err_log(ERR_LOG,
                .message = err_fmt("recovery finished waiting after %" PRIu64 ".%03" PRIu64
                                   " ms: %s",
                                   us / 1000, us % 1000, w->what));
}

/* ---- Pins ---- */

Buffer conflict_pin(void)
{
    return atomic_load(&conflict.shared->pin);
}

/* Nobody knows who has the pin: all look for themselves. */
static void tell_all(ProcSignal reason)
{
    for (unsigned slot = 0; slot < proc_slot_count(); slot++) {
        Proc *proc = proc_at((int)slot);
        int pid = atomic_load(&proc->pid);

        if (pid != 0 && proc->kind == PROC_BACKEND)
            (void)proc_signal_send((int)slot, pid, reason);
    }
}

/*
 * Whoever has the pin and waits for a lock of ours will never give it back: they are asked to look
 * after deadlock_timeout already.
 */
void conflict_with_pin(Buffer buffer)
{
    PgTime limit, now = clock_now(), until = now + (PgTime)setting.deadlock_timeout * 1000;
    bool has_limit = is_limit_known(&limit);

    if (conflict.pin_wait.began_us == 0)
        conflict.pin_wait = begin_wait("recovery conflict on buffer pin");
    tell_still(&conflict.pin_wait, NULL, 0);
    atomic_store(&conflict.shared->pin, buffer);
    if (has_limit && now >= limit) {
        tell_all(PROC_SIGNAL_RECOVERY_CONFLICT_BUFFER_PIN);
        until = now + AFTER_MS * 1000;
    } else if (has_limit && limit < until) {
        until = limit;
    }
    latch_wait(LATCH_SET | LATCH_TIMEOUT, (until - now) / 1000 + 1, WAIT_EVENT_BUFFER_PIN);
    latch_reset(&proc_self()->latch);
    if (clock_now() >= until && !(has_limit && until >= limit))
        tell_all(PROC_SIGNAL_RECOVERY_CONFLICT_DEADLOCK);
    atomic_store(&conflict.shared->pin, BUFFER_NONE);
    recovery_look_after();
}

void conflict_pin_is_gone(void)
{
    if (LIKELY(conflict.pin_wait.began_us == 0))
        return;
    tell_over(&conflict.pin_wait);
    conflict.pin_wait.began_us = 0;
}
