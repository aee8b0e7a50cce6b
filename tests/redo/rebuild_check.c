/*
 * rebuild_check.c - rebuild a cluster from a copy and WAL, and hold it against the real one
 *
 *     rebuild_check [-r] [-m MIB] [-t TABLESPACE/DATABASE/REL/FORK/BLOCK] [-z DIR] COPY PGDATA
 *     rebuild_check -c [-e] ONE OTHER
 *
 * COPY is a data directory of an earlier state of PGDATA: a cold copy, or a base backup. All WAL in
 * PGDATA/pg_wal from there on is replayed over it by common/redo, up to the shutdown of PGDATA,
 * whose last record has to be its end. Then every file of both is compared (tests/lib/
 * cluster_compare.h), and the list of files that common/redo kept is held against the files.
 *
 *   -r      COPY was taken of a replica, which had lost bits of visibility maps already
 *   -m MIB  memory for pages (256)
 *   -t ...  print what each record does to that block
 *   -z DIR  write seeds for tests/fuzz/effects_fuzz there
 *   -c      compare only: two servers that were stopped at the same place of one log, the second
 *           of them the primary
 *   -e      each has written its last checkpoint itself, at another time
 *
 * Prints what was replayed, skipped and compared, then "N differences". Exit code: 0 when there was
 * none, 1 when there was one, 2 when it could not come so far.
 */
#include "common/base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/rel_path.h"
#include "common/format/relmap.h"
#include "common/format/twophase_file.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "tests/lib/cluster_compare.h"
#include "tests/redo/cluster_wal.h"
#include "tests/redo/rebuild.h"

static struct {
    const char *ours, *theirs, *fuzz_dir;
    bool only_compares, is_of_replica, ended_apart;
    uint32_t memory_mib;
    bool has_trace;
    BlockTag trace;
    uint64_t wrong_count;
} check = {.memory_mib = 256};

static void read_options(int argc, char **argv);
_Noreturn static void usage(void);
static bool read_block(const char *text, BlockTag *out);
static void run(void);
static Rebuild *rebuild(void);
static void show_rebuild(const Rebuild *r);
static void show_counts(const Rebuild *r);
static void check_list(const Rebuild *r);
static bool is_free_length(const FileList *files, const RelTag *rel, ForkNo fork);
static bool check_fork(const ListedFork *fork);
static void check_database(const ListedDatabase *d);
static void check_listed(const char *path);
static OsWalk check_file(void *arg, const char *path, const OsStat *stat);
static void differ(const char *format, ...) PRINTF_LIKE(1, 2);
static CompareBlock find_block(void *arg, const BlockTag *tag);
static void compare(Rebuild *r);

int main(int argc, char **argv)
{
    volatile int code = 2;

    err_set_program("rebuild_check");
    read_options(argc, argv);
    ERR_TRY() {
        run();
        code = check.wrong_count == 0 ? 0 : 1;
    }
    ERR_CATCH() {
        err_log_report(err_caught());
    }
    ERR_END();
    return code;
}

static void read_options(int argc, char **argv)
{
    int c;

    while ((c = getopt(argc, argv, "cem:rt:z:")) != -1) {
        switch (c) {
        case 'c':
            check.only_compares = true;
            break;
        case 'e':
            check.ended_apart = true;
            break;
        case 'm':
            if (!num_try_parse_u32(optarg, &check.memory_mib) || check.memory_mib == 0)
                usage();
            break;
        case 'r':
            check.is_of_replica = true;
            break;
        case 't':
            if (!read_block(optarg, &check.trace))
                usage();
            check.has_trace = true;
            break;
        case 'z':
            check.fuzz_dir = optarg;
            break;
        default:
            usage();
        }
    }
    if (optind != argc - 2)
        usage();
    check.ours = argv[optind];
    check.theirs = argv[optind + 1];
}

