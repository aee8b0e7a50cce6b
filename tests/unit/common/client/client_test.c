/* client_test.c - connections, statements and copies, against a server that plays a script. */
#include "common/base/base.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/client/client.h"
#include "common/client/notice.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/thread_pool.h"
#include "common/text/str.h"
#include "tests/lib/child.h"
#include "tests/lib/fake_server.h"
#include "tests/unit/common/client/peer.h"
#include "tests/unit/unit.h"

static FakeServer *server;

static Client *connect_to(const FakeScript *script)
{
    return peer_connect(script, &server);
}

static Client *connect_steps(const FakeStep *steps)
{
    return connect_to(&(FakeScript){.steps = steps});
}

static void end(Client *c)
{
    peer_end(c, server);
}

static StrBuf *answer(const char *names, const char *values)
{
    return peer_answer(names, values, "SELECT 1");
}

static void rows_are_values_by_row_and_column(void)
{
    StrBuf *rows = peer_buffer();
    Client *c;
    ClientResult *r;

    fake_columns(rows, "a,b");
    fake_row(rows, "1,x");
    fake_row(rows, "22,\\N");
    fake_complete(rows, "SELECT 2");
    fake_ready(rows);
    c = connect_steps((const FakeStep[]){{'Q', "select a, b", rows}, FAKE_END});
    r = client_exec(c, "select a, b");
    CU_ASSERT_EQUAL(client_result_kind(r), CLIENT_ROWS);
    CU_ASSERT_EQUAL(client_row_count(r), 2);
    CU_ASSERT_EQUAL(client_column_count(r), 2);
    CU_ASSERT_EQUAL(client_column(r, "b"), 1);
    CU_ASSERT_STRING_EQUAL(client_value(r, 0, 1), "x");
    CU_ASSERT_STRING_EQUAL(client_value(r, 1, 0), "22");
    CU_ASSERT_EQUAL(client_value_len(r, 1, 0), 2);
    CU_ASSERT_PTR_NULL(client_value(r, 1, 1));
    CU_ASSERT_STRING_EQUAL(client_command_tag(r), "SELECT 2");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "the server's answer has no column \"c\"", client_column(r, "c"));
    client_result_free(r);
    end(c);
}

static void the_server_is_known_by_what_it_says(void)
{
    const FakeStep none[] = {FAKE_END};
    Client *c = connect_to(&(FakeScript){.steps = none, .version = "18.4 (Debian 18.4-1)"});

    CU_ASSERT_EQUAL(client_server_version(c), 180004);
    CU_ASSERT_STRING_EQUAL(client_server_version_text(c), "18.4 (Debian 18.4-1)");
    CU_ASSERT_PTR_NULL(client_parameter(c, "nonsense"));
    CU_ASSERT_EQUAL(client_backend_pid(c), 0x1122);
    CU_ASSERT_TRUE(client_socket(c) > 0);
    end(c);
}

static void several_statements_give_the_last_result(void)
{
    StrBuf *two = peer_buffer();
    Client *c;

    fake_columns(two, "a");
    fake_row(two, "1");
    fake_complete(two, "SELECT 1");
    fake_complete(two, "SET");
    fake_ready(two);
    c = connect_steps((const FakeStep[]){{'Q', NULL, two}, FAKE_END});
    CU_ASSERT_EQUAL(client_result_kind(client_exec(c, "select 1; set a = b")), CLIENT_COMMAND);
    end(c);
}

static void an_empty_statement_is_one(void)
{
    StrBuf *empty = peer_buffer();
    Client *c;

    fake_message(empty, 'I', "", 0);
    fake_ready(empty);
    c = connect_steps((const FakeStep[]){{'Q', "", empty}, FAKE_END});
    CU_ASSERT_EQUAL(client_result_kind(client_exec(c, "")), CLIENT_EMPTY);
    end(c);
}

