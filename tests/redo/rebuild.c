/* rebuild.c - replay of all WAL over a copy of a cluster; rebuild.h says what it does. */
#include "common/base/base.h"

#include "tests/redo/rebuild.h"

#include <stdio.h>
#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/backup_label.h"
#include "common/format/rel_path.h"
#include "common/format/relmap.h"
#include "common/format/tablespace_map.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/redo/redo.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/walrec/effects.h"
#include "common/walrec/reader.h"
#include "tests/lib/page_cache.h"
#include "tests/redo/cluster_wal.h"
#include "tests/redo/rebuild_files.h"

#define FAILURES_MAX 20 /* that are kept as text */

typedef struct Run {
    const RebuildConfig *config;
    Rebuild *result;
    const PgVersion *version;
    PageCache *pages;
    RebuildFiles *files;
    RedoEnv env;
    Hash missing; /* RebuildTouch by tag */
    MemContext *mem;
} Run;

static void list_base(Run *run);
static OsWalk list_file(void *arg, const char *path, const OsStat *stat);
static void list_relmap(Run *run, const char *path);
static Lsn find_start(const Run *run);
static void replay(Run *run, WalReader *reader);
static void replay_record(Run *run, const WalRecord *record);
static void replay_touch(Run *run, const WalRecord *record, const WalTouch *touch);
static RebuildOutcome apply(Run *run, const WalRecord *record, const WalTouch *touch,
                            uint8_t *page);
static RebuildOutcome note_failure(Run *run, const WalRecord *record, const ErrReport *report);
static void note_touch(Hash *touches, const WalRecord *record, const WalTouch *touch);
static void trace(const WalRecord *record, const WalTouch *touch, RebuildOutcome outcome);
static void write_seed(Run *run, const WalRecord *record);
static void explain_missing(Run *run, const WalEffect *effect);
static bool is_explained(const WalEffect *effect, const BlockTag *tag);
static void follow_control(Run *run, const WalRecord *record, const WalEffect *effect);
static void finish(Run *run);
static void reset_unlogged(const Run *run);
static void remove_files(const Run *run, const RelTag *rel, ForkNo fork);

Rebuild *rebuild_run(const RebuildConfig *config)
{
    Rebuild *r = mem_new(Rebuild);
    Run run = {.config = config, .result = r, .mem = mem_current()};
    WalReader *reader;

    control_file_read(config->dir, &r->control);
    run.version = pg_version_find(r->control.version);
    run.env.version = r->control.version;
    run.env.hint_bits_logged = r->control.checksum_version != 0 || r->control.wal_log_hints;
    run.pages =
        page_cache_new(&(PageCacheConfig){.dir = config->dir,
                                          .version = run.version,
                                          .page_max = config->page_max,
                                          .has_checksums = r->control.checksum_version != 0});
    run.files = rebuild_files_new(config->dir, run.version, run.pages,
                                  &(SlruEnv){.keeps_commit_ts = r->control.track_commit_timestamp,
                                             .next_xid = (Xid)r->control.checkpoint.next_xid});
    hash_init(&run.missing, sizeof(BlockTag), sizeof(RebuildTouch));
    r->touched = mem_new(Hash);
    hash_init(r->touched, sizeof(BlockTag), sizeof(RebuildTouch));
    array_init(&r->missing, sizeof(RebuildTouch));
    array_init(&r->failures, sizeof(char *));

    list_base(&run);
    r->start = find_start(&run);
    reader = cluster_wal_open(config->wal_dir, config->theirs);
    wal_reader_seek(reader, r->start);
    replay(&run, reader);
    r->end = wal_reader_end(reader)->lsn;
    r->why_ended = wal_reader_end(reader)->reason;
    finish(&run);
    return r;
}

const RebuildTouch *rebuild_find_touch(const Rebuild *r, const BlockTag *tag)
{
    return hash_find(r->touched, tag);
}

/* ---- Begin ---- */

