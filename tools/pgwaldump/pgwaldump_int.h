/* pgwaldump_int.h - what the files of this program share */
#ifndef PGWALDUMP_PGWALDUMP_INT_H
#define PGWALDUMP_PGWALDUMP_INT_H

#include "common/base/base.h"

#include "common/option/option.h"
#include "common/text/strbuf.h"
#include "common/walrec/dir_source.h"
#include "common/walrec/record.h"

#define RMGR_IDS   256
#define RMGR_KINDS 16 /* of records: the high nibble of info */

/* ---- Options ---- */

typedef enum StatsKind { STATS_NONE, STATS_BY_RMGR, STATS_BY_RECORD } StatsKind;

/* As the command line gives them; texts are read by the files that need them. */
typedef struct DumpOptions {
    bool shows_block_details;
    bool follows;
    bool is_quiet;
    bool is_json;
    bool wants_full_page;
    const char *block;
    const char *end;
    const char *fork;
    const char *limit;
    const char *path;
    Array rmgrs;
    const char *relation;
    const char *start;
    const char *timeline;
    const char *xid;
    const char *stats; /* NULL: none; "": by manager; "record" */
} DumpOptions;

extern const OptionSet dump_option_set;

/* ---- Which records ---- */

typedef struct Filter {
    bool is_on; /* else all are */
    bool has_rmgrs;
    bool rmgrs[RMGR_IDS];
    bool has_xid;
    Xid xid;
    bool has_rel;
    RelTag rel;
    bool has_block;
    BlockNo block;
    bool has_fork;
    uint32_t fork;
    bool wants_full_page;
} Filter;

void filter_read(Filter *filter, const Options *o);
bool filter_takes(const Filter *filter, const WalRecord *record);

/* True when "-r list" was given: print the names of all resource managers and be done. */
bool filter_lists_rmgrs(const DumpOptions *d);

/* "Heap", "custom128" */
const char *rmgr_text(uint8_t rmgr, char room[16]);

/* ---- Which part of the log ---- */

typedef struct Range {
    const char *dir;
    uint32_t segment_size;
    TimelineId timeline;
    Lsn start;
    Lsn end; /* LSN_NONE: as far as there is WAL */
} Range;

/* From operands and options to files; raises what is wrong with them. */
void range_find(Range *range, const Options *o);

/* ---- Output ---- */

/* Add a record as pg_waldump prints it, or as a line of JSON. Raises when it is damaged. */
void print_record(StrBuf *out, const WalRecord *record, bool with_block_details);
void print_record_json(StrBuf *out, const WalRecord *record);

/* "main"; "unknown" for numbers that no fork has. */
const char *fork_text(uint32_t fork);

/* How an image is compressed: "none", "pglz". */
const char *image_method_name(WalImageMethod method);

typedef struct Counts {
    uint64_t record_count;
    uint64_t record_bytes; /* without images */
    uint64_t image_bytes;
} Counts;

typedef struct Stats {
    Lsn begin, end;
    Counts kinds[RMGR_IDS][RMGR_KINDS];
    unsigned version; /* for the names of kinds */
} Stats;

/* Of the kinds alone, since this is done for each record; managers are summed up when printed. */
void stats_add(Stats *stats, const WalRecord *record);
void stats_print(StrBuf *out, const Stats *stats, StatsKind kind);
void stats_print_json(StrBuf *out, const Stats *stats, StatsKind kind);

/* ---- The run ---- */

int dump_run(const Options *o);

#endif
