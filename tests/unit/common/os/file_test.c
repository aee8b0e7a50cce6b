/*
 * file_test.c - files by path and by handle
 *
 * Errors that a healthy disk does not give come from a table of calls in which one is replaced.
 */
#include "common/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/os_int.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

/* ---- a disk on which one call fails ---- */

static struct {
    OsOps ops;
    int error;     /* what the replaced call fails with */
    int good_left; /* how often it goes well before */
    int calls;
} broken;

/* The system's table again, to be changed by the test and put in force by break_end(). */
static void break_begin(int error, int good_left)
{
    broken.ops = os_ops_system;
    broken.error = error;
    broken.good_left = good_left;
    broken.calls = 0;
}

static void repair(void)
{
    os_ops = &os_ops_system;
}

/* True when the call is to fail, with errno set. */
static bool fails(void)
{
    broken.calls++;
    if (broken.good_left-- > 0)
        return false;
    errno = broken.error;
    return true;
}

static ssize_t broken_read(int fd, void *bytes, size_t size)
{
    return fails() ? -1 : read(fd, bytes, size > 1 ? 1 : size);
}

static ssize_t broken_pread(int fd, void *bytes, size_t size, off_t offset)
{
    return fails() ? -1 : pread(fd, bytes, size > 1 ? 1 : size, offset);
}

static ssize_t broken_write(int fd, const void *bytes, size_t size)
{
    return fails() ? (broken.error == 0 ? 0 : -1) : write(fd, bytes, size > 1 ? 1 : size);
}

static ssize_t broken_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return fails() ? -1 : pwrite(fd, bytes, size > 1 ? 1 : size, offset);
}

static int broken_fsync(int fd)
{
    return fails() ? -1 : fsync(fd);
}

static int broken_close(int fd)
{
    close(fd);
    return fails() ? -1 : 0;
}

static int broken_ftruncate(int fd, off_t size)
{
    return fails() ? -1 : ftruncate(fd, size);
}

static int broken_fallocate(int fd, off_t offset, off_t size)
{
    return fails() ? -1 : os_ops_system.fallocate(fd, offset, size);
}

static int broken_writeback(int fd, off_t offset, off_t size)
{
    return fails() ? -1 : os_ops_system.writeback(fd, offset, size);
}

static int broken_fd_stat(int fd, struct stat *out)
{
    return fails() ? -1 : fstat(fd, out);
}

static int broken_mode(int fd, mode_t mode)
{
    return fails() ? -1 : fchmod(fd, mode);
}

static int broken_times(int fd, const struct timespec times[2])
{
    return fails() ? -1 : futimens(fd, times);
}

static int broken_rename_new(const char *from, const char *to)
{
    return fails() ? -1 : os_ops_system.rename_new(from, to);
}

static int broken_rename(const char *from, const char *to)
{
    return fails() ? -1 : rename(from, to);
}

static int broken_link(const char *from, const char *to)
{
    return fails() ? -1 : link(from, to);
}

static int broken_clone(int to, int from)
{
    return fails() ? -1 : os_ops_system.clone(to, from);
}

static ssize_t broken_copy(int from, int to, size_t size)
{
    return fails() ? -1 : os_ops_system.copy(from, to, size > 7 ? 7 : size);
}

/* What system does on disks with no O_DIRECT. */
static int broken_direct(int fd)
{
    (void)fd;
    errno = EINVAL;
    return -1;
}

/* ---- helpers ---- */

static char *here(const char *name)
{
    return path_join(unit_temp_dir(), name);
}

static char *in_quotes(const char *format, const char *path)
{
    return mem_printf(strcmp(format, "open") == 0
                          ? "could not open file \"%s\": No such file or directory"
                          : "could not stat file \"%s\": No such file or directory",
                      path);
}

static void put(const char *name, const char *text)
{
    OsFile *f = os_file_open(here(name), OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(f, text, strlen(text));
    os_file_close(f);
}

static char *content(const char *name)
{
    return os_file_read_all(here(name), 1000000, NULL);
}

static size_t count_names(void)
{
    Array names;

    os_dir_list(unit_temp_dir(), &names);
    return names.count;
}

/* ---- open, read, write, close ---- */

static void what_is_written_is_read_back(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[10];

    os_file_write(f, "hello ", 6);
    os_file_write(f, "world", 5);
    CU_ASSERT_EQUAL(os_file_size(f), 11);
    os_file_seek(f, 3);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 4), 4);
    CU_ASSERT_EQUAL(memcmp(bytes, "lo w", 4), 0);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 10), 4);
    CU_ASSERT_EQUAL(memcmp(bytes, "orld", 4), 0);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 10), 0);
    CU_ASSERT_STRING_EQUAL(os_file_path(f), here("x"));
    os_file_close(f);
}

static void reads_and_writes_at_a_place_leave_the_position(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[8] = {0};

    os_file_write_at(f, "abc", 3, 5);
    os_file_write(f, "01", 2);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 8, 0), 8);
    CU_ASSERT_EQUAL(memcmp(bytes, "01\0\0\0abc", 8), 0);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 8, 6), 2);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 8, 100), 0);
    os_file_read_exact_at(f, bytes, 3, 5);
    CU_ASSERT_EQUAL(memcmp(bytes, "abc", 3), 0);
    os_file_close(f);
}

