/*
 * relmap.c - the relation map in memory and its file; relmap.h has the promises
 *
 * Two maps, shared and the database's, each with the changes of this transaction beside it: those
 * of the current command, which nobody sees yet, and those of commands before. Looking up asks the
 * latter first.
 */
#include "common/base/base.h"

#include "server/cache/relmap.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/walrec/rmgr.h"
#include "server/cache/inval.h"
#include "server/config/server_version.h"
#include "server/ipc/lwlock.h"
#include "server/storage/file/database_folder.h"
#include "server/wal/wal.h"

#define SLOTS_MAX 62 /* in a file of 15 */

typedef struct RelmapShared {
    LwLock lock; /* rank RELATION_MAP: of the files */
} RelmapShared;

typedef struct Map {
    bool is_open;
    Oid database, tablespace; /* 0 for what is shared */
    RelMap map;               /* as the file has it */
    RelMap changed, pending;  /* by commands before this one, and by this one */
} Map;

static RelmapShared *shared;

static struct {
    Map shared, local;
} maps;

static Map *map_of(bool is_shared);
static void map_open(Map *m, Oid database, Oid tablespace);
static void map_read(const Map *m, RelMap *out);
static char *map_folder(const Map *m);
static void map_put(RelMap *map, Oid relation, RelFileNo file);
static void map_merge(RelMap *to, RelMap *from);
static void map_commit(Map *m);
static void map_write(Map *m, const RelMap *new_map);

size_t relmap_shmem_size(void)
{
    return sizeof(RelmapShared);
}

void relmap_shmem_init(void *place)
{
    shared = place;
    memset(&maps, 0, sizeof maps);
    if (place != NULL)
        lwlock_init(&shared->lock, LW_RELATION_MAP, 0);
}

void relmap_open_shared(void)
{
    map_open(&maps.shared, 0, TABLESPACE_GLOBAL);
}

void relmap_open_database(Oid database, Oid tablespace)
{
    map_open(&maps.local, database, tablespace);
}

static void map_open(Map *m, Oid database, Oid tablespace)
{
    *m = (Map){.database = database, .tablespace = tablespace};
    lwlock_acquire(&shared->lock, LW_SHARED);
    map_read(m, &m->map);
    lwlock_release(&shared->lock);
    m->is_open = true;
}

static Map *map_of(bool is_shared)
{
    return is_shared ? &maps.shared : &maps.local;
}

RelFileNo relmap_file_of(Oid relation, bool is_shared)
{
    const Map *m = map_of(is_shared);
    RelFileNo file = relmap_find(&m->changed, relation);

    return file != 0 ? file : relmap_find(&m->map, relation);
}

Oid relmap_relation_of(RelFileNo file, bool is_shared)
{
    const Map *m = map_of(is_shared);
    const RelMap *both[] = {&m->changed, &m->map};

    for (unsigned k = 0; k < ARRAY_LEN(both); k++) {
        for (size_t i = 0; i < both[k]->count; i++) {
            if (both[k]->entries[i].rel == file)
                return both[k]->entries[i].oid;
        }
    }
    return 0;
}

void relmap_set(Oid relation, RelFileNo file, bool is_shared, bool is_immediate)
{
    Map *m = map_of(is_shared);

    if (txn_nest_level() > 1)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "cannot change relation mapping within subtransaction");
    map_put(is_immediate ? &m->changed : &m->pending, relation, file);
}

void relmap_copy(Oid from, Oid from_tablespace, Oid to, Oid to_tablespace, RelMap *out)
{
    const Map source = {.database = from, .tablespace = from_tablespace};
    Map target = {.database = to, .tablespace = to_tablespace};

    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    map_read(&source, out);
    map_write(&target, out);
    lwlock_release(&shared->lock);
}

void relmap_forget(Oid database)
{
    Map *m = map_of(database == 0);

    if (m->is_open && m->database == database) {
        lwlock_acquire(&shared->lock, LW_SHARED);
        map_read(m, &m->map);
        lwlock_release(&shared->lock);
    }
}

