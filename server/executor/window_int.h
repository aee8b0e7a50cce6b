/*
 * window_int.h - what the files of WindowAgg share: a partition, the row that is current, its frame
 *
 * Rows of a partition count from 0. They are read from the plan below as far as they are asked for.
 */
#ifndef EXECUTOR_WINDOW_INT_H
#define EXECUTOR_WINDOW_INT_H

#include "common/base/base.h"

#include "server/access/common/tuple_store.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_equal.h"

typedef struct WindowNode WindowNode;
typedef struct WindowCall WindowCall;

typedef Datum (*WindowFunction)(WindowNode *w, WindowCall *call, bool *is_null);

/* Aggregates keep the state of the rows from start on that were added. */
typedef struct WindowState {
    ExprTransition transition;
    ExprTransState state;
    Datum initial;
    bool initial_null;
    FmgrCall *final;   /* NULL: the state is the result */
    MemContext *mem;   /* of the state, in a run */
    int64_t start, at; /* rows from start up to at are in it; start below 0: none */
} WindowState;

struct WindowCall {
    const WindowFunc *func;
    WindowFunction function; /* NULL: an aggregate */
    WindowState *aggregate;
    Expr **args;
    unsigned arg_count;
    Expr *filter;
    bool by_value;
    int16_t len;
};

/* A place in the store of the partition. */
typedef struct WindowReader {
    unsigned reader;
    int64_t at; /* the row that it gave last; -1: none */
    Slot *row;
} WindowReader;

struct WindowNode {
    ExecNode n;
    const WindowAgg *plan;
    FmgrCaller caller;
    Array calls;                             /* WindowCall */
    EvalContext *args;                       /* of arguments, for any row */
    RowEqual *partition_equal, *order_equal; /* NULL: all are equal */
    Expr *start_offset, *end_offset;
    FmgrCall *start_range, *end_range;
    Expr *run_condition;

    /* Of a run: */
    bool is_begun, input_is_over;
    NullableDatum start, end; /* the offsets */
    TupleStore *store;
    int64_t count;    /* rows of the partition that are there */
    bool is_complete; /* and there are no more */
    Slot *first;      /* of the next partition */
    bool has_first;
    WindowReader current_reader, other_reader, peer_reader, frame_reader;

    /* Of the current row: */
    int64_t current;
    int64_t group_start, group_number; /* its peers: the first of them, which group it is */
    int64_t group_end;                 /* behind the last of them; -1: not known yet */
    int64_t frame_start, frame_end;    /* -1: not known yet */
    int64_t range_start, range_end;    /* of RANGE: those of the row before, where search goes on */
    Array group_starts;                /* int64_t, of GROUPS alone: of all groups */
    bool has_groups;
};

/* ---- window_agg.c ---- */

/* Is there a row at that place? Reads as far as that. */
bool window_has_row(WindowNode *w, int64_t at);
int64_t window_row_count(WindowNode *w); /* of the whole partition */
Slot *window_row(WindowNode *w, WindowReader *reader, int64_t at);

/* ---- window_frame.c ---- */

int64_t window_group_end(WindowNode *w);
int64_t window_frame_start(WindowNode *w);
int64_t window_frame_end(WindowNode *w); /* behind its last row */

/* Is a row that lies between the two left out by EXCLUDE? */
bool window_is_excluded(WindowNode *w, int64_t at);

/* ---- window_call.c ---- */

unsigned window_add_call(void *node, const WindowFunc *func);
void window_make_calls(WindowNode *w);
void window_begin_partition(WindowNode *w);
void window_evaluate(WindowNode *w);

#endif
