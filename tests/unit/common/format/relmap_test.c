/* relmap_test.c - relation maps of real servers, and damaged ones. */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/format/relmap.h"
#include "tests/unit/unit.h"

/* A database's map after initdb: each OID is its file number. Order and CRC of 15.20 and 16. */
static const Oid oids_15[] = {1259, 1249, 1255, 1247, 2836, 2837, 4171, 4172, 2690,
                              2691, 2703, 2704, 2658, 2659, 2662, 2663, 3455};
static const Oid oids_16[] = {1259, 1249, 1255, 1247, 2836, 2837, 4171, 4172, 2690,
                              2691, 2703, 2704, 2658, 2659, 2662, 2663, 3455};
#define CRC_15 0xD19C326Bu
#define CRC_16 0xDFAAF6F2u

static void make(const Oid *oids, size_t count, RelMap *map)
{
    map->count = count;
    for (size_t i = 0; i < count; i++)
        map->entries[i] = (RelMapEntry){oids[i], oids[i]};
}

static void written_maps_equal_a_real_server_s(void)
{
    uint8_t bytes[RELMAP_SIZE_MAX];
    RelMap map;

    make(oids_15, ARRAY_LEN(oids_15), &map);
    CU_ASSERT_EQUAL(relmap_write(&map, 15, bytes), 512);
    CU_ASSERT_EQUAL(load_u32(bytes), 0x00592717);
    CU_ASSERT_EQUAL(load_u32(bytes + 504), CRC_15);
    make(oids_16, ARRAY_LEN(oids_16), &map);
    CU_ASSERT_EQUAL(relmap_write(&map, 16, bytes), 524);
    CU_ASSERT_EQUAL(load_u32(bytes + 520), CRC_16);
}

static void what_is_written_is_read(void)
{
    uint8_t bytes[RELMAP_SIZE_MAX];
    RelMap map, again;

    for (unsigned version = 15; version <= 16; version++) {
        make(oids_15, ARRAY_LEN(oids_15), &map);
        map.entries[2].rel = 99;
        relmap_parse(bytes, relmap_write(&map, version, bytes), "x", &again);
        CU_ASSERT_EQUAL(again.count, map.count);
        CU_ASSERT_EQUAL(memcmp(again.entries, map.entries, map.count * sizeof(RelMapEntry)), 0);
        CU_ASSERT_EQUAL(relmap_find(&again, oids_15[2]), 99);
        CU_ASSERT_EQUAL(relmap_find(&again, 1), 0);
    }
}

static void a_full_map_is_read(void)
{
    uint8_t bytes[RELMAP_SIZE_MAX];
    RelMap map = {.count = RELMAP_SLOT_MAX}, again;

    for (size_t i = 0; i < map.count; i++)
        map.entries[i] = (RelMapEntry){(Oid)i + 1, (Oid)i + 100};
    relmap_parse(bytes, relmap_write(&map, 18, bytes), "x", &again);
    CU_ASSERT_EQUAL(again.count, RELMAP_SLOT_MAX);
    map.count = 62;
    relmap_parse(bytes, relmap_write(&map, 13, bytes), "x", &again);
    CU_ASSERT_EQUAL(relmap_find(&again, 62), 161);
}

static void damage_is_refused(void)
{
    uint8_t bytes[RELMAP_SIZE_MAX];
    RelMap map, again;
    size_t len;

    make(oids_15, ARRAY_LEN(oids_15), &map);
    len = relmap_write(&map, 15, bytes);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "relation mapping file \"m\" contains invalid data",
                               relmap_parse(bytes, 511, "m", &again));
    bytes[100] ^= 1;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "relation mapping file \"m\" contains incorrect checksum",
                               relmap_parse(bytes, len, "m", &again));
    bytes[100] ^= 1;
    store_u32(bytes + 4, 63);
    store_u32(bytes + 504, crc32c(bytes, 504));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, relmap_parse(bytes, len, "m", &again));
    store_u32(bytes, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, relmap_parse(bytes, len, "m", &again));
}

UNIT_SUITE(relmap)
{
    UNIT_TEST(written_maps_equal_a_real_server_s);
    UNIT_TEST(what_is_written_is_read);
    UNIT_TEST(a_full_map_is_read);
    UNIT_TEST(damage_is_refused);
}
