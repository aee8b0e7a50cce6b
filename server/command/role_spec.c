/* role_spec.c - roles as statements name them */
#include "common/base/base.h"

#include "server/command/role_spec.h"

#include "common/err/err.h"
#include "server/object/role.h"

Oid role_of_spec(const RoleSpec *spec, bool is_missing_ok)
{
    switch (spec->kind) {
    case ROLE_NAMED:
        return is_missing_ok ? role_try_find(spec->name) : role_find(spec->name);
    case ROLE_CURRENT_ROLE:
    case ROLE_CURRENT_USER:
        return role_current();
    case ROLE_SESSION_USER:
        return role_session();
    default:
        err_raise(SQLSTATE_UNDEFINED_OBJECT, .message = "role \"public\" does not exist");
    }
}

void role_require_member(Oid member, Oid role)
{
    if (role_is_member(member, role))
        return;
    err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
              .message = err_fmt("must be member of role \"%s\"", role_name(role)));
}
