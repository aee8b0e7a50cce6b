/*
 * repl_slot_file.c - slots on disk: pg_replslot/NAME/state
 *
 * A slot's folder is made and dropped under the name NAME.tmp: what has that name after a crash is
 * nothing. Its state is written to state.tmp, then renamed. The file, in the machine's byte order:
 *
 *     0  magic           16  name (64)         88  xmin                 112  confirmed_flush
 *     4  CRC-32C of 8..  80  database          92  catalog_xmin         120  two_phase_at
 *     8  version (2)     84  how it lives      96  restart_lsn          128  two_phase (1)
 *    12  length (184)                         104  invalidated_at       129  plugin (64)
 *
 * Source: public header replication/slot.h of PostgreSQL 15, and files of a server.
 */
#include "common/base/base.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/text/str.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/replication/repl_slot_int.h"

#define MAGIC        UINT32_C(0x01051CA1)
#define SLOT_VERSION 2
#define HEAD_SIZE    16 /* up to the data */
#define DATA_SIZE    184
#define FILE_SIZE    (HEAD_SIZE + DATA_SIZE)
#define CRC_OFFSET   4
#define CRC_BEGIN    8

static void encode(const ReplSlotData *data, uint8_t out[FILE_SIZE]);
static void decode(const uint8_t *bytes, ReplSlotData *out);
static void write_state(const char *folder, const ReplSlotData *data);
static void write_or_report(const ReplSlotData *data, ReplSlot *slot, ErrLevel level);
static void restore_one(const char *name);
static void check_file(const uint8_t *bytes, size_t len, const char *path);
static void check_level(const ReplSlotData *data);
static void take_in(const ReplSlotData *data);

static char *folder_of(const char *name)
{
    return mem_printf(REPL_SLOT_FOLDER "/%s", name);
}

static char *hidden_of(const char *name)
{
    return mem_printf(REPL_SLOT_FOLDER "/%s.tmp", name);
}

/* ---- Writing ---- */

void repl_slot_make_files(const ReplSlotData *data)
{
    char *hidden = hidden_of(data->name);

    os_dir_remove_tree(hidden, false); /* of one that was not made to its end */
    os_dir_make(hidden);
    os_dir_sync(hidden);
    write_state(hidden, data);
    os_rename_durable(hidden, folder_of(data->name));
}

/* The name of the temporary file is PostgreSQL's: it looks for it after a crash. */
static void write_state(const char *folder, const ReplSlotData *data)
{
    char *temp = mem_printf("%s/state.tmp", folder);
    uint8_t bytes[FILE_SIZE];
    OsFile *file;

    encode(data, bytes);
    file = os_file_open(temp, OS_WRITE | OS_CREATE | OS_TRUNCATE);
    os_file_write(file, bytes, sizeof bytes);
    os_file_sync(file);
    os_file_close(file);
    os_rename_durable(temp, mem_printf("%s/state", folder));
}

void repl_slot_write(ReplSlot *slot, ErrLevel level)
{
    ReplSlotData data;
    bool is_dirty;

    lwlock_acquire(&slot->io_lock, LW_EXCLUSIVE);
    spin_lock(&slot->lock);
    is_dirty = slot->is_dirty;
    slot->was_dirtied = false;
    data = slot->data;
    spin_unlock(&slot->lock);
    if (is_dirty)
        write_or_report(&data, slot, level);
    lwlock_release(&slot->io_lock);
}

/* A slot that could not be written stays dirty: the next checkpoint tries again. */
static void write_or_report(const ReplSlotData *data, ReplSlot *slot, ErrLevel level)
{
    MemContext *scratch = mem_context_new(mem_current(), "state of a slot");

    ERR_TRY() {
        MEM_SCOPE(scratch) {
            write_state(folder_of(data->name), data);
        }
        spin_lock(&slot->lock);
        slot->is_dirty = slot->was_dirtied;
        spin_unlock(&slot->lock);
    }
    ERR_CATCH() {
        if (level >= ERR_ERROR)
            err_raise_again();
        err_log(level, .sqlstate = err_caught()->sqlstate, .message = err_caught()->message);
    }
    ERR_END();
    mem_delete(scratch);
}

void repl_slot_checkpoint(void)
{
    ReplSlotShared *s = repl_slot_shared();

    /* Nobody makes or drops one meanwhile; a state that changes is saved by the next checkpoint. */
    lwlock_acquire(&s->allocation_lock, LW_SHARED);
    for (int i = 0; i < setting.max_replication_slots; i++)
        if (s->slots[i].is_used)
            repl_slot_write(&s->slots[i], ERR_LOG);
    lwlock_release(&s->allocation_lock);
}

bool repl_slot_hide_files(const char *name)
{
    volatile bool is_done = true;

    ERR_TRY() {
        os_rename_durable(folder_of(name), hidden_of(name));
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .sqlstate = err_caught()->sqlstate, .message = err_caught()->message);
        is_done = false;
    }
    ERR_END();
    return is_done;
}

/* What stays of it is removed at the next start. */
void repl_slot_remove_hidden(const char *name)
{
    ERR_TRY() {
        os_dir_remove_tree(hidden_of(name), false);
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .sqlstate = err_caught()->sqlstate, .message = err_caught()->message);
    }
    ERR_END();
}

