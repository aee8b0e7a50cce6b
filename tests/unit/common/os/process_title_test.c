/* process_title_test.c - what ps shows */
#include "common/base/base.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/os/process_title.h"
#include "common/text/str.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

#define ROOM 200

/* As a process finds it: arguments, and the environment behind them. */
static struct {
    char bytes[ROOM];
    char *argv[3], *env[3];
} start;

static void require(bool is_true)
{
    if (!is_true)
        abort();
}

static void begin(void)
{
    static const char bytes[] = "program\0-D dir\0TITLE=one\0OTHER=two";

    memset(&start, 0, sizeof start);
    memcpy(start.bytes, bytes, sizeof bytes);
    start.argv[0] = start.bytes;
    start.argv[1] = start.bytes + 8;
    start.env[0] = start.bytes + 15;
    start.env[1] = start.bytes + 25;
    start.bytes[35] = '#'; /* somebody else's */
    environ = start.env;
}

static void arguments_and_environment_stay_what_they_were(void *arg UNUSED)
{
    char **argv;

    begin();
    argv = process_title_init(2, start.argv);
    process_title_set("postgres: checkpointer ");
    require(str_equal(argv[0], "program") && str_equal(argv[1], "-D dir") && argv[2] == NULL);
    require(str_equal(process_env("TITLE"), "one") && str_equal(process_env("OTHER"), "two"));
    require(str_equal(start.bytes, "postgres: checkpointer "));
    require(str_equal(process_title(), "postgres: checkpointer "));
    for (int i = 23; i < 35; i++)
        require(start.bytes[i] == 0);
}

static void a_title_is_cut_to_its_room(void *arg UNUSED)
{
    begin();
    (void)process_title_init(2, start.argv);
    process_title_set("a title that is much longer than all of the room there is");
    require(strlen(start.bytes) == 34 && start.bytes[35] == '#');
    process_title_set("short");
    for (int i = 5; i < 35; i++)
        require(start.bytes[i] == 0);
}

static void without_a_beginning_nothing_is_written(void *arg UNUSED)
{
    begin();
    process_title_set("nothing");
    require(str_equal(start.bytes, "program") && str_equal(process_title(), ""));
}

/* Each in a process of its own: there is but one title. */
static void in_child(void (*fn)(void *arg))
{
    ChildEnd end = child_run(fn, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(end.err, "");
}

static void titles_are_written_over_the_command_line(void)
{
    in_child(arguments_and_environment_stay_what_they_were);
    in_child(a_title_is_cut_to_its_room);
    in_child(without_a_beginning_nothing_is_written);
}

UNIT_SUITE(process_title)
{
    UNIT_TEST(titles_are_written_over_the_command_line);
}
