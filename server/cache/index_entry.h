/*
 * index_entry.h - the entries of a row in the indexes of its table, and the rows that stand against
 * them
 *
 * Other transactions that have rows with the same unique key, and run still, are waited for.
 */
#ifndef CACHE_INDEX_ENTRY_H
#define CACHE_INDEX_ENTRY_H

#include "common/base/base.h"

#include "server/cache/relcache.h"

/*
 * "Key (a)=(1) already exists.", the detail of 23505; NULL: none, as for who may not see it. In the
 * current context.
 */
typedef const char *(*IndexKeyText)(const Relation *table, const Relation *index,
                                    const IndexTuple *tuple);

/*
 * Insert the entry of the row at tid. False: there is, or may be, a row with the same key, and
 * unique is BTREE_UNIQUE_DEFERRED. Other access methods than B-tree raise 0A000.
 */
bool index_entry_insert(Relation *table, Relation *index, const Datum *values, const bool *nulls,
                        Tid tid, BtreeUnique unique, IndexKeyText text);

/* An IndexKeyText for everybody: of key columns that are plain columns; else NULL. */
const char *index_key_text(const Relation *table, const Relation *index, const IndexTuple *tuple);

/* The values of an index without expressions, out of those of its table's row. */
void index_values(const Relation *index, const Datum *row_values, const bool *row_nulls,
                  Datum *values, bool *nulls);

#endif
