/* verify.c - the manifest in memory, and reports; verify.h has the struct. */
#include "common/base/base.h"

#include "tools/pgverifybackup/verify.h"

#include "common/err/err.h"
#include "common/format/manifest.h"
#include "common/mem/mem.h"

/* What a backup may hold beside the manifest's files, or may lack. */
static const char *const always_ignored[] = {
    "backup_manifest", "pg_wal", "postgresql.auto.conf", "recovery.signal", "standby.signal",
};

typedef struct ManifestLoad {
    Verify *v;
    MemContext *mem; /* where files live */
} ManifestLoad;

static void take_version(void *arg, unsigned version);
static void take_system_id(void *arg, uint64_t system_id);
static void take_file(void *arg, const ManifestFile *file);
static void take_wal_range(void *arg, const ManifestWalRange *range);
static bool is_at_or_below(const char *path, const char *top);

Verify *verify_new(const VerifyConfig *config)
{
    Verify *v = mem_new(Verify);
    ManifestLoad load = {.v = v, .mem = mem_current()};

    v->config = config;
    v->lock = thread_lock_new();
    hash_init(&v->files, HASH_KEY_STRING, sizeof(VerifyFile));
    array_init(&v->ordered, sizeof(VerifyFile *));
    array_init(&v->wal_ranges, sizeof(ManifestWalRange));
    manifest_read_file(config->manifest_path, &(ManifestHandler){.version = take_version,
                                                                 .system_id = take_system_id,
                                                                 .file = take_file,
                                                                 .wal_range = take_wal_range,
                                                                 .arg = &load});
    return v;
}

void verify_report(Verify *v, const char *message)
{
    if (v->config->exits_on_error)
        err_raise(SQLSTATE_CHECK_FAILED, .message = message);
    thread_lock(v->lock);
    v->has_error = true;
    err_log(ERR_ERROR, .sqlstate = SQLSTATE_CHECK_FAILED, .message = message);
    thread_unlock(v->lock);
}

bool verify_is_ignored(const Verify *v, const char *path)
{
    for (size_t i = 0; i < ARRAY_LEN(always_ignored); i++) {
        if (is_at_or_below(path, always_ignored[i]))
            return true;
    }
    array_foreach(const char *, ignored, &v->config->ignored) {
        if (is_at_or_below(path, *ignored))
            return true;
    }
    return false;
}

VerifyFile *verify_find(const Verify *v, const char *path)
{
    return hash_find(&v->files, path);
}

void verify_report_missing(Verify *v)
{
    array_foreach(VerifyFile *, file, &v->ordered) {
        if (!(*file)->is_found && !verify_is_ignored(v, (*file)->path))
            verify_report(
                v, err_fmt("\"%s\" is present in the manifest but not on disk", (*file)->path));
    }
}

static void take_version(void *arg, unsigned version)
{
    ((ManifestLoad *)arg)->v->manifest_version = version;
}

static void take_system_id(void *arg, uint64_t system_id)
{
    ((ManifestLoad *)arg)->v->system_id = system_id;
}

static void take_file(void *arg, const ManifestFile *file)
{
    ManifestLoad *load = arg;
    Verify *v = load->v;
    uint8_t *checksum = mem_alloc_in(load->mem, size_max(file->checksum_len, 1));
    bool is_new;
    VerifyFile *entry = hash_enter(&v->files, mem_strdup_in(load->mem, file->path), &is_new);

    if (!is_new)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("duplicate path name in backup manifest: \"%s\"", file->path));
    if (file->checksum_len > 0)
        memcpy(checksum, file->checksum, file->checksum_len);
    entry->size = file->size;
    entry->has_checksum = file->has_checksum;
    entry->kind = file->kind;
    entry->checksum = checksum;
    entry->checksum_len = file->checksum_len;
    *(VerifyFile **)array_push(&v->ordered) = entry;
}

static void take_wal_range(void *arg, const ManifestWalRange *range)
{
    *(ManifestWalRange *)array_push(&((ManifestLoad *)arg)->v->wal_ranges) = *range;
}

static bool is_at_or_below(const char *path, const char *top)
{
    size_t len = strlen(top);

    return strncmp(path, top, len) == 0 && (path[len] == '\0' || path[len] == '/');
}
