/* ident_test.c - proven names become users by the maps, and by nothing else */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "server/auth/ident.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "tests/unit/unit.h"

static Array maps;

static bool parse(const char *text)
{
    return ident_parse("/x/ident", text, strlen(text), ERR_DEBUG, &maps);
}

static bool match(const char *map, const char *system_name, const char *user)
{
    return ident_match_maps(&maps, map, system_name, user, IDENT_CASE_COUNTS);
}

static void lines_name_a_map_a_name_and_a_user(void)
{
    CU_ASSERT_TRUE(parse("# x\nm joe admin\nm joe other\n\"m 2\" \"j d\" u\n"));
    CU_ASSERT_EQUAL(maps.count, 3);
    CU_ASSERT_TRUE(match("m", "joe", "admin"));
    CU_ASSERT_TRUE(match("m", "joe", "other"));
    CU_ASSERT_FALSE(match("m", "joe", "joe"));
    CU_ASSERT_FALSE(match("m", "JOE", "admin"));
    CU_ASSERT_TRUE(ident_match_maps(&maps, "m", "JOE", "ADMIN", IDENT_ANY_CASE));
    CU_ASSERT_TRUE(match("m 2", "j d", "u"));
    CU_ASSERT_FALSE(match("M", "joe", "admin"));
}

static void without_a_map_names_must_be_equal(void)
{
    CU_ASSERT_TRUE(parse("m a b\n"));
    CU_ASSERT_TRUE(match(NULL, "a", "a"));
    CU_ASSERT_TRUE(match("", "a", "a"));
    CU_ASSERT_FALSE(match(NULL, "a", "b"));
    CU_ASSERT_FALSE(match(NULL, "a", "A"));
    CU_ASSERT_TRUE(ident_match_maps(&maps, NULL, "a", "A", IDENT_ANY_CASE));
}

static void expressions_take_a_part_of_the_name(void)
{
    CU_ASSERT_TRUE(parse("m /^(.*)@x[.]org$ \\1\nm /^guest x\nm /adm dba\nn /^a \\1\n"));
    CU_ASSERT_TRUE(match("m", "joe@x.org", "joe"));
    CU_ASSERT_FALSE(match("m", "joe@x.org", "jo"));
    CU_ASSERT_FALSE(match("m", "joe@xxorg", "joe"));
    CU_ASSERT_TRUE(match("m", "guest7", "x"));
    CU_ASSERT_TRUE(match("m", "sysadmin", "dba"));
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_FALSE(match("n", "abc", "\\1"));
    err_set_log_level(ERR_NOTICE);
}

static void mistakes_are_told(void)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"m a\n", "missing entry at end of line"},
        {"m a,b c\n", "multiple values in ident field"},
        {"m /\\d+ c\n", "invalid regular expression \"\\d+\": \\d is not supported"},
        {"m /(?i)a c\n", "invalid regular expression \"(?i)a\": (? is not supported"},
        {"m /a*? c\n", "invalid regular expression \"a*?\": *? is not supported"},
        {"m /***=a c\n", "invalid regular expression \"***=a\": *** is not supported"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CU_ASSERT_FALSE(parse(cases[i].text));
        CU_ASSERT_STRING_EQUAL(((IdentMap *)array_at(&maps, 0))->error, cases[i].error);
        CU_ASSERT_FALSE(match("m", "a", "c"));
    }
    CU_ASSERT_FALSE(parse("m /( c\n"));
    CU_ASSERT_FALSE(parse("m \"/((a{1,90}){1,90}){2}\" c\n"));
    CU_ASSERT_FALSE(parse("m /a{99999999999999999999} c\n"));
    CU_ASSERT_TRUE(parse("m \"/1234567890a{2,30}\" c\n"));
    CU_ASSERT_TRUE(parse("m /a\\.b c\n"));
    CU_ASSERT_TRUE(match("m", "a.b", "c"));
}

static void write_maps(const char *text)
{
    os_write_durable(setting.ident_file, text, strlen(text));
}

static void a_mistake_leaves_the_maps_in_force(void)
{
    guc_init();
    guc_set(&(GucChange){.name = "ident_file",
                         .value = path_join(unit_temp_dir(), "ident"),
                         .as = GUC_POSTMASTER,
                         .source = GUC_FROM_COMMAND_LINE,
                         .level = ERR_ERROR});
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_FALSE(ident_load(mem_current()));
    CU_ASSERT_FALSE(ident_match("m", "a", "b", IDENT_CASE_COUNTS));
    write_maps("m a b\nm /^x y\n");
    CU_ASSERT_TRUE(ident_load(mem_current()));
    write_maps("m a\n");
    CU_ASSERT_FALSE(ident_load(mem_current()));
    CU_ASSERT_TRUE(ident_match("m", "a", "b", IDENT_CASE_COUNTS));
    write_maps("m a c\n");
    CU_ASSERT_TRUE(ident_load(mem_current()));
    CU_ASSERT_FALSE(ident_match("m", "a", "b", IDENT_CASE_COUNTS));
    CU_ASSERT_TRUE(ident_match("m", "a", "c", IDENT_CASE_COUNTS));
    err_set_log_level(ERR_NOTICE);
}

UNIT_SUITE(ident)
{
    UNIT_TEST(lines_name_a_map_a_name_and_a_user);
    UNIT_TEST(without_a_map_names_must_be_equal);
    UNIT_TEST(expressions_take_a_part_of_the_name);
    UNIT_TEST(mistakes_are_told);
    UNIT_TEST(a_mistake_leaves_the_maps_in_force);
}
