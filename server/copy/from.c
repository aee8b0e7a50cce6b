/*
 * from.c - rows from lines or binary data
 *
 * What a row costs is little but its input functions. A text that needs no conversion is not even
 * copied on the way: the byte before it, which ended the field before and has served, becomes its
 * short header.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/type_facts.h"
#include "server/copy/copy_int.h"
#include "server/ipc/interrupt.h"
#include "server/stats/activity.h"
#include "server/types/database_text.h"

#define FORGET_ROWS  1000  /* whose memory is given back together, */
#define FORGET_BYTES 65536 /* unless it is more than that of lines */
#define SHOWN_BYTES  100   /* of data, in contexts */
#define TEXT_TYPE    25

typedef struct CopyDefault {
    unsigned place; /* of the column in a row */
    Expr *expr;
} CopyDefault;

/* A run of copy_from(). */
typedef struct CopyRun {
    CopyReader *reader;
    CopyTarget *target;
    Expr *where;
    Array lines; /* uint64_t, of rows that the target keeps */
    unsigned row_count;
    size_t byte_count; /* since memory was given back */
} CopyRun;

static void prepare_columns(CopyReader *r);
static void prepare_column(CopyReader *r, CopyColumn *c);
static CopyDefault *compile_all(const TupleDesc *desc, const Node *const *exprs, unsigned *count);
static void read_header(CopyReader *r);
static bool next_line(CopyReader *r);
static void read_line_values(CopyReader *r, Datum *values, bool *nulls);
static Datum read_value(CopyReader *r, CopyColumn *c, const CopyField *field, bool *is_null);
static void add_defaults(CopyReader *r, Datum *values, bool *nulls);
static const char *describe_reader(void *arg);
static const char *describe_run(void *arg);
static const char *shown(const char *text, size_t len);
static bool next_row(CopyRun *run);
static void add(CopyRun *run);

/* ---- Made ready ---- */

CopyReader *copy_reader_new(const CopyFromTask *task)
{
    CopyReader *r = mem_new(CopyReader);

    r->task = task;
    r->eval = eval_new();
    copy_scan_init(&r->scan, task);
    prepare_columns(r);
    r->defaults = compile_all(task->desc, task->defaults, &r->default_count);
    if (task->source->begin != NULL)
        task->source->begin(task->source, task->options->form == COPY_AS_BINARY,
                            task->column_count);
    if (task->options->form == COPY_AS_BINARY)
        copy_binary_head(r);
    return r;
}

EvalContext *copy_reader_context(CopyReader *r)
{
    return r->eval;
}

uint64_t copy_reader_line(const CopyReader *r)
{
    return r->scan.line_number;
}

static void prepare_columns(CopyReader *r)
{
    const CopyFromTask *t = r->task;
    const CopyMarking marking = {t->desc, t->relation, t->columns, t->column_count};
    bool *not_null = mem_new_array(bool, (size_t)t->column_count + 1);
    bool *null = mem_new_array(bool, (size_t)t->column_count + 1);

    copy_mark_columns(&marking, t->options->force_not_null, "FORCE_NOT_NULL", not_null);
    copy_mark_columns(&marking, t->options->force_null, "FORCE_NULL", null);
    r->columns = mem_new_array(CopyColumn, (size_t)t->column_count + 1);
    for (unsigned i = 0; i < t->column_count; i++) {
        r->columns[i].column = &t->desc->columns[t->columns[i] - 1];
        r->columns[i].forces_not_null = not_null[i];
        r->columns[i].forces_null = null[i];
        prepare_column(r, &r->columns[i]);
    }
}

static void prepare_column(CopyReader *r, CopyColumn *c)
{
    const TypeFacts *type = type_facts(c->column->type);
    bool is_binary = r->task->options->form == COPY_AS_BINARY;

    if (is_binary && type->receive == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("no binary input function available for type %s", type->name));
    fmgr_site_init(&c->site, is_binary ? type->receive : type->input, mem_current());
    c->call = mem_alloc(FMGR_CALL_SIZE(3));
    fmgr_call_init(c->call, &c->site, 3, 0);
    c->call->args[1].value = datum_of_u32(type_io_param(type));
    c->call->args[2].value = datum_of_i32(c->column->type_mod);
    c->is_text = !is_binary && c->column->type == TEXT_TYPE && c->column->storage != 'p';
}

static CopyDefault *compile_all(const TupleDesc *desc, const Node *const *exprs, unsigned *count)
{
    const ExprScope scope = {.scan_desc = desc};
    CopyDefault *all = mem_new_array(CopyDefault, (size_t)desc->count + 1);

    *count = 0;
    for (unsigned i = 0; exprs != NULL && i < desc->count; i++)
        if (exprs[i] != NULL)
            all[(*count)++] = (CopyDefault){.place = i, .expr = expr_compile(exprs[i], &scope)};
    return all;
}

