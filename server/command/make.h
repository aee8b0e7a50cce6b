/*
 * make.h - catalog rows of new types, relations, indexes, constraints, defaults: what statements
 * that make them have in common
 *
 * Nothing here asks whether the user may do it: the statements do. Numbers are given out in
 * PostgreSQL's order, so that the same statements make the same ones. New objects note what they
 * depend on. What was made is seen by the next command, unless said otherwise.
 */
#ifndef COMMAND_MAKE_H
#define COMMAND_MAKE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/cache/catalog_change.h"
#include "server/command/depend.h"
#include "server/node/node.h"

/* ---- Types (make_type.c) ---- */

/* A row of pg_type; what is 0 or NULL is not set. */
typedef struct TypeMake {
    Oid oid; /* 0: a new one */
    const char *name;
    Oid schema, owner;
    Oid relation;       /* of a composite type */
    char relation_kind; /* of the relation */
    int16_t len;
    bool by_value;
    char kind, category;
    bool is_preferred;
    char delimiter; /* 0: , */
    Oid input, output, receive, send, typmod_in, typmod_out, analyze, subscript;
    Oid element, array;
    bool is_implicit_array; /* made beside its element type, with which it goes */
    Oid base;
    const Node *default_expr; /* of a domain; with its text */
    const char *default_text;
    char align, storage;
    int32_t typmod, dimensions;
    bool is_not_null;
    Oid collation;
} TypeMake;

Oid type_make(const TypeMake *make);

/* What a domain that is there depends on, now that its default is another one (NULL: none). */
void type_note_again(Oid domain, const Node *default_expr);

/* A number for the array type of a type that is about to be made. */
Oid type_new_array_oid(void);

/*
 * The name of the array type: _NAME, with more of them in front or cut where it is taken.
 */
char *type_array_name(const char *name, Oid schema);

/* An array type that stands in the way of a name gets out of it; false: it is none. */
bool type_move_array(Oid type, const char *name, Oid schema);

/* The array type of a type that was made as element. */
Oid type_make_array(const TypeMake *element, Oid element_oid, Oid array_oid);

/* With its array type; and what they are of. */
void type_rename(Oid type, const char *name, Oid schema);

/* ---- Relations (make_relation.c) ---- */

typedef struct RelationMake {
    Oid oid; /* 0: a new one */
    const char *name;
    Oid schema;
    Oid tablespace; /* 0: the database's */
    Oid owner;
    Oid of_type; /* CREATE TABLE OF */
    Oid access_method;
    char kind, persistence;
    bool is_shared, is_mapped;
    bool is_toast;        /* made for another relation, with which it goes */
    bool has_no_row_type; /* though its kind has */
    const TupleDesc *desc;
    const uint8_t *options; /* text[]; NULL: none */

    Oid row_type; /* out */
} RelationMake;

/* Pinned, and locked ACCESS EXCLUSIVE. Its file is there when its kind has one. */
Relation *relation_make(RelationMake *make);

/*
 * A number that is free in pg_class and as a name of a file. 0 for class_too: of a file alone.
 */
RelFileNo relation_new_file_no(Oid tablespace, bool class_too, int temp_backend);

/* Make the file or files of a relation that gets new ones: for relation_make() and its like. */
void relation_make_file(const RelTag *tag, int temp_backend, char kind, char persistence);

/* Where the columns of a table are described, with those the system adds. */
void relation_make_columns(Oid relation, const TupleDesc *desc, char kind);

/* A row of pg_attribute; the columns that may be NULL are so. */
void relation_fill_column(CatalogRow *row, Oid relation, const Column *column);

/* {pg_attver=N}: the options that new columns of users have, where they are made. */
#define RELATION_COLUMN_STAMP "pg_attver"
const uint8_t *relation_column_stamp(void);
const char *relation_column_version(void); /* the N, as of now */

/* Raises 54011 for more columns than a relation can have. */
void relation_check_count(size_t columns);

/* Raises 42701, 42P16 for names and types that columns cannot have. */
void relation_check_columns(const TupleDesc *desc, char kind);
void relation_check_column_type(const char *name, Oid type, Oid collation);

/* 42P16 when values of the row type would be in the type, however deep: rows would have no end. */
void relation_check_not_member(Oid row_type, Oid type);

/* The system columns, by number -1 to -6; NULL: there is none. */
const Column *relation_system_column(int number);
const Column *relation_find_system_column(const char *name);

/*
 * Another file for its rows, empty; the old one goes at commit. The second takes a tablespace, as
 * pg_class has it: that the relation may go there is known.
 */
void relation_set_new_file(Relation *rel, char persistence);
void relation_set_new_file_in(Relation *rel, char persistence, Oid tablespace);

/* Empty a table at once and for good, with its indexes and its toast table. */
void table_cut(Oid table);

/* pg_class.reloptions, a copy; NULL: none. */
const uint8_t *relation_options_copy(Oid relation);

/* Update the row of pg_class of a relation that is open. */
void relation_update_class(Oid relation, const CatalogRow *row);

/* ---- Toast tables (make_toast.c) ---- */

