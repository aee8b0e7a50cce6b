/*
 * tid_bitmap.c - a set of rows: exact pages with a bit for each line pointer, and lossy ones
 *
 * Exact pages stand one behind the other, with a table of slots by which a block's page is found.
 * Lossy pages are bits of chunks of 256 blocks, which are kept in the same way. When there are more
 * exact pages than memory allows, half of them become lossy. A page that is lossy may have been
 * exact before: whoever reads lets the chunk win.
 */
#include "common/base/base.h"

#include "server/access/index/tid_bitmap.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"

#define PAGE_WORDS   ((TID_BITMAP_OFFSETS_MAX + 63) / 64)
#define CHUNK_BLOCKS 256
#define CHUNK_WORDS  (CHUNK_BLOCKS / 64)
#define COUNT_FIRST  16

/* Bytes that an exact page is reckoned at, with its share of slots: as PostgreSQL reckons. */
#define PAGE_COST 64
#define PAGES_MIN 16

typedef struct Page {
    BlockNo block;
    bool needs_recheck;
    uint64_t bits[PAGE_WORDS];
} Page;

typedef struct Chunk {
    BlockNo number; /* of its first block, by CHUNK_BLOCKS */
    uint64_t bits[CHUNK_WORDS];
} Chunk;

/* Entries whose first field is their key, found by slots that have their number plus one. */
typedef struct Table {
    uint8_t *entries;
    size_t entry_size;
    uint32_t count, room;
    uint32_t *slots;
    uint32_t mask;
    bool is_sorted; /* by key; slots do not lead to them any more */
} Table;

struct TidBitmap {
    MemContext *mem;
    size_t pages_max;
    Table pages, chunks;
    uint32_t newest; /* number of the page that was added to last */
};

static void *find(const Table *t, BlockNo key);
static void *find_or_add(TidBitmap *b, Table *t, BlockNo key);
static void make_half_lossy(TidBitmap *b);
static void sort(Table *t);

static Page *page_at(const TidBitmap *b, uint32_t number)
{
    return (Page *)b->pages.entries + number;
}

static Chunk *chunk_at(const TidBitmap *b, uint32_t number)
{
    return (Chunk *)b->chunks.entries + number;
}

TidBitmap *tid_bitmap_new(size_t memory_max)
{
    MemContext *mem = mem_context_new(mem_current(), "tid bitmap");
    TidBitmap *b = mem_alloc_in(mem, sizeof(*b));

    b->mem = mem;
    b->pages_max = size_max(memory_max / PAGE_COST, PAGES_MIN);
    b->pages.entry_size = sizeof(Page);
    b->chunks.entry_size = sizeof(Chunk);
    return b;
}

void tid_bitmap_free(TidBitmap *b)
{
    mem_delete(b->mem);
}

bool tid_bitmap_is_empty(const TidBitmap *b)
{
    return b->pages.count == 0 && b->chunks.count == 0;
}

static bool is_lossy(const TidBitmap *b, BlockNo block)
{
    const Chunk *chunk = b->chunks.count == 0 ? NULL : find(&b->chunks, block / CHUNK_BLOCKS);
    unsigned bit = block % CHUNK_BLOCKS;

    return chunk != NULL && (chunk->bits[bit / 64] >> (bit % 64) & 1) != 0;
}

/* ---- Adding ---- */

void tid_bitmap_add(TidBitmap *b, Tid tid, bool needs_recheck)
{
    BlockNo block = tid_block(tid);
    Page *page = b->newest < b->pages.count ? page_at(b, b->newest) : NULL;
    unsigned bit = tid.offset - 1U;

    if (page == NULL || page->block != block) {
        if (is_lossy(b, block))
            return;
        page = find_or_add(b, &b->pages, block);
        b->newest = (uint32_t)(page - page_at(b, 0));
    }
    if (UNLIKELY(bit >= TID_BITMAP_OFFSETS_MAX)) {
        /* Damage: whoever comes to the page will see. */
        tid_bitmap_add_page(b, block);
        return;
    }
    page->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
    page->needs_recheck |= needs_recheck;
    if (UNLIKELY(b->pages.count > b->pages_max))
        make_half_lossy(b);
}

