/*
 * expr.h - expressions of SQL, made ready once and evaluated for many rows
 *
 * An Expr is a flat array of steps that one function runs. Vars are read from the three rows of an
 * EvalContext, Params from its arrays, aggregates and window functions from where their node put
 * the results. An Expr keeps frames of calls and results in itself: it is not evaluated within its
 * own evaluation.
 *
 *     Expr *e = expr_compile(node, &scope);            once
 *     context->scan = slot;
 *     value = expr_eval(e, context, &is_null);          for each row
 *     eval_reset(context);
 *
 * What a value points to lies in the row's memory (context->row_mem), in a slot, or in the Expr.
 */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/expr/slot.h"
#include "server/fmgr/fmgr.h"
#include "server/node/node.h"

/* ---- What is evaluated over ---- */

/* A parameter of the statement ($1 and up). */
typedef struct ExternParam {
    Datum value;
    bool is_null;
    Oid type;
} ExternParam;

typedef struct ExternParams {
    size_t count;
    const ExternParam *params;
} ExternParams;

/* A parameter inside a plan. */
typedef struct ExecParam ExecParam;
struct ExecParam {
    Datum value;
    bool is_null;

    /* Not NULL: to be called first; it sets value, is_null and becomes NULL (an init plan). */
    void (*make)(ExecParam *param, void *arg);
    void *arg;
};

typedef struct EvalContext {
    Slot *scan, *inner, *outer;
    MemContext *row_mem;   /* of values that the next row makes void */
    MemContext *query_mem; /* of the run */
    const ExternParams *extern_params;
    ExecParam *exec_params;
    NullableDatum *aggs; /* results of Aggrefs and WindowFuncs, by their numbers */
    NullableDatum case_value, domain_value;
    const struct BitSet *grouped; /* columns that the row is grouped by, for GROUPING() */

    /* Of transitions: for each grouping set the states of the row's group, NULL: to be left out. */
    struct ExprTransState **groups;
    FmgrCaller *aggregate; /* its mem is set before each call to that of the set: */
    MemContext **group_mems;

    void *run; /* of the executor: for what asks it */
} EvalContext;

/* A context with a row memory of its own below the current one. */
EvalContext *eval_new(void);

/* Forget the values of the row before. */
void eval_reset(EvalContext *c);

/* ---- Making ready ---- */

typedef struct Expr Expr;

/* A subplan of an expression, as the executor makes it. */
typedef struct ExprSubPlan ExprSubPlan;
struct ExprSubPlan {
    Datum (*eval)(ExprSubPlan *self, EvalContext *context, bool *is_null);
};

/*
 * Where an expression stands. Members that are NULL: nothing of that kind is allowed there. What is
 * made is in the current context, which must live as long.
 */
typedef struct ExprScope {
    void *arg; /* of the functions */

    /* The number under which EvalContext.aggs will have its result. */
    unsigned (*aggregate)(void *arg, const Aggref *aggref);
    unsigned (*window)(void *arg, const WindowFunc *call);
    ExprSubPlan *(*subplan)(void *arg, const SubPlan *plan, const struct ExprScope *scope);

    /* Of the rows, for what is checked once; NULL: not known. */
    const TupleDesc *scan_desc, *inner_desc, *outer_desc;
    TupleDesc *scan_row; /* what of a scan's row, from its start, is its row; NULL: all of it */
    const ExternParams *extern_params; /* types of those that are there; NULL: not known */
    const Node *parent;                /* told to functions as who calls */
    struct EvalContext *eval;          /* where it will be evaluated; NULL: in that of the node */
} ExprScope;

/* node may be a list of one expression; scope NULL: as one of NULLs. */
Expr *expr_compile(const void *node, const ExprScope *scope);

/* All of a list (or the one node) must be true; NULL for an empty list, which is true. */
Expr *expr_compile_qual(const void *quals, const ExprScope *scope);

/*
 * Writes the targets (TargetEntry, those that are junk too) to the slot, column by column. NULL:
 * the targets are just all columns of input_desc, which stand in context->scan (or outer, when
 * from_outer), in their order, with their types.
 */
