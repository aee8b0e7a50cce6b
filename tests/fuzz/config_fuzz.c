/* config_fuzz.c - any bytes as a configuration file, and its first section by a table. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/option/option.h"
#include "tests/fuzz/target.h"

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

void fuzz_take(const uint8_t *data, size_t size)
{
    Config *config = config_parse(mem_strndup((const char *)data, size), "input", size % 2 == 0);
    Settings values = {.url = NULL};

    if (config->sections.count == 0)
        return;
    option_read_section(array_at(&config->sections, 0), settings, &values);
    if (values.level < -5 || values.level > 9)
        abort();
}
