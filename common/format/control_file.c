/* control_file.c - read, judge and write pg_control; control_file.h has the layout. */
#include "common/base/base.h"

#include "common/format/control_file.h"

#include "common/base/bytes.h"
#include "common/crypt/crc32c.h"
#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/path.h"

#define AT_CHECKPOINT    40
#define AT_CHAR_SIGNED   256 /* 18 */
#define AT_NONCE         256
#define READ_TRIES       10
#define READ_INTERVAL_MS 10

/* What sizes a server is built with; nobody changes the others. */
typedef struct BuildSize {
    size_t field; /* in ControlFile */
    uint32_t expected;
    const char *name;
    const char *hint;
} BuildSize;

#define NEEDS_INITDB  "It looks like you need to initdb."
#define NEEDS_REBUILD "It looks like you need to recompile or initdb."

static double load_double(const uint8_t *p);
static bool has_signed_field(uint32_t control_version);
static size_t crc_offset(uint32_t control_version);
static unsigned find_version(uint32_t control_version, uint32_t catalog_version);
static void check_sizes(const ControlFile *control, const BuildSize *sizes, size_t count);
_Noreturn static void raise_incompatible(const char *detail, const char *hint);
static const char *segment_size_message(uint32_t size);

void control_file_decode(const uint8_t *bytes, size_t len, const char *path, ControlFile *out)
{
    size_t at_nonce, at_crc;

    /* The server's and our struct is 296 bytes in all versions, padding behind the CRC included. */
    if (len < CONTROL_FILE_STRUCT_MAX)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("could not read file \"%s\": read %zu of %d", path, len,
                                     CONTROL_FILE_STRUCT_MAX));
    *out = (ControlFile){.char_is_signed = true};
    memcpy(out->raw, bytes, sizeof(out->raw));

#define GET_U32(at)             load_u32(bytes + (at))
#define GET_U64(at)             load_u64(bytes + (at))
#define GET_I64(at)             (int64_t) load_u64(bytes + (at))
#define GET_FLAG(at)            bytes[at] != 0
#define GET_REAL(at)            load_double(bytes + (at))
#define ROW(offset, kind, name) out->name = GET_##kind(offset);
#include "common/format/control_field.def"
#undef ROW

    checkpoint_decode(bytes + AT_CHECKPOINT, &out->checkpoint);
    at_nonce = AT_NONCE;
    if (has_signed_field(out->control_version)) {
        out->char_is_signed = bytes[AT_CHAR_SIGNED] != 0;
        at_nonce++;
    }
    memcpy(out->nonce, bytes + at_nonce, sizeof(out->nonce));
    at_crc = crc_offset(out->control_version);
    out->crc = load_u32(bytes + at_crc);
    out->is_crc_right = crc32c(bytes, at_crc) == out->crc;
    out->version = find_version(out->control_version, out->catalog_version);
}

void control_file_encode(const ControlFile *control, uint8_t bytes[CONTROL_FILE_SIZE])
{
    size_t at_nonce = AT_NONCE, at_crc = crc_offset(control->control_version);

    memset(bytes, 0, CONTROL_FILE_SIZE);
    memcpy(bytes, control->raw, sizeof(control->raw));

#define PUT_U32(at, value)      store_u32(bytes + (at), (value))
#define PUT_U64(at, value)      store_u64(bytes + (at), (value))
#define PUT_I64(at, value)      store_u64(bytes + (at), (uint64_t)(value))
#define PUT_FLAG(at, value)     bytes[at] = (value)
#define PUT_REAL(at, value)     memcpy(bytes + (at), &(value), sizeof(value))
#define ROW(offset, kind, name) PUT_##kind(offset, control->name);
#include "common/format/control_field.def"
#undef ROW

    checkpoint_encode(&control->checkpoint, bytes + AT_CHECKPOINT);
    if (has_signed_field(control->control_version)) {
        bytes[AT_CHAR_SIGNED] = control->char_is_signed;
        at_nonce++;
    }
    memcpy(bytes + at_nonce, control->nonce, sizeof(control->nonce));
    store_u32(bytes + at_crc, crc32c(bytes, at_crc));
}

