/* option.c - read command lines, sections and environment by tables; option.h has the promises. */
#include "common/base/base.h"

#include "common/option/option.h"

#include <stdarg.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/option/option_int.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"

/* The words that are left to read, and where in a group of short options ("-vP") we are. */
typedef struct Words {
    char *const *next;
    char *const *end;
} Words;

/* One option of the set, with all that its table says. */
typedef struct OptionRef {
    const OptionDef *def; /* NULL: no such option */
    void *field;
    OptionOrigin *origin;
} OptionRef;

/* Where a value stands, for the message when it is bad. */
typedef struct ValueSource {
    OptionOrigin origin;
    const ConfigSection *section; /* OPTION_FROM_FILE */
    const ConfigEntry *entry;
} ValueSource;

const OptionDef option_help_def = {'?', "help", OPTION_FLAG, 0,
                                   .help = "show this help, then exit"};
const OptionDef option_version_def = {'V', "version", OPTION_FLAG, 0,
                                      .help = "output version information, then exit"};

static const OptionDef *const builtin_defs[] = {&option_help_def, &option_version_def};

static size_t set_count(const OptionSet *set);
static void parse_words(Options *o, int argc, char *const *argv);
static bool parse_long(Options *o, const char *word, Words *words);
static bool parse_shorts(Options *o, const char *word, Words *words);
static bool take(Options *o, OptionRef ref, const char *value);
static bool takes_argument(const OptionDef *def);
static OptionRef find_short(const Options *o, char name);
static OptionRef find_long(const Options *o, const char *name, size_t len);
static OptionRef match_long(const Options *o, const char *name, size_t len);
static bool has_name(const OptionDef *def, const char *name, size_t len);
_Noreturn static void raise_ambiguous(const Options *o, const char *name, size_t len);
static bool ref_next(const Options *o, const OptionGroup **group, OptionRef *ref);
static void apply_environment(Options *o);
static void apply_initial(Options *o);
static void set_value(const OptionDef *def, void *field, const char *text, const ValueSource *from);
static void set_int(const OptionDef *def, void *field, const char *text, const ValueSource *from);
static void set_size(const OptionDef *def, void *field, const char *text, const ValueSource *from);
static void set_enum(const OptionDef *def, void *field, const char *text, const ValueSource *from);
static void set_bool(const OptionDef *def, void *field, const char *text, const ValueSource *from);
_Noreturn static void raise_invalid(const OptionDef *def, const char *text,
                                    const ValueSource *from);
_Noreturn static void raise_value(const ValueSource *from, const OptionDef *def,
                                  const char *message);
static void check_secret(const OptionDef *def, const ConfigSection *section,
                         const ConfigEntry *entry);
static const char *choice_list(const OptionDef *def);
static void check_rule(const Options *o, const OptionRule *rule);

Options *option_parse(const OptionSet *set, const char *program, int argc, char *const *argv)
{
    Options *o = mem_new(Options);
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};

    o->set = set;
    o->program = program;
    o->values = mem_alloc(set->size);
    o->origins = mem_new_array(OptionOrigin, set_count(set));
    o->operands = mem_new_array(const char *, (size_t)argc);
    while (ref_next(o, &group, &ref))
        if (ref.def->kind == OPTION_LIST)
            array_init(ref.field, sizeof(const char *));

    parse_words(o, argc, argv);
    if (o->wants_help || o->wants_version)
        return o;
    if (o->operand_count > set->operand_max)
        option_raise_usage(o, "too many command-line arguments (first is \"%s\")",
                           o->operands[set->operand_max]);
    apply_environment(o);
    apply_initial(o);
    return o;
}

