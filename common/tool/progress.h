/*
 * progress.h - how far a long job is, for people who watch
 *
 * On a terminal one line is written over again and again; elsewhere (a log file) lines follow each
 * other, seldom. Both go to standard error. All functions do nothing for a progress that nobody
 * asked for, so callers need not ask.
 *
 *     Progress *p = progress_new(o->wants_progress, "restoring", total_bytes);
 *     progress_add(p, n);                         often; shows a bar when it is time
 *     progress_end(p);
 *
 * A program with a line of its own (pgbasebackup) asks progress_is_due() and calls progress_line().
 * Messages that are logged in between clear the line first. Not for several threads.
 */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include "common/base/base.h"

typedef struct Progress Progress;

/* total 0: not known; the bar then shows amount and rate alone. */
Progress *progress_new(bool is_wanted, const char *what, uint64_t total);

void progress_set_total(Progress *p, uint64_t total);
void progress_add(Progress *p, uint64_t amount);
void progress_set(Progress *p, uint64_t done);

/* True when the last line is old enough for another: a tenth of a second on terminals, else 5 s. */
bool progress_is_due(const Progress *p);

/* Show this line now; and leave the last one standing when all is done. */
void progress_line(Progress *p, const char *line);
void progress_finish_line(Progress *p);

/* The bar, e.g. "restoring [=====>    ]  50%  1.2 GB of 2.4 GB  120 MB/s  0:10 left". */
const char *progress_bar(const Progress *p, unsigned columns);

/* Show the last state and end the line. */
void progress_end(Progress *p);

/* Take the line off the screen, before something else is printed; an update shows it again. */
void progress_hide(void);

#endif
