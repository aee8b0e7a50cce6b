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

/* In each process that does not inherit it by fork: all settings at their defaults. */
void guc_init(void);

/*
 * Read postgresql.conf, what it includes, and postgresql.auto.conf. At start-up a mistake is an
 * error that names file and line; at a reload it is logged, and nothing of the files is taken.
 */
void guc_load_files(bool is_reload);
const char *guc_config_file(void);

/* What a call that sets may do. */
typedef enum GucAction {
    GUC_SET,   /* for the session, if the transaction commits */
    GUC_LOCAL, /* until the transaction ends */
    GUC_SAVE,  /* until guc_nest_end() of the level (function with SET) */
} GucAction;

typedef struct GucChange {
    const char *name;
    const char *value; /* NULL: the default (RESET) */
    GucContext as;     /* the right of who asks: GUC_SUSET for a superuser, GUC_USERSET */
    GucSource source;
    GucAction action;
    ErrLevel level; /* ERR_ERROR raises; below it reports and returns false */
    bool is_test;   /* only look whether it could be */
} GucChange;

/* False when it was refused below ERR_ERROR, or is silently of no effect. */
bool guc_set(const GucChange *change);

/* The value in the form of SHOW; NULL when there is no such setting. */
char *guc_show(const char *name);

/* Levels of transactions: 1 for the top. What was set at a level is undone unless it commits. */
unsigned guc_nest_begin(void);
void guc_nest_end(unsigned level, bool is_commit);

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
    char *boot_value;
    char *reset_value;
    char *min, *max;         /* NULL: no such */
    char **choices;          /* NULL, or ends with NULL */
    const char *source_file; /* NULL */
    int source_line;
    bool needs_restart;
    unsigned flags;
} GucRow;

/* Rows by name, for pg_settings, SHOW ALL and --describe-config. */
void guc_list(Array *rows);

/*
 * Upper modules check and follow: check may change *value (in the unit of the row; strings: a
 * text) and raises or returns false with the detail set; assign must not raise. Set by main before
 * guc_init(); the table of hooks is server/main/guc_hook.def.
 */
typedef union GucValue {
    bool b;
    int i;
    double d;
    const char *s;
} GucValue;

typedef struct GucHook {
    const char *name;
    bool (*check)(GucValue *value, GucSource source, const char **detail);
    void (*assign)(GucValue value);
    const char *(*show)(void); /* NULL: the usual form */
} GucHook;

void guc_set_hooks(const GucHook *hooks, size_t count);

/* Settings that clients are told of (ParameterStatus), changed since they were last asked for. */
bool guc_next_report(const char **name, const char **value);
void guc_begin_reports(void);

/* ALTER SYSTEM: name NULL resets all, value NULL the one. Durable before it returns. */
void guc_alter_system(const char *name, const char *value);

/* Write those in force that are not at their default into a text that guc_restore() takes. */
char *guc_serialize(size_t *len);
void guc_restore(const void *bytes, size_t len);

#endif
