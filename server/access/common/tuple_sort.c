/*
 * tuple_sort.c - sort index tuples; tuple_sort.h has the promises
 *
 * Beside each tuple stands the value of its first column, so that most comparisons look no further.
 * The sort merges runs: it makes few comparisons, which are what costs, none at all more than once
 * for input that is in order already, and no input makes it slow.
 */
#include "common/base/base.h"

#include "server/access/common/tuple_sort.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/sort_runs.h"

#define SHORT_RUN   8 /* tuples that are sorted by insertion */
#define ROOM_FIRST  1024
#define MEMORY_MIN  (64 * 1024)
#define BUFFER_WISH (256 * 1024) /* of a run that is read */

typedef struct SortEntry {
    Datum first;
    const IndexTuple *tuple;
    bool first_is_null;
} SortEntry;

/* A run that is read, with its next tuple. */
typedef struct MergeSource {
    SortEntry entry;
    SortRunReader *reader;
} MergeSource;

struct TupleSort {
    const TupleDesc *desc;
    SortSupport *orders;
    unsigned key_count;
    MemContext *mem;        /* of all that follows */
    MemContext *tuples_mem; /* of the tuples in memory */
    size_t memory_max, memory_used;
    uint64_t total;
    SortEntry *entries;
    size_t count, room;
    size_t next; /* to be read */

    /* When not all fits into memory. */
    SortRuns *runs; /* NULL: it does */
    unsigned run_count;
    MergeSource *sources; /* a heap: the least tuple is in the first */
    unsigned source_count;
    bool is_first_used; /* the first one's tuple was given out */
};

static void set_entry(const TupleSort *s, SortEntry *entry, const IndexTuple *tuple);
static void spill(TupleSort *s);
static void sort_entries(TupleSort *s);
static void reduce_runs(TupleSort *s);
static void begin_merge(TupleSort *s, SortRuns *runs, unsigned first, unsigned count);
static const IndexTuple *merge_next(TupleSort *s);
static void end_merge(TupleSort *s);
static void grow(TupleSort *s);

TupleSort *tuple_sort_new(const TupleDesc *desc, SortSupport *orders, unsigned key_count,
                          size_t memory_max)
{
    MemContext *mem = mem_context_new(mem_current(), "tuple sort");
    TupleSort *s = mem_alloc_in(mem, sizeof(*s));

    *s = (TupleSort){.desc = desc,
                     .orders = orders,
                     .key_count = key_count,
                     .mem = mem,
                     .tuples_mem = mem_context_new(mem, "tuples to sort"),
                     .memory_max = size_max(memory_max, MEMORY_MIN)};
    return s;
}

void tuple_sort_free(TupleSort *s)
{
    end_merge(s);
    if (s->runs != NULL)
        sort_runs_free(s->runs);
    mem_delete(s->mem);
}

void tuple_sort_put(TupleSort *s, const IndexTuple *tuple)
{
    size_t size = index_tuple_size(tuple);
    IndexTuple *copy;

    if (s->count > 0 &&
        s->memory_used + size + 2 * (s->count + 1) * sizeof(SortEntry) > s->memory_max)
        spill(s);
    if (s->count == s->room)
        grow(s);
    s->memory_used += size;
    s->total++;
    copy = mem_alloc_in(s->tuples_mem, size);
    memcpy(copy, tuple, size);
    set_entry(s, &s->entries[s->count++], copy);
}

void tuple_sort_run(TupleSort *s)
{
    if (s->runs == NULL) {
        sort_entries(s);
        return;
    }
    if (s->count > 0)
        spill(s);
    mem_free(s->entries);
    s->entries = NULL;
    s->room = 0;
    reduce_runs(s);
    begin_merge(s, s->runs, 0, sort_runs_count(s->runs));
}

const IndexTuple *tuple_sort_next(TupleSort *s)
{
    if (s->runs != NULL)
        return merge_next(s);
    return s->next < s->count ? s->entries[s->next++].tuple : NULL;
}

uint64_t tuple_sort_count(const TupleSort *s)
{
    return s->total;
}

unsigned tuple_sort_run_count(const TupleSort *s)
{
    return s->run_count;
}

static void grow(TupleSort *s)
{
    s->room = s->room == 0 ? ROOM_FIRST : size_mul(s->room, 2);
    MEM_SCOPE(s->mem) {
        s->entries = mem_realloc(s->entries, size_mul(s->room, sizeof(SortEntry)));
    }
}

/* ---- Comparing ---- */

static NOINLINE int compare_rest(const TupleSort *s, const IndexTuple *a, const IndexTuple *b)
{
    for (unsigned i = 1; i < s->key_count; i++) {
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, s->desc, &a_null);
        Datum y = index_get(b, i + 1, s->desc, &b_null);
        int order = sort_apply(x, a_null, y, b_null, &s->orders[i]);

        if (order != 0)
            return order;
    }
    if (tid_block(a->tid) != tid_block(b->tid))
        return tid_block(a->tid) < tid_block(b->tid) ? -1 : 1;
    return (int)a->tid.offset - (int)b->tid.offset;
}

static void set_entry(const TupleSort *s, SortEntry *entry, const IndexTuple *tuple)
{
    entry->tuple = tuple;
    entry->first = index_get(tuple, 1, s->desc, &entry->first_is_null);
}

static ALWAYS_INLINE bool is_after(const TupleSort *s, const SortEntry *a, const SortEntry *b)
{
    int order = sort_apply(a->first, a->first_is_null, b->first, b->first_is_null, &s->orders[0]);

    if (order == 0)
        order = compare_rest(s, a->tuple, b->tuple);
    return order > 0;
}

