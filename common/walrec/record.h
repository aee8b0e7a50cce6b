/*
 * record.h - one WAL record, taken apart: header, block references, images, data
 *
 * A record is a 24-byte header, then headers of its parts, then the parts' bytes (FORMATS: images
 * and data by block, main data last). wal_record_decode() checks every length against what is
 * there and leaves pointers into the caller's bytes; nothing is copied.
 *
 * Source: access/xlogrecord.h of PostgreSQL 13 to 18, checked on real servers.
 */
#ifndef WALREC_RECORD_H
#define WALREC_RECORD_H

#include "common/base/base.h"

#include "common/format/block_tag.h"

#define WAL_RECORD_HEADER_SIZE 24
#define WAL_BLOCK_REF_MAX      33 /* ids 0 to 32 */

typedef enum WalImageMethod {
    WAL_IMAGE_PLAIN,
    WAL_IMAGE_PGLZ,
    WAL_IMAGE_LZ4,
    WAL_IMAGE_ZSTD,
} WalImageMethod;

typedef struct WalBlockRef {
    bool is_used;   /* the record has a reference with this id */
    bool will_init; /* redo makes the page from nothing */
    bool has_image;
    bool apply_image; /* the image is to be restored; else it is there to compare with */
    bool has_data;
    uint8_t image_info; /* the raw bimg_info byte, whose bits depend on the version */
    WalImageMethod image_method;
    uint16_t image_len;   /* bytes at image */
    uint16_t hole_offset; /* where the image leaves zeros out */
    uint16_t hole_len;
    uint16_t data_len;
    BlockTag tag;
    const uint8_t *image; /* unaligned, as data is */
    const uint8_t *data;
} WalBlockRef;

typedef struct WalRecord {
    Lsn start;        /* of the header */
    Lsn end;          /* start of what follows, rounded up to 8: the LSN of pages it changes;
                         after a switch record the start of the next segment */
    Lsn prev;         /* start of the record before */
    unsigned version; /* major version of the server that wrote it, 13 to 18 */
    uint32_t total_len;
    Xid xid;
    uint32_t crc;
    uint8_t rmgr;    /* resource manager id */
    uint8_t info;    /* high nibble: the resource manager's; low nibble: flags */
    uint16_t origin; /* replication origin; 0 none */
    Xid top_xid;     /* top-level transaction, where the record names it; else 0 */
    bool has_top_xid;
    uint32_t images_len; /* bytes that are images of pages */
    int ref_id_max;      /* highest id in use, -1 when there is none; refs above it are undefined */
    WalBlockRef refs[WAL_BLOCK_REF_MAX];
    const uint8_t *main; /* main data, unaligned; NULL when there is none */
    uint32_t main_len;
} WalRecord;

/*
 * Take apart the total_len bytes of a record whose header and CRC the caller has checked. version
 * as above; start and end as in WalRecord. Raises SQLSTATE_DATA_CORRUPTED naming the LSN and what
 * does not fit; a compression method that this build lacks raises only at restore.
 */
void wal_record_decode(WalRecord *record, const uint8_t *bytes, unsigned version, Lsn start,
                       Lsn end);

/* The reference with that id, or NULL when the record has none. */
static inline const WalBlockRef *wal_record_ref(const WalRecord *record, int id)
{
    return id <= record->ref_id_max && record->refs[id].is_used ? &record->refs[id] : NULL;
}

/* The opcode: info without the flags in the low nibble. */
static inline uint8_t wal_record_opcode(const WalRecord *record)
{
    return record->info & 0xF0;
}

/* True for a record written under wal_consistency_checking. */
static inline bool wal_record_has_check_images(const WalRecord *record)
{
    return (record->info & 0x02) != 0;
}

/* ---- What a record touches ---- */

/*
 * A block that replay of the record may change. Registered references carry their id; implied ones
 * (visibility-map pages of heap records that clear all-visible or all-frozen, the last kept page of
 * each map at a truncation) have ref_id -1.
 */
typedef struct WalTouch {
    BlockTag tag;
    int ref_id;
} WalTouch;

#define WAL_TOUCH_MAX (WAL_BLOCK_REF_MAX + 3)

/*
 * Fill touches with every block of the record: the references by id, then the implied ones, each
 * once. Returns how many. Implied blocks are redone whether or not the heap page needs it, and no
 * LSN is set on them.
 */
size_t walrec_touched(const WalRecord *record, WalTouch touches[WAL_TOUCH_MAX]);

#endif
