/*
 * guc_enum.h - the choices of settings as constants: SYNCHRONOUS_COMMIT_OFF, WAL_LEVEL_REPLICA, ...
 *
 * A constant is <set>_<name> of a row of guc_enum.def. Numbers are such that more is more where
 * that has a sense: setting.synchronous_commit >= SYNCHRONOUS_COMMIT_REMOTE_WRITE.
 */
#ifndef CONFIG_GUC_ENUM_H
#define CONFIG_GUC_ENUM_H

#include "common/base/base.h"

#include "common/format/control_file.h" /* WAL_LEVEL_* */

enum {
#define CHOICE(set, place, name, number, text)        set##_##name = (number),
#define HIDDEN_CHOICE(set, place, name, number, text) set##_##name = (number),
#define SPELLING(set, place, name, text)
#define HIDDEN(set, place, name, text)
#include "server/config/guc_enum.def"
#undef CHOICE
#undef HIDDEN_CHOICE
#undef SPELLING
#undef HIDDEN
};

#endif
