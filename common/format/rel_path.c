/* rel_path.c - relation files and their names; rel_path.h has the forms. */
#include "common/base/base.h"

#include "common/format/rel_path.h"

#include "common/mem/mem.h"
#include "common/text/str.h"

static const char *const fork_names[FORK_COUNT] = {
    [FORK_MAIN] = "main", [FORK_FSM] = "fsm", [FORK_VM] = "vm", [FORK_INIT] = "init"};

static bool take_number(const char **text, uint32_t *out);
static bool take_prefix(const char **text, const char *prefix);
static bool take_folder(const char **path, RelPath *out);

bool rel_file_name_try_parse(const char *name, RelFileName *out)
{
    RelFileName found = {.fork = FORK_MAIN};

    if (*name == 't') {
        name++;
        found.is_temp = true;
        /* Backends count from 1, or from 0 in 17 and later. */
        if (*name == '0' && name[1] == '_')
            name++;
        else if (!take_number(&name, &found.backend))
            return false;
        if (*name++ != '_')
            return false;
    }
    if (!take_number(&name, &found.rel))
        return false;
    if (*name == '_') {
        name++;
        for (int fork = FORK_FSM; fork < FORK_COUNT && found.fork == FORK_MAIN; fork++) {
            if (take_prefix(&name, fork_names[fork]))
                found.fork = (ForkNo)fork;
        }
        if (found.fork == FORK_MAIN)
            return false;
    }
    if (*name == '.') {
        name++;
        if (!take_number(&name, &found.segment) || found.segment > REL_SEGMENT_MAX)
            return false;
    }
    if (*name != '\0')
        return false;
    *out = found;
    return true;
}

char *rel_file_name(const RelFileName *name)
{
    char temp[16] = "", segment[16] = "";
    bool is_main = name->fork == FORK_MAIN;

    if (name->is_temp)
        snprintf(temp, sizeof(temp), "t%u_", name->backend);
    if (name->segment != 0)
        snprintf(segment, sizeof(segment), ".%u", name->segment);
    return mem_printf("%s%u%s%s%s", temp, name->rel, is_main ? "" : "_",
                      is_main ? "" : fork_names[name->fork], segment);
}

bool rel_path_try_parse(const char *path, RelPath *out)
{
    RelPath found = {.version = NULL};

    if (!take_folder(&path, &found) || !rel_file_name_try_parse(path, &found.file))
        return false;
    /* Nobody can make a temporary relation for all databases. */
    if (found.file.is_temp && found.tag.database == 0)
        return false;
    found.tag.rel = found.file.rel;
    *out = found;
    return true;
}

char *rel_dir_path(Oid tablespace, Oid database, const PgVersion *version)
{
    if (tablespace == TABLESPACE_GLOBAL)
        return mem_strdup("global");
    if (tablespace == TABLESPACE_DEFAULT)
        return mem_printf("base/%u", database);
    return mem_printf("pg_tblspc/%u/PG_%u_%u/%u", tablespace, version->major,
                      version->catalog_version, database);
}

char *rel_path(const RelTag *tag, ForkNo fork, uint32_t segment, const PgVersion *version)
{
    char *dir = rel_dir_path(tag->tablespace, tag->database, version);
    char *name = rel_file_name(&(RelFileName){.rel = tag->rel, .fork = fork, .segment = segment});
    char *path = mem_printf("%s/%s", dir, name);

    mem_free(dir);
    mem_free(name);
    return path;
}

char *rel_path_of_block(const BlockTag *tag, const PgVersion *version, uint64_t *offset)
{
    *offset = (uint64_t)(tag->block % SEGMENT_BLOCKS) * BLOCK_SIZE;
    return rel_path(&tag->rel, (ForkNo)tag->fork, tag->block / SEGMENT_BLOCKS, version);
}

const char *fork_name(ForkNo fork)
{
    ASSERT(fork < FORK_COUNT);
    return fork_names[fork];
}

/* The folder at the beginning of a path; *path moves to the base name. */
static bool take_folder(const char **path, RelPath *out)
{
    if (take_prefix(path, "global/")) {
        out->tag.tablespace = TABLESPACE_GLOBAL;
        return true;
    }
    if (take_prefix(path, "base/")) {
        out->tag.tablespace = TABLESPACE_DEFAULT;
    } else if (take_prefix(path, "pg_tblspc/")) {
        uint32_t major, catalog;

        if (!take_number(path, &out->tag.tablespace) || !take_prefix(path, "/PG_") ||
            !take_number(path, &major) || !take_prefix(path, "_") || !take_number(path, &catalog) ||
            !take_prefix(path, "/"))
            return false;
        out->version = pg_version_find_by_catalog(catalog);
        if (out->version == NULL || out->version->major != major)
            return false;
    } else {
        return false;
    }
    return take_number(path, &out->tag.database) && take_prefix(path, "/");
}

/* A number from 1 to 2^32-1 as the server prints it, with no zero before it. */
static bool take_number(const char **text, uint32_t *out)
{
    const char *p = *text;
    uint64_t number = 0;

    if (*p < '1' || *p > '9')
        return false;
    for (; *p >= '0' && *p <= '9'; p++) {
        number = number * 10 + (uint64_t)(*p - '0');
        if (number > UINT32_MAX)
            return false;
    }
    *text = p;
    *out = (uint32_t)number;
    return true;
}

static bool take_prefix(const char **text, const char *prefix)
{
    if (!str_starts_with(*text, prefix))
        return false;
    *text += strlen(prefix);
    return true;
}
