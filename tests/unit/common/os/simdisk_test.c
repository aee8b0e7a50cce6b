/*
 * simdisk_test.c - the simulated disk is a disk, forgets what it may, and nothing else
 *
 * Then it is put to use: the durable functions of file.h and dir.h are cut off at every change.
 */
#include "common/base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/os_int.h"
#include "common/os/path.h"
#include "common/os/simdisk.h"
#include "common/os/thread_pool.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define SEEDS 60 /* that a test of luck tries */

static SimDisk *disk_new(uint64_t seed)
{
    SimDisk *disk = simdisk_new("/sim", seed);

    simdisk_bind(disk);
    return disk;
}

static void restart(SimDisk *disk)
{
    simdisk_power_cut(disk);
    simdisk_power_on(disk);
}

static void put(const char *path, const char *text)
{
    OsFile *f = os_file_open(path, OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(f, text, strlen(text));
    os_file_close(f);
}

static void put_synced(const char *path, const char *text)
{
    OsFile *f = os_file_open(path, OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(f, text, strlen(text));
    os_file_sync(f);
    os_file_close(f);
}

static const char *content(const char *path)
{
    const char *text = os_file_try_read_all(path, 1000000, NULL);

    return text == NULL ? "(missing)" : text;
}

static size_t count_names(const char *path)
{
    Array names;

    os_dir_list(path, &names);
    return names.count;
}

/* ---- a disk like others ---- */

static void files_and_folders_are_there_and_only_there(void)
{
    disk_new(1);
    os_dir_make("/sim/a");
    put("/sim/a/x", "hello");
    CU_ASSERT_STRING_EQUAL(content("/sim/a/x"), "hello");
    CU_ASSERT_EQUAL(count_names("/sim"), 1);
    CU_ASSERT_EQUAL(access("/sim", F_OK), -1);

    /* Other paths are on the real disk, also when they begin alike. */
    put(path_join(unit_temp_dir(), "y"), "real");
    CU_ASSERT_EQUAL(access(path_join(unit_temp_dir(), "y"), F_OK), 0);
    CU_ASSERT_EQUAL(count_names(unit_temp_dir()), 1);
    CU_ASSERT_FALSE(os_exists("/simple"));
    os_copy_file(path_join(unit_temp_dir(), "y"), "/sim/a/y");
    CU_ASSERT_STRING_EQUAL(content("/sim/a/y"), "real");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_rename("/sim/a/y", path_join(unit_temp_dir(), "z")));
    simdisk_unbind();
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_dir_list("/sim", &(Array){.count = 0}));
}

static void the_disk_goes_with_its_memory(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "disk");

    MEM_SCOPE(ctx) {
        disk_new(1);
        os_dir_make("/sim/a");
    }
    mem_delete(ctx);
    CU_ASSERT_PTR_EQUAL(os_ops, &os_ops_system);
}

/* A path on both disks, and what a call gives there. */
static const char *real_path(const char *name)
{
    return path_join(unit_temp_dir(), name);
}

static const char *sim_path(const char *name)
{
    return path_join("/sim", name);
}

static int open_and_write(const char *path, int flags, const char *text)
{
    int fd = os_ops->open(path, flags | O_CLOEXEC, 0600);
    int done;

    if (fd < 0)
        return -1;
    done = (int)os_ops->write(fd, text, strlen(text));
    os_ops->close(fd);
    return done;
}

static int truncate_to(const char *path, off_t size, bool only_grow)
{
    int fd = os_ops->open(path, O_WRONLY | O_CLOEXEC, 0600);
    int done;

    if (fd < 0)
        return -1;
    done = only_grow ? os_ops->fallocate(fd, 0, size) : os_ops->ftruncate(fd, size);
    os_ops->close(fd);
    return done;
}

