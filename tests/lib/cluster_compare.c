/*
 * cluster_compare.c - two data directories, file by file; cluster_compare.h says what is compared
 *
 * Both trees are walked into one table by path; then each path is judged by the first rule that
 * knows it. A path that no rule knows is compared byte by byte.
 */
#include "common/base/base.h"

#include "tests/lib/cluster_compare.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/format/control_file.h"
#include "common/format/page.h"
#include "common/format/rel_path.h"
#include "common/format/slru.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/redo/mask.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/walrec/rmgr.h"

#define DIFFERENCES_MAX  40 /* that are kept in words */
#define SHOWN_BYTES      16

#define SEQ_MAGIC        0x1717
#define SEQ_SPECIAL_SIZE 8
#define SEQ_DATA_AT      24 /* last value, values logged ahead, is it called: 8, 8, 1 bytes */
#define SEQ_DATA_SIZE    17

enum { OURS, THEIRS, SIDES };

typedef struct Entry {
    const char *path; /* key */
    bool exists[SIDES];
    bool is_dir[SIDES];
    uint64_t size[SIDES];
} Entry;

/* What is not compared, by path; the first row that fits counts. */
typedef enum SkipMatch { SKIP_TOP, SKIP_BELOW, SKIP_NAME, SKIP_NAME_PREFIX } SkipMatch;

typedef struct SkipRow {
    SkipMatch match;
    const char *name;
    const char *why;
} SkipRow;

static const SkipRow skip_rows[] = {
    {SKIP_BELOW, "pg_wal/", "the log itself"},
    {SKIP_BELOW, "pg_stat/", "statistics are not logged"},
    {SKIP_BELOW, "pg_stat_tmp/", "statistics are not logged"},
    {SKIP_BELOW, "pg_subtrans/", "not logged, made anew at start"},
    {SKIP_BELOW, "pg_notify/", "not logged, emptied at start"},
    {SKIP_BELOW, "pg_serial/", "not logged, emptied at start"},
    {SKIP_BELOW, "pg_snapshots/", "not logged, emptied at start"},
    {SKIP_BELOW, "pg_dynshmem/", "shared memory"},
    {SKIP_BELOW, "pg_replslot/", "slots are each server's own"},
    {SKIP_BELOW, "pg_logical/", "how far replication came, which checkpoints note"},
    {SKIP_BELOW, "log/", "what the server said"},
    {SKIP_TOP, "postgresql.conf", "settings are each server's own"},
    {SKIP_TOP, "postgresql.auto.conf", "settings are each server's own"},
    {SKIP_TOP, "pg_hba.conf", "settings are each server's own"},
    {SKIP_TOP, "pg_ident.conf", "settings are each server's own"},
    {SKIP_TOP, "postmaster.opts", "how the server was started"},
    {SKIP_TOP, "postmaster.pid", "how the server was started"},
    {SKIP_TOP, "standby.signal", "how the server was started"},
    {SKIP_TOP, "recovery.signal", "how the server was started"},
    {SKIP_TOP, "backup_label", "of the backup"},
    {SKIP_TOP, "backup_label.old", "of the backup"},
    {SKIP_TOP, "tablespace_map", "of the backup"},
    {SKIP_TOP, "tablespace_map.old", "of the backup"},
    {SKIP_TOP, "backup_manifest", "of the backup"},
    {SKIP_TOP, "current_logfiles", "what the server said"},
    {SKIP_NAME, "pg_internal.init", "a cache, which any start makes anew"},
    {SKIP_NAME_PREFIX, "pgsql_tmp", "temporary files"},
};

typedef struct Compare {
    const CompareConfig *config;
    CompareResult *result;
    const char *dirs[SIDES];
    ControlFile control[SIDES];
    Hash entries;  /* Entry by path */
    Hash unlogged; /* RelTag: relations that have an init fork */
    MemContext *mem;
    MemContext *file_mem;
    int side; /* that is walked */
} Compare;

