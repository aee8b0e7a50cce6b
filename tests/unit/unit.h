/*
 * unit.h - how a unit suite is written
 *
 * A suite is one file of tests and one table, which enters itself in the runner's list:
 *
 *     static void two_halves_make_a_whole(void)
 *     {
 *         CU_ASSERT_EQUAL(half() + half(), 1);
 *     }
 *
 *     UNIT_SUITE(half,
 *         UNIT_TEST(two_halves_make_a_whole),
 *     )
 *
 * The name of a suite is that of its file without _test, and unique. Adding the file to a local.mk
 * (unit_sources) is all there is to do. Tests run in the order of the table.
 *
 * Promises to a test
 *   1. It runs in a memory context and an error frame of its own. A raise that it does not expect
 *      fails it, showing the report, and the next test runs.
 *   2. CUnit's ..._FATAL assertions end the test by a raise, so that frames inside it close. Never
 *      use them in the first block of an ERR_TRY() whose ERR_CATCH() would swallow that.
 *   3. What it leaves behind in the thread's root context fails it.
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include "common/base/base.h"

#include <CUnit/CUnit.h>

#include "common/err/err.h"

/* Promise 2: CUnit itself would jump past the open frames. */
#define CU_assertImplementation unit_assert

typedef struct UnitTest {
    const char *name;
    void (*run)(void);
} UnitTest;

typedef struct UnitSuite {
    const char *name;
    const UnitTest *tests;
    size_t test_count;
    struct UnitSuite *next; /* written by unit_register */
} UnitSuite;

#define UNIT_TEST(function) {.name = #function, .run = (function)}

/* Define the suite of this file; once a file. */
#define UNIT_SUITE(suite, ...)                                                                     \
    static const UnitTest suite##_tests[] = {__VA_ARGS__};                                         \
    static UnitSuite suite##_suite = {                                                             \
        .name = #suite, .tests = suite##_tests, .test_count = ARRAY_LEN(suite##_tests)};           \
    __attribute__((constructor)) static void suite##_enter(void)                                   \
    {                                                                                              \
        unit_register(&suite##_suite);                                                             \
    }

/* Enter a suite in the runner's list; called before main(), by UNIT_SUITE alone. */
void unit_register(UnitSuite *suite);

/*
 * Run statements that must raise state; the second form also wants the message, to the letter.
 *
 *     UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, wal_seg_name_parse("x", MIB(16)));
 */
#define UNIT_ASSERT_RAISES(state, ...)                                                             \
    UNIT_ASSERT_RAISES_MESSAGE(state, (const char *)NULL, __VA_ARGS__)

#define UNIT_ASSERT_RAISES_MESSAGE(state, text, ...)                                               \
    do {                                                                                           \
        ERR_TRY() {                                                                                \
            __VA_ARGS__;                                                                           \
            unit_check_raise(NULL, (state), (text), #__VA_ARGS__, __FILE__, __LINE__);             \
        }                                                                                          \
        ERR_CATCH() {                                                                              \
            unit_check_raise(err_caught(), (state), (text), #__VA_ARGS__, __FILE__, __LINE__);     \
        }                                                                                          \
        ERR_END();                                                                                 \
    } while (0)

/* What the macros above call: fail the test unless report (NULL: none) is what was expected. */
void unit_check_raise(const ErrReport *report, SqlState state, const char *text, const char *code,
                      const char *file, int line);

/* CUnit's CU_assertImplementation, but a fatal one raises. */
CU_BOOL unit_assert(CU_BOOL value, unsigned int line, const char *condition, const char *file,
                    const char *function, CU_BOOL is_fatal);

/*
 * A folder for the files of the current test: empty when the test begins, removed with all that is
 * in it when the test ends.
 */
const char *unit_temp_dir(void);

/*
 * Say that the current test cannot run here, and why; then return from it. The reason is shown and
 * counted. For what the machine lacks, never for what the code lacks.
 */
void unit_skip(const char *reason);

#endif
