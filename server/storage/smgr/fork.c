/*
 * fork.c - one fork of a relation: its segment files, opened as they are needed
 *
 * The segments that are open are the first few, without a gap. To open one more, the one before has
 * to be full: a shorter one is the end of the fork, whatever files lie behind it. So a fork that
 * was cut, and has empty files behind its end, reads as one that never was longer.
 *
 * Messages and SQLSTATEs are those of PostgreSQL.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "server/config/setting.h"
#include "server/storage/smgr/smgr_int.h"
#include "server/storage/sync/sync.h"

#define ZEROS_WRITTEN_MAX 8 /* pages: more are asked of the system, which need not write them */

typedef enum SegmentOpen {
    SEGMENT_MUST_EXIST,
    SEGMENT_MAKE_IN_REDO, /* else it must exist */
    SEGMENT_OR_NULL,
    SEGMENT_MAKE,
    SEGMENT_IF_OPEN,
} SegmentOpen;

static Vfd *segment_of(SmgrRel *rel, ForkNo fork, BlockNo block, SegmentOpen how);
static Vfd *next_segment(SmgrRel *rel, ForkNo fork, BlockNo target, SegmentOpen how);
static Vfd *open_first(SmgrRel *rel, ForkNo fork, SegmentOpen how);
static Vfd *open_segment(SmgrRel *rel, ForkNo fork, VfdOpen how, int *error);
static void fill_segment(SmgrRel *rel, ForkNo fork, BlockNo size);
static BlockNo segment_size(Vfd *f);
static void keep_segment(SmgrRel *rel, ForkNo fork, Vfd *f);
static uint64_t offset_of(BlockNo block);
static SyncFile sync_file(const SmgrKey *key, ForkNo fork, uint32_t segment);
static void ask_sync(SmgrRel *rel, ForkNo fork, uint32_t segment);
static void ask_folder_sync(const SmgrKey *key);
static void check_extended(const Vfd *f, int64_t done, uint64_t wanted, BlockNo block);
static void make_folder(const SmgrRel *rel);
static void write_zeros(Vfd *f, BlockNo block, BlockNo count);
static void truncate_segment(SmgrRel *rel, ForkNo fork, uint32_t segment, BlockNo size,
                             BlockNo count);
static bool empty_file(const char *path);
static bool remove_file(const char *path);

char *smgr_path(const RelTag *tag, int temp_backend, ForkNo fork, uint32_t segment)
{
    const PgVersion *version = pg_version_find(15);
    char *folder, *name, *path;

    if (temp_backend == SMGR_PERMANENT)
        return rel_path(tag, fork, segment, version);
    folder = rel_dir_path(tag->tablespace, tag->database, version);
    name = rel_file_name(&(RelFileName){.rel = tag->rel,
                                        .fork = fork,
                                        .segment = segment,
                                        .is_temp = true,
                                        .backend = (uint32_t)temp_backend});
    path = mem_printf("%s/%s", folder, name);
    mem_free(name);
    mem_free(folder);
    return path;
}

bool smgr_exists(SmgrRel *rel, ForkNo fork)
{
    /* What is open may have been removed by another process. In redo there is none. */
    if (!smgr_is_in_redo())
        fork_close(rel, fork, 0);
    return open_first(rel, fork, SEGMENT_OR_NULL) != NULL;
}

void smgr_create(SmgrRel *rel, ForkNo fork, bool is_redo)
{
    int error;
    Vfd *f;

    if (is_redo && rel->forks[fork].open_count > 0)
        return;
    fork_close(rel, fork, 0);
    f = open_segment(rel, fork, is_redo ? VFD_CREATE_OR_OPEN : VFD_CREATE_NEW, &error);
    if (f == NULL && os_error_is_missing(error)) {
        make_folder(rel);
        f = open_segment(rel, fork, is_redo ? VFD_CREATE_OR_OPEN : VFD_CREATE_NEW, &error);
    }
    if (f == NULL)
        err_raise(os_error_sqlstate(error),
                  .message = err_fmt("could not create file \"%s\": %s",
                                     smgr_path(&rel->key.tag, rel->key.temp_backend, fork, 0),
                                     os_error_text(error)));
    rel->forks[fork].cached_count = SMGR_COUNT_UNKNOWN;
    keep_segment(rel, fork, f);
    if (!smgr_is_temp(rel))
        ask_folder_sync(&rel->key);
}

