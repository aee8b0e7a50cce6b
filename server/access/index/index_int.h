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

/* "(a, b)=(1, 2)" of an entry; NULL: it is not told. */
const char *index_describe_key(const Relation *index, const IndexTuple *tuple);

/* Raise 0A000 for an access method that is not written. */
void index_require_btree(const Relation *index);

#endif
