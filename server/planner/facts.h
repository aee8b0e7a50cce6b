/*
 * facts.h - what the planner asks of catalogs about operators, functions, families and types
 *
 * Each question is a look into the cache; answers are copies. An operator or function that is not
 * there raises XX000; elsewhere 0 and false are the answers.
 */
#ifndef PLANNER_FACTS_H
#define PLANNER_FACTS_H

#include "common/base/base.h"

#include "server/catalog/catalog_struct.h"
#include "server/node/node.h"

void facts_operator(Oid op, PgOperator *out);
void facts_function(Oid function, PgProc *out);

Oid facts_operator_function(Oid op);
Oid facts_commutator(Oid op);
Oid facts_negator(Oid op);
bool facts_is_strict(Oid function);
char facts_volatility(Oid function); /* i s v */
bool facts_is_leakproof(Oid function);
bool facts_returns_set(Oid function);
bool facts_is_operator_strict(Oid op);

/* How an operator stands in a family; 0: it does not. Types may be NULL. */
int facts_strategy(Oid op, Oid family, Oid *left, Oid *right);

/* The operator, support function of a family; 0: none. */
Oid facts_family_operator(Oid family, Oid left, Oid right, int strategy);
Oid facts_family_function(Oid family, Oid left, Oid right, int number);

/* B-tree families in which an operator is =, as an OidList: by what joins can be merged. */
List *facts_merge_families(Oid op);

/* The B-tree family that an operator orders by (< or >), its input type; false: none. */
bool facts_ordering(Oid op, Oid *family, Oid *input, bool *is_descending);

/* The = of a family that goes with an ordering operator; and the other way round. */
Oid facts_equality_for_ordering(Oid op, bool *is_descending);
Oid facts_ordering_for_equality(Oid op, bool is_descending);

/* Are the operators = in one family, and sort or hash alike? */
bool facts_equalities_agree(Oid a, Oid b);

/* Is there a hash or merge join by it? Types with parts (arrays, records) depend on them. */
bool facts_can_hash(Oid op, Oid input);
bool facts_can_merge(Oid op, Oid input);

/* Hash functions for the sides of a hashable =; false: none. */
bool facts_hash_functions(Oid op, Oid *left, Oid *right);

/* For an = that hashes: the = within the type of either side. */
bool facts_hash_equalities(Oid op, Oid *left, Oid *right);

/* The default operators of a type; 0: none. */
typedef struct TypeOrder {
    Oid equal, less, greater, btree_family, hash_family, input;
    bool is_hashable;
} TypeOrder;
void facts_type_order(Oid type, TypeOrder *out);

int16_t facts_type_len(Oid type, bool *by_value);
Oid facts_element_type(Oid array);
char facts_type_kind(Oid type);
Oid facts_base_type(Oid type);
Oid facts_array_type(Oid element);

/* Bytes that a value of the type takes, on the average, as far as its type tells. */
int facts_type_width(Oid type, int typmod);

/* What output and input functions of types are. */
Oid facts_type_input(Oid type);
Oid facts_type_output(Oid type);

#endif
