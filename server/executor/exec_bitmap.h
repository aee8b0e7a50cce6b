/* exec_bitmap.h - nodes that give no rows but a bitmap of them. */
#ifndef EXECUTOR_EXEC_BITMAP_H
#define EXECUTOR_EXEC_BITMAP_H

#include "common/base/base.h"

#include "server/access/index/tid_bitmap.h"
#include "server/executor/exec_int.h"

/* All rows of the node and those below, in a bitmap in the run's memory. */
TidBitmap *exec_bitmap(ExecNode *n);

/* Of a bitmap index scan: into one that is there. */
void exec_bitmap_collect(ExecNode *n, TidBitmap *bitmap);

#endif
