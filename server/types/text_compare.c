/* text_compare.c - comparisons and hashes of text, varchar and char(n). */
#include "common/base/base.h"

#include "server/fmgr/hash_any.h"
#include "server/types/text_arg.h"
#include "server/types/text_search.h"

/* Blanks at the end of a char(n) do not count. */
static inline CollationText bpchar_arg(const FmgrCall *call, int n)
{
    CollationText t = text_arg(call, n);

    while (t.len > 0 && t.bytes[t.len - 1] == ' ')
        t.len--;
    return t;
}

static inline int compare(const FmgrCall *call, CollationText a, CollationText b)
{
    return collation_compare(call->collation, a, b);
}

/* By bytes whatever the collation is: for LIKE with an index. */
static inline int compare_bytes(const FmgrCall *call, CollationText a, CollationText b)
{
    size_t len = size_min(a.len, b.len);
    int order = memcmp(a.bytes, b.bytes, len);

    (void)call;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

#define ORDERING(arg, order, lt, le, gt, ge, cmp)                     \
 Datum lt(FmgrCall *call)                                             \
 {                                                                    \
  return datum_of_bool(order(call, arg(call, 0), arg(call, 1)) < 0);  \
 }                                                                    \
 Datum le(FmgrCall *call)                                             \
 {                                                                    \
  return datum_of_bool(order(call, arg(call, 0), arg(call, 1)) <= 0); \
 }                                                                    \
 Datum gt(FmgrCall *call)                                             \
 {                                                                    \
  return datum_of_bool(order(call, arg(call, 0), arg(call, 1)) > 0);  \
 }                                                                    \
 Datum ge(FmgrCall *call)                                             \
 {                                                                    \
  return datum_of_bool(order(call, arg(call, 0), arg(call, 1)) >= 0); \
 }                                                                    \
 Datum cmp(FmgrCall *call)                                            \
 {                                                                    \
  return datum_of_i32(order(call, arg(call, 0), arg(call, 1)));       \
 }

ORDERING(text_arg, compare, text_lt, text_le, text_gt, text_ge, bttextcmp)
ORDERING(bpchar_arg, compare, bpcharlt, bpcharle, bpchargt, bpcharge, bpcharcmp)
ORDERING(text_arg, compare_bytes, text_pattern_lt, text_pattern_le, text_pattern_gt,
         text_pattern_ge, bttext_pattern_cmp)
ORDERING(bpchar_arg, compare_bytes, bpchar_pattern_lt, bpchar_pattern_le, bpchar_pattern_gt,
         bpchar_pattern_ge, btbpchar_pattern_cmp)

/*
 * Values of different length are not equal in a deterministic collation, which is told without
 * fetching them.
 */
static bool texts_equal(FmgrCall *call)
{
    if (collation_is_deterministic(call->collation) &&
        varlena_raw_size(datum_varlena(fmgr_arg(call, 0))) !=
            varlena_raw_size(datum_varlena(fmgr_arg(call, 1))))
        return false;
    return collation_equal(call->collation, text_arg(call, 0), text_arg(call, 1));
}

Datum texteq(FmgrCall *call)
{
    return datum_of_bool(texts_equal(call));
}

Datum textne(FmgrCall *call)
{
    return datum_of_bool(!texts_equal(call));
}

Datum bpchareq(FmgrCall *call)
{
    return datum_of_bool(
        collation_equal(call->collation, bpchar_arg(call, 0), bpchar_arg(call, 1)));
}

Datum bpcharne(FmgrCall *call)
{
    return datum_of_bool(
        !collation_equal(call->collation, bpchar_arg(call, 0), bpchar_arg(call, 1)));
}

/* Of two that are equal, the second is given. */
Datum text_larger(FmgrCall *call)
{
    return fmgr_arg(call, compare(call, text_arg(call, 0), text_arg(call, 1)) > 0 ? 0 : 1);
}

Datum text_smaller(FmgrCall *call)
{
    return fmgr_arg(call, compare(call, text_arg(call, 0), text_arg(call, 1)) < 0 ? 0 : 1);
}

/* Of two that are equal, the first. */
Datum bpchar_larger(FmgrCall *call)
{
    return fmgr_arg(call, compare(call, bpchar_arg(call, 0), bpchar_arg(call, 1)) >= 0 ? 0 : 1);
}

Datum bpchar_smaller(FmgrCall *call)
{
    return fmgr_arg(call, compare(call, bpchar_arg(call, 0), bpchar_arg(call, 1)) <= 0 ? 0 : 1);
}

Datum text_starts_with(FmgrCall *call)
{
    CollationText text = text_arg(call, 0), start = text_arg(call, 1);

    text_search_check(call->collation);
    return datum_of_bool(start.len <= text.len && memcmp(text.bytes, start.bytes, start.len) == 0);
}

/* ---- Hashes: equal texts have equal ones ---- */

/* What is hashed: the bytes, or the key of a collation in which other bytes may be equal. */
static CollationText hashed(const FmgrCall *call, CollationText t)
{
    size_t len;

    if (call->collation == 0)
        collation_raise_unknown("string hashing");
    if (collation_is_deterministic(call->collation))
        return t;
    t.bytes = collation_key(call->collation, t, &len);

    /* The key's NUL is hashed too. */
    t.len = len + 1;
    return t;
}

static Datum hash_plain(FmgrCall *call, CollationText t)
{
    t = hashed(call, t);
    return datum_of_u32(hash_any(t.bytes, t.len));
}

static Datum hash_seeded(FmgrCall *call, CollationText t)
{
    t = hashed(call, t);
    return datum_of_i64((int64_t)hash_any_seeded(t.bytes, t.len, (uint64_t)fmgr_i64(call, 1)));
}

Datum hashtext(FmgrCall *call)
{
    return hash_plain(call, text_arg(call, 0));
}

Datum hashtextextended(FmgrCall *call)
{
    return hash_seeded(call, text_arg(call, 0));
}

Datum hashbpchar(FmgrCall *call)
{
    return hash_plain(call, bpchar_arg(call, 0));
}

/* With a seed, blanks at the end count where the collation is not deterministic: so PostgreSQL. */
Datum hashbpcharextended(FmgrCall *call)
{
    if (call->collation != 0 && !collation_is_deterministic(call->collation))
        return hash_seeded(call, text_arg(call, 0));
    return hash_seeded(call, bpchar_arg(call, 0));
}
