/*
 * drop.c - objects whose counts go with the end of the (sub)transaction that dropped or made them
 *
 * Commit and abort records carry them, so that a standby forgets them too.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/stats/stats_int.h"

typedef struct Drop {
    StatsKey key;
    bool is_made; /* goes if the transaction is rolled back; else, if it commits */
    int nest_level;
    struct Drop *next; /* the one that was noted before */
} Drop;

static struct {
    MemContext *mem;
    Drop *newest;
} here;

static void note(StatsKind kind, Oid database, Oid object, bool is_made)
{
    Drop *drop;

    if (stats_nest_level == 0)
        return;
    if (here.mem == NULL)
        here.mem = mem_context_new(mem_root(), "counters that go");
    drop = mem_alloc_in(here.mem, sizeof *drop);
    *drop = (Drop){.key = {.kind = kind, .database = database, .object = object},
                   .is_made = is_made,
                   .nest_level = stats_nest_level,
                   .next = here.newest};
    here.newest = drop;
}

void stats_note_created(StatsKind kind, Oid database, Oid object)
{
    note(kind, database, object, true);
}

void stats_note_dropped(StatsKind kind, Oid database, Oid object)
{
    note(kind, database, object, false);
}

static bool is_of_level(const Drop *drop)
{
    return drop->nest_level == stats_nest_level;
}

const StatsKey *stats_list_drops(bool is_commit, uint32_t *count)
{
    StatsKey *keys;
    uint32_t n = 0;

    for (const Drop *d = here.newest; d != NULL && is_of_level(d); d = d->next)
        n += d->is_made != is_commit;
    *count = n;
    if (n == 0)
        return NULL;
    keys = mem_new_array(StatsKey, n);
    for (const Drop *d = here.newest; d != NULL && is_of_level(d); d = d->next)
        if (d->is_made != is_commit)
            keys[--n] = d->key;
    return keys;
}

void stats_drop(const StatsKey *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].kind == STATS_DATABASE)
            shared_remove_database(keys[i].database);
        shared_remove(&keys[i]);
        table_forget(&keys[i]);
    }
}

void drops_sub_end(bool is_commit)
{
    while (here.newest != NULL && !is_commit && is_of_level(here.newest)) {
        Drop *drop = here.newest;

        here.newest = drop->next;
        if (drop->is_made)
            stats_drop(&drop->key, 1);
        mem_free(drop);
    }
    for (Drop *d = here.newest; d != NULL && is_of_level(d); d = d->next)
        d->nest_level--;
}

void drops_end(bool is_commit)
{
    for (const Drop *d = here.newest; d != NULL; d = d->next)
        if (d->is_made != is_commit)
            stats_drop(&d->key, 1);
    drops_forget();
}

void drops_forget(void)
{
    if (here.mem != NULL)
        mem_delete(here.mem);
    here.mem = NULL;
    here.newest = NULL;
}
