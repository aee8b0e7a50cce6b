/* cache.c - when the caches of a process begin and end; cache.h has the order. */
#include "common/base/base.h"

#include "server/cache/cache.h"

#include <string.h>

#include "server/cache/cache_int.h"
#include "server/cache/inval.h"
#include "server/cache/inval_ring.h"
#include "server/cache/relation_toast.h"
#include "server/cache/relcache.h"
#include "server/cache/relmap.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/proc.h"
#include "server/stats/stats.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/twophase.h"

static struct {
    MemContext *mem;
    TupleDesc **descs; /* by catalog, in the order of catalog_at(); the last: of TOAST tables */
    Oid database, tablespace;
    int temp_backend; /* SMGR_PERMANENT: none */
    Oid temp_schema, temp_toast_schema;
} cache = {.temp_backend = SMGR_PERMANENT};

static void on_event(TxnEvent event);
static void on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id);
static void on_command(void);

const TxnHook cache_txn_hook = {
    .name = "caches", .on_event = on_event, .on_sub_event = on_sub_event, .on_command = on_command};

void cache_install(void)
{
    txn_set_parts_source(inval_collect);
    twophase_set_invalidator(inval_send_prepared);
    smgr_set_invalidation_hook(inval_send_files);
    toast_set_opener(&relation_toast_opener);
    varlena_set_fetch(toast_fetch);
}

void cache_begin(void)
{
    inval_ring_join();
    proc_signal_set_handler(PROC_SIGNAL_CATCH_UP, inval_catch_up);
    relmap_open_shared();
}

void cache_open_database(Oid database, Oid tablespace)
{
    cache.database = database;
    cache.tablespace = tablespace;
    txn_set_database(database, tablespace);
    relmap_open_database(database, tablespace);
}

Oid cache_database(void)
{
    return cache.database;
}

Oid cache_database_tablespace(void)
{
    return cache.tablespace;
}

void cache_set_temp_backend(int number, Oid schema, Oid toast_schema)
{
    cache.temp_backend = number;
    cache.temp_schema = schema;
    cache.temp_toast_schema = toast_schema;
}

int cache_temp_backend(void)
{
    return cache.temp_backend;
}

Oid cache_temp_schema(void)
{
    return cache.temp_schema;
}

Oid cache_temp_toast_schema(void)
{
    return cache.temp_toast_schema;
}

bool cache_is_temp_schema(Oid schema)
{
    return schema != 0 && (schema == cache.temp_schema || schema == cache.temp_toast_schema);
}

TupleDesc *cache_catalog_desc(const Catalog *catalog)
{
    size_t i = catalog_count();
    MemContext *before;

    if (cache.mem == NULL) {
        cache.mem = mem_context_new_small(mem_root(), "columns of catalogs");
        cache.descs = mem_alloc_in(cache.mem, (catalog_count() + 1) * sizeof *cache.descs);
    }
    if (catalog != catalog_toast_shape())
        i = (size_t)(catalog - catalog_at(0));
    if (cache.descs[i] == NULL) {
        before = mem_switch(cache.mem);
        cache.descs[i] = catalog_tuple_desc(catalog);
        mem_switch(before);
    }
    return cache.descs[i];
}

/* ---- Transactions ---- */

/* Messages first: relations that were made here are told apart from those that others may have. */
static void on_event(TxnEvent event)
{
    if (event == TXN_START)
        inval_accept();
    relmap_at_event(event);
    inval_at_event(event);
    relcache_at_event(event);
}

static void on_sub_event(TxnEvent event, uint32_t sub_id, uint32_t parent_sub_id)
{
    inval_at_sub_event(event, sub_id, parent_sub_id);
    relcache_at_sub_event(event, sub_id, parent_sub_id);
}

static void on_command(void)
{
    relmap_at_command_end();
    inval_at_command_end();
}

void cache_end(void)
{
    syscache_end();
    relcache_end();
    inval_end();
    stats_forget();
    if (cache.mem != NULL)
        mem_delete(cache.mem);
    memset(&cache, 0, sizeof cache);
    cache.temp_backend = SMGR_PERMANENT;
}
