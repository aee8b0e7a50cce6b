/* setting_rows.c - the rows of pg_settings and pg_file_settings, and the flags of a setting */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/guc.h"
#include "server/object/setting_seen.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/rows.h"

enum {
    S_NAME,
    S_SETTING,
    S_UNIT,
    S_CATEGORY,
    S_SHORT_DESC,
    S_EXTRA_DESC,
    S_CONTEXT,
    S_VARTYPE,
    S_SOURCE,
    S_MIN_VAL,
    S_MAX_VAL,
    S_ENUMVALS,
    S_BOOT_VAL,
    S_RESET_VAL,
    S_SOURCEFILE,
    S_SOURCELINE,
    S_PENDING_RESTART,
    S_COUNT,
};

static const SetColumn setting_columns[] = {
    [S_NAME] = {"name", TYPE_TEXT},
    [S_SETTING] = {"setting", TYPE_TEXT},
    [S_UNIT] = {"unit", TYPE_TEXT},
    [S_CATEGORY] = {"category", TYPE_TEXT},
    [S_SHORT_DESC] = {"short_desc", TYPE_TEXT},
    [S_EXTRA_DESC] = {"extra_desc", TYPE_TEXT},
    [S_CONTEXT] = {"context", TYPE_TEXT},
    [S_VARTYPE] = {"vartype", TYPE_TEXT},
    [S_SOURCE] = {"source", TYPE_TEXT},
    [S_MIN_VAL] = {"min_val", TYPE_TEXT},
    [S_MAX_VAL] = {"max_val", TYPE_TEXT},
    [S_ENUMVALS] = {"enumvals", TYPE_TEXT_ARRAY},
    [S_BOOT_VAL] = {"boot_val", TYPE_TEXT},
    [S_RESET_VAL] = {"reset_val", TYPE_TEXT},
    [S_SOURCEFILE] = {"sourcefile", TYPE_TEXT},
    [S_SOURCELINE] = {"sourceline", TYPE_INT4},
    [S_PENDING_RESTART] = {"pending_restart", TYPE_BOOL},
};

static void add_setting(RowList *rows, const GucRow *row, bool sees_all)
{
    Datum values[S_COUNT] = {0};
    bool nulls[S_COUNT] = {false};
    size_t choices = 0;

    row_set_text(values, nulls, S_NAME, row->name);
    row_set_text(values, nulls, S_SETTING, row->value);
    row_set_text(values, nulls, S_UNIT, row->unit);
    row_set_text(values, nulls, S_CATEGORY, row->group);
    row_set_text(values, nulls, S_SHORT_DESC, row->text);
    nulls[S_EXTRA_DESC] = true;
    row_set_text(values, nulls, S_CONTEXT, guc_context_text(row->context));
    row_set_text(values, nulls, S_VARTYPE, guc_kind_text(row->kind));
    row_set_text(values, nulls, S_SOURCE, guc_source_text(row->source));
    row_set_text(values, nulls, S_MIN_VAL, row->min);
    row_set_text(values, nulls, S_MAX_VAL, row->max);
    nulls[S_ENUMVALS] = row->choices == NULL;
    if (row->choices != NULL) {
        while (row->choices[choices] != NULL)
            choices++;
        row_set_texts(values, nulls, S_ENUMVALS, (const char *const *)row->choices, choices);
    }
    row_set_text(values, nulls, S_BOOT_VAL, row->boot_value);
    row_set_text(values, nulls, S_RESET_VAL, row->reset_value);
    row_set_text(values, nulls, S_SOURCEFILE, sees_all ? row->source_file : NULL);
    nulls[S_SOURCELINE] = nulls[S_SOURCEFILE];
    values[S_SOURCELINE] = datum_of_i32(row->source_line);
    values[S_PENDING_RESTART] = datum_of_bool(row->needs_restart);
    row_list_add(rows, values, nulls);
}

/* Where files lie, and what is in them, is not for everybody. */
static void fill_settings(RowList *rows, FmgrCall *call UNUSED)
{
    bool sees_all = setting_sees_all();
    Array list;

    setting_list_seen(&list);
    array_foreach(const GucRow, row, &list)
        add_setting(rows, row, sees_all);
}

Datum show_all_settings(FmgrCall *call)
{
    return row_list_give(call, setting_columns, S_COUNT, fill_settings);
}

/* ---- pg_file_settings ---- */

enum { F_SOURCEFILE, F_SOURCELINE, F_SEQNO, F_NAME, F_SETTING, F_APPLIED, F_ERROR, F_COUNT };

static const SetColumn file_columns[] = {
    [F_SOURCEFILE] = {"sourcefile", TYPE_TEXT}, [F_SOURCELINE] = {"sourceline", TYPE_INT4},
    [F_SEQNO] = {"seqno", TYPE_INT4},           [F_NAME] = {"name", TYPE_TEXT},
    [F_SETTING] = {"setting", TYPE_TEXT},       [F_APPLIED] = {"applied", TYPE_BOOL},
    [F_ERROR] = {"error", TYPE_TEXT},
};

static void fill_file_rows(RowList *rows, FmgrCall *call UNUSED)
{
    int32_t seq_no = 0;
    Array list;

    guc_list_files(&list);
    array_foreach(const GucFileRow, row, &list) {
        Datum values[F_COUNT] = {0};
        bool nulls[F_COUNT] = {false};

        row_set_text(values, nulls, F_SOURCEFILE, row->file);
        nulls[F_SOURCELINE] = row->file == NULL;
        values[F_SOURCELINE] = datum_of_i32(row->line);
        values[F_SEQNO] = datum_of_i32(++seq_no);
        row_set_text(values, nulls, F_NAME, row->name);
        row_set_text(values, nulls, F_SETTING, row->value);
        values[F_APPLIED] = datum_of_bool(row->is_applied);
        row_set_text(values, nulls, F_ERROR, row->error);
        row_list_add(rows, values, nulls);
    }
}

Datum show_all_file_settings(FmgrCall *call)
{
    return row_list_give(call, file_columns, F_COUNT, fill_file_rows);
}

/* ---- Flags ---- */

Datum pg_settings_get_flags(FmgrCall *call)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {
        {GUC_EXPLAIN, "EXPLAIN"},
        {GUC_NO_RESET_ALL, "NO_RESET_ALL"},
        {GUC_NO_SHOW_ALL, "NO_SHOW_ALL"},
        {GUC_NOT_IN_SAMPLE, "NOT_IN_SAMPLE"},
        {GUC_RUNTIME_COMPUTED, "RUNTIME_COMPUTED"},
    };
    const char *own = guc_spelling(value_cstring(call, 0)), *set[ARRAY_LEN(names)];
    Datum value;
    bool is_null;
    size_t count = 0;

    if (own == NULL)
        return fmgr_null(call);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if ((guc_flags(own) & names[i].flag) != 0)
            set[count++] = names[i].name;
    row_set_texts(&value, &is_null, 0, set, count);
    return value;
}
