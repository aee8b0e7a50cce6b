/*
 * sync.c - the files that the next checkpoint has to sync, and those to unlink after it
 *
 * A round of syncs works off the list of what was entered when it began. A request that comes while
 * it lasts finds the entry, and so is part of the round, or makes a new one, which waits for the
 * next. So a round ends, however much is written meanwhile.
 *
 * The number of a checkpoint parts the unlinks: what is asked for after sync_before_checkpoint()
 * waits for the next one, because the log may have to be replayed from this one's redo point.
 *
 * An entry that is taken back is only marked, since a round may have it in its list.
 */
#include "common/base/base.h"

#include "server/storage/sync/sync.h"

#include <stdio.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/ipc/wait_event.h"
#include "server/storage/file/vfd.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync_int.h"

#define PATH_SIZE 1024
#define ABSORB_EVERY \
 10 /* files: a sync takes long, and the queue must not fill up until the last one is done */

typedef struct Pending {
    SyncFile file;
    bool is_taken_back;
} Pending;

typedef struct Unlink {
    SyncFile file;
    uint32_t checkpoint; /* that was the newest when it was asked for */
    bool is_taken_back;
} Unlink;

/* Process state of the one that keeps the requests. */
static struct {
    MemContext *mem; /* lifetime: the process; NULL: this is not the one */
    Hash pending;
    Array unlinks; /* in order of their checkpoints */
    uint32_t checkpoint;
    bool (*paths[SYNC_HANDLER_COUNT])(const SyncFile *file, char *path, size_t size);
} sync;

static void sync_list(const Array *list, SyncStats *stats);
static void sync_one(const Pending *entry, SyncStats *stats);
static void note_time(SyncStats *stats, uint64_t us);
static int sync_file(const SyncFile *file, char *path);
static int sync_by_path(const char *path, unsigned flags);
static void path_of(const SyncFile *file, char *path);
static void unlink_file(const SyncFile *file);
static void take_back(const SyncFile *file);
static void take_back_database(Oid database);

void sync_keep_requests(void)
{
    sync_end();
    sync.mem = mem_context_new(mem_root(), "sync requests");
    MEM_SCOPE(sync.mem) {
        hash_init(&sync.pending, sizeof(SyncFile), sizeof(Pending));
        array_init(&sync.unlinks, sizeof(Unlink));
    }
    queue_open(sync.mem);
}

void sync_end(void)
{
    if (sync.mem == NULL)
        return;
    queue_close();
    mem_delete(sync.mem);
    sync.mem = NULL;
}

void sync_set_handler(SyncHandler handler,
                      bool (*path)(const SyncFile *file, char *path, size_t size))
{
    sync.paths[handler] = path;
}

void sync_absorb(void)
{
    if (sync.mem != NULL)
        queue_take_all(sync_keep);
}

void sync_before_checkpoint(void)
{
    /* What is in the queue was asked for before: the file is not needed after this checkpoint. */
    sync_absorb();
    sync.checkpoint++;
}

SyncStats sync_process(void)
{
    MemContext *mem = mem_context_new(mem_current(), "sync round");
    SyncStats stats = {0};

    ASSERT(sync.mem != NULL);
    queue_begin_round();
    sync_absorb();
    MEM_SCOPE(mem) {
        size_t position = 0;
        Pending *entry;
        Array list;

        array_init(&list, sizeof(Pending *));
        while ((entry = hash_next(&sync.pending, &position)) != NULL)
            *(Pending **)array_push(&list) = entry;
        sync_list(&list, &stats);
    }
    queue_end_round();
    mem_delete(mem);
    return stats;
}

void sync_after_checkpoint(void)
{
    size_t done = 0;

    ASSERT(sync.mem != NULL);
    array_foreach(Unlink, u, &sync.unlinks) {
        if (u->checkpoint == sync.checkpoint)
            break; /* and so are all behind it */
        if (!u->is_taken_back)
            unlink_file(&u->file);
        done++;
    }
    /* Not inside the loop: absorbing adds to the array. */
    sync.unlinks.count -= done;
    if (done > 0)
        memmove(sync.unlinks.items, (Unlink *)sync.unlinks.items + done,
                sync.unlinks.count * sizeof(Unlink));
    sync_absorb();
}

void sync_folder_now(const char *path)
{
    int error = setting.fsync ? -sync_by_path(path, OS_READ) : 0;

    if (error != 0 && !os_error_is_missing(error))
        vfd_fail_sync(path, error);
}

bool sync_is_keeper(void)
{
    return sync.mem != NULL;
}

