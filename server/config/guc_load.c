/*
 * guc_load.c - take over what the configuration files say, at start-up and at reloads
 *
 * All files are read first. If that went wrong, or a setting is unknown, nothing changes. Else what
 * the files do not name any more goes back to its default, and then each value is set for itself: a
 * value that is refused leaves the others.
 */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/config/guc_file.h"
#include "server/config/guc_int.h"

#define AUTO_FILE "postgresql.auto.conf"

/* How one pass over the files goes. */
typedef struct Load {
    GucContext as;
    ErrLevel level;
    bool in_child;
    bool tells;    /* the log of each change */
    bool is_test;  /* nothing is set */
    Array *items;  /* GucItem */
    bool is_good;  /* the files can be read and all settings are known */
    bool is_clean; /* and each value can be taken */
    const char *bad_file;
} Load;

static PgTime load_time; /* of the newest reading */

static void read_files(Load *load);
static void keep_data_directory(Load *load);
static void check_names(Load *load);
static void forget_absent(const Load *load);
static void apply_item(Load *load, GucItem *item);
static void note_place(GucRecord *record, const GucItem *item);
static void set_path(const char *name, const char *value, GucSource source);
static void default_path(const char *name, const char *value, const char *file);

/* ---- Where the files are ---- */

const char *guc_config_file(void)
{
    return setting.config_file;
}

char *guc_auto_file(void)
{
    return path_join(setting.data_directory, AUTO_FILE);
}

void guc_find_files(const char *data_dir)
{
    if (data_dir == NULL)
        data_dir = process_env("PGDATA");
    if (setting.config_file == NULL) {
        if (data_dir == NULL)
            err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                      .message = err_fmt("%s does not know where to find the server "
                                         "configuration file",
                                         err_get_program()),
                      .hint = "You must specify the --config-file or -D invocation option or set "
                              "the PGDATA environment variable.");
        set_path("config_file", path_join(data_dir, "postgresql.conf"), GUC_FROM_OVERRIDE);
    } else {
        set_path("config_file", setting.config_file, GUC_FROM_OVERRIDE);
    }
    if (!os_exists(setting.config_file))
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("could not access the server configuration file \"%s\": "
                                     "No such file or directory",
                                     setting.config_file));

    guc_load_files(GUC_LOAD_START);
    if (setting.data_directory != NULL)
        data_dir = setting.data_directory;
    if (data_dir == NULL)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("%s does not know where to find the database system data",
                                     err_get_program()),
                  .hint = err_fmt("This can be specified as \"data_directory\" in \"%s\", or by "
                                  "the -D invocation option, or by the PGDATA environment "
                                  "variable.",
                                  setting.config_file));
    set_path("data_directory", data_dir, GUC_FROM_OVERRIDE);
    /* Once more, now with the file of ALTER SYSTEM, which lies in the data directory. */
    guc_load_files(GUC_LOAD_START);
    default_path("hba_file", setting.hba_file, "pg_hba.conf");
    default_path("ident_file", setting.ident_file, "pg_ident.conf");
    if (setting.external_pid_file != NULL)
        set_path("external_pid_file", setting.external_pid_file, GUC_FROM_OVERRIDE);
}

static void set_path(const char *name, const char *value, GucSource source)
{
    guc_set(&(GucChange){.name = name,
                         .value = path_absolute(value),
                         .as = GUC_POSTMASTER,
                         .source = source,
                         .level = ERR_ERROR});
}

static void default_path(const char *name, const char *value, const char *file)
{
    set_path(name, value != NULL ? value : path_join(setting.data_directory, file),
             GUC_FROM_OVERRIDE);
}

/* ---- Load ---- */

void guc_load_files(GucLoad how)
{
    MemContext *scratch = mem_context_new(mem_current(), "configuration files");
    bool is_start = how == GUC_LOAD_START;
    Array items;
    Load load = {.as = is_start ? GUC_POSTMASTER : GUC_SIGHUP,
                 .level = how == GUC_LOAD_RELOAD_IN_CHILD ? ERR_DEBUG : ERR_LOG,
                 .in_child = how == GUC_LOAD_RELOAD_IN_CHILD,
                 .tells = how == GUC_LOAD_RELOAD,
                 .items = &items};

    MEM_SCOPE(scratch) {
        array_init(&items, sizeof(GucItem));
        read_files(&load);
        if (load.is_good) {
            if (!is_start)
                forget_absent(&load);
            array_foreach(GucItem, item, &items)
                if (!item->is_ignored)
                    apply_item(&load, item);
        }
        if (!load.is_clean && is_start)
            err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                      .message =
                          err_fmt("configuration file \"%s\" contains errors", load.bad_file));
        if (!load.is_clean)
            err_log(load.level, .sqlstate = SQLSTATE_CONFIG_FILE_ERROR,
                    .message = err_fmt("configuration file \"%s\" contains errors; %s",
                                       load.bad_file,
                                       load.is_good ? "unaffected changes were applied"
                                                    : "no changes were applied"));
    }
    mem_delete(scratch);
    load_time = clock_now();
}

PgTime guc_load_time(void)
{
    return load_time;
}

