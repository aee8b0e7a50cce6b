/*
 * role.h - roles: names, attributes, memberships, and who acts in this session
 *
 * Three roles count in a session: the one that was let in, the one it speaks for (SET SESSION
 * AUTHORIZATION), and the one whose rights hold now (SET ROLE, functions of SECURITY DEFINER).
 * Everything here but those looks into catalogs: in a transaction.
 */
#ifndef OBJECT_ROLE_H
#define OBJECT_ROLE_H

#include "common/base/base.h"

#define ROLE_EVERYBODY 0 /* in access control lists: everybody; others are in catalog_oid.h */

/* ---- Roles by name and number ---- */

Oid role_try_find(const char *name); /* 0: there is none */
Oid role_find(const char *name);     /* raises 42704 */

/* In the current context. */
char *role_try_name(Oid role); /* NULL: there is none */
char *role_name(Oid role);     /* raises XX000 */

typedef enum RoleAttribute {
    ROLE_MAY_INHERIT,
    ROLE_MAY_CREATE_ROLE,
    ROLE_MAY_CREATE_DB,
    ROLE_MAY_LOGIN,
    ROLE_MAY_REPLICATE,
    ROLE_MAY_BYPASS_RLS,
} RoleAttribute;

bool role_is_superuser(Oid role); /* false when there is no such role */

/* Superusers have all attributes but LOGIN and INHERIT. */
bool role_has_attribute(Oid role, RoleAttribute attribute);

/* ---- Memberships ---- */

/* Is member the role, or in it by any way? Superusers are in all. */
bool role_is_member(Oid member, Oid role);

/* The same, but that superusers are where they were put. */
bool role_is_listed_member(Oid member, Oid role);

/* Does member have the rights of role without SET ROLE: by ways of roles that inherit? */
bool role_has_rights_of(Oid member, Oid role);

/* May he grant and revoke membership: WITH ADMIN OPTION by any way, or a superuser? */
bool role_is_admin_of(Oid member, Oid role);

/* The roles whose rights he has, himself among them; valid until catalogs change. */
const Oid *role_rights_list(Oid member, size_t *count);

/* ---- Who acts ---- */

/* What functions of higher rights, and maintenance, forbid meanwhile. */
enum {
    ROLE_LOCAL_CHANGE = 1, /* the role was changed for a while: no SET ROLE */
    ROLE_RESTRICTED = 2,   /* nothing may be left behind for the session */
    ROLE_NO_FORCE_RLS = 4,
};

/* Let in: all three, once in a session. */
void role_begin(Oid role, bool is_superuser);

Oid role_authenticated(void);
Oid role_session(void);
Oid role_current(void);
bool role_authenticated_is_superuser(void);
bool role_session_is_superuser(void);

/* SET SESSION AUTHORIZATION, and SET ROLE (0: NONE). Rights are checked by the settings. */
void role_set_session(Oid role, bool is_superuser);
void role_set_current(Oid role, bool is_superuser);
Oid role_chosen(void);               /* by SET ROLE; 0: none */
bool role_chosen_is_superuser(void); /* of that one, or of the session's */

/* Act as another role until the same is called with what it was; flags above. */
void role_switch(Oid role, unsigned flags);
unsigned role_flags(void);

/*
 * Do work as that role, with the flags beside those that there are; settings that it changes are
 * as before in the end. For what calls functions of other people: the owner of an index has
 * written its expressions, and must not get the rights of who builds it.
 */
void role_run_as(Oid role, unsigned flags, void (*work)(void *arg), void *arg);

#endif
