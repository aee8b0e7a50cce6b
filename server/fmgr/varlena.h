/*
 * varlena.h - values of variable length: their headers, and how to come to the plain bytes
 *
 * The first byte says which of four forms a value has:
 *
 *     xxxxxx00   4-byte header: total size << 2, then the bytes (plain)
 *     xxxxxx10   as above, then 4 bytes with raw size and method, then compressed bytes
 *     xxxxxxx1   1-byte header: total size << 1 | 1, then the bytes (short; total at most 127)
 *     00000001   external: a tag, and where the value is (common/format/toast_pointer.h)
 *
 * Only values with a 4-byte header are aligned. "Packed" is plain or short: all that most functions
 * need to tell apart. Sizes are checked where tuples are taken apart (heap_form.h); the functions
 * here trust the header.
 */
#ifndef FMGR_VARLENA_H
#define FMGR_VARLENA_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/format/toast_pointer.h"
#include "server/fmgr/datum.h"

#define VARLENA_HEADER       4
#define VARLENA_SHORT_HEADER 1
#define VARLENA_SHORT_MAX    127        /* total size of a short one */
#define VARLENA_SIZE_MAX     0x3FFFFFFF /* total size */

static inline bool varlena_is_external(const uint8_t *v)
{
    return v[0] == 0x01;
}

static inline bool varlena_is_short(const uint8_t *v)
{
    return (v[0] & 1) != 0 && v[0] != 0x01;
}

static inline bool varlena_is_compressed(const uint8_t *v)
{
    return (v[0] & 3) == 2;
}

static inline bool varlena_is_plain(const uint8_t *v)
{
    return (v[0] & 3) == 0;
}

/* Neither plain nor short: not to be read without varlena_packed() or varlena_plain(). */
static inline bool varlena_is_toasted(const uint8_t *v)
{
    return varlena_is_compressed(v) || varlena_is_external(v);
}

/* Total size where it lies, header included. An external one of an unknown tag raises XX001. */
size_t varlena_external_size(const uint8_t *v);

static inline size_t varlena_size(const uint8_t *v)
{
    if ((v[0] & 1) == 0)
        return load_u32(v) >> 2;
    if (LIKELY(v[0] != 0x01))
        return v[0] >> 1;
    return varlena_external_size(v);
}

/* The bytes of a packed value, and how many. */
static inline const uint8_t *varlena_bytes(const uint8_t *v)
{
    return v + ((v[0] & 1) != 0 ? VARLENA_SHORT_HEADER : VARLENA_HEADER);
}

static inline size_t varlena_len(const uint8_t *v)
{
    if ((v[0] & 1) != 0)
        return (size_t)(v[0] >> 1) - VARLENA_SHORT_HEADER;
    return (load_u32(v) >> 2) - VARLENA_HEADER;
}

static inline void varlena_set_size(uint8_t *v, size_t total)
{
    store_u32(v, (uint32_t)(total << 2));
}

static inline void varlena_set_size_short(uint8_t *v, size_t total)
{
    v[0] = (uint8_t)(total << 1 | 1);
}

/* A plain value that would fit behind a short header. */
static inline bool varlena_can_be_short(const uint8_t *v)
{
    return varlena_is_plain(v) && varlena_len(v) + VARLENA_SHORT_HEADER <= VARLENA_SHORT_MAX;
}

/* A plain value with those bytes, in the current context. 54000 above VARLENA_SIZE_MAX. */
uint8_t *varlena_new(const void *bytes, size_t len);

/* The size that varlena_plain()'s result would have, header included; fetches nothing. */
size_t varlena_raw_size(const uint8_t *v);

/*
 * The value in the named form: itself when it has it already, else a new one in the current
 * context. Damage raises XX001.
 */
const uint8_t *varlena_packed(const uint8_t *v);
const uint8_t *varlena_plain(const uint8_t *v);

/* An external value as it is stored: plain or compressed; any other as it is. */
const uint8_t *varlena_fetched(const uint8_t *v);

/*
 * The compressed form of a plain or short value, in the current context; NULL when it does not
 * pay: no two bytes saved, or too short to try.
 */
uint8_t *varlena_compress(const uint8_t *v, ToastMethod method);

/*
 * Who brings values from TOAST tables: a new plain or compressed value in the current context. Set
 * by main; without one, external values raise 0A000.
 */
typedef uint8_t *(*VarlenaFetch)(const ToastPointer *pointer);
void varlena_set_fetch(VarlenaFetch fetch);

/* A Datum's value. */
static inline const uint8_t *datum_varlena(Datum d)
{
    return datum_pointer(d);
}

#endif
