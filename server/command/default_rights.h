/*
 * default_rights.h - rights of new objects are taken back from a role that goes
 */
#ifndef COMMAND_DEFAULT_RIGHTS_H
#define COMMAND_DEFAULT_RIGHTS_H

#include "common/base/base.h"

/* All that the row of pg_default_acl gives to the role. */
void default_rights_revoke_all(Oid oid, Oid role);

#endif
