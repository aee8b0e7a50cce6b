/* option.c - the options of COPY, and whether they go together */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "common/text/strbuf.h"
#include "server/copy/copy_int.h"
#include "server/types/database_text.h"

/* While the list is read: what was given, and where errors are. */
typedef struct Reading {
    CopyOptions *out;
    CopyDirection direction;
    const char *text;
    const char *delimiter, *null_text, *quote, *escape; /* NULL: not given */
} Reading;

typedef void (*ReadOption)(Reading *r, const Option *option);

static int position_of(const Reading *r, const Option *option);
static const char *string_of(const Option *option);
static bool bool_of(const Option *option);
static bool try_bool(const Option *option, bool *out);
static const List *names_of(const Reading *r, const Option *option);
static void read_one(Reading *r, const List *options, int number);
static void check_csv_only(const Reading *r);
static void check_forces(const Reading *r);

/* ---- Each option ---- */

static void read_format(Reading *r, const Option *option)
{
    const char *name = string_of(option);

    if (strcmp(name, "text") == 0)
        r->out->form = COPY_AS_TEXT;
    else if (strcmp(name, "csv") == 0)
        r->out->form = COPY_AS_CSV;
    else if (strcmp(name, "binary") == 0)
        r->out->form = COPY_AS_BINARY;
    else
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .position = position_of(r, option),
                  .message = err_fmt("COPY format \"%s\" not recognized", name));
}

static void read_freeze(Reading *r, const Option *option)
{
    r->out->is_freeze = bool_of(option);
}

static void read_delimiter(Reading *r, const Option *option)
{
    r->delimiter = string_of(option);
}

static void read_null(Reading *r, const Option *option)
{
    r->null_text = string_of(option);
}

static void read_quote(Reading *r, const Option *option)
{
    r->quote = string_of(option);
}

static void read_escape(Reading *r, const Option *option)
{
    r->escape = string_of(option);
}

static void read_header(Reading *r, const Option *option)
{
    bool has_line;

    if (try_bool(option, &has_line)) {
        r->out->header = has_line ? COPY_HEADER_LINE : COPY_HEADER_NONE;
        return;
    }
    if (strcasecmp(string_of(option), "match") != 0)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a Boolean value or \"match\"", option->name));
    if (r->direction == COPY_OUT)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("cannot use \"%s\" with HEADER in COPY TO", string_of(option)));
    r->out->header = COPY_HEADER_MATCH;
}

static void read_force_quote(Reading *r, const Option *option)
{
    if (option->arg != NULL && option->arg->tag == NODE_Star)
        r->out->forces_all_quotes = true;
    else
        r->out->force_quote = names_of(r, option);
}

static void read_force_not_null(Reading *r, const Option *option)
{
    r->out->force_not_null = names_of(r, option);
}

static void read_force_null(Reading *r, const Option *option)
{
    r->out->force_null = names_of(r, option);
}

static void read_encoding(Reading *r, const Option *option)
{
    Encoding encoding;

    if (!encoding_try_find(string_of(option), &encoding))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .position = position_of(r, option),
                  .message = err_fmt("argument to option \"%s\" must be a valid encoding name",
                                     option->name));
    r->out->encoding = (int)encoding;
}

static const struct {
    const char *name;
    ReadOption read;
} options_known[] = {
    {"delimiter", read_delimiter},   {"encoding", read_encoding},
    {"escape", read_escape},         {"force_not_null", read_force_not_null},
    {"force_null", read_force_null}, {"force_quote", read_force_quote},
    {"format", read_format},         {"freeze", read_freeze},
    {"header", read_header},         {"null", read_null},
    {"quote", read_quote},
};

/* ---- All of them ---- */

