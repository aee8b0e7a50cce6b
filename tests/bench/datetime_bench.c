/*
 * datetime_bench.c - how fast dates and times are read and written
 *
 *     datetime_bench
 *
 * Figures are nanoseconds a call, the best of five rounds of a million different values, with what
 * it takes to make the text of a value taken off. A PostgreSQL server tells its own by COPY of a
 * column of timestamps, less COPY of one of int8.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/config/setting.h"
#include "server/types/builtin.h"
#include "server/types/datetime.h"

#define CALLS  1000000
#define ROUNDS 5

typedef Datum (*Maker)(int i);

static char text[64];
static Interval interval;

static Datum make_timestamp_value(int i)
{
    return datum_of_i64(INT64_C(757382400000000) + i * INT64_C(787407420));
}

static Datum make_date_value(int i)
{
    return datum_of_i32(7305 + i % 1000);
}

static Datum make_interval_value(int i)
{
    interval = (Interval){.usec = i * INT64_C(786000000) % USECS_PER_DAY, .days = i % 300};
    return datum_of_pointer(&interval);
}

static Datum make_text(int i)
{
    snprintf(text, sizeof text, "2024-0%d-1%d 0%d:0%d:05.123%03d", 1 + i % 9, i % 10, i % 10,
             i % 10, i % 1000);
    return datum_of_pointer(text);
}

static Datum make_other_text(int i)
{
    snprintf(text, sizeof text, "1%d-Jan-2024 %d:0%d:05.123%03d", i % 10, i % 10, i % 10, i % 1000);
    return datum_of_pointer(text);
}

static Datum nothing(FmgrCall *call)
{
    return fmgr_arg(call, 0);
}

static double round_of(FmgrFunction fn, Maker make)
{
    MemContext *mem = mem_context_new(NULL, "bench");
    FmgrSite site = {.fn = fn};
    uint64_t start = clock_monotonic_us();
    FMGR_CALL_LOCAL(call, 3);

    fmgr_call_init(call, &site, 3, 0);
    call->args[2] = (NullableDatum){.value = datum_of_i32(-1)};
    MEM_SCOPE(mem) {
        for (int i = 0; i < CALLS; i++) {
            call->args[0] = (NullableDatum){.value = make(i)};
            fmgr_invoke(call);
            if (i % 100 == 0)
                mem_reset(mem);
        }
    }
    mem_delete(mem);
    return (double)(clock_monotonic_us() - start) * 1000.0 / CALLS;
}

static double best(FmgrFunction fn, Maker make)
{
    double least = round_of(fn, make);

    for (int i = 1; i < ROUNDS; i++) {
        double ns = round_of(fn, make);

        least = ns < least ? ns : least;
    }
    return least;
}

static void measure(const char *what, FmgrFunction fn, Maker make)
{
    printf("%-28s %6.1f ns\n", what, best(fn, make) - best(nothing, make));
}

int main(void)
{
    setting.DateStyle = "ISO, MDY";
    setting.TimeZone = "Europe/Berlin";
    measure("timestamp_out", timestamp_out, make_timestamp_value);
    measure("timestamptz_out", timestamptz_out, make_timestamp_value);
    measure("date_out", date_out, make_date_value);
    measure("interval_out", interval_out, make_interval_value);
    measure("int8out, for comparison", int8out, make_timestamp_value);
    measure("timestamp_in, ISO", timestamp_in, make_text);
    measure("timestamptz_in, ISO", timestamptz_in, make_text);
    measure("timestamp_in, another form", timestamp_in, make_other_text);
    return 0;
}
