/*
 * backup_label.c - read and write labels line by line; backup_label.h has the form
 *
 * One table holds the lines in the order of the file. A row reads its value into the struct and
 * writes it back, so a line is known in one place.
 */
#include "common/base/base.h"

#include "common/format/backup_label.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"

typedef enum LineKind {
    LINE_LSN_FILE, /* "X/X (file SEGMENT)": an Lsn, and the file name at also */
    LINE_LSN,
    LINE_TLI,
    LINE_TEXT,
} LineKind;

typedef enum LineUse {
    USE_ALWAYS,      /* and the file is invalid without it */
    USE_WHEN_SET,    /* texts that are not NULL, timelines that are not 0 */
    USE_INCREMENTAL, /* when is_incremental */
    USE_HISTORY,     /* when is_history */
} LineUse;

typedef struct LineRow {
    const char *key;
    LineKind kind;
    LineUse use;
    size_t offset; /* in BackupLabel */
    size_t also;
} LineRow;

#define AT(field) offsetof(BackupLabel, field)
static const LineRow rows[] = {
    {"START WAL LOCATION", LINE_LSN_FILE, USE_ALWAYS, AT(start_lsn), AT(start_file)},
    {"STOP WAL LOCATION", LINE_LSN_FILE, USE_HISTORY, AT(stop_lsn), AT(stop_file)},
    {"CHECKPOINT LOCATION", LINE_LSN, USE_ALWAYS, AT(checkpoint_lsn), 0},
    {"BACKUP METHOD", LINE_TEXT, USE_WHEN_SET, AT(method), 0},
    {"BACKUP FROM", LINE_TEXT, USE_WHEN_SET, AT(from), 0},
    {"START TIME", LINE_TEXT, USE_WHEN_SET, AT(start_time), 0},
    {"LABEL", LINE_TEXT, USE_WHEN_SET, AT(label), 0},
    {"START TIMELINE", LINE_TLI, USE_WHEN_SET, AT(start_tli), 0},
    {"STOP TIME", LINE_TEXT, USE_HISTORY, AT(stop_time), 0},
    {"STOP TIMELINE", LINE_TLI, USE_HISTORY, AT(stop_tli), 0},
    {"INCREMENTAL FROM LSN", LINE_LSN, USE_INCREMENTAL, AT(incremental_from_lsn), 0},
    {"INCREMENTAL FROM TLI", LINE_TLI, USE_INCREMENTAL, AT(incremental_from_tli), 0},
};
#undef AT

typedef struct LabelReader {
    const char *what;
    BackupLabel *label;
    bool is_seen[ARRAY_LEN(rows)];
    bool is_in_label;  /* the last known line was LABEL */
    StrBuf label_text; /* its value, with the lines behind it */
} LabelReader;

static void read_line(LabelReader *r, const char *line);
static const LineRow *find_row(const char *line, const char **value);
static bool read_value(BackupLabel *label, const LineRow *row, const char *value);
static bool read_lsn_file(BackupLabel *label, const LineRow *row, const char *value);
static void check_whole(const LabelReader *r);
static bool is_used(const BackupLabel *label, const LineRow *row);
static void write_line(const BackupLabel *label, const LineRow *row, StrBuf *out);
static const void *field_of(const BackupLabel *label, size_t offset);
_Noreturn static void raise_invalid(const char *what, const char *detail);

void backup_label_parse(const char *text, size_t len, const char *what, BackupLabel *out)
{
    LabelReader reader = {.what = what, .label = out};
    const char *end = text + len;

    *out = (BackupLabel){.start_lsn = 0};
    strbuf_init(&reader.label_text);
    if (memchr(text, '\0', len) != NULL)
        raise_invalid(what, "It contains a NUL byte.");
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));

        if (newline == NULL)
            raise_invalid(what, "Its last line does not end.");
        read_line(&reader, mem_strndup(text, (size_t)(newline - text)));
        text = newline + 1;
    }
    check_whole(&reader);
}

void backup_label_write(const BackupLabel *label, StrBuf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (is_used(label, &rows[i]))
            write_line(label, &rows[i], out);
    }
}

bool backup_label_is_from_standby(const BackupLabel *label)
{
    return label->from != NULL && str_equal(label->from, "standby");
}

static void read_line(LabelReader *r, const char *line)
{
    const char *value;
    const LineRow *row = find_row(line, &value);

    if (row == NULL && r->is_in_label) {
        strbuf_add_char(&r->label_text, '\n');
        strbuf_add(&r->label_text, line);
        r->label->label = r->label_text.text;
        return;
    }
    if (row == NULL)
        raise_invalid(r->what, err_fmt("It has the unexpected line \"%s\".", line));
    if (r->is_seen[row - rows])
        raise_invalid(r->what, err_fmt("It has the line %s twice.", row->key));
    if (!read_value(r->label, row, value))
        raise_invalid(r->what, err_fmt("The value of %s is \"%s\".", row->key, value));
    r->is_seen[row - rows] = true;
    r->is_in_label = str_equal(row->key, "LABEL");
    if (r->is_in_label)
        strbuf_add(&r->label_text, value);
}

