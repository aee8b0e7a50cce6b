/*
 * mem.h - memory contexts: a tree of regions that are given back as a whole
 *
 * All allocation goes to a context, mostly the thread's current one. Memory comes zeroed and is
 * never NULL: running out raises SQLSTATE_OUT_OF_MEMORY. Reset frees everything in a context and
 * below it, delete frees the context too. Each context belongs to one thread.
 *
 *     MEM_SCOPE(scratch) {          the current context is scratch here, also put back on a raise;
 *         ...                       do not leave the block by return, break or goto
 *     }
 */
#ifndef MEM_MEM_H
#define MEM_MEM_H

#include "common/base/base.h"

#include <stdarg.h>

typedef struct MemContext MemContext;

#define mem_new(type)          ((type *)mem_alloc(sizeof(type)))
#define mem_new_array(type, n) ((type *)mem_alloc(size_mul(sizeof(type), (n))))

/* A context below parent (NULL: below the thread's root); name must be a constant. */
MemContext *mem_context_new(MemContext *parent, const char *name);

/* The same for one of many that hold little each: begins with a block of 1 KiB, not 8. */
MemContext *mem_context_new_small(MemContext *parent, const char *name);

/*
 * Free all that was allocated in ctx and delete the contexts below it. Callbacks run before memory
 * goes: first those of mem_before_reset() in ctx and all below, then context by context, children
 * first.
 */
void mem_reset(MemContext *ctx);

/*
 * Hand ctx and all below it to another parent, whose life it shares from now on: for what was made
 * on trial and is kept.
 */
void mem_set_parent(MemContext *ctx, MemContext *parent);

/* As mem_reset, and ctx is gone. Neither it nor a context below it may be current. */
void mem_delete(MemContext *ctx);

/* The thread's current context; its root (lifetime: the thread) when none was set. */
MemContext *mem_current(void);
MemContext *mem_root(void);

/* Make ctx current; returns the one before. Prefer MEM_SCOPE. */
MemContext *mem_switch(MemContext *ctx);

/* Give back the calling thread's root and everything below; for the end of a thread. */
void mem_thread_end(void);

/* Bytes that ctx and all below it hold from the system. */
size_t mem_context_size(const MemContext *ctx);

/* What a context has taken, without those below it. */
typedef struct MemStats {
    const char *name, *parent; /* parent NULL: the root */
    int level;                 /* 0 for the first of the walk */
    size_t total_bytes;
    size_t block_count;
    size_t free_bytes;  /* not handed out, of total_bytes */
    size_t free_chunks; /* handed out once and given back; some of free_bytes */
} MemStats;

/* visit(stats, arg) for ctx and all below it, parents first; it may allocate, but no contexts. */
void mem_walk(const MemContext *ctx, void (*visit)(const MemStats *stats, void *arg), void *arg);

void *mem_alloc(size_t size) __attribute__((returns_nonnull, malloc, alloc_size(1)));
void *mem_alloc_in(MemContext *ctx, size_t size)
    __attribute__((returns_nonnull, malloc, alloc_size(2)));

/* As mem_alloc, aligned to align bytes (a power of two, at most 1 MiB), not zeroed: for I/O. */
void *mem_alloc_aligned(size_t size, size_t align) __attribute__((returns_nonnull, malloc));

/*
 * Grow or shrink p (from mem_alloc*, or NULL), in its own context; new bytes are zero. What came
 * from mem_alloc_aligned() loses its alignment when it moves. On a raise p is as it was.
 */
void *mem_realloc(void *p, size_t size) __attribute__((returns_nonnull));

/* Give p back before its context goes; NULL is fine. */
void mem_free(void *p);

char *mem_strdup(const char *s);
char *mem_strdup_in(MemContext *ctx, const char *s);
char *mem_strndup(const char *s, size_t len); /* len bytes and a NUL */
void *mem_dup(const void *bytes, size_t len);
char *mem_printf(const char *format, ...) PRINTF_LIKE(1, 2);
char *mem_vprintf(const char *format, va_list args) PRINTF_LIKE(1, 0);

/* ---- Things that are not memory but go with a context ---- */

typedef struct MemCallback {
    void (*fn)(void *arg); /* must not raise */
    void *arg;
    struct MemCallback *prev, *next;
    struct MemCallback **list; /* the head of the list it is on */
} MemCallback;

/* Call fn(arg) when ctx is reset or deleted, the newest first. The callback is allocated in ctx. */
MemCallback *mem_on_reset(MemContext *ctx, void (*fn)(void *arg), void *arg);

/*
 * As above, but before anything in ctx and in the contexts below it goes: for what uses all of them
 * on its own, e.g. threads.
 */
MemCallback *mem_before_reset(MemContext *ctx, void (*fn)(void *arg), void *arg);

/* Take a callback of either kind back, when the thing was released in time. */
void mem_off_reset(MemContext *ctx, MemCallback *callback);

/* ---- Checked sizes: raise SQLSTATE_PROGRAM_LIMIT_EXCEEDED when the result does not fit ---- */

size_t size_add(size_t a, size_t b);
size_t size_mul(size_t a, size_t b);

/* ---- MEM_SCOPE ---- */

typedef struct MemScope {
    MemContext *before;
    bool is_open;
} MemScope;

static inline MemScope mem_scope_begin(MemContext *ctx)
{
    return (MemScope){.before = mem_switch(ctx), .is_open = true};
}

static inline void mem_scope_end(MemScope *scope)
{
    mem_switch(scope->before);
    scope->is_open = false;
}

#define MEM_SCOPE(ctx) \
 for (MemScope mem_scope = mem_scope_begin(ctx); mem_scope.is_open; mem_scope_end(&mem_scope))

#endif
