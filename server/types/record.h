/*
 * record.h - composite values: who knows what they are made of
 */
#ifndef TYPES_RECORD_H
#define TYPES_RECORD_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"

/*
 * The columns of a composite type, or of type record with that number; NULL: not known. They must
 * stay as long as a statement runs. Set by who keeps them.
 */
typedef const TupleDesc *(*RecordDescLookup)(Oid type, int32_t type_mod);
void record_set_lookup(RecordDescLookup lookup);

/* Give a desc of type record its number, by which its values are known; set by who keeps them. */
void record_set_register(void (*fn)(TupleDesc *desc));
void record_register(TupleDesc *desc);

#endif
