/*
 * charset.c - sets of characters, and the colors that automata see
 *
 * The bounds of all sets cut the characters into intervals; the classes that sets name are asked of
 * each character. Both together say in which sets it is, and that is its color.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/regex/regex_int.h"

typedef struct KnownColor {
    uint32_t interval, classes;
    uint16_t color;
} KnownColor;

#define COLORS_MAX 60000

void charset_init(CharSet *set)
{
    *set = (CharSet){.classes = 0};
    array_init(&set->ranges, sizeof(CharRange));
}

void charset_add(CharSet *set, uint32_t low, uint32_t high)
{
    *(CharRange *)array_push(&set->ranges) = (CharRange){low, high};
}

void colors_init(Colors *c, const RegexLocale *locale)
{
    c->mem = mem_current();
    c->locale = locale;
    array_init(&c->sets, sizeof(CharSet));
    array_init(&c->colors, sizeof(Color *));
    array_init(&c->bounds, sizeof(uint32_t));
    array_init(&c->known, sizeof(KnownColor));
}

static bool same_set(const CharSet *a, const CharSet *b)
{
    return a->classes == b->classes && a->not_classes == b->not_classes &&
           a->is_inverted == b->is_inverted && a->lacks_newline == b->lacks_newline &&
           a->ranges.count == b->ranges.count &&
           (a->ranges.count == 0 ||
            memcmp(a->ranges.items, b->ranges.items, a->ranges.count * sizeof(CharRange)) == 0);
}

unsigned colors_add_set(Colors *c, const CharSet *set)
{
    for (size_t i = 0; i < c->sets.count; i++) {
        if (same_set(array_at(&c->sets, i), set))
            return (unsigned)i;
    }
    *(CharSet *)array_push(&c->sets) = *set;
    return (unsigned)(c->sets.count - 1);
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

void colors_finish(Colors *c)
{
    size_t kept = 0;
    uint32_t *bounds;

    array_foreach(CharSet, set, &c->sets) {
        c->classes |= set->classes | set->not_classes;
        array_foreach(CharRange, range, &set->ranges) {
            *(uint32_t *)array_push(&c->bounds) = range->low;
            if (range->high < UINT32_MAX)
                *(uint32_t *)array_push(&c->bounds) = range->high + 1;
        }
    }
    if (c->needs_word)
        c->classes |= 1U << REGEX_WORD;

    /* A newline is always told from others. */
    *(uint32_t *)array_push(&c->bounds) = '\n';
    *(uint32_t *)array_push(&c->bounds) = '\n' + 1;
    array_sort(&c->bounds, by_value);
    bounds = c->bounds.items;
    for (size_t i = 0; i < c->bounds.count; i++) {
        if (kept == 0 || bounds[i] != bounds[kept - 1])
            bounds[kept++] = bounds[i];
    }
    c->bounds.count = kept;
}

bool class_has(const RegexLocale *locale, RegexClass class, uint32_t c)
{
    switch (class) {
    case REGEX_ASCII:
        return c < 0x80;
    case REGEX_BLANK:
        return c == ' ' || c == '\t';
    case REGEX_CNTRL:
        return c < 0x20 || (c >= 0x7F && c <= 0x9F);
    case REGEX_XDIGIT:
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    case REGEX_WORD:
        return c == '_' || locale->is_in_class(locale->self, REGEX_ALNUM, c);
    default:
        return locale->is_in_class(locale->self, class, c);
    }
}

static bool set_has(const CharSet *set, uint32_t c, uint32_t classes)
{
    bool has = (set->classes & classes) != 0 || (set->not_classes & ~classes) != 0;

    if (!has) {
        array_foreach(CharRange, range, &set->ranges) {
            if (c >= range->low && c <= range->high) {
                has = true;
                break;
            }
        }
    }
    if (!set->is_inverted)
        return has;
    return !has && !(set->lacks_newline && c == '\n');
}

static uint16_t make_color(Colors *c, uint32_t ch, uint32_t classes)
{
    size_t words = (c->sets.count + 63) / 64, size = sizeof(Color) + words * sizeof(uint64_t);
    Color *color = mem_alloc_in(c->mem, size);

    color->is_newline = ch == '\n';
    color->is_word = (classes >> REGEX_WORD & 1) != 0;
    for (size_t i = 0; i < c->sets.count; i++) {
        if (set_has(array_at(&c->sets, i), ch, classes))
            color->sets[i >> 6] |= UINT64_C(1) << (i & 63);
    }
    for (size_t i = 0; i < c->colors.count; i++) {
        if (memcmp(colors_at(c, (unsigned)i), color, size) == 0) {
            mem_free(color);
            return (uint16_t)i;
        }
    }
    if (c->colors.count >= COLORS_MAX)
        regex_raise("too many colors");
    *(Color **)array_push(&c->colors) = color;
    return (uint16_t)(c->colors.count - 1);
}

static uint32_t interval_of(const Colors *c, uint32_t ch)
{
    const uint32_t *bounds = c->bounds.items;
    size_t low = 0, high = c->bounds.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (bounds[middle] <= ch)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static uint16_t find_color(Colors *c, uint32_t ch)
{
    uint32_t interval = interval_of(c, ch), classes = 0;
    KnownColor *entry;

    for (unsigned i = 0; i < REGEX_CLASS_COUNT; i++) {
        if ((c->classes >> i & 1) != 0 && class_has(c->locale, (RegexClass)i, ch))
            classes |= 1U << i;
    }
    array_foreach(KnownColor, k, &c->known) {
        if (k->interval == interval && k->classes == classes)
            return k->color;
    }
    entry = array_push(&c->known);
    entry->interval = interval;
    entry->classes = classes;
    entry->color = make_color(c, ch, classes);
    return entry->color;
}

unsigned colors_find(Colors *c, uint32_t ch)
{
    unsigned slot = ch & 255;

    if (ch < COLOR_LOW) {
        c->low[ch] = (uint16_t)(find_color(c, ch) + 1);
        return c->low[ch] - 1U;
    }
    if (c->recent[slot].c != ch || c->recent[slot].color == 0) {
        c->recent[slot].c = ch;
        c->recent[slot].color = (uint16_t)(find_color(c, ch) + 1);
    }
    return c->recent[slot].color - 1U;
}
