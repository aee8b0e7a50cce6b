/*
 * push.c - walarchive push: what archive_command calls with each finished WAL file
 *
 * Promises
 *   1. Exit code 0 means that the file is in the repository, whole and durable, and that what is
 *      there under its name is this content alone.
 *   2. A file whose name is taken by other content is stored beside it and reported: both are kept,
 *      the exit code is 1, and PostgreSQL keeps its copy.
 *   3. A segment that is damaged, misnamed or from another cluster does not get in; nor does a
 *      history file that lies in the data directory of another cluster. A record that crosses into
 *      the segment can be checked when the segment before lies beside it, as it does in pg_wal.
 *   4. A timeline's history is archived before its first segment. PostgreSQL never archives that of
 *      a timeline that began while archive_mode was off, as it is in a cluster that pitr restored;
 *      without it nobody could restore along that timeline.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/repo/wal_check.h"
#include "common/repo/wal_object.h"
#include "common/text/hex.h"
#include "common/text/num.h"
#include "walarchive/walarchive.h"

#define SMALL_FILE_MAX MIB(1) /* bytes of a history file, at most */

typedef struct PushOptions {
    ArchiveOptions common;
    CompressSpec compress;
    bool no_check;
} PushOptions;

static bool read_compress(const char *text, void *field);
static size_t size_limit(const char *name);
static void check_file(Repo *repo, const PushOptions *o, const char *path, const char *bytes,
                       size_t len);
static void check_history(const char *name, const char *text);
static void check_crossing(Repo *repo, const char *path, const WalCheck *check, const char *bytes,
                           size_t len);
static void check_owner(Repo *repo, const char *path);
static void push_missing_history(Repo *repo, const PushOptions *o, const char *path);
static void put(Repo *repo, const PushOptions *o, const char *name, const char *bytes, size_t len);

static const OptionDef verb_options[] = {
    {'Z', "compress", OPTION_CUSTOM, offsetof(PushOptions, compress), .arg = "METHOD[:DETAIL]",
     .initial = "zstd:1", .read = read_compress, .help = "none, gzip, lz4 or zstd, with a level"},
    {0, "no-check", OPTION_FLAG, offsetof(PushOptions, no_check),
     .help = "archive a segment whose records are damaged, too"},
    {.kind = OPTION_END},
};

const OptionSet push_options = {
    .size = sizeof(PushOptions),
    .groups =
        (const OptionGroup[]){
            {"Options", verb_options, 0},
            {"Repository", repo_options, offsetof(PushOptions, common.repo)},
            {"Messages", tool_log_options, offsetof(PushOptions, common.log)},
            {.defs = NULL},
        },
    .usage = "[OPTION]... FILE",
    .summary = "archives a finished WAL segment, or a history file.",
    .notes = "Exit codes: 0 the file is archived, durably; 1 it is not, PostgreSQL tries again.\n",
    .operand_max = 1,
};

int push_run(const Options *o)
{
    const PushOptions *options = o->values;
    const char *path, *name;
    size_t len;
    char *bytes;
    Repo *repo;

    if (o->operand_count == 0)
        option_raise_usage(o, "no WAL file specified");
    path = o->operands[0];
    name = path_base(path);
    repo = repo_open_options(&options->common.repo);
    bytes = os_file_read_all(path, size_limit(name), &len);
    check_file(repo, options, path, bytes, len);
    FAULT_POINT("walarchive.push.checked");
    push_missing_history(repo, options, path);
    put(repo, options, name, bytes, len);
    return 0;
}

static bool read_compress(const char *text, void *field)
{
    *(CompressSpec *)field = compress_spec_parse_option(text);
    return true;
}

/* The most bytes that a file of that name may have; raises 42602 for a name that is none. */
static size_t size_limit(const char *name)
{
    switch (wal_name_kind(name)) {
    case WAL_NAME_SEGMENT:
    case WAL_NAME_PARTIAL:
        return WAL_SEG_SIZE_MAX;
    case WAL_NAME_HISTORY:
    case WAL_NAME_BACKUP:
        return SMALL_FILE_MAX;
    case WAL_NAME_OTHER:
        break;
    }
    err_raise(SQLSTATE_INVALID_NAME,
              .message =
                  err_fmt("\"%s\" is not the name of a file that PostgreSQL archives", name));
}

static void check_file(Repo *repo, const PushOptions *o, const char *path, const char *bytes,
                       size_t len)
{
    const char *name = path_base(path);
    WalCheck check;

    switch (wal_name_kind(name)) {
    case WAL_NAME_SEGMENT:
    case WAL_NAME_PARTIAL:
        wal_check_segment(name, (const uint8_t *)bytes, len, !o->no_check, &check);
        repo_check_identity(repo, &check.identity);
        if (!o->no_check && check.rem_len > 0)
            check_crossing(repo, path, &check, bytes, len);
        return;
    case WAL_NAME_HISTORY:
        check_history(name, bytes);
        check_owner(repo, path);
        return;
    case WAL_NAME_BACKUP:
    case WAL_NAME_OTHER: /* refused before it was read */
        check_owner(repo, path);
        return;
    }
}

/* Raises for one that is damaged or empty. */
static void check_history(const char *name, const char *text)
{
    TimelineId tli;
    Array spans;

    if (wal_history_name_try_parse(name, &tli))
        timeline_history_parse(text, tli, &spans);
}

