/* wal_object_test.c - archived files: same, other, damaged; lines of timelines. */
#include "common/base/base.h"

#include "common/repo/wal_object.h"

#include "common/compress/whole.h"
#include "common/format/timeline_history.h"
#include "common/mem/mem.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/repo/wal_path.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

#define SEGMENT  "000000010000000000000001"
#define SEG_SIZE MIB(1)

static Repo *open_repo(void)
{
    return repo_open(path_join(unit_temp_dir(), "repo"), "main");
}

static WalPut put(Repo *r, const char *name, const char *text)
{
    CompressSpec spec = compress_spec(COMPRESS_ZSTD);

    return wal_object_put(r, name, text, strlen(text), &spec);
}

static void a_file_comes_back_as_it_was(void)
{
    Repo *r = open_repo();
    WalObject object;
    size_t len;

    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_NEW);
    CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, SEGMENT, &object));
    CU_ASSERT_STRING_EQUAL(object.name, SEGMENT);
    CU_ASSERT_EQUAL(object.method, COMPRESS_ZSTD);
    CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "content");
    CU_ASSERT_TRUE(str_ends_with(
        object.key, "main/wal/0000000100000000/" SEGMENT
                    "-ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73.zst"));
}

static void every_method_comes_back(void)
{
    Repo *r = open_repo();

    for (CompressMethod method = COMPRESS_NONE; method < COMPRESS_METHOD_COUNT; method++) {
        CompressSpec spec = compress_spec(method);
        char *name = mem_printf("00000001000000000000001%u", method);
        WalObject object;
        size_t len;

        CU_ASSERT_EQUAL(wal_object_put(r, name, "abc", 3, &spec), WAL_PUT_NEW);
        CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, name, &object));
        CU_ASSERT_EQUAL(object.method, method);
        CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "abc");
    }
}

static void the_same_again_is_the_same(void)
{
    Repo *r = open_repo();
    CompressSpec plain = compress_spec(COMPRESS_NONE);

    put(r, SEGMENT, "content");
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_SAME);
    CU_ASSERT_EQUAL(wal_object_put(r, SEGMENT, "content", 7, &plain), WAL_PUT_SAME);
}

#ifdef HOLDFAST_FAULT_POINTS
/* Who put it may have been killed between naming the object and syncing its folder. */
static void the_same_is_not_said_before_its_name_is_durable(void)
{
    Repo *r = open_repo();

    put(r, SEGMENT, "content");
    fault_arm("os.dir.sync=error@0");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, put(r, SEGMENT, "content"));
    fault_arm("");
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_SAME);
}
#endif

static void other_content_is_a_conflict_and_kept(void)
{
    Repo *r = open_repo();
    WalObject object;
    Array found;

    put(r, SEGMENT, "content");
    CU_ASSERT_EQUAL(put(r, SEGMENT, "other"), WAL_PUT_CONFLICT);
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_CONFLICT);
    array_init(&found, sizeof(WalObject));
    wal_object_find(r, SEGMENT, &found);
    CU_ASSERT_EQUAL(found.count, 2);
    UNIT_ASSERT_RAISES(SQLSTATE_ARCHIVE_CONFLICT, wal_object_try_find(r, SEGMENT, &object));
}

static char *object_path(Repo *r, const char *name)
{
    WalObject object;

    CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, name, &object));
    return path_join(store_local_dir(repo_store(r)), object.key);
}

static void a_damaged_object_is_seen_and_replaced(void)
{
    Repo *r = open_repo();
    CompressSpec plain = compress_spec(COMPRESS_NONE);
    WalObject object;
    Array found;
    size_t len;

    wal_object_put(r, SEGMENT, "content", 7, &plain);
    os_write_durable(object_path(r, SEGMENT), "cantent", 7);
    CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, SEGMENT, &object));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, wal_object_get(r, &object, &len));
    /* Other content does not touch it: what it held may be mended yet. */
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_EQUAL(put(r, SEGMENT, "other"), WAL_PUT_CONFLICT);
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_CONFLICT);
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "content");
    array_init(&found, sizeof(WalObject));
    wal_object_find(r, SEGMENT, &found);
    CU_ASSERT_EQUAL(found.count, 2);
}

