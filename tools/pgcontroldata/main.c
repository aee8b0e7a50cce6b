/*
 * main.c - pgcontroldata: print what global/pg_control of a data directory says
 *
 * For a cluster of 15 the output equals pg_controldata's byte by byte, warnings about a damaged
 * file included; it judges nothing and fails only when there is no file to read. What 18 added
 * stands where its own program prints it.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/option/option.h"
#include "common/os/process.h"
#include "common/tool/tool.h"
#include "tools/pgcontroldata/report.h"

typedef struct ControlOptions {
    const char *data_dir;
    ToolLog log;
} ControlOptions;

static const OptionDef options[] = {
    {'D', "pgdata", OPTION_STRING, offsetof(ControlOptions, data_dir), .arg = "DATADIR",
     .help = "data directory"},
    {0, "json", OPTION_FLAG, offsetof(ControlOptions, log.is_json),
     .help = "output JSON, messages too"},
    {.kind = OPTION_END},
};
static const OptionGroup groups[] = {{NULL, options, 0}, {.defs = NULL}};
static const OptionSet set = {
    .size = sizeof(ControlOptions),
    .groups = groups,
    .usage = "[OPTION] [DATADIR]",
    .summary = "displays control information of a PostgreSQL database cluster.",
    .notes = "If no data directory (DATADIR) is specified, the environment variable PGDATA\n"
             "is used.",
    .operand_max = 1,
};

static int run(const Options *o);
static const char *choose_data_dir(const Options *o);

int main(int argc, char **argv)
{
    static const ToolDef def = {
        .pg_name = "pg_controldata", .set = &set, .run = run, .log = offsetof(ControlOptions, log)};

    return tool_main(argc, argv, &def);
}

static int run(const Options *o)
{
    const ControlOptions *values = o->values;
    ControlFile control;

    control_file_read_unchecked(choose_data_dir(o), &control);
    if (values->log.is_json)
        report_print_json(&control);
    else
        report_print_text(&control);
    return 0;
}

/* -D, else the operand, else PGDATA: an operand beside -D is one too many. */
static const char *choose_data_dir(const Options *o)
{
    const ControlOptions *values = o->values;
    const char *data_dir = values->data_dir;
    size_t used = 0;

    if (data_dir == NULL && o->operand_count > 0)
        data_dir = o->operands[used++];
    if (o->operand_count > used)
        option_raise_usage(o, "too many command-line arguments (first is \"%s\")",
                           o->operands[used]);
    if (data_dir == NULL)
        data_dir = process_env("PGDATA");
    if (data_dir == NULL)
        option_raise_usage(o, "no data directory specified");
    return data_dir;
}
