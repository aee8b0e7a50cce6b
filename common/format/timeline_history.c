/* timeline_history.c - read and write timeline history files. */
#include "common/base/base.h"

#include "common/format/timeline_history.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"

static bool try_parse_line(const char *line, TimelineId *tli, Lsn *end, char **reason);

void timeline_history_parse(const char *text, TimelineId tli, Array *spans)
{
    const char *rest = text;
    Lsn begin = LSN_NONE;
    TimelineId before = 0;
    unsigned line_no = 0;
    char *line;
    TimelineSpan *last;

    array_init(spans, sizeof(TimelineSpan));
    while (rest != NULL && (line = str_split(&rest, '\n')) != NULL) {
        TimelineSpan span = {.begin = begin};

        line_no++;
        line = str_trim(line);
        if (*line == '\0' || *line == '#')
            continue;
        if (!try_parse_line(line, &span.tli, &span.end, &span.reason))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("syntax error in the history file of timeline %u, line %u",
                                         tli, line_no),
                      .detail = "Expected a numeric timeline ID and a write-ahead log switchpoint "
                                "location.");
        if (span.tli <= before || span.tli >= tli || span.end < begin || span.end == LSN_NONE)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("invalid data in the history file of timeline %u, line %u",
                                         tli, line_no),
                      .detail = "Timeline IDs must be in increasing sequence, and less than the "
                                "child's; switchpoints must not go back.");
        before = span.tli;
        begin = span.end;
        *(TimelineSpan *)array_push(spans) = span;
    }
    if (text != NULL && spans->count == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid data in the history file of timeline %u", tli),
                  .detail = "It names no timeline that this one came from.");
    last = array_push(spans);
    *last = (TimelineSpan){.tli = tli, .begin = begin};
}

void timeline_history_write(const Array *spans, StrBuf *out)
{
    array_foreach(TimelineSpan, span, spans)
        if (span->end != LSN_NONE)
            strbuf_add_fmt(out, "%u\t" LSN_FMT "\t%s\n", span->tli, LSN_ARG(span->end),
                           span->reason == NULL ? "" : span->reason);
}

const TimelineSpan *timeline_history_at(const Array *spans, Lsn lsn)
{
    const TimelineSpan *found = NULL;

    array_foreach(const TimelineSpan, span, spans)
        if (found == NULL || lsn >= span->begin)
            found = span;
    return found;
}

const TimelineSpan *timeline_history_find(const Array *spans, TimelineId tli)
{
    array_foreach(const TimelineSpan, span, spans)
        if (span->tli == tli)
            return span;
    return NULL;
}

/* "TLI LSN reason", with TABs or blanks between. */
static bool try_parse_line(const char *line, TimelineId *tli, Lsn *end, char **reason)
{
    static const char blanks[] = " \t";
    size_t tli_len = strcspn(line, blanks);
    const char *lsn = line + tli_len + strspn(line + tli_len, blanks);
    size_t lsn_len = strcspn(lsn, blanks);

    if (!num_try_parse_u32(mem_strndup(line, tli_len), tli) || *tli == 0 ||
        !lsn_try_parse(mem_strndup(lsn, lsn_len), end))
        return false;
    *reason = str_trim(lsn + lsn_len);
    return true;
}
