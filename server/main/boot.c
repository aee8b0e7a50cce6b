/* boot.c - fill a new data directory; boot.h says with what. */
#include "common/base/base.h"

#include "server/main/boot.h"

#include <unistd.h>

#include "common/crypt/random.h"
#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/pg_version.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/catalog/bootstrap.h"
#include "server/catalog/collation_list.h"
#include "server/catalog/script.h"
#include "server/config/config_sample.h"
#include "server/config/guc.h"
#include "server/config/server_version.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/main/boot_script.h"
#include "server/main/main_int.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/control.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/sync/sync.h"
#include "server/txn/clog.h"
#include "server/txn/multixact.h"
#include "server/txn/subtrans.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define PASSWORD_MAX     KIB(4)
#define MAX_WAL_SEGMENTS 64 /* what initdb makes of max_wal_size and min_wal_size */
#define MIN_WAL_SEGMENTS 5

typedef struct Boot {
    BootstrapOptions catalog;
    const char *auth_local, *auth_host;
    Array settings; /* GucChange: name and value alone */
    uint32_t wal_segment_size;
} Boot;

static void read_wishes(char *const *wishes, size_t count, Boot *out);
static char *read_password(void);
static void make_folders(void);
static void make_configuration(const Boot *boot);
static void make_control_file(const Boot *boot);
static uint64_t new_system_id(void);
static void make_small_pages(void);
static void begin_log(void);
static void make_views(const Boot *boot);
static void end_log(Oid next_oid);

void boot_run(char *const *wishes, size_t count)
{
    Boot boot;
    Array collations;
    Oid next_oid;
    char *version = mem_printf("%d\n", SERVER_MAJOR);

    read_wishes(wishes, count, &boot);
    boot.catalog.no_sync = !setting.fsync;
    make_folders();
    make_configuration(&boot);
    collation_list_system(&collations);
    boot.catalog.collations = collations.items;
    boot.catalog.collation_count = collations.count;
    next_oid = bootstrap_write(".", &boot.catalog);
    make_control_file(&boot);
    control_load();
    shmem_create(tables_shmem());
    proc_attach(PROC_STANDALONE);
    owner_switch(owner_new(NULL, "boot"));
    vfd_init();
    buffer_init();
    sync_keep_requests();
    make_small_pages();
    begin_log();
    make_views(&boot);
    end_log(next_oid);
    bootstrap_copy_template(".", &boot.catalog);
    /* What makes a folder a cluster comes last. */
    os_write_durable("PG_VERSION", version, strlen(version));
    if (!boot.catalog.no_sync)
        os_dir_sync_tree(".", true);
}

/* ---- What is wanted ---- */

static bool read_wish(const char *name, const char *value, Boot *out)
{
    BootstrapOptions *c = &out->catalog;
    int64_t number;

    if (str_equal(name, "superuser"))
        c->superuser = value;
    else if (str_equal(name, "password"))
        c->password = read_password();
    else if (str_equal(name, "encoding") && num_try_parse_i64(value, &number))
        c->encoding = (int32_t)number;
    else if (str_equal(name, "provider"))
        c->locale_provider = *value == 'i' ? 'i' : 'c';
    else if (str_equal(name, "collate"))
        c->collate = value;
    else if (str_equal(name, "ctype"))
        c->ctype = value;
    else if (str_equal(name, "icu-locale"))
        c->icu_locale = value;
    else if (str_equal(name, "collation-version"))
        c->collation_version = value;
    else if (str_equal(name, "auth-local"))
        out->auth_local = value;
    else if (str_equal(name, "auth-host"))
        out->auth_host = value;
    else if (str_starts_with(name, "set:"))
        *(GucChange *)array_push(&out->settings) =
            (GucChange){.name = name + strlen("set:"), .value = value};
    else if (str_equal(name, "checksums"))
        c->has_checksums = str_equal(value, "on");
    else if (str_equal(name, "wal-segment-size"))
        return num_try_parse_u32(value, &out->wal_segment_size) &&
               wal_seg_size_is_valid(out->wal_segment_size);
    else
        return false;
    return true;
}

