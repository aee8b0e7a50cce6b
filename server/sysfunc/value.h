/*
 * value.h - values as functions of the folder take and give them
 */
#ifndef SYSFUNC_VALUE_H
#define SYSFUNC_VALUE_H

#include "common/base/base.h"

#include <string.h>

#include "server/fmgr/fmgr.h"
#include "server/types/set.h"

/* A text of a C string, in the current context. */
static inline Datum value_of_text(const char *text)
{
    return datum_of_pointer(varlena_new(text, strlen(text)));
}

/* A name, cut where names end. */
Datum value_of_name(const char *name);

static inline Datum value_of_lsn(Lsn lsn)
{
    return datum_of_i64((int64_t)lsn);
}

/* A text argument as a C string, in the current context. */
char *value_cstring(const FmgrCall *call, int n);

/* Without the blanks around it, in place. */
char *value_trimmed(char *text);

/* The row of a function that gives one; nulls NULL: there are none. */
Datum value_of_row(const SetColumn *columns, unsigned count, const Datum *values,
                   const bool *nulls);

#endif
