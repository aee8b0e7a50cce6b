/*
 * simdisk.c - the calls of a simulated disk: paths, descriptors, and planned failures
 *
 * A call looks first whether it is for this disk at all; if not, the system gets it. Each is under
 * the disk's lock, and those that change something between change_begin(), which may refuse, and
 * change_end(), which may cut the power.
 *
 * Descriptors of this disk are numbers from FD_BASE on, which the system never gives. A power cut
 * makes those that are open stale.
 */
#include "common/base/base.h"

#include "common/os/simdisk.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"
#include "common/os/simdisk_int.h"
#include "common/text/str.h"

#define FD_BASE     (1 << 24)
#define LINK_DEPTH  40
#define NAME_LENGTH 255
#define PATH_LENGTH 4095
#define SIZE_LIMIT  GIB(1) /* of a file: it is memory, after all */
#define DEVICE      0x51D

typedef struct Handle {
    SimNode *node; /* NULL: free */
    int flags;
    uint64_t position;
    bool is_stale;
} Handle;

/* What opendir gives, for folders here and elsewhere. */
typedef struct DirHandle {
    void *system; /* NULL: ours */
    Array names;  /* char *, as they were then */
    size_t next;
} DirHandle;

struct SimDisk {
    char *root;
    SimNodes nodes;
    MemContext *mem;
    pthread_mutex_t lock; /* guards all of it */
    Array handles;
    bool is_off;
    bool has_rename_new;
    uint64_t change_count, cut_at, fail_at;
    uint64_t read_count, fail_read_at;
    int fail_error, fail_read_error;
    uint64_t room;
};

/* Where a path leads. */
typedef struct Place {
    SimNode *folder;            /* that has the last name */
    char name[NAME_LENGTH + 1]; /* "" for the root, and for what "." and ".." lead to */
    SimNode *node;              /* NULL when nothing has that name */
} Place;

static SimDisk *bound; /* changed only while no call is under way */

static void disk_delete(void *arg);
static const char *path_on_disk(const char *path);
static int look_up(const char *path, bool follow, Place *out);
static int walk(SimNode *folder, const char *path, bool follow, int depth, Place *out);
static bool is_below(const SimNode *node, const SimNode *folder);
static uint64_t bytes_used(void);
static Handle *handle_of(int fd);
static int result(int error);
static int change_begin(void);
static int change_end(int error);

static const OsOps sim_ops;

SimDisk *simdisk_new(const char *root, uint64_t seed)
{
    MemContext *mem = mem_context_new(mem_current(), "simulated disk");
    SimDisk *disk = mem_alloc_in(mem, sizeof *disk);

    ASSERT(*root == '/' && root[1] != '\0');
    disk->root = mem_strdup_in(mem, root);
    disk->mem = mem;
    disk->has_rename_new = true;
    disk->room = UINT64_MAX;
    pthread_mutex_init(&disk->lock, NULL);
    sim_nodes_init(&disk->nodes, mem, seed);
    MEM_SCOPE(mem) {
        array_init(&disk->handles, sizeof(Handle));
    }
    mem_on_reset(mem, disk_delete, disk);
    return disk;
}

static void disk_delete(void *arg)
{
    SimDisk *disk = arg;

    if (bound == disk)
        simdisk_unbind();
    pthread_mutex_destroy(&disk->lock);
}

void simdisk_bind(SimDisk *disk)
{
    bound = disk;
    os_ops = &sim_ops;
}

void simdisk_unbind(void)
{
    os_ops = &os_ops_system;
    bound = NULL;
}

uint64_t simdisk_change_count(const SimDisk *disk)
{
    return disk->change_count;
}

void simdisk_cut_at(SimDisk *disk, uint64_t change)
{
    disk->cut_at = change;
}

void simdisk_power_cut(SimDisk *disk)
{
    disk->is_off = true;
}

bool simdisk_is_off(const SimDisk *disk)
{
    return disk->is_off;
}

void simdisk_power_on(SimDisk *disk)
{
    disk->is_off = false;
    sim_nodes_power_cut(&disk->nodes);
    array_foreach(Handle, handle, &disk->handles)
        handle->is_stale = true;
}

void simdisk_fail_at(SimDisk *disk, uint64_t change, int error)
{
    disk->fail_at = change;
    disk->fail_error = error;
}

