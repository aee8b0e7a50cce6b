/*
 * row_arena.h - memory for many rows that go together
 *
 * Rows are packed into blocks one behind the other, aligned to 8, neither zeroed nor with headers
 * of their own. They go with the context in which the arena's blocks are taken.
 */
#ifndef COMMON_ROW_ARENA_H
#define COMMON_ROW_ARENA_H

#include "common/base/base.h"

#include "common/mem/mem.h"

#define ROW_ARENA_BLOCK ((size_t)KIB(64))
#define ROW_ARENA_FIRST ((size_t)KIB(4))

typedef struct RowArena {
    MemContext *mem;
    uint8_t *at, *end;
    size_t block_size; /* of the next one */
    size_t size;       /* bytes of all blocks */
} RowArena;

/* mem is the arena's alone if it is to be emptied by mem_reset(). */
static inline RowArena row_arena_in(MemContext *mem)
{
    return (RowArena){.mem = mem, .block_size = ROW_ARENA_FIRST};
}

static NOINLINE UNUSED void row_arena_grow(RowArena *a, size_t size)
{
    size_t block = size_max(a->block_size, size);
    MemContext *before = mem_switch(a->mem);

    a->at = mem_alloc_aligned(block, 16);
    mem_switch(before);
    a->end = a->at + block;
    a->size += block;
    if (a->block_size < ROW_ARENA_BLOCK)
        a->block_size *= 2;
}

static inline void *row_arena_take(RowArena *a, size_t size)
{
    void *place;

    size = size_align_up(size, 8);
    if (UNLIKELY((size_t)(a->end - a->at) < size))
        row_arena_grow(a, size);
    place = a->at;
    a->at += size;
    return place;
}

/* All rows go. */
static inline void row_arena_reset(RowArena *a)
{
    mem_reset(a->mem);
    *a = row_arena_in(a->mem);
}

#endif
