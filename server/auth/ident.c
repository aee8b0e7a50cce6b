/*
 * ident.c - read pg_ident.conf and map names by it
 *
 * Regular expressions are the C library's extended ones, leftmost-longest as PostgreSQL's are. What
 * those have and these lack (a backslash before a letter or digit, (?...) and lookaround) is
 * refused as a mistake of the line, so that no expression means something else here than there.
 */
#include "common/base/base.h"

#include "server/auth/ident.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>
#include <strings.h>

#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/auth/auth_file.h"
#include "server/config/setting.h"

#define PATTERN_MAX 1024 /* bytes of a regular expression */
#define REPEAT_MAX  1000 /* the product of its bounds */

typedef struct IdentLocal {
    MemContext *mem; /* of the maps; NULL: none were loaded */
    Array maps;
} IdentLocal;

static IdentLocal ident;

static const char missing_entry[] = "missing entry at end of line";
static const char multiple_values[] = "multiple values in ident field";

static void forget(void *arg);
static bool parse_lines(const char *path, const Array *lines, ErrLevel level, Array *maps);
static void log_fault(const char *path, const IdentMap *map, ErrLevel level);
static const char *parse_line(const AuthLine *line, IdentMap *map);
static const char *compile(IdentMap *map);
static const char *find_foreign_syntax(const char *pattern);
static bool is_small(const char *pattern);
static void free_pattern(void *pattern);
static bool map_matches(const IdentMap *map, const char *system_name, const char *user,
                        IdentCase how);
static char *expand(const IdentMap *map, const char *system_name, const regmatch_t *group);

bool ident_read_file(const char *path, ErrLevel level, Array *maps)
{
    Array lines;
    const char *error;

    if (auth_file_read(path, level, &lines, &error))
        return parse_lines(path, &lines, level, maps);
    array_init(maps, sizeof(IdentMap));
    err_log(level, .sqlstate = SQLSTATE_UNDEFINED_FILE, .message = error);
    return false;
}

bool ident_parse(const char *path, const char *text, size_t len, ErrLevel level, Array *maps)
{
    Array lines;

    auth_file_parse(path, text, len, level, &lines);
    return parse_lines(path, &lines, level, maps);
}

static bool parse_lines(const char *path, const Array *lines, ErrLevel level, Array *maps)
{
    bool is_good = true;

    array_init(maps, sizeof(IdentMap));
    array_foreach(const AuthLine, line, lines) {
        IdentMap *map = array_push(maps);

        map->line = line->number;
        map->error = line->error;
        if (map->error == NULL) {
            map->error = parse_line(line, map);
            if (map->error != NULL)
                log_fault(path, map, level);
        }
        is_good = is_good && map->error == NULL;
    }
    return is_good;
}

/* Where it is stands in the message, in the context or nowhere, as in PostgreSQL. */
static void log_fault(const char *path, const IdentMap *map, ErrLevel level)
{
    if (map->error == missing_entry)
        err_log(level, .sqlstate = SQLSTATE_CONFIG_FILE_ERROR,
                .message = err_fmt("missing entry in file \"%s\" at end of line %d", path,
                                   map->line));
    else if (map->error == multiple_values)
        err_log(level, .sqlstate = SQLSTATE_CONFIG_FILE_ERROR, .message = map->error,
                .context = err_fmt("line %d of configuration file \"%s\"", map->line, path));
    else
        err_log(level, .sqlstate = SQLSTATE_INVALID_REGULAR_EXPRESSION, .message = map->error);
}

/* What is wrong; NULL: nothing. */
static const char *parse_line(const AuthLine *line, IdentMap *map)
{
    const char **places[] = {&map->name, &map->system_name, &map->user};

    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const Array *words;

        if (i == line->fields.count)
            return missing_entry;
        words = auth_field(line, i);
        if (words->count > 1)
            return multiple_values;
        *places[i] = ((const AuthWord *)array_at(words, 0))->text;
    }
    return map->system_name[0] == '/' ? compile(map) : NULL;
}

static const char *compile(IdentMap *map)
{
    const char *pattern = map->system_name + 1;
    const char *foreign = find_foreign_syntax(pattern);
    regex_t *compiled;
    int error;

    if (foreign != NULL)
        return mem_printf("invalid regular expression \"%s\": %s is not supported", pattern,
                          foreign);
    if (!is_small(pattern))
        return mem_printf("invalid regular expression \"%s\": it repeats too much", pattern);
    compiled = mem_new(regex_t);
    error = regcomp(compiled, pattern, REG_EXTENDED);
    if (error != 0) {
        char text[128];
        regerror(error, compiled, text, sizeof(text));
        return mem_printf("invalid regular expression \"%s\": %s", pattern, text);
    }
    mem_on_reset(mem_current(), free_pattern, compiled);
    map->pattern = compiled;
    return NULL;
}

