/* pgctl.h - what the files of pgctl share. */
#ifndef PGCTL_PGCTL_H
#define PGCTL_PGCTL_H

#include "common/base/base.h"

/* Print the lines, the program's name before the first, and end with that code. */
_Noreturn void pgctl_end(int exit_code, const char *lines);

/* Run a command of the shell in a session of its own, and leave it running; its pid. */
int pgctl_spawn(const char *command, bool allows_core);

/* Of a child that pgctl_spawn() gave: has it not ended yet? */
bool pgctl_child_is_alive(int pid);

#endif
