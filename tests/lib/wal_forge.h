/*
 * wal_forge.h - WAL made by hand, in memory: valid pages with any records on them
 *
 *     WalForge f;
 *     wal_forge_init(&f, 15, MIB(1), 0x100000);        one segment size into the log
 *     wal_forge_begin(&f, RMGR_HEAP, WAL_HEAP_INSERT, 735);
 *     wal_forge_ref(&f, 0, WAL_FORGE_DATA, tag, "tuple", 5);
 *     wal_forge_main(&f, main, sizeof(main));
 *     Lsn lsn = wal_forge_end(&f);
 *
 * The result begins at f.base and is f.log.len bytes long; wal_forge_source() serves it. It is made
 * for tests that then damage it.
 */
#ifndef LIB_WAL_FORGE_H
#define LIB_WAL_FORGE_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/text/strbuf.h"
#include "common/walrec/reader.h"

#define WAL_FORGE_SYSTEM_ID UINT64_C(0x6123456789ABCDEF)

/* The flags of a reference's header. */
#define WAL_FORGE_IMAGE     0x10
#define WAL_FORGE_DATA      0x20
#define WAL_FORGE_WILL_INIT 0x40
#define WAL_FORGE_SAME_REL  0x80

typedef struct WalForge {
    StrBuf log; /* whole pages, then the one that is being filled */
    Lsn base;
    uint32_t segment_size;
    unsigned version;
    TimelineId timeline;
    uint64_t system_id;
    Lsn prev; /* start of the newest record; 0 before the first */

    /* The record being made. */
    StrBuf headers;
    StrBuf parts; /* images and data by block */
    StrBuf main;
    uint8_t rmgr, info;
    Xid xid;
} WalForge;

/* Begin a log at base, a segment's start. Memory belongs to the current context. */
void wal_forge_init(WalForge *f, unsigned version, uint32_t segment_size, Lsn base);

/* Where the next record will start. */
Lsn wal_forge_lsn(const WalForge *f);

void wal_forge_begin(WalForge *f, uint8_t rmgr, uint8_t info, Xid xid);

/* Add a reference with fork 0 to 3 and data; flags as above, without WAL_FORGE_IMAGE. */
void wal_forge_ref(WalForge *f, uint8_t id, uint8_t flags, BlockTag tag, const void *bytes,
                   size_t len);

/* As above, with an image; hole_len is written only when info says hole and compressed. */
typedef struct WalForgeImage {
    const void *bytes;
    uint16_t len;
    uint16_t hole_offset, hole_len;
    uint8_t info;
    bool write_hole_len;
} WalForgeImage;
void wal_forge_ref_image(WalForge *f, uint8_t id, uint8_t flags, BlockTag tag, WalForgeImage image,
                         const void *bytes, size_t len);

/* Bytes as they are behind the headers so far, e.g. an origin; len may be 0. */
void wal_forge_header(WalForge *f, const void *bytes, size_t len);
void wal_forge_part(WalForge *f, const void *bytes, size_t len);

void wal_forge_main(WalForge *f, const void *bytes, size_t len);

/* Put the record together, with a good CRC, and append it to the log. Returns where it starts. */
Lsn wal_forge_end(WalForge *f);

/* The record alone, as bytes without pages; for wal_record_decode(). */
void wal_forge_end_alone(WalForge *f, StrBuf *record);

/* A record without anything, as a quick way to fill the log. */
Lsn wal_forge_noop(WalForge *f, size_t main_len);

/* Append a switch record and fill the segment with zeros. */
Lsn wal_forge_switch(WalForge *f);

/* Fill the page with zeros, so that the log is whole pages; fill the segment. */
void wal_forge_fill_page(WalForge *f);
void wal_forge_fill_segment(WalForge *f);

/* Drop all from lsn on. What follows starts there (a page's start: with a new page). */
void wal_forge_cut(WalForge *f, Lsn lsn);

/* The byte at lsn, to be changed. */
uint8_t *wal_forge_at(WalForge *f, Lsn lsn);

/* Give the record at lsn, which lies in one page, a good CRC again. */
void wal_forge_fix_crc(WalForge *f, Lsn lsn);

/* Serves the log, all that is left of a segment at once; one that is not begun is missing. */
WalSource wal_forge_source(WalForge *f);

/* CRC-32C bit by bit: slow, and written apart from the one under test. */
uint32_t wal_forge_crc(uint32_t crc, const void *bytes, size_t len);

#endif