static const LineRow *find_row(const char *line, const char **value)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t len = strlen(rows[i].key);

        if (strncmp(line, rows[i].key, len) == 0 && str_starts_with(line + len, ": ")) {
            *value = line + len + 2;
            return &rows[i];
        }
    }
    return NULL;
}

static bool read_value(BackupLabel *label, const LineRow *row, const char *value)
{
    void *field = (char *)label + row->offset;

    switch (row->kind) {
    case LINE_LSN_FILE:
        return read_lsn_file(label, row, value);
    case LINE_LSN:
        return lsn_try_parse(value, field);
    case LINE_TLI:
        return num_try_parse_u32(value, field) && *(TimelineId *)field != 0;
    case LINE_TEXT:
        *(char **)field = mem_strdup(value);
        return true;
    }
    return false;
}

static bool read_lsn_file(BackupLabel *label, const LineRow *row, const char *value)
{
    static const char before[] = " (file ", after[] = ")";
    const char *blank = strchr(value, ' ');
    char *name = (char *)label + row->also;
    const char *file;

    if (blank == NULL || !str_starts_with(blank, before))
        return false;
    file = blank + strlen(before);
    if (strlen(file) != WAL_SEG_NAME_LEN + strlen(after) ||
        !str_equal(file + WAL_SEG_NAME_LEN, after))
        return false;
    memcpy(name, file, WAL_SEG_NAME_LEN);
    return wal_name_kind(name) == WAL_NAME_SEGMENT &&
           lsn_try_parse(mem_strndup(value, (size_t)(blank - value)),
                         (Lsn *)(void *)((char *)label + row->offset));
}

static void check_whole(const LabelReader *r)
{
    BackupLabel *label = r->label;
    char tli[9];

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!r->is_seen[i] && rows[i].use == USE_ALWAYS)
            raise_invalid(r->what, err_fmt("The line %s is missing.", rows[i].key));
        if (r->is_seen[i] && rows[i].use == USE_HISTORY)
            label->is_history = true;
        if (r->is_seen[i] && rows[i].use == USE_INCREMENTAL)
            label->is_incremental = true;
    }
    if (label->is_history && label->stop_file[0] == '\0')
        raise_invalid(r->what, "The line STOP WAL LOCATION is missing.");
    if (label->is_incremental &&
        (label->incremental_from_lsn == 0 || label->incremental_from_tli == 0))
        raise_invalid(r->what, "The place that it is incremental from is not whole.");
    snprintf(tli, sizeof(tli), "%08X", label->start_tli);
    if (label->start_tli != 0 && strncmp(label->start_file, tli, strlen(tli)) != 0)
        raise_invalid(r->what, err_fmt("It begins on timeline %u, but in segment %s.",
                                       label->start_tli, label->start_file));
}

static bool is_used(const BackupLabel *label, const LineRow *row)
{
    bool is_set = true;

    if (row->kind == LINE_TEXT)
        is_set = *(char *const *)field_of(label, row->offset) != NULL;
    else if (row->kind == LINE_TLI)
        is_set = *(const TimelineId *)field_of(label, row->offset) != 0;

    switch (row->use) {
    case USE_ALWAYS:
        return true;
    case USE_WHEN_SET:
        return is_set;
    case USE_INCREMENTAL:
        return label->is_incremental;
    case USE_HISTORY:
        return label->is_history && is_set;
    }
    return false;
}

static void write_line(const BackupLabel *label, const LineRow *row, StrBuf *out)
{
    const void *field = field_of(label, row->offset);

    strbuf_add(out, row->key);
    strbuf_add(out, ": ");
    switch (row->kind) {
    case LINE_LSN_FILE:
        strbuf_add_fmt(out, LSN_FMT " (file %s)", LSN_ARG(*(const Lsn *)field),
                       (const char *)field_of(label, row->also));
        break;
    case LINE_LSN:
        strbuf_add_fmt(out, LSN_FMT, LSN_ARG(*(const Lsn *)field));
        break;
    case LINE_TLI:
        strbuf_add_fmt(out, "%u", *(const TimelineId *)field);
        break;
    case LINE_TEXT:
        strbuf_add(out, *(char *const *)field);
        break;
    }
    strbuf_add_char(out, '\n');
}

static const void *field_of(const BackupLabel *label, size_t offset)
{
    return (const char *)label + offset;
}

static void raise_invalid(const char *what, const char *detail)
{
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = err_fmt("invalid data in file \"%s\"", what),
              .detail = detail);
}