void smgr_extend(SmgrRel *rel, ForkNo fork, BlockNo block, const uint8_t *page, bool skip_sync)
{
    Vfd *f;
    int64_t done;

    if (block == BLOCK_NONE)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("cannot extend file \"%s\" beyond %u blocks",
                                     smgr_path(&rel->key.tag, rel->key.temp_backend, fork, 0),
                                     BLOCK_NONE));
    f = segment_of(rel, fork, block, SEGMENT_MAKE);
    done = vfd_write_raw(f, page, BLOCK_SIZE, offset_of(block), WAIT_EVENT_DATA_FILE_EXTEND);
    check_extended(f, done, BLOCK_SIZE, block);
    if (!skip_sync)
        ask_sync(rel, fork, block / smgr_segment_blocks());
    /* What is remembered is right only when the block was the next one. */
    if (rel->forks[fork].cached_count != SMGR_COUNT_UNKNOWN)
        rel->forks[fork].cached_count =
            rel->forks[fork].cached_count == block ? block + 1 : SMGR_COUNT_UNKNOWN;
}

void smgr_zero_extend(SmgrRel *rel, ForkNo fork, BlockNo block, BlockNo count, bool skip_sync)
{
    const BlockNo segment_blocks = smgr_segment_blocks();

    if ((uint64_t)block + count > BLOCK_NO_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("cannot extend file \"%s\" beyond %u blocks",
                                     smgr_path(&rel->key.tag, rel->key.temp_backend, fork, 0),
                                     BLOCK_NONE));
    while (count > 0) {
        BlockNo run = segment_blocks - block % segment_blocks;

        if (run > count)
            run = count;
        write_zeros(segment_of(rel, fork, block, SEGMENT_MAKE), block, run);
        if (!skip_sync)
            ask_sync(rel, fork, block / segment_blocks);
        if (rel->forks[fork].cached_count != SMGR_COUNT_UNKNOWN)
            rel->forks[fork].cached_count =
                rel->forks[fork].cached_count == block ? block + run : SMGR_COUNT_UNKNOWN;
        block += run;
        count -= run;
    }
}

void smgr_read(SmgrRel *rel, ForkNo fork, BlockNo block, uint8_t *page)
{
    Vfd *f = segment_of(rel, fork, block, SEGMENT_MAKE_IN_REDO);
    int64_t done = vfd_read_raw(f, page, BLOCK_SIZE, offset_of(block), WAIT_EVENT_DATA_FILE_READ);

    if (done == BLOCK_SIZE)
        return;
    if (done < 0)
        err_raise(os_error_sqlstate((int)-done),
                  .message = err_fmt("could not read block %u in file \"%s\": %s", block,
                                     vfd_path(f), os_error_text((int)-done)));
    if (!setting.zero_damaged_pages && !smgr_is_in_redo())
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("could not read block %u in file \"%s\": read only %d of %d bytes",
                              block, vfd_path(f), (int)done, BLOCK_SIZE));
    memset(page, 0, BLOCK_SIZE);
}

void smgr_write(SmgrRel *rel, ForkNo fork, BlockNo block, const uint8_t *page, bool skip_sync)
{
    Vfd *f = segment_of(rel, fork, block, SEGMENT_MAKE_IN_REDO);
    int64_t done = vfd_write_raw(f, page, BLOCK_SIZE, offset_of(block), WAIT_EVENT_DATA_FILE_WRITE);

    if (done < 0)
        err_raise(os_error_sqlstate((int)-done),
                  .message = err_fmt("could not write block %u in file \"%s\": %s", block,
                                     vfd_path(f), os_error_text((int)-done)));
    if (done != BLOCK_SIZE)
        err_raise(SQLSTATE_DISK_FULL,
                  .message =
                      err_fmt("could not write block %u in file \"%s\": wrote only %d of %d bytes",
                              block, vfd_path(f), (int)done, BLOCK_SIZE),
                  .hint = "Check free disk space.");
    if (!skip_sync)
        ask_sync(rel, fork, block / smgr_segment_blocks());
}

void smgr_prefetch(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    Vfd *f = segment_of(rel, fork, block, smgr_is_in_redo() ? SEGMENT_OR_NULL : SEGMENT_MUST_EXIST);

    if (f != NULL)
        vfd_prefetch(f, offset_of(block), BLOCK_SIZE);
}

