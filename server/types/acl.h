/*
 * acl.h - arrays of aclitem: taken apart, made
 *
 * object/rights.h says what the bits of an item mean.
 */
#ifndef TYPES_ACL_H
#define TYPES_ACL_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"
#include "server/object/rights.h"

/* "INSERT", by the number of the bit. */
const char *acl_right_name(unsigned bit);

/* The items of an aclitem[], in the current context. Raises 22023, 22004 for what is no such. */
Acl acl_of_datum(Datum array);
Datum acl_to_datum(const Acl *acl);

/*
 * Roles by name and number: 0 and NULL where there is none. Without it, those of the catalogs; for
 * tests.
 */
typedef struct AclRoles {
    Oid (*find)(const char *name);
    const char *(*name)(Oid role);
} AclRoles;
void acl_set_roles(const AclRoles *roles);

#endif
