/*
 * collation.c - find what a collation is, and ask its provider; collation.h has the rules
 *
 * The table holds what was opened, by OID: few are ever used in a process, so the one that was
 * asked for last is found first.
 */
#include "common/base/base.h"

#include "server/types/collation.h"

#include <locale.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/access/common/sort_support.h"
#include "server/types/collation_int.h"

typedef struct Collation {
    Oid oid; /* the key */
    char provider;
    bool is_deterministic;
    bool collate_is_c, ctype_is_c;
    locale_t locale;       /* libc; 0 when both are C */
    struct UCollator *icu; /* ICU */
    char *icu_locale;
} Collation;

typedef struct CollationLocal {
    CollationLookup lookup;
    MemContext *mem; /* of what was opened */
    Hash opened;
    Collation database; /* as it is kept under COLLATION_DEFAULT */
    const Collation *last;
} CollationLocal;

static CollationLocal local;

/* By bytes, knowing ASCII alone. */
static const Collation plain_c = {
    .provider = 'c', .is_deterministic = true, .collate_is_c = true, .ctype_is_c = true};

static bool is_c_name(const char *locale)
{
    return str_equal(locale, "C") || str_equal(locale, "POSIX");
}

static Collation open_row(Oid oid, const CollationRow *row)
{
    Collation c = {
        .oid = oid, .provider = row->provider, .is_deterministic = row->is_deterministic};

    if (row->provider == 'i') {
        c.icu = collation_icu_open(row->icu_locale);
        c.icu_locale = mem_strdup_in(mem_root(), row->icu_locale);
        return c;
    }
    c.collate_is_c = is_c_name(row->collate);
    c.ctype_is_c = is_c_name(row->ctype);
    if (!c.collate_is_c || !c.ctype_is_c)
        c.locale = collation_libc_open(row->collate, row->ctype);
    return c;
}

static void close_collation(Collation *c)
{
    if (c->locale != (locale_t)0)
        freelocale(c->locale);
    if (c->icu != NULL)
        collation_icu_close(c->icu);
    mem_free(c->icu_locale);
}

void collation_set_lookup(CollationLookup lookup)
{
    local.lookup = lookup;
}

void collation_set_database(const CollationRow *row)
{
    Collation opened = open_row(COLLATION_DEFAULT, row);

    close_collation(&local.database);
    local.database = opened;
    local.last = NULL;
    collation_set_default_is_c(opened.collate_is_c);
}

void collation_forget(void)
{
    Collation *c;
    size_t position = 0;

    local.last = NULL;
    if (local.mem == NULL)
        return;
    while ((c = hash_next(&local.opened, &position)) != NULL)
        close_collation(c);
    mem_delete(local.mem);
    local.mem = NULL;
}

/* Open a collation that is not there yet, and keep it. */
static const Collation *open_new(Oid oid)
{
    CollationRow row;
    Collation c, *entry;

    if (local.lookup == NULL || !local.lookup(oid, &row))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for collation %u", oid));
    c = open_row(oid, &row);
    if (local.mem == NULL) {
        local.mem = mem_context_new(mem_root(), "collations");
        MEM_SCOPE(local.mem) {
            hash_init(&local.opened, sizeof(Oid), sizeof(Collation));
        }
    }
    entry = hash_enter(&local.opened, &oid, NULL);
    *entry = c;
    return entry;
}

static const Collation *find_slowly(Oid oid)
{
    const Collation *c;

    switch (oid) {
    case COLLATION_DEFAULT:
        c = local.database.oid == 0 ? &plain_c : &local.database;
        break;
    case COLLATION_C:
    case COLLATION_POSIX:
        return &plain_c;
    default:
        c = local.mem == NULL ? NULL : hash_find(&local.opened, &oid);
        if (c == NULL)
            c = open_new(oid);
        break;
    }
    local.last = c->oid == oid ? c : NULL;
    return c;
}

/* NULL: collation is 0. */
static inline const Collation *find(Oid oid)
{
    if (oid == 0)
        return NULL;
    if (LIKELY(local.last != NULL && local.last->oid == oid))
        return local.last;
    return find_slowly(oid);
}

static inline const Collation *find_for_comparison(Oid oid)
{
    const Collation *c = find(oid);

    if (UNLIKELY(c == NULL))
        collation_raise_unknown("string comparison");
    return c;
}

void collation_raise_unknown(const char *what)
{
    err_raise(SQLSTATE_INDETERMINATE_COLLATION,
              .message = err_fmt("could not determine which collation to use for %s", what),
              .hint = "Use the COLLATE clause to set the collation explicitly.");
}

static inline int compare_bytes(CollationText a, CollationText b)
{
    return sort_compare_bytes((const uint8_t *)a.bytes, a.len, (const uint8_t *)b.bytes, b.len);
}

/* As strcmp(), which says by how much the bytes differ where they do first. */
static int compare_ties(CollationText a, CollationText b)
{
    size_t at = 0, len = size_min(a.len, b.len);

    while (at < len && a.bytes[at] == b.bytes[at])
        at++;
    return (at < a.len ? (uint8_t)a.bytes[at] : 0) - (at < b.len ? (uint8_t)b.bytes[at] : 0);
}

