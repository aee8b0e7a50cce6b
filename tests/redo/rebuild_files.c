/*
 * rebuild_files.c - effects of records on the files of a data directory
 *
 * Tablespaces are made in place, as folders in pg_tblspc, so that a rebuilt cluster never shares
 * one with the cluster that it is compared with.
 */
#include "common/base/base.h"

#include "tests/redo/rebuild_files.h"

#include <string.h>

#include "common/crypt/crc32c.h"
#include "common/ds/hash.h"
#include "common/format/rel_path.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/redo/file_list.h"

#define STATUS_PAGES_MAX 4096 /* to keep in memory */

static const SlruKind *const kinds[] = {&slru_xact, &slru_commit_ts, &slru_multixact_offsets,
                                        &slru_multixact_members};

typedef struct StatusPage {
    struct {
        const SlruKind *kind;
        uint64_t page;
    } key;
    uint8_t bytes[BLOCK_SIZE];
} StatusPage;

/* The state of a prepared transaction, as its file has it but for the CRC. */
typedef struct PreparedState {
    Xid xid;
    uint32_t size;
    uint8_t *bytes;
} PreparedState;

struct RebuildFiles {
    const char *dir;
    const PgVersion *version;
    PageCache *pages;
    SlruEnv env;
    MemContext *mem;
    MemContext *status_mem;
    Hash status;   /* StatusPage, in status_mem; all of them are written back */
    Hash prepared; /* PreparedState */
    uint64_t status_count;
};

static void apply_status(RebuildFiles *f, const WalRecord *record, const WalEffect *effect);
static void drop_segments(RebuildFiles *f, const WalEffect *effect, const SlruKind *kind);
static StatusPage *get_status(RebuildFiles *f, const SlruKind *kind, uint32_t page);
static void flush_status(RebuildFiles *f);
static void apply_files(RebuildFiles *f, const WalRecord *record, const WalEffect *effect);
static void end_xact(RebuildFiles *f, const WalXactEffect *x);
static void remove_init_files(RebuildFiles *f, Oid tablespace, Oid database);
static void remove_prepared(RebuildFiles *f, Xid xid);
static char *prepared_path(const RebuildFiles *f, Xid xid);
static void keep_prepared(RebuildFiles *f, const WalRecord *record, Xid xid);
static void write_prepared(RebuildFiles *f, const PreparedState *state);
static void truncate_rel(RebuildFiles *f, const WalEffect *effect);
static void write_relmap(RebuildFiles *f, const WalEffect *effect);
static void make_database(RebuildFiles *f, const WalEffect *effect);
static void copy_database(RebuildFiles *f, const WalEffect *effect);
static OsWalk copy_file(void *arg, const char *path, const OsStat *stat);
static char *database_path(const RebuildFiles *f, Oid tablespace, Oid database);
static char *tablespace_path(const RebuildFiles *f, Oid oid);
static void replace_file(const char *path, const void *bytes, size_t len);

RebuildFiles *rebuild_files_new(const char *dir, const PgVersion *version, PageCache *pages,
                                const SlruEnv *env)
{
    RebuildFiles *f = mem_new(RebuildFiles);

    f->dir = dir;
    f->version = version;
    f->pages = pages;
    f->env = *env;
    f->mem = mem_current();
    f->status_mem = mem_context_new(f->mem, "status pages");
    MEM_SCOPE(f->status_mem) {
        hash_init(&f->status, sizeof(((StatusPage *)NULL)->key), sizeof(StatusPage));
    }
    hash_init(&f->prepared, sizeof(Xid), sizeof(PreparedState));
    return f;
}

void rebuild_files_apply(RebuildFiles *f, const WalRecord *record, const WalEffect *effect)
{
    apply_status(f, record, effect);
    apply_files(f, record, effect);
    slru_env_follow(&f->env, record, effect);
}

uint64_t rebuild_files_finish(RebuildFiles *f)
{
    size_t position = 0;
    const PreparedState *state;

    flush_status(f);
    while ((state = hash_next(&f->prepared, &position)) != NULL)
        write_prepared(f, state);
    return f->status_count;
}

/* ---- Status pages ---- */

static void apply_status(RebuildFiles *f, const WalRecord *record, const WalEffect *effect)
{
    Array touches;

    array_init(&touches, sizeof(SlruTouch));
    slru_touched(&f->env, record, effect, &touches);
    array_foreach(SlruTouch, touch, &touches)
        slru_redo_page(record, effect, touch, get_status(f, touch->kind, touch->page)->bytes);
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (slru_drops(&f->env, effect, kinds[i]))
            drop_segments(f, effect, kinds[i]);
    }
}

