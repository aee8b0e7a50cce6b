/*
 * file.c - files by path and by handle; file.h has the promises
 *
 * Every call goes through os_ops (os_int.h) and is followed at once by the reading of errno.
 *
 * What a durable change does, in this order:
 *   write    temporary file, fsync, rename over the old one, fsync of the folder
 *   publish  rename that spares what exists (else link, fsync, unlink), fsync of the folders
 *   rename   fsync of the file, rename, fsync of the folders
 *   unlink   unlink, fsync of the folder
 */
#include "common/base/base.h"

#include "common/os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/os_int.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/hex.h"
#include "common/text/str.h"

#define READ_ALL_FIRST   KIB(4)
#define ALIGN_WHOLE_FILE 64
#define COPY_BUFFER      KIB(256)
#define COPY_PIECE       MIB(64) /* bytes the system copies in one call, so that a signal gets in */
#define TEMP_DIGITS      16
#define TEMP_SUFFIX      ".tmp"
#define NAMED_FILE_MODE  0644
#define NAME_LEN_MAX     255 /* of a base name, on all file systems that matter */

struct OsFile {
    int fd;
    bool is_borrowed;      /* not ours to close */
    atomic_int sync_error; /* errno of a sync that failed, for good */
    char *path;
    MemContext *ctx;
    MemCallback *on_reset;
};

static struct {
    mode_t file_mode, dir_mode;
} modes = {.file_mode = 0600, .dir_mode = 0700};

static OsFile *file_new(int fd, const char *path);
static void file_drop(OsFile *f);
static bool is_signal_only(void);
static size_t go_on(size_t done, size_t size);
static void sync_by(OsFile *f, int (*sync)(int fd));
static size_t read_until_end(OsFile *f, void *bytes, size_t size, const uint64_t *offset);
static void close_on_reset(void *arg);
static int open_fd(const char *path, unsigned flags);
static off_t checked_offset(const OsFile *f, uint64_t offset);
static char *read_all(OsFile *f, size_t max, size_t *len);
static void stat_from_system(OsStat *out, const struct stat *in);
static void write_temp(const char *temp, const void *bytes, size_t len);
static bool try_link(const char *from, const char *to);
static bool is_same_file(const char *a, const char *b);
static bool try_rename_dir(const char *from, const char *to);
static void sync_folders(const char *from, const char *to);
static void copy_content(OsFile *from, OsFile *to);

void os_set_group_access(bool is_group_readable)
{
    modes.file_mode = is_group_readable ? 0640 : 0600;
    modes.dir_mode = is_group_readable ? 0750 : 0700;
    umask(is_group_readable ? 0027 : 0077);
}

uint32_t os_file_mode(void)
{
    return modes.file_mode;
}

uint32_t os_dir_mode(void)
{
    return modes.dir_mode;
}

uint32_t os_user_file_mode(void)
{
    mode_t mask = umask(0077);

    umask(mask);
    return 0666 & ~(uint32_t)mask;
}

OsFile *os_file_open(const char *path, unsigned flags)
{
    OsFile *f = os_file_try_open(path, flags);

    if (f == NULL)
        os_raise(ENOENT,
                 flags & OS_CREATE ? "could not create file \"%s\"" : "could not open file \"%s\"",
                 path);
    return f;
}

OsFile *os_file_try_open(const char *path, unsigned flags)
{
    OsFile *f;

    ASSERT(flags & (OS_READ | OS_WRITE));
    if (flags & OS_CREATE)
        FAULT_POINT("os.file.create");

    /* All that can run out of memory comes first: then no descriptor can be lost. */
    f = file_new(-1, path);
    f->fd = open_fd(path, flags);
    if (f->fd < 0) {
        int error = errno;

        file_drop(f);
        if (error == ENOENT)
            return NULL;
        os_raise(error,
                 flags & OS_CREATE ? "could not create file \"%s\"" : "could not open file \"%s\"",
                 path);
    }
    return f;
}

