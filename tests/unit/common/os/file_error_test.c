/* file_error_test.c - what a healthy disk does not give: short and interrupted calls, errors */
#include "common/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "tests/lib/child.h"
#include "tests/unit/common/os/file_rig.h"
#include "tests/unit/unit.h"

/* ---- errors that only a broken disk gives ---- */

static void short_and_interrupted_calls_are_continued(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[6] = {0};

    broken_begin(0, 1000);
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
    broken_end();
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
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
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
    broken_end();
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

    os_file_close(os_file_open(file_here("x"), OS_WRITE | OS_CREATE));
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        ChildEnd end = child_run(waits[i], file_here("x"));

        CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
        CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "terminated by signal 15: Terminated"));
    }
}

static void failing_reads_and_writes_raise(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[3] = "abc";

    broken_begin(EIO, 0);
    broken.ops.read = broken_read;
    broken.ops.pread = broken_pread;
    broken.ops.write = broken_write;
    broken.ops.pwrite = broken_pwrite;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not read file \"%s\": Input/output error", file_here("x")),
        os_file_read(f, bytes, 3));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read_at(f, bytes, 3, 0));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not write to file \"%s\": Input/output error", file_here("x")),
        os_file_write(f, bytes, 3));
    broken.error = ENOSPC;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        mem_printf("could not write to file \"%s\": No space left on device", file_here("x")),
        os_file_write_at(f, bytes, 3, 0));
    broken.error = EDQUOT;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_write(f, bytes, 3));
    broken_end();
    os_file_close(f);
}

static void a_write_that_takes_nothing_means_a_full_disk(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);

    broken_begin(0, 1);
    broken.ops.write = broken_write;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_write(f, "abc", 3));
    broken_end();
    os_file_close(f);
}

static void a_touch_makes_what_is_missing_and_raises_nothing(void)
{
    size_t len;

    CU_ASSERT_PTR_NULL(os_file_touch(file_here("t")));
    os_write_durable(file_here("t"), "abc", 3);
    CU_ASSERT_PTR_NULL(os_file_touch(file_here("t")));
    CU_ASSERT_STRING_EQUAL(os_file_read_all(file_here("t"), 10, &len), "abc");
    CU_ASSERT_STRING_EQUAL(os_file_touch(file_here("no/t")), "No such file or directory");
}

static void a_sync_that_failed_fails_for_good(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);

    os_file_write(f, "abc", 3);
    os_file_sync(f);
    broken_begin(EIO, 0);
    broken.ops.fsync = broken_fsync;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not fsync file \"%s\": Input/output error", file_here("x")),
        os_file_sync(f));
    broken_end();
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync_data(f));
    CU_ASSERT_EQUAL(broken.calls, 1);
    os_file_close(f);
}

static void a_close_that_fails_raises_and_has_closed(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);
    int fd = os_file_fd(f);

    broken_begin(EIO, 0);
    broken.ops.close = broken_close;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not close file \"%s\": Input/output error", file_here("x")),
        os_file_close(f));
    broken_end();
    CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
}

static void failing_changes_of_size_raise(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);

    broken_begin(ENOSPC, 0);
    broken.ops.ftruncate = broken_ftruncate;
    broken.ops.fallocate = broken_fallocate;
    broken.ops.writeback = broken_writeback;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        mem_printf("could not truncate file \"%s\" to 10 bytes: No space left on device",
                   file_here("x")),
        os_file_truncate(f, 10));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DISK_FULL,
        mem_printf("could not extend file \"%s\" to 10 bytes: No space left on device",
                   file_here("x")),
        os_file_preallocate(f, 10));
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_flush_hint(f, 0, 10));
    broken.error = ENOSYS; /* a hint that the file system cannot take */
    os_file_flush_hint(f, 0, 10);
    broken_end();
    os_file_close(f);
}

static void failing_looks_and_settings_raise(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);
    OsStat st;

    broken_begin(EIO, 0);
    broken.ops.fstat = broken_fd_stat;
    broken.ops.fchmod = broken_mode;
    broken.ops.futimens = broken_times;
    os_ops = &broken.ops;
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_stat(f, &st));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_size(f));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_IO_ERROR,
        mem_printf("could not change permissions of file \"%s\": Input/output error",
                   file_here("x")),
        os_file_set_mode(f, 0600));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_set_mtime(f, 1));
    broken_end();
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

UNIT_SUITE(file_error)
{
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
}
