/* explain.c - EXPLAIN: its options, the run, and the rows of its answer. */
#include "common/base/base.h"

#include "server/explain/explain.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/encoding.h"
#include "server/config/guc.h"
#include "server/explain/explain_int.h"
#include "server/fmgr/varlena.h"
#include "server/txn/snapshot.h"
#include "server/types/database_text.h"

#define TYPE_TEXT 25
#define TYPE_JSON 114
#define TYPE_XML  142

/* ---- Options ---- */

static const char *word_of(const Option *option)
{
    const Node *value = option->arg;

    if (node_is(value, String))
        return ((const String *)(const void *)value)->value;
    if (node_is(value, Integer))
        return mem_printf("%d", ((const Integer *)(const void *)value)->value);
    if (node_is(value, Boolean))
        return ((const Boolean *)(const void *)value)->value ? "true" : "false";
    return NULL;
}

/* Where an option stands, in characters from 1; 0: not known. */
static int position_of(const Option *option, const char *text)
{
    if (text == NULL || option->loc < 0)
        return 0;
    return (int)encoding_count(text_encoding(), text, (size_t)option->loc) + 1;
}

static bool truth_of(const Option *option)
{
    static const char *const yes[] = {"true", "on"}, *const no[] = {"false", "off"};
    const bool is_number = option->arg != NULL && node_is(option->arg, Integer);
    const char *word;

    if (option->arg == NULL)
        return true;
    word = word_of(option);
    if (is_number && (strcmp(word, "0") == 0 || strcmp(word, "1") == 0))
        return word[0] == '1';
    for (size_t i = 0; word != NULL && i < ARRAY_LEN(yes); i++) {
        if (strcasecmp(word, yes[i]) == 0)
            return true;
        if (strcasecmp(word, no[i]) == 0)
            return false;
    }
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("%s requires a Boolean value", option->name));
}

static ExplainFormat format_of(const Option *option, const char *text)
{
    static const char *const names[] = {"text", "xml", "json", "yaml"};
    const char *word = word_of(option);

    for (size_t i = 0; word != NULL && i < ARRAY_LEN(names); i++) {
        if (strcmp(word, names[i]) == 0)
            return (ExplainFormat)i;
    }
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("unrecognized value for EXPLAIN option \"%s\": \"%s\"",
                                 option->name, word != NULL ? word : ""),
              .position = position_of(option, text));
}

void explain_options(const List *list, const char *text, ExplainOptions *out)
{
    bool timing_given = false, summary_given = false;
    const struct {
        const char *name;
        bool *value, *is_given;
    } truths[] = {
        {"analyze", &out->analyze, NULL},
        {"buffers", &out->buffers, NULL},
        {"costs", &out->costs, NULL},
        {"settings", &out->settings, NULL},
        {"summary", &out->summary, &summary_given},
        {"timing", &out->timing, &timing_given},
        {"verbose", &out->verbose, NULL},
        {"wal", &out->wal, NULL},
    };

    *out = (ExplainOptions){.costs = true};
    list_foreach(const Option *, option, list) {
        size_t i = 0;

        if (strcmp(option->name, "format") == 0) {
            out->format = format_of(option, text);
            continue;
        }
        while (i < ARRAY_LEN(truths) && strcmp(option->name, truths[i].name) != 0)
            i++;
        if (i == ARRAY_LEN(truths))
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("unrecognized EXPLAIN option \"%s\"", option->name),
                      .position = position_of(option, text));
        *truths[i].value = truth_of(option);
        if (truths[i].is_given != NULL)
            *truths[i].is_given = true;
    }
    if (!timing_given)
        out->timing = out->analyze;
    if (!summary_given)
        out->summary = out->analyze;
    if (out->wal && !out->analyze)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "EXPLAIN option WAL requires ANALYZE");
    if (out->timing && !out->analyze)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "EXPLAIN option TIMING requires ANALYZE");
}

const TupleDesc *explain_columns(const List *list)
{
    TupleDesc *desc = tuple_desc_new(1);
    Oid type = TYPE_TEXT;

    list_foreach(const Option *, option, list) {
        const char *word = strcmp(option->name, "format") == 0 ? word_of(option) : NULL;

        if (word != NULL && strcmp(word, "json") == 0)
            type = TYPE_JSON;
        else if (word != NULL && strcmp(word, "xml") == 0)
            type = TYPE_XML;
        else if (word != NULL)
            type = TYPE_TEXT;
    }
    tuple_desc_set(desc, 1, "QUERY PLAN", type, -1, false, 'i');
    tuple_desc_finish(desc);
    return desc;
}

/* ---- A query ---- */

/* Has one of the first entries that name? */
static bool is_taken(const Explain *x, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (x->names[i] != NULL && strcmp(x->names[i], name) == 0)
            return true;
    }
    return false;
}

/* Names that are taken are numbered, so that each is one entry's; of entries that the plan uses. */
static void choose_names(Explain *x)
{
    const BitSet *used = explain_used_entries(x->plan);
    int count = list_count(x->plan->range_table);

    x->names = mem_new_array(const char *, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        const RangeTblEntry *entry = list_at(x->plan->range_table, i);
        const char *base = entry->names != NULL ? entry->names->name : NULL, *name = base;

        if (base == NULL || !bitset_has(used, i + 1))
            continue;
        for (int n = 1; is_taken(x, i, name); n++)
            name = mem_printf("%s_%d", base, n);
        x->names[i] = name;
    }
    x->is_single = count <= 1;
}