/* Cut off, no zstd at all, more than a segment can be: all of it is damage, and named. */
static void what_cannot_be_unpacked_is_damaged(void)
{
    Repo *r = open_repo();
    CompressSpec spec = compress_spec(COMPRESS_ZSTD);
    size_t room = compress_bound(&spec, 2 * WAL_SEG_SIZE_DEFAULT), len;
    char *packed = mem_alloc(room);
    char *much = mem_alloc(2 * WAL_SEG_SIZE_DEFAULT);
    size_t packed_len =
        compress_bytes(whole_codec_new(), &spec, much, 2 * WAL_SEG_SIZE_DEFAULT, packed, room);
    const struct {
        const char *bytes;
        size_t len;
    } damages[] = {{packed, packed_len}, {packed, 20}, {"no zstd", 7}, {"", 0}};
    WalObject object;

    put(r, SEGMENT, "content");
    CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, SEGMENT, &object));
    for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
        os_write_durable(object_path(r, SEGMENT), damages[i].bytes, damages[i].len);
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                                   mem_printf("archived file \"%s\" is damaged", object.key),
                                   wal_object_get(r, &object, &len));
        err_set_log_level(ERR_ERROR);
        CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_NEW);
        err_set_log_level(ERR_NOTICE);
        CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "content");
    }
}

#ifdef HOLDFAST_FAULT_POINTS
static void a_damaged_object_is_there_until_it_is_replaced(void)
{
    static const char *const points[] = {"store.file.before_create", "os.file.create",
                                         "os.file.write", "os.file.sync", "os.file.rename"};
    Repo *r = open_repo();
    char *path;

    put(r, SEGMENT, "content");
    path = object_path(r, SEGMENT);
    os_write_durable(path, "damage", 6);
    err_set_log_level(ERR_ERROR);
    for (volatile size_t i = 0; i < ARRAY_LEN(points); i++) {
        fault_arm(mem_printf("%s=error", points[i]));
        UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, put(r, SEGMENT, "content"));
        fault_arm("");
        CU_ASSERT_STRING_EQUAL(os_file_read_all(path, 100, NULL), "damage");
    }
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_NEW);
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_SAME);
}
#endif

/* Two programs with different -Z stored the same at once: neither saw the other's object. */
static void two_objects_of_one_content_are_no_conflict(void)
{
    Repo *r = open_repo();
    CompressSpec plain = compress_spec(COMPRESS_NONE);
    WalObject object;
    size_t len;
    char *packed;

    put(r, SEGMENT, "content");
    packed = os_file_read_all(object_path(r, SEGMENT), KIB(1), &len);
    CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, SEGMENT, &object));
    os_unlink(object_path(r, SEGMENT));
    wal_object_put(r, SEGMENT, "content", 7, &plain);
    store_put(repo_store(r), object.key, packed, len);

    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_SAME);
    CU_ASSERT_TRUE_FATAL(wal_object_try_find(r, SEGMENT, &object));
    CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "content");
    /* While one of them is sound, it serves. */
    os_write_durable(object_path(r, SEGMENT), "cantent", 7);
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "content");
    CU_ASSERT_EQUAL(put(r, SEGMENT, "content"), WAL_PUT_SAME);
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_EQUAL(put(r, SEGMENT, "other"), WAL_PUT_CONFLICT);
}

/* A caller may read objects in a context that goes before the repository does. */
static void objects_can_be_read_in_short_lived_memory(void)
{
    Repo *r = open_repo();

    put(r, SEGMENT, "content");
    for (int i = 0; i < 2; i++) {
        MemContext *mem = mem_context_new(mem_current(), "one object");

        MEM_SCOPE(mem) {
            WalObject object;
            size_t len;

            CU_ASSERT_TRUE(wal_object_try_find(r, SEGMENT, &object));
            CU_ASSERT_STRING_EQUAL(wal_object_get(r, &object, &len), "content");
        }
        mem_delete(mem);
    }
}

static void names_of_other_files_are_refused(void)
{
    Repo *r = open_repo();
    WalObject object;

    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, put(r, "postgresql.conf", "x"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, wal_object_try_find(r, "../" SEGMENT, &object));
}