/* ---- Rows ---- */

bool copy_reader_next(CopyReader *r, Datum *values, bool *nulls)
{
    bool has_row;

    check_interrupts();
    memset(nulls, true, r->task->desc->count);
    if (r->task->options->form == COPY_AS_BINARY) {
        has_row = copy_binary_row(r, values, nulls);
    } else {
        if (!r->is_header_read && r->task->options->header != COPY_HEADER_NONE)
            read_header(r);
        r->is_header_read = true;
        has_row = next_line(r);
        if (has_row)
            read_line_values(r, values, nulls);
    }
    if (has_row && r->default_count > 0)
        add_defaults(r, values, nulls);
    return has_row;
}

static bool next_line(CopyReader *r)
{
    uint8_t *rest;

    r->is_line_known = false;
    if (copy_scan_line(&r->scan)) {
        r->is_line_known = true;
        return true;
    }
    if (r->task->source->must_be_read) {
        rest = mem_alloc(INPUT_PIECE);
        while (r->task->source->read(r->task->source, rest, INPUT_PIECE) > 0)
            check_interrupts();
        mem_free(rest);
    }
    return false;
}

static void read_header(CopyReader *r)
{
    const CopyFromTask *t = r->task;
    CopyScan *s = &r->scan;

    bool has_line = next_line(r);

    s->is_done |= s->has_end_mark;
    if (t->options->header != COPY_HEADER_MATCH)
        return;
    if (!has_line) {
        copy_scan_empty_line(s);
        r->is_line_known = true;
    }
    copy_scan_fields(s);
    if (s->field_count != t->column_count)
        err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                  .message = err_fmt("wrong number of fields in header line: got %zu, expected %u",
                                     s->field_count, t->column_count));
    for (unsigned i = 0; i < t->column_count; i++) {
        const char *name = r->columns[i].column->name, *text = s->fields[i].text;

        if (text == NULL)
            err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                      .message = err_fmt("column name mismatch in header line field %u: got null "
                                         "value (\"%s\"), expected \"%s\"",
                                         i + 1, t->options->null_text, name));
        if (strcmp(text, name) != 0)
            err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                      .message = err_fmt("column name mismatch in header line field %u: got "
                                         "\"%s\", expected \"%s\"",
                                         i + 1, text, name));
    }
}

/* Columns are read in the order of the data: what is wrong first is told. */
static void read_line_values(CopyReader *r, Datum *values, bool *nulls)
{
    CopyScan *s = &r->scan;
    unsigned count = r->task->column_count;
    size_t field_count;

    if (count == 0) {
        if (s->line_len != 0)
            err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                      .message = "extra data after last expected column");
        return;
    }
    copy_scan_fields(s);
    field_count = s->field_count;
    if (field_count > count)
        err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                  .message = "extra data after last expected column");
    for (unsigned i = 0; i < count; i++) {
        CopyColumn *c = &r->columns[i];
        int place = c->column->number - 1;

        if (i >= field_count)
            err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                      .message = err_fmt("missing data for column \"%s\"", c->column->name));
        values[place] = read_value(r, c, &s->fields[i], &nulls[place]);
    }
}

static Datum read_value(CopyReader *r, CopyColumn *c, const CopyField *field, bool *is_null)
{
    const CopyOptions *o = r->task->options;
    CopyField own = *field;
    Datum value;

    if (UNLIKELY(c->forces_not_null) && own.text == NULL)
        own = (CopyField){.text = (char *)(uintptr_t)o->null_text, .len = o->null_len};
    else if (UNLIKELY(c->forces_null) && own.text != NULL && strcmp(own.text, o->null_text) == 0)
        own.text = NULL;
    *is_null = own.text == NULL;
    if (own.text == NULL && c->site.strict)
        return 0;
    if (c->is_text) {
        if (own.len >= VARLENA_SHORT_MAX || c->forces_not_null)
            return datum_of_pointer(varlena_new(own.text, own.len));
        varlena_set_size_short((uint8_t *)own.text - 1, own.len + 1);
        return datum_of_pointer(own.text - 1);
    }
    r->at = c;
    r->at_text = own.text;
    c->call->args[0] =
        (NullableDatum){.value = datum_of_pointer(own.text), .is_null = own.text == NULL};
    value = fmgr_invoke(c->call);
    if (UNLIKELY(c->call->is_null != (own.text == NULL)))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("input function %u returned %s", c->site.oid,
                                     c->call->is_null ? "NULL" : "non-NULL"));
    r->at = NULL;
    return value;
}

