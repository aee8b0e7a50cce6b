/* file_list.c - which files there are at an LSN; file_list.h says what is known of them. */
#include "common/base/base.h"

#include "common/redo/file_list.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/fsm_page.h"
#include "common/format/rel_path.h"
#include "common/format/twophase_file.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/text/str.h"

struct FileList {
    Hash forks;       /* ListedFork */
    Hash databases;   /* ListedDatabase */
    Hash tablespaces; /* ListedTablespace */
    Hash prepared;    /* ListedPrepared */
    MemContext *mem;
};

static ListedFork *enter_fork(FileList *l, const RelTag *rel, ForkNo fork);
static ListedDatabase *enter_database(FileList *l, Oid tablespace, Oid database);
static ListedPrepared *enter_prepared(FileList *l, Xid xid);
static bool add_in_database(FileList *l, const char *path);
static bool add_tablespace(FileList *l, const char *path);
static bool add_prepared(FileList *l, const char *path);
static void extend_forks(FileList *l, const WalRecord *record);
static void end_xact(FileList *l, const WalXactEffect *x);
static void drop_rel(FileList *l, const RelTag *rel);
static void drop_init_files(FileList *l, Oid tablespace, Oid database);
static void truncate_rel(FileList *l, const WalEffect *effect);
static void cut_fork(FileList *l, const RelTag *rel, ForkNo fork, BlockNo block_count);
static void copy_database(FileList *l, const WalRecord *record, const WalEffect *effect);
static void copy_forks(FileList *l, const WalRecord *record, const WalEffect *effect);
static void drop_database(FileList *l, Oid tablespace, Oid database);
static void find_forks(const FileList *l, Oid tablespace, Oid database, Array *found);
static void make_tablespace(FileList *l, Oid oid, const char *path);
static void drop_tablespace(FileList *l, Oid oid);

FileList *file_list_new(void)
{
    FileList *l = mem_new(FileList);

    l->mem = mem_current();
    hash_init(&l->forks, sizeof(ListedForkKey), sizeof(ListedFork));
    hash_init(&l->databases, sizeof(ListedDatabaseKey), sizeof(ListedDatabase));
    hash_init(&l->tablespaces, sizeof(Oid), sizeof(ListedTablespace));
    hash_init(&l->prepared, sizeof(Xid), sizeof(ListedPrepared));
    return l;
}

/* ---- The base ---- */

bool file_list_add(FileList *l, const char *path, uint64_t size)
{
    RelPath rel;
    ListedFork *fork;
    uint64_t end;

    if (!rel_path_try_parse(path, &rel))
        return add_in_database(l, path) || add_tablespace(l, path) || add_prepared(l, path);
    if (rel.file.is_temp)
        return false;
    enter_database(l, rel.tag.tablespace, rel.tag.database);
    fork = enter_fork(l, &rel.tag, rel.file.fork);
    /* The server empties segments that a truncation cuts off, and lets the files lie. */
    if (size < BLOCK_SIZE)
        return true;
    end = (uint64_t)rel.file.segment * SEGMENT_BLOCKS + size / BLOCK_SIZE;
    if (end > BLOCK_NO_MAX)
        end = BLOCK_NO_MAX;
    if (end > fork->block_count)
        fork->block_count = (BlockNo)end;
    fork->base_blocks = fork->block_count;
    return true;
}

void file_list_add_relmap(FileList *l, Oid tablespace, Oid database, const void *bytes, size_t len)
{
    ListedDatabase *d = enter_database(l, tablespace, database);

    if (len > sizeof(d->relmap))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("a relation map of %zu bytes is too long", len),
                  .detail = err_fmt("It is the one of database %u in tablespace %u.", database,
                                    tablespace));
    memcpy(d->relmap, bytes, len);
    d->relmap_size = (uint32_t)len;
}

static ListedFork *enter_fork(FileList *l, const RelTag *rel, ForkNo fork)
{
    bool is_new;
    ListedFork *found = hash_enter(&l->forks, &(ListedForkKey){*rel, fork}, &is_new);

    if (is_new)
        found->from_rel = *rel;
    return found;
}

