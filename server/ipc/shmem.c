/* shmem.c - the server's shared memory: one mapping of named parts */
#include "common/base/base.h"

#include "server/ipc/shmem.h"

#include "common/mem/mem.h"
#include "common/os/shared_memory.h"
#include "server/config/setting.h"

#define PART_ALIGN 4096

static struct {
    ShmemPart *parts;
    char *base;
    size_t size;
} shmem;

static OsHugePages huge_pages(void);
static void init_parts(void);

void shmem_create(ShmemPart *parts)
{
    size_t size = 0;

    ASSERT(shmem.base == NULL);
    for (ShmemPart *part = parts; part->name != NULL; part++) {
        part->allocated = size_add(part->size(), PART_ALIGN - 1) & ~(size_t)(PART_ALIGN - 1);
        size = size_add(size, part->allocated);
    }
    shmem.base = os_shared_map(size, huge_pages());
    shmem.size = size;
    shmem.parts = parts;
    init_parts();
}

void shmem_reset(void)
{
    os_shared_clear(shmem.base, shmem.size);
    init_parts();
}

static void init_parts(void)
{
    char *place = shmem.base;

    for (ShmemPart *part = shmem.parts; part->name != NULL; part++) {
        part->place = place;
        place += part->allocated;
        part->init(part->place);
    }
}

void shmem_destroy(void)
{
    os_shared_unmap(shmem.base, shmem.size);
    shmem.base = NULL;
    shmem.parts = NULL;
    shmem.size = 0;
}

size_t shmem_total_size(void)
{
    return shmem.size;
}

const ShmemPart *shmem_parts(void)
{
    return shmem.parts;
}

static OsHugePages huge_pages(void)
{
    switch (setting.huge_pages) {
    case HUGE_PAGES_OFF:
        return OS_HUGE_OFF;
    case HUGE_PAGES_ON:
        return OS_HUGE_ON;
    default:
        return OS_HUGE_TRY;
    }
}
