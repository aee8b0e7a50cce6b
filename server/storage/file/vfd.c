/*
 * vfd.c - files by name, of which as many have a descriptor as the system allows
 *
 * Those that have one are in a ring by their last use. To open one more than the limit, the one
 * that was used least recently is closed; it is opened again when it is used. The system may run
 * out before our limit does, because other processes use descriptors: then one is closed, too.
 */
#include "common/base/base.h"

#include "server/storage/file/vfd.h"

#include "common/err/err.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/storage/file/vfd_int.h"

#define RESERVED_FDS 10 /* for sockets, the log, and files that are open for a moment */
#define FDS_MIN      48 /* below that a server cannot work */

static struct {
    MemContext *mem; /* lifetime: the process */
    Vfd ring;        /* head: newer is the least recently used, older the newest */
    Vfd all;         /* head of the list of all */
    unsigned open_count;
    unsigned open_max;
} vfd;

static void set_up(void);
static int ensure_open(Vfd *f);
static int open_one(const char *path, unsigned flags);
static void ring_add(Vfd *f);
static void ring_remove(Vfd *f);
static void close_fd(Vfd *f);
static unsigned open_flags(VfdOpen how);
static void fail_writeback(int error);
static _Noreturn void fail(int error, const char *what, const Vfd *f);

void vfd_init(void)
{
    unsigned limit = os_fd_limit();
    unsigned all = os_fd_count();
    unsigned used = all > vfd.open_count ? all - vfd.open_count : 0;
    unsigned usable = limit > used + RESERVED_FDS ? limit - used - RESERVED_FDS : 0;

    set_up();
    if (usable < FDS_MIN)
        err_fatal(SQLSTATE_INSUFFICIENT_RESOURCES,
                  .message = "insufficient file descriptors available to start server process",
                  .detail = err_fmt("System allows %u, we need at least %u.", usable + RESERVED_FDS,
                                    FDS_MIN + RESERVED_FDS));
    if (usable > (unsigned)setting.max_files_per_process)
        usable = (unsigned)setting.max_files_per_process;
    vfd.open_max = usable;
    temp_begin();
}

Vfd *vfd_open(const char *path, VfdOpen how)
{
    int error;
    Vfd *f = vfd_open_raw(path, how, &error);

    if (f == NULL)
        err_raise(os_error_sqlstate(error),
                  .message = err_fmt(how == VFD_CREATE || how == VFD_CREATE_NEW
                                         ? "could not create file \"%s\": %s"
                                         : "could not open file \"%s\": %s",
                                     path, os_error_text(error)));
    return f;
}

Vfd *vfd_try_open(const char *path, VfdOpen how)
{
    int error;
    Vfd *f = vfd_open_raw(path, how, &error);

    if (f == NULL && !os_error_is_missing(error))
        err_raise(os_error_sqlstate(error),
                  .message = err_fmt("could not open file \"%s\": %s", path, os_error_text(error)));
    return f;
}

void vfd_close(Vfd *f)
{
    if (f->is_temp)
        temp_remove(f);
    vfd_free(f);
}

size_t vfd_read(Vfd *f, void *bytes, size_t size, uint64_t offset, WaitEvent wait_event)
{
    int64_t done = vfd_read_raw(f, bytes, size, offset, wait_event);

    if (done < 0)
        fail((int)-done, "could not read file", f);
    return (size_t)done;
}

void vfd_write(Vfd *f, const void *bytes, size_t size, uint64_t offset, WaitEvent wait_event)
{
    int64_t done = vfd_write_raw(f, bytes, size, offset, wait_event);

    if (done < 0)
        fail((int)-done, "could not write to file", f);
    if ((size_t)done != size)
        err_raise(SQLSTATE_DISK_FULL,
                  .message = err_fmt("could not write to file \"%s\": wrote only %zu of %zu bytes",
                                     f->path, (size_t)done, size),
                  .hint = "Check free disk space.");
}

void vfd_sync(Vfd *f, WaitEvent wait_event)
{
    int error = -vfd_sync_raw(f, wait_event);

    if (error != 0)
        vfd_fail_sync(f->path, error);
}

void vfd_truncate(Vfd *f, uint64_t size, WaitEvent wait_event)
{
    int error = -vfd_truncate_raw(f, size, wait_event);

    if (error != 0)
        fail(error, "could not truncate file", f);
}

uint64_t vfd_size(Vfd *f)
{
    int64_t size = vfd_size_raw(f);

    if (size < 0)
        fail((int)-size, "could not seek to end of file", f);
    return (uint64_t)size;
}

