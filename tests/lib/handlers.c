/* handlers.c - give a test process its signals back after a test that had them handled. */
#include "common/base/base.h"

#include "tests/lib/handlers.h"

#include <signal.h>

#include "common/os/child.h"

void handlers_reset(void)
{
    static const int all[] = {SIGHUP,  SIGINT,  SIGTERM, SIGQUIT, SIGUSR1,
                              SIGUSR2, SIGALRM, SIGPIPE, SIGCHLD};
    sigset_t none;

    os_alarm_set(0);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        os_signal_handle(all[i], NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
