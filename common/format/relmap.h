/*
 * relmap.h - pg_filenode.map: the files of catalogs whose own rows cannot say it
 *
 * A magic, the number of entries, the entries {oid, file number} in any order, a CRC-32C over all
 * before it. In 13 to 15 there are 62 slots in 512 bytes (the last four are padding), in 16 and
 * later 64 in 524. The WAL record of a change holds the whole file.
 *
 * Source: seen on servers 13 to 18.
 */
#ifndef FORMAT_RELMAP_H
#define FORMAT_RELMAP_H

#include "common/base/base.h"

#define RELMAP_FILE_NAME "pg_filenode.map"
#define RELMAP_SIZE_MAX  524 /* bytes of the file, in any version */
#define RELMAP_SLOT_MAX  64

typedef struct RelMapEntry {
    Oid oid;
    RelFileNo rel;
} RelMapEntry;

typedef struct RelMap {
    size_t count;
    RelMapEntry entries[RELMAP_SLOT_MAX];
} RelMap;

/* Bytes of the file that a major version writes. */
size_t relmap_size(unsigned version);

/*
 * Read a file's bytes; their number tells which of the two forms it is. what names them in errors:
 * SQLSTATE_DATA_CORRUPTED for a wrong size, magic, count or CRC.
 */
void relmap_parse(const uint8_t *bytes, size_t len, const char *what, RelMap *out);

/* Write the form of that version; returns its size. The map must fit (62 entries up to 15). */
size_t relmap_write(const RelMap *map, unsigned version, uint8_t bytes[RELMAP_SIZE_MAX]);

/* The file number of a mapped relation; 0 when it is not in the map. */
RelFileNo relmap_find(const RelMap *map, Oid oid);

#endif
