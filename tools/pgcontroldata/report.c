/* report.c - print a control file by one table; report.h has the forms. */
#include "common/base/base.h"

#include "tools/pgcontroldata/report.h"

#include <time.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/json/writer.h"
#include "common/mem/mem.h"
#include "common/text/hex.h"
#include "common/text/num.h"
#include "common/tool/tool.h"

#define LABEL_WIDTH 38 /* with the colon */

typedef enum FieldKind {
    FIELD_UNSIGNED,
    FIELD_UNSIGNED64,
    FIELD_SIGNED,
    FIELD_LSN,
    FIELD_TIME,
    FIELD_STATE,
    FIELD_SEGMENT, /* the name of the segment of an LSN */
    FIELD_FULL_XID,
    FIELD_WAL_LEVEL,
    FIELD_ON_OFF,
    FIELD_YES_NO,
    FIELD_INTEGERS, /* how times are stored: there is one way */
    FIELD_BY_VALUE,
    FIELD_SIGNEDNESS, /* 18 and later */
    FIELD_NONCE,
} FieldKind;

typedef struct FieldRow {
    FieldKind kind;
    size_t offset; /* in ControlFile */
    const char *key, *label;
} FieldRow;

/* In the order in which they are printed. */
#define AT(field) offsetof(ControlFile, field)
static const FieldRow rows[] = {
    {FIELD_UNSIGNED, AT(control_version), "control_version", "pg_control version number"},
    {FIELD_UNSIGNED, AT(catalog_version), "catalog_version", "Catalog version number"},
    {FIELD_UNSIGNED64, AT(system_id), "system_identifier", "Database system identifier"},
    {FIELD_STATE, AT(state), "state", "Database cluster state"},
    {FIELD_TIME, AT(time), "last_modified", "pg_control last modified"},
    {FIELD_LSN, AT(checkpoint_lsn), "checkpoint_lsn", "Latest checkpoint location"},
    {FIELD_LSN, AT(checkpoint.redo), "redo_lsn", "Latest checkpoint's REDO location"},
    {FIELD_SEGMENT, AT(checkpoint.redo), "redo_wal_file", "Latest checkpoint's REDO WAL file"},
    {FIELD_UNSIGNED, AT(checkpoint.tli), "timeline", "Latest checkpoint's TimeLineID"},
    {FIELD_UNSIGNED, AT(checkpoint.prev_tli), "previous_timeline",
     "Latest checkpoint's PrevTimeLineID"},
    {FIELD_ON_OFF, AT(checkpoint.full_page_writes), "full_page_writes",
     "Latest checkpoint's full_page_writes"},
    {FIELD_FULL_XID, AT(checkpoint.next_xid), "next_xid", "Latest checkpoint's NextXID"},
    {FIELD_UNSIGNED, AT(checkpoint.next_oid), "next_oid", "Latest checkpoint's NextOID"},
    {FIELD_UNSIGNED, AT(checkpoint.next_multi), "next_multixact",
     "Latest checkpoint's NextMultiXactId"},
    {FIELD_UNSIGNED, AT(checkpoint.next_multi_offset), "next_multi_offset",
     "Latest checkpoint's NextMultiOffset"},
    {FIELD_UNSIGNED, AT(checkpoint.oldest_xid), "oldest_xid", "Latest checkpoint's oldestXID"},
    {FIELD_UNSIGNED, AT(checkpoint.oldest_xid_db), "oldest_xid_db",
     "Latest checkpoint's oldestXID's DB"},
    {FIELD_UNSIGNED, AT(checkpoint.oldest_active_xid), "oldest_active_xid",
     "Latest checkpoint's oldestActiveXID"},
    {FIELD_UNSIGNED, AT(checkpoint.oldest_multi), "oldest_multixact",
     "Latest checkpoint's oldestMultiXid"},
    {FIELD_UNSIGNED, AT(checkpoint.oldest_multi_db), "oldest_multixact_db",
     "Latest checkpoint's oldestMulti's DB"},
    {FIELD_UNSIGNED, AT(checkpoint.oldest_commit_ts_xid), "oldest_commit_ts_xid",
     "Latest checkpoint's oldestCommitTsXid"},
    {FIELD_UNSIGNED, AT(checkpoint.newest_commit_ts_xid), "newest_commit_ts_xid",
     "Latest checkpoint's newestCommitTsXid"},
    {FIELD_TIME, AT(checkpoint.time), "checkpoint_time", "Time of latest checkpoint"},
    {FIELD_LSN, AT(unlogged_lsn), "unlogged_lsn", "Fake LSN counter for unlogged rels"},
    {FIELD_LSN, AT(min_recovery_lsn), "min_recovery_lsn", "Minimum recovery ending location"},
    {FIELD_UNSIGNED, AT(min_recovery_tli), "min_recovery_timeline",
     "Min recovery ending loc's timeline"},
    {FIELD_LSN, AT(backup_start_lsn), "backup_start_lsn", "Backup start location"},
    {FIELD_LSN, AT(backup_end_lsn), "backup_end_lsn", "Backup end location"},
    {FIELD_YES_NO, AT(backup_end_required), "backup_end_required", "End-of-backup record required"},
    {FIELD_WAL_LEVEL, AT(wal_level), "wal_level", "wal_level setting"},
    {FIELD_ON_OFF, AT(wal_log_hints), "wal_log_hints", "wal_log_hints setting"},
    {FIELD_SIGNED, AT(max_connections), "max_connections", "max_connections setting"},
    {FIELD_SIGNED, AT(max_worker_processes), "max_worker_processes",
     "max_worker_processes setting"},
    {FIELD_SIGNED, AT(max_wal_senders), "max_wal_senders", "max_wal_senders setting"},
    {FIELD_SIGNED, AT(max_prepared_xacts), "max_prepared_xacts", "max_prepared_xacts setting"},
    {FIELD_SIGNED, AT(max_locks_per_xact), "max_locks_per_xact", "max_locks_per_xact setting"},
    {FIELD_ON_OFF, AT(track_commit_timestamp), "track_commit_timestamp",
     "track_commit_timestamp setting"},
    {FIELD_UNSIGNED, AT(max_align), "max_align", "Maximum data alignment"},
    {FIELD_UNSIGNED, AT(block_size), "block_size", "Database block size"},
    {FIELD_UNSIGNED, AT(segment_blocks), "blocks_per_segment",
     "Blocks per segment of large relation"},
    {FIELD_UNSIGNED, AT(wal_block_size), "wal_block_size", "WAL block size"},
    {FIELD_UNSIGNED, AT(wal_segment_size), "wal_segment_size", "Bytes per WAL segment"},
    {FIELD_UNSIGNED, AT(name_size), "max_identifier_length", "Maximum length of identifiers"},
    {FIELD_UNSIGNED, AT(index_key_max), "max_index_columns", "Maximum columns in an index"},
    {FIELD_UNSIGNED, AT(toast_chunk_size), "max_toast_chunk_size", "Maximum size of a TOAST chunk"},
    {FIELD_UNSIGNED, AT(large_object_chunk_size), "large_object_chunk_size",
     "Size of a large-object chunk"},
    {FIELD_INTEGERS, AT(float8_by_value), "date_time_storage", "Date/time type storage"},
    {FIELD_BY_VALUE, AT(float8_by_value), "float8_argument_passing", "Float8 argument passing"},
    {FIELD_UNSIGNED, AT(checksum_version), "data_checksum_version", "Data page checksum version"},
    {FIELD_SIGNEDNESS, AT(char_is_signed), "default_char_signedness",
     "Default char data signedness"},
    {FIELD_NONCE, AT(nonce), "mock_authentication_nonce", "Mock authentication nonce"},
};
#undef AT

