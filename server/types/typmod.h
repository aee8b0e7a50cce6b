/*
 * typmod.h - what stands in parentheses behind a type's name, as typmodin functions are given it
 */
#ifndef TYPES_TYPMOD_H
#define TYPES_TYPMOD_H

#include "common/base/base.h"

/*
 * The whole numbers of an array of cstring, as PostgreSQL reads them: raises 22P02 for what is no
 * number, 22003 for one that is too large. At most max are stored; the result is how many there
 * are.
 */
int typmod_read(const uint8_t *packed, int32_t *out, int max);

#endif
