/*
 * main.c - pgwaldump: show the records of a write-ahead log
 *
 * Options and output are those of PostgreSQL 15's pg_waldump, for logs of 13 to 18; --json is ours.
 */
#include "common/base/base.h"

#include "common/tool/tool.h"
#include "tools/pgwaldump/pgwaldump_int.h"

static const OptionDef options[] = {
    {'b', "bkp-details", OPTION_FLAG, offsetof(DumpOptions, shows_block_details),
     .help = "show each block reference on a line of its own, with its image"},
    {'B', "block", OPTION_STRING, offsetof(DumpOptions, block), .arg = "N",
     .help = "show only records that refer to block N of the relation"},
    {'e', "end", OPTION_STRING, offsetof(DumpOptions, end), .arg = "LSN",
     .help = "stop where the log reaches LSN"},
    {'f', "follow", OPTION_FLAG, offsetof(DumpOptions, follows),
     .help = "at the end of the log, wait for more"},
    {'F', "fork", OPTION_STRING, offsetof(DumpOptions, fork), .arg = "FORK",
     .help = "show only records that refer to fork main, fsm, vm or init"},
    {'n', "limit", OPTION_STRING, offsetof(DumpOptions, limit), .arg = "N",
     .help = "stop after N records"},
    {'p', "path", OPTION_STRING, offsetof(DumpOptions, path), .arg = "DIRECTORY",
     .help = "find segments here, or in pg_wal below (default: the\n"
             "current directory, its pg_wal, and that of PGDATA)"},
    {'q', "quiet", OPTION_FLAG, offsetof(DumpOptions, is_quiet),
     .help = "show no records, only what is wrong"},
    {'r', "rmgr", OPTION_LIST, offsetof(DumpOptions, rmgrs), .arg = "NAME",
     .help = "show only records of this resource manager; can be\n"
             "repeated; \"list\" shows the names"},
    {'R', "relation", OPTION_STRING, offsetof(DumpOptions, relation), .arg = "T/D/R",
     .help = "show only records that refer to this relation"},
    {'s', "start", OPTION_STRING, offsetof(DumpOptions, start), .arg = "LSN",
     .help = "start with the first record from LSN on"},
    {'t', "timeline", OPTION_STRING, offsetof(DumpOptions, timeline), .arg = "N",
     .help = "timeline of the segments (default: 1, or what\n"
             "STARTSEG says)"},
    {'w', "fullpage", OPTION_FLAG, offsetof(DumpOptions, wants_full_page),
     .help = "show only records with an image of a page"},
    {'x', "xid", OPTION_STRING, offsetof(DumpOptions, xid), .arg = "XID",
     .help = "show only records of this transaction"},
    {'z', "stats", OPTION_STRING, offsetof(DumpOptions, stats), .arg = "record", .optional = "",
     .help = "show counts and sizes by resource manager, or by\n"
             "kind of record"},
    {0, "json", OPTION_FLAG, offsetof(DumpOptions, is_json),
     .help = "show a JSON object a line for each record: lsn, end, prev,\n"
             "rmgr, info, kind, xid, lengths, description, blocks and\n"
             "effect (what it does beyond blocks); or of --stats"},
    {.kind = OPTION_END},
};

static const OptionGroup groups[] = {{NULL, options, 0}, {.defs = NULL}};

const OptionSet dump_option_set = {
    .size = sizeof(DumpOptions),
    .groups = groups,
    .usage = "[OPTION]... [STARTSEG [ENDSEG]]",
    .summary = "shows the records of a PostgreSQL write-ahead log.",
    .operand_max = 2,
};

int main(int argc, char **argv)
{
    static const ToolDef def = {
        .pg_name = "pg_waldump",
        .set = &dump_option_set,
        .run = dump_run,
        .log = TOOL_NO_LOG,
    };

    return tool_main(argc, argv, &def);
}
