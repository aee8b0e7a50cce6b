/* memory_target.c - where a backup goes in tests. */
#include "common/base/base.h"

#include "tests/unit/server/replication/base_backup/memory_target.h"

#include <inttypes.h>

#include "common/mem/mem.h"

static void spill(MemoryTarget *m)
{
    strbuf_add_bytes(&m->bytes, m->room, m->used);
    m->used = 0;
}

static void begin_archive(BackupTarget *self, const char *name, const char *location)
{
    strbuf_add_fmt(&((MemoryTarget *)self)->events, "archive %s %s|", name, location);
}

/* Odd sizes, so that nothing can rely on even ones. */
static uint8_t *room(BackupTarget *self, size_t min, size_t *size)
{
    MemoryTarget *m = (MemoryTarget *)self;

    if (sizeof m->room - m->used < min)
        spill(m);
    *size = sizeof m->room - m->used;
    return m->room + m->used;
}

static void take(BackupTarget *self, size_t len)
{
    ((MemoryTarget *)self)->used += len;
}

static void progress(BackupTarget *self, uint64_t done)
{
    strbuf_add_fmt(&((MemoryTarget *)self)->events, "progress %" PRIu64 "|", done);
}

static void end_archive(BackupTarget *self)
{
    spill((MemoryTarget *)self);
    strbuf_add(&((MemoryTarget *)self)->events, "end|");
}

static void begin_manifest(BackupTarget *self)
{
    strbuf_add(&((MemoryTarget *)self)->events, "manifest|");
}

static void finish(BackupTarget *self)
{
    strbuf_add(&((MemoryTarget *)self)->events, "finish|");
}

MemoryTarget *memory_target_new(void)
{
    MemoryTarget *m = mem_new(MemoryTarget);

    m->target = (BackupTarget){.begin_archive = begin_archive,
                               .room = room,
                               .take = take,
                               .progress = progress,
                               .end_archive = end_archive,
                               .begin_manifest = begin_manifest,
                               .end_manifest = end_archive,
                               .finish = finish};
    strbuf_init(&m->events);
    strbuf_init(&m->bytes);
    return m;
}
