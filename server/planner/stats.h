/*
 * stats.h - what is known of an expression's values: its relation, its row of pg_statistic
 *
 * A VarStats is opened for an expression and closed when the estimate is made; between, its row is
 * pinned. Its numbers are fractions of all rows, NULLs included.
 */
#ifndef PLANNER_STATS_H
#define PLANNER_STATS_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/fmgr.h"
#include "server/planner/planner_int.h"

/* Values of pg_statistic.stakind */
enum {
    STATS_MCV = 1,
    STATS_HISTOGRAM = 2,
    STATS_CORRELATION = 3,
    STATS_MCELEM = 4,
    STATS_DECHIST = 5,
};

typedef struct VarStats {
    Node *var;    /* without a RelabelType around it */
    PlanRel *rel; /* NULL: of no relation, or of several that are not joined yet */
    const HeapTuple *row;
    Oid type; /* of the expression as it was given */
    Oid column_type;
    int column_typmod;
    bool is_unique;
    bool hides_values; /* the user may not read the column: no slot gives values */
} VarStats;

/* varRelid as clause_selectivity() has it: 0, or the relation whose columns alone vary. */
void stats_open(Planner *root, const Node *expr, int only_rel, VarStats *out);
void stats_close(VarStats *stats);

double stats_null_fraction(const VarStats *stats);
double stats_distinct(const VarStats *stats, bool *is_default);

/* One kind of statistics; numbers and values as far as the kind has them. */
typedef struct StatsSlot {
    Oid op, collation, value_type;
    int number_count, value_count;
    double *numbers;
    Datum *values;
} StatsSlot;

/* op 0: any. */
bool stats_slot(const VarStats *stats, int kind, Oid op, bool wants_values, StatsSlot *out);
bool stats_slot_of_row(const HeapTuple *row, int kind, Oid op, bool wants_values, StatsSlot *out);

/* Calls of a comparison; NULL is false. */
typedef struct StatsCall {
    FmgrSite site;
    Oid collation;
} StatsCall;
void stats_call_init(StatsCall *call, Oid function, Oid collation);
bool stats_call(StatsCall *call, Datum a, Datum b);

/* A row of pg_statistic, pinned, or NULL. */
const HeapTuple *stats_pin(Oid relation, int column, bool is_inherited);

/* The average bytes of a column; 0: not known. */
int stats_column_width(Oid relation, int column);

#endif
