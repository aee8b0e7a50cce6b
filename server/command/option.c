/* option.c - values of options, and storage parameters; option.h has the how. */
#include "common/base/base.h"

#include "server/command/option.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"

/* ---- Values ---- */

const char *option_text(const Option *option)
{
    const Node *arg = option->arg;

    if (arg == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a parameter", option->name));
    switch (arg->tag) {
    case NODE_Integer:
        return mem_printf("%d", ((const Integer *)(const void *)arg)->value);
    case NODE_Float:
        return ((const Float *)(const void *)arg)->value;
    case NODE_Boolean:
        return ((const Boolean *)(const void *)arg)->value ? "true" : "false";
    case NODE_String:
        return ((const String *)(const void *)arg)->value;
    case NODE_TypeName:
        return analyzer_type_text((const TypeName *)(const void *)arg);
    case NODE_List:
        return namespace_text((const List *)(const void *)arg);
    case NODE_Star:
        return "*";
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized node type: %d", (int)arg->tag));
    }
}

bool option_bool(const Option *option)
{
    const char *text;

    if (option->arg == NULL)
        return true;
    text = option_text(option);
    if (strcasecmp(text, "true") == 0 || strcasecmp(text, "on") == 0 || strcmp(text, "1") == 0)
        return true;
    if (strcasecmp(text, "false") == 0 || strcasecmp(text, "off") == 0 || strcmp(text, "0") == 0)
        return false;
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("%s requires a Boolean value", option->name));
}

int32_t option_int(const Option *option)
{
    if (option->arg == NULL || !node_is(option->arg, Integer))
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires an integer value", option->name));
    return ((const Integer *)(const void *)option->arg)->value;
}

int64_t option_int64(const Option *option)
{
    char *end;
    const char *text;
    int64_t value;

    if (option->arg == NULL || (!node_is(option->arg, Integer) && !node_is(option->arg, Float)))
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a numeric value", option->name));
    text = option_text(option);
    value = strtoll(text, &end, 10);
    if (*end == '.' || *end == 'e' || *end == 'E')
        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message = err_fmt("invalid input syntax for type %s: \"%s\"", "bigint", text));
    if (*end != '\0' || ((value == INT64_MAX || value == INT64_MIN) && strlen(text) > 19 &&
                         strcmp(text, "-9223372036854775808") != 0))
        err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                  .message = err_fmt("value \"%s\" is out of range for type %s", text, "bigint"));
    return value;
}

/* ---- What storage parameters there are ---- */

typedef enum OptionKind { OPTION_BOOL, OPTION_INT, OPTION_REAL, OPTION_CHOICE } OptionKind;

typedef struct OptionRow {
    const char *name;
    OptionKind kind;
    unsigned kinds; /* RELOPTIONS_ bits */
    double min, max;
    const char *values, *detail;
} OptionRow;

static const OptionRow params[] = {
#define BOOL(name, kinds)                   {#name, OPTION_BOOL, (kinds), 0, 0, NULL, NULL},
#define INT(name, kinds, min, max)          {#name, OPTION_INT, (kinds), (min), (max), NULL, NULL},
#define REAL(name, kinds, min, max)         {#name, OPTION_REAL, (kinds), (min), (max), NULL, NULL},
#define CHOICE(name, kinds, values, detail) {#name, OPTION_CHOICE, (kinds), 0, 0, values, detail},
#include "server/command/reloption.def"
#undef BOOL
#undef INT
#undef REAL
#undef CHOICE
};

typedef struct Setting {
    char *name, *value;
} Setting;

static bool is_bool(const char *text)
{
    static const char *const words[] = {"true", "false", "yes", "no"};
    size_t len = strlen(text);

    for (unsigned i = 0; i < ARRAY_LEN(words) && len > 0; i++) {
        if (strncasecmp(text, words[i], len) == 0)
            return true;
    }
    return strcasecmp(text, "on") == 0 || (len > 1 && strncasecmp(text, "off", len) == 0) ||
           strcmp(text, "1") == 0 || strcmp(text, "0") == 0;
}

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = words; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == len && strncasecmp(at, word, len) == 0)
            return true;
    }
    return false;
}

_Noreturn static void raise_invalid(const char *kind, const Setting *s)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message =
                  err_fmt("invalid value for %s option \"%s\": %s", kind, s->name, s->value));
}

/* Digits that are more than a number can hold; Infinity is out of bounds only. */
static bool is_too_long(const char *text, double value)
{
    return isinf(value) && strpbrk(text, "0123456789") != NULL;
}

static void check_number(const OptionRow *param, const Setting *s)
{
    bool is_int = param->kind == OPTION_INT;
    char *end;
    double value = strtod(s->value, &end);

    while (*end == ' ')
        end++;
    if (end == s->value || *end != '\0' || isnan(value) || is_too_long(s->value, value))
        raise_invalid(is_int ? "integer" : "floating point", s);
    if (is_int)
        value = rint(value);
    if (is_int && (value > INT32_MAX || value < INT32_MIN))
        raise_invalid("integer", s);
    if (value >= param->min && value <= param->max)
        return;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("value %s out of bounds for option \"%s\"", s->value, s->name),
              .detail = is_int ? err_fmt("Valid values are between \"%d\" and \"%d\".",
                                         (int)param->min, (int)param->max)
                               : err_fmt("Valid values are between \"%f\" and \"%f\".", param->min,
                                         param->max));
}

