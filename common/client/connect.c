/* connect.c - making connections: libpq, settings, passwords; client.h has the promises. */
#include "common/base/base.h"

#include <poll.h>

#include <libpq-fe.h>

#include "common/client/client.h"
#include "common/client/client_int.h"
#include "common/client/notice.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dynlib.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define SETTING_MAX 64 /* keywords of a connection; libpq has about 40 */

/* Keywords and values for PQconnectStartParams, ended by NULL. */
typedef struct Settings {
    const char *names[SETTING_MAX + 1];
    const char *values[SETTING_MAX + 1];
    size_t count;
} Settings;

ClientLibrary client_pq;

const OptionDef client_options[] = {
    {'d', "dbname", OPTION_STRING, offsetof(ClientOptions, conninfo), .arg = "CONNSTR",
     .help = "connection string"},
    {'h', "host", OPTION_STRING, offsetof(ClientOptions, host), .arg = "HOSTNAME",
     .help = "database server host or socket directory"},
    {'p', "port", OPTION_STRING, offsetof(ClientOptions, port), .arg = "PORT",
     .help = "database server port number"},
    {'U', "username", OPTION_STRING, offsetof(ClientOptions, user), .arg = "NAME",
     .help = "connect as specified database user"},
    {'w', "no-password", OPTION_FLAG, offsetof(ClientOptions, no_password),
     .help = "never prompt for password"},
    {'W', "password", OPTION_FLAG, offsetof(ClientOptions, force_password),
     .help = "prompt for a password before connecting"},
    {.kind = OPTION_END},
};

static void load_libpq(void);
static void finish(void *arg);
static void make_settings(const ClientOptions *options, const ClientConnect *want, Settings *out);
static void add_conninfo(const char *conninfo, ClientMode mode, Settings *out);
static bool is_conninfo(const char *text);
static void set_setting(Settings *settings, const char *name, const char *value);
static const char *get_setting(const Settings *settings, const char *name);
static void connect_once(Client *c, const Settings *settings);
static bool has_connect_timeout(const Settings *settings);
_Noreturn static void raise_refused(Client *c);
static void take_notice(void *arg, const PGresult *result);

Client *client_connect(ClientOptions *options, const ClientConnect *want)
{
    Client *c;
    Settings settings = {.count = 0};
    bool is_asked = false;

    load_libpq();
    c = mem_new(Client);
    c->mem = mem_current();
    c->on_reset = mem_on_reset(c->mem, finish, c);
    make_settings(options, want, &settings);
    if (options->force_password && options->password == NULL) {
        options->password = terminal_read_password("Password: ");
        is_asked = true;
    }
    for (;;) {
        set_setting(&settings, "password", options->password);
        connect_once(c, &settings);
        if (client_pq.PQstatus(c->conn) == CONNECTION_OK)
            break;
        if (!client_pq.PQconnectionNeedsPassword(c->conn) || options->no_password || is_asked)
            raise_refused(c);
        client_pq.PQfinish(c->conn);
        c->conn = NULL;
        options->password = terminal_read_password("Password: ");
        is_asked = true;
    }
    if (want->mode != CLIENT_PHYSICAL)
        client_result_free(
            client_exec(c, "select pg_catalog.set_config('search_path', '', false)"));
    return c;
}

void client_close(Client *c)
{
    mem_off_reset(c->mem, c->on_reset);
    finish(c);
    mem_free(c);
}

uint32_t client_server_version(const Client *c)
{
    return (uint32_t)client_pq.PQserverVersion(c->conn);
}

const char *client_server_version_text(const Client *c)
{
    const char *text = client_parameter(c, "server_version");

    return text != NULL ? text : "unknown";
}

const char *client_parameter(const Client *c, const char *name)
{
    return client_pq.PQparameterStatus(c->conn, name);
}

int client_backend_pid(const Client *c)
{
    return client_pq.PQbackendPID(c->conn);
}

