/* builtin.c - the table of the folder's functions; builtin.def has its rows. */
#include "common/base/base.h"

#include "server/sysfunc/builtin.h"

#include "server/sysfunc/sysfunc.h"

const BuiltinBinding sysfunc_builtins[] = {
#define ROW(name, function) {#name, function},
#include "server/sysfunc/builtin.def"
#undef ROW
};

const size_t sysfunc_builtin_count = ARRAY_LEN(sysfunc_builtins);
