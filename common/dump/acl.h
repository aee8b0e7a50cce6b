/*
 * acl.h - rights as GRANT and REVOKE
 *
 * A right stands in an access control list as grantee=letters/grantor, a star behind a letter that
 * may be granted on. What is printed leads from one list to another.
 *
 * Source: PostgreSQL 15 manual, "Privileges".
 */
#ifndef DUMP_ACL_H
#define DUMP_ACL_H

#include "common/base/base.h"

#include "common/text/sql.h"
#include "common/text/strbuf.h"

/* What the rights are to. */
typedef struct AclTarget {
    const char *word;   /* "TABLE", or "TABLES" for default rights */
    const char *name;   /* as SQL: public.t; "" for default rights */
    const char *column; /* as SQL, NULL: the whole */
    const char *owner;
    const char *prefix; /* before each statement; "" mostly */
    SqlQuoting quoting;
    unsigned major; /* version of the server */
} AclTarget;

/*
 * Add the statements that lead from the list base to the list acl, both as texts {a=r/b,...}; NULL
 * is an empty one. Raises XX000 for what is no such list.
 */
void acl_add_statements(StrBuf *sql, const AclTarget *target, const char *acl, const char *base);

/* The name of a role as it stands in such a list. */
void acl_add_role(StrBuf *item, const char *role);

#endif
