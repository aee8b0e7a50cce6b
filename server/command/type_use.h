/*
 * type_use.h - where values of a type are stored: statements that would have to look inside of rows
 * and arrays refuse
 */
#ifndef COMMAND_TYPE_USE_H
#define COMMAND_TYPE_USE_H

#include "common/base/base.h"

#include "common/ds/array.h"

/* What is altered, for the refusal. */
typedef struct TypeUse {
    const char *name;
    bool is_table; /* whose row type it is */
} TypeUse;

/*
 * 0A000 when a column of a table is of the type, or of a row, an array or a domain that has it
 * inside.
 */
void type_refuse_uses(Oid type, const TypeUse *of);

/* Objects that depend on the type, ObjectAddress; in the current context. */
void type_list_dependents(Oid type, Array *out);
bool type_has_rows(Oid relation);   /* does the relation have any, to be looked at? */
Oid type_of_relation(Oid relation); /* of its rows; 0: none */

#endif
