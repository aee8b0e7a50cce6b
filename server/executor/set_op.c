/*
 * set_op.c - INTERSECT and EXCEPT: rows of two queries in one stream, told apart by a column
 *
 * Of each group of equal rows it is counted how many came of either side; that says how often the
 * row is given. Groups stand together in the input, or are found by hash.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_equal.h"
#include "server/executor/row_hash.h"

typedef struct Sides {
    uint64_t left, right;
} Sides;

#define LEFT 0 /* in the column that tells the side */

typedef struct SetOpNode {
    ExecNode n;
    SetOp op;
    bool is_all;
    int flag_column;
    Slot *row;      /* that is given */
    uint64_t again; /* how often yet */

    /* Sorted */
    RowEqual *equal;
    Slot *first;
    Slot *waiting; /* read, of the next group; NULL: none */
    bool is_begun;

    /* Hashed */
    RowHash *hash; /* NULL: sorted */
    size_t place;
} SetOpNode;

static void init(ExecNode *n, unsigned flags)
{
    SetOpNode *s = (SetOpNode *)n;
    const SetOpPlan *plan = (const SetOpPlan *)(const void *)n->plan;
    const TupleDesc *desc;

    n->left = exec_make(n->exec, n->plan->left, flags & (EXEC_FLAGS_DOWN | EXEC_REWIND));
    desc = exec_desc_of(n->left);
    exec_init_scan(n, desc, VAR_OUTER);
    exec_eval(n);
    s->op = plan->op;
    s->is_all = plan->is_all;
    s->flag_column = plan->flag_column;
    s->row = slot_new(desc);
    s->first = slot_new(desc);
    if (plan->strategy == SET_OP_BY_HASH)
        s->hash = row_hash_new(plan->keys, desc, sizeof(Sides));
    else
        s->equal = row_equal_new(plan->keys, desc);
}

static void count_row(const SetOpNode *s, Slot *row, Sides *sides)
{
    bool is_null;

    if (datum_i32(slot_get(row, s->flag_column, &is_null)) == LEFT)
        sides->left++;
    else
        sides->right++;
}

static uint64_t copies_of(const SetOpNode *s, const Sides *sides)
{
    if (s->op == SET_OP_INTERSECT) {
        if (s->is_all)
            return sides->left < sides->right ? sides->left : sides->right;
        return sides->left > 0 && sides->right > 0;
    }
    if (s->is_all)
        return sides->left > sides->right ? sides->left - sides->right : 0;
    return sides->left > 0 && sides->right == 0;
}

/* ---- Sorted ---- */

static bool is_same(SetOpNode *s, Slot *row)
{
    bool same = false;

    eval_reset(s->n.eval);
    MEM_SCOPE(s->n.eval->row_mem) {
        same = row_equal_test(s->equal, s->first, row);
    }
    return same;
}

/* Count the next group; false: there is none. */
static bool next_group(SetOpNode *s)
{
    Sides sides = {0};
    Slot *row;

    if (!s->is_begun)
        s->waiting = exec_next(s->n.left);
    s->is_begun = true;
    if (s->waiting == NULL)
        return false;
    slot_copy(s->first, s->waiting);
    count_row(s, s->first, &sides);
    while ((row = exec_next(s->n.left)) != NULL && is_same(s, row))
        count_row(s, row, &sides);
    s->waiting = row;
    s->again = copies_of(s, &sides);
    s->row = s->first;
    return true;
}

/* ---- Hashed ---- */

static void fill(SetOpNode *s)
{
    ExecNode *n = &s->n;
    int32_t first_side = LEFT;
    bool is_begun = false;
    Slot *row;

    row_hash_begin(s->hash, n->exec->run_mem, ((const SetOpPlan *)(const void *)n->plan)->groups);
    while ((row = exec_next(n->left)) != NULL) {
        bool is_null;
        int32_t side = datum_i32(slot_get(row, s->flag_column, &is_null));

        /* The smaller side of an INTERSECT comes first, whichever that is. */
        if (!is_begun && s->op == SET_OP_INTERSECT)
            first_side = side;
        is_begun = true;
        eval_reset(n->eval);
        MEM_SCOPE(n->eval->row_mem) {
            uint32_t hash = row_hash_of(s->hash, row);
            RowHashEntry *e;
            bool is_new;

            /* A row that the side which comes first has not is never given. */
            e = side == first_side ? row_hash_enter(s->hash, row, hash, &is_new)
                                   : row_hash_find(s->hash, row, hash);
            if (e != NULL)
                count_row(s, row, row_hash_extra(e));
        }
    }
    s->place = 0;
}

static bool next_entry(SetOpNode *s)
{
    RowHashEntry *e;

    if (!row_hash_is_begun(s->hash))
        fill(s);
    e = row_hash_next(s->hash, &s->place);
    if (e == NULL)
        return false;
    slot_clear(s->row);
    row_hash_fill(s->hash, e, s->row);
    s->row->values[s->flag_column - 1] = 0;
    s->row->nulls[s->flag_column - 1] = false;
    slot_set_virtual(s->row);
    s->again = copies_of(s, row_hash_extra(e));
    return true;
}

static Slot *next(ExecNode *n)
{
    SetOpNode *s = (SetOpNode *)n;

    while (s->again == 0) {
        if (!(s->hash != NULL ? next_entry(s) : next_group(s)))
            return NULL;
    }
    s->again--;
    eval_reset(n->eval);
    n->eval->outer = s->row;
    return exec_pass(n, s->row);
}

static void end(ExecNode *n)
{
    SetOpNode *s = (SetOpNode *)n;

    if (s->hash != NULL)
        row_hash_end(s->hash);
    s->is_begun = false;
    s->again = 0;
    s->waiting = NULL;
}

static void rewind_set_op(ExecNode *n, const BitSet *changed)
{
    SetOpNode *s = (SetOpNode *)n;

    if (s->hash != NULL && row_hash_is_begun(s->hash) && !exec_is_changed(n, changed)) {
        s->place = 0;
        s->again = 0;
        return;
    }
    end(n);
    exec_rewind_node(n->left, changed);
}

const ExecOps set_op_ops = {
    .size = sizeof(SetOpNode), .init = init, .next = next, .rewind = rewind_set_op, .end = end};
