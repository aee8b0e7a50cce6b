/*
 * reader.h - from WAL pages to records
 *
 * A WalReader walks over WAL from any start LSN, record by record, checks page headers, lengths,
 * back links and CRCs, and puts together what crosses pages and segments. Records that lie within
 * one page are decoded in place, in the memory of the source.
 *
 * The end of WAL is an expected outcome, not an error: wal_reader_next() returns false and
 * wal_reader_end() says where and why, in PostgreSQL's words ("invalid record length at 0/16B3748:
 * wanted 24, got 0").
 */
#ifndef WALREC_READER_H
#define WALREC_READER_H

#include "common/base/base.h"

#include "common/walrec/record.h"

typedef struct WalReader WalReader;

/*
 * Where segments come from. segment() gives the bytes of segment seg_no, valid until the next call
 * but one (a record may cross), and how many there are (a segment that is still being written may
 * be short); NULL when there is none. It may raise. timeline (may be 0: any) is the one that the
 * reader is on; the source decides which file serves it.
 */
typedef struct WalSource {
    const uint8_t *(*segment)(void *arg, uint64_t seg_no, TimelineId timeline, size_t *len);
    void *arg;
} WalSource;

typedef struct WalReaderConfig {
    WalSource source;
    uint32_t segment_size; /* bytes */
    unsigned version;      /* 0: taken from the first page's magic */
    uint64_t system_id;    /* 0: any, but the same in all segments */
    bool skip_crc;         /* do not check record CRCs */
} WalReaderConfig;

WalReader *wal_reader_new(const WalReaderConfig *config);

/*
 * Go to the first record at or after lsn (which may lie inside a record or be a segment's start).
 * Returns its LSN, or 0 when there is none (see wal_reader_end).
 */
Lsn wal_reader_find(WalReader *r, Lsn lsn);

/* Go to a record that starts exactly at lsn; no back-link check for the first one. */
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
    Lsn lsn;            /* where the next record would start */
    const char *reason; /* PostgreSQL's words; lives as long as the reader, until the next end */
} WalEnd;

const WalEnd *wal_reader_end(const WalReader *r);

/* What the pages say; 0 until a page was read. */
unsigned wal_reader_version(const WalReader *r);
uint64_t wal_reader_system_id(const WalReader *r);
TimelineId wal_reader_timeline(const WalReader *r);

/* A record whose continuation was lost and overwritten (page flag 8) was skipped; its LSN, or 0. */
Lsn wal_reader_overwritten(const WalReader *r);

#endif
