/*
 * shared_memory.c - memory that a process shares with its children, and segments that have a key
 *
 * What cannot be found out about a segment that is this user's counts as "attached": to start a
 * second server on the same files would be the worse mistake.
 */
#include "common/base/base.h"

#include "common/os/shared_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"

#define SEGMENT_MODE 0600

static size_t huge_page_size(void);
static OsSegmentState look_at(int id, const struct shmid_ds *info, void *header,
                              size_t header_size);

void *os_shared_map(size_t size, OsHugePages huge)
{
    size_t huge_page = huge == OS_HUGE_OFF ? 0 : huge_page_size();
    void *place = MAP_FAILED;
    int error = ENOMEM;

    if (huge_page != 0) {
        place = mmap(NULL, size_align_up(size, huge_page), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
        error = errno;
    }
    if (place == MAP_FAILED && huge != OS_HUGE_ON) {
        place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        error = errno;
    }
    if (place == MAP_FAILED)
        os_raise(error, "could not map anonymous shared memory");
    return place;
}

void os_shared_unmap(void *place, size_t size)
{
    /* Huge pages only go as a whole, and how the memory was mapped is not known here. */
    if (munmap(place, size) != 0 && munmap(place, size_align_up(size, huge_page_size())) != 0)
        os_raise(errno, "could not unmap anonymous shared memory");
}

void os_shared_clear(void *place, size_t size)
{
    /* To give the pages back costs less than to write them, of which many were never used. */
    if (madvise(place, size, MADV_REMOVE) != 0)
        memset(place, 0, size);
}

/* The system's usual size of huge pages; 0 when it has none. */
static size_t huge_page_size(void)
{
    FILE *f = fopen("/proc/meminfo", "re");
    char line[128];
    size_t kib = 0;

    if (f == NULL)
        return 0;
    while (kib == 0 && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "Hugepagesize: %zu kB", &kib) != 1)
            kib = 0;
    fclose(f);
    return kib * 1024;
}

/* ---- memory that grows ---- */

/* A file without a name: what is mapped of it can be used as far as the file goes. */
void os_growing_map(size_t room, OsGrowing *out)
{
    int fd = memfd_create("holdfast", MFD_CLOEXEC);
    int error;
    void *place;

    if (fd < 0)
        os_raise(errno, "could not create shared memory that grows");
    place = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (place == MAP_FAILED) {
        error = errno;
        close(fd);
        os_raise(error, "could not map shared memory that grows");
    }
    *out = (OsGrowing){.fd = fd, .place = place, .room = room};
}

/* By allocation, not by length alone: a page for which there is no memory would end the process. */
bool os_growing_try_extend(const OsGrowing *g, size_t size)
{
    int error;

    if (size > g->room)
        return false;
    do
        error = posix_fallocate(g->fd, 0, (off_t)size);
    while (error == EINTR);
    return error == 0;
}

void os_growing_clear(const OsGrowing *g)
{
    if (ftruncate(g->fd, 0) != 0)
        os_raise(errno, "could not clear shared memory that grows");
}

void os_growing_unmap(OsGrowing *g)
{
    if (g->place == NULL)
        return;
    munmap(g->place, g->room);
    close(g->fd);
    *g = (OsGrowing){.fd = -1};
}

/* ---- segments ---- */

bool os_segment_try_make(int key, size_t size, OsSegment *out)
{
    int id = shmget(key, size, IPC_CREAT | IPC_EXCL | SEGMENT_MODE);
    int error = 0;
    void *place;

    if (id < 0)
        error = errno;
    /* EINVAL: the size is bad, or some systems say so when a smaller one has the key. */
    if (error == EINVAL && shmget(key, 0, 0) >= 0)
        error = EEXIST;
    /* EIDRM: one that is about to go has it. */
    if (error == EEXIST || error == EACCES || error == EIDRM)
        return false;
    if (error != 0)
        os_raise(error, "could not create shared memory segment");
    place = shmat(id, NULL, 0);
    if ((intptr_t)place == -1) {
        error = errno;
        os_segment_remove(id);
        os_raise(error, "could not attach to shared memory segment");
    }
    *out = (OsSegment){.key = key, .id = id, .place = place};
    return true;
}

OsSegmentState os_segment_state(int key, int id, void *header, size_t header_size)
{
    struct shmid_ds info;

    if (shmctl(id, IPC_STAT, &info) != 0)
        /* Numbers are used again: what we may not look at was made by another user. */
        return errno == EINVAL || errno == EACCES || errno == EIDRM ? OS_SEGMENT_GONE
                                                                    : OS_SEGMENT_ATTACHED;
    if (info.shm_perm.__key != key)
        return OS_SEGMENT_GONE;
    return look_at(id, &info, header, header_size);
}

OsSegmentState os_segment_state_of_key(int key, int *id, void *header, size_t header_size)
{
    int found = shmget(key, 0, 0);

    if (found < 0)
        return errno == ENOENT || errno == EACCES ? OS_SEGMENT_GONE : OS_SEGMENT_ATTACHED;
    *id = found;
    return os_segment_state(key, found, header, header_size);
}

/* Read the beginning of a segment, then tell who else is attached. */
static OsSegmentState look_at(int id, const struct shmid_ds *info, void *header, size_t header_size)
{
    if (header != NULL) {
        void *place = info->shm_segsz < header_size ? NULL : shmat(id, NULL, SHM_RDONLY);

        memset(header, 0, header_size);
        if (place != NULL && (intptr_t)place != -1) {
            memcpy(header, place, header_size);
            shmdt(place);
        }
    }
    return info->shm_nattch == 0 ? OS_SEGMENT_UNUSED : OS_SEGMENT_ATTACHED;
}

void os_segment_detach(OsSegment *segment)
{
    if (segment->place != NULL && shmdt(segment->place) != 0)
        os_raise(errno, "could not detach from shared memory segment");
    segment->place = NULL;
}

void os_segment_remove(int id)
{
    if (shmctl(id, IPC_RMID, NULL) != 0 && errno != EINVAL && errno != EIDRM)
        os_raise(errno, "could not remove shared memory segment");
}
