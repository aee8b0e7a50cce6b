/*
 * grant.h - rights are given and taken: GRANT and REVOKE once names are numbers
 */
#ifndef COMMAND_GRANT_H
#define COMMAND_GRANT_H

#include "common/base/base.h"

#include "server/node/node.h"
#include "server/object/acl_change.h"

typedef struct Grant {
    ObjectKind kind;
    bool is_grant, is_option, is_cascading;
    bool is_all;                /* ALL: of the object, whichever kind it has */
    Rights rights;              /* on whole objects */
    const List *column_rights;  /* AccessPriv */
    const Oid *grantees;
    size_t grantee_count;
} Grant;

/*
 * On one object (PG_DATABASE_CATALOG...), in the name of whom the current role may grant for.
 * Raises 42501 when it may grant nothing; warns of rights that it may not grant.
 */
void grant_on_object(const Grant *g, Oid catalog, Oid oid);

/* Take back all that role was given on the object and its columns, with what it gave on. */
void grant_revoke_all(Oid catalog, Oid oid, Oid role);

/* The numbers of roles that a list of RoleSpec names; 0 for PUBLIC. */
Oid *grant_roles(const List *specs, size_t *count);

/* "select" as a right, 42601 for what is none; one of `allowed`, else 0LP01 for that kind. */
Rights grant_right(const char *word);
Rights grant_right_among(const char *word, Rights allowed, const char *kind);

#endif
