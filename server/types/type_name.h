/*
 * type_name.h - the names of types as SQL writes them: integer, character varying(10)[]
 */
#ifndef TYPES_TYPE_NAME_H
#define TYPES_TYPE_NAME_H

#include "common/base/base.h"

/*
 * In the current context. Types that are not found through the search path are qualified; one that
 * does not exist is "???".
 */
char *type_name(Oid oid);

/* With its modifier; below 0 there is none. */
char *type_name_with_mod(Oid oid, int32_t type_mod);

/*
 * Says what the schema to name with a type is, quoted, or NULL when none is needed, and the type's
 * name; quotes are the caller's. Set by main: without it, no type is qualified.
 */
typedef const char *(*TypeNameSchema)(Oid oid);
void type_name_set_schema(TypeNameSchema schema);

#endif
