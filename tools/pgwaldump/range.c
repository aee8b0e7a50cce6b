/*
 * range.c - which part of the log: from the command line to a folder, a timeline, begin and end.
 *
 * A segment named on the command line is looked for as pg_waldump looks for it, and its size comes
 * from its first page. Without names any segment in the folder tells the size.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/wal_page.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "tools/pgwaldump/pgwaldump_int.h"

static void find_folder(Range *range, const char *path, const char *file);
static bool search_folder(Range *range, const char *dir, const char *file);
static const char *any_segment(const char *dir);
static uint32_t read_segment_size(const char *path, const char *file);
static bool parse_name(const Range *range, const char *file, WalSeg *seg);
static void take_segments(Range *range, const Options *o, const WalSeg *first);
static void check_folder(const Options *o, const char *path);
static Lsn read_lsn(const Options *o, const char *text);

void range_find(Range *range, const Options *o)
{
    const DumpOptions *d = o->values;
    const char *path = d->path;
    WalSeg seg;

    *range = (Range){.timeline = 1};
    if (d->timeline != NULL && !num_try_parse_u32(d->timeline, &range->timeline))
        option_raise_usage(o, "invalid timeline specification: \"%s\"", d->timeline);
    if (d->start != NULL)
        range->start = read_lsn(o, d->start);
    if (d->end != NULL)
        range->end = read_lsn(o, d->end);

    if (path == NULL && o->operand_count > 0 && strchr(o->operands[0], '/') != NULL)
        path = path_dir(o->operands[0]);
    if (path != NULL)
        check_folder(o, path);
    find_folder(range, path, o->operand_count > 0 ? path_base(o->operands[0]) : NULL);
    if (o->operand_count > 0 && parse_name(range, path_base(o->operands[0]), &seg))
        take_segments(range, o, &seg);
    if (range->start == LSN_NONE)
        option_raise_usage(o, "no start WAL location given");
}

static Lsn read_lsn(const Options *o, const char *text)
{
    Lsn lsn;

    if (!lsn_try_parse(text, &lsn))
        option_raise_usage(o, "invalid WAL location: \"%s\"", text);
    return lsn;
}

/* Only what -p names is the fault of an option. */
static void check_folder(const Options *o, const char *path)
{
    OsStat st;
    const DumpOptions *d = o->values;
    const char *why = NULL;

    if (!os_try_stat(path, &st))
        why = "No such file or directory";
    else if (st.kind != OS_KIND_DIR)
        why = "Not a directory";
    if (why != NULL && d->path != NULL)
        option_raise_usage(o, "could not open directory \"%s\": %s", path, why);
    if (why != NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("could not open directory \"%s\": %s", path, why));
}

/* ---- Folders ---- */

static void find_folder(Range *range, const char *path, const char *file)
{
    const char *data_dir = process_env("PGDATA");

    if (path != NULL) {
        if (search_folder(range, path, file) ||
            search_folder(range, path_join(path, "pg_wal"), file))
            return;
    } else if (search_folder(range, ".", file) || search_folder(range, "pg_wal", file) ||
               (data_dir != NULL && search_folder(range, path_join(data_dir, "pg_wal"), file))) {
        return;
    }
    if (file != NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("could not locate WAL file \"%s\"", file));
    err_raise(SQLSTATE_UNDEFINED_FILE, .message = "could not find any WAL file");
}

/* True, with folder and segment size set, when dir has the file, or any segment. */
static bool search_folder(Range *range, const char *dir, const char *file)
{
    OsStat st;
    char *path;

    if (file == NULL)
        file = any_segment(dir);
    if (file == NULL)
        return false;
    path = path_join(dir, file);
    if (!os_try_stat(path, &st))
        return false;
    if (st.kind == OS_KIND_DIR)
        err_raise(SQLSTATE_IO_ERROR,
                  .message = err_fmt("could not read file \"%s\": Is a directory", file));
    range->dir = dir;
    range->segment_size = read_segment_size(path, file);
    return true;
}

