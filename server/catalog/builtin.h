/*
 * builtin.h - the functions of pg_proc that are written in C
 *
 * These are the rows of language internal, and those of language c that come with PostgreSQL's own
 * libraries ($libdir/plpgsql, conversions, dict_snowball). Which of them there is code for is told
 * once by server/main, where the tables of all modules come together; fmgr finds them by number,
 * and a call of one without code raises 0A000 with its name.
 */
#ifndef CATALOG_BUILTIN_H
#define CATALOG_BUILTIN_H

#include "common/base/base.h"

#include "server/fmgr/fmgr.h"

typedef struct BuiltinBinding {
    const char *name; /* prosrc */
    FmgrFunction fn;
} BuiltinBinding;

/*
 * Give fmgr the table, with the code of those functions that are bound; bindings are sorted by
 * name, by bytes. Once in a process. A binding that no row of pg_proc needs, or that is out of
 * order, raises XX000.
 */
void builtin_bind(const BuiltinBinding *bindings, size_t count);

#endif
