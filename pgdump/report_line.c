/* report_line.c - several details of one report; report_line.h says what for. */
#include "common/base/base.h"

#include "pgdump/report_line.h"

#include "common/err/err.h"
#include "common/mem/mem.h"

const char *report_line_begin(ReportLine kind)
{
    return mem_printf("\n%s: %s: ", err_get_program(),
                      kind == REPORT_LINE_DETAIL ? "detail" : "hint");
}
