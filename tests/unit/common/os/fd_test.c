/* fd_test.c - files by descriptor: what moves, what fails, and how that is told */
#include "common/base/base.h"

#include <errno.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/simdisk.h"
#include "tests/unit/unit.h"

static char *file(const char *name)
{
    return path_join(unit_temp_dir(), name);
}

static int new_file(const char *path)
{
    int fd = os_fd_open(path, OS_READ | OS_WRITE | OS_CREATE | OS_EXCLUSIVE);

    CU_ASSERT_TRUE_FATAL(fd >= 0);
    return fd;
}

static void bytes_come_back_from_where_they_were_put(void)
{
    int fd = new_file(file("a"));
    char got[8] = {0};

    CU_ASSERT_EQUAL(os_fd_write(fd, "abcdef", 6, 10), 6);
    CU_ASSERT_EQUAL(os_fd_size(fd), 16);
    CU_ASSERT_EQUAL(os_fd_read(fd, got, 6, 10), 6);
    CU_ASSERT_EQUAL(memcmp(got, "abcdef", 6), 0);
    CU_ASSERT_EQUAL(os_fd_read(fd, got, 6, 14), 2);
    CU_ASSERT_EQUAL(os_fd_read(fd, got, 6, 20), 0);
    CU_ASSERT_EQUAL(os_fd_truncate(fd, 12), 0);
    CU_ASSERT_EQUAL(os_fd_size(fd), 12);
    CU_ASSERT_EQUAL(os_fd_allocate(fd, 12, 100), 0);
    CU_ASSERT_EQUAL(os_fd_size(fd), 112);
    CU_ASSERT_EQUAL(os_fd_sync(fd), 0);
    os_fd_prefetch(fd, 0, 100);
    CU_ASSERT_EQUAL(os_fd_writeback(fd, 0, 100), 0);
    CU_ASSERT_EQUAL(os_fd_close(fd), 0);
}

static void failures_are_numbers_with_words(void)
{
    int result = os_fd_open(file("missing"), OS_READ);

    CU_ASSERT_TRUE(os_error_is_missing(-result));
    CU_ASSERT_FALSE(os_error_is_disk_full(-result));
    CU_ASSERT_EQUAL(os_error_sqlstate(-result), SQLSTATE_UNDEFINED_FILE);
    CU_ASSERT_STRING_EQUAL(os_error_text(-result), "No such file or directory");
    CU_ASSERT_EQUAL(os_fd_unlink(file("missing")), -ENOENT);
    os_fd_close(new_file(file("a")));
    CU_ASSERT_EQUAL(os_fd_open(file("a"), OS_WRITE | OS_CREATE | OS_EXCLUSIVE), -EEXIST);
    CU_ASSERT_EQUAL(os_fd_unlink(file("a")), 0);
    CU_ASSERT_EQUAL(os_fd_close(-1), -EBADF);
    CU_ASSERT_EQUAL(os_fd_size(-1), -EBADF);
    CU_ASSERT_EQUAL(os_fd_sync(-1), -EBADF);
    CU_ASSERT_TRUE(os_error_is_too_many_files(EMFILE) && os_error_is_too_many_files(ENFILE));
}

static void descriptors_are_counted(void)
{
    unsigned before = os_fd_count();
    int fd = new_file(file("a"));

    CU_ASSERT_EQUAL(os_fd_count(), before + 1);
    CU_ASSERT_TRUE(os_fd_limit() > os_fd_count());
    os_fd_close(fd);
    CU_ASSERT_EQUAL(os_fd_count(), before);
}

static void a_full_disk_takes_what_fits(void)
{
    SimDisk *disk = simdisk_new("/sim", 1);
    int fd;

    simdisk_bind(disk);
    simdisk_set_room(disk, 100);
    fd = new_file("/sim/a");
    CU_ASSERT_EQUAL(os_fd_write(fd, "0123456789", 10, 95), 5);
    CU_ASSERT_EQUAL(os_fd_size(fd), 100);
    CU_ASSERT_EQUAL(os_fd_write(fd, "0123456789", 10, 100), -ENOSPC);
    CU_ASSERT_EQUAL(os_fd_allocate(fd, 90, 20), -ENOSPC);
    os_fd_close(fd);
    simdisk_unbind();
}

#ifdef HOLDFAST_FAULT_POINTS
static void fault_points_come_as_errors(void)
{
    int fd = new_file(file("a"));

    fault_arm("os.fd.write=enospc,os.fd.sync=error,os.fd.read=error@2");
    CU_ASSERT_EQUAL(os_fd_write(fd, "a", 1, 0), -ENOSPC);
    CU_ASSERT_EQUAL(os_fd_sync(fd), -EIO);
    CU_ASSERT_EQUAL(os_fd_write(fd, "a", 1, 0), 1);
    CU_ASSERT_EQUAL(os_fd_sync(fd), 0);
    fault_arm(NULL);
    os_fd_close(fd);
}
#endif

UNIT_SUITE(fd)
{
    UNIT_TEST(bytes_come_back_from_where_they_were_put);
    UNIT_TEST(failures_are_numbers_with_words);
    UNIT_TEST(descriptors_are_counted);
    UNIT_TEST(a_full_disk_takes_what_fits);
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(fault_points_come_as_errors);
#endif
}
