/* crowd.c - several processes at once, which share what was mapped before they began */
#include "common/base/base.h"

#include "tests/lib/crowd.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/os/clock.h"
#include "server/ipc/supervisor.h"

#define LIMIT_MS 60000
#define POLL_MS  2

_Noreturn static void member_main(CrowdWork work, void *arg, unsigned number);
static bool collect(Crowd *crowd, unsigned number, int options, unsigned *good_count);

void crowd_begin(Crowd *crowd, unsigned count, CrowdWork work, void *arg)
{
    ASSERT(count <= CROWD_MAX);
    *crowd = (Crowd){.count = count};
    fflush(NULL);
    for (unsigned i = 0; i < count; i++) {
        pid_t pid = fork();

        if (pid < 0)
            err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not start a child process");
        if (pid == 0)
            member_main(work, arg, i);
        crowd->pids[i] = pid;
    }
}

static void member_main(CrowdWork work, void *arg, unsigned number)
{
    static const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    const struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CORE, &no_core);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        signal(signals[i], SIG_DFL);
    ERR_TRY() {
        supervisor_enter_child();
        work(arg, number);
    }
    ERR_CATCH() {
        fprintf(stderr, "member %u of a crowd: %s\n", number, err_caught()->message);
        exit(1);
    }
    ERR_END();
    exit(0);
}

void crowd_kill(Crowd *crowd, unsigned number)
{
    unsigned good_count = 0;

    if (crowd->pids[number] == 0)
        return;
    kill(crowd->pids[number], SIGKILL);
    collect(crowd, number, 0, &good_count);
}

unsigned crowd_end(Crowd *crowd)
{
    unsigned good_count = 0, left;
    unsigned waited_ms = 0;

    do {
        left = 0;
        for (unsigned i = 0; i < crowd->count; i++)
            if (crowd->pids[i] != 0 && !collect(crowd, i, WNOHANG, &good_count))
                left++;
        if (left > 0)
            clock_sleep_ms(POLL_MS);
        waited_ms += POLL_MS;
    } while (left > 0 && waited_ms < LIMIT_MS);
    for (unsigned i = 0; i < crowd->count; i++) {
        if (crowd->pids[i] != 0)
            fprintf(stderr, "member %u of a crowd does not end\n", i);
        crowd_kill(crowd, i);
    }
    return good_count;
}

unsigned crowd_run(unsigned count, CrowdWork work, void *arg)
{
    Crowd crowd;

    crowd_begin(&crowd, count, work, arg);
    return crowd_end(&crowd);
}

/* Has it ended? */
static bool collect(Crowd *crowd, unsigned number, int options, unsigned *good_count)
{
    int status;

    if (waitpid(crowd->pids[number], &status, options) != crowd->pids[number])
        return false;
    crowd->pids[number] = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        (*good_count)++;
    else if (WIFSIGNALED(status) && options != 0)
        fprintf(stderr, "member %u of a crowd: signal %d\n", number, WTERMSIG(status));
    return true;
}
