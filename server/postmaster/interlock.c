/* interlock.c - lock files, and the segment that outlives a supervisor; interlock.h says why. */
#include "common/base/base.h"

#include "server/postmaster/interlock.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/postmaster_pid.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"

#define PID_FILE      POSTMASTER_PID_FILE_NAME
#define PID_FILE_MAX  KIB(8)
#define TRIES         100 /* at a file that comes and goes */
#define SEGMENT_MAGIC 679834894

/* The header of the segment, as PostgreSQL reads it. */
typedef struct SegmentHeader {
    int32_t magic;
    int32_t creator_pid;
    uint64_t total_size;
    uint64_t free_offset;
    uint32_t dsm_control;
    uint32_t padding;
    uint64_t index;
    uint64_t device;
    uint64_t inode;
} SegmentHeader;

STATIC_ASSERT(sizeof(SegmentHeader) == 56);

static struct {
    bool has_data_dir;
    int owner_pid;
    OsSegment segment;
    Array sockets; /* char *, paths of lock files; made with the first */
    Array socket_paths;
} interlock;

static void make_lock_file(const char *path, const char *content, const char *what);
static void refuse_if_alive(const char *path, const PostmasterPid *other, bool is_data_dir);
static bool is_our_own(int pid);
static void refuse_if_attached(const PostmasterPid *other);
static bool is_of_this_directory(const SegmentHeader *header);
static void make_segment(void);

/* ---- The data directory ---- */

void interlock_take(bool is_standalone)
{
    char *dir = path_absolute(".");
    int pid = process_id();
    char *content = mem_printf("%d\n%s\n%" PRId64 "\n%d\n%s\n", is_standalone ? -pid : pid, dir,
                               clock_unix_seconds(), setting.port, "");

    interlock.owner_pid = pid;
    make_lock_file(PID_FILE, content, NULL);
    interlock.has_data_dir = true;
    make_segment();
    interlock_set_status("starting");
}

void interlock_take_socket(const char *path, const char *socket_dir, int port)
{
    char *lock = mem_printf("%s.lock", path);
    char *content = mem_printf("%d\n%s\n%" PRId64 "\n%d\n%s\n", process_id(), path_absolute("."),
                               clock_unix_seconds(), port, socket_dir);

    make_lock_file(lock, content, path);
    MEM_SCOPE(mem_root()) {
        if (interlock.sockets.items == NULL) {
            array_init(&interlock.sockets, sizeof(char *));
            array_init(&interlock.socket_paths, sizeof(char *));
        }
        *(char **)array_push(&interlock.sockets) = mem_strdup(lock);
        *(char **)array_push(&interlock.socket_paths) = mem_strdup(path);
    }
}

/*
 * Make the file unless a server that lives has one of that name. A stale one is removed; since
 * others may do the same at this moment, all begins anew then. socket: NULL for the directory's.
 */
static void make_lock_file(const char *path, const char *content, const char *socket)
{
    for (int i = 0; i < TRIES; i++) {
        PostmasterPid other;
        char *text;
        char *temp = os_temp_name(path);

        os_write_durable(temp, content, strlen(content));
        if (os_publish_durable(temp, path))
            return;
        os_unlink(temp);
        text = os_file_try_read_all(path, PID_FILE_MAX, NULL);
        if (text == NULL)
            continue; /* gone meanwhile */
        if (*text == '\0')
            err_raise(SQLSTATE_LOCK_FILE_EXISTS,
                      .message = err_fmt("lock file \"%s\" is empty", path),
                      .hint = "Either another server is starting, or the lock file is the remnant "
                              "of a previous server startup crash.");
        postmaster_pid_parse(text, path, &other);
        refuse_if_alive(path, &other, socket == NULL);
        if (socket == NULL)
            refuse_if_attached(&other);
        os_try_unlink(path);
    }
    err_raise(SQLSTATE_LOCK_FILE_EXISTS,
              .message = err_fmt("could not create lock file \"%s\": others keep making it", path));
}

static void refuse_if_alive(const char *path, const PostmasterPid *other, bool is_data_dir)
{
    const char *what = other->is_single_user ? "postgres" : "postmaster";

    if (is_our_own(other->pid) || !process_exists(other->pid))
        return;
    err_raise(
        SQLSTATE_LOCK_FILE_EXISTS, .message = err_fmt("lock file \"%s\" already exists", path),
        .hint = is_data_dir
                    ? err_fmt("Is another %s (PID %d) running in data directory \"%s\"?", what,
                              other->pid, other->data_dir != NULL ? other->data_dir : "")
                    : err_fmt("Is another %s (PID %d) using socket file \"%s\"?", what, other->pid,
                              mem_strndup(path, strlen(path) - strlen(".lock"))));
}

/* After a restart of the machine our own pid, or that of who started us, may be in an old file. */
static bool is_our_own(int pid)
{
    return pid == process_id() || pid == process_parent_id();
}

