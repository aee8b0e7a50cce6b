/*
 * mem.c - memory contexts as lists of blocks; mem.h has the model
 *
 * A context hands out chunks from its newest block. Each chunk has a 16-byte header with its
 * context, its size and, in the high bits of the size, its kind. Small chunks have a power of two
 * of bytes and wait, when freed, in the context's list of those; large ones are blocks of their own
 * and go back to the system at once.
 *
 * Promises
 *   1. Every chunk is aligned to 16 bytes and zeroed.
 *   2. A context costs nothing until its first allocation, and keeps its first block on reset, so
 *      that loops which reset a scratch context do not call malloc.
 *   3. Debug builds fill freed memory, and a chunk that is freed twice is an assertion.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"

#include <stdarg.h>
#include <sys/mman.h>

#include "common/err/err.h"

#if defined(__SANITIZE_ADDRESS__)
# include <sanitizer/asan_interface.h>
# define CHUNK_LARGE 1 /* each chunk a block of its own, so that the sanitizer sees its edges */
#else
# define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
# define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
# define CHUNK_LARGE                           KIB(8) /* and up: a block of its own */
#endif

#define CHUNK_ALIGN 16
/*
 * Buffers for whole WAL segments are touched once and given back: with pages of 4 KiB most of their
 * cost is page faults (16 MiB: 12 ms), with huge ones it is next to nothing.
 */
#define HUGE_PAGE       MIB(2)
#define HUGE_FROM       MIB(4)

#define BLOCK_FIRST     KIB(8)
#define BLOCK_SMALL     KIB(1)
#define BLOCK_MAX       KIB(512)
#define FREE_LIST_COUNT 10     /* 16 bytes to 8 KiB */
#define ROOM_KEPT       KIB(1) /* shrinking does not move a chunk of that room or less */

typedef struct Block {
    struct Block *prev, *next; /* large chunks are on a list of their own */
    size_t size;               /* bytes after this header */
    size_t used;
} Block;

typedef struct Chunk {
    MemContext *ctx;
    size_t size; /* bytes asked for, and the bits below */
} Chunk;

#define CHUNK_IS_LARGE   ((size_t)1 << 63)
#define CHUNK_IS_FREE    ((size_t)1 << 62)
#define CHUNK_LIST_SHIFT 56 /* and up, four bits: the free list of a small chunk */
#define CHUNK_LIST_MASK  ((size_t)15)
#define CHUNK_SIZE_MASK  (((size_t)1 << CHUNK_LIST_SHIFT) - 1)
#define CHUNK_SIZE_MAX   (CHUNK_SIZE_MASK / 2) /* leaves room for headers and alignment */

typedef struct FreeChunk {
    struct FreeChunk *next;
} FreeChunk;

struct MemContext {
    MemContext *parent, *first_child, *prev, *next;
    const char *name;
    Block *block; /* newest first; the oldest is kept over a reset */
    Block *large;
    MemCallback *callbacks; /* newest first, as the next */
    MemCallback *callbacks_before;
    FreeChunk *free[FREE_LIST_COUNT];
    size_t next_block_size;
};

/* Large chunks: the block's header, a pointer back to it, the chunk's header, the bytes. */
STATIC_ASSERT(sizeof(Block) % CHUNK_ALIGN == 0);
STATIC_ASSERT(sizeof(Chunk) == CHUNK_ALIGN);

static _Thread_local MemContext *mem_thread_root;

static void *alloc_small(MemContext *ctx, size_t size);
static void *alloc_large(MemContext *ctx, size_t size, size_t align);
static void block_add(MemContext *ctx, size_t size);
static void free_blocks(MemContext *ctx, bool keep_first);
static void announce(MemContext *ctx);
static void context_reset(MemContext *ctx);
static void context_delete(MemContext *ctx);
static void link_below(MemContext *ctx, MemContext *parent);
static void unlink_from_parent(MemContext *ctx);
static void run_callbacks(MemCallback **list);
static MemCallback *callback_new(MemContext *ctx, MemCallback **list, void (*fn)(void *arg),
                                 void *arg);