void relmap_forget_all(void)
{
    relmap_forget(0);
    if (maps.local.is_open)
        relmap_forget(maps.local.database);
}

/* ---- The file ---- */

static char *map_folder(const Map *m)
{
    return database_folder_path(m->database, m->tablespace);
}

static void map_read(const Map *m, RelMap *out)
{
    MemContext *scratch = mem_context_new(mem_current(), "relation map");

    MEM_SCOPE(scratch) {
        char *path = path_join(map_folder(m), RELMAP_FILE_NAME);
        size_t len;
        char *bytes = os_file_read_all(path, RELMAP_SIZE_MAX, &len);

        relmap_parse((const uint8_t *)bytes, len, path, out);
    }
    mem_delete(scratch);
}

static void map_put(RelMap *map, Oid relation, RelFileNo file)
{
    for (size_t i = 0; i < map->count; i++) {
        if (map->entries[i].oid == relation) {
            map->entries[i].rel = file;
            return;
        }
    }
    if (map->count == SLOTS_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "ran out of space in relation map");
    map->entries[map->count++] = (RelMapEntry){.oid = relation, .rel = file};
}

static void map_merge(RelMap *to, RelMap *from)
{
    for (size_t i = 0; i < from->count; i++)
        map_put(to, from->entries[i].oid, from->entries[i].rel);
    from->count = 0;
}

/* ---- Transactions ---- */

void relmap_at_command_end(void)
{
    map_merge(&maps.shared.changed, &maps.shared.pending);
    map_merge(&maps.local.changed, &maps.local.pending);
}

/*
 * The last thing that may fail before a commit. Should the commit fail after it, others have the
 * new files already: those are as good as the old ones, and stay.
 */
void relmap_at_event(TxnEvent event)
{
    switch (event) {
    case TXN_PRE_COMMIT:
        relmap_at_command_end();
        map_commit(&maps.shared);
        map_commit(&maps.local);
        break;
    case TXN_PREPARE:
        if (maps.shared.changed.count + maps.local.changed.count > 0)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "cannot PREPARE a transaction that modified relation mapping");
        break;
    case TXN_ABORT:
        maps.shared.changed.count = maps.shared.pending.count = 0;
        maps.local.changed.count = maps.local.pending.count = 0;
        break;
    default:
        break;
    }
}

static void map_commit(Map *m)
{
    RelMap new_map;

    if (m->changed.count == 0)
        return;
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    map_read(m, &new_map);
    for (size_t i = 0; i < m->changed.count; i++)
        map_put(&new_map, m->changed.entries[i].oid, m->changed.entries[i].rel);
    map_write(m, &new_map);
    lwlock_release(&shared->lock);
    m->changed.count = 0;
}

/* The files of the relations must not go at an abort any more: the map leads to them. */
static void map_write(Map *m, const RelMap *new_map)
{
    uint8_t bytes[RELMAP_SIZE_MAX];
    struct {
        Oid database, tablespace;
        uint32_t size;
    } head = {m->database, m->tablespace, (uint32_t)relmap_write(new_map, SERVER_MAJOR, bytes)};
    const char *folder = map_folder(m);

    wal_begin_insert();
    wal_register_data(&head, sizeof head);
    wal_register_data(bytes, head.size);
    crit_begin();
    wal_flush(wal_insert(RMGR_RELMAP, WAL_RELMAP_UPDATE));
    database_folder_write(folder, RELMAP_FILE_NAME, bytes, head.size);
    inval_send_relmap(m->database);
    for (size_t i = 0; i < m->changed.count; i++) {
        const RelTag tag = {m->tablespace, m->database, m->changed.entries[i].rel};

        txn_keep_at_end(&tag, false);
    }
    m->map = *new_map;
    crit_end();
}

void relmap_checkpoint(void)
{
    lwlock_acquire(&shared->lock, LW_SHARED);
    lwlock_release(&shared->lock);
}
