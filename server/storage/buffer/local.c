/*
 * local.c - buffers of this process alone, for temporary relations
 *
 * The same calls with negative numbers, and none of the care: no locks, no log, no sharing. There
 * are temp_buffers of them (as set at the first use), each of which gets its page when it is first
 * taken. A clock decides which is taken next.
 */
#include "common/base/base.h"

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer_int.h"
#include "server/wal/wal.h"

#define PAGE_MEM_ALIGN 64

typedef struct LocalBuffer {
    BlockTag tag;
    uint8_t *page; /* NULL: never taken */
    int32_t refs;
    unsigned usage;
    bool is_mapped; /* in the table */
    bool is_valid;
    bool is_dirty;
} LocalBuffer;

typedef struct LocalEntry {
    BlockTag tag;
    uint32_t index;
} LocalEntry;

/* Process state; lifetime of the memory: the process. */
static struct {
    MemContext *mem; /* NULL until the first use */
    LocalBuffer *buffers;
    uint32_t count;
    uint32_t hand;
    int temp_backend; /* ours, in names of files */
    Hash table;       /* LocalEntry by BlockTag */
} local;

static void set_up(void);
static LocalBuffer *at(Buffer b);
static Buffer number_of(const LocalBuffer *l);
static LocalBuffer *find(SmgrRel *rel, ForkNo fork, BlockNo block);
static LocalBuffer *claim(void);
static LocalBuffer *take_by_clock(void);
static void pin(LocalBuffer *l);
static void write_out(LocalBuffer *l);
static void forget(LocalBuffer *l);
static void make_page(SmgrRel *rel, LocalBuffer *l, BufferMode mode, bool is_extension);

void local_init(void)
{
    if (local.mem != NULL)
        mem_delete(local.mem);
    memset(&local, 0, sizeof local);
}

Buffer local_read(SmgrRel *rel, ForkNo fork, BlockNo block, BufferMode mode)
{
    bool is_extension = block == BLOCK_NONE;
    LocalBuffer *l;
    LocalEntry *entry;

    set_up();
    local.temp_backend = smgr_temp_backend(rel);
    if (is_extension)
        block = smgr_block_count(rel, fork);
    owner_room(&buffer_pin_kind);
    l = find(rel, fork, block);
    if (l == NULL) {
        BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};

        l = claim();
        entry = hash_enter(&local.table, &tag, NULL);
        entry->index = (uint32_t)(l - local.buffers);
        l->tag = tag;
        l->is_mapped = true;
        l->usage = 0;
    }
    /* Not pinned yet: a raise leaves an entry that is not valid, and is made again. */
    if (l->is_valid && !is_extension) {
        buffer_counters_here.local_hits++;
        STATS_ADD(smgr_stats(rel), blocks_hit, 1);
    } else {
        make_page(rel, l, mode, is_extension);
    }
    pin(l);
    return number_of(l);
}

Buffer local_try_find(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    LocalBuffer *l = find(rel, fork, block);

    if (l == NULL || !l->is_valid)
        return BUFFER_NONE;
    owner_room(&buffer_pin_kind);
    pin(l);
    return number_of(l);
}

bool local_has(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    return find(rel, fork, block) != NULL;
}

void local_pin(Buffer b)
{
    at(b)->refs++;
}

void local_unpin(Buffer b)
{
    ASSERT(at(b)->refs > 0);
    at(b)->refs--;
}

int32_t local_pin_count(Buffer b)
{
    return at(b)->refs;
}

uint8_t *local_page(Buffer b)
{
    return at(b)->page;
}

const BlockTag *local_tag(Buffer b)
{
    return &at(b)->tag;
}

void local_mark_dirty(Buffer b)
{
    LocalBuffer *l = at(b);

    ASSERT(l->refs > 0);
    if (!l->is_dirty)
        buffer_counters_here.local_dirtied++;
    l->is_dirty = true;
}

void local_drop_fork_from(SmgrRel *rel, ForkNo fork, BlockNo first)
{
    for (uint32_t i = 0; i < local.count; i++) {
        LocalBuffer *l = &local.buffers[i];

        if (l->is_mapped && rel_tag_equal(&l->tag.rel, smgr_tag(rel)) && l->tag.fork == fork &&
            l->tag.block >= first)
            forget(l);
    }
}

