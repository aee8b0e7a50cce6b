/* log.c - the sinks of a program's reports; log.h has their forms. Nothing here allocates. */
#include "common/base/base.h"

#include "common/tool/log.h"

#include <unistd.h>

#include "common/client/notice.h"
#include "common/err/err.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/tool/progress.h"

/* Escape sequences that PG_COLOR asks for; all empty when it does not. */
typedef struct Colors {
    const char *error, *warning, *note, *program, *end;
} Colors;

static Colors colors;

static void choose_colors(void);
static void write_text(const ErrReport *report);
static void write_line(const char *color, const char *kind, const char *text);
static void write_from_server(const ErrReport *report);
static void write_json(const ErrReport *report);
static void write_member(const char *key, const char *text);

void log_begin(LogForm form)
{
    choose_colors();
    err_set_sink(form == LOG_JSON ? write_json : write_text);
}

static void choose_colors(void)
{
    const char *wish = process_env("PG_COLOR");

    colors = (Colors){"", "", "", "", ""};
    if (wish == NULL)
        return;
    if (str_equal(wish, "always") || (str_equal(wish, "auto") && terminal_is_tty(STDERR_FILENO)))
        colors = (Colors){.error = "\033[01;31m",
                          .warning = "\033[01;35m",
                          .note = "\033[01;36m",
                          .program = "\033[01m",
                          .end = "\033[0m"};
}

/* "program: error: ...", then detail, hint and context. */
static void write_text(const ErrReport *report)
{
    static const struct {
        const char *kind;
        bool is_error;
    } kinds[] = {[ERR_DEBUG] = {"debug: ", false},
                 [ERR_INFO] = {"", false},
                 [ERR_LOG] = {"", false},
                 [ERR_NOTICE] = {"", false},
                 [ERR_WARNING] = {"warning: ", false},
                 [ERR_ERROR] = {"error: ", true},
                 [ERR_FATAL] = {"error: ", true},
                 [ERR_PANIC] = {"panic: ", true}};

    progress_hide();
    fflush(stdout);
    if (report->file == client_notice_place) {
        write_from_server(report);
        return;
    }
    write_line(kinds[report->level].is_error ? colors.error : colors.warning,
               kinds[report->level].kind, report->message);
    if (report->detail != NULL)
        write_line(colors.note, "detail: ", report->detail);
    if (report->hint != NULL)
        write_line(colors.note, "hint: ", report->hint);
    if (report->context != NULL)
        write_line(colors.note, "context: ", report->context);
}

static void write_line(const char *color, const char *kind, const char *text)
{
    bool has_kind = kind[0] != '\0';

    fprintf(stderr, "%s%s: %s%s%s%s%s\n", colors.program, err_get_program(), colors.end,
            has_kind ? color : "", kind, has_kind ? colors.end : "", text);
}

/* In libpq's form, without the program's name. */
static void write_from_server(const ErrReport *report)
{
    fprintf(stderr, "%s:  %s\n", report->level == ERR_WARNING ? "WARNING" : "NOTICE",
            report->message);
    if (report->detail != NULL)
        fprintf(stderr, "DETAIL:  %s\n", report->detail);
    if (report->hint != NULL)
        fprintf(stderr, "HINT:  %s\n", report->hint);
}

/* One object on a line. */
static void write_json(const ErrReport *report)
{
    static const char *const levels[] = {
        [ERR_DEBUG] = "debug",   [ERR_INFO] = "info",       [ERR_LOG] = "log",
        [ERR_NOTICE] = "notice", [ERR_WARNING] = "warning", [ERR_ERROR] = "error",
        [ERR_FATAL] = "fatal",   [ERR_PANIC] = "panic",
    };

    progress_hide();
    fflush(stdout);
    fprintf(stderr, "{\"level\":\"%s\"", levels[report->level]);
    if (report->sqlstate != SQLSTATE_SUCCESSFUL_COMPLETION)
        write_member("sqlstate", err_sqlstate_text(report->sqlstate));
    write_member("message", report->message);
    write_member("detail", report->detail);
    write_member("hint", report->hint);
    write_member("context", report->context);
    fputs("}\n", stderr);
}

/* ,"key":"text"; nothing for NULL. Where text is not UTF-8, its bytes above ASCII become U+FFFD. */
static void write_member(const char *key, const char *text)
{
    bool is_utf8 = text != NULL && str_is_utf8(text, strlen(text));

    if (text == NULL)
        return;
    fprintf(stderr, ",\"%s\":\"", key);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fprintf(stderr, "\\%c", c);
        else if (c < ' ')
            fprintf(stderr, "\\u%04x", c);
        else if (c >= 0x80 && !is_utf8)
            fputs("\\ufffd", stderr);
        else
            fputc(c, stderr);
    }
    fputc('"', stderr);
}
