/* type_catalog.h - the facts and names of types that only catalogs know. */
#ifndef TYPES_TYPE_CATALOG_H
#define TYPES_TYPE_CATALOG_H

#include "common/base/base.h"

/* From now on; once in a process that has a database. */
void type_facts_use_catalog(void);

#endif
