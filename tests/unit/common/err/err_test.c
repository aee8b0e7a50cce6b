/* err_test.c - reports, frames, contexts, what ends a process. */
#include "common/base/base.h"

#include <pthread.h>
#include <signal.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

_Noreturn static void raise_no(void)
{
    err_raise(SQLSTATE_DISK_FULL, .message = "no", .detail = "D.", .hint = "H.");
}

/* ---- frames ---- */

static void catch_fills_what_was_raised(void)
{
    volatile bool is_caught = false;

    ERR_TRY() {
        err_raise(SQLSTATE_DISK_FULL, .message = err_fmt("no %d", 7), .hint = "H.");
    }
    ERR_CATCH() {
        const ErrReport *r = err_caught();

        is_caught = true;
        CU_ASSERT_EQUAL(r->level, ERR_ERROR);
        CU_ASSERT_EQUAL(r->sqlstate, SQLSTATE_DISK_FULL);
        CU_ASSERT_STRING_EQUAL(r->message, "no 7");
        CU_ASSERT_PTR_NULL(r->detail);
        CU_ASSERT_STRING_EQUAL(r->hint, "H.");
        CU_ASSERT_PTR_NULL(r->context);
        CU_ASSERT_PTR_NOT_NULL(strstr(r->file, "err_test.c"));
        CU_ASSERT_TRUE(r->line > 0);
    }
    ERR_END();
    CU_ASSERT_TRUE(is_caught);
}

static void without_a_raise_the_handler_does_not_run(void)
{
    volatile int ran = 0;

    CU_ASSERT_TRUE(err_in_frame()); /* that of the runner */
    ERR_TRY() {
        ran += 1;
    }
    ERR_CATCH() {
        ran += 10;
    }
    ERR_END();
    CU_ASSERT_EQUAL(ran, 1);
}

/* Run a block with a handler that raises again, in a function since frames are one to each. */
static void pass_on(void (*fn)(void))
{
    ERR_TRY() {
        fn();
    }
    ERR_CATCH() {
        err_raise_again();
    }
    ERR_END();
}

static void pass_on_twice(void)
{
    pass_on(raise_no);
}

static void a_report_is_passed_on_unchanged(void)
{
    ERR_TRY() {
        pass_on(pass_on_twice);
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "no");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, "D.");
        CU_ASSERT_STRING_EQUAL(err_caught()->hint, "H.");
    }
    ERR_END();
}

static void replace(void)
{
    ERR_TRY() {
        raise_no();
    }
    ERR_CATCH() {
        err_raise(SQLSTATE_IO_ERROR, .message = err_fmt("%s, really", err_caught()->message),
                  .detail = err_caught()->hint);
    }
    ERR_END();
}

static void a_handler_may_raise_another_report(void)
{
    ERR_TRY() {
        replace();
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_IO_ERROR);
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "no, really");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, "H.");
        CU_ASSERT_PTR_NULL(err_caught()->hint);
    }
    ERR_END();
}

static void swallow(void (*fn)(void))
{
    ERR_TRY() {
        fn();
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "no, really");
    }
    ERR_END();
}

static void a_caught_report_survives_frames_in_its_handler(void)
{
    ERR_TRY() {
        err_raise(SQLSTATE_CHECK_FAILED, .message = "outer");
    }
    ERR_CATCH() {
        swallow(replace);
        swallow(replace);
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "outer");
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_CHECK_FAILED);
    }
    ERR_END();
}

/* Handlers inside handlers: each level raises, and below it the next one does. */
static void nest(int levels)
{
    ERR_TRY() {
        err_raise(SQLSTATE_CHECK_FAILED, .message = err_fmt("level %d", levels));
    }
    ERR_CATCH() {
        char expected[20];

        if (levels > 1)
            nest(levels - 1);
        snprintf(expected, sizeof expected, "level %d", levels);
        CU_ASSERT_STRING_EQUAL(err_caught()->message, expected);
    }
    ERR_END();
}

static void seven_handlers_inside_each_other_keep_their_reports(void)
{
    nest(7);
    nest(7);
}

static void nest_too_deep(void *arg)
{
    (void)arg;
    nest(9);
}