static void an_exact_read_past_the_end_says_how_much_there_was(void)
{
    OsFile *f;
    char bytes[8];

    put("x", "abcde");
    f = os_file_open(here("x"), OS_READ);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               mem_printf("could not read file \"%s\": read 2 of 8", here("x")),
                               os_file_read_exact_at(f, bytes, 8, 3));
    os_file_close(f);
}

static void a_missing_file_is_no_file_or_an_error(void)
{
    CU_ASSERT_PTR_NULL(os_file_try_open(here("x"), OS_READ));
    CU_ASSERT_PTR_NULL(os_file_try_read_all(here("x"), 10, NULL));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE, in_quotes("open", here("x")),
                               os_file_open(here("x"), OS_READ));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not create file \"%s\": No such file or directory", here("no/x")),
        os_file_open(here("no/x"), OS_WRITE | OS_CREATE));
}

static void a_path_through_a_file_is_not_taken_for_missing(void)
{
    OsStat st;

    put("x", "");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_WRONG_OBJECT_TYPE,
        mem_printf("could not open file \"%s\": Not a directory", here("x/y")),
        os_file_try_open(here("x/y"), OS_READ));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_try_stat(here("x/y"), &st));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_try_lstat(here("x/y"), &st));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_exists(here("x/y")));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_try_unlink(here("x/y")));
}

static void exclusive_creation_refuses_a_name_that_is_taken(void)
{
    put("x", "old");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DUPLICATE_FILE,
                               mem_printf("could not create file \"%s\": File exists", here("x")),
                               os_file_open(here("x"), OS_WRITE | OS_CREATE | OS_EXCLUSIVE));
    CU_ASSERT_STRING_EQUAL(content("x"), "old");
}

static void truncate_and_append_do_what_they_say(void)
{
    OsFile *f;

    put("x", "12345");
    f = os_file_open(here("x"), OS_WRITE | OS_APPEND);
    os_file_write(f, "6", 1);
    os_file_truncate(f, 3);
    os_file_write(f, "7", 1);
    os_file_close(f);
    CU_ASSERT_STRING_EQUAL(content("x"), "1237");
    os_file_close(os_file_open(here("x"), OS_WRITE | OS_TRUNCATE));
    CU_ASSERT_STRING_EQUAL(content("x"), "");
}

static void direct_files_work_on_every_disk(void)
{
    char *page = mem_alloc_aligned(BLOCK_SIZE, BLOCK_SIZE);
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE | OS_EXCLUSIVE | OS_DIRECT);

    memset(page, 'x', BLOCK_SIZE);
    os_file_write_at(f, page, BLOCK_SIZE, 0);
    memset(page, 0, BLOCK_SIZE);
    os_file_read_exact_at(f, page, BLOCK_SIZE, 0);
    CU_ASSERT_EQUAL(page[BLOCK_SIZE - 1], 'x');
    os_file_close(f);

    break_begin(0, 0);
    broken.ops.direct = broken_direct;
    os_ops = &broken.ops;
    os_file_close(os_file_open(here("x"), OS_READ | OS_DIRECT));
    repair();
}

static void files_go_with_their_memory_context(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "files");
    OsFile *f = NULL;
    int fd;

    MEM_SCOPE(ctx) {
        f = os_file_open(here("x"), OS_WRITE | OS_CREATE);
    }
    fd = os_file_fd(f);
    CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
    mem_delete(ctx);
    CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
}

static void a_borrowed_descriptor_stays_open(void)
{
    int ends[2];
    OsFile *in, *out;
    char bytes[8];
    MemContext *ctx = mem_context_new(mem_current(), "files");

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    MEM_SCOPE(ctx) {
        in = os_file_from_fd(ends[0], "in");
        out = os_file_from_fd(ends[1], "out");
        os_file_write(out, "abc", 3);
        os_file_close(out);
        CU_ASSERT_EQUAL(close(ends[1]), 0);
        CU_ASSERT_EQUAL(os_file_read(in, bytes, 8), 3);
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "could not seek in file \"in\": Illegal seek",
                                   os_file_seek(in, 0));
    }
    mem_delete(ctx);
    CU_ASSERT_EQUAL(close(ends[0]), 0);
}

static void offsets_beyond_the_system_are_refused(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char byte = 0;

    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_seek(f, UINT64_C(1) << 63));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_write_at(f, &byte, 1, UINT64_MAX));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read_at(f, &byte, 1, UINT64_MAX));
    os_file_close(f);
}

/* ---- errors that only a broken disk gives ---- */

