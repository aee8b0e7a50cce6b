/*
 * size_func.c - bytes on disk of relations, databases and tablespaces; which file a relation has
 *
 * What a file system says of the files, not what this process knows of them. What is gone meanwhile
 * counts nothing; a relation that is not there gives NULL.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/relmap.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/shared_name.h"
#include "server/config/server_version.h"
#include "server/ipc/interrupt.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/storage/smgr/smgr.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

/* ---- Relations ---- */

static ForkNo fork_of(const char *name)
{
    for (ForkNo fork = 0; fork < FORK_COUNT; fork++)
        if (str_equal(fork_name(fork), name))
            return fork;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid fork name",
              .hint = "Valid fork names are \"main\", \"fsm\", \"vm\", and \"init\".");
}

static uint64_t fork_size(const Relation *rel, ForkNo fork)
{
    uint64_t size = 0;

    for (uint32_t segment = 0; rel->tag.rel != 0; segment++) {
        char *path = smgr_path(&rel->tag, rel->temp_backend, fork, segment);
        OsStat stat;
        bool is_there = os_try_stat(path, &stat);

        mem_free(path);
        check_interrupts();
        if (!is_there)
            break;
        size += stat.size;
    }
    return size;
}

static uint64_t all_forks_size(const Relation *rel)
{
    uint64_t size = 0;

    for (ForkNo fork = 0; fork < FORK_COUNT; fork++)
        size += fork_size(rel, fork);
    return size;
}

static uint64_t indexes_size(Relation *rel)
{
    uint64_t size = 0;
    const RelationIndexes *indexes;
    unsigned count;
    Oid *oids;

    if (!rel->row->relhasindex)
        return 0;
    indexes = relation_indexes(rel);
    count = indexes->count;
    oids = mem_dup(indexes->oids, count * sizeof(Oid));
    for (unsigned i = 0; i < count; i++) {
        Relation *index = relation_open(oids[i], LOCK_ACCESS_SHARE);

        size += all_forks_size(index);
        relation_close(index, LOCK_ACCESS_SHARE);
    }
    mem_free(oids);
    return size;
}

/* With its toast table, and that one's index. */
static uint64_t table_size(Relation *rel)
{
    uint64_t size = all_forks_size(rel);
    Relation *toast;

    if (rel->row->reltoastrelid == 0)
        return size;
    toast = relation_open(rel->row->reltoastrelid, LOCK_ACCESS_SHARE);
    size += all_forks_size(toast) + indexes_size(toast);
    relation_close(toast, LOCK_ACCESS_SHARE);
    return size;
}

static uint64_t total_size(Relation *rel)
{
    return table_size(rel) + indexes_size(rel);
}

/* NULL when it is not there (any more). */
static Relation *open_argument(FmgrCall *call)
{
    return relation_open_if_any(fmgr_u32(call, 0), LOCK_ACCESS_SHARE);
}

static Datum size_of_argument(FmgrCall *call, uint64_t (*size_of)(Relation *rel))
{
    Relation *rel = open_argument(call);
    uint64_t size;

    if (rel == NULL)
        return fmgr_null(call);
    size = size_of(rel);
    relation_close(rel, LOCK_ACCESS_SHARE);
    return datum_of_i64((int64_t)size);
}

Datum pg_relation_size(FmgrCall *call)
{
    Relation *rel = open_argument(call);
    uint64_t size;

    if (rel == NULL)
        return fmgr_null(call);
    size = fork_size(rel, fork_of(value_cstring(call, 1)));
    relation_close(rel, LOCK_ACCESS_SHARE);
    return datum_of_i64((int64_t)size);
}

Datum pg_table_size(FmgrCall *call)
{
    return size_of_argument(call, table_size);
}

Datum pg_indexes_size(FmgrCall *call)
{
    return size_of_argument(call, indexes_size);
}

Datum pg_total_relation_size(FmgrCall *call)
{
    return size_of_argument(call, total_size);
}

/* ---- Files of relations ---- */

static bool has_file(const PgClass *row)
{
    return row->relkind == RELATION_TABLE || row->relkind == RELATION_INDEX ||
           row->relkind == RELATION_SEQUENCE || row->relkind == RELATION_TOAST ||
           row->relkind == RELATION_MATERIALIZED_VIEW;
}

Datum pg_relation_filenode(FmgrCall *call)
{
    const HeapTuple *tuple = syscache_pin(CACHE_RELOID, datum_of_u32(fmgr_u32(call, 0)));
    Oid file = 0;

    if (tuple == NULL)
        return fmgr_null(call);
    if (has_file(CACHE_ROW(PgClass, tuple))) {
        const PgClass *row = CACHE_ROW(PgClass, tuple);

        file =
            row->relfilenode != 0 ? row->relfilenode : relmap_file_of(row->oid, row->relisshared);
    }
    syscache_unpin(tuple);
    return file == 0 ? fmgr_null(call) : datum_of_u32(file);
}

