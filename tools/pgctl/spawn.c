/* spawn.c - start a server that outlives us, and ends of our own. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/os/child.h"
#include "common/tool/tool.h"
#include "tools/pgctl/pgctl.h"

void pgctl_end(int exit_code, const char *lines)
{
    tool_flush();
    fprintf(stderr, "%s: %s\n", err_get_program(), lines);
    exit(exit_code);
}

int pgctl_spawn(const char *command, bool allows_core)
{
    int pid;

    tool_flush();
    if (allows_core)
        os_allow_core_files();
    pid = os_fork();
    if (pid != 0)
        return pid;
    /* No signal of our terminal reaches it. */
    os_session_new();
    os_exec_shell(command);
}

bool pgctl_child_is_alive(int pid)
{
    OsChildEnd end;

    return !(os_child_try_reap(&end) && end.pid == pid);
}
