/*
 * fault.h - named places where a test can make the program fail, wait or die
 *
 * FAULT_POINT("store.file.before_rename") does nothing unless the program was configured with
 * --enable-fault-points and HOLDFAST_FAULT names the point:
 *
 *     HOLDFAST_FAULT=NAME=ACTION[@COUNT][,NAME=ACTION...]
 *
 * ACTION: error (raise 58030 as a failing disk would), enospc (raise 53100), kill (SIGKILL to
 * itself), stop (SIGSTOP to itself), exit (leave at once with code 99), wait:FILE (poll until FILE
 * is gone). COUNT: act at the COUNT-th passage only (default 1); 0 acts at every passage. A text
 * that cannot be understood ends the program, so that no test passes because of a typing error.
 *
 * HOLDFAST_FAULT_LIST=FILE appends the name of each point that is passed, a line each, so that a
 * test can visit them all.
 *
 * Names are "room.thing.when", unique in the tree but for those that stand before the same kind of
 * change in several functions.
 */
#ifndef OS_FAULT_H
#define OS_FAULT_H

#include "common/base/base.h"

#ifdef HOLDFAST_FAULT_POINTS
# define FAULT_POINT(name) fault_point(name)
#else
# define FAULT_POINT(name) ((void)0)
#endif

/* What FAULT_POINT calls; may raise. Thread-safe. */
void fault_point(const char *name);

/*
 * Arm the points that spec names (the form above) in place of those armed before, and count
 * passages from zero; "" disarms all, NULL goes back to the environment. Raises 22023 when spec is
 * not understood. For tests inside the process.
 */
void fault_arm(const char *spec);

#endif