void simdisk_fail_read_at(SimDisk *disk, uint64_t read, int error)
{
    disk->fail_read_at = read;
    disk->fail_read_error = error;
}

uint64_t simdisk_read_count(const SimDisk *disk)
{
    return disk->read_count;
}

void simdisk_set_room(SimDisk *disk, uint64_t bytes)
{
    disk->room = bytes;
}

void simdisk_set_rename_new(SimDisk *disk, bool has_it)
{
    disk->has_rename_new = has_it;
}

/* ---- paths ---- */

/* What follows the disk's root in path; NULL when it is not on the disk. */
static const char *path_on_disk(const char *path)
{
    size_t len = strlen(bound->root);

    if (strncmp(path, bound->root, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    return path + len;
}

/* Find the place of a path that follows the root; an errno, and 0 also when nothing is there. */
static int look_up(const char *path, bool follow, Place *out)
{
    if (bound->is_off)
        return EIO;
    if (strlen(path) > PATH_LENGTH)
        return ENAMETOOLONG;
    *out = (Place){.folder = bound->nodes.root, .node = bound->nodes.root};
    return walk(bound->nodes.root, path, follow, 0, out);
}

/* Go on from folder. */
static int walk(SimNode *folder, const char *path, bool follow, int depth, Place *out)
{
    while (*(path += strspn(path, "/")) != '\0') {
        size_t len = strcspn(path, "/");
        bool is_last = path[len + strspn(path + len, "/")] == '\0';
        bool must_be_folder = path[len] == '/';
        const SimEntry *entry;

        if (!S_ISDIR(folder->mode))
            return ENOTDIR;
        if (len > NAME_LENGTH)
            return ENAMETOOLONG;
        out->folder = folder;
        snprintf(out->name, sizeof out->name, "%.*s", (int)len, path);
        path += len;
        if (str_equal(out->name, ".") || str_equal(out->name, "..")) {
            out->node = out->name[1] == '.' ? folder->parent : folder;
            out->folder = out->node->parent;
            out->name[0] = '\0';
            folder = out->node;
            continue;
        }
        entry = sim_folder_find(folder, out->name, len);
        out->node = entry == NULL ? NULL : entry->node;
        if (out->node == NULL)
            return is_last ? 0 : ENOENT;
        if (S_ISLNK(out->node->mode) && (!is_last || follow || must_be_folder)) {
            const char *target = out->node->target;
            const char *inside = path_on_disk(target);
            int error;

            if (depth == LINK_DEPTH)
                return ELOOP;
            if (*target == '/' && inside == NULL)
                return EXDEV; /* off the disk, where a test should not go */
            error = walk(inside != NULL ? bound->nodes.root : folder,
                         inside != NULL ? inside : target, true, depth + 1, out);
            if (error != 0 || out->node == NULL)
                return error != 0 || is_last ? error : ENOENT;
        }
        if (must_be_folder && !S_ISDIR(out->node->mode))
            return ENOTDIR;
        folder = out->node;
    }
    return 0;
}

/* True when node is folder, or somewhere below it. */
static bool is_below(const SimNode *node, const SimNode *folder)
{
    while (node != folder && node != node->parent)
        node = node->parent;
    return node == folder;
}

/* ---- failures ---- */

/* An errno as the result of a call. */
static int result(int error)
{
    errno = error;
    return error == 0 ? 0 : -1;
}

/* Count a change; the errno that it fails with, 0 to go on. */
static int change_begin(void)
{
    if (bound->is_off)
        return EIO;
    bound->change_count++;
    return bound->change_count == bound->fail_at ? bound->fail_error : 0;
}

/* The change is made, or was refused; the errno that its caller sees. */
static int change_end(int error)
{
    if (bound->change_count == bound->cut_at)
        bound->is_off = true;
    return bound->is_off ? EIO : error;
}

static uint64_t bytes_used(void)
{
    uint64_t used = 0;

    array_foreach(SimNode *, node, &bound->nodes.all)
        if ((*node)->link_count + (*node)->open_count > 0)
            used += (*node)->size;
    return used;
}

/* ---- descriptors ---- */

static bool is_ours(int fd)
{
    return fd >= FD_BASE;
}

/* NULL, with errno, when the power is off or fd is not open. */
static Handle *handle_of(int fd)
{
    size_t i = (size_t)(fd - FD_BASE);
    Handle *handle = i < bound->handles.count ? array_at(&bound->handles, i) : NULL;

    errno = bound->is_off ? EIO : EBADF;
    if (bound->is_off || handle == NULL || handle->node == NULL || handle->is_stale)
        return NULL;
    return handle;
}

static int handle_new(SimNode *node, int flags)
{
    size_t i = 0;
    Handle *handle;

    while (i < bound->handles.count && ((Handle *)array_at(&bound->handles, i))->node != NULL)
        i++;
    handle = i < bound->handles.count ? array_at(&bound->handles, i) : array_push(&bound->handles);
    *handle = (Handle){.node = node, .flags = flags};
    node->open_count++;
    return FD_BASE + (int)i;
}

static void lock(void)
{
    pthread_mutex_lock(&bound->lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&bound->lock);
}

/* Make the file that open found missing, or change the one it found. */
static int open_change(Place *place, int flags, mode_t mode)
{
    int error;

    if (place->node != NULL && !(flags & O_TRUNC))
        return 0;
    error = change_begin();
    if (error == 0 && place->node == NULL) {
        place->node = sim_node_new(&bound->nodes, S_IFREG | (mode & 07777));
        sim_folder_add(&bound->nodes, place->folder, place->name, place->node);
    } else if (error == 0) {
        sim_file_resize(&bound->nodes, place->node, 0);
    }
    return change_end(error);
}

static int open_locked(const char *path, int flags, mode_t mode)
{
    bool is_new = (flags & O_CREAT) && (flags & O_EXCL);
    Place place;
    int error = look_up(path, !is_new, &place);

    if (error != 0)
        return result(error);
    if (place.node == NULL && !(flags & O_CREAT))
        return result(ENOENT);
    if (place.node != NULL && is_new)
        return result(EEXIST);
    if (place.node != NULL && S_ISDIR(place.node->mode) && (flags & O_ACCMODE) != O_RDONLY)
        return result(EISDIR);
    if (place.node != NULL && !S_ISDIR(place.node->mode) && (flags & O_DIRECTORY))
        return result(ENOTDIR);
    error = open_change(&place, flags, mode);
    return error != 0 ? result(error) : handle_new(place.node, flags);
}

static int sim_open(const char *path, int flags, mode_t mode)
{
    const char *inside = path_on_disk(path);
    int fd;

    if (inside == NULL)
        return os_ops_system.open(path, flags, mode);
    lock();
    fd = open_locked(inside, flags, mode);
    unlock();
    return fd;
}

/* Never fails: what a process had open is gone with it, also when the power was cut meanwhile. */
static int sim_close(int fd)
{
    size_t i = (size_t)(fd - FD_BASE);
    Handle *handle;

    if (!is_ours(fd))
        return os_ops_system.close(fd);
    if (i >= bound->handles.count)
        return result(EBADF);
    lock();
    handle = array_at(&bound->handles, i);
    if (handle->node != NULL && !handle->is_stale)
        handle->node->open_count--;
    *handle = (Handle){.node = NULL};
    unlock();
    return 0;
}

static ssize_t read_locked(Handle *handle, void *bytes, size_t size, uint64_t offset)
{
    const SimNode *node = handle->node;
    size_t n;

    if (S_ISDIR(node->mode))
        return result(EISDIR);
    if ((handle->flags & O_ACCMODE) == O_WRONLY)
        return result(EBADF);
    if (++bound->read_count == bound->fail_read_at)
        return result(bound->fail_read_error);
    n = offset >= node->size ? 0 : size_min(size, node->size - offset);
    if (n > 0)
        memcpy(bytes, node->bytes + offset, n);
    return (ssize_t)n;
}

static ssize_t sim_read(int fd, void *bytes, size_t size)
{
    Handle *handle;
    ssize_t n = -1;

    if (!is_ours(fd))
        return os_ops_system.read(fd, bytes, size);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        n = read_locked(handle, bytes, size, handle->position);
    if (n > 0)
        handle->position += (uint64_t)n;
    unlock();
    return n;
}

static ssize_t sim_pread(int fd, void *bytes, size_t size, off_t offset)
{
    Handle *handle;
    ssize_t n = -1;

    if (!is_ours(fd))
        return os_ops_system.pread(fd, bytes, size, offset);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        n = read_locked(handle, bytes, size, (uint64_t)offset);
    unlock();
    return n;
}

/* How many bytes a file can have after a change, for the room and for memory. */
static uint64_t size_allowed(const SimNode *node)
{
    uint64_t others = bytes_used() - node->size;
    uint64_t allowed = bound->room > others ? bound->room - others : 0;

    return allowed < SIZE_LIMIT ? allowed : SIZE_LIMIT;
}

static ssize_t write_locked(Handle *handle, const void *bytes, size_t size, uint64_t offset)
{
    SimNode *node = handle->node;
    uint64_t end = size_allowed(node);
    int error;

    if ((handle->flags & O_ACCMODE) == O_RDONLY)
        return result(EBADF);
    if (size == 0)
        return 0;
    error = change_begin();
    if (error == 0 && offset + size > node->size && offset + size > end) {
        size = end > offset ? end - offset : 0;
        error = size == 0 ? ENOSPC : 0;
    }
    if (error == 0)
        sim_file_write(&bound->nodes, node, bytes, size, offset);
    if (error == 0 && (handle->flags & O_DSYNC) && bound->change_count != bound->cut_at)
        sim_file_sync(&bound->nodes, node);
    error = change_end(error);
    return error != 0 ? result(error) : (ssize_t)size;
}

static ssize_t sim_write(int fd, const void *bytes, size_t size)
{
    Handle *handle;
    ssize_t n = -1;

    if (!is_ours(fd))
        return os_ops_system.write(fd, bytes, size);
    lock();
    handle = handle_of(fd);
    if (handle != NULL && (handle->flags & O_APPEND))
        handle->position = handle->node->size;
    if (handle != NULL)
        n = write_locked(handle, bytes, size, handle->position);
    if (n > 0)
        handle->position += (uint64_t)n;
    unlock();
    return n;
}

static ssize_t sim_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    Handle *handle;
    ssize_t n = -1;

    if (!is_ours(fd))
        return os_ops_system.pwrite(fd, bytes, size, offset);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        n = write_locked(handle, bytes, size, (uint64_t)offset);
    unlock();
    return n;
}

/* When the power fails during a sync, it was as if there had been none. */
static int sync_locked(SimNode *node)
{
    int error = change_begin();

    if (error == 0 && bound->change_count != bound->cut_at) {
        if (S_ISDIR(node->mode))
            sim_folder_sync(node);
        else
            sim_file_sync(&bound->nodes, node);
    } else if (error != 0 && S_ISREG(node->mode)) {
        sim_file_lose(node);
    }
    return result(change_end(error));
}

static int sim_fsync(int fd)
{
    Handle *handle;
    int done = -1;

    if (!is_ours(fd))
        return os_ops_system.fsync(fd);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        done = sync_locked(handle->node);
    unlock();
    return done;
}

/* As the above: what it may leave behind is not told apart here. */
static int sim_fdatasync(int fd)
{
    return is_ours(fd) ? sim_fsync(fd) : os_ops_system.fdatasync(fd);
}

/* Cut or grow a file; grow_only keeps what is longer, and fails where there is no room. */
static int resize_locked(Handle *handle, off_t size, bool grow_only)
{
    SimNode *node = handle->node;
    int error;

    if ((handle->flags & O_ACCMODE) == O_RDONLY)
        return result(grow_only ? EBADF : EINVAL);
    error = change_begin();
    if (error == 0 && (uint64_t)size > node->size && (uint64_t)size > size_allowed(node))
        error = ENOSPC;
    if (error == 0 && (!grow_only || (uint64_t)size > node->size))
        sim_file_resize(&bound->nodes, node, (uint64_t)size);
    return result(change_end(error));
}

static int sim_ftruncate(int fd, off_t size)
{
    Handle *handle;
    int done = -1;

    if (!is_ours(fd))
        return os_ops_system.ftruncate(fd, size);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        done = resize_locked(handle, size, false);
    unlock();
    return done;
}

static int sim_fallocate(int fd, off_t offset, off_t size)
{
    Handle *handle;
    int done = -1;

    if (!is_ours(fd))
        return os_ops_system.fallocate(fd, offset, size);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        done = resize_locked(handle, offset + size, true);
    unlock();
    return done;
}

/* From the beginning, or to the end. */
static off_t sim_lseek(int fd, off_t offset, int whence)
{
    Handle *handle;
    off_t done = -1;

    if (!is_ours(fd))
        return os_ops_system.lseek(fd, offset, whence);
    ASSERT(whence == SEEK_SET || whence == SEEK_END);
    lock();
    handle = handle_of(fd);
    if (handle != NULL) {
        done = whence == SEEK_END ? offset + (off_t)handle->node->size : offset;
        handle->position = (uint64_t)done;
    }
    unlock();
    return done;
}

static void node_stat(const SimNode *node, struct stat *out)
{
    *out = (struct stat){
        .st_dev = DEVICE,
        .st_ino = node->number,
        .st_mode = node->mode,
        .st_nlink = node->link_count,
        .st_uid = geteuid(),
        .st_gid = getegid(),
        .st_size = (off_t)(S_ISLNK(node->mode) ? strlen(node->target) : node->size),
        .st_mtim = {.tv_sec = node->mtime},
    };
}

static int sim_fstat(int fd, struct stat *out)
{
    Handle *handle;

    if (!is_ours(fd))
        return os_ops_system.fstat(fd, out);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        node_stat(handle->node, out);
    unlock();
    return handle != NULL ? 0 : -1;
}

/* Permissions and times are not what a test of durability is about: they last at once. */
static void set_mode(SimNode *node, mode_t mode)
{
    node->mode = (node->mode & S_IFMT) | (mode & 07777);
}

static int sim_fchmod(int fd, mode_t mode)
{
    Handle *handle;

    if (!is_ours(fd))
        return os_ops_system.fchmod(fd, mode);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        set_mode(handle->node, mode);
    unlock();
    return handle != NULL ? 0 : -1;
}

static int sim_futimens(int fd, const struct timespec times[2])
{
    Handle *handle;

    if (!is_ours(fd))
        return os_ops_system.futimens(fd, times);
    lock();
    handle = handle_of(fd);
    if (handle != NULL)
        handle->node->mtime = times[1].tv_sec;
    unlock();
    return handle != NULL ? 0 : -1;
}

static int sim_direct(int fd)
{
    return is_ours(fd) ? result(EINVAL) : os_ops_system.direct(fd);
}

/* A hint, which this disk does not take. */
static int sim_writeback(int fd, off_t offset, off_t size)
{
    return is_ours(fd) ? 0 : os_ops_system.writeback(fd, offset, size);
}

static int sim_fadvise(int fd, off_t offset, off_t size, int advice)
{
    return is_ours(fd) ? 0 : os_ops_system.fadvise(fd, offset, size, advice);
}

static int sim_clone(int to, int from)
{
    return is_ours(to) || is_ours(from) ? result(EXDEV) : os_ops_system.clone(to, from);
}

static ssize_t sim_copy(int from, int to, size_t size)
{
    return is_ours(to) || is_ours(from) ? result(EXDEV) : os_ops_system.copy(from, to, size);
}

/* ---- calls by path ---- */

static int stat_locked(const char *path, bool follow, struct stat *out)
{
    Place place;
    int error = look_up(path, follow, &place);

    if (error == 0 && place.node == NULL)
        error = ENOENT;
    if (error == 0)
        node_stat(place.node, out);
    return result(error);
}

static int sim_stat(const char *path, struct stat *out)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.stat(path, out);
    lock();
    done = stat_locked(inside, true, out);
    unlock();
    return done;
}