static void short_and_interrupted_calls_are_continued(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[6] = {0};

    break_begin(0, 1000);
    broken.ops.read = broken_read;
    broken.ops.pread = broken_pread;
    broken.ops.write = broken_write;
    broken.ops.pwrite = broken_pwrite;
    os_ops = &broken.ops;
    os_file_write(f, "abc", 3);
    os_file_write_at(f, "def", 3, 3);
    os_file_seek(f, 0);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 6), 6);
    CU_ASSERT_EQUAL(memcmp(bytes, "abcdef", 6), 0);
    memset(bytes, 0, 6);
    os_file_read_exact_at(f, bytes, 6, 0);
    CU_ASSERT_EQUAL(memcmp(bytes, "abcdef", 6), 0);
    CU_ASSERT_EQUAL(broken.calls, 18);
    repair();
    os_file_close(f);
}

/* Fails once with EINTR, then goes on. */
static int interrupted_once;

static ssize_t interrupted_read(int fd, void *bytes, size_t size)
{
    errno = EINTR;
    return interrupted_once++ == 0 ? -1 : read(fd, bytes, size);
}

static ssize_t interrupted_pread(int fd, void *bytes, size_t size, off_t offset)
{
    errno = EINTR;
    return interrupted_once++ == 0 ? -1 : pread(fd, bytes, size, offset);
}

static ssize_t interrupted_write(int fd, const void *bytes, size_t size)
{
    errno = EINTR;
    return interrupted_once++ == 0 ? -1 : write(fd, bytes, size);
}

static int interrupted_fsync(int fd)
{
    errno = EINTR;
    return interrupted_once++ == 0 ? -1 : fsync(fd);
}

static int interrupted_close(int fd)
{
    close(fd);
    errno = EINTR;
    return -1;
}

static void a_signal_does_not_make_a_call_fail(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[3];

    broken.ops = os_ops_system;
    broken.ops.read = interrupted_read;
    broken.ops.pread = interrupted_pread;
    broken.ops.write = interrupted_write;
    broken.ops.fsync = interrupted_fsync;
    broken.ops.close = interrupted_close;
    os_ops = &broken.ops;
    interrupted_once = 0;
    os_file_write(f, "abc", 3);
    interrupted_once = 0;
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 3, 0), 3);
    interrupted_once = 0;
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 3), 0);
    interrupted_once = 0;
    os_file_sync(f);
    os_file_close(f);
    repair();
}

/* A call that blocks until the signal comes; interrupted_once counts how often it is made. */
static int blocked(void)
{
    if (interrupted_once++ == 0)
        raise(SIGTERM);
    errno = interrupted_once < 3 ? EINTR : EIO;
    return -1;
}

static int blocked_open(const char *path UNUSED, int flags UNUSED, mode_t mode UNUSED)
{
    return blocked();
}

static ssize_t blocked_read(int fd UNUSED, void *bytes UNUSED, size_t size UNUSED)
{
    return blocked();
}

static ssize_t blocked_write(int fd UNUSED, const void *bytes UNUSED, size_t size UNUSED)
{
    return blocked();
}

/* The signal comes when a part was written. */
static ssize_t blocked_half_way(int fd UNUSED, const void *bytes UNUSED, size_t size UNUSED)
{
    return interrupted_once > 0 ? blocked() : blocked() + 2;
}

static void block_begin(void)
{
    process_catch_signals();
    interrupted_once = 0;
    broken.ops = os_ops_system;
    broken.ops.open = blocked_open;
    broken.ops.read = blocked_read;
    broken.ops.write = blocked_write;
    os_ops = &broken.ops;
}

static void open_blocked(void *path)
{
    block_begin();
    os_file_open(path, OS_READ);
}

static void read_blocked(void *path)
{
    OsFile *f = os_file_open(path, OS_READ);
    char byte;

    block_begin();
    os_file_read(f, &byte, 1);
}

static void write_blocked(void *path)
{
    OsFile *f = os_file_open(path, OS_WRITE);

    block_begin();
    os_file_write(f, "x", 1);
}

static void write_blocked_half_way(void *path)
{
    OsFile *f = os_file_open(path, OS_WRITE);

    block_begin();
    broken.ops.write = blocked_half_way;
    os_file_write(f, "xyz", 3);
}

/* A FIFO without a reader, a pipe whose reader sleeps: only a signal ends such a wait. */
static void a_signal_that_ends_the_process_ends_a_wait(void)
{
    void (*const waits[])(void *) = {open_blocked, read_blocked, write_blocked,
                                     write_blocked_half_way};

    os_file_close(os_file_open(here("x"), OS_WRITE | OS_CREATE));
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        ChildEnd end = child_run(waits[i], here("x"));

        CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
        CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "terminated by signal 15: Terminated"));
    }
}

static void failing_reads_and_writes_raise(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[3] = "abc";

    break_begin(EIO, 0);
    broken.ops.read = broken_read;
    broken.ops.pread = broken_pread;
    broken.ops.write = broken_write;
    broken.ops.pwrite = broken_pwrite;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR, mem_printf("could not read file \"%s\": Input/output error", here("x")),
        os_file_read(f, bytes, 3));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read_at(f, bytes, 3, 0));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not write to file \"%s\": Input/output error", here("x")),
        os_file_write(f, bytes, 3));
    broken.error = ENOSPC;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        mem_printf("could not write to file \"%s\": No space left on device", here("x")),
        os_file_write_at(f, bytes, 3, 0));
    broken.error = EDQUOT;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_write(f, bytes, 3));
    repair();
    os_file_close(f);
}