static void read_files(Load *load)
{
    load->is_good = guc_file_read(setting.config_file, load->level, load->items);
    load->bad_file = setting.config_file;
    if (setting.data_directory != NULL && os_exists(guc_auto_file()) &&
        !guc_file_read(guc_auto_file(), load->level, load->items)) {
        load->is_good = false;
        load->bad_file = guc_auto_file();
    }
    guc_items_mark_repeated(load->items);
    if (setting.data_directory == NULL)
        keep_data_directory(load);
    check_names(load);
    load->is_clean = load->is_good;
}

/* The first pass is to find postgresql.auto.conf, which may have the last word on all others. */
static void keep_data_directory(Load *load)
{
    array_foreach(GucItem, item, load->items)
        if (!item->is_ignored && strcasecmp(item->name, "data_directory") != 0)
            item->is_ignored = true;
}

/* Note which records the files name; a name that could not be one is a mistake. */
static void check_names(Load *load)
{
    array_foreach(GucRecord *, record, &guc.by_order)
        (*record)->is_in_files = false;
    array_foreach(GucItem, item, load->items) {
        GucRecord *record;

        if (item->is_ignored)
            continue;
        record = guc_find(item->name);
        if (record != NULL) {
            record->is_in_files = true;
        } else if (!guc_is_custom_name(item->name)) {
            err_log(load->level, .sqlstate = SQLSTATE_UNDEFINED_OBJECT,
                    .message = err_fmt("unrecognized configuration parameter \"%s\" in file "
                                       "\"%s\" line %d",
                                       item->name, item->file, item->line));
            item->error = "unrecognized configuration parameter";
            load->is_good = false;
            load->bad_file = item->file;
        }
    }
}

/* Settings that a file gave and none gives any more. */
static void forget_absent(const Load *load)
{
    guc_sort();
    array_foreach(GucRecord *, item, &guc.by_order) {
        GucRecord *record = *item;
        const char *name = record->def.name;

        if (record->is_in_files || record->reset.source != GUC_FROM_FILE)
            continue;
        if (record->def.context < GUC_SIGHUP) {
            record->needs_restart = true;
            err_log(load->level, .sqlstate = SQLSTATE_CANT_CHANGE_RUNTIME_PARAM,
                    .message = err_fmt("parameter \"%s\" cannot be changed without restarting "
                                       "the server",
                                       name));
            continue;
        }
        if (load->is_test)
            continue;
        record->reset.source = GUC_FROM_DEFAULT;
        if (record->now.source == GUC_FROM_FILE)
            record->now.source = GUC_FROM_DEFAULT;
        for (GucStack *s = record->stack; s != NULL; s = s->outer)
            if (s->before.source == GUC_FROM_FILE)
                s->before.source = GUC_FROM_DEFAULT;
        if (guc_change(&(GucChange){.name = name,
                                    .as = load->as,
                                    .source = GUC_FROM_DEFAULT,
                                    .level = load->level},
                       load->in_child) == GUC_DONE &&
            load->tells)
            err_log(ERR_LOG, .message = err_fmt("parameter \"%s\" removed from configuration "
                                                "file, reset to default",
                                                name));
    }
}

static void apply_item(Load *load, GucItem *item)
{
    GucChange change = {.name = item->name,
                        .value = item->value,
                        .as = load->as,
                        .source = GUC_FROM_FILE,
                        .level = load->level,
                        .is_test = load->is_test};
    const GucRecord *old = guc_find(item->name);
    const char *before =
        load->tells && old != NULL ? guc_value_text(old, old->now.value, false) : "";
    GucOutcome outcome = guc_change(&change, load->in_child);
    GucRecord *record = guc_find(item->name);

    if (outcome == GUC_REFUSED) {
        item->error = "setting could not be applied";
        load->is_clean = false;
        load->bad_file = item->file;
        return;
    }
    item->is_applied = true;
    if (load->is_test || record == NULL)
        return;
    note_place(record, item);
    if (outcome == GUC_DONE && load->tells &&
        !str_equal(before, guc_value_text(record, record->now.value, false)))
        err_log(ERR_LOG, .message = err_fmt("parameter \"%s\" changed to \"%s\"", item->name,
                                            item->value));
}

static void note_place(GucRecord *record, const GucItem *item)
{
    if (record->source_file == NULL || !str_equal(record->source_file, item->file)) {
        mem_free(record->source_file);
        record->source_file = mem_strdup_in(guc.mem, item->file);
    }
    record->source_line = item->line;
}

/* ---- What the files would do ---- */

void guc_list_files(Array *rows)
{
    Array items;
    Load load = {.as = GUC_SIGHUP, .level = ERR_DEBUG, .is_test = true, .items = &items};

    array_init(rows, sizeof(GucFileRow));
    array_init(&items, sizeof(GucItem));
    read_files(&load);
    if (load.is_good)
        array_foreach(GucItem, item, &items)
            if (!item->is_ignored)
                apply_item(&load, item);
    array_foreach(GucItem, item, &items)
        *(GucFileRow *)array_push(rows) = (GucFileRow){.file = item->file,
                                                       .line = item->line,
                                                       .name = item->name,
                                                       .value = item->value,
                                                       .is_applied = item->is_applied,
                                                       .error = item->error};
}
