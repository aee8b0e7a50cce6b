/* backup.c - what is in a base backup: label, manifest, tablespaces, WAL of its own. */
#include "common/base/base.h"

#include "tools/pitr/backup.h"

#include "common/compress/stream.h"
#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/manifest.h"
#include "common/format/tablespace_map.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define SMALL_FILE_MAX MIB(1)
#define TAR_PIECE_SIZE KIB(256)
#define GROUP_READ     0040
#define NO_BACKUP_LABEL                                                     \
 "A base backup has the file \"backup_label\"; a copy of a data directory " \
 "without it cannot be recovered."

static void open_plain(Backup *b);
static void open_tar(Backup *b);
static void read_manifest(Backup *b);
static void take_label(Backup *b, const char *text, size_t len);

Backup *backup_open(const char *path)
{
    Backup *b = mem_new(Backup);
    OsStat stat;

    b->path = path_absolute(path);
    if (!os_try_stat(b->path, &stat) || stat.kind != OS_KIND_DIR)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("there is no base backup in \"%s\"", path),
                  .hint = "Name the folder that pgbasebackup wrote.");
    array_init(&b->tablespaces, sizeof(BackupTablespace));
    array_init(&b->tars, sizeof(BackupTar));
    array_init(&b->histories, sizeof(BackupHistory));
    if (os_exists(path_join(b->path, MANIFEST_FILE_NAME ".tmp")))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the base backup in \"%s\" is not complete", path),
                  .detail = "Its manifest was never given its final name.",
                  .hint = "Take another backup.");
    if (os_exists(path_join(b->path, "PG_VERSION")))
        open_plain(b);
    else
        open_tar(b);
    read_manifest(b);
    return b;
}

BackupFile *backup_find_file(const Backup *b, const char *path)
{
    return b->has_manifest ? hash_find(&b->files, path) : NULL;
}

void backup_take_control(Backup *b, const char *what, const void *bytes, size_t len)
{
    ControlFile control;

    control_file_decode(bytes, len, what, &control);
    if (control.version == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("the base backup in \"%s\" is of an unknown version", b->path),
                  .detail =
                      err_fmt("pg_control version %u, catalog version %u; PostgreSQL 13 to 18 "
                              "are known.",
                              control.control_version, control.catalog_version),
                  .hint = "A newer Holdfast may know it.");
    if (!control.is_crc_right)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("pg_control of the base backup in \"%s\" is damaged", b->path),
                  .detail = "Its CRC is wrong.", .hint = "Restore from another backup.");
    if (b->system_id != 0 && b->system_id != control.system_id)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("pg_control and manifest of the base backup in \"%s\" belong to "
                              "different database systems",
                              b->path));
    b->version = control.version;
    b->system_id = control.system_id;
    b->segment_size = control.wal_segment_size;
    /* A standby writes no end of backup into the log: its pg_control, copied last, says it. */
    if (b->end == LSN_NONE && backup_label_is_from_standby(&b->label))
        b->end = control.min_recovery_lsn;
}

static void take_label(Backup *b, const char *text, size_t len)
{
    backup_label_parse(text, len, BACKUP_LABEL_FILE_NAME, &b->label);
    if (b->label.is_incremental)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("the base backup in \"%s\" is incremental", b->path),
                  .hint = "Combine it with the backups it stands on first (pg_combinebackup).");
    b->tli = b->label.start_tli;
    /* Servers before 11 did not write the timeline's line, but the file's name begins with it. */
    if (b->tli == 0)
        b->tli = wal_seg_name_parse(b->label.start_file, WAL_SEG_SIZE_DEFAULT).tli;
}

/* ---- A folder that a server could start on ---- */

static void add_plain_tablespaces(Backup *b)
{
    char *dir = path_join(b->path, "pg_tblspc");
    Array names;

    if (!os_exists(dir))
        return;
    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        char *link = path_join(dir, *name);
        BackupTablespace tablespace = {.source = link};
        OsStat stat;

        /* One that lies in place, as a folder, comes with the data directory. */
        if (!num_try_parse_u32(*name, &tablespace.oid) || !os_try_lstat(link, &stat) ||
            stat.kind != OS_KIND_LINK)
            continue;
        tablespace.location = os_readlink(link);
        *(BackupTablespace *)array_push(&b->tablespaces) = tablespace;
    }
}

