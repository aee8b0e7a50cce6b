/*
 * types.h - what the server needs of the types as a whole: their functions, to be bound
 */
#ifndef TYPES_TYPES_H
#define TYPES_TYPES_H

#include "common/base/base.h"

#include "server/catalog/builtin.h"

/* Sorted by name, for builtin_bind(). */
extern const BuiltinBinding types_builtins[];
extern const size_t types_builtin_count;

#endif
