/*
 * guc.h - the table of settings at work: sources, contexts, files, SET and SHOW
 *
 * A setting's value comes from the highest source that gave one: default, environment, file,
 * command line, database, role, client, session. SET LOCAL and savepoints keep what was before on a
 * stack. Messages, SQLSTATEs and forms of values are PostgreSQL's.
 */
#ifndef CONFIG_GUC_H
#define CONFIG_GUC_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/text/strbuf.h"

/* Who may change it, and when. */
typedef enum GucContext {
    GUC_INTERNAL,   /* nobody: it tells what is */
    GUC_POSTMASTER, /* at start-up */
    GUC_SIGHUP,     /* by reload */
    GUC_SU_BACKEND, /* by superusers, with the connection */
    GUC_BACKEND,    /* with the connection */
    GUC_SUSET,      /* by superusers and those who were granted it, any time */
    GUC_USERSET,    /* by anybody, any time */
} GucContext;

typedef enum GucSource {
    GUC_FROM_DEFAULT,
    GUC_FROM_DYNAMIC_DEFAULT,
    GUC_FROM_ENVIRONMENT,
    GUC_FROM_FILE,
    GUC_FROM_COMMAND_LINE,
    GUC_FROM_GLOBAL,
    GUC_FROM_DATABASE,
    GUC_FROM_ROLE,
    GUC_FROM_DATABASE_ROLE,
    GUC_FROM_CLIENT,
    GUC_FROM_OVERRIDE,
    GUC_FROM_INTERACTIVE,
    GUC_FROM_TEST,
    GUC_FROM_SESSION,
} GucSource;

typedef enum GucKind { GUC_BOOL, GUC_INT, GUC_REAL, GUC_STRING, GUC_ENUM } GucKind;

typedef enum GucUnit {
    GUC_UNIT_NONE,
    GUC_UNIT_BYTE,
    GUC_UNIT_KB,
    GUC_UNIT_BLOCK, /* 8 kB */
    GUC_UNIT_MB,
    GUC_UNIT_MS,
    GUC_UNIT_S,
    GUC_UNIT_MIN,
} GucUnit;

typedef enum GucGroup {
#define ROW(group, text) GUC_GROUP_##group,
#include "server/config/guc_group.def"
#undef ROW
} GucGroup;

enum {
    GUC_EXPLAIN = 1 << 0,               /* EXPLAIN (SETTINGS) tells of it */
    GUC_LIST_INPUT = 1 << 1,            /* SET takes several values */
    GUC_LIST_QUOTE = 1 << 2,            /* and quotes each that needs it */
    GUC_NO_SHOW_ALL = 1 << 3,           /* only SHOW by name knows it */
    GUC_NO_RESET_ALL = 1 << 4,          /* RESET ALL leaves it */
    GUC_REPORT = 1 << 5,                /* clients are told of changes */
    GUC_NOT_IN_SAMPLE = 1 << 6,         /* postgresql.conf of a new cluster does not name it */
    GUC_DISALLOW_IN_FILE = 1 << 7,      /* no file can set it */
    GUC_DISALLOW_IN_AUTO_FILE = 1 << 8, /* ALTER SYSTEM cannot */
    GUC_SUPERUSER_ONLY = 1 << 9,        /* only pg_read_all_settings may see it */
    GUC_IS_NAME = 1 << 10,              /* cut to the length of a name */
    GUC_NOT_WHILE_SEC_REST = 1 << 11,   /* not in a function that may not change roles */
    GUC_RUNTIME_COMPUTED = 1 << 12,     /* known late: `postgres -C` starts up for it */
    GUC_CUSTOM_PLACEHOLDER = 1 << 13,   /* a name with a dot that no module has claimed */
};

/* ---- Start ---- */

/*
 * Upper modules check and follow. check may change *value (in the unit of the row; a text is
 * copied), and refuses by false, with what is to be said in *why, or by a raise. assign must not
 * raise; `setting` has the new value by then. Set by main before guc_init(); the hooks are those of
 * server/main/guc_hook.def.
 */
typedef union GucValue {
    bool b;
    int i;
    double d;
    const char *s; /* may be NULL */
} GucValue;

/* Texts must outlive the call. Where nothing is said: 22023, `invalid value for parameter ...`. */
typedef struct GucRefusal {
    SqlState sqlstate;
    const char *message, *detail, *hint;
} GucRefusal;

typedef struct GucHook {
    const char *name;
    bool (*check)(GucValue *value, GucSource source, GucRefusal *why);
    void (*assign)(GucValue value);
    const char *(*show)(void); /* NULL: the usual form */
} GucHook;

/* hooks is kept, not copied. */
void guc_set_hooks(const GucHook *hooks, size_t count);

/* guard says within what GUC_NOT_WHILE_SEC_REST refuses ("security-definer function"), or NULL. */
void guc_set_guard(const char *(*guard)(void));

/*
 * In each process that does not inherit it by fork: all settings at their defaults, then what the
 * environment says (PGPORT, PGDATESTYLE, PGCLIENTENCODING). Memory is of a context below the
 * current one. Called again it starts anew.
 */
void guc_init(void);

/*
 * Where the files are: data_dir (NULL: PGDATA, or config_file and data_directory as they are set)
 * gives config_file, data_directory, hba_file, ident_file. Raises when that is nowhere. Reads
 * config_file for data_directory when only the first is known.
 */
void guc_find_files(const char *data_dir);
const char *guc_config_file(void);

/* "name=value" or "--name=value" of a command line, "-" in the name as "_"; value NULL: no "=". */
void guc_split_option(const char *option, char **name, char **value);

