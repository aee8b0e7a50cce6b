/*
 * relation_name.h - relations as commands name them: found, asked about, and locked
 */
#ifndef COMMAND_RELATION_NAME_H
#define COMMAND_RELATION_NAME_H

#include "common/base/base.h"

#include "server/lock/lock.h"
#include "server/node/node.h"

enum {
    RELATION_MISSING_OK = 1, /* 0 in place of 42P01 */
    RELATION_NOWAIT = 2,     /* 55P03 in place of waiting */
};

/* Raises when the user may not do it; before the lock, so that nobody is kept waiting in vain. */
typedef void (*RelationCheck)(const RangeVar *var, Oid relation, void *arg);

/*
 * The relation that has the name when the lock is held: should another one have taken it while we
 * waited, that is locked in its turn. check may be NULL.
 */
Oid relation_of_name(const RangeVar *var, LockMode mode, unsigned flags, RelationCheck check,
                     void *arg);

/* Of a list of String: relation, schema and relation, with the database before them. */
RangeVar *range_var_of_names(const List *names);

/* RelationChecks: the user owns it, and it is no system catalog; the same for tables alone. */
void relation_check_owner(const RangeVar *var, Oid relation, void *arg);

/* Raises for who may not change what belongs to it: columns, constraints, rules, triggers. */
void relation_require_owner(Oid relation);

/* Where a new relation goes, in a schema where the user may make one; a temporary one, too. */
Oid relation_new_schema(const RangeVar *var);

/* The same for a type or a function; *name is its name alone. */
Oid object_new_schema(const List *names, const char **name);

/* For a new relation: the tablespace that options or the setting name; 0: the database's. */
Oid relation_new_tablespace(const char *name, char persistence);

/* Catalogs and their toast tables, unless allow_system_table_mods is on: 42501. */
bool relation_is_system(Oid relation, Oid schema);

/* A RelationCheck: raises unless it is a table, or the like, of the current role's. */
void relation_check_own_table(const RangeVar *var, Oid relation, void *arg);

#endif
