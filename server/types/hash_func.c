/*
 * hash_func.c - the hash functions of types whose bytes say all: numbers, names, byte strings
 *
 * Equal values of types that are compared with each other have equal hashes: an int8 that is an
 * int4 hashes as that int4, a float4 as a float8. What is hashed is then what is here, in its plain
 * form and with a seed.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/format/tid.h"
#include "server/fmgr/hash_any.h"
#include "server/types/types_int.h"

#define U32_HASH(name, value)                                                              \
 Datum name(FmgrCall *call)                                                                \
 {                                                                                         \
  return datum_of_u32(hash_any_u32(value));                                                \
 }                                                                                         \
 Datum name##extended(FmgrCall *call)                                                      \
 {                                                                                         \
  return datum_of_i64((int64_t)hash_any_u32_seeded((value), (uint64_t)fmgr_i64(call, 1))); \
 }

#define BYTES_HASH(plain, extended, bytes, len)                                               \
 Datum plain(FmgrCall *call)                                                                  \
 {                                                                                            \
  return datum_of_u32(hash_any((bytes), (len)));                                              \
 }                                                                                            \
 Datum extended(FmgrCall *call)                                                               \
 {                                                                                            \
  return datum_of_i64((int64_t)hash_any_seeded((bytes), (len), (uint64_t)fmgr_i64(call, 1))); \
 }

/* The halves of a number that fits four bytes are folded to these. */
static uint32_t fold(int64_t v)
{
    uint32_t low = (uint32_t)v, high = (uint32_t)((uint64_t)v >> 32);

    return low ^ (v >= 0 ? high : ~high);
}

U32_HASH(hashchar, (uint32_t)(int32_t)fmgr_char(call, 0))
U32_HASH(hashenum, fmgr_u32(call, 0))
U32_HASH(hashint2, (uint32_t)(int32_t)fmgr_i16(call, 0))
U32_HASH(hashint4, fmgr_u32(call, 0))
U32_HASH(hashint8, fold(fmgr_i64(call, 0)))
U32_HASH(hashoid, fmgr_u32(call, 0))

Datum pg_lsn_hash(FmgrCall *call)
{
    return hashint8(call);
}

Datum pg_lsn_hash_extended(FmgrCall *call)
{
    return hashint8extended(call);
}

BYTES_HASH(hashname, hashnameextended, fmgr_pointer(call, 0), strlen(fmgr_cstring(call, 0)))
BYTES_HASH(hashtid, hashtidextended, fmgr_pointer(call, 0), sizeof(Tid))
BYTES_HASH(uuid_hash, uuid_hash_extended, fmgr_pointer(call, 0), 16)

static Datum hash_double(double v)
{
    /* Minus zero equals zero. One NaN equals all. */
    if (v == 0)
        return datum_of_u32(0);
    if (isnan(v))
        v = (double)NAN;
    return datum_of_u32(hash_any(&v, sizeof v));
}

static Datum hash_double_extended(double v, int64_t seed)
{
    if (v == 0)
        return datum_of_i64(seed);
    if (isnan(v))
        v = (double)NAN;
    return datum_of_i64((int64_t)hash_any_seeded(&v, sizeof v, (uint64_t)seed));
}

Datum hashfloat4(FmgrCall *call)
{
    return hash_double((double)fmgr_f4(call, 0));
}

Datum hashfloat4extended(FmgrCall *call)
{
    return hash_double_extended((double)fmgr_f4(call, 0), fmgr_i64(call, 1));
}

Datum hashfloat8(FmgrCall *call)
{
    return hash_double(fmgr_f8(call, 0));
}

Datum hashfloat8extended(FmgrCall *call)
{
    return hash_double_extended(fmgr_f8(call, 0), fmgr_i64(call, 1));
}

Datum hashvarlena(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);

    return datum_of_u32(hash_any(varlena_bytes(v), varlena_len(v)));
}

Datum hashvarlenaextended(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);

    return datum_of_i64(
        (int64_t)hash_any_seeded(varlena_bytes(v), varlena_len(v), (uint64_t)fmgr_i64(call, 1)));
}
