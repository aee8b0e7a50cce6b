/*
 * scan.c - the words of replication commands
 *
 * Key words are in capitals; names are folded to small letters unless they stand in double quotes;
 * texts stand in single quotes. In both a quote that is part of it is written twice. There are no
 * comments. Numbers are digits alone.
 *
 * Source: PostgreSQL 15 manual, "Streaming Replication Protocol"; what else is taken as observed.
 */
#include "common/base/base.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/replication/replication_int.h"

#define NAME_BYTES_MAX 63

static const char *const keywords[] = {
    "BASE_BACKUP",
    "CREATE_REPLICATION_SLOT",
    "DROP_REPLICATION_SLOT",
    "EXPORT_SNAPSHOT",
    "IDENTIFY_SYSTEM",
    "LOGICAL",
    "NOEXPORT_SNAPSHOT",
    "PHYSICAL",
    "READ_REPLICATION_SLOT",
    "RESERVE_WAL",
    "SHOW",
    "SLOT",
    "START_REPLICATION",
    "TEMPORARY",
    "TIMELINE",
    "TIMELINE_HISTORY",
    "TWO_PHASE",
    "USE_SNAPSHOT",
    "WAIT",
};

static bool is_name_start(char c);
static size_t word_len(const char *s);
static size_t lsn_len(const char *s);
static void take_word(ReplScan *scan, size_t len);
static void take_quoted(ReplScan *scan, char quote);
static void take_number(ReplScan *scan);
static void take_lsn(ReplScan *scan, size_t len);
static const char *cut_name(const char *name);

void repl_scan_begin(ReplScan *scan, const char *text)
{
    *scan = (ReplScan){.next = text};
    repl_scan_next(scan);
}

void repl_scan_next(ReplScan *scan)
{
    size_t len;

    scan->next += strspn(scan->next, " \t\n\r\f");
    scan->text = NULL;
    if (*scan->next == '\0') {
        scan->token = REPL_END;
    } else if ((len = lsn_len(scan->next)) != 0) {
        take_lsn(scan, len);
    } else if ((len = word_len(scan->next)) != 0) {
        take_word(scan, len);
    } else if (*scan->next == '"' || *scan->next == '\'') {
        take_quoted(scan, *scan->next);
    } else if (isdigit((unsigned char)*scan->next)) {
        take_number(scan);
    } else {
        scan->token = REPL_SIGN;
        scan->sign = *scan->next++;
    }
}

bool repl_scan_is(const ReplScan *scan, const char *keyword)
{
    return scan->token == REPL_KEYWORD && str_equal(scan->text, keyword);
}

bool repl_scan_is_sign(const ReplScan *scan, char sign)
{
    return scan->token == REPL_SIGN && scan->sign == sign;
}

_Noreturn void repl_scan_raise(void)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = "syntax error");
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

bool repl_scan_is_in_word(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '$';
}

/* Bytes of a word at s; 0: none begins there. */
static size_t word_len(const char *s)
{
    size_t len = 0;

    if (!is_name_start(*s))
        return 0;
    while (repl_scan_is_in_word(s[len]))
        len++;
    return len;
}

/* Hexadecimal digits, a slash, more of them; else 0. */
static size_t lsn_len(const char *s)
{
    size_t high = strspn(s, "0123456789abcdefABCDEF"), low;

    if (high == 0 || s[high] != '/')
        return 0;
    low = strspn(s + high + 1, "0123456789abcdefABCDEF");
    return low == 0 ? 0 : high + 1 + low;
}

static void take_word(ReplScan *scan, size_t len)
{
    char *word = mem_strndup(scan->next, len);

    scan->next += len;
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (!str_equal(word, keywords[i]))
            continue;
        scan->token = REPL_KEYWORD;
        scan->text = keywords[i];
        return;
    }
    for (char *c = word; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    scan->token = REPL_NAME;
    scan->text = cut_name(word);
}

static void take_quoted(ReplScan *scan, char quote)
{
    const char *s = scan->next + 1;
    StrBuf out;

    strbuf_init(&out);
    for (;; s++) {
        if (*s == '\0')
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "unterminated quoted string");
        if (*s == quote && *++s != quote)
            break;
        strbuf_add_char(&out, *s);
    }
    scan->next = s;
    scan->token = quote == '"' ? REPL_NAME : REPL_TEXT;
    scan->text = quote == '"' ? cut_name(out.text) : out.text;
}

static void take_number(ReplScan *scan)
{
    size_t len = strspn(scan->next, "0123456789");
    uint64_t value = 0;

    scan->text = mem_strndup(scan->next, len);
    for (size_t i = 0; i < len; i++) {
        value = value * 10 + (uint64_t)(scan->next[i] - '0');
        if (value > UINT32_MAX)
            err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                      .message = err_fmt("value \"%s\" is out of range", scan->text));
    }
    scan->token = REPL_NUMBER;
    scan->number = (uint32_t)value;
    scan->next += len;
}

static void take_lsn(ReplScan *scan, size_t len)
{
    char *end;
    unsigned long high, low;

    scan->token = REPL_LSN;
    scan->text = mem_strndup(scan->next, len);
    high = strtoul(scan->text, &end, 16);
    low = strtoul(end + 1, &end, 16);
    if (high > UINT32_MAX || low > UINT32_MAX || strlen(scan->text) > 2 * 16 + 1)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid streaming start location");
    scan->lsn = (Lsn)high << 32 | (Lsn)low;
    scan->next += len;
}

/* In whole characters of UTF-8, which other encodings' bytes are not taken for. */
static const char *cut_name(const char *name)
{
    size_t len = NAME_BYTES_MAX;
    char *cut;

    if (strlen(name) <= NAME_BYTES_MAX)
        return name;
    while (len > 0 && ((unsigned char)name[len] & 0xC0) == 0x80)
        len--;
    cut = mem_strndup(name, len);
    err_log(ERR_NOTICE, .sqlstate = SQLSTATE_NAME_TOO_LONG,
            .message = err_fmt("identifier \"%s\" will be truncated to \"%s\"", name, cut));
    return cut;
}
