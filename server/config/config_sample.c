/* config_sample.c - write postgresql.conf from the table of settings. */
#include "common/base/base.h"

#include "server/config/config_sample.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/format/conf_value.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc_int.h"

#define TEXT_COLUMN 48 /* where the line on what it does begins */

static const char head[] =
    "# postgresql.conf - settings of this cluster\n"
    "#\n"
    "# A line is NAME = VALUE; what follows a # is comment. Lines that are commented out\n"
    "# show defaults: take the # away and change the value. Memory has the units B, kB,\n"
    "# MB, GB and TB, time has us, ms, s, min, h and d. Changes take effect at a reload\n"
    "# (SELECT pg_reload_conf()), those marked [restart] when the server starts. What\n"
    "# ALTER SYSTEM sets is in postgresql.auto.conf and wins over this file.\n";

static void write_group(StrBuf *out, GucGroup group, const ConfigSampleValue *values,
                        size_t count);
static void write_custom(StrBuf *out, const ConfigSampleValue *values, size_t count);
static void write_row(StrBuf *out, const GucDef *def, const ConfigSampleValue *given);
static const ConfigSampleValue *find_given(const char *name, const ConfigSampleValue *values,
                                           size_t count);
static char *default_text(const GucDef *def);
static void write_value(StrBuf *out, const GucDef *def, const char *value);
static bool is_in_sample(const GucDef *def);

void config_sample_write(StrBuf *out, const ConfigSampleValue *values, size_t count)
{
    /* From what everybody sets to what hardly anybody does. */
    static const GucGroup groups[] = {
        GUC_GROUP_FILE_LOCATIONS, GUC_GROUP_CONN_SETTINGS, GUC_GROUP_CONN_AUTH,
        GUC_GROUP_CONN_SSL, GUC_GROUP_RES_MEM, GUC_GROUP_RES_DISK, GUC_GROUP_RES_KERNEL,
        GUC_GROUP_RES_VACUUM_DELAY, GUC_GROUP_RES_BGWRITER, GUC_GROUP_RES_ASYNC,
        GUC_GROUP_WAL_SETTINGS, GUC_GROUP_WAL_CHECKPOINTS, GUC_GROUP_WAL_ARCHIVING,
        GUC_GROUP_WAL_RECOVERY, GUC_GROUP_WAL_ARCHIVE_RECOVERY, GUC_GROUP_WAL_RECOVERY_TARGET,
        GUC_GROUP_REPL_SENDING, GUC_GROUP_REPL_PRIMARY, GUC_GROUP_REPL_STANDBY,
        GUC_GROUP_REPL_SUBSCRIBERS, GUC_GROUP_QUERY_METHOD, GUC_GROUP_QUERY_COST,
        GUC_GROUP_QUERY_GEQO, GUC_GROUP_QUERY_OTHER, GUC_GROUP_LOG_WHERE, GUC_GROUP_LOG_WHEN,
        GUC_GROUP_LOG_WHAT, GUC_GROUP_LOG_TITLE, GUC_GROUP_STATS_CUMULATIVE,
        GUC_GROUP_STATS_MONITORING, GUC_GROUP_AUTOVACUUM, GUC_GROUP_CLIENT_STATEMENT,
        GUC_GROUP_CLIENT_LOCALE, GUC_GROUP_CLIENT_PRELOAD, GUC_GROUP_CLIENT_OTHER,
        GUC_GROUP_LOCKS, GUC_GROUP_COMPAT_PREVIOUS, GUC_GROUP_COMPAT_CLIENTS,
        GUC_GROUP_ERROR_HANDLING,
    };

    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < guc_def_count && strcasecmp(guc_defs[k].name, values[i].name) != 0)
            k++;
        if (k == guc_def_count && !guc_is_custom_name(values[i].name))
            guc_raise_unknown(values[i].name);
    }
    strbuf_add(out, head);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        write_group(out, groups[i], values, count);
    write_custom(out, values, count);
    strbuf_add(out, "\n# ---- Other files ----\n\n"
                    "#include_dir = 'conf.d'\n"
                    "#include_if_exists = 'more.conf'\n"
                    "#include = 'more.conf'\n");
}

