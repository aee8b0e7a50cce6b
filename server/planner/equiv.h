/*
 * equiv.h - expressions that are known to be equal, and orders by them
 *
 * a = b and b = c make one class of three members: then a = c is known, too, and an order by one is
 * an order by all. A class with a constant gives each member a condition of its own.
 */
#ifndef PLANNER_EQUIV_H
#define PLANNER_EQUIV_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

/*
 * Take a clause x = y in; false when it must be kept as a condition (which may be another one
 * then).
 */
bool equiv_take(Planner *root, Clause **clause, bool is_below_outer);

/* When all clauses are in: conditions on single relations that follow. */
void equiv_finish_base(Planner *root);

/* Conditions of outer joins with one side bound to a constant: that is so for the other one too. */
void equiv_reconsider_outer(Planner *root);

/* Conditions that a join of these has. */
List *equiv_join_clauses(Planner *root, const BitSet *join_rels, const BitSet *outer,
                         const PlanRel *inner);

/* Clauses rel.x = other for an x that matches; outer relations prohibited are left out. */
typedef bool (*EquivMatch)(Planner *root, PlanRel *rel, EquivClass *ec, EquivMember *em, void *arg);
List *equiv_column_clauses(Planner *root, PlanRel *rel, EquivMatch match, void *arg,
                           const BitSet *prohibited);

/* Is there a class that joins the two, or rel with anything? */
bool equiv_has_join(Planner *root, const PlanRel *a, const PlanRel *b);
bool equiv_has_joins(Planner *root, const PlanRel *rel);
bool equiv_are_equal(Planner *root, const Node *a, const Node *b);

/* The classes of both sides of a mergejoinable clause. */
void equiv_set_sides(Planner *root, Clause *clause);

/* The class to sort an expression by; NULL when there is none and it is not to be made. */
typedef struct EquivSort {
    Node *expr;
    const BitSet *nullable;
    List *families;
    Oid type, collation;
    uint32_t sort_ref;
} EquivSort;
EquivClass *equiv_for_sort(Planner *root, const EquivSort *sort, bool may_create);

EquivClass *equiv_root(EquivClass *ec);

/* A member that can be computed of these relations alone; NULL: none. */
EquivMember *equiv_member_of(const EquivClass *ec, const BitSet *relids);

bool equiv_is_redundant_with(const Clause *clause, const List *index_clauses);

/* A constant makes order by it meaningless. */
static inline bool equiv_is_constant(const EquivClass *ec)
{
    return ec->has_const && !ec->is_below_outer;
}

/* ---- Orders ---- */

PathKey *keys_canonical(Planner *root, EquivClass *ec, Oid family, bool is_descending,
                        bool is_nulls_first);

/* Of ORDER BY and the like; what is redundant is left out. */
List *keys_of_clauses(Planner *root, const List *sort_groups, const List *targets);

/* Of one expression by an ordering operator, if there is a class of it already. */
List *keys_of_expr(Planner *root, Node *expr, Oid less);

/* The order of an index, as far as it is of use for something. */
List *keys_of_index(Planner *root, const PlanIndex *index, bool is_backward);

/* The order of a subquery's rows, in terms of this level. */
List *keys_of_subquery(Planner *root, PlanRel *rel, const List *keys, const List *targets);

/* Does the order have the other one at its beginning? With how many keys they begin alike. */
bool keys_contain(const List *keys, const List *wanted);
bool keys_common(const List *wanted, const List *keys, int *count);

typedef enum KeysOrder { KEYS_EQUAL, KEYS_BETTER_1, KEYS_BETTER_2, KEYS_DIFFERENT } KeysOrder;
KeysOrder keys_compare(const List *a, const List *b);

/* What of the order of rel's rows is of use above; nothing for plain rows. */
List *keys_useful(Planner *root, PlanRel *rel, List *keys);
bool keys_may_be_useful(Planner *root, const PlanRel *rel);

/* Clauses of a merge join for an outer side in that order; the orders of both sides. */
List *keys_merge_clauses(Planner *root, const List *outer_keys, const List *clauses);
List *keys_select_outer(Planner *root, const List *clauses, const PlanRel *join);
List *keys_make_inner(Planner *root, const List *clauses, const List *outer_keys);
List *keys_trim_clauses_inner(Planner *root, const List *clauses, const List *keys);

/* The cheapest path in that order with that parameterisation. */
Path *keys_cheapest(const List *paths, const List *keys, const BitSet *outer, bool is_total);
Path *keys_cheapest_fraction(const List *paths, const List *keys, const BitSet *outer,
                             double fraction);

#endif
