/* client.c - statements, results and copies over libpq; client.h has the promises. */
#include "common/base/base.h"

#include "common/client/client.h"

#include <poll.h>

#include <libpq-fe.h>

#include "common/client/client_int.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/thread_pool.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define POLL_STEP_MS \
 500 /* a signal that comes just before poll() is seen after that at the latest */

struct ClientResult {
    PGresult *result;
    MemContext *mem;
    MemCallback *on_reset;
};

static void clear(void *arg);
static void wait_result(Client *c);
static void cancel_statement(Client *c);
static PGresult *take_result(Client *c, const char *what);
static ClientResult *keep_result(PGresult *result);
_Noreturn static void raise_result(Client *c, PGresult *result, const char *what);

ClientResult *client_exec(Client *c, const char *sql)
{
    return client_exec_for(c, sql, NULL);
}

ClientResult *client_exec_for(Client *c, const char *sql, const char *what)
{
    ClientResult *last = NULL, *next;

    client_send(c, sql);
    while ((next = client_next_result(c, what)) != NULL) {
        if (last != NULL)
            client_result_free(last);
        last = next;
        if (client_result_kind(last) > CLIENT_EMPTY)
            break;
    }
    if (last == NULL)
        client_raise_lost(c, SQLSTATE_PROTOCOL_VIOLATION, what);
    return last;
}

ClientResult *client_exec_params(Client *c, const char *sql, size_t count,
                                 const char *const *values)
{
    ClientResult *result;

    if (!client_pq.PQsendQueryParams(c->conn, sql, (int)count, NULL, values, NULL, NULL, 0))
        client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, NULL);
    result = client_next_result(c, NULL);
    while (client_next_result(c, NULL) != NULL)
        ;
    return result;
}

void client_send(Client *c, const char *sql)
{
    if (!client_pq.PQsendQuery(c->conn, sql))
        client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, NULL);
}

ClientResult *client_next_result(Client *c, const char *what)
{
    PGresult *result = c->pending != NULL ? c->pending : take_result(c, what);

    c->pending = NULL;
    return result == NULL ? NULL : keep_result(result);
}

ClientResult *client_expect(Client *c, ClientResultKind kind, const char *what)
{
    static const char *const names[] = {
        "rows", "the end of a command", "nothing", "copy out", "copy in", "copy both"};
    ClientResult *result = client_next_result(c, what);

    if (result == NULL || client_result_kind(result) != kind)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = what == NULL ? "unexpected answer of the server" : what,
                  .detail = err_fmt("Expected %s, got %s.", names[kind],
                                    result == NULL ? "the end of the answer"
                                                   : names[client_result_kind(result)]));
    return result;
}

ClientResultKind client_result_kind(const ClientResult *r)
{
    switch (client_pq.PQresultStatus(r->result)) {
    case PGRES_TUPLES_OK:
        return CLIENT_ROWS;
    case PGRES_EMPTY_QUERY:
        return CLIENT_EMPTY;
    case PGRES_COPY_OUT:
        return CLIENT_COPY_OUT;
    case PGRES_COPY_IN:
        return CLIENT_COPY_IN;
    case PGRES_COPY_BOTH:
        return CLIENT_COPY_BOTH;
    default:
        return CLIENT_COMMAND;
    }
}

size_t client_row_count(const ClientResult *r)
{
    return (size_t)client_pq.PQntuples(r->result);
}

size_t client_column_count(const ClientResult *r)
{
    return (size_t)client_pq.PQnfields(r->result);
}

size_t client_column(const ClientResult *r, const char *name)
{
    char *quoted = mem_printf("\"%s\"", name);
    int column = client_pq.PQfnumber(r->result, quoted);

    mem_free(quoted);
    if (column < 0)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("the server's answer has no column \"%s\"", name));
    return (size_t)column;
}

Oid client_column_type(const ClientResult *r, size_t column)
{
    ASSERT(column < client_column_count(r));
    return client_pq.PQftype(r->result, (int)column);
}

const char *client_value(const ClientResult *r, size_t row, size_t column)
{
    ASSERT(row < client_row_count(r) && column < client_column_count(r));
    if (client_pq.PQgetisnull(r->result, (int)row, (int)column))
        return NULL;
    return client_pq.PQgetvalue(r->result, (int)row, (int)column);
}

size_t client_value_len(const ClientResult *r, size_t row, size_t column)
{
    return (size_t)client_pq.PQgetlength(r->result, (int)row, (int)column);
}

const char *client_command_tag(const ClientResult *r)
{
    return client_pq.PQcmdStatus(r->result);
}

void client_result_free(ClientResult *r)
{
    mem_off_reset(r->mem, r->on_reset);
    client_pq.PQclear(r->result);
    mem_free(r);
}

/* ---- Copy ---- */

ClientCopy client_copy_read(Client *c, const char **bytes, size_t *len, int wait_ms)
{
    bool has_read = false; /* all that had come was taken from the socket */

    if (c->copy_bytes != NULL)
        client_pq.PQfreemem(c->copy_bytes);
    c->copy_bytes = NULL;
    for (;;) {
        int n = client_pq.PQgetCopyData(c->conn, &c->copy_bytes, 1);

        if (n > 0) {
            *bytes = c->copy_bytes;
            *len = (size_t)n;
            return CLIENT_COPY_DATA;
        }
        if (n == -1) {
            /* The end, or an error: what comes next tells. */
            c->pending = take_result(c, "could not read COPY data");
            return CLIENT_COPY_END;
        }
        if (n < 0)
            client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, "could not read COPY data");

        /* While the server is faster than we are there is always something: ask before waiting. */
        if (has_read) {
            if (wait_ms == 0)
                return CLIENT_COPY_NOTHING;
            client_wait(c, POLLIN, wait_ms);
            if (wait_ms > 0)
                wait_ms = 0;
        }
        if (!client_pq.PQconsumeInput(c->conn))
            client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, "could not read COPY data");
        has_read = !has_read;
    }
}