static void parameters_are_sent_apart(void)
{
    StrBuf *rows = peer_buffer();
    Client *c;
    ClientResult *r;

    fake_message(rows, '1', "", 0);
    fake_message(rows, '2', "", 0);
    fake_columns(rows, "a");
    fake_row(rows, "7");
    fake_complete(rows, "SELECT 1");
    fake_ready(rows);
    c = connect_steps((const FakeStep[]){{'P', NULL, NULL},
                                         {'B', NULL, NULL},
                                         {'D', NULL, NULL},
                                         {'E', NULL, NULL},
                                         {'S', NULL, rows},
                                         FAKE_END});
    r = client_exec_params(c, "select $1", 1, (const char *const[]){"7"});
    CU_ASSERT_STRING_EQUAL(client_value(r, 0, 0), "7");
    end(c);
}

static void refusals_are_raised_with_all_that_was_said(void)
{
    StrBuf *refusal = peer_buffer();
    Client *c;

    fake_report(refusal, 'E',
                (const char *const[]){"S", "ERROR", "V", "ERROR", "C", "42501", "M", "no right",
                                      "D", "The detail.", "H", "The hint.", NULL});
    fake_ready(refusal);
    c = connect_steps((const FakeStep[]){
        {'Q', NULL, refusal}, {'Q', NULL, refusal}, {'Q', NULL, answer("a", "1")}, FAKE_END});
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INSUFFICIENT_PRIVILEGE, "no right",
                               client_exec(c, "select 1"));
    ERR_TRY() {
        client_exec_for(c, "select 1", "could not ask");
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "could not ask: ERROR:  no right");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, "The detail.");
        CU_ASSERT_STRING_EQUAL(err_caught()->hint, "The hint.");
    }
    ERR_END();
    /* The connection goes on. */
    CU_ASSERT_STRING_EQUAL(client_value(client_exec(c, "select 1"), 0, 0), "1");
    end(c);
}

static ErrReport logged;
static char logged_message[256];

static void keep_log(const ErrReport *report)
{
    logged = *report;
    snprintf(logged_message, sizeof logged_message, "%s", report->message);
}

static void notices_are_logged_as_the_servers(void)
{
    StrBuf *notice = peer_buffer();
    StrBuf *warning = peer_buffer();
    Client *c;

    fake_report(
        notice, 'N',
        (const char *const[]){"S", "NOTICE", "V", "NOTICE", "C", "00000", "M", "by the way", NULL});
    fake_complete(notice, "SET");
    fake_ready(notice);
    fake_report(
        warning, 'N',
        (const char *const[]){"S", "WARNUNG", "V", "WARNING", "C", "01000", "M", "beware", NULL});
    fake_complete(warning, "SET");
    fake_ready(warning);
    c = connect_steps((const FakeStep[]){{'Q', NULL, notice}, {'Q', NULL, warning}, FAKE_END});
    err_set_sink(keep_log);
    client_exec(c, "a");
    CU_ASSERT_EQUAL(logged.level, ERR_NOTICE);
    CU_ASSERT_STRING_EQUAL(logged_message, "by the way");
    CU_ASSERT_PTR_EQUAL(logged.file, client_notice_place);
    client_exec(c, "b");
    CU_ASSERT_EQUAL(logged.level, ERR_WARNING);
    CU_ASSERT_EQUAL(logged.sqlstate, SQLSTATE_WARNING);
    err_set_sink(NULL);
    end(c);
}

static void a_lost_connection_is_raised_as_one(void)
{
    Client *c =
        connect_steps((const FakeStep[]){{'Q', NULL, NULL}, {FAKE_HANG_UP, NULL, NULL}, FAKE_END});

    ERR_TRY() {
        client_exec_for(c, "select 1", "could not ask");
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_CONNECTION_FAILURE);
        CU_ASSERT_STRING_EQUAL(err_caught()->message,
                               "could not ask: server closed the connection unexpectedly");
        CU_ASSERT_TRUE(
            str_starts_with(err_caught()->detail, "This probably means the server terminated"));
    }
    ERR_END();
    UNIT_ASSERT_RAISES(SQLSTATE_CONNECTION_FAILURE, client_send(c, "select 1"));
    UNIT_ASSERT_RAISES(SQLSTATE_CONNECTION_FAILURE, client_exec_params(c, "select 1", 0, NULL));
    UNIT_ASSERT_RAISES(SQLSTATE_CONNECTION_FAILURE, client_copy_write(c, "x", 1));
    UNIT_ASSERT_RAISES(SQLSTATE_CONNECTION_FAILURE, client_copy_end(c));
    end(c);
}

