/*
 * explain.h - EXPLAIN: a plan, and what a run of it took, as rows of text
 *
 *     explain_options(stmt->options, text, &options);
 *     for each query of the statement: plan it, note how long that took, then
 *         explain_query(&options, &(ExplainQuery){...}, &text);
 *     explain_send(&options, &text, receiver);
 *
 * A statement that ANALYZE runs is run with the active snapshot, and its changes are made.
 */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/access/common/row_receiver.h"
#include "server/executor/executor.h"
#include "server/explain/explain_out.h"

typedef struct ExplainOptions {
    bool analyze, verbose, costs, buffers, wal, settings, timing, summary;
    ExplainFormat format;
} ExplainOptions;

/*
 * list: of Option; text is what their locations count in, or NULL. Raises 42601 and 22023 with
 * PostgreSQL's texts.
 */
void explain_options(const List *list, const char *text, ExplainOptions *out);

/* The columns of the answer: "QUERY PLAN". */
const TupleDesc *explain_columns(const List *list);

typedef struct ExplainQuery {
    const PlannedStmt *plan;
    const ExternParams *params;
    double planning_ms; /* below 0: not to be told */
    Usage planning;     /* what it took */
} ExplainQuery;

/* All queries of a statement, one after the other, in one text. */
typedef struct ExplainAnswer {
    ExplainOut out;
    unsigned count;
} ExplainAnswer;

void explain_begin(const ExplainOptions *options, ExplainAnswer *answer);
void explain_query(const ExplainOptions *options, const ExplainQuery *query, ExplainAnswer *answer);

/* A query that has no plan: in text what it says, else a value in the list; NULL: nothing there. */
void explain_note(const ExplainOptions *options, const char *text, const char *value,
                  ExplainAnswer *answer);

/* Ends the text, and gives it to the receiver: a row for each line of text, else one for all. */
void explain_send(const ExplainOptions *options, ExplainAnswer *answer, RowReceiver *receiver);

#endif
