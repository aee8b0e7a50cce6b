/*
 * sort_support.c - comparisons of the usual types; sort_support.h has the rules
 *
 * A row of the table binds a support function, by its OID in pg_proc, to a comparison that gives
 * the same order.
 */
#include "common/base/base.h"

#include "server/access/common/sort_support.h"

#include <math.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/tid.h"
#include "common/mem/mem.h"

typedef struct SortLocal {
    bool default_is_c;
} SortLocal;

static SortLocal sort;

static int order_of(bool is_less, bool is_more)
{
    return is_more - is_less;
}

static int compare_i16(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return order_of(datum_i16(a) < datum_i16(b), datum_i16(a) > datum_i16(b));
}

static int compare_i32(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return order_of(datum_i32(a) < datum_i32(b), datum_i32(a) > datum_i32(b));
}

static int compare_i64(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return order_of(datum_i64(a) < datum_i64(b), datum_i64(a) > datum_i64(b));
}

static int compare_u32(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return order_of(datum_u32(a) < datum_u32(b), datum_u32(a) > datum_u32(b));
}

static int compare_u64(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return order_of(a<b, a> b);
}

/* "char" orders by unsigned bytes, bool too. */
static int compare_byte(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return (int)(uint8_t)a - (int)(uint8_t)b;
}

/* NaN is equal to itself and above all else; -0 equals 0. */
static int compare_doubles(double a, double b)
{
    if (isnan(a) || isnan(b))
        return order_of(!isnan(a), !isnan(b));
    return order_of(a<b, a> b);
}

static int compare_f4(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return compare_doubles((double)datum_f4(a), (double)datum_f4(b));
}

static int compare_f8(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return compare_doubles(datum_f8(a), datum_f8(b));
}

static int compare_name(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return strncmp(datum_pointer(a), datum_pointer(b), 64);
}

static int compare_uuid(Datum a, Datum b, SortSupport *s)
{
    (void)s;
    return memcmp(datum_pointer(a), datum_pointer(b), 16);
}

static int compare_tid(Datum a, Datum b, SortSupport *s)
{
    const Tid *x = datum_pointer(a), *y = datum_pointer(b);

    (void)s;
    if (tid_block(*x) != tid_block(*y))
        return tid_block(*x) < tid_block(*y) ? -1 : 1;
    return order_of(x->offset<y->offset, x->offset> y->offset);
}

int sort_compare_bytes(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    int order = memcmp(a, b, size_min(a_len, b_len));

    return order != 0 ? order : order_of(a_len<b_len, a_len> b_len);
}

/* Give back what unpacking made. */
static void forget(const uint8_t *packed, Datum from)
{
    if (packed != datum_varlena(from))
        mem_free(datum_pointer(datum_of_pointer(packed)));
}

static int compare_text_c(Datum a, Datum b, SortSupport *s)
{
    const uint8_t *x = varlena_packed(datum_varlena(a)), *y = varlena_packed(datum_varlena(b));
    int order =
        sort_compare_bytes(varlena_bytes(x), varlena_len(x), varlena_bytes(y), varlena_len(y));

    (void)s;
    forget(x, a);
    forget(y, b);
    return order;
}

/* char(n): blanks at the end do not count. */
static size_t len_without_blanks(const uint8_t *v)
{
    const uint8_t *bytes = varlena_bytes(v);
    size_t len = varlena_len(v);

    while (len > 0 && bytes[len - 1] == ' ')
        len--;
    return len;
}

static int compare_bpchar_c(Datum a, Datum b, SortSupport *s)
{
    const uint8_t *x = varlena_packed(datum_varlena(a)), *y = varlena_packed(datum_varlena(b));
    int order = sort_compare_bytes(varlena_bytes(x), len_without_blanks(x), varlena_bytes(y),
                                   len_without_blanks(y));

    (void)s;
    forget(x, a);
    forget(y, b);
    return order;
}

/* An oidvector is an array of one dimension: 24 bytes of header, then its elements. */
static int compare_oidvector(Datum a, Datum b, SortSupport *s)
{
    const uint8_t *x = varlena_plain(datum_varlena(a)), *y = varlena_plain(datum_varlena(b));
    size_t x_len = varlena_size(x), y_len = varlena_size(y);
    int order = order_of(x_len<y_len, x_len> y_len);

    (void)s;
    for (size_t at = 24; order == 0 && at + sizeof(Oid) <= x_len; at += sizeof(Oid))
        order = order_of(load_u32(x + at) < load_u32(y + at), load_u32(x + at) > load_u32(y + at));
    forget(x, a);
    forget(y, b);
    return order;
}