static int sim_lstat(const char *path, struct stat *out)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.lstat(path, out);
    lock();
    done = stat_locked(inside, false, out);
    unlock();
    return done;
}

/* Whether rename may put from at the place of to, as the system judges it. */
static int rename_allowed(const Place *from, const Place *to)
{
    bool is_folder;

    if (from->node == NULL)
        return ENOENT;
    is_folder = S_ISDIR(from->node->mode);
    if (from->name[0] == '\0' || to->name[0] == '\0')
        return EBUSY;
    if (is_folder && is_below(to->folder, from->node))
        return EINVAL;
    if (to->node != NULL && is_below(from->folder, to->node))
        return ENOTEMPTY;
    if (to->node == NULL || to->node == from->node)
        return 0;
    if (is_folder != S_ISDIR(to->node->mode))
        return is_folder ? ENOTDIR : EISDIR;
    return is_folder && to->node->entries.count > 0 ? ENOTEMPTY : 0;
}

static int rename_locked(const char *from_path, const char *to_path, bool spare)
{
    Place from, to;
    int error = look_up(from_path, false, &from);

    if (error == 0)
        error = look_up(to_path, false, &to);
    if (error != 0)
        return result(error);
    if (spare && !bound->has_rename_new)
        return result(EINVAL);
    if (spare && from.node != NULL && to.node != NULL)
        return result(EEXIST);
    error = rename_allowed(&from, &to);
    if (error != 0 || from.node == to.node)
        return result(error);
    error = change_begin();
    if (error == 0)
        sim_folder_rename(&bound->nodes, from.folder, from.name, to.folder, to.name);
    return result(change_end(error));
}

