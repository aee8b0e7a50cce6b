/*
 * row_receiver.h - who takes the rows of a statement: the client, a file, a table, a store
 *
 * The struct is the head of the receiver's own. Rows come between begin and end, with values as
 * their columns' types have them, valid during the call. row may be called in its own loop by
 * whoever makes rows, so it is the one place that every row of an answer goes through.
 */
#ifndef COMMON_ROW_RECEIVER_H
#define COMMON_ROW_RECEIVER_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"

typedef struct RowReceiver RowReceiver;

struct RowReceiver {
    void (*begin)(RowReceiver *self, const TupleDesc *desc);

    /* False: it wants no more. */
    bool (*row)(RowReceiver *self, const Datum *values, const bool *nulls);
    void (*end)(RowReceiver *self);

    /*
     * Who takes rows that rules add to those of the statement, in an answer of their own; NULL, or
     * returns NULL: nobody does.
     */
    RowReceiver *(*other)(RowReceiver *self);
};

#endif
