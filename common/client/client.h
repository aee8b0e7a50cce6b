/*
 * client.h - a connection to a PostgreSQL server, through libpq
 *
 *     Client *c = client_connect(&o->connect, &(ClientConnect){.mode = CLIENT_SQL});
 *     ClientResult *r = client_exec(c, "select oid, spcname from pg_tablespace");
 *     for (size_t i = 0; i < client_row_count(r); i++)
 *         use(client_value(r, i, 1));
 *
 * Promises
 *   1. Service files, PG* variables, .pgpass, TLS, SCRAM and several hosts work as with any libpq
 *      program. libpq is opened at the first connection, not when the program starts.
 *   2. What the server refuses is raised with its SQLSTATE, message, detail and hint; a connection
 *      that is lost with 08006. What it has to say otherwise is logged (notice.h).
 *   3. Every wait ends when the process is interrupted or its thread cancelled; a running statement
 *      is then cancelled on the server.
 *   4. Connections and results belong to the memory context that was current when they were made.
 *   5. No raise crosses a frame of libpq.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/option/option.h"

/* What the user says about the server; the rows are client_options. */
typedef struct ClientOptions {
    const char *conninfo; /* -d: a database name, key=value pairs or a URI */
    const char *host;     /* -h */
    const char *port;     /* -p */
    const char *user;     /* -U */
    bool no_password;     /* -w: never ask */
    bool force_password;  /* -W: ask before the first attempt */
    const char *password; /* no option: what was typed, used for further connections */
} ClientOptions;

extern const OptionDef client_options[];

typedef enum ClientMode {
    CLIENT_SQL,      /* search_path is emptied first */
    CLIENT_PHYSICAL, /* replication=true: replication commands only */
    CLIENT_LOGICAL,  /* replication=database: both */
} ClientMode;

/* What the program wants of the connection. */
typedef struct ClientConnect {
    ClientMode mode;
    const char *database; /* NULL: that of the options, else libpq's default */
    const char *name;     /* application_name unless the user sets one; NULL: the program's */
} ClientConnect;

typedef struct Client Client;

/*
 * Connect. Asks for a password when the server wants one and none is known, and remembers it in
 * options. Raises 08001.
 */
Client *client_connect(ClientOptions *options, const ClientConnect *want);

void client_close(Client *c);

uint32_t client_server_version(const Client *c);                 /* e.g. 150020 */
const char *client_server_version_text(const Client *c);         /* e.g. "15.20 (Debian ...)" */
const char *client_parameter(const Client *c, const char *name); /* NULL: not reported */
int client_backend_pid(const Client *c);

/* "name", 'text' for SQL (not for replication commands, see proto); in the current context. */
char *client_quote_identifier(Client *c, const char *name);
char *client_quote_literal(Client *c, const char *text);

/* A value that the connection was made with; see PQconninfo. */
typedef struct ClientSetting {
    const char *name;
    const char *value;
} ClientSetting;

/* All values that are set and not empty (ClientSetting), as libpq lists them. */
void client_settings(Client *c, Array *out);

/* A value as it stands in a conninfo string: quoted where it must be. In the current context. */
char *client_quote_setting(const char *value);

/* ---- Statements ---- */

typedef enum ClientResultKind {
    CLIENT_ROWS,
    CLIENT_COMMAND, /* done, without rows */
    CLIENT_EMPTY,   /* an empty statement */
    CLIENT_COPY_OUT,
    CLIENT_COPY_IN,
    CLIENT_COPY_BOTH,
} ClientResultKind;

typedef struct ClientResult ClientResult;

/*
 * Run one statement or several; the last result. To what the server says against it the message
 * puts what in front when it is not NULL: "could not do it: ERROR:  no right".
 */
ClientResult *client_exec(Client *c, const char *sql);
ClientResult *client_exec_for(Client *c, const char *sql, const char *what);

/* With $1, $2, ... as text; a NULL is SQL's. */
ClientResult *client_exec_params(Client *c, const char *sql, size_t count,
                                 const char *const *values);

/* Send and do not wait; then take results until NULL. Raises as client_exec_for does. */
void client_send(Client *c, const char *sql);
ClientResult *client_next_result(Client *c, const char *what);

/* The next result must be of that kind, else 08P01 is raised. */
ClientResult *client_expect(Client *c, ClientResultKind kind, const char *what);

ClientResultKind client_result_kind(const ClientResult *r);
size_t client_row_count(const ClientResult *r);
size_t client_column_count(const ClientResult *r);
size_t client_column(const ClientResult *r, const char *name); /* raises 08P01: no such column */
Oid client_column_type(const ClientResult *r, size_t column); /* of a domain the base type */
const char *client_value(const ClientResult *r, size_t row, size_t column); /* NULL: SQL's NULL */
size_t client_value_len(const ClientResult *r, size_t row, size_t column);
const char *client_command_tag(const ClientResult *r);
void client_result_free(ClientResult *r); /* before its context goes */

/* ---- Copy, after a result CLIENT_COPY_* ---- */

typedef enum ClientCopy {
    CLIENT_COPY_DATA,
    CLIENT_COPY_NOTHING, /* nothing came in time */
    CLIENT_COPY_END,     /* all has come: go on with client_next_result */
} ClientCopy;

#define CLIENT_WAIT_EVER (-1)

/*
 * The next message of the server: *bytes is libpq's own buffer, valid until the next call. Waits at
 * most wait_ms milliseconds (CLIENT_WAIT_EVER: until something comes). An error that ends the copy
 * is raised.
 */
ClientCopy client_copy_read(Client *c, const char **bytes, size_t *len, int wait_ms);

void client_copy_write(Client *c, const void *bytes, size_t len);

/* What the library said last, all its lines, without the last line's end. */
char *client_error_text(const Client *c);

/* Say that nothing more comes from here. */
void client_copy_end(Client *c);

/* The socket, for waiting on several things; read with client_copy_read and wait_ms 0 first. */
int client_socket(const Client *c);

#endif