static void usage(void)
{
    fprintf(stderr,
            "usage: rebuild_check [-m MIB] [-t TABLESPACE/DATABASE/REL/FORK/BLOCK] [-z DIR] "
            "COPY PGDATA\n       rebuild_check -c [-e] ONE OTHER\n");
    exit(2);
}

/* The fork by its number. */
static bool read_block(const char *text, BlockTag *out)
{
    uint32_t numbers[5];
    const char *rest = text;

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const char *part = str_split(&rest, '/');

        if (part == NULL || !num_try_parse_u32(part, &numbers[i]))
            return false;
    }
    *out = (BlockTag){
        .rel = {numbers[0], numbers[1], numbers[2]}, .fork = numbers[3], .block = numbers[4]};
    return rest == NULL && out->fork < FORK_COUNT;
}

static void run(void)
{
    Rebuild *r = NULL;

    if (!check.only_compares) {
        r = rebuild();
        show_rebuild(r);
        check_list(r);
    }
    compare(r);
    printf("%" PRIu64 " differences\n", check.wrong_count);
}

/* Replay up to the end, which has to be the shutdown of the other. */
static Rebuild *rebuild(void)
{
    ControlFile theirs;
    RebuildConfig config = {.dir = check.ours,
                            .wal_dir = path_join(check.theirs, "pg_wal"),
                            .theirs = &theirs,
                            .page_max = (size_t)check.memory_mib * (MIB(1) / BLOCK_SIZE),
                            .trace = check.has_trace ? &check.trace : NULL,
                            .fuzz_dir = check.fuzz_dir};
    Rebuild *r;

    control_file_read(check.theirs, &theirs);
    if (theirs.state != CONTROL_SHUT_DOWN)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("the cluster in \"%s\" was not shut down", check.theirs),
                  .detail = err_fmt("Its state is \"%s\".", control_state_text(theirs.state)));
    r = rebuild_run(&config);
    if (r->last_record != theirs.checkpoint_lsn)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the WAL ends with the record at " LSN_FMT
                                     ", not with the shutdown at " LSN_FMT,
                                     LSN_ARG(r->last_record), LSN_ARG(theirs.checkpoint_lsn)),
                  .detail = r->why_ended);
    return r;
}

static void show_rebuild(const Rebuild *r)
{
    printf("replayed %" PRIu64 " records from " LSN_FMT " to " LSN_FMT ", %" PRIu64
           " pages read, %" PRIu64 " written, %" PRIu64 " status pages\n",
           r->record_count, LSN_ARG(r->start), LSN_ARG(r->end), r->pages_read, r->pages_written,
           r->status_page_count);
    show_counts(r);
    array_foreach(char *, text, &r->failures)
        printf("redo failed: %s\n", *text);
    if (r->missing_explained > 0)
        printf("%" PRIu64 " pages were missing and dropped later\n", r->missing_explained);
    array_foreach(RebuildTouch, touch, &r->missing) {
        check.wrong_count++;
        printf("missing: block %u of %u/%u/%u %s, for %s %s at " LSN_FMT "\n", touch->tag.block,
               touch->tag.rel.tablespace, touch->tag.rel.database, touch->tag.rel.rel,
               fork_name((ForkNo)touch->tag.fork), cluster_wal_rmgr_name(touch->rmgr),
               cluster_wal_kind_name(touch->rmgr, touch->opcode), LSN_ARG(touch->lsn));
    }
}

