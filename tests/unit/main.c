/*
 * main.c - run unit suites: all of them, or those named
 *
 *     unit_tests [-v] [SUITE...]    run; -v names each test
 *     unit_tests --list             print the names of the suites
 *
 * A suite called failing_... runs only when named: it is there to see the runner fail.
 *
 * Prints the seconds of each suite and CUnit's counts. The exit code is 0 only when every test
 * that was asked for ran and passed, or said why it cannot run here.
 */
#include "common/base/base.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <CUnit/TestRun.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

#undef CU_assertImplementation

#define SUITE_MAX 1000
#define TEST_MAX  200 /* in a suite */

typedef struct UnitTest {
    const char *name;
    void (*run)(void);
} UnitTest;

static struct {
    UnitSuite *suites; /* as registered, newest first */
    UnitSuite *sorted[SUITE_MAX];
    size_t suite_count;
    const UnitSuite *suite; /* the one that runs, as are the next three */
    UnitTest tests[TEST_MAX];
    size_t test_count;
    const UnitTest *test;
    size_t skip_count;
    bool is_verbose;
    bool is_given_up;     /* a fatal assertion of the current test failed */
    double suite_started; /* seconds of the monotonic clock */
    char temp_dir[64];    /* empty while the current test has not asked for it */
} runner;

static void suites_sort(void);
static int suite_compare(const void *a, const void *b);
static bool is_meant_to_fail(const UnitSuite *suite);
static UnitSuite *suite_find(const char *name);
static void suite_add(UnitSuite *suite);
static void list_tests(const UnitSuite *suite);
static void test_run(void);
static void reports_reset(void);
static void test_run_in(MemContext *test_mem);
static void fail_unexpected(const ErrReport *report);
static void fail(const char *file, int line, const char *what);
static void temp_dir_remove(void);
static int temp_dir_remove_entry(const char *path, const struct stat *info, int kind,
                                 struct FTW *where);
static void watch_crashes(void);
static void on_crash(int signal_no);
static void on_suite_start(const CU_pSuite cu_suite);
static void on_test_start(const CU_pTest cu_test, const CU_pSuite cu_suite);
static void on_test_complete(const CU_pTest cu_test, const CU_pSuite cu_suite,
                             const CU_pFailureRecord failure);
static void on_suite_complete(const CU_pSuite cu_suite, const CU_pFailureRecord failure);
static double now_seconds(void);
static bool summary_print(void);
_Noreturn static void complain(const char *what, const char *name);

void unit_register(UnitSuite *suite)
{
    suite->next = runner.suites;
    runner.suites = suite;
}

void unit_add_test(const char *name, void (*run)(void))
{
    if (runner.test_count == TEST_MAX)
        complain("too many tests in the suite, raise TEST_MAX", name);
    runner.tests[runner.test_count++] = (UnitTest){.name = name, .run = run};
}

void unit_skip(const char *reason)
{
    runner.skip_count++;
    printf("SKIP: %s: %s: %s\n", runner.suite->name, runner.test->name, reason);
}

void unit_check_raise(const ErrReport *report, SqlState state, const char *text, const char *code,
                      const char *file, int line)
{
    char expected[6], what[1024];

    /* A fatal assertion inside the statements is on its way to test_run(). */
    if (runner.is_given_up)
        err_raise_again();

    snprintf(expected, sizeof(expected), "%s", err_sqlstate_text(state));
    if (report == NULL) {
        snprintf(what, sizeof(what), "%s: no raise, expected %s", code, expected);
        fail(file, line, what);
    } else if (report->sqlstate != state || (text != NULL && strcmp(report->message, text) != 0)) {
        snprintf(what, sizeof(what), "%s: raised %s: %s, expected %s: %s", code,
                 err_sqlstate_text(report->sqlstate), report->message, expected,
                 text == NULL ? "any message" : text);
        fail(file, line, what);
    } else {
        CU_assertImplementation(CU_TRUE, (unsigned int)line, code, file, "", CU_FALSE);
    }
}