void control_file_read_unchecked(const char *data_dir, ControlFile *out)
{
    char *path = mem_printf("%s/%s", data_dir, CONTROL_FILE_NAME);
    uint32_t crc_before = 0;

    for (int i = 0; i < READ_TRIES; i++) {
        size_t len;
        char *bytes = os_file_try_read_all(path, CONTROL_FILE_SIZE, &len);

        if (bytes == NULL)
            err_raise(SQLSTATE_UNDEFINED_FILE,
                      .message = err_fmt("could not open file \"%s\" for reading: No such file "
                                         "or directory",
                                         path));
        control_file_decode((const uint8_t *)bytes, len, path, out);
        mem_free(bytes);
        /* The same wrong CRC twice is damage; else a server may just be writing. */
        if (out->is_crc_right || (i > 0 && out->crc == crc_before))
            break;
        crc_before = out->crc;
        clock_sleep_ms(READ_INTERVAL_MS);
    }
    mem_free(path);
}

void control_file_read(const char *data_dir, ControlFile *out)
{
    control_file_read_unchecked(data_dir, out);
    if (out->version == 0 && out->is_crc_right)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("control file \"%s/%s\" is of a version that is not supported",
                                     data_dir, CONTROL_FILE_NAME),
                  .detail = err_fmt("Its control version is %u, its catalog version %u.",
                                    out->control_version, out->catalog_version),
                  .hint = err_fmt("Supported are the releases %d to %d of PostgreSQL.",
                                  PG_VERSION_MIN, PG_VERSION_MAX));
    if (!out->is_crc_right)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("incorrect checksum in control file \"%s/%s\"", data_dir,
                                     CONTROL_FILE_NAME));
    if (out->state >= CONTROL_STATE_COUNT)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("control file \"%s/%s\" contains invalid database cluster "
                                     "state %u",
                                     data_dir, CONTROL_FILE_NAME, out->state));
    if (!wal_seg_size_is_valid(out->wal_segment_size))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = segment_size_message(out->wal_segment_size));
}

void control_file_check(const ControlFile *control, unsigned version)
{
#define SIZE(field, expected, name, hint)            \
 {                                                   \
  offsetof(ControlFile, field), expected, name, hint \
 }
    static const BuildSize align[] = {SIZE(max_align, 8, "MAXALIGN", NEEDS_INITDB)};
    static const BuildSize sizes[] = {
        SIZE(block_size, BLOCK_SIZE, "BLCKSZ", NEEDS_REBUILD),
        SIZE(segment_blocks, SEGMENT_BLOCKS, "RELSEG_SIZE", NEEDS_REBUILD),
        SIZE(wal_block_size, 8192, "XLOG_BLCKSZ", NEEDS_REBUILD),
        SIZE(name_size, 64, "NAMEDATALEN", NEEDS_REBUILD),
        SIZE(index_key_max, 32, "INDEX_MAX_KEYS", NEEDS_REBUILD),
        SIZE(toast_chunk_size, 1996, "TOAST_MAX_CHUNK_SIZE", NEEDS_REBUILD),
        SIZE(large_object_chunk_size, 2048, "LOBLKSIZE", NEEDS_REBUILD),
    };
#undef SIZE
    static const double float_format = CONTROL_FILE_FLOAT;
    const PgVersion *wanted = pg_version_find(version);
    uint32_t is_version = control->control_version;

    ASSERT(wanted != NULL);
    if (is_version != wanted->control_version && is_version % 65536 == 0 && is_version != 0)
        raise_incompatible(
            err_fmt("The database cluster was initialized with PG_CONTROL_VERSION %d (0x%08x), but "
                    "the server was compiled with PG_CONTROL_VERSION %d (0x%08x).",
                    (int)is_version, is_version, (int)wanted->control_version,
                    wanted->control_version),
            "This could be a problem of mismatched byte ordering.  It looks like you need to "
            "initdb.");
    if (is_version != wanted->control_version)
        raise_incompatible(
            err_fmt("The database cluster was initialized with PG_CONTROL_VERSION %d, but the "
                    "server was compiled with PG_CONTROL_VERSION %d.",
                    (int)is_version, (int)wanted->control_version),
            NEEDS_INITDB);
    if (!control->is_crc_right)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "incorrect checksum in control file");
    if (control->catalog_version != wanted->catalog_version)
        raise_incompatible(
            err_fmt("The database cluster was initialized with CATALOG_VERSION_NO %d, but the "
                    "server was compiled with CATALOG_VERSION_NO %d.",
                    (int)control->catalog_version, (int)wanted->catalog_version),
            NEEDS_INITDB);
    check_sizes(control, align, ARRAY_LEN(align));
    if (memcmp(&control->float_format, &float_format, sizeof(float_format)) != 0)
        raise_incompatible("The database cluster appears to use a different floating-point number "
                           "format than the server executable.",
                           NEEDS_INITDB);
    check_sizes(control, sizes, ARRAY_LEN(sizes));
    if (!control->float8_by_value)
        raise_incompatible("The database cluster was initialized without USE_FLOAT8_BYVAL but the "
                           "server was compiled with USE_FLOAT8_BYVAL.",
                           NEEDS_REBUILD);
    if (!wal_seg_size_is_valid(control->wal_segment_size))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = segment_size_message(control->wal_segment_size));
}

