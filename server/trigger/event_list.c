/* event_list.c - lists of events, on disk where they are long; event_list.h has the how. */
#include "common/base/base.h"

#include "server/trigger/event_list.h"

#include <string.h>

#include "server/ipc/wait_event.h"

#define CHUNK_EVENTS 3200 /* about 64 kB */
#define FIRST_EVENTS 16   /* of the first chunk, which grows: most lists are short */

STATIC_ASSERT(sizeof(Event) == 20);

struct EventChunk {
    Event *events;   /* NULL: in the file, or forgotten */
    uint64_t offset; /* in the file, from 1; 0: it has no place there */
    bool is_dirty;   /* memory has what the file has not */
};

static EventChunk *load(EventList *list, size_t number);
static void grow_first(EventList *list);

void event_list_init(EventList *list, MemContext *mem, size_t memory_max)
{
    size_t chunks = memory_max / (CHUNK_EVENTS * sizeof(Event));

    *list = (EventList){.mem = mem, .resident_max = size_max(chunks, 4)};
    MEM_SCOPE(mem) {
        array_init(&list->chunks, sizeof(EventChunk));
    }
}

void event_list_add(EventList *list, const Event *event)
{
    size_t number = (size_t)(list->count / CHUNK_EVENTS);
    EventChunk *chunk;

    if (number == list->chunks.count)
        (void)array_push(&list->chunks);
    if (number == 0 && list->count == list->first_room && list->count > 0)
        grow_first(list);
    chunk = load(list, number);
    chunk->events[list->count % CHUNK_EVENTS] = *event;
    chunk->is_dirty = true;
    list->count++;
}

Event *event_list_at(EventList *list, uint64_t number)
{
    EventChunk *chunk = load(list, (size_t)(number / CHUNK_EVENTS));

    ASSERT(number >= list->first && number < list->count);
    chunk->is_dirty = true;
    return &chunk->events[number % CHUNK_EVENTS];
}

/* ---- Memory and file ---- */

static void write_out(EventList *list, EventChunk *chunk)
{
    size_t size = CHUNK_EVENTS * sizeof(Event);

    if (list->file == NULL)
        list->file = vfd_open_temp(true);
    if (chunk->offset == 0) {
        chunk->offset = list->file_size + 1;
        list->file_size += size;
    }
    if (chunk->is_dirty)
        vfd_write(list->file, chunk->events, size, chunk->offset - 1, WAIT_EVENT_BUFFILE_WRITE);
    chunk->is_dirty = false;
}

/* The next one behind the hand: those that are looked at in turn are met late. */
static void make_room(EventList *list, size_t wanted)
{
    for (size_t i = 0; i < list->chunks.count; i++) {
        size_t number = (list->hand + i) % list->chunks.count;
        EventChunk *chunk = array_at(&list->chunks, number);

        if (chunk->events == NULL || number == wanted || number + 1 == list->chunks.count)
            continue;
        write_out(list, chunk);
        mem_free(chunk->events);
        chunk->events = NULL;
        list->resident--;
        list->hand = number + 1;
        return;
    }
}

static EventChunk *load(EventList *list, size_t number)
{
    EventChunk *chunk = array_at(&list->chunks, number);
    size_t size = CHUNK_EVENTS * sizeof(Event);

    if (LIKELY(chunk->events != NULL))
        return chunk;
    if (list->resident >= list->resident_max)
        make_room(list, number);
    if (number == 0 && chunk->offset == 0) {
        list->first_room = FIRST_EVENTS;
        chunk->events = mem_alloc_in(list->mem, FIRST_EVENTS * sizeof(Event));
    } else {
        chunk->events = mem_alloc_in(list->mem, size);
    }
    list->resident++;
    if (chunk->offset != 0)
        vfd_read(list->file, chunk->events, size, chunk->offset - 1, WAIT_EVENT_BUFFILE_READ);
    chunk->is_dirty = false;
    return chunk;
}

static void grow_first(EventList *list)
{
    EventChunk *chunk = array_at(&list->chunks, 0);
    size_t room = size_min(list->first_room * 8, CHUNK_EVENTS);

    if (list->first_room == CHUNK_EVENTS)
        return;
    chunk->events = mem_realloc(chunk->events, room * sizeof(Event));
    list->first_room = room;
}

/* ---- Forgetting ---- */

static void forget_chunk(EventList *list, size_t number)
{
    EventChunk *chunk = array_at(&list->chunks, number);

    if (chunk->events == NULL)
        return;
    mem_free(chunk->events);
    chunk->events = NULL;
    list->resident--;
}

void event_list_forget_before(EventList *list, uint64_t number)
{
    size_t until = (size_t)(number / CHUNK_EVENTS);

    for (size_t i = (size_t)(list->first / CHUNK_EVENTS); i < until; i++)
        forget_chunk(list, i);
    list->first = number;
}

void event_list_cut(EventList *list, uint64_t count)
{
    size_t kept = (size_t)((count + CHUNK_EVENTS - 1) / CHUNK_EVENTS);

    while (list->chunks.count > kept) {
        forget_chunk(list, list->chunks.count - 1);
        (void)array_pop(&list->chunks);
    }
    if (count < list->count)
        list->count = count;
}

void event_list_end(EventList *list)
{
    if (list->file != NULL)
        vfd_close(list->file);
    list->file = NULL;
}