static void list_base(Run *run)
{
    run->result->files = file_list_new();
    os_dir_walk(run->config->dir, list_file, run);
}

static OsWalk list_file(void *arg, const char *path, const OsStat *stat)
{
    Run *run = arg;

    /* A link would lead to the tablespace of another cluster; tests make tablespaces in place. */
    if (stat->kind == OS_KIND_LINK && str_starts_with(path, "pg_tblspc/"))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("\"%s\" is a link, which is not followed", path));
    file_list_add(run->result->files, path, stat->kind == OS_KIND_FILE ? stat->size : 0);
    if (str_equal(path_base(path), RELMAP_FILE_NAME))
        list_relmap(run, path);
    return OS_WALK_GO_ON;
}

static void list_relmap(Run *run, const char *path)
{
    char *neighbour = path_join(path_dir(path), "1");
    RelPath rel;
    size_t len;
    char *bytes = os_file_read_all(path_join(run->config->dir, path), RELMAP_SIZE_MAX, &len);

    /* Whose map it is says the name of a relation beside it. */
    if (rel_path_try_parse(neighbour, &rel))
        file_list_add_relmap(run->result->files, rel.tag.tablespace, rel.tag.database, bytes, len);
}

/* A backup says where its replay has to begin; what was shut down goes on where it ended. */
static Lsn find_start(const Run *run)
{
    char *path = path_join(run->config->dir, BACKUP_LABEL_FILE_NAME);
    size_t len;
    char *text = os_file_try_read_all(path, BACKUP_LABEL_SIZE_MAX, &len);
    BackupLabel label;

    if (text == NULL)
        return run->result->control.checkpoint.redo;
    backup_label_parse(text, len, path, &label);
    return label.start_lsn;
}

/* ---- Records ---- */

static void replay(Run *run, WalReader *reader)
{
    MemContext *record_mem = mem_context_new(run->mem, "record");
    const WalRecord *record;

    while (wal_reader_next(reader, &record)) {
        mem_reset(record_mem);
        MEM_SCOPE(record_mem) {
            replay_record(run, record);
        }
    }
    mem_delete(record_mem);
}

static void replay_record(Run *run, const WalRecord *record)
{
    WalTouch touches[WAL_TOUCH_MAX];
    size_t count = walrec_touched(record, touches);
    WalEffect effect;

    run->result->record_count++;
    run->result->last_record = record->start;
    run->result->counts[record->rmgr][wal_record_opcode(record) >> 4].records++;
    for (size_t i = 0; i < count; i++)
        replay_touch(run, record, &touches[i]);

    walrec_effect(record, &effect);
    if (run->config->fuzz_dir != NULL && effect.kind != WAL_EFFECT_NONE)
        write_seed(run, record);
    rebuild_files_apply(run->files, record, &effect);
    file_list_apply(run->result->files, record, &effect);
    follow_control(run, record, &effect);
    if (run->missing.count > 0)
        explain_missing(run, &effect);
}

static void replay_touch(Run *run, const WalRecord *record, const WalTouch *touch)
{
    uint8_t *page = page_cache_get(run->pages, &touch->tag);
    RebuildOutcome outcome = apply(run, record, touch, page);

    run->result->counts[record->rmgr][wal_record_opcode(record) >> 4].touches[outcome]++;
    if (outcome == REBUILD_APPLIED || outcome == REBUILD_RESTORED) {
        page_cache_mark(run->pages, &touch->tag);
        note_touch(run->result->touched, record, touch);
    } else if (outcome == REBUILD_MISSING) {
        note_touch(&run->missing, record, touch);
    }
    if (run->config->trace != NULL && block_tag_equal(run->config->trace, &touch->tag))
        trace(record, touch, outcome);
}

