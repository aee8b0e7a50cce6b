/*
 * table_rewrite.h - a table's rows are put into another file, as they are or with other values
 */
#ifndef COMMAND_TABLE_REWRITE_H
#define COMMAND_TABLE_REWRITE_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/access/common/relation.h"
#include "server/command/make.h"
#include "server/node/node.h"

/* The value of a column in the rows from now on. */
typedef struct NewValue {
    int16_t number;
    const Node *expr;  /* over the row as it was */
    bool is_generated; /* over the row as it will be */
} NewValue;

typedef struct TableRewrite {
    Oid table;
    char persistence;           /* that it gets, with its indexes */
    Oid tablespace;             /* that it gets, without them; as pg_class has it */
    const TupleDesc *rows_desc; /* what rows look like now; NULL: as the table's columns say */
    const Array *values;        /* NewValue; NULL: none */
} TableRewrite;

/*
 * All that is committed or our own goes to the new file; indexes are made anew. The table is locked
 * ACCESS EXCLUSIVE and not open.
 */
void table_rewrite(const TableRewrite *rewrite);

/* Each row has all of its values now, those of columns that were added later too. */
void table_clear_missing(Oid table);

/* Indexes of the table, in new files; persistence: that they get. Those checked are valid then. */
void table_rebuild_indexes(Oid table, char persistence, IndexCheck check);

#endif
