/*
 * database_text.h - what text is in this process: the encoding of the database, its collation
 */
#ifndef TYPES_DATABASE_TEXT_H
#define TYPES_DATABASE_TEXT_H

#include "common/base/base.h"

#include "common/text/encoding.h"

/* Of all text here; UTF8 until told. Set when the process has its database. */
Encoding text_encoding(void);
void text_set_encoding(Encoding e);

#endif
