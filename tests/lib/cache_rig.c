/* cache_rig.c - a new cluster's catalogs for tests; cache_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/cache_rig.h"

#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/catalog/bootstrap.h"
#include "server/catalog/builtin.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/fmgr.h"
#include "server/lock/lock.h"
#include "server/types/types.h"
#include "tests/unit/unit.h"

#define BUFFERS 4000

static const BootstrapOptions options = {.superuser = "owner",
                                         .encoding = 6,
                                         .locale_provider = 'c',
                                         .collate = "C",
                                         .ctype = "C",
                                         .no_sync = true};

static void begin(void)
{
    static TxnHook hooks[] = {
        {.name = "caches"}, {.name = "lock", .on_event = lock_on_txn_event}, {.name = NULL}};

    hooks[0] = cache_txn_hook;
    txn_set_hooks(hooks);
    cache_install();
    lock_set_hooks(
        &(LockHooks){.is_shared = catalog_is_shared, .accept_invalidations = inval_accept});
    cache_begin();
    cache_open_database(DATABASE_POSTGRES, TABLESPACE_DEFAULT);
}

void cache_rig_open(CacheRig *rig)
{
    STATIC_ASSERT(TXN_RIG_DATABASE == DATABASE_POSTGRES);
    builtin_bind(types_builtins, types_builtin_count);
    bootstrap_write(unit_temp_dir(), &options);
    bootstrap_copy_template(unit_temp_dir(), &options);
    txn_rig_open(&rig->txn,
                 &(TxnRigConfig){.dir = unit_temp_dir(), .buffers = BUFFERS, .has_locks = true});
    begin();
}

void cache_rig_close(CacheRig *rig)
{
    txn_abort_all();
    cache_end();
    txn_set_hooks(NULL);
    txn_set_parts_source(NULL);
    lock_set_hooks(&(LockHooks){0});
    fmgr_set_builtins(NULL, 0);
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
