/*
 * role_spec.h - roles as statements name them
 */
#ifndef COMMAND_ROLE_SPEC_H
#define COMMAND_ROLE_SPEC_H

#include "common/base/base.h"

#include "server/node/node.h"

/* A name, CURRENT_USER and its kin; PUBLIC raises 42704, as names without a role do (else 0). */
Oid role_of_spec(const RoleSpec *spec, bool is_missing_ok);

/* May member give something to role: 42501 "must be member of role "x"" when not. */
void role_require_member(Oid member, Oid role);

#endif
