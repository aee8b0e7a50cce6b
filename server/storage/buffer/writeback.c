/*
 * writeback.c - asking the system to begin writing, so that the sync of a checkpoint finds little
 *
 * Blocks are collected up to the number of the setting, sorted, and told in runs of neighbours.
 */
#include "common/base/base.h"

#include <stdlib.h>

#include "server/config/setting.h"
#include "server/storage/buffer/buffer_int.h"

static BlockNo run_length(const BlockTag *tags, unsigned count, unsigned *taken);

void writeback_add(Writeback *wb, const BlockTag *tag)
{
    unsigned limit = *wb->after < WRITEBACK_MAX ? (unsigned)*wb->after : WRITEBACK_MAX;

    if (limit == 0)
        return;
    wb->tags[wb->count++] = *tag;
    if (wb->count >= limit)
        writeback_flush(wb);
}

void writeback_flush(Writeback *wb)
{
    unsigned count = wb->count;

    /* First, so that after a raise nobody comes back to the same ones. */
    wb->count = 0;
    qsort(wb->tags, count, sizeof wb->tags[0], block_tag_compare);
    for (unsigned i = 0, taken; i < count; i += taken) {
        const BlockTag *tag = &wb->tags[i];
        BlockNo run = run_length(tag, count - i, &taken);

        smgr_writeback(smgr_open(&tag->rel, SMGR_PERMANENT), (ForkNo)tag->fork, tag->block, run);
    }
}

Writeback *writeback_of_backend(void)
{
    static Writeback wb = {.after = &setting.backend_flush_after};

    return &wb;
}

int block_tag_compare(const void *a, const void *b)
{
    const BlockTag *x = a, *y = b;

    if (x->rel.tablespace != y->rel.tablespace)
        return x->rel.tablespace < y->rel.tablespace ? -1 : 1;
    if (x->rel.database != y->rel.database)
        return x->rel.database < y->rel.database ? -1 : 1;
    if (x->rel.rel != y->rel.rel)
        return x->rel.rel < y->rel.rel ? -1 : 1;
    if (x->fork != y->fork)
        return x->fork < y->fork ? -1 : 1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return 0;
}

/* Blocks from the first on that are neighbours; *taken tags name them, some twice. */
static BlockNo run_length(const BlockTag *tags, unsigned count, unsigned *taken)
{
    BlockNo run = 1;
    unsigned i;

    for (i = 1; i < count; i++) {
        if (!rel_tag_equal(&tags[i].rel, &tags[0].rel) || tags[i].fork != tags[0].fork)
            break;
        if (tags[i].block > tags[0].block + run)
            break;
        run = tags[i].block - tags[0].block + 1;
    }
    *taken = i;
    return run;
}
