/* command_test.c - what utility statements are called, and where they may run */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/text/encoding.h"
#include "server/command/command.h"
#include "server/parser/parser.h"
#include "server/txn/txn.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

static const Node *parse(const char *text)
{
    const List *trees = parser_parse(text, PARSE_STATEMENTS, ENCODING_UTF8);

    return ((const RawStmt *)list_at(trees, 0))->stmt;
}

static void statements_have_postgresqls_tags(void)
{
    /* As a real server answers. */
    static const struct {
        const char *text, *tag;
    } cases[] = {
        {"create table t(a int)", "CREATE TABLE"},
        {"create table t as select 1", "CREATE TABLE AS"},
        {"create materialized view t as select 1", "CREATE MATERIALIZED VIEW"},
        {"create or replace view v as select 1", "CREATE VIEW"},
        {"drop index if exists i", "DROP INDEX"},
        {"drop table t", "DROP TABLE"},
        {"alter index i rename to j", "ALTER INDEX"},
        {"alter table t rename a to b", "ALTER TABLE"},
        {"alter view t rename a to b", "ALTER VIEW"},
        {"alter type t rename attribute a to b", "ALTER TYPE"},
        {"truncate t", "TRUNCATE TABLE"},
        {"create user u", "CREATE ROLE"},
        {"drop user u", "DROP ROLE"},
        {"grant select on t to u", "GRANT"},
        {"grant a to u", "GRANT ROLE"},
        {"revoke a from u", "REVOKE ROLE"},
        {"vacuum", "VACUUM"},
        {"analyze", "ANALYZE"},
        {"begin", "BEGIN"},
        {"start transaction", "START TRANSACTION"},
        {"end", "COMMIT"},
        {"rollback to a", "ROLLBACK"},
        {"set a = 1", "SET"},
        {"reset a", "RESET"},
        {"set transaction read only", "SET"},
        {"show a", "SHOW"},
        {"move a", "MOVE"},
        {"fetch a", "FETCH"},
        {"close all", "CLOSE CURSOR ALL"},
        {"close a", "CLOSE CURSOR"},
        {"declare a cursor for select 1", "DECLARE CURSOR"},
        {"deallocate all", "DEALLOCATE ALL"},
        {"discard temp", "DISCARD TEMP"},
        {"lock t", "LOCK TABLE"},
        {"create unique index i on t(a)", "CREATE INDEX"},
        {"comment on table t is 'x'", "COMMENT"},
        {"alter default privileges grant select on tables to a", "ALTER DEFAULT PRIVILEGES"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CU_ASSERT_STRING_EQUAL(command_tag(parse(cases[i].text)), cases[i].tag);
}

static void queries_are_no_commands(void)
{
    CU_ASSERT_FALSE(command_is(parse("select 1")));
    CU_ASSERT_FALSE(command_is(parse("insert into t values (1)")));
    CU_ASSERT_TRUE(command_is(parse("show all")));
    CU_ASSERT_PTR_NULL(command_columns(parse("select 1")));
}

static void access_is_told_by_the_statement(void)
{
    CU_ASSERT_EQUAL(command_access(parse("create table t(a int)")), COMMAND_WRITES);
    CU_ASSERT_EQUAL(command_access(parse("lock t in row exclusive mode")), COMMAND_READS);
    CU_ASSERT_EQUAL(command_access(parse("lock t")), COMMAND_PRIMARY);
    CU_ASSERT_EQUAL(command_access(parse("copy t from stdin")), COMMAND_PRIMARY);
    CU_ASSERT_EQUAL(command_access(parse("copy t to stdout")), COMMAND_READS);
    CU_ASSERT_EQUAL(command_access(parse("prepare transaction 'x'")), COMMAND_PRIMARY);
    CU_ASSERT_EQUAL(command_access(parse("commit")), COMMAND_READS);
    CU_ASSERT_EQUAL(command_access(parse("set a = 1")), COMMAND_LOCAL);
    CU_ASSERT_EQUAL(command_log(parse("copy t from stdin")), COMMAND_LOG_MOD);
    CU_ASSERT_EQUAL(command_log(parse("truncate t")), COMMAND_LOG_MOD);
    CU_ASSERT_EQUAL(command_log(parse("drop table t")), COMMAND_LOG_DDL);
    CU_ASSERT_FALSE(command_needs_snapshot(parse("lock t")));
    CU_ASSERT_TRUE(command_needs_snapshot(parse("truncate t")));
}

static void run(const char *text)
{
    command_run(&(CommandCall){.statement = parse(text), .text = text});
}

static int runs;

static void count_run(CommandCall *call)
{
    runs++;
    call->tag.rows = 7;
    call->tag.has_rows = true;
}

static void what_writes_is_refused_in_a_read_only_transaction(void)
{
    TxnRig rig;

    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir()});
    txn_start_command();
    txn_set_read_only(true);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_READ_ONLY_SQL_TRANSACTION,
                               "cannot execute DROP VIEW in a read-only transaction",
                               run("drop view v"));
    txn_abort_current();
    txn_rig_close(&rig);
}

static void functions_of_higher_rooms_are_called(void)
{
    static const CommandHandler handlers[] = {{NODE_VariableShowStmt, count_run, NULL}};
    const char *text = "show all";
    CommandCall call = {.statement = parse(text), .text = text};

    command_set_handlers(handlers, ARRAY_LEN(handlers));
    command_run(&call);
    CU_ASSERT_EQUAL(runs, 1);
    CU_ASSERT_STRING_EQUAL(call.tag.name, "SHOW");
    CU_ASSERT_EQUAL(call.tag.rows, 7);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, run("load 'x'"));
    command_set_handlers(NULL, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, run("show all"));
}

UNIT_SUITE(command)
{
    UNIT_TEST(statements_have_postgresqls_tags);
    UNIT_TEST(queries_are_no_commands);
    UNIT_TEST(access_is_told_by_the_statement);
    UNIT_TEST(what_writes_is_refused_in_a_read_only_transaction);
    UNIT_TEST(functions_of_higher_rooms_are_called);
}
