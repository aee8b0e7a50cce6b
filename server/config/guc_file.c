/*
 * guc_file.c - read configuration files: lines of settings, and what they include
 *
 * A line is empty, or NAME [=] VALUE, with a comment from # on. A name is an identifier, or two
 * with a dot between them. A value is in single quotes ('' stands for one, backslash escapes as in
 * C), or a number with letters behind it (a unit), or a word of letters, digits and - . _ : / that
 * begins with a letter. `include`, `include_if_exists` and `include_dir` take a path, relative to
 * the file that they stand in. After a mistake the rest of its line is skipped.
 *
 * Of a line that ends too early PostgreSQL says one less than its number when it is the last of the
 * file and has no line end; here it is the number of the line.
 *
 * Source: PostgreSQL 15 manual, "Setting Parameters"; messages as observed.
 */
#include "common/base/base.h"

#include "server/config/guc_file.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define DEPTH_MAX   10
#define MISTAKE_MAX 100U /* in one file */
#define FILE_MAX    MIB(64)

typedef enum TokenKind {
    TOKEN_END,       /* of the file */
    TOKEN_LINE,      /* end of a line */
    TOKEN_NAME,      /* letters and digits */
    TOKEN_QUALIFIED, /* two names, a dot between them */
    TOKEN_WORD,      /* with - . : / as well */
    TOKEN_NUMBER,    /* a unit may follow */
    TOKEN_STRING,
    TOKEN_EQUALS,
    TOKEN_OTHER, /* a character that begins nothing */
} TokenKind;

typedef struct Token {
    TokenKind kind;
    const char *text;
    size_t len;
} Token;

typedef struct Reader {
    const char *file;
    int depth;
    ErrLevel level;
    Array *items;
    const char *pos, *end;
    int line;
    unsigned mistakes;
    bool is_good;
} Reader;

static bool read_file(const char *path, const Reader *from, bool must_exist, ErrLevel level,
                      Array *items);
static bool parse(Reader *r);
static void parse_line(Reader *r, Token name);
static bool include(Reader *r, const char *path, bool must_exist);
static void include_dir(Reader *r, const char *path);
static void skip_line(Reader *r);
static Token next_token(Reader *r);
static size_t word_len(const Reader *r, TokenKind *kind);
static size_t number_len(const Reader *r);
static size_t string_len(const Reader *r);
static char *token_value(const Token *t);
static char *unquote(const char *text, size_t len);
static void mistake(Reader *r, const char *text);
static void add_error(Reader *r, const char *file, int line, const char *text);
static char *path_beside(const char *file, const char *path);

bool guc_file_read(const char *path, ErrLevel level, Array *items)
{
    return read_file(path, NULL, true, level, items);
}

bool guc_file_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *items)
{
    Reader r = {.file = path, .level = level, .items = items, .pos = text, .end = text + len,
                .line = 1, .is_good = true};

    return parse(&r);
}

/* from is the file that includes it; NULL: none does. */
static bool read_file(const char *path, const Reader *from, bool must_exist, ErrLevel level,
                      Array *items)
{
    Reader r = {.file = mem_strdup(path),
                .depth = from != NULL ? from->depth + 1 : 0,
                .level = level,
                .items = items,
                .line = 1,
                .is_good = true};
    size_t len;
    char *volatile text = NULL;
    const char *volatile reason = NULL;

    ERR_TRY() {
        text = os_file_try_read_all(path, FILE_MAX, &len);
    }
    ERR_CATCH() {
        const char *colon = strstr(err_caught()->message, "\": ");
        reason = mem_strdup(colon != NULL ? colon + 3 : err_caught()->message);
    }
    ERR_END();

    if (text == NULL && reason == NULL) {
        if (!must_exist) {
            err_log(level, .message = err_fmt("skipping missing configuration file \"%s\"", path));
            return true;
        }
        reason = "No such file or directory";
    }
    if (reason != NULL) {
        err_log(level, .sqlstate = SQLSTATE_UNDEFINED_FILE,
                .message =
                    err_fmt("could not open configuration file \"%s\": %s", path, reason));
        add_error(&r, from != NULL ? from->file : NULL, from != NULL ? from->line : 0,
                  mem_printf("could not open file \"%s\"", path));
        return false;
    }
    r.pos = text;
    r.end = text + len;
    return parse(&r);
}

