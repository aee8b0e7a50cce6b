/* shared_hash_test.c - a table in shared memory: alone, full, and with several processes. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/os/shared_memory.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/shared_hash.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define PARTITIONS 8
#define KEYS       600
#define MEMBERS    6
#define ROUNDS     20000

typedef struct Key {
    uint32_t a, b;
} Key;

typedef struct Entry {
    Key key;
    uint32_t count;
    uint32_t twice; /* of count */
    uint32_t is_member[MEMBERS];
} Entry;

typedef struct Shared {
    LwLock locks[PARTITIONS];
    SharedHash *table;
    Seed seed;
    _Atomic uint32_t made, removed;
} Shared;

static SharedHash *table_new(size_t capacity, unsigned partition_count)
{
    const SharedHashConfig config = {.key_size = sizeof(Key),
                                     .entry_size = sizeof(Entry),
                                     .capacity = capacity,
                                     .partition_count = partition_count};

    return shared_hash_init(mem_alloc_aligned(shared_hash_size(&config), 64), &config);
}

static Entry *enter(SharedHash *h, uint32_t a, bool *is_new)
{
    const Key key = {a, ~a};

    return shared_hash_try_enter(h, &key, shared_hash_code(h, &key), is_new);
}

static Entry *find(SharedHash *h, uint32_t a)
{
    const Key key = {a, ~a};

    return shared_hash_find(h, &key, shared_hash_code(h, &key));
}

static bool take_out(SharedHash *h, uint32_t a)
{
    const Key key = {a, ~a};

    return shared_hash_remove(h, &key, shared_hash_code(h, &key));
}

static void what_is_entered_is_found(void)
{
    SharedHash *h = table_new(100, 4);
    bool is_new;
    Entry *entry = enter(h, 7, &is_new);

    CU_ASSERT_TRUE(is_new);
    CU_ASSERT_EQUAL(entry->key.a, 7);
    CU_ASSERT_EQUAL(entry->count, 0);
    entry->count = 9;
    CU_ASSERT_PTR_EQUAL(enter(h, 7, &is_new), entry);
    CU_ASSERT_FALSE(is_new);
    CU_ASSERT_PTR_EQUAL(find(h, 7), entry);
    CU_ASSERT_PTR_NULL(find(h, 8));
    CU_ASSERT_EQUAL(shared_hash_count(h), 1);
    CU_ASSERT_TRUE(take_out(h, 7));
    CU_ASSERT_FALSE(take_out(h, 7));
    CU_ASSERT_PTR_NULL(find(h, 7));
    /* Made again it is as new. */
    CU_ASSERT_EQUAL(enter(h, 7, NULL)->count, 0);
}

static void one_partition_may_fill_the_table(void)
{
    SharedHash *h = table_new(64, 16);
    unsigned entered = 0;

    for (uint32_t i = 0; entered < 64; i++) {
        const Key key = {i, ~i};

        if (shared_hash_partition(h, shared_hash_code(h, &key)) != 5)
            continue;
        CU_ASSERT_PTR_NOT_NULL_FATAL(enter(h, i, NULL));
        entered++;
    }
    CU_ASSERT_PTR_NULL(enter(h, 1000000, NULL));
    CU_ASSERT_EQUAL(shared_hash_count(h), 64);
}

static void a_full_table_takes_no_more_until_one_goes(void)
{
    SharedHash *h = table_new(50, 4);

    for (uint32_t i = 0; i < 50; i++)
        CU_ASSERT_PTR_NOT_NULL(enter(h, i, NULL));
    CU_ASSERT_PTR_NULL(enter(h, 50, NULL));
    CU_ASSERT_PTR_NOT_NULL(enter(h, 49, NULL));
    CU_ASSERT_TRUE(take_out(h, 13));
    CU_ASSERT_PTR_NOT_NULL(enter(h, 50, NULL));
    CU_ASSERT_PTR_NULL(enter(h, 13, NULL));
}

