/*
 * locale_name.h - what the system knows of a locale by its name
 */
#ifndef TYPES_LOCALE_NAME_H
#define TYPES_LOCALE_NAME_H

#include "common/base/base.h"

#include "common/text/encoding.h"

bool locale_name_is_known(const char *name);

/* The encoding of its characters; false when its name means nothing to us. */
bool locale_name_encoding(const char *name, Encoding *out);

/* The version of its order, in the current context; NULL: it has none (C, POSIX). */
char *locale_name_version(const char *name);

#endif
