/*
 * row_sort.c - put rows in order; row_sort.h has the promises
 *
 * Beside each row stands the rank of its first key (rank_sort.h): equal ranks are decided by the
 * columns, unless the rank says all there is.
 */
#include "common/base/base.h"

#include "server/access/common/row_sort.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/rank_sort.h"
#include "server/access/common/row_arena.h"
#include "server/access/common/tuple_store.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/storage/file/vfd.h"

#define MEMORY_MIN  ((size_t)KIB(64))
#define BUFFER_MIN  ((size_t)KIB(16)) /* of a run that is read */
#define BUFFER_MAX  ((size_t)KIB(256))
#define WRITE_SIZE  ((size_t)KIB(64))
#define FAN_IN_MIN  4

typedef struct SortKey {
    SortSupport order;
    unsigned column;
} SortKey;

typedef struct Run {
    uint64_t start, end; /* in the file */
} Run;

typedef struct Source {
    RankEntry entry;
    uint64_t next, end; /* in the file: what is not in the buffer */
    uint8_t *buffer;
    size_t size, at, filled;
} Source;

struct RowSort {
    MemContext *mem;
    const TupleDesc *desc;
    SortKey *keys;
    unsigned key_count;
    size_t memory_max, memory_peak;
    uint64_t bound;
    bool is_read_at_will;
    RankOrder order;
    bool is_heap; /* the bound is kept: entries are a heap, the last row first */
    bool is_open; /* the row that was added last is to be filled in by now */
    uint64_t count;

    RowArena arena;
    size_t row_bytes; /* of rows that are single allocations, as a heap has them */
    RankEntry *entries;
    size_t entry_count, room;
    size_t next, mark; /* to be read */
    bool is_at_end, mark_is_at_end;

    Vfd *file; /* NULL: all is in memory */
    uint64_t written;
    Array runs; /* Run */
    uint8_t *buffer;
    size_t used;
    Source *sources; /* a heap: the least row first */
    unsigned source_count;
    bool is_first_used;
    TupleStore *store; /* of the result, when a merged one is to be read at will */
    unsigned store_mark;
};

static void finish_row(RowSort *s);
static void set_rank(RowSort *s, RankEntry *e);
static int compare_rows(void *arg, const void *a, const void *b);
static void sort_entries(RowSort *s);
static void spill(RowSort *s);
static void merge_to_few(RowSort *s);
static void begin_merge(RowSort *s, unsigned first, unsigned count);
static const MinimalTuple *merge_next(RowSort *s);
static void end_merge(RowSort *s);
static void sift_heap_down(RowSort *s, size_t at);
static void sift_heap_up(RowSort *s, size_t at);

/* ---- Begin and end ---- */

RowSort *row_sort_new(const RowSortSpec *spec)
{
    MemContext *mem = mem_context_new(mem_current(), "row sort");
    RowSort *s = mem_alloc_in(mem, sizeof(*s));

    *s = (RowSort){.mem = mem,
                   .desc = spec->desc,
                   .key_count = spec->key_count,
                   .memory_max = size_max(spec->memory_max, MEMORY_MIN),
                   .bound = spec->bound,
                   .is_read_at_will = spec->is_read_at_will};
    MEM_SCOPE(mem) {
        s->keys = mem_new_array(SortKey, s->key_count + 1);
        for (unsigned i = 0; i < s->key_count; i++) {
            sort_support_init(&s->keys[i].order, spec->keys[i].compare, spec->keys[i].collation);
            s->keys[i].order.is_reverse = spec->keys[i].is_descending;
            s->keys[i].order.nulls_first = spec->keys[i].nulls_first;
            s->keys[i].column = spec->keys[i].column;
        }
        s->arena = row_arena_in(mem_context_new(mem, "rows to sort"));
        array_init(&s->runs, sizeof(Run));
    }
    s->order = (RankOrder){.is_all = s->key_count == 1 && s->keys[0].order.is_rank_all,
                           .compare = compare_rows,
                           .arg = s};
    return s;
}

void row_sort_free(RowSort *s)
{
    if (s->file != NULL)
        vfd_close(s->file);
    if (s->store != NULL)
        tuple_store_free(s->store);
    mem_delete(s->mem);
}

/* ---- Comparing ---- */

static Datum column_of(const RowSort *s, const MinimalTuple *row, unsigned column, bool *is_null)
{
    HeapTuple view;

    minimal_view(row, &view);
    return heap_get(&view, (int)column, s->desc, is_null);
}

int row_sort_compare(RowSort *s, const MinimalTuple *a, const MinimalTuple *b)
{
    for (unsigned i = 0; i < s->key_count; i++) {
        bool a_null, b_null;
        Datum a_value = column_of(s, a, s->keys[i].column, &a_null);
        Datum b_value = column_of(s, b, s->keys[i].column, &b_null);
        int order = sort_apply(a_value, a_null, b_value, b_null, &s->keys[i].order);

        if (order != 0)
            return order;
    }
    return 0;
}

