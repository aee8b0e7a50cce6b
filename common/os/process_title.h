/*
 * process_title.h - what ps shows of this process
 *
 * The system reads a process's command line from where its arguments lay at the start, and what
 * follows them, the environment, when that has no end of its own. So both are moved away, and their
 * room is written to: a title has as many bytes as arguments and environment had.
 */
#ifndef OS_PROCESS_TITLE_H
#define OS_PROCESS_TITLE_H

#include "common/base/base.h"

/*
 * First of all in main(), before anything keeps an argument or a variable. Returns the arguments'
 * copy, which lives as long as the process. Children keep what was made room for.
 */
char **process_title_init(int argc, char **argv);

/* Cut to the room that there is; nothing without process_title_init(). */
void process_title_set(const char *title);

/* As it was set last; "" before. */
const char *process_title(void);

#endif