static bool parse(Reader *r)
{
    for (;;) {
        Token t = next_token(r);

        if (t.kind == TOKEN_END)
            return r->is_good;
        if (t.kind != TOKEN_LINE) {
            parse_line(r, t);
            /* Where nobody is told, one will do. */
            if (r->mistakes >= (r->level <= ERR_DEBUG ? 1 : MISTAKE_MAX)) {
                err_log(r->level, .sqlstate = SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                        .message = err_fmt("too many syntax errors found, abandoning file \"%s\"",
                                           r->file));
                return false;
            }
        }
        r->line++;
    }
}

/* One line, its end included. */
static void parse_line(Reader *r, Token name)
{
    Token value, end;
    const Token *bad = NULL;
    char *name_text;

    if (name.kind != TOKEN_NAME && name.kind != TOKEN_QUALIFIED)
        bad = &name;
    if (bad == NULL) {
        value = next_token(r);
        if (value.kind == TOKEN_EQUALS)
            value = next_token(r);
        if (value.kind != TOKEN_NAME && value.kind != TOKEN_WORD && value.kind != TOKEN_NUMBER &&
            value.kind != TOKEN_STRING)
            bad = &value;
    }
    if (bad == NULL) {
        end = next_token(r);
        if (end.kind != TOKEN_LINE && end.kind != TOKEN_END)
            bad = &end;
    }
    if (bad != NULL) {
        err_log(r->level, .sqlstate = SQLSTATE_SYNTAX_ERROR,
                .message = bad->kind == TOKEN_LINE || bad->kind == TOKEN_END
                               ? err_fmt("syntax error in file \"%s\" line %d, near end of line",
                                         r->file, r->line)
                               : err_fmt("syntax error in file \"%s\" line %d, near token \"%.*s\"",
                                         r->file, r->line, (int)bad->len, bad->text));
        mistake(r, "syntax error");
        if (bad->kind != TOKEN_LINE)
            skip_line(r);
        return;
    }

    name_text = mem_strndup(name.text, name.len);
    if (strcasecmp(name_text, "include_dir") == 0) {
        include_dir(r, token_value(&value));
    } else if (strcasecmp(name_text, "include") == 0) {
        include(r, token_value(&value), true);
    } else if (strcasecmp(name_text, "include_if_exists") == 0) {
        include(r, token_value(&value), false);
    } else {
        GucItem *item = array_push(r->items);
        item->name = name_text;
        item->value = token_value(&value);
        item->file = mem_strdup(r->file);
        item->line = r->line;
    }
}

/* ---- Included files ---- */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\n\r\f\v")] == '\0';
}

static bool include(Reader *r, const char *path, bool must_exist)
{
    char *full;

    if (is_blank(path)) {
        err_log(r->level, .sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE,
                .message = err_fmt("empty configuration file name: \"%s\"", path));
        add_error(r, r->file, r->line, "empty configuration file name");
        return false;
    }
    full = path_beside(r->file, path);
    if (r->depth + 1 > DEPTH_MAX) {
        err_log(r->level, .sqlstate = SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                .message = err_fmt("could not open configuration file \"%s\": "
                                   "maximum nesting depth exceeded",
                                   path));
        add_error(r, r->file, r->line, "nesting depth exceeded");
        return false;
    }
    if (str_equal(full, r->file)) {
        err_log(r->level, .sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE,
                .message = err_fmt("configuration file recursion in \"%s\"", r->file));
        add_error(r, r->file, r->line, "configuration file recursion");
        return false;
    }
    if (read_file(full, r, must_exist, r->level, r->items))
        return true;
    r->is_good = false;
    return false;
}

