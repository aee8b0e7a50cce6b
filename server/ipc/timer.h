/*
 * timer.h - several time limits on the one alarm of a process
 *
 * A timer that goes off sets INTERRUPT_TIMER; check_interrupts() then calls its handler, which may
 * raise. Handlers run at most once for each start.
 */
#ifndef IPC_TIMER_H
#define IPC_TIMER_H

#include "common/base/base.h"

typedef enum TimerKind {
    TIMER_STARTUP_PACKET,
    TIMER_DEADLOCK,
    TIMER_LOCK,
    TIMER_STATEMENT,
    TIMER_STANDBY_DEADLOCK,
    TIMER_STANDBY,
    TIMER_STANDBY_LOCK,
    TIMER_IDLE_IN_TRANSACTION,
    TIMER_IDLE_SESSION,
    TIMER_CLIENT_CHECK,
    TIMER_STATS,
    TIMER_STARTUP_PROGRESS,
    TIMER_KIND_COUNT,
} TimerKind;

void timer_init(void); /* in each process, before the first timer; forgets what a parent had */
void timer_set_handler(TimerKind kind, void (*handler)(void));
void timer_start_ms(TimerKind kind, int64_t ms);
void timer_start_at(TimerKind kind, PgTime at);
void timer_stop(TimerKind kind);
void timer_stop_all(void);
bool timer_is_running(TimerKind kind);
bool timer_take_fired(TimerKind kind); /* has it gone off since it was started? clears that */
PgTime timer_started_at(TimerKind kind);

#endif
