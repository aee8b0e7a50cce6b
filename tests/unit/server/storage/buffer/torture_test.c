/*
 * torture_test.c - many processes, few buffers, and a model that says what each page must hold
 *
 * Relations are made, extended, changed, read, cut and dropped by several processes at once, with
 * 16 buffers for all, while one checkpoints and one writes ahead. A page carries its relation,
 * block and a count of its changes, all over; the model has the same counts in shared memory.
 * Whoever holds the page's lock finds it equal to the model. In the end the files equal the model.
 *
 * In the second test everybody is killed in the middle. What is on disk then is between the state
 * at the last checkpoint that was finished and the model.
 *
 * HOLDFAST_TORTURE_ROUNDS sets the number of steps of each process (800).
 */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/shared_memory.h"
#include "common/text/num.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/sync/sync.h"
#include "tests/lib/bad_disk.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define RELS           3
#define BLOCKS_MAX     120
#define WORKERS        5 /* and the two writers */
#define FIRST_REL      16384
#define ROUNDS         800
#define PAGE_WORDS     ((BLOCK_SIZE - 64) / 4) /* of the mark, from WORDS_AT on */
#define WORDS_AT       64
#define BLOCK_AT       32 /* the number of the block */
#define HINT_AT        40 /* a byte that anybody may set with a shared lock */
#define CHECKPOINT_GAP 2  /* milliseconds */

/* A relation as it must be. Guarded by lock; counts by the page's lock, too. */
typedef struct ModelRel {
    LwLock lock;      /* shared: use it; exclusively: cut or drop it */
    RelFileNo number; /* a new one each time it is dropped */
    uint32_t changes; /* how often it was cut or dropped: files that are open are to be closed */
    _Atomic uint32_t block_count;
    _Atomic uint32_t counts[BLOCKS_MAX];
    uint32_t floor_changes; /* at the last checkpoint that was finished, as the next two */
    uint32_t floor_block_count;
    uint32_t floor[BLOCKS_MAX];
} ModelRel;

typedef struct Model {
    ModelRel rels[RELS];
    _Atomic RelFileNo next_number;
    _Atomic uint32_t working; /* workers that have not ended */
    _Atomic uint32_t checkpoints;
    _Atomic uint32_t records;
    _Atomic uint32_t ahead_rounds;
    uint64_t seed;
    uint32_t rounds;
} Model;

static Model *model;
static StorageRig rig;
static uint32_t seen_changes[RELS];
static bool has_checksums;

static uint32_t word_of(RelFileNo number, BlockNo block, uint32_t count, unsigned i)
{
    return (number * 31 + block) * UINT32_C(0x9E3779B1) + count + i;
}

static void fill_page(uint8_t *page, RelFileNo number, BlockNo block, uint32_t count)
{
    store_u32(page + WORDS_AT - 4, count);
    store_u32(page + BLOCK_AT, block);
    for (unsigned i = 0; i < PAGE_WORDS; i++)
        store_u32(page + WORDS_AT + 4 * i, word_of(number, block, count, i));
}

static bool is_right(const uint8_t *page, RelFileNo number, BlockNo block, uint32_t count)
{
    if (load_u32(page + WORDS_AT - 4) != count)
        return false;
    for (unsigned i = 0; i < PAGE_WORDS; i++)
        if (load_u32(page + WORDS_AT + 4 * i) != word_of(number, block, count, i))
            return false;
    return true;
}

_Noreturn static void wrong(const char *what, const ModelRel *r, BlockNo block, const uint8_t *page)
{
    unsigned at = 0;

    while (at < BLOCK_SIZE - 1 && page[at] == 0)
        at++;
    fprintf(stderr,
            "%s: relation %u block %u of %u: count %u, the model has %u; byte %u is the first that "
            "is not zero, LSN %X\n",
            what, r->number, block, r->block_count, load_u32(page + WORDS_AT - 4), r->counts[block],
            at, (unsigned)page_lsn(page));
    abort();
}

/* With the model's lock held: the relation, without files that somebody has cut or removed. */
static SmgrRel *open_rel(unsigned i)
{
    ModelRel *r = &model->rels[i];
    RelTag tag = storage_rig_tag(r->number);

    if (seen_changes[i] != r->changes) {
        smgr_close_all();
        memset(seen_changes, 0, sizeof seen_changes);
        for (unsigned n = 0; n < RELS; n++)
            seen_changes[n] = model->rels[n].changes;
    }
    return smgr_open(&tag, SMGR_PERMANENT);
}

