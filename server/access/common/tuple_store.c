/*
 * tuple_store.c - rows that are kept to be read again; tuple_store.h has the promises
 *
 * In the file a row is followed by 8 bytes with its length, by which the way back is found. Each
 * reader reads through a window of its own.
 */
#include "common/base/base.h"

#include "server/access/common/tuple_store.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/row_arena.h"
#include "server/storage/file/vfd.h"

#define WINDOW     ((size_t)KIB(32))
#define TRAILER    8
#define MEMORY_MIN ((size_t)KIB(64))

typedef struct Reader {
    size_t index; /* rows before its place: the last of them came last */
    bool is_at_end;
    uint64_t offset;        /* of that place, in the file */
    uint8_t *window;        /* NULL until it is needed */
    uint64_t window_start;  /* in the file */
    size_t window_len, window_size;
} Reader;

struct TupleStore {
    MemContext *mem;
    bool outlives_transaction;
    size_t memory_max;
    size_t count;

    /* In memory */
    RowArena arena;
    MinimalTuple **rows;
    size_t room;

    /* In a file */
    Vfd *file; /* NULL: in memory */
    uint64_t written;
    uint8_t *buffer; /* of what is not written yet */
    size_t used, buffer_size;
    size_t open_size; /* of a row that was added but may not be filled in yet; 0 */

    Array readers; /* Reader */
};

static void spill(TupleStore *s);
static void put_in_file(TupleStore *s, const MinimalTuple *row, size_t size);
static void finish_row(TupleStore *s);
static const MinimalTuple *read_file(TupleStore *s, Reader *r, bool is_backward);

TupleStore *tuple_store_new(size_t memory_max, bool outlives_transaction)
{
    MemContext *mem = mem_context_new(mem_current(), "tuple store");
    TupleStore *s = mem_alloc_in(mem, sizeof(*s));

    *s = (TupleStore){.mem = mem,
                      .outlives_transaction = outlives_transaction,
                      .memory_max = size_max(memory_max, MEMORY_MIN)};
    MEM_SCOPE(mem) {
        s->arena = row_arena_in(mem_context_new(mem, "rows"));
        array_init(&s->readers, sizeof(Reader));
        array_push(&s->readers);
    }
    return s;
}

void tuple_store_free(TupleStore *s)
{
    if (s->file != NULL)
        vfd_close(s->file);
    mem_delete(s->mem);
}

void tuple_store_clear(TupleStore *s)
{
    if (s->file != NULL)
        vfd_close(s->file);
    s->file = NULL;
    s->written = 0;
    s->used = 0;
    s->open_size = 0;
    s->count = 0;
    row_arena_reset(&s->arena);
    array_foreach(Reader, r, &s->readers) {
        r->index = 0;
        r->offset = 0;
        r->window_len = 0;
        r->is_at_end = false;
    }
}

uint64_t tuple_store_count(const TupleStore *s)
{
    return s->count;
}

/* ---- Adding ---- */

static void grow_rows(TupleStore *s)
{
    size_t room = s->room == 0 ? 64 : 2 * s->room;

    MEM_SCOPE(s->mem) {
        s->rows = mem_realloc(s->rows, size_mul(room, sizeof(*s->rows)));
    }
    s->room = room;
}

void *tuple_store_add(TupleStore *s, size_t size)
{
    void *place;

    ASSERT(size % 8 == 0);
    if (s->file == NULL && s->count > 0 &&
        s->arena.size + size + s->room * sizeof(*s->rows) > s->memory_max)
        spill(s);
    if (s->file != NULL) {
        finish_row(s);
        if (s->used + size + TRAILER > s->buffer_size) {
            vfd_write(s->file, s->buffer, s->used, s->written, WAIT_EVENT_BUFFILE_WRITE);
            s->written += s->used;
            s->used = 0;
        }
        if (size + TRAILER > s->buffer_size) {
            mem_free(s->buffer);
            s->buffer = NULL;
            s->buffer_size = size + TRAILER;
            MEM_SCOPE(s->mem) {
                s->buffer = mem_alloc_aligned(s->buffer_size, 16);
            }
        }
        s->open_size = size;
        s->count++;
        return s->buffer + s->used;
    }
    if (s->count == s->room)
        grow_rows(s);
    place = row_arena_take(&s->arena, size);
    s->rows[s->count++] = place;
    return place;
}

/* The row that was added last has been filled in by now. */
static void finish_row(TupleStore *s)
{
    if (s->open_size == 0)
        return;
    store_u64(s->buffer + s->used + s->open_size, s->open_size);
    s->used += s->open_size + TRAILER;
    s->open_size = 0;
}

void tuple_store_put(TupleStore *s, const MinimalTuple *row)
{
    memcpy(tuple_store_add(s, row->len), row, row->len);
}

void tuple_store_put_values(TupleStore *s, const TupleDesc *desc, const Datum *values,
                            const bool *nulls)
{
    size_t size = minimal_size(desc, values, nulls);

    minimal_fill(desc, values, nulls, tuple_store_add(s, size), size);
}

static void put_in_file(TupleStore *s, const MinimalTuple *row, size_t size)
{
    memcpy(tuple_store_add(s, size), row, size);
    s->count--; /* it was counted before */
}