_Noreturn static void raise_size(void);
static void *system_alloc(size_t size, size_t align);

MemContext *mem_root(void)
{
    if (UNLIKELY(mem_thread_root == NULL)) {
        mem_thread_root = system_alloc(sizeof(MemContext), CHUNK_ALIGN);
        *mem_thread_root = (MemContext){.name = "root", .next_block_size = BLOCK_FIRST};
    }
    return mem_thread_root;
}

MemContext *mem_current(void)
{
    MemContext *ctx = err_unwind[ERR_UNWIND_MEMORY];

    return LIKELY(ctx != NULL) ? ctx : mem_root();
}

MemContext *mem_switch(MemContext *ctx)
{
    MemContext *before = mem_current();

    err_unwind[ERR_UNWIND_MEMORY] = ctx;
    return before;
}

MemContext *mem_context_new(MemContext *parent, const char *name)
{
    MemContext *ctx = system_alloc(sizeof *ctx, CHUNK_ALIGN);

    if (parent == NULL)
        parent = mem_root();
    *ctx = (MemContext){.name = name, .next_block_size = BLOCK_FIRST};
    link_below(ctx, parent);
    return ctx;
}

MemContext *mem_context_new_small(MemContext *parent, const char *name)
{
    MemContext *ctx = mem_context_new(parent, name);

    ctx->next_block_size = BLOCK_SMALL;
    return ctx;
}

void mem_set_parent(MemContext *ctx, MemContext *parent)
{
    unlink_from_parent(ctx);
    link_below(ctx, parent);
}

void mem_reset(MemContext *ctx)
{
    announce(ctx);
    context_reset(ctx);
}

void mem_delete(MemContext *ctx)
{
    announce(ctx);
    context_delete(ctx);
}

void mem_thread_end(void)
{
    err_unwind[ERR_UNWIND_MEMORY] = NULL;
    if (mem_thread_root != NULL)
        mem_delete(mem_thread_root);
    mem_thread_root = NULL;
}

size_t mem_context_size(const MemContext *ctx)
{
    size_t size = sizeof *ctx;

    for (const Block *b = ctx->block; b != NULL; b = b->next)
        size += sizeof *b + b->size;
    for (const Block *b = ctx->large; b != NULL; b = b->next)
        size += sizeof *b + b->size;
    for (const MemContext *c = ctx->first_child; c != NULL; c = c->next)
        size += mem_context_size(c);
    return size;
}

static void add_blocks(const Block *list, MemStats *stats)
{
    for (const Block *b = list; b != NULL; b = b->next) {
        stats->block_count++;
        stats->total_bytes += sizeof *b + b->size;
    }
}

/* Behind the last chunk of a block; large chunks fill theirs. */
static void add_ends(const Block *list, MemStats *stats)
{
    for (const Block *b = list; b != NULL; b = b->next)
        stats->free_bytes += b->size - b->used;
}

/* Chunks of a free list have one size: 16 bytes in the first, twice as much in each next one. */
static void add_free_chunks(const MemContext *ctx, MemStats *stats)
{
    for (size_t i = 0; i < FREE_LIST_COUNT; i++) {
        for (const FreeChunk *f = ctx->free[i]; f != NULL; f = f->next) {
            stats->free_chunks++;
            stats->free_bytes += sizeof(Chunk) + ((size_t)CHUNK_ALIGN << i);
        }
    }
}

static void walk(const MemContext *ctx, int level, void (*visit)(const MemStats *stats, void *arg),
                 void *arg)
{
    MemStats stats = {.name = ctx->name,
                      .parent = level == 0 ? NULL : ctx->parent->name,
                      .level = level,
                      .total_bytes = sizeof *ctx};

    add_blocks(ctx->block, &stats);
    add_blocks(ctx->large, &stats);
    add_ends(ctx->block, &stats);
    add_free_chunks(ctx, &stats);
    visit(&stats, arg);
    for (const MemContext *c = ctx->first_child; c != NULL; c = c->next)
        walk(c, level + 1, visit, arg);
}

