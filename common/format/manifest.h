/*
 * manifest.h - backup_manifest: every file of a backup with its size and checksum
 *
 *     { "PostgreSQL-Backup-Manifest-Version": 1,
 *     "Files": [
 *     { "Path": "backup_label", "Size": 203, "Last-Modified": "2026-11-22 07:05:35 GMT",
 *       "Checksum-Algorithm": "CRC32C", "Checksum": "b0d0b714" },
 *     ...
 *     ],
 *     "WAL-Ranges": [
 *     { "Timeline": 1, "Start-LSN": "0/5000028", "End-LSN": "0/5000100" }
 *     ],
 *     "Manifest-Checksum": "5dcf..."}
 *
 * (each file on one line). Version 2, of 17 and later, has "System-Identifier" after the version. A
 * path that is not UTF-8 is given in hexadecimal, as "Encoded-Path". The last line holds the
 * SHA-256 of all lines before it.
 *
 * A manifest may list millions of files, so it is read and written as a stream: what reads it is
 * handed file after file. Only when manifest_read() returns was the checksum found right.
 *
 * Promises
 *   1. What is written is byte for byte what a server writes for the same files.
 *   2. Whatever pg_verifybackup 15 refuses to read is refused with its words, and paths that lead
 *      out of the backup too.
 *
 * Source: PostgreSQL 15 manual, "Backup Manifest Format"; manifests of servers 13 to 18.
 */
#ifndef FORMAT_MANIFEST_H
#define FORMAT_MANIFEST_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/crypt/digest.h"
#include "common/text/strbuf.h"

#define MANIFEST_FILE_NAME "backup_manifest"

typedef struct ManifestFile {
    const char *path; /* relative; any bytes but NUL */
    uint64_t size;
    bool has_mtime; /* false when the text is in another form */
    int64_t mtime;  /* Unix seconds */
    bool has_checksum;
    DigestKind kind;
    const uint8_t *checksum; /* of any length: who verifies must compare it with digest_size() */
    size_t checksum_len;
} ManifestFile;

typedef struct ManifestWalRange {
    TimelineId tli;
    Lsn start, end;
} ManifestWalRange;

/* What the reader calls; any may be NULL. What they are given lives until they return. */
typedef struct ManifestHandler {
    void (*version)(void *arg, unsigned version); /* 1 or 2, before all others */
    void (*system_id)(void *arg, uint64_t system_id);
    void (*file)(void *arg, const ManifestFile *file);
    void (*wal_range)(void *arg, const ManifestWalRange *range);
    void *arg;
} ManifestHandler;

/*
 * Read a whole manifest. Raises SQLSTATE_DATA_CORRUPTED "could not parse backup manifest: ..." and
 * pg_verifybackup's other words; what a handler raises goes through.
 */
void manifest_read(ByteSource source, const ManifestHandler *handler);

/* The same from a file. */
void manifest_read_file(const char *path, const ManifestHandler *handler);

typedef struct ManifestWriter {
    ByteSink sink;
    Digest digest; /* over all that was written */
    StrBuf line;
    bool is_encoding_forced; /* every path as "Encoded-Path" */
    unsigned state;
    size_t count; /* items of the current list */
} ManifestWriter;

/*
 * Begin a manifest of version 1, or of 2 with the cluster's system identifier. Then come all files,
 * then all WAL ranges, then the end. The buffer is in the current memory context.
 */
void manifest_writer_begin(ManifestWriter *w, ByteSink sink, unsigned version, uint64_t system_id);
void manifest_writer_add_file(ManifestWriter *w, const ManifestFile *file);
void manifest_writer_add_wal_range(ManifestWriter *w, const ManifestWalRange *range);
void manifest_writer_end(ManifestWriter *w);

#endif
