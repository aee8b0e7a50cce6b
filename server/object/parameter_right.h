/*
 * parameter_right.h - who may set a setting that is superusers': GRANT SET ON PARAMETER
 */
#ifndef OBJECT_PARAMETER_RIGHT_H
#define OBJECT_PARAMETER_RIGHT_H

#include "common/base/base.h"

#include "server/config/guc.h"
#include "server/object/rights.h"

/* wanted: RIGHT_SET, RIGHT_ALTER_SYSTEM. By any form of the name; superusers have all. */
bool parameter_has_right(const char *name, Oid role, Rights wanted);
bool parameter_has_any_right(const char *name, Oid role, Rights wanted);

/* As whom the current role sets it. */
GucContext parameter_context(const char *name);

/* Of pg_parameter_acl: the row of a name as guc_right_name() gives it, 0 for none; its rights. */
Oid parameter_find(const char *canonical);
Rights parameter_rights(Oid oid, Oid role, Rights wanted, bool is_any);

#endif