static void drop_segments(RebuildFiles *f, const WalEffect *effect, const SlruKind *kind)
{
    char *folder = path_join(f->dir, kind->folder);
    Array names;

    flush_status(f);
    os_dir_list(folder, &names);
    array_foreach(char *, name, &names) {
        uint32_t segment;

        if (slru_try_parse_name(*name, &segment) &&
            slru_drops_segment(&f->env, effect, kind, segment))
            os_unlink(path_join(folder, *name));
    }
}

static StatusPage *get_status(RebuildFiles *f, const SlruKind *kind, uint32_t page)
{
    StatusPage key = {.key = {kind, page}};
    StatusPage *found = hash_find(&f->status, &key.key);
    uint64_t offset;
    OsFile *file;

    if (found != NULL)
        return found;
    if (f->status.count >= STATUS_PAGES_MAX)
        flush_status(f);
    found = hash_enter(&f->status, &key.key, NULL);
    file = os_file_try_open(path_join(f->dir, slru_path_of_page(kind, page, &offset)), OS_READ);
    if (file != NULL) {
        os_file_read_at(file, found->bytes, BLOCK_SIZE, offset);
        os_file_close(file);
    }
    return found;
}

static void flush_status(RebuildFiles *f)
{
    size_t position = 0;
    const StatusPage *page;

    while ((page = hash_next(&f->status, &position)) != NULL) {
        uint64_t offset;
        char *path = slru_path_of_page(page->key.kind, (uint32_t)page->key.page, &offset);
        OsFile *file = os_file_open(path_join(f->dir, path), OS_WRITE | OS_CREATE);

        os_file_write_at(file, page->bytes, BLOCK_SIZE, offset);
        os_file_close(file);
        f->status_count++;
    }
    mem_reset(f->status_mem);
    MEM_SCOPE(f->status_mem) {
        hash_init(&f->status, sizeof(((StatusPage *)NULL)->key), sizeof(StatusPage));
    }
}

/* ---- Files ---- */

static void apply_files(RebuildFiles *f, const WalRecord *record, const WalEffect *effect)
{
    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        end_xact(f, &effect->xact);
        break;
    case WAL_EFFECT_PREPARE:
        keep_prepared(f, record, effect->xact.xid);
        break;
    case WAL_EFFECT_INVALIDATE:
        if (effect->invalidate.drops_init_files)
            remove_init_files(f, effect->invalidate.tablespace, effect->invalidate.database);
        break;
    case WAL_EFFECT_REL_CREATE:
        page_cache_make_fork(f->pages, &effect->rel.tag, effect->rel.fork);
        break;
    case WAL_EFFECT_REL_TRUNCATE:
        truncate_rel(f, effect);
        break;
    case WAL_EFFECT_RELMAP_UPDATE:
        write_relmap(f, effect);
        break;
    case WAL_EFFECT_DB_CREATE:
        make_database(f, effect);
        break;
    case WAL_EFFECT_DB_COPY:
        copy_database(f, effect);
        break;
    case WAL_EFFECT_DB_DROP:
        for (uint32_t i = 0; i < effect->db_drop.tablespaces.count; i++) {
            Oid tablespace = walrec_list_xid(&effect->db_drop.tablespaces, i);

            page_cache_forget_database(f->pages, tablespace, effect->db_drop.database);
            os_dir_remove_tree(database_path(f, tablespace, effect->db_drop.database), false);
        }
        break;
    case WAL_EFFECT_TABLESPACE_CREATE:
        os_dir_make_all(path_join(tablespace_path(f, effect->tablespace.oid),
                                  pg_version_tablespace_folder(f->version)));
        break;
    case WAL_EFFECT_TABLESPACE_DROP:
        os_dir_remove_tree(tablespace_path(f, effect->tablespace.oid), false);
        break;
    default:
        break;
    }
}

static void end_xact(RebuildFiles *f, const WalXactEffect *x)
{
    for (uint32_t i = 0; i < x->rels.count; i++) {
        RelTag rel = walrec_list_rel(&x->rels, i);

        page_cache_drop_rel(f->pages, &rel);
    }
    if (x->drops_init_files)
        remove_init_files(f, x->tablespace, x->database);
    if (x->is_prepared)
        remove_prepared(f, x->xid);
}

