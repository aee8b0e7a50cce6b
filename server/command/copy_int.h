/* copy_int.h - what the files of COPY share. */
#ifndef COMMAND_COPY_INT_H
#define COMMAND_COPY_INT_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/copy/copy.h"
#include "server/lock/lock.h"
#include "server/node/node.h"

/* ---- copy_client.c: data from and to the client; in the current context ---- */

CopySource *copy_client_source(void);
CopySink *copy_client_sink(void);

/* ---- copy_default.c ---- */

typedef struct CopyDefaults {
    const Node **exprs; /* by column of the table; NULL: NULL, or it has data */
    bool are_volatile;  /* nextval() does not count */
} CopyDefaults;

/* Of the columns but those that have data. */
void copy_find_defaults(const Relation *rel, const int16_t *columns, unsigned column_count,
                        CopyDefaults *out);

#endif
