/*
 * manifest_read.c - read a manifest as a stream; manifest.h has the form
 *
 * The bytes pass twice: through the JSON reader, which hands out what they say, and past a digest
 * that notes its state at the end of each line, so that at the end of the input the state at the
 * last line's beginning is known.
 */
#include "common/base/base.h"

#include <strings.h>

#include "common/err/err.h"
#include "common/format/manifest.h"
#include "common/json/reader.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/civil.h"
#include "common/text/hex.h"
#include "common/text/num.h"
#include "common/text/str.h"

#define CHECKSUM_SIZE 32 /* of SHA-256 */
#define VERSION_KEY   "PostgreSQL-Backup-Manifest-Version"

typedef struct LineDigest {
    ByteSource source;
    Digest now;
    Digest at_line, at_line_before; /* at the last two line ends */
    size_t line_count;
    char last_byte;
} LineDigest;

typedef struct ManifestReader {
    const ManifestHandler *handler;
    LineDigest lines;
    JsonReader *json;
    unsigned version;
    char *checksum;       /* as the last line gives it */
    MemContext *item_mem; /* reset after each file */
} ManifestReader;

/* Texts of a file's object, NULL where it has none. */
typedef struct FileFields {
    char *path, *encoded_path, *size, *last_modified, *algorithm, *checksum;
} FileFields;

typedef struct RangeFields {
    char *timeline, *start, *end;
} RangeFields;

/* A member of an object, and where its text goes. */
typedef struct FieldRow {
    const char *key;
    size_t offset;
} FieldRow;

#define AT(field) offsetof(FileFields, field)
static const FieldRow file_rows[] = {
    {"Path", AT(path)},
    {"Encoded-Path", AT(encoded_path)},
    {"Size", AT(size)},
    {"Last-Modified", AT(last_modified)},
    {"Checksum-Algorithm", AT(algorithm)},
    {"Checksum", AT(checksum)},
};
#undef AT

#define AT(field) offsetof(RangeFields, field)
static const FieldRow range_rows[] = {
    {"Timeline", AT(timeline)},
    {"Start-LSN", AT(start)},
    {"End-LSN", AT(end)},
};
#undef AT

static void read_all(ManifestReader *r);
static void read_json(ManifestReader *r);
static void read_version(ManifestReader *r);
static bool read_member(ManifestReader *r);
static void read_list(ManifestReader *r, void (*read_item)(ManifestReader *r));
static void read_file(ManifestReader *r);
static void hand_out_file(ManifestReader *r, const FileFields *fields);
static void parse_checksum(const FileFields *fields, ManifestFile *file);
static bool try_parse_mtime(const char *text, int64_t *out);
static void read_range(ManifestReader *r);
static void hand_out_range(ManifestReader *r, const RangeFields *fields);
static void check_digest(ManifestReader *r);
static bool read_field(ManifestReader *r, const FieldRow *rows, size_t count, void *fields);
static JsonEvent expect(ManifestReader *r, JsonKind wanted);
static char *read_scalar(ManifestReader *r);
static size_t line_digest_read(void *arg, void *bytes, size_t max);
_Noreturn static void raise_unexpected(JsonKind kind);
_Noreturn static void raise_invalid(const char *what);

void manifest_read(ByteSource source, const ManifestHandler *handler)
{
    ManifestReader *r = mem_new(ManifestReader);

    r->handler = handler;
    r->lines.source = source;
    digest_init(&r->lines.now, DIGEST_SHA256);
    r->item_mem = mem_context_new(mem_current(), "manifest item");
    r->json = json_reader_new((ByteSource){line_digest_read, &r->lines}, "backup manifest");
    read_all(r);
    json_reader_free(r->json);
    mem_delete(r->item_mem);
    mem_free(r);
}

void manifest_read_file(const char *path, const ManifestHandler *handler)
{
    OsFile *file = os_file_open(path, OS_READ);

    manifest_read(os_file_source(file), handler);
    os_file_close(file);
}

/* What is no JSON at all gets pg_verifybackup's one word for it, and the reader's as detail. */
static void read_all(ManifestReader *r)
{
    ERR_TRY() {
        read_json(r);
        check_digest(r);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate != SQLSTATE_INVALID_JSON_TEXT)
            err_raise_again();
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = "could not parse backup manifest: parsing failed",
                  .detail = err_fmt("%s", err_caught()->message));
    }
    ERR_END();
}

static void read_json(ManifestReader *r)
{
    expect(r, JSON_BEGIN_OBJECT);
    read_version(r);
    while (read_member(r))
        ;
    expect(r, JSON_END_OBJECT);
    json_read_end(r->json);
}