static void a_write_that_takes_nothing_means_a_full_disk(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);

    break_begin(0, 1);
    broken.ops.write = broken_write;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_write(f, "abc", 3));
    repair();
    os_file_close(f);
}

static void a_touch_makes_what_is_missing_and_raises_nothing(void)
{
    size_t len;

    CU_ASSERT_PTR_NULL(os_file_touch(here("t")));
    os_write_durable(here("t"), "abc", 3);
    CU_ASSERT_PTR_NULL(os_file_touch(here("t")));
    CU_ASSERT_STRING_EQUAL(os_file_read_all(here("t"), 10, &len), "abc");
    CU_ASSERT_STRING_EQUAL(os_file_touch(here("no/t")), "No such file or directory");
}

static void a_sync_that_failed_fails_for_good(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);

    os_file_write(f, "abc", 3);
    os_file_sync(f);
    break_begin(EIO, 0);
    broken.ops.fsync = broken_fsync;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR, mem_printf("could not fsync file \"%s\": Input/output error", here("x")),
        os_file_sync(f));
    repair();
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync_data(f));
    CU_ASSERT_EQUAL(broken.calls, 1);
    os_file_close(f);
}

static void a_close_that_fails_raises_and_has_closed(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);
    int fd = os_file_fd(f);

    break_begin(EIO, 0);
    broken.ops.close = broken_close;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR, mem_printf("could not close file \"%s\": Input/output error", here("x")),
        os_file_close(f));
    repair();
    CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
}

static void failing_changes_of_size_raise(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);

    break_begin(ENOSPC, 0);
    broken.ops.ftruncate = broken_ftruncate;
    broken.ops.fallocate = broken_fallocate;
    broken.ops.writeback = broken_writeback;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        mem_printf("could not truncate file \"%s\" to 10 bytes: No space left on device",
                   here("x")),
        os_file_truncate(f, 10));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        mem_printf("could not extend file \"%s\" to 10 bytes: No space left on device", here("x")),
        os_file_preallocate(f, 10));
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_flush_hint(f, 0, 10));
    broken.error = ENOSYS; /* a hint that the file system cannot take */
    os_file_flush_hint(f, 0, 10);
    repair();
    os_file_close(f);
}

static void failing_looks_and_settings_raise(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);
    OsStat st;

    break_begin(EIO, 0);
    broken.ops.fstat = broken_fd_stat;
    broken.ops.fchmod = broken_mode;
    broken.ops.futimens = broken_times;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_stat(f, &st));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_size(f));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not change permissions of file \"%s\": Input/output error", here("x")),
        os_file_set_mode(f, 0600));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_set_mtime(f, 1));
    repair();
    os_file_close(f);
}

static void each_errno_has_its_sqlstate(void)
{
    static const struct {
        int error;
        SqlState state;
    } rows[] = {
        {ENOENT, SQLSTATE_UNDEFINED_FILE},
        {EEXIST, SQLSTATE_DUPLICATE_FILE},
        {EACCES, SQLSTATE_INSUFFICIENT_PRIVILEGE},
        {EPERM, SQLSTATE_INSUFFICIENT_PRIVILEGE},
        {EROFS, SQLSTATE_INSUFFICIENT_PRIVILEGE},
        {ENOSPC, SQLSTATE_DISK_FULL},
        {EDQUOT, SQLSTATE_DISK_FULL},
        {ENOMEM, SQLSTATE_OUT_OF_MEMORY},
        {EAGAIN, SQLSTATE_INSUFFICIENT_RESOURCES},
        {EMFILE, SQLSTATE_INSUFFICIENT_RESOURCES},
        {ENFILE, SQLSTATE_INSUFFICIENT_RESOURCES},
        {EIO, SQLSTATE_IO_ERROR},
        {ELOOP, SQLSTATE_IO_ERROR},
    };

    for (volatile size_t i = 0; i < ARRAY_LEN(rows); i++)
        UNIT_ASSERT_RAISES(rows[i].state, os_raise(rows[i].error, "could not"));
}

/* ---- sizes, times, modes, advice ---- */

static void preallocation_grows_but_never_shrinks(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char byte;

    os_file_write(f, "abc", 3);
    os_file_preallocate(f, 100000);
    CU_ASSERT_EQUAL(os_file_size(f), 100000);
    os_file_preallocate(f, 10);
    os_file_preallocate(f, 0);
    CU_ASSERT_EQUAL(os_file_size(f), 100000);
    os_file_read_exact_at(f, &byte, 1, 2);
    CU_ASSERT_EQUAL(byte, 'c');
    os_file_close(f);
}

