/* data.h - write the rows of a table, as COPY takes them or as INSERT statements. */
#ifndef PGDUMP_DATA_H
#define PGDUMP_DATA_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "pgdump/dump.h"
#include "pgdump/kind.h"

/* What the two functions take as argument. */
typedef struct DataSource DataSource;
DataSource *data_source_new(Dump *d, TableDataObject *data);

/* The table that rows go into: a partition's may go through the topmost of its parents. */
bool data_is_via_root(const Dump *d, const TableObject *t);
const char *data_target(Dump *d, const TableObject *t);

/* ArchiveWriteData: rows go from the server's messages to out, none is kept. */
void data_write_copy(void *source, const ByteSink *out);
void data_write_inserts(void *source, const ByteSink *out);

#endif