static void open_plain(Backup *b)
{
    OsStat stat;
    size_t len;
    char *control;
    char *text =
        os_file_try_read_all(path_join(b->path, BACKUP_LABEL_FILE_NAME), SMALL_FILE_MAX, &len);

    if (text == NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("\"%s\" is not a base backup", b->path),
                  .detail = NO_BACKUP_LABEL);
    os_stat(b->path, &stat);
    b->has_group_access = (stat.mode & GROUP_READ) != 0;
    take_label(b, text, len);
    control = path_join(b->path, CONTROL_FILE_NAME);
    text = os_file_read_all(control, SMALL_FILE_MAX, &len);
    backup_take_control(b, control, text, len);
    add_plain_tablespaces(b);
    b->wal_dir = path_join(b->path, "pg_wal");
}

/* ---- Tars ---- */

/* Collects the small files at the beginning of base.tar. */
typedef struct TarHead {
    MemContext *mem; /* that what was found goes to */
    StrBuf text;     /* t or b for which file it is, then its content */
    bool is_wanted;
    bool is_done;
    char *label;
    char *map;
    uint32_t mode; /* of the label */
} TarHead;

static void head_begin(void *arg, const TarEntry *entry)
{
    TarHead *head = arg;

    head->is_wanted = str_equal(entry->name, BACKUP_LABEL_FILE_NAME) ||
                      str_equal(entry->name, TABLESPACE_MAP_FILE_NAME);
    /* Both come first: the first other file ends the search, once the label is there. */
    if (!head->is_wanted && head->label != NULL && entry->kind == TAR_FILE)
        head->is_done = true;
    strbuf_clear(&head->text);
    if (head->is_wanted && entry->size > SMALL_FILE_MAX)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("\"%s\" in a base backup has %" PRIu64 " bytes", entry->name,
                                     entry->size));
    if (head->is_wanted)
        strbuf_add(&head->text, entry->name[0] == 't' ? "t" : "b");
    if (str_equal(entry->name, BACKUP_LABEL_FILE_NAME))
        head->mode = entry->mode;
}

static void head_data(void *arg, const void *bytes, size_t len)
{
    TarHead *head = arg;

    if (head->is_wanted)
        strbuf_add_bytes(&head->text, bytes, len);
}

static void head_end(void *arg)
{
    TarHead *head = arg;

    if (!head->is_wanted)
        return;
    if (head->text.text[0] == 't')
        head->map = mem_strdup_in(head->mem, head->text.text + 1);
    else
        head->label = mem_strdup_in(head->mem, head->text.text + 1);
}

static bool head_is_done(void *arg)
{
    return ((TarHead *)arg)->is_done;
}

static void feed_tar(void *arg, const void *bytes, size_t len)
{
    tar_reader_write(arg, bytes, len);
}

static const char *describe_tar(void *arg)
{
    return err_fmt("while reading \"%s\"", os_file_path(arg));
}

/* Feed what the file has; false when is_done ended it before its end. */
static bool feed_file(OsFile *f, TarReader *tar, const TarVisitor *visitor,
                      bool (*is_done)(void *arg))
{
    uint8_t *piece = mem_alloc_aligned(TAR_PIECE_SIZE, BLOCK_SIZE);
    size_t len = os_file_read(f, piece, TAR_PIECE_SIZE);
    ByteSink sink = {.write = feed_tar, .arg = tar};
    Decompressor *d = decompressor_new(compress_detect(piece, len), sink, DECOMPRESS_NO_LIMIT);
    ErrContext context = {.describe = describe_tar, .arg = f};

    err_context_push(&context);
    for (; len > 0; len = os_file_read(f, piece, TAR_PIECE_SIZE)) {
        process_check_interrupts();
        decompressor_write(d, piece, len);
        if (is_done != NULL && is_done(visitor->arg))
            break;
    }
    if (len == 0)
        decompressor_finish(d);
    err_context_pop(&context);
    return len == 0;
}

