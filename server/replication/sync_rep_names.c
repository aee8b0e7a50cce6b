/*
 * sync_rep_names.c - the value of synchronous_standby_names
 *
 *     list  |  count (list)  |  FIRST count (list)  |  ANY count (list)
 *
 * A name is a word, a number, a text in double quotes, or * for all.
 */
#include "common/base/base.h"

#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/replication/sync_rep.h"

typedef enum Token { T_END, T_NAME, T_NUMBER, T_FIRST, T_ANY, T_SIGN, T_OPEN_QUOTE } Token;

typedef struct Scan {
    const char *next;
    Token token;
    char *text;
} Scan;

static void next(Scan *scan);
static size_t word_len(const char *s);
static bool is_sign(const Scan *scan, char sign);
static bool parse(Scan *scan, SyncNames *out);
static bool parse_list(Scan *scan, SyncNames *out);
static uint32_t number_of(const char *digits);

bool sync_names_parse(const char *text, SyncNames **out, GucRefusal *why)
{
    Scan scan = {.next = text};
    SyncNames *names = mem_new(SyncNames);

    *out = NULL;
    if (text == NULL || *text == '\0')
        return true;
    array_init(&names->names, sizeof(char *));
    next(&scan);
    if (!parse(&scan, names) || scan.token != T_END) {
        why->sqlstate = SQLSTATE_SYNTAX_ERROR;
        why->detail =
            scan.token == T_OPEN_QUOTE ? "unterminated quoted identifier at end of input"
            : scan.token == T_END      ? "syntax error at end of input"
                                       : mem_printf("syntax error at or near \"%s\"", scan.text);
        return false;
    }
    if (names->count == 0) {
        why->sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE;
        why->message = "number of synchronous standbys (0) must be greater than zero";
        return false;
    }
    *out = names;
    return true;
}

bool sync_rep_check_names(GucValue *value, GucSource source UNUSED, GucRefusal *why)
{
    SyncNames *names;

    return sync_names_parse(value->s, &names, why);
}

static bool parse(Scan *scan, SyncNames *out)
{
    const bool has_word = scan->token == T_FIRST || scan->token == T_ANY;
    const char *number;

    out->count = 1;
    out->is_quorum = scan->token == T_ANY;
    if (has_word)
        next(scan);
    if (scan->token != T_NUMBER)
        return !has_word && parse_list(scan, out);
    number = scan->text;
    next(scan);
    if (!is_sign(scan, '(')) {
        if (has_word)
            return false;
        *(const char **)array_push(&out->names) = number;
        if (!is_sign(scan, ','))
            return true;
        next(scan);
        return parse_list(scan, out);
    }
    out->count = number_of(number);
    next(scan);
    if (!parse_list(scan, out) || !is_sign(scan, ')'))
        return false;
    next(scan);
    return true;
}

static bool parse_list(Scan *scan, SyncNames *out)
{
    for (;;) {
        if (scan->token != T_NAME && scan->token != T_NUMBER)
            return false;
        *(char **)array_push(&out->names) = scan->text;
        next(scan);
        if (!is_sign(scan, ','))
            return true;
        next(scan);
    }
}

/* More standbys than there can be are as many as one likes. */
static uint32_t number_of(const char *digits)
{
    uint64_t value = 0;

    for (; *digits != '\0'; digits++) {
        value = value * 10 + (uint64_t)(*digits - '0');
        if (value > INT32_MAX)
            return INT32_MAX;
    }
    return (uint32_t)value;
}

static bool is_sign(const Scan *scan, char sign)
{
    return scan->token == T_SIGN && scan->text[0] == sign;
}

static size_t word_len(const char *s)
{
    size_t len = 0;

    for (;; len++) {
        const unsigned char c = (unsigned char)s[len];
        const bool is_letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;

        if (!is_letter && (len == 0 || !((c >= '0' && c <= '9') || c == '$')))
            return len;
    }
}

static void take_quoted(Scan *scan)
{
    const char *s = scan->next + 1;
    StrBuf out;

    strbuf_init(&out);
    scan->token = T_NAME;
    for (;; s++) {
        if (*s == '\0') {
            scan->token = T_OPEN_QUOTE;
            break;
        }
        if (*s == '"' && *++s != '"')
            break;
        strbuf_add_char(&out, *s);
    }
    scan->next = s;
    scan->text = mem_strdup(out.text == NULL ? "" : out.text);
}

static void next(Scan *scan)
{
    size_t len;

    scan->next += strspn(scan->next, " \t\n\r\f\v");
    if (*scan->next == '\0') {
        scan->token = T_END;
        return;
    }
    if (*scan->next == '"') {
        take_quoted(scan);
        return;
    }
    if ((len = word_len(scan->next)) != 0) {
        scan->text = mem_strndup(scan->next, len);
        scan->token = strcasecmp(scan->text, "first") == 0 ? T_FIRST
                    : strcasecmp(scan->text, "any") == 0   ? T_ANY
                                                           : T_NAME;
    } else if ((len = strspn(scan->next, "0123456789")) != 0) {
        scan->text = mem_strndup(scan->next, len);
        scan->token = T_NUMBER;
    } else {
        len = 1;
        scan->text = mem_strndup(scan->next, 1);
        scan->token = *scan->next == '*' ? T_NAME : T_SIGN;
    }
    scan->next += len;
}