/* Files whose names end in .conf and begin with no dot, by their bytes, up to one that is wrong. */
static void include_dir(Reader *r, const char *path)
{
    char *dir;
    const char *volatile reason = NULL;
    Array names;

    if (is_blank(path)) {
        err_log(r->level, .sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE,
                .message = err_fmt("empty configuration directory name: \"%s\"", path));
        add_error(r, r->file, r->line, "empty configuration directory name");
        return;
    }
    dir = path_beside(r->file, path);
    ERR_TRY() {
        os_dir_list(dir, &names);
    }
    ERR_CATCH() {
        const char *colon = strstr(err_caught()->message, "\": ");
        reason = mem_strdup(colon != NULL ? colon + 3 : err_caught()->message);
    }
    ERR_END();
    if (reason != NULL) {
        err_log(r->level, .sqlstate = SQLSTATE_UNDEFINED_FILE,
                .message =
                    err_fmt("could not open configuration directory \"%s\": %s", dir, reason));
        add_error(r, r->file, r->line, mem_printf("could not open directory \"%s\"", dir));
        return;
    }
    array_foreach(char *, name, &names) {
        char *file = path_join(dir, *name);
        OsStat st;

        if (**name != '.' && str_ends_with(*name, ".conf") && strlen(*name) > strlen(".conf") &&
            os_try_stat(file, &st) && st.kind != OS_KIND_DIR && !include(r, file, true))
            return;
    }
}

static char *path_beside(const char *file, const char *path)
{
    return path_is_absolute(path) ? mem_strdup(path) : path_join(path_dir(file), path);
}

static void mistake(Reader *r, const char *text)
{
    r->mistakes++;
    add_error(r, r->file, r->line, text);
}

static void add_error(Reader *r, const char *file, int line, const char *text)
{
    GucItem *item = array_push(r->items);

    *item = (GucItem){.file = file != NULL ? mem_strdup(file) : NULL,
                      .line = line,
                      .error = mem_strdup(text),
                      .is_ignored = true};
    r->is_good = false;
}

void guc_items_mark_repeated(Array *items)
{
    Hash last;

    /* From the end, so that the first one seen is the one that counts. */
    hash_init(&last, HASH_KEY_STRING, sizeof(const char *));
    for (size_t i = items->count; i-- > 0;) {
        GucItem *item = array_at(items, i);
        bool is_new;

        if (item->is_ignored)
            continue;
        hash_enter(&last, item->name, &is_new);
        item->is_ignored = !is_new;
    }
}

/* ---- Tokens ---- */

static void skip_line(Reader *r)
{
    const char *line_end = memchr(r->pos, '\n', (size_t)(r->end - r->pos));

    r->pos = line_end != NULL ? line_end + 1 : r->end;
}

