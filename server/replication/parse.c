/*
 * parse.c - the grammar of replication commands
 *
 *     IDENTIFY_SYSTEM
 *     SHOW name[.name]
 *     TIMELINE_HISTORY n
 *     READ_REPLICATION_SLOT name
 *     CREATE_REPLICATION_SLOT name [TEMPORARY] PHYSICAL | LOGICAL plugin  options of slots
 *     DROP_REPLICATION_SLOT name [WAIT]
 *     START_REPLICATION [SLOT name] [PHYSICAL] lsn [TIMELINE n]
 *     START_REPLICATION SLOT name LOGICAL lsn [(option ['text'], ...)]
 *     BASE_BACKUP [(option [value], ...)]
 *
 * Options of slots are a list in parentheses, or the words of older clients in any order, which are
 * read as what they are in the list. A semicolon may end a command.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/replication/replication_int.h"

typedef enum OptionValues {
    VALUES_ANY,  /* word, text, number, or none */
    VALUES_TEXT, /* text or none, as output plugins have them */
} OptionValues;

/* A word of older clients, and the option that it stands for. */
typedef struct SlotWord {
    const char *word, *option, *value; /* value NULL: none */
    bool is_logical;
} SlotWord;

static const SlotWord slot_words[] = {
    {"EXPORT_SNAPSHOT", "snapshot", "export", true},
    {"NOEXPORT_SNAPSHOT", "snapshot", "nothing", true},
    {"RESERVE_WAL", "reserve_wal", NULL, false},
    {"TWO_PHASE", "two_phase", NULL, true},
    {"USE_SNAPSHOT", "snapshot", "use", true},
};

static void parse_rest(ReplScan *scan, ReplicationCall *out);
static void parse_create(ReplScan *scan, ReplicationCall *out);
static void parse_start(ReplScan *scan, ReplicationCall *out);
static void parse_slot_words(ReplScan *scan, ReplicationCall *out);
static void parse_options(ReplScan *scan, OptionValues values, ReplicationCall *out);
static void parse_option(ReplScan *scan, OptionValues values, ReplicationCall *out);
static const char *take_setting(ReplScan *scan);
static const char *take_name(ReplScan *scan);
static bool try_take(ReplScan *scan, const char *keyword);
static bool try_take_sign(ReplScan *scan, char sign);
static TimelineId take_timeline(ReplScan *scan);
static Lsn take_lsn(ReplScan *scan);
static const char *small(const char *keyword);

static const ReplicationCommand commands[] = {
#define ANYWHERE false
#define ALONE    true
#define ROW(word, where, function) {#word, #word, where, function},
#include "server/replication/command.def"
#undef ROW
#undef ALONE
#undef ANYWHERE
};

const ReplicationCommand *repl_find_command(const char *text)
{
    size_t len;

    text += strspn(text, " \t\n\r\f");
    len = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strlen(commands[i].word) == len && memcmp(commands[i].word, text, len) == 0 &&
            !repl_scan_is_in_word(text[len]))
            return &commands[i];
    return NULL;
}

void repl_parse(const ReplicationCommand *command, const char *text, ReplicationCall *out)
{
    ReplScan scan;

    *out = (ReplicationCall){.text = text, .command = command};
    array_init(&out->options, sizeof(ReplicationOption));
    repl_scan_begin(&scan, text);
    repl_scan_next(&scan);
    parse_rest(&scan, out);
    (void)try_take_sign(&scan, ';');
    if (scan.token != REPL_END)
        repl_scan_raise();
}

/* What follows the word of the command. */
static void parse_rest(ReplScan *scan, ReplicationCall *out)
{
    const char *word = out->command->word;

    if (str_equal(word, "BASE_BACKUP")) {
        if (repl_scan_is_sign(scan, '('))
            parse_options(scan, VALUES_ANY, out);
    } else if (str_equal(word, "CREATE_REPLICATION_SLOT")) {
        parse_create(scan, out);
    } else if (str_equal(word, "DROP_REPLICATION_SLOT")) {
        out->name = take_name(scan);
        out->waits = try_take(scan, "WAIT");
    } else if (str_equal(word, "READ_REPLICATION_SLOT") || str_equal(word, "SHOW")) {
        out->name = take_setting(scan);
    } else if (str_equal(word, "START_REPLICATION")) {
        parse_start(scan, out);
    } else if (str_equal(word, "TIMELINE_HISTORY")) {
        out->tli = take_timeline(scan);
    }
}

