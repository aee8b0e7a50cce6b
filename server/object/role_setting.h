/*
 * role_setting.h - the settings role, session_authorization and is_superuser: hooks for them
 *
 * SET ROLE and SET SESSION AUTHORIZATION are settings, so that they follow transactions and
 * savepoints like all others. check and assign as config/guc.h has them.
 */
#ifndef OBJECT_ROLE_SETTING_H
#define OBJECT_ROLE_SETTING_H

#include "common/base/base.h"

#include "server/config/guc.h"

bool role_check_setting(GucValue *value, GucSource source, GucRefusal *why);
void role_assign_setting(GucValue value);
const char *role_show_setting(void);

bool role_check_session_authorization(GucValue *value, GucSource source, GucRefusal *why);
void role_assign_session_authorization(GucValue value);

const char *role_show_is_superuser(void);

/* For guc_set_guard(): who acts as another role for a while could get away from it. */
const char *role_setting_guard(void);

#endif
