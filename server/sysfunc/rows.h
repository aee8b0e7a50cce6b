/*
 * rows.h - functions that make all their rows at the first call, and give one with each
 *
 *     static void fill(RowList *rows, FmgrCall *call) { ... row_list_add(rows, values, nulls); }
 *
 *     Datum pg_things(FmgrCall *call)
 *     {
 *         return row_list_give(call, columns, ARRAY_LEN(columns), fill);
 *     }
 */
#ifndef SYSFUNC_ROWS_H
#define SYSFUNC_ROWS_H

#include "common/base/base.h"

#include "server/sysfunc/value.h"

typedef struct RowList RowList;

/* The next row. fill is called once, with the memory of the set as the current context. */
Datum row_list_give(FmgrCall *call, const SetColumn *columns, unsigned count,
                    void (*fill)(RowList *rows, FmgrCall *call));

/* Values are copied. */
void row_list_add(RowList *rows, const Datum *values, const bool *nulls);

/* Into values[at]: a text, NULL for NULL; an array of texts, count of them. */
void row_set_text(Datum *values, bool *nulls, unsigned at, const char *text);
void row_set_texts(Datum *values, bool *nulls, unsigned at, const char *const *texts, size_t count);

#endif
