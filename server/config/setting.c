/* setting.c - the settings at their defaults */
#include "common/base/base.h"

#include "server/config/setting.h"

#include <limits.h>

Settings setting = {
#define SET_BOOL(name, context, group, flags, initial, text)                 .name = (initial),
#define SET_INT(name, context, group, flags, unit, initial, min, max, text)  .name = (initial),
#define SET_REAL(name, context, group, flags, unit, initial, min, max, text) .name = (initial),
#define SET_STRING(name, context, group, flags, initial, text)               .name = (initial),
#define SET_ENUM(name, context, group, flags, set, initial, text) .name = (int)set##_##initial,
#include "server/config/guc.def"
#undef SET_BOOL
#undef SET_INT
#undef SET_REAL
#undef SET_STRING
#undef SET_ENUM
};
