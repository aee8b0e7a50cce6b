/* num.c - numbers, sizes, booleans and LSNs from and to text. */
#include "common/base/base.h"

#include "common/text/num.h"

#include <strings.h>

#include "common/mem/mem.h"
#include "common/text/hex.h"

/* Read decimal digits at *text, moving it; false when there is none or the value overflows. */
static bool read_digits(const char **text, uint64_t *out)
{
    const char *p = *text;
    uint64_t value = 0;

    if (*p < '0' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
            return false;
    *text = p;
    *out = value;
    return true;
}

bool num_try_parse_u64(const char *text, uint64_t *out)
{
    uint64_t value;

    if (!read_digits(&text, &value) || *text != '\0')
        return false;
    *out = value;
    return true;
}

bool num_try_parse_u32(const char *text, uint32_t *out)
{
    uint64_t value;

    if (!num_try_parse_u64(text, &value) || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

bool num_try_parse_i64(const char *text, int64_t *out)
{
    bool is_negative = *text == '-';
    uint64_t value;

    if (!num_try_parse_u64(text + (is_negative || *text == '+'), &value))
        return false;
    if (value > (uint64_t)INT64_MAX + is_negative)
        return false;
    *out = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

bool num_try_parse_size(const char *text, uint64_t unit, uint64_t *out)
{
    static const struct {
        const char *name;
        int shift;
    } units[] = {{"B", 0}, {"kB", 10}, {"MB", 20}, {"GB", 30}, {"TB", 40}};
    uint64_t value;

    if (!read_digits(&text, &value))
        return false;
    if (*text != '\0') {
        size_t i = 0;

        text += strspn(text, " ");
        while (i < ARRAY_LEN(units) && strcmp(text, units[i].name) != 0)
            i++;
        if (i == ARRAY_LEN(units))
            return false;
        unit = UINT64_C(1) << units[i].shift;
    }
    if (__builtin_mul_overflow(value, unit, &value))
        return false;
    *out = value;
    return true;
}

bool num_try_parse_bool(const char *text, bool *out)
{
    static const struct {
        const char *word;
        size_t len_min; /* shorter beginnings are ambiguous */
        bool value;
    } words[] = {{"true", 1, true}, {"false", 1, false}, {"yes", 1, true}, {"no", 1, false},
                 {"on", 2, true},   {"off", 2, false},   {"1", 1, true},   {"0", 1, false}};
    size_t len = strlen(text);

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (len >= words[i].len_min && len <= strlen(words[i].word) &&
            strncasecmp(text, words[i].word, len) == 0) {
            *out = words[i].value;
            return true;
        }
    return false;
}

/* One to eight hexadecimal digits at *text, moving it. */
static bool read_hex_half(const char **text, uint32_t *out)
{
    uint32_t value = 0;
    int count = 0;

    for (; hex_digit(**text) >= 0; (*text)++, count++)
        value = value << 4 | (uint32_t)hex_digit(**text);
    *out = value;
    return count >= 1 && count <= 8;
}

bool lsn_try_parse(const char *text, Lsn *out)
{
    uint32_t high, low;

    if (!read_hex_half(&text, &high) || *text++ != '/' || !read_hex_half(&text, &low) ||
        *text != '\0')
        return false;
    *out = (Lsn)high << 32 | low;
    return true;
}

char *num_size_text(uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes / 1024;
    size_t i = 0;

    if (bytes < 1024)
        return mem_printf("%" PRIu64 " bytes", bytes);
    /* The limits are those of what is printed: no "1024 kB", no "10.0 kB". */
    for (; value >= 1023.5 && i + 1 < ARRAY_LEN(units); i++)
        value /= 1024;
    return mem_printf(value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[i]);
}
