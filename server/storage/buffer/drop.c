/*
 * drop.c - the buffers of whole relations: forget them, or write them
 *
 * The caller sees to it that nobody else uses the relation; the checkpointer and the background
 * writer may still be writing one of its pages, which is waited for. A relation of few blocks is
 * looked up block by block; of a large one all buffers are looked at, which costs the same for any.
 */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/ipc/interrupt.h"
#include "server/storage/buffer/buffer_int.h"

#define LOOK_UP_SHARE 32 /* up to that part of all buffers is looked up */
#define SEARCH_FROM   20 /* relations: from then on by binary search */

typedef struct Cut {
    RelTag rel;
    ForkNo fork;
    BlockNo first;
} Cut;

static bool find_size(SmgrRel *rel, ForkNo fork, BlockNo first, uint64_t *sum);
static void look_up(const Cut *cut, BlockNo end);
static void scan_cuts(const Cut *cuts, unsigned count);
static void scan_relations(const RelTag *sorted, size_t count);
static int rel_tag_compare(const void *a, const void *b);
static bool has_relation(const RelTag *sorted, size_t count, const RelTag *rel);
static void flush_if(bool (*matches)(const BlockTag *tag, const void *arg), const void *arg,
                     SmgrRel *rel);

void buffer_drop_fork_from(SmgrRel *rel, const ForkNo *forks, const BlockNo *counts, unsigned count)
{
    Cut cuts[FORK_COUNT];
    uint64_t sum = 0;
    bool is_small = true;

    ASSERT(count <= FORK_COUNT);
    for (unsigned i = 0; i < count; i++) {
        cuts[i] = (Cut){.rel = *smgr_tag(rel), .fork = forks[i], .first = counts[i]};
        if (smgr_is_temp(rel))
            local_drop_fork_from(rel, forks[i], counts[i]);
        else
            is_small = is_small && find_size(rel, forks[i], counts[i], &sum);
    }
    if (smgr_is_temp(rel))
        return;
    if (!is_small || sum > buffer_pool.count / LOOK_UP_SHARE) {
        scan_cuts(cuts, count);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        if (smgr_exists(rel, forks[i]))
            look_up(&cuts[i], smgr_block_count(rel, forks[i]));
}

void buffer_drop_relations(const RelTag *tags, size_t count, int temp_backend)
{
    RelTag *large = mem_new_array(RelTag, count);
    size_t large_count = 0;

    for (size_t i = 0; i < count; i++) {
        SmgrRel *rel = smgr_open(&tags[i], temp_backend);
        uint64_t sum = 0;
        bool is_small = true;

        if (temp_backend != SMGR_PERMANENT) {
            local_drop_relation(&tags[i]);
            continue;
        }
        for (unsigned fork = 0; fork < FORK_COUNT; fork++)
            is_small = is_small && find_size(rel, (ForkNo)fork, 0, &sum);
        if (!is_small || sum > buffer_pool.count / LOOK_UP_SHARE) {
            large[large_count++] = tags[i];
            continue;
        }
        for (unsigned fork = 0; fork < FORK_COUNT; fork++)
            if (smgr_exists(rel, (ForkNo)fork))
                look_up(&(Cut){.rel = tags[i], .fork = (ForkNo)fork},
                        smgr_block_count(rel, (ForkNo)fork));
    }
    qsort(large, large_count, sizeof(RelTag), rel_tag_compare);
    if (large_count > 0)
        scan_relations(large, large_count);
    mem_free(large);
}

void buffer_drop_database(Oid database)
{
    for (uint32_t i = 0; i < buffer_pool.count; i++) {
        BufferDesc *d = &buffer_pool.descs[i];

        /* Without the lock it may be wrong, but not for a database that nobody uses any more. */
        if (d->tag.rel.database != database)
            continue;
        if ((desc_lock(d) & BUF_TAG_VALID) != 0 && d->tag.rel.database == database)
            victim_drop(d);
        else
            desc_unlock(d);
    }
}

static bool is_of_relation(const BlockTag *tag, const void *arg)
{
    return rel_tag_equal(&tag->rel, arg);
}

void buffer_flush_relation(SmgrRel *rel)
{
    if (smgr_is_temp(rel))
        local_flush_relation(rel);
    else
        flush_if(is_of_relation, smgr_tag(rel), rel);
}

static bool is_of_database(const BlockTag *tag, const void *arg)
{
    return tag->rel.database == *(const Oid *)arg;
}

void buffer_flush_database(Oid database)
{
    flush_if(is_of_database, &database, NULL);
}

/*
 * Add the blocks from first on that the fork may have in buffers; false: it cannot be told. Nobody
 * extends it, so there is none behind its end but what a failed extension left, which is not valid.
 * In redo sizes are not asked for: a file may be gone already that the log goes on to drop.
 */
static bool find_size(SmgrRel *rel, ForkNo fork, BlockNo first, uint64_t *sum)
{
    BlockNo count;

    if (smgr_is_in_redo()) {
        count = smgr_cached_block_count(rel, fork);
        if (count == SMGR_COUNT_UNKNOWN)
            return false;
    } else {
        count = smgr_exists(rel, fork) ? smgr_block_count(rel, fork) : 0;
    }
    *sum += count > first ? count - first : 0;
    return true;
}

static void look_up(const Cut *cut, BlockNo end)
{
    for (BlockNo block = cut->first; block < end; block++) {
        BlockTag tag = {.rel = cut->rel, .fork = cut->fork, .block = block};
        BufferDesc *d = victim_peek(&tag);

        if (d == NULL)
            continue;
        if ((desc_lock(d) & BUF_TAG_VALID) != 0 && block_tag_equal(&d->tag, &tag))
            victim_drop(d);
        else
            desc_unlock(d);
    }
}

static bool is_cut(const Cut *cuts, unsigned count, const BlockTag *tag)
{
    for (unsigned i = 0; i < count; i++)
        if (tag->fork == cuts[i].fork && tag->block >= cuts[i].first)
            return true;
    return false;
}

/* All cuts are of one relation. */
static void scan_cuts(const Cut *cuts, unsigned count)
{
    for (uint32_t i = 0; i < buffer_pool.count; i++) {
        BufferDesc *d = &buffer_pool.descs[i];

        if (!rel_tag_equal(&d->tag.rel, &cuts[0].rel))
            continue;
        if ((desc_lock(d) & BUF_TAG_VALID) != 0 && rel_tag_equal(&d->tag.rel, &cuts[0].rel) &&
            is_cut(cuts, count, &d->tag))
            victim_drop(d);
        else
            desc_unlock(d);
    }
}

static void scan_relations(const RelTag *sorted, size_t count)
{
    for (uint32_t i = 0; i < buffer_pool.count; i++) {
        BufferDesc *d = &buffer_pool.descs[i];

        if (!has_relation(sorted, count, &d->tag.rel))
            continue;
        if ((desc_lock(d) & BUF_TAG_VALID) != 0 && has_relation(sorted, count, &d->tag.rel))
            victim_drop(d);
        else
            desc_unlock(d);
    }
}

static int rel_tag_compare(const void *a, const void *b)
{
    const RelTag *x = a, *y = b;

    if (x->tablespace != y->tablespace)
        return x->tablespace < y->tablespace ? -1 : 1;
    if (x->database != y->database)
        return x->database < y->database ? -1 : 1;
    if (x->rel != y->rel)
        return x->rel < y->rel ? -1 : 1;
    return 0;
}

static bool has_relation(const RelTag *sorted, size_t count, const RelTag *rel)
{
    if (count > SEARCH_FROM)
        return bsearch(rel, sorted, count, sizeof *sorted, rel_tag_compare) != NULL;
    for (size_t i = 0; i < count; i++)
        if (rel_tag_equal(&sorted[i], rel))
            return true;
    return false;
}

static void flush_if(bool (*matches)(const BlockTag *tag, const void *arg), const void *arg,
                     SmgrRel *rel)
{
    const uint32_t wanted = BUF_VALID | BUF_DIRTY;

    for (uint32_t i = 0; i < buffer_pool.count; i++) {
        BufferDesc *d = &buffer_pool.descs[i];

        check_interrupts();
        if (!matches(&d->tag, arg))
            continue;
        pin_room();
        if ((desc_lock(d) & wanted) != wanted || !matches(&d->tag, arg)) {
            desc_unlock(d);
            continue;
        }
        if (pin_count(buf_number(d)) == 0) {
            pin_unlock(d);
        } else {
            desc_unlock(d);
            pin_shared(d, NULL);
        }
        lwlock_acquire(&d->content, LW_SHARED);
        io_flush(d, rel);
        lwlock_release(&d->content);
        pin_release(d);
    }
}