void tid_bitmap_add_page(TidBitmap *b, BlockNo block)
{
    Chunk *chunk = find_or_add(b, &b->chunks, block / CHUNK_BLOCKS);
    unsigned bit = block % CHUNK_BLOCKS;

    chunk->bits[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* ---- Tables ---- */

static uint32_t slot_of(const Table *t, BlockNo key)
{
    return (uint32_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & t->mask;
}

static BlockNo key_at(const Table *t, uint32_t number)
{
    return *(const BlockNo *)(const void *)(t->entries + number * t->entry_size);
}

static void *find(const Table *t, BlockNo key)
{
    if (t->count == 0)
        return NULL;
    for (uint32_t slot = slot_of(t, key); t->slots[slot] != 0; slot = (slot + 1) & t->mask)
        if (key_at(t, t->slots[slot] - 1) == key)
            return t->entries + (t->slots[slot] - 1) * t->entry_size;
    return NULL;
}

static void enter_all(Table *t)
{
    memset(t->slots, 0, (t->mask + 1) * sizeof(*t->slots));
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t slot = slot_of(t, key_at(t, i));

        while (t->slots[slot] != 0)
            slot = (slot + 1) & t->mask;
        t->slots[slot] = i + 1;
    }
    t->is_sorted = false;
}

static void grow(TidBitmap *b, Table *t)
{
    t->room = t->room == 0 ? COUNT_FIRST : 2 * t->room;
    mem_free(t->slots);
    MEM_SCOPE(b->mem) {
        t->entries = mem_realloc(t->entries, size_mul(t->room, t->entry_size));
        t->slots = mem_new_array(uint32_t, 2 * (size_t)t->room);
    }
    t->mask = 2 * t->room - 1;
    enter_all(t);
}

static void *find_or_add(TidBitmap *b, Table *t, BlockNo key)
{
    void *entry = find(t, key);
    uint32_t slot;

    if (entry != NULL)
        return entry;
    if (t->count == t->room)
        grow(b, t);
    slot = slot_of(t, key);
    while (t->slots[slot] != 0)
        slot = (slot + 1) & t->mask;
    entry = t->entries + t->count++ * t->entry_size;
    memset(entry, 0, t->entry_size);
    *(BlockNo *)entry = key;
    t->slots[slot] = t->count;
    return entry;
}

/*
 * Which half does not matter much; the newest ones stay, as more of their rows may come. When the
 * chunks alone take more than was allowed, so be it: they are as small as can be.
 */
static void make_half_lossy(TidBitmap *b)
{
    uint32_t lossy_count = b->pages.count / 2;

    for (uint32_t i = 0; i < lossy_count; i++)
        tid_bitmap_add_page(b, page_at(b, i)->block);
    b->pages.count -= lossy_count;
    memmove(b->pages.entries, page_at(b, lossy_count), b->pages.count * sizeof(Page));
    b->newest = b->pages.count - 1;
    enter_all(&b->pages);
}

/* ---- Of two ---- */

void tid_bitmap_unite(TidBitmap *b, const TidBitmap *other)
{
    for (uint32_t i = 0; i < other->chunks.count; i++) {
        const Chunk *from = chunk_at(other, i);
        Chunk *to = find_or_add(b, &b->chunks, from->number);

        for (unsigned w = 0; w < CHUNK_WORDS; w++)
            to->bits[w] |= from->bits[w];
    }
    for (uint32_t i = 0; i < other->pages.count; i++) {
        const Page *from = page_at(other, i);
        Page *to;

        if (is_lossy(b, from->block))
            continue;
        to = find_or_add(b, &b->pages, from->block);
        for (unsigned w = 0; w < PAGE_WORDS; w++)
            to->bits[w] |= from->bits[w];
        to->needs_recheck |= from->needs_recheck;
        if (b->pages.count > b->pages_max)
            make_half_lossy(b);
    }
}

/* What stays of an exact page. False: nothing. */
static bool intersect_page(Page *page, const TidBitmap *other)
{
    uint64_t all = 0;
    const Page *with;

    if (is_lossy(other, page->block)) {
        page->needs_recheck = true;
        return true;
    }
    with = find(&other->pages, page->block);
    if (with == NULL)
        return false;
    for (unsigned w = 0; w < PAGE_WORDS; w++)
        all |= page->bits[w] &= with->bits[w];
    page->needs_recheck |= with->needs_recheck;
    return all != 0;
}

static bool intersect_chunk(Chunk *chunk, const TidBitmap *other)
{
    uint64_t all = 0;

    for (unsigned bit = 0; bit < CHUNK_BLOCKS; bit++) {
        BlockNo block = chunk->number * CHUNK_BLOCKS + bit;
        uint64_t mask = UINT64_C(1) << (bit % 64);

        if ((chunk->bits[bit / 64] & mask) != 0 && !is_lossy(other, block) &&
            find(&other->pages, block) == NULL)
            chunk->bits[bit / 64] &= ~mask;
    }
    for (unsigned w = 0; w < CHUNK_WORDS; w++)
        all |= chunk->bits[w];
    return all != 0;
}

void tid_bitmap_intersect(TidBitmap *b, const TidBitmap *other)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < b->pages.count; i++)
        if (!is_lossy(b, page_at(b, i)->block) && intersect_page(page_at(b, i), other))
            *page_at(b, kept++) = *page_at(b, i);
    b->pages.count = kept;
    b->newest = 0;
    kept = 0;
    for (uint32_t i = 0; i < b->chunks.count; i++)
        if (intersect_chunk(chunk_at(b, i), other))
            *chunk_at(b, kept++) = *chunk_at(b, i);
    b->chunks.count = kept;
    if (b->pages.room > 0)
        enter_all(&b->pages);
    if (b->chunks.room > 0)
        enter_all(&b->chunks);
}