/* A line for each resource manager with blocks; one more for each kind that redo cannot do. */
static void show_counts(const Rebuild *r)
{
    static const char *const headings[] = {"applied", "restored", "skipped", "unchanged",
                                           "missing", "not yet",  "failed"};

    printf("%-18s %10s", "blocks", "records");
    for (size_t i = 0; i < REBUILD_OUTCOMES; i++)
        printf(" %10s", headings[i]);
    printf("\n");
    for (unsigned rmgr = 0; rmgr < 256; rmgr++) {
        RebuildCount sum = {0};

        for (unsigned op = 0; op < 16; op++) {
            const RebuildCount *count = &r->counts[rmgr][op];

            sum.records += count->records;
            for (size_t i = 0; i < REBUILD_OUTCOMES; i++)
                sum.touches[i] += count->touches[i];
            if (count->touches[REBUILD_NOT_YET] + count->touches[REBUILD_FAILED] > 0)
                printf("cannot replay: %s %s, %" PRIu64 " blocks not yet, %" PRIu64 " failed\n",
                       cluster_wal_rmgr_name((uint8_t)rmgr),
                       cluster_wal_kind_name((uint8_t)rmgr, (uint8_t)(op << 4)),
                       count->touches[REBUILD_NOT_YET], count->touches[REBUILD_FAILED]);
        }
        if (sum.records == 0)
            continue;
        check.wrong_count += sum.touches[REBUILD_NOT_YET] + sum.touches[REBUILD_FAILED];
        printf("%-18s %10" PRIu64, cluster_wal_rmgr_name((uint8_t)rmgr), sum.records);
        for (size_t i = 0; i < REBUILD_OUTCOMES; i++)
            printf(" %10" PRIu64, sum.touches[i]);
        printf("\n");
    }
}

/*
 * The list of files against the files of the real server, both ways: what is listed is there, and
 * what is there is listed. Forks may be longer than records tell.
 */
static void check_list(const Rebuild *r)
{
    size_t position = 0;
    uint64_t count = 0, longer = 0;
    const ListedFork *fork;
    const ListedDatabase *database;
    const ListedTablespace *tablespace;
    const ListedPrepared *prepared;

    while ((fork = file_list_next_fork(r->files, &position)) != NULL) {
        if (is_free_length(r->files, &fork->key.rel, (ForkNo)fork->key.fork))
            continue;
        count++;
        longer += check_fork(fork);
    }
    for (position = 0; (database = file_list_next_database(r->files, &position)) != NULL;)
        check_database(database);
    for (position = 0; (tablespace = file_list_next_tablespace(r->files, &position)) != NULL;)
        check_listed(mem_printf("pg_tblspc/%u", tablespace->oid));
    for (position = 0; (prepared = file_list_next_prepared(r->files, &position)) != NULL;)
        check_listed(mem_printf("pg_twophase/%08X", prepared->xid));
    os_dir_walk(check.theirs, check_file, r->files);
    printf("file list: %" PRIu64 " forks, %" PRIu64 " of them longer than records tell\n", count,
           longer);
}

/* Unlogged relations, which a crash empties, and free space maps have the length they like. */
static bool is_free_length(const FileList *files, const RelTag *rel, ForkNo fork)
{
    return fork == FORK_FSM ||
           (fork != FORK_INIT && file_list_find_fork(files, rel, FORK_INIT) != NULL);
}

/* True when the files are longer. */
static bool check_fork(const ListedFork *fork)
{
    uint64_t blocks = 0;
    uint32_t segment = 0;
    OsStat stat;

    while (os_try_stat(path_join(check.theirs, rel_path(&fork->key.rel, (ForkNo)fork->key.fork,
                                                        segment, pg_version_find(15))),
                       &stat)) {
        blocks += stat.size / BLOCK_SIZE;
        segment++;
    }
    /* Maps come with their first page. */
    if ((segment == 0 && (fork->key.fork == FORK_MAIN || fork->block_count > 0)) ||
        blocks < fork->block_count)
        differ("%u/%u/%u %s has %u files with %" PRIu64 " blocks in place of %u blocks",
               fork->key.rel.tablespace, fork->key.rel.database, fork->key.rel.rel,
               fork_name((ForkNo)fork->key.fork), segment, blocks, fork->block_count);
    return blocks > fork->block_count;
}

