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
#include "server/ipc/interrupt.h"
#include "server/recovery/recovery_int.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define PROGRESS_EVERY 1024 /* records between two looks at the clock */

typedef struct RedoLoop {
    WalReader *reader;
    RedoEnv env;
    const WalRecord *record; /* that is being applied */
    MemContext *mem;         /* reset for each record */
    uint64_t started_us, said_us;
    uint64_t record_count;
} RedoLoop;

static const char *describe_record(void *arg);
static void apply(RedoLoop *l);
static void apply_touch(const RedoLoop *l, const WalTouch *touch);
static Buffer find_page(const WalRecord *record, const WalTouch *touch);
static void extend_to(SmgrRel *rel, ForkNo fork, BlockNo block);
static void say_progress(RedoLoop *l);
static void find_end(const RedoLoop *l, LogEnd *out);

void redo_loop(const StartPoint *start, LogEnd *out)
{
    RedoLoop l = {
        .reader = recovery_open_log(start->checkpoint.tli),
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
    err_context_push(&context);
    while (wal_reader_next(l.reader, &l.record)) {
        out->last_record = l.record->start;
        if (!start->needs_recovery)
            continue;
        if (!out->is_anything_redone)
            err_log(ERR_LOG,
                    .message = err_fmt("redo starts at " LSN_FMT, LSN_ARG(l.record->start)));
        out->is_anything_redone = true;
        check_interrupts();
        MEM_SCOPE(l.mem) {
            apply(&l);
        }
        mem_reset(l.mem);
        if (++l.record_count % PROGRESS_EVERY == 0)
            say_progress(&l);
    }
    l.record = NULL;
    err_context_pop(&context);
    smgr_set_redo(false);
    find_end(&l, out);
    if (out->is_anything_redone) {
        err_log(ERR_LOG, .message = wal_reader_end(l.reader)->reason);
        err_log(ERR_LOG,
                .message = err_fmt("redo done at " LSN_FMT " system usage: elapsed: %.2f s",
                                   LSN_ARG(out->last_record),
                                   (double)(clock_monotonic_us() - l.started_us) / 1e6));
    } else if (start->needs_recovery) {
        err_log(ERR_LOG, .message = "redo is not required");
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

static void apply(RedoLoop *l)
{
    const WalRecord *record = l->record;
    TimelineId tli = wal_reader_timeline(l->reader);
    WalTouch touches[WAL_TOUCH_MAX];
    size_t count;
    WalEffect effect;

    recovery_note_applying(record, tli);
    xid_advance_next_past(record->xid);
    count = walrec_touched(record, touches);
    for (size_t i = 0; i < count; i++)
        apply_touch(l, &touches[i]);
    walrec_effect(record, &effect);
    redo_effect(record, &effect);
    recovery_note_applied(record, tli);
}

static void apply_touch(const RedoLoop *l, const WalTouch *touch)
{
    Buffer buffer = find_page(l->record, touch);

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
    buffer_unlock_unpin(buffer);
    /* After redo init forks are copied as they are on disk. */
    if (touch->tag.fork == FORK_INIT)
        buffer_flush_relation(smgr_open(&touch->tag.rel, SMGR_PERMANENT));
}

/*
 * The block's buffer, locked exclusively; none when the block is not there and the record does not
 * make it. Maps may grow by any record: what they lack is zeros.
 */
static Buffer find_page(const WalRecord *record, const WalTouch *touch)
{
    const WalBlockRef *ref = touch->ref_id < 0 ? NULL : wal_record_ref(record, touch->ref_id);
    SmgrRel *rel = smgr_open(&touch->tag.rel, SMGR_PERMANENT);
    ForkNo fork = (ForkNo)touch->tag.fork;
    bool is_made = ref != NULL && (ref->will_init || (ref->has_image && ref->apply_image));
    BlockNo count;
    Buffer buffer;

    if (is_made || fork == FORK_VM || fork == FORK_FSM)
        smgr_create(rel, fork, true);
    else if (!smgr_exists(rel, fork))
        return BUFFER_NONE;
    count = smgr_block_count(rel, fork);
    if (touch->tag.block >= count) {
        if (!is_made && fork != FORK_VM && fork != FORK_FSM)
            return BUFFER_NONE;
        extend_to(rel, fork, touch->tag.block);
    }
    if (is_made)
        return buffer_read(rel, fork, touch->tag.block, BUFFER_ZERO_AND_LOCK, NULL, true);
    buffer = buffer_read(rel, fork, touch->tag.block, BUFFER_NORMAL, NULL, true);
    buffer_lock(buffer, BUFFER_EXCLUSIVE);
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
 * Where the log goes on. When the newest record runs on to a page that is lost, its beginning may
 * be in an archive already, so it stays, and the log goes on behind it at that page.
 */
static void find_end(const RedoLoop *l, LogEnd *out)
{
    const WalEnd *end = wal_reader_end(l->reader);
    Lsn page_of_end = end->lsn - end->lsn % WAL_PAGE_SIZE;

    if (wal_reader_timeline(l->reader) != 0)
        out->tli = wal_reader_timeline(l->reader);
    out->end = end->lsn;
    if (end->record_len > 0 && end->page > page_of_end) {
        out->aborted_record = end->lsn;
        out->missing_continuation = end->page;
    }
}
