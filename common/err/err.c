/*
 * err.c - reports, frames and the default log sink; err.h has the model
 *
 * Promises
 *   1. Raising allocates nothing: each thread has a small stack of reports with room for text.
 *   2. A report that is caught stays readable until its frame ends, also when the handler raises
 *      another one (that takes the next place on the stack).
 *   3. The strings of a report are copied into it before the jump, so they may live anywhere.
 *   4. Threads take turns at the sink, so that the lines of a report stay together.
 */
#include "common/base/base.h"

#include "common/err/err.h"

#include <pthread.h>
#include <stdarg.h>

#include "common/base/bytes.h"

#define REPORT_DEPTH 8 /* reports in flight: one caught, one raised by its handler, ... */

typedef struct SqlStateRow {
    uint32_t state;
    int exit_code;
} SqlStateRow;

static const SqlStateRow sqlstate_rows[] = {
#define ROW(name, a, b, c, d, e, exit) {SQLSTATE_MAKE(a, b, c, d, e), exit},
#include "common/err/sqlstate.def"
#undef ROW
};

_Thread_local void *err_unwind[ERR_UNWIND_COUNT];

static _Thread_local struct {
    ErrFrame *frame; /* the innermost open one */
    int depth;       /* slots in use by caught reports */
    int critical;    /* nesting of crit_begin */
    ErrCopy slots[REPORT_DEPTH];
    ErrCopy scratch; /* texts of a report that is being made or logged */
} err_local;

static struct {
    ErrSink sink;
    ErrEnd end;
    ErrLevel log_level;
    const char *program;
    pthread_mutex_t sink_turn; /* recursive, should a sink log something itself */
} err_process = {.log_level = ERR_NOTICE,
                 .program = "holdfast",
                 .sink_turn = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP};

static void sink_report(const ErrReport *report);
static const char *copy_text(ErrCopy *to, const char *text);
static const char *collect_context(void);
_Noreturn static void jump_to_frame(void);
static void log_to_stderr(const ErrReport *report);

void err_raise_report(const ErrReport *report)
{
    ErrReport whole = *report;

    ASSERT(report->message != NULL);
    if (whole.context == NULL)
        whole.context = collect_context();

    /* With no place left, handlers have raised inside handlers until only a bug can explain it. */
    if (err_local.critical > 0 || err_local.depth == REPORT_DEPTH)
        whole.level = ERR_PANIC;
    if (err_local.frame == NULL || whole.level == ERR_PANIC)
        err_end_process(&whole);
    err_copy(&err_local.slots[err_local.depth], &whole);
    err_local.depth++;
    err_local.scratch.used = 0;
    jump_to_frame();
}

void err_log_report(const ErrReport *report)
{
    ErrReport whole = *report;

    if (whole.level == ERR_WARNING && whole.sqlstate == SQLSTATE_SUCCESSFUL_COMPLETION)
        whole.sqlstate = SQLSTATE_WARNING;
    if (whole.level >= err_process.log_level) {
        if (whole.context == NULL && whole.level >= ERR_WARNING)
            whole.context = collect_context();
        sink_report(&whole);
    }
    err_local.scratch.used = 0;
}

void err_end_process(const ErrReport *report)
{
    ErrReport whole = *report;

    if (whole.context == NULL)
        whole.context = collect_context();
    sink_report(&whole);
    if (err_process.end != NULL)
        err_process.end(whole.level, err_exit_code(whole.sqlstate));
    if (whole.level == ERR_PANIC)
        abort();
    exit(err_exit_code(whole.sqlstate));
}

static void sink_report(const ErrReport *report)
{
    pthread_mutex_lock(&err_process.sink_turn);
    (err_process.sink != NULL ? err_process.sink : log_to_stderr)(report);
    pthread_mutex_unlock(&err_process.sink_turn);
}

const char *err_fmt(const char *format, ...)
{
    ErrCopy *slot = &err_local.scratch;
    char *at = slot->text + slot->used;
    size_t room = sizeof slot->text - slot->used;
    va_list args;
    int len;

    if (room < 2)
        return "(text cut)";
    va_start(args, format);
    len = vsnprintf(at, room, format, args);
    va_end(args);
    if (len < 0)
        return format;
    slot->used += size_min((size_t)len + 1, room);
    return at;
}

const ErrReport *err_caught(void)
{
    ASSERT(err_local.depth > 0);
    return &err_local.slots[err_local.depth - 1].report;
}

void err_raise_again(void)
{
    if (err_local.frame == NULL || err_local.critical > 0) {
        ErrReport whole = *err_caught();

        if (err_local.critical > 0)
            whole.level = ERR_PANIC;
        err_end_process(&whole);
    }
    jump_to_frame();
}

void err_raise_copy(const ErrReport *report)
{
    err_raise_report(report);
}

const char *err_sqlstate_text(SqlState state)
{
    static _Thread_local char text[6];
    uint32_t bits = (uint32_t)state;

    for (int i = 0; i < 5; i++, bits >>= 6)
        text[i] = (char)((bits & 0x3F) + '0');
    return text;
}

SqlState err_sqlstate_from_text(const char *code)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    if (code == NULL || strlen(code) != 5 || strspn(code, allowed) != 5)
        return SQLSTATE_INTERNAL_ERROR;
    return (SqlState)SQLSTATE_MAKE(code[0], code[1], code[2], code[3], code[4]);
}

int err_exit_code(SqlState state)
{
    for (size_t i = 0; i < ARRAY_LEN(sqlstate_rows); i++)
        if (sqlstate_rows[i].state == (uint32_t)state)
            return sqlstate_rows[i].exit_code;
    return 1;
}