static void check(const Setting *s, unsigned kind)
{
    const OptionRow *param = NULL;

    for (unsigned i = 0; i < ARRAY_LEN(params) && param == NULL; i++) {
        if (strcmp(params[i].name, s->name) == 0 && (params[i].kinds & kind) != 0)
            param = &params[i];
    }
    if (param == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unrecognized parameter \"%s\"", s->name));
    switch (param->kind) {
    case OPTION_BOOL:
        if (!is_bool(s->value))
            raise_invalid("boolean", s);
        break;
    case OPTION_INT:
    case OPTION_REAL:
        check_number(param, s);
        break;
    case OPTION_CHOICE:
        if (!has_word(param->values, s->value))
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message =
                          err_fmt("invalid value for enum option \"%s\": %s", s->name, s->value),
                      .detail = param->detail);
        break;
    }
}

/* Those before the first were there, and have been looked at when they came. */
static void check_new(const Array *settings, size_t first, unsigned kind)
{
    for (size_t i = first; i < settings->count; i++) {
        const Setting *s = array_at(settings, i);

        for (size_t k = 0; k < i; k++) {
            if (strcmp(((const Setting *)array_at(settings, k))->name, s->name) == 0)
                err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                          .message = err_fmt("parameter \"%s\" specified more than once", s->name));
        }
        check(s, kind);
    }
}

/* ---- The array ---- */

static const ArrayElement text_element = {.type = TYPE_TEXT, .len = -1, .align = 'i'};

static bool is_of_space(const Option *option, const char *space)
{
    return space == NULL ? option->space == NULL
                         : option->space != NULL && strcmp(option->space, space) == 0;
}

static bool names(const List *options, const char *space, const char *name)
{
    list_foreach(const Option *, option, options) {
        if (is_of_space(option, space) && strcmp(option->name, name) == 0)
            return true;
    }
    return false;
}

static void read_settings(const uint8_t *options, Array *out)
{
    ArrayView view;
    Datum *values;
    bool *nulls;

    if (options == NULL)
        return;
    array_open(varlena_plain(options), &view);
    array_take_apart(&view, &text_element, &values, &nulls);
    for (size_t i = 0; i < view.count; i++) {
        const uint8_t *v = varlena_packed(datum_varlena(values[i]));
        char *name = mem_strndup((const char *)varlena_bytes(v), varlena_len(v));
        char *equals = strchr(name, '=');

        if (equals != NULL)
            *equals = '\0';
        *(Setting *)array_push(out) =
            (Setting){name, equals != NULL ? equals + 1 : name + strlen(name)};
    }
}

bool reloptions_have(const uint8_t *options, const char *name)
{
    Array settings;

    array_init(&settings, sizeof(Setting));
    read_settings(options, &settings);
    array_foreach(const Setting, s, &settings) {
        if (strcmp(s->name, name) == 0)
            return true;
    }
    return false;
}

bool reloptions_need_exclusive(const List *options)
{
    list_foreach(const Option *, option, options) {
        for (unsigned i = 0; i < ARRAY_LEN(params); i++) {
            if ((params[i].kinds & RELOPTIONS_EXCLUSIVE) != 0 &&
                strcmp(params[i].name, option->name) == 0)
                return true;
        }
    }
    return false;
}

const List *options_without(const List *options, const char *name)
{
    List *kept = NULL;

    list_foreach(Option *, option, options) {
        if (strcmp(option->name, name) != 0)
            kept = list_add(kept, option);
    }
    return kept;
}

/* What was set before, unless it is named again. */
static void keep_old(const uint8_t *old, const List *options, const char *space, Array *out)
{
    Array settings;

    array_init(&settings, sizeof(Setting));
    read_settings(old, &settings);
    array_foreach(const Setting, s, &settings) {
        if (!names(options, space, s->name))
            *(Setting *)array_push(out) = *s;
    }
}

static void add_new(const List *options, const char *space, bool has_toast, bool is_reset,
                    Array *out)
{
    list_foreach(const Option *, option, options) {
        Setting *s;

        if (is_reset && option->arg != NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = "RESET must not include values for parameters");
        if (option->space != NULL && !(has_toast && strcmp(option->space, "toast") == 0))
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("unrecognized parameter namespace \"%s\"", option->space));
        if (is_reset || !is_of_space(option, space))
            continue;
        /* What was once there may be written still, as long as it is off. */
        if (has_toast && space == NULL && strcmp(option->name, "oids") == 0) {
            if (option_bool(option))
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = "tables declared WITH OIDS are not supported");
            continue;
        }
        s = array_push(out);
        *s = (Setting){mem_strdup(option->name),
                       mem_strdup(option->arg != NULL ? option_text(option) : "true")};
    }
}

const uint8_t *reloptions_make(const uint8_t *old, const List *options, const char *space,
                               unsigned kind, bool has_toast, bool is_reset)
{
    Array settings;
    Datum *values;
    size_t old_count;

    array_init(&settings, sizeof(Setting));
    keep_old(old, options, space, &settings);
    old_count = settings.count;
    add_new(options, space, has_toast, is_reset, &settings);
    check_new(&settings, old_count, kind);
    if (settings.count == 0)
        return NULL;
    values = mem_new_array(Datum, settings.count);
    for (size_t i = 0; i < settings.count; i++) {
        const Setting *s = array_at(&settings, i);
        char *text = mem_printf("%s=%s", s->name, s->value);

        values[i] = datum_of_pointer(varlena_new(text, strlen(text)));
    }
    return array_make_list(&text_element, values, NULL, settings.count);
}