static void read_wishes(char *const *wishes, size_t count, Boot *out)
{
    *out = (Boot){.catalog = {.superuser = "postgres",
                              .encoding = 6,
                              .locale_provider = 'c',
                              .collate = "C",
                              .ctype = "C",
                              .has_checksums = true},
                  .auth_local = "trust",
                  .auth_host = "trust",
                  .wal_segment_size = WAL_SEG_SIZE_DEFAULT};
    array_init(&out->settings, sizeof(GucChange));
    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(wishes[i], '=');

        if (equals == NULL ||
            !read_wish(mem_strndup(wishes[i], (size_t)(equals - wishes[i])), equals + 1, out))
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("invalid wish for a new cluster: \"%s\"", wishes[i]));
    }
}

/* The first line of standard input: nobody sees it on the command line. */
static char *read_password(void)
{
    OsFile *in = os_file_from_fd(STDIN_FILENO, "standard input");
    char *text = mem_alloc(PASSWORD_MAX);
    size_t len = os_file_read(in, text, PASSWORD_MAX - 1);

    text[len] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return text;
}

/* ---- What is made ---- */

static void make_folders(void)
{
    static const char *const folders[] = {
        "base",
        "global",
        "pg_commit_ts",
        "pg_dynshmem",
        "pg_logical",
        "pg_logical/mappings",
        "pg_logical/snapshots",
        "pg_multixact",
        "pg_multixact/members",
        "pg_multixact/offsets",
        "pg_notify",
        "pg_replslot",
        "pg_serial",
        "pg_snapshots",
        "pg_stat",
        "pg_stat_tmp",
        "pg_subtrans",
        "pg_tblspc",
        "pg_twophase",
        "pg_wal",
        "pg_wal/archive_status",
        "pg_xact",
    };

    /* pg_wal may be there: a link to where pginit was told to put the log. */
    for (size_t i = 0; i < ARRAY_LEN(folders); i++)
        if (!os_exists(folders[i]))
            os_dir_make(folders[i]);
}

/* "320MB", "4GB": so many segments. */
static const char *segments_text(const Boot *boot, unsigned count)
{
    uint64_t size_mb = (uint64_t)boot->wal_segment_size * count / MIB(1);

    return size_mb % 1024 == 0 ? mem_printf("%" PRIu64 "GB", size_mb / 1024)
                               : mem_printf("%" PRIu64 "MB", size_mb);
}

/*
 * All settings at their defaults as comments, those that were wished for in force, and sizes of the
 * log that suit its segments.
 */
static char *configuration_text(const Boot *boot)
{
    ConfigSampleValue *values = mem_new_array(ConfigSampleValue, boot->settings.count + 2);
    size_t count = 0;
    StrBuf text;

    array_foreach(const GucChange, change, &boot->settings)
        values[count++] = (ConfigSampleValue){.name = change->name, .value = change->value};
    values[count++] = (ConfigSampleValue){
        .name = "max_wal_size", .value = segments_text(boot, MAX_WAL_SEGMENTS)};
    values[count++] = (ConfigSampleValue){
        .name = "min_wal_size", .value = segments_text(boot, MIN_WAL_SEGMENTS)};
    strbuf_init(&text);
    config_sample_write(&text, values, count);
    return text.text;
}

/* Of all lines the first that fits counts: sockets, this machine's addresses, replication alike. */
static void make_configuration(const Boot *boot)
{
    static const char form[] =
        "# Who may connect from where, and how that is proven: TYPE DATABASE USER ADDRESS METHOD\n"
        "# The first line that fits decides.\n\n"
        "local   all             all                                     %1$s\n"
        "host    all             all             127.0.0.1/32            %2$s\n"
        "host    all             all             ::1/128                 %2$s\n"
        "local   replication     all                                     %1$s\n"
        "host    replication     all             127.0.0.1/32            %2$s\n"
        "host    replication     all             ::1/128                 %2$s\n";
    char *hba = mem_printf(form, boot->auth_local, boot->auth_host);
    static const char ident[] = "# Names of the system's users as those of the database: MAPNAME "
                                "SYSTEM-USERNAME PG-USERNAME\n";
    static const char automatic[] = "# Written by ALTER SYSTEM: do not edit.\n";
    char *conf = configuration_text(boot);

    os_write_durable("postgresql.conf", conf, strlen(conf));
    os_write_durable("postgresql.auto.conf", automatic, strlen(automatic));
    os_write_durable("pg_hba.conf", hba, strlen(hba));
    os_write_durable("pg_ident.conf", ident, strlen(ident));
}

/* Moment and process make it unique, as in PostgreSQL. */
static uint64_t new_system_id(void)
{
    uint64_t us = (uint64_t)(clock_now() + PG_EPOCH_UNIX * 1000000);

    return us / 1000000 << 32 | us % 1000000 << 12 | ((uint64_t)process_id() & 0xFFF);
}