static void a_walk_meets_each_once(void)
{
    SharedHash *h = table_new(200, 8);
    unsigned met[150] = {0};
    size_t position = 0;
    Entry *entry;

    for (uint32_t i = 0; i < 150; i++)
        enter(h, i, NULL);
    for (uint32_t i = 0; i < 150; i += 3)
        take_out(h, i);
    while ((entry = shared_hash_next(h, &position)) != NULL)
        met[entry->key.a]++;
    for (uint32_t i = 0; i < 150; i++)
        CU_ASSERT_EQUAL(met[i], i % 3 != 0);
    CU_ASSERT_EQUAL(shared_hash_count(h), 100);
}

/* ---- several processes ---- */

/* Each notes in entries that it is there, under the partition's lock, and crosses itself out. */
static void come_and_go(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed.state + number};

    for (int i = 0; i < ROUNDS; i++) {
        const Key key = {(uint32_t)seed_below(&seed, KEYS), 0};
        uint32_t code = shared_hash_code(s->table, &key);
        LwLock *lock = &s->locks[shared_hash_partition(s->table, code)];
        bool is_new = false;
        Entry *entry;

        if (seed_below(&seed, 3) == 0) {
            lwlock_acquire(lock, LW_SHARED);
            entry = shared_hash_find(s->table, &key, code);
            if (entry != NULL && (entry->key.a != key.a || entry->twice != 2 * entry->count))
                exit(3);
            lwlock_release(lock);
            continue;
        }
        lwlock_acquire(lock, LW_EXCLUSIVE);
        entry = shared_hash_try_enter(s->table, &key, code, &is_new);
        if (entry != NULL) {
            s->made += is_new;
            entry->is_member[number] ^= 1;
            entry->count += entry->is_member[number] ? 1u : UINT32_MAX;
            entry->twice = 2 * entry->count;
            if (entry->count == 0) {
                if (!shared_hash_remove(s->table, &key, code))
                    exit(4);
                s->removed++;
            }
        }
        lwlock_release(lock);
    }
}

static void many_processes_enter_and_remove(void)
{
    const SharedHashConfig config = {.key_size = sizeof(Key),
                                     .entry_size = sizeof(Entry),
                                     .capacity = KEYS * 2 / 3,
                                     .partition_count = PARTITIONS};
    size_t size = sizeof(Shared) + 64 + shared_hash_size(&config);
    Shared *s = os_shared_map(size, OS_HUGE_OFF);
    size_t position = 0, walked = 0;
    Entry *entry;

    s->seed = seed_new("shared_hash");
    for (unsigned i = 0; i < PARTITIONS; i++)
        lwlock_init(&s->locks[i], LW_BUFFER_MAPPING, i);
    s->table = shared_hash_init((char *)s + size_align_up(sizeof *s, 64), &config);
    CU_ASSERT_EQUAL(crowd_run(MEMBERS, come_and_go, s), MEMBERS);
    CU_ASSERT_EQUAL(shared_hash_count(s->table), s->made - s->removed);
    while ((entry = shared_hash_next(s->table, &position)) != NULL) {
        uint32_t members = 0;

        for (int m = 0; m < MEMBERS; m++)
            members += entry->is_member[m];
        CU_ASSERT_EQUAL(members, entry->count);
        CU_ASSERT_PTR_EQUAL(
            shared_hash_find(s->table, &entry->key, shared_hash_code(s->table, &entry->key)),
            entry);
        walked++;
    }
    CU_ASSERT_EQUAL(walked, shared_hash_count(s->table));
    os_shared_unmap(s, size);
}

UNIT_SUITE(shared_hash)
{
    UNIT_TEST(what_is_entered_is_found);
    UNIT_TEST(one_partition_may_fill_the_table);
    UNIT_TEST(a_full_table_takes_no_more_until_one_goes);
    UNIT_TEST(a_walk_meets_each_once);
    UNIT_TEST(many_processes_enter_and_remove);
}
