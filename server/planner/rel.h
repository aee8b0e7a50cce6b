/* rel.h - relations of a query: what is known of them, and joins of them */
#ifndef PLANNER_REL_H
#define PLANNER_REL_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"
#include "server/planner/stats.h"

/* Arrays of the level's range table. */
void rel_setup(Planner *root);
void rel_grow(Planner *root, int entry_count);

/* The relation of a range table entry: its size now, its indexes. parent: NULL, or of a child. */
PlanRel *rel_build(Planner *root, int rt_index, PlanRel *parent);

/* A new relation that is none of the range table. */
PlanRel *rel_new(RelType type, BitSet *relids);

/* NULL: there is no such join yet. */
PlanRel *rel_find_join(const Planner *root, const BitSet *relids);

/* A base relation or a join, which must be there. */
PlanRel *rel_find_input(const Planner *root, const BitSet *relids);

/* The join of two relations, made when it is not there, and the clauses that they are joined by. */
PlanRel *rel_join(Planner *root, BitSet *relids, PlanRel *outer, PlanRel *inner,
                  const OuterJoin *join, List **clauses);

/* Is the column alone a unique key? */
bool rel_column_is_unique(const PlanRel *rel, int column);

/* Is there a unique index over columns that clauses (column = outer) all bind? */
bool rel_is_unique_for(Planner *root, PlanRel *rel, const List *clauses, List *exprs,
                       const List *operators);

/*
 * The same of a subquery: GROUP BY or DISTINCT over no other columns, or a single row in all, make
 * it unique.
 */
bool rel_subquery_is_unique_for(const Planner *root, const PlanRel *rel, const List *clauses);

/* What the join gives for rel as its inner side is at most one row for each of outer's. */
bool rel_inner_is_unique(Planner *root, const BitSet *join_rels, const BitSet *outer,
                         PlanRel *inner, JoinKind kind, const List *clauses);

/* Note that these Vars are needed by where; creates columns of base relations' targets. */
void rel_add_needed(Planner *root, const List *vars, const BitSet *where);

/* The parameterised facts of a base relation or join with these outside; made when not there. */
ParamInfo *rel_base_param(Planner *root, PlanRel *rel, const BitSet *outer);
ParamInfo *rel_join_param(Planner *root, PlanRel *rel, const Path *outer_path,
                          const Path *inner_path, const OuterJoin *join, const BitSet *required,
                          List **clauses);
ParamInfo *rel_find_param(const PlanRel *rel, const BitSet *outer);

/*
 * Put what the table's index now has at its ends in place of *low and *high (either may be NULL);
 * false when no index can tell.
 */
bool rel_find_ends(Planner *root, const VarStats *stats, Oid order, Oid collation, Datum *low,
                   Datum *high);

/* Bytes of a column; of a whole row. */
int rel_column_width(PlanRel *rel, int column, Oid type, int typmod);

/* Of the columns of a subquery that is planned. */
void rel_set_subquery_widths(PlanRel *rel);

/* Sizes of base relations and joins: rows and widths. */
void rel_size_base(Planner *root, PlanRel *rel);
void rel_size_target(Planner *root, PlanRel *rel);
void rel_size_join(Planner *root, PlanRel *rel, const PlanRel *outer, const PlanRel *inner,
                   const OuterJoin *join, const List *clauses);
double rel_join_rows(Planner *root, const PlanRel *rel, const PlanRel *outer, const PlanRel *inner,
                     double outer_rows, double inner_rows, const OuterJoin *join,
                     const List *clauses);

/* It gives no rows: an empty Append. */
void rel_mark_dummy(PlanRel *rel);
bool rel_is_dummy(const PlanRel *rel);

/* A constraint or a constant condition says that no row can come. */
bool rel_is_excluded(Planner *root, PlanRel *rel);

#endif