static ListedDatabase *enter_database(FileList *l, Oid tablespace, Oid database)
{
    return hash_enter(&l->databases, &(ListedDatabaseKey){tablespace, database}, NULL);
}

static ListedPrepared *enter_prepared(FileList *l, Xid xid)
{
    return hash_enter(&l->prepared, &xid, NULL);
}

/* A database's folder, or one of the files in it that belong to no relation. */
static bool add_in_database(FileList *l, const char *path)
{
    static const char *const names[] = {"PG_VERSION", "pg_internal.init", RELMAP_FILE_NAME};
    const char *name = path_base(path);
    bool is_named = false;
    RelPath neighbour;
    char *probe;
    ListedDatabase *d;

    /* The folder is told by the relation that could lie in it. */
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        is_named = is_named || str_equal(name, names[i]);
    probe = is_named ? mem_printf("%.*s1", (int)(name - path), path) : mem_printf("%s/1", path);
    if (!rel_path_try_parse(probe, &neighbour)) {
        mem_free(probe);
        return false;
    }
    mem_free(probe);
    d = enter_database(l, neighbour.tag.tablespace, neighbour.tag.database);
    d->has_version_file |= str_equal(name, names[0]);
    d->has_init_file |= str_equal(name, names[1]);
    return true;
}

/* A link, or a folder in place of it. */
static bool add_tablespace(FileList *l, const char *path)
{
    RelFileName name;

    /* Its name is a number, as a relation's is. */
    if (!str_starts_with(path, "pg_tblspc/") || !rel_file_name_try_parse(path_base(path), &name) ||
        name.fork != FORK_MAIN || name.segment != 0 || name.is_temp ||
        strchr(path, '/') != strrchr(path, '/'))
        return false;
    make_tablespace(l, name.rel, NULL);
    return true;
}

static bool add_prepared(FileList *l, const char *path)
{
    Xid xid;

    if (!str_starts_with(path, "pg_twophase/") ||
        !twophase_file_name_try_parse(path_base(path), &xid))
        return false;
    enter_prepared(l, xid);
    return true;
}

/* ---- Records ---- */

void file_list_apply(FileList *l, const WalRecord *record, const WalEffect *effect)
{
    extend_forks(l, record);
    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        end_xact(l, &effect->xact);
        break;
    case WAL_EFFECT_PREPARE:
        enter_prepared(l, effect->xact.xid)->lsn = record->start;
        break;
    case WAL_EFFECT_INVALIDATE:
        if (effect->invalidate.drops_init_files)
            drop_init_files(l, effect->invalidate.tablespace, effect->invalidate.database);
        break;
    case WAL_EFFECT_REL_CREATE:
        enter_database(l, effect->rel.tag.tablespace, effect->rel.tag.database);
        enter_fork(l, &effect->rel.tag, effect->rel.fork);
        break;
    case WAL_EFFECT_REL_TRUNCATE:
        truncate_rel(l, effect);
        break;
    case WAL_EFFECT_RELMAP_UPDATE:
        file_list_add_relmap(l, effect->relmap.tablespace, effect->relmap.database,
                             effect->relmap.bytes, effect->relmap.size);
        break;
    case WAL_EFFECT_DB_CREATE:
        enter_database(l, effect->db.tablespace, effect->db.database)->has_version_file = true;
        break;
    case WAL_EFFECT_DB_COPY:
        copy_database(l, record, effect);
        break;
    case WAL_EFFECT_DB_DROP:
        for (uint32_t i = 0; i < effect->db_drop.tablespaces.count; i++)
            drop_database(l, walrec_list_xid(&effect->db_drop.tablespaces, i),
                          effect->db_drop.database);
        break;
    case WAL_EFFECT_TABLESPACE_CREATE:
        make_tablespace(l, effect->tablespace.oid, effect->tablespace.path);
        break;
    case WAL_EFFECT_TABLESPACE_DROP:
        drop_tablespace(l, effect->tablespace.oid);
        break;
    default:
        break;
    }
}

