/*
 * config.h - configuration files: sections of settings, each with the line it stands on
 *
 *     # comment                                a # or ; begins one at the start of a line only
 *     [repo.main]                              a kind and a name
 *     url = s3://bucket/prefix?region=x        blanks around names and values do not count
 *     key = "with blanks at the end  "         quoted: \" and \\ stand for themselves
 *
 *     [cluster.main]
 *     repo = main
 *
 * A file is read as a whole; what the keys mean is said by the OptionDef tables of those who ask
 * (option_apply_section, option_read_section). Errors raise SQLSTATE_CONFIG_FILE_ERROR and end in
 * `in file "x" line N`.
 */
#ifndef OPTION_CONFIG_H
#define OPTION_CONFIG_H

#include "common/base/base.h"

#include "common/ds/array.h"

typedef struct ConfigEntry {
    const char *key;
    const char *value;
    unsigned line;
} ConfigEntry;

typedef struct ConfigSection {
    const char *kind; /* "repo" of [repo.main] */
    const char *name; /* "main" */
    const char *path; /* of the file, for messages */
    unsigned line;
    bool is_private; /* the file's mode lets nobody but its owner read it */
    Array entries;   /* of ConfigEntry, as they stand */
} ConfigSection;

typedef struct Config {
    const char *path; /* NULL when there is no file */
    Array sections;   /* of ConfigSection, as they stand */
} Config;

/*
 * Read the file at path; when path is NULL the one that HOLDFAST_CONFIG names; else the first that
 * exists of ~/.config/holdfast/holdfast.conf and /etc/holdfast/holdfast.conf; else the result has
 * no sections. A file that was named must exist. All belongs to the current context.
 */
Config *config_load(const char *path);

/* As above, from text; path is for messages. */
Config *config_parse(const char *text, const char *path, bool is_private);

/* The section [kind.name], or NULL. */
const ConfigSection *config_find(const Config *config, const char *kind, const char *name);

/* As above; raises F0000 when there is none, naming the file. hint says what else may be meant. */
const ConfigSection *config_get(const Config *config, const char *kind, const char *name,
                                const char *hint);

/* The value of a key, or NULL. */
const char *config_value(const ConfigSection *section, const char *key);

#endif
