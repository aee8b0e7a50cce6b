/*
 * stat_reset.c - counts begin anew; which moment of them a transaction sees
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/text/str.h"
#include "server/cache/cache.h"
#include "server/catalog/catalog.h"
#include "server/recovery/prefetch.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

Datum pg_stat_clear_snapshot(FmgrCall *call UNUSED)
{
    stats_clear_fetched();
    activity_clear_fetched();
    return 0;
}

Datum pg_stat_force_next_flush(FmgrCall *call UNUSED)
{
    stats_force_next_flush();
    return 0;
}

Datum pg_stat_get_snapshot_timestamp(FmgrCall *call)
{
    PgTime time;

    return stats_snapshot_time(&time) ? datum_of_i64(time) : fmgr_null(call);
}

Datum pg_stat_reset(FmgrCall *call UNUSED)
{
    stats_reset_database(cache_database());
    return 0;
}

Datum pg_stat_reset_shared(FmgrCall *call)
{
    const char *target = value_cstring(call, 0);

    if (str_equal(target, "archiver"))
        stats_reset_fixed(STATS_FIXED_ARCHIVER);
    else if (str_equal(target, "bgwriter"))
        stats_reset_fixed(STATS_FIXED_BGWRITER);
    else if (str_equal(target, "wal"))
        stats_reset_fixed(STATS_FIXED_WAL);
    else if (str_equal(target, "recovery_prefetch"))
        prefetch_reset_stats();
    else
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unrecognized reset target: \"%s\"", target),
                  .hint = "Target must be \"archiver\", \"bgwriter\", \"recovery_prefetch\", or "
                          "\"wal\".");
    return 0;
}

Datum pg_stat_reset_single_table_counters(FmgrCall *call)
{
    Oid oid = fmgr_u32(call, 0);
    const StatsKey key = {.kind = STATS_RELATION,
                          .database = catalog_is_shared(oid) ? 0 : cache_database(),
                          .object = oid};

    stats_reset_entry(&key);
    return 0;
}

Datum pg_stat_reset_single_function_counters(FmgrCall *call)
{
    const StatsKey key = {
        .kind = STATS_FUNCTION, .database = cache_database(), .object = fmgr_u32(call, 0)};

    stats_reset_entry(&key);
    return 0;
}

Datum pg_stat_reset_slru(FmgrCall *call)
{
    stats_reset_slru(fmgr_arg_is_null(call, 0) ? STATS_SLRU_COUNT
                                               : stats_slru_kind(value_cstring(call, 0)));
    return 0;
}

/* NULL: of all slots, of which none is counted. */
Datum pg_stat_reset_replication_slot(FmgrCall *call)
{
    if (!fmgr_arg_is_null(call, 0))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("replication slot \"%s\" does not exist",
                                     value_cstring(call, 0)));
    return 0;
}

Datum pg_stat_have_stats(FmgrCall *call)
{
    static const char *const once[] = {"archiver", "bgwriter", "checkpointer", "slru", "wal"};
    static const char *const kinds[] = {
        [STATS_DATABASE] = "database",
        [STATS_RELATION] = "relation",
        [STATS_FUNCTION] = "function",
        [STATS_SLOT] = "replslot",
        [STATS_SUBSCRIPTION] = "subscription",
    };
    const char *kind = value_cstring(call, 0);

    for (size_t i = 0; i < ARRAY_LEN(once); i++)
        if (str_equal(kind, once[i]))
            return datum_of_bool(true);
    for (int32_t i = STATS_DATABASE; i < STATS_KIND_COUNT; i++) {
        const StatsKey key = {
            .kind = i, .database = fmgr_u32(call, 1), .object = fmgr_u32(call, 2)};

        if (str_equal(kind, kinds[i]))
            return datum_of_bool(stats_have_entry(&key));
    }
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("invalid statistics kind: \"%s\"", kind));
}
