/*
 * type_facts.h - what pg_type, pg_range and pg_cast say of types, one question at a time
 *
 * Each question is a look into the cache. 0 and false are answers where there is no such type.
 */
#ifndef CACHE_TYPE_FACTS_H
#define CACHE_TYPE_FACTS_H

#include "common/base/base.h"

#include "server/catalog/catalog_struct.h"

enum {
    TYPE_KIND_BASE = 'b',
    TYPE_KIND_COMPOSITE = 'c',
    TYPE_KIND_DOMAIN = 'd',
    TYPE_KIND_ENUM = 'e',
    TYPE_KIND_MULTIRANGE = 'm',
    TYPE_KIND_PSEUDO = 'p',
    TYPE_KIND_RANGE = 'r',
};

enum {
    TYPE_CATEGORY_ARRAY = 'A',
    TYPE_CATEGORY_BOOLEAN = 'B',
    TYPE_CATEGORY_NUMERIC = 'N',
    TYPE_CATEGORY_STRING = 'S',
    TYPE_CATEGORY_UNKNOWN = 'X',
};

/* A copy of the row; false when there is none. type_get() raises XX000 then. */
bool type_find(Oid type, PgType *out);
void type_get(Oid type, PgType *out);

char type_kind(Oid type); /* typtype; \0: no such type */
char type_category(Oid type, bool *is_preferred);
bool type_is_preferred(char category, Oid type);
Oid type_collation(Oid type);
int16_t type_len(Oid type, bool *by_value);

/* What a domain is of in the end, or the type itself; *typmod changes with each domain. */
Oid type_base(Oid type);
Oid type_base_typmod(Oid type, int32_t *typmod);

/* Of true arrays alone; type_base_element() looks through domains. 0: it is none. */
Oid type_element(Oid type);
Oid type_base_element(Oid type);
Oid type_array(Oid element);

/* The relation of a composite type; through domains with the second one. */
Oid type_relation(Oid type);
Oid type_or_domain_relation(Oid type);

bool type_is_composite(Oid type);
bool type_is_rowtype(Oid type); /* composite, a domain over one, or record */
bool type_is_range(Oid type);
bool type_is_multirange(Oid type);

/* May values of one type be taken for values of another as they are, without being asked for? */
bool type_is_binary(Oid from, Oid to);
bool type_is_enum(Oid type);
bool type_is_domain(Oid type);

Oid range_subtype(Oid range);
Oid range_collation(Oid range);
Oid range_multirange(Oid range);
Oid multirange_range(Oid multirange);

#endif
