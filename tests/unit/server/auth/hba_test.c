/* hba_test.c - rules are read, refused and matched */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "server/auth/hba.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "tests/unit/unit.h"

static Array rules;

static bool parse(const char *text)
{
    return hba_parse("/x/hba", text, strlen(text), ERR_DEBUG, &rules);
}

static const HbaRule *rule_at(size_t i)
{
    return array_at(&rules, i);
}

static const char *word_at(const Array *words, size_t i)
{
    return ((const AuthWord *)array_at(words, i))->text;
}

static void fields_and_words_are_taken_apart(void)
{
    CU_ASSERT_TRUE(parse("# nothing\n\nhost a,\"b \"\"c\" \"all\",+g 10.0.0.0/9 md5 # x\n"));
    CU_ASSERT_EQUAL_FATAL(rules.count, 1);
    CU_ASSERT_EQUAL(rule_at(0)->line, 3);
    CU_ASSERT_EQUAL(rule_at(0)->databases.count, 2);
    CU_ASSERT_STRING_EQUAL(word_at(&rule_at(0)->databases, 1), "b \"c");
    CU_ASSERT_TRUE(((const AuthWord *)array_at(&rule_at(0)->users, 0))->is_quoted);
    CU_ASSERT_STRING_EQUAL(os_address_text(&rule_at(0)->address), "10.0.0.0");
    CU_ASSERT_STRING_EQUAL(os_address_text(&rule_at(0)->mask), "255.128.0.0");
    CU_ASSERT_EQUAL(rule_at(0)->method, HBA_MD5);
}

static void lines_are_joined_by_a_backslash(void)
{
    CU_ASSERT_TRUE(parse("local all \\\r\nall \\\n trust\nlocal all all md5"));
    CU_ASSERT_EQUAL_FATAL(rules.count, 2);
    CU_ASSERT_EQUAL(rule_at(0)->line, 1);
    CU_ASSERT_EQUAL(rule_at(1)->line, 4);
}

static void mistakes_are_told_and_the_others_stay(void)
{
    CU_ASSERT_FALSE(parse("local all all trust\nlocal all\nhost all all 1.2.3.4/33 trust\n"));
    CU_ASSERT_EQUAL_FATAL(rules.count, 3);
    CU_ASSERT_TRUE(rule_at(0)->is_valid);
    CU_ASSERT_FALSE(rule_at(1)->is_valid);
    CU_ASSERT_STRING_EQUAL(rule_at(1)->error, "end-of-line before role specification");
    CU_ASSERT_STRING_EQUAL(rule_at(2)->error, "invalid CIDR mask in address \"1.2.3.4/33\"");
}

static void what_is_not_built_is_said(void)
{
    guc_init();
    CU_ASSERT_FALSE(parse("host all all all ldap\n"));
    CU_ASSERT_STRING_EQUAL(rule_at(0)->error,
                           "invalid authentication method \"ldap\": not supported by this build");
    CU_ASSERT_TRUE(parse("hostssl all all all trust\nhostgssenc all all all trust\n"));
    CU_ASSERT_STRING_EQUAL(rule_at(0)->error,
                           "hostssl record cannot match because SSL is disabled");
    CU_ASSERT_STRING_EQUAL(
        rule_at(1)->error,
        "hostgssenc record cannot match because GSSAPI is not supported by this build");
}

static void names_may_lie_in_files(void)
{
    const char *path = path_join(unit_temp_dir(), "pg_hba.conf");
    static const char text[] = "local @names all trust\nlocal @none all trust\n"
                               "local @self all trust\n";
    static const char names[] = "a, b\n@more\n", more[] = "\"c d\" # e\n", self[] = "@self";

    os_write_durable(path_join(unit_temp_dir(), "names"), names, strlen(names));
    os_write_durable(path_join(unit_temp_dir(), "more"), more, strlen(more));
    os_write_durable(path_join(unit_temp_dir(), "self"), self, strlen(self));
    CU_ASSERT_FALSE(hba_parse(path, text, strlen(text), ERR_DEBUG, &rules));
    CU_ASSERT_EQUAL(rule_at(0)->databases.count, 3);
    CU_ASSERT_STRING_EQUAL(word_at(&rule_at(0)->databases, 2), "c d");
    CU_ASSERT_TRUE(str_ends_with(rule_at(1)->error, "/none\": No such file or directory"));
    CU_ASSERT_TRUE(str_ends_with(rule_at(2)->error, "maximum nesting depth exceeded"));
}

static void options_are_shown(void)
{
    Array options;

    guc_init();
    CU_ASSERT_TRUE(parse("hostssl all all all cert map=a map=b\nlocal all all peer\n"
                         "hostssl all all all md5 clientcert=verify-ca clientname=DN\n"));
    hba_list_options(rule_at(0), &options);
    CU_ASSERT_EQUAL_FATAL(options.count, 2);
    CU_ASSERT_STRING_EQUAL(*(char **)array_at(&options, 0), "map=b");
    CU_ASSERT_STRING_EQUAL(*(char **)array_at(&options, 1), "clientcert=verify-full");
    hba_list_options(rule_at(1), &options);
    CU_ASSERT_EQUAL(options.count, 0);
    CU_ASSERT_EQUAL(rule_at(2)->client_cert, HBA_CERT_CA);
    CU_ASSERT_TRUE(rule_at(2)->is_cert_by_dn);
}

