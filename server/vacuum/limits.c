/* limits.c - what is old: by settings, by what others may see; vacuum_int.h has the how. */
#include "common/base/base.h"

#include <math.h>

#include "common/err/err.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/txn/multixact.h"
#include "server/txn/xid.h"
#include "server/vacuum/vacuum_int.h"

#define TABLE_AGE_SHARE    0.95 /* of the age at which autovacuum comes in any case */
#define FAILSAFE_AGE_SHARE 1.05
#define SAMPLE_TOO_SMALL   0.02 /* of a table's pages, to say anything new of its rows */

#define FAR_IN_THE_PAST_HINT                                                        \
 "Close open transactions soon to avoid wraparound problems.\n"                     \
 "You might also need to commit or roll back old prepared transactions, or drop " \
 "stale replication slots."

static int given_or(int given, int set, int max)
{
    int age = given >= 0 ? given : set;

    return age < max ? age : max;
}

/* The xid that is so many before, not counting those that are none. */
static Xid xid_back(Xid from, int age)
{
    Xid xid = from - (Xid)age;

    return xid_is_normal(xid) ? xid : XID_FIRST;
}

static MultiXid multi_back(MultiXid from, int age)
{
    MultiXid multi = from - (MultiXid)age;

    return multi < MULTIXACT_FIRST ? MULTIXACT_FIRST : multi;
}

static void set_freeze_limit(const VacuumParams *params, HeapCutoffs *out)
{
    int max_age = setting.autovacuum_freeze_max_age;
    Xid safe = xid_back((Xid)xid_next(), max_age);

    out->freeze_limit =
        xid_back(out->oldest_xmin,
                 given_or(params->freeze_min_age, setting.vacuum_freeze_min_age, max_age / 2));
    if (xid_precedes(out->freeze_limit, safe)) {
        err_log(ERR_WARNING, .message = "oldest xmin is far in the past",
                .hint = FAR_IN_THE_PAST_HINT);
        out->freeze_limit = out->oldest_xmin;
    }
}

static void set_multi_cutoff(const VacuumParams *params, MultiXid next, HeapCutoffs *out)
{
    int max_age = setting.autovacuum_multixact_freeze_max_age;
    MultiXid oldest = multixact_oldest_needed(), safe = multi_back(next, max_age);

    out->multi_cutoff =
        multi_back(oldest, given_or(params->multi_freeze_min_age,
                                    setting.vacuum_multixact_freeze_min_age, max_age / 2));
    if (multixact_precedes(out->multi_cutoff, safe)) {
        err_log(ERR_WARNING, .message = "oldest multixact is far in the past",
                .hint = FAR_IN_THE_PAST_HINT);
        out->multi_cutoff = multixact_precedes(oldest, safe) ? oldest : safe;
    }
}

bool vacuum_set_cutoffs(const Relation *rel, const VacuumParams *params, HeapCutoffs *out)
{
    int xid_max = (int)(setting.autovacuum_freeze_max_age * TABLE_AGE_SHARE);
    int multi_max = (int)(setting.autovacuum_multixact_freeze_max_age * TABLE_AGE_SHARE);
    MultiLimits limits;
    Xid xid_limit;
    MultiXid multi_limit;

    multixact_get_limits(&limits);
    out->relfrozenxid = rel->row->relfrozenxid;
    out->relminmxid = rel->row->relminmxid;
    out->oldest_xmin = heap_oldest_needed(&rel->heap);
    set_freeze_limit(params, out);
    set_multi_cutoff(params, limits.next, out);

    xid_limit = xid_back((Xid)xid_next(), given_or(params->freeze_table_age,
                                                   setting.vacuum_freeze_table_age, xid_max));
    multi_limit =
        multi_back(limits.next, given_or(params->multi_freeze_table_age,
                                         setting.vacuum_multixact_freeze_table_age, multi_max));
    return !xid_precedes(xid_limit, out->relfrozenxid) ||
           !multixact_precedes(multi_limit, out->relminmxid);
}

void vacuum_tightest_cutoffs(const Relation *rel, HeapCutoffs *out)
{
    const VacuumParams params = {.options = VACUUM_CLEANS};

    vacuum_set_cutoffs(rel, &params, out);
    /* They become what the table says of itself, which does not go back. */
    if (xid_is_normal(out->relfrozenxid) && xid_precedes(out->freeze_limit, out->relfrozenxid))
        out->freeze_limit = out->relfrozenxid;
    if (out->relminmxid != 0 && multixact_precedes(out->multi_cutoff, out->relminmxid))
        out->multi_cutoff = out->relminmxid;
}

bool vacuum_is_failsafe_due(const Relation *rel)
{
    int xid_min = (int)(setting.autovacuum_freeze_max_age * FAILSAFE_AGE_SHARE);
    int multi_min = (int)(setting.autovacuum_multixact_freeze_max_age * FAILSAFE_AGE_SHARE);
    int xid_age = setting.vacuum_failsafe_age, multi_age = setting.vacuum_multixact_failsafe_age;
    MultiLimits limits;

    multixact_get_limits(&limits);
    return xid_precedes(rel->row->relfrozenxid,
                        xid_back((Xid)xid_next(), xid_age > xid_min ? xid_age : xid_min)) ||
           multixact_precedes(
               rel->row->relminmxid,
               multi_back(limits.next, multi_age > multi_min ? multi_age : multi_min));
}

double vacuum_estimate_rows(const Relation *rel, BlockNo pages, BlockNo scanned_pages,
                            double scanned_rows)
{
    double old_pages = rel->row->relpages, old_rows = rel->row->reltuples;

    if (scanned_pages >= pages)
        return scanned_rows;
    /* The same few pages, time and again, would move the number away from what is true. */
    if (old_pages == pages && scanned_pages < pages * SAMPLE_TOO_SMALL)
        return old_rows;
    if (scanned_pages <= 1)
        return old_rows;
    if (old_rows < 0 || old_pages == 0)
        return floor(scanned_rows / scanned_pages * pages + 0.5);
    return floor(old_rows / old_pages * (pages - scanned_pages) + scanned_rows + 0.5);
}
