/*
 * database_pages.c - CREATE DATABASE page by page: the strategy wal_log
 *
 * The rows of the template's pg_class name the files. Each page goes into the log and then straight
 * into the new file, which is synced before the transaction commits: so a checkpoint need not know
 * of it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/walrec/rmgr.h"
#include "server/access/common/relation.h"
#include "server/access/heap/heap.h"
#include "server/cache/relmap.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/database_files.h"
#include "server/command/file_copy.h"
#include "server/ipc/interrupt.h"
#include "server/storage/file/database_folder.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/snapshot.h"
#include "server/wal/wal.h"

#define SPECIAL_RELATION 0x01 /* info bit: files change that no block reference names */

/* A relation of the template. */
typedef struct Source {
    Oid oid, tablespace;
    RelFileNo file;
    bool is_permanent;
} Source;

static void make_folder(const DatabaseCopy *copy);
static void list_relations(const DatabaseCopy *copy, const RelMap *map, Array *out);
static void copy_relation(const DatabaseCopy *copy, const Source *source);

void database_copy_pages(const DatabaseCopy *copy)
{
    MemContext *scratch = mem_context_new(mem_current(), "copy of a relation");
    Array relations;
    RelMap map;

    make_folder(copy);
    relmap_copy(copy->from.database, copy->from.tablespace, copy->to.database,
                copy->to.tablespace, &map);
    list_relations(copy, &map, &relations);
    array_foreach(const Source, source, &relations) {
        MEM_SCOPE(scratch) {
            copy_relation(copy, source);
        }
        mem_reset(scratch);
    }
    mem_delete(scratch);
}

static void make_folder(const DatabaseCopy *copy)
{
    const Oid head[2] = {copy->to.database, copy->to.tablespace};
    char *path = database_folder_path(copy->to.database, copy->to.tablespace);

    os_dir_make_all(path_dir(path));
    os_dir_make(path);
    database_folder_write_version(path);
    os_dir_sync(path_dir(path));
    wal_begin_insert();
    wal_register_data(head, sizeof head);
    crit_begin();
    wal_insert(RMGR_DBASE, WAL_DBASE_CREATE_WAL_LOG | SPECIAL_RELATION);
    crit_end();
}

/* ---- What there is ---- */

static bool has_files(const PgClass *class)
{
    switch (class->relkind) {
    case RELATION_TABLE:
    case RELATION_INDEX:
    case RELATION_SEQUENCE:
    case RELATION_TOAST:
    case RELATION_MATERIALIZED_VIEW:
        return class->relpersistence != RELATION_TEMPORARY;
    default:
        return false;
    }
}

static void add_relation(const PgClass *class, const RelMap *map, Array *out)
{
    Source *source;

    if (class->reltablespace == TABLESPACE_GLOBAL || !has_files(class))
        return;
    source = array_push(out);
    *source = (Source){.oid = class->oid,
                       .tablespace = class->reltablespace,
                       .file = class->relfilenode != 0 ? class->relfilenode
                                                       : relmap_find(map, class->oid),
                       .is_permanent = class->relpersistence == RELATION_PERMANENT};
    if (source->file == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("relation with OID %u does not have a valid relfilenumber",
                                     class->oid));
}

/* As they are now. The template's pages may be in buffers, as those of any database. */
static void list_relations(const DatabaseCopy *copy, const RelMap *map, Array *out)
{
    const RelTag tag = {copy->from.tablespace, copy->from.database,
                        relmap_find(map, PG_CLASS_CATALOG)};
    HeapRel heap = {.smgr = smgr_open(&tag, SMGR_PERMANENT),
                    .table = PG_CLASS_CATALOG,
                    .horizon = HORIZON_SHARED,
                    .is_permanent = true};
    const HeapTuple *row;
    HeapScan *scan;

    array_init(out, sizeof(Source));
    snapshot_push_latest();
    scan = heap_scan_begin(&heap, snapshot_active());
    while ((row = heap_scan_next(scan, false)) != NULL) {
        check_interrupts();
        add_relation(CACHE_ROW(PgClass, row), map, out);
    }
    heap_scan_end(scan);
    snapshot_pop();
}

/* ---- One relation ---- */

static void copy_relation(const DatabaseCopy *copy, const Source *source)
{
    const bool is_default =
        source->tablespace == 0 || source->tablespace == copy->from.tablespace;
    const RelTag from_tag = {is_default ? copy->from.tablespace : source->tablespace,
                             copy->from.database, source->file};
    const RelTag to_tag = {is_default ? copy->to.tablespace : source->tablespace,
                           copy->to.database, source->file};
    SmgrRel *from = smgr_open(&from_tag, SMGR_PERMANENT);

    relation_copy_files(from, &to_tag,
                        source->is_permanent ? RELATION_PERMANENT : RELATION_UNLOGGED);
    smgr_close(from);
}