static void times_and_modes_are_set_and_seen(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);
    OsStat st;

    os_file_set_mode(f, 0640);
    os_file_set_mtime(f, 1234567890);
    os_file_stat(f, &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_FILE);
    CU_ASSERT_EQUAL(st.mode, 0640);
    CU_ASSERT_EQUAL(st.mtime, 1234567890);
    CU_ASSERT_EQUAL(st.link_count, 1);
    CU_ASSERT_EQUAL(st.uid, geteuid());
    os_file_close(f);
    os_set_mode(here("x"), 0400);
    os_stat(here("x"), &st);
    CU_ASSERT_EQUAL(st.mode, 0400);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_set_mode(here("y"), 0400));
}

static void new_files_are_private_unless_the_group_may_read(void)
{
    mode_t umask_before = umask(022);
    OsStat st;

    put("a", "");
    os_stat(here("a"), &st);
    CU_ASSERT_EQUAL(st.mode, 0600);
    os_set_group_access(true);
    put("b", "");
    os_stat(here("b"), &st);
    CU_ASSERT_EQUAL(st.mode, 0640);
    CU_ASSERT_EQUAL(os_file_mode(), 0640);
    CU_ASSERT_EQUAL(os_dir_mode(), 0750);
    os_set_group_access(false);
    CU_ASSERT_EQUAL(os_file_mode(), 0600);
    CU_ASSERT_EQUAL(os_dir_mode(), 0700);
    umask(umask_before);
}

static void advice_is_harmless(void)
{
    OsFile *f;

    put("x", "abc");
    f = os_file_open(here("x"), OS_READ | OS_WRITE);
    os_file_advise_sequential(f);
    os_file_advise_will_need(f, 0, 3);
    os_file_flush_hint(f, 0, 3);
    os_file_advise_done(f, 0, 3);
    os_file_close(f);
    CU_ASSERT_STRING_EQUAL(content("x"), "abc");
}

/* ---- whole files, sinks, sources ---- */

static void a_whole_file_is_read_up_to_the_limit(void)
{
    size_t len;
    char *big = mem_alloc(100001);

    put("empty", "");
    CU_ASSERT_STRING_EQUAL(os_file_read_all(here("empty"), 0, &len), "");
    CU_ASSERT_EQUAL(len, 0);
    memset(big, 'x', 100000);
    put("big", big);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(here("big"), 100000, &len), big);
    CU_ASSERT_EQUAL(len, 100000);
    CU_ASSERT_STRING_EQUAL(os_file_try_read_all(here("big"), 200000, NULL), big);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                               mem_printf("file \"%s\" is too large", here("big")),
                               os_file_read_all(here("big"), 99999, &len));
    UNIT_ASSERT_RAISES(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, os_file_read_all(here("big"), 0, &len));
}

static void a_file_without_a_size_is_read_to_its_end(void)
{
    size_t len;
    char *smaps = os_file_read_all("/proc/self/smaps", 10000000, &len);

    CU_ASSERT_TRUE(len > 5000); /* more than the first room, so it grew */
    CU_ASSERT_EQUAL(strlen(smaps), len);
    CU_ASSERT_EQUAL(smaps[len - 1], '\n');
}

static void sinks_and_sources_move_the_position(void)
{
    OsFile *f = os_file_open(here("x"), OS_READ | OS_WRITE | OS_CREATE);
    ByteSink sink = os_file_sink(f);
    ByteSource source = os_file_source(f);
    char bytes[4] = {0};

    byte_sink_write(&sink, "abc", 3);
    byte_sink_write(&sink, "def", 3);
    os_file_seek(f, 0);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 4), 4);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 4), 2);
    CU_ASSERT_EQUAL(memcmp(bytes, "ef", 2), 0);
    CU_ASSERT_EQUAL(byte_source_read(&source, bytes, 4), 0);
    os_file_close(f);
}

/* ---- by path ---- */

static void stat_follows_links_and_lstat_does_not(void)
{
    OsStat st;

    put("x", "abc");
    os_symlink("x", here("link"));
    os_symlink("nowhere", here("dangling"));
    os_stat(here("link"), &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_FILE);
    CU_ASSERT_EQUAL(st.size, 3);
    CU_ASSERT_TRUE(os_try_lstat(here("link"), &st));
    CU_ASSERT_EQUAL(st.kind, OS_KIND_LINK);
    CU_ASSERT_STRING_EQUAL(os_readlink(here("link")), "x");
    CU_ASSERT_FALSE(os_exists(here("dangling")));
    CU_ASSERT_TRUE(os_try_lstat(here("dangling"), &st));
    CU_ASSERT_FALSE(os_try_lstat(here("nothing"), &st));
    CU_ASSERT_TRUE(os_exists(here("x")));
    os_stat("/dev/null", &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_OTHER);
    os_stat(unit_temp_dir(), &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_DIR);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE, in_quotes("stat", here("nothing")),
                               os_stat(here("nothing"), &st));
}

static void links_of_any_length_are_read(void)
{
    char target[2000];

    for (size_t len = 254; len < 260; len++) {
        memset(target, 'x', len);
        target[len] = '\0';
        os_symlink(target, here("link"));
        CU_ASSERT_STRING_EQUAL(os_readlink(here("link")), target);
        os_unlink(here("link"));
    }
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_readlink(here("link")));
    put("x", "");
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, os_symlink("y", here("x")));
}

