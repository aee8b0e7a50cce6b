/*
 * text_read.h - trees from the text that catalogs hold: PostgreSQL 15's pg_node_tree
 *
 * Only kinds that node.def calls stored have it; text_write.h is the way back.
 */
#ifndef NODE_TEXT_READ_H
#define NODE_TEXT_READ_H

#include "common/base/base.h"

#include "server/node/node.h"

/*
 * The tree in text, in the memory context that is current; NULL for "<>". Locations in it are
 * NODE_NO_LOCATION, since the query that they point into is gone: they would mislead in errors, and
 * what is stored again has none, as with PostgreSQL. A text that is damaged raises XX000; whatever
 * its bytes, fields and lists of fields hold values of the types that node.def says.
 */
void *node_read_text(const char *text);

/* As above, with locations as they are written: what is read prints back as the same text. */
void *node_read_text_exact(const char *text);

#endif
