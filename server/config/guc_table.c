/* guc_table.c - the rows of guc.def and guc_enum.def as tables */
#include "common/base/base.h"

#include <float.h>
#include <limits.h>

#include "server/config/guc_int.h"

#define ROW_OF(name_, kind_, context_, group_, flags_, unit_, text_)                      \
 .name = #name_, .kind = (kind_), .context = GUC_##context_, .group = GUC_GROUP_##group_, \
 .flags = (flags_), .unit = GUC_UNIT_##unit_, .offset = offsetof(Settings, name_), .text = text_

/*
 * debug_discard_caches takes much time, as one chance in so many is taken: only builds that look
 * for bugs have it.
 */
#ifdef HOLDFAST_SANITIZE
# define DISCARD_CACHES_MAX 1000000
#else
# define DISCARD_CACHES_MAX 0
#endif

const GucDef guc_defs[] = {
#define SET_BOOL(name, context, group, flags, initial, text) \
 {ROW_OF(name, GUC_BOOL, context, group, flags, NONE, text), .boot.b = (initial)},
#define SET_INT(name, context, group, flags, unit, initial, least, most, text)                   \
 {ROW_OF(name, GUC_INT, context, group, flags, unit, text), .boot.i = (initial), .min = (least), \
  .max = (most)},
#define SET_REAL(name, context, group, flags, unit, initial, least, most, text)                   \
 {ROW_OF(name, GUC_REAL, context, group, flags, unit, text), .boot.d = (initial), .min = (least), \
  .max = (most)},
#define SET_STRING(name, context, group, flags, initial, text) \
 {ROW_OF(name, GUC_STRING, context, group, flags, NONE, text), .boot.s = (initial)},
#define SET_ENUM(name, context, group, flags, choices, initial, text)         \
 {ROW_OF(name, GUC_ENUM, context, group, flags, NONE, text), .set = #choices, \
  .boot.i = (int)choices##_##initial},
#include "server/config/guc.def"
#undef SET_BOOL
#undef SET_INT
#undef SET_REAL
#undef SET_STRING
#undef SET_ENUM
};
const size_t guc_def_count = ARRAY_LEN(guc_defs);

const GucChoice guc_choices[] = {
#define CHOICE(set, place, name, number, text)        {#set, text, (number), false},
#define HIDDEN_CHOICE(set, place, name, number, text) {#set, text, (number), true},
#define SPELLING(set, place, name, text)              {#set, text, (int)set##_##name, false},
#define HIDDEN(set, place, name, text)                {#set, text, (int)set##_##name, true},
#include "server/config/guc_enum.def"
#undef CHOICE
#undef HIDDEN_CHOICE
#undef SPELLING
#undef HIDDEN
};
const size_t guc_choice_count = ARRAY_LEN(guc_choices);

const char *guc_group_text(GucGroup group)
{
    static const char *const texts[] = {
#define ROW(group, text) [GUC_GROUP_##group] = text,
#include "server/config/guc_group.def"
#undef ROW
    };

    return texts[group];
}