void smgr_writeback(SmgrRel *rel, ForkNo fork, BlockNo block, BlockNo count)
{
    const BlockNo segment_blocks = smgr_segment_blocks();

    while (count > 0) {
        BlockNo run = segment_blocks - block % segment_blocks;
        Vfd *f = segment_of(rel, fork, block, SEGMENT_IF_OPEN);

        if (run > count)
            run = count;
        /* A file that is not open here any more has perhaps been removed: it was only a hint. */
        if (f == NULL)
            return;
        vfd_writeback(f, offset_of(block), (uint64_t)run * BLOCK_SIZE);
        block += run;
        count -= run;
    }
}

/* Of the files. The segments that count are open then, and the last one is known. */
static BlockNo count_blocks(SmgrRel *rel, ForkNo fork)
{
    const BlockNo segment_blocks = smgr_segment_blocks();
    SmgrFork *fk = &rel->forks[fork];
    BlockNo size;
    int error;
    Vfd *f = open_first(rel, fork, SEGMENT_MUST_EXIST);

    for (f = fk->segments[fk->open_count - 1].file;; keep_segment(rel, fork, f)) {
        size = segment_size(f);
        if (size < segment_blocks)
            break;
        f = open_segment(rel, fork, VFD_MUST_EXIST, &error);
        if (f == NULL && !os_error_is_missing(error))
            err_raise(os_error_sqlstate(error),
                      .message = err_fmt(
                          "could not open file \"%s\": %s",
                          smgr_path(&rel->key.tag, rel->key.temp_backend, fork, fk->open_count),
                          os_error_text(error)));
        if (f == NULL)
            break;
    }
    fk->cached_count = (fk->open_count - 1) * segment_blocks + size;
    return fk->cached_count;
}

BlockNo smgr_block_count(SmgrRel *rel, ForkNo fork)
{
    BlockNo cached = smgr_cached_block_count(rel, fork);

    return cached != SMGR_COUNT_UNKNOWN ? cached : count_blocks(rel, fork);
}

BlockNo smgr_cached_block_count(SmgrRel *rel, ForkNo fork)
{
    return smgr_is_in_redo() ? rel->forks[fork].cached_count : SMGR_COUNT_UNKNOWN;
}

BlockNo smgr_seen_block_count(SmgrRel *rel, ForkNo fork)
{
    if (rel->forks[fork].cached_count != SMGR_COUNT_UNKNOWN)
        return rel->forks[fork].cached_count;
    if (smgr_exists(rel, fork))
        return smgr_block_count(rel, fork);
    rel->forks[fork].cached_count = 0;
    return 0;
}

void smgr_sync_now(SmgrRel *rel, ForkNo fork)
{
    SmgrFork *fk = &rel->forks[fork];
    uint32_t active_count;
    int error;
    Vfd *f;

    count_blocks(rel, fork);
    active_count = fk->open_count;
    /* Those behind the end were cut: that they are empty has to get to the disk, too. */
    while ((f = open_segment(rel, fork, VFD_MUST_EXIST, &error)) != NULL)
        keep_segment(rel, fork, f);
    for (uint32_t i = fk->open_count; i-- > 0;)
        vfd_sync(fk->segments[i].file, WAIT_EVENT_DATA_FILE_IMMEDIATE_SYNC);
    fork_close(rel, fork, active_count);
}

int smgr_sync_segment(const RelTag *tag, ForkNo fork, uint32_t segment, char *path,
                      size_t path_size)
{
    SmgrRel *rel = smgr_find(tag, SMGR_PERMANENT);
    Vfd *f = rel == NULL ? NULL : fork_open_segment(rel, fork, segment);
    bool was_open = f != NULL;
    char *name = smgr_path(tag, SMGR_PERMANENT, fork, segment);
    int result = 0;

    snprintf(path, path_size, "%s", name);
    if (!was_open)
        f = vfd_open_raw(name, VFD_MUST_EXIST, &result);
    mem_free(name);
    if (f == NULL)
        return -result;
    result = vfd_sync_raw(f, WAIT_EVENT_DATA_FILE_SYNC);
    if (!was_open)
        vfd_close(f);
    return result;
}

void fork_close(SmgrRel *rel, ForkNo fork, uint32_t first)
{
    SmgrFork *fk = &rel->forks[fork];

    while (fk->open_count > first)
        vfd_close(fk->segments[--fk->open_count].file);
}

