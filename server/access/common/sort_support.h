/*
 * sort_support.h - compare two values of a column in an opclass's order
 *
 * An order is given by the opclass's support function 1, which returns less than, equal to or more
 * than 0. For the usual types the comparison is done here, without a call by way of fmgr; for all
 * others the function is called. Text is compared by its bytes where the collation is C; other
 * collations go through the function.
 */
#ifndef COMMON_SORT_SUPPORT_H
#define COMMON_SORT_SUPPORT_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

#define COLLATION_DEFAULT 100
#define COLLATION_C       950
#define COLLATION_POSIX   951

typedef struct SortSupport SortSupport;

/* Neither is NULL; the order of the opclass, whatever is_reverse says. */
typedef int (*SortCompare)(Datum a, Datum b, SortSupport *s);

/*
 * Of a value that is not NULL: lesser values never have greater ranks, as unsigned numbers. Packed
 * values are unpacked.
 */
typedef uint64_t (*SortRank)(Datum value);
typedef Datum (*SortUnrank)(uint64_t rank);

struct SortSupport {
    SortCompare compare;
    SortRank rank;     /* NULL: the type has none */
    bool is_rank_all;  /* values of equal ranks are equal */
    SortUnrank unrank; /* the very value, bit by bit; NULL: a rank does not tell it */
    Oid collation;
    bool is_reverse;
    bool nulls_first;
    FmgrSite *site; /* when the function is called */
};

/* Is a function's order compared here, given the collation? */
bool sort_compare_find(Oid function, Oid collation, SortCompare *out);

/*
 * Order by the support function with that OID. What it keeps is in the current context. Raises
 * 42P22 for text without a collation.
 */
void sort_support_init(SortSupport *s, Oid function, Oid collation);

/* Does the collation order by bytes? COLLATION_DEFAULT does when the database's does. */
bool collation_is_c(Oid collation);
void collation_set_default_is_c(bool is_c);

/* By bytes, then by length. */
int sort_compare_bytes(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/*
 * By which values and NULLs may be compared first, in the order that s gives; 0 of all where the
 * type has none. NULLs share the least or the greatest rank with values.
 */
static ALWAYS_INLINE uint64_t sort_rank(Datum value, bool is_null, const SortSupport *s)
{
    uint64_t rank;

    if (s->rank == NULL)
        return 0;
    if (UNLIKELY(is_null))
        return s->nulls_first ? 0 : UINT64_MAX;
    rank = s->rank(value);
    return s->is_reverse ? ~rank : rank;
}

/* The value that has the rank, which is not that of a NULL; s has unrank. */
static ALWAYS_INLINE Datum sort_unrank(uint64_t rank, const SortSupport *s)
{
    return s->unrank(s->is_reverse ? ~rank : rank);
}

static ALWAYS_INLINE int sort_apply(Datum a, bool a_null, Datum b, bool b_null, SortSupport *s)
{
    int order;

    if (UNLIKELY(a_null || b_null)) {
        if (a_null && b_null)
            return 0;
        return a_null == s->nulls_first ? -1 : 1;
    }
    order = s->compare(a, b, s);
    return s->is_reverse ? (order < 0) - (order > 0) : order;
}

#endif