/*
 * A page that the record makes, or has whole, may lie behind the end of its file. So may a page of
 * the visibility map, whatever the record says of it.
 */
static void extend_forks(FileList *l, const WalRecord *record)
{
    for (int id = 0; id <= record->ref_id_max; id++) {
        const WalBlockRef *ref = wal_record_ref(record, id);
        ListedFork *fork;

        if (ref == NULL || ref->tag.fork >= FORK_COUNT || ref->tag.block > BLOCK_NO_MAX)
            continue;
        if (!ref->will_init && !(ref->has_image && ref->apply_image) && ref->tag.fork != FORK_VM)
            continue;
        fork = enter_fork(l, &ref->tag.rel, (ForkNo)ref->tag.fork);
        if (ref->tag.block >= fork->block_count)
            fork->block_count = ref->tag.block + 1;
    }
}

static void end_xact(FileList *l, const WalXactEffect *x)
{
    for (uint32_t i = 0; i < x->rels.count; i++) {
        RelTag rel = walrec_list_rel(&x->rels, i);

        drop_rel(l, &rel);
    }
    if (x->drops_init_files)
        drop_init_files(l, x->tablespace, x->database);
    if (x->is_prepared)
        hash_remove(&l->prepared, &x->xid);
}

static void drop_rel(FileList *l, const RelTag *rel)
{
    for (uint32_t fork = 0; fork < FORK_COUNT; fork++)
        hash_remove(&l->forks, &(ListedForkKey){*rel, fork});
}

/* The one of the database, if any is named, and always the one of the shared catalogs. */
static void drop_init_files(FileList *l, Oid tablespace, Oid database)
{
    ListedDatabase *own = hash_find(&l->databases, &(ListedDatabaseKey){tablespace, database});
    ListedDatabase *shared = hash_find(&l->databases, &(ListedDatabaseKey){TABLESPACE_GLOBAL, 0});

    if (own != NULL)
        own->has_init_file = false;
    if (shared != NULL)
        shared->has_init_file = false;
}

static void truncate_rel(FileList *l, const WalEffect *effect)
{
    const RelTag *rel = &effect->rel.tag;
    BlockNo count = effect->rel.block_count;

    enter_fork(l, rel, FORK_MAIN);
    if (effect->rel.cuts_main)
        cut_fork(l, rel, FORK_MAIN, count);
    if (effect->rel.cuts_vm)
        cut_fork(l, rel, FORK_VM, file_list_kept_vm_blocks(count));
    if (effect->rel.cuts_fsm)
        cut_fork(l, rel, FORK_FSM, file_list_kept_fsm_blocks(count));
}

static void cut_fork(FileList *l, const RelTag *rel, ForkNo fork, BlockNo block_count)
{
    ListedFork *found = hash_find(&l->forks, &(ListedForkKey){*rel, fork});

    if (found == NULL)
        return;
    if (found->block_count > block_count)
        found->block_count = block_count;
    if (found->base_blocks > block_count)
        found->base_blocks = block_count;
}

/* What the folder held before goes; all that the other has comes, unlogged relations too. */
static void copy_database(FileList *l, const WalRecord *record, const WalEffect *effect)
{
    const ListedDatabase *from =
        file_list_find_database(l, effect->db.from_tablespace, effect->db.from_database);
    ListedDatabase copy = {.has_version_file = true};
    ListedDatabase *to;

    if (from != NULL)
        copy = *from;
    drop_database(l, effect->db.tablespace, effect->db.database);
    copy.key.tablespace = effect->db.tablespace;
    copy.key.database = effect->db.database;
    to = enter_database(l, effect->db.tablespace, effect->db.database);
    *to = copy;
    copy_forks(l, record, effect);
}