/* One random call on one disk; the result, errno in its place when it is an error. */
static int call(int kind, int detail, const char *a, const char *b)
{
    static const int flags[] = {
        O_WRONLY,           O_WRONLY | O_CREAT,  O_WRONLY | O_CREAT | O_EXCL,
        O_WRONLY | O_TRUNC, O_WRONLY | O_APPEND, O_RDWR | O_CREAT | O_TRUNC};
    int done;

    errno = 0;
    switch (kind) {
    case 0:
        done = os_ops->mkdir(a, 0700);
        break;
    case 1:
        done = os_ops->rmdir(a);
        break;
    case 2:
        done = os_ops->unlink(a);
        break;
    case 3:
        done = os_ops->rename(a, b);
        break;
    case 4:
        done = os_ops->rename_new(a, b);
        break;
    case 5:
        done = os_ops->link(a, b);
        break;
    case 6:
        done = os_ops->symlink(detail % 3 == 0 ? "a" : detail % 3 == 1 ? "../b" : "l", a);
        break;
    case 7:
        done = truncate_to(a, detail * 7 + 1, detail % 2 == 0);
        break;
    case 8:
        done = os_ops->chmod(a, 0700);
        break;
    default:
        done = open_and_write(a, flags[detail % 6], "some text");
        break;
    }
    return done < 0 ? -errno : done;
}

/* All that can be seen of a tree. */
static OsWalk describe(void *arg, const char *path, const OsStat *st)
{
    StrBuf *out = arg;

    strbuf_add_fmt(out, "%s %d", path, (int)st->kind);
    if (st->kind == OS_KIND_FILE)
        strbuf_add_fmt(out, " %d %d", (int)st->size, (int)st->link_count);
    strbuf_add_char(out, '\n');
    return OS_WALK_GO_ON;
}

static OsWalk read_files(void *arg, const char *path, const OsStat *st)
{
    const char *sim = sim_path(path);

    if (st->kind == OS_KIND_FILE && !str_equal(content(real_path(path)), content(sim)))
        *(bool *)arg = false;
    if (st->kind == OS_KIND_LINK && !str_equal(os_readlink(real_path(path)), os_readlink(sim)))
        *(bool *)arg = false;
    return OS_WALK_GO_ON;
}

static void it_behaves_like_the_real_disk(void)
{
    static const char *const names[] = {"a",      "b",        "c",   "l",     "a/b", "a/c",
                                        "b/a",    "b/b",      "a/l", "a/b/c", "l/b", "./a",
                                        "a/../b", "a/b/../c", "",    ".."};
    Seed seed = seed_new("simdisk");
    bool is_same = true;

    /* Below the root, since what is above that differs. */
    disk_new(1);
    os_dir_make(real_path("w"));
    os_dir_make(sim_path("w"));
    for (int step = 0; step < 3000 && is_same; step++) {
        int kind = (int)seed_below(&seed, 12);
        int detail = (int)seed_below(&seed, 100);
        const char *a = names[seed_below(&seed, ARRAY_LEN(names) - 2)];
        const char *b = names[seed_below(&seed, ARRAY_LEN(names) - 2)];
        int real = call(kind, detail, real_path(path_join("w", a)), real_path(path_join("w", b)));
        int sim = call(kind, detail, sim_path(path_join("w", a)), sim_path(path_join("w", b)));

        if (real != sim) {
            printf("step %d: call %d.%d(%s, %s): %d, not %d\n", step, kind, detail, a, b, sim,
                   real);
            is_same = false;
        }
        if (step % 100 == 0) {
            StrBuf real_tree, sim_tree;

            strbuf_init(&real_tree);
            strbuf_init(&sim_tree);
            os_dir_walk(unit_temp_dir(), describe, &real_tree);
            os_dir_walk("/sim", describe, &sim_tree);
            CU_ASSERT_STRING_EQUAL(sim_tree.text, real_tree.text);
            os_dir_walk(unit_temp_dir(), read_files, &is_same);
        }
    }
    CU_ASSERT_TRUE(is_same);
    simdisk_unbind();
}

