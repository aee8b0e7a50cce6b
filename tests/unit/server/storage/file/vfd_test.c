/* vfd_test.c - files by name, few descriptors; temporary files and what a crash left of them */
#include "common/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/storage/file/vfd.h"
#include "tests/lib/bad_disk.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define FILES 200
#define EVENT WAIT_EVENT_DATA_FILE_READ

static StorageRig rig;

static void begin(void)
{
    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir()});
}

static void end(void)
{
    storage_rig_close(&rig);
}

static void touch(const char *path)
{
    os_file_close(os_file_open(path, OS_WRITE | OS_CREATE));
}

static void more_files_than_descriptors_can_be_in_use(void)
{
    int before = setting.max_files_per_process;
    Vfd *files[FILES];
    uint32_t number;

    begin();
    setting.max_files_per_process = 64;
    vfd_init();
    for (uint32_t i = 0; i < FILES; i++) {
        files[i] = vfd_open(mem_printf("file%u", i), VFD_CREATE_NEW);
        vfd_write(files[i], &i, sizeof i, 0, EVENT);
    }
    for (uint32_t round = 0; round < 3; round++)
        for (uint32_t i = 0; i < FILES; i++) {
            uint32_t at = i * 37 % FILES;

            CU_ASSERT_EQUAL(vfd_read(files[at], &number, sizeof number, 0, EVENT), sizeof number);
            CU_ASSERT_EQUAL(number, at);
            CU_ASSERT_TRUE(vfd_open_count() <= 64);
        }
    vfd_close_all();
    CU_ASSERT_EQUAL(vfd_open_count(), 0);
    CU_ASSERT_EQUAL(vfd_size(files[7]), sizeof number);
    for (uint32_t i = 0; i < FILES; i++)
        vfd_close(files[i]);
    CU_ASSERT_EQUAL(vfd_open_count(), 0);
    setting.max_files_per_process = before;
    end();
}

static void files_that_are_open_already_do_not_count_as_used(void)
{
    int gap;
    Vfd *files[20];

    begin();
    gap = open("/dev/null", O_RDONLY);
    for (uint32_t i = 0; i < 20; i++)
        files[i] = vfd_open(mem_printf("file%u", i), VFD_CREATE_NEW);
    close(gap); /* the lowest number that is free is below theirs */
    vfd_init();
    CU_ASSERT_EQUAL(vfd_open_count(), 20);
    for (uint32_t i = 0; i < 20; i++)
        vfd_close(files[i]);
    end();
}

static void a_system_without_descriptors_gets_one_back(void)
{
    Vfd *a, *b;
    char byte = 'x';

    begin();
    a = vfd_open("a", VFD_CREATE_NEW);
    bad_disk_begin();
    bad_disk_fail(BAD_DISK_OPEN, EMFILE, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_INSUFFICIENT_RESOURCES, vfd_open("b", VFD_CREATE_NEW));
    CU_ASSERT_EQUAL(vfd_open_count(), 0);
    bad_disk_end();
    b = vfd_open("b", VFD_CREATE_NEW);
    vfd_write(a, &byte, 1, 0, EVENT);
    vfd_close(a);
    vfd_close(b);
    end();
}

static void what_is_not_there_is_told_as_asked(void)
{
    int error;

    begin();
    CU_ASSERT_PTR_NULL(vfd_try_open("nothing", VFD_MUST_EXIST));
    CU_ASSERT_PTR_NULL(vfd_open_raw("nothing", VFD_MUST_EXIST, &error));
    CU_ASSERT_EQUAL(error, ENOENT);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE,
                               "could not open file \"nothing\": No such file or directory",
                               vfd_open("nothing", VFD_MUST_EXIST));
    touch("something");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DUPLICATE_FILE,
                               "could not create file \"something\": File exists",
                               vfd_open("something", VFD_CREATE_NEW));
    end();
}

static void fail_sync(void *arg)
{
    Vfd *f = vfd_open("synced", VFD_CREATE_OR_OPEN);

    (void)arg;
    bad_disk_begin();
    bad_disk_fail(BAD_DISK_FSYNC, EIO, 0);
    vfd_sync(f, EVENT);
}

static void a_sync_that_fails_is_a_panic(void)
{
    ChildEnd end_of_child;

    begin();
    end_of_child = child_run(fail_sync, NULL);
    CU_ASSERT_NOT_EQUAL(end_of_child.exit_code, 0);
    CU_ASSERT_NOT_EQUAL(end_of_child.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(end_of_child.err, "could not fsync file \"synced\": Input/output error"));
    setting.data_sync_retry = true;
    end_of_child = child_run(fail_sync, NULL);
    CU_ASSERT_EQUAL(end_of_child.exit_code, CHILD_RAISED);
    setting.data_sync_retry = false;
    end();
}

static unsigned temp_count(void)
{
    Array names;

    os_dir_list("base/pgsql_tmp", &names);
    return (unsigned)names.count;
}