static void add_block(unsigned i)
{
    ModelRel *r = &model->rels[i];
    SmgrRel *rel;
    Buffer b;
    BlockNo block;

    lwlock_acquire(&r->lock, LW_SHARED);
    rel = open_rel(i);
    buffer_lock_extension(rel);
    if (r->block_count < BLOCKS_MAX) {
        b = buffer_read(rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);
        block = buffer_block(b);
        if (block != r->block_count || !page_is_all_zero(buffer_page(b)))
            wrong("a new page", r, block, buffer_page(b));
        page_init(buffer_page(b), 0);
        fill_page(buffer_page(b), r->number, block, 1);
        buffer_mark_dirty(b);
        r->counts[block] = 1;
        r->block_count = block + 1;
        buffer_unlock_unpin(b);
    }
    buffer_unlock_extension(rel);
    lwlock_release(&r->lock);
}

/* A block of the relation, pinned; BUFFER_NONE when it has none. */
static Buffer pick(unsigned i, Seed *seed, BufferRing *ring)
{
    ModelRel *r = &model->rels[i];
    uint32_t count = r->block_count;
    SmgrRel *rel = open_rel(i);
    Buffer guess = (Buffer)seed_below(seed, buffer_count()) + 1;
    BufferInfo info;

    if (count == 0)
        return BUFFER_NONE;
    /* Sometimes by number: the buffer may be taken for another block at this moment. */
    if (seed_below(seed, 4) == 0 && buffer_info((uint32_t)guess - 1, &info) &&
        rel_tag_equal(&info.tag.rel, smgr_tag(rel)) &&
        buffer_try_pin_recent(guess, rel, FORK_MAIN, info.tag.block))
        return guess;
    return buffer_read(open_rel(i), FORK_MAIN, (BlockNo)seed_below(seed, count), BUFFER_NORMAL,
                       ring, true);
}

static void look(unsigned i, Seed *seed, BufferRing *ring)
{
    ModelRel *r = &model->rels[i];
    Buffer b;

    lwlock_acquire(&r->lock, LW_SHARED);
    b = pick(i, seed, ring);
    if (b != BUFFER_NONE) {
        BlockNo block = buffer_block(b);

        buffer_lock(b, BUFFER_SHARED);
        if (!is_right(buffer_page(b), r->number, block, r->counts[block]))
            wrong("a page that is read", r, block, buffer_page(b));
        if (seed_below(seed, 4) == 0) {
            for (unsigned n = 0; n < 100; n++)
                ((volatile uint8_t *)buffer_page(b))[HINT_AT] = (uint8_t)seed_u64(seed);
            buffer_mark_dirty_hint(b, false);
        }
        buffer_unlock_unpin(b);
    }
    lwlock_release(&r->lock);
}

static void change(unsigned i, Seed *seed, BufferRing *ring, unsigned number)
{
    ModelRel *r = &model->rels[i];
    bool is_cleanup = seed_below(seed, 8) == 0;
    Buffer b;

    lwlock_acquire(&r->lock, LW_SHARED);
    b = pick(i, seed, ring);
    if (b != BUFFER_NONE) {
        BlockNo block = buffer_block(b);

        if (is_cleanup && !buffer_try_lock_cleanup(b))
            is_cleanup = false;
        if (!is_cleanup)
            buffer_lock(b, BUFFER_EXCLUSIVE);
        if (!is_right(buffer_page(b), r->number, block, r->counts[block]))
            wrong("a page that is changed", r, block, buffer_page(b));
        r->counts[block]++;
        buffer_mark_dirty(b);
        fill_page(buffer_page(b), r->number, block, r->counts[block]);
        if (seed_below(seed, 2) == 0)
            page_set_lsn(buffer_page(b), wal_rig_insert(number, model->records++));
        buffer_unlock_unpin(b);
    }
    lwlock_release(&r->lock);
}

static void cut(unsigned i, Seed *seed)
{
    ModelRel *r = &model->rels[i];
    const ForkNo fork = FORK_MAIN;
    SmgrRel *rel;
    BlockNo count;

    lwlock_acquire(&r->lock, LW_EXCLUSIVE);
    rel = open_rel(i);
    count = (BlockNo)seed_below(seed, r->block_count + 1);
    buffer_drop_fork_from(rel, &fork, &count, 1);
    /* As an invalidation: from here on nobody opens what is cut, to write a page of it. */
    r->changes++;
    smgr_truncate(rel, &fork, &count, 1);
    r->block_count = count;
    lwlock_release(&r->lock);
}

static void drop(unsigned i)
{
    ModelRel *r = &model->rels[i];
    RelTag tag;

    lwlock_acquire(&r->lock, LW_EXCLUSIVE);
    tag = storage_rig_tag(r->number);
    open_rel(i);
    buffer_drop_relations(&tag, 1, SMGR_PERMANENT);
    r->changes++;
    smgr_unlink(&tag, 1, SMGR_PERMANENT, false);
    r->number = model->next_number++;
    r->block_count = 0;
    storage_rig_rel(r->number);
    lwlock_release(&r->lock);
}

