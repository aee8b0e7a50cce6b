/*
 * unit.h - how a unit suite is written
 *
 * A suite is one file of tests and one list of them, which enters itself in the runner's list:
 *
 *     static void two_halves_make_a_whole(void)
 *     {
 *         CU_ASSERT_EQUAL(half() + half(), 1);
 *     }
 *
 *     UNIT_SUITE(half)
 *     {
 *         UNIT_TEST(two_halves_make_a_whole);
 *     }
 *
 * The name of a suite is that of its file without _test, and unique. Adding the file to a local.mk
 * (unit_sources) is all there is to do. Tests run in the order of the list.
 *
 * Promises to a test
 *   1. It runs in a memory context and an error frame of its own. A raise that it does not expect
 *      fails it, showing the report, and the next test runs.
 *   2. CUnit's ..._FATAL assertions end the test by a raise, so that frames inside it close. Never
 *      use them in the first block of an ERR_TRY() whose ERR_CATCH() would swallow that.
 *   3. Where reports go, and which, is put back to the default when it ends.
 *   4. What it leaves behind in the thread's root context fails it.
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include "common/base/base.h"

#include <CUnit/CUnit.h>

#include "common/err/err.h"

/* Promise 2: CUnit itself would jump past the open frames. */
#define CU_assertImplementation unit_assert

typedef struct UnitSuite {
    const char *name;
    void (*list_tests)(void);
    struct UnitSuite *next; /* written by unit_register */
} UnitSuite;

/* Name the suite of this file; the block that follows lists its tests. Once a file. */
#define UNIT_SUITE(suite)                                                                          \
    static void suite##_list_tests(void);                                                          \
    __attribute__((constructor)) static void suite##_suite_enter(void)                             \
    {                                                                                              \
        static UnitSuite suite##_suite = {.name = #suite, .list_tests = suite##_list_tests};       \
        unit_register(&suite##_suite);                                                             \
    }                                                                                              \
    static void suite##_list_tests(void)

#define UNIT_TEST(function) unit_add_test(#function, (function))

/* Enter a suite in the runner's list; called before main(), by UNIT_SUITE alone. */
void unit_register(UnitSuite *suite);

/* Add a test to the suite whose list is being read; called by UNIT_TEST alone. */
void unit_add_test(const char *name, void (*run)(void));

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
