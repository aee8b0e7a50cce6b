/*
 * fetch.c - reading what is shared, as of one moment of a transaction
 *
 * stats_fetch_consistency: "none" reads anew each time; "cache" keeps each entry that was read;
 * "snapshot" copies all entries when the first one is asked for.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/stats/stats_int.h"

typedef struct Fetched {
    StatsKey key;
    bool is_there;
    StatsBody body;
} Fetched;

static struct {
    MemContext *mem; /* NULL: nothing was fetched */
    Hash entries;
    bool has_fixed;
    StatsFixed fixed;
    bool has_all;
    PgTime all_at;
} here;

static void begin(void)
{
    if (here.mem != NULL)
        return;
    here.mem = mem_context_new(mem_root(), "counters that were read");
    MEM_SCOPE(here.mem) {
        hash_init(&here.entries, sizeof(StatsKey), sizeof(Fetched));
    }
}

void stats_clear_fetched(void)
{
    if (here.mem != NULL)
        mem_delete(here.mem);
    here.mem = NULL;
    here.has_fixed = here.has_all = false;
}

/* Collected under locks, where no memory is to be asked for: counted first, with room for more. */
typedef struct Copies {
    Fetched *items;
    size_t count, room;
} Copies;

static void count_entry(const StatsKey *key UNUSED, StatsBody *body UNUSED, void *arg)
{
    ((Copies *)arg)->count++;
}

static void copy_entry(const StatsKey *key, StatsBody *body, void *arg)
{
    Copies *copies = arg;

    if (copies->count < copies->room) {
        Fetched *item = &copies->items[copies->count];

        item->key = *key;
        item->is_there = true;
        memcpy(&item->body, body, stats_body_size(key->kind));
    }
    copies->count++;
}

static void fetch_all(void)
{
    Copies copies = {0};

    begin();
    shared_walk(count_entry, &copies);
    do {
        size_t room = copies.count + 64;

        mem_free(copies.items);
        copies.items = mem_alloc_in(here.mem, size_mul(room, sizeof(Fetched)));
        copies.room = room;
        copies.count = 0;
        shared_walk(copy_entry, &copies);
    } while (copies.count > copies.room);
    for (size_t i = 0; i < copies.count; i++) {
        Fetched *f = hash_enter(&here.entries, &copies.items[i].key, NULL);

        *f = copies.items[i];
    }
    mem_free(copies.items);
    fixed_copy(&here.fixed);
    here.has_fixed = here.has_all = true;
    here.all_at = clock_now();
}

static const StatsBody *fetch(int32_t kind, Oid database, Oid object)
{
    StatsKey key = {.kind = kind, .database = database, .object = object};
    Fetched *f;
    bool is_new;

    if (setting.stats_fetch_consistency == STATS_FETCH_CONSISTENCY_SNAPSHOT && !here.has_all)
        fetch_all();
    begin();
    f = hash_find(&here.entries, &key);
    if (f == NULL && here.has_all)
        return NULL;
    if (f == NULL || setting.stats_fetch_consistency == STATS_FETCH_CONSISTENCY_NONE) {
        f = hash_enter(&here.entries, &key, &is_new);
        f->is_there = shared_copy(&key, &f->body);
    }
    return f->is_there ? &f->body : NULL;
}

const StatsDatabaseBody *stats_fetch_database(Oid database)
{
    const StatsBody *body = fetch(STATS_DATABASE, database, 0);

    return body == NULL ? NULL : &body->database;
}

const StatsTableBody *stats_fetch_table(Oid database, Oid relation)
{
    const StatsBody *body = fetch(STATS_RELATION, database, relation);

    return body == NULL ? NULL : &body->table;
}

const StatsFunctionBody *stats_fetch_function(Oid database, Oid function)
{
    const StatsBody *body = fetch(STATS_FUNCTION, database, function);

    return body == NULL ? NULL : &body->function;
}

const StatsSlotBody *stats_fetch_slot(unsigned number)
{
    const StatsBody *body = fetch(STATS_SLOT, 0, (Oid)number);

    return body == NULL ? NULL : &body->slot;
}

const StatsFixed *stats_fetch_fixed(void)
{
    if (setting.stats_fetch_consistency == STATS_FETCH_CONSISTENCY_SNAPSHOT && !here.has_all)
        fetch_all();
    if (!here.has_fixed || setting.stats_fetch_consistency == STATS_FETCH_CONSISTENCY_NONE) {
        begin();
        fixed_copy(&here.fixed);
        here.has_fixed = true;
    }
    return &here.fixed;
}

bool stats_snapshot_time(PgTime *out)
{
    *out = here.all_at;
    return here.has_all;
}

bool stats_have_entry(const StatsKey *key)
{
    StatsBody body;

    return stats_body_size(key->kind) > 0 && shared_copy(key, &body);
}

bool stats_read_now(const StatsKey *key, StatsBody *out)
{
    return shared_copy(key, out);
}