static void handles_have_a_position_and_a_mode(void)
{
    OsFile *f;
    OsStat st;
    char bytes[20];

    disk_new(1);
    f = os_file_open("/sim/x", OS_READ | OS_WRITE | OS_CREATE | OS_DIRECT);
    os_file_write(f, "hello", 5);
    os_file_seek(f, 1);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 20), 4);
    os_file_write_at(f, "J", 1, 0);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 20, 0), 5);
    CU_ASSERT_EQUAL(memcmp(bytes, "Jello", 5), 0);
    os_file_preallocate(f, 3);
    os_file_preallocate(f, 10);
    CU_ASSERT_EQUAL(os_file_size(f), 10);
    os_file_set_mode(f, 0640);
    os_file_set_mtime(f, 1234);
    os_file_stat(f, &st);
    CU_ASSERT_EQUAL(st.mode, 0640);
    CU_ASSERT_EQUAL(st.mtime, 1234);
    os_file_advise_sequential(f);
    os_file_flush_hint(f, 0, 0);
    os_file_write(f, "", 0);
    os_file_close(f);
    f = os_file_open("/sim/x", OS_READ);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_write(f, "x", 1));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_truncate(f, 1));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_preallocate(f, 100));
    os_file_close(f);
    f = os_file_open("/sim/x", OS_WRITE);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read(f, bytes, 1));
    os_file_close(f);
    f = os_file_open("/sim", OS_READ);
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_file_read(f, bytes, 1));
    os_file_close(f);
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_file_open("/sim", OS_WRITE));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, os_dir_sync("/sim/x"));
    simdisk_unbind();
}

static void real_files_are_used_beside_it(void)
{
    OsFile *f;
    OsStat st;
    char bytes[3];

    disk_new(1);
    f = os_file_open(real_path("x"), OS_READ | OS_WRITE | OS_CREATE);
    os_file_write(f, "abc", 3);
    os_file_write_at(f, "A", 1, 0);
    os_file_preallocate(f, 5);
    os_file_truncate(f, 3);
    os_file_sync(f);
    os_file_sync_data(f);
    os_file_seek(f, 0);
    os_file_flush_hint(f, 0, 3);
    os_file_advise_sequential(f);
    os_file_set_mode(f, 0600);
    os_file_set_mtime(f, 99);
    CU_ASSERT_EQUAL(os_file_read(f, bytes, 3), 3);
    CU_ASSERT_EQUAL(os_file_read_at(f, bytes, 3, 1), 2);
    CU_ASSERT_EQUAL(os_file_size(f), 3);
    os_file_close(f);
    os_copy_file(real_path("x"), real_path("y"));
    os_set_mode(real_path("y"), 0640);
    os_symlink("y", real_path("l"));
    CU_ASSERT_STRING_EQUAL(os_readlink(real_path("l")), "y");
    CU_ASSERT_TRUE(os_try_lstat(real_path("l"), &st));
    os_dir_make(real_path("d"));
    os_rename(real_path("y"), real_path("d/y"));
    CU_ASSERT_TRUE(os_publish_durable(real_path("d/y"), real_path("z")));
    CU_ASSERT_EQUAL(os_ops->link(real_path("z"), real_path("z2")), 0);
    CU_ASSERT_EQUAL(os_ops->link(real_path("z"), "/sim/z"), -1);
    os_dir_remove_tree(unit_temp_dir(), true);
    CU_ASSERT_EQUAL(count_names(unit_temp_dir()), 0);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_dir_list(real_path("no"), &(Array){.count = 0}));
    simdisk_unbind();
}

