/* report.c - the progress line; report.h has its form. */
#include "common/base/base.h"

#include "pgbasebackup/report.h"

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/strbuf.h"
#include "common/tool/progress.h"

#define NAME_WIDTH  35                /* columns of the name in brackets */
#define INTERVAL_US UINT64_C(1000000) /* between lines; a terminal gets more */

struct Report {
    Progress *progress;
    bool is_wanted, is_verbose;
    uint64_t done, total_kb;
    size_t space_done, space_count;
    uint64_t shown_us;
    char name[NAME_WIDTH + 1]; /* as it is shown; empty: none */
};

typedef enum Forced { WHEN_DUE, FORCED } Forced;

static void show(Report *r, Forced forced);
static bool is_due(const Report *r);
static const char *line_text(const Report *r);

Report *report_new(const BackupOptions *b)
{
    Report *r = mem_new(Report);

    r->progress = progress_new(b->wants_progress, "", 0);
    r->is_wanted = b->wants_progress;
    r->shown_us = clock_monotonic_us();
    r->is_verbose = b->log.verbose > 0;
    return r;
}

void report_set_total(Report *r, uint64_t total_kb, size_t space_count)
{
    r->total_kb = total_kb;
    r->space_count = space_count;
}

void report_set_done(Report *r, uint64_t done)
{
    r->done = done;
    show(r, WHEN_DUE);
}

void report_add_done(Report *r, uint64_t amount)
{
    r->done += amount;
    show(r, WHEN_DUE);
}

void report_set_name(Report *r, const char *name)
{
    size_t len = name == NULL ? 0 : strlen(name);

    if (!r->is_verbose)
        return;
    if (len > NAME_WIDTH)
        snprintf(r->name, sizeof r->name, "...%s", name + len - (NAME_WIDTH - 3));
    else
        snprintf(r->name, sizeof r->name, "%s", len == 0 ? "" : name);
}

void report_space_done(Report *r)
{
    show(r, FORCED);
    r->space_done++;
}

void report_wait(Report *r, const char *what)
{
    if (!r->is_verbose)
        progress_line(r->progress, what);
}

void report_end(Report *r)
{
    report_set_name(r, NULL);
    show(r, FORCED);
    progress_finish_line(r->progress);
}

static void show(Report *r, Forced forced)
{
    MemContext *scratch;

    if (!r->is_wanted || (forced == WHEN_DUE && !is_due(r)))
        return;
    r->shown_us = clock_monotonic_us();
    scratch = mem_context_new(mem_current(), "progress line");
    MEM_SCOPE(scratch) {
        progress_line(r->progress, line_text(r));
    }
    mem_delete(scratch);
}

static bool is_due(const Report *r)
{
    return progress_is_due(r->progress) || clock_monotonic_us() - r->shown_us >= INTERVAL_US;
}

static const char *line_text(const Report *r)
{
    uint64_t done_kb = r->done / 1024;
    /* More can come than was estimated, when the cluster grows meanwhile. */
    uint64_t total_kb = done_kb > r->total_kb ? done_kb : r->total_kb;
    const char *total = mem_printf("%" PRIu64, total_kb);
    StrBuf line;

    strbuf_init(&line);
    strbuf_add_fmt(&line, "%*" PRIu64 "/%s kB (%d%%), %zu/%zu tablespace%s", (int)strlen(total),
                   done_kb, total, total_kb == 0 ? 0 : (int)(done_kb * 100 / total_kb),
                   r->space_done, r->space_count, r->space_count == 1 ? "" : "s");
    if (r->name[0] != '\0')
        strbuf_add_fmt(&line, " (%-*s)", NAME_WIDTH, r->name);
    return line.text;
}
