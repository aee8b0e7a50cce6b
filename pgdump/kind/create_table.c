/* create_table.c - CREATE TABLE, CREATE VIEW and what must be altered after it. */
#include "common/base/base.h"

#include <string.h>

#include "common/dump/array_text.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

static void add_columns(Dump *d, TableObject *t, StrBuf *sql);
static void add_column(Dump *d, const TableObject *t, const TableColumn *column, StrBuf *sql);
static void add_tail(Dump *d, const TableObject *t, StrBuf *sql);
static void add_create_view(Dump *d, const TableObject *t, StrBuf *sql);
static void add_view_body(Dump *d, const TableObject *t, StrBuf *sql);
static void add_dummy_select(Dump *d, const TableObject *t, StrBuf *sql);
static void alter_column(Dump *d, const TableObject *t, const TableColumn *column, StrBuf *sql);
static void add_not_null(Dump *d, const TableObject *t, const TableColumn *column, StrBuf *sql);
static const char *storage_word(char storage);
static bool prints_value(const TableColumn *column);
static bool prints_not_null(const TableObject *t, const TableColumn *column);
static const char *not_null_name(Dump *d, const TableObject *t, const TableColumn *column);
static const char *not_null_end(const TableColumn *column);

void table_add_create(Dump *d, TableObject *t, StrBuf *sql)
{
    const char *words = "TABLE ";

    if (t->kind == RELKIND_VIEW) {
        add_create_view(d, t, sql);
        return;
    }
    if (t->kind == RELKIND_MATVIEW)
        words = "MATERIALIZED VIEW ";
    else if (t->kind == RELKIND_FOREIGN)
        words = "FOREIGN TABLE ";
    strbuf_add_fmt(sql, "CREATE %s%s%s", t->persistence == 'u' ? "UNLOGGED " : "", words,
                   entry_qualified(d, &t->object));
    if (t->of_type != 0)
        strbuf_add_fmt(sql, " OF %s", type_find(d, t->of_type)->formatted);
    if (t->kind != RELKIND_MATVIEW)
        add_columns(d, t, sql);
    add_tail(d, t, sql);
    if (t->kind == RELKIND_MATVIEW) {
        strbuf_add(sql, " AS\n");
        view_add_select(d, t, sql);
        strbuf_add(sql, "\n  WITH NO DATA");
    }
    strbuf_add(sql, ";\n");
}

/* Columns and checks in their parentheses. */
static void add_columns(Dump *d, TableObject *t, StrBuf *sql)
{
    size_t count = 0;

    array_foreach(const TableColumn, column, &t->columns) {
        if (!table_prints_column(t, column))
            continue;
        if (t->of_type != 0 && !prints_value(column) && !prints_not_null(t, column))
            continue;
        strbuf_add(sql, count++ == 0 ? " (" : ",");
        add_column(d, t, column, sql);
    }
    array_foreach(ConstraintObject *const, item, &t->checks) {
        const ConstraintObject *check = *item;

        if (check->is_separate || check->type == 'n' || (!check->is_local && !t->is_partition))
            continue;
        strbuf_add(sql, count++ == 0 ? " (\n    " : ",\n    ");
        strbuf_add_fmt(sql, "CONSTRAINT %s %s", entry_name(d, check->object.name),
                       check->definition);
    }
    if (count > 0)
        strbuf_add(sql, "\n)");
    else if (t->of_type == 0)
        strbuf_add(sql, " (\n)");
}

static void add_column(Dump *d, const TableObject *t, const TableColumn *column, StrBuf *sql)
{
    strbuf_add_fmt(sql, "\n    %s", entry_name(d, column->name));
    if (t->of_type == 0)
        strbuf_add_fmt(sql, " %s", column->type);
    if (prints_value(column) && column->generated != '\0')
        strbuf_add_fmt(sql, " GENERATED ALWAYS AS (%s)%s", column->value->expression,
                       column->generated == 's' ? " STORED" : "");
    else if (prints_value(column))
        strbuf_add_fmt(sql, " DEFAULT %s", column->value->expression);
    if (prints_not_null(t, column))
        strbuf_add_fmt(sql, "%s NOT NULL%s", not_null_name(d, t, column), not_null_end(column));
    if (column->collation != NULL && t->of_type == 0)
        strbuf_add_fmt(sql, " COLLATE %s.%s", entry_name(d, column->collation_schema),
                       entry_name(d, column->collation));
}

static bool prints_value(const TableColumn *column)
{
    return column->value != NULL && !column->value->is_separate;
}

