/* tree.c - walks and changes of trees by query level. */
#include "common/base/base.h"

#include "server/node/tree.h"

#include "common/mem/mem.h"
#include "server/node/node_kind.h"

typedef struct LevelWalk {
    NodeLevelVisit visit;
    NodeLevelChange change;
    int level;
    void *arg;
} LevelWalk;

typedef struct LevelShift {
    int delta, least;
} LevelShift;

static List *mutate_list(const List *list, NodeChange change, void *arg);
static bool shift_levels(Node *node, int level, void *arg);

static bool visit_at_level(Node *child, void *arg)
{
    const LevelWalk *walk = arg;

    return walk->visit(child, walk->level, walk->arg);
}

bool node_walk_levels(Node *node, int level, NodeLevelVisit visit, void *arg)
{
    LevelWalk walk = {.visit = visit, .level = level + node_is(node, Query), .arg = arg};

    return node_walk(node, visit_at_level, &walk);
}

void *node_mutate(const void *node, NodeChange change, void *arg)
{
    const Node *from = node;
    const NodeKind *kind;
    Node *to;

    if (from == NULL)
        return NULL;
    node_check_depth();
    if (from->tag <= NODE_OidList)
        return mutate_list(node, change, arg);

    kind = &node_kinds[from->tag];
    to = mem_dup(from, kind->size);
    for (int i = 0; i < kind->field_count; i++) {
        Node **child;

        if (kind->fields[i].class != FIELD_NODE) {
            node_copy_leaf(to, &kind->fields[i]);
            continue;
        }
        child = (Node **)(void *)((char *)to + kind->fields[i].offset);
        if (*child != NULL)
            *child = (*child)->tag <= NODE_OidList
                         ? (Node *)(void *)mutate_list((const List *)(void *)*child, change, arg)
                         : change(*child, arg);
    }
    return to;
}

/* A new list; lists in it are new too, and change sees only nodes. */
static List *mutate_list(const List *list, NodeChange change, void *arg)
{
    List *copy = list_concat(list_new(list->tag), list);

    if (list->tag != NODE_List)
        return copy;
    node_check_depth();
    for (int i = 0; i < copy->count; i++) {
        Node *item = copy->items[i].pointer;

        if (item == NULL)
            continue;
        if (item->tag <= NODE_OidList)
            copy->items[i].pointer = mutate_list((const List *)(void *)item, change, arg);
        else
            copy->items[i].pointer = change(item, arg);
    }
    return copy;
}

static Node *change_at_level(Node *child, void *arg)
{
    const LevelWalk *walk = arg;

    return walk->change(child, walk->level, walk->arg);
}

void *node_mutate_levels(const void *node, int level, NodeLevelChange change, void *arg)
{
    const Node *from = node;
    LevelWalk walk = {.change = change, .level = level + node_is(from, Query), .arg = arg};

    return node_mutate(node, change_at_level, &walk);
}

void node_shift_levels(void *node, int delta, int least)
{
    LevelShift shift = {.delta = delta, .least = least};
    Node *root = node;

    if (root == NULL)
        return;
    if (node_is(root, Query) || root->tag <= NODE_OidList)
        node_walk_levels(root, node_is(root, Query) ? NODE_LEVEL_OUTSIDE : 0, shift_levels, &shift);
    else
        shift_levels(root, 0, &shift);
}

static void shift_one(uint32_t *levels_up, int level, const LevelShift *shift)
{
    if ((int64_t)*levels_up >= (int64_t)shift->least + level)
        *levels_up += (uint32_t)shift->delta;
}

static bool shift_levels(Node *node, int level, void *arg)
{
    void *any = node;

    switch (node->tag) {
    case NODE_Var:
        shift_one(&((Var *)any)->levels_up, level, arg);
        return false;
    case NODE_Aggref:
        shift_one(&((Aggref *)any)->levels_up, level, arg);
        break;
    case NODE_GroupingFunc:
        shift_one(&((GroupingFunc *)any)->levels_up, level, arg);
        break;
    case NODE_RangeTblEntry:
        /* An entry is one level outside of what its query's expressions are: CTEs count from it. */
        if (((RangeTblEntry *)any)->kind == RTE_CTE)
            shift_one(&((RangeTblEntry *)any)->cte_levels_up, level, arg);
        break;
    default:
        break;
    }
    return node_walk_levels(node, level, shift_levels, arg);
}
