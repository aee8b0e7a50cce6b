/*
 * startup_settings.c - settings that a client asks for when it connects
 *
 * The parameter "options" holds words as on the command line of postgres, taken first; then come
 * the other parameters of the packet, each a setting. What is refused ends the connection.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/startup.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/session/session.h"

typedef struct Words {
    char **next, **end;
    GucContext as;
} Words;

static void take_word(Words *words, const char *word);
static bool take_switch(Words *words, const char *word);
static void take_assignment(const char *dashes, const char *text, GucContext as);
static void set(const char *name, const char *value, GucContext as);
_Noreturn static void raise_invalid(const char *word);

void session_take_settings(const StartupPacket *packet, bool is_superuser)
{
    Words words = {.as = is_superuser ? GUC_SU_BACKEND : GUC_BACKEND};
    Array list;

    array_init(&list, sizeof(char *));
    if (packet->options != NULL)
        startup_split_options(packet->options, &list);
    words.next = list.items;
    words.end = words.next == NULL ? NULL : words.next + list.count;
    while (words.next != words.end)
        take_word(&words, *words.next++);
    array_foreach(const StartupSetting, s, &packet->settings)
        set(s->name, s->value, words.as);
}

/* -c name=value, --name=value, or a switch. */
static void take_word(Words *words, const char *word)
{
    if (str_starts_with(word, "--") && word[2] != '\0') {
        take_assignment("--", word + 2, words->as);
    } else if (str_starts_with(word, "-c")) {
        if (word[2] == '\0' && words->next == words->end)
            raise_invalid(word);
        take_assignment("-c ", word[2] != '\0' ? word + 2 : *words->next++, words->as);
    } else if (!take_switch(words, word)) {
        raise_invalid(word);
    }
}

static bool take_switch(Words *words, const char *word)
{
    const GucSwitch *row = word[0] == '-' ? guc_find_switch(word[1]) : NULL;
    const char *value;

    if (row == NULL)
        return false;
    value = row->value;
    if (value == NULL) {
        if (word[2] == '\0' && words->next == words->end)
            return false;
        value = word[2] != '\0' ? word + 2 : *words->next++;
    } else if (word[2] != '\0') {
        return false;
    }
    set(row->name, value, words->as);
    return true;
}

/* Dashes in the name are the same as underlines. */
static void take_assignment(const char *dashes, const char *text, GucContext as)
{
    size_t len = strcspn(text, "=");
    char *name = mem_strndup(text, len);

    for (char *p = name; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
    if (text[len] == '\0')
        err_fatal(SQLSTATE_SYNTAX_ERROR, .message = err_fmt("%s%s requires a value", dashes, text));
    set(name, text + len + 1, as);
}

static void set(const char *name, const char *value, GucContext as)
{
    guc_set(&(GucChange){.name = name,
                         .value = value,
                         .as = as,
                         .source = GUC_FROM_CLIENT,
                         .action = GUC_SET,
                         .level = ERR_FATAL});
}

static void raise_invalid(const char *word)
{
    err_fatal(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("invalid command-line argument for server process: %s", word),
              .hint = "Try \"postgres --help\" for more information.");
}