/* ---- Reading ---- */

static int compare_keys(const void *a, const void *b)
{
    BlockNo x = *(const BlockNo *)a, y = *(const BlockNo *)b;

    return (x > y) - (x < y);
}

/* Rows come in order where an index has the table's order: then there is nothing to do. */
static void sort(Table *t)
{
    bool is_ordered = true;

    for (uint32_t i = 1; i < t->count && is_ordered; i++)
        is_ordered = key_at(t, i - 1) < key_at(t, i);
    if (!is_ordered)
        qsort(t->entries, t->count, t->entry_size, compare_keys);
    t->is_sorted = true;
}

/* The next lossy block; false: none. The reader's place is at it. */
static bool find_lossy(const TidBitmap *b, TidBitmapReader *reader, BlockNo *block)
{
    for (; reader->chunk < b->chunks.count; reader->chunk++, reader->chunk_bit = 0) {
        const Chunk *chunk = chunk_at(b, (uint32_t)reader->chunk);

        for (; reader->chunk_bit < CHUNK_BLOCKS; reader->chunk_bit++) {
            unsigned bit = reader->chunk_bit;

            if ((chunk->bits[bit / 64] >> (bit % 64) & 1) != 0) {
                *block = chunk->number * CHUNK_BLOCKS + bit;
                return true;
            }
        }
    }
    return false;
}

/* To the next page: is there one, which block is it, and which exact page (NULL: it is lossy)? */
static bool step(TidBitmap *b, TidBitmapReader *reader, BlockNo *block, const Page **page)
{
    BlockNo lossy;

    if (!b->pages.is_sorted)
        sort(&b->pages);
    if (!b->chunks.is_sorted)
        sort(&b->chunks);
    *page = reader->page < b->pages.count ? page_at(b, (uint32_t)reader->page) : NULL;
    if (!find_lossy(b, reader, &lossy)) {
        if (*page == NULL)
            return false;
        *block = (*page)->block;
        reader->page++;
        return true;
    }
    if (*page != NULL && (*page)->block < lossy) {
        *block = (*page)->block;
        reader->page++;
        return true;
    }
    if (*page != NULL && (*page)->block == lossy)
        reader->page++;
    *page = NULL;
    *block = lossy;
    reader->chunk_bit++;
    return true;
}

bool tid_bitmap_next(TidBitmap *b, TidBitmapReader *reader, TidBitmapPage *out)
{
    const Page *page;

    out->count = 0;
    if (!step(b, reader, &out->block, &page))
        return false;
    out->is_lossy = page == NULL;
    out->needs_recheck = page == NULL || page->needs_recheck;
    for (unsigned w = 0; page != NULL && w < PAGE_WORDS; w++) {
        for (uint64_t bits = page->bits[w]; bits != 0; bits &= bits - 1)
            out->offnums[out->count++] =
                (OffsetNo)(64 * w + (unsigned)__builtin_ctzll(bits) + 1);
    }
    return true;
}

bool tid_bitmap_next_block(TidBitmap *b, TidBitmapReader *reader, BlockNo *block)
{
    const Page *page;

    return step(b, reader, block, &page);
}