static void copy_forks(FileList *l, const WalRecord *record, const WalEffect *effect)
{
    Array found;

    find_forks(l, effect->db.from_tablespace, effect->db.from_database, &found);
    array_foreach(ListedFork *, from, &found) {
        RelTag rel = {.tablespace = effect->db.tablespace,
                      .database = effect->db.database,
                      .rel = (*from)->key.rel.rel};
        ListedFork *to = enter_fork(l, &rel, (ForkNo)(*from)->key.fork);

        to->block_count = (*from)->block_count;
        to->base_blocks = (*from)->block_count;
        to->from_rel = (*from)->key.rel;
        to->from_lsn = record->start;
    }
    mem_free(found.items);
}

static void drop_database(FileList *l, Oid tablespace, Oid database)
{
    Array found;

    find_forks(l, tablespace, database, &found);
    array_foreach(ListedFork *, fork, &found)
        hash_remove(&l->forks, &(*fork)->key);
    mem_free(found.items);
    hash_remove(&l->databases, &(ListedDatabaseKey){tablespace, database});
}

/* Pointers to the entries of a database's folder; they stay where they are until removed. */
static void find_forks(const FileList *l, Oid tablespace, Oid database, Array *found)
{
    size_t position = 0;
    ListedFork *fork;

    array_init(found, sizeof(ListedFork *));
    while ((fork = hash_next(&l->forks, &position)) != NULL) {
        if (fork->key.rel.tablespace == tablespace && fork->key.rel.database == database)
            *(ListedFork **)array_push(found) = fork;
    }
}

static void make_tablespace(FileList *l, Oid oid, const char *path)
{
    ListedTablespace *t = hash_enter(&l->tablespaces, &oid, NULL);

    t->path = path == NULL ? NULL : mem_strdup_in(l->mem, path);
}

/* Nothing is in it then but folders of databases that once had something there. */
static void drop_tablespace(FileList *l, Oid oid)
{
    size_t position = 0;
    ListedDatabase *d;
    Array found;

    array_init(&found, sizeof(Oid));
    while ((d = hash_next(&l->databases, &position)) != NULL) {
        if (d->key.tablespace == oid)
            *(Oid *)array_push(&found) = d->key.database;
    }
    array_foreach(Oid, database, &found)
        drop_database(l, oid, *database);
    mem_free(found.items);
    hash_remove(&l->tablespaces, &oid);
}

/* ---- Questions ---- */

const ListedFork *file_list_find_fork(const FileList *l, const RelTag *rel, ForkNo fork)
{
    return hash_find(&l->forks, &(ListedForkKey){*rel, fork});
}

const ListedDatabase *file_list_find_database(const FileList *l, Oid tablespace, Oid database)
{
    return hash_find(&l->databases, &(ListedDatabaseKey){tablespace, database});
}

const ListedTablespace *file_list_find_tablespace(const FileList *l, Oid oid)
{
    return hash_find(&l->tablespaces, &oid);
}

const ListedPrepared *file_list_find_prepared(const FileList *l, Xid xid)
{
    return hash_find(&l->prepared, &xid);
}

const ListedFork *file_list_next_fork(const FileList *l, size_t *position)
{
    return hash_next(&l->forks, position);
}

const ListedDatabase *file_list_next_database(const FileList *l, size_t *position)
{
    return hash_next(&l->databases, position);
}

const ListedTablespace *file_list_next_tablespace(const FileList *l, size_t *position)
{
    return hash_next(&l->tablespaces, position);
}

const ListedPrepared *file_list_next_prepared(const FileList *l, size_t *position)
{
    return hash_next(&l->prepared, position);
}

uint32_t listed_fork_segment_count(const ListedFork *fork)
{
    return fork->block_count == 0 ? 1 : (fork->block_count - 1) / SEGMENT_BLOCKS + 1;
}

BlockNo file_list_kept_vm_blocks(BlockNo block_count)
{
    return vm_block_of(block_count) + (block_count % VM_BLOCKS_PER_PAGE != 0);
}

BlockNo file_list_kept_fsm_blocks(BlockNo block_count)
{
    return fsm_block_of(block_count) + (block_count % FSM_LEAVES != 0);
}
