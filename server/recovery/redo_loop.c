/*
 * redo_loop.c - read the log record by record and apply each: counters, blocks, then the rest
 *
 * Nobody else touches the pages while the cluster recovers, so blocks are applied one by one, each
 * under its own lock. common/redo decides what becomes of a page, this file where it comes from.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/rel_path.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/redo/redo.h"
#include "common/text/num.h"
#include "common/walrec/describe.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/recovery/pause.h"
#include "server/recovery/prefetch.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"
#include "server/recovery/source/restore.h"
#include "server/recovery/standby/conflict.h"
#include "server/recovery/standby/standby.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/xid.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

#define PROGRESS_EVERY 1024 /* records between two looks at the clock */

typedef struct RedoLoop {
    const StartPoint *start;
    WalReader *reader;
    TimelineId tli; /* that the newest record is on */
    RedoEnv env;
    const WalRecord *record; /* that is being applied */
    MemContext *mem;         /* reset for each record */
    uint64_t started_us, said_us;
    uint64_t record_count;
    Lsn said_invalid; /* where the log was told to be no good */
} RedoLoop;

static const RecoveryTarget no_target = {.kind = TARGET_NONE};

static const char *describe_record(void *arg);
static void say_invalid(RedoLoop *l);
static bool next_record(RedoLoop *l);
static void redo_one(RedoLoop *l, LogEnd *out);
static void say_end(const RedoLoop *l, const LogEnd *out);
static void act_at_target(const RecoveryTarget *target);
static void apply(RedoLoop *l, const WalEffect *effect);
static TimelineId timeline_after(const RedoLoop *l, const WalEffect *effect);
static void apply_touch(const RedoLoop *l, const WalTouch *touch);
static void apply_page(const RedoLoop *l, const WalTouch *touch, Buffer buffer);
static void apply_together(const RedoLoop *l, const WalTouch *touches, size_t count);
static Buffer find_page(const WalRecord *record, const WalTouch *touch);
static void extend_to(SmgrRel *rel, ForkNo fork, BlockNo block);
static void say_progress(RedoLoop *l);
static void find_end(const RedoLoop *l, LogEnd *out);

/* The checkpoint of a shutdown: all that it says is known, so that it is no redo yet. */
static bool is_where_it_starts(const RedoLoop *l)
{
    Lsn checkpoint = l->start->checkpoint_start;

    return l->record->start == checkpoint && l->start->checkpoint.redo == checkpoint;
}

void redo_loop(const StartPoint *start, LogEnd *out)
{
    RedoLoop l = {
        .start = start,
        .reader = log_source_reader(start->checkpoint.tli),
        .tli = start->checkpoint.tli,
        .env = {.version = 15,
                .hint_bits_logged = wal_identity()->has_checksums || setting.wal_log_hints},
        .mem = mem_context_new(mem_current(), "redo"),
        .started_us = clock_monotonic_us()};
    ErrContext context = {.describe = describe_record, .arg = &l};

    *out = (LogEnd){.tli = start->checkpoint.tli, .last_record = start->checkpoint_start};
    wal_reader_seek(l.reader,
                    start->needs_recovery ? start->checkpoint.redo : start->checkpoint_start);
    l.said_us = l.started_us;
    /* Nobody else changes files meanwhile. */
    smgr_set_redo(true);
    if (start->needs_recovery && start->is_requested)
        standby_start(&start->checkpoint, start->is_shutdown);
    if (start->needs_recovery)
        prefetch_begin(start->checkpoint.tli);
    err_context_push(&context);
    while (!out->stop.is_reached && next_record(&l)) {
        if (!start->needs_recovery) {
            out->last_record = l.record->start;
            continue;
        }
        if (!out->is_anything_redone && !is_where_it_starts(&l)) {
            err_log(ERR_LOG,
                    .message = err_fmt("redo starts at " LSN_FMT, LSN_ARG(l.record->start)));
            consistency_check();
            out->is_anything_redone = true;
        }
        recovery_look_after();
        prefetch_look_ahead(l.record);
        MEM_SCOPE(l.mem) {
            redo_one(&l, out);
        }
        mem_reset(l.mem);
        if (++l.record_count % PROGRESS_EVERY == 0)
            say_progress(&l);
    }
    l.record = NULL;
    err_context_pop(&context);
    prefetch_end();
    smgr_set_redo(false);
    out->tli = l.tli;
    say_end(&l, out);
    find_end(&l, out);
}

