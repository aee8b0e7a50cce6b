/* spec.c - compression specifications from text; spec.h has the grammar. */
#include "common/base/base.h"

#include "common/compress/spec.h"

#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/str.h"

typedef struct MethodRow {
    const char *name;
    const char *suffix;
    int level_min, level_max; /* both 0: there are no levels */
    int level_default;        /* always allowed */
    bool has_workers, has_long;
} MethodRow;

static const MethodRow methods[] = {
    [COMPRESS_NONE] = {"none", "", 0, 0, 0, false, false},
    [COMPRESS_GZIP] = {"gzip", ".gz", 1, 9, -1, false, false},
    [COMPRESS_LZ4] = {"lz4", ".lz4", 1, 12, 0, false, false},
    [COMPRESS_ZSTD] = {"zstd", ".zst", -131072, 22, 3, true, true},
};

STATIC_ASSERT(ARRAY_LEN(methods) == COMPRESS_METHOD_COUNT);

/* What a detail said, before it is held against the method. */
typedef struct Detail {
    bool has_level, has_workers, has_long;
    int64_t level, workers;
    bool is_long;
} Detail;

static CompressMethod parse_method(const char *name);
static void parse_detail(const char *text, Detail *detail);
static void parse_option(const char *item, Detail *detail);
static int64_t parse_option_integer(const char *key, const char *value);
static bool parse_option_bool(const char *key, const char *value);
static bool try_parse_integer(const char *text, int64_t *out);
static CompressSpec spec_of_detail(CompressMethod method, const Detail *detail);
_Noreturn static void raise_spec(const char *what);

CompressSpec compress_spec(CompressMethod method)
{
    return (CompressSpec){.method = method, .level = methods[method].level_default};
}

CompressSpec compress_spec_parse(const char *text)
{
    const char *colon = strchr(text, ':');

    if (colon == NULL)
        return compress_spec_make(text, NULL);
    return compress_spec_make(mem_strndup(text, (size_t)(colon - text)), colon + 1);
}

CompressSpec compress_spec_parse_option(const char *text)
{
    int64_t level;
    Detail detail = {.has_level = true};

    if (!try_parse_integer(text, &level))
        return compress_spec_parse(text);
    if (level == 0)
        return compress_spec(COMPRESS_NONE);
    detail.level = level;
    return spec_of_detail(COMPRESS_GZIP, &detail);
}

CompressSpec compress_spec_make(const char *method_name, const char *detail_text)
{
    CompressMethod method = parse_method(method_name);
    Detail detail = {0};

    if (detail_text != NULL)
        parse_detail(detail_text, &detail);
    return spec_of_detail(method, &detail);
}

const char *compress_method_name(CompressMethod method)
{
    return methods[method].name;
}

const char *compress_method_suffix(CompressMethod method)
{
    return methods[method].suffix;
}

CompressMethod compress_method_of_name(const char *name)
{
    for (int m = COMPRESS_NONE + 1; m < COMPRESS_METHOD_COUNT; m++)
        if (str_ends_with(name, methods[m].suffix))
            return (CompressMethod)m;
    return COMPRESS_NONE;
}

static CompressMethod parse_method(const char *name)
{
    for (int m = 0; m < COMPRESS_METHOD_COUNT; m++)
        if (str_equal(name, methods[m].name))
            return (CompressMethod)m;
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("unrecognized compression algorithm: \"%s\"", name));
}

static void parse_detail(const char *text, Detail *detail)
{
    if (try_parse_integer(text, &detail->level)) {
        detail->has_level = true;
        return;
    }
    for (const char *rest = text; rest != NULL;)
        parse_option(str_split(&rest, ','), detail);
}

/* One "key" or "key=value" of the list. */
static void parse_option(const char *item, Detail *detail)
{
    const char *value = item;
    const char *key = str_split(&value, '=');

    if (*key == '\0')
        raise_spec("found empty string where a compression option was expected");
    if (str_equal(key, "level")) {
        detail->level = parse_option_integer(key, value);
        detail->has_level = true;
    } else if (str_equal(key, "workers")) {
        detail->workers = parse_option_integer(key, value);
        detail->has_workers = true;
    } else if (str_equal(key, "long")) {
        detail->is_long = parse_option_bool(key, value);
        detail->has_long = true;
    } else {
        raise_spec(err_fmt("unrecognized compression option: \"%s\"", key));
    }
}

/* value is NULL when there was no '='. */
static int64_t parse_option_integer(const char *key, const char *value)
{
    int64_t number;

    if (value == NULL)
        raise_spec(err_fmt("compression option \"%s\" requires a value", key));
    if (!try_parse_integer(value, &number))
        raise_spec(err_fmt("value for compression option \"%s\" must be an integer", key));
    return number;
}

static bool parse_option_bool(const char *key, const char *value)
{
    static const char *const words[] = {"no", "yes", "off", "on", "0", "1"};

    if (value == NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcasecmp(value, words[i]) == 0)
            return i % 2 == 1;
    raise_spec(err_fmt("value for compression option \"%s\" must be a Boolean value", key));
}

/* As strtol() reads: blanks and a sign may stand before the digits. What is too large is cut. */
static bool try_parse_integer(const char *text, int64_t *out)
{
    const char *digits;

    text += strspn(text, " \t\n\v\f\r");
    digits = text + (*text == '-' || *text == '+');
    if (!str_is_digits(digits))
        return false;
    if (!num_try_parse_i64(text, out))
        *out = *text == '-' ? INT64_MIN : INT64_MAX;
    return true;
}

/* Hold the detail against what the method can do. */
static CompressSpec spec_of_detail(CompressMethod method, const Detail *detail)
{
    const MethodRow *row = &methods[method];
    CompressSpec spec = compress_spec(method);

    if (detail->has_level && detail->level != row->level_default) {
        if (row->level_min == row->level_max)
            raise_spec(err_fmt("compression algorithm \"%s\" does not accept a compression level",
                               row->name));
        if (detail->level < row->level_min || detail->level > row->level_max)
            raise_spec(err_fmt("compression algorithm \"%s\" expects a compression level between "
                               "%d and %d (default at %d)",
                               row->name, row->level_min, row->level_max, row->level_default));
        spec.level = (int)detail->level;
    }
    if (detail->has_workers) {
        if (!row->has_workers)
            raise_spec(
                err_fmt("compression algorithm \"%s\" does not accept a worker count", row->name));
        spec.workers = detail->workers < 0            ? 0
                       : detail->workers > UINT16_MAX ? UINT16_MAX
                                                      : (unsigned)detail->workers;
    }
    if (detail->has_long) {
        if (!row->has_long)
            raise_spec(err_fmt("compression algorithm \"%s\" does not support long-distance mode",
                               row->name));
        spec.is_long = detail->is_long;
    }
    return spec;
}

_Noreturn static void raise_spec(const char *what)
{
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("invalid compression specification: %s", what));
}
