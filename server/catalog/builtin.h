/*
 * builtin.h - the functions of pg_proc that are written in C
 *
 * Rows of language internal, and those of language c that come with PostgreSQL's own libraries
 * ($libdir/plpgsql, conversions, dict_snowball), are found by number. Which of them there is code
 * for is told once by server/main, where the tables of all modules come together; a call of one
 * that is not written yet raises 0A000 with its name.
 */
#ifndef CATALOG_BUILTIN_H
#define CATALOG_BUILTIN_H

#include "common/base/base.h"

typedef struct BuiltinFunction {
    Oid oid;
    int16_t arg_count;
    bool is_strict;
    bool returns_set;
    const char *name; /* prosrc: what C calls it */
} BuiltinFunction;

/* Code of any signature: whoever calls it knows which one, and casts. */
typedef void (*BuiltinCode)(void);

typedef struct BuiltinBinding {
    const char *name;
    BuiltinCode code;
} BuiltinBinding;

const BuiltinFunction *builtin_find(Oid oid); /* NULL when there is none with that number */

/*
 * Say what there is code for, once in a process; bindings are sorted by name, by bytes. A name that
 * pg_proc does not have is a bug, as is one that is out of order.
 */
void builtin_bind(const BuiltinBinding *bindings, size_t count);

/* The code of a function; raises 0A000 `function "X" is not available yet` when there is none. */
BuiltinCode builtin_code(const BuiltinFunction *function);

#endif