static RebuildOutcome apply(Run *run, const WalRecord *record, const WalTouch *touch, uint8_t *page)
{
    static const RebuildOutcome outcomes[] = {[REDO_APPLIED] = REBUILD_APPLIED,
                                              [REDO_RESTORED] = REBUILD_RESTORED,
                                              [REDO_SKIPPED] = REBUILD_SKIPPED,
                                              [REDO_UNCHANGED] = REBUILD_UNCHANGED,
                                              [REDO_MISSING] = REBUILD_MISSING};
    volatile RebuildOutcome outcome = REBUILD_FAILED;

    ERR_TRY() {
        outcome = outcomes[redo_block(&run->env, record, touch, page)];
    }
    ERR_CATCH() {
        outcome = note_failure(run, record, err_caught());
    }
    ERR_END();
    return outcome;
}

static RebuildOutcome note_failure(Run *run, const WalRecord *record, const ErrReport *report)
{
    if (report->sqlstate == SQLSTATE_FEATURE_NOT_SUPPORTED)
        return REBUILD_NOT_YET;
    if (run->result->failures.count < FAILURES_MAX) {
        char **text = array_push(&run->result->failures);

        MEM_SCOPE(run->mem) {
            *text = mem_printf("%s %s: %s (%s)", cluster_wal_rmgr_name(record->rmgr),
                               cluster_wal_kind_name(record->rmgr, wal_record_opcode(record)),
                               report->message, report->context);
        }
    }
    return REBUILD_FAILED;
}

static void note_touch(Hash *touches, const WalRecord *record, const WalTouch *touch)
{
    RebuildTouch *note = hash_enter(touches, &touch->tag, NULL);
    const WalBlockRef *ref = touch->ref_id < 0 ? NULL : wal_record_ref(record, touch->ref_id);

    note->rmgr = record->rmgr;
    note->opcode = wal_record_opcode(record);
    note->lsn = record->start;
    note->lost_bits |= touch->tag.fork == FORK_VM && ref != NULL && ref->hole_len > 0;
}

static void trace(const WalRecord *record, const WalTouch *touch, RebuildOutcome outcome)
{
    static const char *const names[] = {"applied", "restored", "skipped", "unchanged",
                                        "missing", "not yet",  "failed"};

    printf(LSN_FMT " %s %s, reference %d: %s\n", LSN_ARG(record->start),
           cluster_wal_rmgr_name(record->rmgr),
           cluster_wal_kind_name(record->rmgr, wal_record_opcode(record)), touch->ref_id,
           names[outcome]);
}

/* Up to two of each kind of record, but none of those whose main data are long. */
static void write_seed(Run *run, const WalRecord *record)
{
    uint8_t header[4] = {record->rmgr, record->info, (uint8_t)(record->version - 13), 1};
    char *path = NULL;
    OsFile *file;

    for (int i = 0; i < 2 && (path == NULL || os_exists(path)); i++)
        path = mem_printf("%s/%s-%02X-%d", run->config->fuzz_dir,
                          cluster_wal_rmgr_name(record->rmgr), record->info, i);
    if (record->main_len > 600 || os_exists(path))
        return;
    file = os_file_open(path, OS_WRITE | OS_CREATE);
    os_file_write(file, header, sizeof(header));
    os_file_write(file, record->main, record->main_len);
    os_file_close(file);
}

/* Pages that were missing are no wonder when the record removes them. */
static void explain_missing(Run *run, const WalEffect *effect)
{
    size_t position = 0;
    const RebuildTouch *touch;
    Array gone;

    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        if (effect->xact.rels.count == 0)
            return;
        break;
    case WAL_EFFECT_REL_TRUNCATE:
    case WAL_EFFECT_DB_DROP:
        break;
    default:
        return;
    }
    array_init(&gone, sizeof(BlockTag));
    while ((touch = hash_next(&run->missing, &position)) != NULL) {
        if (is_explained(effect, &touch->tag))
            *(BlockTag *)array_push(&gone) = touch->tag;
    }
    array_foreach(BlockTag, tag, &gone)
        hash_remove(&run->missing, tag);
    run->result->missing_explained += gone.count;
}