static void handlers_without_end_are_a_panic(void)
{
    ChildEnd end = child_run(nest_too_deep, NULL);

    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "panic: level 1\n"));
}

/* ---- finally ---- */

static int finally_count;

static void with_finally(void (*fn)(void))
{
    ERR_TRY() {
        fn();
    }
    ERR_FINALLY() {
        finally_count++;
    }
    ERR_END();
}

static void do_nothing(void)
{
}

static void finally_runs_in_any_case(void)
{
    finally_count = 0;
    with_finally(do_nothing);
    CU_ASSERT_EQUAL(finally_count, 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DISK_FULL, "no", with_finally(raise_no));
    CU_ASSERT_EQUAL(finally_count, 2);
}

static void finally_that_catches(void)
{
    ERR_TRY() {
        raise_no();
    }
    ERR_FINALLY() {
        swallow(replace);
        finally_count++;
    }
    ERR_END();
}

static void finally_may_catch_other_reports(void)
{
    finally_count = 0;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DISK_FULL, "no", finally_that_catches());
    CU_ASSERT_EQUAL(finally_count, 1);
}

static void finally_that_raises(void)
{
    ERR_TRY() {
        raise_no();
    }
    ERR_FINALLY() {
        err_raise(SQLSTATE_IO_ERROR, .message = "cannot clean up");
    }
    ERR_END();
}

static void finally_after_success_that_raises(void)
{
    ERR_TRY() {
        do_nothing();
    }
    ERR_FINALLY() {
        err_raise(SQLSTATE_IO_ERROR, .message = "cannot clean up");
    }
    ERR_END();
}

static void a_raise_in_finally_takes_the_place_of_the_first(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "cannot clean up", finally_that_raises());
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "cannot clean up",
                               finally_after_success_that_raises());
}

static void a_raise_puts_the_memory_context_back(void)
{
    MemContext *before = mem_current();
    MemContext *inner = mem_context_new(before, "inner");

    ERR_TRY() {
        mem_switch(inner);
        raise_no();
    }
    ERR_CATCH() {
        CU_ASSERT_PTR_EQUAL(mem_current(), before);
    }
    ERR_END();
}

/* ---- texts ---- */

static void long_texts_are_cut_not_lost(void)
{
    char *text = mem_alloc(40000);

    memset(text, 'x', 39999);
    ERR_TRY() {
        err_raise(SQLSTATE_IO_ERROR, .message = err_fmt("%s", text), .detail = "D.");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(strlen(err_caught()->message), ERR_TEXT_SIZE - 1);
        CU_ASSERT_PTR_NULL(err_caught()->detail);
    }
    ERR_END();

    /* The scratch is full until a report is complete. */
    CU_ASSERT_EQUAL(strlen(err_fmt("%s", text)), ERR_TEXT_SIZE - 1);
    CU_ASSERT_STRING_EQUAL(err_fmt("%d", 1), "(text cut)");
    err_log(ERR_DEBUG, .message = "dropped");
    CU_ASSERT_STRING_EQUAL(err_fmt("%d", 1), "1");
    err_log(ERR_DEBUG, .message = "dropped");
}

static void a_text_that_cannot_be_formatted_is_its_format(void)
{
    static const wchar_t not_a_character[] = {0x110000, 0};

    CU_ASSERT_STRING_EQUAL(err_fmt("%ls", not_a_character), "%ls");
}

static void a_copy_stands_alone(void)
{
    ErrCopy *copy = mem_new(ErrCopy);

    ERR_TRY() {
        raise_no();
    }
    ERR_CATCH() {
        err_copy(copy, err_caught());
    }
    ERR_END();
    swallow(replace);
    CU_ASSERT_STRING_EQUAL(copy->report.message, "no");
    CU_ASSERT_STRING_EQUAL(copy->report.detail, "D.");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DISK_FULL, "no", err_raise_copy(&copy->report));
}