typedef struct Numbers {
    uint64_t begin, end; /* from begin up to end, which is out; going round when end is lower */
} Numbers;

static OsWalk enter_file(void *arg, const char *path, const OsStat *stat);
static void walk_tablespaces(Compare *c);
static int compare_paths(const void *a, const void *b);
static void compare_entry(Compare *c, const Entry *e);
static bool skip(Compare *c, const Entry *e);
static bool skip_rel(Compare *c, const RelPath *rel);
static void count_skip(Compare *c, const char *what, const char *why);
static void compare_rel(Compare *c, const Entry *e, const RelPath *rel);
static void compare_page(Compare *c, const BlockTag *tag, const uint8_t *ours,
                         const uint8_t *theirs);
static bool same_but_lsn(const uint8_t *ours, const uint8_t *theirs);
static bool same_masked(const BlockTag *tag, uint8_t *ours, uint8_t *theirs);
static bool is_sequence_ahead(const uint8_t *ours, const uint8_t *theirs);
static CompareBlock find_block(const Compare *c, const BlockTag *tag);
static void compare_vm_page(Compare *c, const BlockTag *tag, uint8_t *ours, uint8_t *theirs);
static void differ_page(Compare *c, const BlockTag *tag, const uint8_t *ours, const uint8_t *theirs,
                        const char *how);
static void compare_slru(Compare *c, const Entry *e, const SlruKind *kind, uint32_t segment);
static void compare_status_page(Compare *c, const SlruKind *kind, uint32_t page,
                                const uint8_t *ours, const uint8_t *theirs);
static const SlruKind *slru_of_path(const char *path, uint32_t *segment);
static Numbers slru_numbers(const Compare *c, const SlruKind *kind);
static bool is_within(const Numbers *n, uint64_t number);
static bool slru_item_differs(const SlruKind *kind, uint32_t item, const uint8_t *ours,
                              const uint8_t *theirs);
static void compare_control(Compare *c);
static void compare_bytes(Compare *c, const Entry *e);
static uint8_t *read_file(const Compare *c, int side, const char *path, size_t *len);
static void read_page(OsFile *file, uint64_t size, uint64_t at, uint8_t *page);
static void differ_presence(Compare *c, const Entry *e);
static void differ(Compare *c, const char *format, ...) PRINTF_LIKE(2, 3);

CompareResult *cluster_compare(const CompareConfig *config)
{
    Compare c = {.config = config,
                 .result = mem_new(CompareResult),
                 .dirs = {config->ours, config->theirs},
                 .mem = mem_current()};
    Array sorted;
    size_t position = 0;
    Entry *e;

    array_init(&c.result->differences, sizeof(char *));
    array_init(&c.result->skips, sizeof(CompareSkip));
    hash_init(&c.entries, HASH_KEY_STRING, sizeof(Entry));
    hash_init(&c.unlogged, sizeof(RelTag), sizeof(RelTag));
    for (c.side = 0; c.side < SIDES; c.side++) {
        control_file_read(c.dirs[c.side], &c.control[c.side]);
        os_dir_walk(c.dirs[c.side], enter_file, &c);
        walk_tablespaces(&c);
    }

    array_init(&sorted, sizeof(Entry *));
    while ((e = hash_next(&c.entries, &position)) != NULL)
        *(Entry **)array_push(&sorted) = e;
    array_sort(&sorted, compare_paths);
    c.file_mem = mem_context_new(c.mem, "compared file");
    array_foreach(Entry *, entry, &sorted) {
        mem_reset(c.file_mem);
        MEM_SCOPE(c.file_mem) {
            compare_entry(&c, *entry);
        }
    }
    return c.result;
}

/* ---- Both trees as one table ---- */