static void removing_what_is_not_there_is_told(void)
{
    put("x", "");
    CU_ASSERT_TRUE(os_try_unlink(here("x")));
    CU_ASSERT_FALSE(os_try_unlink(here("x")));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not remove file \"%s\": No such file or directory", here("x")),
        os_unlink(here("x")));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_unlink_durable(here("x")));
    put("x", "");
    os_unlink_durable(here("x"));
    CU_ASSERT_FALSE(os_exists(here("x")));
}

static void rename_replaces(void)
{
    put("a", "new");
    put("b", "old");
    os_rename(here("a"), here("b"));
    CU_ASSERT_STRING_EQUAL(content("b"), "new");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not rename file \"%s\" to \"%s\": No such file or directory", here("a"),
                   here("c")),
        os_rename(here("a"), here("c")));
}

static void a_durable_rename_moves_files_and_folders(void)
{
    os_dir_make(here("d"));
    put("a", "x");
    os_rename_durable(here("a"), here("d/b"));
    CU_ASSERT_STRING_EQUAL(content("d/b"), "x");
    os_rename_durable(here("d"), here("e"));
    CU_ASSERT_STRING_EQUAL(content("e/b"), "x");
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_rename_durable(here("d"), here("f")));
}

static void copies_have_the_content_and_a_new_files_mode(void)
{
    char *big = mem_alloc(600001);
    OsStat st;

    memset(big, 'x', 600000);
    put("a", big);
    os_set_mode(here("a"), 0644);
    os_copy_file(here("a"), here("b"));
    CU_ASSERT_STRING_EQUAL(content("b"), big);
    os_stat(here("b"), &st);
    CU_ASSERT_EQUAL(st.mode, os_file_mode());
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, os_copy_file(here("a"), here("b")));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_copy_file(here("c"), here("d")));
}

static void a_copy_goes_on_by_hand_where_the_system_stops(void)
{
    char *big = mem_alloc(600001);

    memset(big, 'x', 600000);
    put("a", big);
    break_begin(EXDEV, 5);
    broken.ops.copy = broken_copy;
    broken.ops.clone = os_ops_system.clone;
    os_ops = &broken.ops;
    os_copy_file(here("a"), here("b"));
    repair();
    CU_ASSERT_STRING_EQUAL(content("b"), big);

    break_begin(ENOSPC, 0);
    broken.ops.copy = broken_copy;
    broken.ops.clone = broken_clone;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_copy_file(here("a"), here("c")));
    repair();
}

/* ---- durable ---- */

static void a_durable_write_replaces_as_a_whole(void)
{
    os_write_durable(here("x"), "old", 3);
    CU_ASSERT_STRING_EQUAL(content("x"), "old");
    os_write_durable(here("x"), "newer", 5);
    CU_ASSERT_STRING_EQUAL(content("x"), "newer");
    os_write_durable(here("x"), "", 0);
    CU_ASSERT_STRING_EQUAL(content("x"), "");
    CU_ASSERT_EQUAL(count_names(), 1);
}

static void a_durable_write_that_fails_leaves_nothing_behind(void)
{
    os_write_durable(here("x"), "old", 3);

    break_begin(ENOSPC, 1);
    broken.ops.write = broken_write;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_write_durable(here("x"), "new", 3));

    break_begin(EIO, 0);
    broken.ops.fsync = broken_fsync;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_write_durable(here("x"), "new", 3));

    break_begin(EIO, 0);
    broken.ops.rename = broken_rename;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_write_durable(here("x"), "new", 3));
    repair();
    CU_ASSERT_STRING_EQUAL(content("x"), "old");
    CU_ASSERT_EQUAL(count_names(), 1);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_write_durable(here("no/x"), "new", 3));
}

static void publishing_spares_what_exists(void)
{
    put("t", "new");
    CU_ASSERT_TRUE(os_publish_durable(here("t"), here("x")));
    CU_ASSERT_STRING_EQUAL(content("x"), "new");
    put("t", "newer");
    CU_ASSERT_FALSE(os_publish_durable(here("t"), here("x")));
    CU_ASSERT_STRING_EQUAL(content("x"), "new");
    CU_ASSERT_STRING_EQUAL(content("t"), "newer");
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE,
                       CU_ASSERT_TRUE(os_publish_durable(here("nothing"), here("y"))));
}

static void publishing_works_for_folders(void)
{
    os_dir_make(here("t"));
    os_dir_make(here("to"));
    put("t/x", "");
    CU_ASSERT_TRUE(os_publish_durable(here("t"), here("to/d")));
    CU_ASSERT_TRUE(os_exists(here("to/d/x")));
    os_dir_make(here("t"));
    CU_ASSERT_FALSE(os_publish_durable(here("t"), here("to/d")));
    CU_ASSERT_TRUE(os_exists(here("to/d/x")));
}