static NOINLINE int compare_rows(void *arg, const void *a, const void *b)
{
    return row_sort_compare(arg, a, b);
}

static ALWAYS_INLINE int compare(const RowSort *s, const RankEntry *a, const RankEntry *b)
{
    return rank_compare(&s->order, a, b);
}

static void set_rank(RowSort *s, RankEntry *e)
{
    bool is_null;
    Datum value;

    e->rank = 0;
    if (s->key_count == 0 || s->keys[0].order.rank == NULL)
        return;
    value = column_of(s, e->item, s->keys[0].column, &is_null);
    e->rank = sort_rank(value, is_null, &s->keys[0].order);
}

/* ---- Adding ---- */

static void grow(RowSort *s)
{
    size_t room = s->room == 0 ? 256 : 2 * s->room;

    MEM_SCOPE(s->mem) {
        s->entries = mem_realloc(s->entries, size_mul(room, sizeof(RankEntry)));
    }
    s->room = room;
}

static size_t memory_now(const RowSort *s)
{
    /* The sort itself needs as many entries again. */
    return s->arena.size + s->row_bytes + 2 * s->room * sizeof(RankEntry);
}

/* So many rows came that those beyond the bound may go. */
static void begin_heap(RowSort *s)
{
    s->is_heap = true;
    for (size_t i = s->entry_count / 2; i > 0; i--)
        sift_heap_down(s, i - 1);
}

static void drop_last_of_heap(RowSort *s)
{
    s->row_bytes -= ((const MinimalTuple *)s->entries[0].item)->len;
    mem_free(s->entries[0].item);
    s->entries[0] = s->entries[--s->entry_count];
    if (s->entry_count > 0)
        sift_heap_down(s, 0);
}

void *row_sort_add(RowSort *s, size_t size)
{
    RankEntry *e;

    finish_row(s);
    if (s->entry_count > 0 && !s->is_heap && memory_now(s) + size > s->memory_max)
        spill(s);
    if (s->entry_count == s->room)
        grow(s);
    e = &s->entries[s->entry_count++];
    if (s->bound > 0 && s->bound < UINT32_MAX) {
        MEM_SCOPE(s->arena.mem) {
            e->item = mem_alloc(size);
        }
        s->row_bytes += size;
    } else {
        e->item = row_arena_take(&s->arena, size);
    }
    s->is_open = true;
    s->count++;
    return e->item;
}

static void finish_row(RowSort *s)
{
    if (!s->is_open)
        return;
    s->is_open = false;
    set_rank(s, &s->entries[s->entry_count - 1]);
    if (s->is_heap) {
        sift_heap_up(s, s->entry_count - 1);
        if (s->entry_count > s->bound)
            drop_last_of_heap(s);
    } else if (s->bound > 0 && s->bound < UINT32_MAX && s->file == NULL &&
               s->entry_count > 2 * s->bound && memory_now(s) < s->memory_max) {
        begin_heap(s);
        while (s->entry_count > s->bound)
            drop_last_of_heap(s);
    }
    if ((s->count & 1023) == 0)
        s->memory_peak = size_max(s->memory_peak, memory_now(s));
}

void row_sort_put(RowSort *s, const MinimalTuple *row)
{
    memcpy(row_sort_add(s, row->len), row, row->len);
}

void row_sort_put_values(RowSort *s, const Datum *values, const bool *nulls)
{
    size_t size = minimal_size(s->desc, values, nulls);

    minimal_fill(s->desc, values, nulls, row_sort_add(s, size), size);
}

uint64_t row_sort_count(const RowSort *s)
{
    return s->count;
}

/* ---- The heap of the first rows: the last of them stands first ---- */

static void sift_heap_up(RowSort *s, size_t at)
{
    RankEntry e = s->entries[at];

    while (at > 0) {
        size_t parent = (at - 1) / 2;

        if (compare(s, &e, &s->entries[parent]) <= 0)
            break;
        s->entries[at] = s->entries[parent];
        at = parent;
    }
    s->entries[at] = e;
}

static void sift_heap_down(RowSort *s, size_t at)
{
    RankEntry e = s->entries[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= s->entry_count)
            break;
        if (child + 1 < s->entry_count &&
            compare(s, &s->entries[child + 1], &s->entries[child]) > 0)
            child++;
        if (compare(s, &s->entries[child], &e) <= 0)
            break;
        s->entries[at] = s->entries[child];
        at = child;
    }
    s->entries[at] = e;
}

/* ---- Sorting in memory ---- */

