/*
 * server_log.c - form and destination of log lines; server_log.h has the rest
 *
 * The text is built in memory of its own kind, a fixed buffer that only then grows: a report about
 * memory that ran out must still get into the log.
 */
#include "common/base/base.h"

#include "server/ipc/server_log.h"

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/text/strbuf.h"
#include "common/text/timestamp.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"

#define STDERR_FD 2

static struct {
    LogSession session;
    void (*send)(const ErrReport *report);
    void (*transaction)(LogTransaction *out);
    OsFile *file;
    MemContext *mem; /* reset after each report */
    int depth;       /* a report about a report is not written */
} server_log;

static void take(const ErrReport *report);
static void write_out(const ErrReport *report);
static void add_prefix(StrBuf *out, const ErrReport *report);
static void add_escape(StrBuf *out, char escape, int width, const ErrReport *report);
static void add_padded(StrBuf *out, const char *text, int width);
static void add_line(StrBuf *out, const char *label, const char *text, const ErrReport *report);
static void add_multi_line(StrBuf *out, const char *text);

void server_log_init(void)
{
    server_log.file = os_file_from_fd(STDERR_FD, "standard error");
    server_log.mem = mem_context_new(mem_root(), "log line");
    server_log.session.start_time = clock_now();
    err_set_sink(take);
    err_set_log_level(ERR_DEBUG);
}

LogSession *server_log_session(void)
{
    return &server_log.session;
}

void server_log_set_transaction_source(void (*source)(LogTransaction *out))
{
    server_log.transaction = source;
}

void server_log_set_client(void (*send)(const ErrReport *report))
{
    server_log.send = send;
}

/* ---- Levels ---- */

const char *server_log_level_text(ErrLevel level)
{
    switch (level) {
    case ERR_DEBUG:
        return "DEBUG";
    case ERR_INFO:
        return "INFO";
    case ERR_LOG:
        return "LOG";
    case ERR_NOTICE:
        return "NOTICE";
    case ERR_WARNING:
        return "WARNING";
    case ERR_ERROR:
        return "ERROR";
    case ERR_FATAL:
        return "FATAL";
    case ERR_PANIC:
        return "PANIC";
    }
    return "LOG";
}

/* In the log, LOG stands between ERROR and FATAL. */
static int log_rank(int messages)
{
    return messages == LOG_MESSAGES_LOG ? 2 * LOG_MESSAGES_ERROR + 1 : 2 * messages;
}

static int messages_of(ErrLevel level)
{
    switch (level) {
    case ERR_DEBUG:
        return LOG_MESSAGES_DEBUG1;
    case ERR_INFO:
        return LOG_MESSAGES_INFO;
    case ERR_LOG:
        return LOG_MESSAGES_LOG;
    case ERR_NOTICE:
        return LOG_MESSAGES_NOTICE;
    case ERR_WARNING:
        return LOG_MESSAGES_WARNING;
    case ERR_ERROR:
        return LOG_MESSAGES_ERROR;
    case ERR_FATAL:
        return LOG_MESSAGES_FATAL;
    case ERR_PANIC:
        return LOG_MESSAGES_PANIC;
    }
    return LOG_MESSAGES_LOG;
}

bool server_log_is_wanted(ErrLevel level, int log_messages)
{
    return log_rank(messages_of(level)) >= log_rank(log_messages);
}

/* ---- The sink ---- */

static void take(const ErrReport *report)
{
    if (server_log.depth > 0)
        return;
    server_log.depth++;
    if (server_log_is_wanted(report->level, setting.log_min_messages))
        write_out(report);
    if (server_log.send != NULL)
        server_log.send(report);
    server_log.depth--;
}

static void write_out(const ErrReport *report)
{
    ERR_TRY() {
        MEM_SCOPE(server_log.mem) {
            char *text = server_log_format(report);

            os_file_write(server_log.file, text, strlen(text));
        }
    }
    ERR_CATCH() {
        /* There is no other place to say it. */
    }
    ERR_END();
    mem_reset(server_log.mem);
}

char *server_log_format(const ErrReport *report)
{
    const char *detail = report->detail_log != NULL ? report->detail_log : report->detail;
    bool is_terse = setting.log_error_verbosity == LOG_ERROR_VERBOSITY_TERSE;
    const LogSession *session = &server_log.session;
    StrBuf out;

    strbuf_init(&out);
    server_log.session.line_count++;
    add_prefix(&out, report);
    strbuf_add_fmt(&out, "%s:  ", server_log_level_text(report->level));
    if (setting.log_error_verbosity == LOG_ERROR_VERBOSITY_VERBOSE)
        strbuf_add_fmt(&out, "%s: ", err_sqlstate_text(report->sqlstate));
    add_multi_line(&out, report->message);
    if (report->position > 0)
        strbuf_add_fmt(&out, " at character %d", report->position);
    strbuf_add_char(&out, '\n');
    if (!is_terse) {
        add_line(&out, "DETAIL", detail, report);
        add_line(&out, "HINT", report->hint, report);
        add_line(&out, "QUERY", report->internal_query, report);
        add_line(&out, "CONTEXT", report->context, report);
    }
    if (setting.log_error_verbosity == LOG_ERROR_VERBOSITY_VERBOSE && report->file != NULL)
        add_line(&out, "LOCATION", mem_printf("%s:%d", report->file, report->line), report);
    if (session->statement != NULL && !report->hides_statement &&
        server_log_is_wanted(report->level, setting.log_min_error_statement))
        add_line(&out, "STATEMENT", session->statement, report);
    return out.text;
}