static void sqlstates_have_five_characters(void)
{
    CU_ASSERT_STRING_EQUAL(err_sqlstate_text(SQLSTATE_DISK_FULL), "53100");
    CU_ASSERT_STRING_EQUAL(err_sqlstate_text(SQLSTATE_UNDEFINED_FILE), "58P01");
    CU_ASSERT_STRING_EQUAL(err_sqlstate_text(SQLSTATE_INTERNAL_ERROR), "XX000");
    CU_ASSERT_EQUAL(err_sqlstate_from_text("58P01"), SQLSTATE_UNDEFINED_FILE);
    CU_ASSERT_STRING_EQUAL(err_sqlstate_text(err_sqlstate_from_text("ZZZZ9")), "ZZZZ9");
    CU_ASSERT_EQUAL(err_sqlstate_from_text(NULL), SQLSTATE_INTERNAL_ERROR);
    CU_ASSERT_EQUAL(err_sqlstate_from_text("5810"), SQLSTATE_INTERNAL_ERROR);
    CU_ASSERT_EQUAL(err_sqlstate_from_text("58p01"), SQLSTATE_INTERNAL_ERROR);
    CU_ASSERT_EQUAL(err_exit_code(SQLSTATE_SUCCESSFUL_COMPLETION), 0);
    CU_ASSERT_EQUAL(err_exit_code(SQLSTATE_DISK_FULL), 1);
    CU_ASSERT_EQUAL(err_exit_code(err_sqlstate_from_text("ZZZZ9")), 1);
}

static void rows_of_sqlstate_def_are_sorted_and_unique(void)
{
    static const char codes[][6] = {
#define ROW(name, a, b, c, d, e, exit) {a, b, c, d, e, '\0'},
#include "common/err/sqlstate.def"
#undef ROW
    };

    for (size_t i = 1; i < ARRAY_LEN(codes); i++)
        CU_ASSERT_TRUE(strcmp(codes[i - 1], codes[i]) < 0);
}

/* ---- context ---- */

static const char *describe_number(void *arg)
{
    return arg == NULL ? NULL : err_fmt("while at %d", *(int *)arg);
}

static void contexts_are_told_innermost_first_and_popped_by_a_raise(void)
{
    int one = 1, two = 2;
    ErrContext outer = {.describe = describe_number, .arg = &one};

    err_context_push(&outer);
    ERR_TRY() {
        ErrContext silent = {.describe = describe_number};
        ErrContext inner = {.describe = describe_number, .arg = &two};

        err_context_push(&silent);
        err_context_push(&inner);
        err_context_push(&(ErrContext){.describe = describe_number, .arg = &one});
        raise_no();
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->context, "while at 1\nwhile at 2\nwhile at 1");
    }
    ERR_END();
    CU_ASSERT_PTR_EQUAL(err_unwind[ERR_UNWIND_CONTEXT], &outer);
    err_context_pop(&outer);
    CU_ASSERT_PTR_NULL(err_unwind[ERR_UNWIND_CONTEXT]);
}

/* ---- the log ---- */

static struct {
    int count;
    ErrCopy last;
} seen;

static void see(const ErrReport *report)
{
    seen.count++;
    err_copy(&seen.last, report);
}

static void reports_below_the_level_are_dropped(void)
{
    ErrLevel before = err_get_log_level();
    int one = 1;
    ErrContext context = {.describe = describe_number, .arg = &one};

    err_set_sink(see);
    err_set_log_level(ERR_NOTICE);
    seen.count = 0;
    err_context_push(&context);
    err_log(ERR_INFO, .message = "info");
    CU_ASSERT_EQUAL(seen.count, 0);
    err_log(ERR_NOTICE, .message = "notice");
    CU_ASSERT_EQUAL(seen.count, 1);
    CU_ASSERT_PTR_NULL(seen.last.report.context);
    err_log(ERR_WARNING, .message = err_fmt("warning %d", 2));
    CU_ASSERT_STRING_EQUAL(seen.last.report.message, "warning 2");
    CU_ASSERT_STRING_EQUAL(seen.last.report.context, "while at 1");
    err_set_log_level(ERR_DEBUG);
    err_log(ERR_DEBUG, .message = "debug");
    CU_ASSERT_EQUAL(seen.count, 3);
    err_context_pop(&context);
    err_set_sink(NULL);
    err_set_log_level(before);
}

