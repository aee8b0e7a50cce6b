/* hash_table.c - inner rows by their hash; hash_table.h has the promises. */
#include "common/base/base.h"

#include "server/executor/hash_table.h"

#include <string.h>

#include "common/err/err.h"
#include "server/access/common/row_arena.h"
#include "server/access/common/tuple_store.h"
#include "server/ipc/interrupt.h"

#define BUCKETS_MIN 1024
#define BUCKETS_MAX ((size_t)1 << 24)
#define BATCHES_MAX ((unsigned)1 << 16)

/* Of rows that wait for their batch, a store keeps as much in memory. */
#define STORE_MEMORY ((size_t)KIB(64))

typedef struct Batch {
    TupleStore *inner, *outer; /* NULL: no rows */
} Batch;

struct HashTable {
    MemContext *mem;
    RowArena arena;
    HashRow **buckets;
    size_t bucket_count, buckets_planned; /* powers of two */
    size_t row_count, row_bytes;          /* in the table */
    uint64_t all_count;
    size_t memory_max, memory_peak;
    Batch *batches;
    unsigned batch_count, batches_planned; /* powers of two */
    unsigned batch;                        /* the one in the table */
    bool cannot_split;                     /* doubling did not help: many rows have one hash */
};

static void split(HashTable *t);
static void set_buckets(HashTable *t, size_t count);
static void put_row(HashTable *t, TupleStore **store, Slot *row, uint32_t hash);

/* ---- Making ---- */

static size_t buckets_for(double rows)
{
    size_t count = BUCKETS_MIN;

    while ((double)count < rows && count < BUCKETS_MAX)
        count *= 2;
    return count;
}

static void choose_size(HashTable *t, double rows, int width)
{
    double row_bytes = (double)width + sizeof(HashRow) + 8;
    double room = (double)t->memory_max / row_bytes;
    unsigned batches = 1;

    if (rows < 1)
        rows = 1;
    while (rows / batches > room && batches < 1024)
        batches *= 2;
    t->batch_count = t->batches_planned = batches;
    set_buckets(t, buckets_for(rows / batches));
    t->buckets_planned = t->bucket_count;
}

HashTable *hash_table_new(MemContext *mem, double estimated_rows, int estimated_width,
                          size_t memory_max)
{
    MemContext *own = mem_context_new(mem, "hash join");
    HashTable *t = mem_alloc_in(own, sizeof(*t));

    t->mem = own;
    t->memory_max = memory_max;
    t->arena = row_arena_in(mem_context_new(own, "rows of a batch"));
    choose_size(t, estimated_rows, estimated_width);
    MEM_SCOPE(own) {
        t->batches = mem_new_array(Batch, t->batch_count);
    }
    return t;
}

static void free_store(TupleStore **store)
{
    if (*store != NULL)
        tuple_store_free(*store);
    *store = NULL;
}

void hash_table_free(HashTable *t)
{
    for (unsigned i = 0; i < t->batch_count; i++) {
        free_store(&t->batches[i].inner);
        free_store(&t->batches[i].outer);
    }
    mem_delete(t->mem);
}

/* ---- Buckets and batches ---- */

static inline unsigned batch_of(const HashTable *t, uint32_t hash)
{
    /* The high bits, which buckets do not use unless there are very many. */
    return (hash >> 16 ^ hash << 16) & (t->batch_count - 1);
}

static inline HashRow **bucket_of(const HashTable *t, uint32_t hash)
{
    return &t->buckets[hash & (t->bucket_count - 1)];
}

static inline void link_row(HashTable *t, HashRow *row)
{
    HashRow **bucket = bucket_of(t, row->tuple.hash);

    row->next = *bucket;
    *bucket = row;
}

/* The rows that are there are linked anew. */
static void set_buckets(HashTable *t, size_t count)
{
    HashRow **old = t->buckets;
    size_t old_count = t->bucket_count;

    MEM_SCOPE(t->mem) {
        t->buckets = mem_new_array(HashRow *, count);
    }
    t->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        for (HashRow *row = old[i], *next; row != NULL; row = next) {
            next = row->next;
            link_row(t, row);
        }
    }
    mem_free(old);
}

