/*
 * exec_heap.h - the rows of a table one after the other, as all of it and samples of it give them
 */
#ifndef EXECUTOR_EXEC_HEAP_H
#define EXECUTOR_EXEC_HEAP_H

#include "common/base/base.h"

#include "server/access/heap/heap.h"
#include "server/executor/exec_int.h"

/* The next row of the scan that passes, made from row; NULL at the end, where row is empty. */
static ALWAYS_INLINE Slot *exec_next_of_heap(ExecNode *n, HeapScan *scan, Slot *row)
{
    for (;;) {
        const HeapTuple *tuple = heap_scan_next(scan, n->exec->is_backward);
        Slot *out;

        if (tuple == NULL) {
            slot_clear(row);
            return NULL;
        }
        slot_set_heap(row, tuple);
        out = exec_pass_scan(n, row);
        if (out != NULL)
            return out;
    }
}

#endif