static int rename_any(const char *from, const char *to, bool spare)
{
    const char *from_inside = path_on_disk(from);
    const char *to_inside = path_on_disk(to);
    int done;

    if (from_inside == NULL && to_inside == NULL)
        return spare ? os_ops_system.rename_new(from, to) : os_ops_system.rename(from, to);
    if (from_inside == NULL || to_inside == NULL)
        return result(EXDEV);
    lock();
    done = rename_locked(from_inside, to_inside, spare);
    unlock();
    return done;
}

static int sim_rename(const char *from, const char *to)
{
    return rename_any(from, to, false);
}

static int sim_rename_new(const char *from, const char *to)
{
    return rename_any(from, to, true);
}

static int link_locked(const char *from_path, const char *to_path)
{
    Place from, to;
    int error = look_up(from_path, false, &from);

    if (error == 0 && from.node == NULL)
        error = ENOENT;
    if (error == 0)
        error = look_up(to_path, false, &to);
    if (error == 0 && to.node != NULL)
        error = EEXIST;
    if (error == 0 && S_ISDIR(from.node->mode))
        error = EPERM;
    if (error != 0)
        return result(error);
    error = change_begin();
    if (error == 0)
        sim_folder_add(&bound->nodes, to.folder, to.name, from.node);
    return result(change_end(error));
}