static void make_control_file(const Boot *boot)
{
    const PgVersion *version = pg_version_find(SERVER_MAJOR);
    uint8_t bytes[CONTROL_FILE_SIZE];
    ControlFile c = {
        .version = SERVER_MAJOR,
        .system_id = new_system_id(),
        .control_version = version->control_version,
        .catalog_version = version->catalog_version,
        .state = CONTROL_STARTING_UP,
        .time = clock_unix_seconds(),
        .unlogged_lsn = UNLOGGED_LSN_FIRST,
        .wal_level = (uint32_t)setting.wal_level,
        .wal_log_hints = setting.wal_log_hints,
        .max_connections = (uint32_t)setting.max_connections,
        .max_worker_processes = (uint32_t)setting.max_worker_processes,
        .max_wal_senders = (uint32_t)setting.max_wal_senders,
        .max_prepared_xacts = (uint32_t)setting.max_prepared_transactions,
        .max_locks_per_xact = (uint32_t)setting.max_locks_per_transaction,
        .track_commit_timestamp = setting.track_commit_timestamp,
        .max_align = 8,
        .float_format = CONTROL_FILE_FLOAT,
        .block_size = BLOCK_SIZE,
        .segment_blocks = SEGMENT_BLOCKS,
        .wal_block_size = 8192,
        .wal_segment_size = boot->wal_segment_size,
        .name_size = 64,
        .index_key_max = 32,
        .toast_chunk_size = 1996,
        .large_object_chunk_size = 2048,
        .float8_by_value = true,
        .checksum_version = boot->catalog.has_checksums ? 1 : 0,
    };

    random_bytes(c.nonce, sizeof c.nonce);
    control_file_encode(&c, bytes);
    os_write_durable(CONTROL_FILE_NAME, bytes, sizeof bytes);
}

static void make_small_pages(void)
{
    xid_set_next(BOOTSTRAP_NEXT_XID);
    oid_set_next(BOOTSTRAP_VIEWS_OID, 0);
    xid_set_limits(BOOTSTRAP_NEXT_XID, BOOTSTRAP_OLDEST_XID_DB);
    multixact_set_next(BOOTSTRAP_NEXT_MULTI, 0);
    multixact_set_oldest(BOOTSTRAP_NEXT_MULTI, BOOTSTRAP_OLDEST_XID_DB);
    clog_bootstrap();
    subtrans_bootstrap();
    multixact_bootstrap();
    clog_start();
    multixact_start();
    xid_set_latest_completed(full_xid_before(xid_next()));
    subtrans_start(BOOTSTRAP_NEXT_XID);
}

/* The log begins with its second segment: no record may lie at LSN 0. */
static void begin_log(void)
{
    Lsn begin = wal_identity()->segment_size;

    wal_start(&(WalStart){
        .tli = 1, .end = begin, .redo = begin, .full_page_writes = setting.full_page_writes});
    checkpoint_make(CHECKPOINT_FORCE | CHECKPOINT_IMMEDIATE);
}

/*
 * What is made by statements, in template1. initdb makes the views, then the collations of the
 * machine, then information_schema: they are numbered accordingly.
 */
static void make_views(const Boot *boot)
{
    /* The copies of template1 are as old as it is. */
    static const char freeze_rows[] =
        "VACUUM FREEZE;"
        "UPDATE pg_database d SET datfrozenxid = t.datfrozenxid, datminmxid = t.datminmxid"
        " FROM pg_database t WHERE t.datname = 'template1' AND d.oid <> t.oid;";
    Owner *owner = owner_current();
    Xid oldest;

    boot_script_begin(boot->catalog.superuser);
    boot_script_run(catalog_script_system_views);
    boot_script_run(catalog_script_system_rights);
    oid_set_next(BOOTSTRAP_INFORMATION_OID + (Oid)boot->catalog.collation_count, 0);
    boot_script_run(catalog_script_information_schema);
    boot_script_run_alone("ANALYZE;");
    oldest = (Xid)xid_next();
    boot_script_run_alone(freeze_rows);
    boot_script_end();
    owner_switch(owner);
    xid_set_limits(oldest, BOOTSTRAP_OLDEST_XID_DB);
}

/* Behind all that was numbered by now. */
static void end_log(Oid next_oid)
{
    oid_set_next(next_oid, 0);
    checkpoint_make(CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_IMMEDIATE);
    proc_detach();
}
