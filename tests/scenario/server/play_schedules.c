/*
 * play_schedules.c - plays what several sessions do, step by step, and writes down what came of it
 *
 *     play_schedules CONNINFO DIR SCHEDULE...
 *
 * What comes of schedule FOLDER/NAME is written to DIR/NAME. A line of a schedule is a comment (#)
 * or a session and its statement, which may say several things with ; between:
 *
 *     - create table t (id int)      session "-" makes what is needed, before all others
 *     a begin                        sessions a to d; each is connected at its first step
 *     b~ delete from t               a block of b that has failed is rolled back before
 *     b! delete from t               it does not wait for ever: the end is waited for
 *
 * All happens in a schema of its own, s. After each step it waits until every session is either
 * done or waits for a lock that another session holds, which is asked of the server; only whether
 * there is a deadlock becomes known after a time. A step of a session that still waits is left out.
 * In the end all sessions roll back, and what all tables hold is written.
 *
 * Rows stand in their order when their session asked for one, else sorted. Numbers of processes,
 * transactions and objects are masked. While a block is open the locks that its session has got or
 * lost are written, and whether it keeps a snapshot.
 */
#include "common/base/base.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define SESSIONS          4
#define OID_DIGITS        5 /* at least, of objects that are not the system's */
#define MARK_END          '!'
#define MARK_ROLLBACK     '~'
#define SCHEDULE_SIZE_MAX MIB(1)
#define PATIENCE_US       (UINT64_C(20) * 1000 * 1000)

/* deadlock_timeout, and after how much of waiting whoever waits has looked for deadlocks. */
#define DEADLOCK_SETTINGS "-c deadlock_timeout=5ms"
#define DEADLOCK_KNOWN_US (25 * 1000)

typedef struct Session {
    char name;
    PGconn *conn; /* NULL before its first step */
    bool is_busy;
    bool is_ordered;       /* its statement asks for an order */
    bool is_to_be_done;    /* its statement ends, whatever others do */
    bool waits_for_any;    /* it waits for all others, one by one in an order of no meaning */
    uint64_t since_us;     /* when its statement was sent, or another session was done since */
    const char *waits_for; /* as the server said last; NULL: it does not wait */
    const char *locks;     /* what it holds in its block */
    StrBuf said;           /* since that was last written down */
} Session;

static struct {
    const char *conninfo;
    PGconn *watch;
    Session sessions[SESSIONS];
    StrBuf out;
} play;

/* ---- Text ---- */

/* Words whose number is of the run and not of the schedule. */
static const char *const masked_words[] = {
    "process ", "Process ", "transaction ", "relation ", "database ",
    "PID ",     "pg_temp_", "pg_toast_",    "with OID ", "function ",
};

/*
 * How many digits are masked in text at that place, behind *skip bytes that are not: those of long
 * numbers, and those behind certain words.
 */
static size_t masked_digits(const char *text, size_t *skip)
{
    size_t long_number = strspn(text, "0123456789");

    if (long_number >= OID_DIGITS) {
        *skip = 0;
        return long_number;
    }
    for (size_t i = 0; i < ARRAY_LEN(masked_words); i++) {
        size_t len = strlen(masked_words[i]), digits;

        if (strncmp(text, masked_words[i], len) != 0)
            continue;
        digits = strspn(text + len, "0123456789");
        if (digits == 0)
            continue;
        *skip = len;
        return digits;
    }
    return 0;
}

static void add_masked(StrBuf *b, const char *text)
{
    bool is_catalog = strstr(text, "in relation \"pg_") != NULL;

    while (*text != '\0') {
        size_t skip, digits = masked_digits(text, &skip);

        if (digits > 0) {
            strbuf_add_bytes(b, text, skip);
            strbuf_add(b, "N");
            text += skip + digits;
        } else if (is_catalog && *text == '(' && isdigit((unsigned char)text[1])) {
            strbuf_add(b, "(PLACE)");
            text += strcspn(text, ")");
            text += *text == ')';
        } else {
            strbuf_add_char(b, *text++);
        }
    }
}

/* LABEL: TEXT as a line of its own, when there is a text. */
static void add_field(StrBuf *b, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    strbuf_add_fmt(b, "  %s: ", label);
    add_masked(b, text);
    strbuf_add(b, "\n");
}

/* ---- Answers ---- */