static int sim_link(const char *from, const char *to)
{
    const char *from_inside = path_on_disk(from);
    const char *to_inside = path_on_disk(to);
    int done;

    if (from_inside == NULL && to_inside == NULL)
        return os_ops_system.link(from, to);
    if (from_inside == NULL || to_inside == NULL)
        return result(EXDEV);
    lock();
    done = link_locked(from_inside, to_inside);
    unlock();
    return done;
}

static int remove_locked(const char *path, bool is_folder)
{
    Place place;
    int error = look_up(path, false, &place);

    if (error == 0 && place.node == NULL)
        error = ENOENT;
    if (error == 0 && place.name[0] == '\0')
        error = EBUSY;
    if (error == 0 && S_ISDIR(place.node->mode) != is_folder)
        error = is_folder ? ENOTDIR : EISDIR;
    if (error == 0 && is_folder && place.node->entries.count > 0)
        error = ENOTEMPTY;
    if (error != 0)
        return result(error);
    error = change_begin();
    if (error == 0)
        sim_folder_remove(&bound->nodes, place.folder, place.name);
    return result(change_end(error));
}

static int sim_unlink(const char *path)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.unlink(path);
    lock();
    done = remove_locked(inside, false);
    unlock();
    return done;
}

static int sim_rmdir(const char *path)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.rmdir(path);
    lock();
    done = remove_locked(inside, true);
    unlock();
    return done;
}