static void links_lead_within_the_disk(void)
{
    char *long_name = mem_alloc(300);

    disk_new(1);
    os_dir_make("/sim/d");
    put("/sim/d/x", "x");
    os_symlink("/sim/d", "/sim/l");
    CU_ASSERT_STRING_EQUAL(content("/sim/l/x"), "x");
    os_symlink("/tmp", "/sim/out");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_exists("/sim/out"));
    os_symlink("loop", "/sim/loop");
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_exists("/sim/loop"));
    os_symlink("new", "/sim/dangling");
    put("/sim/dangling", "through");
    CU_ASSERT_STRING_EQUAL(content("/sim/new"), "through");
    memset(long_name, 'x', 299);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_exists(path_join("/sim", long_name)));
    long_name = mem_alloc(5000);
    memset(long_name, '/', 4999);
    memcpy(long_name, "/sim", 4);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_exists(long_name));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_readlink("/sim/d"));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_readlink("/sim/no"));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_set_mode("/sim/no", 0600));
    simdisk_unbind();
}

/* ---- forgetting ---- */

static void what_was_synced_survives(void)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        SimDisk *disk = disk_new(seed);

        os_dir_make("/sim/a");
        os_dir_sync("/sim");
        put_synced("/sim/a/x", "hello");
        os_dir_sync("/sim/a");
        put("/sim/a/y", "not synced");
        restart(disk);
        CU_ASSERT_STRING_EQUAL(content("/sim/a/x"), "hello");
        restart(disk);
        CU_ASSERT_STRING_EQUAL(content("/sim/a/x"), "hello");
        simdisk_unbind();
    }
}

/* Each of the ways to have a write on the disk when it returns, or soon after. */
static void data_syncs_and_synchronous_writes_survive(void)
{
    static const unsigned flags[] = {0, OS_DATA_SYNC, OS_SYNC};

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        SimDisk *disk = disk_new(seed);
        OsFile *f;

        put_synced("/sim/x", "hello");
        os_dir_sync("/sim");
        f = os_file_open("/sim/x", OS_WRITE | flags[seed % ARRAY_LEN(flags)]);
        os_file_write_at(f, "J", 1, 0);
        if (seed % ARRAY_LEN(flags) == 0)
            os_file_sync_data(f);
        restart(disk);
        CU_ASSERT_STRING_EQUAL(content("/sim/x"), "Jello");
        simdisk_unbind();
    }
}

/* What is left of a workload in which something was forgotten to be synced, counted over seeds. */
typedef struct Luck {
    int none, some, all;
} Luck;

static void unsynced_content_is_there_torn_or_missing(void)
{
    Luck luck = {0, 0, 0};
    char *page = mem_alloc(8193);

    memset(page, 'x', 8192);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        SimDisk *disk = disk_new(seed);
        const char *found;
        size_t len;
        size_t x_count = 0;

        put("/sim/x", page);
        os_dir_sync("/sim");
        restart(disk);
        found = os_file_read_all("/sim/x", 10000, &len);
        for (size_t i = 0; i < len; i++) {
            x_count += found[i] == 'x';
            CU_ASSERT_TRUE(found[i] == 'x' || found[i] == '\0');
            CU_ASSERT_TRUE(i % SIM_SECTOR == 0 || found[i] == found[i - 1]);
        }
        *(x_count == 0 ? &luck.none : x_count == 8192 ? &luck.all : &luck.some) += 1;
        simdisk_unbind();
    }
    CU_ASSERT_TRUE(luck.none > 5 && luck.some > 5 && luck.all > 5);
}

