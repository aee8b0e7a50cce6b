/*
 * checksum.c - page checksums, as fast as memory; checksum.h has the rule
 *
 * The 32 sums are one vector, which the compiler cuts into the widest registers that the processor
 * has: the body is compiled for each kind, and which one runs is asked once.
 */
#include "common/base/base.h"

#include "common/format/checksum.h"

#include <stdatomic.h>

#include "common/base/bytes.h"
#include "common/format/page.h"

#define SUM_COUNT   32
#define ROW_COUNT   (BLOCK_SIZE / (SUM_COUNT * 4))
#define SUM_PRIME   UINT32_C(16777619)
#define FINAL_ROUND 2

typedef uint32_t Sums __attribute__((vector_size(SUM_COUNT * 4)));

static const uint32_t first_sums[SUM_COUNT] = {
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
};

STATIC_ASSERT(ROW_COUNT == 64);
STATIC_ASSERT(PAGE_AT_CHECKSUM % 4 == 0);

/* The xor of all sums after the last round. */
static inline __attribute__((always_inline)) uint32_t sum_page(const uint8_t *page)
{
    uint32_t first_row[SUM_COUNT], sums_at_end[SUM_COUNT], result = 0;
    Sums sums, row;

    memcpy(&sums, first_sums, sizeof(sums));
    memcpy(first_row, page, sizeof(first_row));
    first_row[PAGE_AT_CHECKSUM / 4] &= UINT32_C(0xFFFF0000);
    memcpy(&row, first_row, sizeof(row));
    for (size_t i = 1;; i++) {
        sums ^= row;
        sums = (sums * SUM_PRIME) ^ (sums >> 17);
        if (i == ROW_COUNT)
            break;
        memcpy(&row, page + i * sizeof(row), sizeof(row));
    }
    for (int i = 0; i < FINAL_ROUND; i++)
        sums = (sums * SUM_PRIME) ^ (sums >> 17);

    memcpy(sums_at_end, &sums, sizeof(sums));
    for (size_t i = 0; i < SUM_COUNT; i++)
        result ^= sums_at_end[i];
    return result;
}

typedef struct SumPath {
    const char *name;
    uint32_t (*sum)(const uint8_t *page);
    bool (*is_supported)(void);
} SumPath;

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vl"))) static uint32_t sum_page_avx512(
    const uint8_t *page)
{
    return sum_page(page);
}

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

__attribute__((target("avx2"))) static uint32_t sum_page_avx2(const uint8_t *page)
{
    return sum_page(page);
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}
#endif

static uint32_t sum_page_plain(const uint8_t *page)
{
    return sum_page(page);
}

static bool has_plain(void)
{
    return true;
}

/* The best first. */
static const SumPath paths[] = {
#if defined(__x86_64__)
    {"avx512", sum_page_avx512, has_avx512},
    {"avx2", sum_page_avx2, has_avx2},
#endif
    {"plain", sum_page_plain, has_plain},
};

static _Atomic(const SumPath *) chosen_path; /* NULL until the first page */

static const SumPath *find_path(void)
{
    const SumPath *path = chosen_path;

    if (LIKELY(path != NULL))
        return path;
    /* Threads that come here at once choose the same. */
    for (path = paths; !path->is_supported(); path++)
        ;
    chosen_path = path;
    return path;
}

uint16_t checksum_compute_page(const uint8_t *page, BlockNo block)
{
    return (uint16_t)((find_path()->sum(page) ^ block) % 65535 + 1);
}

const char *checksum_path(void)
{
    return find_path()->name;
}

bool checksum_try_set_path(const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (strcmp(paths[i].name, path) == 0 && paths[i].is_supported()) {
            chosen_path = &paths[i];
            return true;
        }
    }
    return false;
}

void checksum_set_page(uint8_t *page, BlockNo block)
{
    if (!page_is_new(page))
        page_set_checksum(page, checksum_compute_page(page, block));
}

bool checksum_page_is_valid(const uint8_t *page, BlockNo block)
{
    return page_is_new(page) || page_checksum(page) == checksum_compute_page(page, block);
}
