/*
 * foreign_key.h - REFERENCES and FOREIGN KEY: which columns refer to which, by which index
 */
#ifndef COMMAND_FOREIGN_KEY_H
#define COMMAND_FOREIGN_KEY_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

/*
 * Make the constraint with its triggers; rows that are there are not looked at. The table is open
 * and locked; the one that is referred to is locked here. is_valid: as pg_constraint will have it.
 * Returns its number.
 */
Oid foreign_key_make(Relation *table, const Constraint *key, bool is_valid);

/* DEFERRABLE and its kin, of a constraint that is there: also its triggers'. */
void foreign_key_set_deferral(Relation *table, const Constraint *as);

#endif
