/* relmap.c - relation map files; relmap.h has the layout. */
#include "common/base/base.h"

#include "common/format/relmap.h"

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"

#define RELMAP_MAGIC 0x00592717
#define AT_COUNT     4
#define AT_ENTRIES   8
#define ENTRY_SIZE   8

#define SIZE_OLD     512 /* 13 to 15 */
#define AT_CRC_OLD   504
#define SIZE_NEW     524
#define AT_CRC_NEW   520

_Noreturn static void raise_invalid(const char *what, const char *detail);

size_t relmap_size(unsigned version)
{
    return version >= 16 ? SIZE_NEW : SIZE_OLD;
}

void relmap_parse(const uint8_t *bytes, size_t len, const char *what, RelMap *out)
{
    size_t at_crc = len == SIZE_NEW ? AT_CRC_NEW : AT_CRC_OLD;
    uint32_t count;

    if (len != SIZE_OLD && len != SIZE_NEW)
        raise_invalid(what,
                      err_fmt("It has %zu bytes in place of %d or %d.", len, SIZE_OLD, SIZE_NEW));
    if (load_u32(bytes) != RELMAP_MAGIC)
        raise_invalid(
            what, err_fmt("It begins with %08X in place of %08X.", load_u32(bytes), RELMAP_MAGIC));
    count = load_u32(bytes + AT_COUNT);
    if (count > (at_crc - AT_ENTRIES) / ENTRY_SIZE)
        raise_invalid(what, err_fmt("It claims to hold %u entries, but has room for %zu.", count,
                                    (at_crc - AT_ENTRIES) / ENTRY_SIZE));
    if (load_u32(bytes + at_crc) != crc32c(bytes, at_crc))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("relation mapping file \"%s\" contains incorrect checksum", what));
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = bytes + AT_ENTRIES + i * ENTRY_SIZE;

        out->entries[i] = (RelMapEntry){.oid = load_u32(entry), .rel = load_u32(entry + 4)};
    }
}

size_t relmap_write(const RelMap *map, unsigned version, uint8_t bytes[RELMAP_SIZE_MAX])
{
    size_t size = relmap_size(version);
    size_t at_crc = size == SIZE_NEW ? AT_CRC_NEW : AT_CRC_OLD;

    ASSERT(map->count <= (at_crc - AT_ENTRIES) / ENTRY_SIZE);
    memset(bytes, 0, size);
    store_u32(bytes, RELMAP_MAGIC);
    store_u32(bytes + AT_COUNT, (uint32_t)map->count);
    for (size_t i = 0; i < map->count; i++) {
        uint8_t *entry = bytes + AT_ENTRIES + i * ENTRY_SIZE;

        store_u32(entry, map->entries[i].oid);
        store_u32(entry + 4, map->entries[i].rel);
    }
    store_u32(bytes + at_crc, crc32c(bytes, at_crc));
    return size;
}

RelFileNo relmap_find(const RelMap *map, Oid oid)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->entries[i].oid == oid)
            return map->entries[i].rel;
    }
    return 0;
}

static void raise_invalid(const char *what, const char *detail)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("relation mapping file \"%s\" contains invalid data", what),
              .detail = detail);
}