void client_copy_write(Client *c, const void *bytes, size_t len)
{
    if (client_pq.PQputCopyData(c->conn, bytes, (int)len) != 1 || client_pq.PQflush(c->conn) != 0)
        client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, "could not send COPY data");
}

void client_copy_end(Client *c)
{
    if (client_pq.PQputCopyEnd(c->conn, NULL) != 1 || client_pq.PQflush(c->conn) != 0)
        client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, "could not send end-of-copy");
}

int client_socket(const Client *c)
{
    return client_pq.PQsocket(c->conn);
}

void client_wait(const Client *c, short events, int wait_ms)
{
    struct pollfd fd = {.fd = client_pq.PQsocket(c->conn), .events = events};
    int left_ms = wait_ms;

    for (;;) {
        int step_ms =
            left_ms == CLIENT_WAIT_EVER || left_ms > POLL_STEP_MS ? POLL_STEP_MS : left_ms;

        thread_pool_check_cancel();
        if (poll(&fd, 1, step_ms) > 0)
            return;
        if (left_ms != CLIENT_WAIT_EVER && (left_ms -= step_ms) <= 0)
            return;
    }
}

void client_raise_lost(const Client *c, SqlState state, const char *what)
{
    const char *detail;
    const char *message = client_lost_text(c, &detail);

    err_raise(state, .message = what == NULL ? message : err_fmt("%s: %s", what, message),
              .detail = detail);
}

const char *client_lost_text(const Client *c, const char **detail)
{
    const char *rest = str_trim(client_pq.PQerrorMessage(c->conn));
    const char *first = str_split(&rest, '\n');
    StrBuf lines;
    const char *line;

    strbuf_init(&lines);
    while ((line = str_split(&rest, '\n')) != NULL)
        strbuf_add_fmt(&lines, "%s%s", lines.len == 0 ? "" : "\n", str_trim(line));
    *detail = lines.len == 0 ? NULL : lines.text;
    return first[0] == '\0' ? "unexpected answer of the server" : first;
}

char *client_error_text(const Client *c)
{
    const char *text = client_pq.PQerrorMessage(c->conn);
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] == '\n')
        len--;
    return mem_strndup(text, len);
}

static void clear(void *arg)
{
    ClientResult *r = arg;

    client_pq.PQclear(r->result);
}

/* Wait until PQgetResult does not block; told to stop, cancel what runs on the server. */
static void wait_result(Client *c)
{
    volatile bool is_done = false;

    ERR_TRY() {
        while (client_pq.PQisBusy(c->conn)) {
            client_wait(c, POLLIN, CLIENT_WAIT_EVER);
            /* A failure shows in the result that follows. */
            if (!client_pq.PQconsumeInput(c->conn))
                break;
        }
        is_done = true;
    }
    ERR_FINALLY() {
        if (!is_done)
            cancel_statement(c);
    }
    ERR_END();
}

static void cancel_statement(Client *c)
{
    char complaint[256];
    PGcancel *cancel = client_pq.PQgetCancel(c->conn);

    if (cancel == NULL)
        return;
    /* What cannot be cancelled ends with the connection. */
    (void)client_pq.PQcancel(cancel, complaint, sizeof complaint);
    client_pq.PQfreeCancel(cancel);
}

/* The next result, or NULL at the end. Raises what the server refuses. */
static PGresult *take_result(Client *c, const char *what)
{
    PGresult *result;

    wait_result(c);
    result = client_pq.PQgetResult(c->conn);
    if (result == NULL)
        return NULL;
    switch (client_pq.PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
        return result;
    default:
        break;
    }
    if (client_pq.PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL) {
        client_pq.PQclear(result);
        client_raise_lost(c, SQLSTATE_CONNECTION_FAILURE, what);
    }
    raise_result(c, result, what);
}

static ClientResult *keep_result(PGresult *result)
{
    ClientResult *r = mem_new(ClientResult);

    r->result = result;
    r->mem = mem_current();
    r->on_reset = mem_on_reset(r->mem, clear, r);
    return r;
}

/* Raise what the server said, after taking the rest of its answer, so that it can go on. */
static void raise_result(Client *c, PGresult *result, const char *what)
{
    const char *primary = client_pq.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *severity = client_pq.PQresultErrorField(result, PG_DIAG_SEVERITY);
    PGresult *rest;

    keep_result(result);
    for (;;) {
        wait_result(c);
        rest = client_pq.PQgetResult(c->conn);
        if (rest == NULL)
            break;
        client_pq.PQclear(rest);
    }
    err_raise(err_sqlstate_from_text(client_pq.PQresultErrorField(result, PG_DIAG_SQLSTATE)),
              .message = what == NULL ? primary : err_fmt("%s: %s:  %s", what, severity, primary),
              .detail = client_pq.PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
              .hint = client_pq.PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
}