void sync_keep(const SyncRequest *request)
{
    MEM_SCOPE(sync.mem) {
        switch ((SyncKind)request->kind) {
        case SYNC_WANTED:
            ((Pending *)hash_enter(&sync.pending, &request->file, NULL))->is_taken_back = false;
            break;
        case SYNC_UNLINK:
            *(Unlink *)array_push(&sync.unlinks) =
                (Unlink){.file = request->file, .checkpoint = sync.checkpoint};
            break;
        case SYNC_FORGET:
            take_back(&request->file);
            break;
        case SYNC_FORGET_DATABASE:
            take_back_database(request->file.tag.database);
            break;
        }
    }
}

/*
 * Sync each and drop its entry. What is not reached, because of a raise, stays for the next round.
 */
static void sync_list(const Array *list, SyncStats *stats)
{
    unsigned until_absorb = ABSORB_EVERY;

    array_foreach(Pending *, entry, list) {
        if (--until_absorb == 0) {
            sync_absorb();
            until_absorb = ABSORB_EVERY;
        }
        if (setting.fsync)
            sync_one(*entry, stats);
        hash_remove(&sync.pending, &(*entry)->file);
    }
}

static void sync_one(const Pending *entry, SyncStats *stats)
{
    char path[PATH_SIZE];

    for (bool is_second_try = false; !entry->is_taken_back; is_second_try = true) {
        uint64_t begin = clock_monotonic_us();
        int error = -sync_file(&entry->file, path);

        if (error == 0) {
            note_time(stats, clock_monotonic_us() - begin);
            return;
        }
        /* A file that is gone was perhaps removed, and the request taken back: look for that. */
        if (is_second_try || !os_error_is_missing(error))
            vfd_fail_sync(path, error);
        err_log(ERR_DEBUG, .sqlstate = os_error_sqlstate(error),
                .message = err_fmt("could not fsync file \"%s\" but retrying: %s", path,
                                   os_error_text(error)));
        sync_absorb();
    }
}

static void note_time(SyncStats *stats, uint64_t us)
{
    stats->count++;
    stats->total_us += us;
    if (us > stats->longest_us)
        stats->longest_us = us;
}

/* Minus an error, or 0; *path (PATH_SIZE) is for messages. */
static int sync_file(const SyncFile *file, char *path)
{
    int result;

    if (file->handler == SYNC_RELATION)
        return smgr_sync_segment(&file->tag, (ForkNo)file->fork, file->segment, path, PATH_SIZE);
    path_of(file, path);
    if (file->handler != SYNC_FOLDER)
        return sync_by_path(path, OS_READ | OS_WRITE);
    /* A database's folder goes with all its files, whose requests are taken back alone. */
    result = sync_by_path(path, OS_READ);
    return os_error_is_missing(-result) ? 0 : result;
}

static int sync_by_path(const char *path, unsigned flags)
{
    int fd = os_fd_open(path, flags);
    int result;

    if (fd < 0)
        return fd;
    wait_event_begin(WAIT_EVENT_DATA_FILE_SYNC);
    result = os_fd_sync(fd);
    wait_event_end();
    os_fd_close(fd);
    return result;
}

static void path_of(const SyncFile *file, char *path)
{
    const RelTag *tag = &file->tag;
    char *name;

    if (file->handler < SYNC_HANDLER_COUNT && sync.paths[file->handler] != NULL &&
        sync.paths[file->handler](file, path, PATH_SIZE))
        return;
    if (file->handler != SYNC_FOLDER && file->handler != SYNC_RELATION)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("no path for a sync request of kind %u", file->handler));
    name = file->handler == SYNC_FOLDER
               ? rel_dir_path(tag->tablespace, tag->database, pg_version_find(15))
               : smgr_path(tag, SMGR_PERMANENT, (ForkNo)file->fork, file->segment);
    snprintf(path, PATH_SIZE, "%s", name);
    mem_free(name);
}

static void unlink_file(const SyncFile *file)
{
    char path[PATH_SIZE];
    int result;

    path_of(file, path);
    result = os_fd_unlink(path);
    /* Missing: DROP DATABASE may have taken its folder away meanwhile. */
    if (result < 0 && !os_error_is_missing(-result))
        err_log(ERR_WARNING, .sqlstate = os_error_sqlstate(-result),
                .message =
                    err_fmt("could not remove file \"%s\": %s", path, os_error_text(-result)));
}

static void take_back(const SyncFile *file)
{
    Pending *entry = hash_find(&sync.pending, file);

    if (entry != NULL)
        entry->is_taken_back = true;
}

static void take_back_database(Oid database)
{
    size_t position = 0;
    Pending *entry;

    while ((entry = hash_next(&sync.pending, &position)) != NULL)
        if (entry->file.handler == SYNC_RELATION && entry->file.tag.database == database)
            entry->is_taken_back = true;
    array_foreach(Unlink, u, &sync.unlinks)
        if (u->file.handler == SYNC_RELATION && u->file.tag.database == database)
            u->is_taken_back = true;
}
