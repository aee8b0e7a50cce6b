/*
 * slot.h - one row as it passes through a plan
 *
 * A slot holds a row as a tuple (on a page that somebody has pinned, in a store, or in memory of
 * the slot's own) or as values alone. Columns of a tuple are taken apart when they are asked for,
 * from the first on; those that have been stand in values and nulls. What a slot points to belongs
 * to whoever filled it and is valid until that one fills it again, unless slot_keep() copied it.
 *
 *     slot_clear(s); s->values[0] = ...; s->nulls[0] = false; slot_set_virtual(s);
 */
#ifndef EXPR_SLOT_H
#define EXPR_SLOT_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/access/common/minimal_tuple.h"
#include "server/access/common/tuple_desc.h"

typedef struct Slot {
    Datum *values;
    bool *nulls;
    unsigned ready;  /* columns, from the first on, that stand in values and nulls */
    bool is_empty;   /* no row: the end of what a node gives */
    bool has_tuple;  /* tuple is the row; else it is values alone */
    bool is_stored;  /* tuple is in a table: it has a place and system columns */
    uint32_t offset; /* in the tuple, of what is not taken apart yet */
    HeapTuple tuple; /* a struct of the slot's own; its bytes are not */
    const TupleDesc *desc;
    MemContext *mem;  /* of values, nulls, room */
    uint8_t *room;    /* for a copy of a row; NULL until there was one */
    size_t room_size; /* bytes */
} Slot;

/* An empty slot in the current context; desc must stay as long. */
Slot *slot_new(const TupleDesc *desc);

/* Rows of another shape from now on; empty. */
void slot_set_desc(Slot *s, const TupleDesc *desc);

static inline void slot_clear(Slot *s)
{
    s->is_empty = true;
    s->has_tuple = false;
    s->ready = 0;
}

/* The row is what was written to values and nulls. */
static inline void slot_set_virtual(Slot *s)
{
    s->is_empty = false;
    s->has_tuple = false;
    s->is_stored = false;
    s->ready = s->desc->count;
}

void slot_set_nulls(Slot *s); /* a row of NULLs, as outer joins make it */

/* A row of a table, its bytes and place. */
static inline void slot_set_heap(Slot *s, const HeapTuple *tuple)
{
    s->tuple = *tuple;
    s->offset = 0;
    s->ready = 0;
    s->is_empty = false;
    s->has_tuple = true;
    s->is_stored = true;
}

static inline void slot_set_minimal(Slot *s, const MinimalTuple *tuple)
{
    minimal_view(tuple, &s->tuple);
    s->offset = 0;
    s->ready = 0;
    s->is_empty = false;
    s->has_tuple = true;
    s->is_stored = false;
}

/* Have the first count columns in values and nulls. */
void slot_take_apart(Slot *s, unsigned count);

static ALWAYS_INLINE void slot_need(Slot *s, unsigned count)
{
    if (s->ready < count)
        slot_take_apart(s, count);
}

static inline void slot_need_all(Slot *s)
{
    slot_need(s, s->desc->count);
}

/* A column, from 1, or a system column below 0; 0A000 where a row has none. */
Datum slot_get(Slot *s, int number, bool *is_null);
Datum slot_get_system(const Slot *s, int number, bool *is_null);

/* ---- Copies ---- */

/* The row of from in memory of s alone; what s had is gone. Both have the same columns. */
void slot_copy(Slot *s, Slot *from);

/* Copy what the slot points to, if it is not its own already. */
void slot_keep(Slot *s);

/* The row as a tuple in the current context. */
MinimalTuple *slot_minimal(Slot *s);
HeapTuple *slot_heap(Slot *s);

/* The size of slot_minimal()'s, and the same into memory of that size. */
size_t slot_minimal_size(Slot *s);
void slot_minimal_fill(Slot *s, void *out, size_t size);

/* As a composite value of the type of the slot's desc, in the current context. */
Datum slot_record(Slot *s);

#endif