static OsWalk enter_file(void *arg, const char *path, const OsStat *stat)
{
    Compare *c = arg;
    Entry *e = hash_find(&c->entries, path);
    RelPath rel;

    if (e == NULL)
        e = hash_enter(&c->entries, mem_strdup(path), NULL);
    e->exists[c->side] = true;
    e->is_dir[c->side] = stat->kind != OS_KIND_FILE;
    e->size[c->side] = stat->kind == OS_KIND_FILE ? stat->size : 0;
    if (rel_path_try_parse(path, &rel) && rel.file.fork == FORK_INIT)
        hash_enter(&c->unlogged, &rel.tag, NULL);
    return OS_WALK_GO_ON;
}

typedef struct LinkArg {
    Compare *c;
    const char *prefix;
} LinkArg;

static OsWalk enter_linked(void *arg, const char *path, const OsStat *stat)
{
    const LinkArg *link = arg;

    /* Of other versions' folders there may be some, which are none of the cluster's business. */
    if (!str_starts_with(path, "PG_15_"))
        return OS_WALK_SKIP;
    return enter_file(link->c, path_join(link->prefix, path), stat);
}

/* A tablespace may be a link on one side and a folder on the other. */
static void walk_tablespaces(Compare *c)
{
    char *folder = path_join(c->dirs[c->side], "pg_tblspc");
    Array names;

    if (!os_exists(folder))
        return;
    os_dir_list(folder, &names);
    array_foreach(char *, name, &names) {
        char *path = path_join(folder, *name);
        LinkArg arg = {.c = c, .prefix = path_join("pg_tblspc", *name)};
        OsStat stat;

        if (os_try_lstat(path, &stat) && stat.kind == OS_KIND_LINK)
            os_dir_walk(path, enter_linked, &arg);
    }
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp((*(Entry *const *)a)->path, (*(Entry *const *)b)->path);
}

static void compare_entry(Compare *c, const Entry *e)
{
    const SlruKind *kind;
    uint32_t segment;
    RelPath rel;
    bool is_rel = rel_path_try_parse(e->path, &rel);

    if (skip(c, e) || (is_rel && skip_rel(c, &rel)))
        return;
    if (is_rel) {
        compare_rel(c, e, &rel);
        return;
    }
    if (!e->exists[OURS] || !e->exists[THEIRS]) {
        differ_presence(c, e);
        return;
    }
    if (e->is_dir[OURS] && e->is_dir[THEIRS])
        return;
    c->result->file_count++;
    kind = slru_of_path(e->path, &segment);
    if (kind != NULL)
        compare_slru(c, e, kind, segment);
    else if (str_equal(e->path, CONTROL_FILE_NAME))
        compare_control(c);
    else
        compare_bytes(c, e);
}

static bool skip(Compare *c, const Entry *e)
{
    for (size_t i = 0; i < ARRAY_LEN(skip_rows); i++) {
        const SkipRow *row = &skip_rows[i];
        bool fits = false;

        switch (row->match) {
        case SKIP_TOP:
            fits = str_equal(e->path, row->name);
            break;
        case SKIP_BELOW:
            fits = str_starts_with(e->path, row->name);
            break;
        case SKIP_NAME:
            fits = str_equal(path_base(e->path), row->name);
            break;
        case SKIP_NAME_PREFIX:
            fits = str_starts_with(path_base(e->path), row->name);
            break;
        }
        if (fits) {
            count_skip(c, row->name, row->why);
            return true;
        }
    }
    return false;
}

static bool skip_rel(Compare *c, const RelPath *rel)
{
    if (rel->file.is_temp)
        count_skip(c, "temporary relations", "not logged");
    else if (rel->file.fork == FORK_FSM)
        count_skip(c, "free space maps", "advice, which replay writes as it thinks best");
    else if (rel->file.fork != FORK_INIT && hash_find(&c->unlogged, &rel->tag) != NULL)
        count_skip(c, "unlogged relations", "not logged but for their init forks");
    else
        return false;
    return true;
}