OsFile *os_file_open_named(const char *path, unsigned flags)
{
    bool writes = (flags & OS_WRITE) != 0;
    int system = writes ? O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC : O_RDONLY | O_CLOEXEC;
    OsFile *f = file_new(-1, path);
    mode_t before = umask(0022);
    int error;

    do
        f->fd = os_ops->open(path, system, NAMED_FILE_MODE);
    while (f->fd < 0 && is_signal_only());
    error = f->fd < 0 ? errno : 0;
    umask(before);
    if (error != 0) {
        file_drop(f);
        os_raise(error, "could not open file \"%s\" for %s", path, writes ? "writing" : "reading");
    }
    return f;
}

OsFile *os_file_from_fd(int fd, const char *name)
{
    OsFile *f = file_new(fd, name);

    f->is_borrowed = true;
    return f;
}

void os_file_close(OsFile *f)
{
    int error = 0;

    FAULT_POINT("os.file.close");
    mem_off_reset(f->ctx, f->on_reset);
    /* An interrupted close has closed: trying again could hit another file of that number. */
    if (!f->is_borrowed && os_ops->close(f->fd) != 0 && errno != EINTR)
        error = errno;
    f->fd = -1;
    if (error != 0)
        os_raise(error, "could not close file \"%s\"", f->path);
    mem_free(f->path);
    mem_free(f);
}

const char *os_file_path(const OsFile *f)
{
    return f->path;
}

int os_file_fd(const OsFile *f)
{
    return f->fd;
}

size_t os_file_read(OsFile *f, void *bytes, size_t size)
{
    return read_until_end(f, bytes, size, NULL);
}

size_t os_file_read_at(OsFile *f, void *bytes, size_t size, uint64_t offset)
{
    return read_until_end(f, bytes, size, &offset);
}

void os_file_read_exact_at(OsFile *f, void *bytes, size_t size, uint64_t offset)
{
    size_t done = os_file_read_at(f, bytes, size, offset);

    if (done != size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("could not read file \"%s\": read %zu of %zu", f->path, done, size),
                  .detail = err_fmt("The read started at byte %" PRIu64 ".", offset));
}

/* What a write call has taken; some systems take nothing, without a word, when the disk is full. */
static size_t written(const OsFile *f, ssize_t n)
{
    if (n > 0)
        return (size_t)n;
    if (n < 0 && is_signal_only())
        return 0;
    os_raise(n == 0 ? ENOSPC : errno, "could not write to file \"%s\"", f->path);
}

void os_file_write(OsFile *f, const void *bytes, size_t size)
{
    FAULT_POINT("os.file.write");
    for (size_t done = 0; done < size;) {
        ssize_t n = os_ops->write(f->fd, (const char *)bytes + done, size - done);

        done = go_on(done + written(f, n), size);
    }
}

void os_file_write_at(OsFile *f, const void *bytes, size_t size, uint64_t offset)
{
    FAULT_POINT("os.file.write_at");
    for (size_t done = 0; done < size;)
        done += written(f, os_ops->pwrite(f->fd, (const char *)bytes + done, size - done,
                                          checked_offset(f, offset + done)));
}

void os_file_flush_hint(OsFile *f, uint64_t offset, uint64_t size)
{
    int result = os_ops->writeback(f->fd, checked_offset(f, offset), checked_offset(f, size));

    /* Not every file system can, which is no reason to complain about a hint. */
    if (result != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT))
        os_raise(errno, "could not flush dirty data of file \"%s\"", f->path);
}

void os_file_sync(OsFile *f)
{
    sync_by(f, os_ops->fsync);
}

void os_file_sync_data(OsFile *f)
{
    sync_by(f, os_ops->fdatasync);
}

void os_file_truncate(OsFile *f, uint64_t size)
{
    int result;

    FAULT_POINT("os.file.truncate");
    do
        result = os_ops->ftruncate(f->fd, checked_offset(f, size));
    while (result != 0 && errno == EINTR);
    if (result != 0)
        os_raise(errno, "could not truncate file \"%s\" to %" PRIu64 " bytes", f->path, size);
}

void os_file_seek(OsFile *f, uint64_t offset)
{
    if (os_ops->lseek(f->fd, checked_offset(f, offset), SEEK_SET) < 0)
        os_raise(errno, "could not seek in file \"%s\"", f->path);
}

uint64_t os_file_size(OsFile *f)
{
    OsStat st;

    os_file_stat(f, &st);
    return st.size;
}