void local_drop_relation(const RelTag *tag)
{
    for (uint32_t i = 0; i < local.count; i++)
        if (local.buffers[i].is_mapped && rel_tag_equal(&local.buffers[i].tag.rel, tag))
            forget(&local.buffers[i]);
}

void local_flush_relation(SmgrRel *rel)
{
    for (uint32_t i = 0; i < local.count; i++) {
        LocalBuffer *l = &local.buffers[i];

        if (l->is_mapped && l->is_dirty && rel_tag_equal(&l->tag.rel, smgr_tag(rel)))
            write_out(l);
    }
}

void local_at_end_of_transaction(bool is_commit)
{
    (void)is_commit;
    for (uint32_t i = 0; i < local.count; i++)
        ASSERT(local.buffers[i].refs == 0);
}

static void set_up(void)
{
    if (local.mem != NULL)
        return;
    local.mem = mem_context_new(mem_root(), "local buffers");
    MEM_SCOPE(local.mem) {
        local.buffers = mem_new_array(LocalBuffer, (size_t)setting.temp_buffers);
        hash_init(&local.table, sizeof(BlockTag), sizeof(LocalEntry));
    }
    local.count = (uint32_t)setting.temp_buffers;
}

static LocalBuffer *at(Buffer b)
{
    ASSERT(b < 0 && (uint32_t)-b <= local.count);
    return &local.buffers[-b - 1];
}

static Buffer number_of(const LocalBuffer *l)
{
    return -(Buffer)(l - local.buffers) - 1;
}

static LocalBuffer *find(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};
    const LocalEntry *entry = local.mem == NULL ? NULL : hash_find(&local.table, &tag);

    return entry == NULL ? NULL : &local.buffers[entry->index];
}

/* One that holds nothing any more. */
static LocalBuffer *claim(void)
{
    LocalBuffer *l = take_by_clock();

    if (l->is_dirty)
        write_out(l);
    if (l->is_mapped)
        forget(l);
    if (l->page == NULL)
        MEM_SCOPE(local.mem) {
            l->page = mem_alloc_aligned(BLOCK_SIZE, PAGE_MEM_ALIGN);
        }
    return l;
}

static LocalBuffer *take_by_clock(void)
{
    uint32_t left = local.count;

    for (;;) {
        LocalBuffer *l = &local.buffers[local.hand];

        local.hand = (local.hand + 1) % local.count;
        if (l->refs == 0 && l->usage == 0)
            return l;
        if (l->refs == 0) {
            l->usage--;
            left = local.count;
        } else if (--left == 0) {
            err_raise(SQLSTATE_INSUFFICIENT_RESOURCES,
                      .message = "no empty local buffer available");
        }
    }
}

static void pin(LocalBuffer *l)
{
    if (l->refs++ == 0 && l->usage < BUF_USAGE_MAX)
        l->usage++;
    owner_note(&buffer_pin_kind, (uintptr_t)(intptr_t)number_of(l));
}

static void write_out(LocalBuffer *l)
{
    SmgrRel *rel = smgr_open(&l->tag.rel, local.temp_backend);

    if (wal_identity()->has_checksums)
        checksum_set_page(l->page, l->tag.block);
    smgr_write(rel, (ForkNo)l->tag.fork, l->tag.block, l->page, true);
    l->is_dirty = false;
    buffer_counters_here.local_written++;
}

static void forget(LocalBuffer *l)
{
    if (l->refs > 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("block %u of a temporary relation is still in use", l->tag.block));
    hash_remove(&local.table, &l->tag);
    l->is_mapped = l->is_valid = l->is_dirty = false;
    l->usage = 0;
}

static void make_page(SmgrRel *rel, LocalBuffer *l, BufferMode mode, bool is_extension)
{
    if (is_extension) {
        memset(l->page, 0, BLOCK_SIZE);
        smgr_extend(rel, (ForkNo)l->tag.fork, l->tag.block, l->page, true);
        buffer_counters_here.local_written++;
    } else if (mode >= BUFFER_ZERO_AND_LOCK) {
        memset(l->page, 0, BLOCK_SIZE);
    } else {
        buffer_counters_here.local_reads++;
        io_read(rel, (ForkNo)l->tag.fork, l->tag.block, mode, l->page);
    }
    l->is_valid = true;
}
