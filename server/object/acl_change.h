/*
 * acl_change.h - access control lists as GRANT, REVOKE and new owners change them
 *
 * Lists that are given stay as they are; results are in the current context. An item of a list is
 * what one role granted to another: a grant by a second role is an item of its own, at the end.
 */
#ifndef OBJECT_ACL_CHANGE_H
#define OBJECT_ACL_CHANGE_H

#include "common/base/base.h"

#include "server/object/rights.h"

typedef struct AclGrant {
    bool is_grant;
    bool is_grant_option; /* GRANT: with it; REVOKE: of it alone */
    bool is_cascading;    /* what was granted on by whom loses the option is revoked too */
    Oid grantor, owner;
    Rights rights; /* without grant options */
    const Oid *grantees;
    size_t grantee_count;
} AclGrant;

/*
 * Raises 0LP01 for grant options to everybody and for those that would come back to who gave them,
 * 2BP01 when others got a right by what is revoked and it is not cascading.
 */
Acl acl_change(const Acl *old, const AclGrant *grant);

/* All items of a, then all of b; and the rights of both, each item once. */
Acl acl_join(const Acl *a, const Acl *b);
Acl acl_merge(const Acl *a, const Acl *b, Oid owner);

/* As it is when the object goes from one owner to another. */
Acl acl_with_owner(const Acl *old, Oid from, Oid to);

/* By grantee, grantor, rights: so that two can be compared. */
Acl acl_sorted(const Acl *acl);
bool acl_equal(const Acl *a, const Acl *b);

/*
 * In whose name role grants: the owner for himself and for superusers, else the one of all roles
 * whose rights he has that may grant most of them. *available: what that one may grant.
 */
Oid acl_best_grantor(const Acl *acl, Oid role, Oid owner, Rights rights, Rights *available);

/* The roles that are in it on either side, sorted, each once. */
Oid *acl_members(const Acl *acl, size_t *count);

#endif
