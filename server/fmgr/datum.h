/*
 * datum.h - a value of any SQL type in eight bytes: itself, or a pointer to it
 *
 * By value: bool, "char", int2, int4, int8, oid and its kin, floats, date, time, timestamps. All
 * else is a pointer: fixed length (name, uuid, tid, interval), varlena (length words of
 * PostgreSQL's form, varlena.h), or a C string (cstring, only in flight).
 */
#ifndef FMGR_DATUM_H
#define FMGR_DATUM_H

#include "common/base/base.h"

#include <string.h>

typedef uint64_t Datum;

typedef struct NullableDatum {
    Datum value;
    bool is_null;
} NullableDatum;

static inline Datum datum_of_bool(bool v)
{
    return v ? 1 : 0;
}

static inline bool datum_bool(Datum d)
{
    return (d & 0xFF) != 0;
}

static inline Datum datum_of_char(char v)
{
    return (Datum)(int64_t)(signed char)v;
}

static inline char datum_char(Datum d)
{
    return (char)d;
}

static inline Datum datum_of_i16(int16_t v)
{
    return (Datum)(int64_t)v;
}

static inline int16_t datum_i16(Datum d)
{
    return (int16_t)d;
}

static inline Datum datum_of_i32(int32_t v)
{
    return (Datum)(int64_t)v;
}

static inline int32_t datum_i32(Datum d)
{
    return (int32_t)d;
}

static inline Datum datum_of_u32(uint32_t v)
{
    return (Datum)v;
}

static inline uint32_t datum_u32(Datum d)
{
    return (uint32_t)d;
}

static inline Datum datum_of_i64(int64_t v)
{
    return (Datum)v;
}

static inline int64_t datum_i64(Datum d)
{
    return (int64_t)d;
}

static inline Datum datum_of_f4(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return (Datum)(int64_t)(int32_t)bits;
}

static inline float datum_f4(Datum d)
{
    uint32_t bits = (uint32_t)d;
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static inline Datum datum_of_f8(double v)
{
    Datum d;

    memcpy(&d, &v, sizeof d);
    return d;
}

static inline double datum_f8(Datum d)
{
    double v;

    memcpy(&v, &d, sizeof v);
    return v;
}

static inline Datum datum_of_pointer(const void *p)
{
    return (Datum)(uintptr_t)p;
}

static inline void *datum_pointer(Datum d)
{
    return (void *)(uintptr_t)d;
}

#endif