/* All rows go to a file, and readers find their places there. */
static void spill(TupleStore *s)
{
    size_t count = s->count;
    uint64_t offset = 0;

    MEM_SCOPE(s->mem) {
        s->file = vfd_open_temp(s->outlives_transaction);
        if (s->buffer == NULL) {
            s->buffer_size = WINDOW;
            s->buffer = mem_alloc_aligned(s->buffer_size, 16);
        }
    }
    for (size_t i = 0; i <= count; i++) {
        array_foreach(Reader, r, &s->readers) {
            if (r->index == i)
                r->offset = offset;
        }
        if (i < count) {
            put_in_file(s, s->rows[i], s->rows[i]->len);
            offset += s->rows[i]->len + TRAILER;
        }
    }
    row_arena_reset(&s->arena);
    mem_free(s->rows);
    s->rows = NULL;
    s->room = 0;
}

/* ---- Reading ---- */

unsigned tuple_store_reader(TupleStore *s)
{
    array_push(&s->readers);
    return (unsigned)s->readers.count - 1;
}

void tuple_store_set_reader(TupleStore *s, unsigned reader, unsigned from)
{
    Reader *r = array_at(&s->readers, reader);
    const Reader *other = array_at(&s->readers, from);

    r->index = other->index;
    r->offset = other->offset;
    r->is_at_end = other->is_at_end;
}

void tuple_store_rewind(TupleStore *s, unsigned reader)
{
    Reader *r = array_at(&s->readers, reader);

    r->index = 0;
    r->offset = 0;
    r->is_at_end = false;
}

bool tuple_store_is_at_end(const TupleStore *s, unsigned reader)
{
    const Reader *r = array_at(&s->readers, reader);

    return r->index >= s->count;
}

/* Move the place; false when there is no row in that direction. */
static bool move(const TupleStore *s, Reader *r, bool is_backward)
{
    if (!is_backward) {
        if (r->index < s->count) {
            r->index++;
            return true;
        }
        r->is_at_end = true;
        return false;
    }
    if (r->is_at_end) {
        r->is_at_end = false;
        return r->index > 0;
    }
    if (r->index > 0)
        r->index--;
    return r->index > 0;
}

const MinimalTuple *tuple_store_next(TupleStore *s, unsigned reader, bool is_backward)
{
    Reader *r = array_at(&s->readers, reader);

    if (s->file != NULL)
        return read_file(s, r, is_backward);
    return move(s, r, is_backward) ? s->rows[r->index - 1] : NULL;
}

_Noreturn static void raise_damaged(const TupleStore *s)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("temporary file \"%s\" is damaged", vfd_path(s->file)));
}

/* Bytes of the file, all of them in the reader's window. */
static const uint8_t *look_at(TupleStore *s, Reader *r, uint64_t start, size_t len,
                              bool is_backward)
{
    uint64_t from = start;

    if (r->window_len > 0 && start >= r->window_start &&
        start + len <= r->window_start + r->window_len)
        return r->window + (start - r->window_start);
    if (len > r->window_size) {
        mem_free(r->window);
        r->window = NULL;
        r->window_size = size_max(WINDOW, size_align_up(len, WINDOW));
        MEM_SCOPE(s->mem) {
            r->window = mem_alloc_aligned(r->window_size, 16);
        }
    }
    /* On the way back the window ends where the bytes do. */
    if (is_backward)
        from = start + len > r->window_size ? start + len - r->window_size : 0;
    r->window_start = from;
    r->window_len = 0;
    r->window_len = vfd_read(s->file, r->window,
                             size_min(r->window_size, (size_t)(s->written - from)), from,
                             WAIT_EVENT_BUFFILE_READ);
    if (start + len > from + r->window_len)
        raise_damaged(s);
    return r->window + (start - from);
}

static size_t length_before(TupleStore *s, Reader *r, uint64_t offset, bool is_backward)
{
    uint64_t size;

    if (offset < TRAILER)
        raise_damaged(s);
    size = load_u64(look_at(s, r, offset - TRAILER, TRAILER, is_backward));
    if (size < sizeof(MinimalTuple) || size % 8 != 0 || size + TRAILER > offset)
        raise_damaged(s);
    return (size_t)size;
}

static void flush(TupleStore *s)
{
    finish_row(s);
    if (s->used == 0)
        return;
    vfd_write(s->file, s->buffer, s->used, s->written, WAIT_EVENT_BUFFILE_WRITE);
    s->written += s->used;
    s->used = 0;
}

static const MinimalTuple *read_file(TupleStore *s, Reader *r, bool is_backward)
{
    size_t before = r->index, size;
    bool is_there;

    flush(s);
    is_there = move(s, r, is_backward);
    if (r->index > before) {
        size = load_u32(look_at(s, r, r->offset, 8, false));
        if (size < sizeof(MinimalTuple) || size % 8 != 0)
            raise_damaged(s);
        r->offset += size + TRAILER;
        return (const MinimalTuple *)look_at(s, r, r->offset - TRAILER - size, size, false);
    }
    if (r->index < before)
        r->offset -= length_before(s, r, r->offset, true) + TRAILER;
    if (!is_there)
        return NULL;
    size = length_before(s, r, r->offset, true);
    return (const MinimalTuple *)look_at(s, r, r->offset - TRAILER - size, size, true);
}

size_t tuple_store_memory(const TupleStore *s)
{
    return s->arena.size + s->room * sizeof(*s->rows) + s->buffer_size;
}

uint64_t tuple_store_disk(const TupleStore *s)
{
    return s->file == NULL ? 0 : s->written + s->used;
}