static void publishing_works_where_rename_cannot_spare(void)
{
    break_begin(EINVAL, 0);
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    put("t", "new");
    CU_ASSERT_TRUE(os_publish_durable(here("t"), here("x")));
    CU_ASSERT_STRING_EQUAL(content("x"), "new");
    CU_ASSERT_FALSE(os_exists(here("t")));
    put("t", "newer");
    CU_ASSERT_FALSE(os_publish_durable(here("t"), here("x")));
    CU_ASSERT_STRING_EQUAL(content("x"), "new");
    CU_ASSERT_STRING_EQUAL(content("t"), "newer");

    os_dir_make(here("d"));
    CU_ASSERT_TRUE(os_publish_durable(here("d"), here("e")));
    os_dir_make(here("d"));
    CU_ASSERT_FALSE(os_publish_durable(here("d"), here("e")));
    CU_ASSERT_TRUE(os_exists(here("d")));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE,
                       CU_ASSERT_TRUE(os_publish_durable(here("nothing"), here("y"))));
    repair();
}

static void failing_publications_raise_and_keep_the_file(void)
{
    put("t", "new");
    break_begin(EIO, 0);
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, CU_ASSERT_TRUE(os_publish_durable(here("t"), here("x"))));

    break_begin(ENOSYS, 0);
    broken.ops.rename_new = broken_rename_new;
    broken.ops.link = broken_link;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not link file \"%s\" to \"%s\": Function not implemented", here("t"),
                   here("x")),
        CU_ASSERT_TRUE(os_publish_durable(here("t"), here("x"))));

    os_dir_make(here("d"));
    break_begin(ENOSYS, 0);
    broken.ops.rename_new = broken_rename_new;
    broken.ops.rename = broken_rename;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, CU_ASSERT_TRUE(os_publish_durable(here("d"), here("x"))));
    broken.error = ENOTEMPTY; /* somebody was faster */
    broken.good_left = 0;
    broken.ops.rename_new = os_ops_system.rename_new;
    repair();
    CU_ASSERT_STRING_EQUAL(content("t"), "new");
    CU_ASSERT_FALSE(os_exists(here("x")));
}

static int rename_that_comes_late(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = ENOTEMPTY;
    return -1;
}

static void a_race_for_a_folders_name_is_lost_without_harm(void)
{
    os_dir_make(here("d"));
    break_begin(ENOSYS, 0);
    broken.ops.rename_new = broken_rename_new;
    broken.ops.rename = rename_that_comes_late;
    os_ops = &broken.ops;
    CU_ASSERT_FALSE(os_publish_durable(here("d"), here("x")));
    repair();
    CU_ASSERT_TRUE(os_exists(here("d")));
}

static void a_publication_cut_short_after_the_link_is_finished(void)
{
    put("t", "new");
    CU_ASSERT_EQUAL_FATAL(link(here("t"), here("x")), 0);
    CU_ASSERT_TRUE(os_publish_durable(here("t"), here("x")));
    CU_ASSERT_FALSE(os_exists(here("t")));
    CU_ASSERT_STRING_EQUAL(content("x"), "new");

    /* The same when only the link's answer was lost. */
    put("t", "newer");
    CU_ASSERT_EQUAL_FATAL(link(here("t"), here("y")), 0);
    break_begin(EINVAL, 0);
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    CU_ASSERT_TRUE(os_publish_durable(here("t"), here("y")));
    repair();
    CU_ASSERT_FALSE(os_exists(here("t")));
}

static void temporary_names_are_unique_and_known(void)
{
    char *a = os_temp_name("dir/000000010000000000000001");
    char *b = os_temp_name("dir/000000010000000000000001");
    char *long_name = mem_alloc(256);

    CU_ASSERT_STRING_NOT_EQUAL(a, b);
    CU_ASSERT_EQUAL(strncmp(a, "dir/000000010000000000000001.", 29), 0);
    CU_ASSERT_TRUE(os_is_temp_name(path_base(a)));
    CU_ASSERT_FALSE(os_is_temp_name("000000010000000000000001"));
    CU_ASSERT_FALSE(os_is_temp_name(".tmp"));
    CU_ASSERT_FALSE(os_is_temp_name("x.tmp"));
    CU_ASSERT_FALSE(os_is_temp_name(".0123456789abcdef.tmp"));
    CU_ASSERT_TRUE(os_is_temp_name("x.0123456789abcdef.tmp"));
    CU_ASSERT_FALSE(os_is_temp_name("x.0123456789abcdeg.tmp"));
    CU_ASSERT_FALSE(os_is_temp_name("x_0123456789abcdef.tmp"));

    memset(long_name, 'x', 255);
    os_file_close(os_file_open(os_temp_name(here(long_name)), OS_WRITE | OS_CREATE));
    CU_ASSERT_EQUAL(count_names(), 1);
}

/* ---- fault points ---- */