CU_BOOL unit_assert(CU_BOOL value, unsigned int line, const char *condition, const char *file,
                    const char *function, CU_BOOL is_fatal)
{
    CU_assertImplementation(value, line, condition, file, function, CU_FALSE);
    if (!value && is_fatal) {
        runner.is_given_up = true;
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a fatal assertion failed");
    }
    return value;
}

const char *unit_temp_dir(void)
{
    if (runner.temp_dir[0] == '\0') {
        snprintf(runner.temp_dir, sizeof(runner.temp_dir), "/tmp/hfu.XXXXXX");
        if (mkdtemp(runner.temp_dir) == NULL)
            complain("could not make a temporary folder", runner.temp_dir);
    }
    return runner.temp_dir;
}

int main(int argc, char **argv)
{
    size_t named_count = 0;

    suites_sort();
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < runner.suite_count; i++) {
            if (!is_meant_to_fail(runner.sorted[i]))
                puts(runner.sorted[i]->name);
        }
        return 0;
    }

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS)
        complain("could not start CUnit", CU_get_error_msg());
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            runner.is_verbose = true;
            continue;
        }
        suite_add(suite_find(argv[i]));
        named_count++;
    }
    for (size_t i = 0; i < runner.suite_count && named_count == 0; i++) {
        if (!is_meant_to_fail(runner.sorted[i]))
            suite_add(runner.sorted[i]);
    }

    CU_set_suite_start_handler(on_suite_start);
    CU_set_test_start_handler(on_test_start);
    CU_set_test_complete_handler(on_test_complete);
    CU_set_suite_complete_handler(on_suite_complete);
    watch_crashes();
    if (CU_run_all_tests() != CUE_SUCCESS)
        complain("could not run the tests", CU_get_error_msg());

    bool is_passed = summary_print();
    CU_cleanup_registry();
    return is_passed ? 0 : 1;
}

static void suites_sort(void)
{
    for (UnitSuite *suite = runner.suites; suite != NULL; suite = suite->next) {
        if (runner.suite_count == SUITE_MAX)
            complain("too many suites, raise SUITE_MAX", suite->name);
        runner.sorted[runner.suite_count++] = suite;
    }
    qsort(runner.sorted, runner.suite_count, sizeof(runner.sorted[0]), suite_compare);
    for (size_t i = 1; i < runner.suite_count; i++) {
        if (strcmp(runner.sorted[i - 1]->name, runner.sorted[i]->name) == 0)
            complain("two suites of one name", runner.sorted[i]->name);
    }
}

