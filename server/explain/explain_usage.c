/* explain_usage.c - blocks that were read and written, and what went into the log. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/explain/explain_int.h"

/* A number, by what people and by what programs know it. */
typedef struct Named {
    const char *word, *property;
    uint64_t value;
} Named;

#define KIND_NUMBERS 4 /* hit, read, dirtied, written; or less */

typedef struct NamedKind {
    const char *word;
    Named numbers[KIND_NUMBERS]; /* ended by a word that is NULL, or full */
} NamedKind;

/* " word=1 word=2" of those that are not 0; what follows it is parted by a comma. */
static void add_kind(StrBuf *line, const NamedKind *kind, bool is_time)
{
    bool is_first = true;

    for (size_t i = 0; i < KIND_NUMBERS && kind->numbers[i].word != NULL; i++) {
        const Named *n = &kind->numbers[i];

        if (n->value == 0)
            continue;
        if (is_first)
            strbuf_add_fmt(line, "%s%s", line->len > 0 ? ", " : "", kind->word);
        is_first = false;
        if (is_time)
            strbuf_add_fmt(line, " %s=%.3f", n->word, (double)n->value / 1e6);
        else
            strbuf_add_fmt(line, " %s=%" PRIu64, n->word, n->value);
    }
}

static void tell_line(ExplainOut *out, const char *name, const NamedKind *kinds, size_t count,
                      bool is_time)
{
    StrBuf line;

    strbuf_init(&line);
    for (size_t i = 0; i < count; i++)
        add_kind(&line, &kinds[i], is_time);
    if (line.len > 0)
        explain_text(out, name, line.text);
}

static void tell_each(ExplainOut *out, const NamedKind *kinds, size_t count, bool is_time)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < KIND_NUMBERS && kinds[i].numbers[j].word != NULL; j++) {
            const Named *n = &kinds[i].numbers[j];

            if (is_time)
                explain_real(out, n->property, NULL, (double)n->value / 1e6, 3);
            else
                explain_int(out, n->property, NULL, (int64_t)n->value);
        }
    }
}

bool explain_has_buffers(const Usage *usage)
{
    const BufferCounters *b = &usage->buffers;
    const VfdTempCounters *t = &usage->temp;

    return (b->hits | b->reads | b->dirtied | b->written | b->local_hits | b->local_reads |
            b->local_dirtied | b->local_written | b->read_ns | b->write_ns | t->read | t->written |
            t->read_ns | t->write_ns) != 0;
}

void explain_buffers(ExplainOut *out, const Usage *usage)
{
    const BufferCounters *b = &usage->buffers;
    const VfdTempCounters *t = &usage->temp;
    const NamedKind blocks[] = {
        {"shared",
         {{"hit", "Shared Hit Blocks", b->hits},
          {"read", "Shared Read Blocks", b->reads},
          {"dirtied", "Shared Dirtied Blocks", b->dirtied},
          {"written", "Shared Written Blocks", b->written}}},
        {"local",
         {{"hit", "Local Hit Blocks", b->local_hits},
          {"read", "Local Read Blocks", b->local_reads},
          {"dirtied", "Local Dirtied Blocks", b->local_dirtied},
          {"written", "Local Written Blocks", b->local_written}}},
        {"temp",
         {{"read", "Temp Read Blocks", t->read}, {"written", "Temp Written Blocks", t->written}}},
    };
    /* Of local buffers, too. */
    const NamedKind times[] = {
        {"shared",
         {{"read", "I/O Read Time", b->read_ns}, {"write", "I/O Write Time", b->write_ns}}},
        {"temp",
         {{"read", "Temp I/O Read Time", t->read_ns},
          {"write", "Temp I/O Write Time", t->write_ns}}},
    };

    if (out->format == EXPLAIN_TEXT) {
        tell_line(out, "Buffers", blocks, ARRAY_LEN(blocks), false);
        tell_line(out, "I/O Timings", times, ARRAY_LEN(times), true);
        return;
    }
    tell_each(out, blocks, ARRAY_LEN(blocks), false);
    if (setting.track_io_timing)
        tell_each(out, times, ARRAY_LEN(times), true);
}

void explain_wal(ExplainOut *out, const Usage *usage)
{
    const WalUsage *w = &usage->wal;
    const Named numbers[] = {{"records", "WAL Records", w->records},
                             {"fpi", "WAL FPI", w->images},
                             {"bytes", "WAL Bytes", w->bytes}};
    StrBuf line;

    strbuf_init(&line);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        const Named *n = &numbers[i];

        if (out->format != EXPLAIN_TEXT)
            explain_int(out, n->property, NULL, (int64_t)n->value);
        else if (n->value != 0)
            strbuf_add_fmt(&line, "%s%s=%" PRIu64, line.len > 0 ? " " : "", n->word, n->value);
    }
    if (line.len > 0)
        explain_text(out, "WAL", line.text);
}