void option_apply_section(Options *o, const ConfigSection *section)
{
    ValueSource from = {.origin = OPTION_FROM_FILE, .section = section};

    array_foreach(ConfigEntry, entry, &section->entries) {
        OptionRef ref = match_long(o, entry->key, strlen(entry->key));

        if (ref.def == NULL || ref.origin == NULL)
            err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                      .message = err_fmt("unrecognized setting \"%s\" in file \"%s\" line %u",
                                         entry->key, section->path, entry->line));
        /* Also one that is not used: it lies there for everybody. */
        check_secret(ref.def, section, entry);
        if (*ref.origin > OPTION_FROM_FILE)
            continue;
        from.entry = entry;
        if (ref.def->kind == OPTION_LIST && *ref.origin < OPTION_FROM_FILE)
            array_clear(ref.field);
        set_value(ref.def, ref.field, entry->value, &from);
        *ref.origin = OPTION_FROM_FILE;
    }
}

void option_check(const Options *o)
{
    for (const OptionRule *rule = o->set->rules; rule != NULL && rule->kind != 0; rule++)
        check_rule(o, rule);
}

OptionOrigin option_origin(const Options *o, const char *long_name)
{
    OptionRef ref = match_long(o, long_name, strlen(long_name));

    ASSERT(ref.origin != NULL);
    return *ref.origin;
}

bool option_is_given(const Options *o, const char *long_name)
{
    return option_origin(o, long_name) == OPTION_FROM_COMMAND_LINE;
}

void option_raise_usage(const Options *o, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_raise(SQLSTATE_USAGE, .message = text,
              .hint = err_fmt("Try \"%s --help\" for more information.", o->program));
}

void option_read_section(const ConfigSection *section, const OptionDef *defs, void *values)
{
    const OptionGroup groups[] = {{NULL, defs, 0}, {.defs = NULL}};
    const OptionSet set = {.groups = groups};
    Options o = {.set = &set, .values = values};
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};

    o.origins = mem_new_array(OptionOrigin, set_count(&set));
    while (ref_next(&o, &group, &ref))
        if (ref.def->kind == OPTION_LIST)
            array_init(ref.field, sizeof(const char *));
    apply_initial(&o);
    option_apply_section(&o, section);
    mem_free(o.origins);
}

const char *option_display_name(const OptionDef *def)
{
    if (def->long_name == NULL)
        return mem_printf("-%c", def->short_name);
    if (def->short_name == 0)
        return mem_printf("--%s", def->long_name);
    return mem_printf("-%c/--%s", def->short_name, def->long_name);
}

const OptionVerb *option_find_verb(const OptionVerb *verbs, const char *name)
{
    for (; verbs->name != NULL; verbs++)
        if (str_equal(verbs->name, name))
            return verbs;
    return NULL;
}

static size_t set_count(const OptionSet *set)
{
    size_t count = 0;

    for (const OptionGroup *group = set->groups; group->defs != NULL; group++)
        for (const OptionDef *def = group->defs; def->kind != OPTION_END; def++)
            count++;
    return count;
}

/* ---- The command line ---- */

static void parse_words(Options *o, int argc, char *const *argv)
{
    Words words = {.next = argv, .end = argv};
    bool is_going_on = true;

    /* The first word is the program's name; who starts a program may leave out even that. */
    if (argc > 0)
        words = (Words){.next = argv + 1, .end = argv + argc};
    while (is_going_on && words.next < words.end) {
        const char *word = *words.next++;

        if (str_equal(word, "--"))
            break;
        if (str_starts_with(word, "--"))
            is_going_on = parse_long(o, word + 2, &words);
        else if (word[0] == '-' && word[1] != '\0')
            is_going_on = parse_shorts(o, word + 1, &words);
        else
            o->operands[o->operand_count++] = word;
    }
    while (is_going_on && words.next < words.end)
        o->operands[o->operand_count++] = *words.next++;
}

/* "name", "name=value", or a beginning of the name. False: no more words are wanted. */
static bool parse_long(Options *o, const char *word, Words *words)
{
    size_t len = strcspn(word, "=");
    const char *value = word[len] == '=' ? word + len + 1 : NULL;
    OptionRef ref = find_long(o, word, len);

    if (ref.def == NULL)
        option_raise_usage(o, "unrecognized option '--%s'", word);
    if (!takes_argument(ref.def) && value != NULL)
        option_raise_usage(o, "option '--%s' doesn't allow an argument", ref.def->long_name);
    if (takes_argument(ref.def) && value == NULL)
        value = ref.def->optional;
    if (takes_argument(ref.def) && value == NULL) {
        if (words->next == words->end)
            option_raise_usage(o, "option '--%s' requires an argument", ref.def->long_name);
        value = *words->next++;
    }
    return take(o, ref, value);
}