static void log_all_levels(void *arg)
{
    (void)arg;
    err_set_program("prog");
    CU_ASSERT_STRING_EQUAL(err_get_program(), "prog");
    err_set_log_level(ERR_DEBUG);
    for (ErrLevel level = ERR_DEBUG; level <= ERR_PANIC; level++)
        err_log(level, .message = "m");
    err_log((ErrLevel)99, .message = "m");
    err_log(ERR_ERROR, .message = "m", .detail = "D.", .hint = "H.", .context = "C");
}

static void the_default_sink_writes_lines_as_postgresql_does(void)
{
    ChildEnd end = child_run(log_all_levels, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(end.err, "prog: debug: m\nprog: m\nprog: m\nprog: m\nprog: warning: m\n"
                                    "prog: error: m\nprog: error: m\nprog: panic: m\nprog: m\n"
                                    "prog: error: m\nprog: detail: D.\nprog: hint: H.\n"
                                    "prog: context: C\n");
}

static void *log_much(void *arg)
{
    for (int i = 0; i < 1000; i++)
        err_log(ERR_WARNING, .message = arg, .detail = arg);
    return NULL;
}

/* Fails when a report comes while another thread is in the sink. */
static struct {
    volatile int inside;
    volatile int count;
    volatile int overlap_count;
} turns;

static void count_turns(const ErrReport *report)
{
    (void)report;
    if (turns.inside++ > 0)
        turns.overlap_count++;
    turns.count++;
    turns.inside--;
}

static void threads_take_turns_at_the_sink(void)
{
    pthread_t threads[4];
    char text[] = "x";

    memset((void *)&turns, 0, sizeof turns);
    err_set_sink(count_turns);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, log_much, text), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    err_set_sink(NULL);
    CU_ASSERT_EQUAL(turns.count, 4000);
    CU_ASSERT_EQUAL(turns.overlap_count, 0);
}

/* ---- what ends the process ---- */

/* A thread of its own has no frame. */
static void *raise_in_thread(void *arg)
{
    int number = 3;
    ErrContext context = {.describe = describe_number, .arg = &number};

    (void)arg;
    err_context_push(&context);
    if (err_in_frame())
        return NULL;
    raise_no();
}

static void raise_without_frame(void *arg)
{
    pthread_t thread;

    (void)arg;
    err_set_program("prog");
    if (pthread_create(&thread, NULL, raise_in_thread, NULL) == 0)
        pthread_join(thread, NULL);
}

static void a_raise_without_a_frame_ends_the_process(void)
{
    ChildEnd end = child_run(raise_without_frame, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 1);
    CU_ASSERT_STRING_EQUAL(end.err, "prog: error: no\nprog: detail: D.\nprog: hint: H.\n"
                                    "prog: context: while at 3\n");
}

static void *pass_on_in_thread(void *arg)
{
    (void)arg;
    pass_on(raise_no);
    return NULL;
}

static void pass_on_without_frame(void *arg)
{
    pthread_t thread;

    (void)arg;
    if (pthread_create(&thread, NULL, pass_on_in_thread, NULL) == 0)
        pthread_join(thread, NULL);
}

static void passing_on_without_a_frame_ends_the_process(void)
{
    ChildEnd end = child_run(pass_on_without_frame, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: no\n"));
}

static void end_fatally(void *arg)
{
    (void)arg;
    err_fatal(SQLSTATE_SUCCESSFUL_COMPLETION, .message = "bye");
}

static void panic(void *arg)
{
    (void)arg;
    err_panic(SQLSTATE_IO_ERROR, .message = "no way");
}

static void fatal_exits_and_panic_aborts(void)
{
    ChildEnd end = child_run(end_fatally, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 0); /* that of the SQLSTATE */
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: bye\n"));
    end = child_run(panic, NULL);
    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "panic: no way\n"));
}

static void raise_in_critical_section(void *arg)
{
    (void)arg;
    crit_begin();
    crit_begin();
    crit_end();
    raise_no();
}

static void pass_on_in_critical_section(void *arg)
{
    (void)arg;
    ERR_TRY() {
        raise_no();
    }
    ERR_CATCH() {
        crit_begin();
        err_raise_again();
    }
    ERR_END();
}

static void a_raise_in_a_critical_section_is_a_panic(void)
{
    ChildEnd end = child_run(raise_in_critical_section, NULL);

    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "panic: no\n"));
    end = child_run(pass_on_in_critical_section, NULL);
    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    crit_begin();
    crit_end();
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, raise_no());
}

