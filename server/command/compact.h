/*
 * compact.h - the rows of a table go to another file, without those that nobody needs: VACUUM FULL,
 * CLUSTER
 */
#ifndef COMMAND_COMPACT_H
#define COMMAND_COMPACT_H

#include "common/base/base.h"

/*
 * In the order of an index (0: as they lie). Versions keep what transactions say of them, but for
 * what is old, which is frozen; long values go with them, and indexes are made anew. The table is
 * locked ACCESS EXCLUSIVE and not open.
 */
void table_compact(Oid table, Oid order, bool is_verbose);

#endif
