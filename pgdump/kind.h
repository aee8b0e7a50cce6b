/*
 * kind.h - the structs and functions of the kinds of objects that others need
 *
 * A kind is a row of kind.def and a file in kind/. What is here is named after the file.
 */
#ifndef PGDUMP_KIND_H
#define PGDUMP_KIND_H

#include "common/base/base.h"

#include "pgdump/dump.h"

/* ---- kind/table.c and what belongs to a table ---- */

enum {
    RELKIND_TABLE = 'r',
    RELKIND_PARTITIONED = 'p',
    RELKIND_VIEW = 'v',
    RELKIND_MATVIEW = 'm',
    RELKIND_SEQUENCE = 'S',
    RELKIND_COMPOSITE = 'c',
    RELKIND_FOREIGN = 'f',
};

typedef struct TableObject TableObject;
typedef struct ConstraintObject ConstraintObject;

typedef struct AttrdefObject {
    DumpObject object;
    TableObject *table;
    int32_t number; /* of the column, from 1 */
    const char *expression;
    bool is_separate; /* a statement of its own: SET DEFAULT */
} AttrdefObject;

/* A column; its number is its place in TableObject.columns. */
typedef struct TableColumn {
    Oid table;
    int32_t number;
    const char *name, *type;
    bool is_not_null, is_dropped, is_local;
    const char *not_null_name; /* 18: the constraint's; NULL: none */
    bool is_not_null_alone;    /* 18: children do not have it: NO INHERIT */
    char storage, type_storage, identity, generated, compression;
    int32_t statistics; /* -1: the default */
    const char *options, *foreign_options;
    const char *collation, *collation_schema; /* NULL: that of the type */
    Rights rights;
    AttrdefObject *value;
    bool is_inherited_not_null;
} TableColumn;

struct TableObject {
    DumpObject object;
    char kind; /* RELKIND_... */
    char persistence, replica_identity;
    bool is_partition, has_row_security, forces_row_security, has_index, is_populated;
    const char *tablespace, *options, *toast_options, *check_option, *access_method;
    Oid of_type, owning_table;
    int32_t owning_column;
    char owning_kind; /* of the dependency: 'a' serial, 'i' identity */
    const char *partition_key, *partition_bound;
    const char *foreign_server, *foreign_options;
    Array columns;                /* TableColumn */
    Array checks;                 /* ConstraintObject *; 18: with NOT NULL (type n) */
    Array parents;                /* TableObject * */
    Array indexes;                /* IndexObject * */
    bool has_unsafe_partitions;   /* where rows go may change when they are loaded */
    bool is_interesting;          /* its columns are read */
    bool is_dummy;                /* a view: made without what it shows, since that comes later */
    struct TableDataObject *data; /* NULL: its rows are not dumped */
    const struct SequenceRow *sequence;
    const char *last_value; /* of a sequence */
    bool is_called;
    const char *definition; /* what a view shows, as the server writes it */
};

typedef struct TableDataObject {
    DumpObject object;
    TableObject *table;
    const char *filter; /* WHERE ..., of an extension's table; "": all rows */
} TableDataObject;

struct ConstraintObject {
    DumpObject object;
    TableObject *table; /* NULL: of a domain */
    struct TypeObject *domain;
    char type;              /* as pg_constraint has it */
    const char *definition; /* as the server writes it */
    Oid table_oid, domain_oid, referenced, index_oid, parent;
    struct IndexObject *index;
    bool is_local, is_validated;
    bool is_separate; /* a statement of its own: ADD CONSTRAINT */
};

typedef struct IndexObject {
    DumpObject object;
    TableObject *table;
    Oid table_oid, parent;
    const char *definition, *tablespace;
    bool is_clustered, is_replica_identity;
    Array statistics_columns, statistics_values; /* const char * */
    /* The constraint that it stands for; oid 0: none. */
    Oid constraint;
    const char *constraint_name, *constraint_definition, *options;
    char constraint_type;
    bool is_deferrable, is_deferred;
    ConstraintObject *constraint_object;
    Array attachments; /* uint32_t: numbers of those that join others to it */
} IndexObject;

typedef struct RuleObject {
    DumpObject object;
    TableObject *table;
    Oid table_oid;
    char event, enabled;
    bool is_instead, is_separate;
    const char *definition; /* NULL: what a view shows */
} RuleObject;

/* The table with that row in pg_class, or NULL. */
TableObject *table_find(const Dump *d, Oid oid);

/* What initdb or an extension has granted on a column of a table. */
void column_set_initial_rights(DumpObject *table, int32_t number, const char *acl);

/* Columns of a table as SQL for COPY: " (a, b)", without those that are computed; "" for none. */
const char *table_column_list(Dump *d, const TableObject *t);

/* Is the column part of the table's own definition? */
bool table_prints_column(const TableObject *t, const TableColumn *column);

/* The columns of all tables in wanted (TableObject *), and what hangs on them. */
void table_read_columns(Dump *d, Array *tables);

void table_print_view(Dump *d, TableObject *t);
void table_print_sequence(Dump *d, TableObject *t);
void table_print_composite(Dump *d, struct TypeObject *type);
void table_add_create(Dump *d, TableObject *t, StrBuf *sql);
void table_add_alters(Dump *d, TableObject *t, StrBuf *sql);
void view_add_select(Dump *d, const TableObject *t, StrBuf *sql);

/* Let a view that was made empty-handed show what it should; and the way back. */
void view_add_replace(Dump *d, const TableObject *t, StrBuf *sql);
const char *view_drop_contents(Dump *d, const TableObject *t);

