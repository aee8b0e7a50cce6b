/*
 * backup.c - the course of a base backup, from the connection to the last name
 *
 *     connect > claim folders > slot > BASE_BACKUP > start position, tablespaces
 *       > WAL receiver starts > archives and manifest > end position > WAL receiver ends
 *       > output.finish()
 *
 * One frame stands around all of it: whatever is raised, a signal included, stops the WAL receiver
 * and undoes the folders. One error is treated apart: that pages have wrong checksums the server
 * says after everything was sent, and such a copy may be the best there is. It is kept, with the
 * manifest under its temporary name.
 */
#include "common/base/base.h"

#include "pgbasebackup/backup.h"

#include "common/client/client.h"
#include "common/client/replication.h"
#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/proto/repl_command.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/tool/tool.h"
#include "pgbasebackup/folders.h"
#include "pgbasebackup/options.h"
#include "pgbasebackup/output.h"
#include "pgbasebackup/receive.h"
#include "pgbasebackup/recovery_conf.h"
#include "pgbasebackup/report.h"
#include "pgbasebackup/wal.h"

typedef struct Backup {
    BackupOptions *options;
    Folders *folders;
    Client *client;
    Report *report;
    Output *output;            /* NULL: the server writes the backup */
    WalReceiver *wal;          /* NULL: none, or not yet */
    const char *recovery_conf; /* NULL: none */
    WalWanted start;           /* where the backup's WAL begins */
    Lsn end;
    Array spaces;    /* of BackupSpace */
    bool is_damaged; /* the server found wrong page checksums, after sending all */
} Backup;

static int run_caught(Backup *b);
static void run(Backup *b);
static void connect(Backup *b);
static void claim_folders(Backup *b);
static void send_command(Backup *b);
static void read_start(Backup *b);
static void read_spaces(Backup *b);
static void claim_spaces(const Backup *b);
static void choose_output(Backup *b);
static void hold_wal(Backup *b);
static void start_wal(Backup *b);
static void receive_all(Backup *b);
static void check_wal(void *arg);
static void read_end(Backup *b);
static void read_verdict(Backup *b);
static void finish(Backup *b);

int backup_run(const Options *o)
{
    Backup b = {.options = o->values};

    backup_options_check(o);
    b.folders = folders_new(b.options->no_clean, b.options->no_sync);
    b.report = report_new(b.options);
    return run_caught(&b);
}

/* Whatever goes wrong is reported first, then undone. */
static int run_caught(Backup *b)
{
    volatile int exit_code = 0;

    ERR_TRY() {
        run(b);
    }
    ERR_CATCH() {
        exit_code = tool_report(err_caught());
        wal_receiver_abort(b->wal);
        if (!b->is_damaged) {
            if (!b->options->no_clean)
                wal_receiver_undo(b->wal);
            folders_undo(b->folders);
        }
    }
    ERR_END();
    return exit_code;
}

static void run(Backup *b)
{
    connect(b);
    claim_folders(b);
    hold_wal(b);
    send_command(b);
    read_start(b);
    read_spaces(b);
    claim_spaces(b);
    choose_output(b);
    start_wal(b);
    receive_all(b);
    read_end(b);
    read_verdict(b);
    finish(b);
}

static void connect(Backup *b)
{
    SystemIdentity identity;

    b->client = client_connect(&b->options->connect, &(ClientConnect){.mode = CLIENT_PHYSICAL});
    client_check_replication_version(b->client);
    os_set_group_access(client_has_group_access(b->client));
    b->start.segment_size = client_wal_segment_size(b->client);
    identity = client_identify_system(b->client);
    b->start.system_id = identity.system_id;
    if (b->options->writes_recovery_conf)
        b->recovery_conf = recovery_conf_make(b->client, b->options->slot);
}

/* The data directory, and pg_wal where it is to lie elsewhere. */
static void claim_folders(Backup *b)
{
    const BackupOptions *o = b->options;

    if (o->dir == NULL || o->is_stdout)
        return;
    folders_claim(b->folders, FOLDER_DATA, o->dir);
    if (o->wal_dir == NULL)
        return;
    folders_claim(b->folders, FOLDER_WAL, o->wal_dir);
    os_symlink(o->wal_dir, path_join(o->dir, "pg_wal"));
}

