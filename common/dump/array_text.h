/* array_text.h - arrays as the server writes them: {a,"b c",NULL} */
#ifndef DUMP_ARRAY_TEXT_H
#define DUMP_ARRAY_TEXT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/text/strbuf.h"

/* The elements: const char *, NULL for SQL's. What is no array, or NULL, has none. */
void array_text_split(const char *text, Array *out);

/* A text as an element of such an array. */
void array_text_add(StrBuf *array, const char *text);

#endif