Vfd *fork_open_segment(const SmgrRel *rel, ForkNo fork, uint32_t segment)
{
    const SmgrFork *fk = &rel->forks[fork];

    return segment < fk->open_count ? fk->segments[segment].file : NULL;
}

void fork_truncate(SmgrRel *rel, ForkNo fork, BlockNo count)
{
    const BlockNo segment_blocks = smgr_segment_blocks();
    BlockNo current = count_blocks(rel, fork);

    if (count > current) {
        if (smgr_is_in_redo())
            return; /* cut shorter later on in the log, before the crash */
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt(
                      "could not truncate file \"%s\" to %u blocks: it's only %u blocks now",
                      smgr_path(&rel->key.tag, rel->key.temp_backend, fork, 0), count, current));
    }
    if (count == current)
        return;
    for (uint32_t segment = rel->forks[fork].open_count; segment-- > 0;) {
        BlockNo first = segment * segment_blocks;

        if (first + segment_blocks <= count)
            break;
        truncate_segment(rel, fork, segment, first > count ? 0 : count - first, count);
        if (first > count && segment > 0)
            fork_close(rel, fork, segment);
    }
    rel->forks[fork].cached_count = count;
}

void fork_unlink(const SmgrKey *key, ForkNo fork, bool is_redo)
{
    bool is_temp = key->temp_backend != SMGR_PERMANENT;
    bool keeps_first = fork == FORK_MAIN && !is_redo && !is_temp;

    for (uint32_t segment = 0;; segment++) {
        char *path = smgr_path(&key->tag, key->temp_backend, fork, segment);
        SyncFile file = sync_file(key, fork, segment);
        bool is_there;

        /*
         * Emptied first: others may have it open for long, and it is not to take up room. Before
         * the file goes its sync is taken back, or the checkpointer would miss it.
         */
        is_there = is_temp || empty_file(path);
        if (!is_temp && (is_there || segment == 0) && !(keeps_first && segment == 0))
            sync_forget(&file);
        if (keeps_first && segment == 0)
            sync_request_unlink(&file);
        else if (is_there)
            is_there = remove_file(path);
        mem_free(path);
        if (!is_there)
            break;
    }
}

/*
 * The segment that holds block. Opens all before it, too, each of which has to be full; made are
 * those that are missing if how says so.
 */
static Vfd *segment_of(SmgrRel *rel, ForkNo fork, BlockNo block, SegmentOpen how)
{
    SmgrFork *fk = &rel->forks[fork];
    uint32_t target = block / smgr_segment_blocks();

    if (LIKELY(target < fk->open_count))
        return fk->segments[target].file;
    if (how == SEGMENT_IF_OPEN || open_first(rel, fork, how) == NULL)
        return NULL;
    if (how == SEGMENT_MAKE_IN_REDO)
        how = smgr_is_in_redo() ? SEGMENT_MAKE : SEGMENT_MUST_EXIST;
    while (fk->open_count <= target) {
        Vfd *f = next_segment(rel, fork, block, how);

        if (f == NULL)
            return NULL;
        keep_segment(rel, fork, f);
    }
    return fk->segments[target].file;
}

/* Open the one behind those that are open, on the way to the block target. */
static Vfd *next_segment(SmgrRel *rel, ForkNo fork, BlockNo target, SegmentOpen how)
{
    SmgrFork *fk = &rel->forks[fork];
    BlockNo size = segment_size(fk->segments[fk->open_count - 1].file);
    int error;
    Vfd *f;

    if (size < smgr_segment_blocks() && how == SEGMENT_MAKE) {
        fill_segment(rel, fork, size);
    } else if (size < smgr_segment_blocks()) {
        if (how == SEGMENT_OR_NULL)
            return NULL;
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message =
                      err_fmt("could not open file \"%s\" (target block %u): previous "
                              "segment is only %u blocks",
                              smgr_path(&rel->key.tag, rel->key.temp_backend, fork, fk->open_count),
                              target, size));
    }
    f = open_segment(rel, fork, how == SEGMENT_MAKE ? VFD_CREATE_OR_OPEN : VFD_MUST_EXIST, &error);
    if (f == NULL && !(how == SEGMENT_OR_NULL && os_error_is_missing(error)))
        err_raise(os_error_sqlstate(error),
                  .message =
                      err_fmt("could not open file \"%s\" (target block %u): %s",
                              smgr_path(&rel->key.tag, rel->key.temp_backend, fork, fk->open_count),
                              target, os_error_text(error)));
    /* It may be new, which is not to be known cheaply: its name has to get to the disk. */
    if (how == SEGMENT_MAKE && !smgr_is_temp(rel))
        ask_folder_sync(&rel->key);
    return f;
}

