/*
 * type_operators.h - how values of a type are ordered, compared and hashed by default
 *
 * What is found is kept in this process, until pg_opclass, pg_amop or types change.
 */
#ifndef CACHE_TYPE_OPERATORS_H
#define CACHE_TYPE_OPERATORS_H

#include "common/base/base.h"

typedef struct TypeOperators {
    Oid type;
    Oid less, equal, greater; /* 0: there is none */
    Oid btree_class, btree_family, btree_input;
    Oid hash_class, hash_family, hash_input;
    bool is_hashable;
} TypeOperators;

const TypeOperators *type_operators(Oid type);

/* The default operator class of an access method for the type; 0: none. */
Oid type_default_opclass(Oid type, Oid access_method);

/* The operator of a family; 0: none. */
Oid opfamily_operator(Oid family, Oid left, Oid right, int strategy);
Oid opfamily_function(Oid family, Oid left, Oid right, int number);

/* What a btree family says of an operator. NE: it is the negator of an equality. */
typedef struct BtreeMeaning {
    Oid family;
    int strategy; /* 1 to 5, 6 for <> */
    Oid left, right;
} BtreeMeaning;

/* In the current context; *count of them. */
BtreeMeaning *operator_btree_meanings(Oid op, int *count);

#endif
