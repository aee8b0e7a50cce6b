/*
 * collation.h - the order of texts, and their upper and lower case, as a collation has them
 *
 * C and POSIX go by bytes and know ASCII letters. Others belong to the C library (strcoll and its
 * kin) or to ICU, whose order indexes on disk depend on. What a collation's row in pg_collation
 * says is asked through a hook; what was opened for it is kept until it is forgotten.
 *
 * Texts that a deterministic collation finds equal are put in order by their bytes, so that only
 * equal bytes are equal.
 */
#ifndef TYPES_COLLATION_H
#define TYPES_COLLATION_H

#include "common/base/base.h"

/* A row of pg_collation, or what pg_database says of the default. */
typedef struct CollationRow {
    const char *name;
    char provider; /* c: libc, i: ICU, d: that of the database */
    bool is_deterministic;
    const char *collate, *ctype; /* NULL for ICU */
    const char *icu_locale;      /* NULL for libc */
} CollationRow;

/* Fill *out (strings in the current context) for that OID; false when there is none. */
typedef bool (*CollationLookup)(Oid oid, CollationRow *out);
void collation_set_lookup(CollationLookup lookup);

/* The default collation of the database; that is C until told. Raises when it cannot be opened. */
void collation_set_database(const CollationRow *row);

/* Forget what was opened: rows of pg_collation have changed. */
void collation_forget(void);

/* ---- Use; collation 0 raises 42P22, an unknown one XX000 ---- */

typedef struct CollationText {
    const char *bytes;
    size_t len;
} CollationText;

/* Less than, equal to or more than 0. */
int collation_compare(Oid collation, CollationText a, CollationText b);

bool collation_equal(Oid collation, CollationText a, CollationText b);

bool collation_is_deterministic(Oid collation);

/* Does it know letters beyond ASCII? No for C and POSIX. */
bool collation_ctype_is_c(Oid collation);

/* Is its order that of bytes? */
bool collation_order_is_c(Oid collation);

/* Whether the collation is of ICU. */
bool collation_is_icu(Oid collation);

/* A key that compares by bytes as texts do, for hashing; *len bytes in the current context. */
char *collation_key(Oid collation, CollationText text, size_t *len);

typedef enum CollationCase { CASE_LOWER, CASE_UPPER, CASE_INITCAP } CollationCase;

/*
 * The text in another case, in the current context, with a NUL. Without a collation it raises 42P22
 * and names the function.
 */
char *collation_change_case(Oid collation, CollationCase to, CollationText text, size_t *len);

/* ---- Single characters, as code points ---- */

typedef enum CollationClass {
    CLASS_ALNUM,
    CLASS_ALPHA,
    CLASS_DIGIT,
    CLASS_GRAPH,
    CLASS_LOWER,
    CLASS_PRINT,
    CLASS_PUNCT,
    CLASS_SPACE,
    CLASS_UPPER,
} CollationClass;

bool collation_is_in_class(Oid collation, CollationClass class, uint32_t c);
uint32_t collation_lower_char(Oid collation, uint32_t c);
uint32_t collation_upper_char(Oid collation, uint32_t c);

/* One character of a single-byte encoding or ASCII in lower case, for patterns. */
char collation_lower_byte(Oid collation, char c);

/* 42P22: could not determine which collation to use for WHAT */
_Noreturn void collation_raise_unknown(const char *what);

#endif
