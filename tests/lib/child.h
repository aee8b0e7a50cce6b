/* child.h - run a function in a child process, to see how that ends. */
#ifndef LIB_CHILD_H
#define LIB_CHILD_H

#include "common/base/base.h"

typedef struct ChildEnd {
    int exit_code;  /* -1 when a signal ended it */
    int signal_no;  /* 0 when none did */
    char err[4000]; /* the beginning of what it wrote to standard error */
} ChildEnd;

#define CHILD_RAISED 125 /* exit code of a child whose function raised; the report is in err */

/*
 * Fork, run fn(arg) and wait. A function that returns ends the child with code 0. Not to be called
 * while the process has other threads.
 */
ChildEnd child_run(void (*fn)(void *arg), void *arg);

#endif
