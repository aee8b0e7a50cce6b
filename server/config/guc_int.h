/*
 * guc_int.h - what the files of server/config share: the record of a setting
 *
 * Texts in records are counted references (guc_text_*), so that the value in force, the value that
 * RESET gives and those on the stack can be one. A text that was given up is freed at once.
 */
#ifndef CONFIG_GUC_INT_H
#define CONFIG_GUC_INT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/ds/hash.h"
#include "common/mem/mem.h"
#include "server/config/guc.h"
#include "server/config/setting.h"

/* The longest name, in bytes (max_identifier_length). */
#define NAME_LEN 63

#define STACK_SLOP_KB 512 /* of the system's limit of the stack that we leave free */

typedef struct GucChoice {
    const char *set;
    const char *text;
    int number;
    bool is_hidden;
} GucChoice;

/* A row of guc.def. */
typedef struct GucDef {
    const char *name;
    GucKind kind;
    GucContext context;
    GucGroup group;
    unsigned flags;
    GucUnit unit;
    size_t offset;   /* of the field in Settings */
    GucValue boot;   /* default; texts are constants */
    double min, max; /* of numbers; hold every int exactly */
    const char *set; /* of guc_enum.def, for enums */
    const char *text;
} GucDef;

/* ---- guc_table.c ---- */

extern const GucDef guc_defs[]; /* in the order of guc.def */
extern const size_t guc_def_count;
extern const GucChoice guc_choices[]; /* those of a set stand together, in order */
extern const size_t guc_choice_count;
const char *guc_group_text(GucGroup group);

/* A value and where it is from. */
typedef struct GucSaved {
    GucValue value;
    GucSource source;
    GucContext as;
} GucSaved;

/*
 * What a level of transactions has changed. A SET after a SET LOCAL of the same level forgets it; a
 * SET LOCAL after a SET keeps the latter's value as masked, which a commit brings back.
 */
typedef enum GucStackState { STACK_SAVE, STACK_SET, STACK_LOCAL, STACK_SET_LOCAL } GucStackState;

typedef struct GucStack {
    struct GucStack *outer;
    unsigned level;
    GucStackState state;
    GucSaved before; /* at the begin of the level */
    GucSaved masked; /* of STACK_SET_LOCAL: what was SET */
} GucStack;

typedef struct GucRecord {
    const char *key; /* the name in lower case; the key of the table */
    GucDef def;
    const GucChoice *choices; /* of enums */
    size_t choice_count;
    void *field; /* in `setting`; NULL for a placeholder */
    GucSaved now, reset;
    GucStack *stack;             /* NULL: nothing to undo */
    struct GucRecord *next_open; /* list of those with a stack */
    char *source_file;           /* where the files set it last; NULL */
    int source_line;
    bool needs_restart;
    bool is_in_files; /* while files are loaded */
    bool needs_report;
    char *reported;          /* what the client was told last; NULL: nothing */
    const GucHook *own_hook; /* of this module, asked first; NULL */
    const GucHook *hook;     /* of an upper module; NULL */
} GucRecord;

typedef struct GucLocal {
    MemContext *mem;
    Hash by_name;      /* of GucEntry */
    Array by_order;    /* GucRecord *, by name; is_sorted tells whether */
    bool is_sorted;    /* by_order is */
    Array prefixes;    /* char *: reserved */
    unsigned level;    /* of transactions; 0 outside */
    GucRecord *opened; /* those with a stack */
    bool has_reports;  /* some record may need one */
    const GucHook *hooks;
    size_t hook_count;
    bool (*is_key_word)(const char *name); /* NULL: none is */
    const char *(*guard)(void);            /* NULL: nothing is guarded */
} GucLocal;

extern GucLocal guc;

/* ---- guc.c ---- */

/* NULL when there is none. Old names that PostgreSQL still knows are known. */
GucRecord *guc_find(const char *name);

/* Likewise, but a name with a dot gets a placeholder; NULL with *why set when it may not. */
GucRecord *guc_find_or_make(const char *name, GucRefusal *why);
bool guc_is_custom_name(const char *name); /* could be a placeholder's */
void guc_sort(void);

typedef enum GucOutcome { GUC_DONE, GUC_REFUSED, GUC_NO_EFFECT } GucOutcome;

/* in_child: a reload's, in a process that the supervisor forked. */
GucOutcome guc_change(const GucChange *change, bool in_child);

/* Put the value in force: field, record, assign hook, report. Takes over the reference. */
void guc_put(GucRecord *record, GucSaved saved);
void guc_remove(GucRecord *record); /* a placeholder */

/* ---- guc_value.c ---- */

/* A setting, the name that it was asked for by, which messages repeat, and for whom. */
typedef struct GucAsked {
    const GucRecord *record;
    const char *name;
    GucSource source;
} GucAsked;

/*
 * Read text into *value (a new reference) and check it, range and hooks; false with *why set when
 * it is not to be had.
 */
bool guc_parse(const GucAsked *asked, const char *text, GucValue *value, GucRefusal *why);

/* The hooks' say alone, for a value that is in range; the reference is dropped when they refuse. */
bool guc_check(const GucAsked *asked, GucValue *value, GucRefusal *why);

bool guc_value_equal(const GucRecord *record, GucValue a, GucValue b);
GucValue guc_value_keep(const GucRecord *record, GucValue value); /* another reference */
void guc_value_drop(const GucRecord *record, GucValue value);

const char *guc_text_new(const char *text); /* NULL gives NULL */

/* In the current context. */
char *guc_value_text(const GucRecord *record, GucValue value, bool with_unit);
char *guc_show_record(const GucRecord *record, bool with_unit);
const char *guc_unit_name(GucUnit unit); /* NULL: none */

/* ---- guc_check.c: hooks of this module ---- */

const GucHook *guc_own_hook(const char *name);

/* ---- guc_stack.c ---- */

void guc_stack_note(GucRecord *record, GucAction action);

/* ---- guc_load.c ---- */

char *guc_auto_file(void); /* the path of postgresql.auto.conf */

#endif
