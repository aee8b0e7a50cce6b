/* unique.c - rows that are equal in some columns stand together: one row of each group. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_equal.h"

/* ---- Unique: the first of each group, as it is ---- */

typedef struct UniqueNode {
    ExecNode n;
    RowEqual *equal;
    Slot *row; /* a copy of what was given last; empty: nothing was */
} UniqueNode;

static void init_unique(ExecNode *n, unsigned flags)
{
    UniqueNode *u = (UniqueNode *)n;

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    n->desc = exec_desc_of(n->left);
    u->equal = row_equal_new(((const Unique *)(const void *)n->plan)->keys, n->desc);
    u->row = slot_new(n->desc);
    exec_eval(n);
}

static Slot *next_unique(ExecNode *n)
{
    UniqueNode *u = (UniqueNode *)n;
    Slot *row;

    while ((row = exec_next(n->left)) != NULL) {
        bool is_same = false;

        eval_reset(n->eval);
        if (!u->row->is_empty) {
            MEM_SCOPE(n->eval->row_mem) {
                is_same = row_equal_test(u->equal, u->row, row);
            }
        }
        if (is_same)
            continue;
        slot_copy(u->row, row);
        return u->row;
    }
    slot_clear(u->row);
    return NULL;
}

static void end_unique(ExecNode *n)
{
    slot_clear(((UniqueNode *)n)->row);
}

static void rewind_unique(ExecNode *n, const BitSet *changed)
{
    end_unique(n);
    exec_rewind_node(n->left, changed);
}

const ExecOps unique_ops = {.size = sizeof(UniqueNode),
                            .init = init_unique,
                            .next = next_unique,
                            .rewind = rewind_unique,
                            .end = end_unique};

/* ---- Group: the same, with a condition and expressions ---- */

typedef struct GroupNode {
    ExecNode n;
    RowEqual *equal;
    Slot *first; /* of the group */
    bool is_begun, is_over;
} GroupNode;

static void init_group(ExecNode *n, unsigned flags)
{
    GroupNode *g = (GroupNode *)n;
    ExprScope scope = exec_scope(n);

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    scope.outer_desc = exec_desc_of(n->left);
    exec_init_projection(n);
    n->qual = expr_compile_qual(n->plan->quals, &scope);
    g->equal = row_equal_new(((const Group *)(const void *)n->plan)->keys, exec_desc_of(n->left));
    g->first = slot_new(scope.outer_desc);
}

/* A row of another group than the one that is; NULL: there is none. */
static Slot *next_group(GroupNode *g)
{
    ExecNode *n = &g->n;
    Slot *row;

    while ((row = exec_next(n->left)) != NULL) {
        bool is_same = false;

        eval_reset(n->eval);
        if (g->is_begun) {
            MEM_SCOPE(n->eval->row_mem) {
                is_same = row_equal_test(g->equal, g->first, row);
            }
        }
        if (!is_same)
            return row;
    }
    return NULL;
}

static Slot *next_of_groups(ExecNode *n)
{
    GroupNode *g = (GroupNode *)n;
    Slot *out = NULL;

    while (out == NULL && !g->is_over) {
        Slot *row = next_group(g);

        if (row == NULL) {
            g->is_over = true;
            break;
        }
        slot_copy(g->first, row);
        g->is_begun = true;
        n->eval->outer = g->first;
        out = exec_pass(n, NULL);
    }
    return out;
}

static void end_group(ExecNode *n)
{
    GroupNode *g = (GroupNode *)n;

    g->is_begun = g->is_over = false;
    slot_clear(g->first);
}

static void rewind_group(ExecNode *n, const BitSet *changed)
{
    end_group(n);
    exec_rewind_node(n->left, changed);
}

const ExecOps group_ops = {.size = sizeof(GroupNode),
                           .init = init_group,
                           .next = next_of_groups,
                           .rewind = rewind_group,
                           .end = end_group};
