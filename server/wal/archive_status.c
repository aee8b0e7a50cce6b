/*
 * archive_status.c - files that say which others are archived; archive_status.h has the promises
 *
 * Looking for the next file is a walk over the whole folder, which may hold very many when the
 * archive was out of reach for long. So a look brings a batch, and the folder is looked at again
 * when the batch is used up, or a history file came, which goes before all others.
 */
#include "common/base/base.h"

#include "server/wal/archive_status.h"

#include <stdio.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/wal/wal_int.h"

#define FOLDER     "archive_status"
#define BATCH_SIZE 64
#define READY      ".ready"
#define DONE       ".done"

typedef struct BatchName {
    char text[WAL_FILE_NAME_MAX + 1];
} BatchName;

static struct {
    BatchName names[BATCH_SIZE]; /* in the order in which they are to be archived */
    size_t count, next;
    uint32_t history_count; /* WalShared.history_count at the last look */
} batch;

static void status_path(const char *name, const char *suffix, char path[WAL_PATH_MAX]);
static bool has_status(const char *name, const char *suffix);
static bool make_status(const char *name, const char *suffix);
static bool fill_batch(void);
static void batch_add(const char *name);
static bool goes_before(const char *a, const char *b);

void archive_status_set_ready(const char *name)
{
    if (!make_status(name, READY))
        return;

    /* The one file that a standby needs to find its way goes before all that wait. */
    if (wal_name_kind(name) == WAL_NAME_HISTORY)
        atomic_fetch_add(&wal_process.shared->history_count, 1);
    if (wal_process.hooks.wake_archiver != NULL)
        wal_process.hooks.wake_archiver();
}

void archive_status_set_done(const char *name)
{
    char ready[WAL_PATH_MAX], done[WAL_PATH_MAX];

    status_path(name, READY, ready);
    status_path(name, DONE, done);
    if (os_exists(done))
        return;
    if (os_exists(ready))
        os_rename_durable(ready, done);
    else
        make_status(name, DONE);
}

bool archive_status_is_ready(const char *name)
{
    return has_status(name, READY);
}

bool archive_status_is_done(const char *name)
{
    return has_status(name, DONE);
}

bool archive_status_is_ready_or_done(const char *name)
{
    /* In this order, and done once more: ready becomes done, never the other way. */
    return has_status(name, DONE) || has_status(name, READY) || has_status(name, DONE);
}

void archive_status_remove(const char *name)
{
    char path[WAL_PATH_MAX];

    status_path(name, DONE, path);
    os_try_unlink(path);
    status_path(name, READY, path);
    os_try_unlink(path);
}

bool archive_status_may_remove(const char *name)
{
    const bool is_in_archive_recovery = wal_process.hooks.is_in_archive_recovery != NULL &&
                                        wal_process.hooks.is_in_archive_recovery();

    if (!archive_is_on() || (is_in_archive_recovery && !archive_is_always_on()))
        return true;
    if (has_status(name, DONE))
        return true;
    if (has_status(name, READY))
        return has_status(name, DONE); /* it may have been done between the two looks */
    if (has_status(name, DONE))
        return true;
    archive_status_set_ready(name);
    return false;
}

bool archive_status_is_busy(const char *name)
{
    char path[WAL_PATH_MAX];

    if (has_status(name, DONE))
        return false;
    if (has_status(name, READY))
        return !has_status(name, DONE);
    if (has_status(name, DONE))
        return false;

    /* Nothing is known of it: it was archived and removed, unless it is there. */
    wal_path_of(name, path);
    return os_exists(path);
}

bool archive_status_next(char *name, size_t size)
{
    for (;;) {
        if (batch.next >= batch.count ||
            batch.history_count != atomic_load(&wal_process.shared->history_count)) {
            if (!fill_batch())
                return false;
        }
        snprintf(name, size, "%s", batch.names[batch.next++].text);

        /* Somebody may have removed it, with its file. */
        if (has_status(name, READY))
            return true;
    }
}

bool archive_is_on(void)
{
    return setting.archive_mode != ARCHIVE_MODE_OFF && setting.wal_level >= WAL_LEVEL_REPLICA;
}

bool archive_is_always_on(void)
{
    return setting.archive_mode == ARCHIVE_MODE_ALWAYS && setting.wal_level >= WAL_LEVEL_REPLICA;
}

static void status_path(const char *name, const char *suffix, char path[WAL_PATH_MAX])
{
    char below[sizeof FOLDER + 2 * WAL_FILE_NAME_MAX];

    snprintf(below, sizeof below, FOLDER "/%.*s%s", WAL_FILE_NAME_MAX, name, suffix);
    wal_path_of(below, path);
}

static bool has_status(const char *name, const char *suffix)
{
    char path[WAL_PATH_MAX];

    status_path(name, suffix, path);
    return os_exists(path);
}

static bool make_status(const char *name, const char *suffix)
{
    char path[WAL_PATH_MAX];
    const char *reason;

    status_path(name, suffix, path);
    reason = os_file_touch(path);
    if (reason != NULL)
        err_log(ERR_LOG, .message = err_fmt("could not create archive status file \"%s\": %s", path,
                                            reason));
    return reason == NULL;
}

/* Look at the folder; false when nothing is ready. */
static bool fill_batch(void)
{
    MemContext *scratch = mem_context_new(mem_current(), "archive status");

    batch.count = batch.next = 0;
    batch.history_count = atomic_load(&wal_process.shared->history_count);
    MEM_SCOPE(scratch) {
        char folder[WAL_PATH_MAX];
        Array names;

        wal_path_of(FOLDER, folder);
        os_dir_list(folder, &names);
        array_foreach(char *, found, &names) {
            size_t len = strlen(*found);

            if (len <= strlen(READY) || len - strlen(READY) > WAL_FILE_NAME_MAX ||
                !str_ends_with(*found, READY))
                continue;
            (*found)[len - strlen(READY)] = '\0';
            if (wal_name_kind(*found) != WAL_NAME_OTHER)
                batch_add(*found);
        }
    }
    mem_delete(scratch);
    return batch.count > 0;
}

/* At its place, if it is one of the first. */
static void batch_add(const char *name)
{
    size_t i = batch.count;

    while (i > 0 && goes_before(name, batch.names[i - 1].text))
        i--;
    if (i == BATCH_SIZE)
        return;
    if (batch.count < BATCH_SIZE)
        batch.count++;
    memmove(&batch.names[i + 1], &batch.names[i], (batch.count - 1 - i) * sizeof(BatchName));
    snprintf(batch.names[i].text, sizeof batch.names[i].text, "%s", name);
}

static bool goes_before(const char *a, const char *b)
{
    const bool is_a_history = wal_name_kind(a) == WAL_NAME_HISTORY;
    const bool is_b_history = wal_name_kind(b) == WAL_NAME_HISTORY;

    if (is_a_history != is_b_history)
        return is_a_history;
    return strcmp(a, b) < 0;
}
