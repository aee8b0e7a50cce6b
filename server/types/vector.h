/*
 * vector.h - make int2vector and oidvector values, as catalogs have them
 */
#ifndef TYPES_VECTOR_H
#define TYPES_VECTOR_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"

/* In the current context. */
Datum vector_of_oids(const Oid *oids, int count);
Datum vector_of_int2s(const int16_t *numbers, int count);

#endif
