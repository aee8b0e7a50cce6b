/*
 * file.h - files: open, read, write, make durable, rename, remove
 *
 * The only room of the tree that calls open(2) and its family and that reads errno. A failing call
 * raises with PostgreSQL's words, e.g. `could not open file "x": No such file or directory`, and a
 * SQLSTATE by errno (58P01 missing, 58P02 exists, 42501 no right, 53100 disk full, 53200 no memory,
 * 53000 too many open files, else 58030). "Does not exist" means ENOENT and nothing else: what
 * cannot be looked at is an error, never taken for missing.
 *
 * Calls that were interrupted are taken up again; short reads and writes are continued. A signal
 * that is to end the process (process_catch_signals) ends a blocked open, read or write by a raise.
 *
 * An OsFile belongs to the memory context that was current when it was opened, and is closed with
 * it at the latest; then without a word, so what was written is closed by os_file_close(). The _at
 * functions may be called by several threads for one file.
 *
 * Fault points stand before every change: "os.file.create", "os.file.write", "os.file.write_at",
 * "os.file.preallocate", "os.file.truncate", "os.file.sync", "os.file.close", "os.file.rename",
 * "os.file.publish", "os.file.link", "os.file.unlink", "os.file.symlink", "os.file.copy".
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include "common/base/base.h"
#include "common/base/bytes.h"

typedef struct OsFile OsFile;

typedef enum OsOpen {
    OS_READ = 1,
    OS_WRITE = 2,     /* with OS_READ: both */
    OS_CREATE = 4,    /* make it when missing, mode 0600 (see os_set_group_access) */
    OS_EXCLUSIVE = 8, /* with OS_CREATE: raise 58P02 when it exists */
    OS_TRUNCATE = 16,
    OS_APPEND = 32,
    OS_DIRECT = 64,     /* bypass the page cache where the file system can; else ignored */
    OS_DATA_SYNC = 128, /* each write returns after it is on disk, as by os_file_sync_data() */
    OS_SYNC = 256,      /* as by os_file_sync() */
} OsOpen;

typedef enum OsFileKind { OS_KIND_FILE, OS_KIND_DIR, OS_KIND_LINK, OS_KIND_OTHER } OsFileKind;

typedef struct OsStat {
    OsFileKind kind;
    uint64_t size;       /* bytes */
    int64_t mtime;       /* Unix seconds */
    uint64_t link_count; /* names that the file has */
    uint32_t mode;       /* permission bits 07777 */
    uint32_t uid, gid;
    uint64_t device, inode;
} OsStat;

/*
 * Modes for what this process makes from now on: 0600/0700 (default), or 0640/0750. Sets the umask
 * to suit, so call it before the first thread.
 */
void os_set_group_access(bool is_group_readable);
uint32_t os_file_mode(void);
uint32_t os_dir_mode(void);

/* The mode of a file for the user's own use, as the umask leaves it; before the first thread. */
uint32_t os_user_file_mode(void);

OsFile *os_file_open(const char *path, unsigned flags);
OsFile *os_file_try_open(const char *path, unsigned flags); /* NULL when it does not exist */
OsFile *os_file_from_fd(int fd, const char *name);          /* e.g. standard output; not closed */

/*
 * A file that a user named, to be read (OS_READ) or written anew (OS_WRITE): messages say which,
 * and a new one has mode 0644. A folder is 42809.
 */
OsFile *os_file_open_named(const char *path, unsigned flags);
void os_file_close(OsFile *f);                              /* raises when closing fails */
const char *os_file_path(const OsFile *f);
int os_file_fd(const OsFile *f);

/* Read up to size bytes from the position on; fewer only at the end of the file. */
size_t os_file_read(OsFile *f, void *bytes, size_t size);
size_t os_file_read_at(OsFile *f, void *bytes, size_t size, uint64_t offset);
/* Raises SQLSTATE_DATA_CORRUPTED `could not read file "x": read N of M` at the end of the file. */
void os_file_read_exact_at(OsFile *f, void *bytes, size_t size, uint64_t offset);

