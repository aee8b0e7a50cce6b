/*
 * net_report.c - ErrorResponse and NoticeResponse
 *
 * A report is told whatever state the connection is in: it must not raise, since it is an error
 * already, and it may come while a message is being written, before which it then stands.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "server/net/net.h"
#include "server/net/net_int.h"

static void write_before_message(const ErrReport *report);
static void write_report(const ErrReport *report);
static void write_version_2(const ErrReport *report);
static const char *severity(ErrLevel level);
static void put_field(ReportField field, const char *text);
static void put_number(ReportField field, int number);
static void put_text(const char *text);

void net_send_report(const ErrReport *report)
{
    if (!net.is_open || net.is_lost)
        return;
    ERR_TRY() {
        if (net_is_in_message() && report->level < ERR_ERROR) {
            write_before_message(report);
        } else {
            net_discard_message();
            write_report(report);
            (void)net_try_flush();
        }
    }
    ERR_CATCH() {
        /* There is no memory even for this: the client does without. */
    }
    ERR_END();
}

const char *net_make_report(const ErrReport *report, size_t *len)
{
    size_t from = net.out_used;
    const char *made;

    write_report(report);
    *len = net.out_used - from;
    made = mem_dup(net.out + from, *len);
    net.out_used = from;
    return made;
}

void net_send_made(const char *bytes, size_t len)
{
    const char *why;

    /* TLS is not to be called by a handler. */
    if (net.is_open && !net.is_lost && !net.is_sending && net.tls == NULL)
        (void)os_socket_send(net.fd, bytes, len, &len, &why);
}

/* The message goes to the side meanwhile; what was there once fits there again. */
static void write_before_message(const ErrReport *report)
{
    size_t len = net.out_used - net.message;
    void *tail = mem_dup(net.out + net.message, len);

    net_discard_message();
    ERR_TRY() {
        write_report(report);
    }
    ERR_CATCH() {
        net_discard_message();
    }
    ERR_END();
    (void)net_try_flush();
    net.message = net.out_used;
    net_put_bytes(tail, len);
    mem_free(tail);
}

static void write_report(const ErrReport *report)
{
    if (net.speaks_version_2) {
        write_version_2(report);
        return;
    }
    net_begin(report->level >= ERR_ERROR ? MESSAGE_ERROR_RESPONSE : MESSAGE_NOTICE_RESPONSE);
    put_field(REPORT_SEVERITY_LOCAL, severity(report->level));
    put_field(REPORT_SEVERITY, severity(report->level));
    put_field(REPORT_SQLSTATE, err_sqlstate_text(report->sqlstate));
    put_field(REPORT_MESSAGE, report->message);
    put_field(REPORT_DETAIL, report->detail);
    put_field(REPORT_HINT, report->hint);
    put_number(REPORT_POSITION, report->position);
    put_number(REPORT_INTERNAL_POSITION, report->internal_position);
    put_field(REPORT_INTERNAL_QUERY, report->internal_query);
    put_field(REPORT_CONTEXT, report->context);
    put_field(REPORT_SCHEMA, report->schema);
    put_field(REPORT_TABLE, report->table);
    put_field(REPORT_COLUMN, report->column);
    put_field(REPORT_DATA_TYPE, report->data_type);
    put_field(REPORT_CONSTRAINT, report->constraint);
    put_field(REPORT_FILE, report->file);
    put_number(REPORT_LINE, report->line);
    net_put_u8(0);
    net_end_unsent();
}

/* A client of protocol 2 is told in its own form why it is not served. */
static void write_version_2(const ErrReport *report)
{
    net.message = net.out_used;
    net_put_u8('E');
    put_text(severity(report->level));
    net_put_bytes(":  ", 3);
    put_text(report->message);
    net_put_bytes("\n", 2); /* and its NUL */
    net.message = NET_NO_MESSAGE;
}

static const char *severity(ErrLevel level)
{
    static const char *const texts[] = {
        [ERR_DEBUG] = "DEBUG",   [ERR_INFO] = "INFO",       [ERR_LOG] = "LOG",
        [ERR_NOTICE] = "NOTICE", [ERR_WARNING] = "WARNING", [ERR_ERROR] = "ERROR",
        [ERR_FATAL] = "FATAL",   [ERR_PANIC] = "PANIC",
    };

    return texts[level];
}

static void put_field(ReportField field, const char *text)
{
    if (text == NULL)
        return;
    net_put_u8((uint8_t)field);
    put_text(text);
    net_put_u8(0);
}

static void put_number(ReportField field, int number)
{
    char text[12];

    if (number <= 0)
        return;
    snprintf(text, sizeof text, "%d", number);
    put_field(field, text);
}

/* What the client's encoding lacks becomes "?": the error is worth more than its spelling. */
static void put_text(const char *text)
{
    size_t len;
    const char *converted = encoding_convert_any(net.server, net.client, text, strlen(text), &len);

    net_put_bytes(converted, len);
}
