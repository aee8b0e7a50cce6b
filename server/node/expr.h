/*
 * expr.h - what an expression of a stored tree yields: type, typmod, collation; where it stands;
 * what is in it
 *
 * The table of kinds says which fields hold that; here are the few kinds that have to look further.
 */
#ifndef NODE_EXPR_H
#define NODE_EXPR_H

#include "common/base/base.h"

#include "server/node/node.h"

#define NODE_NO_TYPMOD (-1)

/* The type's oid; 0 for NULL. A node that is no expression raises XX000, as in all of these. */
Oid node_expr_type(const void *expr);

/* The typmod as far as the expression itself tells; NODE_NO_TYPMOD when it does not. */
int node_expr_typmod(const void *expr);

/* The collation of what comes out; 0 for none. */
Oid node_expr_collation(const void *expr);

/* The collation that the function or operator itself works by; 0 for none. */
Oid node_expr_input_collation(const void *expr);

/*
 * Set them. Kinds that have no field for it must be given 0, or what follows from their parts;
 * kinds without an input collation take any.
 */
void node_expr_set_collation(void *expr, Oid collation);
void node_expr_set_input_collation(void *expr, Oid collation);

/*
 * Where the text of an expression, or of a list of them, begins, as PostgreSQL sees it: at its own
 * location, or at the first one in its parts if that is less; what is in subqueries does not count.
 * NODE_NO_LOCATION when there is none.
 */
int node_expr_location(const void *expr);

/*
 * What is in an expression, a list of them, or a query: there the inside of the query counts as
 * where one stands. levels_up: as in the Vars and aggregates that are looked for, seen from there;
 * those of queries further in are found too. What is located is the first that has a location;
 * NODE_NO_LOCATION: there is none.
 */
bool expr_has_vars_of_level(const void *node, int levels_up);
bool expr_has_aggs(const void *node, int levels_up); /* Aggref, GroupingFunc */
int expr_locate_var(const void *node, int levels_up);
int expr_locate_agg(const void *node, int levels_up);

/* The same outside of subqueries. Sets: calls that return them. */
bool expr_has_windows(const void *node);
bool expr_has_sets(const void *node);
int expr_locate_window(const void *node);

/*
 * Is it a call of a function that makes a value fit a typmod, as casts have them? Then *typmod
 * (unless NULL) is that.
 */
bool node_expr_is_length_cast(const void *expr, int *typmod);

/*
 * Who knows what ARRAY(SELECT ...) yields for a column of a type: its array type, the type itself
 * when it is an array; 0 when there is none. Set by main; without one, node_expr_type() of such an
 * expression raises 42704.
 */
void node_expr_bind(Oid (*array_type_of)(Oid type));

#endif