/* A switch of the server's command line, and of a client's options, that stands for a setting. */
typedef struct GucSwitch {
    char letter;
    const char *name;
    const char *value; /* NULL: it takes one */
} GucSwitch;

const GucSwitch *guc_find_switch(char letter); /* NULL: none */

/* ---- Files ---- */

/*
 * Read config_file, what it includes, and postgresql.auto.conf, and set what they say. At start-up
 * mistakes are logged, each with file and line, and F0000 is raised at the end. At a reload a file
 * that cannot be parsed, or that has an unknown setting, changes nothing; a value that cannot be
 * taken is passed over. What was in the files and is no longer goes back to its default.
 */
typedef enum GucLoad {
    GUC_LOAD_START,
    GUC_LOAD_RELOAD,          /* in the supervisor: tells the log what changed */
    GUC_LOAD_RELOAD_IN_CHILD, /* says nothing, as the supervisor did */
} GucLoad;
void guc_load_files(GucLoad how);
PgTime guc_load_time(void); /* when this process, or the one it was forked from, did that last */

/* A line of the files that sets something, or is wrong, as pg_file_settings shows it. */
typedef struct GucFileRow {
    const char *file;
    int line;
    const char *name, *value; /* NULL where the line is wrong */
    bool is_applied;          /* would be in force after a reload */
    const char *error;        /* NULL: none */
} GucFileRow;
void guc_list_files(Array *rows);

/*
 * ALTER SYSTEM: name NULL resets all, value NULL the one. Durable before it returns. The caller
 * holds a lock against other processes that do so at the same time.
 */
void guc_alter_system(const char *name, const char *value);

/* ---- Set ---- */

/* What a call that sets may do. */
typedef enum GucAction {
    GUC_SET,   /* for the session, if the transaction commits */
    GUC_LOCAL, /* until the transaction ends */
    GUC_SAVE,  /* until guc_nest_end() of the level (function with SET) */
} GucAction;

typedef struct GucChange {
    const char *name;
    const char *value; /* NULL: what RESET gives; with GUC_FROM_DEFAULT the row's default */
    GucContext as;     /* the right of who asks: GUC_SUSET for a superuser, GUC_USERSET */
    GucSource source;
    GucAction action;
    ErrLevel level; /* ERR_ERROR raises; below it reports and returns false */
    bool is_test;   /* only look whether it could be */
} GucChange;

/* False when it was refused below ERR_ERROR, or a higher source has the say. */
bool guc_set(const GucChange *change);

/* RESET ALL */
void guc_reset_all(void);

/*
 * Several values as one text, as SET and ALTER SYSTEM give them: quoted where the setting wants
 * that. Raises 22023 when the setting takes one only, or is not known.
 */
char *guc_join_values(const char *name, const char *const *values, size_t count);

/* Which names are quoted though they look plain: the parser's key words but those that are free. */
void guc_set_key_words(bool (*is_key_word)(const char *name));

/*
 * A list such as search_path as it was written: names at commas, folded to lower case unless they
 * are quoted, cut to the length of a name. False when it is no such list. Items (char *) are in the
 * current context.
 */
bool guc_split_names(const char *text, Array *names);

/* Names that begin with prefix and a dot are a module's: those that it has no row for go. */
void guc_reserve_prefix(const char *prefix);

/* Levels of transactions: 1 for the top. What was set at a level is undone unless it commits. */
unsigned guc_nest_begin(void);
void guc_nest_end(unsigned level, bool is_commit);
unsigned guc_nest_level(void);

/* ---- Show ---- */

/* The value in the form of SHOW, in the current context; NULL when there is no such setting. */
char *guc_show(const char *name);

/* The name as its row has it, e.g. "DateStyle"; NULL when there is no such setting. */
const char *guc_spelling(const char *name);

/* What is not known, or of no module, is superusers' to set. */
GucContext guc_context(const char *name);

/* GUC_* of the setting; 42704 when there is none. */
unsigned guc_flags(const char *name);
_Noreturn void guc_raise_unknown(const char *name);

/* Names with a dot that no row has are taken unless their first part is a module's. */
typedef struct GucRow {
    const char *name;
    GucKind kind;
    GucContext context;
    GucSource source;
    const char *group;
    const char *unit; /* NULL: none */
    const char *text; /* short description */
    char *value;      /* as SHOW without units, as pg_settings has it */
    char *boot_value; /* NULL: none */
    char *reset_value;
    char *min, *max;         /* NULL: no such */
    char **choices;          /* NULL, or ends with NULL */
    const char *source_file; /* NULL */
    int source_line;
    bool needs_restart;
    unsigned flags;
} GucRow;

/* Rows by name, in the current context: for pg_settings, and SHOW ALL with those it leaves out. */
void guc_list(Array *rows);

/* The words of pg_settings. */
const char *guc_context_text(GucContext context);
const char *guc_source_text(GucSource source);
const char *guc_kind_text(GucKind kind);

/* What `postgres --describe-config` prints. */
void guc_describe(StrBuf *out);

/* Settings that clients are told of (ParameterStatus), changed since they were last asked for. */
bool guc_next_report(const char **name, const char **value);
void guc_begin_reports(void);

/* What the hook shows for that setting has changed, though it was not set. */
void guc_note_change(const char *name);

/* ---- Hand over to another process ---- */

/* Write those in force that are not at their default into a text that guc_restore() takes. */
char *guc_serialize(size_t *len);
void guc_restore(const void *bytes, size_t len);

/* ---- Rights to set ---- */

/* The name that rights on a setting are kept under; and whether there can be any. */
const char *guc_right_name(const char *name);
bool guc_may_have_rights(const char *name);

#endif