void os_file_stat(OsFile *f, OsStat *out)
{
    struct stat st;

    if (os_ops->fstat(f->fd, &st) != 0)
        os_raise(errno, "could not stat file \"%s\"", f->path);
    stat_from_system(out, &st);
}

void os_file_set_mode(OsFile *f, uint32_t mode)
{
    if (os_ops->fchmod(f->fd, mode) != 0)
        os_raise(errno, "could not change permissions of file \"%s\"", f->path);
}

void os_file_set_mtime(OsFile *f, int64_t unix_seconds)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = unix_seconds}};

    if (os_ops->futimens(f->fd, times) != 0)
        os_raise(errno, "could not set the time of file \"%s\"", f->path);
}

void os_file_preallocate(OsFile *f, uint64_t size)
{
    int result;

    FAULT_POINT("os.file.preallocate");
    if (size == 0)
        return;
    do
        result = os_ops->fallocate(f->fd, 0, checked_offset(f, size));
    while (result != 0 && errno == EINTR);
    if (result != 0)
        os_raise(errno, "could not extend file \"%s\" to %" PRIu64 " bytes", f->path, size);
}

/* Advice that is not taken is no error. */
void os_file_advise_sequential(OsFile *f)
{
    os_ops->fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
}

void os_file_advise_will_need(OsFile *f, uint64_t offset, uint64_t size)
{
    os_ops->fadvise(f->fd, checked_offset(f, offset), checked_offset(f, size), POSIX_FADV_WILLNEED);
}

void os_file_advise_done(OsFile *f, uint64_t offset, uint64_t size)
{
    os_ops->fadvise(f->fd, checked_offset(f, offset), checked_offset(f, size), POSIX_FADV_DONTNEED);
}

char *os_file_read_all(const char *path, size_t max, size_t *len)
{
    return read_all(os_file_open(path, OS_READ), max, len);
}

char *os_file_try_read_all(const char *path, size_t max, size_t *len)
{
    OsFile *f = os_file_try_open(path, OS_READ);

    return f == NULL ? NULL : read_all(f, max, len);
}

static void sink_write(void *arg, const void *bytes, size_t len)
{
    os_file_write(arg, bytes, len);
}

ByteSink os_file_sink(OsFile *f)
{
    return (ByteSink){.write = sink_write, .arg = f};
}

static size_t source_read(void *arg, void *bytes, size_t max)
{
    return os_file_read(arg, bytes, max);
}

ByteSource os_file_source(OsFile *f)
{
    return (ByteSource){.read = source_read, .arg = f};
}

void os_stat(const char *path, OsStat *out)
{
    if (!os_try_stat(path, out))
        os_raise(ENOENT, "could not stat file \"%s\"", path);
}

bool os_try_stat(const char *path, OsStat *out)
{
    struct stat st;

    if (os_ops->stat(path, &st) == 0) {
        stat_from_system(out, &st);
        return true;
    }
    if (errno != ENOENT)
        os_raise(errno, "could not stat file \"%s\"", path);
    return false;
}

bool os_try_lstat(const char *path, OsStat *out)
{
    struct stat st;

    if (os_ops->lstat(path, &st) == 0) {
        stat_from_system(out, &st);
        return true;
    }
    if (errno != ENOENT)
        os_raise(errno, "could not stat file \"%s\"", path);
    return false;
}

bool os_exists(const char *path)
{
    OsStat st;

    return os_try_stat(path, &st);
}

void os_write_durable(const char *path, const void *bytes, size_t len)
{
    char *temp = os_temp_name(path);

    ERR_TRY() {
        write_temp(temp, bytes, len);
        os_rename(temp, path);
    }
    ERR_CATCH() {
        /* What remains of it is of no use to anybody; if it cannot be removed, so be it. */
        os_ops->unlink(temp);
        err_raise_again();
    }
    ERR_END();
    sync_folders(path, path);
    mem_free(temp);
}