static void add_defaults(CopyReader *r, Datum *values, bool *nulls)
{
    for (unsigned i = 0; i < r->default_count; i++) {
        const CopyDefault *d = &r->defaults[i];

        values[d->place] = expr_eval(d->expr, r->eval, &nulls[d->place]);
    }
}

/* ---- Contexts ---- */

void copy_reader_enter(CopyReader *r, ErrContext *context)
{
    *context = (ErrContext){.describe = describe_reader, .arg = r};
    err_context_push(context);
}

/* The line as it was: bytes at its marks have had other use. */
static const char *shown_line(const CopyScan *s)
{
    for (size_t i = 0; i < s->mark_count && i < s->column_count; i++)
        s->line[s->marks[i].end] = s->options->delimiter;
    return shown(s->line, s->line_len);
}

/* Ends on a whole character; marked when it is not all. */
static const char *shown(const char *text, size_t len)
{
    size_t shown_len;

    if (len <= SHOWN_BYTES)
        return err_fmt("%.*s", (int)len, text);
    shown_len = encoding_clip(text_encoding(), text, len, SHOWN_BYTES);
    return err_fmt("%.*s...", (int)shown_len, text);
}

static const char *describe_reader(void *arg)
{
    const CopyReader *r = arg;
    const CopyScan *s = &r->scan;
    const char *relation = r->task->relation;
    unsigned long long line = s->line_number;

    if (r->at != NULL && r->task->options->form == COPY_AS_BINARY)
        return err_fmt("COPY %s, line %llu, column %s", relation, line, r->at->column->name);
    if (r->at != NULL && r->at_text == NULL)
        return err_fmt("COPY %s, line %llu, column %s: null input", relation, line,
                       r->at->column->name);
    if (r->at != NULL)
        return err_fmt("COPY %s, line %llu, column %s: \"%s\"", relation, line, r->at->column->name,
                       shown(r->at_text, strlen(r->at_text)));
    if (r->is_line_known)
        return err_fmt("COPY %s, line %llu: \"%s\"", relation, line, shown_line(s));
    return err_fmt("COPY %s, line %llu", relation, line);
}

/* ---- All of them ---- */

uint64_t copy_from(const CopyFromTask *task)
{
    CopyRun run = {.reader = copy_reader_new(task), .target = task->target};
    ErrContext context = {.describe = describe_run, .arg = &run};
    const ExprScope scope = {.scan_desc = task->desc};
    uint64_t rows = 0;

    run.where = expr_compile_qual(task->where, &scope);
    array_init(&run.lines, sizeof(uint64_t));
    run.reader->eval->scan = task->target->row;
    err_context_push(&context);
    while (next_row(&run)) {
        add(&run);
        command_progress_set(COPY_ROWS, (int64_t)++rows);
    }
    if (task->target->flush != NULL)
        task->target->flush(task->target);
    err_context_pop(&context);
    if (task->source->end != NULL)
        task->source->end(task->source);
    return rows;
}

static bool is_left_out(CopyRun *run)
{
    if (expr_check(run->where, run->reader->eval))
        return false;
    command_progress_add(COPY_ROWS_LEFT_OUT, 1);
    return true;
}

/* The next one that is wanted. */
static bool next_row(CopyRun *run)
{
    CopyReader *r = run->reader;
    Slot *row = run->target->row;
    MemContext *before = mem_switch(r->eval->row_mem);
    bool has_row;

    do {
        if (run->row_count++ == FORGET_ROWS || run->byte_count > FORGET_BYTES) {
            eval_reset(r->eval);
            run->row_count = 0;
            run->byte_count = 0;
        }
        slot_clear(row);
        has_row = copy_reader_next(r, row->values, row->nulls);
        run->byte_count += r->scan.line_len;
        slot_set_virtual(row);
    } while (has_row && is_left_out(run));
    mem_switch(before);
    return has_row;
}

static void add(CopyRun *run)
{
    CopyTarget *target = run->target;

    while (run->lines.count <= target->kept)
        (void)array_push(&run->lines);
    *(uint64_t *)array_at(&run->lines, target->kept) = run->reader->scan.line_number;
    target->add(target);
}

static const char *describe_run(void *arg)
{
    const CopyRun *run = arg;
    const CopyTarget *target = run->target;
    uint64_t line = run->reader->scan.line_number;

    if (!target->is_flushing)
        return describe_reader(run->reader);
    if (target->flushing < run->lines.count)
        line = *(const uint64_t *)array_at(&run->lines, target->flushing);
    return err_fmt("COPY %s, line %llu", run->reader->task->relation, (unsigned long long)line);
}
