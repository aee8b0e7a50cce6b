/*
 * analyze_int.h - what the files about statistics share: samples, and what is told of a column
 */
#ifndef VACUUM_ANALYZE_INT_H
#define VACUUM_ANALYZE_INT_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/fmgr/array_value.h"
#include "server/vacuum/vacuum_int.h"

/* ---- sample.c ---- */

typedef struct Sample {
    HeapTuple **rows; /* in the table's order, in memory of the caller's context */
    unsigned count;
    BlockNo pages, scanned;
    double live, dead;             /* on the pages that were looked at */
    double total_live, total_dead; /* so many there may be in all */
} Sample;

/* Up to wanted rows of a table, each with the same chance to be there. */
void sample_take(Relation *rel, unsigned wanted, Sample *out);

/* ---- column_stats.c ---- */

/* What can be done with values of a type: by the default order of its operators. */
typedef struct ColumnOrder {
    Oid equal, less;    /* operators; 0: there is none */
    Oid equal_function; /* of the first */
    Oid compare;        /* support function of the order; 0: none */
} ColumnOrder;

#define STATS_SLOTS 5 /* of a row of pg_statistic */

typedef enum ColumnStatsKind {
    STATS_COMMON = 1,
    STATS_HISTOGRAM = 2,
    STATS_CORRELATION = 3,
} ColumnStatsKind;

typedef struct StatsSlot {
    ColumnStatsKind kind;
    Oid operator, collation;
    float *numbers;
    unsigned number_count;
    Datum *values;
    unsigned value_count;
} StatsSlot;

typedef struct ColumnStats {
    int16_t number; /* of the column, of a table or of an index */
    ArrayElement type; /* of its values */
    Oid collation;
    ColumnOrder order;
    unsigned target; /* how many common values, and bounds of the histogram */

    /* Out: */
    bool is_known;
    float null_share;
    float distinct; /* values; below 0: by row of the table */
    int32_t width;
    StatsSlot slots[STATS_SLOTS];
    unsigned slot_count;
} ColumnStats;

/* Values of the column in the sample, by row. */
typedef struct ColumnValues {
    const Datum *values;
    const bool *nulls;
    unsigned count;
    double total_rows; /* of the table */
} ColumnValues;

/* How many rows are a good sample for that target. */
unsigned column_stats_wanted_rows(unsigned target);

/* What it finds is in the current context. */
void column_stats_compute(ColumnStats *c, const ColumnValues *v);

#endif
