/* database_option.c - options of databases; database_option.h tells more. */
#include "common/base/base.h"

#include "server/command/database_option.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "server/analyzer/position.h"
#include "server/command/option.h"

static const struct {
    const char *name;
    size_t place;
} known[] = {
    {"allow_connections", offsetof(DatabaseOptions, allow_connections)},
    {"collation_version", offsetof(DatabaseOptions, collation_version)},
    {"connection_limit", offsetof(DatabaseOptions, limit)},
    {"encoding", offsetof(DatabaseOptions, encoding)},
    {"icu_locale", offsetof(DatabaseOptions, icu_locale)},
    {"is_template", offsetof(DatabaseOptions, is_template)},
    {"lc_collate", offsetof(DatabaseOptions, collate)},
    {"lc_ctype", offsetof(DatabaseOptions, ctype)},
    {"locale", offsetof(DatabaseOptions, locale)},
    {"locale_provider", offsetof(DatabaseOptions, provider)},
    {"oid", offsetof(DatabaseOptions, oid)},
    {"owner", offsetof(DatabaseOptions, owner)},
    {"strategy", offsetof(DatabaseOptions, strategy)},
    {"tablespace", offsetof(DatabaseOptions, tablespace)},
    {"template", offsetof(DatabaseOptions, template)},
};

static void take(DatabaseOptions *out, const Option *option, const char *text)
{
    for (unsigned i = 0; i < ARRAY_LEN(known); i++) {
        const Option **place = (const Option **)(void *)((char *)out + known[i].place);

        if (strcmp(known[i].name, option->name) != 0)
            continue;
        if (*place != NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting or redundant options",
                      .position = text_position(text, option->loc));
        *place = option;
        return;
    }
    if (strcmp(option->name, "location") == 0) {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED,
                .message = "LOCATION is not supported anymore",
                .hint = "Consider using tablespaces instead.");
        return;
    }
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("option \"%s\" not recognized", option->name),
              .position = text_position(text, option->loc));
}

void database_options_read(DatabaseOptions *out, const List *options, const char *text)
{
    *out = (DatabaseOptions){0};
    list_foreach(const Option *, option, options)
        take(out, option, text);
}

int32_t database_option_limit(const Option *option)
{
    int32_t limit = option_int(option);

    if (limit < -1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid connection limit: %d", limit));
    return limit;
}

Encoding database_option_encoding(const Option *option, const char *text)
{
    Encoding found;

    if (node_is(option->arg, Integer)) {
        int64_t code = ((const Integer *)(const void *)option->arg)->value;

        if (code < 0 || code >= ENCODING_COUNT || !encoding_is_for_server((Encoding)code))
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("%d is not a valid encoding code", (int)code),
                      .position = text_position(text, option->loc));
        return (Encoding)code;
    }
    if (!encoding_try_find(option_text(option), &found) || !encoding_is_for_server(found))
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("%s is not a valid encoding name", option_text(option)),
                  .position = text_position(text, option->loc));
    return found;
}

char database_option_provider(const Option *option)
{
    const char *name = option_text(option);

    if (strcasecmp(name, "icu") == 0)
        return 'i';
    if (strcasecmp(name, "libc") == 0)
        return 'c';
    err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
              .message = err_fmt("unrecognized locale provider: %s", name));
}

const char *database_option_locale(const Option *own, const Option *all, const char *template)
{
    if (own != NULL && own->arg != NULL)
        return option_text(own);
    return all != NULL && all->arg != NULL ? option_text(all) : template;
}
