/* progress.c - lines about how far a long job is; progress.h has the rules. */
#include "common/base/base.h"

#include "common/tool/progress.h"

#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"

#define TTY_INTERVAL_US  UINT64_C(100000)
#define FILE_INTERVAL_US UINT64_C(5000000)
#define BAR_WIDTH_MIN    5
#define BAR_WIDTH_MAX    40

struct Progress {
    bool is_wanted, is_tty;
    const char *what;
    uint64_t done, total; /* 0: not known */
    uint64_t started_us, shown_us;
};

/* True while the cursor stands behind a progress line on the terminal. */
static bool is_line_shown;

static void show_if_due(Progress *p);
static const char *time_text(uint64_t seconds);

Progress *progress_new(bool is_wanted, const char *what, uint64_t total)
{
    Progress *p = mem_new(Progress);

    p->is_wanted = is_wanted;
    p->is_tty = terminal_is_tty(STDERR_FILENO);
    p->what = what;
    p->total = total;
    p->started_us = clock_monotonic_us();
    p->shown_us = p->started_us;
    return p;
}

void progress_set_total(Progress *p, uint64_t total)
{
    p->total = total;
}

void progress_add(Progress *p, uint64_t amount)
{
    p->done += amount;
    show_if_due(p);
}

void progress_set(Progress *p, uint64_t done)
{
    p->done = done;
    show_if_due(p);
}

bool progress_is_due(const Progress *p)
{
    return p->is_wanted &&
           clock_monotonic_us() - p->shown_us >= (p->is_tty ? TTY_INTERVAL_US : FILE_INTERVAL_US);
}

void progress_line(Progress *p, const char *line)
{
    if (!p->is_wanted)
        return;
    fflush(stdout);
    if (p->is_tty)
        fprintf(stderr, "%s%s\033[K", is_line_shown ? "\r" : "", line);
    else
        fprintf(stderr, "%s\n", line);
    fflush(stderr);
    is_line_shown = p->is_tty;
    p->shown_us = clock_monotonic_us();
}

void progress_finish_line(Progress *p)
{
    if (!p->is_wanted || !is_line_shown)
        return;
    fputc('\n', stderr);
    is_line_shown = false;
}

const char *progress_bar(const Progress *p, unsigned columns)
{
    uint64_t elapsed_us = clock_monotonic_us() - p->started_us;
    double rate = elapsed_us == 0 ? 0 : (double)p->done / ((double)elapsed_us / 1e6);
    double share = p->total == 0 ? 0 : (double)p->done / (double)p->total;
    StrBuf line, tail;
    size_t width;

    strbuf_init(&line);
    strbuf_init(&tail);
    strbuf_add(&line, p->what);
    if (p->total == 0) {
        strbuf_add_fmt(&line, "  %s  %s/s", num_size_text(p->done), num_size_text((uint64_t)rate));
        return line.text;
    }

    /* More can come than was announced: the rest is an estimate. */
    if (share > 1)
        share = 1;
    strbuf_add_fmt(&tail, " %3d%%  %s of %s  %s/s", (int)(share * 100), num_size_text(p->done),
                   num_size_text(p->total), num_size_text((uint64_t)rate));
    if (rate > 0 && p->done < p->total)
        strbuf_add_fmt(&tail, "  %s left",
                       time_text((uint64_t)((double)(p->total - p->done) / rate)));

    width = columns > line.len + tail.len + 4 ? columns - line.len - tail.len - 4 : 0;
    if (width >= BAR_WIDTH_MIN) {
        size_t filled;

        width = size_min(width, BAR_WIDTH_MAX);
        filled = (size_t)((double)width * share);
        strbuf_add(&line, " [");
        strbuf_add_chars(&line, '=', filled);
        strbuf_add_chars(&line, ' ', width - filled);
        strbuf_add_char(&line, ']');
    }
    strbuf_add(&line, tail.text);
    return line.text;
}

void progress_end(Progress *p)
{
    if (!p->is_wanted)
        return;
    progress_line(p, progress_bar(p, (unsigned)terminal_columns(STDERR_FILENO)));
    progress_finish_line(p);
}

void progress_hide(void)
{
    if (!is_line_shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    is_line_shown = false;
}

static void show_if_due(Progress *p)
{
    MemContext *scratch;

    if (!progress_is_due(p))
        return;
    scratch = mem_context_new(mem_current(), "progress line");
    MEM_SCOPE(scratch) {
        progress_line(p, progress_bar(p, (unsigned)terminal_columns(STDERR_FILENO)));
    }
    mem_delete(scratch);
}

/* "0:07", "12:34", "1:02:03" */
static const char *time_text(uint64_t seconds)
{
    uint64_t hours = seconds / 3600, minutes = seconds / 60 % 60;

    if (hours > 0)
        return mem_printf("%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, hours, minutes, seconds % 60);
    return mem_printf("%" PRIu64 ":%02" PRIu64, minutes, seconds % 60);
}
