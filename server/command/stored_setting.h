/*
 * stored_setting.h - settings of databases and roles: pg_db_role_setting
 */
#ifndef COMMAND_STORED_SETTING_H
#define COMMAND_STORED_SETTING_H

#include "common/base/base.h"

#include "server/node/node.h"

/*
 * What a session of that role in that database begins with; 0: of all. The caller has asked for
 * rights on both; whether the user may set it, and to that value, is asked here.
 */
void stored_setting_change(Oid database, Oid role, const VariableSetStmt *stmt);

#endif