char *client_quote_identifier(Client *c, const char *name)
{
    char *quoted = client_pq.PQescapeIdentifier(c->conn, name, strlen(name));
    char *copy;

    if (quoted == NULL)
        client_raise_lost(c, SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE, "could not quote a name");
    copy = mem_strdup(quoted);
    client_pq.PQfreemem(quoted);
    return copy;
}

char *client_quote_literal(Client *c, const char *text)
{
    char *quoted = client_pq.PQescapeLiteral(c->conn, text, strlen(text));
    char *copy;

    if (quoted == NULL)
        client_raise_lost(c, SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE, "could not quote a text");
    copy = mem_strdup(quoted);
    client_pq.PQfreemem(quoted);
    return copy;
}

void client_settings(Client *c, Array *out)
{
    PQconninfoOption *options = client_pq.PQconninfo(c->conn);

    array_init(out, sizeof(ClientSetting));
    if (options == NULL)
        err_raise(SQLSTATE_OUT_OF_MEMORY, .message = "out of memory");
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL && option->val[0] != '\0') {
            ClientSetting *setting = array_push(out);

            setting->name = mem_strdup(option->keyword);
            setting->value = mem_strdup(option->val);
        }
    client_pq.PQconninfoFree(options);
}

char *client_quote_setting(const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";
    StrBuf quoted;

    if (value[0] != '\0' && strspn(value, plain) == strlen(value))
        return mem_strdup(value);
    strbuf_init(&quoted);
    strbuf_add_char(&quoted, '\'');
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            strbuf_add_char(&quoted, '\\');
        strbuf_add_char(&quoted, *value);
    }
    strbuf_add_char(&quoted, '\'');
    return quoted.text;
}

static void load_libpq(void)
{
    static const DynlibSymbol symbols[] = {
#define ROW(result, name, params) {#name, (void **)&client_pq.name},
#include "common/client/pq.def"
#undef ROW
    };

    dynlib_load("libpq.so.5", "libpq5", symbols, ARRAY_LEN(symbols));
}

static void finish(void *arg)
{
    Client *c = arg;

    if (c->copy_bytes != NULL)
        client_pq.PQfreemem(c->copy_bytes);
    if (c->pending != NULL)
        client_pq.PQclear(c->pending);
    if (c->conn != NULL)
        client_pq.PQfinish(c->conn);
    c->copy_bytes = NULL;
    c->pending = NULL;
    c->conn = NULL;
}

/* What libpq gets: the conninfo string, over it the options, over them what the mode wants. */
static void make_settings(const ClientOptions *options, const ClientConnect *want, Settings *out)
{
    if (options->conninfo != NULL)
        add_conninfo(options->conninfo, want->mode, out);
    set_setting(out, "host", options->host);
    set_setting(out, "port", options->port);
    set_setting(out, "user", options->user);
    set_setting(out, "password", options->password);
    set_setting(out, "dbname", want->database);
    set_setting(out, "fallback_application_name",
                want->name != NULL ? want->name : err_get_program());
    if (want->mode == CLIENT_PHYSICAL) {
        set_setting(out, "replication", "true");
        /* The server does not look at it, but .pgpass has lines for it. */
        if (get_setting(out, "dbname") == NULL)
            set_setting(out, "dbname", "replication");
    }
    if (want->mode == CLIENT_LOGICAL)
        set_setting(out, "replication", "database");
}

/* Where there is no database to connect to, a name of one would be a mistake. */
static void add_conninfo(const char *conninfo, ClientMode mode, Settings *out)
{
    PQconninfoOption *options;
    char *complaint = NULL;
    const char *message;

    if (mode != CLIENT_PHYSICAL && !is_conninfo(conninfo)) {
        set_setting(out, "dbname", conninfo);
        return;
    }
    options = client_pq.PQconninfoParse(conninfo, &complaint);
    if (options == NULL) {
        message = complaint == NULL ? "out of memory" : str_trim(complaint);
        client_pq.PQfreemem(complaint);
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = message);
    }
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL && option->val[0] != '\0')
            set_setting(out, mem_strdup(option->keyword), mem_strdup(option->val));
    client_pq.PQconninfoFree(options);
}