static void count_skip(Compare *c, const char *what, const char *why)
{
    CompareSkip *row;

    array_foreach(CompareSkip, known, &c->result->skips) {
        if (str_equal(known->what, what)) {
            known->file_count++;
            return;
        }
    }
    row = array_push(&c->result->skips);
    *row = (CompareSkip){.what = what, .why = why, .file_count = 1};
}

/* ---- Relations ---- */

/*
 * A main fork is there or not. Of maps and further segments one that is missing counts as one
 * without pages: maps come with their first page on one side, and before on the other; replay
 * removes segments that the server empties.
 */
static void compare_rel(Compare *c, const Entry *e, const RelPath *rel)
{
    OsFile *files[SIDES];
    uint64_t size = size_max(e->size[OURS], e->size[THEIRS]);

    c->result->file_count++;
    if ((!e->exists[OURS] || !e->exists[THEIRS]) && rel->file.fork != FORK_VM &&
        rel->file.segment == 0) {
        differ_presence(c, e);
        return;
    }
    for (int side = 0; side < SIDES; side++) {
        files[side] =
            e->exists[side] ? os_file_open(path_join(c->dirs[side], e->path), OS_READ) : NULL;
        if (e->size[side] % BLOCK_SIZE != 0)
            differ(c, "%s has %" PRIu64 " bytes on %s side, which are no pages", e->path,
                   e->size[side], side == OURS ? "our" : "their");
    }
    for (uint64_t at = 0; at + BLOCK_SIZE <= size; at += BLOCK_SIZE) {
        _Alignas(8) uint8_t pages[SIDES][BLOCK_SIZE];
        BlockTag tag = {.rel = rel->tag,
                        .fork = rel->file.fork,
                        .block = rel->file.segment * SEGMENT_BLOCKS + (BlockNo)(at / BLOCK_SIZE)};

        for (int side = 0; side < SIDES; side++)
            read_page(files[side], e->size[side], at, pages[side]);
        if (at >= e->size[OURS] || at >= e->size[THEIRS]) {
            if (page_is_all_zero(pages[OURS]) && page_is_all_zero(pages[THEIRS])) {
                c->result->new_count++;
                continue;
            }
        }
        c->result->page_count++;
        compare_page(c, &tag, pages[OURS], pages[THEIRS]);
    }
}

static void read_page(OsFile *file, uint64_t size, uint64_t at, uint8_t *page)
{
    if (file != NULL && at + BLOCK_SIZE <= size)
        os_file_read_exact_at(file, page, BLOCK_SIZE, at);
    else
        memset(page, 0, BLOCK_SIZE);
}

static void compare_page(Compare *c, const BlockTag *tag, const uint8_t *ours,
                         const uint8_t *theirs)
{
    _Alignas(8) uint8_t mine[BLOCK_SIZE], other[BLOCK_SIZE];

    if (same_but_lsn(ours, theirs)) {
        c->result->same_count++;
        return;
    }
    memcpy(mine, ours, BLOCK_SIZE);
    memcpy(other, theirs, BLOCK_SIZE);
    if (tag->fork == FORK_VM)
        compare_vm_page(c, tag, mine, other);
    else if (same_masked(tag, mine, other))
        c->result->masked_count++;
    else if (is_sequence_ahead(mine, other))
        c->result->ahead_count++;
    else
        differ_page(c, tag, mine, other, "");
}

static bool same_but_lsn(const uint8_t *ours, const uint8_t *theirs)
{
    return memcmp(ours + PAGE_AT_FLAGS, theirs + PAGE_AT_FLAGS, BLOCK_SIZE - PAGE_AT_FLAGS) == 0;
}

/* Masks both. */
static bool same_masked(const BlockTag *tag, uint8_t *ours, uint8_t *theirs)
{
    redo_mask_page(RMGR_XLOG, tag, ours);
    redo_mask_page(RMGR_XLOG, tag, theirs);
    return memcmp(ours, theirs, BLOCK_SIZE) == 0;
}

