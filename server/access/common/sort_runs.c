/* sort_runs.c - write and read runs of a sort; sort_runs.h has the how. */
#include "common/base/base.h"

#include "server/access/common/sort_runs.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/storage/file/vfd.h"

#define WRITE_BUFFER (64 * 1024)
#define TUPLE_ALIGN  8

typedef struct SortRun {
    uint64_t start, end; /* in the file */
} SortRun;

struct SortRuns {
    MemContext *mem;
    Vfd *file; /* NULL: nothing was written yet */
    Array runs;
    uint64_t written; /* to the file */
    uint8_t *buffer;
    size_t used;
};

struct SortRunReader {
    Vfd *file;
    uint64_t next, end; /* of the run, in the file: what is not in the buffer yet */
    uint8_t *buffer;
    size_t size, at, filled;
};

static void flush(SortRuns *r);
static bool fill(SortRunReader *reader, size_t wanted);

SortRuns *sort_runs_new(void)
{
    MemContext *mem = mem_context_new(mem_current(), "sort runs");
    SortRuns *r = mem_alloc_in(mem, sizeof(*r));

    r->mem = mem;
    MEM_SCOPE(mem) {
        array_init(&r->runs, sizeof(SortRun));
        r->buffer = mem_alloc_aligned(WRITE_BUFFER, TUPLE_ALIGN);
    }
    return r;
}

void sort_runs_free(SortRuns *r)
{
    if (r->file != NULL)
        vfd_close(r->file);
    mem_delete(r->mem);
}

void sort_runs_begin(SortRuns *r)
{
    SortRun *run = array_push(&r->runs);

    run->start = r->written + r->used;
}

void sort_runs_put(SortRuns *r, const IndexTuple *tuple)
{
    size_t size = index_tuple_size(tuple);

    if (r->used + size > WRITE_BUFFER)
        flush(r);
    memcpy(r->buffer + r->used, tuple, size);
    r->used += size;
}

void sort_runs_end(SortRuns *r)
{
    SortRun *run = array_at(&r->runs, r->runs.count - 1);

    flush(r);
    run->end = r->written;
}

unsigned sort_runs_count(const SortRuns *r)
{
    return (unsigned)r->runs.count;
}

static void flush(SortRuns *r)
{
    if (r->used == 0)
        return;
    if (r->file == NULL) {
        MEM_SCOPE(r->mem) {
            r->file = vfd_open_temp(false);
        }
    }
    vfd_write(r->file, r->buffer, r->used, r->written, WAIT_EVENT_BUFFILE_WRITE);
    r->written += r->used;
    r->used = 0;
}

/* ---- Reading ---- */

SortRunReader *sort_run_reader_new(SortRuns *r, unsigned run_number, size_t buffer_size)
{
    const SortRun *run = array_at(&r->runs, run_number);
    SortRunReader *reader = mem_new(SortRunReader);

    ASSERT(buffer_size >= SORT_RUN_BUFFER_MIN);
    *reader = (SortRunReader){.file = r->file,
                              .next = run->start,
                              .end = run->end,
                              .size = buffer_size & ~(size_t)(TUPLE_ALIGN - 1)};
    reader->buffer = mem_alloc_aligned(reader->size, TUPLE_ALIGN);
    return reader;
}

void sort_run_reader_free(SortRunReader *reader)
{
    mem_free(reader->buffer);
    mem_free(reader);
}

_Noreturn static void raise_damaged(const SortRunReader *reader)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("temporary file \"%s\" is damaged", vfd_path(reader->file)));
}

/*
 * Tuples are aligned in the file, so that what is left of one that is cut at the buffer's end can
 * move to its start and stay aligned.
 */
IndexTuple *sort_run_reader_next(SortRunReader *reader)
{
    IndexTuple *tuple;
    size_t size;

    if (!fill(reader, sizeof(*tuple)))
        return NULL;
    size = index_tuple_size((const IndexTuple *)(reader->buffer + reader->at));
    if (size < sizeof(*tuple) || size % TUPLE_ALIGN != 0 || !fill(reader, size))
        raise_damaged(reader);
    tuple = (IndexTuple *)(reader->buffer + reader->at);
    reader->at += size;
    return tuple;
}

/* Have that many bytes in the buffer; false when the run is over before. */
static bool fill(SortRunReader *reader, size_t wanted)
{
    size_t left = reader->filled - reader->at, room;

    if (LIKELY(left >= wanted))
        return true;
    memmove(reader->buffer, reader->buffer + reader->at, left);
    room = size_min(reader->size - left, (size_t)(reader->end - reader->next));
    if (room > 0 && vfd_read(reader->file, reader->buffer + left, room, reader->next,
                             WAIT_EVENT_BUFFILE_READ) != room)
        raise_damaged(reader);
    reader->next += room;
    reader->at = 0;
    reader->filled = left + room;
    return reader->filled >= wanted;
}