/* " WITH (a=b)" of options as the catalog's array has them, each name with prefix before it. */
void table_add_options(const Dump *d, StrBuf *sql, const char *options, const char *prefix);

/* Let data and definitions of all tables be what the options want of them. */
void table_data_make(Dump *d);
void table_data_add_references(Dump *d); /* data only: rows that others refer to come first */

/* Read how all sequences count; then, for these (TableObject *), where they are. */
void sequence_read(Dump *d);
void sequence_read_values(Dump *d, Array *sequences);

/* The foreign key needs the key that it refers to. */
void foreign_key_depend(Dump *d, ConstraintObject *c);
void index_print_constraint(Dump *d, ConstraintObject *c);

/* ---- kind/type.c ---- */

typedef struct TypeObject {
    DumpObject object;
    Oid relation;
    char relation_kind, type;
    bool is_array, is_multirange;
    const char *formatted; /* as format_type() has it */
    DumpObject *shell;     /* of a base type or a range: its name alone, for its functions */
    Array checks;          /* ConstraintObject *: of a domain */
} TypeObject;

void shell_type_print(Dump *d, DumpObject *o);
void range_type_add_create(Dump *d, const TypeObject *type, StrBuf *sql);
void base_type_add_create(Dump *d, const TypeObject *type, StrBuf *sql);

TypeObject *type_find(const Dump *d, Oid oid);

/* ---- kind/function.c ---- */

typedef struct FunctionObject {
    DumpObject object;
    char kind; /* as pg_proc has it: f, p, a, w */
    int32_t argument_count;
    Array argument_types; /* const char *: as SQL */
    Array argument_keys;  /* const char *: schema and name, for the order */
    const char *arguments, *identity, *result, *language, *source, *library, *body;
    char volatility, parallel;
    bool is_strict, is_definer, is_leakproof, is_set;
    const char *cost, *rows, *support;
    Array settings, transforms; /* const char * */
} FunctionObject;

/* name(types of the arguments); none stands for no arguments. */
const char *function_signature(const FunctionObject *f, const char *name, const char *none);

/* ---- kind/trigger.c ---- */

/* What ALTER calls the state of a trigger, a rule or an event trigger, as its catalog has it. */
const char *trigger_enabled_word(char enabled);

/* ---- What the order looks at ---- */

bool index_is_parent(const DumpObject *o, const DumpObject *child);

/* Functions of kinds; kind.def says which of them is what. */
#define KIND_FUNCTIONS(name) \
 void name##_read(Dump *d);  \
 void name##_print(Dump *d, DumpObject *o)

KIND_FUNCTIONS(access_method);
KIND_FUNCTIONS(aggregate);
KIND_FUNCTIONS(attrdef);
KIND_FUNCTIONS(cast);
KIND_FUNCTIONS(collation);
KIND_FUNCTIONS(constraint);
KIND_FUNCTIONS(conversion);
KIND_FUNCTIONS(default_acl);
KIND_FUNCTIONS(event_trigger);
KIND_FUNCTIONS(extension);
KIND_FUNCTIONS(foreign_key);
KIND_FUNCTIONS(foreign_server);
KIND_FUNCTIONS(foreign_wrapper);
KIND_FUNCTIONS(function);
KIND_FUNCTIONS(index);
KIND_FUNCTIONS(index_attach);
KIND_FUNCTIONS(language);
KIND_FUNCTIONS(opclass);
KIND_FUNCTIONS(operator);
KIND_FUNCTIONS(opfamily);
KIND_FUNCTIONS(policy);
KIND_FUNCTIONS(publication);
KIND_FUNCTIONS(publication_rel);
KIND_FUNCTIONS(publication_schema);
KIND_FUNCTIONS(refresh);
KIND_FUNCTIONS(rule);
KIND_FUNCTIONS(schema);
KIND_FUNCTIONS(sequence_set);
KIND_FUNCTIONS(statistics);
KIND_FUNCTIONS(subscription);
KIND_FUNCTIONS(table);
KIND_FUNCTIONS(table_attach);
KIND_FUNCTIONS(table_data);
KIND_FUNCTIONS(trigger);
KIND_FUNCTIONS(ts_config);
KIND_FUNCTIONS(ts_dict);
KIND_FUNCTIONS(ts_parser);
KIND_FUNCTIONS(ts_template);
KIND_FUNCTIONS(type);

int default_acl_compare(const DumpObject *a, const DumpObject *b);
int function_compare(const DumpObject *a, const DumpObject *b);
int attrdef_compare(const DumpObject *a, const DumpObject *b);
int constraint_compare(const DumpObject *a, const DumpObject *b);
int opclass_compare(const DumpObject *a, const DumpObject *b);
int operator_compare(const DumpObject *a, const DumpObject *b);
int policy_compare(const DumpObject *a, const DumpObject *b);
int publication_rel_compare(const DumpObject *a, const DumpObject *b);
int rule_compare(const DumpObject *a, const DumpObject *b);
int trigger_compare(const DumpObject *a, const DumpObject *b);

/* The rows that users put into an extension's tables are dumped, though the tables are not. */
void extension_add_data(Dump *d);
void table_data_add(Dump *d, TableObject *t, const char *filter);

/* What an extension made comes with the extension: only its rights are dumped beside it. */
void extension_mark_member(Dump *d, DumpObject *o);

/* The comment on a check that is printed with its table or domain. */
void constraint_print_comment(Dump *d, ConstraintObject *check);

/* The database itself: an entry that is no object of it. */
void database_print(Dump *d);

#endif
