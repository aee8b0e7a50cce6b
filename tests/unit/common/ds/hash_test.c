/* hash_test.c - entries by key; removal is held against a plain table of flags. */
#include "common/base/base.h"

#include <sys/resource.h>

#include "common/ds/hash.h"
#include "common/mem/mem.h"
#include "tests/lib/child.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define SLOTS_FULL 65536

typedef struct NumberEntry {
    uint32_t key;
    uint32_t value;
} NumberEntry;

typedef struct NameEntry {
    const char *name;
    int value;
} NameEntry;

static void entries_are_found_by_their_bytes(void)
{
    Hash h;
    uint32_t key = 5;
    bool is_new = false;
    NumberEntry *entry;

    hash_init(&h, sizeof key, sizeof(NumberEntry));
    CU_ASSERT_PTR_NULL(hash_find(&h, &key));
    entry = hash_enter(&h, &key, &is_new);
    CU_ASSERT_TRUE(is_new);
    CU_ASSERT_EQUAL(entry->key, 5);
    CU_ASSERT_EQUAL(entry->value, 0);
    entry->value = 50;
    CU_ASSERT_PTR_EQUAL(hash_enter(&h, &key, &is_new), entry);
    CU_ASSERT_FALSE(is_new);
    CU_ASSERT_PTR_EQUAL(hash_enter(&h, &key, NULL), entry);
    CU_ASSERT_PTR_EQUAL(hash_find(&h, &key), entry);
    CU_ASSERT_EQUAL(entry->value, 50);
    CU_ASSERT_EQUAL(h.count, 1);
}

static void a_new_table_takes_no_memory(void)
{
    MemContext *mem = mem_context_new(mem_current(), "table");
    size_t before = mem_context_size(mem), position = 0;
    uint32_t key = 1;
    Hash h;

    MEM_SCOPE(mem) {
        hash_init(&h, sizeof key, sizeof(NumberEntry));
    }
    CU_ASSERT_EQUAL(mem_context_size(mem), before);
    CU_ASSERT_PTR_NULL(hash_find(&h, &key));
    CU_ASSERT_FALSE(hash_remove(&h, &key));
    CU_ASSERT_PTR_NULL(hash_next(&h, &position));
    for (key = 0; key < 100; key++)
        hash_enter(&h, &key, NULL);
    CU_ASSERT_EQUAL(h.count, 100);
    mem_delete(mem);
}

static void strings_are_keys_by_their_text(void)
{
    Hash h;
    char same[] = "abc";
    NameEntry *entry;

    hash_init(&h, HASH_KEY_STRING, sizeof(NameEntry));
    entry = hash_enter(&h, "abc", NULL);
    entry->value = 1;
    CU_ASSERT_PTR_EQUAL(hash_find(&h, same), entry);
    CU_ASSERT_STRING_EQUAL(entry->name, "abc");
    CU_ASSERT_PTR_NULL(hash_find(&h, "ab"));
    CU_ASSERT_PTR_NULL(hash_find(&h, ""));
    hash_enter(&h, "", NULL);
    CU_ASSERT_PTR_NOT_NULL(hash_find(&h, ""));
    CU_ASSERT_TRUE(hash_remove(&h, same));
    CU_ASSERT_FALSE(hash_remove(&h, same));
    CU_ASSERT_EQUAL(h.count, 1);
}

static void entries_stay_where_they_are_while_it_grows(void)
{
    Hash h;
    NumberEntry *entries[1000];

    hash_init(&h, sizeof(uint32_t), sizeof(NumberEntry));
    for (uint32_t i = 0; i < 1000; i++)
        entries[i] = hash_enter(&h, &i, NULL);
    for (uint32_t i = 0; i < 1000; i++)
        CU_ASSERT_PTR_EQUAL(hash_find(&h, &i), entries[i]);
    CU_ASSERT_EQUAL(h.count, 1000);
}

