/* early_clears.c - bits of the visibility map cleared ahead of their record; see early_clears.h. */
#include "common/base/base.h"

#include "tests/redo/early_clears.h"

#include <stdio.h>
#include <string.h>

#include "common/ds/hash.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/text/num.h"

/* A map page, and what later records have to clear on it. */
typedef struct MapPage {
    BlockTag tag;
    Lsn seen;          /* the last record whose image has bits clear too early */
    bool is_set_again; /* what is expected was set again first: no record will explain it */
    _Alignas(8) uint8_t expected[BLOCK_SIZE]; /* a page with just these bits set */
} MapPage;

struct EarlyClears {
    Hash pages; /* of MapPage */
    uint64_t count;
};

static bool has_more_bits(const uint8_t *page, const uint8_t *than);
static bool sets_expected(const MapPage *map, const RedoEnv *env, const WalRecord *record,
                          const WalTouch *touch);
static bool is_empty(const MapPage *map);

EarlyClears *early_clears_new(void)
{
    EarlyClears *e = mem_new(EarlyClears);

    hash_init(&e->pages, sizeof(BlockTag), sizeof(MapPage));
    return e;
}

bool early_clears_expect(EarlyClears *e, const WalRecord *record, const WalTouch *touch,
                         const uint8_t *ours, const uint8_t *theirs)
{
    MapPage *map;
    bool is_new;

    if (touch->tag.fork != FORK_VM || memcmp(ours, theirs, PAGE_HEADER_SIZE) != 0 ||
        has_more_bits(theirs, ours))
        return false;
    map = hash_enter(&e->pages, &touch->tag, &is_new);
    if (is_new)
        page_init(map->expected, 0);
    map->seen = record->start;
    for (size_t i = PAGE_HEADER_SIZE; i < BLOCK_SIZE; i++) {
        unsigned missing = ours[i] & ~(unsigned)theirs[i];

        e->count += (missing & ~(unsigned)map->expected[i]) != 0;
        map->expected[i] = (uint8_t)(map->expected[i] | missing);
    }
    return true;
}

void early_clears_meet(EarlyClears *e, const RedoEnv *env, const WalRecord *record,
                       const WalTouch *touch)
{
    MapPage *map = hash_find(&e->pages, &touch->tag);

    if (map == NULL || map->is_set_again)
        return;
    if (touch->ref_id >= 0)
        map->is_set_again = sets_expected(map, env, record, touch);
    else
        redo_block(env, record, touch, map->expected);
    if (is_empty(map))
        hash_remove(&e->pages, &touch->tag);
}

uint64_t early_clears_count(const EarlyClears *e)
{
    return e->count;
}

uint64_t early_clears_show_unmet(const EarlyClears *e)
{
    const MapPage *map;
    size_t position = 0;

    while ((map = hash_next(&e->pages, &position)) != NULL)
        printf("map block %u of %u/%u/%u: no record clears what the image at " LSN_FMT
               " or an earlier one lacks\n",
               map->tag.block, map->tag.rel.tablespace, map->tag.rel.database, map->tag.rel.rel,
               LSN_ARG(map->seen));
    return e->pages.count;
}

static bool has_more_bits(const uint8_t *page, const uint8_t *than)
{
    for (size_t i = PAGE_HEADER_SIZE; i < BLOCK_SIZE; i++) {
        if ((page[i] & ~(unsigned)than[i]) != 0)
            return true;
    }
    return false;
}

/* Until a heap page's bits were cleared by a record, no record can set them. */
static bool sets_expected(const MapPage *map, const RedoEnv *env, const WalRecord *record,
                          const WalTouch *touch)
{
    uint8_t page[BLOCK_SIZE] __attribute__((aligned(8)));
    WalRecord without = *record;

    without.refs[touch->ref_id].apply_image = false;
    page_init(page, 0);
    redo_block(env, &without, touch, page);
    for (size_t i = PAGE_HEADER_SIZE; i < BLOCK_SIZE; i++) {
        if ((page[i] & map->expected[i]) != 0)
            return true;
    }
    return false;
}

static bool is_empty(const MapPage *map)
{
    for (size_t i = PAGE_HEADER_SIZE; i < BLOCK_SIZE; i++) {
        if (map->expected[i] != 0)
            return false;
    }
    return true;
}
