/*
 * slru.h - folders of small pages: commit status, multixacts, commit timestamps
 *
 * Pages of 8192 bytes without header or checksum, 32 to a file; a file's name is its number in
 * upper-case hexadecimal, of four digits at least. What a page holds:
 *
 *     pg_xact               2 bits for each xid, low bits first
 *     pg_multixact/offsets  the number of the first member, for each multixact
 *     pg_multixact/members  groups of 4 flag bytes and 4 xids
 *     pg_commit_ts          time and replication origin, for each xid
 *
 * Numbers wrap around, and so do pages and files: compare them with care.
 *
 * Source: access/clog.h, multixact.h and commit_ts.h of PostgreSQL 15; a real server's files.
 */
#ifndef FORMAT_SLRU_H
#define FORMAT_SLRU_H

#include "common/base/base.h"

#include "common/base/bytes.h"

#define SLRU_PAGES_PER_SEGMENT 32
#define SLRU_SEGMENT_SIZE      (SLRU_PAGES_PER_SEGMENT * BLOCK_SIZE)

typedef struct SlruKind {
    const char *folder;      /* below the data directory */
    uint32_t items_per_page; /* xids, multixacts, members */
} SlruKind;

extern const SlruKind slru_xact, slru_commit_ts, slru_multixact_offsets, slru_multixact_members;

/* The page that holds an item's entry. */
static inline uint32_t slru_page_of(const SlruKind *kind, uint32_t item)
{
    return item / kind->items_per_page;
}

/* The last page there can be, before numbers wrap around. */
static inline uint32_t slru_page_max(const SlruKind *kind)
{
    return UINT32_MAX / kind->items_per_page;
}

/* The file of a page, below the data directory ("pg_xact/0000"), and where it is in the file. */
char *slru_path_of_page(const SlruKind *kind, uint32_t page, uint64_t *offset);

/* Read a file's base name; false when it is none. *segment times 32 is its first page. */
bool slru_try_parse_name(const char *name, uint32_t *segment);

/* ---- pg_xact: page is the one of slru_page_of ---- */

typedef enum XactStatus {
    XACT_IN_PROGRESS,
    XACT_COMMITTED,
    XACT_ABORTED,
    XACT_SUB_COMMITTED,
} XactStatus;

XactStatus xact_status_get(const uint8_t *page, Xid xid);
void xact_status_set(uint8_t *page, Xid xid, XactStatus status);

/* ---- pg_multixact ---- */

typedef enum MultiStatus {
    MULTI_FOR_KEY_SHARE,
    MULTI_FOR_SHARE,
    MULTI_FOR_NO_KEY_UPDATE,
    MULTI_FOR_UPDATE,
    MULTI_NO_KEY_UPDATE,
    MULTI_UPDATE,
    MULTI_STATUS_COUNT,
} MultiStatus;

typedef struct MultiMember {
    Xid xid;
    MultiStatus status;
} MultiMember;

/* The number of the first member; 0 when it was not written yet. */
MultiOffset multixact_offset_get(const uint8_t *page, MultiXid multi);
void multixact_offset_set(uint8_t *page, MultiXid multi, MultiOffset offset);

/* Raises SQLSTATE_DATA_CORRUPTED for a status byte that means nothing. */
MultiMember multixact_member_get(const uint8_t *page, MultiOffset member);
void multixact_member_set(uint8_t *page, MultiOffset member, MultiMember value);

/* ---- pg_commit_ts ---- */

typedef struct CommitTs {
    PgTime time; /* 0: none was kept */
    uint16_t origin;
} CommitTs;

CommitTs commit_ts_get(const uint8_t *page, Xid xid);
void commit_ts_set(uint8_t *page, Xid xid, CommitTs value);

#endif
