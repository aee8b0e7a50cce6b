/* datum_image.c - copy and compare values by their bytes; datum_image.h has the rules. */
#include "common/base/base.h"

#include "server/fmgr/datum_image.h"

#include "common/mem/mem.h"
#include "server/fmgr/varlena.h"

size_t datum_size(Datum value, int16_t len)
{
    if (len == -1)
        return varlena_size(datum_varlena(value));
    if (len == -2)
        return strlen(datum_pointer(value)) + 1;
    return (size_t)len;
}

Datum datum_copy(Datum value, bool by_value, int16_t len)
{
    if (by_value)
        return value;
    return datum_of_pointer(mem_dup(datum_pointer(value), datum_size(value, len)));
}

bool datum_image_equal(Datum a, Datum b, bool by_value, int16_t len)
{
    size_t size;

    if (by_value)
        return a == b;
    size = datum_size(a, len);
    return size == datum_size(b, len) && memcmp(datum_pointer(a), datum_pointer(b), size) == 0;
}

static void forget(const uint8_t *packed, const uint8_t *from)
{
    if (packed != from)
        mem_free(datum_pointer(datum_of_pointer(packed)));
}

bool datum_content_equal(Datum a, Datum b, bool by_value, int16_t len)
{
    const uint8_t *x, *y;
    bool is_equal;

    if (by_value || len != -1)
        return datum_image_equal(a, b, by_value, len);
    if (varlena_raw_size(datum_varlena(a)) != varlena_raw_size(datum_varlena(b)))
        return false;
    x = varlena_packed(datum_varlena(a));
    y = varlena_packed(datum_varlena(b));
    is_equal = memcmp(varlena_bytes(x), varlena_bytes(y), varlena_len(x)) == 0;
    forget(x, datum_varlena(a));
    forget(y, datum_varlena(b));
    return is_equal;
}