/* "vPz", or "Dvalue", or "vD" with the value in the next word. False: no more words are wanted. */
static bool parse_shorts(Options *o, const char *word, Words *words)
{
    for (; *word != '\0'; word++) {
        OptionRef ref = find_short(o, *word);

        if (ref.def == NULL)
            option_raise_usage(o, "invalid option -- '%c'", *word);
        if (takes_argument(ref.def) && ref.def->optional == NULL) {
            if (word[1] != '\0')
                return take(o, ref, word + 1);
            if (words->next == words->end)
                option_raise_usage(o, "option requires an argument -- '%c'", *word);
            return take(o, ref, *words->next++);
        }
        if (!take(o, ref, ref.def->optional))
            return false;
    }
    return true;
}

/* Take one option of the command line; false for help and version, which end it. */
static bool take(Options *o, OptionRef ref, const char *value)
{
    ValueSource from = {.origin = OPTION_FROM_COMMAND_LINE};

    o->wants_help = ref.def == &option_help_def;
    o->wants_version = ref.def == &option_version_def;
    if (o->wants_help || o->wants_version)
        return false;

    if (ref.def->kind == OPTION_FLAG)
        *(bool *)ref.field = true;
    else if (ref.def->kind == OPTION_COUNT)
        ++*(unsigned *)ref.field;
    else
        set_value(ref.def, ref.field, value != NULL ? value : ref.def->optional, &from);
    *ref.origin = OPTION_FROM_COMMAND_LINE;
    return true;
}

static bool takes_argument(const OptionDef *def)
{
    return def->kind != OPTION_FLAG && def->kind != OPTION_COUNT &&
           (def->optional == NULL || def->arg != NULL);
}

static OptionRef find_short(const Options *o, char name)
{
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};

    while (ref_next(o, &group, &ref))
        if (ref.def->short_name == name)
            return ref;
    for (size_t i = 0; i < ARRAY_LEN(builtin_defs); i++)
        if (builtin_defs[i]->short_name == name)
            return (OptionRef){.def = builtin_defs[i]};
    return (OptionRef){.def = NULL};
}

/* The option with that long name, or the only one that begins so. */
static OptionRef find_long(const Options *o, const char *name, size_t len)
{
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};
    OptionRef found = match_long(o, name, len);
    size_t count = 0;

    if (found.def != NULL)
        return found;
    while (ref_next(o, &group, &ref))
        if (ref.def->long_name != NULL && strncmp(ref.def->long_name, name, len) == 0) {
            found = ref;
            count++;
        }
    for (size_t i = 0; i < ARRAY_LEN(builtin_defs); i++)
        if (strncmp(builtin_defs[i]->long_name, name, len) == 0) {
            found = (OptionRef){.def = builtin_defs[i]};
            count++;
        }
    if (count > 1)
        raise_ambiguous(o, name, len);
    return found;
}

/* The option with exactly that long name. */
static OptionRef match_long(const Options *o, const char *name, size_t len)
{
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};

    while (ref_next(o, &group, &ref))
        if (has_name(ref.def, name, len))
            return ref;
    for (size_t i = 0; i < ARRAY_LEN(builtin_defs); i++)
        if (has_name(builtin_defs[i], name, len))
            return (OptionRef){.def = builtin_defs[i]};
    return (OptionRef){.def = NULL};
}

static bool has_name(const OptionDef *def, const char *name, size_t len)
{
    return def->long_name != NULL && strlen(def->long_name) == len &&
           memcmp(def->long_name, name, len) == 0;
}

