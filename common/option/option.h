/*
 * option.h - a program's options as tables: parser, --help and conflict errors follow from them
 *
 *     typedef struct BackupOptions {
 *         const char *dir;
 *         int64_t level;
 *         ConnectOptions connect;
 *     } BackupOptions;
 *
 *     static const OptionDef output_options[] = {
 *         {'D', "pgdata", OPTION_STRING, offsetof(BackupOptions, dir), .arg = "DIRECTORY",
 *          .help = "receive base backup into directory", .env = "PGDATA"},
 *         {0, "level", OPTION_INT, offsetof(BackupOptions, level), .arg = "N", .min = 0, .max = 9,
 *          .initial = "6", .help = "..."},
 *         {.kind = OPTION_END},
 *     };
 *     static const OptionGroup groups[] = {
 *         {"Options controlling the output", output_options, 0},
 *         {"Connection options", client_options, offsetof(BackupOptions, connect)},
 *         {.defs = NULL},
 *     };
 *     static const OptionSet set = {.size = sizeof(BackupOptions), .groups = groups, ...};
 *
 * Promises
 *   1. The words of a command line are read as getopt_long(3) reads them: grouped short options,
 *      -Dx, -D x, --opt=x, --opt x, unambiguous beginnings of long names, operands anywhere, "--".
 *   2. A value comes from, in rising order: the table's initial value, a configuration file
 *      (option_apply_section), the environment, the command line.
 *   3. Whatever is wrong raises SQLSTATE_USAGE in PostgreSQL's words, for wrong options with the
 *      hint to try --help, for wrong values without; nothing is printed. (A value out of a file:
 *      SQLSTATE_CONFIG_FILE_ERROR, with the line.)
 *   4. -? and --help, -V and --version belong to every set, without a row.
 *
 * Source: getopt_long(3); the texts are those of PostgreSQL 15's programs.
 */
#ifndef OPTION_OPTION_H
#define OPTION_OPTION_H

#include "common/base/base.h"

#include "common/option/config.h"
#include "common/text/strbuf.h"

/* What a value is; behind each the type of the field that takes it. */
typedef enum OptionKind {
    OPTION_END,    /* the last row of a table */
    OPTION_FLAG,   /* bool, true when given; takes no argument */
    OPTION_COUNT,  /* unsigned, how often it was given; takes no argument */
    OPTION_BOOL,   /* bool, by the words of num_try_parse_bool */
    OPTION_STRING, /* const char * */
    OPTION_INT,    /* int64_t from min to max */
    OPTION_SIZE,   /* uint64_t, bytes, from min to max; without a unit it counts units */
    OPTION_ENUM,   /* int, by the rows of choices */
    OPTION_LIST,   /* Array of const char *, one for each time it was given */
    OPTION_CUSTOM, /* any, by the function read */
} OptionKind;

typedef struct OptionChoice {
    const char *name; /* NULL ends the rows; a name of one letter is left out of messages */
    int value;
} OptionChoice;

typedef struct OptionDef {
    char short_name;       /* 0 when there is none */
    const char *long_name; /* NULL when there is none; also the key in a configuration file */
    OptionKind kind;
    size_t offset;    /* of the field, in the struct of the group */
    const char *arg;  /* name of the argument in --help */
    const char *help; /* \n breaks the line; NULL hides the option */

    /*
     * The value when the option comes without one; NULL: it must have one. An option that need not
     * have a value takes none but from "--name=value", and none at all when arg is NULL: then it is
     * a short word for this value of its field, which another option may set too.
     */
    const char *optional;

    const char *env;     /* variable that may give the value */
    const char *initial; /* value when nothing gives one, as text; shown by --help */
    int64_t min, max;    /* OPTION_INT, OPTION_SIZE; both 0: no limits (sizes: none above 0) */
    uint64_t unit;       /* OPTION_SIZE; 0 is 1 */
    const OptionChoice *choices;
    const char *what; /* what a bad value is called: "invalid WHAT "x", must be ..." */
    /*
     * OPTION_CUSTOM: take text into *field. False: "invalid value" is raised; for other words the
     * function raises itself. Called again when the option is given again.
     */
    bool (*read)(const char *text, void *field);
    bool is_secret; /* refused in a file that others can read */
} OptionDef;

