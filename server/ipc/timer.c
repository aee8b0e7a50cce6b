/*
 * timer.c - several time limits on the one alarm of a process
 *
 * The alarm is set for the earliest limit, but never put off or taken back: a statement that starts
 * and stops its timer costs no system call as long as an alarm from before is still to come. One
 * that goes off too early sets the alarm anew.
 */
#include "common/base/base.h"

#include "server/ipc/timer.h"

#include "common/os/child.h"
#include "common/os/clock.h"
#include "server/ipc/interrupt.h"

#define NEVER UINT64_MAX

/* Times are those of the monotonic clock. */
typedef struct Timer {
    bool is_running;
    bool has_fired;
    uint64_t start_us, due_us;
    void (*handler)(void); /* NULL: the flag is enough */
} Timer;

static struct {
    Timer timers[TIMER_KIND_COUNT];
    uint64_t alarm_us; /* when it goes off; NEVER: it is not set */
} timers = {.alarm_us = NEVER};

static void start(TimerKind kind, uint64_t delay_us);
static Timer *find_earliest(void);
static void set_alarm(uint64_t now_us);
static void on_alarm(void);

void timer_init(void)
{
    for (TimerKind kind = 0; kind < TIMER_KIND_COUNT; kind++)
        timers.timers[kind] = (Timer){0};
    timers.alarm_us = NEVER;
    interrupt_set_handler(INTERRUPT_TIMER, on_alarm);
}

void timer_set_handler(TimerKind kind, void (*handler)(void))
{
    timers.timers[kind].handler = handler;
}

void timer_start_ms(TimerKind kind, int64_t ms)
{
    start(kind, ms < 0 ? 0 : (uint64_t)ms * 1000);
}

void timer_start_at(TimerKind kind, PgTime at)
{
    PgTime now = clock_now();

    start(kind, at < now ? 0 : (uint64_t)(at - now));
}

static void start(TimerKind kind, uint64_t delay_us)
{
    Timer *timer = &timers.timers[kind];
    uint64_t now_us = clock_monotonic_us();

    timer->is_running = true;
    timer->has_fired = false;
    timer->start_us = now_us;
    timer->due_us = now_us + delay_us;
    set_alarm(now_us);
}

/* Of those that run; NULL when none does. Of two that are due at once the first of their list. */
static Timer *find_earliest(void)
{
    Timer *earliest = NULL;

    for (TimerKind kind = 0; kind < TIMER_KIND_COUNT; kind++) {
        Timer *timer = &timers.timers[kind];

        if (timer->is_running && (earliest == NULL || timer->due_us < earliest->due_us))
            earliest = timer;
    }
    return earliest;
}

/* See that it goes off in time for all that run. */
static void set_alarm(uint64_t now_us)
{
    const Timer *earliest = find_earliest();

    if (earliest == NULL || earliest->due_us >= timers.alarm_us)
        return;
    timers.alarm_us = earliest->due_us;
    /* 0 would take it back. */
    os_alarm_set(earliest->due_us > now_us ? earliest->due_us - now_us : 1);
}

/* One at a time: its handler may raise, and the others that are due come with the next alarm. */
static void on_alarm(void)
{
    uint64_t now_us = clock_monotonic_us();
    Timer *timer = find_earliest();

    timers.alarm_us = NEVER;
    if (timer != NULL && timer->due_us <= now_us) {
        timer->is_running = false;
        timer->has_fired = true;
    } else {
        timer = NULL;
    }
    set_alarm(now_us);
    if (timer != NULL && timer->handler != NULL)
        timer->handler();
}

void timer_stop(TimerKind kind)
{
    timers.timers[kind].is_running = false;
}

void timer_stop_all(void)
{
    for (TimerKind kind = 0; kind < TIMER_KIND_COUNT; kind++)
        timer_stop(kind);
}

bool timer_is_running(TimerKind kind)
{
    return timers.timers[kind].is_running;
}

bool timer_take_fired(TimerKind kind)
{
    bool has_fired = timers.timers[kind].has_fired;

    timers.timers[kind].has_fired = false;
    return has_fired;
}

PgTime timer_started_at(TimerKind kind)
{
    return clock_now() - (PgTime)(clock_monotonic_us() - timers.timers[kind].start_us);
}
