/*
 * table_use.h - is a relation in use by this session itself, whose locks never stop it? And how
 * its parts go
 */
#ifndef COMMAND_TABLE_USE_H
#define COMMAND_TABLE_USE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"

/*
 * The caller has it pinned once. Raises 55006 "cannot DROP TABLE "t" because it is being used by
 * active queries in this session".
 */
void table_require_unused(const Relation *rel, const char *what);

/* The same, but that other sessions' temporary tables, too, may be dropped. */
void table_require_unpinned(const Relation *rel, const char *what);

/*
 * Delete the row of what is part of a relation (a rule, a trigger). The relation is locked here and
 * sessions are told; its queries that are under way go on with what they began with.
 */
void table_remove_part(Oid catalog, const HeapTuple *row, Oid relation);

#endif
