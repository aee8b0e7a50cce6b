/* prefetch.c - recovery looks ahead in the log; prefetch.h says what for. */
#include "common/base/base.h"

#include "server/recovery/prefetch.h"

#include <stdatomic.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/walrec/rmgr.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/recovery/source/log_source.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"

#define RECENT      4       /* blocks that are remembered as just looked at */
#define RETRY_AHEAD KIB(64) /* that replay must come by before an end is looked at again */
#define FLIGHT_MAX  1000    /* the most that maintenance_io_concurrency can be */

/* Counts since a reset; how far ahead it is now. All atomic; written by the startup process. */
typedef struct PrefetchShared {
    _Atomic int64_t reset_at; /* PgTime; by anybody */
    _Atomic uint64_t counts[PREFETCH_COUNTS];
    _Atomic uint64_t wal_distance;
    _Atomic uint32_t block_distance, in_flight;
} PrefetchShared;

static struct {
    PrefetchShared *shared;
    MemContext *mem;   /* of the reader; NULL: it is off */
    WalReader *reader;
    Lsn ahead;         /* end of the newest record that was looked at; LSN_NONE: none yet */
    Lsn stopped_until; /* it goes on when replay has come here */
    BlockTag recent[RECENT];
    unsigned recent_next;
    Lsn flight[FLIGHT_MAX]; /* a ring: records whose blocks were asked for */
    unsigned flight_first, flight_count;
    Lsn looked_from;
    uint32_t blocks_ahead;
} prefetch;

static bool is_wanted(void);
static void go_by(const WalRecord *record);
static bool look_at_next(void);
static void look_at(const WalRecord *record);
static PrefetchCount look_at_block(const WalRecord *record, const WalBlockRef *ref);
static uint32_t count_blocks(const WalRecord *record);
static void tell_distance(Lsn replayed);

/* ---- Shared memory ---- */

size_t prefetch_shmem_size(void)
{
    return sizeof(PrefetchShared);
}

void prefetch_shmem_init(void *place)
{
    prefetch.shared = place;
    atomic_init(&prefetch.shared->reset_at, clock_now());
}

void prefetch_stats(PrefetchStats *out)
{
    const PrefetchShared *s = prefetch.shared;

    out->reset_at = atomic_load(&s->reset_at);
    for (PrefetchCount i = 0; i < PREFETCH_COUNTS; i++)
        out->counts[i] = atomic_load(&s->counts[i]);
    out->wal_distance = atomic_load(&s->wal_distance);
    out->block_distance = atomic_load(&s->block_distance);
    out->in_flight = atomic_load(&s->in_flight);
}

void prefetch_reset_stats(void)
{
    atomic_store(&prefetch.shared->reset_at, clock_now());
    for (PrefetchCount i = 0; i < PREFETCH_COUNTS; i++)
        atomic_store(&prefetch.shared->counts[i], 0);
}

/* ---- Looking ahead ---- */

void prefetch_begin(TimelineId tli)
{
    prefetch.mem = mem_context_new(mem_current(), "looking ahead in the log");
    MEM_SCOPE(prefetch.mem) {
        prefetch.reader = log_source_ahead_reader(tli);
    }
    prefetch.ahead = prefetch.stopped_until = LSN_NONE;
    prefetch.flight_count = prefetch.blocks_ahead = 0;
}

void prefetch_end(void)
{
    if (prefetch.mem == NULL)
        return;
    log_source_close_ahead();
    mem_delete(prefetch.mem);
    prefetch.mem = NULL;
    prefetch.flight_count = prefetch.blocks_ahead = 0;
    prefetch.ahead = LSN_NONE;
    tell_distance(LSN_NONE);
}

static bool is_wanted(void)
{
    return setting.recovery_prefetch != RECOVERY_PREFETCH_OFF &&
           setting.maintenance_io_concurrency > 0;
}

void prefetch_look_ahead(const WalRecord *record)
{
    const Lsn limit = record->start + (Lsn)setting.wal_decode_buffer_size;

    if (!is_wanted()) {
        prefetch.ahead = LSN_NONE;
        return;
    }
    go_by(record);
    if (record->start >= prefetch.stopped_until) {
        while (prefetch.ahead < limit &&
               prefetch.flight_count < (unsigned)setting.maintenance_io_concurrency)
            if (!look_at_next())
                break;
    }
    tell_distance(record->start);
}