static bool prints_not_null(const TableObject *t, const TableColumn *column)
{
    return column->is_not_null && (!column->is_inherited_not_null || t->is_partition);
}

/* From 18 on it has a name, which is said when it is not the one that it would get. */
static const char *not_null_name(Dump *d, const TableObject *t, const TableColumn *column)
{
    const char *name = column->not_null_name;

    if (name == NULL || str_equal(name, mem_printf("%s_%s_not_null", t->object.name, column->name)))
        return "";
    return mem_printf(" CONSTRAINT %s", entry_name(d, name));
}

static const char *not_null_end(const TableColumn *column)
{
    return column->is_not_null_alone ? " NO INHERIT" : "";
}

/* What stands behind the columns. */
static void add_tail(Dump *d, const TableObject *t, StrBuf *sql)
{
    StrBuf options;

    if (t->parents.count > 0 && !t->is_partition) {
        strbuf_add(sql, "\nINHERITS (");
        for (size_t i = 0; i < t->parents.count; i++)
            strbuf_add_fmt(
                sql, "%s%s", i == 0 ? "" : ", ",
                entry_qualified(d, &(*(TableObject **)array_at(&t->parents, i))->object));
        strbuf_add(sql, ")");
    }
    if (t->partition_key != NULL)
        strbuf_add_fmt(sql, "\nPARTITION BY %s", t->partition_key);
    if (t->foreign_server != NULL)
        strbuf_add_fmt(sql, "\nSERVER %s", entry_name(d, t->foreign_server));
    strbuf_init(&options);
    table_add_options(d, &options, t->options, "");
    table_add_options(d, &options, t->toast_options, "toast.");
    if (options.len > 0)
        strbuf_add_fmt(sql, "\nWITH (%s)", options.text);
    if (t->foreign_options != NULL && t->foreign_options[0] != '\0')
        strbuf_add_fmt(sql, "\nOPTIONS (\n    %s\n)", t->foreign_options);
}

void table_add_options(const Dump *d, StrBuf *sql, const char *options, const char *prefix)
{
    Array list;

    array_text_split(options, &list);
    array_foreach(const char *const, option, &list) {
        const char *value = *option;
        const char *name = str_split(&value, '=');

        strbuf_add_fmt(sql, "%s%s%s=", sql->len == 0 ? "" : ", ", prefix, entry_name(d, name));
        if (value == NULL)
            value = "";
        /* A word stands as it is, anything else as text. */
        if (str_equal(entry_name(d, value), value))
            strbuf_add(sql, value);
        else
            entry_add_literal(d, sql, value);
    }
}

/* ---- Views ---- */

static void add_create_view(Dump *d, const TableObject *t, StrBuf *sql)
{
    strbuf_add_fmt(sql, "CREATE VIEW %s", entry_qualified(d, &t->object));
    if (t->is_dummy)
        add_dummy_select(d, t, sql);
    else
        add_view_body(d, t, sql);
}

void view_add_replace(Dump *d, const TableObject *t, StrBuf *sql)
{
    strbuf_add_fmt(sql, "CREATE OR REPLACE VIEW %s", entry_qualified(d, &t->object));
    add_view_body(d, t, sql);
}

const char *view_drop_contents(Dump *d, const TableObject *t)
{
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE OR REPLACE VIEW %s", entry_qualified(d, &t->object));
    add_dummy_select(d, t, &sql);
    return sql.text;
}

static void add_view_body(Dump *d, const TableObject *t, StrBuf *sql)
{
    StrBuf options;

    strbuf_init(&options);
    table_add_options(d, &options, t->options, "");
    if (options.len > 0)
        strbuf_add_fmt(sql, " WITH (%s)", options.text);
    strbuf_add(sql, " AS\n");
    view_add_select(d, t, sql);
    if (t->check_option != NULL)
        strbuf_add_fmt(sql, "\n  WITH %s CHECK OPTION", t->check_option);
    strbuf_add(sql, ";\n");
}

void view_add_select(Dump *d, const TableObject *t, StrBuf *sql)
{
    const char *text = t->definition;
    size_t len = text == NULL ? 0 : strlen(text);

    (void)d;

    if (len == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("definition of view \"%s\" appears to be empty (length zero)",
                                     t->object.name));
    if (text[len - 1] != ';')
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("unexpected end of the definition of view \"%s\"", t->object.name));
    strbuf_add_bytes(sql, text, len - 1);
}