static void an_overwritten_page_may_be_torn(void)
{
    Luck luck = {0, 0, 0};
    char *old_page = mem_alloc(8193), *new_page = mem_alloc(8192);

    memset(old_page, 'o', 8192);
    memset(new_page, 'n', 8192);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        SimDisk *disk = disk_new(seed);
        OsFile *f;
        const char *found;
        size_t len;
        size_t new_count = 0;

        put_synced("/sim/x", old_page);
        os_dir_sync("/sim");
        f = os_file_open("/sim/x", OS_WRITE);
        os_file_write(f, new_page, 8192);
        os_file_close(f);
        restart(disk);
        found = os_file_read_all("/sim/x", 10000, &len);
        CU_ASSERT_EQUAL(len, 8192);
        for (size_t i = 0; i < len; i++)
            new_count += found[i] == 'n';
        CU_ASSERT_EQUAL(new_count % SIM_SECTOR, 0);
        *(new_count == 0 ? &luck.none : new_count == 8192 ? &luck.all : &luck.some) += 1;
        simdisk_unbind();
    }
    CU_ASSERT_TRUE(luck.none > 5 && luck.some > 5 && luck.all > 5);
}

static void a_file_goes_with_its_entry(void)
{
    int kept = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        SimDisk *disk = disk_new(seed);

        put_synced("/sim/x", "hello"); /* but not the folder */
        restart(disk);
        if (os_exists("/sim/x")) {
            CU_ASSERT_STRING_EQUAL(content("/sim/x"), "hello");
            kept++;
        }
        simdisk_unbind();
    }
    CU_ASSERT_TRUE(kept > 5 && kept < SEEDS - 5);
}

static void removals_and_sizes_may_come_back(void)
{
    int removed = 0, cut = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        SimDisk *disk = disk_new(seed);
        OsFile *f;

        put_synced("/sim/x", "hello");
        put_synced("/sim/y", "hello");
        os_dir_sync("/sim");
        os_unlink("/sim/x");
        f = os_file_open("/sim/y", OS_WRITE);
        os_file_truncate(f, 2);
        os_file_close(f);
        restart(disk);
        removed += !os_exists("/sim/x");
        cut += str_equal(content("/sim/y"), "he");
        CU_ASSERT_TRUE(str_equal(content("/sim/y"), "he") || str_equal(content("/sim/y"), "hello"));
        simdisk_unbind();
    }
    CU_ASSERT_TRUE(removed > 5 && removed < SEEDS - 5);
    CU_ASSERT_TRUE(cut > 5 && cut < SEEDS - 5);
}

/* Between two folders, with other changes before and after, and one folder or none synced. */
static void a_rename_is_one_change(void)
{
    int moved = 0;

    for (uint64_t seed = 0; seed < SEEDS * 3; seed++) {
        SimDisk *disk = disk_new(seed);

        os_dir_make("/sim/a");
        os_dir_make("/sim/b");
        put_synced("/sim/a/x", "new");
        put_synced("/sim/b/x", "old");
        os_dir_sync_tree("/sim", false);
        put("/sim/a/before", "");
        put("/sim/b/before", "");
        os_rename("/sim/a/x", "/sim/b/x");
        put("/sim/a/after", "");
        if (seed % 3 > 0)
            os_dir_sync(seed % 3 == 1 ? "/sim/a" : "/sim/b");
        restart(disk);
        if (os_exists("/sim/a/x")) {
            CU_ASSERT_STRING_EQUAL(content("/sim/a/x"), "new");
            CU_ASSERT_STRING_EQUAL(content("/sim/b/x"), "old");
            CU_ASSERT_EQUAL(seed % 3, 0);
            CU_ASSERT_FALSE(os_exists("/sim/a/after"));
        } else {
            CU_ASSERT_STRING_EQUAL(content("/sim/b/x"), "new");
            CU_ASSERT_TRUE(os_exists("/sim/a/before"));
            CU_ASSERT_TRUE(os_exists("/sim/b/before"));
            moved++;
        }
        simdisk_unbind();
    }
    CU_ASSERT_TRUE(moved > SEEDS * 2 + 3 && moved < SEEDS * 3 - 3);
}

