/* progress_test.c - the lines that a long job shows, where there is no terminal. */
#include "common/base/base.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/tool/progress.h"
#include "tests/unit/unit.h"

/* What is written to standard error between the two. */
static int saved_err;

static void watch_begin(void)
{
    fflush(stderr);
    saved_err = dup(STDERR_FILENO);
    CU_ASSERT_PTR_NOT_NULL_FATAL(freopen(mem_printf("%s/err", unit_temp_dir()), "w", stderr));
}

static const char *watch_end(void)
{
    char *text = mem_alloc(4096);
    FILE *file;

    fflush(stderr);
    dup2(saved_err, STDERR_FILENO);
    close(saved_err);
    file = fopen(mem_printf("%s/err", unit_temp_dir()), "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    text[fread(text, 1, 4095, file)] = '\0';
    fclose(file);
    return text;
}

static void nothing_is_shown_that_nobody_wants(void)
{
    Progress *p;

    watch_begin();
    p = progress_new(false, "restoring", 100);
    progress_add(p, 50);
    progress_line(p, "a line");
    progress_hide();
    progress_end(p);
    CU_ASSERT_STRING_EQUAL(watch_end(), "");
    CU_ASSERT_FALSE(progress_is_due(p));
}

static void lines_do_not_come_too_often(void)
{
    Progress *p;

    watch_begin();
    p = progress_new(true, "restoring", 100);
    for (int i = 0; i < 100; i++)
        progress_add(p, 1);
    CU_ASSERT_STRING_EQUAL(watch_end(), "");
}

static void the_end_is_shown(void)
{
    Progress *p;
    const char *text;

    watch_begin();
    p = progress_new(true, "restoring", 2048);
    progress_set(p, 2048);
    progress_end(p);
    text = watch_end();
    CU_ASSERT_TRUE(str_starts_with(text, "restoring ["));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "=] 100%  2.0 kB of 2.0 kB  "));
    CU_ASSERT_TRUE(str_ends_with(text, "/s\n"));
}

static void a_line_of_ones_own_is_shown_at_once(void)
{
    Progress *p;

    watch_begin();
    p = progress_new(true, "", 0);
    progress_line(p, "waiting for checkpoint");
    progress_finish_line(p);
    CU_ASSERT_STRING_EQUAL(watch_end(), "waiting for checkpoint\n");
}

static void the_bar_fits_the_columns(void)
{
    Progress *p = progress_new(true, "restoring", 4096);

    progress_set(p, 1024);
    CU_ASSERT_TRUE(strlen(progress_bar(p, 80)) <= 80);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(progress_bar(p, 200), "[==========                              ]"));
    CU_ASSERT_PTR_NULL(strchr(progress_bar(p, 20), '['));
    CU_ASSERT_PTR_NOT_NULL(strstr(progress_bar(p, 200), "  25%  1.0 kB of 4.0 kB"));
}

static void more_than_was_announced_is_all(void)
{
    Progress *p = progress_new(true, "restoring", 1024);

    progress_set(p, 2048);
    CU_ASSERT_PTR_NOT_NULL(strstr(progress_bar(p, 80), "100%  2.0 kB of 1.0 kB"));
}

static void without_a_total_there_is_no_bar(void)
{
    Progress *p = progress_new(true, "reading", 0);

    progress_set(p, 2048);
    CU_ASSERT_TRUE(str_starts_with(progress_bar(p, 80), "reading  2.0 kB  "));
    progress_set_total(p, 4096);
    CU_ASSERT_PTR_NOT_NULL(strchr(progress_bar(p, 80), '['));
}

static void the_time_that_is_left_is_estimated(void)
{
    Progress *p = progress_new(true, "x", UINT64_C(1) << 60);
    const char *bar;

    /* So much takes long at any rate; there is one when some time has passed. */
    progress_set(p, 1);
    do
        bar = progress_bar(p, 200);
    while (strstr(bar, " left") == NULL);
    CU_ASSERT_TRUE(strchr(strchr(bar, ':') + 1, ':') != NULL);
    p = progress_new(true, "x", 100);
    while (strstr(progress_bar(p, 200), " left") == NULL)
        progress_set(p, 99);
    CU_ASSERT_PTR_NOT_NULL(strstr(progress_bar(p, 200), "0:00 left"));
}

/* Open a terminal of our own and make it standard error; returns the other end. */
static int terminal_begin(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int slave;

    CU_ASSERT_FATAL(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    CU_ASSERT_FATAL(slave >= 0);
    fflush(stderr);
    saved_err = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
    return master;
}

/* The next line or part of one must be this; the kernel may hand it over in pieces. */
static void terminal_expect(int master, const char *expected)
{
    size_t len = strlen(expected), done = 0;
    char *text = mem_alloc(len + 1);

    fflush(stderr);
    while (done < len) {
        ssize_t got = read(master, text + done, len - done);

        CU_ASSERT_FATAL(got > 0);
        done += (size_t)got;
    }
    CU_ASSERT_STRING_EQUAL(text, expected);
}

static void on_a_terminal_one_line_is_written_over(void)
{
    int master = terminal_begin();
    Progress *p = progress_new(true, "x", 0);

    progress_line(p, "one");
    progress_line(p, "two");
    terminal_expect(master, "one\033[K\rtwo\033[K");
    progress_hide();
    progress_hide();
    terminal_expect(master, "\r\033[K");
    progress_line(p, "three");
    progress_finish_line(p);
    terminal_expect(master, "three\033[K\r\n");
    while (!progress_is_due(p))
        ;
    progress_add(p, 1024);
    terminal_expect(master, "x  1.0 kB  ");
    progress_end(p);
    dup2(saved_err, STDERR_FILENO);
    close(saved_err);
    close(master);
}

UNIT_SUITE(progress)
{
    UNIT_TEST(on_a_terminal_one_line_is_written_over);
    UNIT_TEST(nothing_is_shown_that_nobody_wants);
    UNIT_TEST(lines_do_not_come_too_often);
    UNIT_TEST(the_end_is_shown);
    UNIT_TEST(a_line_of_ones_own_is_shown_at_once);
    UNIT_TEST(the_bar_fits_the_columns);
    UNIT_TEST(more_than_was_announced_is_all);
    UNIT_TEST(without_a_total_there_is_no_bar);
    UNIT_TEST(the_time_that_is_left_is_estimated);
}