static void encode(const ReplSlotData *data, uint8_t out[FILE_SIZE])
{
    memset(out, 0, FILE_SIZE);
    store_u32(out, MAGIC);
    store_u32(out + 8, SLOT_VERSION);
    store_u32(out + 12, DATA_SIZE);
    memcpy(out + 16, data->name, REPL_SLOT_NAME_SIZE);
    store_u32(out + 80, data->database);
    store_u32(out + 84, (uint32_t)data->life);
    store_u32(out + 88, data->xmin);
    store_u32(out + 92, data->catalog_xmin);
    store_u64(out + 96, data->restart_lsn);
    store_u64(out + 104, data->invalidated_at);
    store_u64(out + 112, data->confirmed_lsn);
    store_u64(out + 120, data->two_phase_at);
    out[128] = data->two_phase;
    memcpy(out + 129, data->plugin, REPL_SLOT_NAME_SIZE);
    store_u32(out + CRC_OFFSET, crc32c(out + CRC_BEGIN, FILE_SIZE - CRC_BEGIN));
}

/* ---- Reading ---- */

void repl_slot_restore(void)
{
    Array names;

    os_dir_list(REPL_SLOT_FOLDER, &names);
    array_foreach(char *, name, &names) {
        char *path = folder_of(*name);
        OsStat stat;

        if (!os_try_lstat(path, &stat) || stat.kind != OS_KIND_DIR)
            continue;
        if (str_ends_with(*name, ".tmp")) {
            os_dir_remove_tree(path, false);
            os_dir_sync(REPL_SLOT_FOLDER);
            continue;
        }
        restore_one(*name);
    }
    repl_slot_spread_xmin();
}

static void restore_one(const char *name)
{
    char *folder = folder_of(name);
    char *path = mem_printf("%s/state", folder);
    size_t len;
    char *bytes;
    ReplSlotData data;

    (void)os_try_unlink(mem_printf("%s/state.tmp", folder));
    os_dir_sync(folder);
    bytes = os_file_try_read_all(path, KIB(64), &len);
    if (bytes == NULL)
        err_panic(SQLSTATE_UNDEFINED_FILE,
                  .message =
                      err_fmt("could not open file \"%s\": No such file or directory", path));
    check_file((const uint8_t *)bytes, len, path);
    decode((const uint8_t *)bytes, &data);

    /* One that was to end with its session has: the session is no more. */
    if (data.life != REPL_SLOT_PERSISTENT) {
        os_dir_remove_tree(folder, false);
        os_dir_sync(REPL_SLOT_FOLDER);
        return;
    }
    if (!str_equal(data.name, name))
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("replication slot file \"%s\" is of another slot, \"%s\"",
                                     path, data.name));
    check_level(&data);
    take_in(&data);
}

/* The server must not start with a slot that it cannot read: it would remove what that holds. */
static void check_file(const uint8_t *bytes, size_t len, const char *path)
{
    uint32_t crc;

    if (len < HEAD_SIZE)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("could not read file \"%s\": read %zu of %zu", path, len,
                                     (size_t)HEAD_SIZE));
    if (load_u32(bytes) != MAGIC)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("replication slot file \"%s\" has wrong magic number: %u "
                                     "instead of %u",
                                     path, load_u32(bytes), MAGIC));
    if (load_u32(bytes + 8) != SLOT_VERSION)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("replication slot file \"%s\" has unsupported version %u",
                                     path, load_u32(bytes + 8)));
    if (load_u32(bytes + 12) != DATA_SIZE)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("replication slot file \"%s\" has corrupted length %u", path,
                                     load_u32(bytes + 12)));
    if (len < FILE_SIZE)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("could not read file \"%s\": read %zu of %zu", path,
                                     len - HEAD_SIZE, (size_t)DATA_SIZE));
    crc = crc32c(bytes + CRC_BEGIN, FILE_SIZE - CRC_BEGIN);
    if (crc != load_u32(bytes + CRC_OFFSET))
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("checksum mismatch for replication slot file \"%s\": is %u, "
                                     "should be %u",
                                     path, crc, load_u32(bytes + CRC_OFFSET)));
}

static void decode(const uint8_t *bytes, ReplSlotData *out)
{
    *out = (ReplSlotData){
        .database = load_u32(bytes + 80),
        .life = (ReplSlotLife)load_u32(bytes + 84),
        .xmin = load_u32(bytes + 88),
        .catalog_xmin = load_u32(bytes + 92),
        .restart_lsn = load_u64(bytes + 96),
        .invalidated_at = load_u64(bytes + 104),
        .confirmed_lsn = load_u64(bytes + 112),
        .two_phase_at = load_u64(bytes + 120),
        .two_phase = bytes[128] != 0,
    };
    memcpy(out->name, bytes + 16, REPL_SLOT_NAME_SIZE - 1);
    memcpy(out->plugin, bytes + 129, REPL_SLOT_NAME_SIZE - 1);
}

/* With less in the log than it was made for it would hold nothing of use. */
static void check_level(const ReplSlotData *data)
{
    if (data->database != 0 && setting.wal_level < WAL_LEVEL_LOGICAL)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("logical replication slot \"%s\" exists, but wal_level < "
                                     "logical",
                                     data->name),
                  .hint = "Change wal_level to be logical or higher.");
    if (setting.wal_level < WAL_LEVEL_REPLICA)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("physical replication slot \"%s\" exists, but wal_level < "
                                     "replica",
                                     data->name),
                  .hint = "Change wal_level to be replica or higher.");
}

/* Nobody else is there yet. */
static void take_in(const ReplSlotData *data)
{
    for (int i = 0; i < setting.max_replication_slots; i++) {
        ReplSlot *slot = &repl_slot_shared()->slots[i];

        if (slot->is_used)
            continue;
        slot->data = *data;
        slot->is_used = true;
        return;
    }
    err_fatal(SQLSTATE_CONFIGURATION_LIMIT_EXCEEDED,
              .message = "too many replication slots active before shutdown",
              .hint = "Increase max_replication_slots and try again.");
}
