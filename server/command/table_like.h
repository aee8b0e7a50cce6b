/*
 * table_like.h - CREATE TABLE (LIKE source ...): what of another relation a new table gets
 *
 * Columns come first, as if they were written; what needs the table comes when it is there.
 */
#ifndef COMMAND_TABLE_LIKE_H
#define COMMAND_TABLE_LIKE_H

#include "common/base/base.h"

#include "server/command/table_parts.h"
#include "server/node/node.h"

/* The columns of the source, which stays locked. Raises 42809 for what has none, 42501. */
void table_like_add(TableParts *parts, const TableLike *like);

/* Defaults, checks, indexes and comments, after the keys of the table itself. */
void table_like_finish(const TableParts *parts, Oid table);

#endif