static void send_command(Backup *b)
{
    const BackupOptions *o = b->options;
    BaseBackup command = {
        .label = o->label,
        .wants_size = !o->no_estimate,
        .is_fast = o->is_fast,
        .includes_wal = o->wal_method == WAL_FETCH,
        .skips_wait = o->wal_method != WAL_NONE,
        .max_rate = o->max_rate,
        .wants_map = o->format == FORMAT_TAR || o->target_name != NULL,
        .skips_checksums = o->no_verify_checksums,
        .manifest = o->no_manifest     ? BACKUP_MANIFEST_NO
                    : o->forces_encode ? BACKUP_MANIFEST_FORCE_ENCODE
                                       : BACKUP_MANIFEST_YES,
        .checksums = o->manifest_checksums,
        .target = o->target_name,
        .target_detail = o->target_detail,
        .compression = o->server_compress,
        .compression_detail = o->server_compress_detail,
    };
    StrBuf text;

    strbuf_init(&text);
    repl_command_base_backup(&text, &command, client_server_version(b->client));
    err_log(ERR_INFO, .message = "initiating base backup, waiting for checkpoint to complete");
    report_wait(b->report, "waiting for checkpoint");
    FAULT_POINT("pgbasebackup.before_command");
    client_send(b->client, text.text);
}

/* The first answer comes when the checkpoint is done. */
static void read_start(Backup *b)
{
    ClientResult *r = client_expect(b->client, CLIENT_ROWS, "could not initiate base backup");

    if (client_row_count(r) != 1 || client_column_count(r) < 2)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("server returned unexpected response to BASE_BACKUP command; "
                                     "got %zu rows and %zu fields, expected 1 rows and 2 fields",
                                     client_row_count(r), client_column_count(r)));
    b->start.start = client_value_lsn(r, 0, 0);
    b->start.tli = client_value_tli(r, 0, 1);
    client_result_free(r);
    err_log(ERR_INFO, .message = "checkpoint completed");
    if (b->options->wal_method != WAL_NONE)
        err_log(ERR_INFO,
                .message = err_fmt("write-ahead log start point: " LSN_FMT " on timeline %u",
                                   LSN_ARG(b->start.start), b->start.tli));
}

/* The second answer: tablespaces, and last the data directory with neither OID nor location. */
static void read_spaces(Backup *b)
{
    ClientResult *r = client_expect(b->client, CLIENT_ROWS, "could not get backup header");
    size_t count = client_row_count(r);
    uint64_t total_kb = 0;

    if (count == 0 || client_column_count(r) < 3)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "no data returned from server");
    array_init(&b->spaces, sizeof(BackupSpace));
    for (size_t i = 0; i < count; i++) {
        BackupSpace *space = array_push(&b->spaces);
        uint64_t oid;

        if (client_value(r, i, 2) != NULL)
            space->size_kb = client_value_u64(r, i, 2);
        total_kb += space->size_kb;
        if (client_value(r, i, 0) == NULL && client_value(r, i, 1) == NULL)
            continue;
        oid = client_value_u64(r, i, 0);
        space->oid = (Oid)oid;
        space->location = client_value(r, i, 1) == NULL ? NULL : mem_strdup(client_value(r, i, 1));
        if (space->location == NULL || oid == 0 || oid > UINT32_MAX)
            err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                      .message = "unexpected tablespace in the answer of the server");
    }
    client_result_free(r);
    for (size_t i = 0; i < count; i++) {
        const BackupSpace *space = array_at(&b->spaces, i);

        if ((space->location == NULL) != (i + 1 == count))
            err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                      .message = "the data directory is not the last in the answer of the server");
    }
    if (b->options->is_stdout && count > 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("can only write single tablespace to stdout, database has %zu",
                                     count));
    report_set_total(b->report, total_kb, count);
}