static size_t memory_now(const HashTable *t)
{
    return t->arena.size + t->bucket_count * sizeof(HashRow *);
}

/* What rows and buckets take, whatever blocks they lie in: what is told of it. */
static void note_peak(HashTable *t)
{
    size_t used = t->row_bytes + t->bucket_count * sizeof(HashRow *);

    if (used > t->memory_peak)
        t->memory_peak = used;
}

static void take_tuple(HashTable *t, const MinimalTuple *tuple)
{
    HashRow *row = row_arena_take(&t->arena, offsetof(HashRow, tuple) + tuple->len);

    memcpy(&row->tuple, tuple, tuple->len);
    row->tuple.flags = 0;
    link_row(t, row);
    t->row_count++;
    t->row_bytes += offsetof(HashRow, tuple) + tuple->len;
}

static void after_row(HashTable *t)
{
    if (t->row_count > 2 * t->bucket_count && t->bucket_count < BUCKETS_MAX)
        set_buckets(t, 2 * t->bucket_count);
    note_peak(t);
    if (memory_now(t) > t->memory_max && !t->cannot_split)
        split(t);
}

void hash_table_add(HashTable *t, Slot *row, uint32_t hash)
{
    unsigned batch = batch_of(t, hash);
    size_t size;
    HashRow *in;

    t->all_count++;
    if (batch != t->batch) {
        put_row(t, &t->batches[batch].inner, row, hash);
        return;
    }
    size = slot_minimal_size(row);
    in = row_arena_take(&t->arena, offsetof(HashRow, tuple) + size);
    slot_minimal_fill(row, &in->tuple, size);
    in->tuple.hash = hash;
    link_row(t, in);
    t->row_count++;
    t->row_bytes += offsetof(HashRow, tuple) + size;
    after_row(t);
}

static TupleStore *store_of(HashTable *t, TupleStore **store)
{
    if (*store == NULL) {
        MEM_SCOPE(t->mem) {
            *store = tuple_store_new(STORE_MEMORY, false);
        }
    }
    return *store;
}

static void put_row(HashTable *t, TupleStore **store, Slot *row, uint32_t hash)
{
    size_t size = slot_minimal_size(row);
    MinimalTuple *tuple = tuple_store_add(store_of(t, store), size);

    slot_minimal_fill(row, tuple, size);
    tuple->hash = hash;
}

static void double_batches(HashTable *t)
{
    unsigned count = 2 * t->batch_count;

    MEM_SCOPE(t->mem) {
        Batch *bigger = mem_new_array(Batch, count);

        memcpy(bigger, t->batches, t->batch_count * sizeof(Batch));
        mem_free(t->batches);
        t->batches = bigger;
    }
    t->batch_count = count;
}

/*
 * Twice as many batches. Rows of stores stay where they are: a batch that is loaded sends on what
 * is not its own.
 */
static void split(HashTable *t)
{
    RowArena old = t->arena;
    size_t kept = 0, all = t->row_count;

    if (t->batch_count >= BATCHES_MAX) {
        t->cannot_split = true;
        return;
    }
    check_interrupts();
    double_batches(t);
    t->row_bytes = 0;
    MEM_SCOPE(t->mem) {
        t->arena = row_arena_in(mem_context_new(t->mem, "rows of a batch"));
    }
    for (size_t i = 0; i < t->bucket_count; i++) {
        HashRow *row = t->buckets[i], *next;

        t->buckets[i] = NULL;
        for (; row != NULL; row = next) {
            unsigned batch = batch_of(t, row->tuple.hash);

            next = row->next;
            if (batch != t->batch) {
                tuple_store_put(store_of(t, &t->batches[batch].inner), &row->tuple);
                continue;
            }
            {
                HashRow *copy =
                    row_arena_take(&t->arena, offsetof(HashRow, tuple) + row->tuple.len);

                memcpy(&copy->tuple, &row->tuple, row->tuple.len);
                link_row(t, copy);
                t->row_bytes += offsetof(HashRow, tuple) + row->tuple.len;
                kept++;
            }
        }
    }
    mem_delete(old.mem);
    t->row_count = kept;
    t->cannot_split = kept == 0 || kept == all;
}

