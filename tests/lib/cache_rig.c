/* cache_rig.c - a new cluster's catalogs for tests; cache_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/cache_rig.h"

#include "server/cache/cache.h"
#include "server/catalog/bootstrap.h"
#include "server/catalog/catalog_oid.h"
#include "tests/unit/unit.h"

#define BUFFERS 4000

static const TxnHook hooks[] = {{.name = "caches"}, {.name = NULL}};

static const BootstrapOptions options = {.superuser = "owner",
                                         .encoding = 6,
                                         .locale_provider = 'c',
                                         .collate = "C",
                                         .ctype = "C",
                                         .no_sync = true};

static void begin(void)
{
    static TxnHook table[ARRAY_LEN(hooks)];

    table[0] = cache_txn_hook;
    txn_set_hooks(table);
    cache_install();
    cache_begin();
    cache_open_database(DATABASE_POSTGRES, TABLESPACE_DEFAULT);
}

void cache_rig_open(CacheRig *rig)
{
    STATIC_ASSERT(TXN_RIG_DATABASE == DATABASE_POSTGRES);
    bootstrap_write(unit_temp_dir(), &options);
    txn_rig_open(&rig->txn, &(TxnRigConfig){.dir = unit_temp_dir(), .buffers = BUFFERS});
    begin();
}

void cache_rig_close(CacheRig *rig)
{
    txn_abort_all();
    cache_end();
    txn_set_hooks(NULL);
    txn_set_parts_source(NULL);
    txn_rig_close(&rig->txn);
}

void cache_rig_enter_child(void)
{
    cache_end();
    txn_rig_enter_child();
    begin();
}

void cache_rig_begin(void)
{
    txn_start_command();
}

void cache_rig_commit(void)
{
    txn_end_command();
}

void cache_rig_abort(void)
{
    txn_abort_current();
}