static int compare_by_call(Datum a, Datum b, SortSupport *s)
{
    return datum_i32(fmgr_call(s->site, s->collation, 2, (const Datum[]){a, b}));
}

/* ---- Ranks ---- */

#define SIGN_BIT (UINT64_C(1) << 63)

static uint64_t rank_i16(Datum value)
{
    return (uint64_t)(int64_t)datum_i16(value) + SIGN_BIT;
}

static uint64_t rank_i32(Datum value)
{
    return (uint64_t)(int64_t)datum_i32(value) + SIGN_BIT;
}

static uint64_t rank_i64(Datum value)
{
    return (uint64_t)datum_i64(value) + SIGN_BIT;
}

static uint64_t rank_u32(Datum value)
{
    return datum_u32(value);
}

static uint64_t rank_u64(Datum value)
{
    return value;
}

static uint64_t rank_byte(Datum value)
{
    return (uint8_t)value;
}

static Datum unrank_i16(uint64_t rank)
{
    return datum_of_i16((int16_t)(rank - SIGN_BIT));
}

static Datum unrank_i32(uint64_t rank)
{
    return datum_of_i32((int32_t)(rank - SIGN_BIT));
}

static Datum unrank_i64(uint64_t rank)
{
    return datum_of_i64((int64_t)(rank - SIGN_BIT));
}

/* Of all that are unsigned. */
static Datum unrank_bits(uint64_t rank)
{
    return rank;
}

/* The bits of a positive number are in order, those of a negative one in reverse order. */
static uint64_t rank_double(double value)
{
    uint64_t bits;

    if (isnan(value))
        return UINT64_MAX;
    if (value == 0)
        value = 0; /* -0, too */
    memcpy(&bits, &value, sizeof(bits));
    return (bits & SIGN_BIT) != 0 ? ~bits : bits | SIGN_BIT;
}

static uint64_t rank_f4(Datum value)
{
    return rank_double((double)datum_f4(value));
}

static uint64_t rank_f8(Datum value)
{
    return rank_double(datum_f8(value));
}

/* The first bytes, as the highest ones. */
static uint64_t rank_bytes(const uint8_t *bytes, size_t len)
{
    uint8_t first[8] = {0};

    memcpy(first, bytes, size_min(len, sizeof(first)));
    return load_be64(first);
}

static uint64_t rank_name(Datum value)
{
    const char *name = datum_pointer(value);

    return rank_bytes((const uint8_t *)name, strnlen(name, 8));
}

static uint64_t rank_uuid(Datum value)
{
    return rank_bytes(datum_pointer(value), 8);
}

static uint64_t rank_tid(Datum value)
{
    const Tid *tid = datum_pointer(value);

    return (uint64_t)tid_block(*tid) << 16 | tid->offset;
}

static uint64_t rank_text_c(Datum value)
{
    const uint8_t *v = varlena_packed(datum_varlena(value));
    uint64_t rank = rank_bytes(varlena_bytes(v), varlena_len(v));

    forget(v, value);
    return rank;
}

static uint64_t rank_bpchar_c(Datum value)
{
    const uint8_t *v = varlena_packed(datum_varlena(value));
    uint64_t rank = rank_bytes(varlena_bytes(v), len_without_blanks(v));

    forget(v, value);
    return rank;
}

/* ---- The table ---- */

typedef enum CollationUse {
    IGNORES_COLLATION,
    NEEDS_C, /* here only when the collation is C */
} CollationUse;

typedef enum RankUse {
    RANK_BEGINS, /* equal ranks say nothing */
    RANK_IS_ALL,
} RankUse;

typedef struct SortRow {
    Oid function;
    CollationUse use;
    SortCompare compare;
    SortRank rank;
    RankUse rank_use;
    SortUnrank unrank;
} SortRow;