void control_file_write(const char *data_dir, ControlFile *control)
{
    uint8_t bytes[CONTROL_FILE_SIZE];
    char *path = path_join(data_dir, CONTROL_FILE_NAME);
    OsFile *file;

    control->time = clock_unix_seconds();
    control_file_encode(control, bytes);
    file = os_file_open(path, OS_WRITE);
    os_file_write_at(file, bytes, sizeof(bytes), 0);
    os_file_sync(file);
    os_file_close(file);
    mem_free(path);
    memcpy(control->raw, bytes, sizeof(control->raw));
    control->crc = load_u32(bytes + crc_offset(control->control_version));
    control->is_crc_right = true;
}

const char *control_state_text(uint32_t state)
{
    static const char *const texts[CONTROL_STATE_COUNT] = {
        [CONTROL_STARTING_UP] = "starting up",
        [CONTROL_SHUT_DOWN] = "shut down",
        [CONTROL_SHUT_DOWN_IN_RECOVERY] = "shut down in recovery",
        [CONTROL_SHUTTING_DOWN] = "shutting down",
        [CONTROL_IN_CRASH_RECOVERY] = "in crash recovery",
        [CONTROL_IN_ARCHIVE_RECOVERY] = "in archive recovery",
        [CONTROL_IN_PRODUCTION] = "in production",
    };

    return state < CONTROL_STATE_COUNT ? texts[state] : "unrecognized status code";
}

const char *wal_level_text(uint32_t wal_level)
{
    static const char *const texts[] = {
        [WAL_LEVEL_MINIMAL] = "minimal",
        [WAL_LEVEL_REPLICA] = "replica",
        [WAL_LEVEL_LOGICAL] = "logical",
    };

    return wal_level < ARRAY_LEN(texts) ? texts[wal_level] : "unrecognized wal_level";
}

static double load_double(const uint8_t *p)
{
    double value;

    memcpy(&value, p, sizeof(value));
    return value;
}

static bool has_signed_field(uint32_t control_version)
{
    return control_version >= 1800 && control_version < 65536;
}

/* One byte more before the nonce moves the CRC by its alignment. */
static size_t crc_offset(uint32_t control_version)
{
    return has_signed_field(control_version) ? 292 : 288;
}

static unsigned find_version(uint32_t control_version, uint32_t catalog_version)
{
    const PgVersion *version = pg_version_find_by_catalog(catalog_version);

    return version != NULL && version->control_version == control_version ? version->major : 0;
}

static void check_sizes(const ControlFile *control, const BuildSize *sizes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t found = load_u32((const uint8_t *)control + sizes[i].field);

        if (found != sizes[i].expected)
            raise_incompatible(err_fmt("The database cluster was initialized with %s %d, but the "
                                       "server was compiled with %s %d.",
                                       sizes[i].name, (int)found, sizes[i].name,
                                       (int)sizes[i].expected),
                               sizes[i].hint);
    }
}

static void raise_incompatible(const char *detail, const char *hint)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "database files are incompatible with server", .detail = detail,
              .hint = hint);
}

static const char *segment_size_message(uint32_t size)
{
    return err_fmt("WAL segment size must be a power of two between 1 MB and 1 GB, but the control "
                   "file specifies %d byte%s",
                   (int)size, size == 1 ? "" : "s");
}
