/* auth_file.c - take the files of authentication apart. */
#include "common/base/base.h"

#include "server/auth/auth_file.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define DEPTH_MAX 10 /* of files that name others */
#define FILE_MAX  MIB(64)

typedef struct Reader {
    const char *path;
    ErrLevel level;
    int depth;
    const char *error; /* of the line that is being read */
} Reader;

static char *read_text(const char *path, size_t *len, const char **reason);
static void parse(Reader *r, const char *text, size_t len, Array *lines);
static char *join_lines(const char **pos, const char *end, int *count);
static bool read_field(Reader *r, const char **pos, Array *words);
static bool read_word(const char **pos, AuthWord *word, bool *has_comma);
static void include(Reader *r, const char *name, Array *words);

bool auth_file_read(const char *path, ErrLevel level, Array *lines, const char **error)
{
    const char *reason;
    size_t len;
    char *text = read_text(path, &len, &reason);

    if (text == NULL) {
        *error = mem_printf("could not open file \"%s\": %s", path, reason);
        return false;
    }
    auth_file_parse(path, text, len, level, lines);
    return true;
}

void auth_file_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *lines)
{
    Reader r = {.path = path, .level = level};

    array_init(lines, sizeof(AuthLine));
    parse(&r, text, len, lines);
}

bool auth_word_is(const AuthWord *word, const char *key_word)
{
    return !word->is_quoted && str_equal(word->text, key_word);
}

/* NULL when it cannot be read; *reason is then what the system says. */
static char *read_text(const char *path, size_t *len, const char **reason)
{
    char *volatile text = NULL;
    const char *volatile why = "No such file or directory";

    ERR_TRY() {
        text = os_file_try_read_all(path, FILE_MAX, len);
    }
    ERR_CATCH() {
        const char *colon = strstr(err_caught()->message, "\": ");
        why = mem_strdup(colon != NULL ? colon + 3 : err_caught()->message);
    }
    ERR_END();
    *reason = why;
    return text;
}

static void parse(Reader *r, const char *text, size_t len, Array *lines)
{
    const char *end = text + len;

    for (int number = 1; text < end;) {
        AuthLine line = {.number = number};
        int count;
        const char *pos = join_lines(&text, end, &count);

        line.text = pos;
        number += count;
        r->error = NULL;
        array_init(&line.fields, sizeof(Array));
        while (r->error == NULL) {
            Array words;
            if (!read_field(r, &pos, &words))
                break;
            if (words.count > 0)
                *(Array *)array_push(&line.fields) = words;
        }
        line.error = r->error;
        if (line.fields.count > 0 || line.error != NULL)
            *(AuthLine *)array_push(lines) = line;
    }
}

/* The next line with those that a backslash joins to it; *count says how many. */
static char *join_lines(const char **pos, const char *end, int *count)
{
    StrBuf line;

    strbuf_init(&line);
    for (*count = 1;; ++*count) {
        const char *stop = memchr(*pos, '\n', (size_t)(end - *pos));
        size_t len = (size_t)((stop != NULL ? stop : end) - *pos);
        const char *nul = memchr(*pos, '\0', len);

        /* What follows a NUL is not seen, as in PostgreSQL. */
        strbuf_add_bytes(&line, *pos, nul != NULL ? (size_t)(nul - *pos) : len);
        *pos = stop != NULL ? stop + 1 : end;
        while (line.len > 0 && line.text[line.len - 1] == '\r')
            strbuf_cut(&line, line.len - 1);
        if (line.len == 0 || line.text[line.len - 1] != '\\')
            return line.text;
        strbuf_cut(&line, line.len - 1);
        if (*pos == end)
            return line.text;
    }
}

/* Words up to a blank that no comma stands before. False at the end of the line. */
static bool read_field(Reader *r, const char **pos, Array *words)
{
    bool has_comma = true;
    bool is_any = false;

    array_init(words, sizeof(AuthWord));
    while (has_comma && r->error == NULL) {
        AuthWord word;

        if (!read_word(pos, &word, &has_comma))
            return is_any;
        is_any = true;
        if (!word.is_quoted && word.text[0] == '@' && word.text[1] != '\0')
            include(r, word.text + 1, words);
        else
            *(AuthWord *)array_push(words) = word;
    }
    return true;
}

/* False at the end of the line, or at a comment. A quoted empty word is one. */
static bool read_word(const char **pos, AuthWord *word, bool *has_comma)
{
    const char *c = *pos + strspn(*pos, " \t\f\v\r\n,");
    bool in_quotes = false, was_quote = false;
    StrBuf text;

    strbuf_init(&text);
    *has_comma = false;
    word->is_quoted = *c == '"';
    for (; *c != '\0' && (in_quotes || strchr(" \t\f\v\r\n", *c) == NULL); c++) {
        if (*c == '#' && !in_quotes) {
            c += strlen(c);
            break;
        }
        if (*c == ',' && !in_quotes) {
            *has_comma = true;
            c++;
            break;
        }
        /* A quote right behind one that ended a piece stands for itself. */
        if (*c != '"' || was_quote)
            strbuf_add_char(&text, *c);
        if (in_quotes && *c == '"')
            was_quote = !was_quote;
        else
            was_quote = false;
        if (*c == '"')
            in_quotes = !in_quotes;
    }
    *pos = c;
    word->text = text.text;
    return text.len > 0 || word->is_quoted;
}

/* The words of a file, in all fields of all its lines. */
static void include(Reader *r, const char *name, Array *words)
{
    char *path = path_is_absolute(name) ? mem_strdup(name) : path_join(path_dir(r->path), name);
    Reader inner = {.path = path, .level = r->level, .depth = r->depth + 1};
    const char *reason = "maximum nesting depth exceeded";
    size_t len;
    char *text = inner.depth <= DEPTH_MAX ? read_text(path, &len, &reason) : NULL;
    Array lines;

    if (text == NULL) {
        r->error = mem_printf("could not open secondary authentication file \"@%s\" as \"%s\": %s",
                              name, path, reason);
        err_log(r->level, .sqlstate = SQLSTATE_UNDEFINED_FILE, .message = r->error);
        return;
    }
    array_init(&lines, sizeof(AuthLine));
    parse(&inner, text, len, &lines);
    array_foreach(AuthLine, line, &lines) {
        if (line->error != NULL)
            r->error = line->error;
        array_foreach(Array, field, &line->fields)
            array_foreach(AuthWord, word, field)
                *(AuthWord *)array_push(words) = *word;
    }
}
