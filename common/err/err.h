/*
 * err.h - errors and log messages: SQLSTATE, message, detail, hint, context
 *
 * err_raise() fills a report and jumps to the nearest frame, which ERR_TRY() opened. A frame ends
 * in ERR_CATCH() (the report is handled and gone at ERR_END()) or ERR_FINALLY() (the block runs in
 * any case, and a raise goes on at ERR_END()):
 *
 *     ERR_TRY() {                        ERR_TRY() {
 *         step(thing);                       step(thing);
 *     }                                  }
 *     ERR_CATCH() {                      ERR_FINALLY() {
 *         say(err_caught()->message);        thing_close(thing);
 *     }                                  }
 *     ERR_END();                         ERR_END();
 *
 * Never leave a frame by return, break, continue or goto. One frame to a function. A local that is
 * changed inside the first block and read after it must be volatile.
 *
 * Reports live in fixed memory of the thread, so raising needs no allocation and works when memory
 * or disk is out. State is per thread; a raise never crosses threads (os/thread_pool.h carries the
 * first report of a worker to its coordinator).
 */
#ifndef ERR_ERR_H
#define ERR_ERR_H

#include "common/base/base.h"

#include <setjmp.h>

/* Five characters of six bits each, the first lowest. */
#define SQLSTATE_MAKE(a, b, c, d, e)                                            \
 ((uint32_t)(((a) - '0') & 0x3F) | (uint32_t)(((b) - '0') & 0x3F) << 6 |        \
  (uint32_t)(((c) - '0') & 0x3F) << 12 | (uint32_t)(((d) - '0') & 0x3F) << 18 | \
  (uint32_t)(((e) - '0') & 0x3F) << 24)

typedef enum SqlState {
#define ROW(name, a, b, c, d, e, exit) SQLSTATE_##name = SQLSTATE_MAKE(a, b, c, d, e),
#include "common/err/sqlstate.def"
#undef ROW
} SqlState;

typedef enum ErrLevel {
    ERR_DEBUG, /* shown with -v -v */
    ERR_INFO,  /* shown with -v */
    ERR_LOG,   /* a server's: for whoever runs it, not for clients */
    ERR_NOTICE,
    ERR_WARNING,
    ERR_ERROR,
    ERR_FATAL, /* ends the process */
    ERR_PANIC, /* a server restarts, a tool aborts */
} ErrLevel;

typedef struct ErrReport {
    ErrLevel level;
    SqlState sqlstate;
    const char *message; /* never NULL */
    const char *detail;  /* NULL when there is none, as the next two */
    const char *hint;
    const char *context; /* one line for each err_context_push in force, innermost first */
    const char *file;    /* where it was raised */
    int line;

    /* The rest is a server's: NULL or 0 where there is none. */
    const char *detail_log;     /* takes the place of detail in the log */
    const char *internal_query; /* that the server ran itself, with the place in it */
    const char *schema, *table, *column, *data_type, *constraint;
    int position; /* in the query's text, in characters from 1 */
    int internal_position;
    bool hides_statement; /* do not log the statement beside it */
} ErrReport;

/*
 * Raise an error. message, detail and hint are string constants, or made by err_fmt(), or any
 * string that lives until the frame is reached: they are copied. message must be given.
 */
#define err_raise(state, ...)         \
 err_raise_report(&(const ErrReport){ \
     .level = ERR_ERROR, .sqlstate = (state), .file = __FILE__, .line = __LINE__, __VA_ARGS__})

/* Report and go on: err_log(ERR_WARNING, .message = ...). Levels from ERR_ERROR up do not jump. */
#define err_log(lvl, ...) \
 err_log_report(&(const ErrReport){.level = (lvl), .file = __FILE__, .line = __LINE__, __VA_ARGS__})

/* Report and end the process: exit code of the SQLSTATE, or abort. */
#define err_fatal(state, ...)        \
 err_end_process(&(const ErrReport){ \
     .level = ERR_FATAL, .sqlstate = (state), .file = __FILE__, .line = __LINE__, __VA_ARGS__})
#define err_panic(state, ...)        \
 err_end_process(&(const ErrReport){ \
     .level = ERR_PANIC, .sqlstate = (state), .file = __FILE__, .line = __LINE__, __VA_ARGS__})

_Noreturn void err_raise_report(const ErrReport *report);
void err_log_report(const ErrReport *report);
_Noreturn void err_end_process(const ErrReport *report);

#define ERR_TEXT_SIZE 16384 /* bytes for the texts of one report, what does not fit is cut */

