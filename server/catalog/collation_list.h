/*
 * collation_list.h - the collations that the machine has: what initdb enters into pg_collation
 *
 * Those of libc are what "locale -a" says, where their encoding can be that of a database; a name
 * with an encoding in it is there a second time without. Those of ICU are named LANGUAGE-x-icu.
 */
#ifndef CATALOG_COLLATION_LIST_H
#define CATALOG_COLLATION_LIST_H

#include "common/base/base.h"

#include "common/ds/array.h"

typedef struct SystemCollation {
    const char *name;
    char provider;               /* c: libc, i: ICU */
    int32_t encoding;            /* -1: any */
    const char *collate, *ctype; /* locales of libc; NULL for ICU */
    const char *icu_locale;      /* NULL for libc */
    const char *version;         /* NULL: it has none */
} SystemCollation;

/*
 * Fill out, made by this call, with SystemCollation, in the order in which initdb gives them
 * numbers; in the current memory context. Where ICU is not installed, its collations are left out
 * with a warning.
 */
void collation_list_system(Array *out);

/* The number of an encoding that a database can have, by libc's name of it; -1 for any other. */
int32_t collation_encoding_number(const char *codeset);

#endif
