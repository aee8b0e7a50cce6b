/* plain_test.c - archives as scripts; whole texts are compared with pg_dump's by scenarios. */
#include "common/base/base.h"

#include <string.h>

#include "common/dump/plain.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "tests/unit/unit.h"

static void write_rows(void *arg, const ByteSink *out)
{
    byte_sink_write(out, arg, strlen(arg));
}

static void fill(Archive *a)
{
    static char rows[] = "1\n\\.\n\n\n";

    archive_init(a);
    a->encoding = "UTF8";
    a->database = "d";
    a->server_version = a->program_version = "15.20";
    archive_add(a, &(ArchiveEntry){.id = 1,
                                   .type = "TABLE",
                                   .tag = "T\nx",
                                   .schema = "s",
                                   .tablespace = "",
                                   .access_method = "heap",
                                   .owner = "own",
                                   .section = ARCHIVE_PRE_DATA,
                                   .create = "CREATE TABLE t;\n",
                                   .drop = "DROP TABLE t;\n"});
    archive_add(a, &(ArchiveEntry){.id = 2,
                                   .type = "ACL",
                                   .tag = "TABLE t",
                                   .schema = "s",
                                   .owner = "own",
                                   .section = ARCHIVE_PRE_DATA,
                                   .create = "GRANT;\n",
                                   .drop = ""});
    archive_add(a, &(ArchiveEntry){.id = 3,
                                   .type = "TABLE DATA",
                                   .tag = "t",
                                   .schema = "s",
                                   .owner = "own",
                                   .section = ARCHIVE_DATA,
                                   .create = "",
                                   .drop = "",
                                   .copy = "COPY t FROM stdin;\n",
                                   .write = write_rows,
                                   .write_arg = rows});
}

static const char *written(PlainOptions options)
{
    Archive a;
    StrBuf text;
    ByteSink sink;
    const char *begin;

    if (options.sections == 0)
        options.sections = ARCHIVE_ALL_SECTIONS;
    options.restrict_key = "k";
    fill(&a);
    strbuf_init(&text);
    sink = strbuf_sink(&text);
    plain_write(&a, &options, &sink);
    begin = strstr(text.text, "SET row_security");
    CU_ASSERT_PTR_NOT_NULL_FATAL(begin);
    CU_ASSERT_PTR_NOT_NULL(strstr(begin, "\n--\n-- PostgreSQL database dump complete\n--\n\n"
                                         "\\unrestrict k\n\n"));
    return mem_strndup(begin,
                       (size_t)(strstr(begin, "--\n-- PostgreSQL database dump complete") - begin));
}

static void rights_come_after_the_data(void)
{
    CU_ASSERT_STRING_EQUAL(
        written((PlainOptions){.sections = 0}),
        "SET row_security = off;\n\n"
        "SET default_tablespace = '';\n\n"
        "SET default_table_access_method = heap;\n\n"
        "--\n-- Name: T x; Type: TABLE; Schema: s; Owner: own\n--\n\n"
        "CREATE TABLE t;\n\n\n"
        "ALTER TABLE s.\"T\nx\" OWNER TO own;\n\n"
        "--\n-- Data for Name: t; Type: TABLE DATA; Schema: s; Owner: own\n--\n\n"
        "COPY t FROM stdin;\n1\n\\.\n\n\n"
        "--\n-- Name: TABLE t; Type: ACL; Schema: s; Owner: own\n--\n\n"
        "GRANT;\n\n\n");
}

static void only_what_is_wanted_is_written(void)
{
    CU_ASSERT_STRING_EQUAL(
        written((PlainOptions){.is_data_only = true, .has_row_security = true}),
        "SET row_security = on;\n\n"
        "--\n-- Data for Name: t; Type: TABLE DATA; Schema: s; Owner: own\n--\n\n"
        "COPY t FROM stdin;\n1\n\\.\n\n\n");
    CU_ASSERT_STRING_EQUAL(
        written((PlainOptions){.sections = ARCHIVE_PRE_DATA,
                               .no_rights = true,
                               .no_owner = true,
                               .no_access_methods = true,
                               .no_tablespaces = true,
                               .drops = true,
                               .if_exists = true}),
        "SET row_security = off;\n\nDROP TABLE IF EXISTS t;\n"
        "--\n-- Name: T x; Type: TABLE; Schema: s; Owner: -\n--\n\nCREATE TABLE t;\n\n\n");
}

static void triggers_sleep_while_data_alone_is_loaded(void)
{
    CU_ASSERT_STRING_EQUAL(
        written((PlainOptions){.is_data_only = true, .disables_triggers = true, .superuser = "su"}),
        "SET row_security = off;\n\n"
        "--\n-- Data for Name: t; Type: TABLE DATA; Schema: s; Owner: own\n--\n\n"
        "SET SESSION AUTHORIZATION 'su';\n\n"
        "ALTER TABLE s.t DISABLE TRIGGER ALL;\n\n"
        "COPY t FROM stdin;\n1\n\\.\n\n\n"
        "ALTER TABLE s.t ENABLE TRIGGER ALL;\n\n");
}

