/*
 * log_scan.c - walk over the archived log up to a target
 *
 * Promise: first_time is never too early. What it leaves out of the backup's last second, where the
 * log before the backup is missing, could perhaps be reached; what it lets in can.
 */
#include "common/base/base.h"

#include "tools/pitr/log_scan.h"

#include "common/err/err.h"
#include "common/format/checkpoint.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "common/walrec/effects.h"

/* Segments that are looked into for the last commit before the backup: 1 GiB of an idle cluster. */
#define LOOK_BACK_MAX 64

/* The log before the backup, segment by segment backwards. */
typedef struct LookBack {
    const LogScanInput *in;
    PgTime last; /* the latest commit; INT64_MIN: none yet */
    bool is_over;
} LookBack;

static WalReader *reader_new(const LogScanInput *in);
static void scan_forward(const LogScanInput *in, LogScan *scan, WalReader *reader);
static void try_scan_forward(const LogScanInput *in, LogScan *scan, WalReader *reader);
static void note_record(const LogScanInput *in, LogScan *scan, const WalRecord *record);
static bool is_readable_error(const ErrReport *error);
static PgTime last_commit_before(const LogScanInput *in);
static bool is_transaction_end(const WalEffect *effect);
static void note_checkpoint(const LogScanInput *in, LogScan *scan, const WalEffect *effect);
static void note_consistency(const LogScanInput *in, LogScan *scan, const WalRecord *record,
                             const WalEffect *effect);
static bool stops_before(const Target *target, const WalRecord *record, const WalEffect *effect);
static bool stops_after(const Target *target, const LogScan *scan, const WalRecord *record,
                        const WalEffect *effect);
static char *describe(const char *when, const WalRecord *record, const WalEffect *effect);

LogScan log_scan(const LogScanInput *in)
{
    LogScan *scan = mem_new(LogScan);

    scan->first_time = last_commit_before(in);
    scan->knows_last_commit = scan->first_time != INT64_MIN;
    scan->latest_time = INT64_MIN;
    try_scan_forward(in, scan, reader_new(in));
    scan->is_before_consistency = scan->is_reached && !scan->is_consistent;
    return *scan;
}

static WalReader *reader_new(const LogScanInput *in)
{
    return wal_reader_new(&(WalReaderConfig){.source = in->source,
                                             .segment_size = in->segment_size,
                                             .version = in->version,
                                             .begins_on = in->tli,
                                             .system_id = in->system_id});
}

/* What cannot be read ends the log as what is missing does: what lies before it can be reached. */
static void try_scan_forward(const LogScanInput *in, LogScan *scan, WalReader *reader)
{
    ERR_TRY() {
        scan_forward(in, scan, reader);
    }
    ERR_CATCH() {
        if (!is_readable_error(err_caught()))
            err_raise_again();
        scan->end_kind = LOG_END_UNREADABLE;
        scan->end_page = scan->end;
        scan->end_reason = mem_strdup(err_caught()->message);
    }
    ERR_END();
}

static bool is_readable_error(const ErrReport *error)
{
    return error->sqlstate == SQLSTATE_DATA_CORRUPTED ||
           error->sqlstate == SQLSTATE_ARCHIVE_CONFLICT;
}

static void scan_forward(const LogScanInput *in, LogScan *scan, WalReader *reader)
{
    const WalRecord *record;
    const WalEnd *end;

    scan->end = in->start;
    wal_reader_seek(reader, in->start);
    while (!scan->is_reached && wal_reader_next(reader, &record)) {
        process_check_interrupts();
        note_record(in, scan, record);
        scan->last_start = record->start;
        scan->end = record->end;
    }
    if (scan->is_reached)
        return;
    end = wal_reader_end(reader);
    scan->end_kind = end->kind == WAL_END_MISSING ? LOG_END_MISSING : LOG_END_INVALID;
    scan->end = end->lsn;
    scan->end_page = end->page;
    scan->end_reason = mem_strdup(end->reason);
}

static void note_record(const LogScanInput *in, LogScan *scan, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (stops_before(in->target, record, &effect)) {
        scan->is_reached = true;
        scan->stop = record->start;
        scan->stop_text = describe("before", record, &effect);
    } else {
        note_consistency(in, scan, record, &effect);
        if (stops_after(in->target, scan, record, &effect)) {
            scan->is_reached = true;
            scan->stop = record->end;
            scan->stop_text = describe("after", record, &effect);
        }
    }
    if (effect.kind == WAL_EFFECT_CHECKPOINT) {
        scan->has_checkpoint = scan->has_checkpoint || record->start == in->checkpoint;
        note_checkpoint(in, scan, &effect);
    }
    if (!is_transaction_end(&effect))
        return;
    /* Recovery cannot stop before one of these, so they are in the backup. */
    if (!scan->is_consistent && effect.xact.time > scan->first_time)
        scan->first_time = effect.xact.time;
    if (effect.xact.time > scan->latest_time)
        scan->latest_time = effect.xact.time;
}

