/*
 * vector.c - int2vector and oidvector: arrays of one dimension from 0 on, written without braces
 *
 * Only catalogs have them. They are never toasted, and an empty one has a dimension, too.
 */
#include "common/base/base.h"

#include "server/types/vector.h"

#include <stdlib.h>

#include "server/catalog/catalog_oid.h"
#include "server/fmgr/hash_any.h"
#include "server/types/array_int.h"
#include "server/types/comparisons.h"
#include "server/types/oid.h"
#include "server/types/type_name.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

#define AT_DIMENSIONS 4
#define AT_DATA       8
#define AT_TYPE       12
#define AT_SIZE       16
#define AT_LOWER      20
#define AT_ITEMS      24

static uint8_t *vector_new(Oid type, size_t item_size, int count)
{
    size_t size = AT_ITEMS + item_size * (size_t)count;
    uint8_t *v = mem_alloc(size);

    varlena_set_size(v, size);
    store_u32(v + AT_DIMENSIONS, 1);
    store_u32(v + AT_TYPE, type);
    store_u32(v + AT_SIZE, (uint32_t)count);
    return v;
}

Datum vector_of_oids(const Oid *oids, int count)
{
    uint8_t *v = vector_new(TYPE_OID, sizeof(Oid), count);

    if (count > 0)
        memcpy(v + AT_ITEMS, oids, sizeof(Oid) * (size_t)count);
    return datum_of_pointer(v);
}

Datum vector_of_int2s(const int16_t *numbers, int count)
{
    uint8_t *v = vector_new(TYPE_INT2, sizeof(int16_t), count);

    if (count > 0)
        memcpy(v + AT_ITEMS, numbers, sizeof(int16_t) * (size_t)count);
    return datum_of_pointer(v);
}

static const uint8_t *vector_arg(const FmgrCall *call, int n)
{
    return fmgr_plain(call, n);
}

static int vector_count(const uint8_t *v)
{
    return (int)load_u32(v + AT_SIZE);
}

static Oid oid_at(const uint8_t *v, int i)
{
    return load_u32(v + AT_ITEMS + i * 4);
}

static _Noreturn void raise_too_many(const char *type)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("%s has too many elements", type));
}

/* ---- Text ---- */

Datum int2vectorin(FmgrCall *call)
{
    const char *p = fmgr_cstring(call, 0);
    int16_t numbers[FMGR_ARGS_MAX];
    int count = 0;

    while (*p != '\0' && count < FMGR_ARGS_MAX) {
        long value;
        char *end;

        while (is_space(*p))
            p++;
        if (*p == '\0')
            break;
        value = strtol(p, &end, 10);
        if (end == p)
            types_raise_syntax("smallint", p);
        if (value < INT16_MIN || value > INT16_MAX)
            types_raise_input_range("smallint", p);
        if (*end != '\0' && *end != ' ')
            types_raise_syntax("smallint", p);
        numbers[count++] = (int16_t)value;
        p = end;
    }
    while (is_space(*p))
        p++;
    if (*p != '\0')
        raise_too_many("int2vector");
    return vector_of_int2s(numbers, count);
}

Datum int2vectorout(FmgrCall *call)
{
    const uint8_t *v = vector_arg(call, 0);
    StrBuf out;

    strbuf_init(&out);
    for (int i = 0; i < vector_count(v); i++)
        strbuf_add_fmt(&out, "%s%d", i > 0 ? " " : "",
                       (int16_t)load_u16(v + AT_ITEMS + (size_t)i * 2));
    return datum_of_pointer(out.text);
}

Datum oidvectorin(FmgrCall *call)
{
    const char *p = fmgr_cstring(call, 0);
    Oid oids[FMGR_ARGS_MAX];
    int count = 0;

    for (;;) {
        p = skip_spaces(p);
        if (*p == '\0')
            break;
        if (count == FMGR_ARGS_MAX)
            raise_too_many("oidvector");
        oids[count++] = oid_parse(p, &p);
    }
    return vector_of_oids(oids, count);
}

