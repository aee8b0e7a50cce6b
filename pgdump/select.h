/* select.h - what is to be dumped: by schema, by extension, by name. */
#ifndef PGDUMP_SELECT_H
#define PGDUMP_SELECT_H

#include "common/base/base.h"

#include "pgdump/dump.h"

/* Find what the patterns of the options mean; raises when one that must match does not. */
void select_init(Dump *d);

/* The tables that -t names, by oid; without -t there are none. */
void select_add_tables(Array *oids);

/* Each sets what is wanted of the object, by the rules of its kind. */
void select_schema(Dump *d, SchemaObject *schema);
void select_extension(Dump *d, DumpObject *extension);
void select_table(Dump *d, DumpObject *table);
void select_in_schema(Dump *d, DumpObject *o); /* what lies in a schema, and is taken with it */
void select_alone(Dump *d, DumpObject *o);     /* what lies in none */

/* Are the rows of an extension's table, which users fill, to be dumped? */
bool select_config_table(const Dump *d, const DumpObject *extension, const DumpObject *table);

/* Do the options take the table's rows? */
bool select_has_data(const Dump *d, Oid table);

#endif
