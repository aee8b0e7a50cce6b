/*
 * row_equal.h - are two rows equal in some columns? NULL is equal to NULL here
 */
#ifndef EXECUTOR_ROW_EQUAL_H
#define EXECUTOR_ROW_EQUAL_H

#include "common/base/base.h"

#include "server/expr/slot.h"
#include "server/node/node.h"

typedef struct RowEqual RowEqual;

/* keys: of GroupKey. In the current context. */
RowEqual *row_equal_new(const List *keys, const TupleDesc *desc);

/* Values that functions make on the way are left in the current context. */
bool row_equal_test(RowEqual *e, Slot *a, Slot *b);

/* As above, the columns of b being the keys in their order: what a hash table keeps. */
bool row_equal_test_keys(RowEqual *e, Slot *a, Slot *keys);

#endif
