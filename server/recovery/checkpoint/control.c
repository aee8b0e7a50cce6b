/* control.c - the shared copy of pg_control; control.h has the promises. */
#include "common/base/base.h"

#include "server/recovery/checkpoint/control.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "server/config/guc.h"
#include "server/ipc/lwlock.h"
#include "server/wal/wal.h"

#define SERVER_MAJOR 15

typedef struct ControlShared {
    LwLock lock;
    ControlFile file;              /* guarded by lock */
    _Atomic uint64_t unlogged_lsn; /* atomic; written to the file at a shutdown */
} ControlShared;

static struct {
    ControlFile loaded; /* as it was when this server began */
    ControlShared *shared;
} control;

static void set_internal(const char *name, const char *value);

size_t control_shmem_size(void)
{
    return sizeof(ControlShared);
}

void control_shmem_init(void *place)
{
    control.shared = place;
    lwlock_init(&control.shared->lock, LW_CONTROL_FILE, 0);
    /* After a crash of a child the file says more than what was loaded first. */
    control_file_read(".", &control.shared->file);
    atomic_init(&control.shared->unlogged_lsn, control.shared->file.unlogged_lsn);
}

void control_check_version(const char *dir)
{
    unsigned major = pg_version_read(dir);

    if (major != SERVER_MAJOR)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "database files are incompatible with server",
                  .detail = err_fmt("The data directory was initialized by PostgreSQL version %u, "
                                    "which is not compatible with this version %s.",
                                    major, SERVER_VERSION));
}

void control_load(void)
{
    ControlFile *c = &control.loaded;

    control_file_read_unchecked(".", c);
    control_file_check(c, 15);
    control_file_read(".", c);
    wal_set_identity(&(WalIdentity){.system_id = c->system_id,
                                    .segment_size = c->wal_segment_size,
                                    .has_checksums = c->checksum_version != 0});
    set_internal("wal_segment_size", err_fmt("%u", c->wal_segment_size));
    set_internal("data_checksums", c->checksum_version != 0 ? "on" : "off");
}

static void set_internal(const char *name, const char *value)
{
    guc_set(&(GucChange){.name = name,
                         .value = value,
                         .as = GUC_INTERNAL,
                         .source = GUC_FROM_DYNAMIC_DEFAULT,
                         .action = GUC_SET,
                         .level = ERR_ERROR});
}

void control_get(ControlFile *out)
{
    lwlock_acquire(&control.shared->lock, LW_SHARED);
    *out = control.shared->file;
    lwlock_release(&control.shared->lock);
}

const ControlFile *control_fixed(void)
{
    return &control.loaded;
}

void control_update(void (*change)(ControlFile *file, void *arg), void *arg)
{
    ControlFile *file = &control.shared->file;

    lwlock_acquire(&control.shared->lock, LW_EXCLUSIVE);
    crit_begin();
    change(file, arg);
    file->unlogged_lsn = atomic_load(&control.shared->unlogged_lsn);
    control_file_write(".", file);
    crit_end();
    lwlock_release(&control.shared->lock);
}

Lsn control_next_unlogged_lsn(void)
{
    return atomic_fetch_add(&control.shared->unlogged_lsn, 1);
}
