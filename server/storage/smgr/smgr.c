/* smgr.c - the relations that this process has open; smgr.h has the promises, fork.c the files. */
#include "common/base/base.h"

#include "server/storage/smgr/smgr.h"

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/fd.h"
#include "server/storage/smgr/smgr_int.h"
#include "server/storage/sync/sync.h"

static struct {
    MemContext *mem; /* lifetime: the process */
    Hash rels;       /* SmgrRel by SmgrKey */
    SmgrRel *unowned;
    BlockNo segment_blocks;
    bool is_redo;
    void (*invalidation_hook)(const RelTag *tag, int temp_backend);
} smgr = {.segment_blocks = SEGMENT_BLOCKS};

static void unowned_add(SmgrRel *rel);
static void unowned_remove(SmgrRel *rel);
static void forget(SmgrRel *rel);
static void release(SmgrRel *rel);

SmgrRel *smgr_open(const RelTag *tag, int temp_backend)
{
    SmgrKey key = {.tag = *tag, .temp_backend = temp_backend};
    bool is_new;
    SmgrRel *rel;

    smgr_mem();
    rel = hash_enter(&smgr.rels, &key, &is_new);
    if (is_new) {
        for (unsigned i = 0; i < FORK_COUNT; i++)
            rel->forks[i].cached_count = SMGR_COUNT_UNKNOWN;
        rel->target = BLOCK_NONE;
        unowned_add(rel);
    }
    return rel;
}

const RelTag *smgr_tag(const SmgrRel *rel)
{
    return &rel->key.tag;
}

int smgr_temp_backend(const SmgrRel *rel)
{
    return rel->key.temp_backend;
}

bool smgr_is_temp(const SmgrRel *rel)
{
    return rel->key.temp_backend != SMGR_PERMANENT;
}

void smgr_close(SmgrRel *rel)
{
    SmgrKey key = rel->key;

    forget(rel);
    hash_remove(&smgr.rels, &key);
}

void smgr_close_tag(const RelTag *tag, int temp_backend)
{
    SmgrRel *rel = smgr_find(tag, temp_backend);

    if (rel != NULL)
        smgr_close(rel);
}

void smgr_close_all(void)
{
    size_t position = 0;
    SmgrRel *rel;

    if (smgr.mem == NULL)
        return;
    while ((rel = hash_next(&smgr.rels, &position)) != NULL)
        forget(rel);
    mem_delete(smgr.mem);
    smgr.mem = NULL;
}

void smgr_release_all(void)
{
    size_t position = 0;
    SmgrRel *rel;

    if (smgr.mem == NULL)
        return;
    while ((rel = hash_next(&smgr.rels, &position)) != NULL)
        release(rel);
}

void smgr_release_tag(const RelTag *tag, int temp_backend)
{
    SmgrRel *rel = smgr_find(tag, temp_backend);

    if (rel != NULL)
        release(rel);
}

static void release(SmgrRel *rel)
{
    rel->target = BLOCK_NONE;
    for (unsigned i = 0; i < FORK_COUNT; i++) {
        fork_close(rel, (ForkNo)i, 0);
        rel->forks[i].cached_count = SMGR_COUNT_UNKNOWN;
    }
}

void smgr_set_owner(SmgrRel **place, SmgrRel *rel)
{
    /* The newest owner counts; the one before must not keep a pointer that is not told any more. */
    if (rel->owner != NULL)
        *rel->owner = NULL;
    else
        unowned_remove(rel);
    rel->owner = place;
    *place = rel;
}

void smgr_clear_owner(SmgrRel **place, SmgrRel *rel)
{
    if (rel->owner != place)
        return;
    *place = NULL;
    rel->owner = NULL;
    unowned_add(rel);
}

