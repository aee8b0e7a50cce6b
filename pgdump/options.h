/* options.h - what the user asks of pgdump. */
#ifndef PGDUMP_OPTIONS_H
#define PGDUMP_OPTIONS_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/ds/array.h"
#include "common/option/option.h"
#include "common/tool/tool.h"

typedef enum DumpFormat { DUMP_PLAIN, DUMP_CUSTOM, DUMP_DIRECTORY, DUMP_TAR } DumpFormat;

typedef struct DumpOptions {
    ToolLog log;
    ClientOptions connect;
    const char *role;

    const char *file;
    int format; /* DumpFormat */
    int64_t jobs, compress;
    const char *lock_timeout;
    bool no_sync;

    bool is_data_only, is_schema_only;
    bool with_blobs, without_blobs;
    bool drops, creates_database, if_exists;
    const char *encoding;
    bool no_owner, no_rights, no_comments, no_labels, no_publications, no_subscriptions;
    bool no_access_methods, no_tablespaces, no_toast_compression, no_unlogged_data;
    const char *superuser;
    unsigned sections; /* ArchiveSection bits; 0: all */
    Array extensions, schemas, not_schemas, tables, not_tables, not_data, foreign_data;
    bool has_everything;    /* nothing was picked: no -t, -n, -e */
    bool has_large_objects; /* asked for, or taken with everything */
    bool is_strict;         /* each pattern has to find something */

    bool inserts, with_column_names, do_nothing_on_conflict;
    int64_t rows_per_insert;
    int64_t extra_float_digits;
    bool has_extra_float_digits;
    bool no_dollar_quoting, disables_triggers, has_row_security, via_partition_root;
    bool quotes_all, sets_session;
    bool is_deferrable;
    bool is_binary_upgrade;
    const char *snapshot;
    const char *restrict_key;
} DumpOptions;

extern const OptionSet dump_option_set;

/* Check what goes together, and fill in what follows from it. Raises as pg_dump words it. */
void dump_options_check(const Options *o);

#endif
