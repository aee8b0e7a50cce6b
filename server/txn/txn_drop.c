/*
 * txn_drop.c - files that go at the end of a transaction: dropped ones, or those made in vain
 *
 * Each entry says at which end it counts, and which level asked. A subtransaction that commits
 * hands its entries on to its parent; one that is rolled back removes what it made and forgets the
 * rest.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/txn/txn_int.h"

typedef struct Drop {
    struct Drop *next;
    RelTag rel;
    int temp_backend;
    bool at_commit;
    unsigned level;
} Drop;

/* In memory of the top-level transaction, newest first. */
static Drop *drops;

static void (*dropper)(const RelTag *rels, size_t count, int temp_backend);

static Drop *take_off(unsigned level);

void txn_set_dropper(void (*drop)(const RelTag *rels, size_t count, int temp_backend))
{
    dropper = drop;
}

void txn_drop_at_end(const RelTag *rel, int temp_backend, bool at_commit)
{
    Drop *d = mem_alloc_in(txn.top->mem, sizeof *d);

    d->rel = *rel;
    d->temp_backend = temp_backend;
    d->at_commit = at_commit;
    d->level = txn.current->nest_level;
    d->next = drops;
    drops = d;
}

void txn_keep_at_end(const RelTag *rel, bool at_commit)
{
    for (Drop **place = &drops; *place != NULL;) {
        Drop *d = *place;

        if (rel_tag_equal(&d->rel, rel) && d->at_commit == at_commit) {
            *place = d->next;
            mem_free(d);
        } else {
            place = &d->next;
        }
    }
}

/* Temporary relations go without a word in the log: a crash removes them anyway. */
size_t drop_list(bool at_commit, const RelTag **out)
{
    unsigned level = txn.current->nest_level;
    size_t count = 0;
    RelTag *list;

    for (const Drop *d = drops; d != NULL; d = d->next)
        if (d->level >= level && d->at_commit == at_commit && d->temp_backend == TXN_PERMANENT)
            count++;
    *out = NULL;
    if (count == 0)
        return 0;
    list = mem_alloc_in(txn.current->mem, size_mul(count, sizeof *list));
    count = 0;
    for (const Drop *d = drops; d != NULL; d = d->next)
        if (d->level >= level && d->at_commit == at_commit && d->temp_backend == TXN_PERMANENT)
            list[count++] = d->rel;
    *out = list;
    return count;
}

void drop_run(bool is_commit)
{
    unsigned level = txn.current->nest_level;
    const RelTag *rels;
    size_t count;

    if (drops == NULL)
        return;
    if (is_commit && level > 1) {
        for (Drop *d = drops; d != NULL; d = d->next)
            if (d->level >= level)
                d->level = level - 1;
        return;
    }
    count = drop_list(is_commit, &rels);
    for (Drop *d = take_off(level), *next; d != NULL; d = next) {
        next = d->next;
        if (d->at_commit == is_commit && d->temp_backend != TXN_PERMANENT)
            drop_files(&d->rel, 1, d->temp_backend);
        mem_free(d);
    }
    if (count > 0)
        drop_files(rels, count, TXN_PERMANENT);
}

/* Off the list before anything is removed: should that fail, it is not tried again. */
static Drop *take_off(unsigned level)
{
    Drop *taken = NULL;

    for (Drop **place = &drops; *place != NULL;) {
        Drop *d = *place;

        if (d->level < level) {
            place = &d->next;
            continue;
        }
        *place = d->next;
        d->next = taken;
        taken = d;
    }
    return taken;
}

void drop_files(const RelTag *rels, size_t count, int temp_backend)
{
    ASSERT(dropper != NULL);
    dropper(rels, count, temp_backend);
}

void drop_forget(void)
{
    drops = NULL;
}
