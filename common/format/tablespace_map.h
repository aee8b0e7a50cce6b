/*
 * tablespace_map.h - the tablespaces of a backup in tar form: "OID path", one a line
 *
 * A server that starts from the backup makes a link pg_tblspc/OID for each. In the path a backslash
 * stands before each backslash, line feed and carriage return. To the server a carriage return
 * without one ends a line too, and empty lines mean nothing, so a map that was edited elsewhere
 * stays the same map.
 *
 * Source: PostgreSQL 15 manual, "Continuous Archiving"; checked on a real server.
 */
#ifndef FORMAT_TABLESPACE_MAP_H
#define FORMAT_TABLESPACE_MAP_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/text/strbuf.h"

#define TABLESPACE_MAP_FILE_NAME "tablespace_map"

typedef struct TablespaceMapEntry {
    Oid oid;
    char *path; /* absolute, as a rule */
} TablespaceMapEntry;

/*
 * Append the entries (TablespaceMapEntry) of a file of len bytes. Raises SQLSTATE_DATA_CORRUPTED
 * naming what for a line without an OID or a path, an OID twice, and a last line without end.
 */
void tablespace_map_parse(const char *text, size_t len, const char *what, Array *entries);

void tablespace_map_write(const Array *entries, StrBuf *out);

#endif