#ifdef HOLDFAST_FAULT_POINTS
static void change_everything(void)
{
    OsFile *f;

    os_dir_make(here("d"));
    f = os_file_open(here("a"), OS_WRITE | OS_CREATE);
    os_file_write(f, "abc", 3);
    os_file_write_at(f, "d", 1, 3);
    os_file_preallocate(f, 10);
    os_file_truncate(f, 4);
    os_file_sync(f);
    os_file_close(f);
    os_rename(here("a"), here("b"));
    os_symlink("b", here("l"));
    os_copy_file(here("b"), here("c"));
    CU_ASSERT_TRUE(os_publish_durable(here("c"), here("d/c")));
    broken.ops = os_ops_system;
    broken.error = EINVAL;
    broken.good_left = 0;
    broken.ops.rename_new = broken_rename_new;
    os_ops = &broken.ops;
    CU_ASSERT_TRUE(os_publish_durable(here("d/c"), here("e")));
    repair();
    os_unlink(here("e"));
    os_dir_remove(here("d"));
}

static void every_kind_of_change_can_be_made_to_fail(void)
{
    static const char *const names[] = {
        "os.dir.make",      "os.dir.remove",  "os.dir.sync",     "os.file.close",
        "os.file.copy",     "os.file.create", "os.file.link",    "os.file.preallocate",
        "os.file.publish",  "os.file.rename", "os.file.symlink", "os.file.sync",
        "os.file.truncate", "os.file.unlink", "os.file.write",   "os.file.write_at",
    };

    for (volatile size_t i = 0; i < ARRAY_LEN(names); i++) {
        fault_arm(mem_printf("%s=enospc", names[i]));
        UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, change_everything());
        repair();
        fault_arm("");
        os_dir_remove_tree(unit_temp_dir(), true);
    }
}

static void a_sync_that_was_made_to_fail_stays_failed(void)
{
    OsFile *f = os_file_open(here("x"), OS_WRITE | OS_CREATE);

    fault_arm("os.file.sync=error");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    fault_arm("");
    os_file_close(f);
}
#endif

UNIT_SUITE(file)
{
    UNIT_TEST(what_is_written_is_read_back);
    UNIT_TEST(reads_and_writes_at_a_place_leave_the_position);
    UNIT_TEST(an_exact_read_past_the_end_says_how_much_there_was);
    UNIT_TEST(a_missing_file_is_no_file_or_an_error);
    UNIT_TEST(a_path_through_a_file_is_not_taken_for_missing);
    UNIT_TEST(exclusive_creation_refuses_a_name_that_is_taken);
    UNIT_TEST(truncate_and_append_do_what_they_say);
    UNIT_TEST(direct_files_work_on_every_disk);
    UNIT_TEST(files_go_with_their_memory_context);
    UNIT_TEST(a_borrowed_descriptor_stays_open);
    UNIT_TEST(offsets_beyond_the_system_are_refused);
    UNIT_TEST(short_and_interrupted_calls_are_continued);
    UNIT_TEST(a_signal_does_not_make_a_call_fail);
    UNIT_TEST(a_signal_that_ends_the_process_ends_a_wait);
    UNIT_TEST(failing_reads_and_writes_raise);
    UNIT_TEST(a_write_that_takes_nothing_means_a_full_disk);
    UNIT_TEST(a_touch_makes_what_is_missing_and_raises_nothing);
    UNIT_TEST(a_sync_that_failed_fails_for_good);
    UNIT_TEST(a_close_that_fails_raises_and_has_closed);
    UNIT_TEST(failing_changes_of_size_raise);
    UNIT_TEST(failing_looks_and_settings_raise);
    UNIT_TEST(each_errno_has_its_sqlstate);
    UNIT_TEST(preallocation_grows_but_never_shrinks);
    UNIT_TEST(times_and_modes_are_set_and_seen);
    UNIT_TEST(new_files_are_private_unless_the_group_may_read);
    UNIT_TEST(advice_is_harmless);
    UNIT_TEST(a_whole_file_is_read_up_to_the_limit);
    UNIT_TEST(a_file_without_a_size_is_read_to_its_end);
    UNIT_TEST(sinks_and_sources_move_the_position);
    UNIT_TEST(stat_follows_links_and_lstat_does_not);
    UNIT_TEST(links_of_any_length_are_read);
    UNIT_TEST(removing_what_is_not_there_is_told);
    UNIT_TEST(rename_replaces);
    UNIT_TEST(a_durable_rename_moves_files_and_folders);
    UNIT_TEST(copies_have_the_content_and_a_new_files_mode);
    UNIT_TEST(a_copy_goes_on_by_hand_where_the_system_stops);
    UNIT_TEST(a_durable_write_replaces_as_a_whole);
    UNIT_TEST(a_durable_write_that_fails_leaves_nothing_behind);
    UNIT_TEST(publishing_spares_what_exists);
    UNIT_TEST(publishing_works_for_folders);
    UNIT_TEST(publishing_works_where_rename_cannot_spare);
    UNIT_TEST(failing_publications_raise_and_keep_the_file);
    UNIT_TEST(a_race_for_a_folders_name_is_lost_without_harm);
    UNIT_TEST(a_publication_cut_short_after_the_link_is_finished);
    UNIT_TEST(temporary_names_are_unique_and_known);
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(every_kind_of_change_can_be_made_to_fail);
    UNIT_TEST(a_sync_that_was_made_to_fail_stays_failed);
#endif
}