void backup_read_tar(const char *path, const TarVisitor *visitor, bool (*is_done)(void *arg))
{
    MemContext *mem = mem_context_new(mem_current(), "tar file");

    MEM_SCOPE(mem) {
        OsFile *f = os_file_open(path, OS_READ);
        TarReader *tar = tar_reader_new(visitor, path);

        if (feed_file(f, tar, visitor, is_done)) {
            tar_reader_finish(tar);
            if (!tar_reader_has_end(tar))
                err_raise(SQLSTATE_DATA_CORRUPTED,
                          .message =
                              err_fmt("%s is not complete: it ends behind one of its files", path));
        }
    }
    mem_delete(mem);
}

/* "base.tar" and its compressed forms: the file of that stem, or NULL. */
static char *find_tar(const char *dir, const char *stem)
{
    for (CompressMethod method = COMPRESS_NONE; method < COMPRESS_METHOD_COUNT; method++) {
        char *path = mem_printf("%s/%s.tar%s", dir, stem, compress_method_suffix(method));

        if (os_exists(path))
            return path;
    }
    return NULL;
}

static void add_tar(Backup *b, char *path, const char *prefix)
{
    OsStat stat;

    os_stat(path, &stat);
    b->total_size += stat.size;
    *(BackupTar *)array_push(&b->tars) = (BackupTar){.path = path, .prefix = prefix};
}

static void add_tar_tablespaces(Backup *b, const char *map)
{
    Array entries;

    if (map == NULL)
        return;
    array_init(&entries, sizeof(TablespaceMapEntry));
    tablespace_map_parse(map, strlen(map), TABLESPACE_MAP_FILE_NAME, &entries);
    array_foreach(TablespaceMapEntry, entry, &entries) {
        char *source = find_tar(b->path, mem_printf("%u", entry->oid));

        if (source == NULL)
            err_raise(
                SQLSTATE_UNDEFINED_FILE,
                .message =
                    err_fmt("the base backup in \"%s\" lacks \"%u.tar\"", b->path, entry->oid),
                .detail = err_fmt("It holds the tablespace that lay in \"%s\".", entry->path));
        *(BackupTablespace *)array_push(&b->tablespaces) =
            (BackupTablespace){.oid = entry->oid, .location = entry->path, .source = source};
        add_tar(b, source, mem_printf("pg_tblspc/%u/", entry->oid));
    }
}

static bool has_tablespace(const Backup *b, Oid oid)
{
    array_foreach(const BackupTablespace, tablespace, &b->tablespaces)
        if (tablespace->oid == oid)
            return true;
    return false;
}

/* A tablespace that lies in place, a folder in pg_tblspc, has a tar of its own from 16 on, but no
 * line in the map. */
static void add_tars_in_place(Backup *b)
{
    Array names;

    os_dir_list(b->path, &names);
    array_foreach(char *, name, &names) {
        const char *rest = *name;
        char *stem = str_split(&rest, '.');
        char *tar = find_tar(b->path, stem);
        Oid oid;

        if (tar != NULL && str_equal(path_base(tar), *name) && num_try_parse_u32(stem, &oid) &&
            !has_tablespace(b, oid))
            add_tar(b, tar, mem_printf("pg_tblspc/%u/", oid));
    }
}

static void open_tar(Backup *b)
{
    TarHead head = {.mem = mem_current()};
    TarVisitor visitor = {.begin = head_begin, .data = head_data, .end = head_end, .arg = &head};
    char *base = find_tar(b->path, "base");
    char *wal = find_tar(b->path, "pg_wal");

    if (base == NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("there is no base backup in \"%s\"", b->path),
                  .detail = "Neither PG_VERSION nor base.tar is there.",
                  .hint = "Name the folder that pgbasebackup wrote.");
    strbuf_init(&head.text);
    backup_read_tar(base, &visitor, head_is_done);
    if (head.label == NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE, .message = err_fmt("\"%s\" is not a base backup", base),
                  .detail = NO_BACKUP_LABEL);
    b->is_tar = true;
    b->has_group_access = (head.mode & GROUP_READ) != 0;
    take_label(b, head.label, strlen(head.label));
    add_tar_tablespaces(b, head.map);
    add_tars_in_place(b);
    if (wal != NULL)
        add_tar(b, wal, "pg_wal/");
    add_tar(b, base, "");
}

/* ---- Timeline histories in pg_wal ---- */

/* Collects them from a tar. */
typedef struct TarHistories {
    Backup *backup;
    MemContext *mem; /* that the backup lives in */
    const char *prefix;
    StrBuf text;
    TimelineId tli; /* of the entry that is being read; 0: another file */
} TarHistories;