/*
 * Format text for a report. The result lives in the thread's report memory until the next report
 * is complete, so nothing may be logged or raised between this and the report it is for.
 */
const char *err_fmt(const char *format, ...) PRINTF_LIKE(1, 2);

/* The report that the current ERR_CATCH() handles; valid until its ERR_END(). */
const ErrReport *err_caught(void);

/* Raise again what the current ERR_CATCH() caught, unchanged. */
_Noreturn void err_raise_again(void);

/* Raise report, e.g. one that was carried over from another thread. */
_Noreturn void err_raise_copy(const ErrReport *report);

/* A report with its texts, to outlive its frame or to be carried to another thread. */
typedef struct ErrCopy {
    ErrReport report;
    size_t used; /* bytes of text */
    char text[ERR_TEXT_SIZE];
} ErrCopy;

/* Fill *to; to->report then holds no pointer outside of *to but file. Cannot fail. */
void err_copy(ErrCopy *to, const ErrReport *from);

/* The five characters of state, in a static buffer of the thread. */
const char *err_sqlstate_text(SqlState state);

/* The state with that code; SQLSTATE_INTERNAL_ERROR when code is not five of 0-9 and A-Z. */
SqlState err_sqlstate_from_text(const char *code);

/* The exit code of a tool that ends with state; 1 for a code that is not in the table. */
int err_exit_code(SqlState state);

/* ---- Context: what was being done when the error came up ---- */

typedef struct ErrContext {
    struct ErrContext *outer;
    const char *(*describe)(void *arg); /* e.g. err_fmt("while replaying record at %X/%X", ...);
                                           must not raise; NULL for none */
    void *arg;
} ErrContext;

/* c lives in the caller's frame; pop it before that ends. A raise pops by itself. */
void err_context_push(ErrContext *c);
void err_context_pop(ErrContext *c);

/* ---- Where reports go ---- */

/* Called with each report that is logged, never by two threads at once; must not raise. */
typedef void (*ErrSink)(const ErrReport *report);

/* Set the sink of the process; NULL for the default: "program: error: ..." on standard error. */
void err_set_sink(ErrSink sink);

/* Reports below level are dropped (default ERR_NOTICE). */
void err_set_log_level(ErrLevel level);
ErrLevel err_get_log_level(void);

/*
 * Called in place of the end of the process by err_fatal(), err_panic() and raises that nobody
 * catches, after the report was logged; must not return. For a server, whose processes have to give
 * back what they share. NULL for the default.
 */
typedef void (*ErrEnd)(ErrLevel level, int exit_code);
void err_set_end(ErrEnd end);

/* The name before each line of the default sink; kept, not copied. */
void err_set_program(const char *name);
const char *err_get_program(void);

/* ---- Frames: use the macros ---- */

/*
 * Values of the thread that a raise puts back to what they were at ERR_TRY(): the layer above
 * keeps its current memory context and resource owner here.
 */
enum { ERR_UNWIND_MEMORY, ERR_UNWIND_OWNER, ERR_UNWIND_CONTEXT, ERR_UNWIND_COUNT };
extern _Thread_local void *err_unwind[ERR_UNWIND_COUNT];

typedef struct ErrFrame {
    sigjmp_buf jump;
    struct ErrFrame *outer;
    void *unwind[ERR_UNWIND_COUNT];
    int depth;      /* reports in use when the frame was opened */
    bool is_closed; /* no longer the target of raises */
    bool is_raised;
    bool is_finally;
} ErrFrame;

void err_frame_open(ErrFrame *frame);
void err_frame_finally(ErrFrame *frame);
void err_frame_end(ErrFrame *frame);

#define ERR_TRY()             \
 {                            \
  ErrFrame err_frame;         \
  err_frame_open(&err_frame); \
  if (sigsetjmp(err_frame.jump, 0) == 0)
#define ERR_CATCH()   else
#define ERR_FINALLY() err_frame_finally(&err_frame);
#define ERR_END()           \
 err_frame_end(&err_frame); \
 }                          \
 ((void)0)

/* True when the calling thread is inside any frame. */
bool err_in_frame(void);

/*
 * In a child that was just forked and will not return: the open frames are the parent's, and a
 * raise must not go on with the parent's work. Contexts and critical sections are forgotten, too.
 */
void err_drop_frames(void);

/* ---- Critical sections: a raise inside is a panic ---- */

void crit_begin(void);
void crit_end(void);
bool crit_is_inside(void);

#endif