static void the_same_seed_gives_the_same_disk(void)
{
    char *page = mem_alloc(100000);
    const char *first = NULL;

    memset(page, 'x', 99999);
    for (int round = 0; round < 2; round++) {
        SimDisk *disk = disk_new(4); /* one that is torn */
        size_t len;
        char *found;

        put("/sim/x", page);
        os_dir_sync("/sim");
        restart(disk);
        found = os_file_read_all("/sim/x", 100000, &len);
        for (size_t i = 0; i < len; i++)
            found[i] = found[i] == '\0' ? '-' : found[i];
        if (round == 0)
            first = found;
        else
            CU_ASSERT_STRING_EQUAL(found, first);
        simdisk_unbind();
    }
}

/* ---- failing ---- */

static void after_a_cut_everything_fails_until_the_power_is_back(void)
{
    SimDisk *disk = disk_new(1);
    OsFile *f;

    put_synced("/sim/x", "hello");
    os_dir_sync("/sim");
    f = os_file_open("/sim/x", OS_READ | OS_WRITE);
    simdisk_cut_at(disk, simdisk_change_count(disk) + 2);
    os_file_write(f, "J", 1);
    CU_ASSERT_FALSE(simdisk_is_off(disk));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    CU_ASSERT_TRUE(simdisk_is_off(disk));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read(f, (char[1]){0}, 1));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_exists("/sim/x"));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_dir_make("/sim/d"));
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_write(f, "x", 1));
    simdisk_power_on(disk);
    CU_ASSERT_EQUAL(content("/sim/x")[1], 'e');
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_IO_ERROR,
                               "could not read file \"/sim/x\": Bad file descriptor",
                               os_file_read_at(f, (char[1]){0}, 1, 0));
    os_file_close(f);
    CU_ASSERT_EQUAL(os_ops->close((1 << 24) + 100), -1);
    simdisk_unbind();
}

static void planned_failures_hit_one_change(void)
{
    SimDisk *disk = disk_new(1);
    OsFile *f = os_file_open("/sim/x", OS_READ | OS_WRITE | OS_CREATE);

    simdisk_fail_at(disk, simdisk_change_count(disk) + 2, ENOSPC);
    os_file_write(f, "a", 1);
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_write(f, "b", 1));
    os_file_write(f, "c", 1);
    CU_ASSERT_STRING_EQUAL(content("/sim/x"), "ac");
    simdisk_fail_read_at(disk, simdisk_read_count(disk) + 1, EIO);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_read_at(f, (char[1]){0}, 1, 0));
    CU_ASSERT_EQUAL(os_file_read_at(f, (char[1]){0}, 1, 0), 1);
    os_file_close(f);
    simdisk_unbind();
}

static void a_sync_that_failed_has_lost_what_it_should_write(void)
{
    SimDisk *disk = disk_new(5);
    OsFile *f;

    put_synced("/sim/x", "old");
    os_dir_sync("/sim");
    f = os_file_open("/sim/x", OS_WRITE);
    os_file_write(f, "new", 3);
    simdisk_fail_at(disk, simdisk_change_count(disk) + 1, EIO);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_file_sync(f));
    os_file_close(f);

    /* Reads show it, and another sync is content, as on Linux: who tries again is deceived. */
    CU_ASSERT_STRING_EQUAL(content("/sim/x"), "new");
    f = os_file_open("/sim/x", OS_WRITE);
    os_file_sync(f);
    os_file_close(f);
    restart(disk);
    CU_ASSERT_STRING_EQUAL(content("/sim/x"), "old");
    simdisk_unbind();
}

static void a_full_disk_takes_what_fits(void)
{
    SimDisk *disk = disk_new(1);
    OsFile *f = os_file_open("/sim/x", OS_WRITE | OS_CREATE);

    simdisk_set_room(disk, 10);
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_write(f, "0123456789ab", 12));
    CU_ASSERT_EQUAL(os_file_size(f), 10);
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_truncate(f, 11));
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, os_file_preallocate(f, 11));
    os_file_write_at(f, "x", 1, 0);
    os_file_truncate(f, 4);
    os_file_close(f);
    put("/sim/y", "456789");
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, put("/sim/z", "a"));
    os_unlink("/sim/x");
    put("/sim/z", "a");
    simdisk_set_room(disk, 3);
    UNIT_ASSERT_RAISES(SQLSTATE_DISK_FULL, put("/sim/x", "a"));
    simdisk_unbind();
}