static Token next_token(Reader *r)
{
    Token t = {.kind = TOKEN_OTHER, .len = 1};
    size_t len;

    while (r->pos < r->end && (*r->pos == ' ' || *r->pos == '\t' || *r->pos == '\r'))
        r->pos++;
    if (r->pos < r->end && *r->pos == '#') {
        const char *line_end = memchr(r->pos, '\n', (size_t)(r->end - r->pos));
        r->pos = line_end != NULL ? line_end : r->end;
    }
    t.text = r->pos;
    if (r->pos == r->end)
        return (Token){.kind = TOKEN_END, .text = r->pos};

    if (*r->pos == '\n') {
        t.kind = TOKEN_LINE;
    } else if (*r->pos == '=') {
        t.kind = TOKEN_EQUALS;
    } else if ((len = word_len(r, &t.kind)) > 0) {
        t.len = len;
    } else if ((len = number_len(r)) > 0) {
        t.kind = TOKEN_NUMBER;
        t.len = len;
    } else if ((len = string_len(r)) > 0) {
        t.kind = TOKEN_STRING;
        t.len = len;
    }
    r->pos += t.len;
    return t;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A word at the reader's place, 0 when there is none, and which kind of one it is. */
static size_t word_len(const Reader *r, TokenKind *kind)
{
    const char *c = r->pos;
    unsigned dots = 0;
    bool is_plain = true;

    if (!is_letter(*c))
        return 0;
    for (c++; c < r->end; c++) {
        if (*c == '.') {
            dots++;
            /* A name begins behind the dot of a qualified one. */
            is_plain = is_plain && c + 1 < r->end && is_letter(c[1]);
        } else if (*c == '-' || *c == ':' || *c == '/') {
            is_plain = false;
        } else if (!is_letter(*c) && !is_digit(*c)) {
            break;
        }
    }
    *kind = is_plain && dots == 0   ? TOKEN_NAME
            : is_plain && dots == 1 ? TOKEN_QUALIFIED
                                    : TOKEN_WORD;
    return (size_t)(c - r->pos);
}

static const char *skip_digits(const char *c, const char *end, bool is_hex)
{
    while (c < end && (is_hex ? isxdigit((unsigned char)*c) != 0 : is_digit(*c)))
        c++;
    return c;
}

/* The longest of: digits or 0x and digits, then letters; digits with a point, then an exponent. */
static size_t number_len(const Reader *r)
{
    const char *start = r->pos, *end = r->end;
    const char *digits, *c, *whole;

    if (start < end && (*start == '-' || *start == '+'))
        start++;
    digits = skip_digits(start, end, false);

    whole = digits;
    if (end - start > 2 && start[0] == '0' && start[1] == 'x' &&
        skip_digits(start + 2, end, true) > start + 2)
        whole = skip_digits(start + 2, end, true);
    if (whole > start)
        while (whole < end &&
               ((*whole >= 'a' && *whole <= 'z') || (*whole >= 'A' && *whole <= 'Z')))
            whole++;

    c = digits;
    if (c < end && *c == '.') {
        c = skip_digits(c + 1, end, false);
        if (c < end && (*c == 'e' || *c == 'E')) {
            const char *e = c + 1;
            if (e < end && (*e == '-' || *e == '+'))
                e++;
            if (skip_digits(e, end, false) > e)
                c = skip_digits(e, end, false);
        }
        if (c > whole)
            whole = c;
    }
    return whole > start ? (size_t)(whole - r->pos) : 0;
}

/* With its quotes; 0 when it has no end on its line. */
static size_t string_len(const Reader *r)
{
    const char *c = r->pos;

    if (*c != '\'')
        return 0;
    for (c++; c < r->end && *c != '\n'; c++) {
        if (*c == '\\' && c + 1 < r->end && c[1] != '\n') {
            c++;
        } else if (*c == '\\') {
            return 0;
        } else if (*c == '\'') {
            if (c + 1 == r->end || c[1] != '\'')
                return (size_t)(c + 1 - r->pos);
            c++;
        }
    }
    return 0;
}

static char *token_value(const Token *t)
{
    return t->kind == TOKEN_STRING ? unquote(t->text + 1, t->len - 2)
                                   : mem_strndup(t->text, t->len);
}

/* What stands between the quotes. A NUL, however written, ends it. */
static char *unquote(const char *text, size_t len)
{
    static const char letters[] = "bfnrt";
    static const char meanings[] = "\b\f\n\r\t";
    const char *end = text + len;
    StrBuf out;

    strbuf_init(&out);
    while (text < end) {
        const char *letter;

        if (*text == '\'') {
            text++;
        } else if (*text == '\\') {
            text++;
            if (text < end && *text >= '0' && *text <= '7') {
                unsigned code = 0;
                for (int i = 0; i < 3 && text < end && *text >= '0' && *text <= '7'; i++)
                    code = code * 8 + (unsigned)(*text++ - '0');
                strbuf_add_char(&out, (char)code);
                continue;
            }
            letter = text < end && *text != '\0' ? strchr(letters, *text) : NULL;
            if (letter != NULL) {
                strbuf_add_char(&out, meanings[letter - letters]);
                text++;
                continue;
            }
        }
        if (text < end)
            strbuf_add_char(&out, *text++);
    }
    return out.text;
}