static void add_line(StrBuf *out, const char *label, const char *text, const ErrReport *report)
{
    if (text == NULL)
        return;
    add_prefix(out, report);
    strbuf_add_fmt(out, "%s:  ", label);
    add_multi_line(out, text);
    strbuf_add_char(out, '\n');
}

/* Lines after the first begin with a tab, so that nobody can forge an entry. */
static void add_multi_line(StrBuf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        strbuf_add_char(out, *text);
        if (*text == '\n')
            strbuf_add_char(out, '\t');
    }
}

/* ---- log_line_prefix ---- */

static void add_prefix(StrBuf *out, const ErrReport *report)
{
    const char *c = setting.log_line_prefix;

    while (*c != '\0') {
        int width = 0, sign = 1;

        if (*c != '%') {
            strbuf_add_char(out, *c++);
            continue;
        }
        c++;
        if (*c == '-') {
            sign = -1;
            c++;
        }
        while (*c >= '0' && *c <= '9' && width < 1000)
            width = width * 10 + (*c++ - '0');
        if (*c == '\0')
            return;
        if (*c == 'q') {
            if (server_log.session.user == NULL)
                return;
        } else {
            add_escape(out, *c, sign * width, report);
        }
        c++;
    }
}

/* A zone that cannot be read is told once, by the check of the setting. */
static const TimeZone *log_zone(void)
{
    const TimeZone *zone = timezone_find(setting.log_timezone);

    return zone != NULL ? zone : timezone_utc();
}

static const char *or_unknown(const char *text)
{
    return text == NULL ? "[unknown]" : text;
}

/* Seconds and process id of the session in hexadecimal: unique for a long time. */
static const char *session_id(void)
{
    return mem_printf("%" PRIx64 ".%x", (uint64_t)time_to_unix(server_log.session.start_time),
                      process_id());
}

static const char *epoch_ms(PgTime now)
{
    int64_t us = now + PG_EPOCH_UNIX * 1000000;

    return mem_printf("%" PRId64 ".%03d", us / 1000000, (int)(us % 1000000 / 1000));
}

static const char *virtual_xid(const LogTransaction *t)
{
    return t->slot < 0 ? "" : mem_printf("%d/%u", t->slot, t->local);
}

/* A child that has no slot yet has not said what it is for. */
static const char *process_kind(void)
{
    if (proc_self() != NULL)
        return proc_kind_text(proc_self()->kind);
    return supervisor_pid() == 0 || supervisor_pid() == process_id() ? "postmaster"
                                                                     : "not initialized";
}

static void add_escape(StrBuf *out, char escape, int width, const ErrReport *report)
{
    const LogSession *s = &server_log.session;
    LogTransaction t = {.slot = -1};
    const char *text;

    if (server_log.transaction != NULL && (escape == 'v' || escape == 'x'))
        server_log.transaction(&t);
    switch (escape) {
    case '%':
        strbuf_add_char(out, '%');
        return;
    case 'a':
        text = or_unknown(s->application);
        break;
    case 'b':
        text = process_kind();
        break;
    case 'u':
        text = or_unknown(s->user);
        break;
    case 'd':
        text = or_unknown(s->database);
        break;
    case 'r':
        text = s->remote_host == NULL ? ""
               : s->remote_port == 0  ? s->remote_host
                                      : mem_printf("%s(%u)", s->remote_host, s->remote_port);
        break;
    case 'h':
        text = s->remote_host == NULL ? "" : s->remote_host;
        break;
    case 'p':
        text = mem_printf("%d", process_id());
        break;
    case 'P':
        text = "";
        break;
    case 't':
        text = time_format(clock_now(), TIME_LABEL, log_zone());
        break;
    case 'm':
        text = time_format(clock_now(), TIME_LOG, log_zone());
        break;
    case 'n':
        text = epoch_ms(clock_now());
        break;
    case 'i':
        text = s->command == NULL ? "" : s->command;
        break;
    case 'e':
        text = err_sqlstate_text(report->sqlstate);
        break;
    case 'c':
        text = session_id();
        break;
    case 'l':
        text = mem_printf("%" PRIu64, s->line_count);
        break;
    case 's':
        text = time_format(s->start_time, TIME_LABEL, log_zone());
        break;
    case 'v':
        text = virtual_xid(&t);
        break;
    case 'x':
        text = mem_printf("%u", t.xid);
        break;
    case 'Q':
        text = "0";
        break;
    default:
        return; /* an escape that means nothing is nothing */
    }
    add_padded(out, text, width);
}

/* Blanks on the left, or with a negative width on the right. */
static void add_padded(StrBuf *out, const char *text, int width)
{
    size_t len = strlen(text);
    size_t wanted = (size_t)(width < 0 ? -width : width);

    if (width > 0 && len < wanted)
        strbuf_add_chars(out, ' ', wanted - len);
    strbuf_add(out, text);
    if (width < 0 && len < wanted)
        strbuf_add_chars(out, ' ', wanted - len);
}
