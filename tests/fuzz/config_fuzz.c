/*
 * config_fuzz.c - any bytes as a configuration file or as a command line, by a table
 *
 * With 0 as the first byte the rest are words, each ended by a line end; else all is a file, whose
 * first section is read.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/text/str.h"
#include "tests/fuzz/target.h"

#define WORD_MAX 64

typedef struct Settings {
    const char *url;
    int64_t level;
    uint64_t size;
    bool is_on;
    int kind;
    Array names;
} Settings;

static const OptionChoice kinds[] = {{"a", 1}, {"bee", 2}, {NULL, 0}};

static const OptionDef settings[] = {
    {0, "url", OPTION_STRING, offsetof(Settings, url), .is_secret = true},
    {0, "level", OPTION_INT, offsetof(Settings, level), .min = -5, .max = 9, .initial = "3"},
    {0, "size", OPTION_SIZE, offsetof(Settings, size), .unit = 1024},
    {0, "is-on", OPTION_BOOL, offsetof(Settings, is_on), .arg = "BOOL"},
    {0, "kind", OPTION_ENUM, offsetof(Settings, kind), .choices = kinds},
    {0, "name", OPTION_LIST, offsetof(Settings, names), .arg = "NAME"},
    {.kind = OPTION_END},
};

static const OptionGroup groups[] = {{"Options", settings, 0}, {.defs = NULL}};
static const OptionRule rules[] = {{OPTION_EXCLUDES, "url", "size", NULL},
                                   {OPTION_NEEDS, "level", "kind", NULL},
                                   {.option = NULL}};
static const OptionSet set = {
    .size = sizeof(Settings), .groups = groups, .rules = rules, .operand_max = 3};

static void check_level(int64_t level)
{
    if (level < -5 || level > 9)
        abort();
}

static void read_words(const char *text)
{
    char *words[WORD_MAX] = {mem_strdup("fuzz")};
    const char *rest = text;
    const Options *o;
    int count = 1;

    while (count < WORD_MAX && rest != NULL && *rest != '\0')
        words[count++] = str_split(&rest, '\n');
    o = option_parse(&set, "fuzz", count, words);
    if (o->wants_help || o->wants_version)
        return;
    check_level(((const Settings *)o->values)->level);
    if (o->operand_count > set.operand_max)
        abort();
    option_check(o);
}

static void read_file(const uint8_t *data, size_t size)
{
    Config *config = config_parse(mem_strndup((const char *)data, size), "input", size % 2 == 0);
    Settings values = {.url = NULL};

    if (config->sections.count == 0)
        return;
    option_read_section(array_at(&config->sections, 0), settings, &values);
    check_level(values.level);
}

void fuzz_take(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] == 0)
        read_words(mem_strndup((const char *)data + 1, size - 1));
    else
        read_file(data, size);
}
