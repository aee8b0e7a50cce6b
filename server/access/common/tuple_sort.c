/*
 * tuple_sort.c - sort index tuples; tuple_sort.h has the promises
 *
 * Beside each tuple stands the rank of its first column (rank_sort.h), so that most comparisons
 * look no further. Tuples mostly come in the order of their TIDs: then equal ones stay as they
 * came, and where the rank says all, no tuple is looked at.
 *
 * Where it even tells the value, and that is all a tuple has but its TID, there is no tuple at all
 * while numbers are sorted in memory: the TID stands in its entry, and the tuple is made when it is
 * asked for. Only NULLs have theirs.
 */
#include "common/base/base.h"

#include "server/access/common/tuple_sort.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/rank_sort.h"
#include "server/access/common/sort_runs.h"

#define ROOM_FIRST     1024
#define MEMORY_MIN     (64 * 1024)
#define BUFFER_WISH    (256 * 1024) /* of a run that is read */
#define PREFETCH_AHEAD 12           /* tuples; they lie anywhere in memory */

/* A run that is read, with its next tuple. */
typedef struct MergeSource {
    RankEntry entry;
    SortRunReader *reader;
} MergeSource;

/* What tuples of single numbers are made of. */
typedef struct NumberForm {
    IndexTuple tuple;
    uint8_t value[sizeof(Datum)];
} NumberForm;

struct TupleSort {
    const TupleDesc *desc;
    SortSupport *orders;
    unsigned key_count;
    MemContext *mem;        /* of all that follows */
    MemContext *tuples_mem; /* of the tuples in memory */
    size_t memory_max, memory_used;
    uint64_t total;
    RankOrder order;
    Tid last_tid;         /* of the tuple put last */
    bool is_in_tid_order; /* so far, those in memory */
    RankEntry *entries;
    size_t count, room;
    size_t next;       /* to be read */
    bool has_numbers;  /* tuples are single numbers */
    size_t number_len; /* bytes of one */
    NumberForm number; /* the tuple that was given out, or is written */

    /* When not all fits into memory. */
    SortRuns *runs; /* NULL: it does */
    unsigned run_count;
    MergeSource *sources; /* a heap: the least tuple is in the first */
    unsigned source_count;
    bool is_first_used; /* the first one's tuple was given out */
};

static bool are_numbers(const TupleDesc *desc, const SortSupport *orders, unsigned key_count);
static void set_entry(const TupleSort *s, RankEntry *entry, IndexTuple *tuple);
static int compare_items(void *arg, const void *a, const void *b);
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
                     .memory_max = size_max(memory_max, MEMORY_MIN),
                     .order = {.compare = compare_items, .arg = s},
                     .is_in_tid_order = true,
                     .has_numbers = are_numbers(desc, orders, key_count)};
    if (s->has_numbers) {
        s->number_len = (size_t)desc->columns[0].len;
        s->number.tuple.info = sizeof(NumberForm);
    }
    return s;
}

void tuple_sort_free(TupleSort *s)
{
    end_merge(s);
    if (s->runs != NULL)
        sort_runs_free(s->runs);
    mem_delete(s->mem);
}

/* ---- Numbers ---- */

static bool are_numbers(const TupleDesc *desc, const SortSupport *orders, unsigned key_count)
{
    return desc->count == 1 && key_count == 1 && desc->columns[0].by_value &&
           orders[0].unrank != NULL;
}

/* In place of a pointer to a tuple, which is even. */
static void *item_of(Tid tid)
{
    return (void *)(((uintptr_t)tid_block(tid) << 16 | tid.offset) << 1 | 1);
}

static bool is_number(const void *item)
{
    return ((uintptr_t)item & 1) != 0;
}

static Tid tid_of(const void *item)
{
    uintptr_t bits = (uintptr_t)item >> 1;

    return is_number(item) ? tid_make((BlockNo)(bits >> 16), (OffsetNo)bits)
                           : ((const IndexTuple *)item)->tid;
}

/* Valid until the next call. */
static const IndexTuple *tuple_of(TupleSort *s, const RankEntry *entry)
{
    Datum value;

    if (!is_number(entry->item))
        return entry->item;
    value = sort_unrank(entry->rank, &s->orders[0]);
    s->number.tuple.tid = tid_of(entry->item);
    memcpy(s->number.value, &value, s->number_len);
    return &s->number.tuple;
}

/* ---- In and out ---- */

static int compare_tids(const Tid *a, const Tid *b)
{
    if (tid_block(*a) != tid_block(*b))
        return tid_block(*a) < tid_block(*b) ? -1 : 1;
    return (int)a->offset - (int)b->offset;
}