/* The first segment, opened if it is not; NULL only with SEGMENT_OR_NULL. */
static Vfd *open_first(SmgrRel *rel, ForkNo fork, SegmentOpen how)
{
    SmgrFork *fk = &rel->forks[fork];
    int error;
    Vfd *f;

    if (fk->open_count > 0)
        return fk->segments[0].file;
    f = open_segment(rel, fork, VFD_MUST_EXIST, &error);
    if (f != NULL)
        keep_segment(rel, fork, f);
    else if (how != SEGMENT_OR_NULL || !os_error_is_missing(error))
        err_raise(os_error_sqlstate(error),
                  .message = err_fmt("could not open file \"%s\": %s",
                                     smgr_path(&rel->key.tag, rel->key.temp_backend, fork, 0),
                                     os_error_text(error)));
    return f;
}

/* The file behind those that are open. */
static Vfd *open_segment(SmgrRel *rel, ForkNo fork, VfdOpen how, int *error)
{
    char *path = smgr_path(&rel->key.tag, rel->key.temp_backend, fork, rel->forks[fork].open_count);
    Vfd *f = vfd_open_raw(path, how, error);

    mem_free(path);
    return f;
}

/* Make the last segment that is open full, with zeros, since there will be one behind it. */
static void fill_segment(SmgrRel *rel, ForkNo fork, BlockNo size)
{
    static const uint8_t zeros[BLOCK_SIZE];
    const BlockNo segment_blocks = smgr_segment_blocks();
    SmgrFork *fk = &rel->forks[fork];
    Vfd *f = fk->segments[fk->open_count - 1].file;
    BlockNo last = fk->open_count * segment_blocks - 1;

    ASSERT(size < segment_blocks);
    check_extended(
        f, vfd_write_raw(f, zeros, BLOCK_SIZE, offset_of(last), WAIT_EVENT_DATA_FILE_EXTEND),
        BLOCK_SIZE, last);
    ask_sync(rel, fork, fk->open_count - 1);
}

/* Whole blocks: what a full disk left of the next one does not count. */
static BlockNo segment_size(Vfd *f)
{
    int64_t size = vfd_size_raw(f);

    if (size < 0)
        err_raise(os_error_sqlstate((int)-size),
                  .message = err_fmt("could not seek to end of file \"%s\": %s", vfd_path(f),
                                     os_error_text((int)-size)));
    size /= BLOCK_SIZE;
    if (size > smgr_segment_blocks())
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("file \"%s\" is too large", vfd_path(f)),
                  .detail = err_fmt("A segment of a relation has at most %u blocks.",
                                    smgr_segment_blocks()));
    return (BlockNo)size;
}

static void keep_segment(SmgrRel *rel, ForkNo fork, Vfd *f)
{
    SmgrFork *fk = &rel->forks[fork];

    if (fk->open_count == fk->room) {
        uint32_t room = fk->room == 0 ? 1 : fk->room * 2;

        MEM_SCOPE(smgr_mem()) {
            fk->segments = mem_realloc(fk->segments, size_mul(room, sizeof(SmgrSegment)));
        }
        fk->room = room;
    }
    fk->segments[fk->open_count++] = (SmgrSegment){.file = f};
}

static uint64_t offset_of(BlockNo block)
{
    return (uint64_t)(block % smgr_segment_blocks()) * BLOCK_SIZE;
}

static SyncFile sync_file(const SmgrKey *key, ForkNo fork, uint32_t segment)
{
    return (SyncFile){.handler = SYNC_RELATION, .fork = fork, .tag = key->tag, .segment = segment};
}

static void ask_sync(SmgrRel *rel, ForkNo fork, uint32_t segment)
{
    SyncFile file = sync_file(&rel->key, fork, segment);
    SmgrSegment *s = &rel->forks[fork].segments[segment];
    uint32_t round;

    if (smgr_is_temp(rel) || sync_is_asked(s->asked_round))
        return;
    round = sync_round();
    if (sync_request(&file)) {
        s->asked_round = round;
        return;
    }
    err_log(ERR_DEBUG, .message = "could not forward fsync request because request queue is full");
    vfd_sync(s->file, WAIT_EVENT_DATA_FILE_SYNC);
}

