/*
 * acl_new.h - the rights that new objects come with, by ALTER DEFAULT PRIVILEGES
 */
#ifndef OBJECT_ACL_NEW_H
#define OBJECT_ACL_NEW_H

#include "common/base/base.h"

#include "server/object/rights.h"

/* pg_default_acl.defaclobjtype of tables, sequences, functions, types and schemas; else 0. */
char acl_new_letter(RightsKind kind);

/*
 * The list of an object of that kind that is made by owner; schema 0: of a schema. False: that of
 * its kind, which is not stored. Sorted, in the current context.
 */
bool acl_of_new(RightsKind kind, Oid owner, Oid schema, Acl *out);

#endif