static void a_list_has_all_by_name(void)
{
    Repo *r = open_repo();
    Array all;

    put(r, "00000002.history", "1\t0/10\tx\n");
    put(r, "000000020000000100000000", "b");
    put(r, SEGMENT ".00000028.backup", "x");
    put(r, SEGMENT, "a");
    put(r, SEGMENT ".partial", "p");
    store_put(repo_store(r), "main/wal/0000000100000000/stranger", "x", 1);
    array_init(&all, sizeof(WalObject));
    wal_object_list(r, &all);
    CU_ASSERT_EQUAL_FATAL(all.count, 5);
    CU_ASSERT_STRING_EQUAL(((WalObject *)array_at(&all, 0))->name, SEGMENT);
    CU_ASSERT_STRING_EQUAL(((WalObject *)array_at(&all, 4))->name, "000000020000000100000000");
}

/* ---- Lines of timelines ---- */

static void put_segment(Repo *r, const char *name, char fill)
{
    CompressSpec spec = compress_spec(COMPRESS_ZSTD);
    char *bytes = mem_alloc(SEG_SIZE);

    memset(bytes, fill, SEG_SIZE);
    wal_object_put(r, name, bytes, SEG_SIZE, &spec);
}

static char first_byte(WalSource source, uint64_t seg_no)
{
    size_t len;
    const uint8_t *bytes = source.read(source.arg, 0, seg_no, BLOCK_SIZE, &len);

    if (bytes == NULL)
        return '-';
    CU_ASSERT_EQUAL(len, SEG_SIZE - BLOCK_SIZE);
    return (char)bytes[0];
}

static void each_segment_comes_from_the_newest_timeline_that_reaches_it(void)
{
    Repo *r = open_repo();
    WalPath *path;
    WalSource source;
    Array spans;

    /* Timeline 2 branched off in the middle of segment 2, timeline 3 is none of its line. */
    put(r, "00000002.history", "1\t0/280000\tx\n");
    put_segment(r, "000000010000000000000001", 'a');
    put_segment(r, "000000010000000000000002", 'b');
    put_segment(r, "000000010000000000000003", 'c');
    put_segment(r, "000000020000000000000002", 'd');
    put_segment(r, "000000020000000000000004", 'e');
    put_segment(r, "000000030000000000000003", 'f');
    wal_path_history(r, NULL, 2, &spans);
    path = wal_path_new(r, &spans, SEG_SIZE, NULL);
    source = wal_path_source(path);
    CU_ASSERT_EQUAL(first_byte(source, 1), 'a');
    CU_ASSERT_EQUAL(first_byte(source, 2), 'd');
    CU_ASSERT_EQUAL(first_byte(source, 3), '-');
    CU_ASSERT_EQUAL(first_byte(source, 4), 'e');
    CU_ASSERT_STRING_EQUAL(wal_path_first_missing(path, SEG_SIZE, 3 * SEG_SIZE), "");
    CU_ASSERT_STRING_EQUAL(wal_path_first_missing(path, SEG_SIZE, 3 * SEG_SIZE + 1),
                           "000000020000000000000003");
}

static void what_an_old_timeline_wrote_behind_the_switch_is_not_given(void)
{
    Repo *r = open_repo();
    const uint8_t *bytes;
    WalSource source;
    Array spans;
    size_t len;

    put(r, "00000002.history", "1\t0/280000\tx\n");
    put_segment(r, "000000010000000000000002", 'b');
    wal_path_history(r, NULL, 2, &spans);
    source = wal_path_source(wal_path_new(r, &spans, SEG_SIZE, NULL));
    bytes = source.read(source.arg, 0, 2, 0, &len);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT_EQUAL_FATAL(len, SEG_SIZE);
    CU_ASSERT_EQUAL(bytes[0x80000 - 1], 'b');
    CU_ASSERT_EQUAL(bytes[0x80000], 0);
    CU_ASSERT_EQUAL(bytes[SEG_SIZE - 1], 0);
}