void mem_walk(const MemContext *ctx, void (*visit)(const MemStats *stats, void *arg), void *arg)
{
    walk(ctx, 0, visit, arg);
}

void *mem_alloc(size_t size)
{
    return mem_alloc_in(mem_current(), size);
}

void *mem_alloc_in(MemContext *ctx, size_t size)
{
    void *p;

    if (size >= CHUNK_LARGE)
        p = alloc_large(ctx, size, CHUNK_ALIGN);
    else
        p = alloc_small(ctx, size);
    return memset(p, 0, size);
}

void *mem_alloc_aligned(size_t size, size_t align)
{
    ASSERT(u32_is_power_of_two((uint32_t)align) && align <= MIB(1));
    return alloc_large(mem_current(), size, size_max(align, CHUNK_ALIGN));
}

/* Which free list serves size: list n holds chunks of 16 << n bytes. */
static unsigned free_list_of(size_t size)
{
    return size <= CHUNK_ALIGN ? 0 : 60 - (unsigned)__builtin_clzll(size - 1);
}

/* The chunk's header stands right before what the caller got. */
static Chunk *chunk_of(void *p)
{
    return (Chunk *)p - 1;
}

static size_t chunk_size(const Chunk *chunk)
{
    return chunk->size & CHUNK_SIZE_MASK;
}

static unsigned chunk_list(const Chunk *chunk)
{
    return chunk->size >> CHUNK_LIST_SHIFT & CHUNK_LIST_MASK;
}

/* The word before the header leads to the block, wherever alignment has put the chunk. */
static Block *chunk_block(Chunk *chunk)
{
    return ((Block **)(void *)chunk)[-2];
}

/* The bytes that the chunk could have without moving. */
static size_t chunk_room(Chunk *chunk)
{
    const Block *block;

    if (!(chunk->size & CHUNK_IS_LARGE))
        return (size_t)CHUNK_ALIGN << chunk_list(chunk);
    block = chunk_block(chunk);
    return (size_t)((const char *)(block + 1) + block->size - (const char *)(chunk + 1));
}

/* Give the chunk another size that it has room for; the caller sees to the bytes. */
static void chunk_resize(Chunk *chunk, size_t size)
{
    char *p = (char *)(chunk + 1);

    chunk->size = (chunk->size & ~CHUNK_SIZE_MASK) | size;
    if (chunk->size & CHUNK_IS_LARGE) {
        ASAN_UNPOISON_MEMORY_REGION(p, size);
        ASAN_POISON_MEMORY_REGION(p + size, chunk_room(chunk) - size);
    }
}

void *mem_realloc(void *p, size_t size)
{
    Chunk *chunk;
    size_t size_before, room;
    void *moved;

    if (p == NULL)
        return mem_alloc(size);
    chunk = chunk_of(p);
    ASSERT((chunk->size & CHUNK_IS_FREE) == 0);
    size_before = chunk_size(chunk);
    room = chunk_room(chunk);

    /* Stay, unless that would keep much memory for little. */
    if (size <= room && (size >= room / 4 || room <= ROOM_KEPT)) {
        chunk_resize(chunk, size);
        if (size > size_before)
            memset((char *)p + size_before, 0, size - size_before);
        return p;
    }
    moved = mem_alloc_in(chunk->ctx, size);
    memcpy(moved, p, size_min(size, size_before));
    mem_free(p);
    return moved;
}

void mem_free(void *p)
{
    Chunk *chunk;
    MemContext *ctx;
    FreeChunk *node = p;

    if (p == NULL)
        return;
    chunk = chunk_of(p);
    ctx = chunk->ctx;
    ASSERT((chunk->size & CHUNK_IS_FREE) == 0);
    if (chunk->size & CHUNK_IS_LARGE) {
        Block *block = chunk_block(chunk);

        if (block->prev != NULL)
            block->prev->next = block->next;
        else
            ctx->large = block->next;
        if (block->next != NULL)
            block->next->prev = block->prev;
        free(block);
        return;
    }
#ifdef HOLDFAST_DEBUG
    memset(p, 0x7F, chunk_size(chunk));
#endif
    chunk->size |= CHUNK_IS_FREE;
    node->next = ctx->free[chunk_list(chunk)];
    ctx->free[chunk_list(chunk)] = node;
}

