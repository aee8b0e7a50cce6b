/* file_test.c - files by handle: open, read, write, sizes, modes */
#include "common/base/base.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "tests/unit/common/os/file_rig.h"
#include "tests/unit/unit.h"

/* ---- open, read, write, close ---- */

static void what_is_written_is_read_back(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[10];

    os_file_write(f, "hello ", 6);
    os_file_write(f, "world", 5);
    CU_ASSERT_EQUAL(os_file_size(f), 11);
    os_file_seek(f, 3);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 4), 4);
    CU_ASSERT_EQUAL(memcmp(bytes, "lo w", 4), 0);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 10), 4);
    CU_ASSERT_EQUAL(memcmp(bytes, "orld", 4), 0);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 10), 0);
    CU_ASSERT_STRING_EQUAL(os_file_path(f), file_here("x"));
    os_file_close(f);
}

static void reads_and_writes_at_a_place_leave_the_position(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char bytes[8] = {0};

    os_file_write_at(f, "abc", 3, 5);
    os_file_write(f, "01", 2);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 8, 0), 8);
    CU_ASSERT_EQUAL(memcmp(bytes, "01\0\0\0abc", 8), 0);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 8, 6), 2);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 8, 100), 0);
    os_file_read_exact_at(f, bytes, 3, 5);
    CU_ASSERT_EQUAL(memcmp(bytes, "abc", 3), 0);
    os_file_close(f);
}

static void an_exact_read_past_the_end_says_how_much_there_was(void)
{
    OsFile *f;
    char bytes[8];

    file_put("x", "abcde");
    f = os_file_open(file_here("x"), OS_READ);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DATA_CORRUPTED,
        mem_printf("could not read file \"%s\": read 2 of 8", file_here("x")),
        os_file_read_exact_at(f, bytes, 8, 3));
    os_file_close(f);
}

static void a_missing_file_is_no_file_or_an_error(void)
{
    CU_ASSERT_PTR_NULL(os_file_try_open(file_here("x"), OS_READ));
    CU_ASSERT_PTR_NULL(os_file_try_read_all(file_here("x"), 10, NULL));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_FILE, file_missing("open", file_here("x")),
                               os_file_open(file_here("x"), OS_READ));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNDEFINED_FILE,
        mem_printf("could not create file \"%s\": No such file or directory", file_here("no/x")),
        os_file_open(file_here("no/x"), OS_WRITE | OS_CREATE));
}

static void a_path_through_a_file_is_not_taken_for_missing(void)
{
    OsStat st;

    file_put("x", "");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_WRONG_OBJECT_TYPE,
        mem_printf("could not open file \"%s\": Not a directory", file_here("x/y")),
        os_file_try_open(file_here("x/y"), OS_READ));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_try_stat(file_here("x/y"), &st));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_try_lstat(file_here("x/y"), &st));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_exists(file_here("x/y")));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_try_unlink(file_here("x/y")));
}

static void exclusive_creation_refuses_a_name_that_is_taken(void)
{
    file_put("x", "old");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_DUPLICATE_FILE,
        mem_printf("could not create file \"%s\": File exists", file_here("x")),
        os_file_open(file_here("x"), OS_WRITE | OS_CREATE | OS_EXCLUSIVE));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "old");
}

static void truncate_and_append_do_what_they_say(void)
{
    OsFile *f;

    file_put("x", "12345");
    f = os_file_open(file_here("x"), OS_WRITE | OS_APPEND);
    os_file_write(f, "6", 1);
    os_file_truncate(f, 3);
    os_file_write(f, "7", 1);
    os_file_close(f);
    CU_ASSERT_STRING_EQUAL(file_content("x"), "1237");
    os_file_close(os_file_open(file_here("x"), OS_WRITE | OS_TRUNCATE));
    CU_ASSERT_STRING_EQUAL(file_content("x"), "");
}

static void direct_files_work_on_every_disk(void)
{
    char *page = mem_alloc_aligned(BLOCK_SIZE, BLOCK_SIZE);
    OsFile *f =
        os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE | OS_EXCLUSIVE | OS_DIRECT);

    memset(page, 'x', BLOCK_SIZE);
    os_file_write_at(f, page, BLOCK_SIZE, 0);
    memset(page, 0, BLOCK_SIZE);
    os_file_read_exact_at(f, page, BLOCK_SIZE, 0);
    CU_ASSERT_EQUAL(page[BLOCK_SIZE - 1], 'x');
    os_file_close(f);

    broken_begin(0, 0);
    broken.ops.direct = broken_direct;
    os_ops = &broken.ops;
    os_file_close(os_file_open(file_here("x"), OS_READ | OS_DIRECT));
    broken_end();
}

static void files_go_with_their_memory_context(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "files");
    OsFile *f = NULL;
    int fd;

    MEM_SCOPE(ctx) {
        f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);
    }
    fd = os_file_fd(f);
    CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
    mem_delete(ctx);
    CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
}