static void history_begin(void *arg, const TarEntry *entry)
{
    TarHistories *h = arg;
    const char *path = mem_printf("%s%s", h->prefix, entry->name);

    h->tli = 0;
    strbuf_clear(&h->text);
    if (entry->kind == TAR_FILE && entry->size <= SMALL_FILE_MAX &&
        str_starts_with(path, "pg_wal/"))
        wal_history_name_try_parse(path + strlen("pg_wal/"), &h->tli);
}

static void history_data(void *arg, const void *bytes, size_t len)
{
    TarHistories *h = arg;

    if (h->tli != 0)
        strbuf_add_bytes(&h->text, bytes, len);
}

static void history_end(void *arg)
{
    TarHistories *h = arg;

    if (h->tli != 0)
        *(BackupHistory *)array_push(&h->backup->histories) =
            (BackupHistory){.tli = h->tli, .text = mem_strdup_in(h->mem, h->text.text)};
}

static void load_tar_histories(Backup *b)
{
    TarHistories histories = {.backup = b, .mem = mem_current()};
    TarVisitor visitor = {
        .begin = history_begin, .data = history_data, .end = history_end, .arg = &histories};

    strbuf_init(&histories.text);
    array_foreach(BackupTar, tar, &b->tars) {
        if (str_starts_with(tar->prefix, "pg_tblspc/"))
            continue;
        histories.prefix = tar->prefix;
        backup_read_tar(tar->path, &visitor, NULL);
    }
}

const char *backup_read_history(void *backup, TimelineId tli)
{
    Backup *b = backup;

    if (!b->is_tar)
        return os_file_try_read_all(path_join(b->wal_dir, wal_history_name(tli)), SMALL_FILE_MAX,
                                    NULL);
    if (tli > b->tli)
        return NULL;
    if (!b->has_histories)
        load_tar_histories(b);
    b->has_histories = true;
    array_foreach(const BackupHistory, history, &b->histories)
        if (history->tli == tli)
            return history->text;
    return NULL;
}

/* ---- Manifest ---- */

typedef struct ManifestLoad {
    Backup *backup;
    MemContext *mem; /* that the backup lives in; the reader calls us in one of its own */
    Lsn end;         /* of the newest timeline's range, which comes first */
} ManifestLoad;

static void load_file(void *arg, const ManifestFile *file)
{
    ManifestLoad *load = arg;
    bool is_new;
    BackupFile *known =
        hash_enter(&load->backup->files, mem_strdup_in(load->mem, file->path), &is_new);

    if (!is_new)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("duplicate path name in backup manifest: \"%s\"", file->path));
    known->size = file->size;
    known->has_digest = file->has_checksum;
    known->digest_kind = file->kind;
    if (!file->has_checksum)
        return;
    if (file->checksum_len != digest_size(file->kind))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("file \"%s\" has a checksum of %zu bytes in the backup manifest",
                              file->path, file->checksum_len));
    memcpy(known->digest, file->checksum, file->checksum_len);
}

static void load_wal_range(void *arg, const ManifestWalRange *range)
{
    ManifestLoad *load = arg;

    if (range->end > load->end)
        load->end = range->end;
}

static void load_system_id(void *arg, uint64_t system_id)
{
    ManifestLoad *load = arg;

    if (load->backup->system_id != 0 && load->backup->system_id != system_id)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = "the backup manifest belongs to another database system than "
                             "pg_control");
    load->backup->system_id = system_id;
}

static void read_manifest(Backup *b)
{
    char *path = path_join(b->path, MANIFEST_FILE_NAME);
    ManifestLoad load = {.backup = b, .mem = mem_current(), .end = LSN_NONE};
    ManifestHandler handler = {
        .system_id = load_system_id, .file = load_file, .wal_range = load_wal_range, .arg = &load};

    if (!os_exists(path)) {
        err_log(ERR_WARNING,
                .message = err_fmt("the base backup in \"%s\" has no manifest", b->path),
                .detail = "Its files cannot be checked.");
        return;
    }
    hash_init(&b->files, HASH_KEY_STRING, sizeof(BackupFile));
    manifest_read_file(path, &handler);
    b->has_manifest = true;
    if (load.end != LSN_NONE)
        b->end = load.end;
}