static void write_group(StrBuf *out, GucGroup group, const ConfigSampleValue *values, size_t count)
{
    bool is_first = true;

    for (size_t i = 0; i < guc_def_count; i++) {
        const GucDef *def = &guc_defs[i];
        const ConfigSampleValue *given = find_given(def->name, values, count);

        if (def->group != group || (!is_in_sample(def) && given == NULL))
            continue;
        if (is_first)
            strbuf_add_fmt(out, "\n# ---- %s ----\n\n", guc_group_text(group));
        is_first = false;
        write_row(out, def, given);
    }
}

/* Settings of modules, which have no row. */
static void write_custom(StrBuf *out, const ConfigSampleValue *values, size_t count)
{
    bool is_first = true;

    for (size_t i = 0; i < count; i++) {
        if (strchr(values[i].name, '.') == NULL ||
            find_given(values[i].name, values, count) != &values[i])
            continue;
        if (is_first)
            strbuf_add_fmt(out, "\n# ---- %s ----\n\n", guc_group_text(GUC_GROUP_CUSTOMIZED));
        is_first = false;
        strbuf_add_fmt(out, "%s = ", values[i].name);
        conf_value_write(out, values[i].value);
        strbuf_add_char(out, '\n');
    }
}

static bool is_in_sample(const GucDef *def)
{
    return (def->flags & (GUC_NOT_IN_SAMPLE | GUC_NO_SHOW_ALL | GUC_DISALLOW_IN_FILE)) == 0;
}

static const ConfigSampleValue *find_given(const char *name, const ConfigSampleValue *values,
                                           size_t count)
{
    for (size_t i = count; i-- > 0;)
        if (strcasecmp(values[i].name, name) == 0)
            return &values[i];
    return NULL;
}

static void write_row(StrBuf *out, const GucDef *def, const ConfigSampleValue *given)
{
    size_t start = out->len;

    if (given == NULL)
        strbuf_add_char(out, '#');
    for (const char *c = def->name; *c != '\0'; c++) /* in files people write DateStyle small */
        strbuf_add_char(out, (char)tolower((unsigned char)*c));
    strbuf_add(out, " = ");
    write_value(out, def, given != NULL ? given->value : default_text(def));
    if (out->len - start < TEXT_COLUMN)
        strbuf_add_chars(out, ' ', TEXT_COLUMN - (out->len - start));
    strbuf_add_fmt(out, " # %s%s\n", def->text,
                   def->context == GUC_POSTMASTER ? " [restart]" : "");
}

static char *default_text(const GucDef *def)
{
    /* What a server sets by itself when nobody says. */
    static const ConfigSampleValue chosen[] = {{"max_stack_depth", "2MB"},
                                               {"timezone_abbreviations", "Default"}};
    GucRecord record = {.def = *def};

    if (find_given(def->name, chosen, ARRAY_LEN(chosen)) != NULL)
        return mem_strdup(find_given(def->name, chosen, ARRAY_LEN(chosen))->value);
    if (def->kind == GUC_ENUM) {
        for (size_t i = 0; i < guc_choice_count; i++)
            if (str_equal(guc_choices[i].set, def->set) && guc_choices[i].number == def->boot.i)
                return mem_strdup(guc_choices[i].text);
    }
    if (def->unit == GUC_UNIT_NONE && (def->flags & GUC_NOT_IN_SAMPLE) == 0 &&
        def->kind == GUC_INT && def->min >= 0 && def->max <= 0777 &&
        (strstr(def->name, "_mode") != NULL || strstr(def->name, "_permissions") != NULL))
        return mem_printf("%04o", (unsigned)def->boot.i);
    return guc_value_text(&record, def->boot, true);
}

/* Texts are quoted always, the rest where it is no plain word. */
static void write_value(StrBuf *out, const GucDef *def, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    size_t len = strspn(value + (*value == '-'), plain) + (*value == '-');
    bool is_real = def->kind == GUC_REAL && strspn(value, "0123456789.") == strlen(value);

    if (def->kind != GUC_STRING && *value != '\0' && (value[len] == '\0' || is_real))
        strbuf_add(out, value);
    else
        conf_value_write(out, value);
}
