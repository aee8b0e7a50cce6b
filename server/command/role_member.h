/*
 * role_member.h - roles get members and lose them
 */
#ifndef COMMAND_ROLE_MEMBER_H
#define COMMAND_ROLE_MEMBER_H

#include "common/base/base.h"

#include "server/node/node.h"

/*
 * members: numbers. Raises 42501 when the current role may not, 0LP01 where a role would come to be
 * a member of itself; says so of who is a member already, or is none.
 */
void role_add_members(Oid role, const Oid *members, size_t count, Oid grantor, bool is_admin);

/* is_admin: of the admin option alone. */
void role_remove_members(Oid role, const Oid *members, size_t count, bool is_admin);

#endif
