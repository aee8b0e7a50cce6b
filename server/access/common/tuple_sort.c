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

#define SHORT_RUN  8 /* tuples that are sorted by insertion */
#define ROOM_FIRST 1024

typedef struct SortEntry {
    Datum first;
    const IndexTuple *tuple;
    bool first_is_null;
} SortEntry;

struct TupleSort {
    const TupleDesc *desc;
    SortSupport *orders;
    unsigned key_count;
    MemContext *mem; /* of all that follows */
    size_t memory_max, memory_used;
    SortEntry *entries;
    size_t count, room;
    size_t next; /* to be read */
};

static void grow(TupleSort *s);
static void sort_entries(TupleSort *s);

TupleSort *tuple_sort_new(const TupleDesc *desc, SortSupport *orders, unsigned key_count,
                          size_t memory_max)
{
    MemContext *mem = mem_context_new(mem_current(), "tuple sort");
    TupleSort *s = mem_alloc_in(mem, sizeof(*s));

    *s = (TupleSort){.desc = desc,
                     .orders = orders,
                     .key_count = key_count,
                     .mem = mem,
                     .memory_max = memory_max};
    return s;
}

void tuple_sort_free(TupleSort *s)
{
    mem_delete(s->mem);
}

void tuple_sort_put(TupleSort *s, const IndexTuple *tuple)
{
    size_t size = index_tuple_size(tuple);
    SortEntry *entry;
    IndexTuple *copy;

    if (s->count == s->room)
        grow(s);
    s->memory_used += size;
    if (s->memory_used + s->room * sizeof(SortEntry) > s->memory_max)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot sort more than %zu kB", s->memory_max / 1024),
                  .hint = "Raise \"maintenance_work_mem\".");
    copy = mem_alloc_in(s->mem, size);
    memcpy(copy, tuple, size);
    entry = &s->entries[s->count++];
    entry->tuple = copy;
    entry->first = index_get(copy, 1, s->desc, &entry->first_is_null);
}

void tuple_sort_run(TupleSort *s)
{
    sort_entries(s);
    s->next = 0;
}

const IndexTuple *tuple_sort_next(TupleSort *s)
{
    return s->next < s->count ? s->entries[s->next++].tuple : NULL;
}

uint64_t tuple_sort_count(const TupleSort *s)
{
    return s->count;
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
    to = mem_alloc_in(s->mem, size_mul(s->count, sizeof(SortEntry)));
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
