/* user_test.c - who runs this process, by number and name. */
#include "common/base/base.h"

#include <unistd.h>

#include "common/os/user.h"
#include "tests/unit/unit.h"

static void users_have_names(void)
{
    const char *root = os_user_name(0);

    CU_ASSERT_EQUAL(os_user_id(), geteuid());
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_STRING_EQUAL(root, "root");
    CU_ASSERT_PTR_NULL(os_user_name(3999999999));
}

UNIT_SUITE(user)
{
    UNIT_TEST(users_have_names);
}