/* As libpq tells a conninfo string from a database name. */
static bool is_conninfo(const char *text)
{
    return str_starts_with(text, "postgresql://") || str_starts_with(text, "postgres://") ||
           strchr(text, '=') != NULL;
}

/* Set or replace; NULL changes nothing. */
static void set_setting(Settings *settings, const char *name, const char *value)
{
    size_t i = 0;

    if (value == NULL)
        return;
    while (i < settings->count && !str_equal(settings->names[i], name))
        i++;
    if (i == SETTING_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "too many connection parameters");
    settings->names[i] = name;
    settings->values[i] = value;
    if (i == settings->count)
        settings->count++;
}

static const char *get_setting(const Settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (str_equal(settings->names[i], name))
            return settings->values[i];
    return NULL;
}

/*
 * One attempt; the result may be a failed connection. libpq itself watches over connect_timeout,
 * host by host, only in its blocking function, which no signal interrupts: it is used when there
 * is such a limit, and without one we wait ourselves.
 */
static void connect_once(Client *c, const Settings *settings)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    bool has_timeout = has_connect_timeout(settings);

    if (has_timeout)
        c->conn = client_pq.PQconnectdbParams(settings->names, settings->values, 0);
    else
        c->conn = client_pq.PQconnectStartParams(settings->names, settings->values, 0);
    if (c->conn == NULL)
        err_raise(SQLSTATE_OUT_OF_MEMORY, .message = "out of memory");
    client_pq.PQsetNoticeReceiver(c->conn, take_notice, NULL);
    while (!has_timeout && client_pq.PQstatus(c->conn) != CONNECTION_BAD &&
           state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
        client_wait(c, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, CLIENT_WAIT_EVER);
        state = client_pq.PQconnectPoll(c->conn);
    }
}

/* As far as conninfo and environment say; a service that the conninfo names is not looked up. */
static bool has_connect_timeout(const Settings *settings)
{
    const char *timeout = get_setting(settings, "connect_timeout");
    bool has_timeout = timeout != NULL && !str_equal(timeout, "0");
    PQconninfoOption *defaults = timeout != NULL ? NULL : client_pq.PQconndefaults();

    for (const PQconninfoOption *option = defaults; option != NULL && option->keyword != NULL;
         option++)
        if (str_equal(option->keyword, "connect_timeout"))
            has_timeout =
                option->val != NULL && option->val[0] != '\0' && !str_equal(option->val, "0");
    client_pq.PQconninfoFree(defaults);
    return has_timeout;
}

/* The connection was not made: say why, and leave the server alone at once. */
static void raise_refused(Client *c)
{
    const char *detail;
    const char *message = client_lost_text(c, &detail);

    client_pq.PQfinish(c->conn);
    c->conn = NULL;
    err_raise(SQLSTATE_UNABLE_TO_CONNECT, .message = message, .detail = detail);
}

/* Called by libpq: must not raise. */
static void take_notice(void *arg, const PGresult *result)
{
    const char *severity = client_pq.PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *primary = client_pq.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    bool is_warning = severity != NULL && str_equal(severity, "WARNING");
    ErrReport report = {
        .level = is_warning ? ERR_WARNING : ERR_NOTICE,
        .sqlstate = err_sqlstate_from_text(client_pq.PQresultErrorField(result, PG_DIAG_SQLSTATE)),
        .message = primary != NULL ? primary : client_pq.PQresultErrorMessage(result),
        .detail = client_pq.PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL),
        .hint = client_pq.PQresultErrorField(result, PG_DIAG_MESSAGE_HINT),
        .file = client_notice_place,
    };

    (void)arg;
    err_log_report(&report);
}
