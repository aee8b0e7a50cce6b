/*
 * stored_setting.h - settings of databases and roles: pg_db_role_setting
 */
#ifndef COMMAND_STORED_SETTING_H
#define COMMAND_STORED_SETTING_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"
#include "server/node/node.h"

/*
 * What a session of that role in that database begins with; 0: of all. The caller has asked for
 * rights on both; whether the user may set it, and to that value, is asked here.
 */
void stored_setting_change(Oid database, Oid role, const VariableSetStmt *stmt);

/*
 * A list of settings, text[] of NAME=VALUE, as the statements (VariableSetStmt) leave it; old NULL:
 * there was none. False: there is none now.
 */
bool stored_setting_list(const Datum *old, const List *statements, Datum *out);

#endif