/* A file that has just been made is there after a power cut only when its folder was synced. */
static void ask_folder_sync(const SmgrKey *key)
{
    SyncFile folder = {.handler = SYNC_FOLDER,
                       .tag = {.tablespace = key->tag.tablespace, .database = key->tag.database}};
    char *path;

    if (sync_request(&folder))
        return;
    path = rel_dir_path(key->tag.tablespace, key->tag.database, pg_version_find(15));
    sync_folder_now(path);
    mem_free(path);
}

static void check_extended(const Vfd *f, int64_t done, uint64_t wanted, BlockNo block)
{
    if (done < 0)
        err_raise(os_error_sqlstate((int)-done),
                  .message = err_fmt("could not extend file \"%s\": %s", vfd_path(f),
                                     os_error_text((int)-done)),
                  .hint = "Check free disk space.");
    if ((uint64_t)done != wanted)
        err_raise(SQLSTATE_DISK_FULL,
                  .message =
                      err_fmt("could not extend file \"%s\": wrote only %d of %d bytes at block %u",
                              vfd_path(f), (int)done, (int)wanted, block),
                  .hint = "Check free disk space.");
}

/* A database's first relation in a tablespace; in redo the tablespace may be gone later on. */
static void make_folder(const SmgrRel *rel)
{
    char *path = rel_dir_path(rel->key.tag.tablespace, rel->key.tag.database, pg_version_find(15));

    if (rel->key.tag.tablespace == TABLESPACE_GLOBAL)
        return;
    if (smgr_is_in_redo()) {
        os_dir_make_all_durable(path);
    } else if (os_dir_try_make(path)) {
        char *above = path_dir(path);

        os_dir_sync(above);
        mem_free(above);
    }
    mem_free(path);
}

static void write_zeros(Vfd *f, BlockNo block, BlockNo count)
{
    static const uint8_t zeros[ZEROS_WRITTEN_MAX * BLOCK_SIZE];
    uint64_t size = (uint64_t)count * BLOCK_SIZE;
    int64_t done;

    if (count <= ZEROS_WRITTEN_MAX) {
        done = vfd_write_raw(f, zeros, (size_t)size, offset_of(block), WAIT_EVENT_DATA_FILE_EXTEND);
        check_extended(f, done, size, block);
        return;
    }
    done = vfd_allocate_raw(f, offset_of(block), size, WAIT_EVENT_DATA_FILE_EXTEND);
    check_extended(f, done < 0 ? done : (int64_t)size, size, block);
}

static void truncate_segment(SmgrRel *rel, ForkNo fork, uint32_t segment, BlockNo size,
                             BlockNo count)
{
    Vfd *f = rel->forks[fork].segments[segment].file;
    int error = -vfd_truncate_raw(f, (uint64_t)size * BLOCK_SIZE, WAIT_EVENT_DATA_FILE_TRUNCATE);

    if (error != 0)
        err_raise(os_error_sqlstate(error),
                  .message = err_fmt("could not truncate file \"%s\" to %u blocks: %s", vfd_path(f),
                                     count, os_error_text(error)));
    ask_sync(rel, fork, segment);
}

/* False when it does not exist. Other failures are told, and the file may go on to be removed. */
static bool empty_file(const char *path)
{
    int fd = os_fd_open(path, OS_READ | OS_WRITE);
    int result = fd;

    if (fd >= 0) {
        result = os_fd_truncate(fd, 0);
        os_fd_close(fd);
    }
    if (result < 0 && os_error_is_missing(-result))
        return false;
    if (result < 0)
        err_log(ERR_WARNING, .sqlstate = os_error_sqlstate(-result),
                .message =
                    err_fmt("could not truncate file \"%s\": %s", path, os_error_text(-result)));
    return true;
}

static bool remove_file(const char *path)
{
    int result = os_fd_unlink(path);

    if (result < 0 && !os_error_is_missing(-result))
        err_log(ERR_WARNING, .sqlstate = os_error_sqlstate(-result),
                .message =
                    err_fmt("could not remove file \"%s\": %s", path, os_error_text(-result)));
    return result == 0;
}
