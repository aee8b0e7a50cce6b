/* fault_test.c - what a fault point does when it is armed. */
#include "common/base/base.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

static void unarmed_points_do_nothing(void)
{
    fault_arm("");
    fault_point("a.b");
    fault_arm("a.c=error");
    fault_point("a.b");
    fault_arm("");
    fault_point("a.c");
}

static void errors_look_like_those_of_a_disk(void)
{
    fault_arm("a.b=error,a.c=enospc");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "fault point \"a.b\": Input/output error",
                               fault_point("a.b"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DISK_FULL, "fault point \"a.c\": No space left on device",
                               fault_point("a.c"));
    fault_arm("");
}

static void a_point_acts_at_one_passage_or_at_all(void)
{
    fault_arm("a.b=error");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, fault_point("a.b"));
    fault_point("a.b");
    fault_arm("a.b=error@3");
    fault_point("a.b");
    fault_point("a.b");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, fault_point("a.b"));
    fault_point("a.b");
    fault_arm("a.b=error@0");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, fault_point("a.b"));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, fault_point("a.b"));
    fault_arm("a.b=error@1,a.b=enospc@2");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, fault_point("a.b"));
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, fault_point("a.b"));
    fault_arm("");
}

static void what_cannot_be_understood_is_refused(void)
{
    static const char *const wrong[] = {
        "a",
        "a.b",
        "=error",
        "a=",
        "a=oops",
        "a=error@",
        "a=error@x",
        "a=error@1@",
        "a=error:x",
        "a=wait",
        "a=wait:",
        "a=wait:@1",
        "a=errors",
        "a=err",
        "a=error,b",
        "a=error,,b=kill",
        ",a=kill",
        "a=error@-1",
        "a=error@4294967296",
    };
    char *many = mem_alloc(1000);

    for (volatile size_t i = 0; i < ARRAY_LEN(wrong); i++)
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                                   mem_printf("invalid list of fault points: \"%s\"", wrong[i]),
                                   fault_arm(wrong[i]));
    for (size_t i = 0; i < 33; i++)
        memcpy(many + i * 8, "a=error,", 8);
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, fault_arm(many));
    memset(many, 'x', 600);
    memcpy(many + 600, "=error", 7);
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, fault_arm(many));
    fault_point("a");
    fault_arm("");
}

/* ---- what ends or stops the process ---- */

static void arm_and_pass(void *spec)
{
    fault_arm(spec);
    fault_point("a.b");
}

static void kill_and_exit_leave_at_once(void)
{
    char kill_spec[] = "a.b=kill", exit_spec[] = "a.b=exit";

    CU_ASSERT_EQUAL(child_run(arm_and_pass, kill_spec).signal_no, SIGKILL);
    CU_ASSERT_EQUAL(child_run(arm_and_pass, exit_spec).exit_code, 99);
}

static void a_stopped_process_goes_on_when_told(void)
{
    int status = 0;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        fault_arm("a.b=stop");
        fault_point("a.b");
        exit(7);
    }
    CU_ASSERT_EQUAL(waitpid(pid, &status, WUNTRACED), pid);
    CU_ASSERT_TRUE(WIFSTOPPED(status));
    kill(pid, SIGCONT);
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 7);
}

static void *remove_soon(void *path)
{
    clock_sleep_ms(20);
    unlink(path);
    return NULL;
}

static void waiting_ends_when_the_file_is_gone(void)
{
    char *path = path_join(unit_temp_dir(), "wait");
    pthread_t thread;

    fault_arm(mem_printf("a.b=wait:%s@1", path));
    os_write_durable(path, "", 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, remove_soon, path), 0);
    fault_point("a.b");
    CU_ASSERT_FALSE(os_exists(path));
    pthread_join(thread, NULL);
    fault_point("a.b");
    fault_arm("");
}

/* ---- the environment ---- */

static void use_environment(void *spec)
{
    setenv("HOLDFAST_FAULT", spec, 1);
    fault_arm(NULL);
    fault_point("a.c");
    fault_point("a.b");
}

static void the_environment_arms_points(void)
{
    char exit_spec[] = "a.b=exit", wrong_spec[] = "a.b";
    ChildEnd end = child_run(use_environment, exit_spec);

    CU_ASSERT_EQUAL(end.exit_code, 99);
    end = child_run(use_environment, wrong_spec);
    CU_ASSERT_EQUAL(end.exit_code, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: invalid list of fault points: \"a.b\"\n"));
}

static void list_points(void *path)
{
    setenv("HOLDFAST_FAULT_LIST", path, 1);
    fault_point("a.b");
    fault_point("a.c");
    fault_point("a.b");
}

static void passed_points_are_listed(void)
{
    char *path = path_join(unit_temp_dir(), "list");
    ChildEnd end = child_run(list_points, path);

    CU_ASSERT_EQUAL(end.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(path, 1000, NULL), "a.b\na.c\na.b\n");
    end = child_run(list_points, path_join(path, "not a folder"));
    CU_ASSERT_EQUAL(end.exit_code, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "error: could not write to file"));
}

UNIT_SUITE(fault)
{
    UNIT_TEST(unarmed_points_do_nothing);
    UNIT_TEST(errors_look_like_those_of_a_disk);
    UNIT_TEST(a_point_acts_at_one_passage_or_at_all);
    UNIT_TEST(what_cannot_be_understood_is_refused);
    UNIT_TEST(kill_and_exit_leave_at_once);
    UNIT_TEST(a_stopped_process_goes_on_when_told);
    UNIT_TEST(waiting_ends_when_the_file_is_gone);
    UNIT_TEST(the_environment_arms_points);
    UNIT_TEST(passed_points_are_listed);
}
