/* bad_disk.c - calls of the system that fail when a test wants them to */
#include "common/base/base.h"

#include "tests/lib/bad_disk.h"

#include <errno.h>

#include "common/os/os_int.h"

typedef struct Plan {
    int error;
    unsigned good_left;
    unsigned count;
} Plan;

static struct {
    OsOps ops;
    Plan plans[BAD_DISK_CALL_COUNT];
    bool has_short_writes;
    void (*on_write)(const void *bytes, size_t size);
    void (*on_fsync)(void);
} bad;

/* True, with errno, when the call is to fail. */
static bool fails(BadDiskCall call)
{
    Plan *plan = &bad.plans[call];

    plan->count++;
    if (plan->error == 0)
        return false;
    if (plan->good_left > 0) {
        plan->good_left--;
        return false;
    }
    errno = plan->error;
    return true;
}

static int bad_open(const char *path, int flags, mode_t mode)
{
    return fails(BAD_DISK_OPEN) ? -1 : os_ops_system.open(path, flags, mode);
}

static ssize_t bad_pread(int fd, void *bytes, size_t size, off_t offset)
{
    return fails(BAD_DISK_PREAD) ? -1 : os_ops_system.pread(fd, bytes, size, offset);
}

static ssize_t bad_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    if (bad.on_write != NULL)
        bad.on_write(bytes, size);
    if (fails(BAD_DISK_PWRITE))
        return -1;
    if (bad.has_short_writes)
        return size < BLOCK_SIZE ? 0 : os_ops_system.pwrite(fd, bytes, size / 2, offset);
    return os_ops_system.pwrite(fd, bytes, size, offset);
}

static int bad_fsync(int fd)
{
    if (bad.on_fsync != NULL)
        bad.on_fsync();
    return fails(BAD_DISK_FSYNC) ? -1 : os_ops_system.fsync(fd);
}

static int bad_ftruncate(int fd, off_t size)
{
    return fails(BAD_DISK_FTRUNCATE) ? -1 : os_ops_system.ftruncate(fd, size);
}

static int bad_fallocate(int fd, off_t offset, off_t size)
{
    return fails(BAD_DISK_FALLOCATE) ? -1 : os_ops_system.fallocate(fd, offset, size);
}

static int bad_unlink(const char *path)
{
    return fails(BAD_DISK_UNLINK) ? -1 : os_ops_system.unlink(path);
}

void bad_disk_begin(void)
{
    memset(&bad, 0, sizeof bad);
    bad.ops = os_ops_system;
    bad.ops.open = bad_open;
    bad.ops.pread = bad_pread;
    bad.ops.pwrite = bad_pwrite;
    bad.ops.fsync = bad_fsync;
    bad.ops.ftruncate = bad_ftruncate;
    bad.ops.fallocate = bad_fallocate;
    bad.ops.unlink = bad_unlink;
    os_ops = &bad.ops;
}

void bad_disk_end(void)
{
    os_ops = &os_ops_system;
}

void bad_disk_fail(BadDiskCall call, int error, unsigned good_left)
{
    bad.plans[call].error = error;
    bad.plans[call].good_left = good_left;
}

void bad_disk_short_writes(bool is_on)
{
    bad.has_short_writes = is_on;
}

unsigned bad_disk_count(BadDiskCall call)
{
    return bad.plans[call].count;
}

void bad_disk_on_write(void (*fn)(const void *bytes, size_t size))
{
    bad.on_write = fn;
}

void bad_disk_on_fsync(void (*fn)(void))
{
    bad.on_fsync = fn;
}
