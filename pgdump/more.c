/* more.c - several details of one report; more.h says what for. */
#include "common/base/base.h"

#include "pgdump/more.h"

#include "common/err/err.h"
#include "common/mem/mem.h"

const char *more_text(More kind)
{
    return mem_printf("\n%s: %s: ", err_get_program(), kind == DETAIL_AGAIN ? "detail" : "hint");
}
