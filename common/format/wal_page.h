/*
 * wal_page.h - the header of a WAL page, and which version wrote it
 *
 * WAL is made of pages of 8192 bytes. Each begins with a header of 24 bytes; the first of a
 * segment has a long one of 40, which also names the cluster and the segment size. A record that
 * does not end on its page goes on right behind the next page's header; the number of its bytes
 * still to come, those on that page included, is in the header.
 *
 * Source: access/xlog_internal.h of PostgreSQL 13 to 18, checked on real servers.
 */
#ifndef FORMAT_WAL_PAGE_H
#define FORMAT_WAL_PAGE_H

#include "common/base/base.h"

#define WAL_PAGE_SIZE        8192
#define WAL_PAGE_HEADER      24
#define WAL_PAGE_HEADER_LONG 40

typedef enum WalPageFlag {
    WAL_PAGE_CONTINUES = 0x0001,        /* the first bytes continue a record */
    WAL_PAGE_LONG = 0x0002,             /* the header is a long one */
    WAL_PAGE_REMOVABLE_IMAGES = 0x0004, /* for compressors of old; no meaning to a reader */
    WAL_PAGE_OVERWRITES = 0x0008,       /* takes the place of a continuation that was lost */
    WAL_PAGE_FLAGS_KNOWN = 0x000F,
} WalPageFlag;

typedef struct WalPageHeader {
    uint16_t magic;
    uint16_t info; /* WalPageFlag bits */
    TimelineId tli;
    Lsn address;      /* of the page's first byte */
    uint32_t rem_len; /* bytes of the record that continues here; 0 when none does */
    /* The rest only in a long header. */
    uint64_t system_id;
    uint32_t seg_size;  /* bytes */
    uint32_t page_size; /* bytes */
} WalPageHeader;

/*
 * Take apart the header at the beginning of page, of which len bytes are there. A long header's
 * fields are zero when the header is short. Nothing is judged, but the length: false when the
 * header is longer than len.
 */
bool wal_page_read_header(const uint8_t *page, size_t len, WalPageHeader *out);

/* Write the header, long or short as info says; returns its length. */
size_t wal_page_write_header(uint8_t *page, const WalPageHeader *header);

/* Note in a header that is written that the first rem_len bytes behind it continue a record. */
void wal_page_mark_continued(uint8_t *page, uint32_t rem_len);

static inline size_t wal_page_header_size(const WalPageHeader *header)
{
    return (header->info & WAL_PAGE_LONG) != 0 ? WAL_PAGE_HEADER_LONG : WAL_PAGE_HEADER;
}

/* The major version that writes pages with that magic; 0 when none of 13 to 18 does. */
unsigned wal_page_version(uint16_t magic);

/* The magic of a major version; 0 when it is not one of 13 to 18. */
uint16_t wal_page_magic(unsigned version);

#endif
