/*
 * slot.c - rows that pass through a plan; slot.h has the promises
 */
#include "common/base/base.h"

#include "server/expr/slot.h"

#include <string.h>

#include "common/err/err.h"

static uint8_t *room_for(Slot *s, size_t size);

Slot *slot_new(const TupleDesc *desc)
{
    Slot *s = mem_new(Slot);

    s->mem = mem_current();
    slot_set_desc(s, desc);
    return s;
}

void slot_set_desc(Slot *s, const TupleDesc *desc)
{
    unsigned room = desc->count > 0 ? desc->count : 1;

    mem_free(s->values);
    mem_free(s->nulls);
    s->values = mem_alloc_in(s->mem, room * sizeof(Datum));
    s->nulls = mem_alloc_in(s->mem, room * sizeof(bool));
    s->desc = desc;
    slot_clear(s);
}

void slot_set_nulls(Slot *s)
{
    memset(s->values, 0, s->desc->count * sizeof(Datum));
    memset(s->nulls, true, s->desc->count);
    slot_set_virtual(s);
}

void slot_take_apart(Slot *s, unsigned count)
{
    ASSERT(!s->is_empty && s->has_tuple && count <= s->desc->count);
    heap_deform_some(&s->tuple, s->desc, s->values, s->nulls, &s->ready, count, &s->offset);
}

Datum slot_get(Slot *s, int number, bool *is_null)
{
    if (number <= 0)
        return slot_get_system(s, number, is_null);
    slot_need(s, (unsigned)number);
    *is_null = s->nulls[number - 1];
    return s->values[number - 1];
}

Datum slot_get_system(const Slot *s, int number, bool *is_null)
{
    if (!s->is_stored)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot retrieve a system column in this context");
    return heap_get(&s->tuple, number, s->desc, is_null);
}

/* ---- Copies ---- */

static uint8_t *room_for(Slot *s, size_t size)
{
    if (s->room_size < size) {
        size_t room = size_max(size, 2 * s->room_size);

        mem_free(s->room);
        s->room = NULL;
        s->room_size = 0;
        s->room = mem_alloc_in(s->mem, room);
        s->room_size = room;
    }
    return s->room;
}

void slot_copy(Slot *s, Slot *from)
{
    ASSERT(s != from && !from->is_empty);
    if (from->has_tuple) {
        HeapTuple tuple = from->tuple;
        size_t skip = from->is_stored ? 0 : MINIMAL_SKIP;
        uint8_t *room = room_for(s, tuple.len);

        memcpy(room + skip, tuple.bytes + skip, tuple.len - skip);
        tuple.bytes = room;
        slot_set_heap(s, &tuple);
        s->is_stored = from->is_stored;
    } else {
        size_t size = minimal_size(from->desc, from->values, from->nulls);
        uint8_t *room = room_for(s, size);

        minimal_fill(from->desc, from->values, from->nulls, room, size);
        slot_set_minimal(s, (MinimalTuple *)room);
    }
}

void slot_keep(Slot *s)
{
    ASSERT(!s->is_empty);
    if (s->has_tuple) {
        size_t skip = s->is_stored ? 0 : MINIMAL_SKIP;
        uint8_t *room;

        if (s->tuple.bytes == s->room || s->tuple.bytes + MINIMAL_SKIP == s->room)
            return;
        room = room_for(s, s->tuple.len);
        memcpy(room + skip, s->tuple.bytes + skip, s->tuple.len - skip);
        s->tuple.bytes = room;
        /* Values that were taken apart point to the bytes that are not ours. */
        s->ready = 0;
        s->offset = 0;
    } else {
        size_t size = minimal_size(s->desc, s->values, s->nulls);

        /*
         * What values point to may be a room of before: a row of values that came of this slot's
         * own copy. So it is written beside it.
         */
        uint8_t *room = mem_alloc_in(s->mem, size);

        minimal_fill(s->desc, s->values, s->nulls, room, size);
        mem_free(s->room);
        s->room = room;
        s->room_size = size;
        slot_set_minimal(s, (MinimalTuple *)room);
    }
}

size_t slot_minimal_size(Slot *s)
{
    return s->has_tuple ? minimal_size_of_heap(&s->tuple)
                        : minimal_size(s->desc, s->values, s->nulls);
}

void slot_minimal_fill(Slot *s, void *out, size_t size)
{
    if (s->has_tuple)
        minimal_fill_of_heap(&s->tuple, out, size);
    else
        minimal_fill(s->desc, s->values, s->nulls, out, size);
}

MinimalTuple *slot_minimal(Slot *s)
{
    size_t size = slot_minimal_size(s);
    MinimalTuple *tuple = mem_alloc(size);

    slot_minimal_fill(s, tuple, size);
    return tuple;
}

HeapTuple *slot_heap(Slot *s)
{
    if (s->has_tuple && s->is_stored)
        return heap_copy(&s->tuple);
    slot_need_all(s);
    return heap_form(s->desc, s->values, s->nulls);
}

Datum slot_record(Slot *s)
{
    if (s->has_tuple && s->is_stored)
        return heap_to_record(&s->tuple, s->desc);
    slot_need_all(s);
    return heap_to_record(heap_form(s->desc, s->values, s->nulls), s->desc);
}
