/*
 * value_hash.h - values of one column as 32 bits, for tables in memory and for batches
 *
 * Integers and what is stored as one are mixed here; equal numbers of different width are equal
 * here too, as those of one family of operators must be. All else goes to the type's hash function.
 */
#ifndef EXECUTOR_VALUE_HASH_H
#define EXECUTOR_VALUE_HASH_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

typedef enum ValueHashKind { VALUE_HASH_CALL, VALUE_HASH_SIGNED, VALUE_HASH_OID } ValueHashKind;

typedef struct ValueHash {
    ValueHashKind kind;
    uint8_t bits; /* of a signed one: 16, 32 or 64 */
    FmgrCall *call;
} ValueHash;

/* function: a hash function of one argument. In the current context. */
void value_hash_init(ValueHash *h, Oid function, Oid collation);

static inline uint32_t value_hash_mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(x >> 32);
}

/* Of a value that is not NULL; what the function makes on the way stays in the current context. */
static ALWAYS_INLINE uint32_t value_hash(const ValueHash *h, Datum value)
{
    if (h->kind == VALUE_HASH_SIGNED)
        return value_hash_mix(h->bits == 32   ? (uint64_t)(int64_t)datum_i32(value)
                              : h->bits == 64 ? value
                                              : (uint64_t)(int64_t)datum_i16(value));
    if (h->kind == VALUE_HASH_OID)
        return value_hash_mix(datum_u32(value));
    h->call->args[0] = (NullableDatum){.value = value};
    return value_hash_mix(datum_u32(fmgr_invoke(h->call)));
}

/* The next column's beside those before. */
static inline uint32_t value_hash_join(uint32_t before, uint32_t next)
{
    return (before << 5 | before >> 27) * UINT32_C(0x9E3779B1) + next;
}

#endif