static void sort_entries(RowSort *s)
{
    RankEntry *entries = s->entries, *scratch = NULL;

    finish_row(s);
    s->memory_peak = size_max(s->memory_peak, memory_now(s));
    MEM_SCOPE(s->mem) {
        scratch = mem_alloc_aligned(size_mul(s->room, sizeof(RankEntry)), 16);
    }
    s->entries = rank_sort(&s->order, entries, scratch, s->entry_count);
    mem_free(s->entries == entries ? scratch : entries);
}

void row_sort_run(RowSort *s)
{
    finish_row(s);
    if (s->file == NULL) {
        sort_entries(s);
        return;
    }
    if (s->entry_count > 0)
        spill(s);
    mem_free(s->entries);
    s->entries = NULL;
    s->room = 0;
    merge_to_few(s);
    begin_merge(s, 0, (unsigned)s->runs.count);
    if (s->is_read_at_will) {
        const MinimalTuple *row;

        MEM_SCOPE(s->mem) {
            s->store = tuple_store_new(s->memory_max, false);
            s->store_mark = tuple_store_reader(s->store);
        }
        while ((row = merge_next(s)) != NULL)
            tuple_store_put(s->store, row);
        end_merge(s);
    }
}

/* ---- Runs in a file ---- */

static void flush(RowSort *s)
{
    vfd_write(s->file, s->buffer, s->used, s->written, WAIT_EVENT_BUFFILE_WRITE);
    s->written += s->used;
    s->used = 0;
}

static void write_row(RowSort *s, const MinimalTuple *row)
{
    size_t done = 0;

    while (done < row->len) {
        size_t part = size_min(row->len - done, WRITE_SIZE - s->used);

        memcpy(s->buffer + s->used, (const uint8_t *)row + done, part);
        s->used += part;
        done += part;
        if (s->used == WRITE_SIZE)
            flush(s);
    }
}

static void begin_run(RowSort *s)
{
    Run *run;

    MEM_SCOPE(s->mem) {
        if (s->file == NULL)
            s->file = vfd_open_temp(false);
        if (s->buffer == NULL)
            s->buffer = mem_alloc_aligned(WRITE_SIZE, 16);
    }
    run = array_push(&s->runs);
    run->start = s->written + s->used;
}

static void end_run(RowSort *s)
{
    Run *run = array_at(&s->runs, s->runs.count - 1);

    flush(s);
    run->end = s->written;
}

/* What is in memory becomes a run. */
static void spill(RowSort *s)
{
    finish_row(s);
    sort_entries(s);
    begin_run(s);
    for (size_t i = 0; i < s->entry_count; i++) {
        if (s->bound > 0 && i >= s->bound)
            break;
        write_row(s, s->entries[i].item);
    }
    end_run(s);
    s->entry_count = 0;
    s->row_bytes = 0;
    row_arena_reset(&s->arena);
}

_Noreturn static void raise_damaged(const RowSort *s)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("temporary file \"%s\" is damaged", vfd_path(s->file)));
}

/* Have that many bytes at source->at; false at the end of the run. */
static bool fill(RowSort *s, Source *source, size_t wanted)
{
    size_t left = source->filled - source->at, more;

    if (left >= wanted)
        return true;
    if (left + (source->end - source->next) < wanted) {
        if (left > 0 || source->next < source->end)
            raise_damaged(s);
        return false;
    }
    if (wanted > source->size) {
        size_t size = size_align_up(wanted, BUFFER_MIN);
        uint8_t *bigger = NULL;

        MEM_SCOPE(s->mem) {
            bigger = mem_alloc_aligned(size, 16);
        }
        memcpy(bigger, source->buffer + source->at, left);
        mem_free(source->buffer);
        source->buffer = bigger;
        source->size = size;
    } else {
        memmove(source->buffer, source->buffer + source->at, left);
    }
    source->at = 0;
    more = size_min(source->size - left, (size_t)(source->end - source->next));
    if (vfd_read(s->file, source->buffer + left, more, source->next, WAIT_EVENT_BUFFILE_READ) !=
        more)
        raise_damaged(s);
    source->next += more;
    source->filled = left + more;
    return true;
}

static bool read_row(RowSort *s, Source *source)
{
    size_t size;

    if (!fill(s, source, 8))
        return false;
    size = load_u32(source->buffer + source->at);
    if (size < sizeof(MinimalTuple) || size % 8 != 0 || !fill(s, source, size))
        raise_damaged(s);
    source->entry.item = source->buffer + source->at;
    source->at += size;
    set_rank(s, &source->entry);
    return true;
}