/* In the plain format each tablespace has a folder of its own, outside of the data directory. */
static void claim_spaces(const Backup *b)
{
    const BackupOptions *o = b->options;

    if (o->target_name != NULL || o->format != FORMAT_PLAIN)
        return;
    array_foreach(const BackupSpace, space, &b->spaces) {
        const char *location = space->location;

        if (location == NULL)
            continue;
        if (path_is_absolute(location))
            folders_claim(b->folders, FOLDER_SPACE, backup_options_map(o, location));
        else if (!path_is_inside(location))
            err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                      .message = err_fmt("unsafe tablespace location \"%s\"", location));
    }
}

static void choose_output(Backup *b)
{
    const BackupOptions *o = b->options;
    Output base = {.options = o,
                   .report = b->report,
                   .folders = b->folders,
                   .recovery_conf = b->recovery_conf,
                   .has_own_end = client_server_version(b->client) >= 150000};

    if (o->target_name != NULL)
        return;
    b->output = o->format == FORMAT_PLAIN ? plain_output_new(&base) : tar_output_new(&base);
}

static void hold_wal(Backup *b)
{
    if (b->options->wal_method != WAL_STREAM)
        return;
    b->wal = wal_receiver_new(b->options);
    wal_receiver_hold(b->wal, b->start.system_id, client_backend_pid(b->client));
}

static void start_wal(Backup *b)
{
    const BackupOptions *o = b->options;

    if (o->wal_method != WAL_STREAM)
        return;
    if (o->format == FORMAT_PLAIN) {
        const char *wal_dir = path_join(o->dir, "pg_wal");

        os_dir_make_all(path_join(wal_dir, "archive_status"));
    }
    wal_receiver_start(b->wal, &b->start);
    FAULT_POINT("pgbasebackup.wal_started");
}

static void receive_all(Backup *b)
{
    const char *method = b->options->server_compress;
    Receive receive = {.client = b->client,
                       .spaces = &b->spaces,
                       .suffix = "",
                       .has_manifest = !b->options->no_manifest,
                       .output = b->output,
                       .report = b->report,
                       .check = check_wal,
                       .check_arg = b};

    for (int i = 0; i < COMPRESS_METHOD_COUNT && method != NULL; i++)
        if (str_equal(method, compress_method_name((CompressMethod)i)))
            receive.suffix = compress_method_suffix((CompressMethod)i);
    receive_backup(&receive);
    report_end(b->report);
}

/* Between the messages: is anybody telling us to end? */
static void check_wal(void *arg)
{
    const Backup *b = arg;

    process_check_interrupts();
    if (b->wal != NULL)
        wal_receiver_check(b->wal);
}

static void read_end(Backup *b)
{
    ClientResult *r = client_expect(b->client, CLIENT_ROWS,
                                    "could not get write-ahead log end position from server");

    if (client_row_count(r) != 1)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "no write-ahead log end position returned from server");
    b->end = client_value_lsn(r, 0, 0);
    client_result_free(r);
    if (b->options->wal_method != WAL_NONE)
        err_log(ERR_INFO,
                .message = err_fmt("write-ahead log end point: " LSN_FMT, LSN_ARG(b->end)));
}

/* The last answer says whether all pages were sound. */
static void read_verdict(Backup *b)
{
    ERR_TRY() {
        client_result_free(client_expect(b->client, CLIENT_COMMAND, "final receive failed"));
        while (client_next_result(b->client, "final receive failed") != NULL)
            ;
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_DATA_CORRUPTED)
            err_raise_again();
        b->is_damaged = true;
    }
    ERR_END();
}

static void finish(Backup *b)
{
    if (b->wal != NULL) {
        err_log(ERR_INFO, .message = "waiting for background process to finish streaming ...");
        wal_receiver_finish(b->wal, b->end);
    }
    client_close(b->client);
    FAULT_POINT("pgbasebackup.received");
    if (b->output != NULL) {
        b->output->is_damaged = b->is_damaged;
        b->output->form->finish(b->output);
    }
    if (b->is_damaged)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "checksum error occurred",
                  .detail = "The server found pages with wrong checksums while it sent them.");
    err_log(ERR_INFO, .message = "base backup completed");
}