static const SortRow sort_rows[] = {
    {350, IGNORES_COLLATION, compare_i16, rank_i16, RANK_IS_ALL, unrank_i16},    /* btint2cmp */
    {351, IGNORES_COLLATION, compare_i32, rank_i32, RANK_IS_ALL, unrank_i32},    /* btint4cmp */
    {354, IGNORES_COLLATION, compare_f4, rank_f4, RANK_IS_ALL, NULL},            /* btfloat4cmp */
    {355, IGNORES_COLLATION, compare_f8, rank_f8, RANK_IS_ALL, NULL},            /* btfloat8cmp */
    {356, IGNORES_COLLATION, compare_u32, rank_u32, RANK_IS_ALL, unrank_bits},   /* btoidcmp */
    {358, IGNORES_COLLATION, compare_byte, rank_byte, RANK_IS_ALL, unrank_bits}, /* btcharcmp */
    {359, NEEDS_C, compare_name, rank_name, RANK_BEGINS, NULL},                  /* btnamecmp */
    {360, NEEDS_C, compare_text_c, rank_text_c, RANK_BEGINS, NULL},              /* bttextcmp */
    {377, IGNORES_COLLATION, compare_i64, rank_i64, RANK_IS_ALL, unrank_i64},    /* cash_cmp */
    {404, IGNORES_COLLATION, compare_oidvector, NULL, RANK_BEGINS, NULL},      /* btoidvectorcmp */
    {842, IGNORES_COLLATION, compare_i64, rank_i64, RANK_IS_ALL, unrank_i64},  /* btint8cmp */
    {1078, NEEDS_C, compare_bpchar_c, rank_bpchar_c, RANK_BEGINS, NULL},       /* bpcharcmp */
    {1092, IGNORES_COLLATION, compare_i32, rank_i32, RANK_IS_ALL, unrank_i32}, /* date_cmp */
    {1107, IGNORES_COLLATION, compare_i64, rank_i64, RANK_IS_ALL, unrank_i64}, /* time_cmp */
    {1314, IGNORES_COLLATION, compare_i64, rank_i64, RANK_IS_ALL, unrank_i64}, /* timestamptz_cmp */
    {1693, IGNORES_COLLATION, compare_byte, rank_byte, RANK_IS_ALL, unrank_bits}, /* btboolcmp */
    {1954, IGNORES_COLLATION, compare_text_c, rank_text_c, RANK_BEGINS, NULL},    /* byteacmp */
    {2045, IGNORES_COLLATION, compare_i64, rank_i64, RANK_IS_ALL, unrank_i64}, /* timestamp_cmp */
    {2166, IGNORES_COLLATION, compare_text_c, rank_text_c, RANK_BEGINS,
     NULL}, /* bttext_pattern_cmp */
    {2180, IGNORES_COLLATION, compare_bpchar_c, rank_bpchar_c, RANK_BEGINS,
     NULL},                                                              /* btbpchar_pattern_cmp */
    {2794, IGNORES_COLLATION, compare_tid, rank_tid, RANK_IS_ALL, NULL}, /* bttidcmp */
    {2960, IGNORES_COLLATION, compare_uuid, rank_uuid, RANK_BEGINS, NULL},      /* uuid_cmp */
    {3251, IGNORES_COLLATION, compare_u64, rank_u64, RANK_IS_ALL, unrank_bits}, /* pg_lsn_cmp */
    {5096, IGNORES_COLLATION, compare_u64, rank_u64, RANK_IS_ALL, unrank_bits}, /* xid8cmp */
};

/* NULL: the function is to be called. */
static const SortRow *find_row(Oid function, Oid collation)
{
    for (size_t i = 0; i < ARRAY_LEN(sort_rows); i++) {
        if (sort_rows[i].function != function)
            continue;
        if (sort_rows[i].use == NEEDS_C && collation == 0)
            err_raise(SQLSTATE_INDETERMINATE_COLLATION,
                      .message = "could not determine which collation to use for string comparison",
                      .hint = "Use the COLLATE clause to set the collation explicitly.");
        if (sort_rows[i].use == NEEDS_C && !collation_is_c(collation))
            return NULL;
        return &sort_rows[i];
    }
    return NULL;
}

bool sort_compare_find(Oid function, Oid collation, SortCompare *out)
{
    const SortRow *row = find_row(function, collation);

    if (row != NULL)
        *out = row->compare;
    return row != NULL;
}

void sort_support_init(SortSupport *s, Oid function, Oid collation)
{
    const SortRow *row = find_row(function, collation);

    *s = (SortSupport){.collation = collation};
    if (row != NULL) {
        s->compare = row->compare;
        s->rank = row->rank;
        s->is_rank_all = row->rank_use == RANK_IS_ALL;
        s->unrank = row->unrank;
        return;
    }
    s->site = mem_new(FmgrSite);
    fmgr_site_init(s->site, function, mem_current());
    s->compare = compare_by_call;
}

bool collation_is_c(Oid collation)
{
    return collation == COLLATION_C || collation == COLLATION_POSIX ||
           (collation == COLLATION_DEFAULT && sort.default_is_c);
}

void collation_set_default_is_c(bool is_c)
{
    sort.default_is_c = is_c;
}