/* The supervisor is gone: are its children? */
static void refuse_if_attached(const PostmasterPid *other)
{
    SegmentHeader header;

    if (other->shm_id == 0 && other->shm_key == 0)
        return;
    if (os_segment_state((int)other->shm_key, (int)other->shm_id, &header, sizeof header) !=
            OS_SEGMENT_ATTACHED ||
        !is_of_this_directory(&header))
        return;
    err_raise(SQLSTATE_LOCK_FILE_EXISTS,
              .message = err_fmt("pre-existing shared memory block (key %" PRIu64 ", ID %" PRIu64
                                 ") is still in use",
                                 other->shm_key, other->shm_id),
              .hint = err_fmt("Terminate any old server processes associated with data directory "
                              "\"%s\".",
                              other->data_dir != NULL ? other->data_dir : path_absolute(".")));
}

static bool is_of_this_directory(const SegmentHeader *header)
{
    OsStat stat;

    os_stat(".", &stat);
    return header->magic == SEGMENT_MAGIC && header->device == stat.device &&
           header->inode == stat.inode;
}

/* Keys count up from the folder's inode; one of a dead server of this folder is taken over. */
static void make_segment(void)
{
    SegmentHeader header = {.magic = SEGMENT_MAGIC,
                            .creator_pid = process_id(),
                            .total_size = sizeof(SegmentHeader),
                            .free_offset = sizeof(SegmentHeader)};
    OsStat stat;
    int key;

    os_stat(".", &stat);
    header.device = stat.device;
    header.inode = stat.inode;
    key = (int)(uint32_t)stat.inode;
    while (key == 0 || !os_segment_try_make(key, sizeof header, &interlock.segment)) {
        SegmentHeader old;
        int id;

        switch (key == 0 ? OS_SEGMENT_GONE : os_segment_state_of_key(key, &id, &old, sizeof old)) {
        case OS_SEGMENT_UNUSED:
            if (is_of_this_directory(&old)) {
                os_segment_remove(id);
                continue;
            }
            break;
        case OS_SEGMENT_ATTACHED:
            if (is_of_this_directory(&old))
                err_raise(SQLSTATE_LOCK_FILE_EXISTS,
                          .message = err_fmt("pre-existing shared memory block (key %d, ID %d) is "
                                             "still in use",
                                             key, id),
                          .hint = err_fmt("Terminate any old server processes associated with data "
                                          "directory \"%s\".",
                                          path_absolute(".")));
            break;
        case OS_SEGMENT_GONE:
            break;
        }
        key++;
    }
    memcpy(interlock.segment.place, &header, sizeof header);
    interlock_set_line(PID_LINE_SEGMENT, err_fmt("%9lu %9lu", (unsigned long)interlock.segment.key,
                                                 (unsigned long)interlock.segment.id));
}

/* ---- Later ---- */

void interlock_set_line(int line, const char *text)
{
    char *copy = mem_strdup(text);
    const char *rest = os_file_read_all(PID_FILE, PID_FILE_MAX, NULL);
    StrBuf out;
    OsFile *file;

    strbuf_init(&out);
    for (int i = 1; i < line; i++) {
        char *kept = rest == NULL || *rest == '\0' ? NULL : str_split(&rest, '\n');

        strbuf_add_fmt(&out, "%s\n", kept == NULL ? "" : kept);
    }
    strbuf_add_fmt(&out, "%s\n", copy);
    if (rest != NULL && *rest != '\0')
        str_split(&rest, '\n');
    if (rest != NULL)
        strbuf_add(&out, rest);

    /* In place and in one write: whoever reads it finds the old line or the new one. */
    file = os_file_open(PID_FILE, OS_READ | OS_WRITE);
    os_file_write_at(file, out.text, out.len, 0);
    if (os_file_size(file) > out.len)
        os_file_truncate(file, out.len);
    os_file_sync(file);
    os_file_close(file);
}

void interlock_set_status(const char *status)
{
    interlock_set_line(PID_LINE_STATUS, err_fmt("%-8s", status));
}

bool interlock_is_still_ours(void)
{
    PostmasterPid now;

    if (!postmaster_pid_try_read(".", &now)) {
        err_log(ERR_LOG, .message = err_fmt("could not open file \"%s\": No such file or directory",
                                            PID_FILE));
        return false;
    }
    if (now.pid == process_id())
        return true;
    err_log(ERR_LOG, .message = err_fmt("lock file \"%s\" contains wrong PID: %d instead of %d",
                                        PID_FILE, now.pid, process_id()));
    return false;
}

void interlock_touch_sockets(void)
{
    if (interlock.sockets.items == NULL)
        return;
    array_foreach(char *, path, &interlock.sockets) {
        OsFile *file = os_file_try_open(*path, OS_WRITE);

        if (file == NULL)
            continue;
        os_file_set_mtime(file, clock_unix_seconds());
        os_file_close(file);
    }
}

void interlock_release(void)
{
    if (process_id() != interlock.owner_pid)
        return; /* a child: they belong to the supervisor */
    if (interlock.sockets.items != NULL) {
        array_foreach(char *, socket, &interlock.socket_paths)
            os_try_unlink(*socket);
        array_foreach(char *, path, &interlock.sockets)
            os_try_unlink(*path);
    }
    if (interlock.segment.place != NULL) {
        os_segment_detach(&interlock.segment);
        os_segment_remove(interlock.segment.id);
    }
    if (interlock.has_data_dir)
        os_try_unlink(PID_FILE);
    interlock.has_data_dir = false;
}
