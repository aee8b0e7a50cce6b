/* jointree.h - FROM and WHERE taken apart: which relations, joined under what conditions */
#ifndef PLANNER_JOINTREE_H
#define PLANNER_JOINTREE_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

/* Relations of the tree, made one by one. */
void jointree_build_rels(Planner *root, const Node *tree);

/* What is selected, grouped and tested at the top needs these columns. */
void jointree_add_targets(Planner *root);

/* Conditions to clauses; gives what is to be joined: RangeTblRefs and lists of such. */
List *jointree_split(Planner *root);

/* References of LATERAL items to what stands beside them. */
void jointree_find_lateral(Planner *root);
void jointree_finish_lateral(Planner *root);

/* All relations below; include_joins: with those of joins. */
BitSet *jointree_rels(const Node *tree, bool include_joins);

/* Outer joins whose right side nobody looks at and gives one row at most: they go. */
List *jointree_remove_joins(Planner *root, List *items);

/* Semijoins whose right side gives one row at most are plain joins. */
void jointree_reduce_semi(Planner *root);

#endif
