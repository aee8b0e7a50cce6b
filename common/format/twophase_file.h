/*
 * twophase_file.h - the head of a prepared transaction's state, in pg_twophase/%08X and in WAL
 *
 * A header of 72 bytes, the GID, subtransactions, files and statistics to drop, invalidations, then
 * records of resource managers, each piece padded to 8. A file ends in a CRC-32C over all before;
 * the main data of the WAL record PREPARE are the same bytes without it.
 *
 * Source: access/xact.h of PostgreSQL 15; state files of a real server.
 */
#ifndef FORMAT_TWOPHASE_FILE_H
#define FORMAT_TWOPHASE_FILE_H

#include "common/base/base.h"

#define TWOPHASE_HEADER_SIZE 72
#define TWOPHASE_GID_MAX     200 /* bytes, with the NUL */

typedef struct TwophaseHeader {
    uint32_t total_len; /* with the final CRC */
    Xid xid;
    Oid database;
    PgTime prepared_at;
    Oid owner;
    uint32_t subxact_count;
    uint32_t commit_rel_count; /* files to remove at commit */
    uint32_t abort_rel_count;
    uint32_t commit_stats_count; /* 0 before 15, as the next */
    uint32_t abort_stats_count;
    uint32_t invalidation_count;
    bool drops_init_file;
    Lsn origin_lsn;
    PgTime origin_time;
    const char *gid;                           /* in the caller's bytes, as what follows */
    const uint8_t *subxacts;                   /* of 4 bytes each */
    const uint8_t *commit_rels, *abort_rels;   /* 12 bytes each */
    const uint8_t *commit_stats, *abort_stats; /* 12 bytes each (16 from 18 on) */
    const uint8_t *invalidations;              /* 16 bytes each */
    const uint8_t *records;                    /* of resource managers */
    size_t records_len;
} TwophaseHeader;

/*
 * Take the head of len bytes apart. has_crc says that they are a file's, whose CRC is then checked.
 * version is the server's major one. Raises SQLSTATE_DATA_CORRUPTED, naming what.
 */
void twophase_file_read(const uint8_t *bytes, size_t len, bool has_crc, unsigned version,
                        const char *what, TwophaseHeader *out);

/* Read a file's base name, eight upper-case digits (16 from 17 on); false when it is none. */
bool twophase_file_name_try_parse(const char *name, Xid *xid);

#endif
