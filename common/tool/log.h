/*
 * log.h - what reports look like on standard error: lines for people, or JSON
 *
 * The forms are those of PostgreSQL's programs, PG_COLOR included ("always", or "auto" for
 * terminals). What a server said (client_notice_place) stands there as libpq prints it, without
 * the program's name. As JSON a report is an object on a line of its own, with level, sqlstate,
 * message, detail, hint and context as far as there are any.
 */
#ifndef TOOL_LOG_H
#define TOOL_LOG_H

#include "common/base/base.h"

typedef enum LogForm { LOG_TEXT, LOG_JSON } LogForm;

/* Make this the form of all reports of the process from now on. */
void log_begin(LogForm form);

#endif
