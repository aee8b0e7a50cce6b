/* loop.h - break loops of dependencies, so that there is an order. */
#ifndef PGDUMP_LOOP_H
#define PGDUMP_LOOP_H

#include "common/base/base.h"

#include "pgdump/dump.h"

/*
 * Find loops among the objects that could not be ordered, and take a dependency out of each, by
 * making something in two steps where that can be. What cannot be helped is logged as a warning.
 */
void loop_break_all(Dump *d, DumpObject **stuck, size_t count);

#endif