/* A view of the same columns, so that others can refer to them before it can show anything. */
static void add_dummy_select(Dump *d, const TableObject *t, StrBuf *sql)
{
    size_t count = 0;

    strbuf_add(sql, " AS\nSELECT");
    array_foreach(const TableColumn, column, &t->columns) {
        strbuf_add(sql, count++ == 0 ? "\n    " : ",\n    ");
        strbuf_add_fmt(sql, "NULL::%s", column->type);
        if (column->collation != NULL)
            strbuf_add_fmt(sql, " COLLATE %s.%s", entry_name(d, column->collation_schema),
                           entry_name(d, column->collation));
        strbuf_add_fmt(sql, " AS %s", entry_name(d, column->name));
    }
    strbuf_add(sql, ";\n");
}

/* ---- What CREATE cannot say ---- */

void table_add_alters(Dump *d, TableObject *t, StrBuf *sql)
{
    const char *name = entry_qualified(d, &t->object);

    if (t->kind == RELKIND_VIEW)
        return;
    array_foreach(const TableColumn, column, &t->columns)
        if (!column->is_dropped)
            alter_column(d, t, column, sql);
    if (t->kind == RELKIND_FOREIGN || t->kind == RELKIND_SEQUENCE)
        return;
    if (t->replica_identity == 'n')
        strbuf_add_fmt(sql, "\nALTER TABLE ONLY %s REPLICA IDENTITY NOTHING;\n", name);
    else if (t->replica_identity == 'f')
        strbuf_add_fmt(sql, "\nALTER TABLE ONLY %s REPLICA IDENTITY FULL;\n", name);
    if (t->forces_row_security)
        strbuf_add_fmt(sql, "\nALTER TABLE ONLY %s FORCE ROW LEVEL SECURITY;\n", name);
}

static void alter_column(Dump *d, const TableObject *t, const TableColumn *column, StrBuf *sql)
{
    const char *what = mem_printf("ALTER %sTABLE ONLY %s ALTER COLUMN %s",
                                  t->kind == RELKIND_FOREIGN ? "FOREIGN " : "",
                                  entry_qualified(d, &t->object), entry_name(d, column->name));

    if (!table_prints_column(t, column) && column->is_not_null && !column->is_inherited_not_null)
        add_not_null(d, t, column, sql);
    if (column->statistics >= 0)
        strbuf_add_fmt(sql, "%s SET STATISTICS %d;\n", what, column->statistics);
    if (column->storage != column->type_storage)
        strbuf_add_fmt(sql, "%s SET STORAGE %s;\n", what, storage_word(column->storage));
    if (!d->options->no_toast_compression && column->compression != '\0')
        strbuf_add_fmt(sql, "%s SET COMPRESSION %s;\n", what,
                       column->compression == 'l' ? "lz4" : "pglz");
    if (column->options != NULL && column->options[0] != '\0')
        strbuf_add_fmt(sql, "%s SET (%s);\n", what, column->options);
    if (t->kind == RELKIND_FOREIGN && column->foreign_options != NULL &&
        column->foreign_options[0] != '\0')
        strbuf_add_fmt(sql, "ALTER FOREIGN TABLE %s ALTER COLUMN %s OPTIONS (\n    %s\n);\n",
                       entry_qualified(d, &t->object), entry_name(d, column->name),
                       column->foreign_options);
}

/* To a column that comes from a parent, which does not have it. */
static void add_not_null(Dump *d, const TableObject *t, const TableColumn *column, StrBuf *sql)
{
    const char *foreign = t->kind == RELKIND_FOREIGN ? "FOREIGN " : "";
    const char *table = entry_qualified(d, &t->object), *name = entry_name(d, column->name);
    const char *constraint = not_null_name(d, t, column), *end = not_null_end(column);

    if (constraint[0] == '\0' && end[0] == '\0')
        strbuf_add_fmt(sql, "ALTER %sTABLE ONLY %s ALTER COLUMN %s SET NOT NULL;\n", foreign, table,
                       name);
    else
        strbuf_add_fmt(sql, "ALTER %sTABLE ONLY %s ADD%s NOT NULL %s%s;\n", foreign, table,
                       constraint, name, end);
}

static const char *storage_word(char storage)
{
    switch (storage) {
    case 'p':
        return "PLAIN";
    case 'e':
        return "EXTERNAL";
    case 'm':
        return "MAIN";
    case 'x':
        return "EXTENDED";
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized storage type \"%c\"", storage));
    }
}