/* Bounds inside of bounds multiply, and the C library takes memory for each repetition. */
static bool is_small(const char *pattern)
{
    uint64_t product = 1;

    if (strlen(pattern) > PATTERN_MAX)
        return false;
    for (const char *c = pattern; *c != '\0'; c++) {
        uint64_t bound = 0;

        while (isdigit((unsigned char)*c) && bound <= REPEAT_MAX)
            bound = bound * 10 + (uint64_t)(*c++ - '0');
        if ((*c == '}' || *c == ',') && bound > 1)
            product *= bound;
        if (product > REPEAT_MAX || *c == '\0')
            break;
    }
    return product <= REPEAT_MAX;
}

static void free_pattern(void *pattern)
{
    regfree(pattern);
}

/* What the C library reads in another way than PostgreSQL, or not at all; NULL: nothing. */
static const char *find_foreign_syntax(const char *pattern)
{
    if (str_starts_with(pattern, "***"))
        return "***";
    for (const char *c = pattern; *c != '\0'; c++) {
        if (*c == '\\') {
            if (isalnum((unsigned char)c[1]))
                return mem_strndup(c, 2);
            c += c[1] != '\0';
        } else if (c[0] == '(' && c[1] == '?') {
            return "(?";
        } else if (c > pattern && c[0] == '?' && strchr("*+?}", c[-1]) != NULL) {
            return mem_strndup(c - 1, 2);
        }
    }
    return NULL;
}

/* ---- The maps in force ---- */

bool ident_load(MemContext *parent)
{
    MemContext *mem = mem_context_new(parent, "user name maps");
    Array maps;
    bool is_good;

    MEM_SCOPE(mem) {
        is_good = ident_read_file(mem_strdup(setting.ident_file), ERR_LOG, &maps);
    }
    if (!is_good) {
        mem_delete(mem);
        return false;
    }
    if (ident.mem != NULL)
        mem_delete(ident.mem); /* forgets itself */
    ident.mem = mem;
    ident.maps = maps;
    mem_on_reset(mem, forget, NULL);
    return true;
}

static void forget(UNUSED void *arg)
{
    ident.mem = NULL;
}

bool ident_match(const char *map, const char *system_name, const char *user, IdentCase how)
{
    static const Array none = {.item_size = sizeof(IdentMap)};

    return ident_match_maps(ident.mem != NULL ? &ident.maps : &none, map, system_name, user, how);
}

bool ident_match_maps(const Array *maps, const char *map, const char *system_name,
                      const char *user, IdentCase how)
{
    if (map == NULL || *map == '\0') {
        if ((how == IDENT_ANY_CASE ? strcasecmp : strcmp)(system_name, user) == 0)
            return true;
        err_log(ERR_LOG, .message = err_fmt("provided user name (%s) and authenticated user name "
                                            "(%s) do not match",
                                            user, system_name));
        return false;
    }
    array_foreach(const IdentMap, row, maps)
        if (row->error == NULL && str_equal(row->name, map) &&
            map_matches(row, system_name, user, how))
            return true;
    err_log(ERR_LOG, .message = err_fmt("no match in usermap \"%s\" for user \"%s\" authenticated "
                                        "as \"%s\"",
                                        map, user, system_name));
    return false;
}

static bool map_matches(const IdentMap *map, const char *system_name, const char *user,
                        IdentCase how)
{
    int (*compare)(const char *, const char *) = how == IDENT_ANY_CASE ? strcasecmp : strcmp;
    regmatch_t groups[2];
    const char *mapped = map->user;

    if (map->pattern == NULL)
        return compare(map->system_name, system_name) == 0 && compare(map->user, user) == 0;
    if (regexec(map->pattern, system_name, ARRAY_LEN(groups), groups, 0) != 0)
        return false;
    if (strstr(map->user, "\\1") != NULL) {
        if (groups[1].rm_so < 0) {
            err_log(ERR_LOG, .sqlstate = SQLSTATE_INVALID_REGULAR_EXPRESSION,
                    .message = err_fmt("regular expression \"%s\" has no subexpressions as "
                                       "requested by backreference in \"%s\"",
                                       map->system_name + 1, map->user));
            return false;
        }
        mapped = expand(map, system_name, &groups[1]);
    }
    return compare(mapped, user) == 0;
}

/* The first \1 of the user replaced by what the parentheses took. */
static char *expand(const IdentMap *map, const char *system_name, const regmatch_t *group)
{
    const char *place = strstr(map->user, "\\1");
    StrBuf out;

    strbuf_init(&out);
    strbuf_add_bytes(&out, map->user, (size_t)(place - map->user));
    strbuf_add_bytes(&out, system_name + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
    strbuf_add(&out, place + 2);
    return out.text;
}