void os_file_write(OsFile *f, const void *bytes, size_t size);
void os_file_write_at(OsFile *f, const void *bytes, size_t size, uint64_t offset);
/* Start writing dirty pages of the range back, without waiting (sync_file_range). */
void os_file_flush_hint(OsFile *f, uint64_t offset, uint64_t size);

/*
 * fsync. When it fails, the system may have dropped what it could not write and will report
 * success next time: never retry. The data must be written anew, to another file, or the server
 * must recover from its log. To enforce it, each later os_file_sync() of this OsFile raises again.
 */
void os_file_sync(OsFile *f);

/* fdatasync: as above, but times and the like may stay behind. The file must not have grown. */
void os_file_sync_data(OsFile *f);
void os_file_truncate(OsFile *f, uint64_t size);
void os_file_seek(OsFile *f, uint64_t offset);
uint64_t os_file_size(OsFile *f);
void os_file_stat(OsFile *f, OsStat *out);
void os_file_set_mode(OsFile *f, uint32_t mode);
void os_file_set_mtime(OsFile *f, int64_t unix_seconds);
void os_file_preallocate(OsFile *f, uint64_t size); /* grow to size; raises when there is no room */
/* Advice for the page cache: read ahead soon, or never read again. */
void os_file_advise_sequential(OsFile *f);
void os_file_advise_will_need(OsFile *f, uint64_t offset, uint64_t size);
void os_file_advise_done(OsFile *f, uint64_t offset, uint64_t size);

/*
 * A whole file in the current context, with a NUL behind it; len may be NULL. Raises 54000 above
 * max bytes.
 */
char *os_file_read_all(const char *path, size_t max, size_t *len);
char *os_file_try_read_all(const char *path, size_t max, size_t *len); /* NULL: does not exist */

/* Sinks and sources over an open file, at its position. */
ByteSink os_file_sink(OsFile *f);
ByteSource os_file_source(OsFile *f);

void os_stat(const char *path, OsStat *out);      /* follows links; raises when missing */
bool os_try_stat(const char *path, OsStat *out);  /* false when it does not exist */
bool os_try_lstat(const char *path, OsStat *out); /* as above, of the link itself */
bool os_exists(const char *path);                 /* follows links */

/* ---- Durable changes: file and folder are synced before they return ---- */

/*
 * Write a whole file: temporary name in the same folder, sync, rename over path, sync the folder.
 * Readers see the old or the new content, never a part. When it raises before the rename, the
 * temporary file is removed and path is as it was.
 */
void os_write_durable(const char *path, const void *bytes, size_t len);

/*
 * Give the synced file or folder temp its final name, only if nothing has that name: false when
 * path exists (temp is then left). Both folders are synced. Where the system has no rename that
 * spares what exists, the file has both names for a moment; called again after a crash in that
 * moment, it finishes the work and returns true.
 */
bool os_publish_durable(const char *temp, const char *path) MUST_USE;

void os_rename_durable(const char *from, const char *to); /* syncs file, both folders */
void os_unlink_durable(const char *path);                 /* raises when missing */

/*
 * A name nobody else uses for what will become path, in the same folder: the base name, a dot, 16
 * random hexadecimal digits and ".tmp". os_is_temp_name() knows such a base name, so that listings
 * can leave them out and cleaners can find what a crash has left.
 */
char *os_temp_name(const char *path);
bool os_is_temp_name(const char *name);

/* ---- Plain changes, for what is made durable later as a whole ---- */

void os_rename(const char *from, const char *to);
void os_unlink(const char *path);
bool os_try_unlink(const char *path);        /* false when it does not exist */
const char *os_file_touch(const char *path); /* make it, empty, if missing: NULL, or why not */
void os_symlink(const char *target, const char *path);
char *os_readlink(const char *path);
void os_set_mode(const char *path, uint32_t mode);

/*
 * Copy one file's content by the cheapest way the system has; to must not exist, and gets the mode
 * of a new file. Not synced.
 */
void os_copy_file(const char *from, const char *to);

#endif