static void parse_create(ReplScan *scan, ReplicationCall *out)
{
    out->name = take_name(scan);
    out->is_temporary = try_take(scan, "TEMPORARY");
    if (try_take(scan, "LOGICAL")) {
        out->is_logical = true;
        out->plugin = take_name(scan);
    } else if (!try_take(scan, "PHYSICAL")) {
        repl_scan_raise();
    }
    if (repl_scan_is_sign(scan, '('))
        parse_options(scan, VALUES_ANY, out);
    else
        parse_slot_words(scan, out);
}

static void parse_start(ReplScan *scan, ReplicationCall *out)
{
    if (try_take(scan, "SLOT"))
        out->name = take_name(scan);
    if (out->name != NULL && try_take(scan, "LOGICAL")) {
        out->is_logical = true;
        out->start = take_lsn(scan);
        if (repl_scan_is_sign(scan, '('))
            parse_options(scan, VALUES_TEXT, out);
        return;
    }
    (void)try_take(scan, "PHYSICAL");
    out->start = take_lsn(scan);
    if (try_take(scan, "TIMELINE"))
        out->tli = take_timeline(scan);
}

static void parse_slot_words(ReplScan *scan, ReplicationCall *out)
{
    while (scan->token == REPL_KEYWORD) {
        const SlotWord *found = NULL;
        ReplicationOption *option;

        for (size_t i = 0; i < ARRAY_LEN(slot_words); i++)
            if (repl_scan_is(scan, slot_words[i].word) &&
                slot_words[i].is_logical == out->is_logical)
                found = &slot_words[i];
        if (found == NULL)
            repl_scan_raise();
        option = array_push(&out->options);
        *option = (ReplicationOption){.name = found->option,
                                      .kind = found->value == NULL ? REPLICATION_NO_VALUE
                                                                   : REPLICATION_TEXT,
                                      .text = found->value};
        repl_scan_next(scan);
    }
}

static void parse_options(ReplScan *scan, OptionValues values, ReplicationCall *out)
{
    repl_scan_next(scan);
    do
        parse_option(scan, values, out);
    while (try_take_sign(scan, ','));
    if (!try_take_sign(scan, ')'))
        repl_scan_raise();
}

static void parse_option(ReplScan *scan, OptionValues values, ReplicationCall *out)
{
    ReplicationOption option = {0};

    if (scan->token == REPL_KEYWORD && values == VALUES_ANY) {
        option.name = small(scan->text);
        repl_scan_next(scan);
    } else {
        option.name = take_name(scan);
    }
    if (scan->token == REPL_TEXT)
        option.kind = REPLICATION_TEXT;
    else if (scan->token == REPL_NUMBER && values == VALUES_ANY)
        option.kind = REPLICATION_NUMBER;
    else if ((scan->token == REPL_NAME || scan->token == REPL_KEYWORD) && values == VALUES_ANY)
        option.kind = REPLICATION_WORD;
    if (option.kind != REPLICATION_NO_VALUE) {
        option.text = scan->token == REPL_KEYWORD ? small(scan->text) : scan->text;
        option.number = option.kind == REPLICATION_NUMBER ? scan->number : 0;
        repl_scan_next(scan);
    }
    *(ReplicationOption *)array_push(&out->options) = option;
}

/* Also one with dots. */
static const char *take_setting(ReplScan *scan)
{
    const char *name = take_name(scan);

    while (try_take_sign(scan, '.'))
        name = mem_printf("%s.%s", name, take_name(scan));
    return name;
}

static const char *take_name(ReplScan *scan)
{
    const char *name = scan->text;

    if (scan->token != REPL_NAME)
        repl_scan_raise();
    repl_scan_next(scan);
    return name;
}

static bool try_take(ReplScan *scan, const char *keyword)
{
    if (!repl_scan_is(scan, keyword))
        return false;
    repl_scan_next(scan);
    return true;
}

static bool try_take_sign(ReplScan *scan, char sign)
{
    if (!repl_scan_is_sign(scan, sign))
        return false;
    repl_scan_next(scan);
    return true;
}

static TimelineId take_timeline(ReplScan *scan)
{
    TimelineId tli = scan->number;

    if (scan->token != REPL_NUMBER)
        repl_scan_raise();
    if (tli == 0)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid timeline 0");
    repl_scan_next(scan);
    return tli;
}

static Lsn take_lsn(ReplScan *scan)
{
    Lsn lsn = scan->lsn;

    if (scan->token != REPL_LSN)
        repl_scan_raise();
    repl_scan_next(scan);
    return lsn;
}

static const char *small(const char *keyword)
{
    char *out = mem_strdup(keyword);

    for (char *c = out; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return out;
}