/* Make a folder, or a link with a target. */
static int make_locked(const char *path, mode_t mode, const char *target)
{
    Place place;
    int error = look_up(path, false, &place);

    if (error == 0 && place.node != NULL)
        error = EEXIST;
    if (error != 0)
        return result(error);
    error = change_begin();
    if (error == 0) {
        SimNode *node = sim_node_new(&bound->nodes, mode);

        node->target = target == NULL ? NULL : mem_strdup_in(bound->mem, target);
        sim_folder_add(&bound->nodes, place.folder, place.name, node);
    }
    return result(change_end(error));
}

static int sim_symlink(const char *target, const char *path)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.symlink(target, path);
    lock();
    done = make_locked(inside, S_IFLNK | 0777, target);
    unlock();
    return done;
}

static int sim_mkdir(const char *path, mode_t mode)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.mkdir(path, mode);
    lock();
    done = make_locked(inside, S_IFDIR | (mode & 07777), NULL);
    unlock();
    return done;
}

static ssize_t readlink_locked(const char *path, char *out, size_t size)
{
    Place place;
    int error = look_up(path, false, &place);
    size_t len;

    if (error == 0 && place.node == NULL)
        error = ENOENT;
    if (error == 0 && !S_ISLNK(place.node->mode))
        error = EINVAL;
    if (error != 0)
        return result(error);
    len = size_min(size, strlen(place.node->target));
    memcpy(out, place.node->target, len);
    return (ssize_t)len;
}

