/* postmaster_pid_test.c - lock files of servers in all states. */
#include "common/base/base.h"

#include "common/format/postmaster_pid.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "tests/unit/unit.h"

static void every_line_is_read(void)
{
    PostmasterPid file;

    postmaster_pid_parse("1234\n/data\n1795396432\n5499\n/tmp\nlocalhost\n  2250393         3\n"
                         "ready   \n",
                         "x", &file);
    CU_ASSERT_EQUAL(file.pid, 1234);
    CU_ASSERT_FALSE(file.is_single_user);
    CU_ASSERT_STRING_EQUAL(file.data_dir, "/data");
    CU_ASSERT_EQUAL(file.start_time, 1795396432);
    CU_ASSERT_EQUAL(file.port, 5499);
    CU_ASSERT_STRING_EQUAL(file.socket_dir, "/tmp");
    CU_ASSERT_STRING_EQUAL(file.address, "localhost");
    CU_ASSERT_EQUAL(file.shm_key, 2250393);
    CU_ASSERT_EQUAL(file.shm_id, 3);
    CU_ASSERT_STRING_EQUAL(file.state, "ready");
}

static void a_file_may_stop_anywhere(void)
{
    PostmasterPid file;

    postmaster_pid_parse("-77\n", "x", &file);
    CU_ASSERT_EQUAL(file.pid, 77);
    CU_ASSERT_TRUE(file.is_single_user);
    CU_ASSERT_PTR_NULL(file.data_dir);
    CU_ASSERT_PTR_NULL(file.state);
    postmaster_pid_parse("77\n/data\nx\n99999\n\n\n12\n", "x", &file);
    CU_ASSERT_EQUAL(file.start_time, 0);
    CU_ASSERT_EQUAL(file.port, 0);
    CU_ASSERT_STRING_EQUAL(file.socket_dir, "");
    CU_ASSERT_EQUAL(file.shm_key, 0);
    CU_ASSERT_PTR_NULL(file.state);
}

static void a_first_line_without_a_pid_raises(void)
{
    PostmasterPid file;

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "bogus data in lock file \"x\": \"\"",
                               postmaster_pid_parse("", "x", &file));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "bogus data in lock file \"x\": \"abc\"",
                               postmaster_pid_parse("abc\n", "x", &file));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, postmaster_pid_parse("0\n", "x", &file));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, postmaster_pid_parse("99999999999\n", "x", &file));
}

static void a_server_runs_when_its_process_exists(void)
{
    const char *dir = unit_temp_dir();
    const char *path = path_join(dir, POSTMASTER_PID_FILE_NAME);
    char *text = mem_printf("%d\n%s\n", process_id(), dir);
    PostmasterPid file;

    CU_ASSERT_FALSE(postmaster_pid_try_read(dir, &file));
    CU_ASSERT_FALSE(postmaster_is_running(dir));
    os_write_durable(path, text, strlen(text));
    CU_ASSERT_TRUE(postmaster_pid_try_read(dir, &file));
    CU_ASSERT_EQUAL(file.pid, process_id());
    CU_ASSERT_TRUE(postmaster_is_running(dir));
    os_write_durable(path, "2147483646\n", 11); /* beyond what Linux gives out */
    CU_ASSERT_FALSE(postmaster_is_running(dir));
}

UNIT_SUITE(postmaster_pid)
{
    UNIT_TEST(every_line_is_read);
    UNIT_TEST(a_file_may_stop_anywhere);
    UNIT_TEST(a_first_line_without_a_pid_raises);
    UNIT_TEST(a_server_runs_when_its_process_exists);
}
