/*
 * values.h - random and edge values of types, as text
 */
#ifndef TYPES_VALUES_H
#define TYPES_VALUES_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "tests/lib/seed.h"
#include "tests/types/compare.h"

/* Append the text of a value. */
typedef void (*ValueMaker)(Seed *s, StrBuf *out);

/* By a type's name; NULL: no values are known, and calls with such arguments are left out. */
ValueMaker value_maker(const char *type);

/* A value for an argument (from 0) of a function; malformed now and then, most often for a type's
 * own input. NULL is for SQL's NULL. */
const char *value_make(Seed *s, const Shape *shape, int arg);

/* Has the argument a row of hint.def? Then it must stay what it is. */
bool value_is_chosen(const Shape *shape, int arg);

/* One of the texts. */
const char *value_pick(Seed *s, const char *const *texts, size_t count);
#define VALUE_PICK(s, ...)                           \
 value_pick((s), (const char *const[]){__VA_ARGS__}, \
            ARRAY_LEN(((const char *const[]){__VA_ARGS__})))

static inline bool value_chance(Seed *s, unsigned percent)
{
    return seed_below(s, 100) < percent;
}

#define ROW(type, maker) void maker(Seed *s, StrBuf *out);
#include "tests/types/value_kind.def"
#undef ROW
#define ROW(source, arg, maker) void maker(Seed *s, StrBuf *out);
#include "tests/types/hint.def"
#undef ROW

#endif