static void raise_ambiguous(const Options *o, const char *name, size_t len)
{
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};
    StrBuf names;

    strbuf_init(&names);
    while (ref_next(o, &group, &ref))
        if (ref.def->long_name != NULL && strncmp(ref.def->long_name, name, len) == 0)
            strbuf_add_fmt(&names, " '--%s'", ref.def->long_name);
    for (size_t i = 0; i < ARRAY_LEN(builtin_defs); i++)
        if (strncmp(builtin_defs[i]->long_name, name, len) == 0)
            strbuf_add_fmt(&names, " '--%s'", builtin_defs[i]->long_name);
    option_raise_usage(o, "option '--%.*s' is ambiguous; possibilities:%s", (int)len, name,
                       names.text);
}

/* Walk over all options of the set; start with *group NULL and ref->def NULL. */
static bool ref_next(const Options *o, const OptionGroup **group, OptionRef *ref)
{
    OptionOrigin *origin = *group == NULL ? o->origins : ref->origin + 1;
    const OptionDef *def = *group == NULL ? o->set->groups->defs : ref->def + 1;

    if (*group == NULL)
        *group = o->set->groups;
    while (def != NULL && def->kind == OPTION_END)
        def = (++*group)->defs;
    if (def == NULL)
        return false;
    *ref = (OptionRef){
        .def = def, .field = (char *)o->values + (*group)->offset + def->offset, .origin = origin};
    return true;
}

/* ---- Environment and table ---- */

static void apply_environment(Options *o)
{
    ValueSource from = {.origin = OPTION_FROM_ENV};
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};

    while (ref_next(o, &group, &ref)) {
        const char *text = ref.def->env == NULL ? NULL : process_env(ref.def->env);

        if (text == NULL || *ref.origin == OPTION_FROM_COMMAND_LINE)
            continue;
        set_value(ref.def, ref.field, text, &from);
        *ref.origin = OPTION_FROM_ENV;
    }
}

static void apply_initial(Options *o)
{
    ValueSource from = {.origin = OPTION_FROM_TABLE};
    const OptionGroup *group = NULL;
    OptionRef ref = {.def = NULL};

    while (ref_next(o, &group, &ref)) {
        if (ref.def->initial == NULL || *ref.origin != OPTION_FROM_NOWHERE)
            continue;
        set_value(ref.def, ref.field, ref.def->initial, &from);
        *ref.origin = OPTION_FROM_TABLE;
    }
}

/* ---- Values ---- */

static void set_value(const OptionDef *def, void *field, const char *text, const ValueSource *from)
{
    switch (def->kind) {
    case OPTION_END:
        ASSERT(false);
        break;
    case OPTION_FLAG: /* as in the environment or in a file */
    case OPTION_BOOL:
        set_bool(def, field, text, from);
        break;
    case OPTION_COUNT:
        if (!num_try_parse_u32(text, field))
            raise_invalid(def, text, from);
        break;
    case OPTION_STRING:
        *(const char **)field = text;
        break;
    case OPTION_INT:
        set_int(def, field, text, from);
        break;
    case OPTION_SIZE:
        set_size(def, field, text, from);
        break;
    case OPTION_ENUM:
        set_enum(def, field, text, from);
        break;
    case OPTION_LIST:
        *(const char **)array_push(field) = text;
        break;
    case OPTION_CUSTOM:
        if (!def->read(text, field))
            raise_invalid(def, text, from);
        break;
    }
}

static void set_int(const OptionDef *def, void *field, const char *text, const ValueSource *from)
{
    int64_t value;

    if (!num_try_parse_i64(text, &value))
        raise_invalid(def, text, from);
    if ((def->min != 0 || def->max != 0) && (value < def->min || value > def->max))
        raise_value(from, def,
                    err_fmt("%s must be in range %" PRId64 "..%" PRId64, option_display_name(def),
                            def->min, def->max));
    *(int64_t *)field = value;
}

static void set_size(const OptionDef *def, void *field, const char *text, const ValueSource *from)
{
    uint64_t value;

    if (!num_try_parse_size(text, def->unit == 0 ? 1 : def->unit, &value))
        raise_invalid(def, text, from);
    if ((def->min != 0 || def->max != 0) &&
        (value < (uint64_t)def->min || value > (uint64_t)def->max))
        raise_value(from, def,
                    err_fmt("%s must be in range %s..%s", option_display_name(def),
                            num_size_text((uint64_t)def->min), num_size_text((uint64_t)def->max)));
    *(uint64_t *)field = value;
}

