/*
 * record_int.h - what the files about composite values share
 */
#ifndef TYPES_RECORD_INT_H
#define TYPES_RECORD_INT_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"
#include "server/fmgr/fmgr.h"

typedef struct FieldPlace {
    FmgrSite site;
    bool is_ready;
} FieldPlace;

/* What a place that calls keeps: of the row type it met last. */
typedef struct RecordPlace {
    Oid type;
    int32_t type_mod;
    const TupleDesc *desc;
    Datum *values; /* of the row at hand */
    bool *nulls;
    FieldPlace fields[]; /* a function of each column's type */
} RecordPlace;

/* Kept in the site. Raises 42809 for types that are not composite. */
RecordPlace *record_place(FmgrCall *call, Oid type, int32_t type_mod);

/* The row of an argument, taken apart; pointers point into the argument. */
RecordPlace *record_open(FmgrCall *call, int arg);

#endif