Datum oidvectorout(FmgrCall *call)
{
    const uint8_t *v = vector_arg(call, 0);
    StrBuf out;

    strbuf_init(&out);
    for (int i = 0; i < vector_count(v); i++)
        strbuf_add_fmt(&out, "%s%u", i > 0 ? " " : "", oid_at(v, i));
    return datum_of_pointer(out.text);
}

/* The names of types, as function arguments are listed. */
Datum oidvectortypes(FmgrCall *call)
{
    const uint8_t *v = vector_arg(call, 0);
    StrBuf out;

    text_begin(&out);
    for (int i = 0; i < vector_count(v); i++) {
        if (i > 0)
            strbuf_add(&out, ", ");
        strbuf_add(&out, type_name(oid_at(v, i)));
    }
    return text_end(&out);
}

/* ---- Binary: as arrays ---- */

static const uint8_t *receive(FmgrCall *call, Oid type, const char *name)
{
    FmgrSite site = {.mem = mem_current()};
    const uint8_t *v;
    FMGR_CALL_LOCAL(frame, 3);

    fmgr_call_init(frame, &site, 3, 0);
    frame->args[0] = (NullableDatum){.value = fmgr_arg(call, 0)};
    frame->args[1] = (NullableDatum){.value = datum_of_u32(type)};
    frame->args[2] = (NullableDatum){.value = datum_of_i32(-1)};
    v = datum_varlena(array_recv(frame));
    if (load_u32(v + AT_DIMENSIONS) != 1 || load_u32(v + AT_DATA) != 0 ||
        load_u32(v + AT_LOWER) != 0)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = err_fmt("invalid %s data", name));
    return v;
}

Datum int2vectorrecv(FmgrCall *call)
{
    const uint8_t *v = receive(call, TYPE_INT2, "int2vector");

    if (vector_count(v) > FMGR_ARGS_MAX)
        raise_too_many("int2vector");
    return vector_of_int2s((const int16_t *)(const void *)(v + AT_ITEMS), vector_count(v));
}

Datum oidvectorrecv(FmgrCall *call)
{
    const uint8_t *v = receive(call, TYPE_OID, "oidvector");

    if (vector_count(v) > FMGR_ARGS_MAX)
        raise_too_many("oidvector");
    return vector_of_oids((const Oid *)(const void *)(v + AT_ITEMS), vector_count(v));
}

Datum int2vectorsend(FmgrCall *call)
{
    return array_send(call);
}

Datum oidvectorsend(FmgrCall *call)
{
    return array_send(call);
}

/* ---- Orders of oidvector: by length first ---- */

static int compare(FmgrCall *call)
{
    const uint8_t *a = vector_arg(call, 0), *b = vector_arg(call, 1);
    int count_a = vector_count(a), count_b = vector_count(b);

    /* The difference itself is given, as by PostgreSQL. */
    if (count_a != count_b)
        return count_a - count_b;
    for (int i = 0; i < count_a; i++) {
        if (oid_at(a, i) != oid_at(b, i))
            return oid_at(a, i) > oid_at(b, i) ? 1 : -1;
    }
    return 0;
}

Datum btoidvectorcmp(FmgrCall *call)
{
    return datum_of_i32(compare(call));
}

COMPARISONS(oidvector, , compare(call) == 0, compare(call))

Datum hashoidvector(FmgrCall *call)
{
    const uint8_t *v = vector_arg(call, 0);

    return datum_of_u32(hash_any(v + AT_ITEMS, (size_t)vector_count(v) * sizeof(Oid)));
}

Datum hashoidvectorextended(FmgrCall *call)
{
    const uint8_t *v = vector_arg(call, 0);

    return datum_of_i64((int64_t)hash_any_seeded(
        v + AT_ITEMS, (size_t)vector_count(v) * sizeof(Oid), (uint64_t)fmgr_i64(call, 1)));
}
