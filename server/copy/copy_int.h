/*
 * copy_int.h - COPY, as the files of copy share it
 *
 *     CopyInput    bytes of a source, checked and in the server's encoding
 *     CopyScan     lines of them, and their fields
 *     CopyReader   rows of values
 *
 * A line lies in the input's memory as a whole, where delimiters that end a field, and the end of
 * the line, become NULs: input functions take it as it stands. Fields with anything to undo in them
 * are written to memory of the scan.
 */
#ifndef COPY_COPY_INT_H
#define COPY_COPY_INT_H

#include "common/base/base.h"

#include "common/text/encoding.h"
#include "server/copy/copy.h"

#define INPUT_PIECE 65536 /* bytes asked of a source at once */
#define INPUT_SLACK 64    /* readable behind what there is, so that scans need not look */

/* ---- input.c ---- */

/* Of the data: what the options say, or the client's. */
Encoding copy_encoding(const CopyOptions *options);

typedef struct CopyInput {
    MemContext *mem;
    CopySource *source;
    uint8_t *bytes;
    size_t size;    /* of bytes, without the slack */
    size_t begin;   /* of what was not taken yet */
    size_t valid;   /* from begin to here it is checked */
    size_t end;     /* and to here there is something */
    bool is_over;   /* the source has no more */
    bool is_binary; /* nothing is checked or converted */
    Encoding from, to;
    Encoding
        checked;  /* of what is not converted: PostgreSQL takes anything as SQL_ASCII, not so we */
    uint8_t *raw; /* what is to be converted; NULL: nothing is */
    size_t raw_begin, raw_end;
} CopyInput;

void copy_input_init(CopyInput *in, CopySource *source, const CopyOptions *options);

/*
 * Have more behind valid; what is at begin moves to the front of bytes. False at the end. What is
 * not valid is raised when nothing else is left before it.
 */
bool copy_input_more(CopyInput *in);

/* The next len bytes, in place until more are asked for; NULL when there are not as many. */
const uint8_t *copy_input_take(CopyInput *in, size_t len);

/* ---- read_line.c, read_fields.c ---- */

typedef enum LineEnd { LINE_END_UNKNOWN, LINE_END_NL, LINE_END_CR, LINE_END_CRNL } LineEnd;

/* Where a field ends that another one follows. */
typedef struct FieldMark {
    uint32_t end;     /* bytes from the beginning of the line */
    bool has_escapes; /* a backslash is in it; in CSV a quote */
} FieldMark;

typedef struct CopyField {
    char *text; /* NULL: NULL; else with a NUL behind it */
    size_t len;
} CopyField;

typedef struct CopyScan {
    CopyInput in;
    const CopyOptions *options;
    unsigned column_count;

    /* The line. */
    LineEnd line_end;
    uint64_t line_number; /* from 1 */
    char *line;           /* NULL: none is whole */
    size_t line_len;
    bool is_done;           /* there is nothing behind it */
    bool last_has_escapes;  /* the last field, which has no mark */
    bool is_unterminated;   /* it ends between quotes */
    bool ends_in_backslash; /* which has nothing behind it */
    bool has_end_mark;      /* behind it, instead of an end */
    size_t mark_count;      /* delimiters; of the first column_count there are marks */
    FieldMark *marks;

    /* Its fields: column_count at most, but field_count says how many there were. */
    CopyField *fields;
    size_t field_count;
    char *spare; /* for what is undone */
    size_t spare_size;
} CopyScan;

void copy_scan_init(CopyScan *s, const CopyFromTask *task);

/* The next line; false at the end. */
bool copy_scan_line(CopyScan *s);

/* At the end: as if there was one more line, which is empty. */
void copy_scan_empty_line(CopyScan *s);

/* Take it apart. */
void copy_scan_fields(CopyScan *s);

/* ---- from.c ---- */

typedef struct CopyColumn {
    const Column *column;
    FmgrSite site;
    FmgrCall *call; /* of the input or receive function */
    bool is_text;   /* its bytes are its value */
    bool forces_not_null, forces_null;
} CopyColumn;

struct CopyReader {
    const CopyFromTask *task;
    CopyScan scan;
    CopyColumn *columns; /* in the order of the data */
    EvalContext *eval;
    struct CopyDefault *defaults; /* of columns without data */
    unsigned default_count;

    /* For the context of errors. */
    const CopyColumn *at; /* NULL: none */
    const char *at_text;  /* NULL: NULL, or not known */
    bool is_line_known;   /* the line that is told is scan.line */
    uint64_t told_line;   /* 0: scan.line_number */
    bool is_header_read;
};

/* ---- read_binary.c ---- */

#define COPY_SIGNATURE     "PGCOPY\n\377\r\n"
#define COPY_SIGNATURE_LEN 11 /* with its NUL */

void copy_binary_head(CopyReader *r);

/* The next row's values, in the order of the data; false at the end. */
bool copy_binary_row(CopyReader *r, Datum *values, bool *nulls);

/* ---- columns.c ---- */

/* What names of columns in an option are looked for in. */
typedef struct CopyMarking {
    const TupleDesc *desc;
    const char *relation;
    const int16_t *columns;
    unsigned count;
} CopyMarking;

/* Set the marks (by place in m->columns) of the columns that names tell. */
void copy_mark_columns(const CopyMarking *m, const List *names, const char *option, bool *marks);

/* ---- Sinks that take bytes by the piece (buffered_sink.c) ---- */

#define SINK_BYTES 65536

/* The head of a sink's own struct; its head.write is buffered_write. */
typedef struct BufferedSink BufferedSink;
struct BufferedSink {
    CopySink head;
    void (*put)(BufferedSink *self, const uint8_t *bytes, size_t len); /* all of them, or raise */
    size_t used;
    uint8_t bytes[SINK_BYTES];
};

void buffered_write(CopySink *sink, const void *bytes, size_t len);
void buffered_flush(BufferedSink *sink);

#endif
