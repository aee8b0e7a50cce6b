/* types_test.c - the table of functions fits the rows of pg_proc. */
#include "common/base/base.h"

#include "server/fmgr/fmgr.h"
#include "server/types/types.h"
#include "tests/unit/unit.h"

/* builtin_bind() raises for rows that are out of order, or that pg_proc does not have. */
static void all_functions_can_be_bound(void)
{
    builtin_bind(types_builtins, types_builtin_count);
    for (size_t i = 0; i < types_builtin_count; i++)
        CU_ASSERT_PTR_EQUAL(fmgr_find_builtin_by_name(types_builtins[i].name)->fn,
                            types_builtins[i].fn);
    builtin_bind(NULL, 0);
    fmgr_set_builtins(NULL, 0);
}

UNIT_SUITE(types)
{
    UNIT_TEST(all_functions_can_be_bound);
}
