/*
 * guc.c - the settings at work: find them, and change them by the rights and the rank of who asks
 *
 * A change goes through guc_change(): the record is found (or made, for a name with a dot), the
 * right is checked by the setting's context, the value is read and checked, and then taken if no
 * higher source has the say. Sources up to GUC_FROM_OVERRIDE also give what RESET goes back to, and
 * reach below SET values that are on the stack.
 */
#include "common/base/base.h"

#include "server/config/guc.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "server/config/guc_int.h"

#define STACK_DEPTH_KB 2048
#define KEY_ROOM       128 /* longer names are looked up in memory of the context */

/* The table's entry; records do not move. */
typedef struct GucEntry {
    const char *key;
    GucRecord *record;
} GucEntry;

/* What is to be done with a change, by right. */
typedef enum Verdict {
    TAKE,
    REFUSE,
    LEAVE,   /* quietly: it is the supervisor's to follow, not ours */
    COMPARE, /* a reload of what only a restart can change */
} Verdict;

GucLocal guc;

static void add_record(const GucDef *def);
static void set_dynamic(const char *name, const char *value);
static void set_stack_depth(void);
static void set_from_environment(const char *variable, const char *name);
static char *make_lower(char *name);
static char *lower(const char *name);
static GucRecord *make_placeholder(const char *name);
static int compare_records(const void *a, const void *b);
static Verdict check_right(const GucRecord *record, const GucChange *change, bool in_child,
                           GucRefusal *why);
static bool read_value(const GucRecord *record, const GucChange *change, GucSaved *saved,
                       GucRefusal *why);
static bool read_quietly(const GucRecord *record, const GucChange *change, GucSaved *saved,
                         GucRefusal *why);
static GucOutcome compare_at_reload(GucRecord *record, const GucChange *change, GucSaved saved);
static void take(GucRecord *record, const GucChange *change, GucSaved saved, bool has_the_say);
static void make_default(GucRecord *record, GucSaved saved);
static GucOutcome refuse(ErrLevel level, const GucRefusal *why);

/* ---- Start ---- */

void guc_set_hooks(const GucHook *hooks, size_t count)
{
    guc.hooks = hooks;
    guc.hook_count = count;
}

void guc_set_guard(const char *(*guard)(void))
{
    guc.guard = guard;
}

void guc_init(void)
{
    guc = (GucLocal){.mem = mem_context_new(mem_current(), "settings"),
                     .hooks = guc.hooks,
                     .hook_count = guc.hook_count,
                     .guard = guc.guard,
                     .is_key_word = guc.is_key_word};
    MEM_SCOPE(guc.mem) {
        hash_init(&guc.by_name, HASH_KEY_STRING, sizeof(GucEntry));
        array_init(&guc.by_order, sizeof(GucRecord *));
        array_init(&guc.prefixes, sizeof(char *));
        for (size_t i = 0; i < guc_def_count; i++)
            add_record(&guc_defs[i]);
    }
    set_dynamic("timezone_abbreviations", "Default");
    set_stack_depth();
    set_from_environment("PGPORT", "port");
    set_from_environment("PGDATESTYLE", "DateStyle");
    set_from_environment("PGCLIENTENCODING", "client_encoding");
}

/* A row at its default, which hooks hear of but cannot refuse. */
static void add_record(const GucDef *def)
{
    GucRecord *record = mem_new(GucRecord);
    GucEntry *entry;

    record->def = *def;
    if (str_starts_with(def->name, "holdfast_")) {
        char *name = mem_strdup(def->name);
        name[strlen("holdfast")] = '.';
        record->def.name = name;
    }
    record->key = lower(record->def.name);
    record->field = (char *)&setting + def->offset;
    record->own_hook = guc_own_hook(record->def.name);
    for (size_t i = 0; i < guc.hook_count; i++)
        if (str_equal(guc.hooks[i].name, record->def.name))
            record->hook = &guc.hooks[i];
    if (def->kind == GUC_ENUM) {
        size_t i = 0;
        while (i < guc_choice_count && !str_equal(guc_choices[i].set, def->set))
            i++;
        record->choices = &guc_choices[i];
        while (i + record->choice_count < guc_choice_count &&
               str_equal(guc_choices[i + record->choice_count].set, def->set))
            record->choice_count++;
    }

    entry = hash_enter(&guc.by_name, record->key, NULL);
    entry->record = record;
    *(GucRecord **)array_push(&guc.by_order) = record;
    record->reset.value = def->boot;
    if (def->kind == GUC_STRING)
        record->reset.value.s = guc_text_new(def->boot.s);
    record->reset.as = GUC_INTERNAL;
    record->now = record->reset;
    guc_value_keep(record, record->reset.value);
    guc_put(record, (GucSaved){.value = guc_value_keep(record, record->reset.value),
                               .as = GUC_INTERNAL});
}

