/*
 * set.h - functions that give a row with each call
 *
 *     Counter *c = set_state(call);
 *
 *     if (c == NULL) {
 *         c = set_begin(call, sizeof *c);        the first call of this set
 *         ...
 *     }
 *     if (c->next > c->last)
 *         return set_end(call);
 *     return set_row(call, datum_of_i32(c->next++));
 *
 * The state lives in the site's extra, which is NULL before the first call and after the last; who
 * ends a set early calls set_forget().
 */
#ifndef TYPES_SET_H
#define TYPES_SET_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"
#include "server/fmgr/fmgr.h"

/* What set_begin() made for the set that is under way; NULL: none is. */
void *set_state(const FmgrCall *call);

/* Zeroed memory for the state. Raises 0A000 when the caller takes no sets. */
void *set_begin(FmgrCall *call, size_t size);

/* Where what the state needs lives; goes when the set ends. */
MemContext *set_mem(const FmgrCall *call);

/*
 * Keep an argument beyond this call: it becomes a plain copy in the current context, which is
 * set_mem().
 */
void set_keep_varlena(FmgrCall *call, int n);

/* return set_row(call, value); a row more. */
Datum set_row(FmgrCall *call, Datum value);

/*
 * Rows of several columns are records: heap_to_record(heap_form(desc, values, nulls), desc). What
 * they are made of, in the current context.
 */
typedef struct SetColumn {
    const char *name;
    Oid type;
} SetColumn;
TupleDesc *set_desc(const SetColumn *columns, unsigned count);

/* return set_end(call); there are no more. */
Datum set_end(FmgrCall *call);

/* A set is left before its end: its memory goes. */
void set_forget(FmgrSite *site);

#endif
