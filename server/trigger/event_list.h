/*
 * event_list.h - what waits to be told to triggers, in the order in which it happened
 *
 * Events are kept in chunks. When a list has more of them than memory is meant for, chunks go to a
 * temporary file and come back when they are looked at: one row changed costs 20 bytes for each
 * trigger that waits for it, and a statement may change billions.
 */
#ifndef TRIGGER_EVENT_LIST_H
#define TRIGGER_EVENT_LIST_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/format/tid.h"
#include "common/mem/mem.h"
#include "server/storage/file/vfd.h"

typedef struct Event {
    Tid old, new;       /* offset 0: none */
    uint32_t kind : 31; /* which trigger, and what has happened: a number of the queue's */
    uint32_t is_done : 1;
    uint32_t firing; /* the firing that called it, or is about to; 0: none yet */
} Event;

typedef struct EventChunk EventChunk;

typedef struct EventList {
    MemContext *mem;
    Array chunks; /* EventChunk */
    uint64_t count;
    uint64_t first;    /* those before are forgotten */
    size_t first_room; /* events that fit into the first chunk */
    size_t resident;   /* chunks that have memory */
    size_t resident_max;
    Vfd *file; /* NULL: all are in memory */
    uint64_t file_size;
    size_t hand; /* from which chunk on one is looked for that goes */
} EventList;

/* Chunks come of mem; memory_max in bytes. */
void event_list_init(EventList *list, MemContext *mem, size_t memory_max);
void event_list_add(EventList *list, const Event *event);

/* To be read and written until the next call. number: from first on, below count. */
Event *event_list_at(EventList *list, uint64_t number);

/* Those before the number are not asked for again. */
void event_list_forget_before(EventList *list, uint64_t number);
void event_list_cut(EventList *list, uint64_t count);

/* Gives back all that is not in mem; must not raise. */
void event_list_end(EventList *list);

#endif
