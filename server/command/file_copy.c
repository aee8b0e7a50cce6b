/* file_copy.c - a relation's files are copied; file_copy.h has the how. */
#include "common/base/base.h"

#include "server/command/file_copy.h"

#include <string.h>

#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/ipc/interrupt.h"
#include "server/storage/buffer/buffer.h"

#define IO_ALIGN 4096

static void copy_fork(SmgrRel *from, SmgrRel *to, ForkNo fork, bool is_logged)
{
    BufferRing *ring = buffer_ring_new(RING_BULK_READ);
    BlockNo count = smgr_block_count(from, fork);
    uint8_t *page = mem_alloc_aligned(BLOCK_SIZE, IO_ALIGN);

    for (BlockNo block = 0; block < count; block++) {
        Buffer b;

        check_interrupts();
        b = buffer_read(from, fork, block, BUFFER_NORMAL, ring, is_logged);
        buffer_lock(b, BUFFER_SHARED);
        memcpy(page, buffer_page(b), BLOCK_SIZE);
        buffer_unlock_unpin(b);
        rel_file_append(to, fork, block, page, is_logged);
    }
    buffer_ring_free(ring);
    mem_free(page);
    if (!smgr_is_temp(to))
        smgr_sync_now(to, fork);
}

void relation_copy_files(SmgrRel *from, const RelTag *to_tag, char persistence)
{
    bool is_permanent = persistence == RELATION_PERMANENT;
    SmgrRel *to = rel_file_create(to_tag, smgr_temp_backend(from), is_permanent);

    copy_fork(from, to, FORK_MAIN, is_permanent);
    for (ForkNo fork = FORK_MAIN + 1; fork <= FORK_INIT; fork++) {
        bool is_logged = is_permanent || (persistence == RELATION_UNLOGGED && fork == FORK_INIT);

        if (!smgr_exists(from, fork))
            continue;
        if (is_logged)
            rel_file_create_fork(to, fork);
        else
            smgr_create(to, fork, false);
        copy_fork(from, to, fork, is_logged);
    }
    smgr_close(to);
}
