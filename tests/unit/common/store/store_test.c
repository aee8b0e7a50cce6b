/* store_test.c - objects in a folder: whole or not at all, never overwritten, never outside. */
#include "common/base/base.h"

#include "common/store/store.h"

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

static Store *open_new(void)
{
    return store_open(mem_printf("file://%s/store", unit_temp_dir()));
}

static void what_was_put_is_got_back(void)
{
    Store *s = open_new();
    size_t len;

    CU_ASSERT_EQUAL(store_put(s, "a/b/object", "content", 7), STORE_PUT_NEW);
    CU_ASSERT_STRING_EQUAL(store_get(s, "a/b/object", 100, &len), "content");
    CU_ASSERT_EQUAL(len, 7);
}

static void a_taken_key_keeps_its_object(void)
{
    Store *s = open_new();
    size_t len;

    store_put(s, "key", "first", 5);
    CU_ASSERT_EQUAL(store_put(s, "key", "second", 6), STORE_PUT_EXISTS);
    CU_ASSERT_STRING_EQUAL(store_get(s, "key", 100, &len), "first");
}

static void a_put_leaves_no_other_file(void)
{
    Store *s = open_new();
    Array names;

    store_put(s, "dir/key", "first", 5);
    store_put(s, "dir/key", "second", 6);
    os_dir_list(path_join(store_local_dir(s), "dir"), &names);
    CU_ASSERT_EQUAL(names.count, 1);
}

/* In containers that share a folder, process ids are the same again and again. */
static void the_temporary_file_of_a_namesake_is_left_alone(void)
{
    Store *s = open_new();
    char *other = mem_printf("%s/.tmp-%d-key", store_local_dir(s), process_id());

    os_dir_make_all(store_local_dir(s));
    os_write_durable(other, "half", 4);
    CU_ASSERT_EQUAL(store_put(s, "key", "whole", 5), STORE_PUT_NEW);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(other, 100, NULL), "half");
}

#ifdef HOLDFAST_FAULT_POINTS
static void an_object_that_was_there_is_made_durable(void)
{
    Store *s = open_new();

    store_put(s, "dir/key", "content", 7);
    fault_arm("os.dir.sync=error@0");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, store_settle(s, "dir/key"));
    fault_arm("");
}
#endif

static void a_replaced_object_has_the_new_content(void)
{
    Store *s = open_new();
    size_t len;

    store_replace(s, "index", "one", 3);
    store_replace(s, "index", "two", 3);
    CU_ASSERT_STRING_EQUAL(store_get(s, "index", 100, &len), "two");
}

static void a_written_object_is_there_after_commit_alone(void)
{
    Store *s = open_new();
    StoreWriter *w = store_writer_new(s, "big");
    ByteSink sink = store_writer_sink(w);
    StoreObject object;

    byte_sink_write(&sink, "ab", 2);
    byte_sink_write(&sink, "cd", 2);
    CU_ASSERT_FALSE(store_try_stat(s, "big", &object));
    CU_ASSERT_EQUAL(store_writer_commit(w), STORE_PUT_NEW);
    CU_ASSERT_TRUE_FATAL(store_try_stat(s, "big", &object));
    CU_ASSERT_EQUAL(object.size, 4);
    CU_ASSERT_STRING_EQUAL(object.key, "big");
}

static void a_writer_that_is_dropped_leaves_nothing(void)
{
    Store *s = open_new();
    MemContext *mem = mem_context_new(mem_current(), "writer");
    Array names;

    MEM_SCOPE(mem) {
        StoreWriter *w = store_writer_new(s, "lost");
        ByteSink sink = store_writer_sink(w);

        byte_sink_write(&sink, "ab", 2);
        store_writer_abort(store_writer_new(s, "aborted"));
    }
    mem_delete(mem);
    os_dir_list(store_local_dir(s), &names);
    CU_ASSERT_EQUAL(names.count, 0);
}

static void a_range_is_read_without_the_rest(void)
{
    Store *s = open_new();
    char part[4] = {0};

    store_put(s, "key", "0123456789", 10);
    store_get_range(s, "key", 3, part, 3);
    CU_ASSERT_STRING_EQUAL(part, "345");
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, store_get_range(s, "key", 8, part, 3));
}

