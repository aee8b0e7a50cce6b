/*
 * repl_command.h - the words of replication commands, for servers 13 to 18
 *
 * The commands have a grammar of their own: names in double quotes, texts in single quotes that
 * know no backslash. Version 15 changed the form of BASE_BACKUP altogether and offers another one
 * for slots; each function takes the server's version (150020) and writes what that server reads.
 * What it cannot do is raised as 0A000, in the words of PostgreSQL's programs.
 *
 * All append to out, without a line end or a semicolon.
 */
#ifndef PROTO_REPL_COMMAND_H
#define PROTO_REPL_COMMAND_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

typedef struct StartReplication {
    const char *slot; /* NULL: none */
    Lsn start;
    TimelineId tli;
} StartReplication;

void repl_command_start(StrBuf *out, const StartReplication *start);

typedef struct CreateSlot {
    const char *name;
    bool is_temporary;
    bool reserves_wal; /* from the moment of its making on, not from the first connection on */
} CreateSlot;

/* A physical slot. */
void repl_command_create_slot(StrBuf *out, const CreateSlot *slot, uint32_t server_version);

void repl_command_drop_slot(StrBuf *out, const char *name, bool waits);
void repl_command_read_slot(StrBuf *out, const char *name, uint32_t server_version);
void repl_command_timeline_history(StrBuf *out, TimelineId tli);

typedef enum BackupManifestMode {
    BACKUP_MANIFEST_NO,
    BACKUP_MANIFEST_YES,
    BACKUP_MANIFEST_FORCE_ENCODE,
} BackupManifestMode;

typedef struct BaseBackup {
    const char *label;
    bool wants_size;      /* the server estimates the size of what comes (PROGRESS) */
    bool is_fast;         /* checkpoint at once */
    bool includes_wal;    /* WAL that the backup needs comes with it */
    bool skips_wait;      /* do not wait until that WAL was archived */
    uint32_t max_rate;    /* kB/s; 0: no limit */
    bool wants_map;       /* tablespace_map in place of links */
    bool skips_checksums; /* pages are not verified */
    BackupManifestMode manifest;
    const char *checksums; /* of the manifest: "SHA256"; NULL: the server's default */
    const char *target;    /* NULL: the client, which is the same as "client" */
    const char *target_detail;
    const char *compression; /* "gzip": by the server; NULL: none */
    const char *compression_detail;
    bool is_incremental; /* after UPLOAD_MANIFEST; 17 and later */
} BaseBackup;

void repl_command_base_backup(StrBuf *out, const BaseBackup *backup, uint32_t server_version);

/* Append "name" or 'text' as replication commands want it. */
void repl_quote_name(StrBuf *out, const char *name);
void repl_quote_text(StrBuf *out, const char *text);

#endif
