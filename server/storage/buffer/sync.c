/*
 * sync.c - writing all dirty pages: checkpoints
 *
 * What is dirty when it begins is marked and sorted by file and block, so that the system can write
 * runs. Tablespaces are gone through side by side, each at the pace at which all end together.
 * Others may write a marked page before its turn comes; then it is done.
 */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/storage/buffer/buffer_int.h"

typedef struct Todo {
    BlockTag tag; /* first: what it is sorted by */
    uint32_t index;
} Todo;

/* The part of a list that lies in one tablespace. */
typedef struct Space {
    size_t next, end; /* in the list */
    double step;      /* by which one page brings it forward, so that all end at once */
    double progress;
} Space;

static void list_dirty(BufferSync what, Array *list);
static void list_spaces(const Array *list, Array *spaces);
static Space *most_behind(const Array *spaces);
static unsigned write_list(const Array *list, void (*pause)(double done));

BufferSyncStats buffer_sync(BufferSync what, void (*pause)(double done))
{
    MemContext *mem = mem_context_new(mem_current(), "checkpoint");
    BufferSyncStats stats = {0};

    MEM_SCOPE(mem) {
        Array list;

        array_init(&list, sizeof(Todo));
        list_dirty(what, &list);
        array_sort(&list, block_tag_compare);
        stats.scanned = (unsigned)list.count;
        stats.written = write_list(&list, pause);
    }
    mem_delete(mem);
    return stats;
}

unsigned sync_one_buffer(BufferDesc *d, bool skip_used, Writeback *wb)
{
    unsigned result;
    uint32_t state;
    BlockTag tag;

    pin_room();
    state = desc_lock(d);
    result = buf_refs(state) == 0 && buf_usage(state) == 0 ? SYNCED_REUSABLE : 0;
    if ((skip_used && result == 0) || (state & BUF_VALID) == 0 || (state & BUF_DIRTY) == 0) {
        desc_unlock(d);
        return result;
    }
    if (pin_count(buf_number(d)) == 0) {
        pin_unlock(d);
    } else {
        desc_unlock(d);
        pin_shared(d, NULL);
    }
    lwlock_acquire(&d->content, LW_SHARED);
    tag = d->tag;
    io_flush(d, NULL);
    lwlock_release(&d->content);
    pin_release(d);
    writeback_add(wb, &tag);
    return result | SYNCED_WRITTEN;
}

static void list_dirty(BufferSync what, Array *list)
{
    const uint32_t wanted = BUF_DIRTY | (what == BUFFER_SYNC_ALL ? 0 : BUF_PERMANENT);

    for (uint32_t i = 0; i < buffer_pool.count; i++) {
        BufferDesc *d = &buffer_pool.descs[i];
        Todo *todo;

        /* What becomes dirty from here on is logged behind the redo point: not ours to write. */
        if ((atomic_load_explicit(&d->state, memory_order_relaxed) & wanted) != wanted)
            continue;
        todo = array_push(list);
        if ((desc_lock(d) & wanted) != wanted) {
            desc_unlock(d);
            array_pop(list);
            continue;
        }
        *todo = (Todo){.tag = d->tag, .index = i};
        desc_unlock_with(d, 0, BUF_CHECKPOINT_NEEDED, 0);
    }
}

/* The list is sorted, so a tablespace's pages are together. */
static void list_spaces(const Array *list, Array *spaces)
{
    Space *space = NULL;

    array_init(spaces, sizeof(Space));
    for (size_t i = 0; i < list->count; i++) {
        const Todo *todo = array_at(list, i);

        if (i == 0 ||
            todo->tag.rel.tablespace != ((const Todo *)array_at(list, i - 1))->tag.rel.tablespace) {
            space = array_push(spaces);
            space->next = i;
        }
        space->end = i + 1;
    }
    array_foreach(Space, s, spaces)
        s->step = (double)list->count / (double)(s->end - s->next);
}

/* Of those that have pages left. */
static Space *most_behind(const Array *spaces)
{
    Space *best = NULL;

    array_foreach(Space, s, spaces)
        if (s->next < s->end && (best == NULL || s->progress < best->progress))
            best = s;
    return best;
}

static unsigned write_list(const Array *list, void (*pause)(double done))
{
    Writeback *wb = mem_new(Writeback);
    unsigned written = 0;
    size_t done = 0;
    Array spaces;
    Space *space;

    wb->after = &setting.checkpoint_flush_after;
    list_spaces(list, &spaces);
    while ((space = most_behind(&spaces)) != NULL) {
        const Todo *todo = array_at(list, space->next++);
        BufferDesc *d = &buffer_pool.descs[todo->index];

        space->progress += space->step;
        /* Written by another meanwhile, or even taken for another page: then it has been, too. */
        if ((atomic_load(&d->state) & BUF_CHECKPOINT_NEEDED) != 0)
            written += (sync_one_buffer(d, false, wb) & SYNCED_WRITTEN) != 0;
        if (pause != NULL)
            pause((double)++done / (double)list->count);
        check_interrupts();
    }
    writeback_flush(wb);
    return written;
}
