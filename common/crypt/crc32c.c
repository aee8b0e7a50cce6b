/*
 * crc32c.c - CRC-32C by the best means of the processor
 *
 * x86-64 has an instruction that takes eight bytes, three cycles after the last one. So long
 * pieces are cut into three streams that run side by side, whose values are then put together:
 * moving a value over n words of zeros is multiplying it by x^(64 n) modulo the polynomial, a
 * carry-less multiplication by a constant and one more step of the instruction. The piece of a
 * record of 50 bytes is too short for that and takes seven plain steps.
 *
 * Figures, AMD EPYC (Zen 5) one thread, in cache:
 *     pclmul  35 GB/s from 8 kB on, 2.7 ns for a record of 50 bytes
 *     sse4.2  12 GB/s
 *     tables  2.5 GB/s
 *
 * The way is chosen before main() runs; until then every way is right but slow (bit by bit), and
 * nothing here locks afterwards.
 */
#include "common/base/base.h"

#include "common/crypt/crc32c.h"

#if defined(__x86_64__)
# include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
# include <arm_acle.h>
#endif

#include "common/base/bytes.h"

#define POLYNOMIAL            UINT32_C(0x82F63B78)

#define RECORD_HEADER         24 /* bytes of a WAL record, the CRC being the last four */
#define RECORD_HEADER_CHECKED 20

typedef uint32_t (*UpdateFn)(uint32_t crc, const uint8_t *p, size_t len);
typedef uint32_t (*RecordFn)(const uint8_t *record, size_t len);

typedef struct Path {
    const char *name;
    bool (*prepare)(void); /* false when the processor cannot */
    UpdateFn update;
    RecordFn record;
} Path;

static uint32_t update_bits(uint32_t crc, const uint8_t *p, size_t len);
static uint32_t record_by_pieces(const uint8_t *record, size_t len);
static bool prepare_tables(void);
static uint32_t update_tables(uint32_t crc, const uint8_t *p, size_t len);
#if defined(__x86_64__)
static bool prepare_pclmul(void);
static uint32_t update_pclmul(uint32_t crc, const uint8_t *p, size_t len);
static uint32_t record_pclmul(const uint8_t *record, size_t len);
static bool prepare_sse42(void);
static uint32_t update_sse42(uint32_t crc, const uint8_t *p, size_t len);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
static bool prepare_armv8(void);
static uint32_t update_armv8(uint32_t crc, const uint8_t *p, size_t len);
#endif

/* The best first; the last one is there always. */
static const Path paths[] = {
#if defined(__x86_64__)
    {"pclmul", prepare_pclmul, update_pclmul, record_pclmul},
    {"sse4.2", prepare_sse42, update_sse42, record_by_pieces},
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
    {"armv8", prepare_armv8, update_armv8, record_by_pieces},
#endif
    {"tables", prepare_tables, update_tables, record_by_pieces},
};

static struct {
    UpdateFn update; /* written before main(), and by tests, as the next two */
    RecordFn record;
    const char *path;
} crc32c_process = {.update = update_bits, .record = record_by_pieces, .path = "bits"};

uint32_t crc32c_update(uint32_t crc, const void *bytes, size_t len)
{
    return crc32c_process.update(crc, bytes, len);
}

uint32_t crc32c_wal_record(const uint8_t *record, size_t len)
{
    return crc32c_process.record(record, len);
}

const char *crc32c_path(void)
{
    return crc32c_process.path;
}

bool crc32c_try_set_path(const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (strcmp(paths[i].name, path) == 0 && paths[i].prepare()) {
            crc32c_process.update = paths[i].update;
            crc32c_process.record = paths[i].record;
            crc32c_process.path = paths[i].name;
            return true;
        }
    return false;
}

__attribute__((constructor)) static void choose_path(void)
{
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        if (crc32c_try_set_path(paths[i].name))
            return;
}

static uint32_t update_bits(uint32_t crc, const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (POLYNOMIAL & (0 - (crc & 1)));
    }
    return crc;
}

static uint32_t record_by_pieces(const uint8_t *record, size_t len)
{
    uint32_t crc = crc32c_update(crc32c_init(), record + RECORD_HEADER, len - RECORD_HEADER);

    return crc32c_final(crc32c_update(crc, record, RECORD_HEADER_CHECKED));
}

/* ---- Tables: slices[n][b] is the value of byte b followed by n bytes of zeros ---- */

static uint32_t slices[8][256];

static bool prepare_tables(void)
{
    for (unsigned b = 0; b < 256; b++)
        slices[0][b] = update_bits(0, &(uint8_t){(uint8_t)b}, 1);
    for (unsigned n = 1; n < 8; n++)
        for (unsigned b = 0; b < 256; b++)
            slices[n][b] = slices[n - 1][b] >> 8 ^ slices[0][slices[n - 1][b] & 0xFF];
    return true;
}

static uint32_t update_tables(uint32_t crc, const uint8_t *p, size_t len)
{
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word = load_u64(p) ^ crc;

        crc = slices[7][word & 0xFF] ^ slices[6][word >> 8 & 0xFF] ^ slices[5][word >> 16 & 0xFF] ^
              slices[4][word >> 24 & 0xFF] ^ slices[3][word >> 32 & 0xFF] ^
              slices[2][word >> 40 & 0xFF] ^ slices[1][word >> 48 & 0xFF] ^ slices[0][word >> 56];
    }
    for (; len > 0; p++, len--)
        crc = crc >> 8 ^ slices[0][(crc ^ *p) & 0xFF];
    return crc;
}

