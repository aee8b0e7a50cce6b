/*
 * text_write.h - trees as the text that catalogs hold: PostgreSQL 15's pg_node_tree
 *
 * What is written is byte for byte what PostgreSQL writes of the same tree.
 */
#ifndef NODE_TEXT_WRITE_H
#define NODE_TEXT_WRITE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

/* A tree as text. A kind that is not stored raises XX000. Values of Consts must be plain. */
char *node_write_text(const void *node);

/* As above, behind what is in out. */
void node_write(StrBuf *out, const void *node);

#endif