static void without_a_server_there_is_no_connection(void)
{
    ClientOptions options = {.host = unit_temp_dir(), .port = "5433"};

    ERR_TRY() {
        client_connect(&options, &(ClientConnect){.mode = CLIENT_SQL});
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_UNABLE_TO_CONNECT);
        CU_ASSERT_TRUE(str_starts_with(err_caught()->message, "connection to server on socket \""));
        CU_ASSERT_STRING_EQUAL(
            err_caught()->detail,
            "Is the server running locally and accepting connections on that socket?");
    }
    ERR_END();
    options.conninfo = mem_printf("connect_timeout=2 host=%s", unit_temp_dir());
    UNIT_ASSERT_RAISES(SQLSTATE_UNABLE_TO_CONNECT,
                       client_connect(&options, &(ClientConnect){.mode = CLIENT_SQL}));
}

static void options_and_conninfo_are_put_together(void)
{
    const FakeStep none[] = {FAKE_END};
    const FakeScript script = {.steps = none};
    ClientOptions options = {.host = unit_temp_dir(),
                             .conninfo = "host=/nowhere user=you application_name=app dbname=d"};
    Client *c;

    server = fake_server_start(unit_temp_dir(), &script);
    c = client_connect(&options, &(ClientConnect){.mode = CLIENT_PHYSICAL, .name = "prog"});
    end(c);
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "user"), "you");
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "database"), "d");
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "replication"), "true");
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "application_name"), "app");

    options.conninfo = "postgresql://her@/x?connect_timeout=5";
    server = fake_server_start(unit_temp_dir(), &script);
    c = client_connect(&options, &(ClientConnect){.mode = CLIENT_PHYSICAL, .database = "y"});
    end(c);
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "user"), "her");
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "database"), "y");
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "application_name"), "holdfast");

    options.conninfo = NULL;
    options.user = "me";
    server = fake_server_start(unit_temp_dir(), &script);
    c = client_connect(&options, &(ClientConnect){.mode = CLIENT_PHYSICAL});
    end(c);
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "database"), "replication");
}

static void sql_connections_trust_no_search_path(void)
{
    const char *first = "select pg_catalog.set_config('search_path', '', false)";
    const FakeStep steps[] = {{'Q', first, answer("set_config", "")}, FAKE_END};
    const FakeScript script = {.steps = steps};
    ClientOptions options = {.host = unit_temp_dir(), .conninfo = "database name"};
    Client *c;

    server = fake_server_start(unit_temp_dir(), &script);
    c = client_connect(&options, &(ClientConnect){.mode = CLIENT_SQL});
    end(c);
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "database"), "database name");
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "replication"), "");

    server = fake_server_start(unit_temp_dir(), &script);
    c = client_connect(&options, &(ClientConnect){.mode = CLIENT_LOGICAL});
    end(c);
    CU_ASSERT_STRING_EQUAL(fake_server_parameter(server, "replication"), "database");
}

static void bad_conninfo_is_refused(void)
{
    ClientOptions options = {.conninfo = "nonsense=1"};

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "invalid connection option \"nonsense\"",
                               client_connect(&options, &(ClientConnect){.mode = CLIENT_SQL}));
}