/* ---- x86-64 ---- */

#if defined(__x86_64__)

# define STREAM_WORDS_MIN 8   /* shorter streams cost more to put together than they save */
# define STREAM_WORDS_MAX 128 /* words of eight bytes in each of three streams */

/*
 * move_words[n] is what moves a value over n words of zeros. The product of two reflected numbers
 * comes out multiplied by x, and the step that reduces it multiplies by x^32, so the constant is
 * x^(64 n - 33); x^31, that of one word, is the lowest bit.
 */
static uint32_t move_words[2 * STREAM_WORDS_MAX + 1];

static bool prepare_sse42(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2");
}

__attribute__((target("sse4.2"))) static void fill_move_words(void)
{
    move_words[1] = 1;
    for (size_t n = 1; n < 2 * STREAM_WORDS_MAX; n++)
        move_words[n + 1] = (uint32_t)_mm_crc32_u64(move_words[n], 0);
}

static bool prepare_pclmul(void)
{
    if (!prepare_sse42() || !__builtin_cpu_supports("pclmul"))
        return false;
    fill_move_words();
    return true;
}

/*
 * The last 1 to 8 bytes before end, behind which the piece has at least 8 in all. Their number is
 * hard to foresee, so there are no branches over it: zeros before a message change nothing when the
 * value is 0, so the step takes the bytes at the top of a word whose other bytes are zeros.
 */
__attribute__((target("sse4.2"))) static ALWAYS_INLINE uint64_t step_last(uint64_t value,
                                                                          const uint8_t *end,
                                                                          size_t len)
{
    unsigned unused_bits = 64 - 8 * (unsigned)len;
    uint64_t word = (load_u64(end - 8) >> unused_bits ^ value) << unused_bits;
    uint64_t left = value >> 4 * len >> 4 * len; /* a shift by 64 is undefined */

    return left ^ _mm_crc32_u64(0, word);
}

__attribute__((target("sse4.2"))) static ALWAYS_INLINE uint32_t update_one(uint32_t crc,
                                                                           const uint8_t *p,
                                                                           size_t len)
{
    uint64_t value = crc;
    const uint8_t *end = p + len;

    if (UNLIKELY(len < 8)) {
        for (; p < end; p++)
            crc = _mm_crc32_u8(crc, *p);
        return crc;
    }
    for (; p < end - 8; p += 8)
        value = _mm_crc32_u64(value, load_u64(p));
    return (uint32_t)step_last(value, end, (size_t)(end - p));
}

__attribute__((target("sse4.2"))) static uint32_t update_sse42(uint32_t crc, const uint8_t *p,
                                                               size_t len)
{
    return update_one(crc, p, len);
}

/* Three streams of that many words, one behind the other. */
__attribute__((target("sse4.2,pclmul"))) static uint64_t update_three(uint64_t first,
                                                                      const uint8_t *p,
                                                                      size_t words)
{
    const uint8_t *q = p + 8 * words;
    const uint8_t *r = q + 8 * words;
    const uint8_t *end = q;
    uint64_t second = 0, third = 0;
    __m128i moved;

    for (; p < end; p += 8, q += 8, r += 8) {
        first = _mm_crc32_u64(first, load_u64(p));
        second = _mm_crc32_u64(second, load_u64(q));
        third = _mm_crc32_u64(third, load_u64(r));
    }
    moved = _mm_xor_si128(_mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)first),
                                               _mm_cvtsi32_si128((int)move_words[2 * words]), 0),
                          _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)second),
                                               _mm_cvtsi32_si128((int)move_words[words]), 0));
    return third ^ _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(moved));
}

/* Apart from the short way, which then has no registers to save. */
__attribute__((target("sse4.2,pclmul"))) NOINLINE static uint32_t update_streams(uint32_t crc,
                                                                                 const uint8_t *p,
                                                                                 size_t len)
{
    uint64_t value = crc;

    do {
        size_t words = size_min(len / 24, STREAM_WORDS_MAX);

        value = update_three(value, p, words);
        p += 24 * words;
        len -= 24 * words;
    } while (len >= 24 * STREAM_WORDS_MIN);
    return update_one((uint32_t)value, p, len);
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t update_pclmul(uint32_t crc,
                                                                       const uint8_t *p, size_t len)
{
    if (LIKELY(len < 24 * STREAM_WORDS_MIN))
        return update_one(crc, p, len);
    return update_streams(crc, p, len);
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t record_pclmul(const uint8_t *record,
                                                                       size_t len)
{
    uint64_t value = update_pclmul(crc32c_init(), record + RECORD_HEADER, len - RECORD_HEADER);

    value = _mm_crc32_u64(value, load_u64(record));
    value = _mm_crc32_u64(value, load_u64(record + 8));
    return crc32c_final(_mm_crc32_u32((uint32_t)value, load_u32(record + 16)));
}

/* ---- ARM ---- */

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

static bool prepare_armv8(void)
{
    return true;
}

static uint32_t update_armv8(uint32_t crc, const uint8_t *p, size_t len)
{
    for (; len >= 8; p += 8, len -= 8)
        crc = __crc32cd(crc, load_u64(p));
    for (; len > 0; p++, len--)
        crc = __crc32cb(crc, *p);
    return crc;
}

#endif