static void set_dynamic(const char *name, const char *value)
{
    guc_set(&(GucChange){.name = name,
                         .value = value,
                         .as = GUC_POSTMASTER,
                         .source = GUC_FROM_DYNAMIC_DEFAULT,
                         .level = ERR_ERROR});
}

/* Two megabytes, or what the system's limit leaves below that. */
static void set_stack_depth(void)
{
    uint64_t limit = process_stack_limit();
    int64_t depth = limit == UINT64_MAX ? STACK_DEPTH_KB : (int64_t)(limit / 1024) - STACK_SLOP_KB;

    if (depth > setting.max_stack_depth)
        set_dynamic("max_stack_depth",
                    mem_printf("%" PRId64 "kB", depth < STACK_DEPTH_KB ? depth : STACK_DEPTH_KB));
}

static void set_from_environment(const char *variable, const char *name)
{
    const char *value = process_env(variable);

    if (value != NULL)
        guc_set(&(GucChange){.name = name,
                             .value = value,
                             .as = GUC_POSTMASTER,
                             .source = GUC_FROM_ENVIRONMENT,
                             .level = ERR_ERROR});
}

void guc_split_option(const char *option, char **name, char **value)
{
    const char *text = str_starts_with(option, "--") ? option + 2 : option;
    const char *sign = strchr(text, '=');

    *name = sign != NULL ? mem_strndup(text, (size_t)(sign - text)) : mem_strdup(text);
    *value = sign != NULL ? mem_strdup(sign + 1) : NULL;
    for (char *c = *name; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
}

/* ---- Find ---- */

GucRecord *guc_find(const char *name)
{
    /* Names of long ago that PostgreSQL still takes. */
    static const char *const old_names[][2] = {
        {"sort_mem", "work_mem"},
        {"vacuum_mem", "maintenance_work_mem"},
    };
    char key[KEY_ROOM];
    size_t len = strlen(name);
    GucEntry *entry;

    if (len < sizeof(key)) {
        memcpy(key, name, len + 1);
        entry = hash_find(&guc.by_name, make_lower(key));
    } else {
        entry = hash_find(&guc.by_name, lower(name));
    }
    if (entry != NULL)
        return entry->record;
    for (size_t i = 0; i < ARRAY_LEN(old_names); i++)
        if (strcasecmp(name, old_names[i][0]) == 0)
            return guc_find(old_names[i][1]);
    return NULL;
}

/* Names are compared by ASCII letters alone. */
static char *make_lower(char *name)
{
    for (char *c = name; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return name;
}

static char *lower(const char *name)
{
    return make_lower(mem_strdup(name));
}

GucRecord *guc_find_or_make(const char *name, GucRefusal *why)
{
    GucRecord *record = guc_find(name);
    const char *dot = strchr(name, '.');

    if (record != NULL)
        return record;
    if (dot == NULL) {
        *why = (GucRefusal){SQLSTATE_UNDEFINED_OBJECT,
                            mem_printf("unrecognized configuration parameter \"%s\"", name), NULL,
                            NULL};
        return NULL;
    }
    *why = (GucRefusal){SQLSTATE_INVALID_NAME,
                        mem_printf("invalid configuration parameter name \"%s\"", name), NULL,
                        NULL};
    if (!guc_is_custom_name(name)) {
        why->detail = "Custom parameter names must be two or more simple identifiers separated by "
                      "dots.";
        return NULL;
    }
    array_foreach(const char *, prefix, &guc.prefixes) {
        if (strlen(*prefix) == (size_t)(dot - name) &&
            strncmp(name, *prefix, (size_t)(dot - name)) == 0) {
            why->detail = mem_printf("\"%s\" is a reserved prefix.", *prefix);
            return NULL;
        }
    }
    return make_placeholder(name);
}

/* Identifiers, two or more, with dots between them. */
bool guc_is_custom_name(const char *name)
{
    bool has_dot = false;
    bool is_first = true;

    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c >= 0x80;

        if (c == '.') {
            if (is_first)
                return false;
            has_dot = is_first = true;
        } else if (is_letter || (!is_first && (isdigit(c) || c == '$'))) {
            is_first = false;
        } else {
            return false;
        }
    }
    return has_dot && !is_first;
}

/* A setting is known by one name, whichever way it is written. */
const char *guc_right_name(const char *name)
{
    const GucRecord *record = guc_find(name);

    return record != NULL ? record->def.name : lower(name);
}

bool guc_may_have_rights(const char *name)
{
    return guc_find(name) != NULL || guc_is_custom_name(name);
}

static GucRecord *make_placeholder(const char *name)
{
    GucRecord *record = NULL;
    GucEntry *entry = NULL;

    MEM_SCOPE(guc.mem) {
        record = mem_new(GucRecord);
        record->def = (GucDef){
            .name = mem_strdup(name),
            .kind = GUC_STRING,
            .context = GUC_USERSET,
            .group = GUC_GROUP_CUSTOMIZED,
            .flags = GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_CUSTOM_PLACEHOLDER,
            .text = "Custom setting that no module has claimed.",
        };
        record->key = lower(name);
        record->now.as = record->reset.as = GUC_INTERNAL;
        entry = hash_enter(&guc.by_name, record->key, NULL);
        entry->record = record;
        *(GucRecord **)array_push(&guc.by_order) = record;
        guc.is_sorted = false;
    }
    return record;
}

void guc_remove(GucRecord *record)
{
    size_t kept = 0;

    hash_remove(&guc.by_name, record->key);
    array_foreach(GucRecord *, other, &guc.by_order)
        if (*other != record)
            *(GucRecord **)array_at(&guc.by_order, kept++) = *other;
    guc.by_order.count = kept;
    for (GucRecord **open = &guc.opened; *open != NULL; open = &(*open)->next_open) {
        if (*open == record) {
            *open = record->next_open;
            break;
        }
    }
}

void guc_sort(void)
{
    if (!guc.is_sorted)
        array_sort(&guc.by_order, compare_records);
    guc.is_sorted = true;
}

static int compare_records(const void *a, const void *b)
{
    const GucRecord *const *x = a, *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

void guc_reserve_prefix(const char *prefix)
{
    size_t len = strlen(prefix);

    MEM_SCOPE(guc.mem) {
        *(char **)array_push(&guc.prefixes) = mem_strdup(prefix);
    }
    for (size_t i = 0; i < guc.by_order.count;) {
        GucRecord *record = *(GucRecord **)array_at(&guc.by_order, i);
        const char *name = record->def.name;

        if ((record->def.flags & GUC_CUSTOM_PLACEHOLDER) == 0 ||
            strncmp(name, prefix, len) != 0 || name[len] != '.') {
            i++;
            continue;
        }
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_NAME,
                .message =
                    err_fmt("invalid configuration parameter name \"%s\", removing it", name),
                .detail = err_fmt("\"%s\" is now a reserved prefix.", prefix));
        guc_remove(record);
    }
}

GucContext guc_context(const char *name)
{
    const GucRecord *record = guc_find(name);

    return record == NULL || (record->def.flags & GUC_CUSTOM_PLACEHOLDER) != 0
               ? GUC_SUSET
               : record->def.context;
}

unsigned guc_flags(const char *name)
{
    const GucRecord *record = guc_find(name);

    if (record == NULL)
        guc_raise_unknown(name);
    return record->def.flags;
}

_Noreturn void guc_raise_unknown(const char *name)
{
    err_raise(SQLSTATE_UNDEFINED_OBJECT,
              .message = err_fmt("unrecognized configuration parameter \"%s\"", name));
}

/* ---- Change ---- */

bool guc_set(const GucChange *change)
{
    return guc_change(change, false) == GUC_DONE;
}

GucOutcome guc_change(const GucChange *change, bool in_child)
{
    GucRefusal why = {0};
    GucRecord *record = guc_find_or_make(change->name, &why);
    GucSaved saved;
    bool gives_default, has_the_say;
    Verdict verdict;

    if (record == NULL)
        return refuse(change->level, &why);
    verdict = check_right(record, change, in_child, &why);
    if (verdict == LEAVE)
        return GUC_NO_EFFECT;
    if (verdict == REFUSE)
        return refuse(change->level, &why);

    gives_default = !change->is_test && change->source <= GUC_FROM_OVERRIDE &&
                    (change->value != NULL || change->source == GUC_FROM_DEFAULT);
    has_the_say = change->source >= record->now.source;
    if (!has_the_say && !gives_default && !change->is_test)
        return GUC_NO_EFFECT;

    if (!(change->level < ERR_ERROR ? read_quietly : read_value)(record, change, &saved, &why))
        return refuse(change->level, &why);
    if (verdict == COMPARE)
        return compare_at_reload(record, change, saved);
    if (change->is_test)
        guc_value_drop(record, saved.value);
    else
        take(record, change, saved, has_the_say);
    return has_the_say ? GUC_DONE : GUC_NO_EFFECT;
}

/* May who asks set it now? */
static Verdict check_right(const GucRecord *record, const GucChange *change, bool in_child,
                           GucRefusal *why)
{
    const char *name = change->name;
    GucContext as = change->as;
    const char *within =
        (record->def.flags & GUC_NOT_WHILE_SEC_REST) != 0 && guc.guard != NULL ? guc.guard() : NULL;

    if (within != NULL) {
        why->sqlstate = SQLSTATE_INSUFFICIENT_PRIVILEGE;
        why->message = mem_printf("cannot set parameter \"%s\" within %s", name, within);
        return REFUSE;
    }
    why->sqlstate = SQLSTATE_CANT_CHANGE_RUNTIME_PARAM;
    switch (as == GUC_INTERNAL ? GUC_USERSET : record->def.context) {
    case GUC_INTERNAL:
        why->message = mem_printf("parameter \"%s\" cannot be changed", name);
        return REFUSE;
    case GUC_POSTMASTER:
        if (as == GUC_SIGHUP)
            return COMPARE;
        why->message =
            mem_printf("parameter \"%s\" cannot be changed without restarting the server", name);
        return as == GUC_POSTMASTER ? TAKE : REFUSE;
    case GUC_SIGHUP:
        why->message = mem_printf("parameter \"%s\" cannot be changed now", name);
        return as == GUC_SIGHUP || as == GUC_POSTMASTER ? TAKE : REFUSE;
    case GUC_SU_BACKEND:
    case GUC_BACKEND:
        if (record->def.context == GUC_SU_BACKEND && as == GUC_BACKEND)
            break;
        if (as == GUC_SIGHUP) /* a session keeps what it began with */
            return in_child ? LEAVE : TAKE;
        why->message = mem_printf("parameter \"%s\" cannot be set after connection start", name);
        return as == GUC_POSTMASTER || as == GUC_BACKEND || as == GUC_SU_BACKEND ||
                       change->source == GUC_FROM_CLIENT
                   ? TAKE
                   : REFUSE;
    case GUC_SUSET:
        if (as == GUC_USERSET || as == GUC_BACKEND)
            break;
        return TAKE;
    case GUC_USERSET:
        return TAKE;
    }
    why->sqlstate = SQLSTATE_INSUFFICIENT_PRIVILEGE;
    why->message = mem_printf("permission denied to set parameter \"%s\"", name);
    return REFUSE;
}

/* The value asked for: given, the row's default, or what RESET gives. A new reference. */
static bool read_value(const GucRecord *record, const GucChange *change, GucSaved *saved,
                       GucRefusal *why)
{
    GucAsked asked = {.record = record, .name = change->name, .source = change->source};

    *why = (GucRefusal){0};
    *saved = (GucSaved){.source = change->source, .as = change->as};
    if (change->value != NULL)
        return guc_parse(&asked, change->value, &saved->value, why);
    if (change->source != GUC_FROM_DEFAULT) {
        *saved = record->reset;
        guc_value_keep(record, saved->value);
        return true;
    }
    saved->value = record->def.boot;
    if (record->def.kind == GUC_STRING)
        saved->value.s = guc_text_new(record->def.boot.s);
    return guc_check(&asked, &saved->value, why);
}

/* As above, for callers who want no raise: a hook's becomes a refusal. */
static bool read_quietly(const GucRecord *record, const GucChange *change, GucSaved *saved,
                         GucRefusal *why)
{
    volatile bool is_read = false;

    ERR_TRY() {
        is_read = read_value(record, change, saved, why);
    }
    ERR_CATCH() {
        const ErrReport *report = err_caught();
        *why = (GucRefusal){
            .sqlstate = report->sqlstate,
            .message = mem_strdup(report->message),
            .detail = report->detail != NULL ? mem_strdup(report->detail) : NULL,
            .hint = report->hint != NULL ? mem_strdup(report->hint) : NULL,
        };
    }
    ERR_END();
    return is_read;
}

static GucOutcome compare_at_reload(GucRecord *record, const GucChange *change, GucSaved saved)
{
    bool is_equal = guc_value_equal(record, saved.value, record->now.value);

    guc_value_drop(record, saved.value);
    record->needs_restart = !is_equal;
    if (is_equal)
        return GUC_NO_EFFECT;
    return refuse(change->level,
                  &(GucRefusal){.sqlstate = SQLSTATE_CANT_CHANGE_RUNTIME_PARAM,
                                .message = mem_printf("parameter \"%s\" cannot be changed without "
                                                      "restarting the server",
                                                      change->name)});
}

/* Put a value in its places; takes over the reference. */
static void take(GucRecord *record, const GucChange *change, GucSaved saved, bool has_the_say)
{
    bool gives_default = change->source <= GUC_FROM_OVERRIDE &&
                         (change->value != NULL || change->source == GUC_FROM_DEFAULT);

    if (gives_default)
        make_default(record, saved);
    if (!has_the_say) {
        guc_value_drop(record, saved.value);
        return;
    }
    if (!gives_default)
        guc_stack_note(record, change->action);
    guc_put(record, saved);
}

/* What RESET goes back to, now and when levels of transactions end. */
static void make_default(GucRecord *record, GucSaved saved)
{
    if (record->reset.source <= saved.source) {
        guc_value_drop(record, record->reset.value);
        record->reset = saved;
        guc_value_keep(record, saved.value);
    }
    for (GucStack *s = record->stack; s != NULL; s = s->outer) {
        if (s->before.source <= saved.source) {
            guc_value_drop(record, s->before.value);
            s->before = saved;
            guc_value_keep(record, saved.value);
        }
    }
}

void guc_put(GucRecord *record, GucSaved saved)
{
    const GucHook *hooks[] = {record->own_hook, record->hook};
    GucSaved old = record->now;

    record->now = saved;
    if (record->field != NULL)
        switch (record->def.kind) {
        case GUC_BOOL:
            *(bool *)record->field = saved.value.b;
            break;
        case GUC_INT:
        case GUC_ENUM:
            *(int *)record->field = saved.value.i;
            break;
        case GUC_REAL:
            *(double *)record->field = saved.value.d;
            break;
        case GUC_STRING:
            *(const char **)record->field = saved.value.s;
            break;
        }
    for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
        if (hooks[i] != NULL && hooks[i]->assign != NULL)
            hooks[i]->assign(saved.value);
    guc_value_drop(record, old.value);
    if ((record->def.flags & GUC_REPORT) != 0)
        record->needs_report = guc.has_reports = true;
}

void guc_reset_all(void)
{
    array_foreach(GucRecord *, item, &guc.by_order) {
        GucRecord *record = *item;

        if ((record->def.context != GUC_SUSET && record->def.context != GUC_USERSET) ||
            (record->def.flags & GUC_NO_RESET_ALL) != 0 ||
            record->now.source <= GUC_FROM_OVERRIDE)
            continue;
        guc_stack_note(record, GUC_SET);
        guc_value_keep(record, record->reset.value);
        guc_put(record, record->reset);
    }
}

/* Report or raise; 22023 where nothing else is said. */
static GucOutcome refuse(ErrLevel level, const GucRefusal *why)
{
    ErrReport report = {
        .level = level,
        .sqlstate = why->sqlstate != 0 ? why->sqlstate : SQLSTATE_INVALID_PARAMETER_VALUE,
        .message = why->message,
        .detail = why->detail,
        .hint = why->hint,
        .file = __FILE__,
        .line = __LINE__,
    };

    if (level >= ERR_ERROR)
        err_raise_report(&report);
    err_log_report(&report);
    return GUC_REFUSED;
}
