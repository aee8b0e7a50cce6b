/* guc_show.c - settings as they are shown: SHOW, pg_settings, --describe-config, reports */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/config/guc_int.h"

static void fill_row(const GucRecord *record, GucRow *row);
static char **list_shown_choices(const GucRecord *record);
static char *limit_text(const GucRecord *record, double limit);
static void describe_record(const GucRecord *record, StrBuf *out);

char *guc_show(const char *name)
{
    const GucRecord *record = guc_find(name);

    return record != NULL ? guc_show_record(record, true) : NULL;
}

const char *guc_spelling(const char *name)
{
    const GucRecord *record = guc_find(name);

    return record != NULL ? record->def.name : NULL;
}

void guc_list(Array *rows)
{
    array_init(rows, sizeof(GucRow));
    guc_sort();
    array_foreach(GucRecord *, record, &guc.by_order)
        fill_row(*record, array_push(rows));
}

static void fill_row(const GucRecord *record, GucRow *row)
{
    const GucDef *def = &record->def;
    bool has_limits = def->kind == GUC_INT || def->kind == GUC_REAL;

    *row = (GucRow){
        .name = def->name,
        .kind = def->kind,
        .context = def->context,
        .source = record->now.source,
        .group = guc_group_text(def->group),
        .unit = guc_unit_name(def->unit),
        .text = def->text,
        .value = guc_show_record(record, false),
        .min = has_limits ? limit_text(record, def->min) : NULL,
        .max = has_limits ? limit_text(record, def->max) : NULL,
        .choices = def->kind == GUC_ENUM ? list_shown_choices(record) : NULL,
        .needs_restart = record->needs_restart,
        .flags = def->flags,
    };
    if (def->kind != GUC_STRING || def->boot.s != NULL)
        row->boot_value = guc_value_text(record, def->boot, false);
    if (def->kind != GUC_STRING || record->reset.value.s != NULL)
        row->reset_value = guc_value_text(record, record->reset.value, false);
    if (record->now.source == GUC_FROM_FILE && record->source_file != NULL) {
        row->source_file = mem_strdup(record->source_file);
        row->source_line = record->source_line;
    }
}

static char **list_shown_choices(const GucRecord *record)
{
    char **list = mem_new_array(char *, record->choice_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < record->choice_count; i++)
        if (!record->choices[i].is_hidden)
            list[count++] = mem_strdup(record->choices[i].text);
    return list;
}

static char *limit_text(const GucRecord *record, double limit)
{
    return mem_printf(record->def.kind == GUC_INT ? "%.0f" : "%g", limit);
}

const char *guc_context_text(GucContext context)
{
    static const char *const texts[] = {
        [GUC_INTERNAL] = "internal",   [GUC_POSTMASTER] = "postmaster",
        [GUC_SIGHUP] = "sighup",       [GUC_SU_BACKEND] = "superuser-backend",
        [GUC_BACKEND] = "backend",     [GUC_SUSET] = "superuser",
        [GUC_USERSET] = "user",
    };

    return texts[context];
}

const char *guc_source_text(GucSource source)
{
    static const char *const texts[] = {
        [GUC_FROM_DEFAULT] = "default",
        [GUC_FROM_DYNAMIC_DEFAULT] = "default",
        [GUC_FROM_ENVIRONMENT] = "environment variable",
        [GUC_FROM_FILE] = "configuration file",
        [GUC_FROM_COMMAND_LINE] = "command line",
        [GUC_FROM_GLOBAL] = "global",
        [GUC_FROM_DATABASE] = "database",
        [GUC_FROM_ROLE] = "user",
        [GUC_FROM_DATABASE_ROLE] = "database user",
        [GUC_FROM_CLIENT] = "client",
        [GUC_FROM_OVERRIDE] = "override",
        [GUC_FROM_INTERACTIVE] = "interactive",
        [GUC_FROM_TEST] = "test",
        [GUC_FROM_SESSION] = "session",
    };

    return texts[source];
}

const char *guc_kind_text(GucKind kind)
{
    static const char *const texts[] = {
        [GUC_BOOL] = "bool",     [GUC_INT] = "integer", [GUC_REAL] = "real",
        [GUC_STRING] = "string", [GUC_ENUM] = "enum",
    };

    return texts[kind];
}

/* ---- --describe-config ---- */

void guc_describe(StrBuf *out)
{
    guc_sort();
    array_foreach(GucRecord *, record, &guc.by_order)
        if (((*record)->def.flags &
             (GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE)) == 0)
            describe_record(*record, out);
}

/* name, context, group, type, default, least, most, text, more text: tabs between. */
static void describe_record(const GucRecord *record, StrBuf *out)
{
    const GucDef *def = &record->def;
    GucValue value = record->reset.value;

    strbuf_add_fmt(out, "%s\t%s\t%s\t", def->name, guc_context_text(def->context),
                   guc_group_text(def->group));
    switch (def->kind) {
    case GUC_BOOL:
        strbuf_add_fmt(out, "BOOLEAN\t%s\t\t\t", value.b ? "TRUE" : "FALSE");
        break;
    case GUC_INT:
        strbuf_add_fmt(out, "INTEGER\t%d\t%.0f\t%.0f\t", value.i, def->min, def->max);
        break;
    case GUC_REAL:
        strbuf_add_fmt(out, "REAL\t%g\t%g\t%g\t", value.d, def->min, def->max);
        break;
    case GUC_STRING:
        strbuf_add_fmt(out, "STRING\t%s\t\t\t", value.s != NULL ? value.s : "");
        break;
    case GUC_ENUM:
        strbuf_add_fmt(out, "ENUM\t%s\t\t\t", guc_value_text(record, value, false));
        break;
    }
    strbuf_add_fmt(out, "%s\t\n", def->text);
}

/* ---- Reports ---- */

/* At the start of a session the client is told of all; later of changes. */
void guc_begin_reports(void)
{
    array_foreach(GucRecord *, record, &guc.by_order)
        if (((*record)->def.flags & GUC_REPORT) != 0)
            (*record)->needs_report = guc.has_reports = true;
    guc_sort();
}

void guc_note_change(const char *name)
{
    guc_find(name)->needs_report = guc.has_reports = true;
}

bool guc_next_report(const char **name, const char **value)
{
    if (!guc.has_reports)
        return false;
    array_foreach(GucRecord *, item, &guc.by_order) {
        GucRecord *record = *item;
        char *text;

        if (!record->needs_report)
            continue;
        record->needs_report = false;
        text = guc_show_record(record, true);
        if (record->reported != NULL && str_equal(record->reported, text))
            continue;
        mem_free(record->reported);
        record->reported = mem_strdup_in(guc.mem, text);
        *name = record->def.name;
        *value = record->reported;
        return true;
    }
    guc.has_reports = false;
    return false;
}
