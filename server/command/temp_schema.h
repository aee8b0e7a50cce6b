/*
 * temp_schema.h - the session's schema of temporary relations, and what becomes of them at commit
 *
 * It is made with the first temporary relation and called after the slot of the process; the rows
 * stay in the catalogs for the next session that has the slot. What is in it is dropped when the
 * session ends, or when the next one finds it.
 */
#ifndef COMMAND_TEMP_SCHEMA_H
#define COMMAND_TEMP_SCHEMA_H

#include "common/base/base.h"

#include "server/node/node.h"
#include "server/txn/txn.h"

/* If var is to be temporary: see that there is a schema for it. */
void temp_schema_make_for(const RangeVar *var);

/* The same for an object that is no relation, by its name. */
void temp_schema_make_for_name(const List *names);

/* The persistence of a new relation: t when its schema is ours. Raises 42P16 for mixtures. */
char temp_schema_persistence(const RangeVar *var, Oid schema);

/* A new temporary table is emptied, or dropped, at each commit. */
void temp_schema_note_on_commit(Oid relation, OnCommit action);

/* DISCARD TEMP: drop all that is in it. */
void temp_schema_discard(void);

/* For the table of transaction hooks: before that of the caches. */
extern const TxnHook temp_schema_txn_hook;

#endif