char *mem_strdup(const char *s)
{
    return mem_strdup_in(mem_current(), s);
}

char *mem_strdup_in(MemContext *ctx, const char *s)
{
    size_t size = strlen(s) + 1;

    return memcpy(mem_alloc_in(ctx, size), s, size);
}

char *mem_strndup(const char *s, size_t len)
{
    char *copy = mem_alloc(size_add(len, 1));

    memcpy(copy, s, len);
    return copy;
}

void *mem_dup(const void *bytes, size_t len)
{
    void *copy = mem_alloc(len);

    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = mem_vprintf(format, args);
    va_end(args);
    return text;
}

char *mem_vprintf(const char *format, va_list args)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not format a text");
    text = mem_alloc((size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

MemCallback *mem_on_reset(MemContext *ctx, void (*fn)(void *arg), void *arg)
{
    return callback_new(ctx, &ctx->callbacks, fn, arg);
}

MemCallback *mem_before_reset(MemContext *ctx, void (*fn)(void *arg), void *arg)
{
    return callback_new(ctx, &ctx->callbacks_before, fn, arg);
}

void mem_off_reset(MemContext *ctx, MemCallback *callback)
{
    ASSERT(chunk_of(callback)->ctx == ctx);
    (void)ctx;
    if (callback->list != NULL) {
        if (callback->prev != NULL)
            callback->prev->next = callback->next;
        else
            *callback->list = callback->next;
        if (callback->next != NULL)
            callback->next->prev = callback->prev;
    }
    mem_free(callback);
}

_Noreturn static void raise_size(void)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "a size exceeds the address space");
}

size_t size_add(size_t a, size_t b)
{
    size_t sum;

    if (UNLIKELY(__builtin_add_overflow(a, b, &sum)))
        raise_size();
    return sum;
}

size_t size_mul(size_t a, size_t b)
{
    size_t product;

    if (UNLIKELY(__builtin_mul_overflow(a, b, &product)))
        raise_size();
    return product;
}

static void *alloc_small(MemContext *ctx, size_t size)
{
    unsigned list = free_list_of(size);
    size_t whole = sizeof(Chunk) + ((size_t)CHUNK_ALIGN << list);
    FreeChunk *node = ctx->free[list];
    Chunk *chunk;

    if (node != NULL) {
        ctx->free[list] = node->next;
        chunk = chunk_of(node);
    } else {
        if (ctx->block == NULL || ctx->block->size - ctx->block->used < whole)
            block_add(ctx, whole);
        chunk = (Chunk *)(void *)((char *)(ctx->block + 1) + ctx->block->used);
        ctx->block->used += whole;
        chunk->ctx = ctx;
    }
    chunk->size = (size_t)list << CHUNK_LIST_SHIFT | size;
    return chunk + 1;
}

/* A block with one chunk; what the caller gets starts at a multiple of align. */
static void *alloc_large(MemContext *ctx, size_t size, size_t align)
{
    size_t lead = size_align_up(sizeof(Block) + CHUNK_ALIGN + sizeof(Chunk), align);
    size_t room = size_align_up(size, CHUNK_ALIGN);
    Block *block;
    char *p;

    if (UNLIKELY(size > CHUNK_SIZE_MAX))
        raise_size();
    block = system_alloc(size_align_up(lead + room, align), align);
    p = (char *)block + lead;
    *block = (Block){.next = ctx->large, .size = lead - sizeof *block + room};
    if (block->next != NULL)
        block->next->prev = block;
    ctx->large = block;
    *chunk_of(p) = (Chunk){.ctx = ctx, .size = size | CHUNK_IS_LARGE};
    ((Block **)(void *)chunk_of(p))[-2] = block;
    ASAN_POISON_MEMORY_REGION(p + size, room - size);
    return p;
}