/* ---- Matching ---- */

static bool is_member(const char *user, const char *role)
{
    return str_equal(user, "u1") && str_equal(role, "g");
}

static int match(const char *host, const char *database, const char *user)
{
    HbaClient client = {.is_local = host == NULL, .database = database, .user = user};
    const HbaRule *rule;

    client.is_physical_replication = database == NULL;
    if (host != NULL)
        CU_ASSERT_TRUE(os_address_parse(host, &client.address));
    rule = hba_match_rules(&rules, &client);
    return rule != NULL ? rule->line : 0;
}

static void the_first_rule_that_matches_decides(void)
{
    hba_set_roles(is_member);
    CU_ASSERT_TRUE(parse("local sameuser all trust\n"
                         "host samerole all 10.0.0.0/8 trust\n"
                         "host d \"+g\" all reject\n"
                         "host d +g ::1 ffff:: trust\n"
                         "host replication u2 all trust\n"
                         "host \"replication\" all 11.0.0.0/8 trust\n"
                         "hostnossl all u3 samehost md5\n"
                         "host all u3 .invalid md5\n"));
    CU_ASSERT_EQUAL(match(NULL, "u1", "u1"), 1);
    CU_ASSERT_EQUAL(match(NULL, "u2", "u1"), 0);
    CU_ASSERT_EQUAL(match("10.9.9.9", "g", "u1"), 2);
    CU_ASSERT_EQUAL(match("10.9.9.9", "g", "u2"), 0);
    CU_ASSERT_EQUAL(match("::2", "d", "u1"), 4);
    CU_ASSERT_EQUAL(match("::2", "d", "+g"), 3);
    CU_ASSERT_EQUAL(match("1.1.1.1", "d", "u1"), 0);
    CU_ASSERT_EQUAL(match("1.1.1.1", NULL, "u2"), 5);
    CU_ASSERT_EQUAL(match("1.1.1.1", "replication", "u2"), 0);
    CU_ASSERT_EQUAL(match("11.1.1.1", "replication", "u2"), 6);
    CU_ASSERT_EQUAL(match("11.1.1.1", NULL, "u1"), 0);
    CU_ASSERT_EQUAL(match("127.0.0.1", "x", "u3"), 7);
    CU_ASSERT_EQUAL(match("203.0.113.7", "x", "u3"), 0);
    hba_set_roles(NULL);
    CU_ASSERT_EQUAL(match("10.9.9.9", "g", "u1"), 0);
}

static void tls_decides_between_rules(void)
{
    HbaClient client = {.is_tls = true, .database = "d", .user = "u"};

    guc_init();
    os_address_parse("1.1.1.1", &client.address);
    CU_ASSERT_TRUE(parse("hostnossl all all all trust\nhostgssenc all all all trust\n"
                         "local all all trust\nhostssl all all all trust\n"));
    CU_ASSERT_EQUAL(hba_match_rules(&rules, &client)->line, 4);
    client.is_tls = false;
    CU_ASSERT_EQUAL(hba_match_rules(&rules, &client)->line, 1);
}

/* ---- The rules in force ---- */

static void write_rules(const char *text)
{
    os_write_durable(setting.hba_file, text, strlen(text));
}

static void a_mistake_leaves_the_rules_in_force(void)
{
    HbaClient client = {.is_local = true, .database = "d", .user = "u"};

    guc_init();
    guc_set(&(GucChange){.name = "hba_file",
                         .value = path_join(unit_temp_dir(), "hba"),
                         .as = GUC_POSTMASTER,
                         .source = GUC_FROM_COMMAND_LINE,
                         .level = ERR_ERROR});
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_PTR_NULL(hba_match(&client));
    CU_ASSERT_FALSE(hba_load(mem_current()));
    write_rules("local all all trust\n");
    CU_ASSERT_TRUE(hba_load(mem_current()));
    CU_ASSERT_EQUAL(hba_match(&client)->method, HBA_TRUST);
    write_rules("local all all foo\n");
    CU_ASSERT_FALSE(hba_load(mem_current()));
    write_rules("# nothing\n");
    CU_ASSERT_FALSE(hba_load(mem_current()));
    CU_ASSERT_EQUAL(hba_match(&client)->method, HBA_TRUST);
    write_rules("local all all md5\n");
    CU_ASSERT_TRUE(hba_load(mem_current()));
    CU_ASSERT_EQUAL(hba_match(&client)->method, HBA_MD5);
    err_set_log_level(ERR_NOTICE);
}

static void rules_go_with_their_context(void)
{
    HbaClient client = {.is_local = true, .database = "d", .user = "u"};

    CU_ASSERT_PTR_NULL(hba_match(&client));
}

UNIT_SUITE(hba)
{
    UNIT_TEST(fields_and_words_are_taken_apart);
    UNIT_TEST(lines_are_joined_by_a_backslash);
    UNIT_TEST(mistakes_are_told_and_the_others_stay);
    UNIT_TEST(what_is_not_built_is_said);
    UNIT_TEST(names_may_lie_in_files);
    UNIT_TEST(options_are_shown);
    UNIT_TEST(the_first_rule_that_matches_decides);
    UNIT_TEST(tls_decides_between_rules);
    UNIT_TEST(a_mistake_leaves_the_rules_in_force);
    UNIT_TEST(rules_go_with_their_context);
}
