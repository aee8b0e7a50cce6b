/*
 * sysfunc.h - what the server needs of the functions about itself: their table, to be bound
 */
#ifndef SYSFUNC_SYSFUNC_H
#define SYSFUNC_SYSFUNC_H

#include "common/base/base.h"

#include "server/catalog/builtin.h"

/* Sorted by name, for builtin_bind(). */
extern const BuiltinBinding sysfunc_builtins[];
extern const size_t sysfunc_builtin_count;

#endif