static void settings_of_a_connection_can_be_had(void)
{
    const FakeStep none[] = {FAKE_END};
    Client *c = connect_steps(none);
    Array settings;
    size_t seen = 0;

    client_settings(c, &settings);
    array_foreach(ClientSetting, setting, &settings) {
        CU_ASSERT_NOT_EQUAL(setting->value[0], '\0');
        seen += str_equal(setting->name, "user") && str_equal(setting->value, "me");
        seen += str_equal(setting->name, "host") && str_equal(setting->value, unit_temp_dir());
    }
    CU_ASSERT_EQUAL(seen, 2);
    CU_ASSERT_STRING_EQUAL(client_quote_setting("a_b.C9"), "a_b.C9");
    CU_ASSERT_STRING_EQUAL(client_quote_setting(""), "''");
    CU_ASSERT_STRING_EQUAL(client_quote_setting("it's \\"), "'it\\'s \\\\'");
    end(c);
}

static void names_and_texts_are_quoted(void)
{
    const FakeStep none[] = {FAKE_END};
    Client *c = connect_steps(none);

    CU_ASSERT_STRING_EQUAL(client_quote_identifier(c, "a\"b"), "\"a\"\"b\"");
    CU_ASSERT_STRING_EQUAL(client_quote_literal(c, "it's"), "'it''s'");
    CU_ASSERT_STRING_EQUAL(client_quote_literal(c, "a\\b"), " E'a\\\\b'");
    end(c);
}

/* ---- Passwords ---- */

static void ask_for_password(void *arg)
{
    const FakeStep none[] = {FAKE_END};
    ClientOptions options = {.user = "me", .force_password = arg != NULL};
    char dir[] = "/tmp/hfc.XXXXXX";
    int input[2];

    /* Without a terminal the password comes from standard input. */
    if (setsid() < 0 || mkdtemp(dir) == NULL || pipe(input) != 0)
        exit(1);
    if (write(input[1], "secret\n", 7) != 7 || dup2(input[0], STDIN_FILENO) < 0)
        exit(1);
    options.host = dir;
    server = fake_server_start(dir, &(FakeScript){.steps = none, .password = "secret"});
    client_close(client_connect(&options, &(ClientConnect){.mode = CLIENT_PHYSICAL}));
    if (!str_equal(options.password, "secret"))
        exit(2);
    fprintf(stderr, "<%s>", fake_server_end(server));
    unlink(mem_printf("%s/.s.PGSQL.5432", dir));
    rmdir(dir);
}

static void a_password_is_asked_for_when_it_is_wanted(void)
{
    ChildEnd child = child_run(ask_for_password, NULL);

    CU_ASSERT_EQUAL(child.exit_code, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(child.err, "Password: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(child.err, "<>"));
    child = child_run(ask_for_password, (void *)1);
    CU_ASSERT_EQUAL(child.exit_code, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(child.err, "Password: "));
}

static void without_asking_a_missing_password_is_an_error(void)
{
    const FakeStep none[] = {FAKE_END};

    UNIT_ASSERT_RAISES(SQLSTATE_UNABLE_TO_CONNECT,
                       connect_to(&(FakeScript){.steps = none, .password = "secret"}));
    fake_server_stop(server);
}

static void a_refused_connection_says_why(void)
{
    const FakeStep none[] = {FAKE_END};
    StrBuf *refusal = peer_buffer();

    fake_report(
        refusal, 'E',
        (const char *const[]){"S", "FATAL", "V", "FATAL", "C", "28000", "M", "not you", NULL});
    ERR_TRY() {
        connect_to(&(FakeScript){.steps = none, .refusal = refusal});
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_TRUE(str_ends_with(err_caught()->message, "failed: FATAL:  not you"));
    }
    ERR_END();
    fake_server_stop(server);
}

/* ---- Answers that are not expected ---- */

static void what_is_not_expected_is_refused(void)
{
    StrBuf *ready = peer_buffer();
    Client *c;

    fake_ready(ready);
    c = connect_steps((const FakeStep[]){
        {'Q', NULL, answer("a", "1")}, {'Q', NULL, ready}, {'Q', NULL, ready}, FAKE_END});
    client_send(c, "a");
    ERR_TRY() {
        client_expect(c, CLIENT_COPY_OUT, "could not copy");
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_PROTOCOL_VIOLATION);
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "could not copy");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, "Expected copy out, got rows.");
    }
    ERR_END();
    CU_ASSERT_PTR_NULL(client_next_result(c, NULL));
    client_send(c, "b");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, "unexpected answer of the server",
                               client_expect(c, CLIENT_ROWS, NULL));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "could not ask: unexpected answer of the server",
                               client_exec_for(c, "c", "could not ask"));
    end(c);
}

