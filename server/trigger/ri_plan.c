/*
 * ri_plan.c - the indexes that the query of a foreign key locks
 *
 * PostgreSQL plans such a query anew each of the first times, for the values at hand; who plans
 * locks all indexes of the table. Then one plan serves all runs, which lock but the index that
 * they read, until the table changes and the query is forgotten. Others see locks: so it is here.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/lock/lock_object.h"
#include "server/trigger/trigger_int.h"

#define RUNS_PLANNED 6 /* five for their values, and that which makes the plan that stays */

/* ---- Forgetting ---- */

static void forget(const RiInfo *info, Oid table)
{
    for (RiQuery q = 0; q < RI_QUERIES; q++) {
        bool is_of_pk = q == RI_QUERY_CHECK || q == RI_QUERY_IS_REPLACED;

        if (table == 0 || table == (is_of_pk ? info->pk_table : info->fk_table))
            info->runs[q] = 0;
    }
}

static void on_relation(Datum arg UNUSED, Oid oid)
{
    ri_info_for_each(forget, oid);
}

static void on_row(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    ri_info_for_each(forget, 0);
}

static void watch(void)
{
    static const CacheId rows[] = {CACHE_NAMESPACEOID, CACHE_OPEROID, CACHE_AMOPOPID,
                                   CACHE_FOREIGNSERVEROID, CACHE_FOREIGNDATAWRAPPEROID};
    static bool is_watching;

    if (is_watching)
        return;
    is_watching = true;
    inval_on_relation(on_relation, 0);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        inval_on_row(rows[i], on_row, 0);
}

/* ---- Locking ---- */

void ri_lock_indexes(Relation *rel, LockMode mode)
{
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    for (unsigned i = 0; i < count; i++)
        lock_relation(oids[i], mode);
    mem_free(oids);
}

void ri_plan_lock(const RiInfo *info, RiQuery query, Relation *rel, Oid index, LockMode mode)
{
    watch();
    if (info->runs[query] < RUNS_PLANNED)
        ri_lock_indexes(rel, mode);
    else if (index != 0)
        lock_relation(index, mode);
}

void ri_plan_count(const RiInfo *info, RiQuery query)
{
    if (info->runs[query] < RUNS_PLANNED)
        info->runs[query]++;
}
