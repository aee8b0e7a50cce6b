/*
 * input.h - the text of values in pg_*.def to Datums
 *
 * Only for the rows of a new cluster: the types that they use, and texts that the build made. What
 * cannot be read is a bug of a .def file and raises XX000.
 */
#ifndef CATALOG_INPUT_H
#define CATALOG_INPUT_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"

/* A value of that type, by value or in the current context. Roles in ACLs are those of pg_authid. */
Datum catalog_input(Oid type, const char *text);

/* A value of type text with the bytes of a C string. */
Datum catalog_text(const char *text);

/* A value of type name; raises 42622 when text has more than 63 bytes. */
Datum catalog_name(const char *text);

#endif