/* Room for one more entry, and a tuple of that size. */
static RankEntry *next_entry(TupleSort *s, size_t size, Tid tid)
{
    if (s->count > 0 &&
        s->memory_used + size + 2 * (s->count + 1) * sizeof(RankEntry) > s->memory_max)
        spill(s);
    if (s->count == s->room)
        grow(s);
    if (s->is_in_tid_order && s->count > 0)
        s->is_in_tid_order = compare_tids(&s->last_tid, &tid) <= 0;
    s->last_tid = tid;
    s->memory_used += size;
    s->total++;
    return &s->entries[s->count++];
}

bool tuple_sort_put_number(TupleSort *s, Datum value, Tid tid)
{
    RankEntry *entry;

    if (!s->has_numbers)
        return false;
    entry = next_entry(s, 0, tid);
    *entry = (RankEntry){.rank = sort_rank(value, false, &s->orders[0]), .item = item_of(tid)};
    return true;
}

void tuple_sort_put(TupleSort *s, const IndexTuple *tuple)
{
    size_t size = index_tuple_size(tuple);
    RankEntry *entry;
    IndexTuple *copy;
    bool is_null;
    Datum first;

    if (s->has_numbers) {
        first = index_get(tuple, 1, s->desc, &is_null);
        if (!is_null) {
            tuple_sort_put_number(s, first, tuple->tid);
            return;
        }
    }
    entry = next_entry(s, size, tuple->tid);
    copy = mem_alloc_in(s->tuples_mem, size);
    memcpy(copy, tuple, size);
    set_entry(s, entry, copy);
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
    if (s->next == s->count)
        return NULL;
    if (!s->has_numbers && s->next + PREFETCH_AHEAD < s->count)
        __builtin_prefetch(s->entries[s->next + PREFETCH_AHEAD].item);
    return tuple_of(s, &s->entries[s->next++]);
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
        s->entries = mem_realloc(s->entries, size_mul(s->room, sizeof(RankEntry)));
    }
}

/* ---- Comparing ---- */

/* Of numbers, and NULLs: these have the rank of the number that is next to them. */
static int compare_numbers(const TupleSort *s, const void *a, const void *b)
{
    Tid x = tid_of(a), y = tid_of(b);

    if (is_number(a) != is_number(b))
        return is_number(b) == s->orders[0].nulls_first ? -1 : 1;
    return compare_tids(&x, &y);
}

/* Of things with equal ranks. */
static int compare_items(void *arg, const void *a, const void *b)
{
    const TupleSort *s = arg;

    if (s->has_numbers && (is_number(a) || is_number(b)))
        return compare_numbers(s, a, b);
    for (unsigned i = 0; i < s->key_count; i++) {
        bool a_null, b_null;
        Datum x = index_get(a, i + 1, s->desc, &a_null);
        Datum y = index_get(b, i + 1, s->desc, &b_null);
        int order = sort_apply(x, a_null, y, b_null, &s->orders[i]);

        if (order != 0)
            return order;
    }
    return compare_tids(&((const IndexTuple *)a)->tid, &((const IndexTuple *)b)->tid);
}

static void set_entry(const TupleSort *s, RankEntry *entry, IndexTuple *tuple)
{
    bool is_null;
    Datum value = index_get(tuple, 1, s->desc, &is_null);

    *entry = (RankEntry){.rank = sort_rank(value, is_null, &s->orders[0]), .item = tuple};
}

/* ---- Sorting ---- */

/* What is in memory. */
static void sort_entries(TupleSort *s)
{
    RankEntry *entries = s->entries;
    RankEntry *scratch = mem_alloc_in(s->mem, size_mul(s->room, sizeof(RankEntry)));

    s->order.is_all = s->key_count == 1 && s->orders[0].is_rank_all && s->is_in_tid_order;
    s->entries = rank_sort(&s->order, entries, scratch, s->count);
    mem_free(s->entries == entries ? scratch : entries);
    s->order.is_all = false; /* among runs the TIDs count */
    s->is_in_tid_order = true;
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
        sort_runs_put(s->runs, tuple_of(s, &s->entries[i]));
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
            rank_compare(&s->order, &s->sources[child].entry, &s->sources[child + 1].entry) > 0)
            child++;
        if (child >= s->source_count ||
            rank_compare(&s->order, &source.entry, &s->sources[child].entry) <= 0)
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
        IndexTuple *tuple = sort_run_reader_next(first->reader);

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
    return s->source_count > 0 ? s->sources[0].entry.item : NULL;
}

static void end_merge(TupleSort *s)
{
    for (unsigned i = 0; i < s->source_count; i++)
        sort_run_reader_free(s->sources[i].reader);
    s->source_count = 0;
    mem_free(s->sources);
    s->sources = NULL;
}