void hash_table_finish(HashTable *t)
{
    while (t->row_count > t->bucket_count && t->bucket_count < BUCKETS_MAX)
        set_buckets(t, 2 * t->bucket_count);
    note_peak(t);
}

uint64_t hash_table_count(const HashTable *t)
{
    return t->all_count;
}

/* ---- Looking up ---- */

HashRow *hash_table_find(const HashTable *t, uint32_t hash)
{
    HashRow *row = *bucket_of(t, hash);

    while (row != NULL && row->tuple.hash != hash)
        row = row->next;
    return row;
}

HashRow *hash_table_find_next(const HashRow *row, uint32_t hash)
{
    HashRow *next = row->next;

    while (next != NULL && next->tuple.hash != hash)
        next = next->next;
    return next;
}

bool hash_table_is_now(const HashTable *t, uint32_t hash)
{
    return t->batch_count == 1 || batch_of(t, hash) == t->batch;
}

void hash_table_put_outer(HashTable *t, Slot *row, uint32_t hash)
{
    put_row(t, &t->batches[batch_of(t, hash)].outer, row, hash);
}

/* ---- Batch by batch ---- */

static void load_inner(HashTable *t)
{
    TupleStore *store = t->batches[t->batch].inner;
    const MinimalTuple *tuple;

    t->batches[t->batch].inner = NULL;
    row_arena_reset(&t->arena);
    memset(t->buckets, 0, t->bucket_count * sizeof(HashRow *));
    t->row_count = t->row_bytes = 0;
    t->cannot_split = false;
    if (store == NULL)
        return;
    while ((tuple = tuple_store_next(store, 0, false)) != NULL) {
        unsigned batch = batch_of(t, tuple->hash);

        if (batch != t->batch) {
            tuple_store_put(store_of(t, &t->batches[batch].inner), tuple);
            continue;
        }
        take_tuple(t, tuple);
        after_row(t);
    }
    tuple_store_free(store);
}

bool hash_table_next_batch(HashTable *t, bool keeps_inner, bool keeps_outer)
{
    if (t->batch < t->batch_count)
        free_store(&t->batches[t->batch].outer);
    while (++t->batch < t->batch_count) {
        Batch *b = &t->batches[t->batch];

        /* What was put to it before batches were split may belong to a later one. */
        bool has_others = t->batch_count > t->batches_planned;

        if (b->inner == NULL && b->outer == NULL)
            continue;
        if (!has_others &&
            ((b->inner == NULL && !keeps_outer) || (b->outer == NULL && !keeps_inner))) {
            free_store(&b->inner);
            free_store(&b->outer);
            continue;
        }
        load_inner(t);
        return true;
    }
    return false;
}

const MinimalTuple *hash_table_next_outer(HashTable *t)
{
    TupleStore *store = t->batches[t->batch].outer;
    const MinimalTuple *tuple;

    while (store != NULL && (tuple = tuple_store_next(store, 0, false)) != NULL) {
        unsigned batch = batch_of(t, tuple->hash);

        if (batch == t->batch)
            return tuple;
        tuple_store_put(store_of(t, &t->batches[batch].outer), tuple);
    }
    return NULL;
}

HashRow *hash_table_walk(const HashTable *t, HashPlace *place)
{
    if (place->row != NULL)
        place->row = place->row->next;
    while (place->row == NULL && place->bucket < t->bucket_count)
        place->row = t->buckets[place->bucket++];
    return place->row;
}

bool hash_table_is_single(const HashTable *t)
{
    return t->batch_count == 1;
}

void hash_table_clear_matches(HashTable *t)
{
    HashPlace place = {0};
    HashRow *row;

    while ((row = hash_table_walk(t, &place)) != NULL)
        row->tuple.flags = 0;
}

void hash_table_size(const HashTable *t, HashTableSize *out)
{
    *out = (HashTableSize){.memory_max = t->memory_peak,
                           .batches = t->batch_count,
                           .batches_planned = t->batches_planned,
                           .buckets = t->bucket_count,
                           .buckets_planned = t->buckets_planned};
}
