/*
 * index_int.h - what the files of access/index share: how entries are made, who is in the way
 */
#ifndef INDEX_INDEX_INT_H
#define INDEX_INDEX_INT_H

#include "common/base/base.h"

#include "server/access/index/index.h"

struct IndexForm {
    unsigned column_count;
    unsigned column_max; /* of the table */
    bool has_predicate, has_expressions;
    void *prepared;                      /* by IndexFunctions; NULL: has neither */
    uint16_t columns[INDEX_COLUMNS_MAX]; /* of the table; 0: the next expression */
};

const IndexFunctions *index_functions(void);

/* For 23505; what: "is duplicated", "already exists". */
void index_describe_key(const Relation *table, const Relation *index, const IndexTuple *tuple,
                        const char *what, BtreeConflict *out);
void index_describe_values(const Relation *table, const Relation *index, const Datum *values,
                           const bool *nulls, const char *what, BtreeConflict *out);

/* The names of the table alone. */
void index_describe_table(const Relation *table, BtreeConflict *out);

/* Raise 0A000 for an access method that is not written. */
void index_require_btree(const Relation *index);

#endif