/* Once for each place: whoever waits for more finds the same again and again. */
static void say_invalid(RedoLoop *l)
{
    const WalEnd *end = wal_reader_end(l->reader);

    if (end->kind == WAL_END_INVALID && end->lsn != l->said_invalid)
        err_log(ERR_LOG, .message = end->reason);
    l->said_invalid = end->lsn;
}

/* False: there are no more, and there will be none. */
static bool next_record(RedoLoop *l)
{
    while (!wal_reader_next(l->reader, &l->record)) {
        l->record = NULL;
        if (l->start->needs_recovery) {
            say_invalid(l);
            consistency_check();
            if (consistency_is_reached())
                standby_let_in();
            recovery_tell_followers();
        }
        if (!log_source_wait(wal_reader_end(l->reader)))
            return false;
    }
    return true;
}

/* Unless the target lies before it. */
static void redo_one(RedoLoop *l, LogEnd *out)
{
    const RecoveryTarget *target = l->start->is_requested ? &l->start->target : &no_target;
    const WalRecord *record = l->record;
    WalEffect effect;

    walrec_effect(record, &effect);
    if (recovery_pause() != RECOVERY_NOT_PAUSED)
        recovery_pause_here(false);
    if (target->kind != TARGET_NONE &&
        target_stops_before(target, record, &effect, consistency_is_reached(), &out->stop))
        return;
    recovery_delay(record, &effect);
    apply(l, &effect);
    out->last_record = record->start;
    consistency_check();
    if (consistency_is_reached())
        standby_let_in();
    if (target->kind != TARGET_NONE)
        (void)target_stops_after(target, record, &effect, consistency_is_reached(), &out->stop);
}

/* What is wanted at a target, and that it was met. */
static void say_end(const RedoLoop *l, const LogEnd *out)
{
    const StartPoint *start = l->start;
    RecoveryProgress p;

    if (out->stop.is_reached)
        act_at_target(&start->target);
    if (!start->needs_recovery)
        return;
    if (!out->is_anything_redone) {
        err_log(ERR_LOG, .message = "redo is not required");
    } else {
        err_log(ERR_LOG,
                .message = err_fmt("redo done at " LSN_FMT " system usage: elapsed: %.2f s",
                                   LSN_ARG(out->last_record),
                                   (double)(clock_monotonic_us() - l->started_us) / 1e6));
        recovery_progress(&p);
        if (p.last_xact_time != 0) {
            char *text = target_time_text(p.last_xact_time);

            err_log(ERR_LOG,
                    .message = err_fmt("last completed transaction was at log time %s", text));
        }
    }
    if (start->is_requested && start->target.kind != TARGET_NONE && !out->stop.is_reached)
        err_fatal(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = "recovery ended before configured recovery target was reached");
}

static void act_at_target(const RecoveryTarget *target)
{
    if (!consistency_is_reached())
        err_fatal(SQLSTATE_INTERNAL_ERROR,
                  .message = "requested recovery stop point is before consistent recovery point");
    switch (target->action) {
    case TARGET_SHUTDOWN:
        recovery_leave(RECOVERY_EXIT_SHUTDOWN);
    case TARGET_PAUSE:
        recovery_set_pause(true);
        recovery_pause_here(true);
        break;
    case TARGET_PROMOTE:
        break;
    }
}

static const char *describe_record(void *arg)
{
    const RedoLoop *l = arg;
    StrBuf text;

    if (l->record == NULL)
        return NULL;
    strbuf_init(&text);
    walrec_describe(&text, l->record);
    return err_fmt("WAL redo at " LSN_FMT " for %s/%s: %s", LSN_ARG(l->record->start),
                   walrec_rmgr_name(l->record->rmgr),
                   walrec_kind_name(l->record->version, l->record->rmgr, l->record->info),
                   text.text);
}