/* ---- Sorting ---- */

static bool is_sorted(const TupleSort *s)
{
    for (size_t i = 1; i < s->count; i++) {
        if (is_after(s, &s->entries[i - 1], &s->entries[i]))
            return false;
    }
    return true;
}

static void sort_short_run(const TupleSort *s, SortEntry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        SortEntry entry = entries[i];
        size_t at = i;

        for (; at > 0 && is_after(s, &entries[at - 1], &entry); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* Merge two runs that lie side by side at from, the first of split entries, to out. */
static void merge(const TupleSort *s, const SortEntry *from, size_t split, size_t count,
                  SortEntry *out)
{
    const SortEntry *a = from, *a_end = from + split, *b = a_end, *b_end = from + count;

    if (split >= count || !is_after(s, a_end - 1, b)) {
        memcpy(out, from, count * sizeof(*out));
        return;
    }
    while (a < a_end && b < b_end)
        *out++ = is_after(s, a, b) ? *b++ : *a++;
    if (a < a_end)
        memcpy(out, a, (size_t)(a_end - a) * sizeof(*out));
    else
        memcpy(out, b, (size_t)(b_end - b) * sizeof(*out));
}

static void sort_entries(TupleSort *s)
{
    SortEntry *from = s->entries, *to;

    if (is_sorted(s))
        return;
    to = mem_alloc_in(s->mem, size_mul(s->room, sizeof(SortEntry))); /* it stays, maybe */
    for (size_t at = 0; at < s->count; at += SHORT_RUN)
        sort_short_run(s, from + at, size_min(SHORT_RUN, s->count - at));
    for (size_t run = SHORT_RUN; run < s->count; run *= 2) {
        SortEntry *swap = from;

        for (size_t at = 0; at < s->count; at += 2 * run)
            merge(s, from + at, run, size_min(2 * run, s->count - at), to + at);
        from = to;
        to = swap;
    }
    s->entries = from;
    mem_free(to);
}

/* ---- Runs ---- */

static void spill(TupleSort *s)
{
    sort_entries(s);
    if (s->runs == NULL) {
        MEM_SCOPE(s->mem) {
            s->runs = sort_runs_new();
        }
    }
    sort_runs_begin(s->runs);
    for (size_t i = 0; i < s->count; i++)
        sort_runs_put(s->runs, s->entries[i].tuple);
    sort_runs_end(s->runs);
    s->run_count++;
    mem_reset(s->tuples_mem);
    s->count = 0;
    s->memory_used = 0;
}

static unsigned merge_width(const TupleSort *s)
{
    return (unsigned)size_max(2, s->memory_max / SORT_RUN_BUFFER_MIN);
}

/* Merge groups of runs, until all that are left can be read at once. */
static void reduce_runs(TupleSort *s)
{
    while (sort_runs_count(s->runs) > merge_width(s)) {
        unsigned count = sort_runs_count(s->runs);
        SortRuns *longer;

        MEM_SCOPE(s->mem) {
            longer = sort_runs_new();
        }
        for (unsigned first = 0; first < count; first += merge_width(s)) {
            const IndexTuple *tuple;

            begin_merge(s, s->runs, first, (unsigned)size_min(merge_width(s), count - first));
            sort_runs_begin(longer);
            while ((tuple = merge_next(s)) != NULL)
                sort_runs_put(longer, tuple);
            sort_runs_end(longer);
            end_merge(s);
        }
        sort_runs_free(s->runs);
        s->runs = longer;
    }
}

/* Let the source at i sink to where no source below has a lesser tuple. */
static void sift(TupleSort *s, unsigned i)
{
    MergeSource source = s->sources[i];

    for (;;) {
        unsigned child = 2 * i + 1;

        if (child + 1 < s->source_count &&
            is_after(s, &s->sources[child].entry, &s->sources[child + 1].entry))
            child++;
        if (child >= s->source_count || !is_after(s, &source.entry, &s->sources[child].entry))
            break;
        s->sources[i] = s->sources[child];
        i = child;
    }
    s->sources[i] = source;
}

static void begin_merge(TupleSort *s, SortRuns *runs, unsigned first, unsigned count)
{
    size_t buffer = size_max(SORT_RUN_BUFFER_MIN, size_min(BUFFER_WISH, s->memory_max / count));

    MEM_SCOPE(s->mem) {
        s->sources = mem_new_array(MergeSource, count);
        for (unsigned i = 0; i < count; i++) {
            MergeSource *source = &s->sources[i];

            source->reader = sort_run_reader_new(runs, first + i, buffer);
            set_entry(s, &source->entry, sort_run_reader_next(source->reader));
        }
    }
    s->source_count = count;
    s->is_first_used = false;
    for (unsigned i = count / 2; i-- > 0;)
        sift(s, i);
}

static const IndexTuple *merge_next(TupleSort *s)
{
    if (s->source_count > 0 && s->is_first_used) {
        MergeSource *first = &s->sources[0];
        const IndexTuple *tuple = sort_run_reader_next(first->reader);

        if (tuple != NULL) {
            set_entry(s, &first->entry, tuple);
        } else {
            sort_run_reader_free(first->reader);
            *first = s->sources[--s->source_count];
        }
        if (s->source_count > 0)
            sift(s, 0);
    }
    s->is_first_used = true;
    return s->source_count > 0 ? s->sources[0].entry.tuple : NULL;
}

static void end_merge(TupleSort *s)
{
    for (unsigned i = 0; i < s->source_count; i++)
        sort_run_reader_free(s->sources[i].reader);
    s->source_count = 0;
    mem_free(s->sources);
    s->sources = NULL;
}