static void print_warnings(const ControlFile *control);
static bool is_byte_swapped(const ControlFile *control);
static bool is_shown(const ControlFile *control, const FieldRow *row);
static const char *field_text(const ControlFile *control, const FieldRow *row);
static const char *time_text(int64_t unix_seconds);
static const char *segment_text(const ControlFile *control);
static void write_json_field(JsonWriter *w, const ControlFile *control, const FieldRow *row);
static const char *json_time_text(int64_t unix_seconds);

void report_print_text(const ControlFile *control)
{
    print_warnings(control);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (is_shown(control, &rows[i]))
            tool_print("%-*s%s", LABEL_WIDTH, mem_printf("%s:", rows[i].label),
                       field_text(control, &rows[i]));
    }
}

void report_print_json(const ControlFile *control)
{
    StrBuf text;
    JsonWriter w;

    strbuf_init(&text);
    json_writer_init(&w, &text, JSON_PRETTY);
    json_write_begin_object(&w);
    json_write_key(&w, "version");
    if (control->version == 0)
        json_write_null(&w);
    else
        json_write_u64(&w, control->version);
    json_write_key(&w, "crc_is_right");
    json_write_bool(&w, control->is_crc_right);
    json_write_key(&w, "wal_segment_size_is_valid");
    json_write_bool(&w, wal_seg_size_is_valid(control->wal_segment_size));
    json_write_key(&w, "byte_order_may_differ");
    json_write_bool(&w, is_byte_swapped(control));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (is_shown(control, &rows[i]))
            write_json_field(&w, control, &rows[i]);
    }
    json_write_end_object(&w);
    json_writer_finish(&w);
    tool_print_text(text.text);
}

