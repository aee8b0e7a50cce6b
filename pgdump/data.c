/* data.c - rows as COPY or INSERT; data.h has the functions. */
#include "common/base/base.h"

#include "pgdump/data.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/report_line.h"

#define FETCH_ROWS  "100"
#define COPY_FAILED "could not read COPY data" /* as common/client has it */

/* Types whose values INSERT takes as they are, or in a form of their own. */
enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_OID = 26,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_BIT = 1560,
    TYPE_VARBIT = 1562,
    TYPE_NUMERIC = 1700,
};

struct DataSource {
    Dump *d;
    TableDataObject *data;
};

/* INSERT statements in the making. */
typedef struct Inserts {
    Dump *d;
    const char *begin;  /* "INSERT INTO public.t ", and the columns where they are named */
    const char *end;    /* behind the last row */
    bool *is_generated; /* by column */
    bool has_columns;   /* else each row is DEFAULT VALUES */
    size_t row_count;   /* in the statement that is open */
    StrBuf text;
} Inserts;

static void copy_rows(Dump *d, const char *sql, const ByteSink *out);
_Noreturn static void raise_copy_failed(const TableObject *t, const char *sql,
                                        const ErrReport *report);
static void say_begin(const TableObject *t);
static void add_rows(Inserts *inserts, ClientResult *r);
static void add_value(Inserts *inserts, ClientResult *r, size_t row, size_t column);
static const char *begin_text(Dump *d, const TableObject *t);
static void end_statement(Inserts *inserts);

DataSource *data_source_new(Dump *d, TableDataObject *data)
{
    DataSource *source = mem_new(DataSource);

    *source = (DataSource){.d = d, .data = data};
    return source;
}

bool data_is_via_root(const Dump *d, const TableObject *t)
{
    if (!t->is_partition || t->parents.count == 0)
        return false;
    if (d->options->via_partition_root)
        return true;
    while (t->is_partition && t->parents.count > 0) {
        t = *(TableObject **)array_at(&t->parents, 0);
        if (t->has_unsafe_partitions)
            return true;
    }
    return false;
}

const char *data_target(Dump *d, const TableObject *t)
{
    if (data_is_via_root(d, t))
        while (t->is_partition && t->parents.count > 0)
            t = *(TableObject **)array_at(&t->parents, 0);
    return entry_qualified(d, &t->object);
}

void data_write_copy(void *arg, const ByteSink *out)
{
    const DataSource *source = arg;
    Dump *d = source->d;
    const TableObject *t = source->data->table;
    const char *table = entry_qualified(d, &t->object);
    const char *columns = table_column_list(d, t);
    const char *sql = mem_printf("COPY %s %s TO stdout;", table, columns);

    if (source->data->filter[0] != '\0')
        sql = mem_printf("COPY (SELECT %s FROM %s %s) TO stdout;",
                         columns[0] == '\0' ? "*" : mem_strndup(columns + 1, strlen(columns) - 2),
                         table, source->data->filter);
    say_begin(t);
    ERR_TRY() {
        copy_rows(d, sql, out);
    }
    ERR_CATCH() {
        raise_copy_failed(t, sql, err_caught());
    }
    ERR_END();
    byte_sink_write(out, "\\.\n\n\n", strlen("\\.\n\n\n"));
}

static void copy_rows(Dump *d, const char *sql, const ByteSink *out)
{
    const char *bytes;
    size_t len;

    client_send(d->client, sql);
    client_result_free(client_expect(d->client, CLIENT_COPY_OUT, COPY_FAILED));
    while (client_copy_read(d->client, &bytes, &len, CLIENT_WAIT_EVER) == CLIENT_COPY_DATA) {
        byte_sink_write(out, bytes, len);
        process_check_interrupts();
    }
    for (ClientResult *r; (r = client_next_result(d->client, COPY_FAILED)) != NULL;)
        client_result_free(r);
}

/* What the server said against it becomes a detail; what went wrong here stays as it is. */
static void raise_copy_failed(const TableObject *t, const char *sql, const ErrReport *report)
{
    ErrCopy *copy = mem_new(ErrCopy);

    err_copy(copy, report);
    if (str_starts_with(copy->report.message, COPY_FAILED ": ")) {
        copy->report.detail = mem_printf("Error message from server: %s%sCommand was: %s",
                                         copy->report.message + strlen(COPY_FAILED ": "),
                                         report_line_begin(REPORT_LINE_DETAIL), sql);
        copy->report.message = mem_printf("Dumping the contents of table \"%s\" failed: "
                                          "PQgetResult() failed.",
                                          t->object.name);
        copy->report.hint = NULL;
    }
    err_raise_copy(&copy->report);
}

static void say_begin(const TableObject *t)
{
    err_log(ERR_INFO, .message = err_fmt("dumping contents of table \"%s.%s\"",
                                         t->object.schema->object.name, t->object.name));
}

