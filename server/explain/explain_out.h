/*
 * explain_out.h - names and values in nested groups, in four formats
 *
 * Text is for people: what there belongs on the line of a node is written by the caller with
 * explain_line(); groups do not show. The other formats have all of it as properties.
 */
#ifndef EXPLAIN_EXPLAIN_OUT_H
#define EXPLAIN_EXPLAIN_OUT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/text/strbuf.h"
#include "server/node/list.h"

typedef enum ExplainFormat { EXPLAIN_TEXT, EXPLAIN_XML, EXPLAIN_JSON, EXPLAIN_YAML } ExplainFormat;

typedef struct ExplainOut {
    ExplainFormat format;
    StrBuf text;
    int indent;   /* two spaces each */
    Array levels; /* bool: something stands in that group already */
} ExplainOut;

void explain_out_begin(ExplainOut *out, ExplainFormat format);
void explain_out_end(ExplainOut *out);

/* name NULL: without a label, as an item of a list. is_list: its parts have no labels. */
void explain_open(ExplainOut *out, const char *tag, const char *name, bool is_list);
void explain_close(ExplainOut *out, const char *tag, const char *name, bool is_list);

void explain_word(ExplainOut *out, const char *word); /* in place of a group; not in text */

void explain_text(ExplainOut *out, const char *name, const char *value);
void explain_bool(ExplainOut *out, const char *name, bool value);
void explain_int(ExplainOut *out, const char *name, const char *unit, int64_t value);
void explain_real(ExplainOut *out, const char *name, const char *unit, double value, int digits);
void explain_list(ExplainOut *out, const char *name, const Array *texts); /* const char * */

/* The same as an item of a list. */
void explain_nested_list(ExplainOut *out, const char *name, const Array *texts);

/* Of text alone: spaces up to where a line begins. */
void explain_indent(ExplainOut *out);

#endif
