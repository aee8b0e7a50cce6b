/*
 * options.h - what the user asks of pgbasebackup: PostgreSQL 15's options and their rules
 *
 * The table is in options.c. backup_options_check() sees what goes together, in PostgreSQL's words
 * and order, and works out what follows from it.
 */
#ifndef PGBASEBACKUP_OPTIONS_H
#define PGBASEBACKUP_OPTIONS_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/compress/spec.h"
#include "common/ds/array.h"
#include "common/option/option.h"
#include "common/option/space_mapping.h"
#include "common/tool/tool.h"

typedef enum BackupFormat { FORMAT_PLAIN, FORMAT_TAR } BackupFormat;
typedef enum WalMethod { WAL_NONE, WAL_FETCH, WAL_STREAM } WalMethod;

typedef struct BackupOptions {
    /* output */
    const char *dir;
    int format;        /* BackupFormat */
    uint32_t max_rate; /* kB/s; 0: no limit */
    bool writes_recovery_conf;
    const char *target; /* NAME[:DETAIL] */
    Array mappings;     /* of SpaceMapping */
    const char *wal_dir;
    int wal_method;       /* WalMethod */
    const char *compress; /* -Z, or "gzip" for -z, whichever came last */

    /* general */
    int is_fast; /* checkpoint */
    bool creates_slot;
    const char *label;
    bool no_clean, no_sync;
    bool wants_progress;
    const char *slot;
    const char *manifest_checksums;
    bool forces_encode;
    bool no_estimate, no_manifest, no_slot, no_verify_checksums;
    ToolLog log;

    /* connection */
    ClientOptions connect;
    int64_t status_interval; /* seconds */

    /* worked out */
    bool is_stdout;
    const char *target_name;   /* NULL: the client */
    const char *target_detail; /* NULL: none */
    CompressSpec client_compress;
    const char *server_compress; /* method; NULL: the server does not compress */
    const char *server_compress_detail;
} BackupOptions;

extern const OptionSet backup_option_set;

/* Check what o->values holds, and fill what is worked out. */
void backup_options_check(const Options *o);

/* Where the tablespace that lies at dir on the server goes: the mapping, else dir itself. */
const char *backup_options_map(const BackupOptions *b, const char *dir);

#endif