static void worker(unsigned number)
{
    static const BufferRingKind kinds[] = {RING_BULK_READ, RING_BULK_WRITE, RING_VACUUM};
    Seed seed = {.state = model->seed + number};
    BufferRing *ring = buffer_ring_new(kinds[number % ARRAY_LEN(kinds)]);

    for (uint32_t round = 0; round < model->rounds; round++) {
        unsigned i = (unsigned)seed_below(&seed, RELS);
        uint64_t what = seed_below(&seed, 100);
        BufferRing *used = seed_below(&seed, 3) == 0 ? ring : NULL;

        if (what < 40)
            look(i, &seed, used);
        else if (what < 80)
            change(i, &seed, used, number);
        else if (what < 98)
            add_block(i);
        else if (what < 99 || seed_below(&seed, 3) > 0)
            cut(i, &seed);
        else
            drop(i);
    }
    buffer_ring_free(ring);
    model->working--;
}

/* What a checkpoint that begins now will find: everything that it finishes is on disk. */
static void note_floor(ModelRel *at_begin)
{
    for (unsigned i = 0; i < RELS; i++) {
        ModelRel *r = &model->rels[i];

        lwlock_acquire(&r->lock, LW_EXCLUSIVE);
        at_begin[i].changes = r->changes;
        at_begin[i].block_count = r->block_count;
        for (unsigned block = 0; block < BLOCKS_MAX; block++)
            at_begin[i].counts[block] = r->counts[block];
        lwlock_release(&r->lock);
    }
}

static void take_floor(const ModelRel *at_begin)
{
    for (unsigned i = 0; i < RELS; i++) {
        ModelRel *r = &model->rels[i];

        r->floor_changes = at_begin[i].changes;
        r->floor_block_count = at_begin[i].block_count;
        for (unsigned block = 0; block < BLOCKS_MAX; block++)
            r->floor[block] = at_begin[i].counts[block];
    }
}

static void absorb(double done)
{
    (void)done;
    sync_absorb();
}

static void checkpointer(void)
{
    static ModelRel at_begin[RELS];

    sync_keep_requests();
    while (model->working > 0) {
        note_floor(at_begin);
        sync_before_checkpoint();
        wal_begin_checkpoint();
        buffer_sync(BUFFER_SYNC_PERMANENT, absorb);
        sync_process();
        take_floor(at_begin);
        sync_after_checkpoint();
        smgr_close_all();
        model->checkpoints++;
        clock_sleep_ms(CHECKPOINT_GAP);
    }
    /* Others may wait for room in the queue until the last has ended. */
    storage_rig_checkpoint();
}

static void background_writer(void)
{
    while (model->working > 0) {
        buffer_write_ahead();
        smgr_close_all();
        model->ahead_rounds++;
        clock_sleep_ms(1);
    }
}

/* Each page that goes to the system: its log is on disk, and it is what its checksum says. */
static void check_written(const void *bytes, size_t size)
{
    const uint8_t *page = bytes;

    /* Pages of the log begin with their magic, ours with the high half of a small LSN. */
    if (size != BLOCK_SIZE || load_u32(page) != 0 || page_is_new(page))
        return;
    if (page_lsn(page) > wal_flush_lsn()) {
        fprintf(stderr, "a page is written before its log\n");
        abort();
    }
    if (has_checksums && !checksum_page_is_valid(page, load_u32(page + BLOCK_AT))) {
        fprintf(stderr, "a page is written that is not what was summed\n");
        abort();
    }
}

static void member(void *arg, unsigned number)
{
    (void)arg;
    storage_rig_enter_child();
    bad_disk_begin();
    bad_disk_on_write(check_written);
    if (number == WORKERS)
        checkpointer();
    else if (number == WORKERS + 1)
        background_writer();
    else
        worker(number);
    storage_rig_abort();
    proc_detach();
}

static void open_model(const char *what)
{
    const char *rounds = getenv("HOLDFAST_TORTURE_ROUNDS");
    Seed seed = seed_new(what);
    uint64_t number;

    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(),
                                               .buffers = 16,
                                               .has_checksums = has_checksums,
                                               .no_keeper = true});
    model = os_shared_map(sizeof *model, OS_HUGE_OFF);
    model->seed = seed_u64(&seed);
    model->rounds =
        rounds != NULL && num_try_parse_u64(rounds, &number) ? (uint32_t)number : ROUNDS;
    model->working = WORKERS;
    model->next_number = FIRST_REL + RELS;
    for (unsigned i = 0; i < RELS; i++) {
        lwlock_init(&model->rels[i].lock, LW_LOCK_MANAGER, i);
        model->rels[i].number = FIRST_REL + i;
        storage_rig_rel(FIRST_REL + i);
    }
    smgr_close_all();
}

