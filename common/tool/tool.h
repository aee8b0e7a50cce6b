/*
 * tool.h - a program's main(): options, messages, signals and exit code
 *
 *     static const ToolDef def = {.pg_name = "pg_basebackup", .set = &options, .run = backup_run,
 *                                 .log = offsetof(BackupOptions, log)};
 *
 *     int main(int argc, char **argv)
 *     {
 *         return tool_main(argc, argv, &def);
 *     }
 *
 * Promises
 *   1. A report that nobody caught becomes "PROGRAM: error: ...", detail and hint, and the exit
 *      code of its SQLSTATE (sqlstate.def). After a signal that was caught: 128 + its number.
 *   2. All memory of the run is given back, with all that hangs on it (connections, files), before
 *      the process ends, whatever happened.
 *   3. What was printed reached standard output, or the exit code is not 0.
 *   4. Nothing depends on the locale: none is set.
 *   5. Called by the name of PostgreSQL's program, it calls itself so, and --version prints what
 *      that prints.
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/option/option.h"

/* What every program says about itself; the rows are tool_log_options. */
typedef struct ToolLog {
    unsigned verbose; /* -v: ERR_INFO too, -v -v: ERR_DEBUG */
    bool is_quiet;    /* -q: warnings and errors only */
    bool is_json;     /* --json: results and messages as JSON, a line each */
} ToolLog;

extern const OptionDef tool_log_options[];

#define TOOL_NO_LOG SIZE_MAX

typedef struct ToolDef {
    const char *pg_name; /* of the PostgreSQL program that it also stands for; NULL: none */

    /* Either one set of options with its function, which returns the exit code ... */
    const OptionSet *set;
    int (*run)(const Options *o);
    size_t log; /* offset of a ToolLog in the set's struct; TOOL_NO_LOG: none */

    /* ... or verbs, each with a struct that has its ToolLog at log. */
    const OptionVerb *verbs;
    const char *summary; /* "archives WAL": follows the name at the top of --help */
    const char *notes;   /* at its end; NULL: none */
} ToolDef;

/* Run the program; returns what main() returns. */
int tool_main(int argc, char **argv, const ToolDef *def);

/* Set levels and form of messages as the options say; tool_main has done it before run. */
void tool_set_log(const ToolLog *log);

/*
 * Log a report that ends the run, and return the exit code that it gives; for a program that has
 * things to say and to do after the error. tool_main does it with what nobody caught.
 */
int tool_report(const ErrReport *report);

/* Print a line, or text as it is, to standard output. */
void tool_print(const char *format, ...) PRINTF_LIKE(1, 2);
void tool_print_text(const char *text);

/* Raise when standard output did not take what was printed; tool_main does it at the end. */
void tool_flush(void);

#endif