static void a_borrowed_descriptor_stays_open(void)
{
    int ends[2];
    OsFile *in, *out;
    char bytes[8];
    MemContext *ctx = mem_context_new(mem_current(), "files");

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    MEM_SCOPE(ctx) {
        in = os_file_from_fd(ends[0], "in");
        out = os_file_from_fd(ends[1], "out");
        os_file_write(out, "abc", 3);
        os_file_close(out);
        CU_ASSERT_EQUAL(close(ends[1]), 0);
        CU_ASSERT_EQUAL(os_file_read(in, bytes, 8), 3);
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR, "could not seek in file \"in\": Illegal seek",
                                   os_file_seek(in, 0));
    }
    mem_delete(ctx);
    CU_ASSERT_EQUAL(close(ends[0]), 0);
}

static void offsets_beyond_the_system_are_refused(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char byte = 0;

    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_seek(f, UINT64_C(1) << 63));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_write_at(f, &byte, 1, UINT64_MAX));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read_at(f, &byte, 1, UINT64_MAX));
    os_file_close(f);
}

/* ---- sizes, times, modes, advice ---- */

static void preallocation_grows_but_never_shrinks(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_READ | OS_WRITE | OS_CREATE);
    char byte;

    os_file_write(f, "abc", 3);
    os_file_preallocate(f, 100000);
    CU_ASSERT_EQUAL(os_file_size(f), 100000);
    os_file_preallocate(f, 10);
    os_file_preallocate(f, 0);
    CU_ASSERT_EQUAL(os_file_size(f), 100000);
    os_file_read_exact_at(f, &byte, 1, 2);
    CU_ASSERT_EQUAL(byte, 'c');
    os_file_close(f);
}

static void times_and_modes_are_set_and_seen(void)
{
    OsFile *f = os_file_open(file_here("x"), OS_WRITE | OS_CREATE);
    OsStat st;

    os_file_set_mode(f, 0640);
    os_file_set_mtime(f, 1234567890);
    os_file_stat(f, &st);
    CU_ASSERT_EQUAL(st.kind, OS_KIND_FILE);
    CU_ASSERT_EQUAL(st.mode, 0640);
    CU_ASSERT_EQUAL(st.mtime, 1234567890);
    CU_ASSERT_EQUAL(st.link_count, 1);
    CU_ASSERT_EQUAL(st.uid, geteuid());
    os_file_close(f);
    os_set_mode(file_here("x"), 0400);
    os_stat(file_here("x"), &st);
    CU_ASSERT_EQUAL(st.mode, 0400);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_set_mode(file_here("y"), 0400));
}

static void new_files_are_private_unless_the_group_may_read(void)
{
    mode_t umask_before = umask(022);
    OsStat st;

    file_put("a", "");
    os_stat(file_here("a"), &st);
    CU_ASSERT_EQUAL(st.mode, 0600);
    os_set_group_access(true);
    file_put("b", "");
    os_stat(file_here("b"), &st);
    CU_ASSERT_EQUAL(st.mode, 0640);
    CU_ASSERT_EQUAL(os_file_mode(), 0640);
    CU_ASSERT_EQUAL(os_dir_mode(), 0750);
    os_set_group_access(false);
    CU_ASSERT_EQUAL(os_file_mode(), 0600);
    CU_ASSERT_EQUAL(os_dir_mode(), 0700);
    umask(umask_before);
}

static void advice_is_harmless(void)
{
    OsFile *f;

    file_put("x", "abc");
    f = os_file_open(file_here("x"), OS_READ | OS_WRITE);
    os_file_advise_sequential(f);
    os_file_advise_will_need(f, 0, 3);
    os_file_flush_hint(f, 0, 3);
    os_file_advise_done(f, 0, 3);
    os_file_close(f);
    CU_ASSERT_STRING_EQUAL(file_content("x"), "abc");
}

UNIT_SUITE(file)
{
    UNIT_TEST(what_is_written_is_read_back);
    UNIT_TEST(reads_and_writes_at_a_place_leave_the_position);
    UNIT_TEST(an_exact_read_past_the_end_says_how_much_there_was);
    UNIT_TEST(a_missing_file_is_no_file_or_an_error);
    UNIT_TEST(a_path_through_a_file_is_not_taken_for_missing);
    UNIT_TEST(exclusive_creation_refuses_a_name_that_is_taken);
    UNIT_TEST(truncate_and_append_do_what_they_say);
    UNIT_TEST(direct_files_work_on_every_disk);
    UNIT_TEST(files_go_with_their_memory_context);
    UNIT_TEST(a_borrowed_descriptor_stays_open);
    UNIT_TEST(offsets_beyond_the_system_are_refused);
    UNIT_TEST(preallocation_grows_but_never_shrinks);
    UNIT_TEST(times_and_modes_are_set_and_seen);
    UNIT_TEST(new_files_are_private_unless_the_group_may_read);
    UNIT_TEST(advice_is_harmless);
}