void copy_options_read(const List *options, CopyDirection direction, const char *text,
                       CopyOptions *out)
{
    Reading r = {.out = out, .direction = direction, .text = text};
    bool is_csv;

    *out = (CopyOptions){.encoding = COPY_ENCODING_CLIENT};
    for (int i = 0; i < list_count(options); i++)
        read_one(&r, options, i);
    is_csv = out->form == COPY_AS_CSV;
    if (out->form == COPY_AS_BINARY && r.delimiter != NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "cannot specify DELIMITER in BINARY mode");
    if (out->form == COPY_AS_BINARY && r.null_text != NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "cannot specify NULL in BINARY mode");
    if (r.delimiter == NULL)
        r.delimiter = is_csv ? "," : "\t";
    out->null_text = r.null_text != NULL ? r.null_text : is_csv ? "" : "\\N";
    out->null_len = strlen(out->null_text);
    if (strlen(r.delimiter) != 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY delimiter must be a single one-byte character");
    out->delimiter = *r.delimiter;
    if (out->delimiter == '\r' || out->delimiter == '\n')
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "COPY delimiter cannot be newline or carriage return");
    if (strpbrk(out->null_text, "\r\n") != NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "COPY null representation cannot use newline or carriage return");
    /* Letters and digits might be part of a sequence behind a backslash, a dot of the end. */
    if (!is_csv && strchr("\\.abcdefghijklmnopqrstuvwxyz0123456789", out->delimiter) != NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("COPY delimiter cannot be \"%s\"", r.delimiter));
    if (out->form == COPY_AS_BINARY && out->header != COPY_HEADER_NONE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot specify HEADER in BINARY mode");
    check_csv_only(&r);
    check_forces(&r);
    if (strchr(out->null_text, out->delimiter) != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY delimiter must not appear in the NULL specification");
    if (is_csv && strchr(out->null_text, out->quote) != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "CSV quote character must not appear in the NULL specification");
}

static void read_one(Reading *r, const List *options, int number)
{
    const Option *option = list_at(options, number);
    ReadOption read = NULL;

    for (size_t i = 0; i < ARRAY_LEN(options_known); i++)
        if (strcmp(options_known[i].name, option->name) == 0)
            read = options_known[i].read;
    if (read == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .position = position_of(r, option),
                  .message = err_fmt("option \"%s\" not recognized", option->name));
    for (int i = 0; i < number; i++)
        if (strcmp(((const Option *)list_at(options, i))->name, option->name) == 0)
            err_raise(SQLSTATE_SYNTAX_ERROR, .position = position_of(r, option),
                      .message = "conflicting or redundant options");
    read(r, option);
}

static void check_csv_only(const Reading *r)
{
    CopyOptions *out = r->out;
    bool is_csv = out->form == COPY_AS_CSV;

    if (!is_csv && r->quote != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY quote available only in CSV mode");
    if (is_csv && r->quote != NULL && strlen(r->quote) != 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY quote must be a single one-byte character");
    out->quote = r->quote != NULL ? *r->quote : '"';
    if (is_csv && out->delimiter == out->quote)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "COPY delimiter and quote must be different");
    if (!is_csv && r->escape != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY escape available only in CSV mode");
    if (is_csv && r->escape != NULL && strlen(r->escape) != 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COPY escape must be a single one-byte character");
    out->escape = r->escape != NULL ? *r->escape : out->quote;
}

static void check_force(const Reading *r, bool is_given, CopyDirection direction, const char *what)
{
    if (is_given && r->out->form != COPY_AS_CSV)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("COPY %s available only in CSV mode", what));
    if (is_given && r->direction != direction)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("COPY %s only available using COPY %s", what,
                                     direction == COPY_IN ? "FROM" : "TO"));
}

static void check_forces(const Reading *r)
{
    check_force(r, r->out->force_quote != NULL || r->out->forces_all_quotes, COPY_OUT,
                "force quote");
    check_force(r, r->out->force_not_null != NULL, COPY_IN, "force not null");
    check_force(r, r->out->force_null != NULL, COPY_IN, "force null");
}

/* ---- Values of options ---- */

/* In characters from 1; 0: not known. */
static int position_of(const Reading *r, const Option *option)
{
    if (r->text == NULL || option->loc < 0)
        return 0;
    return (int)encoding_count(text_encoding(), r->text, (size_t)option->loc) + 1;
}

/* A list of words becomes a name with dots. */
static const char *string_of(const Option *option)
{
    StrBuf names;

    if (option->arg == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a parameter", option->name));
    switch (option->arg->tag) {
    case NODE_Integer:
        return mem_printf("%d", ((const Integer *)option->arg)->value);
    case NODE_Float:
        return ((const Float *)option->arg)->value;
    case NODE_Boolean:
        return ((const Boolean *)option->arg)->value ? "true" : "false";
    case NODE_String:
        return ((const String *)option->arg)->value;
    case NODE_Star:
        return "*";
    case NODE_List:
        strbuf_init(&names);
        list_foreach(const String *, name, (const List *)option->arg)
            strbuf_add_fmt(&names, "%s%s", names.len > 0 ? "." : "", name->value);
        return names.text;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized node type: %d", (int)option->arg->tag));
    }
}

/* Nothing at all stands for true. */
static bool try_bool(const Option *option, bool *out)
{
    const char *word;
    int number;

    *out = true;
    if (option->arg == NULL)
        return true;
    if (option->arg->tag == NODE_Integer) {
        number = ((const Integer *)option->arg)->value;
        *out = number == 1;
        return number == 0 || number == 1;
    }
    word = string_of(option);
    if (strcasecmp(word, "true") == 0 || strcasecmp(word, "on") == 0)
        return true;
    *out = false;
    return strcasecmp(word, "false") == 0 || strcasecmp(word, "off") == 0;
}

static bool bool_of(const Option *option)
{
    bool value;

    if (!try_bool(option, &value))
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("%s requires a Boolean value", option->name));
    return value;
}

static const List *names_of(const Reading *r, const Option *option)
{
    if (option->arg == NULL || option->arg->tag != NODE_List)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .position = position_of(r, option),
                  .message = err_fmt("argument to option \"%s\" must be a list of column names",
                                     option->name));
    return (const List *)option->arg;
}
