/*
 * int_compare.c - comparisons of int2, int4 and int8 with themselves and each other
 *
 * Names say the types by their digits: int24lt is int2 < int4.
 */
#include "common/base/base.h"

#include "server/types/types_int.h"

#define COMPARISON(name, a, operation, b)                              \
 Datum name(FmgrCall *call)                                            \
 {                                                                     \
  return datum_of_bool(fmgr_##a(call, 0) operation fmgr_##b(call, 1)); \
 }

#define FAMILY(digits, a, b)           \
 COMPARISON(int##digits##eq, a, ==, b) \
 COMPARISON(int##digits##ne, a, !=, b) \
 COMPARISON(int##digits##lt, a, <, b)  \
 COMPARISON(int##digits##le, a, <=, b) \
 COMPARISON(int##digits##gt, a, >, b)  \
 COMPARISON(int##digits##ge, a, >=, b)

#define ORDER(digits, a, b)                           \
 Datum btint##digits##cmp(FmgrCall *call)             \
 {                                                    \
  return order(fmgr_##a(call, 0), fmgr_##b(call, 1)); \
 }

/* The larger and the smaller of two of the same type, as min() and max() keep them. */
#define CHOICES(digits, a)                                              \
 Datum int##digits##larger(FmgrCall *call)                              \
 {                                                                      \
  return fmgr_arg(call, fmgr_##a(call, 0) > fmgr_##a(call, 1) ? 0 : 1); \
 }                                                                      \
 Datum int##digits##smaller(FmgrCall *call)                             \
 {                                                                      \
  return fmgr_arg(call, fmgr_##a(call, 0) < fmgr_##a(call, 1) ? 0 : 1); \
 }

static Datum order(int64_t a, int64_t b)
{
    return datum_of_i32((a > b) - (a < b));
}

FAMILY(2, i16, i16)
FAMILY(4, i32, i32)
FAMILY(8, i64, i64)
FAMILY(24, i16, i32)
FAMILY(42, i32, i16)
FAMILY(28, i16, i64)
FAMILY(82, i64, i16)
FAMILY(48, i32, i64)
FAMILY(84, i64, i32)

ORDER(4, i32, i32)
ORDER(8, i64, i64)
ORDER(24, i16, i32)
ORDER(42, i32, i16)
ORDER(28, i16, i64)
ORDER(82, i64, i16)
ORDER(48, i32, i64)
ORDER(84, i64, i32)

/* Two small numbers say by how much they differ: some look at that. */
Datum btint2cmp(FmgrCall *call)
{
    return datum_of_i32(fmgr_i16(call, 0) - fmgr_i16(call, 1));
}

CHOICES(2, i16)
CHOICES(4, i32)
CHOICES(8, i64)