int collation_compare(Oid collation, CollationText a, CollationText b)
{
    const Collation *c = find_for_comparison(collation);
    int order;

    if (c->collate_is_c)
        return compare_bytes(a, b);

    /* Equal bytes are frequent where keys are looked up, and need no provider. */
    if (a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0)
        return 0;
    order = c->provider == 'i' ? collation_icu_compare(c->icu, a, b)
                               : collation_libc_compare(c->locale, a, b);
    return order == 0 && c->is_deterministic ? compare_ties(a, b) : order;
}

bool collation_equal(Oid collation, CollationText a, CollationText b)
{
    const Collation *c = find_for_comparison(collation);

    if (c->is_deterministic)
        return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
    return collation_compare(collation, a, b) == 0;
}

bool collation_is_deterministic(Oid collation)
{
    return find_for_comparison(collation)->is_deterministic;
}

bool collation_ctype_is_c(Oid collation)
{
    return find_for_comparison(collation)->ctype_is_c;
}

bool collation_order_is_c(Oid collation)
{
    return find_for_comparison(collation)->collate_is_c;
}

bool collation_is_icu(Oid collation)
{
    return find_for_comparison(collation)->provider == 'i';
}

char *collation_key(Oid collation, CollationText text, size_t *len)
{
    const Collation *c = find_for_comparison(collation);

    if (c->provider == 'i')
        return collation_icu_key(c->icu, text, len);
    if (!c->collate_is_c)
        return collation_libc_key(c->locale, text, len);
    *len = text.len;
    return mem_strndup(text.bytes, text.len);
}

/* ---- Case ---- */

static bool is_ascii_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static inline char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

static char *change_ascii(CollationCase to, CollationText text, size_t *len)
{
    char *out = mem_strndup(text.bytes, text.len);
    bool is_inside = false;

    for (size_t i = 0; i < text.len; i++) {
        bool is_upper = to == CASE_UPPER || (to == CASE_INITCAP && !is_inside);

        out[i] = is_upper ? ascii_upper(out[i]) : ascii_lower(out[i]);
        is_inside = is_ascii_alnum(out[i]);
    }
    *len = text.len;
    return out;
}

char *collation_change_case(Oid collation, CollationCase to, CollationText text, size_t *len)
{
    static const char *const names[] = {[CASE_LOWER] = "lower() function",
                                        [CASE_UPPER] = "upper() function",
                                        [CASE_INITCAP] = "initcap() function"};
    const Collation *c = find(collation);

    if (c == NULL)
        collation_raise_unknown(names[to]);
    if (c->provider == 'i')
        return collation_icu_case(c->icu_locale, to, text, len);
    return c->ctype_is_c ? change_ascii(to, text, len)
                         : collation_libc_case(c->locale, to, text, len);
}

/* ---- Single characters ---- */

static bool is_in_ascii_class(CollationClass class, uint32_t c)
{
    bool is_upper = c >= 'A' && c <= 'Z', is_lower = c >= 'a' && c <= 'z';
    bool is_digit = c >= '0' && c <= '9';

    switch (class) {
    case CLASS_ALNUM:
        return is_upper || is_lower || is_digit;
    case CLASS_ALPHA:
        return is_upper || is_lower;
    case CLASS_DIGIT:
        return is_digit;
    case CLASS_GRAPH:
        return c > ' ' && c < 0x7F;
    case CLASS_LOWER:
        return is_lower;
    case CLASS_PRINT:
        return c >= ' ' && c < 0x7F;
    case CLASS_PUNCT:
        return c > ' ' && c < 0x7F && !is_upper && !is_lower && !is_digit;
    case CLASS_SPACE:
        return c == ' ' || (c >= '\t' && c <= '\r');
    default:
        return is_upper;
    }
}

bool collation_is_in_class(Oid collation, CollationClass class, uint32_t c)
{
    const Collation *found = find_for_comparison(collation);

    if (found->provider == 'i')
        return collation_icu_is_in_class(class, c);
    if (found->ctype_is_c)
        return c < 0x80 && is_in_ascii_class(class, c);
    return collation_libc_is_in_class(found->locale, class, c);
}

/* libc locales leave ASCII as it is known, whatever they say (Turkish does). */
uint32_t collation_lower_char(Oid collation, uint32_t c)
{
    const Collation *found = find_for_comparison(collation);

    if (found->provider == 'i')
        return collation_icu_char_case(CASE_LOWER, c);
    if (c < 0x80)
        return (uint8_t)ascii_lower((char)c);
    return found->ctype_is_c ? c : collation_libc_char_case(found->locale, CASE_LOWER, c);
}

uint32_t collation_upper_char(Oid collation, uint32_t c)
{
    const Collation *found = find_for_comparison(collation);

    if (found->provider == 'i')
        return collation_icu_char_case(CASE_UPPER, c);
    if (c < 0x80)
        return (uint8_t)ascii_upper((char)c);
    return found->ctype_is_c ? c : collation_libc_char_case(found->locale, CASE_UPPER, c);
}

char collation_lower_byte(Oid collation, char c)
{
    const Collation *found = find_for_comparison(collation);
    size_t len;

    if ((c & 0x80) == 0 || found->ctype_is_c || found->provider == 'i')
        return ascii_lower(c);
    return *collation_libc_case(found->locale, CASE_LOWER, (CollationText){&c, 1}, &len);
}
