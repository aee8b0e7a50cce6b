/* builtin.c - the table of the folder's functions; builtin.def has its rows. */
#include "common/base/base.h"

#include "server/types/builtin.h"

#include "server/types/types.h"

const BuiltinBinding types_builtins[] = {
#define ROW(name, function) {#name, function},
#include "server/types/builtin.def"
#undef ROW
};

const size_t types_builtin_count = ARRAY_LEN(types_builtins);
