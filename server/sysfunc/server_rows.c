/* server_rows.c - rows that tell of the server's insides: prepared transactions, memory */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/ipc/shmem.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/rows.h"
#include "server/txn/twophase.h"

/* ---- Prepared transactions ---- */

enum { T_TRANSACTION, T_GID, T_PREPARED, T_OWNERID, T_DBID, T_COUNT };

static const SetColumn prepared_columns[] = {
    [T_TRANSACTION] = {"transaction", TYPE_XID}, [T_GID] = {"gid", TYPE_TEXT},
    [T_PREPARED] = {"prepared", TYPE_TIMESTAMPTZ}, [T_OWNERID] = {"ownerid", TYPE_OID},
    [T_DBID] = {"dbid", TYPE_OID},
};

static void fill_prepared(RowList *rows, FmgrCall *call UNUSED)
{
    Array list;

    twophase_list(&list);
    array_foreach(const TwophaseRow, row, &list) {
        Datum values[T_COUNT] = {0};
        bool nulls[T_COUNT] = {false};

        values[T_TRANSACTION] = datum_of_u32(row->xid);
        row_set_text(values, nulls, T_GID, row->gid);
        values[T_PREPARED] = datum_of_i64(row->prepared_at);
        values[T_OWNERID] = datum_of_u32(row->owner);
        values[T_DBID] = datum_of_u32(row->database);
        row_list_add(rows, values, nulls);
    }
}

Datum pg_prepared_xact(FmgrCall *call)
{
    return row_list_give(call, prepared_columns, T_COUNT, fill_prepared);
}

/* ---- Shared memory ---- */

enum { A_NAME, A_OFF, A_SIZE, A_ALLOCATED_SIZE, A_COUNT };

static const SetColumn part_columns[] = {
    [A_NAME] = {"name", TYPE_TEXT},
    [A_OFF] = {"off", TYPE_INT8},
    [A_SIZE] = {"size", TYPE_INT8},
    [A_ALLOCATED_SIZE] = {"allocated_size", TYPE_INT8},
};

static void fill_parts(RowList *rows, FmgrCall *call UNUSED)
{
    const ShmemPart *parts = shmem_parts();

    for (const ShmemPart *part = parts; part->name != NULL; part++) {
        Datum values[A_COUNT] = {0};
        bool nulls[A_COUNT] = {false};

        row_set_text(values, nulls, A_NAME, part->name);
        values[A_OFF] = datum_of_i64((const uint8_t *)part->place - (const uint8_t *)parts->place);
        values[A_SIZE] = datum_of_i64((int64_t)part->size());
        values[A_ALLOCATED_SIZE] = datum_of_i64((int64_t)part->allocated);
        row_list_add(rows, values, nulls);
    }
}

Datum pg_get_shmem_allocations(FmgrCall *call)
{
    return row_list_give(call, part_columns, A_COUNT, fill_parts);
}

/* ---- This process's memory ---- */

enum {
    M_NAME,
    M_IDENT,
    M_PARENT,
    M_LEVEL,
    M_TOTAL_BYTES,
    M_TOTAL_NBLOCKS,
    M_FREE_BYTES,
    M_FREE_CHUNKS,
    M_USED_BYTES,
    M_COUNT,
};

static const SetColumn context_columns[] = {
    [M_NAME] = {"name", TYPE_TEXT},
    [M_IDENT] = {"ident", TYPE_TEXT},
    [M_PARENT] = {"parent", TYPE_TEXT},
    [M_LEVEL] = {"level", TYPE_INT4},
    [M_TOTAL_BYTES] = {"total_bytes", TYPE_INT8},
    [M_TOTAL_NBLOCKS] = {"total_nblocks", TYPE_INT8},
    [M_FREE_BYTES] = {"free_bytes", TYPE_INT8},
    [M_FREE_CHUNKS] = {"free_chunks", TYPE_INT8},
    [M_USED_BYTES] = {"used_bytes", TYPE_INT8},
};

static void note_context(const MemStats *stats, void *arg)
{
    *(MemStats *)array_push(arg) = *stats;
}

/* First all facts, then the rows: these are memory, too. */
static void fill_contexts(RowList *rows, FmgrCall *call UNUSED)
{
    Array list;

    array_init(&list, sizeof(MemStats));
    mem_walk(mem_root(), note_context, &list);
    array_foreach(const MemStats, stats, &list) {
        Datum values[M_COUNT] = {0};
        bool nulls[M_COUNT] = {false};

        row_set_text(values, nulls, M_NAME, stats->name);
        nulls[M_IDENT] = true;
        row_set_text(values, nulls, M_PARENT, stats->parent);
        values[M_LEVEL] = datum_of_i32(stats->level);
        values[M_TOTAL_BYTES] = datum_of_i64((int64_t)stats->total_bytes);
        values[M_TOTAL_NBLOCKS] = datum_of_i64((int64_t)stats->block_count);
        values[M_FREE_BYTES] = datum_of_i64((int64_t)stats->free_bytes);
        values[M_FREE_CHUNKS] = datum_of_i64((int64_t)stats->free_chunks);
        values[M_USED_BYTES] = datum_of_i64((int64_t)(stats->total_bytes - stats->free_bytes));
        row_list_add(rows, values, nulls);
    }
}

Datum pg_get_backend_memory_contexts(FmgrCall *call)
{
    return row_list_give(call, context_columns, M_COUNT, fill_contexts);
}