static Exec *run(const ExplainOptions *options, const ExplainQuery *query, double *ms)
{
    unsigned flags = EXEC_INSTRUMENT | (options->timing ? EXEC_TIMING : 0) |
                     (options->buffers || options->wal ? EXEC_USAGE : 0);
    Exec *e = exec_new(query->plan, flags);
    uint64_t start = clock_monotonic_ns();

    exec_open(e, &(ExecOpen){.snapshot = snapshot_active(), .params = query->params});
    exec_run(e, EXEC_FORWARD, 0, NULL);
    exec_finish(e);
    *ms = (double)(clock_monotonic_ns() - start) / 1e6;
    return e;
}

void explain_begin(const ExplainOptions *options, ExplainAnswer *answer)
{
    *answer = (ExplainAnswer){.count = 0};
    explain_out_begin(&answer->out, options->format);
}

/* Settings of the planner that are not what they are without a word; their list is by name. */
static void tell_settings(Explain *x)
{
    StrBuf line;
    Array rows;

    strbuf_init(&line);
    guc_list(&rows);
    explain_open(&x->out, "Settings", "Settings", false);
    array_foreach(const GucRow, row, &rows) {
        const char *value;

        if ((row->flags & GUC_EXPLAIN) == 0 || row->value == NULL ||
            (row->boot_value != NULL && strcmp(row->value, row->boot_value) == 0))
            continue;
        value = guc_show(row->name);
        if (x->options->format != EXPLAIN_TEXT)
            explain_text(&x->out, row->name, value);
        else
            strbuf_add_fmt(&line, "%s%s = '%s'", line.len > 0 ? ", " : "", row->name, value);
    }
    if (line.len > 0)
        explain_text(&x->out, "Settings", line.text);
    explain_close(&x->out, "Settings", "Settings", false);
}

/* As a node's, in a group of their own; people are shown it when there is something in it. */
static void tell_planning(Explain *x, const Usage *usage)
{
    bool is_text = x->options->format == EXPLAIN_TEXT;

    if (is_text && !explain_has_buffers(usage))
        return;
    explain_open(&x->out, "Planning", "Planning", false);
    if (is_text) {
        explain_indent(&x->out);
        strbuf_add(&x->out.text, "Planning:\n");
        x->out.indent++;
    }
    explain_buffers(&x->out, usage);
    if (is_text)
        x->out.indent--;
    explain_close(&x->out, "Planning", "Planning", false);
}

void explain_query(const ExplainOptions *options, const ExplainQuery *query, ExplainAnswer *answer)
{
    Explain x = {.options = options, .plan = query->plan};
    Exec *e = NULL;
    double ms = 0;

    if (options->analyze)
        e = run(options, query, &ms);
    x.exec = e;
    choose_names(&x);
    if (options->format == EXPLAIN_TEXT && answer->count++ > 0)
        strbuf_add_char(&answer->out.text, '\n');
    x.out = answer->out;
    explain_open(&x.out, "Query", NULL, false);
    explain_plan_tree(&x, &(ExplainPath){.plan = query->plan->plan}, NULL, NULL);
    if (options->settings)
        tell_settings(&x);
    if (options->buffers)
        tell_planning(&x, &query->planning);
    if (options->summary && query->planning_ms >= 0)
        explain_real(&x.out, "Planning Time", options->format == EXPLAIN_TEXT ? "ms" : NULL,
                     query->planning_ms, 3);
    if (options->analyze)
        explain_triggers(&x);
    if (options->summary && options->analyze)
        explain_real(&x.out, "Execution Time", options->format == EXPLAIN_TEXT ? "ms" : NULL, ms,
                     3);
    explain_close(&x.out, "Query", NULL, false);
    answer->out = x.out;
    if (e != NULL) {
        exec_close(e, false);
        exec_free(e);
    }
}

/* ---- The rows ---- */

static void send_line(RowReceiver *receiver, const char *text, size_t len)
{
    static const bool nulls[1];
    Datum value = datum_of_pointer(varlena_new(text, len));

    receiver->row(receiver, &value, nulls);
    mem_free(datum_pointer(value));
}

void explain_note(const ExplainOptions *options, const char *text, const char *value,
                  ExplainAnswer *answer)
{
    if (options->format == EXPLAIN_TEXT)
        strbuf_add_fmt(&answer->out.text, "%s%s\n", answer->count++ > 0 ? "\n" : "", text);
    else if (value != NULL)
        explain_word(&answer->out, value);
}

void explain_send(const ExplainOptions *options, ExplainAnswer *answer, RowReceiver *receiver)
{
    const char *text, *end;
    size_t len;

    explain_out_end(&answer->out);
    text = answer->out.text.text;
    len = answer->out.text.len;
    if (options->format != EXPLAIN_TEXT) {
        send_line(receiver, text, len);
        return;
    }
    for (; len > 0; len -= (size_t)(end - text), text = end) {
        end = memchr(text, '\n', len);
        send_line(receiver, text, end == NULL ? len : (size_t)(end - text));
        end = end == NULL ? text + len : end + 1;
    }
}