/* ---- Copies ---- */

static void copied_data_comes_message_by_message(void)
{
    StrBuf *begin = peer_buffer(), *rest = peer_buffer();
    const char *bytes;
    size_t len;
    Client *c;

    fake_copy(begin, 'H');
    fake_data(begin, "one", 3);
    fake_data(rest, "three", 5);
    fake_message(rest, 'c', "", 0);
    fake_complete(rest, "COPY 3");
    fake_ready(rest);
    c = connect_steps((const FakeStep[]){
        {'Q', NULL, begin}, {'X', NULL, NULL}, {FAKE_WAIT, NULL, rest}, FAKE_END});
    CU_ASSERT_EQUAL(client_result_kind(client_exec(c, "copy")), CLIENT_COPY_OUT);
    CU_ASSERT_EQUAL_FATAL(client_copy_read(c, &bytes, &len, CLIENT_WAIT_EVER), CLIENT_COPY_DATA);
    CU_ASSERT_EQUAL(len, 3);
    CU_ASSERT_EQUAL(memcmp(bytes, "one", 3), 0);
    CU_ASSERT_EQUAL(client_copy_read(c, &bytes, &len, 0), CLIENT_COPY_NOTHING);
    CU_ASSERT_EQUAL(client_copy_read(c, &bytes, &len, 1), CLIENT_COPY_NOTHING);
    /* A word behind libpq's back, for which the server waits. */
    CU_ASSERT_EQUAL(write(client_socket(c), "X\0\0\0\4", 5), 5);
    CU_ASSERT_EQUAL_FATAL(client_copy_read(c, &bytes, &len, CLIENT_WAIT_EVER), CLIENT_COPY_DATA);
    CU_ASSERT_EQUAL(len, 5);
    CU_ASSERT_EQUAL_FATAL(client_copy_read(c, &bytes, &len, 2000), CLIENT_COPY_END);
    CU_ASSERT_EQUAL(client_result_kind(client_next_result(c, NULL)), CLIENT_COMMAND);
    CU_ASSERT_PTR_NULL(client_next_result(c, NULL));
    end(c);
}

static void an_error_that_ends_a_copy_is_raised(void)
{
    StrBuf *copy = peer_buffer();
    const char *bytes;
    size_t len;
    Client *c;

    fake_copy(copy, 'H');
    fake_data(copy, "one", 3);
    fake_error(copy, "58030", "disk is gone");
    c = connect_steps(
        (const FakeStep[]){{'Q', NULL, copy}, {'Q', NULL, answer("a", "1")}, FAKE_END});
    client_exec(c, "copy");
    CU_ASSERT_EQUAL(client_copy_read(c, &bytes, &len, CLIENT_WAIT_EVER), CLIENT_COPY_DATA);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "could not read COPY data: ERROR:  disk is gone",
                               client_copy_read(c, &bytes, &len, CLIENT_WAIT_EVER));
    client_exec(c, "select 1");
    end(c);
}

static void a_copy_that_is_cut_off_is_a_lost_connection(void)
{
    StrBuf *copy = peer_buffer();
    const char *bytes;
    size_t len;
    Client *c;

    fake_copy(copy, 'H');
    fake_data(copy, "one", 3);
    c = connect_steps((const FakeStep[]){{'Q', NULL, copy}, {FAKE_HANG_UP, NULL, NULL}, FAKE_END});
    client_exec(c, "copy");
    CU_ASSERT_EQUAL(client_copy_read(c, &bytes, &len, CLIENT_WAIT_EVER), CLIENT_COPY_DATA);
    UNIT_ASSERT_RAISES(SQLSTATE_CONNECTION_FAILURE,
                       client_copy_read(c, &bytes, &len, CLIENT_WAIT_EVER));
    end(c);
}