void vfd_prefetch(Vfd *f, uint64_t offset, uint64_t size)
{
    if (ensure_open(f) == 0)
        os_fd_prefetch(f->fd, offset, size);
}

void vfd_writeback(Vfd *f, uint64_t offset, uint64_t size)
{
    int error = -ensure_open(f);

    if (error == 0) {
        wait_event_begin(WAIT_EVENT_DATA_FILE_FLUSH);
        error = -os_fd_writeback(f->fd, offset, size);
        wait_event_end();
    }
    if (error != 0 && !os_error_is_missing(error))
        fail_writeback(error);
}

const char *vfd_path(const Vfd *f)
{
    return f->path;
}

Vfd *vfd_open_raw(const char *path, VfdOpen how, int *error)
{
    return vfd_make(path, open_flags(how), error);
}

int64_t vfd_read_raw(Vfd *f, void *bytes, size_t size, uint64_t offset, WaitEvent wait_event)
{
    int64_t done = ensure_open(f);

    if (done == 0) {
        uint64_t start = f->is_temp ? temp_clock() : 0;

        wait_event_begin(wait_event);
        done = os_fd_read(f->fd, bytes, size, offset);
        wait_event_end();
        if (f->is_temp && done > 0)
            temp_count_read((size_t)done, start);
    }
    return done;
}

int64_t vfd_write_raw(Vfd *f, const void *bytes, size_t size, uint64_t offset, WaitEvent wait_event)
{
    int64_t done;

    if (f->is_temp)
        temp_check_growth(f, offset + size);
    done = ensure_open(f);
    if (done == 0) {
        uint64_t start = f->is_temp ? temp_clock() : 0;

        wait_event_begin(wait_event);
        done = os_fd_write(f->fd, bytes, size, offset);
        wait_event_end();
        if (f->is_temp && done > 0)
            temp_count_write((size_t)done, start);
    }
    if (f->is_temp && done > 0 && offset + (uint64_t)done > f->size_bytes)
        temp_note_size(f, offset + (uint64_t)done);
    return done;
}

int vfd_sync_raw(Vfd *f, WaitEvent wait_event)
{
    int result = ensure_open(f);

    if (result == 0 && setting.fsync) {
        wait_event_begin(wait_event);
        result = os_fd_sync(f->fd);
        wait_event_end();
    }
    return result;
}

int vfd_truncate_raw(Vfd *f, uint64_t size, WaitEvent wait_event)
{
    int result = ensure_open(f);

    if (result == 0) {
        wait_event_begin(wait_event);
        result = os_fd_truncate(f->fd, size);
        wait_event_end();
    }
    if (result == 0 && f->is_temp && size < f->size_bytes)
        temp_note_size(f, size);
    return result;
}

int vfd_allocate_raw(Vfd *f, uint64_t offset, uint64_t size, WaitEvent wait_event)
{
    int result;

    if (f->is_temp)
        temp_check_growth(f, offset + size);
    result = ensure_open(f);
    if (result == 0) {
        wait_event_begin(wait_event);
        result = os_fd_allocate(f->fd, offset, size);
        wait_event_end();
    }
    if (f->is_temp && result == 0 && offset + size > f->size_bytes)
        temp_note_size(f, offset + size);
    return result;
}

int64_t vfd_size_raw(Vfd *f)
{
    int64_t result = ensure_open(f);

    return result == 0 ? os_fd_size(f->fd) : result;
}

void vfd_close_all(void)
{
    set_up();
    while (vfd.ring.newer != &vfd.ring)
        close_fd(vfd.ring.newer);
}

void vfd_close_temp_files(void)
{
    Vfd *next;

    if (vfd.mem == NULL)
        return;
    for (Vfd *f = vfd.all.next; f != &vfd.all; f = next) {
        next = f->next;
        if (f->is_temp)
            vfd_close(f);
    }
}

void vfd_end(void)
{
    set_up();
    while (vfd.all.next != &vfd.all)
        vfd_close(vfd.all.next);
    temp_end();
    mem_delete(vfd.mem);
    vfd.mem = NULL;
}

void vfd_fail_sync(const char *path, int error)
{
    SqlState state = os_error_sqlstate(error);
    const char *reason = os_error_text(error);

    if (!setting.data_sync_retry)
        err_panic(state, .message = err_fmt("could not fsync file \"%s\": %s", path, reason));
    err_raise(state, .message = err_fmt("could not fsync file \"%s\": %s", path, reason));
}

unsigned vfd_open_count(void)
{
    return vfd.open_count;
}

MemContext *vfd_mem(void)
{
    set_up();
    return vfd.mem;
}