/* Options under one title; the same rows can serve many programs. */
typedef struct OptionGroup {
    const char *title; /* without the colon; NULL: "Options" */
    const OptionDef *defs;
    size_t offset; /* of the group's struct in the program's */
} OptionGroup;

typedef enum OptionRuleKind { OPTION_EXCLUDES = 1, OPTION_NEEDS } OptionRuleKind;

/* What may not, or must, be given together. Names are long names; checked in the table's order. */
typedef struct OptionRule {
    OptionRuleKind kind;
    const char *option;
    const char *other;
    const char
        *message; /* NULL: "options -a/--aa and -b/--bb cannot be used together" and the like */
} OptionRule;

typedef struct OptionSet {
    size_t size;               /* of the program's struct */
    const OptionGroup *groups; /* ends with a row without defs */
    const OptionRule *rules;   /* NULL, or ends with a row of kind 0 */
    const char *usage;         /* what follows the program's name; NULL: "[OPTION]..." */
    const char *summary; /* "takes a base backup ...": follows the name at the top of --help */
    const char *notes;   /* paragraphs below the options in --help, or NULL */
    size_t operand_max;
} OptionSet;

/* What a program with verbs can do: "pitr restore". */
typedef struct Options Options;
typedef struct OptionVerb {
    const char *name; /* NULL ends the rows */
    const OptionSet *set;
    int (*run)(const Options *o); /* the exit code; raises on errors */
    int error_exit;               /* exit code of whatever raises; 0: that of its SQLSTATE */
} OptionVerb;

typedef enum OptionOrigin {
    OPTION_FROM_NOWHERE,
    OPTION_FROM_TABLE,
    OPTION_FROM_FILE,
    OPTION_FROM_ENV,
    OPTION_FROM_COMMAND_LINE,
} OptionOrigin;

struct Options {
    const OptionSet *set;
    const char *program; /* "pgbasebackup", or "pitr restore" */
    void *values;        /* the program's struct */
    const char **operands;
    size_t operand_count;
    bool wants_help; /* -? or --help was met: what follows it was not looked at */
    bool wants_version;
    OptionOrigin *origins; /* of each option, in the order of groups and rows */
};

/*
 * Read the words argv[1] to argv[argc - 1] into a new struct of set->size. The result and all in it
 * belongs to the current context; strings point into argv and the environment. Rules are checked
 * by option_check, since a file may still be applied.
 */
Options *option_parse(const OptionSet *set, const char *program, int argc, char *const *argv);

/*
 * Take the values of a file's section that neither environment nor command line gave. Each key
 * must be the long name of an option of the set.
 */
void option_apply_section(Options *o, const ConfigSection *section);

/*
 * Raise when a rule of the set is broken. Only what stands on the command line excludes or needs
 * anything: the rest are defaults. What it needs may come from anywhere but the table.
 */
void option_check(const Options *o);

/* Where the value of the option with that long name came from. */
OptionOrigin option_origin(const Options *o, const char *long_name);

/* True when it stands on the command line. */
bool option_is_given(const Options *o, const char *long_name);

/* Raise SQLSTATE_USAGE with the hint to try --help. */
_Noreturn void option_raise_usage(const Options *o, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Take a section of a file into a struct by the rows of defs alone: for things that only files
 * describe (repositories). Keys without a row raise.
 */
void option_read_section(const ConfigSection *section, const OptionDef *defs, void *values);

/* What --help prints, in the layout of PostgreSQL's programs. */
void option_help(const OptionSet *set, const char *program, StrBuf *out);

/* The same for a program with verbs: names and summaries. notes may be NULL. */
void option_help_verbs(const OptionVerb *verbs, const char *program, const char *summary,
                       const char *notes, StrBuf *out);

/* The verb with that name, or NULL. */
const OptionVerb *option_find_verb(const OptionVerb *verbs, const char *name);

/* "-D/--pgdata", "--label" or "-x", as messages name an option; in the current context. */
const char *option_display_name(const OptionDef *def);

#endif