/*
 * The name of a segment in the folder, one that says its size if there is such a one; or NULL.
 * pg_waldump takes what the file system names first, and gives up when that one is damaged.
 */
static const char *any_segment(const char *dir)
{
    const char *any = NULL;
    Array names;
    OsStat st;

    if (!os_try_stat(dir, &st) || st.kind != OS_KIND_DIR)
        return NULL;
    os_dir_list(dir, &names);
    array_foreach(const char *, name, &names) {
        if (wal_name_kind(*name) != WAL_NAME_SEGMENT)
            continue;
        if (any == NULL)
            any = *name;
        if (os_try_stat(path_join(dir, *name), &st) && st.kind == OS_KIND_FILE &&
            wal_dir_segment_size(path_join(dir, *name)) != 0)
            return *name;
    }
    return any;
}

static uint32_t read_segment_size(const char *path, const char *file)
{
    uint8_t page[WAL_PAGE_SIZE];
    OsFile *f = os_file_open(path, OS_READ);
    size_t len = os_file_read_at(f, page, sizeof(page), 0);
    WalPageHeader header;

    os_file_close(f);
    if (len < sizeof(page))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("could not read file \"%s\": read %zu of %zu", file, len,
                                     sizeof(page)));
    wal_page_read_header(page, sizeof(page), &header);
    if (!wal_seg_size_is_valid(header.seg_size))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("WAL segment size must be a power of two between 1 MB and 1 "
                                     "GB, but the WAL file \"%s\" header specifies %u byte%s",
                                     file, header.seg_size, header.seg_size == 1 ? "" : "s"));
    return header.seg_size;
}

/* ---- Segments ---- */

/* The first 24 characters count: what follows, e.g. ".partial", is of no interest. */
static bool parse_name(const Range *range, const char *file, WalSeg *seg)
{
    return strlen(file) >= WAL_SEG_NAME_LEN &&
           wal_seg_name_try_parse(mem_strndup(file, WAL_SEG_NAME_LEN), range->segment_size, seg);
}

/* STARTSEG is first, ENDSEG stands behind it. */
static void take_segments(Range *range, const Options *o, const WalSeg *first)
{
    const char *last_operand = o->operands[o->operand_count - 1];
    uint32_t size = range->segment_size;
    uint64_t last_seg_no = first->seg_no;
    WalSeg last;

    range->timeline = first->tli;
    if (range->start == LSN_NONE)
        range->start = wal_seg_start(first->seg_no, size);
    else if (wal_seg_no(range->start, size) != first->seg_no)
        option_raise_usage(o, "start WAL location " LSN_FMT " is not inside file \"%s\"",
                           LSN_ARG(range->start), path_base(o->operands[0]));

    if (o->operand_count > 1) {
        const char *file = path_base(last_operand);
        OsFile *f = os_file_try_open(path_join(range->dir, file), OS_READ);

        if (f == NULL)
            err_raise(SQLSTATE_UNDEFINED_FILE,
                      .message = err_fmt("could not open file \"%s\"", file));
        os_file_close(f);
        /* The timeline of the last one is that which all are read from. */
        if (parse_name(range, file, &last)) {
            last_seg_no = last.seg_no;
            range->timeline = last.tli;
        }
        if (last_seg_no < first->seg_no)
            err_raise(SQLSTATE_USAGE, .message = err_fmt("ENDSEG %s is before STARTSEG %s",
                                                         last_operand, o->operands[0]));
    }
    if (range->end == LSN_NONE)
        range->end = wal_seg_start(last_seg_no + 1, size);
    else if (wal_seg_no(range->end, size) != last_seg_no &&
             range->end != wal_seg_start(last_seg_no + 1, size))
        option_raise_usage(o, "end WAL location " LSN_FMT " is not inside file \"%s\"",
                           LSN_ARG(range->end), last_operand);
}
