/* report.h - a control file as lines for people, or as JSON; one table gives both. */
#ifndef PGCONTROLDATA_REPORT_H
#define PGCONTROLDATA_REPORT_H

#include "common/base/base.h"

#include "common/format/control_file.h"

/* Print to standard output, what looks wrong first. */
void report_print_text(const ControlFile *control);

/* An object; what looks wrong are members of it. */
void report_print_json(const ControlFile *control);

#endif
