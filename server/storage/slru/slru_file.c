/* slru_file.c - the segment files of a folder of small pages. */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "server/ipc/wait_event.h"
#include "server/storage/slru/slru_int.h"
#include "server/wal/wal.h"

/* What slru_init() was told, by the handler of sync requests. Every process makes the same. */
static const SlruKind *kind_of_handler[SYNC_HANDLER_COUNT];

static size_t read_file(OsFile *f, uint8_t *bytes, uint64_t offset);
static void write_file(const Slru *s, OsFile *f, uint32_t segment, const uint8_t *bytes,
                       uint64_t offset);
static void sync_file(OsFile *f);
static SyncFile sync_file_of(const Slru *s, uint32_t segment);
static bool visit_before(Slru *s, uint32_t segment, void *arg);
static bool remove_before(Slru *s, uint32_t segment, void *arg);

/* ---- One page ---- */

void slru_file_read(const Slru *s, uint32_t page, uint8_t *bytes)
{
    bool is_in_recovery = !wal_is_started();
    uint64_t offset;
    char *path = slru_path_of_page(s->config.kind, page, &offset);
    OsFile *f = is_in_recovery ? os_file_try_open(path, OS_READ) : os_file_open(path, OS_READ);
    size_t len = 0;

    if (f != NULL) {
        len = read_file(f, bytes, offset);
        os_file_close(f);
    }
    if (len < BLOCK_SIZE && !is_in_recovery)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("could not read from file \"%s\" at offset %" PRIu64
                                     ": read too few bytes",
                                     path, offset));
    if (f == NULL)
        err_log(ERR_LOG, .message = err_fmt("file \"%s\" doesn't exist, reading as zeroes", path));
    memset(bytes + len, 0, BLOCK_SIZE - len);
    mem_free(path);
}

static size_t read_file(OsFile *f, uint8_t *bytes, uint64_t offset)
{
    size_t len;

    wait_event_begin(WAIT_EVENT_SLRU_READ);
    len = os_file_read_at(f, bytes, BLOCK_SIZE, offset);
    wait_event_end();
    return len;
}

void slru_file_write(const Slru *s, uint32_t page, const uint8_t *bytes)
{
    uint64_t offset;
    char *path = slru_path_of_page(s->config.kind, page, &offset);
    OsFile *f = os_file_open(path, OS_READ | OS_WRITE | OS_CREATE);

    write_file(s, f, page / SLRU_PAGES_PER_SEGMENT, bytes, offset);
    os_file_close(f);
    mem_free(path);
}

/* When nobody takes the request over, the file is synced here and now. */
static void write_file(const Slru *s, OsFile *f, uint32_t segment, const uint8_t *bytes,
                       uint64_t offset)
{
    SyncFile file = sync_file_of(s, segment);

    wait_event_begin(WAIT_EVENT_SLRU_WRITE);
    os_file_write_at(f, bytes, BLOCK_SIZE, offset);
    wait_event_end();
    if (s->config.is_synced && !sync_request(&file))
        sync_file(f);
}

/* The system may have forgotten what it could not write: only the log can bring it back. */
static void sync_file(OsFile *f)
{
    wait_event_begin(WAIT_EVENT_SLRU_SYNC);
    ERR_TRY() {
        os_file_sync(f);
    }
    ERR_CATCH() {
        err_panic(err_caught()->sqlstate, .message = err_caught()->message);
    }
    ERR_END();
    wait_event_end();
}

bool slru_page_exists(Slru *s, uint32_t page)
{
    uint64_t offset;
    char *path = slru_path_of_page(s->config.kind, page, &offset);
    OsStat stat;
    bool is_there = os_try_stat(path, &stat) && stat.size >= offset + BLOCK_SIZE;

    slru_stats(s)->exists++;
    mem_free(path);
    return is_there;
}

/* ---- Segments ---- */

static SyncFile sync_file_of(const Slru *s, uint32_t segment)
{
    SyncFile file;

    memset(&file, 0, sizeof file); /* requests are compared as bytes */
    file.handler = s->config.sync_handler;
    file.segment = segment;
    return file;
}

void slru_file_remove(const Slru *s, uint32_t segment)
{
    SyncFile file = sync_file_of(s, segment);
    uint64_t offset;
    char *path = slru_path_of_page(s->config.kind, segment * SLRU_PAGES_PER_SEGMENT, &offset);

    if (s->config.is_synced)
        sync_forget(&file);
    err_log(ERR_DEBUG, .message = err_fmt("removing file \"%s\"", path));
    os_try_unlink(path);
    mem_free(path);
}

bool slru_visit_segments(Slru *s, bool (*visit)(Slru *s, uint32_t segment, void *arg), void *arg)
{
    MemContext *scratch = mem_context_new(mem_current(), "segments of a folder");
    bool is_stopped = false;

    MEM_SCOPE(scratch) {
        Array names;

        os_dir_list(s->config.kind->folder, &names);
        array_foreach(char *, name, &names) {
            uint32_t segment;

            if (!is_stopped && slru_try_parse_name(*name, &segment))
                is_stopped = visit(s, segment, arg);
        }
    }
    mem_delete(scratch);
    return is_stopped;
}

bool slru_segment_is_before(const Slru *s, uint32_t segment, uint32_t page)
{
    uint32_t first = segment * SLRU_PAGES_PER_SEGMENT;
    uint32_t cutoff = page - page % SLRU_PAGES_PER_SEGMENT;

    return s->config.precedes(first, cutoff) &&
           s->config.precedes(first + SLRU_PAGES_PER_SEGMENT - 1, cutoff);
}

bool slru_has_segment_before(Slru *s, uint32_t page)
{
    return slru_visit_segments(s, visit_before, &page);
}

static bool visit_before(Slru *s, uint32_t segment, void *arg)
{
    const uint32_t *page = arg;

    return slru_segment_is_before(s, segment, *page);
}

void slru_remove_segments_before(Slru *s, uint32_t page)
{
    slru_visit_segments(s, remove_before, &page);
}

static bool remove_before(Slru *s, uint32_t segment, void *arg)
{
    const uint32_t *page = arg;

    if (slru_segment_is_before(s, segment, *page))
        slru_file_remove(s, segment);
    return false;
}

bool slru_page_precedes(const SlruKind *kind, uint32_t page, uint32_t other)
{
    uint32_t first = page * kind->items_per_page;
    uint32_t begin = other * kind->items_per_page;
    uint32_t end = begin + kind->items_per_page - 1;

    return (int32_t)(first - begin) < 0 && (int32_t)(first - end) < 0;
}

/* ---- Sync requests ---- */

void slru_file_set_kind(SyncHandler handler, const SlruKind *kind)
{
    kind_of_handler[handler] = kind;
}

bool slru_sync_path(const SyncFile *file, char *path, size_t size)
{
    const SlruKind *kind =
        file->handler < SYNC_HANDLER_COUNT ? kind_of_handler[file->handler] : NULL;
    uint64_t offset;
    char *made;

    if (kind == NULL)
        return false;
    made = slru_path_of_page(kind, file->segment * SLRU_PAGES_PER_SEGMENT, &offset);
    snprintf(path, size, "%s", made);
    mem_free(made);
    return true;
}