/* What is needed of the segment before, that lies beside the file; false when it does not. */
static bool try_read_before(const char *path, uint32_t segment_size, WalBefore *out)
{
    OsFile *f = os_file_try_open(path, OS_READ);
    uint8_t *bytes;
    bool is_whole;

    if (f == NULL)
        return false;
    is_whole = os_file_size(f) == segment_size;
    if (is_whole) {
        bytes = mem_alloc(BLOCK_SIZE + WAL_CHECK_TAIL);
        os_file_read_exact_at(f, bytes, BLOCK_SIZE, 0);
        os_file_read_exact_at(f, bytes + BLOCK_SIZE, WAL_CHECK_TAIL, segment_size - WAL_CHECK_TAIL);
        *out = (WalBefore){.first_page = bytes, .tail = bytes + BLOCK_SIZE};
    }
    os_file_close(f);
    return is_whole;
}

/* Does the archived segment before go on in this one? False, too, when there is none. */
static bool fits_archive(Repo *repo, const char *name, const WalCheck *check, const uint8_t *start,
                         size_t len)
{
    const uint32_t size = check->identity.segment_size;
    const uint8_t *archived;
    const char *reason;
    WalBefore before;
    WalObject object;
    size_t archived_len;
    Lsn at;

    if (!wal_object_try_find(repo, name, &object))
        return false;
    archived = (const uint8_t *)wal_object_get(repo, &object, &archived_len);
    if (archived_len != size)
        return false;
    before = (WalBefore){.first_page = archived, .tail = archived + size - WAL_CHECK_TAIL};
    return wal_check_crossing(check, start, len, &before, &reason, &at) == WAL_CROSSING_SOUND;
}

/*
 * The record at the start of the segment has its CRC in the one before, which usually lies beside
 * it. If the two do not fit, the archived one before, which was checked, says which of them is bad.
 */
static void check_crossing(Repo *repo, const char *path, const WalCheck *check, const char *bytes,
                           size_t len)
{
    const uint32_t size = check->identity.segment_size;
    const WalSeg seg = {.tli = check->seg.tli, .seg_no = check->seg.seg_no - 1};
    const uint8_t *start = (const uint8_t *)bytes;
    char name[WAL_SEG_NAME_LEN + 1];
    const char *reason;
    WalBefore before;
    Lsn at;

    wal_seg_name_write(seg, size, name);
    if (!try_read_before(path_join(path_dir(path), name), size, &before) ||
        wal_check_crossing(check, start, len, &before, &reason, &at) != WAL_CROSSING_BAD)
        return;
    if (fits_archive(repo, name, check, start, len)) {
        err_log(ERR_WARNING,
                .message = err_fmt("WAL segment \"%s\" beside \"%s\" is damaged", name, path),
                .detail = "It is whole in the archive.");
        return;
    }
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("WAL segment \"%s\" is damaged at " LSN_FMT, path_base(path),
                                 LSN_ARG(at)),
              .detail = err_fmt("The record that begins in \"%s\" does not go on in it: %s.", name,
                                reason),
              .hint = "One of the two files in pg_wal is damaged: look at them before they are "
                      "archived; push --no-check archives them as they are.");
}

/*
 * History files are text that names no cluster. The data directory that they lie in does: one of
 * another cluster would lead restores of this one along a timeline that it never had.
 */
static void check_owner(Repo *repo, const char *path)
{
    const char *data_dir = path_dir(path_dir(path));
    size_t len;
    char *bytes =
        os_file_try_read_all(path_join(data_dir, CONTROL_FILE_NAME), SMALL_FILE_MAX, &len);
    ControlFile control;

    if (bytes == NULL)
        return;
    control_file_decode((const uint8_t *)bytes, len, CONTROL_FILE_NAME, &control);
    if (control.version != 0 && control.is_crc_right)
        repo_check_identity(repo, &(RepoIdentity){.system_id = control.system_id,
                                                  .version = control.version,
                                                  .segment_size = control.wal_segment_size});
}

static void push_missing_history(Repo *repo, const PushOptions *o, const char *path)
{
    const char *segment = path_base(path);
    const char *name, *history;
    TimelineId tli;
    WalObject object;
    size_t len;
    char *bytes;

    if (wal_name_kind(segment) != WAL_NAME_SEGMENT && wal_name_kind(segment) != WAL_NAME_PARTIAL)
        return;
    hex_read_u32(segment, &tli);
    name = wal_history_name(tli);
    if (tli == 1 || wal_object_try_find(repo, name, &object))
        return;
    history = path_join(path_dir(path), name);
    bytes = os_file_try_read_all(history, SMALL_FILE_MAX, &len);
    if (bytes == NULL) {
        err_log(ERR_WARNING,
                .message = err_fmt("the history of timeline %u is neither in the archive nor "
                                   "beside \"%s\"",
                                   tli, path),
                .hint = "Without it nothing can be restored along that timeline.");
        return;
    }
    check_file(repo, o, history, bytes, len);
    put(repo, o, name, bytes, len);
}

static void put(Repo *repo, const PushOptions *o, const char *name, const char *bytes, size_t len)
{
    switch (wal_object_put(repo, name, bytes, len, &o->compress)) {
    case WAL_PUT_NEW:
        err_log(ERR_INFO, .message = err_fmt("archived \"%s\"", name));
        break;
    case WAL_PUT_SAME:
        err_log(ERR_INFO,
                .message = err_fmt("\"%s\" was archived before, with the same content", name));
        break;
    case WAL_PUT_CONFLICT:
        err_raise(SQLSTATE_ARCHIVE_CONFLICT,
                  .message = err_fmt("\"%s\" is archived already, with different content", name),
                  .detail = "Both contents are kept in the repository.",
                  .hint = "Two clusters may archive into one folder, or one was restored without a "
                          "new timeline. Give each its own --cluster.");
    }
}