void smgr_truncate(SmgrRel *rel, const ForkNo *forks, const BlockNo *counts, unsigned fork_count)
{
    /* Before the files change: whoever looks meanwhile has to look again. */
    smgr_tell_others(rel);
    rel->target = BLOCK_NONE;
    for (unsigned i = 0; i < fork_count; i++) {
        rel->forks[forks[i]].cached_count = SMGR_COUNT_UNKNOWN;
        fork_truncate(rel, forks[i], counts[i]);
    }
}

void smgr_unlink(const RelTag *tags, size_t count, int temp_backend, bool is_redo)
{
    for (size_t i = 0; i < count; i++)
        smgr_close_tag(&tags[i], temp_backend);
    for (size_t i = 0; i < count && smgr.invalidation_hook != NULL; i++)
        smgr.invalidation_hook(&tags[i], temp_backend);
    for (size_t i = 0; i < count; i++) {
        SmgrKey key = {.tag = tags[i], .temp_backend = temp_backend};

        for (unsigned fork = 0; fork < FORK_COUNT; fork++)
            fork_unlink(&key, (ForkNo)fork, is_redo);
    }
}

void smgr_set_invalidation_hook(void (*hook)(const RelTag *tag, int temp_backend))
{
    smgr.invalidation_hook = hook;
}

void smgr_tell_others(SmgrRel *rel)
{
    if (smgr.invalidation_hook != NULL)
        smgr.invalidation_hook(&rel->key.tag, rel->key.temp_backend);
}

void smgr_set_logged(SmgrRel *rel, bool is_logged)
{
    rel->is_unlogged = !is_logged;
}

BlockNo smgr_target(const SmgrRel *rel)
{
    return rel->target;
}

void smgr_set_target(SmgrRel *rel, BlockNo block)
{
    rel->target = block;
}

void smgr_set_stats(SmgrRel *rel, struct StatsTable *stats)
{
    rel->stats = stats;
}

struct StatsTable *smgr_stats(const SmgrRel *rel)
{
    return rel->stats;
}

bool smgr_is_logged(const SmgrRel *rel)
{
    return !rel->is_unlogged && rel->key.temp_backend == SMGR_PERMANENT;
}

void smgr_at_end_of_transaction(void)
{
    while (smgr.unowned != NULL)
        smgr_close(smgr.unowned);
}

void smgr_set_redo(bool is_redo)
{
    smgr.is_redo = is_redo;
}

bool smgr_is_in_redo(void)
{
    return smgr.is_redo;
}

void smgr_set_segment_blocks(BlockNo count)
{
    smgr.segment_blocks = count;
}

BlockNo smgr_segment_blocks(void)
{
    return smgr.segment_blocks;
}

MemContext *smgr_mem(void)
{
    if (smgr.mem == NULL) {
        smgr.mem = mem_context_new(mem_root(), "relation files");
        MEM_SCOPE(smgr.mem) {
            hash_init(&smgr.rels, sizeof(SmgrKey), sizeof(SmgrRel));
        }
        smgr.unowned = NULL;
    }
    return smgr.mem;
}

SmgrRel *smgr_find(const RelTag *tag, int temp_backend)
{
    SmgrKey key = {.tag = *tag, .temp_backend = temp_backend};

    return smgr.mem == NULL ? NULL : hash_find(&smgr.rels, &key);
}

static void unowned_add(SmgrRel *rel)
{
    rel->previous = NULL;
    rel->next = smgr.unowned;
    if (rel->next != NULL)
        rel->next->previous = rel;
    smgr.unowned = rel;
}

static void unowned_remove(SmgrRel *rel)
{
    if (rel->previous != NULL)
        rel->previous->next = rel->next;
    else
        smgr.unowned = rel->next;
    if (rel->next != NULL)
        rel->next->previous = rel->previous;
}

/* All but the entry of the table. */
static void forget(SmgrRel *rel)
{
    for (unsigned i = 0; i < FORK_COUNT; i++) {
        fork_close(rel, (ForkNo)i, 0);
        mem_free(rel->forks[i].segments);
    }
    if (rel->owner != NULL)
        *rel->owner = NULL;
    else
        unowned_remove(rel);
}
