/* base.c - what base.h cannot say inline. */
#include "common/base/base.h"

void base_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "assertion failed: %s, at %s:%d\n", condition, file, line);
    abort();
}
