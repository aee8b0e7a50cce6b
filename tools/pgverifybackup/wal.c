/*
 * wal.c - the WAL that a backup needs: is every record there and whole?
 *
 * Each range of the manifest is read from its first record to its end, checking headers, links and
 * CRCs. WAL lies in a folder, or in a tar archive: its own, or base.tar after a backup that fetched
 * it.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/manifest.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/reader.h"
#include "tools/pgverifybackup/tar_wal.h"
#include "tools/pgverifybackup/verify.h"

#define REASON_SIZE 1024

typedef struct WalCheck {
    const Verify *v;
    const char *path; /* a folder, or an archive */
    bool is_archive;
    const ManifestWalRange *range;
    char reason[REASON_SIZE]; /* what is wrong; empty when nothing is */
} WalCheck;

static void check_range(WalCheck *c);
static void read_range(WalCheck *c);
static void read_folder(WalCheck *c);
static uint32_t cluster_segment_size(const Verify *v);
static uint32_t read_segment_size(const Verify *v);
static uint32_t folder_segment_size(const char *path);
static void read_archive(WalCheck *c);
static void read_records(WalCheck *c, WalSource source, uint32_t segment_size);
static void report(Verify *v, const WalCheck *c);

void wal_verify_ranges(Verify *v, const char *path, bool is_tar)
{
    WalCheck check = {.v = v, .path = path};

    if (path == NULL && is_tar) {
        check.is_archive = true;
        check.path = tar_find_archive(v->config->dir, "pg_wal");
        if (check.path == NULL)
            check.path = tar_find_archive(v->config->dir, "base");
    } else if (path == NULL) {
        check.path = path_join(v->config->dir, "pg_wal");
    }
    array_foreach(ManifestWalRange, range, &v->wal_ranges) {
        check.range = range;
        check.reason[0] = '\0';
        check_range(&check);
        if (check.reason[0] != '\0')
            report(v, &check);
    }
}

/* What is raised is a reason like others. */
static void check_range(WalCheck *c)
{
    ERR_TRY() {
        read_range(c);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate == SQLSTATE_QUERY_CANCELED)
            err_raise_again();
        snprintf(c->reason, sizeof(c->reason), "%s", err_caught()->message);
    }
    ERR_END();
}

static void read_range(WalCheck *c)
{
    if (c->is_archive)
        read_archive(c);
    else
        read_folder(c);
}

static void read_folder(WalCheck *c)
{
    WalDirConfig config = {.path = c->path, .segment_size = cluster_segment_size(c->v)};

    if (config.segment_size == 0)
        config.segment_size = folder_segment_size(c->path);
    if (config.segment_size == 0)
        snprintf(c->reason, sizeof(c->reason), "could not find any WAL file");
    else
        read_records(c, wal_dir_source(wal_dir_new(&config)), config.segment_size);
}

/*
 * As the backup's control file says; 0 when that is not there or damaged, which the comparison with
 * the manifest reports.
 */
static uint32_t cluster_segment_size(const Verify *v)
{
    volatile uint32_t size = 0;

    ERR_TRY() {
        size = read_segment_size(v);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate == SQLSTATE_QUERY_CANCELED)
            err_raise_again();
    }
    ERR_END();
    return size;
}

static uint32_t read_segment_size(const Verify *v)
{
    ControlFile control;

    if (!os_exists(path_join(v->config->dir, CONTROL_FILE_NAME)))
        return 0;
    control_file_read_unchecked(v->config->dir, &control);
    if (!control.is_crc_right || !wal_seg_size_is_valid(control.wal_segment_size))
        return 0;
    return control.wal_segment_size;
}

/* As the first file that is a segment says; 0 when there is none. */
static uint32_t folder_segment_size(const char *path)
{
    Array names;

    os_dir_list(path, &names);
    array_foreach(char *, name, &names) {
        uint32_t size = 0;

        if (wal_name_kind(*name) == WAL_NAME_SEGMENT)
            size = wal_dir_segment_size(path_join(path, *name));
        if (size != 0)
            return size;
    }
    return 0;
}

static void read_archive(WalCheck *c)
{
    const char *prefix = str_starts_with(path_base(c->path), "base.") ? "pg_wal/" : "";
    TarWal *wal = tar_wal_open(c->path, prefix, c->range->tli);
    uint32_t segment_size = tar_wal_segment_size(wal);

    if (segment_size == 0)
        snprintf(c->reason, sizeof(c->reason), "could not find any WAL file");
    else
        read_records(c, tar_wal_source(wal), segment_size);
    tar_wal_close(wal);
}

/* The records from the range's start on, until one ends at its end or behind it. */
static void read_records(WalCheck *c, WalSource source, uint32_t segment_size)
{
    WalReader *reader = wal_reader_new(&(WalReaderConfig){.source = source,
                                                          .segment_size = segment_size,
                                                          .timeline = c->range->tli,
                                                          .system_id = c->v->system_id});
    Lsn lsn = wal_reader_find(reader, c->range->start);
    const WalRecord *record;

    if (lsn == LSN_NONE) {
        snprintf(c->reason, sizeof(c->reason),
                 "could not find a valid record after " LSN_FMT ": %s", LSN_ARG(c->range->start),
                 wal_reader_end(reader)->reason);
        return;
    }
    if (lsn >= c->range->end) {
        snprintf(c->reason, sizeof(c->reason), "could not find a valid record after " LSN_FMT,
                 LSN_ARG(c->range->start));
        return;
    }
    do {
        if (!wal_reader_next(reader, &record)) {
            const WalEnd *end = wal_reader_end(reader);

            snprintf(c->reason, sizeof(c->reason), "error in WAL record at " LSN_FMT ": %s",
                     LSN_ARG(end->lsn), end->reason);
            return;
        }
        thread_pool_check_cancel();
    } while (record->end < c->range->end);
}

static void report(Verify *v, const WalCheck *c)
{
    const char *message = err_fmt("WAL parsing failed for timeline %u", c->range->tli);

    if (v->config->exits_on_error)
        err_raise(SQLSTATE_CHECK_FAILED, .message = message, .detail = c->reason);
    v->has_error = true;
    err_log(ERR_ERROR, .sqlstate = SQLSTATE_CHECK_FAILED, .message = message, .detail = c->reason);
}
