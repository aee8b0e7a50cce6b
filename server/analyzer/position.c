/* position.c - from locations to positions; position.h has the promises. */
#include "common/base/base.h"

#include "server/analyzer/position.h"

#include "common/err/err.h"
#include "common/text/encoding.h"
#include "server/cache/namespace.h"

int text_position(const char *text, int location)
{
    if (location < 0 || text == NULL)
        return 0;
    return (int)encoding_count((Encoding)namespace_get_encoding(), text, (size_t)location) + 1;
}

void text_call_at(const char *text, int location, void (*fn)(void *arg), void *arg)
{
    ERR_TRY() {
        fn(arg);
    }
    ERR_CATCH() {
        ErrReport report = *err_caught();

        if (report.position == 0 && report.sqlstate != SQLSTATE_QUERY_CANCELED)
            report.position = text_position(text, location);
        err_raise_copy(&report);
    }
    ERR_END();
}