static bool is_explained(const WalEffect *effect, const BlockTag *tag)
{
    switch (effect->kind) {
    case WAL_EFFECT_REL_TRUNCATE:
        return rel_tag_equal(&effect->rel.tag, &tag->rel) && tag->fork == FORK_MAIN &&
               effect->rel.cuts_main && tag->block >= effect->rel.block_count;
    case WAL_EFFECT_DB_DROP:
        return effect->db_drop.database == tag->rel.database;
    default:
        for (uint32_t i = 0; i < effect->xact.rels.count; i++) {
            RelTag rel = walrec_list_rel(&effect->xact.rels, i);

            if (rel_tag_equal(&rel, &tag->rel))
                return true;
        }
        return false;
    }
}

static void follow_control(Run *run, const WalRecord *record, const WalEffect *effect)
{
    ControlFile *control = &run->result->control;
    WalParameters p;

    if (effect->kind == WAL_EFFECT_CHECKPOINT) {
        checkpoint_decode(effect->checkpoint.bytes, &control->checkpoint);
        control->checkpoint_lsn = record->start;
    } else if (effect->kind == WAL_EFFECT_PARAMETER_CHANGE) {
        p = walrec_parameters(effect);
        control->wal_level = p.wal_level;
        control->wal_log_hints = p.wal_log_hints;
        control->max_connections = p.max_connections;
        control->max_worker_processes = p.max_worker_processes;
        control->max_wal_senders = p.max_wal_senders;
        control->max_prepared_xacts = p.max_prepared_xacts;
        control->max_locks_per_xact = p.max_locks_per_xact;
        control->track_commit_timestamp = p.track_commit_timestamp;
        run->env.hint_bits_logged = control->checksum_version != 0 || p.wal_log_hints;
    }
}

/* ---- End ---- */

/* The copy becomes a cluster that was shut down at the last checkpoint. */
static void finish(Run *run)
{
    Rebuild *r = run->result;
    size_t position = 0;
    const RebuildTouch *touch;

    page_cache_flush(run->pages);
    page_cache_counts(run->pages, &r->pages_read, &r->pages_written);
    r->status_page_count = rebuild_files_finish(run->files);
    reset_unlogged(run);
    os_try_unlink(path_join(run->config->dir, BACKUP_LABEL_FILE_NAME));
    os_try_unlink(path_join(run->config->dir, TABLESPACE_MAP_FILE_NAME));

    r->control.state = CONTROL_SHUT_DOWN;
    r->control.min_recovery_lsn = LSN_NONE;
    r->control.min_recovery_tli = 0;
    r->control.backup_start_lsn = LSN_NONE;
    r->control.backup_end_required = false;
    control_file_write(run->config->dir, &r->control);

    while ((touch = hash_next(&run->missing, &position)) != NULL)
        *(RebuildTouch *)array_push(&r->missing) = *touch;
}

/* As at the end of a server's recovery: an unlogged relation begins as its init fork. */
static void reset_unlogged(const Run *run)
{
    size_t position = 0;
    const ListedFork *fork;

    while ((fork = file_list_next_fork(run->result->files, &position)) != NULL) {
        const RelTag *rel = &fork->key.rel;

        if (fork->key.fork != FORK_INIT)
            continue;
        remove_files(run, rel, FORK_MAIN);
        remove_files(run, rel, FORK_FSM);
        remove_files(run, rel, FORK_VM);
        os_copy_file(path_join(run->config->dir, rel_path(rel, FORK_INIT, 0, run->version)),
                     path_join(run->config->dir, rel_path(rel, FORK_MAIN, 0, run->version)));
    }
}

static void remove_files(const Run *run, const RelTag *rel, ForkNo fork)
{
    uint32_t segment = 0;

    while (os_try_unlink(path_join(run->config->dir, rel_path(rel, fork, segment, run->version))))
        segment++;
}
