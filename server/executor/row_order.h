/* row_order.h - which of two rows comes first, by the keys of a sort */
#ifndef EXECUTOR_ROW_ORDER_H
#define EXECUTOR_ROW_ORDER_H

#include "common/base/base.h"

#include "server/access/common/row_sort.h"
#include "server/expr/slot.h"
#include "server/node/node.h"

typedef struct RowOrder RowOrder;

/* The first count keys of a list of SortKey. In the current context. */
RowOrder *row_order_new(const List *keys, unsigned count);
int row_order_compare(RowOrder *o, Slot *a, Slot *b);

/* The same keys as a sort wants them; in the current context. */
RowSortKey *row_order_sort_keys(const List *keys);

#endif