_Noreturn static void end_of_a_server(ErrLevel level, int exit_code)
{
    fprintf(stderr, "level %d code %d", (int)level, exit_code);
    _exit(17);
}

static void end_with_a_hook(void *arg)
{
    err_set_end(end_of_a_server);
    if (arg == NULL)
        err_fatal(SQLSTATE_DISK_FULL, .message = "no room");
    crit_begin();
    raise_no();
}

static void a_server_ends_its_own_way(void)
{
    static int in_critical_section;
    char wanted[40];
    ChildEnd end = child_run(end_with_a_hook, NULL);

    snprintf(wanted, sizeof wanted, "level %d code 1", ERR_FATAL);
    CU_ASSERT_EQUAL(end.exit_code, 17);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, wanted));
    end = child_run(end_with_a_hook, &in_critical_section);
    snprintf(wanted, sizeof wanted, "level %d", ERR_PANIC);
    CU_ASSERT_EQUAL(end.exit_code, 17);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, wanted));
}

static void raise_after_fork(void *arg)
{
    (void)arg;
    ERR_TRY() {
        err_drop_frames();
        CU_ASSERT_FALSE(err_in_frame());
        raise_no();
    }
    ERR_CATCH() {
        fprintf(stderr, "the parent's frame caught it");
    }
    ERR_END();
}

static void a_child_does_not_go_on_with_its_parents_work(void)
{
    ChildEnd end = child_run(raise_after_fork, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 1);
    CU_ASSERT_PTR_NULL(strstr(end.err, "the parent's frame"));
}

static void a_copy_has_what_a_server_adds(void)
{
    char table[] = "t";
    ErrCopy copy;
    const ErrReport report = {.message = "m", .table = table, .constraint = "c", .position = 7};

    err_copy(&copy, &report);
    table[0] = 'x';
    CU_ASSERT_STRING_EQUAL(copy.report.table, "t");
    CU_ASSERT_STRING_EQUAL(copy.report.constraint, "c");
    CU_ASSERT_PTR_NULL(copy.report.schema);
    CU_ASSERT_EQUAL(copy.report.position, 7);
}

UNIT_SUITE(err)
{
    UNIT_TEST(catch_fills_what_was_raised);
    UNIT_TEST(without_a_raise_the_handler_does_not_run);
    UNIT_TEST(a_report_is_passed_on_unchanged);
    UNIT_TEST(a_handler_may_raise_another_report);
    UNIT_TEST(a_caught_report_survives_frames_in_its_handler);
    UNIT_TEST(seven_handlers_inside_each_other_keep_their_reports);
    UNIT_TEST(handlers_without_end_are_a_panic);
    UNIT_TEST(finally_runs_in_any_case);
    UNIT_TEST(finally_may_catch_other_reports);
    UNIT_TEST(a_raise_in_finally_takes_the_place_of_the_first);
    UNIT_TEST(a_raise_puts_the_memory_context_back);
    UNIT_TEST(long_texts_are_cut_not_lost);
    UNIT_TEST(a_text_that_cannot_be_formatted_is_its_format);
    UNIT_TEST(a_copy_stands_alone);
    UNIT_TEST(sqlstates_have_five_characters);
    UNIT_TEST(rows_of_sqlstate_def_are_sorted_and_unique);
    UNIT_TEST(contexts_are_told_innermost_first_and_popped_by_a_raise);
    UNIT_TEST(reports_below_the_level_are_dropped);
    UNIT_TEST(the_default_sink_writes_lines_as_postgresql_does);
    UNIT_TEST(threads_take_turns_at_the_sink);
    UNIT_TEST(a_raise_without_a_frame_ends_the_process);
    UNIT_TEST(passing_on_without_a_frame_ends_the_process);
    UNIT_TEST(fatal_exits_and_panic_aborts);
    UNIT_TEST(a_raise_in_a_critical_section_is_a_panic);
    UNIT_TEST(a_server_ends_its_own_way);
    UNIT_TEST(a_copy_has_what_a_server_adds);
    UNIT_TEST(a_child_does_not_go_on_with_its_parents_work);
}