static void a_partial_and_a_local_folder_serve_what_is_missing(void)
{
    Repo *r = open_repo();
    char *local = path_join(unit_temp_dir(), "000000010000000000000003");
    WalSource source;
    Array spans;

    put_segment(r, "000000010000000000000002.partial", 'p');
    os_write_durable(local, "local", 5);
    wal_path_history(r, NULL, 1, &spans);
    source = wal_path_source(wal_path_new(r, &spans, SEG_SIZE, unit_temp_dir()));
    CU_ASSERT_EQUAL(first_byte(source, 2), 'p');
    {
        size_t len;
        const uint8_t *bytes = source.read(source.arg, 0, 3, 0, &len);

        CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
        CU_ASSERT_EQUAL(len, 5);
    }
}

static void the_newest_timeline_is_found_by_probing_upwards(void)
{
    Repo *r = open_repo();
    Array spans;

    CU_ASSERT_EQUAL(wal_path_latest(r, NULL, 1), 1);
    put(r, "00000002.history", "1\t0/10\tx\n");
    put(r, "00000003.history", "1\t0/10\tx\n2\t0/20\tx\n");
    put(r, "00000005.history", "1\t0/10\tx\n");
    CU_ASSERT_EQUAL(wal_path_latest(r, NULL, 1), 3);
    wal_path_history(r, NULL, 3, &spans);
    CU_ASSERT_EQUAL(spans.count, 3);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, wal_path_history(r, NULL, 7, &spans));
}

/* As a base backup's pg_wal has them: of timelines 2 and 3. */
static const char *read_local(void *arg, TimelineId tli)
{
    ++*(int *)arg;
    return tli == 2 ? "1\t0/10\there\n" : tli == 3 ? "1\t0/10\there\n2\t0/20\there\n" : NULL;
}

static void histories_at_hand_serve_what_the_archive_lacks(void)
{
    Repo *r = open_repo();
    int count = 0;
    WalHistorySource local = {.read = read_local, .arg = &count};
    Array spans;

    wal_path_history(r, &local, 1, &spans);
    CU_ASSERT_EQUAL(count, 0);
    wal_path_history(r, &local, 2, &spans);
    CU_ASSERT_STRING_EQUAL(((TimelineSpan *)array_at(&spans, 0))->reason, "here");
    CU_ASSERT_EQUAL(wal_path_latest(r, &local, 1), 3);
    /* The archive comes first, as in PostgreSQL. */
    put(r, "00000002.history", "1\t0/10\tarchive\n");
    wal_path_history(r, &local, 2, &spans);
    CU_ASSERT_STRING_EQUAL(((TimelineSpan *)array_at(&spans, 0))->reason, "archive");
    CU_ASSERT_EQUAL(wal_path_latest(r, &local, 1), 3);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, wal_path_history(r, &local, 4, &spans));
}

UNIT_SUITE(wal_object)
{
    UNIT_TEST(a_file_comes_back_as_it_was);
    UNIT_TEST(every_method_comes_back);
    UNIT_TEST(the_same_again_is_the_same);
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(the_same_is_not_said_before_its_name_is_durable);
#endif
    UNIT_TEST(other_content_is_a_conflict_and_kept);
    UNIT_TEST(a_damaged_object_is_seen_and_replaced);
    UNIT_TEST(what_cannot_be_unpacked_is_damaged);
#ifdef HOLDFAST_FAULT_POINTS
    UNIT_TEST(a_damaged_object_is_there_until_it_is_replaced);
#endif
    UNIT_TEST(two_objects_of_one_content_are_no_conflict);
    UNIT_TEST(objects_can_be_read_in_short_lived_memory);
    UNIT_TEST(names_of_other_files_are_refused);
    UNIT_TEST(a_list_has_all_by_name);
    UNIT_TEST(each_segment_comes_from_the_newest_timeline_that_reaches_it);
    UNIT_TEST(what_an_old_timeline_wrote_behind_the_switch_is_not_given);
    UNIT_TEST(a_partial_and_a_local_folder_serve_what_is_missing);
    UNIT_TEST(the_newest_timeline_is_found_by_probing_upwards);
    UNIT_TEST(histories_at_hand_serve_what_the_archive_lacks);
}