static int suite_compare(const void *a, const void *b)
{
    const UnitSuite *const *left = a;
    const UnitSuite *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static bool is_meant_to_fail(const UnitSuite *suite)
{
    return strncmp(suite->name, "failing_", strlen("failing_")) == 0;
}

static UnitSuite *suite_find(const char *name)
{
    for (size_t i = 0; i < runner.suite_count; i++) {
        if (strcmp(runner.sorted[i]->name, name) == 0)
            return runner.sorted[i];
    }
    complain("no such suite", name);
}

/* CUnit knows every test as test_run, so that one place stands between it and all of them. */
static void suite_add(UnitSuite *suite)
{
    CU_pSuite cu_suite = CU_add_suite(suite->name, NULL, NULL);

    if (cu_suite == NULL)
        complain(CU_get_error_msg(), suite->name);
    list_tests(suite);
    for (size_t i = 0; i < runner.test_count; i++) {
        if (CU_add_test(cu_suite, runner.tests[i].name, test_run) == NULL)
            complain(CU_get_error_msg(), runner.tests[i].name);
    }
}

/* Fill runner.tests with the tests of suite. */
static void list_tests(const UnitSuite *suite)
{
    runner.test_count = 0;
    suite->list_tests();
}

static void test_run(void)
{
    size_t root_size = mem_context_size(mem_root());
    MemContext *test_mem = mem_context_new(NULL, "unit test");

    runner.is_given_up = false;
    ERR_TRY() {
        test_run_in(test_mem);
    }
    ERR_CATCH() {
        /* A fatal assertion has said already what is wrong. */
        if (!runner.is_given_up)
            fail_unexpected(err_caught());
    }
    ERR_END();
    reports_reset();
    mem_delete(test_mem);
    if (mem_context_size(mem_root()) > root_size)
        fail(__FILE__, __LINE__, "the test leaves memory behind in the root context");
    temp_dir_remove();
}

/* Whatever the test has made of them. */
static void reports_reset(void)
{
    err_set_sink(NULL);
    err_set_log_level(ERR_NOTICE);
    /* Opened anew as a file it is buffered, and what a child says before an abort() is lost. */
    fflush(stderr);
    setvbuf(stderr, NULL, _IONBF, 0);
}

static void test_run_in(MemContext *test_mem)
{
    MEM_SCOPE(test_mem) {
        runner.test->run();
    }
}

static void fail_unexpected(const ErrReport *report)
{
    char what[1024];

    snprintf(what, sizeof(what), "raised %s: %s", err_sqlstate_text(report->sqlstate),
             report->message);
    fail(report->file, report->line, what);
}

static void fail(const char *file, int line, const char *what)
{
    CU_assertImplementation(CU_FALSE, (unsigned int)line, what, file, "", CU_FALSE);
}

static void temp_dir_remove(void)
{
    if (runner.temp_dir[0] == '\0')
        return;
    if (nftw(runner.temp_dir, temp_dir_remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        complain("could not remove the temporary folder", runner.temp_dir);
    runner.temp_dir[0] = '\0';
}

static int temp_dir_remove_entry(const char *path, const struct stat *info, int kind,
                                 struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

/* A crash ends the process; say at least where. Sanitizers say it better. */
static void watch_crashes(void)
{
#ifndef HOLDFAST_SANITIZE
    static const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_NODEFER};

    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        sigaction(signals[i], &action, NULL);
#else
    (void)on_crash;
#endif
}

static void on_crash(int signal_no)
{
    char line[256];
    int length = snprintf(line, sizeof(line), "unit_tests: signal %d in %s: %s\n", signal_no,
                          runner.suite->name, runner.test->name);

    if (write(STDERR_FILENO, line, (size_t)length) < 0)
        _exit(1);
    raise(signal_no);
}

static void on_suite_start(const CU_pSuite cu_suite)
{
    runner.suite = suite_find(cu_suite->pName);
    list_tests(runner.suite);
    runner.suite_started = now_seconds();
}

static void on_test_start(const CU_pTest cu_test, const CU_pSuite cu_suite)
{
    (void)cu_suite;
    for (size_t i = 0; i < runner.test_count; i++) {
        if (strcmp(runner.tests[i].name, cu_test->pName) == 0)
            runner.test = &runner.tests[i];
    }
    if (runner.is_verbose)
        printf("  %s\n", cu_test->pName);
}

static void on_test_complete(const CU_pTest cu_test, const CU_pSuite cu_suite,
                             const CU_pFailureRecord failure)
{
    CU_pFailureRecord next = failure;

    for (; next != NULL; next = next->pNext)
        printf("%s:%u: %s: %s: %s\n", next->strFileName, next->uiLineNumber, cu_suite->pName,
               cu_test->pName, next->strCondition);
}

static void on_suite_complete(const CU_pSuite cu_suite, const CU_pFailureRecord failure)
{
    (void)failure;
    printf("%-40s %4zu tests  %6.2f s\n", cu_suite->pName, runner.test_count,
           now_seconds() - runner.suite_started);
}

static double now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* True when all that was asked for ran and passed. */
static bool summary_print(void)
{
    const CU_pRunSummary sum = CU_get_run_summary();

    printf("%u suites, %u tests, %u assertions: %u tests failed, %zu skipped\n", sum->nSuitesRun,
           sum->nTestsRun, sum->nAsserts, sum->nTestsFailed, runner.skip_count);
    return sum->nTestsFailed == 0 && sum->nAssertsFailed == 0 && sum->nSuitesFailed == 0 &&
           sum->nTestsInactive == 0 && sum->nSuitesInactive == 0;
}

_Noreturn static void complain(const char *what, const char *name)
{
    fprintf(stderr, "unit_tests: error: %s: \"%s\"\n", what, name);
    exit(1);
}