/* They stand in the output, but for the first, which is no news of this file's content. */
static void print_warnings(const ControlFile *control)
{
    int seg_size = (int)control->wal_segment_size;

    if (is_byte_swapped(control))
        err_log(ERR_WARNING,
                .message = "possible byte ordering mismatch\n"
                           "The byte ordering used to store the pg_control file might not match "
                           "the one\n"
                           "used by this program.  In that case the results below would be "
                           "incorrect, and\n"
                           "the PostgreSQL installation would be incompatible with this data "
                           "directory.");
    if (!control->is_crc_right)
        tool_print("WARNING: Calculated CRC checksum does not match value stored in file.\n"
                   "Either the file is corrupt, or it has a different layout than this program\n"
                   "is expecting.  The results below are untrustworthy.\n");
    if (!wal_seg_size_is_valid(control->wal_segment_size))
        tool_print("WARNING: invalid WAL segment size\n"
                   "The WAL segment size stored in the file, %d byte%s, is not a power of two\n"
                   "between 1 MB and 1 GB.  The file is corrupt and the results below are\n"
                   "untrustworthy.\n",
                   seg_size, seg_size == 1 ? "" : "s");
}

static bool is_byte_swapped(const ControlFile *control)
{
    return control->control_version % 65536 == 0 && control->control_version != 0;
}

static bool is_shown(const ControlFile *control, const FieldRow *row)
{
    return row->kind != FIELD_SIGNEDNESS || control->version >= 18;
}

static const char *field_text(const ControlFile *control, const FieldRow *row)
{
    const void *field = (const char *)control + row->offset;
    char nonce[2 * CONTROL_FILE_NONCE_SIZE + 1];

    switch (row->kind) {
    case FIELD_UNSIGNED:
        return mem_printf("%u", *(const uint32_t *)field);
    case FIELD_UNSIGNED64:
        return mem_printf("%" PRIu64, *(const uint64_t *)field);
    case FIELD_SIGNED:
        return mem_printf("%d", (int)*(const uint32_t *)field);
    case FIELD_LSN:
        return mem_printf(LSN_FMT, LSN_ARG(*(const Lsn *)field));
    case FIELD_TIME:
        return time_text(*(const int64_t *)field);
    case FIELD_STATE:
        return control_state_text(*(const uint32_t *)field);
    case FIELD_SEGMENT:
        return segment_text(control);
    case FIELD_FULL_XID:
        return mem_printf("%u:%u", (uint32_t)(*(const FullXid *)field >> 32),
                          (uint32_t) * (const FullXid *)field);
    case FIELD_WAL_LEVEL:
        return wal_level_text(*(const uint32_t *)field);
    case FIELD_ON_OFF:
        return *(const bool *)field ? "on" : "off";
    case FIELD_YES_NO:
        return *(const bool *)field ? "yes" : "no";
    case FIELD_INTEGERS:
        return "64-bit integers";
    case FIELD_BY_VALUE:
        return *(const bool *)field ? "by value" : "by reference";
    case FIELD_SIGNEDNESS:
        return *(const bool *)field ? "signed" : "unsigned";
    case FIELD_NONCE:
        hex_write(field, CONTROL_FILE_NONCE_SIZE, nonce);
        return mem_strdup(nonce);
    }
    return "";
}

/* In local time. */
static const char *time_text(int64_t unix_seconds)
{
    time_t seconds = (time_t)unix_seconds;
    struct tm tm;
    char text[64];

    if (localtime_r(&seconds, &tm) == NULL ||
        strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &tm) == 0)
        return "???";
    return mem_strdup(text);
}

/*
 * The file that holds the redo location, computed with whatever segment size the file claims, as
 * long as one can divide by it.
 */
static const char *segment_text(const ControlFile *control)
{
    uint32_t seg_size = control->wal_segment_size;
    uint64_t seg_no, per_high_half;

    if (seg_size == 0 || (int)seg_size < 0)
        return "???";
    seg_no = control->checkpoint.redo / seg_size;
    per_high_half = (UINT64_C(1) << 32) / seg_size;
    return mem_printf("%08X%08X%08X", control->checkpoint.tli, (uint32_t)(seg_no / per_high_half),
                      (uint32_t)(seg_no % per_high_half));
}

static void write_json_field(JsonWriter *w, const ControlFile *control, const FieldRow *row)
{
    const void *field = (const char *)control + row->offset;

    json_write_key(w, row->key);
    switch (row->kind) {
    case FIELD_UNSIGNED:
        json_write_u64(w, *(const uint32_t *)field);
        break;
    case FIELD_SIGNED:
        json_write_i64(w, (int)*(const uint32_t *)field);
        break;
    case FIELD_ON_OFF:
    case FIELD_YES_NO:
        json_write_bool(w, *(const bool *)field);
        break;
    case FIELD_TIME:
        json_write_string(w, json_time_text(*(const int64_t *)field));
        break;
    default: /* 64-bit numbers too: few readers of JSON keep all their digits */
        json_write_string(w, field_text(control, row));
    }
}

static const char *json_time_text(int64_t unix_seconds)
{
    time_t seconds = (time_t)unix_seconds;
    struct tm tm;
    char text[64];

    if (gmtime_r(&seconds, &tm) == NULL ||
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        return "???";
    return mem_strdup(text);
}