static void read_version(ManifestReader *r)
{
    char *text;

    if (!str_equal(expect(r, JSON_KEY).text, VERSION_KEY))
        raise_invalid("expected version indicator");
    text = read_scalar(r);
    if (!str_equal(text, "1") && !str_equal(text, "2"))
        raise_invalid("unexpected manifest version");
    r->version = (unsigned)(*text - '0');
    if (r->handler->version != NULL)
        r->handler->version(r->handler->arg, r->version);
}

/* One member of the manifest; false after its checksum, which is the last. */
static bool read_member(ManifestReader *r)
{
    const char *key = expect(r, JSON_KEY).text;

    if (str_equal(key, "Files")) {
        read_list(r, read_file);
        return true;
    }
    if (str_equal(key, "WAL-Ranges")) {
        read_list(r, read_range);
        return true;
    }
    if (str_equal(key, "System-Identifier") && r->version >= 2) {
        uint64_t system_id;

        if (!num_try_parse_u64(read_scalar(r), &system_id))
            raise_invalid("system identifier is not an integer");
        if (r->handler->system_id != NULL)
            r->handler->system_id(r->handler->arg, system_id);
        return true;
    }
    if (!str_equal(key, "Manifest-Checksum"))
        raise_invalid("unrecognized top-level field");
    r->checksum = read_scalar(r);
    return false;
}

static void read_list(ManifestReader *r, void (*read_item)(ManifestReader *r))
{
    expect(r, JSON_BEGIN_ARRAY);
    while (json_peek_kind(r->json) != JSON_END_ARRAY) {
        expect(r, JSON_BEGIN_OBJECT);
        MEM_SCOPE(r->item_mem) {
            read_item(r);
        }
        mem_reset(r->item_mem);
    }
    expect(r, JSON_END_ARRAY);
}

static void read_file(ManifestReader *r)
{
    FileFields fields = {.path = NULL};

    while (json_peek_kind(r->json) == JSON_KEY)
        if (!read_field(r, file_rows, ARRAY_LEN(file_rows), &fields))
            raise_invalid("unexpected file field");
    expect(r, JSON_END_OBJECT);
    hand_out_file(r, &fields);
}

static void hand_out_file(ManifestReader *r, const FileFields *fields)
{
    ManifestFile file = {.path = fields->path};

    if (fields->path == NULL && fields->encoded_path == NULL)
        raise_invalid("missing path name");
    if (fields->path != NULL && fields->encoded_path != NULL)
        raise_invalid("both path name and encoded path name");
    if (fields->size == NULL)
        raise_invalid("missing size");
    if (fields->algorithm == NULL && fields->checksum != NULL)
        raise_invalid("checksum without algorithm");
    if (fields->encoded_path != NULL) {
        size_t len = strlen(fields->encoded_path);
        char *path = mem_alloc(len / 2 + 1);

        if (len % 2 != 0 || !hex_try_read(fields->encoded_path, path, len / 2))
            raise_invalid("could not decode file name");
        if (strlen(path) != len / 2)
            raise_invalid("file name with a NUL byte");
        file.path = path;
    }
    if (!num_try_parse_u64(fields->size, &file.size))
        raise_invalid("file size is not an integer");
    if (!path_is_inside(file.path))
        raise_invalid(err_fmt("path name \"%s\" leads out of the backup", file.path));
    parse_checksum(fields, &file);
    file.has_mtime =
        fields->last_modified != NULL && try_parse_mtime(fields->last_modified, &file.mtime);
    if (r->handler->file != NULL)
        r->handler->file(r->handler->arg, &file);
}

static void parse_checksum(const FileFields *fields, ManifestFile *file)
{
    const char *text = fields->checksum == NULL ? "" : fields->checksum;
    size_t len = strlen(text);
    uint8_t *bytes;

    if (fields->algorithm == NULL)
        return;
    file->has_checksum = digest_try_parse(fields->algorithm, &file->kind);
    if (!file->has_checksum && strcasecmp(fields->algorithm, "none") != 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unrecognized checksum algorithm: \"%s\"", fields->algorithm));
    bytes = mem_alloc(len / 2 + 1);
    if (len % 2 != 0 || !hex_try_read(text, bytes, len / 2))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid checksum for file \"%s\": \"%s\"", file->path, text));
    file->checksum = bytes;
    file->checksum_len = len / 2;
}

