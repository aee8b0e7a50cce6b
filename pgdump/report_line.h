/* report_line.h - reports with several details or hints, each of which begins a line of its own. */
#ifndef PGDUMP_REPORT_LINE_H
#define PGDUMP_REPORT_LINE_H

#include "common/base/base.h"

typedef enum ReportLine { REPORT_LINE_DETAIL, REPORT_LINE_HINT } ReportLine;

/*
 * What begins another one: the end of the line before, the program and the word; in the current
 * context.
 */
const char *report_line_begin(ReportLine kind);

#endif