bool os_publish_durable(const char *temp, const char *path)
{
    ASSERT(!str_equal(temp, path));
    FAULT_POINT("os.file.publish");
    if (os_ops->rename_new(temp, path) != 0) {
        OsStat st;

        if (errno == EEXIST && !is_same_file(temp, path))
            return false;
        if (errno != EEXIST && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
            os_raise(errno, "could not rename file \"%s\" to \"%s\"", temp, path);
        if (!os_try_lstat(temp, &st))
            os_raise(ENOENT, "could not rename file \"%s\" to \"%s\"", temp, path);
        if (st.kind == OS_KIND_DIR ? !try_rename_dir(temp, path) : !try_link(temp, path))
            return false;
    }
    sync_folders(temp, path);
    return true;
}

void os_rename_durable(const char *from, const char *to)
{
    OsStat st;

    os_stat(from, &st);
    if (st.kind == OS_KIND_DIR) {
        os_dir_sync(from);
    } else {
        OsFile *f = os_file_open(from, OS_READ);

        os_file_sync(f);
        os_file_close(f);
    }
    os_rename(from, to);
    sync_folders(from, to);
}

void os_unlink_durable(const char *path)
{
    os_unlink(path);
    sync_folders(path, path);
}

char *os_temp_name(const char *path)
{
    const char *base = path_base(path);
    char digits[TEMP_DIGITS + 1];
    uint8_t random[TEMP_DIGITS / 2];
    size_t room = NAME_LEN_MAX - sizeof TEMP_SUFFIX - TEMP_DIGITS;

    if (getrandom(random, sizeof random, 0) != sizeof random)
        os_raise(errno, "could not make a temporary name for \"%s\"", path);
    hex_write(random, sizeof random, digits);
    return mem_printf("%.*s%.*s.%s" TEMP_SUFFIX, (int)(base - path), path, (int)room, base, digits);
}

bool os_is_temp_name(const char *name)
{
    size_t len = strlen(name);
    const char *digits;

    if (len <= TEMP_DIGITS + sizeof TEMP_SUFFIX || !str_ends_with(name, TEMP_SUFFIX))
        return false;
    digits = name + len - (TEMP_DIGITS + sizeof TEMP_SUFFIX - 1);
    return digits[-1] == '.' && strspn(digits, "0123456789abcdef") == TEMP_DIGITS;
}

void os_rename(const char *from, const char *to)
{
    FAULT_POINT("os.file.rename");
    if (os_ops->rename(from, to) != 0)
        os_raise(errno, "could not rename file \"%s\" to \"%s\"", from, to);
}

void os_unlink(const char *path)
{
    if (!os_try_unlink(path))
        os_raise(ENOENT, "could not remove file \"%s\"", path);
}

bool os_try_unlink(const char *path)
{
    FAULT_POINT("os.file.unlink");
    if (os_ops->unlink(path) == 0)
        return true;
    if (errno != ENOENT)
        os_raise(errno, "could not remove file \"%s\"", path);
    return false;
}

const char *os_file_touch(const char *path)
{
    int fd;

    FAULT_POINT("os.file.create");
    do
        fd = os_ops->open(path, os_open_flags(OS_WRITE | OS_CREATE), modes.file_mode);
    while (fd < 0 && errno == EINTR);
    if (fd < 0 || os_ops->close(fd) != 0)
        return strerror(errno);
    return NULL;
}

void os_symlink(const char *target, const char *path)
{
    FAULT_POINT("os.file.symlink");
    if (os_ops->symlink(target, path) != 0)
        os_raise(errno, "could not create symbolic link \"%s\"", path);
}

char *os_readlink(const char *path)
{
    size_t room = 256;
    char *target = mem_alloc(room);
    ssize_t len;

    /* A result that fills the room may have been cut. */
    while ((len = os_ops->readlink(path, target, room)) >= (ssize_t)room) {
        room *= 2;
        target = mem_realloc(target, room);
    }
    if (len < 0)
        os_raise(errno, "could not read symbolic link \"%s\"", path);
    target[len] = '\0';
    return target;
}

void os_set_mode(const char *path, uint32_t mode)
{
    if (os_ops->chmod(path, mode) != 0)
        os_raise(errno, "could not change permissions of file \"%s\"", path);
}

void os_copy_file(const char *from, const char *to)
{
    OsFile *in = os_file_open(from, OS_READ);
    OsFile *out = os_file_open(to, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);

    FAULT_POINT("os.file.copy");
    if (os_ops->clone(out->fd, in->fd) != 0)
        copy_content(in, out);
    os_file_close(out);
    os_file_close(in);
}

static OsFile *file_new(int fd, const char *path)
{
    OsFile *f = mem_new(OsFile);

    f->fd = fd;
    f->path = mem_strdup(path);
    f->ctx = mem_current();
    f->on_reset = mem_on_reset(f->ctx, close_on_reset, f);
    return f;
}

/* One that was not opened after all. */
static void file_drop(OsFile *f)
{
    mem_off_reset(f->ctx, f->on_reset);
    mem_free(f->path);
    mem_free(f);
}

/*
 * Was the call that failed only interrupted, so that it is to be made again? Pipes, terminals and
 * FIFOs can block for ever: a signal that is to end the process ends the wait, by a raise.
 */
static bool is_signal_only(void)
{
    if (errno != EINTR)
        return false;
    process_check_interrupts();
    return true;
}

/* done, of size; a call that was interrupted half way is a short one, and the next may block. */
static size_t go_on(size_t done, size_t size)
{
    if (done < size)
        process_check_interrupts();
    return done;
}

/* By fsync or its sister; what has failed once stays so. */
static void sync_by(OsFile *f, int (*sync)(int fd))
{
    int result;

    if (f->sync_error != 0)
        os_raise(f->sync_error, "could not fsync file \"%s\"", f->path);
    f->sync_error = EIO; /* should the fault point raise */
    FAULT_POINT("os.file.sync");
    do
        result = sync(f->fd);
    while (result != 0 && errno == EINTR);
    f->sync_error = result == 0 ? 0 : errno;
    if (result != 0)
        os_raise(f->sync_error, "could not fsync file \"%s\"", f->path);
}

/* Read size bytes, less only at the end of the file; offset NULL: from where the file stands. */
static size_t read_until_end(OsFile *f, void *bytes, size_t size, const uint64_t *offset)
{
    size_t done = 0;

    while (done < size) {
        char *to = (char *)bytes + done;
        ssize_t n = offset == NULL
                        ? os_ops->read(f->fd, to, size - done)
                        : os_ops->pread(f->fd, to, size - done, checked_offset(f, *offset + done));

        if (n == 0)
            break;
        if (n > 0)
            done = go_on(done + (size_t)n, size);
        else if (!is_signal_only())
            os_raise(errno, "could not read file \"%s\"", f->path);
    }
    return done;
}

/* The way of files that a raise has left open: there is nobody to hear of a failure. */
static void close_on_reset(void *arg)
{
    OsFile *f = arg;

    if (!f->is_borrowed && f->fd >= 0)
        os_ops->close(f->fd);
}

int os_open_flags(unsigned flags)
{
    int system = O_CLOEXEC | O_NOCTTY;

    if ((flags & OS_READ) && (flags & OS_WRITE))
        system |= O_RDWR;
    else
        system |= flags & OS_WRITE ? O_WRONLY : O_RDONLY;
    if (flags & OS_CREATE)
        system |= O_CREAT;
    if (flags & OS_EXCLUSIVE)
        system |= O_EXCL;
    if (flags & OS_TRUNCATE)
        system |= O_TRUNC;
    if (flags & OS_APPEND)
        system |= O_APPEND;
    if (flags & OS_DATA_SYNC)
        system |= O_DSYNC;
    if (flags & OS_SYNC)
        system |= O_SYNC;
    return system;
}

static int open_fd(const char *path, unsigned flags)
{
    int system = os_open_flags(flags);
    int fd;

    do
        fd = os_ops->open(path, system, modes.file_mode);
    while (fd < 0 && is_signal_only());
    /* Not by open(2), which makes the file and then fails where the file system cannot. */
    if (fd >= 0 && (flags & OS_DIRECT))
        os_ops->direct(fd);
    return fd;
}

/* offset as the system wants it. */
static off_t checked_offset(const OsFile *f, uint64_t offset)
{
    if (offset > INT64_MAX)
        os_raise(EFBIG, "could not access byte %" PRIu64 " of file \"%s\"", offset, f->path);
    return (off_t)offset;
}

/* Read until the end, whatever the size says: it may grow meanwhile, and /proc has none. */
static char *read_all(OsFile *f, size_t max, size_t *len)
{
    uint64_t size = os_file_size(f);
    size_t room = size > READ_ALL_FIRST ? (size_t)size : READ_ALL_FIRST;
    size_t done = 0;
    char *bytes;

    room = size_min(room, max) + 1;
    bytes = mem_alloc_aligned(room, ALIGN_WHOLE_FILE); /* not zeroed */
    for (;;) {
        done += os_file_read(f, bytes + done, room - done);
        if (done < room)
            break;
        if (done > max)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("file \"%s\" is too large", f->path),
                      .detail = err_fmt("At most %zu bytes are read.", max));
        room = size_min(size_mul(room, 2), size_add(max, 1));
        bytes = mem_realloc(bytes, room);
    }
    bytes[done] = '\0';
    if (len != NULL)
        *len = done;
    os_file_close(f);
    return bytes;
}