void err_context_push(ErrContext *c)
{
    c->outer = err_unwind[ERR_UNWIND_CONTEXT];
    err_unwind[ERR_UNWIND_CONTEXT] = c;
}

void err_context_pop(ErrContext *c)
{
    ASSERT(err_unwind[ERR_UNWIND_CONTEXT] == c);
    err_unwind[ERR_UNWIND_CONTEXT] = c->outer;
}

void err_set_sink(ErrSink sink)
{
    err_process.sink = sink;
}

void err_set_end(ErrEnd end)
{
    err_process.end = end;
}

void err_set_log_level(ErrLevel level)
{
    err_process.log_level = level;
}

ErrLevel err_get_log_level(void)
{
    return err_process.log_level;
}

void err_set_program(const char *name)
{
    err_process.program = name;
}

const char *err_get_program(void)
{
    return err_process.program;
}

void err_frame_open(ErrFrame *frame)
{
    frame->outer = err_local.frame;
    frame->depth = err_local.depth;
    frame->is_closed = false;
    frame->is_raised = false;
    frame->is_finally = false;
    memcpy(frame->unwind, err_unwind, sizeof frame->unwind);
    err_local.frame = frame;
}

void err_frame_finally(ErrFrame *frame)
{
    frame->is_finally = true;
    if (!frame->is_closed) {
        ASSERT(err_local.frame == frame);
        err_local.frame = frame->outer;
        frame->is_closed = true;
    }
}

void err_frame_end(ErrFrame *frame)
{
    if (!frame->is_closed) {
        ASSERT(err_local.frame == frame);
        err_local.frame = frame->outer;
        return;
    }
    if (!frame->is_raised)
        return;
    if (frame->is_finally)
        err_raise_again();
    err_local.depth = frame->depth;
}

bool err_in_frame(void)
{
    return err_local.frame != NULL;
}

void err_drop_frames(void)
{
    err_local.frame = NULL;
    err_local.depth = 0;
    err_local.critical = 0;
    err_unwind[ERR_UNWIND_CONTEXT] = NULL;
}

void crit_begin(void)
{
    err_local.critical++;
}

void crit_end(void)
{
    ASSERT(err_local.critical > 0);
    err_local.critical--;
}

bool crit_is_inside(void)
{
    return err_local.critical > 0;
}

void bytes_raise_short(const char *what, size_t wanted, size_t left)
{
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = err_fmt("unexpected end of %s", what),
              .detail = err_fmt("%zu bytes were expected, %zu are left.", wanted, left));
}

/* Copy text to where the others of its report are; NULL stays NULL, what does not fit is cut. */
static const char *copy_text(ErrCopy *to, const char *text)
{
    char *at = to->text + to->used;
    size_t room = sizeof to->text - to->used;
    size_t len;

    if (text == NULL || room == 0)
        return NULL;
    len = size_min(strlen(text), room - 1);
    memcpy(at, text, len);
    at[len] = '\0';
    to->used += len + 1;
    return at;
}

void err_copy(ErrCopy *to, const ErrReport *from)
{
    to->used = 0;
    to->report = *from;
    to->report.message = copy_text(to, from->message);
    to->report.detail = copy_text(to, from->detail);
    to->report.hint = copy_text(to, from->hint);
    to->report.context = copy_text(to, from->context);
    to->report.detail_log = copy_text(to, from->detail_log);
    to->report.internal_query = copy_text(to, from->internal_query);
    to->report.schema = copy_text(to, from->schema);
    to->report.table = copy_text(to, from->table);
    to->report.column = copy_text(to, from->column);
    to->report.data_type = copy_text(to, from->data_type);
    to->report.constraint = copy_text(to, from->constraint);
}

/* All contexts in force, a line each; NULL when there is none. */
static const char *collect_context(void)
{
    const char *all = NULL;

    for (ErrContext *c = err_unwind[ERR_UNWIND_CONTEXT]; c != NULL; c = c->outer) {
        const char *line = c->describe(c->arg);

        if (line != NULL)
            all = all == NULL ? line : err_fmt("%s\n%s", all, line);
    }
    return all;
}

/* Leave for the innermost frame with the report on top of the stack. */
static void jump_to_frame(void)
{
    ErrFrame *frame = err_local.frame;

    err_local.frame = frame->outer;
    memcpy(err_unwind, frame->unwind, sizeof err_unwind);

    /* A handler that raised has left its own report below: the new one takes its place. */
    if (err_local.depth > frame->depth + 1) {
        err_copy(&err_local.slots[frame->depth], &err_local.slots[err_local.depth - 1].report);
        err_local.depth = frame->depth + 1;
    }
    frame->is_closed = true;
    frame->is_raised = true;
    siglongjmp(frame->jump, 1);
}

static const char *level_text(ErrLevel level)
{
    switch (level) {
    case ERR_DEBUG:
        return "debug: ";
    case ERR_INFO:
    case ERR_LOG:
    case ERR_NOTICE:
        return "";
    case ERR_WARNING:
        return "warning: ";
    case ERR_ERROR:
        return "error: ";
    case ERR_FATAL:
        return "error: ";
    case ERR_PANIC:
        return "panic: ";
    }
    return "";
}

/* The form of PostgreSQL's tools: "program: error: ...", then detail and hint lines. */
static void log_to_stderr(const ErrReport *report)
{
    const char *program = err_process.program;

    fflush(stdout);
    fprintf(stderr, "%s: %s%s\n", program, level_text(report->level), report->message);
    if (report->detail != NULL)
        fprintf(stderr, "%s: detail: %s\n", program, report->detail);
    if (report->hint != NULL)
        fprintf(stderr, "%s: hint: %s\n", program, report->hint);
    if (report->context != NULL)
        fprintf(stderr, "%s: context: %s\n", program, report->context);
}