/* "2026-11-22 07:05:35 GMT", the one form that servers write. */
static bool try_parse_mtime(const char *text, int64_t *out)
{
    static const char form[] = "dddd-dd-dd dd:dd:dd GMT";
    int numbers[6] = {0}; /* year to second */
    size_t number = 0;

    if (strlen(text) != strlen(form))
        return false;
    for (size_t i = 0; form[i] != '\0'; i++) {
        if (form[i] != 'd' && form[i] != text[i])
            return false;
        if (form[i] != 'd') {
            number++;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        numbers[number] = numbers[number] * 10 + (text[i] - '0');
    }
    if (numbers[1] < 1 || numbers[1] > 12 || numbers[2] < 1 ||
        numbers[2] > civil_month_days(numbers[0], numbers[1]) || numbers[3] > 23 ||
        numbers[4] > 59 || numbers[5] > 59)
        return false;
    *out = civil_to_days(numbers[0], numbers[1], numbers[2]) * DAY_SECONDS + numbers[3] * 3600 +
           numbers[4] * 60 + numbers[5];
    return true;
}

static void read_range(ManifestReader *r)
{
    RangeFields fields = {.timeline = NULL};

    while (json_peek_kind(r->json) == JSON_KEY)
        if (!read_field(r, range_rows, ARRAY_LEN(range_rows), &fields))
            raise_invalid("unexpected WAL range field");
    expect(r, JSON_END_OBJECT);
    hand_out_range(r, &fields);
}

static void hand_out_range(ManifestReader *r, const RangeFields *fields)
{
    ManifestWalRange range;

    if (fields->timeline == NULL)
        raise_invalid("missing timeline");
    if (fields->start == NULL)
        raise_invalid("missing start LSN");
    if (fields->end == NULL)
        raise_invalid("missing end LSN");
    if (!num_try_parse_u32(fields->timeline, &range.tli))
        raise_invalid("timeline is not an integer");
    if (!lsn_try_parse(fields->start, &range.start))
        raise_invalid("could not parse start LSN");
    if (!lsn_try_parse(fields->end, &range.end))
        raise_invalid("could not parse end LSN");
    if (r->handler->wal_range != NULL)
        r->handler->wal_range(r->handler->arg, &range);
}

static void check_digest(ManifestReader *r)
{
    uint8_t wanted[CHECKSUM_SIZE], computed[DIGEST_SIZE_MAX];

    if (r->lines.line_count < 2)
        raise_invalid("expected at least 2 lines");
    if (r->lines.last_byte != '\n')
        raise_invalid("last line not newline-terminated");
    if (strlen(r->checksum) != sizeof(wanted) * 2 ||
        !hex_try_read(r->checksum, wanted, sizeof(wanted)))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid manifest checksum: \"%s\"", r->checksum));
    digest_final(&r->lines.at_line_before, computed);
    if (memcmp(wanted, computed, sizeof(wanted)) != 0)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "manifest checksum mismatch");
}

/* Read one member into the struct at fields; false when no row has its key. */
static bool read_field(ManifestReader *r, const FieldRow *rows, size_t count, void *fields)
{
    const char *key = expect(r, JSON_KEY).text;

    for (size_t i = 0; i < count; i++)
        if (str_equal(key, rows[i].key)) {
            *(char **)((char *)fields + rows[i].offset) = read_scalar(r);
            return true;
        }
    return false;
}

static JsonEvent expect(ManifestReader *r, JsonKind wanted)
{
    JsonEvent event = json_read_event(r->json);

    if (event.kind != wanted)
        raise_unexpected(event.kind);
    return event;
}

/* The next value as text, whatever scalar it is, in the current memory context. */
static char *read_scalar(ManifestReader *r)
{
    JsonEvent event = json_read_event(r->json);

    switch (event.kind) {
    case JSON_NULL:
        return mem_strdup("null");
    case JSON_BOOL:
        return mem_strdup(event.is_true ? "true" : "false");
    case JSON_NUMBER:
    case JSON_STRING:
        return mem_strndup(event.text, event.text_len);
    default:
        raise_unexpected(event.kind);
    }
}

/* The source of the JSON reader: what the manifest's source gives, noted in the digest. */
static size_t line_digest_read(void *arg, void *bytes, size_t max)
{
    LineDigest *lines = arg;
    size_t len = byte_source_read(&lines->source, bytes, max);
    const char *pos = bytes, *end = pos + len;

    if (len > 0)
        lines->last_byte = end[-1];
    while (pos < end) {
        const char *newline = memchr(pos, '\n', (size_t)(end - pos));
        const char *next = newline == NULL ? end : newline + 1;

        digest_update(&lines->now, pos, (size_t)(next - pos));
        if (newline != NULL) {
            lines->at_line_before = lines->at_line;
            lines->at_line = lines->now;
            lines->line_count++;
        }
        pos = next;
    }
    return len;
}

static void raise_unexpected(JsonKind kind)
{
    switch (kind) {
    case JSON_BEGIN_OBJECT:
        raise_invalid("unexpected object start");
    case JSON_END_OBJECT:
        raise_invalid("unexpected object end");
    case JSON_BEGIN_ARRAY:
        raise_invalid("unexpected array start");
    case JSON_END_ARRAY:
        raise_invalid("unexpected array end");
    case JSON_KEY:
        raise_invalid("unexpected object field");
    case JSON_END:
        raise_invalid("parsing failed");
    default:
        raise_invalid("unexpected scalar");
    }
}

static void raise_invalid(const char *what)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("could not parse backup manifest: %s", what));
}
