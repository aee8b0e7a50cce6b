/* log_scan.c - walk over the archived log up to a target. */
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

static PgTime last_time_before(const LogScanInput *in);
static bool is_transaction_end(const WalEffect *effect);
static void note_end(LogScan *scan, const WalRecord *record, const WalEffect *effect);
static void note_checkpoint(LogScan *scan, const WalEffect *effect);
static void note_consistency(const LogScanInput *in, LogScan *scan, const WalRecord *record,
                             const WalEffect *effect);
static bool stops_before(const Target *target, const WalRecord *record, const WalEffect *effect);
static bool stops_after(const Target *target, const LogScan *scan, const WalRecord *record,
                        const WalEffect *effect);
static char *describe(const char *when, const WalRecord *record, const WalEffect *effect);

LogScan log_scan(const LogScanInput *in)
{
    LogScan scan = {.first_time = last_time_before(in), .last_time = INT64_MIN};
    WalReader *reader = wal_reader_new(&(WalReaderConfig){
        .source = in->source, .segment_size = in->segment_size, .version = in->version});
    const WalRecord *record;
    WalEffect effect;
    bool is_before = false;

    wal_reader_seek(reader, in->start);
    while (!scan.is_reached && wal_reader_next(reader, &record)) {
        process_check_interrupts();
        walrec_effect(record, &effect);
        is_before = stops_before(in->target, record, &effect);
        if (is_before) {
            scan.is_reached = true;
            scan.stop = record->start;
            scan.stop_text = describe("before", record, &effect);
        } else {
            note_consistency(in, &scan, record, &effect);
            if (stops_after(in->target, &scan, record, &effect)) {
                scan.is_reached = true;
                scan.stop = record->end;
                scan.stop_text = describe("after", record, &effect);
            }
        }
        if (is_transaction_end(&effect))
            note_end(&scan, record, &effect);
        else if (effect.kind == WAL_EFFECT_CHECKPOINT)
            note_checkpoint(&scan, &effect);
    }
    if (scan.is_reached) {
        scan.is_before_consistency = !scan.is_consistent;
        return scan;
    }
    scan.end = wal_reader_end(reader)->lsn;
    scan.end_reason = mem_strdup(wal_reader_end(reader)->reason);
    return scan;
}

/*
 * When the last transaction ended that was over before the backup began: it is in the backup, so no
 * earlier time can be reached. The backup's checkpoint has a time, too, but in whole seconds. Where
 * the log before the backup is not in the archive, that has to do.
 */
static PgTime last_time_before(const LogScanInput *in)
{
    uint64_t seg_no = wal_seg_no(in->start, in->segment_size);
    WalReader *reader = wal_reader_new(&(WalReaderConfig){
        .source = in->source, .segment_size = in->segment_size, .version = in->version});
    const WalRecord *record;
    PgTime last = INT64_MIN;
    WalEffect effect;

    /* A backup of a primary starts behind a switch, at the beginning of a segment. */
    if (wal_reader_find(reader, wal_seg_start(seg_no == 0 ? 0 : seg_no - 1, in->segment_size)) ==
        LSN_NONE)
        return last;
    while (wal_reader_next(reader, &record) && record->start < in->start) {
        walrec_effect(record, &effect);
        if (is_transaction_end(&effect) && effect.xact.time > last)
            last = effect.xact.time;
    }
    return last;
}

static bool is_transaction_end(const WalEffect *effect)
{
    return effect->kind == WAL_EFFECT_COMMIT || effect->kind == WAL_EFFECT_ABORT;
}

static void note_end(LogScan *scan, const WalRecord *record, const WalEffect *effect)
{
    scan->last_time = effect->xact.time;
    scan->last_time_lsn = record->start;
    scan->last_xid = effect->xact.xid;
    if (!scan->is_consistent) {
        if (effect->xact.time > scan->first_time)
            scan->first_time = effect->xact.time;
    } else if (effect->kind == WAL_EFFECT_COMMIT) {
        scan->commit_count++;
    }
}

/* Transactions that ended before the backup's checkpoint began are in the backup, all of them. */
static void note_checkpoint(LogScan *scan, const WalEffect *effect)
{
    Checkpoint checkpoint;
    PgTime time;

    if (scan->is_consistent || effect->checkpoint.size < CHECKPOINT_SIZE)
        return;
    checkpoint_decode(effect->checkpoint.bytes, &checkpoint);
    time = (checkpoint.time - PG_EPOCH_UNIX) * 1000000;
    if (time > scan->first_time)
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
