/*
 * reader.h - from WAL pages to records
 *
 * A WalReader walks over WAL from any start LSN, record by record, checks page headers, lengths,
 * back links and CRCs, and puts together what crosses pages and segments. Records that lie within
 * one page are decoded in place, in the memory of the source.
 *
 * The end of WAL is an expected outcome, not an error: wal_reader_next() returns false and
 * wal_reader_end() says where and why, in PostgreSQL's words ("invalid record length at 0/16B3748:
 * wanted 24, got 0"). Asking again reads the same place again, so a log that grows can be followed.
 */
#ifndef WALREC_READER_H
#define WALREC_READER_H

#include "common/base/base.h"

#include "common/walrec/record.h"

typedef struct WalReader WalReader;

/*
 * Where WAL comes from. read() gives the bytes of segment seg_no from offset (a multiple of 8192)
 * on, as many as it likes, and says how many in *len; they stay valid until the next call. Less
 * than 8192 bytes mean that the segment ends there (one that is still being written may be short),
 * NULL that there is no such segment. It may raise.
 *
 * timeline is the one that the reader is on, 0 before it knows; a source that holds the files of
 * several timelines decides which of them serves a segment.
 */
typedef struct WalSource {
    const uint8_t *(*read)(void *arg, TimelineId timeline, uint64_t seg_no, uint32_t offset,
                           size_t *len);
    void *arg;
} WalSource;

typedef struct WalReaderConfig {
    WalSource source;
    uint32_t segment_size; /* bytes */
    unsigned version;      /* 13 to 18; 0: taken from the first page's magic */
    TimelineId timeline;   /* handed to the source and named in reasons; 0: what the pages say */
    TimelineId begins_on;  /* named in reasons until a page said it; may be 0 */
    uint64_t system_id;    /* 0: any, but the same in all segments */
    bool skip_crc;         /* do not check record CRCs */
} WalReaderConfig;

/* The reader belongs to the current memory context. */
WalReader *wal_reader_new(const WalReaderConfig *config);

/*
 * Go to the first record at or after lsn (which may lie inside a record or be a segment's start).
 * Returns its LSN, or 0 when there is none (see wal_reader_end).
 */
Lsn wal_reader_find(WalReader *r, Lsn lsn);

/*
 * Go to a record that starts exactly at lsn (or first on the page that starts there). Its back link
 * need only point to before it.
 */
void wal_reader_seek(WalReader *r, Lsn lsn);

/*
 * The next record; false at the end of WAL. *record points into memory of the source and reader
 * that stays valid until the next call.
 */
bool wal_reader_next(WalReader *r, const WalRecord **record);

typedef enum WalEndKind {
    WAL_END_MISSING, /* the segment is not there, or shorter than needed */
    WAL_END_INVALID, /* bytes that are no valid record or page */
} WalEndKind;

typedef struct WalEnd {
    WalEndKind kind;
    Lsn lsn;             /* where the next record would start */
    Lsn page;            /* the page that is missing or invalid, or holds the start of the record */
    size_t page_len;     /* MISSING: bytes that there are of the page */
    bool has_segment;    /* MISSING: its segment is there, but too short */
    uint32_t record_len; /* as much of the record as had to be there; 0: no more than its header */
    const char *reason;  /* PostgreSQL's words; lives as long as the reader, until the next end */
} WalEnd;

/* Why the last wal_reader_next() or _find() found nothing; undefined after one that did. */
const WalEnd *wal_reader_end(const WalReader *r);

/* What the pages say; 0 until a page was read. */
unsigned wal_reader_version(const WalReader *r);
uint64_t wal_reader_system_id(const WalReader *r);
TimelineId wal_reader_timeline(const WalReader *r); /* of the newest page read */

/* A record whose continuation was lost and overwritten (page flag 8) was skipped; its LSN, or 0. */
Lsn wal_reader_overwritten(const WalReader *r);

#endif