/* Ours at the last value that was logged, and theirs so many steps behind as it says. */
static bool is_sequence_ahead(const uint8_t *ours, const uint8_t *theirs)
{
    int64_t ahead, count;
    size_t at;

    if (page_special(ours) != BLOCK_SIZE - SEQ_SPECIAL_SIZE || page_item_count(ours) != 1 ||
        load_u32(ours + BLOCK_SIZE - SEQ_SPECIAL_SIZE) != SEQ_MAGIC)
        return false;
    at = page_item_id(ours, 1).offset + (size_t)SEQ_DATA_AT;
    if (page_item_id(ours, 1).len != SEQ_DATA_AT + SEQ_DATA_SIZE || at + SEQ_DATA_SIZE > BLOCK_SIZE)
        return false;
    if (memcmp(ours, theirs, at) != 0 ||
        memcmp(ours + at + 16, theirs + at + 16, BLOCK_SIZE - at - 16) != 0)
        return false;
    ahead = (int64_t)(load_u64(ours + at) - load_u64(theirs + at));
    count = (int64_t)load_u64(theirs + at + 8);
    return load_u64(ours + at + 8) == 0 && count > 0 && ahead != 0 && ahead % count == 0;
}

/* The header does not count: a page of the map without bits is as good as none. */
static void compare_vm_page(Compare *c, const BlockTag *tag, uint8_t *ours, uint8_t *theirs)
{
    bool has_more = false;

    if (memcmp(ours + PAGE_HEADER_SIZE, theirs + PAGE_HEADER_SIZE, BLOCK_SIZE - PAGE_HEADER_SIZE) ==
        0) {
        c->result->masked_count++;
        return;
    }
    for (size_t i = PAGE_HEADER_SIZE; i < BLOCK_SIZE; i++)
        has_more = has_more || (ours[i] & ~theirs[i]) != 0;
    if (has_more) {
        differ_page(c, tag, ours, theirs, ", bits that the other has not");
        return;
    }
    if (c->config->find_block != NULL && !find_block(c, tag).lost_bits)
        differ_page(c, tag, ours, theirs, ", bits missing");
    else
        c->result->vm_less_count++;
}

static void differ_page(Compare *c, const BlockTag *tag, const uint8_t *ours, const uint8_t *theirs,
                        const char *how)
{
    CompareBlock block = find_block(c, tag);
    size_t first = 0, count = 0;
    StrBuf text;

    for (size_t i = BLOCK_SIZE; i-- > 0;) {
        if (ours[i] != theirs[i]) {
            first = i;
            count++;
        }
    }
    strbuf_init(&text);
    strbuf_add(&text, "ours ");
    strbuf_add_hex(&text, ours + first, size_min(SHOWN_BYTES, BLOCK_SIZE - first));
    strbuf_add(&text, ", theirs ");
    strbuf_add_hex(&text, theirs + first, size_min(SHOWN_BYTES, BLOCK_SIZE - first));
    c->result->by_rmgr[block.rmgr]++;
    differ(c,
           "block %u of %u/%u/%u %s: %zu bytes from %zu on%s, %s; LSN " LSN_FMT " and " LSN_FMT
           ", lower %u and %u, upper %u and %u; last changed by: %s",
           tag->block, tag->rel.tablespace, tag->rel.database, tag->rel.rel,
           fork_name((ForkNo)tag->fork), count, first, how, text.text, LSN_ARG(page_lsn(ours)),
           LSN_ARG(page_lsn(theirs)), page_lower(ours), page_lower(theirs), page_upper(ours),
           page_upper(theirs), block.who);
}

static CompareBlock find_block(const Compare *c, const BlockTag *tag)
{
    if (c->config->find_block == NULL)
        return (CompareBlock){.rmgr = COMPARE_RMGR_NONE, .who = "unknown"};
    return c->config->find_block(c->config->arg, tag);
}

/* ---- Status pages ---- */