/* If it needs one and has none; options: text[] of its own, or NULL. */
void toast_make(Oid table, const uint8_t *options);

/* ---- Defaults and constraints (make_constraint.c) ---- */

/* pg_attribute.atthasdef. */
void column_set_default_mark(Oid relation, int column, bool has_default);

/* An array of one: the value of rows from before the column was added; NULL: they have NULL. */
typedef const uint8_t *MissingValue;

/* A column that goes: it stays as a dropped one, without name and type. */
void column_remove(Oid relation, int column);

/* Returns the number of the row in pg_attrdef. */
Oid default_make(Relation *rel, int column, const Node *expr, MissingValue missing);

typedef struct ConstraintMake {
    const char *name;
    Oid schema;
    char kind; /* c f p u t x */
    bool is_deferrable, is_deferred, is_valid, is_no_inherit;
    Oid parent;
    Oid relation, domain;
    const int16_t *columns; /* of the relation */
    unsigned column_count;
    unsigned key_count; /* of them; the rest are INCLUDE */
    Oid index;
    Oid referred; /* relation of a foreign key */
    const int16_t *referred_columns;
    const Oid *pf_operators, *pp_operators, *ff_operators;
    unsigned referred_count;
    const int16_t *delete_columns;
    unsigned delete_column_count;
    char on_update, on_delete, match; /* 0: ' ' */
    const Oid *exclusion_operators;
    const Node *expr; /* of a check */
    bool is_local;
    int inherit_count;
} ConstraintMake;

Oid constraint_make(const ConstraintMake *make);
bool constraint_name_is_taken(Oid relation, Oid domain, const char *name);

/* What a check says. */
const Node *constraint_expr(Oid constraint);

/* The constraint of a relation; 0: none. */
Oid constraint_find(Oid relation, const char *name);
Oid constraint_find_of_domain(Oid domain, const char *name);

/* That the name is free is known. */
void constraint_rename(Oid constraint, const char *name);

/* "table_column_check": a name that is free, also of what is being made (names: String). */
char *constraint_choose_name(const char *name1, const char *name2, const char *label, Oid schema,
                             const List *others);

/* A name that is cut to 63 bytes, between characters. */
char *object_cut_name(char *name);

/* name1_name2_label, cut to what a name may have. */
char *object_make_name(const char *name1, const char *name2, const char *label);

/* The same with a number behind, where a relation of that schema has it; unless is_constraint it
 * must be free of constraints, too. */
char *relation_choose_name(const char *name1, const char *name2, const char *label, Oid schema,
                           bool is_constraint);

/* ---- Indexes (make_index.c) ---- */

typedef struct IndexMake {
    Oid oid; /* 0: a new one */
    const char *name;
    Oid tablespace;
    Oid access_method;
    const List *column_names; /* String */
    unsigned column_count, key_count;
    const int16_t *columns; /* of the table; 0: the next of exprs */
    const Oid *collations, *opclasses;
    const int16_t *options;
    const List *exprs;
    const Node *predicate;          /* NULL: none */
    const uint8_t *storage_options; /* text[] */
    bool is_unique, nulls_are_equal, is_primary, is_exclusion;
    bool has_constraint;
    bool is_deferrable, is_deferred;
    bool is_toast;
    bool is_not_built; /* its rows come later */
    bool is_invalid;   /* as at the start of CONCURRENTLY */
    Oid constraint;    /* out */
} IndexMake;

/*
 * One like an index that is open: columns, access method, storage options, UNIQUE. Copies, as the
 * index may be read anew when another one is made.
 */
IndexMake index_make_like(const Relation *index);

/* The index of an open table, which is locked at least SHARE. Returns its number. */
Oid index_make(Relation *table, IndexMake *make);

/* What changes of who uses it and who keeps it; the rest of that stays as it is. */
typedef enum IndexStep {
    INDEX_READY,   /* writers make entries */
    INDEX_VALID,   /* queries use it */
    INDEX_INVALID, /* they do not any more, nor do CLUSTER and replication */
    INDEX_DEAD,    /* and writers do not either */
} IndexStep;
void index_take_step(Oid index, IndexStep step);

/* Its entries for all that the active snapshot shows, while others write. */
void index_build_beside(Relation *table, Oid index);

/* Who looks again at the index of a deferrable constraint; the constraint is as it was made. */
void index_make_recheck(Relation *table, Oid index, Oid constraint, const ConstraintMake *as);

/* Whether equal keys of a unique index are refused when it is made anew. */
typedef enum IndexCheck {
    INDEX_CHECKED,
    INDEX_UNCHECKED, /* it is as valid as it was before */
} IndexCheck;

/*
 * Make its entries anew, of an empty file: a new one, or the one that it has. True: it lacks rows
 * that old snapshots show, unless it was kept while these rows changed.
 */
bool index_rebuild(Relation *table, Oid index, bool in_new_file, IndexCheck check);

/*
 * After a rebuild that was checked: whatever it was before, it is whole now. Of one that nobody
 * kept, what rows were before is not known if that is gone from their chains.
 */
void index_mark_whole(Oid index, bool has_broken_chain);

#endif
