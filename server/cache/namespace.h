/*
 * namespace.h - finding objects by name: schemas, the search path, what is visible
 *
 * A name without a schema is looked for in the schemas of the search path: the session's temporary
 * schema (tables and types alone), pg_catalog, then those of the setting search_path that exist. An
 * explicit mention of the first two in the setting moves them to that place. Functions and
 * operators are never looked for in the temporary schema.
 *
 * Names of objects come as a list of String, schema first; functions here raise 42601 for too many
 * parts, 0A000 for another database's, 3F000 for a schema that is not there.
 */
#ifndef CACHE_NAMESPACE_H
#define CACHE_NAMESPACE_H

#include "common/base/base.h"

#include "server/catalog/catalog.h"
#include "server/node/node.h"

/* ---- The path ---- */

typedef struct SearchPath {
    const Oid *schemas;
    unsigned count;
    Oid creation; /* where new objects go; 0: nowhere, or in a temporary schema to be made */
    bool creates_temporary;
    uint64_t generation; /* another number: the path is another one */
} SearchPath;

/* Of this session, as the settings have it now; good until something is looked up. */
const SearchPath *namespace_path(void);

/* Whose "$user" it is: when the session starts, and when its role changes. */
void namespace_set_user(Oid role);
Oid namespace_get_user(void);

/* The schema that the session's temporary objects are in; 0 as long as there is none. */
void namespace_set_temporary(Oid schema);
Oid namespace_get_temporary(void);

/* The name of this process's database: set when it is opened. */
void namespace_set_database(const char *name);
const char *namespace_database(void);

/* Raises 0A000, as PostgreSQL does, when the name begins with that of another one. */
void namespace_require_this_database(const RangeVar *var);

/* What the database's texts are in: names of collations belong to an encoding. */
void namespace_set_encoding(int encoding);
int namespace_get_encoding(void);

/* May that role look into the schema? Set by main; without it everybody may. */
typedef bool (*NamespaceRight)(Oid schema, Oid role);
void namespace_set_right(NamespaceRight may_use);

/* Work the path out anew at its next use; registered with inval by namespace_init(). */
void namespace_forget(void);
void namespace_init(void);

/* ---- Schemas and qualified names ---- */

Oid namespace_find(const char *name); /* 0: none; without a check of rights */

/* The schema that was written before a name, which must exist and be open to the user. */
Oid namespace_explicit(const char *name, bool is_missing_ok);

/* *schema is NULL when there was none. */
void namespace_split(const List *names, const char **schema, const char **name);
char *namespace_text(const List *names); /* a.b.c, for messages */

bool namespace_is_temporary(Oid schema);       /* ours */
bool namespace_is_any_temporary(Oid schema);   /* or anybody's */

/* ---- Objects: their numbers; 0 where there is none ---- */

Oid namespace_find_relation(const char *name);
Oid namespace_find_type(const char *name);

/* NULL schema: by the path. Raises 42P01 unless is_missing_ok; takes no lock. */
Oid namespace_relation(const RangeVar *var, bool is_missing_ok);

/* Where a new relation goes; raises 3F000 when nowhere, 42P16 for a temporary one elsewhere. */
Oid namespace_for_new_relation(const RangeVar *var);

/* Where a new object of another kind goes; *name is the last part. */
Oid namespace_for_new_object(const List *names, const char **name);

Oid namespace_collation(const List *names, bool is_missing_ok);
Oid namespace_opclass(Oid access_method, const List *names, bool is_missing_ok);
Oid namespace_opfamily(Oid access_method, const List *names, bool is_missing_ok);
Oid namespace_conversion(const List *names, bool is_missing_ok);
Oid namespace_statistics(const List *names, bool is_missing_ok);
Oid namespace_ts_config(const List *names, bool is_missing_ok);
Oid namespace_ts_dictionary(const List *names, bool is_missing_ok);
Oid namespace_ts_parser(const List *names, bool is_missing_ok);
Oid namespace_ts_template(const List *names, bool is_missing_ok);

/* The operator with exactly these operand types (left 0: prefix), or 0. */
Oid namespace_operator(const List *names, Oid left, Oid right);

/* ---- Candidates: functions and operators of one name ---- */

typedef struct FuncCandidate {
    struct FuncCandidate *next;
    unsigned path_position;
    Oid oid; /* 0: two that nothing tells apart */
    int parameters;       /* as declared */
    int arg_count;        /* of args: what is called with, defaults included */
    int variadic_count;   /* of them made of the variadic parameter */
    int default_count;    /* of them taken from defaults, the last ones */
    const int *numbers;   /* parameter of each arg, for calls by name; NULL: in order */
    Oid args[];
} FuncCandidate;

typedef struct FuncSearch {
    const List *names;
    int arg_count;         /* -1: any */
    const List *arg_names; /* text of the last args, as String; NULL: none by name */
    bool expand_variadic;
    bool expand_defaults;
    bool include_out; /* OUT parameters count as arguments */
    bool is_missing_ok; /* a schema that is not there is no error */
} FuncSearch;

FuncCandidate *namespace_functions(const FuncSearch *search);

#define OPERATOR_OF_ANY_KIND '\0'

/* kind: b or l, as oprkind; or any. */
FuncCandidate *namespace_operators(const List *names, char kind);

/* ---- Is it found by its bare name? Raises nothing: false for what does not exist ---- */

bool namespace_sees_relation(Oid relation);
bool namespace_sees_type(Oid type);
bool namespace_sees_function(Oid function);
bool namespace_sees_operator(Oid op);
bool namespace_sees_collation(Oid collation);
bool namespace_sees_opclass(Oid opclass);
bool namespace_sees_opfamily(Oid family);
bool namespace_sees_conversion(Oid conversion);
bool namespace_sees_statistics(Oid statistics);
bool namespace_sees_ts_config(Oid config);
bool namespace_sees_ts_dictionary(Oid dictionary);
bool namespace_sees_ts_parser(Oid parser);
bool namespace_sees_ts_template(Oid template);

#endif
