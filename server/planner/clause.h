/* clause.h - conditions as the planner keeps them; planner_int.h has the struct */
#ifndef PLANNER_CLAUSE_H
#define PLANNER_CLAUSE_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

/* What is not known of an expression alone. Sets may be NULL. */
typedef struct ClauseSpec {
    bool is_pushed_down, is_delayed, is_pseudoconstant;
    int security_level;     /* of what the condition comes from */
    const BitSet *required; /* NULL: the relations of the expression */
    const BitSet *outer, *nullable;
} ClauseSpec;

Clause *clause_new(Node *expr, const ClauseSpec *spec);

/* Its own of the arms' lists, of an OR that is one. */
void clause_check_merge(Clause *clause);
void clause_check_hash(Clause *clause);

/* Hand it to the relations that it is of. */
void clause_distribute(Planner *root, Clause *clause);

/* Expressions of clauses, without those that need no row at all; pseudoconstant: only those. */
List *clause_exprs(const List *clauses, bool is_pseudoconstant);
List *clause_all_exprs(const List *clauses);

/* Those that decide what matches, and those that filter what comes out of an outer join. */
void clause_split_join(const List *clauses, const BitSet *join_rels, List **joins, List **others);
bool clause_is_pushed_down(const Clause *clause, const BitSet *join_rels);

/* Could it be tested in a scan of rel, with values of other relations? */
bool clause_can_move_to(const Clause *clause, const PlanRel *rel);
bool clause_can_move_into(const Clause *clause, const BitSet *current, const BitSet *outer);

/* Is it of the same class as one of the list, so that it says nothing new? */
bool clause_is_redundant(const Clause *clause, const List *others);

/* Do they name the same relations on each side of this join: outer = left, or the other way. */
bool clause_sides_match(Clause *clause, const BitSet *outer, const BitSet *inner);

/* The same condition, with the sides exchanged: in place of a Clause, its expression. */
Node *clause_commuted(const Clause *clause);

#endif
