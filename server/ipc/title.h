/*
 * title.h - what ps shows of a server process: who it is, and what it is doing
 *
 *     postgres: main: alice shop 10.0.0.7(51234) SELECT waiting
 *
 * The cluster's name, if it has one, comes after "postgres:". The activity is %i of
 * log_line_prefix, too; unless update_process_title is on, it is not told.
 */
#ifndef IPC_TITLE_H
#define IPC_TITLE_H

#include "common/base/base.h"

void title_begin(const char *who);

/* activity is copied; NULL: stays as it was. */
void title_set(const char *activity);

/* " waiting" behind the activity. */
void title_set_waiting(bool is_waiting);

#endif