static const SlruKind *slru_of_path(const char *path, uint32_t *segment)
{
    static const SlruKind *const kinds[] = {&slru_xact, &slru_commit_ts, &slru_multixact_offsets,
                                            &slru_multixact_members};

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        size_t len = strlen(kinds[i]->folder);

        if (str_starts_with(path, kinds[i]->folder) && path[len] == '/' &&
            slru_try_parse_name(path + len + 1, segment))
            return kinds[i];
    }
    return NULL;
}

static void compare_slru(Compare *c, const Entry *e, const SlruKind *kind, uint32_t segment)
{
    OsFile *files[SIDES];

    for (int side = 0; side < SIDES; side++)
        files[side] = os_file_open(path_join(c->dirs[side], e->path), OS_READ);
    for (uint32_t i = 0; i < SLRU_PAGES_PER_SEGMENT; i++) {
        _Alignas(8) uint8_t pages[SIDES][BLOCK_SIZE];
        uint64_t at = (uint64_t)i * BLOCK_SIZE;

        if (at >= e->size[OURS] && at >= e->size[THEIRS])
            break;
        for (int side = 0; side < SIDES; side++)
            read_page(files[side], e->size[side], at, pages[side]);
        c->result->status_count++;
        if (memcmp(pages[OURS], pages[THEIRS], BLOCK_SIZE) != 0)
            compare_status_page(c, kind, segment * SLRU_PAGES_PER_SEGMENT + i, pages[OURS],
                                pages[THEIRS]);
    }
}

/* Entries that nobody may ask for do not count: what was cut off, what is not given out yet. */
static void compare_status_page(Compare *c, const SlruKind *kind, uint32_t page,
                                const uint8_t *ours, const uint8_t *theirs)
{
    Numbers numbers = slru_numbers(c, kind);
    uint64_t first = (uint64_t)page * kind->items_per_page;
    uint64_t count = 0, shown = 0;

    for (uint64_t item = first; item < first + kind->items_per_page && item <= UINT32_MAX; item++) {
        if (is_within(&numbers, item) && slru_item_differs(kind, (uint32_t)item, ours, theirs)) {
            if (count++ == 0)
                shown = item;
        }
    }
    if (count > 0)
        differ(c, "page %u of %s: %" PRIu64 " entries, the first is %" PRIu64, page, kind->folder,
               count, shown);
}

static Numbers slru_numbers(const Compare *c, const SlruKind *kind)
{
    const Checkpoint *checkpoint = &c->control[THEIRS].checkpoint;
    Numbers n;

    if (kind == &slru_xact) {
        n.begin = checkpoint->oldest_xid;
        n.end = (Xid)checkpoint->next_xid;
    } else if (kind == &slru_commit_ts) {
        /* Both are 0 when nothing is kept. */
        n.begin = checkpoint->oldest_commit_ts_xid;
        n.end = n.begin == 0 ? 0 : (Xid)checkpoint->next_xid;
    } else if (kind == &slru_multixact_offsets) {
        /* With the next one's offset, which says where the last one's members end; 1 follows 0. */
        n.begin = checkpoint->oldest_multi;
        n.end = (uint64_t)(checkpoint->next_multi == 0 ? 1 : checkpoint->next_multi) + 1;
    } else {
        uint64_t offset;
        size_t len;
        char *path = slru_path_of_page(
            &slru_multixact_offsets,
            slru_page_of(&slru_multixact_offsets, checkpoint->oldest_multi), &offset);
        uint8_t *bytes = read_file(c, THEIRS, path, &len);

        n.end = checkpoint->next_multi_offset;
        n.begin = checkpoint->oldest_multi == checkpoint->next_multi ? n.end
                  : offset + BLOCK_SIZE <= len
                      ? multixact_offset_get(bytes + offset, checkpoint->oldest_multi)
                      : 0;
    }
    return n;
}

static bool is_within(const Numbers *n, uint64_t number)
{
    return n->begin <= n->end ? number >= n->begin && number < n->end
                              : number >= n->begin || number < n->end;
}