static void write_many(void *arg)
{
    for (int i = 0; i < 50; i++)
        os_write_durable(arg, "text", 4);
}

static void threads_may_use_it(void)
{
    ThreadPool *pool;

    disk_new(1);
    pool = thread_pool_new(4);
    for (int i = 0; i < 8; i++)
        thread_pool_add(pool, write_many, mem_printf("/sim/%d", i));
    thread_pool_wait(pool);
    thread_pool_free(pool);
    CU_ASSERT_EQUAL(count_names("/sim"), 8);
    simdisk_unbind();
}

/* ---- put to use: each durable function, cut off at each change, with each of some seeds ---- */

typedef struct Durable {
    void (*prepare)(void); /* all of it is synced before the work begins */
    void (*work)(void);
    bool (*is_before)(void); /* what may be found after a cut */
    bool (*is_after)(void);  /* the same, and what must be found once the work is done */
} Durable;

/* The work; false when the power failed. */
static bool work_until_cut(const Durable *durable)
{
    volatile bool is_done = false;

    ERR_TRY() {
        durable->work();
        is_done = true;
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_IO_ERROR);
    }
    ERR_END();
    return is_done;
}

/* Returns how many changes the work takes. */
static uint64_t cut_everywhere(const Durable *durable, bool has_rename_new)
{
    for (uint64_t cut = 1;; cut++)
        for (uint64_t seed = 0; seed < SEEDS / 3; seed++) {
            SimDisk *disk = disk_new(seed);
            bool is_done;

            simdisk_set_rename_new(disk, has_rename_new);
            if (durable->prepare != NULL)
                durable->prepare();
            os_dir_sync_tree("/sim", false);
            simdisk_cut_at(disk, simdisk_change_count(disk) + cut);
            is_done = work_until_cut(durable);
            if (is_done)
                simdisk_power_cut(disk);
            simdisk_power_on(disk);
            if (!durable->is_after() && (is_done || !durable->is_before()))
                CU_FAIL("a change that should be durable is lost, or seen in part");
            simdisk_unbind();
            if (is_done && seed == SEEDS / 3 - 1)
                return cut - 1;
        }
}

static void old_x(void)
{
    put("/sim/x", "old");
}

static bool x_is_old(void)
{
    return str_equal(content("/sim/x"), "old");
}

static bool x_is_new(void)
{
    return str_equal(content("/sim/x"), "new");
}

static bool x_is_missing(void)
{
    return !os_exists("/sim/x");
}

static void write_x(void)
{
    os_write_durable("/sim/x", "new", 3);
}

static void a_durable_write_is_whole_and_lasts(void)
{
    CU_ASSERT_EQUAL(cut_everywhere(&(Durable){old_x, write_x, x_is_old, x_is_new}, true), 5);
    CU_ASSERT_EQUAL(cut_everywhere(&(Durable){NULL, write_x, x_is_missing, x_is_new}, true), 5);
}

static void new_t(void)
{
    os_dir_make("/sim/d");
    put("/sim/d/t", "new");
}

static void publish_t(void)
{
    CU_ASSERT_TRUE(os_publish_durable("/sim/d/t", "/sim/x"));
}

static bool t_is_new(void)
{
    return str_equal(content("/sim/d/t"), "new");
}

static bool only_t_is_new(void)
{
    return t_is_new() && (x_is_missing() || x_is_new());
}

static bool only_x_is_new(void)
{
    return x_is_new() && !os_exists("/sim/d/t");
}