static void sift_source_down(RowSort *s, unsigned at)
{
    Source moved = s->sources[at];

    for (;;) {
        unsigned child = 2 * at + 1;

        if (child >= s->source_count)
            break;
        if (child + 1 < s->source_count &&
            compare(s, &s->sources[child + 1].entry, &s->sources[child].entry) < 0)
            child++;
        if (compare(s, &moved.entry, &s->sources[child].entry) <= 0)
            break;
        s->sources[at] = s->sources[child];
        at = child;
    }
    s->sources[at] = moved;
}

static size_t buffer_size_for(const RowSort *s, unsigned count)
{
    size_t size = s->memory_max / (count > 0 ? count : 1);

    return size_align_up(size_max(BUFFER_MIN, size_min(size, BUFFER_MAX)), 4096);
}

static void begin_merge(RowSort *s, unsigned first, unsigned count)
{
    size_t size = buffer_size_for(s, count);

    MEM_SCOPE(s->mem) {
        s->sources = mem_new_array(Source, count + 1);
    }
    s->source_count = 0;
    for (unsigned i = 0; i < count; i++) {
        const Run *run = array_at(&s->runs, first + i);
        Source *source = &s->sources[s->source_count];

        *source = (Source){.next = run->start, .end = run->end, .size = size};
        MEM_SCOPE(s->mem) {
            source->buffer = mem_alloc_aligned(size, 16);
        }
        if (read_row(s, source))
            s->source_count++;
        else
            mem_free(source->buffer);
    }
    for (unsigned i = s->source_count / 2; i > 0; i--)
        sift_source_down(s, i - 1);
    s->is_first_used = false;
}

static const MinimalTuple *merge_next(RowSort *s)
{
    if (s->is_first_used) {
        if (!read_row(s, &s->sources[0])) {
            mem_free(s->sources[0].buffer);
            s->sources[0] = s->sources[--s->source_count];
        }
        if (s->source_count > 0)
            sift_source_down(s, 0);
    }
    s->is_first_used = s->source_count > 0;
    return s->is_first_used ? s->sources[0].entry.item : NULL;
}

static void end_merge(RowSort *s)
{
    for (unsigned i = 0; i < s->source_count; i++)
        mem_free(s->sources[i].buffer);
    mem_free(s->sources);
    s->sources = NULL;
    s->source_count = 0;
}

/* More runs than can be read at once with buffers of some size are merged to longer ones first. */
static void merge_to_few(RowSort *s)
{
    unsigned limit = (unsigned)size_max(FAN_IN_MIN, s->memory_max / BUFFER_MIN);
    unsigned first = 0;

    while (s->runs.count - first > limit) {
        const MinimalTuple *row;
        Run merged;

        check_interrupts();
        begin_merge(s, first, limit);
        begin_run(s);
        while ((row = merge_next(s)) != NULL)
            write_row(s, row);
        end_run(s);
        end_merge(s);
        merged = *(Run *)array_at(&s->runs, s->runs.count - 1);
        first += limit;
        *(Run *)array_at(&s->runs, s->runs.count - 1) = merged;
    }
    if (first > 0) {
        size_t left = s->runs.count - first;

        memmove(s->runs.items, array_at(&s->runs, first), left * sizeof(Run));
        s->runs.count = left;
    }
}

/* ---- Reading ---- */

const MinimalTuple *row_sort_next(RowSort *s, bool is_backward)
{
    if (s->store != NULL)
        return tuple_store_next(s->store, 0, is_backward);
    if (s->file != NULL) {
        ASSERT(!is_backward);
        return merge_next(s);
    }
    if (!is_backward) {
        if (s->next < s->entry_count)
            return s->entries[s->next++].item;
        s->is_at_end = true;
        return NULL;
    }
    if (s->is_at_end)
        s->is_at_end = false;
    else if (s->next > 0)
        s->next--;
    return s->next > 0 ? s->entries[s->next - 1].item : NULL;
}

void row_sort_rewind(RowSort *s)
{
    if (s->store != NULL)
        tuple_store_rewind(s->store, 0);
    ASSERT(s->store != NULL || s->file == NULL);
    s->next = 0;
    s->is_at_end = false;
}

void row_sort_mark(RowSort *s)
{
    if (s->store != NULL)
        tuple_store_set_reader(s->store, s->store_mark, 0);
    s->mark = s->next;
    s->mark_is_at_end = s->is_at_end;
}

void row_sort_restore(RowSort *s)
{
    if (s->store != NULL)
        tuple_store_set_reader(s->store, 0, s->store_mark);
    s->next = s->mark;
    s->is_at_end = s->mark_is_at_end;
}

size_t row_sort_memory(const RowSort *s)
{
    return size_max(s->memory_peak, memory_now(s));
}

uint64_t row_sort_disk(const RowSort *s)
{
    return s->file == NULL ? 0 : s->written;
}

const char *row_sort_method(const RowSort *s)
{
    if (s->file != NULL)
        return "external merge";
    return s->is_heap ? "top-N heapsort" : "quicksort";
}
