/*
 * order.h - what comes before what
 *
 * Objects stand by the priority of their kind, then by schema, name and what else parts them; where
 * one depends on another the other comes first. Loops are broken by making one of the objects in
 * two steps: a view first without what it shows, a default or a check after its table.
 */
#ifndef PGDUMP_ORDER_H
#define PGDUMP_ORDER_H

#include "common/base/base.h"

#include "pgdump/dump.h"

/* Take the server's dependencies over, and put the two boundaries between the sections in. */
void order_read_dependencies(Dump *d);
void order_add_boundaries(Dump *d);

/* All objects of the dump, in order; the result is in the current context. */
DumpObject **order_sort(Dump *d);

#endif