Datum pg_relation_filepath(FmgrCall *call)
{
    Relation *rel = relation_pin(fmgr_u32(call, 0));
    Datum path = 0;
    bool is_there;

    if (rel == NULL)
        return fmgr_null(call);
    is_there = relation_has_storage(rel);
    if (is_there)
        path = value_of_text(smgr_path(&rel->tag, rel->temp_backend, FORK_MAIN, 0));
    relation_unpin(rel);
    return is_there ? path : fmgr_null(call);
}

static Oid relation_of_file(Oid tablespace, Oid file)
{
    const CatalogKey keys[] = {
        {.column = PG_CLASS_COL_RELTABLESPACE, .value = datum_of_u32(tablespace)},
        {.column = PG_CLASS_COL_RELFILENODE, .value = datum_of_u32(file)}};
    CatalogScan *scan =
        catalog_scan_begin(PG_CLASS_CATALOG, PG_CLASS_TBLSPC_RELFILENODE_INDEX, 2, keys);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row == NULL ? 0 : CACHE_ROW(PgClass, row)->oid;

    catalog_scan_end(scan);
    return oid;
}

/* A tablespace of 0 is the database's own, as in pg_class. */
Datum pg_filenode_relation(FmgrCall *call)
{
    Oid tablespace = fmgr_u32(call, 0), file = fmgr_u32(call, 1), found = 0;

    if (file == 0)
        return fmgr_null(call);
    if (tablespace == cache_database_tablespace())
        tablespace = 0;
    if (tablespace != TABLESPACE_GLOBAL)
        found = relation_of_file(tablespace, file);
    if (found == 0 && (tablespace == 0 || tablespace == TABLESPACE_GLOBAL))
        found = relmap_relation_of(file, tablespace == TABLESPACE_GLOBAL);
    return found == 0 ? fmgr_null(call) : datum_of_u32(found);
}

/* ---- Databases and tablespaces ---- */

/* Of what lies in a folder itself; nothing when it is not there. */
static uint64_t folder_size(const char *path)
{
    uint64_t size = 0;
    Array names;

    if (!os_dir_try_list(path, &names))
        return 0;
    array_foreach(char *, name, &names) {
        char *inner = mem_printf("%s/%s", path, *name);
        OsStat stat;

        check_interrupts();
        if (os_try_stat(inner, &stat))
            size += stat.size;
        mem_free(inner);
    }
    return size;
}

static uint64_t database_size(Oid database)
{
    const char *version = pg_version_tablespace_folder(pg_version_find(SERVER_MAJOR));
    uint64_t size = folder_size(mem_printf("base/%u", database));
    Array names;

    if (!os_dir_try_list("pg_tblspc", &names))
        return size;
    array_foreach(char *, name, &names)
        size += folder_size(mem_printf("pg_tblspc/%s/%s/%u", *name, version, database));
    return size;
}

static Datum database_value(FmgrCall *call, Oid database)
{
    uint64_t size;

    if (!role_is_member(role_current(), ROLE_READ_ALL_STATS))
        rights_require(PG_DATABASE_CATALOG, database, role_current(), RIGHT_CONNECT);
    size = database_size(database);
    return size == 0 ? fmgr_null(call) : datum_of_i64((int64_t)size);
}

Datum pg_database_size_oid(FmgrCall *call)
{
    Oid database = fmgr_u32(call, 0);

    if (syscache_peek(CACHE_DATABASEOID, datum_of_u32(database)) == NULL)
        return fmgr_null(call);
    return database_value(call, database);
}

Datum pg_database_size_name(FmgrCall *call)
{
    return database_value(call, database_of_name(fmgr_cstring(call, 0), false));
}

static char *tablespace_folder(Oid tablespace)
{
    if (tablespace == TABLESPACE_DEFAULT)
        return mem_strdup("base");
    if (tablespace == TABLESPACE_GLOBAL)
        return mem_strdup("global");
    return mem_printf("pg_tblspc/%u/%s", tablespace,
                      pg_version_tablespace_folder(pg_version_find(SERVER_MAJOR)));
}

static Datum tablespace_value(FmgrCall *call, Oid tablespace)
{
    const char *path = tablespace_folder(tablespace);
    uint64_t size = 0;
    Array names;

    if (tablespace != cache_database_tablespace() &&
        !role_is_member(role_current(), ROLE_READ_ALL_STATS))
        rights_require(PG_TABLESPACE_CATALOG, tablespace, role_current(), RIGHT_CREATE);
    if (!os_dir_try_list(path, &names))
        return fmgr_null(call);
    array_foreach(char *, name, &names) {
        char *inner = mem_printf("%s/%s", path, *name);
        OsStat stat;

        check_interrupts();
        if (!os_try_stat(inner, &stat))
            continue;
        if (stat.kind == OS_KIND_DIR)
            size += folder_size(inner);
        size += stat.size;
    }
    return datum_of_i64((int64_t)size);
}

Datum pg_tablespace_size_oid(FmgrCall *call)
{
    Oid tablespace = fmgr_u32(call, 0);

    if (syscache_peek(CACHE_TABLESPACEOID, datum_of_u32(tablespace)) == NULL)
        return fmgr_null(call);
    return tablespace_value(call, tablespace);
}

Datum pg_tablespace_size_name(FmgrCall *call)
{
    return tablespace_value(call, tablespace_of_name(fmgr_cstring(call, 0), false));
}