static void data_can_be_copied_to_the_server(void)
{
    StrBuf *begin = peer_buffer(), *done = peer_buffer();
    Client *c;

    fake_copy(begin, 'G');
    fake_complete(done, "COPY 1");
    fake_ready(done);
    c = connect_steps((const FakeStep[]){
        {'Q', NULL, begin}, {'d', "a row\n", NULL}, {'c', NULL, done}, FAKE_END});
    CU_ASSERT_EQUAL(client_result_kind(client_exec(c, "copy")), CLIENT_COPY_IN);
    client_copy_write(c, "a row\n", 6);
    client_copy_end(c);
    CU_ASSERT_STRING_EQUAL(client_command_tag(client_next_result(c, NULL)), "COPY 1");
    end(c);
}

/* ---- Interrupts ---- */

static void exec_forever(void *arg)
{
    client_exec(arg, "select pg_sleep(1000)");
}

static void a_canceled_thread_cancels_its_statement(void)
{
    StrBuf *canceled = peer_buffer();
    Client *c;
    Thread *t;
    uint64_t began = clock_monotonic_us();

    fake_error(canceled, "57014", "canceling statement due to user request");
    c = connect_steps(
        (const FakeStep[]){{'Q', NULL, NULL}, {FAKE_CANCEL, NULL, canceled}, FAKE_END});
    t = thread_start(exec_forever, c);
    while (fake_server_steps_done(server) == 0 && clock_monotonic_us() - began < 10000000)
        clock_sleep_ms(1);
    thread_cancel(t);
    thread_join(t);
    CU_ASSERT_TRUE(clock_monotonic_us() - began < 5000000);
    end(c);
}

static void results_and_connections_go_with_their_context(void)
{
    const FakeStep steps[] = {{'Q', NULL, answer("a", "1")}, FAKE_END};
    ClientOptions options = {.host = unit_temp_dir(), .user = "me"};
    MemContext *mem = mem_context_new(mem_current(), "connection");

    server = fake_server_start(unit_temp_dir(), &(FakeScript){.steps = steps});
    MEM_SCOPE(mem) {
        client_exec(client_connect(&options, &(ClientConnect){.mode = CLIENT_PHYSICAL}),
                    "select 1");
    }
    mem_delete(mem);
    CU_ASSERT_STRING_EQUAL(fake_server_end(server), "");
}

UNIT_SUITE(client)
{
    UNIT_TEST(rows_are_values_by_row_and_column);
    UNIT_TEST(the_server_is_known_by_what_it_says);
    UNIT_TEST(several_statements_give_the_last_result);
    UNIT_TEST(an_empty_statement_is_one);
    UNIT_TEST(parameters_are_sent_apart);
    UNIT_TEST(refusals_are_raised_with_all_that_was_said);
    UNIT_TEST(notices_are_logged_as_the_servers);
    UNIT_TEST(a_lost_connection_is_raised_as_one);
    UNIT_TEST(without_a_server_there_is_no_connection);
    UNIT_TEST(options_and_conninfo_are_put_together);
    UNIT_TEST(sql_connections_trust_no_search_path);
    UNIT_TEST(bad_conninfo_is_refused);
    UNIT_TEST(settings_of_a_connection_can_be_had);
    UNIT_TEST(names_and_texts_are_quoted);
    UNIT_TEST(a_password_is_asked_for_when_it_is_wanted);
    UNIT_TEST(without_asking_a_missing_password_is_an_error);
    UNIT_TEST(a_refused_connection_says_why);
    UNIT_TEST(what_is_not_expected_is_refused);
    UNIT_TEST(copied_data_comes_message_by_message);
    UNIT_TEST(an_error_that_ends_a_copy_is_raised);
    UNIT_TEST(a_copy_that_is_cut_off_is_a_lost_connection);
    UNIT_TEST(data_can_be_copied_to_the_server);
    UNIT_TEST(a_canceled_thread_cancels_its_statement);
    UNIT_TEST(results_and_connections_go_with_their_context);
}
