/*
 * ahead.c - the background writer's rounds: it keeps ahead of the clock (strategy.c)
 *
 * It looks at the buffers that the clock comes to next and writes those that are dirty and not in
 * use, so that whoever needs a buffer finds a clean one. How many, it learns from the demand of the
 * rounds before: buffers taken (smoothed, but rising at once) times bgwriter_lru_multiplier; and
 * how many have to be looked at to find one that can be taken (smoothed). In two minutes at least
 * it comes round all of them, however little is asked for.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/storage/buffer/buffer_int.h"

#define SMOOTHING     16
#define WHOLE_SCAN_MS 120000.0

/* Positions count the buffers that the clock has passed since the server started. */
static struct {
    bool has_seen; /* hand is that of the round before */
    uint64_t hand;
    uint64_t position; /* all before it have been looked at */
    double taken;      /* between two rounds, smoothed */
    double looked_for_one;
    Writeback writeback;
} ahead = {.looked_for_one = 10, .writeback = {.after = &setting.bgwriter_flush_after}};

static void learn_density(uint64_t looked, double found);
static double expect(uint32_t taken, double found);
static double write_until(double wanted, double found, uint64_t limit);

bool buffer_write_ahead(void)
{
    StrategyPlace place = strategy_look();
    uint64_t hand = place.rounds * buffer_pool.count + place.next;
    uint64_t limit = hand + buffer_pool.count; /* the clock's next round: not again yet */
    uint64_t before;
    double found_before, found;

    buffer_counters_here.taken += place.taken;
    if (setting.bgwriter_lru_maxpages <= 0) {
        ahead.has_seen = false;
        return true;
    }
    if (ahead.has_seen)
        learn_density(hand - ahead.hand, place.taken);
    if (!ahead.has_seen || ahead.position < hand)
        ahead.position = hand; /* overtaken */
    ahead.has_seen = true;
    ahead.hand = hand;

    /*
     * Among those looked at in earlier rounds and not yet passed there are some that can be taken.
     */
    before = ahead.position;
    found_before = (double)(before - hand) / ahead.looked_for_one;
    found = write_until(expect(place.taken, found_before), found_before, limit);
    learn_density(ahead.position - before, found - found_before);
    writeback_flush(&ahead.writeback);
    return place.taken == 0 && before == limit;
}

static void learn_density(uint64_t looked, double found)
{
    if (looked > 0 && found > 0)
        ahead.looked_for_one += ((double)looked / found - ahead.looked_for_one) / SMOOTHING;
}

/* How many buffers that can be taken there are to be until the next round. */
static double expect(uint32_t taken, double found)
{
    double least = found + buffer_pool.count / (WHOLE_SCAN_MS / setting.bgwriter_delay);
    double wanted;

    if (ahead.taken <= taken)
        ahead.taken = taken;
    else
        ahead.taken += (taken - ahead.taken) / SMOOTHING;
    wanted = ahead.taken * setting.bgwriter_lru_multiplier;
    if (wanted < 1)
        ahead.taken = 0; /* or it would need for ever to get there */
    return wanted < least ? least : wanted;
}

/* Go on until there are so many; returns how many there are. */
static double write_until(double wanted, double found, uint64_t limit)
{
    int written = 0;

    while (found < wanted && ahead.position < limit) {
        BufferDesc *d = &buffer_pool.descs[ahead.position % buffer_pool.count];
        unsigned synced = sync_one_buffer(d, true, &ahead.writeback);

        ahead.position++;
        if ((synced & SYNCED_REUSABLE) != 0)
            found++;
        if ((synced & SYNCED_WRITTEN) != 0) {
            buffer_counters_here.written_ahead++;
            if (++written >= setting.bgwriter_lru_maxpages) {
                buffer_counters_here.ahead_stopped++;
                break;
            }
        }
        check_interrupts();
    }
    return found;
}