static void remove_init_files(RebuildFiles *f, Oid tablespace, Oid database)
{
    if (database != 0)
        os_try_unlink(path_join(database_path(f, tablespace, database), "pg_internal.init"));
    os_try_unlink(path_join(f->dir, "global/pg_internal.init"));
}

static void remove_prepared(RebuildFiles *f, Xid xid)
{
    PreparedState *state = hash_find(&f->prepared, &xid);

    if (state != NULL) {
        mem_free(state->bytes);
        hash_remove(&f->prepared, &xid);
    }
    os_try_unlink(prepared_path(f, xid));
}

static char *prepared_path(const RebuildFiles *f, Xid xid)
{
    return path_join(f->dir, mem_printf("pg_twophase/%08X", xid));
}

static void keep_prepared(RebuildFiles *f, const WalRecord *record, Xid xid)
{
    PreparedState *state;

    remove_prepared(f, xid);
    state = hash_enter(&f->prepared, &xid, NULL);
    state->size = record->main_len;
    state->bytes = mem_alloc_in(f->mem, record->main_len);
    memcpy(state->bytes, record->main, record->main_len);
}

static void write_prepared(RebuildFiles *f, const PreparedState *state)
{
    uint8_t *file = mem_alloc(size_add(state->size, sizeof(uint32_t)));

    memcpy(file, state->bytes, state->size);
    store_u32(file + state->size, crc32c(state->bytes, state->size));
    replace_file(prepared_path(f, state->xid), file, state->size + sizeof(uint32_t));
}

static void truncate_rel(RebuildFiles *f, const WalEffect *effect)
{
    const RelTag *rel = &effect->rel.tag;
    BlockNo count = effect->rel.block_count;

    page_cache_make_fork(f->pages, rel, FORK_MAIN);
    if (effect->rel.cuts_main)
        page_cache_cut_fork(f->pages, rel, FORK_MAIN, count);
    if (effect->rel.cuts_vm)
        page_cache_cut_fork(f->pages, rel, FORK_VM, file_list_kept_vm_blocks(count));
    if (effect->rel.cuts_fsm)
        page_cache_cut_fork(f->pages, rel, FORK_FSM, file_list_kept_fsm_blocks(count));
}

static void write_relmap(RebuildFiles *f, const WalEffect *effect)
{
    char *folder = database_path(f, effect->relmap.tablespace, effect->relmap.database);

    os_dir_make_all(folder);
    replace_file(path_join(folder, RELMAP_FILE_NAME), effect->relmap.bytes, effect->relmap.size);
}

static void make_database(RebuildFiles *f, const WalEffect *effect)
{
    char *folder = database_path(f, effect->db.tablespace, effect->db.database);
    char *version = mem_printf("%u\n", f->version->major);

    os_dir_make_all(folder);
    replace_file(path_join(folder, "PG_VERSION"), version, strlen(version));
}

typedef struct CopyArg {
    const char *from, *to;
} CopyArg;

static void copy_database(RebuildFiles *f, const WalEffect *effect)
{
    CopyArg arg = {.from = database_path(f, effect->db.from_tablespace, effect->db.from_database),
                   .to = database_path(f, effect->db.tablespace, effect->db.database)};

    page_cache_flush_database(f->pages, effect->db.from_tablespace, effect->db.from_database);
    page_cache_forget_database(f->pages, effect->db.tablespace, effect->db.database);
    os_dir_remove_tree(arg.to, false);
    os_dir_make_all(arg.to);
    os_dir_walk(arg.from, copy_file, &arg);
}

static OsWalk copy_file(void *arg, const char *path, const OsStat *stat)
{
    const CopyArg *copy = arg;

    if (stat->kind == OS_KIND_FILE)
        os_copy_file(path_join(copy->from, path), path_join(copy->to, path));
    return OS_WALK_GO_ON;
}

static char *database_path(const RebuildFiles *f, Oid tablespace, Oid database)
{
    return path_join(f->dir, rel_dir_path(tablespace, database, f->version));
}

static char *tablespace_path(const RebuildFiles *f, Oid oid)
{
    return path_join(f->dir, mem_printf("pg_tblspc/%u", oid));
}

static void replace_file(const char *path, const void *bytes, size_t len)
{
    OsFile *file = os_file_open(path, OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(file, bytes, len);
    os_file_close(file);
}
