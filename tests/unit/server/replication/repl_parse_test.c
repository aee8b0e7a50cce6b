/* repl_parse_test.c - replication commands are read, in either grammar, or refused */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/replication/repl_parse.h"
#include "tests/unit/unit.h"

static ReplicationCall parse(const char *text)
{
    const ReplicationCommand *command = repl_find_command(text);
    ReplicationCall call;

    CU_ASSERT_PTR_NOT_NULL_FATAL(command);
    repl_parse(command, text, &call);
    return call;
}

static const ReplicationOption *option_at(const ReplicationCall *call, size_t i)
{
    return array_at(&call->options, i);
}

static void a_first_word_in_capitals_is_a_command(void)
{
    CU_ASSERT_STRING_EQUAL(repl_find_command(" \nIDENTIFY_SYSTEM;")->word, "IDENTIFY_SYSTEM");
    CU_ASSERT_STRING_EQUAL(repl_find_command("SHOW x")->word, "SHOW");
    CU_ASSERT_PTR_NULL(repl_find_command("identify_system"));
    CU_ASSERT_PTR_NULL(repl_find_command("IDENTIFY_SYSTEMS"));
    CU_ASSERT_PTR_NULL(repl_find_command("SHOWx"));
    CU_ASSERT_PTR_NULL(repl_find_command("SELECT 1"));
    CU_ASSERT_PTR_NULL(repl_find_command("TIMELINE"));
    CU_ASSERT_PTR_NULL(repl_find_command(""));
}

static void names_are_folded_unless_quoted(void)
{
    CU_ASSERT_STRING_EQUAL(parse("READ_REPLICATION_SLOT Ab_1$").name, "ab_1$");
    CU_ASSERT_STRING_EQUAL(parse("READ_REPLICATION_SLOT \"A \"\"b\"").name, "A \"b");
    CU_ASSERT_STRING_EQUAL(parse("SHOW Some.\"Thing\"").name, "some.Thing");
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("READ_REPLICATION_SLOT 'a'"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("READ_REPLICATION_SLOT PHYSICAL"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("READ_REPLICATION_SLOT \"a"));
}

static void both_grammars_of_slots_give_the_same(void)
{
    ReplicationCall old = parse("CREATE_REPLICATION_SLOT s TEMPORARY PHYSICAL RESERVE_WAL");
    ReplicationCall list = parse("CREATE_REPLICATION_SLOT s TEMPORARY PHYSICAL (RESERVE_WAL);");
    ReplicationCall logical = parse("CREATE_REPLICATION_SLOT s LOGICAL p USE_SNAPSHOT TWO_PHASE");

    CU_ASSERT_TRUE(old.is_temporary && list.is_temporary && !old.is_logical);
    CU_ASSERT_EQUAL(old.options.count, 1);
    CU_ASSERT_EQUAL(list.options.count, 1);
    CU_ASSERT_STRING_EQUAL(option_at(&old, 0)->name, "reserve_wal");
    CU_ASSERT_STRING_EQUAL(option_at(&list, 0)->name, "reserve_wal");
    CU_ASSERT_TRUE(logical.is_logical);
    CU_ASSERT_STRING_EQUAL(logical.plugin, "p");
    CU_ASSERT_STRING_EQUAL(option_at(&logical, 0)->name, "snapshot");
    CU_ASSERT_STRING_EQUAL(option_at(&logical, 0)->text, "use");
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("CREATE_REPLICATION_SLOT s PHYSICAL ()"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR,
                       parse("CREATE_REPLICATION_SLOT s PHYSICAL TWO_PHASE"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("CREATE_REPLICATION_SLOT s"));
}

static void options_have_any_kind_of_value(void)
{
    ReplicationCall call =
        parse("BASE_BACKUP (LABEL 'it''s', checkpoint FAST, MAX_RATE 42, WAIT, \"X\" SLOT)");

    CU_ASSERT_EQUAL_FATAL(call.options.count, 5);
    CU_ASSERT_STRING_EQUAL(option_at(&call, 0)->text, "it's");
    CU_ASSERT_EQUAL(option_at(&call, 1)->kind, REPLICATION_WORD);
    CU_ASSERT_STRING_EQUAL(option_at(&call, 1)->text, "fast");
    CU_ASSERT_EQUAL(option_at(&call, 2)->number, 42);
    CU_ASSERT_EQUAL(option_at(&call, 3)->kind, REPLICATION_NO_VALUE);
    CU_ASSERT_STRING_EQUAL(option_at(&call, 4)->name, "X");
    CU_ASSERT_STRING_EQUAL(option_at(&call, 4)->text, "slot");
    CU_ASSERT_EQUAL(parse("BASE_BACKUP").options.count, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("BASE_BACKUP LABEL 'x'"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("BASE_BACKUP (LABEL"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("BASE_BACKUP (MAX_RATE -5)"));
}

static void streams_begin_at_a_position(void)
{
    ReplicationCall call = parse("START_REPLICATION SLOT \"s\" 1A/FF TIMELINE 7");
    ReplicationCall plain = parse("START_REPLICATION PHYSICAL 0/1000000");
    ReplicationCall logical = parse("START_REPLICATION SLOT s LOGICAL 0/0 (a 'b', c)");

    CU_ASSERT_STRING_EQUAL(call.name, "s");
    CU_ASSERT_EQUAL(call.start, UINT64_C(0x1A000000FF));
    CU_ASSERT_EQUAL(call.tli, 7);
    CU_ASSERT_PTR_NULL(plain.name);
    CU_ASSERT_EQUAL(plain.tli, 0);
    CU_ASSERT_TRUE(logical.is_logical && logical.options.count == 2);
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("START_REPLICATION 0/100000000"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("START_REPLICATION 0/0 TIMELINE 0"));
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, parse("START_REPLICATION LOGICAL 0/0"));
}

static void numbers_must_fit(void)
{
    CU_ASSERT_EQUAL(parse("TIMELINE_HISTORY 4294967295").tli, UINT32_MAX);
    UNIT_ASSERT_RAISES(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, parse("TIMELINE_HISTORY 4294967296"));
    UNIT_ASSERT_RAISES(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                     parse("TIMELINE_HISTORY 99999999999999999999999999"));
}

UNIT_SUITE(repl_parse)
{
    UNIT_TEST(a_first_word_in_capitals_is_a_command);
    UNIT_TEST(names_are_folded_unless_quoted);
    UNIT_TEST(both_grammars_of_slots_give_the_same);
    UNIT_TEST(options_have_any_kind_of_value);
    UNIT_TEST(streams_begin_at_a_position);
    UNIT_TEST(numbers_must_fit);
}