/* Read what begins in the segment before the backup does. */
static void look_into(LookBack *back, uint64_t seg_no)
{
    const LogScanInput *in = back->in;
    const Lsn begin = wal_seg_start(seg_no, in->segment_size);
    const Lsn end = begin + in->segment_size;
    WalReader *reader = reader_new(in);
    const WalRecord *record;
    PgTime last = back->last;
    WalEffect effect;

    back->is_over = wal_reader_find(reader, begin) == LSN_NONE;
    while (!back->is_over) {
        process_check_interrupts();
        if (!wal_reader_next(reader, &record)) {
            back->is_over = true; /* and what else was in the segment is not known */
        } else if (record->start >= end || record->start >= in->start) {
            back->last = last;
            return;
        } else {
            walrec_effect(record, &effect);
            if (effect.kind == WAL_EFFECT_COMMIT && effect.xact.time > last)
                last = effect.xact.time;
        }
    }
}

static void try_look_into(LookBack *back, uint64_t seg_no)
{
    ERR_TRY() {
        look_into(back, seg_no);
    }
    ERR_CATCH() {
        if (!is_readable_error(err_caught()))
            err_raise_again();
        back->is_over = true;
    }
    ERR_END();
}

/*
 * When the last transaction ended that was over before the backup began: it is in the backup, so no
 * earlier time can be reached. Commits that run side by side are not in the order of their times,
 * so the segment before the one that has the last of them is read as well. INT64_MIN: the log
 * before the backup is not in the archive, or has no commit as far as it is worth while.
 */
static PgTime last_commit_before(const LogScanInput *in)
{
    LookBack back = {.in = in, .last = INT64_MIN};
    uint64_t seg_no = wal_seg_no(in->start, in->segment_size);
    MemContext *mem = mem_context_new(mem_current(), "log before the backup");

    for (unsigned n = 0; n < LOOK_BACK_MAX && !back.is_over; n++) {
        bool was_found = back.last != INT64_MIN;

        MEM_SCOPE(mem) {
            try_look_into(&back, seg_no);
        }
        mem_reset(mem);
        if (was_found || seg_no == 0)
            break;
        seg_no--;
    }
    mem_delete(mem);
    return back.last;
}

static bool is_transaction_end(const WalEffect *effect)
{
    return effect->kind == WAL_EFFECT_COMMIT || effect->kind == WAL_EFFECT_ABORT;
}

/*
 * Where the last commit before the backup is not known, the backup's checkpoint says something:
 * what ended before it is in the backup. It has whole seconds, and the commits of that second may
 * be in the backup as well.
 */
static void note_checkpoint(const LogScanInput *in, LogScan *scan, const WalEffect *effect)
{
    Checkpoint checkpoint;
    PgTime time;

    if (scan->knows_last_commit || effect->checkpoint.size < CHECKPOINT_SIZE)
        return;
    checkpoint_decode(effect->checkpoint.bytes, &checkpoint);
    time = (checkpoint.time + 1 - PG_EPOCH_UNIX) * 1000000;
    if (checkpoint.redo == in->start && time > scan->first_time)
        scan->first_time = time;
}

/* The backup is consistent once its end record, or the place its manifest names, was replayed. */
static void note_consistency(const LogScanInput *in, LogScan *scan, const WalRecord *record,
                             const WalEffect *effect)
{
    if (scan->is_consistent)
        return;
    if (in->backup_end != LSN_NONE
            ? record->end >= in->backup_end
            : effect->kind == WAL_EFFECT_BACKUP_END && effect->lsn == in->start) {
        scan->is_consistent = true;
        scan->consistent = record->end;
    }
}

static bool stops_before(const Target *target, const WalRecord *record, const WalEffect *effect)
{
    switch (target->kind) {
    case TARGET_TIME:
        return is_transaction_end(effect) &&
               (target->is_exclusive ? effect->xact.time >= target->time
                                     : effect->xact.time > target->time);
    case TARGET_XID:
        return target->is_exclusive && is_transaction_end(effect) &&
               effect->xact.xid == target->xid;
    case TARGET_LSN:
        return target->is_exclusive && record->start >= target->lsn;
    case TARGET_LATEST:
    case TARGET_NAME:
    case TARGET_IMMEDIATE:
        break;
    }
    return false;
}

static bool stops_after(const Target *target, const LogScan *scan, const WalRecord *record,
                        const WalEffect *effect)
{
    switch (target->kind) {
    case TARGET_XID:
        return !target->is_exclusive && is_transaction_end(effect) &&
               effect->xact.xid == target->xid;
    case TARGET_LSN:
        return !target->is_exclusive && record->start >= target->lsn;
    case TARGET_NAME:
        return effect->kind == WAL_EFFECT_RESTORE_POINT &&
               str_equal(effect->restore_point.name, target->name);
    case TARGET_IMMEDIATE:
        return scan->is_consistent;
    case TARGET_LATEST:
    case TARGET_TIME:
        break;
    }
    return false;
}

static char *describe(const char *when, const WalRecord *record, const WalEffect *effect)
{
    if (is_transaction_end(effect))
        return mem_printf("%s the %s of transaction %u, time %s", when,
                          effect->kind == WAL_EFFECT_COMMIT ? "commit" : "abort", effect->xact.xid,
                          time_format(effect->xact.time, TIME_FULL, timezone_local()));
    if (effect->kind == WAL_EFFECT_RESTORE_POINT)
        return mem_printf("%s restore point \"%s\", time %s", when, effect->restore_point.name,
                          time_format(effect->restore_point.time, TIME_FULL, timezone_local()));
    return mem_printf("%s the record at " LSN_FMT, when, LSN_ARG(record->start));
}