static void a_publication_never_loses_the_file(void)
{
    CU_ASSERT_EQUAL(
        cut_everywhere(&(Durable){new_t, publish_t, only_t_is_new, only_x_is_new}, true), 3);
    CU_ASSERT_EQUAL(
        cut_everywhere(&(Durable){new_t, publish_t, only_t_is_new, only_x_is_new}, false), 5);
}

static void rename_t(void)
{
    os_rename_durable("/sim/d/t", "/sim/x");
}

static void new_t_old_x(void)
{
    new_t();
    old_x();
}

static bool both_are_there(void)
{
    return t_is_new() && x_is_old();
}

static void a_durable_rename_replaces_as_a_whole(void)
{
    CU_ASSERT_EQUAL(
        cut_everywhere(&(Durable){new_t_old_x, rename_t, both_are_there, only_x_is_new}, true), 4);
}

static void unlink_x(void)
{
    os_unlink_durable("/sim/x");
}

static void a_durable_removal_does_not_come_back(void)
{
    CU_ASSERT_EQUAL(cut_everywhere(&(Durable){old_x, unlink_x, x_is_old, x_is_missing}, true), 2);
}

static void make_folders(void)
{
    os_dir_make_all_durable("/sim/a/b/c");
}

static bool anything(void)
{
    return true;
}

static bool folders_are_there(void)
{
    return os_exists("/sim/a/b/c");
}

static void durable_folders_stay(void)
{
    CU_ASSERT_EQUAL(
        cut_everywhere(&(Durable){NULL, make_folders, anything, folders_are_there}, true), 6);
}

/* ---- and the same without the syncs, to see that the disk would have told ---- */

static void write_x_carelessly(void)
{
    put("/sim/t", "new");
    os_rename("/sim/t", "/sim/x");
}

static void a_careless_write_is_found_out(void)
{
    int torn = 0;

    for (uint64_t seed = 0; seed < SEEDS * 2; seed++) {
        SimDisk *disk = disk_new(seed);

        old_x();
        os_dir_sync_tree("/sim", false);
        write_x_carelessly();
        restart(disk);
        torn += !x_is_old() && !x_is_new();
        simdisk_unbind();
    }
    CU_ASSERT_TRUE(torn > 5);
}

UNIT_SUITE(simdisk)
{
    UNIT_TEST(files_and_folders_are_there_and_only_there);
    UNIT_TEST(the_disk_goes_with_its_memory);
    UNIT_TEST(it_behaves_like_the_real_disk);
    UNIT_TEST(handles_have_a_position_and_a_mode);
    UNIT_TEST(real_files_are_used_beside_it);
    UNIT_TEST(links_lead_within_the_disk);
    UNIT_TEST(what_was_synced_survives);
    UNIT_TEST(data_syncs_and_synchronous_writes_survive);
    UNIT_TEST(unsynced_content_is_there_torn_or_missing);
    UNIT_TEST(an_overwritten_page_may_be_torn);
    UNIT_TEST(a_file_goes_with_its_entry);
    UNIT_TEST(removals_and_sizes_may_come_back);
    UNIT_TEST(a_rename_is_one_change);
    UNIT_TEST(the_same_seed_gives_the_same_disk);
    UNIT_TEST(after_a_cut_everything_fails_until_the_power_is_back);
    UNIT_TEST(planned_failures_hit_one_change);
    UNIT_TEST(a_sync_that_failed_has_lost_what_it_should_write);
    UNIT_TEST(a_full_disk_takes_what_fits);
    UNIT_TEST(threads_may_use_it);
    UNIT_TEST(a_durable_write_is_whole_and_lasts);
    UNIT_TEST(a_publication_never_loses_the_file);
    UNIT_TEST(a_durable_rename_replaces_as_a_whole);
    UNIT_TEST(a_durable_removal_does_not_come_back);
    UNIT_TEST(durable_folders_stay);
    UNIT_TEST(a_careless_write_is_found_out);
}
