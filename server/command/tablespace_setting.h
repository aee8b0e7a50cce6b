/*
 * tablespace_setting.h - default_tablespace and temp_tablespaces: which tablespaces they may name
 */
#ifndef COMMAND_TABLESPACE_SETTING_H
#define COMMAND_TABLESPACE_SETTING_H

#include "server/config/guc.h"

/*
 * Checks of the settings. Where no tablespace can be looked up, outside of transactions, every name
 * will do; so will one that is stored for later sessions, with a notice. An empty name is the
 * database's own tablespace.
 */
bool tablespace_check_default(GucValue *value, GucSource source, GucRefusal *why);
bool tablespace_check_temp(GucValue *value, GucSource source, GucRefusal *why);

#endif