static ssize_t sim_readlink(const char *path, char *out, size_t size)
{
    const char *inside = path_on_disk(path);
    ssize_t len;

    if (inside == NULL)
        return os_ops_system.readlink(path, out, size);
    lock();
    len = readlink_locked(inside, out, size);
    unlock();
    return len;
}

static int chmod_locked(const char *path, mode_t mode)
{
    Place place;
    int error = look_up(path, true, &place);

    if (error == 0 && place.node == NULL)
        error = ENOENT;
    if (error == 0)
        set_mode(place.node, mode);
    return result(error);
}

static int sim_chmod(const char *path, mode_t mode)
{
    const char *inside = path_on_disk(path);
    int done;

    if (inside == NULL)
        return os_ops_system.chmod(path, mode);
    lock();
    done = chmod_locked(inside, mode);
    unlock();
    return done;
}

/* ---- reading folders ---- */

/* The handle belongs to the disk, not to the caller's memory context, which may go earlier. */
static DirHandle *dir_handle_new(void *system)
{
    DirHandle *dir = mem_alloc_in(bound->mem, sizeof *dir);

    dir->system = system;
    return dir;
}

static DirHandle *opendir_locked(const char *path)
{
    Place place;
    int error = look_up(path, true, &place);
    DirHandle *dir;

    if (error == 0 && place.node == NULL)
        error = ENOENT;
    if (error == 0 && !S_ISDIR(place.node->mode))
        error = ENOTDIR;
    errno = error;
    if (error != 0)
        return NULL;
    dir = dir_handle_new(NULL);
    MEM_SCOPE(bound->mem) {
        array_init(&dir->names, sizeof(char *));
    }
    array_foreach(SimEntry, entry, &place.node->entries)
        *(char **)array_push(&dir->names) = entry->name;
    return dir;
}

static void *sim_opendir(const char *path)
{
    const char *inside = path_on_disk(path);
    DirHandle *dir = NULL;

    lock();
    if (inside != NULL) {
        dir = opendir_locked(inside);
    } else {
        void *system = os_ops_system.opendir(path);

        if (system != NULL)
            dir = dir_handle_new(system);
    }
    unlock();
    return dir;
}

static const char *sim_readdir(void *arg)
{
    DirHandle *dir = arg;

    if (dir->system != NULL)
        return os_ops_system.readdir(dir->system);
    errno = 0;
    return dir->next < dir->names.count ? *(char **)array_at(&dir->names, dir->next++) : NULL;
}

static int sim_closedir(void *arg)
{
    DirHandle *dir = arg;

    return dir->system != NULL ? os_ops_system.closedir(dir->system) : 0;
}

static const OsOps sim_ops = {
    .open = sim_open,
    .close = sim_close,
    .read = sim_read,
    .pread = sim_pread,
    .write = sim_write,
    .pwrite = sim_pwrite,
    .fsync = sim_fsync,
    .fdatasync = sim_fdatasync,
    .ftruncate = sim_ftruncate,
    .lseek = sim_lseek,
    .fstat = sim_fstat,
    .fchmod = sim_fchmod,
    .futimens = sim_futimens,
    .direct = sim_direct,
    .fallocate = sim_fallocate,
    .writeback = sim_writeback,
    .fadvise = sim_fadvise,
    .clone = sim_clone,
    .copy = sim_copy,
    .stat = sim_stat,
    .lstat = sim_lstat,
    .rename = sim_rename,
    .rename_new = sim_rename_new,
    .link = sim_link,
    .unlink = sim_unlink,
    .symlink = sim_symlink,
    .readlink = sim_readlink,
    .chmod = sim_chmod,
    .mkdir = sim_mkdir,
    .rmdir = sim_rmdir,
    .opendir = sim_opendir,
    .readdir = sim_readdir,
    .closedir = sim_closedir,
};