Vfd *vfd_make(const char *path, unsigned flags, int *error)
{
    MemContext *mem = vfd_mem();
    Vfd *f = mem_alloc_in(mem, sizeof *f);
    int fd;

    f->fd = -1;
    f->path = mem_strdup_in(mem, path);
    f->next = vfd.all.next;
    f->prev = &vfd.all;
    f->next->prev = f;
    f->prev->next = f;
    fd = open_one(path, flags);
    if (fd < 0) {
        *error = -fd;
        vfd_free(f);
        return NULL;
    }
    *error = 0;
    f->fd = fd;
    f->flags = flags & ~(unsigned)(OS_CREATE | OS_EXCLUSIVE | OS_TRUNCATE);
    ring_add(f);
    return f;
}

void vfd_free(Vfd *f)
{
    if (f->fd >= 0)
        close_fd(f);
    f->prev->next = f->next;
    f->next->prev = f->prev;
    mem_free(f->path);
    mem_free(f);
}

/* Also without vfd_init(): programs that never set a limit get the smallest. */
static void set_up(void)
{
    if (vfd.mem != NULL)
        return;
    vfd.mem = mem_context_new(mem_root(), "files");
    vfd.ring.newer = vfd.ring.older = &vfd.ring;
    vfd.all.next = vfd.all.prev = &vfd.all;
    vfd.open_count = 0;
    if (vfd.open_max == 0)
        vfd.open_max = FDS_MIN;
}

/* Minus an error, or 0: f has its descriptor, and is the newest of the ring. */
static int ensure_open(Vfd *f)
{
    if (LIKELY(f->fd >= 0)) {
        if (vfd.ring.older != f) {
            ring_remove(f);
            ring_add(f);
        }
        return 0;
    }
    f->fd = open_one(f->path, f->flags);
    if (f->fd < 0) {
        int result = f->fd;

        f->fd = -1;
        return result;
    }
    ring_add(f);
    return 0;
}

/* A descriptor, or minus an error. */
static int open_one(const char *path, unsigned flags)
{
    int fd;

    while (vfd.open_count >= vfd.open_max && vfd.ring.newer != &vfd.ring)
        close_fd(vfd.ring.newer);
    while ((fd = os_fd_open(path, flags)) < 0 && os_error_is_too_many_files(-fd) &&
           vfd.ring.newer != &vfd.ring) {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_INSUFFICIENT_RESOURCES,
                .message =
                    err_fmt("out of file descriptors: %s; release and retry", os_error_text(-fd)));
        close_fd(vfd.ring.newer);
    }
    return fd;
}

static void ring_add(Vfd *f)
{
    f->newer = &vfd.ring;
    f->older = vfd.ring.older;
    f->older->newer = f;
    vfd.ring.older = f;
    vfd.open_count++;
}

static void ring_remove(Vfd *f)
{
    f->newer->older = f->older;
    f->older->newer = f->newer;
    vfd.open_count--;
}

static void close_fd(Vfd *f)
{
    int result = os_fd_close(f->fd);

    ring_remove(f);
    f->fd = -1;
    /* Of a file that is synced later a lost write would show there; so this is no more than odd. */
    if (result < 0)
        err_log(ERR_LOG, .sqlstate = os_error_sqlstate(-result),
                .message =
                    err_fmt("could not close file \"%s\": %s", f->path, os_error_text(-result)));
}

static unsigned open_flags(VfdOpen how)
{
    switch (how) {
    case VFD_CREATE:
        return OS_READ | OS_WRITE | OS_CREATE | OS_TRUNCATE;
    case VFD_CREATE_NEW:
        return OS_READ | OS_WRITE | OS_CREATE | OS_EXCLUSIVE;
    case VFD_CREATE_OR_OPEN:
        return OS_READ | OS_WRITE | OS_CREATE;
    case VFD_MUST_EXIST:
        break;
    }
    return OS_READ | OS_WRITE;
}

/* The fsync that follows may not know any more of what was lost: as grave as if it had failed. */
static void fail_writeback(int error)
{
    SqlState state = os_error_sqlstate(error);

    if (!setting.data_sync_retry)
        err_panic(state,
                  .message = err_fmt("could not flush dirty data: %s", os_error_text(error)));
    err_log(ERR_WARNING, .sqlstate = state,
            .message = err_fmt("could not flush dirty data: %s", os_error_text(error)));
}

static _Noreturn void fail(int error, const char *what, const Vfd *f)
{
    err_raise(os_error_sqlstate(error),
              .message = err_fmt("%s \"%s\": %s", what, f->path, os_error_text(error)));
}
