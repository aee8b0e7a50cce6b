/*
 * type_facts.h - what most code asks about a type, in one place: how its values lie in memory, the
 * functions of its forms, those that compare and hash
 *
 * Types that every database has (those of a new cluster) come from a table that the build makes and
 * cost a search in it; they cannot be changed. Others are asked for through a hook, and kept until
 * they are out of date.
 */
#ifndef CATALOG_TYPE_FACTS_H
#define CATALOG_TYPE_FACTS_H

#include "common/base/base.h"

/* Members in the order of the table's columns. Functions are OIDs, 0 for none. */
typedef struct TypeFacts {
    Oid oid;
    const char *name; /* typname */
    int16_t len;
    bool by_value;
    char align, storage, delimiter;
    char kind, category; /* typtype, typcategory */
    bool is_preferred;
    Oid element; /* typelem */
    Oid array;
    Oid relation; /* of a composite type */
    Oid base;     /* of a domain */
    int32_t base_type_mod;
    Oid collation;
    Oid input, output, receive, send, type_mod_in, type_mod_out;
    Oid equal, compare, hash, hash_extended; /* of the default operator classes */
} TypeFacts;

/*
 * The type, or NULL when there is none. Stays for the life of the process, and may change when it
 * is asked for again.
 */
const TypeFacts *type_facts_find(Oid oid);

/* As above; raises XX000 "cache lookup failed for type N". */
const TypeFacts *type_facts(Oid oid);

/* What a type's input and receive functions want as second argument. */
static inline Oid type_io_param(const TypeFacts *t)
{
    return t->element != 0 ? t->element : t->oid;
}

/* A type whose values are arrays of their own, as int4[]: not name or point, which have elements. */
static inline bool type_is_array(const TypeFacts *t)
{
    return t->element != 0 && t->len == -1;
}

/* Fill *out (the name in the current context) for a type that is not in the table. Set by main. */
typedef bool (*TypeFactsLookup)(Oid oid, TypeFacts *out);
void type_facts_set_lookup(TypeFactsLookup lookup);

/* What the hook told is out of date: catalogs have changed. */
void type_facts_forget(void);

/* Sorted by oid. */
extern const TypeFacts type_table[];
extern const size_t type_table_count;

#endif
