/*
 * oid.h - an oid from its text, for types that are written as lists of them or as one
 */
#ifndef TYPES_OID_H
#define TYPES_OID_H

#include "common/base/base.h"

/*
 * Read a number with blanks before it; *end is what comes behind. With NULL for end, nothing but
 * blanks may. Raises 22P02 and 22003 with all of text.
 */
Oid oid_parse(const char *text, const char **end);

#endif
