/*
 * setting.h - the settings of the server, each a field that only the table writes
 *
 * `setting.work_mem` is the value in force in this process. guc.def has a row for each setting of
 * PostgreSQL 15 (and ours, holdfast.*): name, unit, context, range, default. What may change it
 * when is in guc.h. Integers are in the row's unit (shared_buffers: pages of 8 kB; timeouts: ms);
 * those with choices hold a constant of guc_enum.h. A string may be NULL (unset) only where its
 * default is; it lives until the setting changes again.
 */
#ifndef CONFIG_SETTING_H
#define CONFIG_SETTING_H

#include "common/base/base.h"

#include "server/config/guc_enum.h"

/* A name with a dot is a field with an underscore: holdfast.x is holdfast_x. */
typedef struct Settings {
#define SET_BOOL(name, context, group, flags, initial, text)                 bool name;
#define SET_INT(name, context, group, flags, unit, initial, min, max, text)  int name;
#define SET_REAL(name, context, group, flags, unit, initial, min, max, text) double name;
#define SET_STRING(name, context, group, flags, initial, text)               const char *name;
#define SET_ENUM(name, context, group, flags, set, initial, text)            int name;
#include "server/config/guc.def"
#undef SET_BOOL
#undef SET_INT
#undef SET_REAL
#undef SET_STRING
#undef SET_ENUM
} Settings;

/* At its defaults from the start of a process; guc_init() is not needed to read it. */
extern Settings setting;

#endif