static void apply(RedoLoop *l, const WalEffect *effect)
{
    const WalRecord *record = l->record;
    TimelineId tli = timeline_after(l, effect);
    WalTouch touches[WAL_TOUCH_MAX];
    size_t count;

    recovery_note_applying(record, tli);
    xid_advance_next_past(record->xid);
    standby_before(record, effect);
    count = walrec_touched(record, touches);
    if (recovery_takes_queries() && count > 1)
        apply_together(l, touches, count);
    else
        for (size_t i = 0; i < count; i++)
            apply_touch(l, &touches[i]);
    redo_effect(record, effect);
    standby_after(record, effect);
    recovery_note_applied(record, tli);
    if (tli != l->tli) {
        /* What the old timeline has behind the switch is not ours. */
        wal_segments_remove_other_timelines(record->end, tli);
        l->tli = tli;
        recovery_tell_followers();
    }
}

/* The timeline that the log is on with this record. */
static TimelineId timeline_after(const RedoLoop *l, const WalEffect *effect)
{
    TimelineId tli = l->tli, prev_tli = l->tli;

    if (effect->kind == WAL_EFFECT_CHECKPOINT && effect->checkpoint.is_shutdown) {
        Checkpoint c;

        checkpoint_decode(effect->checkpoint.bytes, &c);
        tli = c.tli;
        prev_tli = c.prev_tli;
    } else if (effect->kind == WAL_EFFECT_END_OF_RECOVERY) {
        tli = effect->end_of_recovery.tli;
        prev_tli = effect->end_of_recovery.prev_tli;
    }
    if (tli != l->tli)
        timeline_check_switch(l->record->end, tli, prev_tli, l->tli);
    return tli;
}

static void apply_touch(const RedoLoop *l, const WalTouch *touch)
{
    Buffer buffer = find_page(l->record, touch);

    apply_page(l, touch, buffer);
    if (buffer != BUFFER_NONE)
        buffer_unlock_unpin(buffer);
}

static void apply_page(const RedoLoop *l, const WalTouch *touch, Buffer buffer)
{
    if (buffer == BUFFER_NONE) {
        missing_pages_note(&touch->tag, false);
        return;
    }
    switch (redo_block(&l->env, l->record, touch, buffer_page(buffer))) {
    case REDO_APPLIED:
    case REDO_RESTORED:
        buffer_mark_dirty(buffer);
        break;
    case REDO_MISSING:
        missing_pages_note(&touch->tag, true);
        break;
    case REDO_SKIPPED:
    case REDO_UNCHANGED:
        break;
    }
    /* After redo init forks are copied as they are on disk. */
    if (touch->tag.fork == FORK_INIT) {
        buffer_unlock(buffer);
        buffer_flush_relation(smgr_open(&touch->tag.rel, SMGR_PERMANENT));
        buffer_lock(buffer, BUFFER_EXCLUSIVE);
    }
}

/*
 * With readers: all pages of the record are locked before one of them is changed, so that nobody
 * follows a link to what is not there yet. A record can touch a page (of a map) twice.
 */
static void apply_together(const RedoLoop *l, const WalTouch *touches, size_t count)
{
    Buffer buffers[WAL_TOUCH_MAX];
    bool is_again[WAL_TOUCH_MAX];

    for (size_t i = 0; i < count; i++) {
        size_t first = 0;

        while (first < i && !block_tag_equal(&touches[first].tag, &touches[i].tag))
            first++;
        is_again[i] = first < i;
        buffers[i] = is_again[i] ? buffers[first] : find_page(l->record, &touches[i]);
    }
    for (size_t i = 0; i < count; i++)
        apply_page(l, &touches[i], buffers[i]);
    for (size_t i = count; i-- > 0;)
        if (!is_again[i] && buffers[i] != BUFFER_NONE)
            buffer_unlock_unpin(buffers[i]);
}

