/*
 * copy.h - rows from and to text, CSV and PostgreSQL's binary format, as COPY has them
 *
 * Where bytes come from and go to, and where rows go to, are tables of functions: the client's
 * messages, a file, a program; a table with its indexes. What a COPY statement says is looked at
 * here; names of tables, rights and locks are the command's.
 *
 *     count = copy_columns(desc, name, stmt->columns, &columns);
 *     copy_options_read(stmt->options, COPY_IN, text, &options);
 *     rows = copy_from(&(CopyFromTask){...});
 *
 * Texts of messages and contexts are PostgreSQL's.
 */
#ifndef COPY_COPY_H
#define COPY_COPY_H

#include "common/base/base.h"

#include <limits.h>

#include "common/err/err.h"
#include "server/access/common/heap_form.h"
#include "server/access/common/row_receiver.h"
#include "server/expr/expr.h"

/* ---- What the statement says ---- */

typedef enum CopyDirection { COPY_IN, COPY_OUT } CopyDirection;
typedef enum CopyForm { COPY_AS_TEXT, COPY_AS_CSV, COPY_AS_BINARY } CopyForm;
typedef enum CopyHeader { COPY_HEADER_NONE, COPY_HEADER_LINE, COPY_HEADER_MATCH } CopyHeader;

#define COPY_ENCODING_CLIENT (-1)

typedef struct CopyOptions {
    CopyForm form;
    CopyHeader header;
    bool is_freeze;
    int encoding; /* Encoding; COPY_ENCODING_CLIENT: that of the client */
    char delimiter, quote, escape;
    const char *null_text;
    size_t null_len;
    bool forces_all_quotes;
    const List *force_quote, *force_not_null, *force_null; /* names: String */
} CopyOptions;

/* options are those of a CopyStmt, text its statement (NULL: there is none, nor are positions). */
void copy_options_read(const List *options, CopyDirection direction, const char *text,
                       CopyOptions *out);

/*
 * Numbers of the columns that names (String) tell; of all but dropped and generated ones for an
 * empty list. In the current context.
 */
unsigned copy_columns(const TupleDesc *desc, const char *relation, const List *names,
                      int16_t **out);

/* ---- Progress, as pg_stat_progress_copy has it: parameters by place ---- */

enum {
    COPY_BYTES,
    COPY_BYTES_TOTAL,
    COPY_ROWS,
    COPY_ROWS_LEFT_OUT,
    COPY_COMMAND, /* 1: FROM, 2: TO */
    COPY_WAY,     /* 1: a file, 2: a program, 3: the client */
};

/* ---- Bytes ---- */

/* The struct is the head of the source's own. */
typedef struct CopySource CopySource;
struct CopySource {
    /* Before the first read, when the options are known to be right; NULL: nothing. */
    void (*begin)(CopySource *self, bool is_binary, unsigned columns);

    /* Up to size bytes; 0: there are no more. */
    size_t (*read)(CopySource *self, uint8_t *room, size_t size);
    bool must_be_read; /* to its end, also behind the mark of the end */

    void (*end)(CopySource *self); /* when all rows are taken; NULL: nothing */
};

/* A file of the server. In the current context, with which it is closed. */
CopySource *copy_source_file(const char *path);

/* What a program of the server's host writes, which a shell runs. Likewise. */
CopySource *copy_source_program(const char *command);

typedef struct CopySink CopySink;
struct CopySink {
    void (*begin)(CopySink *self, bool is_binary, unsigned columns);
    void (*write)(CopySink *self, const void *bytes, size_t len); /* a row, or a head, as a whole */
    void (*end)(CopySink *self);
};

/* A new file of the server, or one that is written over. */
CopySink *copy_sink_file(const char *path);
CopySink *copy_sink_program(const char *command);

/* ---- COPY FROM ---- */

/*
 * Where rows go to; the struct is the head of the target's own. It may keep rows, to put them into
 * the table together.
 */
typedef struct CopyTarget CopyTarget;
struct CopyTarget {
    Slot *row; /* of the task's columns: COPY writes values there */

    /* Raise unless the row in the slot may be put in; then keep it, or put it in. */
    void (*add)(CopyTarget *self);
    void (*flush)(CopyTarget *self); /* put in what is kept; NULL: nothing is */

    /* Written by the target, for the context of errors: */
    unsigned kept;     /* rows */
    bool is_flushing;  /* they are put in now */
    unsigned flushing; /* and this one of them, from 0; COPY_ALL_KEPT: all together */
};
#define COPY_ALL_KEPT UINT_MAX

struct HeapBulk;
struct ResultRel;

/*
 * A table with what belongs to it, in a run of its own (result_rel_begin()); flags are those of
 * heap_insert(). is_single: nothing is kept, since something looks at the table for each row.
 */
CopyTarget *copy_target_table(struct ResultRel *rel, struct HeapBulk *bulk, unsigned flags,
                              bool is_single);

/* Arrays by column have a place for each column of desc, in its order. */
typedef struct CopyFromTask {
    const char *relation; /* its name, for contexts */
    const TupleDesc *desc;
    const int16_t *columns; /* numbers, in the order of the data */
    unsigned column_count;
    const CopyOptions *options;
    const Node *const *defaults; /* by column, of those without data; NULL: NULL */
    const Node *const
        *generated;    /* by column: stored ones' expressions over the row; may be NULL */
    const List *where; /* quals over the row; NULL: all rows */
    CopySource *source;
    CopyTarget *target;
} CopyFromTask;

/* How many rows were added. */
uint64_t copy_from(const CopyFromTask *task);

/* ---- The same, row by row ---- */

typedef struct CopyReader CopyReader;

/* In the current context; target and where of the task are not looked at. */
CopyReader *copy_reader_new(const CopyFromTask *task);

/*
 * The next row's values, by column of the task's desc; false at the end. What they point to is
 * valid until eval_reset(copy_reader_context(r)).
 */
bool copy_reader_next(CopyReader *r, Datum *values, bool *nulls);
EvalContext *copy_reader_context(CopyReader *r);
uint64_t copy_reader_line(const CopyReader *r);

/* What errors are told to be about: pushed by who calls the functions above. */
void copy_reader_enter(CopyReader *r, ErrContext *context);

/* ---- COPY TO ---- */

typedef struct CopyToTask {
    const TupleDesc *desc;  /* of the rows */
    const int16_t *columns; /* numbers, in the order of the data */
    unsigned column_count;
    const char *relation; /* NULL: the rows are those of a query */
    const CopyOptions *options;
    CopySink *sink;
} CopyToTask;

/* Who takes the rows: begin() sends the head, end() what comes last. In the current context. */
RowReceiver *copy_to_receiver(const CopyToTask *task);

#endif