static bool slru_item_differs(const SlruKind *kind, uint32_t item, const uint8_t *ours,
                              const uint8_t *theirs)
{
    if (kind == &slru_xact)
        return xact_status_get(ours, item) != xact_status_get(theirs, item);
    if (kind == &slru_commit_ts) {
        CommitTs a = commit_ts_get(ours, item), b = commit_ts_get(theirs, item);

        return a.time != b.time || a.origin != b.origin;
    }
    if (kind == &slru_multixact_offsets)
        return multixact_offset_get(ours, item) != multixact_offset_get(theirs, item);

    MultiMember a = multixact_member_get(ours, item), b = multixact_member_get(theirs, item);

    return a.xid != b.xid || a.status != b.status;
}

/* ---- Other files ---- */

/* What replay knows: who the cluster is, its last checkpoint, the parameters in force. */
static void compare_control(Compare *c)
{
    const ControlFile *a = &c->control[OURS], *b = &c->control[THEIRS];
    uint8_t checkpoints[SIDES][CHECKPOINT_SIZE] = {{0}};

    Checkpoint theirs = b->checkpoint;

    if (c->config->ended_apart)
        theirs.time = a->checkpoint.time;
    checkpoint_encode(&a->checkpoint, checkpoints[OURS]);
    checkpoint_encode(&theirs, checkpoints[THEIRS]);
    if (a->system_id != b->system_id || a->catalog_version != b->catalog_version ||
        a->checksum_version != b->checksum_version)
        differ(c, "%s is of another cluster", CONTROL_FILE_NAME);
    if (a->checkpoint_lsn != b->checkpoint_lsn ||
        memcmp(checkpoints[OURS], checkpoints[THEIRS], CHECKPOINT_SIZE) != 0)
        differ(c, "%s: another checkpoint, ours at " LSN_FMT ", theirs at " LSN_FMT,
               CONTROL_FILE_NAME, LSN_ARG(a->checkpoint_lsn), LSN_ARG(b->checkpoint_lsn));
    if (a->wal_level != b->wal_level || a->wal_log_hints != b->wal_log_hints ||
        a->max_connections != b->max_connections ||
        a->max_worker_processes != b->max_worker_processes ||
        a->max_wal_senders != b->max_wal_senders ||
        a->max_prepared_xacts != b->max_prepared_xacts ||
        a->max_locks_per_xact != b->max_locks_per_xact ||
        a->track_commit_timestamp != b->track_commit_timestamp)
        differ(c, "%s: other parameters", CONTROL_FILE_NAME);
}

static void compare_bytes(Compare *c, const Entry *e)
{
    size_t lens[SIDES];
    const uint8_t *ours = read_file(c, OURS, e->path, &lens[OURS]);
    const uint8_t *theirs = read_file(c, THEIRS, e->path, &lens[THEIRS]);

    if (lens[OURS] != lens[THEIRS] || memcmp(ours, theirs, lens[OURS]) != 0)
        differ(c, "%s differs (%zu and %zu bytes)", e->path, lens[OURS], lens[THEIRS]);
}

/* Empty when it is missing. */
static uint8_t *read_file(const Compare *c, int side, const char *path, size_t *len)
{
    char *bytes = os_file_try_read_all(path_join(c->dirs[side], path), MIB(64), len);

    if (bytes == NULL) {
        *len = 0;
        bytes = mem_strdup("");
    }
    return (uint8_t *)bytes;
}

static void differ_presence(Compare *c, const Entry *e)
{
    differ(c, "%s is only on %s side", e->path, e->exists[OURS] ? "our" : "their");
}

static void differ(Compare *c, const char *format, ...)
{
    va_list args;

    c->result->difference_count++;
    if (c->result->differences.count >= DIFFERENCES_MAX)
        return;
    va_start(args, format);
    MEM_SCOPE(c->mem) {
        char **text = array_push(&c->result->differences);

        *text = mem_vprintf(format, args);
    }
    va_end(args);
}