/* Does it move or remove what a reader with a pin may point at? */
static bool needs_cleanup_lock(const WalRecord *record, const WalTouch *touch)
{
    uint8_t opcode = wal_record_opcode(record);

    return touch->ref_id == 0 && ((record->rmgr == RMGR_HEAP2 && opcode == WAL_HEAP2_PRUNE) ||
                                  (record->rmgr == RMGR_BTREE && opcode == WAL_BTREE_VACUUM));
}

/*
 * The block's buffer, locked exclusively; none when the block is not there and the record does not
 * make it. Maps may grow by any record: what they lack is zeros, as is a page that is damaged.
 */
static Buffer find_page(const WalRecord *record, const WalTouch *touch)
{
    const WalBlockRef *ref = touch->ref_id < 0 ? NULL : wal_record_ref(record, touch->ref_id);
    SmgrRel *rel = smgr_open(&touch->tag.rel, SMGR_PERMANENT);
    ForkNo fork = (ForkNo)touch->tag.fork;
    bool is_made = ref != NULL && (ref->will_init || (ref->has_image && ref->apply_image));
    bool is_map = fork == FORK_VM || fork == FORK_FSM;
    bool is_clean = recovery_takes_queries() && needs_cleanup_lock(record, touch);
    BlockNo count;
    Buffer buffer;

    if (is_made || is_map)
        smgr_create(rel, fork, true);
    else if (!smgr_exists(rel, fork))
        return BUFFER_NONE;
    count = smgr_block_count(rel, fork);
    if (touch->tag.block >= count) {
        if (!is_made && !is_map)
            return BUFFER_NONE;
        extend_to(rel, fork, touch->tag.block);
    }
    if (is_made) {
        buffer = buffer_read(rel, fork, touch->tag.block,
                             is_clean ? BUFFER_ZERO_AND_CLEANUP_LOCK : BUFFER_ZERO_AND_LOCK, NULL,
                             true);
    } else {
        buffer = buffer_read(rel, fork, touch->tag.block,
                             is_map ? BUFFER_ZERO_ON_ERROR : BUFFER_NORMAL, NULL, true);
        if (is_clean)
            buffer_lock_cleanup(buffer);
        else
            buffer_lock(buffer, BUFFER_EXCLUSIVE);
    }
    conflict_pin_is_gone();
    return buffer;
}

static void extend_to(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    for (BlockNo at = smgr_block_count(rel, fork); at <= block; at++)
        buffer_unpin(buffer_read(rel, fork, BLOCK_NONE, BUFFER_NORMAL, NULL, true));
}

static void say_progress(RedoLoop *l)
{
    uint64_t now = clock_monotonic_us();

    if (setting.log_startup_progress_interval <= 0 ||
        now - l->said_us < (uint64_t)setting.log_startup_progress_interval * 1000)
        return;
    l->said_us = now;
    err_log(ERR_LOG,
            .message = err_fmt("redo in progress, elapsed time: %.2f s, current LSN: " LSN_FMT,
                               (double)(now - l->started_us) / 1e6, LSN_ARG(l->record->start)));
}

/*
 * Where the log goes on: behind the newest record that was applied, which is read again. After a
 * crash, when the newest record runs on to a page that is lost, its beginning may be in an archive
 * already, so it stays, and the log goes on behind it at that page.
 */
static void find_end(const RedoLoop *l, LogEnd *out)
{
    const WalEnd *end = wal_reader_end(l->reader);

    if (!l->start->is_requested) {
        out->end = end->lsn;
        if (end->record_len > 0 && end->page > end->lsn - end->lsn % WAL_PAGE_SIZE) {
            out->aborted_record = end->lsn;
            out->missing_continuation = end->page;
        }
    }
    if (l->start->needs_recovery) {
        const WalRecord *record;

        log_source_reopen();
        wal_reader_seek(l->reader, out->last_record);
        if (!wal_reader_next(l->reader, &record))
            err_fatal(SQLSTATE_DATA_CORRUPTED, .message = "could not read the newest record again",
                      .detail = wal_reader_end(l->reader)->reason);
        if (l->start->is_requested)
            out->end = record->end;
    }
    out->file_tli = log_source_file_tli();
}
