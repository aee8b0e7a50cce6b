/*
 * backup_stream.h - what a server of version 15 or later sends during BASE_BACKUP, in bytes
 *
 * One copy stream holds all: archives one after the other, then the manifest. Each CopyData begins
 * with a letter. (Before 15 there is a copy stream for each archive, of bare bytes.)
 *
 * Source: PostgreSQL 15 manual, "Streaming Replication Protocol", BASE_BACKUP.
 */
#ifndef PROTO_BACKUP_STREAM_H
#define PROTO_BACKUP_STREAM_H

#include "common/base/base.h"

typedef enum BackupKind {
    BACKUP_ARCHIVE = 'n',  /* a new archive begins */
    BACKUP_MANIFEST = 'm', /* the manifest begins */
    BACKUP_DATA = 'd',     /* bytes of the archive or the manifest */
    BACKUP_PROGRESS = 'p',
} BackupKind;

typedef struct BackupMessage {
    BackupKind kind;
    const char *archive;  /* n: "base.tar", "16389.tar.gz"; in the message, as the next */
    const char *location; /* n: folder of the tablespace on the server; "" for the data directory */
    const uint8_t *bytes; /* d: in the message; len may be 0 */
    size_t len;
    uint64_t done; /* p: uncompressed bytes so far, of all archives together */
} BackupMessage;

/* Raises SQLSTATE_PROTOCOL_VIOLATION, SQLSTATE_DATA_CORRUPTED when it is too short. */
BackupMessage backup_message_parse(const void *bytes, size_t len);

#endif