static void lists_are_sorted_and_know_prefixes(void)
{
    Store *s = open_new();
    Array objects;

    store_put(s, "wal/b-2", "x", 1);
    store_put(s, "wal/b-1", "xy", 2);
    store_put(s, "wal/a-1", "x", 1);
    store_put(s, "wal/folder/c", "x", 1);
    os_write_durable(path_join(store_local_dir(s), "wal/.tmp-1-b-3"), "x", 1);
    array_init(&objects, sizeof(StoreObject));
    store_list(s, "wal", "b-", &objects);
    CU_ASSERT_EQUAL_FATAL(objects.count, 2);
    CU_ASSERT_STRING_EQUAL(((StoreObject *)array_at(&objects, 0))->key, "wal/b-1");
    CU_ASSERT_EQUAL(((StoreObject *)array_at(&objects, 0))->size, 2);
    array_clear(&objects);
    store_list(s, "wal", "", &objects);
    CU_ASSERT_EQUAL(objects.count, 3);
    array_clear(&objects);
    store_list(s, "nothing/here", "", &objects);
    CU_ASSERT_EQUAL(objects.count, 0);
}

static void folders_are_listed_by_name(void)
{
    Store *s = open_new();
    Array names;

    array_init(&names, sizeof(char *));
    store_list_folders(s, "", &names);
    CU_ASSERT_EQUAL(names.count, 0);
    store_put(s, "two/x", "x", 1);
    store_put(s, "one/x", "x", 1);
    store_put(s, "file", "x", 1);
    store_list_folders(s, "", &names);
    CU_ASSERT_EQUAL_FATAL(names.count, 2);
    CU_ASSERT_STRING_EQUAL(*(char **)array_at(&names, 0), "one");
}

static void a_deleted_object_is_gone(void)
{
    Store *s = open_new();
    size_t len;

    store_put(s, "key", "x", 1);
    CU_ASSERT_TRUE(store_delete(s, "key"));
    CU_ASSERT_FALSE(store_delete(s, "key"));
    CU_ASSERT_PTR_NULL(store_try_get(s, "key", 10, &len));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, store_get(s, "key", 10, &len));
}

static void keys_cannot_leave_the_store(void)
{
    Store *s = open_new();

    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, store_put(s, "../key", "x", 1));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, store_put(s, "/etc/key", "x", 1));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, store_put(s, "a//key", "x", 1));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, store_put(s, "", "x", 1));
}

static void orphans_of_the_dead_are_removed_when_old(void)
{
    Store *s = open_new();
    const char *old_name, *new_name;
    OsFile *f;

    store_put(s, "dir/key", "x", 1);
    /* No process has the id; 4194304 is the largest that Linux gives out. */
    old_name = path_join(store_local_dir(s), "dir/.tmp-4194305-old");
    new_name = path_join(store_local_dir(s), "dir/.tmp-4194305-new");
    os_write_durable(new_name, "x", 1);
    os_write_durable(old_name, "x", 1);
    f = os_file_open(old_name, OS_READ | OS_WRITE);
    os_file_set_mtime(f, 1000000000);
    os_file_close(f);
    store_put(s, "dir/other", "x", 1);
    CU_ASSERT_FALSE(os_exists(old_name));
    CU_ASSERT_TRUE(os_exists(new_name));
}

static void only_known_kinds_of_stores_open(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, store_open("gopher://host/path"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, store_open("relative/path"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, store_open("file://relative/path"));
    CU_ASSERT_STRING_EQUAL(store_name(store_open("/srv/backup")), "/srv/backup");
}

UNIT_SUITE(store)
{
    UNIT_TEST(what_was_put_is_got_back);
    UNIT_TEST(a_taken_key_keeps_its_object);
    UNIT_TEST(a_put_leaves_no_other_file);
    UNIT_TEST(the_temporary_file_of_a_namesake_is_left_alone);
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(an_object_that_was_there_is_made_durable);
#endif
    UNIT_TEST(a_replaced_object_has_the_new_content);
    UNIT_TEST(a_written_object_is_there_after_commit_alone);
    UNIT_TEST(a_writer_that_is_dropped_leaves_nothing);
    UNIT_TEST(a_range_is_read_without_the_rest);
    UNIT_TEST(lists_are_sorted_and_know_prefixes);
    UNIT_TEST(folders_are_listed_by_name);
    UNIT_TEST(a_deleted_object_is_gone);
    UNIT_TEST(keys_cannot_leave_the_store);
    UNIT_TEST(orphans_of_the_dead_are_removed_when_old);
    UNIT_TEST(only_known_kinds_of_stores_open);
}
