/*
 * tree.h - walks that know how many queries deep they are, and trees with parts replaced
 *
 * A Var says by levels_up how many queries outwards its range table is, so what looks for the Vars
 * of one query must count the queries that it enters. The level here is that count: it is what
 * levels_up has in a Var, Aggref or GroupingFunc that belongs to where the level is 0.
 */
#ifndef NODE_TREE_H
#define NODE_TREE_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Begin with it at a Query, so that what is in it has level 0; at an expression with 0. */
#define NODE_LEVEL_OUTSIDE (-1)

/*
 * As node_walk(), with a level: visit is called for each child of node with level, or level + 1
 * when node is a Query, and hands it to node_walk_levels() to descend.
 *
 *     static bool find_var(Node *node, int level, void *arg)
 *     {
 *         if (node_is(node, Var))
 *             return ((Var *)(void *)node)->levels_up == (uint32_t)level;
 *         return node_walk_levels(node, level, find_var, arg);
 *     }
 */
typedef bool (*NodeLevelVisit)(Node *child, int level, void *arg);
bool node_walk_levels(Node *node, int level, NodeLevelVisit visit, void *arg);

/*
 * A copy of node in which each child, those in lists included, is what change made of it; it is
 * not asked about NULL. change gives a new tree (node_mutate() again descends) or NULL; the source
 * stays as it is, and the copy shares nothing with it but what change returns unchanged. A field
 * of a certain kind must get that kind.
 */
typedef Node *(*NodeChange)(Node *child, void *arg);
void *node_mutate(const void *node, NodeChange change, void *arg);

/* As above, with a level. */
typedef Node *(*NodeLevelChange)(Node *child, int level, void *arg);
void *node_mutate_levels(const void *node, int level, NodeLevelChange change, void *arg);

/*
 * Add delta, in place, to levels_up of all in the tree that leads out of its level least: Vars,
 * Aggrefs, GroupingFuncs, CTEs of range tables. For an expression that moves into or out of a
 * subquery, least is 0; node may be a Query or a list.
 */
void node_shift_levels(void *node, int delta, int least);

#endif