static void set_enum(const OptionDef *def, void *field, const char *text, const ValueSource *from)
{
    for (const OptionChoice *choice = def->choices; choice->name != NULL; choice++)
        if (str_equal(choice->name, text)) {
            *(int *)field = choice->value;
            return;
        }
    if (def->what != NULL)
        raise_value(from, def,
                    err_fmt("invalid %s \"%s\", must be %s", def->what, text, choice_list(def)));
    raise_value(from, def,
                err_fmt("invalid value \"%s\" for option %s, must be %s", text,
                        option_display_name(def), choice_list(def)));
}

static void set_bool(const OptionDef *def, void *field, const char *text, const ValueSource *from)
{
    if (!num_try_parse_bool(text, field))
        raise_invalid(def, text, from);
}

static void raise_invalid(const OptionDef *def, const char *text, const ValueSource *from)
{
    if (def->what != NULL)
        raise_value(from, def, err_fmt("invalid %s \"%s\"", def->what, text));
    raise_value(from, def,
                err_fmt("invalid value \"%s\" for option %s", text, option_display_name(def)));
}

/* Raise message about a value, saying where the value stands. */
static void raise_value(const ValueSource *from, const OptionDef *def, const char *message)
{
    if (from->origin == OPTION_FROM_FILE)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("%s in file \"%s\" line %u", message, from->section->path,
                                     from->entry->line));
    if (from->origin == OPTION_FROM_ENV)
        err_raise(SQLSTATE_USAGE, .message = message,
                  .detail = err_fmt("The value comes from the environment variable %s.", def->env));
    err_raise(SQLSTATE_USAGE, .message = message);
}

static void check_secret(const OptionDef *def, const ConfigSection *section,
                         const ConfigEntry *entry)
{
    if (def->is_secret && !section->is_private)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("secret setting \"%s\" in file \"%s\" line %u, which others "
                                     "than its owner can read",
                                     entry->key, section->path, entry->line),
                  .hint = err_fmt("Run chmod 600 \"%s\".", section->path));
}

/* "a" or "b"; "a", "b", or "c"; without names of one letter when there are longer ones. */
static const char *choice_list(const OptionDef *def)
{
    StrBuf list;
    size_t len_min = 1, count = 0, done = 0;

    for (const OptionChoice *choice = def->choices; choice->name != NULL; choice++)
        if (strlen(choice->name) > 1)
            len_min = 2;
    for (const OptionChoice *choice = def->choices; choice->name != NULL; choice++)
        count += strlen(choice->name) >= len_min;

    strbuf_init(&list);
    for (const OptionChoice *choice = def->choices; choice->name != NULL; choice++) {
        if (strlen(choice->name) < len_min)
            continue;
        if (done > 0)
            strbuf_add(&list, count == 2 ? " " : ", ");
        if (done > 0 && done + 1 == count)
            strbuf_add(&list, "or ");
        strbuf_add_fmt(&list, "\"%s\"", choice->name);
        done++;
    }
    return list.text;
}

/* ---- Rules ---- */

static void check_rule(const Options *o, const OptionRule *rule)
{
    OptionRef first = match_long(o, rule->option, strlen(rule->option));
    OptionRef other = match_long(o, rule->other, strlen(rule->other));

    ASSERT(first.origin != NULL && other.origin != NULL);
    if (*first.origin != OPTION_FROM_COMMAND_LINE)
        return;
    switch (rule->kind) {
    case OPTION_EXCLUDES:
        if (*other.origin != OPTION_FROM_COMMAND_LINE)
            return;
        if (rule->message == NULL)
            option_raise_usage(o, "options %s and %s cannot be used together",
                               option_display_name(first.def), option_display_name(other.def));
        break;
    case OPTION_NEEDS:
        if (*other.origin > OPTION_FROM_TABLE)
            return;
        if (rule->message == NULL)
            option_raise_usage(o, "option %s requires option %s", option_display_name(first.def),
                               option_display_name(other.def));
        break;
    }
    option_raise_usage(o, "%s", rule->message);
}
