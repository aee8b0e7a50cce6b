/* asked.c - what a real server answers, through libpq. */
#include "common/base/base.h"

#include <libpq-fe.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "tests/types/compare.h"

static PGconn *connection;

void asked_connect(const char *conninfo)
{
    connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK)
        err_fatal(SQLSTATE_SYSTEM_ERROR, .message = PQerrorMessage(connection));
    PQclear(PQexec(connection, "SET client_min_messages = error"));
}

void asked_run(const char *sql)
{
    PGresult *r = PQexec(connection, sql);

    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        err_fatal(SQLSTATE_SYSTEM_ERROR,
                  .message = err_fmt("%s: %s", sql, PQerrorMessage(connection)));
    PQclear(r);
}

Rows asked_rows(const char *sql)
{
    PGresult *r = PQexec(connection, sql);
    Rows rows;

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        err_fatal(SQLSTATE_SYSTEM_ERROR,
                  .message = err_fmt("%s: %s", sql, PQerrorMessage(connection)));
    rows = (Rows){.rows = (size_t)PQntuples(r), .columns = (size_t)PQnfields(r)};
    rows.values = mem_new_array(const char *, size_mul(rows.rows, rows.columns) + 1);
    for (size_t i = 0; i < rows.rows * rows.columns; i++) {
        int row = (int)(i / rows.columns), column = (int)(i % rows.columns);

        if (!PQgetisnull(r, row, column))
            rows.values[i] = mem_strdup(PQgetvalue(r, row, column));
    }
    PQclear(r);
    return rows;
}

const char *rows_at(const Rows *r, size_t row, size_t column)
{
    return r->values[row * r->columns + column];
}

/* SELECT pg_catalog."f"($1, $2 COLLATE "C"), prepared once for each collation. */
static const char *statement_of(const TestCall *call)
{
    static Array known; /* const char * */
    const Shape *s = call->shape;
    StrBuf sql;
    char *id;
    Oid types[SHAPE_ARGS_MAX];
    PGresult *r;

    if (known.item_size == 0) {
        MEM_SCOPE(mem_root()) {
            array_init(&known, sizeof(char *));
        }
    }
    id = mem_printf("%s/%u", s->id, call->collation);
    array_foreach(const char *, k, &known) {
        if (strcmp(*k, id) == 0)
            return id;
    }
    *(char **)array_push(&known) = mem_strdup_in(mem_root(), id);

    strbuf_init(&sql);
    strbuf_add(&sql, "SELECT ");
    if (s->function != 0)
        strbuf_add_fmt(&sql, "%spg_catalog.\"%s\"(", s->is_set ? "ARRAY(SELECT " : "", s->name);
    for (int i = 0; i < s->arg_count; i++) {
        types[i] = s->args[i]->oid;
        strbuf_add_fmt(&sql, "%s%s$%d", i > 0 ? ", " : "",
                       s->is_variadic && i == s->arg_count - 1 ? "VARIADIC " : "", i + 1);
        if (i == s->collated && call->collation_name != NULL)
            strbuf_add_fmt(&sql, " COLLATE %s\"%s\"",
                           str_equal(call->collation_name, "no_case") ? "pg_temp." : "",
                           call->collation_name);
    }
    if (s->function != 0)
        strbuf_add(&sql, s->is_set ? "))" : ")");
    r = PQprepare(connection, id, sql.text, s->arg_count, types);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        printf("not prepared: %s: %s", sql.text, PQerrorMessage(connection));
    PQclear(r);
    return id;
}

static const char *field(const PGresult *r, int code)
{
    const char *text = PQresultErrorField(r, code);

    return text == NULL ? NULL : mem_strdup(text);
}

Answer asked_answer(const TestCall *call)
{
    const char *values[SHAPE_ARGS_MAX], *id = statement_of(call);
    int lengths[SHAPE_ARGS_MAX], formats[SHAPE_ARGS_MAX];
    Answer a = {.is_error = false};
    PGresult *r;

    for (int i = 0; i < call->shape->arg_count; i++) {
        const CallValue *v = &call->args[i];

        values[i] = v->is_binary ? (const char *)v->bytes : v->text;
        lengths[i] = (int)v->len;
        formats[i] = v->is_binary;
    }
    r = PQexecPrepared(connection, id, call->shape->arg_count, values, lengths, formats,
                       call->wants_binary);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

        if (state == NULL)
            err_fatal(SQLSTATE_SYSTEM_ERROR, .message = PQerrorMessage(connection));
        a.is_error = true;
        snprintf(a.sqlstate, sizeof a.sqlstate, "%s", state);
        a.message = field(r, PG_DIAG_MESSAGE_PRIMARY);
        a.detail = field(r, PG_DIAG_MESSAGE_DETAIL);
        a.hint = field(r, PG_DIAG_MESSAGE_HINT);
        a.context = field(r, PG_DIAG_CONTEXT);
    } else if (PQgetisnull(r, 0, 0)) {
        a.is_null = true;
    } else {
        a.len = (size_t)PQgetlength(r, 0, 0);
        a.bytes = mem_dup(PQgetvalue(r, 0, 0), a.len);
    }
    PQclear(r);
    return a;
}