static void check_database(const ListedDatabase *d)
{
    char *folder = rel_dir_path(d->key.tablespace, d->key.database, pg_version_find(15));
    size_t len;
    const char *bytes;

    check_listed(folder);
    if (d->has_version_file)
        check_listed(path_join(folder, "PG_VERSION"));
    bytes = os_file_try_read_all(path_join(check.theirs, path_join(folder, RELMAP_FILE_NAME)),
                                 KIB(1), &len);
    if ((bytes == NULL) != (d->relmap_size == 0) ||
        (bytes != NULL && (len != d->relmap_size || memcmp(bytes, d->relmap, len) != 0)))
        differ("another relation map in %s", folder);
}

static void check_listed(const char *path)
{
    if (!os_exists(path_join(check.theirs, path)))
        differ("there is no %s", path);
}

/* A file of the real server must be listed, but for maps without bits, which need no record. */
static OsWalk check_file(void *arg, const char *path, const OsStat *stat)
{
    const FileList *files = arg;
    RelPath rel;
    Xid xid;

    if (stat->kind != OS_KIND_FILE)
        return OS_WALK_GO_ON;
    if (rel_path_try_parse(path, &rel)) {
        if (!rel.file.is_temp && rel.file.fork != FORK_VM &&
            !is_free_length(files, &rel.tag, rel.file.fork) &&
            file_list_find_fork(files, &rel.tag, rel.file.fork) == NULL)
            differ("%s is not listed", path);
    } else if (str_starts_with(path, "pg_twophase/")) {
        if (!twophase_file_name_try_parse(path_base(path), &xid) ||
            file_list_find_prepared(files, xid) == NULL)
            differ("%s is not listed", path);
    }
    return OS_WALK_GO_ON;
}

static void differ(const char *format, ...)
{
    va_list args;

    check.wrong_count++;
    va_start(args, format);
    printf("file list: %s\n", mem_vprintf(format, args));
    va_end(args);
}

static CompareBlock find_block(void *arg, const BlockTag *tag)
{
    const Rebuild *r = arg;
    const RebuildTouch *touch = rebuild_find_touch(r, tag);

    if (touch == NULL)
        return (CompareBlock){
            .rmgr = COMPARE_RMGR_NONE, .who = "no record", .lost_bits = check.is_of_replica};
    return (CompareBlock){.rmgr = touch->rmgr,
                          .who = mem_printf("%s %s at " LSN_FMT, cluster_wal_rmgr_name(touch->rmgr),
                                            cluster_wal_kind_name(touch->rmgr, touch->opcode),
                                            LSN_ARG(touch->lsn)),
                          .lost_bits = touch->lost_bits || check.is_of_replica};
}

static void compare(Rebuild *r)
{
    CompareConfig config = {
        .ours = check.ours, .theirs = check.theirs, .ended_apart = check.ended_apart};
    const CompareResult *result;

    if (r != NULL) {
        config.find_block = find_block;
        config.arg = r;
    }
    result = cluster_compare(&config);
    array_foreach(CompareSkip, skip, &result->skips)
        printf("not compared: %s, %" PRIu64 " files: %s\n", skip->what, skip->file_count,
               skip->why);
    array_foreach(char *, text, &result->differences)
        printf("differs: %s\n", *text);
    for (unsigned rmgr = 0; rmgr < 256; rmgr++) {
        if (result->by_rmgr[rmgr] > 0)
            printf("pages that differ, last changed by %s: %" PRIu64 "\n",
                   rmgr == COMPARE_RMGR_NONE ? "no record" : cluster_wal_rmgr_name((uint8_t)rmgr),
                   result->by_rmgr[rmgr]);
    }
    printf("compared %" PRIu64 " files, %" PRIu64 " status pages, %" PRIu64
           " relation pages: %" PRIu64 " the same, %" PRIu64 " under masks, %" PRIu64
           " sequences ahead, %" PRIu64 " maps with less; %" PRIu64 " pages never written\n",
           result->file_count, result->status_count, result->page_count, result->same_count,
           result->masked_count, result->ahead_count, result->vm_less_count, result->new_count);
    check.wrong_count += result->difference_count;
}