static void block_add(MemContext *ctx, size_t size)
{
    size_t block_size = size_max(ctx->next_block_size, size);
    Block *block = system_alloc(sizeof *block + block_size, CHUNK_ALIGN);

    *block = (Block){.next = ctx->block, .size = block_size};
    ctx->block = block;
    if (ctx->next_block_size < BLOCK_MAX)
        ctx->next_block_size *= 2;
}

static void free_blocks(MemContext *ctx, bool keep_first)
{
    Block *block = ctx->block;
    Block *next;

    while (block != NULL && (block->next != NULL || !keep_first)) {
        next = block->next;
        free(block);
        block = next;
    }
    ctx->block = block;
    ctx->next_block_size = BLOCK_FIRST;
    if (block != NULL) {
#ifdef HOLDFAST_DEBUG
        memset(block + 1, 0x7F, block->used);
#endif
        block->used = 0;
        ctx->next_block_size = BLOCK_FIRST * 2;
    }
    for (Block *large = ctx->large; large != NULL; large = next) {
        next = large->next;
        free(large);
    }
    ctx->large = NULL;
}

/* Tell those who asked that ctx and all below it are about to go. */
static void announce(MemContext *ctx)
{
    for (MemContext *child = ctx->first_child; child != NULL; child = child->next)
        announce(child);
    run_callbacks(&ctx->callbacks_before);
}

static void context_reset(MemContext *ctx)
{
    while (ctx->first_child != NULL)
        context_delete(ctx->first_child);
    run_callbacks(&ctx->callbacks);
    free_blocks(ctx, true);
    memset(ctx->free, 0, sizeof ctx->free);
}

static void context_delete(MemContext *ctx)
{
    ASSERT(ctx != err_unwind[ERR_UNWIND_MEMORY]);
    while (ctx->first_child != NULL)
        context_delete(ctx->first_child);
    run_callbacks(&ctx->callbacks);
    free_blocks(ctx, false);
    unlink_from_parent(ctx);
    free(ctx);
}

static void link_below(MemContext *ctx, MemContext *parent)
{
    ctx->parent = parent;
    ctx->prev = NULL;
    ctx->next = parent->first_child;
    if (ctx->next != NULL)
        ctx->next->prev = ctx;
    parent->first_child = ctx;
}

static void unlink_from_parent(MemContext *ctx)
{
    if (ctx->prev != NULL)
        ctx->prev->next = ctx->next;
    else if (ctx->parent != NULL)
        ctx->parent->first_child = ctx->next;
    if (ctx->next != NULL)
        ctx->next->prev = ctx->prev;
}

/* A callback may take others back, so the list is read anew each time. */
static void run_callbacks(MemCallback **list)
{
    while (*list != NULL) {
        MemCallback *callback = *list;

        *list = callback->next;
        if (callback->next != NULL)
            callback->next->prev = NULL;
        callback->list = NULL; /* off it, should it be taken back now */
        callback->fn(callback->arg);
    }
}

static MemCallback *callback_new(MemContext *ctx, MemCallback **list, void (*fn)(void *arg),
                                 void *arg)
{
    MemCallback *callback = mem_alloc_in(ctx, sizeof *callback);

    *callback = (MemCallback){.fn = fn, .arg = arg, .next = *list, .list = list};
    if (callback->next != NULL)
        callback->next->prev = callback;
    *list = callback;
    return callback;
}

static void *system_alloc(size_t size, size_t align)
{
    void *p;

    if (size >= HUGE_FROM) {
        align = size_max(align, HUGE_PAGE);
        size = size_align_up(size, align);
    }
    p = align > CHUNK_ALIGN ? aligned_alloc(align, size) : malloc(size);
    if (p != NULL && size >= HUGE_FROM)
        madvise(p, size, MADV_HUGEPAGE); /* advice: it does not matter if it fails */
    if (UNLIKELY(p == NULL))
        err_raise(SQLSTATE_OUT_OF_MEMORY, .message = "out of memory",
                  .detail = err_fmt("Failed on a request of %zu bytes.", size));
    return p;
}
