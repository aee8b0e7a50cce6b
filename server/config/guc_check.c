/*
 * guc_check.c - what the settings' own module knows to check and to show
 *
 * Here are the checks that need no upper module: time zones, DateStyle, lists of key words, limits
 * that settings are for each other. What a catalog, a locale or a socket decides is in the hooks of
 * server/main.
 */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/text/timezone.h"
#include "server/config/guc_int.h"

#define BACKENDS_MAX       0x3FFFF /* processes that the server can have */
#define ZONE_HOURS_MAX     168.0
#define WAL_BUFFERS_LEAST  4
#define LIST_SYNTAX_DETAIL "List syntax is invalid."

/* ---- Texts ---- */

/* Names that other programs show: what is not plain ASCII becomes a question mark. */
static bool check_plain_text(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    char *text = mem_strdup(value->s);

    for (char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    value->s = text;
    return true;
}

static bool check_path(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    if (value->s != NULL && *value->s != '\0')
        value->s = path_normalise(value->s);
    return true;
}

static bool check_name_list(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    Array names;

    if (guc_split_names(value->s, &names))
        return true;
    why->detail = LIST_SYNTAX_DETAIL;
    return false;
}

static bool check_key_words(const char *list, const char *const *words, size_t count,
                            GucRefusal *why)
{
    Array names;

    if (!guc_split_names(list, &names)) {
        why->detail = LIST_SYNTAX_DETAIL;
        return false;
    }
    array_foreach(const char *, name, &names) {
        size_t i = 0;
        while (i < count && strcasecmp(*name, words[i]) != 0)
            i++;
        if (i == count) {
            why->detail = mem_printf("Unrecognized key word: \"%s\".", *name);
            return false;
        }
    }
    return true;
}

static bool check_log_destination(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    static const char *const words[] = {"stderr", "csvlog", "jsonlog", "syslog"};

    return check_key_words(value->s, words, ARRAY_LEN(words), why);
}

static bool check_consistency_list(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    /* Those whose redo changes pages. */
    static const char *const words[] = {"all",  "heap2",    "heap",   "btree", "hash",   "gin",
                                        "gist", "sequence", "spgist", "brin",  "generic"};

    return check_key_words(value->s, words, ARRAY_LEN(words), why);
}

static bool check_relation_kinds(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    static const char *const words[] = {"view", "foreign-table"};

    return check_key_words(value->s, words, ARRAY_LEN(words), why);
}

static bool check_slot_name(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

    if (*value->s == '\0')
        return true;
    if (strlen(value->s) > NAME_LEN) {
        why->sqlstate = SQLSTATE_NAME_TOO_LONG;
        why->detail = mem_printf("replication slot name \"%s\" is too long", value->s);
        return false;
    }
    if (strspn(value->s, allowed) == strlen(value->s))
        return true;
    why->sqlstate = SQLSTATE_INVALID_NAME;
    why->detail = mem_printf("replication slot name \"%s\" contains invalid character", value->s);
    why->hint = "Replication slot names may only contain lower case letters, numbers, and the "
                "underscore character.";
    return false;
}

/* ---- Time zones and dates ---- */

/* A whole text as a number. */
static bool read_hours(const char *text, double *hours)
{
    char *end;

    *hours = strtod(text, &end);
    return end != text && *end == '\0';
}

/* A zone that lies so many hours east all year, in the form of a POSIX rule, which counts west. */
static bool fixed_zone(double hours, GucValue *value, GucRefusal *why)
{
    StrBuf offset;
    int seconds, east;

    if (!(fabs(hours) < ZONE_HOURS_MAX)) {
        why->detail = "UTC timezone offset is out of range.";
        return false;
    }
    east = (int)(hours * 3600);
    seconds = abs(east);
    strbuf_init(&offset);
    strbuf_add_fmt(&offset, "%02d", seconds / 3600);
    if (seconds % 3600 != 0)
        strbuf_add_fmt(&offset, ":%02d", seconds / 60 % 60);
    if (seconds % 60 != 0)
        strbuf_add_fmt(&offset, ":%02d", seconds % 60);
    value->s = mem_printf("<%c%s>%c%s", east < 0 ? '-' : '+', offset.text, east < 0 ? '+' : '-',
                          offset.text);
    return true;
}

static bool find_zone(GucValue *value, GucRefusal *why)
{
    char *volatile spelling = NULL;
    volatile bool has_leaps = false;
    const char *name = value->s;

    ERR_TRY() {
        char *found;
        if (timezone_find_any(name, &found) != NULL)
            spelling = found;
    }
    ERR_CATCH() {
        has_leaps = err_caught()->sqlstate == SQLSTATE_FEATURE_NOT_SUPPORTED;
        if (!has_leaps)
            err_raise_again();
    }
    ERR_END();
    if (spelling != NULL) {
        value->s = spelling;
        return true;
    }
    if (has_leaps) {
        why->message = mem_printf("time zone \"%s\" appears to use leap seconds", name);
        why->detail = "PostgreSQL does not support leap seconds.";
    }
    return false;
}

/* INTERVAL '[+-]hours:minutes', as SET TIME ZONE writes it. */
static bool read_interval(const char *text, double *hours)
{
    const char *quote = strchr(text, '\'');
    const char *end = quote != NULL ? strchr(quote + 1, '\'') : NULL;
    const char *rest;
    uint32_t hour, minute;
    bool is_west;

    if (end == NULL || end[1] != '\0')
        return false;
    rest = mem_strndup(quote + 1, (size_t)(end - quote - 1));
    is_west = *rest == '-';
    rest += *rest == '-' || *rest == '+';
    if (!num_try_parse_u32(str_split(&rest, ':'), &hour) || rest == NULL ||
        !num_try_parse_u32(rest, &minute) || minute > 59)
        return false;
    *hours = hour + minute / 60.0;
    if (is_west)
        *hours = -*hours;
    return true;
}

static bool check_time_zone(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    double hours;

    if (strncasecmp(value->s, "interval", strlen("interval")) == 0)
        return read_interval(value->s, &hours) && fixed_zone(hours, value, why);
    if (read_hours(value->s, &hours))
        return fixed_zone(hours, value, why);
    return find_zone(value, why);
}

/* The log's zone is one of the database, or a rule. */
static bool check_log_time_zone(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    return find_zone(value, why);
}

/* What one word of DateStyle says; NULL where it says nothing of that kind. */
typedef struct DateWord {
    const char *word;
    bool is_beginning; /* what follows does not matter */
    const char *style, *order;
} DateWord;

/* "ISO, MDY" in its two parts. */
typedef struct DateStyle {
    const char *style, *order; /* NULL: not said */
} DateStyle;

static const DateWord *find_date_word(const char *name)
{
    static const DateWord words[] = {
        {"iso", false, "ISO", NULL},          {"sql", false, "SQL", NULL},
        {"postgres", true, "Postgres", NULL}, {"german", false, "German", NULL},
        {"ymd", false, NULL, "YMD"},          {"dmy", false, NULL, "DMY"},
        {"euro", true, NULL, "DMY"},          {"mdy", false, NULL, "MDY"},
        {"us", false, NULL, "MDY"},           {"noneuro", true, NULL, "MDY"},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strncasecmp(name, words[i].word, strlen(words[i].word) + !words[i].is_beginning) == 0)
            return &words[i];
    return NULL;
}

static DateStyle split_date_style(const char *text)
{
    DateStyle parts = {.style = str_split(&text, ',')};

    parts.order = text != NULL ? text + strspn(text, " ") : "MDY";
    return parts;
}

/* Words add up; two that say different things do not. "default" fills what no other word says. */
static bool check_date_style(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    const GucRecord *record = guc_find("DateStyle");
    DateStyle rest = split_date_style(record->now.value.s);
    DateStyle said = {NULL, NULL};
    Array names;

    if (!guc_split_names(value->s, &names)) {
        why->detail = LIST_SYNTAX_DETAIL;
        return false;
    }
    array_foreach(const char *, name, &names) {
        const DateWord *word = find_date_word(*name);

        if (word == NULL && strcasecmp(*name, "default") == 0) {
            rest = split_date_style(record->reset.value.s);
            continue;
        }
        if (word == NULL) {
            why->detail = mem_printf("Unrecognized key word: \"%s\".", *name);
            return false;
        }
        if ((word->style != NULL && said.style != NULL && !str_equal(word->style, said.style)) ||
            (word->order != NULL && said.order != NULL && !str_equal(word->order, said.order))) {
            why->detail = "Conflicting \"datestyle\" specifications.";
            return false;
        }
        said.style = word->style != NULL ? word->style : said.style;
        said.order = word->order != NULL ? word->order : said.order;
    }
    if (said.order == NULL && said.style != NULL && str_equal(said.style, "German"))
        said.order = "DMY";
    value->s = mem_printf("%s, %s", said.style != NULL ? said.style : rest.style,
                          said.order != NULL ? said.order : rest.order);
    return true;
}

/* ---- Numbers and booleans ---- */

static bool check_stack_depth(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    uint64_t limit = process_stack_limit();

    if (limit == UINT64_MAX || (uint64_t)value->i + STACK_SLOP_KB <= limit / 1024)
        return true;
    why->detail = mem_printf("\"max_stack_depth\" must not exceed %" PRId64 "kB.",
                             (int64_t)(limit / 1024) - STACK_SLOP_KB);
    why->hint = "Increase the platform's stack depth limit via \"ulimit -s\" or local equivalent.";
    return false;
}

/* -1 is left for the log itself to choose by shared_buffers. */
static bool check_wal_buffers(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    if (value->i >= 0 && value->i < WAL_BUFFERS_LEAST)
        value->i = WAL_BUFFERS_LEAST;
    return true;
}

/* All processes together have to fit in what can be numbered. */
static bool fits_processes(int64_t connections, int64_t autovacuum, int64_t workers,
                           int64_t senders)
{
    return connections + autovacuum + 1 + workers + senders <= BACKENDS_MAX;
}

static bool check_max_connections(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    return fits_processes(value->i, setting.autovacuum_max_workers, setting.max_worker_processes,
                          setting.max_wal_senders);
}

static bool check_autovacuum_workers(GucValue *value, UNUSED GucSource source,
                                     UNUSED GucRefusal *why)
{
    return fits_processes(setting.max_connections, value->i, setting.max_worker_processes,
                          setting.max_wal_senders);
}

static bool check_worker_processes(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    return fits_processes(setting.max_connections, setting.autovacuum_max_workers, value->i,
                          setting.max_wal_senders);
}

static bool check_wal_senders(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    return fits_processes(setting.max_connections, setting.autovacuum_max_workers,
                          setting.max_worker_processes, value->i);
}

static bool check_stage_stats(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (!value->b || !setting.log_statement_stats)
        return true;
    why->detail = "Cannot enable parameter when \"log_statement_stats\" is true.";
    return false;
}

static bool check_statement_stats(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (!value->b ||
        (!setting.log_parser_stats && !setting.log_planner_stats && !setting.log_executor_stats))
        return true;
    why->detail = "Cannot enable \"log_statement_stats\" when \"log_parser_stats\", "
                  "\"log_planner_stats\", or \"log_executor_stats\" is true.";
    return false;
}

static bool check_bonjour(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (!value->b)
        return true;
    why->message = "Bonjour is not supported by this build";
    return false;
}

static bool check_with_oids(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (!value->b)
        return true;
    why->sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED;
    why->message = "tables declared WITH OIDS are not supported";
    return false;
}

/* ---- Recovery targets ---- */

static bool check_target(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (*value->s == '\0' || str_equal(value->s, "immediate"))
        return true;
    why->detail = "The only allowed value is \"immediate\".";
    return false;
}

static bool check_target_lsn(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    Lsn lsn;

    return *value->s == '\0' || lsn_try_parse(value->s, &lsn);
}

static bool check_target_name(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (strlen(value->s) <= NAME_LEN)
        return true;
    why->detail =
        mem_printf("%s is too long (maximum %d characters).", "recovery_target_name", NAME_LEN);
    return false;
}

/* ---- Forms of SHOW ---- */

static const char *show_octal(int mode)
{
    return mem_printf("%04o", (unsigned)mode);
}

static const char *show_data_directory_mode(void)
{
    return show_octal(setting.data_directory_mode);
}

static const char *show_log_file_mode(void)
{
    return show_octal(setting.log_file_mode);
}

static const char *show_socket_permissions(void)
{
    return show_octal(setting.unix_socket_permissions);
}

static const char *show_seed(void)
{
    return "unavailable";
}

static const char *show_archive_command(void)
{
    return setting.archive_mode != ARCHIVE_MODE_OFF ? setting.archive_command : "(disabled)";
}

const GucHook *guc_own_hook(const char *name)
{
    static const GucHook hooks[] = {
        {"DateStyle", check_date_style, NULL, NULL},
        {"TimeZone", check_time_zone, NULL, NULL},
        {"application_name", check_plain_text, NULL, NULL},
        {"archive_command", NULL, NULL, show_archive_command},
        {"autovacuum_max_workers", check_autovacuum_workers, NULL, NULL},
        {"bonjour", check_bonjour, NULL, NULL},
        {"cluster_name", check_plain_text, NULL, NULL},
        {"data_directory_mode", NULL, NULL, show_data_directory_mode},
        {"default_with_oids", check_with_oids, NULL, NULL},
        {"external_pid_file", check_path, NULL, NULL},
        {"log_destination", check_log_destination, NULL, NULL},
        {"log_directory", check_path, NULL, NULL},
        {"log_executor_stats", check_stage_stats, NULL, NULL},
        {"log_file_mode", NULL, NULL, show_log_file_mode},
        {"log_parser_stats", check_stage_stats, NULL, NULL},
        {"log_planner_stats", check_stage_stats, NULL, NULL},
        {"log_statement_stats", check_statement_stats, NULL, NULL},
        {"log_timezone", check_log_time_zone, NULL, NULL},
        {"max_connections", check_max_connections, NULL, NULL},
        {"max_stack_depth", check_stack_depth, NULL, NULL},
        {"max_wal_senders", check_wal_senders, NULL, NULL},
        {"max_worker_processes", check_worker_processes, NULL, NULL},
        {"output_plugin_libraries", check_name_list, NULL, NULL},
        {"primary_slot_name", check_slot_name, NULL, NULL},
        {"recovery_target", check_target, NULL, NULL},
        {"recovery_target_lsn", check_target_lsn, NULL, NULL},
        {"recovery_target_name", check_target_name, NULL, NULL},
        {"restrict_nonsystem_relation_kind", check_relation_kinds, NULL, NULL},
        {"search_path", check_name_list, NULL, NULL},
        {"seed", NULL, NULL, show_seed},
        {"temp_tablespaces", check_name_list, NULL, NULL},
        {"unix_socket_permissions", NULL, NULL, show_socket_permissions},
        {"wal_buffers", check_wal_buffers, NULL, NULL},
        {"wal_consistency_checking", check_consistency_list, NULL, NULL},
    };

    for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
        if (str_equal(hooks[i].name, name))
            return &hooks[i];
    return NULL;
}
