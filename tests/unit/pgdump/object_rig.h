/* object_rig.h - objects of a dump without a server, and the order that they come in. */
#ifndef PGDUMP_OBJECT_RIG_H
#define PGDUMP_OBJECT_RIG_H

#include "common/base/base.h"

#include "pgdump/dump.h"
#include "pgdump/kind.h"

/* A dump without objects, connection and options. */
Dump *rig_dump(void);

/*
 * Enter an object whose struct is zeroed but for what the kind has of its own: "schema.name", or a
 * name alone. Each has an oid of its own if it has none, and the same one for the same calls.
 */
void rig_enter(Dump *d, DumpObject *o, KindId kind, const char *name);

/* As above, of a kind whose own fields nobody looks at. */
DumpObject *rig_add(Dump *d, KindId kind, const char *name);

/* A table or another relation; kind is RELKIND_... */
TableObject *rig_add_table(Dump *d, char kind, const char *name);

/* The names as they were given, in the order that order_sort() gives them, blanks between. */
const char *rig_sorted(Dump *d);

/* As above, but the numbers in the dump. */
const char *rig_sorted_numbers(Dump *d);

#endif
