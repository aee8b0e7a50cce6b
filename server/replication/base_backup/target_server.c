/*
 * target_server.c - archives and manifest as files of the server, or nowhere
 *
 * The manifest gets its name last, once all else is safe on disk: a folder without one holds no
 * backup that can be relied on.
 */
#include "common/base/base.h"

#include "server/replication/base_backup/target.h"

#include "common/err/err.h"
#include "common/format/manifest.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "server/ipc/interrupt.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

#define ROLE_WRITE_SERVER_FILES 4570
#define MANIFEST_TEMP_NAME      MANIFEST_FILE_NAME ".tmp"

typedef struct ServerTarget {
    BackupTarget target;
    const char *folder;
    OsFile *file; /* NULL: none is open */
    bool has_manifest;
    size_t used;
    uint8_t buffer[BACKUP_PIECE_SIZE];
} ServerTarget;

static void check_right(void);
static void make_folder(const char *folder);

/* ---- Files ---- */

static void write_out(ServerTarget *s)
{
    os_file_write(s->file, s->buffer, s->used);
    s->used = 0;
    check_interrupts();
}

static void open_file(ServerTarget *s, const char *name)
{
    ASSERT(s->file == NULL);
    s->file = os_file_open(path_join(s->folder, name), OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    s->used = 0;
}

static void server_begin_archive(BackupTarget *self, const char *name, const char *location UNUSED)
{
    open_file((ServerTarget *)self, name);
}

static uint8_t *server_room(BackupTarget *self, size_t min, size_t *size)
{
    ServerTarget *s = (ServerTarget *)self;

    if (sizeof s->buffer - s->used < min)
        write_out(s);
    *size = sizeof s->buffer - s->used;
    return s->buffer + s->used;
}

static void server_take(BackupTarget *self, size_t len)
{
    ServerTarget *s = (ServerTarget *)self;

    s->used += len;
    if (s->used == sizeof s->buffer)
        write_out(s);
}

/* Whoever sent the command is told, and nobody else. */
static void no_progress(BackupTarget *self UNUSED, uint64_t done UNUSED)
{
}

static void server_end_archive(BackupTarget *self)
{
    ServerTarget *s = (ServerTarget *)self;

    write_out(s);
    os_file_sync(s->file);
    os_file_close(s->file);
    s->file = NULL;
}

static void server_begin_manifest(BackupTarget *self)
{
    ServerTarget *s = (ServerTarget *)self;

    open_file(s, MANIFEST_TEMP_NAME);
    s->has_manifest = true;
}

static void server_finish(BackupTarget *self)
{
    ServerTarget *s = (ServerTarget *)self;

    os_dir_sync(s->folder);
    if (s->has_manifest)
        os_rename_durable(path_join(s->folder, MANIFEST_TEMP_NAME),
                          path_join(s->folder, MANIFEST_FILE_NAME));
}

BackupTarget *backup_target_server(const char *folder)
{
    ServerTarget *s = mem_new(ServerTarget);

    check_right();
    if (!path_is_absolute(folder))
        err_raise(SQLSTATE_INVALID_NAME,
                  .message = "relative path not allowed for backup stored on server");
    make_folder(folder);
    s->target = (BackupTarget){.begin_archive = server_begin_archive,
                               .room = server_room,
                               .take = server_take,
                               .progress = no_progress,
                               .end_archive = server_end_archive,
                               .begin_manifest = server_begin_manifest,
                               .end_manifest = server_end_archive,
                               .finish = server_finish};
    s->folder = folder;
    return &s->target;
}

/* Catalogs say it, so it takes a transaction, which such a connection has not. */
static void check_right(void)
{
    bool is_allowed;

    txn_start_command();
    is_allowed = role_has_rights_of(role_current(), ROLE_WRITE_SERVER_FILES);
    txn_end_command();
    if (!is_allowed)
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "must be superuser or a role with privileges of the "
                             "pg_write_server_files role to create backup stored on server");
}

static void make_folder(const char *folder)
{
    switch (os_dir_state(folder)) {
    case OS_DIR_MISSING:
        os_dir_make(folder);
        os_dir_sync(path_dir(folder));
        break;
    case OS_DIR_EMPTY:
        break;
    case OS_DIR_NOT_EMPTY:
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("directory \"%s\" exists but is not empty", folder));
    }
}

/* ---- Nowhere ---- */

typedef struct NoTarget {
    BackupTarget target;
    uint8_t buffer[BACKUP_PIECE_SIZE];
} NoTarget;

static void drop_archive(BackupTarget *self UNUSED, const char *name UNUSED,
                         const char *location UNUSED)
{
}

static uint8_t *drop_room(BackupTarget *self, size_t min UNUSED, size_t *size)
{
    NoTarget *n = (NoTarget *)self;

    *size = sizeof n->buffer;
    return n->buffer;
}

static void drop_bytes(BackupTarget *self UNUSED, size_t len UNUSED)
{
    check_interrupts();
}

static void drop_end(BackupTarget *self UNUSED)
{
}

BackupTarget *backup_target_nowhere(void)
{
    NoTarget *n = mem_new(NoTarget);

    n->target = (BackupTarget){.begin_archive = drop_archive,
                               .room = drop_room,
                               .take = drop_bytes,
                               .progress = no_progress,
                               .end_archive = drop_end,
                               .begin_manifest = drop_end,
                               .end_manifest = drop_end,
                               .finish = drop_end};
    return &n->target;
}
