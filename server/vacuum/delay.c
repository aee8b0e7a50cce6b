/*
 * delay.c - naps of a vacuum, so that it does not take all of the disk
 *
 * What was done is reckoned in points: pages that were found, read, made dirty. Whoever has made
 * vacuum_cost_limit of them sleeps for vacuum_cost_delay.
 */
#include "common/base/base.h"

#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/storage/buffer/buffer.h"
#include "server/vacuum/autovacuum.h"
#include "server/vacuum/vacuum_int.h"

#define NAPS_MAX 4 /* in one go */

static struct {
    bool is_on;
    double delay_ms;
    int limit;
    BufferCounters before; /* at the last nap */
} delay;

/* What this worker of autovacuum may do now; others come and go. */
static void take_share(void)
{
    AutovacuumCost cost;

    if (!autovacuum_cost(&cost))
        return;
    delay.delay_ms = cost.delay_ms;
    delay.limit = cost.limit > 0 ? cost.limit : 1;
}

void vacuum_delay_begin(bool is_auto)
{
    delay.delay_ms = setting.vacuum_cost_delay;
    delay.limit = setting.vacuum_cost_limit;
    if (is_auto)
        take_share();
    delay.is_on = delay.delay_ms > 0;
    delay.before = *buffer_counters();
}

void vacuum_delay_end(void)
{
    delay.is_on = false;
}

void vacuum_delay_stop(void)
{
    delay.is_on = false;
}

void vacuum_delay_point(void)
{
    const BufferCounters *now = buffer_counters();
    double points, nap_ms;

    check_interrupts();
    if (LIKELY(!delay.is_on))
        return;
    points = (double)(now->hits - delay.before.hits) * setting.vacuum_cost_page_hit +
             (double)(now->reads - delay.before.reads) * setting.vacuum_cost_page_miss +
             (double)(now->dirtied - delay.before.dirtied) * setting.vacuum_cost_page_dirty;
    if (points < delay.limit)
        return;
    nap_ms = delay.delay_ms * points / delay.limit;
    if (nap_ms > delay.delay_ms * NAPS_MAX)
        nap_ms = delay.delay_ms * NAPS_MAX;
    latch_wait(LATCH_SET | LATCH_TIMEOUT, nap_ms < 1 ? 1 : (int64_t)nap_ms,
               WAIT_EVENT_VACUUM_DELAY);
    latch_reset(&proc_self()->latch);
    delay.before = *buffer_counters();
    take_share();
    check_interrupts();
}