static const struct {
    const char *label;
    int code;
} report_fields[] = {
    {"detail", PG_DIAG_MESSAGE_DETAIL},
    {"hint", PG_DIAG_MESSAGE_HINT},
    {"context", PG_DIAG_CONTEXT},
    {"query", PG_DIAG_INTERNAL_QUERY},
    {"position", PG_DIAG_STATEMENT_POSITION},
    {"schema", PG_DIAG_SCHEMA_NAME},
    {"table", PG_DIAG_TABLE_NAME},
    {"column", PG_DIAG_COLUMN_NAME},
    {"constraint", PG_DIAG_CONSTRAINT_NAME},
};

static void add_report(StrBuf *b, const PGresult *r)
{
    strbuf_add_fmt(b, "  %s %s: ", PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED),
                   PQresultErrorField(r, PG_DIAG_SQLSTATE));
    add_masked(b, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    strbuf_add(b, "\n");
    for (size_t i = 0; i < ARRAY_LEN(report_fields); i++)
        add_field(b, report_fields[i].label, PQresultErrorField(r, report_fields[i].code));
}

static void take_notice(void *arg, const PGresult *r)
{
    Session *s = arg;

    add_report(&s->said, r);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_rows(StrBuf *b, const PGresult *r, bool is_ordered)
{
    Array lines;

    array_init(&lines, sizeof(char *));
    for (int row = 0; row < PQntuples(r); row++) {
        StrBuf line;

        strbuf_init(&line);
        for (int column = 0; column < PQnfields(r); column++)
            strbuf_add_fmt(&line, "%s%s", column > 0 ? "|" : "",
                           PQgetisnull(r, row, column) ? "NULL" : PQgetvalue(r, row, column));
        *(char **)array_push(&lines) = line.text;
    }
    if (!is_ordered)
        array_sort(&lines, compare_lines);
    array_foreach(char *, line, &lines)
        strbuf_add_fmt(b, "  | %s\n", *line);
}

static void take_result(Session *s, PGresult *r)
{
    switch (PQresultStatus(r)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        add_rows(&s->said, r, s->is_ordered);
        strbuf_add_fmt(&s->said, "  %s\n", PQcmdStatus(r));
        break;
    case PGRES_FATAL_ERROR:
        if (PQresultErrorField(r, PG_DIAG_SQLSTATE) == NULL)
            err_fatal(SQLSTATE_SYSTEM_ERROR, .message = PQresultErrorMessage(r));
        add_report(&s->said, r);
        break;
    default:
        strbuf_add_fmt(&s->said, "  %s\n", PQresStatus(PQresultStatus(r)));
        break;
    }
    PQclear(r);
}

/* Take what has come for a session; true when it is done with its statement. */
static bool take_answers(Session *s)
{
    if (PQconsumeInput(s->conn) == 0)
        err_fatal(SQLSTATE_SYSTEM_ERROR, .message = PQerrorMessage(s->conn));
    while (!PQisBusy(s->conn)) {
        PGresult *r = PQgetResult(s->conn);

        if (r == NULL) {
            s->is_busy = false;
            return true;
        }
        take_result(s, r);
    }
    return false;
}

/* ---- Watching ---- */

static PGconn *connect_as(const char *name)
{
    const char *keywords[] = {"dbname", "application_name", "options", NULL};
    const char *values[] = {play.conninfo, name,
                            "-c search_path=s " DEADLOCK_SETTINGS " -c lc_messages=C", NULL};
    PGconn *conn = PQconnectdbParams(keywords, values, 1);

    if (PQstatus(conn) != CONNECTION_OK)
        err_fatal(SQLSTATE_SYSTEM_ERROR, .message = PQerrorMessage(conn));
    return conn;
}

/* Rows of the watching session, which must not fail. */
static PGresult *watch(const char *sql)
{
    PGresult *r = PQexec(play.watch, sql);

    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
        err_fatal(SQLSTATE_SYSTEM_ERROR,
                  .message = err_fmt("%s: %s", sql, PQerrorMessage(play.watch)));
    return r;
}

static const char *watch_value(const char *sql)
{
    PGresult *r = watch(sql);
    const char *value = PQntuples(r) == 0 ? "" : mem_strdup(PQgetvalue(r, 0, 0));

    PQclear(r);
    return value;
}

/* Names for the numbers of processes in an array such as {17,0}; 0 is a prepared transaction. */
static const char *names_of(const char *pids)
{
    StrBuf b;
    bool is_other = false;

    strbuf_init(&b);
    for (const char *at = pids; *at != '\0';) {
        int pid = (int)strtol(at, NULL, 10);

        if (!isdigit((unsigned char)*at)) {
            at++;
            continue;
        }
        for (size_t i = 0; i < SESSIONS; i++)
            if (play.sessions[i].conn != NULL && PQbackendPID(play.sessions[i].conn) == pid &&
                strchr(b.text, play.sessions[i].name) == NULL)
                strbuf_add_char(&b, play.sessions[i].name);
        is_other = is_other || pid == 0;
        at += strspn(at, "0123456789");
    }
    if (is_other)
        strbuf_add(&b, "*");
    return b.text;
}

static int compare_chars(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

/* For whom the busy sessions wait; true when all of them do, and for the same as before. */
static bool ask_waits(void)
{
    bool is_settled = true;

    for (size_t i = 0; i < SESSIONS; i++) {
        Session *s = &play.sessions[i];
        char *names;

        if (!s->is_busy)
            continue;
        names = mem_strdup(names_of(watch_value(
            mem_printf("select pg_catalog.pg_blocking_pids(%d)", PQbackendPID(s->conn)))));
        qsort(names, strlen(names), 1, compare_chars);
        is_settled =
            is_settled && *names != '\0' && s->waits_for != NULL && str_equal(s->waits_for, names);
        s->waits_for = names;
    }
    return is_settled;
}

static Session *session_named(char name)
{
    for (size_t i = 0; i < SESSIONS; i++)
        if (play.sessions[i].name == name)
            return &play.sessions[i];
    return NULL;
}

/* Whom s waits for, and those whom they wait for, and so on, up to depth. */
static bool is_in_circle(const Session *s, const Session *from, int depth)
{
    if (s->waits_for == NULL || depth == 0)
        return false;
    for (const char *name = s->waits_for; *name != '\0'; name++) {
        const Session *other = session_named(*name);

        if (other == NULL || !other->is_busy)
            continue;
        if (other == from || is_in_circle(other, from, depth - 1))
            return true;
    }
    return false;
}

/* Will nobody who waits go on by himself? */
static bool waits_will_last(void)
{
    uint64_t now = clock_monotonic_us();

    for (size_t i = 0; i < SESSIONS; i++) {
        const Session *s = &play.sessions[i];

        if (s->is_busy && s->is_to_be_done)
            return false;
        if (s->is_busy && (now - s->since_us < DEADLOCK_KNOWN_US || is_in_circle(s, s, SESSIONS)))
            return false;
    }
    return true;
}

static bool someone_is_busy(void)
{
    for (size_t i = 0; i < SESSIONS; i++)
        if (play.sessions[i].is_busy)
            return true;
    return false;
}

/* Take what came; true when any session got done by that. */
static bool take_all(void)
{
    bool is_any_done = false;

    for (size_t i = 0; i < SESSIONS; i++)
        if (play.sessions[i].is_busy && take_answers(&play.sessions[i]))
            is_any_done = true;
    return is_any_done;
}

/* A session that got done may have let others go on, who then wait anew. */
static void restart_clocks(void)
{
    for (size_t i = 0; i < SESSIONS; i++) {
        play.sessions[i].waits_for = NULL;
        play.sessions[i].since_us = clock_monotonic_us();
    }
}

static void wait_for_input(int timeout_ms)
{
    struct pollfd fds[SESSIONS];
    nfds_t count = 0;

    for (size_t i = 0; i < SESSIONS; i++)
        if (play.sessions[i].is_busy)
            fds[count++] = (struct pollfd){.fd = PQsocket(play.sessions[i].conn), .events = POLLIN};
    poll(fds, count, timeout_ms);
}

/* Wait until each session is done or waits for another one. */
static void settle(void)
{
    uint64_t begin = clock_monotonic_us();

    while (someone_is_busy()) {
        bool waits;

        wait_for_input(1);
        if (take_all()) {
            restart_clocks();
            continue;
        }
        waits = ask_waits();
        if (waits && waits_will_last() && !take_all())
            return;
        if (clock_monotonic_us() - begin > PATIENCE_US) {
            strbuf_add(&play.out, waits ? "  A DEADLOCK STAYS\n" : "  NO END AND NO WAIT\n");
            return;
        }
    }
}

/* ---- Steps ---- */

static void add_said(Session *s)
{
    strbuf_add(&play.out, s->said.text);
    strbuf_clear(&s->said);
}

#define LOCKS_QUERY                                                                \
 "select string_agg(l, ', ' order by l collate \"C\") from (select distinct "      \
 "coalesce(c.relname, l.locktype) || ' ' || replace(l.mode, 'Lock', '') as l "     \
 "from pg_locks l left join pg_class c on c.oid = l.relation and l.database <> 0 " \
 "and c.relnamespace = 's'::regnamespace "                                         \
 "where l.pid = %d and l.granted and (c.oid is not null or l.locktype = 'advisory')) x"

/* What locks the session has got or lost; a snapshot that it keeps. */
static void add_holdings(Session *s)
{
    const char *locks, *xmin;
    int pid = PQbackendPID(s->conn);

    locks = PQtransactionStatus(s->conn) == PQTRANS_IDLE
                ? ""
                : watch_value(mem_printf(LOCKS_QUERY, pid));
    if (s->locks != NULL ? !str_equal(locks, s->locks) : *locks != '\0')
        strbuf_add_fmt(&play.out, "  locks: %s\n", locks);
    s->locks = *locks == '\0' ? NULL : locks;
    /* What a failed block keeps is an accident: nothing can be seen by it. */
    if (PQtransactionStatus(s->conn) == PQTRANS_INERROR)
        return;
    xmin = watch_value(
        mem_printf("select backend_xmin is not null from pg_stat_activity where pid = %d", pid));
    if (str_equal(xmin, "t"))
        strbuf_add(&play.out, "  keeps a snapshot\n");
}

static void add_outcome(Session *s)
{
    add_said(s);
    if (s->is_busy && s->waits_for_any)
        strbuf_add(&play.out, "  waits\n");
    else if (s->is_busy)
        strbuf_add_fmt(&play.out, "  waits for %s\n", s->waits_for == NULL ? "" : s->waits_for);
    else
        add_holdings(s);
}

/* What the step of a session (NULL: of none) led to, there and in others that could go on by it. */
static void add_outcomes(Session *actor, const bool *was_busy)
{
    if (actor != NULL)
        add_outcome(actor);
    for (size_t i = 0; i < SESSIONS; i++) {
        Session *s = &play.sessions[i];

        if (s == actor || !was_busy[i] || s->is_busy)
            continue;
        strbuf_add_fmt(&play.out, "%c goes on\n", s->name);
        add_outcome(s);
    }
}

static void note_busy(bool *was_busy)
{
    for (size_t i = 0; i < SESSIONS; i++)
        was_busy[i] = play.sessions[i].is_busy;
}

static void run_step(Session *s, const char *sql)
{
    bool was_busy[SESSIONS];

    strbuf_add_fmt(&play.out, "%c %s\n", s->name, sql);
    if (s->is_busy) {
        strbuf_add(&play.out, "  (still waits)\n");
        return;
    }
    note_busy(was_busy);
    s->is_ordered = strstr(sql, "order by") != NULL || strstr(sql, "fetch") != NULL;
    s->waits_for_any = strstr(sql, "concurrently") != NULL;
    s->is_busy = true;
    if (PQsendQuery(s->conn, sql) == 0)
        err_fatal(SQLSTATE_SYSTEM_ERROR, .message = PQerrorMessage(s->conn));
    restart_clocks();
    settle();
    add_outcomes(s, was_busy);
}

static void open_session(Session *s)
{
    char name[] = {s->name, '\0'};

    if (s->conn != NULL)
        return;
    s->conn = connect_as(name);
    PQsetNoticeReceiver(s->conn, take_notice, s);
}

/* One line of a schedule. */
static void play_line(const char *line)
{
    Session *s;
    const char *sql = line + 1;

    if (*line == '\0' || *line == '#')
        return;
    if (*line == '-') {
        PQclear(watch(sql));
        return;
    }
    s = session_named(*line);
    if (s == NULL)
        err_fatal(SQLSTATE_SYNTAX_ERROR, .message = err_fmt("no step: %s", line));
    open_session(s);
    if (*sql == MARK_ROLLBACK) {
        sql++;
        if (!s->is_busy && PQtransactionStatus(s->conn) == PQTRANS_INERROR)
            run_step(s, "rollback");
    }
    s->is_to_be_done = *sql == MARK_END;
    sql += s->is_to_be_done;
    run_step(s, sql + strspn(sql, " "));
    s->is_to_be_done = false;
}

/* ---- Schedules ---- */

static void begin_schedule(void)
{
    play.watch = connect_as("watch");
    PQclear(watch("set client_min_messages = error"));
    PQclear(watch("drop schema if exists s cascade"));
    PQclear(watch("create schema s"));
    strbuf_init(&play.out);
    for (size_t i = 0; i < SESSIONS; i++) {
        play.sessions[i] = (Session){.name = (char)('a' + (char)i)};
        strbuf_init(&play.sessions[i].said);
    }
}

/* True when there was any: who waited for it may have prepared another since. */
static bool end_prepared(void)
{
    PGresult *r = watch("select gid from pg_prepared_xacts order by gid");
    int count = PQntuples(r);

    for (int i = 0; i < count; i++) {
        const char *gid = PQgetvalue(r, i, 0);

        strbuf_add_fmt(&play.out, "left prepared: %s\n", gid);
        PQclear(watch(mem_printf("rollback prepared '%s'", gid)));
    }
    PQclear(r);
    return count > 0;
}

static bool is_to_end(const Session *s)
{
    return s->conn != NULL && !s->is_busy && PQtransactionStatus(s->conn) != PQTRANS_IDLE;
}

/* Who waits for a session that can end goes on then. Idle ones may have locks of the session. */
static void end_blocks(void)
{
    for (size_t round = 0; round < SESSIONS && someone_is_busy(); round++)
        for (size_t i = 0; i < SESSIONS; i++) {
            Session *s = &play.sessions[i];

            if (is_to_end(s))
                run_step(s, "rollback");
            if (s->conn != NULL && !s->is_busy && someone_is_busy())
                run_step(s, "select pg_advisory_unlock_all()");
        }
    for (size_t i = 0; i < SESSIONS; i++)
        if (is_to_end(&play.sessions[i]))
            run_step(&play.sessions[i], "rollback");
}

static void end_sessions(void)
{
    bool was_busy[SESSIONS], was_any;

    note_busy(was_busy);
    do {
        was_any = end_prepared();
        restart_clocks();
        settle();
    } while (was_any);
    add_outcomes(NULL, was_busy);
    end_blocks();
    end_prepared();
    if (someone_is_busy())
        err_fatal(SQLSTATE_SYSTEM_ERROR, .message = "a session does not end");
    for (size_t i = 0; i < SESSIONS; i++) {
        if (play.sessions[i].conn != NULL)
            PQfinish(play.sessions[i].conn);
    }
}

/* What each table holds, and each sequence. */
static void add_tables(void)
{
    PGresult *queries =
        watch("select relname, format(case relkind when 'r' then 'select x::text from %s x' "
              "else 'select last_value, is_called from %s' end, oid::regclass) from pg_class "
              "where relkind in ('r', 'S') and relnamespace = 's'::regnamespace order by relname");

    for (int i = 0; i < PQntuples(queries); i++) {
        PGresult *r = watch(PQgetvalue(queries, i, 1));

        strbuf_add_fmt(&play.out, "table %s\n", PQgetvalue(queries, i, 0));
        add_rows(&play.out, r, false);
        PQclear(r);
    }
    PQclear(queries);
}

static void play_schedule(const char *path, const char *dir)
{
    size_t len;
    const char *rest = os_file_read_all(path, SCHEDULE_SIZE_MAX, &len), *line;
    const char *name = strrchr(path, '/');
    OsFile *f;

    begin_schedule();
    while ((line = str_split(&rest, '\n')) != NULL)
        play_line(line);
    end_sessions();
    add_tables();
    PQfinish(play.watch);
    f = os_file_open(mem_printf("%s/%s", dir, name == NULL ? path : name + 1),
                     OS_WRITE | OS_CREATE | OS_TRUNCATE);
    os_file_write(f, play.out.text, play.out.len);
    os_file_close(f);
}

int main(int argc, char **argv)
{
    MemContext *mem;

    if (argc < 3) {
        fprintf(stderr, "usage: play_schedules CONNINFO DIR SCHEDULE...\n");
        return 1;
    }
    play.conninfo = argv[1];
    mem = mem_context_new(NULL, "schedule");
    for (int i = 3; i < argc; i++) {
        MEM_SCOPE(mem) {
            play_schedule(argv[i], argv[2]);
        }
        mem_reset(mem);
    }
    return 0;
}
