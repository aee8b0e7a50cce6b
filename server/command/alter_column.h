/*
 * alter_column.h - what ALTER TABLE does with one column
 */
#ifndef COMMAND_ALTER_COLUMN_H
#define COMMAND_ALTER_COLUMN_H

#include "common/base/base.h"

#include "server/command/make.h"
#include "server/node/node.h"

/* Raises 42703 for none, 0A000 for a system column. */
int16_t column_number(const Relation *rel, const char *name);

/* False: it was so. Whether rows agree is the caller's to see. */
bool column_set_not_null(Relation *rel, int16_t number, bool is_not_null);
void column_drop_not_null(Relation *rel,
                          const char *name); /* 42P16 for columns of the primary key */

/* raw NULL: none. */
void column_set_default(Relation *rel, const char *name, const Node *raw, const char *text);
void column_set_statistics(Relation *rel, const AlterTableCmd *action);
/* The same of a column in the table's indexes that have it. */
void column_update_in_indexes(Relation *rel, int16_t number, const CatalogRow *row);

void column_set_storage(Relation *rel, const AlterTableCmd *action);

/* What rows of the table have to agree with. */
typedef struct RowRules {
    Array not_null;     /* int16_t: columns without NULLs */
    Array checks;       /* AddedCheck */
    Array foreign_keys; /* Oid */
    bool rewrites;      /* rows are to be put into another file */
    Array values;       /* NewValue */
    Array late;         /* TableParts *: whose keys are made of the new rows */
    Array again;        /* const char *: statements that make indexes and constraints again */
    Array again_last;
} RowRules;

void row_rules_init(RowRules *rules);

/* In the place of the default that there is. */
void column_replace_default(Relation *rel, int16_t number, const Node *expr);

/* Its rows in catalogs alone. */
void column_insert(const Relation *rel, const Column *column);

void column_add(Relation *rel, const ColumnDef *def, const char *text, bool if_not_exists,
                RowRules *rules);

/* The table is closed before the column goes, with what depends on it. */
void column_drop(Relation *rel, const AlterTableCmd *action);

#endif