static void temporary_files_go_with_their_owner(void)
{
    Vfd *f, *kept;

    begin();
    f = vfd_open_temp(false);
    kept = vfd_open_temp(true);
    vfd_write(f, "abc", 3, 0, EVENT);
    CU_ASSERT_EQUAL(temp_count(), 2);
    storage_rig_abort();
    CU_ASSERT_EQUAL(temp_count(), 1);
    vfd_close(kept);
    CU_ASSERT_EQUAL(temp_count(), 0);
    f = vfd_open_temp(false);
    vfd_close(f);
    CU_ASSERT_EQUAL(temp_count(), 0);
    end();
}

static void leave_a_temporary_file(void *arg, unsigned number)
{
    (void)arg;
    (void)number;
    storage_rig_enter_child();
    vfd_open_temp(true);
    vfd_open_temp(false);
    if (temp_count() != 2)
        exit(1);
    proc_detach();
}

static void temporary_files_go_with_their_process(void)
{
    begin();
    CU_ASSERT_EQUAL(crowd_run(1, leave_a_temporary_file, NULL), 1);
    CU_ASSERT_EQUAL(temp_count(), 0);
    end();
}

static void temporary_files_have_a_limit_together(void)
{
    int before = setting.temp_file_limit;
    char kb[1024] = {0};
    Vfd *a, *b;

    begin();
    setting.temp_file_limit = 3;
    a = vfd_open_temp(false);
    b = vfd_open_temp(false);
    vfd_write(a, kb, sizeof kb, 0, EVENT);
    vfd_write(a, kb, sizeof kb, 0, EVENT); /* the same room again */
    vfd_write(b, kb, sizeof kb, 1024, EVENT);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIGURATION_LIMIT_EXCEEDED,
                               "temporary file size exceeds temp_file_limit (3kB)",
                               vfd_write(a, kb, 1, 1024, EVENT));
    vfd_truncate(b, 0, EVENT);
    vfd_write(a, kb, sizeof kb, 1024, EVENT);
    vfd_close(a);
    vfd_write(b, kb, sizeof kb, 2048, EVENT);
    setting.temp_file_limit = before;
    end();
}

static void what_a_crash_left_is_removed_and_nothing_else(void)
{
    static const char *const gone[] = {"base/pgsql_tmp/pgsql_tmp123.0",
                                       "base/pgsql_tmp/pgsql_tmp123.1.sharedfileset/0.0",
                                       "base/5/t3_16384",
                                       "base/5/t3_16384_fsm.1",
                                       "base/5/pgsql_tmp.pg_filenode.map",
                                       "base/5/pg_filenode.map.0123456789abcdef.tmp",
                                       "global/pgsql_tmp.pg_filenode.map",
                                       "pg_tblspc/16400/PG_15_202209061/pgsql_tmp/pgsql_tmp9.9",
                                       "pg_tblspc/16400/PG_15_202209061/5/t1_2"};
    static const char *const kept[] = {"base/pgsql_tmp/other",
                                       "base/5/16384",
                                       "base/5/t_3",
                                       "base/5/pg_filenode.map",
                                       "base/5/x.tmp",
                                       "global/t1_2",
                                       "base/5/t3_x",
                                       "base/x/t3_16384",
                                       "pg_tblspc/16400/PG_15_202209061/5/7",
                                       "pg_tblspc/16400/PG_14_202107181/5/t1_2"};

    begin();
    os_dir_make_all("base/pgsql_tmp/pgsql_tmp123.1.sharedfileset");
    os_dir_make_all("base/x");
    os_dir_try_make("global");
    os_dir_make_all("pg_tblspc/16400/PG_15_202209061/pgsql_tmp");
    os_dir_make_all("pg_tblspc/16400/PG_15_202209061/5");
    os_dir_make_all("pg_tblspc/16400/PG_14_202107181/5");
    for (size_t i = 0; i < ARRAY_LEN(gone); i++)
        touch(gone[i]);
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        touch(kept[i]);
    vfd_remove_temp_files();
    for (size_t i = 0; i < ARRAY_LEN(gone); i++)
        CU_ASSERT_FALSE(os_exists(gone[i]));
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        CU_ASSERT_TRUE(os_exists(kept[i]));
    end();
}

UNIT_SUITE(vfd)
{
    UNIT_TEST(more_files_than_descriptors_can_be_in_use);
    UNIT_TEST(files_that_are_open_already_do_not_count_as_used);
    UNIT_TEST(a_system_without_descriptors_gets_one_back);
    UNIT_TEST(what_is_not_there_is_told_as_asked);
    UNIT_TEST(a_sync_that_fails_is_a_panic);
    UNIT_TEST(temporary_files_go_with_their_owner);
    UNIT_TEST(temporary_files_go_with_their_process);
    UNIT_TEST(temporary_files_have_a_limit_together);
    UNIT_TEST(what_a_crash_left_is_removed_and_nothing_else);
}