/* What replay has come to is not ahead any more. */
static void go_by(const WalRecord *record)
{
    while (prefetch.flight_count > 0 && prefetch.flight[prefetch.flight_first] <= record->start) {
        prefetch.flight_first = (prefetch.flight_first + 1) % FLIGHT_MAX;
        prefetch.flight_count--;
    }
    if (prefetch.ahead <= record->start) {
        prefetch.ahead = prefetch.looked_from = record->end;
        prefetch.blocks_ahead = 0;
        wal_reader_seek(prefetch.reader, record->end);
    } else if (record->start >= prefetch.looked_from) {
        const uint32_t blocks = count_blocks(record);

        prefetch.blocks_ahead -= blocks < prefetch.blocks_ahead ? blocks : prefetch.blocks_ahead;
    }
}

/* False: no further until replay has come to a certain place. */
static bool look_at_next(void)
{
    const WalRecord *record;

    if (!wal_reader_next(prefetch.reader, &record)) {
        log_source_reopen_ahead();
        prefetch.stopped_until = prefetch.ahead + RETRY_AHEAD;
        return false;
    }
    prefetch.ahead = record->end;
    prefetch.blocks_ahead += count_blocks(record);
    look_at(record);
    /* Files of the same names behind it may be others. */
    if (record->rmgr != RMGR_DBASE && record->rmgr != RMGR_TBLSPC)
        return true;
    prefetch.stopped_until = record->end;
    return false;
}

static uint32_t count_blocks(const WalRecord *record)
{
    uint32_t count = 0;

    for (int id = 0; id <= record->ref_id_max; id++)
        count += wal_record_ref(record, id) != NULL;
    return count;
}

static void look_at(const WalRecord *record)
{
    for (int id = 0; id <= record->ref_id_max; id++) {
        const WalBlockRef *ref = wal_record_ref(record, id);

        if (ref != NULL && ref->tag.fork == FORK_MAIN)
            atomic_fetch_add(&prefetch.shared->counts[look_at_block(record, ref)], 1);
    }
}

static bool was_looked_at(const BlockTag *tag)
{
    for (unsigned i = 0; i < RECENT; i++)
        if (block_tag_equal(&prefetch.recent[i], tag))
            return true;
    prefetch.recent[prefetch.recent_next++ % RECENT] = *tag;
    return false;
}

static PrefetchCount look_at_block(const WalRecord *record, const WalBlockRef *ref)
{
    SmgrRel *rel;

    if (ref->has_image)
        return PREFETCH_IMAGE;
    if (ref->will_init)
        return PREFETCH_INIT;
    if (was_looked_at(&ref->tag))
        return PREFETCH_REPEATED;
    rel = smgr_open(&ref->tag.rel, SMGR_PERMANENT);
    if (!smgr_exists(rel, FORK_MAIN) || ref->tag.block >= smgr_block_count(rel, FORK_MAIN))
        return PREFETCH_NEW;
    if (buffer_is_cached(rel, FORK_MAIN, ref->tag.block))
        return PREFETCH_HIT;
    smgr_prefetch(rel, FORK_MAIN, ref->tag.block);
    /* A record can have several blocks, and so more than there is room for. */
    if (prefetch.flight_count < FLIGHT_MAX)
        prefetch.flight[(prefetch.flight_first + prefetch.flight_count++) % FLIGHT_MAX] =
            record->start;
    return PREFETCH_ASKED;
}

static void tell_distance(Lsn replayed)
{
    PrefetchShared *s = prefetch.shared;

    atomic_store_explicit(&s->wal_distance,
                          prefetch.ahead > replayed && replayed != LSN_NONE
                              ? prefetch.ahead - replayed
                              : 0,
                          memory_order_relaxed);
    atomic_store_explicit(&s->block_distance, prefetch.blocks_ahead, memory_order_relaxed);
    atomic_store_explicit(&s->in_flight, prefetch.flight_count, memory_order_relaxed);
}