static void stat_from_system(OsStat *out, const struct stat *in)
{
    *out = (OsStat){
        .kind = S_ISREG(in->st_mode)   ? OS_KIND_FILE
                : S_ISDIR(in->st_mode) ? OS_KIND_DIR
                : S_ISLNK(in->st_mode) ? OS_KIND_LINK
                                       : OS_KIND_OTHER,
        .size = (uint64_t)in->st_size,
        .mtime = in->st_mtim.tv_sec,
        .link_count = in->st_nlink,
        .mode = in->st_mode & 07777,
        .uid = in->st_uid,
        .gid = in->st_gid,
        .device = in->st_dev,
        .inode = in->st_ino,
    };
}

static void write_temp(const char *temp, const void *bytes, size_t len)
{
    OsFile *f = os_file_open(temp, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);

    os_file_write(f, bytes, len);
    os_file_sync(f);
    os_file_close(f);
}

/*
 * A rename that spares what exists, in two steps. When both names are the same file, the first
 * step was done before: by us, before a crash or (a network file system) an answer that was lost.
 */
static bool try_link(const char *from, const char *to)
{
    char *folder;

    FAULT_POINT("os.file.link");
    if (os_ops->link(from, to) != 0) {
        if (errno != EEXIST)
            os_raise(errno, "could not link file \"%s\" to \"%s\"", from, to);
        if (!is_same_file(from, to))
            return false;
    }
    /* Or a power cut could keep the second step and lose the first. */
    folder = path_dir(to);
    os_dir_sync(folder);
    mem_free(folder);
    os_unlink(from);
    return true;
}

