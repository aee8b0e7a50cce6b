/*
 * table_parts.h - columns and constraints as CREATE TABLE and ALTER TABLE ADD name them
 *
 * A definition is taken apart first (columns with what their constraints say, checks, keys), then
 * the table is made, then defaults and checks, which may use all of its columns, then indexes.
 */
#ifndef COMMAND_TABLE_PARTS_H
#define COMMAND_TABLE_PARTS_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/access/common/tuple_desc.h"
#include "server/command/make.h"
#include "server/node/node.h"

typedef struct PartColumn {
    const ColumnDef *def;
    const Constraint *default_of; /* DEFAULT, or GENERATED ... STORED; NULL: none */
    const Node *default_expr;     /* raw */
    const Constraint *identity;   /* NULL: none */
    Oid serial_type;              /* of a sequence that it gets; 0: none */
    Oid sequence;                 /* that was made for it */
    const Column *like;           /* of a LIKE clause: what it is like; NULL: none */
    unsigned like_options;        /* LIKE_* bits */
    bool is_not_null, is_null;    /* as written, or as it follows */
    bool has_both;                /* DEFAULT and GENERATED: refused */
} PartColumn;

/* Another relation that columns were taken from. */
typedef struct LikeSource {
    Oid relation;
    unsigned options; /* LIKE_* bits */
} LikeSource;

typedef struct TableParts {
    const char *text;       /* that locations count in */
    const char *table_name; /* for messages */
    Oid schema;
    Relation *table; /* that is altered; NULL: it is being made */
    bool has_rows;   /* which have the default's value, if it is the same for all */
    Array columns;   /* PartColumn */
    List *checks;    /* Constraint, as the next two */
    Array *added;    /* AddedCheck: gets checks that rows must agree with; NULL */
    List *keys;      /* PRIMARY, UNIQUE, EXCLUSION */
    List *foreign_keys;
    Array likes; /* LikeSource */
} TableParts;

void table_parts_init(TableParts *parts, const char *text, const char *table_name, Oid schema,
                      Relation *table);

/* Elements of CREATE TABLE: ColumnDef, Constraint, TableLike. */
void table_parts_add(TableParts *parts, const Node *element);

/* When all are there: what keys say of columns. Raises 42P16, 42703, 42701. */
void table_parts_finish(TableParts *parts);

/* The column as its definition has it: type, collation, storage. number: from 1. */
void table_parts_describe(const TableParts *parts, const PartColumn *part, int number, Column *out);

/*
 * Store defaults (of columns from first on) and checks of an open table. Returns whether there were
 * any checks.
 */
void table_parts_store(const TableParts *parts, Relation *table, int first);

/* A check that was added. */
typedef struct AddedCheck {
    const char *name;
    const Node *expr;
} AddedCheck;

/* Add checks alone. added: AddedCheck, gets those that rows must agree with; or NULL. */
void table_add_checks(const TableParts *parts, Relation *table, const List *checks, Array *added);

/* Checks of a new table, whose expressions are as they are stored. */
void table_store_checks(Relation *table, const List *checks);

/*
 * The sequences of serial and identity columns: made before the table, which they get as owner when
 * it is there (columns from first on).
 */
void table_parts_make_sequences(TableParts *parts, Oid owner, char persistence);
void table_parts_own_sequences(const TableParts *parts, Oid table, int first);

/* Make the indexes of the keys; after them, foreign keys (of a table without rows). */
void table_parts_make_keys(const TableParts *parts, Oid table);
void table_parts_make_foreign_keys(const TableParts *parts, Oid table);

#endif
