/* config.c - read configuration files; config.h has their form. */
#include "common/base/base.h"

#include "common/option/config.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define FILE_SIZE_MAX   MIB(1)
#define SYSTEM_FILE     "/etc/holdfast/holdfast.conf"
#define USER_FILE       ".config/holdfast/holdfast.conf" /* below the home folder */
#define OTHERS_MAY_READ 077u                             /* mode bits of group and world */

/* What is being read, for messages. */
typedef struct Place {
    const char *path;
    unsigned line;
} Place;

static Config *load_file(const char *path);
static void parse_section(Config *config, const char *line, const Place *at);
static void parse_entry(Config *config, const char *line, const Place *at);
static const char *parse_value(const char *text, const Place *at);
static const char *parse_quoted(const char *text, const Place *at);
static bool is_name(const char *s);
_Noreturn static void raise_at(const Place *at, const char *message);

/* The kinds of sections there are, so that a slip of the pen does not hide settings. */
static const char *const section_kinds[] = {"cluster", "repo"};

Config *config_load(const char *path)
{
    const char *named = path != NULL ? path : process_env("HOLDFAST_CONFIG");
    const char *home = process_env("HOME");
    Config *config;

    if (named != NULL) {
        config = load_file(named);
        if (config == NULL)
            err_raise(SQLSTATE_UNDEFINED_FILE,
                      .message = err_fmt("configuration file \"%s\" does not exist", named));
        return config;
    }
    config = home == NULL ? NULL : load_file(path_join(home, USER_FILE));
    if (config == NULL)
        config = load_file(SYSTEM_FILE);
    return config != NULL ? config : config_parse("", NULL, true);
}

Config *config_parse(const char *text, const char *path, bool is_private)
{
    Config *config = mem_new(Config);
    Place at = {.path = path};
    const char *rest = text;
    char *line;

    config->path = path;
    array_init(&config->sections, sizeof(ConfigSection));
    while ((line = str_split(&rest, '\n')) != NULL) {
        const char *trimmed = str_trim(line);

        at.line++;
        if (trimmed[0] == '\0' || trimmed[0] == '#' || trimmed[0] == ';')
            continue;
        if (trimmed[0] == '[')
            parse_section(config, trimmed, &at);
        else
            parse_entry(config, trimmed, &at);
    }
    array_foreach(ConfigSection, section, &config->sections) {
        section->is_private = is_private;
    }
    return config;
}

const ConfigSection *config_find(const Config *config, const char *kind, const char *name)
{
    array_foreach(ConfigSection, section, &config->sections) {
        if (str_equal(section->kind, kind) && str_equal(section->name, name))
            return section;
    }
    return NULL;
}

const ConfigSection *config_get(const Config *config, const char *kind, const char *name,
                                const char *hint)
{
    const ConfigSection *section = config_find(config, kind, name);

    if (section != NULL)
        return section;
    if (config->path == NULL)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message =
                      err_fmt("%s \"%s\" is not known: there is no configuration file", kind, name),
                  .hint = hint);
    err_raise(SQLSTATE_CONFIG_FILE_ERROR,
              .message = err_fmt("there is no section \"[%s.%s]\" in file \"%s\"", kind, name,
                                 config->path),
              .hint = hint);
}

const char *config_value(const ConfigSection *section, const char *key)
{
    const char *value = NULL;

    array_foreach(ConfigEntry, entry, &section->entries) {
        if (str_equal(entry->key, key))
            value = entry->value;
    }
    return value;
}

/* NULL when there is no such file. */
static Config *load_file(const char *path)
{
    OsStat stat;
    size_t len;
    char *text;

    /* The open file answers for both, so that nobody can put another one there in between. */
    OsFile *file = os_file_try_open(path, OS_READ);
    if (file == NULL)
        return NULL;
    os_file_stat(file, &stat);
    if (stat.size > FILE_SIZE_MAX)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("configuration file \"%s\" is too large", path));
    text = mem_alloc((size_t)stat.size + 1);
    len = os_file_read(file, text, (size_t)stat.size);
    os_file_close(file);
    if (strlen(text) != len)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("configuration file \"%s\" is not a text file", path));
    return config_parse(text, mem_strdup(path), (stat.mode & OTHERS_MAY_READ) == 0);
}

/* "[kind.name]" */
static void parse_section(Config *config, const char *line, const Place *at)
{
    size_t len = strlen(line);
    const char *rest = mem_strndup(line + 1, len - size_min(len, 2));
    const char *kind, *name;
    const ConfigSection *other;
    ConfigSection *section;
    bool is_known = false;

    if (line[len - 1] != ']')
        raise_at(at, "syntax error: no \"]\" at the end of a section's name");
    kind = str_split(&rest, '.');
    name = rest == NULL ? "" : rest;
    for (size_t i = 0; i < ARRAY_LEN(section_kinds); i++)
        is_known |= str_equal(kind, section_kinds[i]);
    if (!is_known)
        raise_at(at, err_fmt("unrecognized section \"%s\"", line));
    if (!is_name(name))
        raise_at(at, err_fmt("section \"%s\" has no proper name", line));
    other = config_find(config, kind, name);
    if (other != NULL)
        raise_at(at, err_fmt("section \"%s\", which line %u has already,", line, other->line));

    section = array_push(&config->sections);
    section->kind = kind;
    section->name = name;
    section->path = at->path;
    section->line = at->line;
    array_init(&section->entries, sizeof(ConfigEntry));
}

/* "key = value" */
static void parse_entry(Config *config, const char *line, const Place *at)
{
    size_t len = strcspn(line, "=");
    const char *key = str_trim(mem_strndup(line, len));
    ConfigSection *section;
    ConfigEntry *entry;

    if (line[len] != '=')
        raise_at(at, "syntax error: no \"=\" after a setting's name");
    if (!is_name(key))
        raise_at(at, err_fmt("syntax error: \"%s\" is not the name of a setting", key));
    if (config->sections.count == 0)
        raise_at(at, err_fmt("setting \"%s\" before the first section", key));

    section = array_at(&config->sections, config->sections.count - 1);
    entry = array_push(&section->entries);
    entry->key = key;
    entry->line = at->line;
    entry->value = parse_value(str_trim(line + len + 1), at);
}

static const char *parse_value(const char *text, const Place *at)
{
    return text[0] == '"' ? parse_quoted(text + 1, at) : text;
}

/* What stands between the quotes; text begins behind the first one. */
static const char *parse_quoted(const char *text, const Place *at)
{
    StrBuf value;

    strbuf_init(&value);
    for (; *text != '"'; text++) {
        if (*text == '\\' && (text[1] == '"' || text[1] == '\\'))
            text++;
        if (*text == '\0')
            raise_at(at, "syntax error: unterminated quoted value");
        strbuf_add_char(&value, *text);
    }
    if (text[1] != '\0')
        raise_at(at, "syntax error: text after a quoted value");
    return value.text;
}

/* Letters, digits, '-', '_' and '.', so that names can be parts of paths. */
static bool is_name(const char *s)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    return s[0] != '\0' && s[0] != '.' && strspn(s, allowed) == strlen(s);
}

static void raise_at(const Place *at, const char *message)
{
    err_raise(SQLSTATE_CONFIG_FILE_ERROR,
              .message = err_fmt("%s in file \"%s\" line %u", message, at->path, at->line));
}