static void close_model(void)
{
    storage_rig_close(&rig);
    os_shared_unmap(model, sizeof *model);
}

static void torture(const char *what)
{
    uint8_t page[BLOCK_SIZE];

    open_model(what);
    CU_ASSERT_EQUAL(crowd_run(WORKERS + 2, member, NULL), WORKERS + 2);
    CU_ASSERT_TRUE(model->checkpoints > 0 && model->ahead_rounds > 0);
    for (unsigned i = 0; i < RELS; i++) {
        ModelRel *r = &model->rels[i];
        SmgrRel *rel = storage_rig_rel(r->number);

        CU_ASSERT_EQUAL(smgr_block_count(rel, FORK_MAIN), r->block_count);
        for (BlockNo block = 0; block < r->block_count; block++) {
            smgr_read(rel, FORK_MAIN, block, page);
            CU_ASSERT_TRUE(!has_checksums || checksum_page_is_valid(page, block));
            CU_ASSERT_TRUE(is_right(page, r->number, block, r->counts[block]));
        }
    }
    /* Nothing is left of those that were dropped. */
    for (RelFileNo number = FIRST_REL; number < model->next_number; number++) {
        char *path = mem_printf("base/%d/%u", STORAGE_RIG_DATABASE, number);
        bool is_alive = false;

        for (unsigned i = 0; i < RELS; i++)
            is_alive = is_alive || model->rels[i].number == number;
        CU_ASSERT_EQUAL(os_exists(path), is_alive);
    }
    close_model();
}

static void files_equal_the_model_after_everybody_has_ended(void)
{
    has_checksums = true;
    torture("buffer torture");
}

static void so_they_do_without_checksums(void)
{
    has_checksums = false;
    torture("buffer torture without checksums");
}

/* What is on disk of a relation that nobody has cut since the last checkpoint. */
static void check_floor(unsigned i, unsigned *torn_count)
{
    ModelRel *r = &model->rels[i];
    SmgrRel *rel = storage_rig_rel(r->number);
    uint8_t page[BLOCK_SIZE];

    CU_ASSERT_TRUE(smgr_block_count(rel, FORK_MAIN) >= r->floor_block_count);
    for (BlockNo block = 0; block < r->floor_block_count; block++) {
        uint32_t count;

        smgr_read(rel, FORK_MAIN, block, page);
        if (!checksum_page_is_valid(page, block)) {
            (*torn_count)++;
            continue;
        }
        count = load_u32(page + WORDS_AT - 4);
        CU_ASSERT_TRUE(is_right(page, r->number, block, count));
        /* One change may have been under way: counted, or not yet. */
        CU_ASSERT_TRUE(count >= r->floor[block] && count <= r->counts[block]);
    }
}

static void a_crash_in_the_middle_leaves_what_was_checkpointed(void)
{
    unsigned torn_count = 0;
    Crowd crowd;
    Seed seed;

    has_checksums = true;
    open_model("buffer crash");
    model->rounds = UINT32_MAX; /* until they are killed */
    seed = (Seed){.state = model->seed};
    crowd_begin(&crowd, WORKERS + 2, member, NULL);
    while (model->checkpoints < 3)
        clock_sleep_ms(1);
    clock_sleep_ms((uint32_t)seed_below(&seed, 30));
    for (unsigned i = 0; i < WORKERS + 2; i++)
        crowd_kill(&crowd, (unsigned)(i + seed.state) % (WORKERS + 2));

    storage_rig_crash(&rig);
    for (unsigned i = 0; i < RELS; i++)
        if (model->rels[i].floor_changes == model->rels[i].changes)
            check_floor(i, &torn_count);
    /* Whoever is killed can tear the page that he writes; the log has its image. */
    CU_ASSERT_TRUE(torn_count <= WORKERS + 2);
    /* And everything goes on. */
    for (unsigned i = 0; i < RELS; i++) {
        lwlock_init(&model->rels[i].lock, LW_LOCK_MANAGER, i);
        model->rels[i].number = model->next_number++;
        model->rels[i].block_count = 0;
        storage_rig_rel(model->rels[i].number);
    }
    smgr_close_all();
    model->rounds = 200;
    model->working = WORKERS;
    CU_ASSERT_EQUAL(crowd_run(WORKERS + 2, member, NULL), WORKERS + 2);
    close_model();
}

UNIT_SUITE(torture)
{
    UNIT_TEST(files_equal_the_model_after_everybody_has_ended);
    UNIT_TEST(so_they_do_without_checksums);
    UNIT_TEST(a_crash_in_the_middle_leaves_what_was_checkpointed);
}