typedef enum ExprInput { EXPR_INPUT_SCAN, EXPR_INPUT_OUTER, EXPR_INPUT_INNER } ExprInput;
Expr *expr_compile_projection(const List *targets, Slot *out, const ExprScope *scope);
bool expr_is_plain_copy(const List *targets, const TupleDesc *input_desc, int rt_index);

/* What describes the rows of targets; junk columns too unless without_junk. */
TupleDesc *expr_tuple_desc(const List *targets, bool without_junk);

/* ---- Steps of aggregates ---- */

typedef struct ExprTransState {
    Datum value;
    bool is_null;
    bool has_none; /* no value yet, and the first one becomes the state */
} ExprTransState;

typedef enum ExprTransKind {
    EXPR_TRANS_CALL,
    EXPR_TRANS_COUNT,   /* int8inc and int8inc_any, done in place, as the next two */
    EXPR_TRANS_SUM_I16, /* int2_sum */
    EXPR_TRANS_SUM_I32, /* int4_sum */
} ExprTransKind;

/* One aggregate's transition: the caller fills in all but what is said otherwise. */
typedef struct ExprTransition ExprTransition;
struct ExprTransition {
    FmgrCall *call;     /* args[0] is the state, the others are inputs; made ready by the caller */
    const List *args;   /* TargetEntry of inputs; junk ones after them, for take */
    const Node *filter; /* NULL: none */
    unsigned input_count;
    unsigned number; /* of its state in a group */
    bool by_value;   /* of the state's type */
    int16_t len;

    /* Not NULL: rows are given to it, and not to the function. Inputs stand in inputs then. */
    void (*take)(ExprTransition *self, EvalContext *c, unsigned set);
    NullableDatum *inputs; /* room for all args */

    ExprTransKind kind; /* set by expr_compile_transitions() */
    bool is_strict;
};

/* Steps that bring each row's values to the states of its groups, in set_count grouping sets. */
Expr *expr_compile_transitions(ExprTransition *list, unsigned count, unsigned set_count,
                               const ExprScope *scope);

/* One call of a transition over call->args[1] and up, as the steps do it. */
void expr_transition(ExprTransition *t, ExprTransState *state, EvalContext *c, MemContext *mem);

/* Values of several expressions, each to a place of its own. */
Expr *expr_compile_values(const List *exprs, NullableDatum *places, const ExprScope *scope);

/* ---- Evaluating ---- */

struct Expr {
    Datum (*run)(Expr *e, EvalContext *c, bool *is_null);
    struct ExprStep *steps;
    unsigned step_count;
    NullableDatum result;
    Slot *out; /* of a projection */
    MemContext *mem;
};

/* In the memory context that is current: mostly context->row_mem is what is wanted. */
static inline Datum expr_eval_here(Expr *e, EvalContext *c, bool *is_null)
{
    return e->run(e, c, is_null);
}

static inline Datum expr_eval(Expr *e, EvalContext *c, bool *is_null)
{
    MemContext *before = mem_switch(c->row_mem);
    Datum value = e->run(e, c, is_null);

    mem_switch(before);
    return value;
}

/* Is it true (not false, not NULL)? NULL is true. */
static inline bool expr_check(Expr *qual, EvalContext *c)
{
    bool is_null;

    if (qual == NULL)
        return true;
    return datum_bool(expr_eval(qual, c, &is_null));
}

/* A CHECK constraint: NULL holds too. */
bool expr_holds(Expr *check, EvalContext *c);

/* Fill the projection's slot; returns it. */
static inline Slot *expr_project(Expr *projection, EvalContext *c)
{
    bool is_null;

    slot_clear(projection->out);
    expr_eval(projection, c, &is_null);
    slot_set_virtual(projection->out);
    return projection->out;
}

/* ---- For the planner ---- */

/*
 * The value of an expression that has no Var and no volatile function, as a Const of its type; its
 * value is in the current context. Raises what the expression raises.
 */
Const *expr_fold(const void *node, const ExternParams *params);

#endif