/* An archive that makes the database: what stands from psql's \connect to the end of its line. */
static const char *connect_line(const char *database)
{
    PlainOptions options = {
        .sections = ARCHIVE_ALL_SECTIONS, .creates_database = true, .restrict_key = "k"};
    Archive a;
    StrBuf text;
    ByteSink sink;
    const char *line;

    fill(&a);
    archive_add(&a, &(ArchiveEntry){.id = 4,
                                    .type = "DATABASE",
                                    .tag = database,
                                    .section = ARCHIVE_PRE_DATA,
                                    .create = "CREATE DATABASE;\n",
                                    .drop = "DROP DATABASE;\n"});
    strbuf_init(&text);
    sink = strbuf_sink(&text);
    plain_write(&a, &options, &sink);
    line = strstr(text.text, "\\connect ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    return mem_strndup(line, strcspn(line, "\n"));
}

static void psql_goes_into_a_database_of_any_name(void)
{
    CU_ASSERT_STRING_EQUAL(connect_line("plain_1"), "\\connect plain_1");
    CU_ASSERT_STRING_EQUAL(connect_line("Mixed"), "\\connect \"Mixed\"");
    CU_ASSERT_STRING_EQUAL(connect_line("a b='\\\""),
                           "\\connect -reuse-previous=on \"dbname='a b=\\'\\\\\"\"'\"");
}

static void a_name_that_ends_the_line_of_a_command_is_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INVALID_NAME,
        "database name contains a newline or carriage return: \"a\n\\! x\"",
        connect_line("a\n\\! x"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, connect_line("a\rb"));
}

static void what_may_be_missing_is_dropped_if_it_exists(void)
{
    static const struct {
        const char *type, *drop, *expected;
    } cases[] = {
        {"TABLE", "DROP TABLE t;\n", "DROP TABLE IF EXISTS t;\n"},
        {"CONSTRAINT", "ALTER TABLE ONLY t DROP CONSTRAINT c;\n",
         "ALTER TABLE IF EXISTS ONLY t DROP CONSTRAINT IF EXISTS c;\n"},
        {"FK CONSTRAINT", "ALTER TABLE ONLY t DROP CONSTRAINT c;\n",
         "ALTER TABLE IF EXISTS ONLY t DROP CONSTRAINT IF EXISTS c;\n"},
        {"DEFAULT", "ALTER TABLE t ALTER COLUMN c DROP DEFAULT;\n",
         "ALTER TABLE IF EXISTS t ALTER COLUMN c DROP DEFAULT;\n"},
        {"RULE", "CREATE OR REPLACE VIEW v AS SELECT 1;\n",
         "CREATE OR REPLACE VIEW v AS SELECT 1;\n"},
        {"TEXT SEARCH PARSER", "DROP TEXT SEARCH PARSER p;\n",
         "DROP TEXT SEARCH PARSER IF EXISTS p;\n"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CU_ASSERT_STRING_EQUAL(
            plain_drop_if_exists(&(ArchiveEntry){.type = cases[i].type, .drop = cases[i].drop}),
            cases[i].expected);
}

static void owners_are_set_by_what_can_have_one(void)
{
    Archive a;

    archive_init(&a);
    CU_ASSERT_STRING_EQUAL(
        archive_owned_name(&a, &(ArchiveEntry){.type = "VIEW", .schema = "s", .tag = "V"}),
        "TABLE s.\"V\"");
    CU_ASSERT_STRING_EQUAL(
        archive_owned_name(
            &a, &(ArchiveEntry){.type = "FUNCTION", .drop = "DROP FUNCTION s.f(a b);\n"}),
        "FUNCTION s.f(a b)");
    CU_ASSERT_STRING_EQUAL(archive_owned_name(&a, &(ArchiveEntry){.type = "SCHEMA", .tag = "s"}),
                           "SCHEMA s");
    CU_ASSERT_STRING_EQUAL(archive_owned_name(&a, &(ArchiveEntry){.type = "BLOB", .tag = "7"}),
                           "LARGE OBJECT 7");
    CU_ASSERT_PTR_NULL(archive_owned_name(&a, &(ArchiveEntry){.type = "INDEX", .tag = "i"}));
}

UNIT_SUITE(plain)
{
    UNIT_TEST(rights_come_after_the_data);
    UNIT_TEST(only_what_is_wanted_is_written);
    UNIT_TEST(triggers_sleep_while_data_alone_is_loaded);
    UNIT_TEST(psql_goes_into_a_database_of_any_name);
    UNIT_TEST(a_name_that_ends_the_line_of_a_command_is_refused);
    UNIT_TEST(what_may_be_missing_is_dropped_if_it_exists);
    UNIT_TEST(owners_are_set_by_what_can_have_one);
}
