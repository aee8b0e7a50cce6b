/* plan.h - numbers that the nodes of plans use; plan.def has the kinds. */
#ifndef NODE_PLAN_H
#define NODE_PLAN_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Var.rt_index in what stands above scans. */
enum {
    VAR_INNER = -1, /* the right child's row, or that of the only child of some */
    VAR_OUTER = -2, /* the left child's row */
    VAR_INDEX = -3, /* a column of the index, in index-only scans */
    VAR_ROWID = -4, /* only while planning */
};

/* The junk columns by which rows to be changed are found. */
#define PLAN_JUNK_TID   "ctid"
#define PLAN_JUNK_ROW   "wholerow"
#define PLAN_JUNK_TABLE "tableoid"

#endif
