/* agg_int.h - what the files of Agg share. */
#ifndef EXECUTOR_AGG_INT_H
#define EXECUTOR_AGG_INT_H

#include "common/base/base.h"

#include "server/access/common/row_sort.h"
#include "server/access/common/tuple_store.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_equal.h"
#include "server/executor/row_hash.h"
#include "server/types/ordered_set.h"

/* Inputs of an aggregate with DISTINCT or ORDER BY: kept until the group is over. */
typedef struct AggOrder {
    TupleDesc *desc; /* of all inputs */
    RowSortKey *keys;
    unsigned key_count;
    RowEqual *distinct; /* NULL: all count */
    RowSort **sorts;    /* by set; NULL: no rows yet */
    Slot *row, *last;

    /* Of an ordered-set aggregate: the sorted inputs are its state. */
    bool is_set;
    bool skips_nulls;
    OrderedSet set;
} AggOrder;

/* What each state begins with. */
typedef struct AggStart {
    Datum value;
    bool is_null;
    AggOrder *order; /* NULL: inputs go to the state as they come */
} AggStart;

/* One aggregate of the node's expressions. */
typedef struct AggCall {
    const Aggref *ref; /* NULL: there is none of that number */
    unsigned transition;
    FmgrCall *final; /* NULL: the state is the result */
    Expr *direct;    /* direct arguments of an ordered-set aggregate; NULL: there are none */
    NullableDatum *direct_values;
    unsigned direct_count;
} AggCall;

/* Rows that found no room in a hash table, all of one part of the hashes. */
typedef struct AggSpill {
    TupleStore *rows;
    unsigned set;   /* of the hashed ones */
    unsigned level; /* how often they have been parted */
} AggSpill;

#define AGG_PARTS 16

/* One set of keys. */
typedef struct AggSet {
    unsigned key_count;
    List *keys;      /* of GroupKey */
    BitSet *grouped; /* their columns, for GROUPING() */

    /* Sorted */
    RowEqual *equal; /* NULL: there are no keys */
    ExprTransState *states;
    MemContext *mem; /* of the states, in a run */
    bool is_begun;

    /* Hashed */
    RowHash *hash;
    bool is_full;
    TupleStore *parts[AGG_PARTS]; /* what is put away while the table is filled */
    unsigned level;
} AggSet;

/* An order of the input, with the sets that can be told in it, the longest first. */
typedef struct AggPhase {
    unsigned first, count; /* of sets */
    const List *sort_keys; /* NULL: of the first phase, which takes the input as it comes */
    Expr *transitions;
} AggPhase;

typedef enum AggState {
    AGG_STATE_NOT_BEGUN,
    AGG_STATE_SORTED, /* groups of a phase */
    AGG_STATE_TABLE,  /* entries of the table of set at_set */
    AGG_STATE_OVER,
} AggState;

typedef struct AggNode {
    ExecNode n;
    EvalContext *input; /* of transitions; eval is that of results */
    FmgrCaller caller;  /* of both */

    ExprTransition *transitions;
    AggStart *starts;
    unsigned transition_count;
    Array calls; /* AggCall, by number */

    AggSet *sets; /* sorted ones by phases, then hashed ones */
    unsigned sorted_count, set_count;
    AggPhase *phases;
    unsigned phase_count;
    BitSet *all_keys; /* columns that are a key of any set */
    bool carries_row; /* results need columns that are no keys of hash tables */
    BitSet *used;     /* columns that anything is made of */
    Slot *narrow;     /* a row without the others; NULL: there are no others */
    Slot *packed;     /* only those that are used; NULL as narrow */
    Expr *single;     /* transitions of one hashed set, for rows that come back */

    /* Of a run: */
    AggState state;
    unsigned phase, at_set;
    bool input_is_over;
    Slot *waiting; /* the first row of the next group */
    bool has_waiting;
    Slot *group_row; /* of the group */
    bool has_group;
    unsigned emit, emit_end;   /* sets of the phase whose groups are over */
    RowSort *sort, *next_sort; /* of this phase's rows, of those of the next */
    Slot *sorted_row;
    Slot *shown; /* what results are made of, when not the group's row */
    Slot *nothing;
    size_t place;
    Array spills; /* AggSpill */
    Slot *spilled_row;
    bool has_spilled;
    size_t memory_max, disk_bytes;
    uint64_t batches;
} AggNode;

/* ---- agg.c ---- */

/*
 * The row as it is sorted: columns that nobody will ask for are NULL. As it is kept beside: without
 * them, until agg_unpack() puts the others back to their places. Valid until the next call.
 */
Slot *agg_narrow(AggNode *a, Slot *row);
Slot *agg_pack(AggNode *a, Slot *row);
Slot *agg_unpack(AggNode *a, const MinimalTuple *tuple);

/* ---- agg_call.c ---- */

/* A scope whose Aggrefs become calls of the node. */
unsigned agg_add_call(void *node, const Aggref *ref);
void agg_make_transitions(AggNode *a);

/* New states, in mem. */
void agg_begin_states(const AggNode *a, ExprTransState *states, MemContext *mem);

/* The results of a group's states to eval->aggs; set: as transitions had it. After agg_show(). */
void agg_finish_states(AggNode *a, ExprTransState *states, unsigned set, MemContext *mem);
void agg_forget_inputs(AggNode *a);

/* ---- agg_hash.c ---- */

void agg_hash_begin(AggNode *a);
void agg_hash_end(AggNode *a);

/* Point the groups of hashed sets to those of the row in input->outer; first: of groups. */
void agg_hash_find(AggNode *a, unsigned first);
Slot *agg_hash_next(AggNode *a);
void agg_hash_rewind(AggNode *a);

/* The row that results of a group are made of: columns that are no keys of the set are NULL. */
void agg_show(AggNode *a, const AggSet *set, Slot *row);

#endif
