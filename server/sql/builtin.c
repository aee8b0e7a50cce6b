/* builtin.c - the table of the folder's functions; builtin.def has its rows. */
#include "common/base/base.h"

#include "server/sql/builtin.h"

#include "server/sql/sql.h"

const BuiltinBinding sql_builtins[] = {
#define ROW(name, function) {#name, function},
#include "server/sql/builtin.def"
#undef ROW
};

const size_t sql_builtin_count = ARRAY_LEN(sql_builtins);