void data_write_inserts(void *arg, const ByteSink *out)
{
    const DataSource *source = arg;
    Dump *d = source->d;
    const TableObject *t = source->data->table;
    StrBuf sql;
    size_t count = 0, rows;
    Inserts inserts = {.d = d, .begin = begin_text(d, t)};

    say_begin(t);
    inserts.end = d->options->do_nothing_on_conflict ? " ON CONFLICT DO NOTHING;\n" : ";\n";
    inserts.is_generated = mem_new_array(bool, t->columns.count);
    strbuf_init(&inserts.text);
    strbuf_init(&sql);
    strbuf_add(&sql, "DECLARE _pg_dump_cursor CURSOR FOR SELECT ");
    array_foreach(const TableColumn, column, &t->columns) {
        if (column->is_dropped || (column->generated != '\0' && d->options->with_column_names))
            continue;
        inserts.is_generated[count] = column->generated != '\0';
        strbuf_add_fmt(&sql, "%s%s", count++ == 0 ? "" : ", ",
                       column->generated != '\0' ? "NULL" : entry_name(d, column->name));
    }
    inserts.has_columns = count > 0;
    strbuf_add_fmt(&sql, "%s FROM ONLY %s", count == 0 ? "NULL" : "",
                   entry_qualified(d, &t->object));
    if (source->data->filter[0] != '\0')
        strbuf_add_fmt(&sql, " %s", source->data->filter);
    client_result_free(catalog_exec(d, sql.text));
    do {
        ClientResult *r = catalog_exec(d, "FETCH " FETCH_ROWS " FROM _pg_dump_cursor");

        rows = client_row_count(r);
        add_rows(&inserts, r);
        client_result_free(r);
        byte_sink_write(out, inserts.text.text, inserts.text.len);
        strbuf_clear(&inserts.text);
        process_check_interrupts();
    } while (rows > 0);
    end_statement(&inserts);
    strbuf_add(&inserts.text, "\n\n");
    byte_sink_write(out, inserts.text.text, inserts.text.len);
    client_result_free(catalog_exec(d, "CLOSE _pg_dump_cursor"));
}

static void add_rows(Inserts *inserts, ClientResult *r)
{
    int64_t per_statement = inserts->d->options->rows_per_insert;
    size_t columns = client_column_count(r);
    StrBuf *text = &inserts->text;

    for (size_t row = 0; row < client_row_count(r); row++) {
        if (!inserts->has_columns) {
            strbuf_add_fmt(text, "%sDEFAULT VALUES;\n", inserts->begin);
            continue;
        }
        if (inserts->row_count == 0)
            strbuf_add_fmt(text, "%sVALUES%s", inserts->begin, per_statement > 1 ? "\n\t(" : " (");
        else
            strbuf_add(text, ",\n\t(");
        for (size_t c = 0; c < columns; c++) {
            strbuf_add(text, c == 0 ? "" : ", ");
            add_value(inserts, r, row, c);
        }
        strbuf_add(text, ")");
        if (++inserts->row_count >= (size_t)per_statement)
            end_statement(inserts);
    }
}

static void end_statement(Inserts *inserts)
{
    if (inserts->row_count > 0)
        strbuf_add(&inserts->text, inserts->end);
    inserts->row_count = 0;
}

static void add_value(Inserts *inserts, ClientResult *r, size_t row, size_t column)
{
    const char *value = client_value(r, row, column);
    StrBuf *text = &inserts->text;

    if (inserts->is_generated[column]) {
        strbuf_add(text, "DEFAULT");
        return;
    }
    if (value == NULL) {
        strbuf_add(text, "NULL");
        return;
    }
    switch (client_column_type(r, column)) {
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_OID:
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
    case TYPE_NUMERIC:
        /* NaN and Infinity are no numbers to the grammar. */
        if (strspn(value, "0123456789 +-eE.") == strlen(value))
            strbuf_add(text, value);
        else
            strbuf_add_fmt(text, "'%s'", value);
        break;
    case TYPE_BIT:
    case TYPE_VARBIT:
        strbuf_add_fmt(text, "B'%s'", value);
        break;
    case TYPE_BOOL:
        strbuf_add(text, value[0] == 't' ? "true" : "false");
        break;
    default:
        entry_add_literal(inserts->d, text, value);
        break;
    }
}

/* All that stands before VALUES. */
static const char *begin_text(Dump *d, const TableObject *t)
{
    const DumpOptions *o = d->options;
    bool is_overriding = false;
    size_t count = 0;
    StrBuf text;

    strbuf_init(&text);
    strbuf_add_fmt(&text, "INSERT INTO %s ", data_target(d, t));
    array_foreach(const TableColumn, column, &t->columns) {
        is_overriding = is_overriding || column->identity == 'a';
        if (column->is_dropped || column->generated != '\0' || !o->with_column_names)
            continue;
        strbuf_add_fmt(&text, "%s%s", count++ == 0 ? "(" : ", ", entry_name(d, column->name));
    }
    strbuf_add(&text, count > 0 ? ") " : "");
    if (is_overriding)
        strbuf_add(&text, "OVERRIDING SYSTEM VALUE ");
    return text.text;
}
