/* acl_test.c - access control lists as GRANT and REVOKE. */
#include "common/base/base.h"

#include "common/dump/acl.h"
#include "tests/unit/unit.h"

static const char *statements(const char *word, const char *column, const char *acl,
                              const char *base)
{
    StrBuf sql;

    strbuf_init(&sql);
    acl_add_statements(&sql,
                       &(AclTarget){.word = word,
                                    .name = "t",
                                    .column = column,
                                    .owner = "own",
                                    .prefix = "",
                                    .quoting = SQL_QUOTE_NEEDED,
                                    .major = 15},
                       acl, base);
    return sql.text;
}

static void what_is_the_same_needs_no_statement(void)
{
    CU_ASSERT_STRING_EQUAL(statements("TABLE", NULL, "{own=arwdDxt/own}", "{own=arwdDxt/own}"), "");
    CU_ASSERT_STRING_EQUAL(statements("TABLE", NULL, NULL, NULL), "");
}

static void rights_are_granted_and_taken(void)
{
    CU_ASSERT_STRING_EQUAL(
        statements("TABLE", NULL, "{own=arwdDxt/own,bob=rw/own,=r/own}", "{own=arwdDxt/own}"),
        "GRANT SELECT,UPDATE ON TABLE t TO bob;\nGRANT SELECT ON TABLE t TO PUBLIC;\n");
    CU_ASSERT_STRING_EQUAL(statements("FUNCTION", NULL, "{own=X/own}", "{=X/own,own=X/own}"),
                           "REVOKE ALL ON FUNCTION t FROM PUBLIC;\n");
}

static void all_rights_are_called_all(void)
{
    CU_ASSERT_STRING_EQUAL(statements("TABLE", NULL, "{bob=arwdDxt/own}", NULL),
                           "GRANT ALL ON TABLE t TO bob;\n");
    CU_ASSERT_STRING_EQUAL(statements("SEQUENCE", NULL, "{bob=rwU/own}", NULL),
                           "GRANT ALL ON SEQUENCE t TO bob;\n");
    CU_ASSERT_STRING_EQUAL(statements("TABLE", "c", "{bob=arwx/own}", NULL),
                           "GRANT ALL(c) ON TABLE t TO bob;\n");
    CU_ASSERT_STRING_EQUAL(statements("TABLE", "c", "{bob=rw/own}", NULL),
                           "GRANT SELECT(c),UPDATE(c) ON TABLE t TO bob;\n");
}

static void stars_may_be_granted_on(void)
{
    CU_ASSERT_STRING_EQUAL(statements("TABLE", NULL, "{bob=r*w/own}", NULL),
                           "GRANT UPDATE ON TABLE t TO bob;\n"
                           "GRANT SELECT ON TABLE t TO bob WITH GRANT OPTION;\n");
    CU_ASSERT_STRING_EQUAL(statements("SCHEMA", NULL, "{bob=U*C*/own}", NULL),
                           "GRANT ALL ON SCHEMA t TO bob WITH GRANT OPTION;\n");
}

static void the_owner_comes_first_and_others_grant_as_themselves(void)
{
    CU_ASSERT_STRING_EQUAL(statements("TABLE", NULL,
                                      "{bob=r*/own,\"\\\"o d=d\\\"=r/bob\",own=r/own}",
                                      "{own=arwdDxt/own}"),
                           "REVOKE ALL ON TABLE t FROM own;\n"
                           "GRANT SELECT ON TABLE t TO own;\n"
                           "GRANT SELECT ON TABLE t TO bob WITH GRANT OPTION;\n"
                           "SET SESSION AUTHORIZATION bob;\n"
                           "GRANT SELECT ON TABLE t TO \"o d=d\";\n"
                           "RESET SESSION AUTHORIZATION;\n");
}

static void what_is_no_list_is_refused(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, statements("TABLE", NULL, "{bob}", NULL));
}

UNIT_SUITE(acl)
{
    UNIT_TEST(what_is_the_same_needs_no_statement);
    UNIT_TEST(rights_are_granted_and_taken);
    UNIT_TEST(all_rights_are_called_all);
    UNIT_TEST(stars_may_be_granted_on);
    UNIT_TEST(the_owner_comes_first_and_others_grant_as_themselves);
    UNIT_TEST(what_is_no_list_is_refused);
}