/* Few keys and a small table, so that they stand in each other's way all the time. */
static void removal_never_loses_another_entry(void)
{
    Seed seed = seed_new("hash");
    bool is_there[12] = {false};
    size_t count = 0;
    Hash h;

    hash_init(&h, sizeof(uint32_t), sizeof(NumberEntry));
    for (int step = 0; step < 30000; step++) {
        uint32_t key = (uint32_t)seed_below(&seed, ARRAY_LEN(is_there));

        if (is_there[key]) {
            CU_ASSERT_TRUE(hash_remove(&h, &key));
            count--;
        } else {
            NumberEntry *entry = hash_enter(&h, &key, NULL);

            entry->value = key * 2;
            count++;
        }
        is_there[key] = !is_there[key];
        for (uint32_t k = 0; k < ARRAY_LEN(is_there); k++) {
            const NumberEntry *entry = hash_find(&h, &k);

            if ((entry != NULL) != is_there[k] || (entry != NULL && entry->value != k * 2)) {
                CU_FAIL("an entry is lost, wrong or not gone");
                return;
            }
        }
        if (h.count != count) {
            CU_FAIL("the count is wrong");
            return;
        }
    }
    CU_ASSERT_EQUAL(h.slot_count, 16);
}

static void a_walk_visits_each_entry_once(void)
{
    Hash h;
    size_t position = 0;
    bool is_seen[100] = {false};
    const NumberEntry *entry;
    int count = 0;

    hash_init(&h, sizeof(uint32_t), sizeof(NumberEntry));
    CU_ASSERT_PTR_NULL(hash_next(&h, &position));
    for (uint32_t i = 0; i < 100; i++)
        hash_enter(&h, &i, NULL);
    position = 0;
    while ((entry = hash_next(&h, &position)) != NULL) {
        CU_ASSERT_FALSE(is_seen[entry->key]);
        is_seen[entry->key] = true;
        count++;
    }
    CU_ASSERT_EQUAL(count, 100);
}

#ifndef HOLDFAST_SANITIZE
/* In a child: fill a table to the brim, leave no memory for a larger one, and want one more. */
static void grow_without_memory(void *arg)
{
    struct rlimit limit = {.rlim_cur = 0};
    unsigned failure_count = CU_get_number_of_failures();
    void *volatile taken;
    uint32_t key;
    Hash h;

    (void)arg;
    hash_init(&h, sizeof key, sizeof(NumberEntry));
    for (key = 0; key < SLOTS_FULL / 4 * 3; key++)
        hash_enter(&h, &key, NULL);
    CU_ASSERT_EQUAL_FATAL(h.slot_count, SLOTS_FULL);
    limit.rlim_max = RLIM_INFINITY;
    setrlimit(RLIMIT_AS, &limit);
    do
        taken = malloc(SLOTS_FULL * sizeof(HashSlot)); /* what other tests have left */
    while (taken != NULL);
    UNIT_ASSERT_RAISES(SQLSTATE_OUT_OF_MEMORY, hash_enter(&h, &key, NULL));
    if (h.slot_count != SLOTS_FULL || h.count != key || hash_find(&h, &key) != NULL)
        exit(1);
    while (key-- > 0)
        if (hash_find(&h, &key) == NULL)
            exit(1);
    exit(CU_get_number_of_failures() == failure_count ? 0 : 1);
}
#endif

static void a_table_that_cannot_grow_is_as_it_was(void)
{
#ifdef HOLDFAST_SANITIZE
    unit_skip("the address sanitizer ends the process when memory runs out");
#else
    CU_ASSERT_EQUAL(child_run(grow_without_memory, NULL).exit_code, 0);
#endif
}

static void hashes_differ_by_length_and_every_byte(void)
{
    uint8_t bytes[24] = {0};

    for (size_t len = 1; len <= sizeof bytes; len++) {
        uint64_t whole = hash_bytes(bytes, len);

        CU_ASSERT_NOT_EQUAL(whole, hash_bytes(bytes, len - 1));
        for (size_t i = 0; i < len; i++) {
            bytes[i] = 1;
            CU_ASSERT_NOT_EQUAL(hash_bytes(bytes, len) & 0xFFFF, whole & 0xFFFF);
            bytes[i] = 0;
        }
    }
}

UNIT_SUITE(hash)
{
    UNIT_TEST(entries_are_found_by_their_bytes);
    UNIT_TEST(a_new_table_takes_no_memory);
    UNIT_TEST(strings_are_keys_by_their_text);
    UNIT_TEST(entries_stay_where_they_are_while_it_grows);
    UNIT_TEST(removal_never_loses_another_entry);
    UNIT_TEST(a_walk_visits_each_entry_once);
    UNIT_TEST(a_table_that_cannot_grow_is_as_it_was);
    UNIT_TEST(hashes_differ_by_length_and_every_byte);
}