/* True when a and b are two names of one file. */
static bool is_same_file(const char *a, const char *b)
{
    OsStat st_a, st_b;

    return os_try_lstat(a, &st_a) && os_try_lstat(b, &st_b) && st_a.device == st_b.device &&
           st_a.inode == st_b.inode && st_a.link_count > 1;
}

/*
 * As try_link, for folders, which cannot be linked. A plain rename refuses a folder that has
 * content and anything that is no folder, so all that a race could replace is an empty folder.
 */
static bool try_rename_dir(const char *from, const char *to)
{
    OsStat st;

    if (os_try_lstat(to, &st))
        return false;
    FAULT_POINT("os.file.rename");
    if (os_ops->rename(from, to) == 0)
        return true;
    if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
        os_raise(errno, "could not rename file \"%s\" to \"%s\"", from, to);
    return false;
}

/* Make the entries of both paths durable; the new one first, so that the file is never nameless. */
static void sync_folders(const char *from, const char *to)
{
    char *to_dir = path_dir(to);
    char *from_dir = path_dir(from);

    os_dir_sync(to_dir);
    if (!str_equal(from_dir, to_dir))
        os_dir_sync(from_dir);
    mem_free(from_dir);
    mem_free(to_dir);
}

static void copy_content(OsFile *from, OsFile *to)
{
    char *buffer;
    size_t n;
    ssize_t copied;

    do
        copied = os_ops->copy(from->fd, to->fd, COPY_PIECE);
    while (copied > 0 || (copied < 0 && errno == EINTR));
    if (copied < 0 && (errno == ENOSPC || errno == EDQUOT))
        os_raise(errno, "could not write to file \"%s\"", to->path);

    /*
     * Not every pair of files can be copied by the system, some claim to be empty: both positions
     * have moved by what was copied, so reading on from there copies the rest, mostly nothing.
     */
    buffer = mem_alloc_aligned(COPY_BUFFER, BLOCK_SIZE);
    while ((n = os_file_read(from, buffer, COPY_BUFFER)) > 0)
        os_file_write(to, buffer, n);
    mem_free(buffer);
}
