/*
 * setting.h - the settings of the server, each a field that only the table writes
 *
 * `setting.work_mem` is the value in force in this process. guc.def has a row for each setting of
 * PostgreSQL 15 (and ours, holdfast.*): name, unit, context, range, default. What may change it when
 * is in guc.h. Integers are in the row's unit (shared_buffers: pages of 8 kB; timeouts: ms).
 */
#ifndef CONFIG_SETTING_H
#define CONFIG_SETTING_H

#include "common/base/base.h"

/* A name with a dot is a field with an underscore: holdfast.x is holdfast_x. */
typedef struct Settings {
#define SET_BOOL(name, context, group, flags, initial)               bool name;
#define SET_INT(name, context, group, flags, unit, initial, min, max) int name;
#define SET_REAL(name, context, group, flags, unit, initial, min, max) double name;
#define SET_STRING(name, context, group, flags, initial)             const char *name;
#define SET_ENUM(name, context, group, flags, choices, initial)      int name;
#include "server/config/guc.def"
#undef SET_BOOL
#undef SET_INT
#undef SET_REAL
#undef SET_STRING
#undef SET_ENUM
} Settings;

extern Settings setting;

/* ROW(choices, NAME, value text, is_hidden): enum values are <CHOICES>_<NAME>. */
#include "server/config/guc_enum.h"

#endif
