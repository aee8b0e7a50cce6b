/*
 * selec.h - which fraction of rows meets a condition, and how many groups there are
 *
 * Estimates are PostgreSQL's. A fraction is from 0 to 1.
 */
#ifndef PLANNER_SELEC_H
#define PLANNER_SELEC_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"
#include "server/planner/stats.h"

/* In what a condition is estimated. */
typedef struct SelecScope {
    Planner *root;
    int only_rel; /* not 0: columns of other relations are constants of unknown value */
    JoinKind kind;
    const OuterJoin *join; /* NULL: not as a join condition */
} SelecScope;

/* Clauses, or bare expressions, that must all hold; and one of them. */
double selec_list(const SelecScope *scope, const List *clauses);
double selec_clause(const SelecScope *scope, const Clause *clause);
double selec_expr(const SelecScope *scope, const Node *expr);

/* As above, for rows of one relation, or a bare expression of whatever. */
double selec_list_of_rel(Planner *root, const List *clauses, int only_rel);

/* ---- Estimators, by name of pg_proc ---- */

typedef struct SelecCall {
    const SelecScope *scope;
    Oid op, collation;
    const List *args;
} SelecCall;
typedef double (*SelecEstimator)(const SelecCall *call);

SelecEstimator selec_find_restriction(Oid function); /* NULL: not known */
SelecEstimator selec_find_join(Oid function);
double selec_operator(const SelecCall *call, bool is_join);

#define SELEC_DEFAULT_EQUAL    0.005
#define SELEC_DEFAULT_RANGE    0.3333333333333333
#define SELEC_DEFAULT_INTERVAL 0.005
#define SELEC_DEFAULT_MATCH    0.005
#define SELEC_DEFAULT_NULL     0.005

double selec_clamp(double s);

double selec_equal(const SelecCall *call);
double selec_not_equal(const SelecCall *call);
double selec_less(const SelecCall *call);
double selec_less_equal(const SelecCall *call);
double selec_greater(const SelecCall *call);
double selec_greater_equal(const SelecCall *call);
double selec_like(const SelecCall *call);
double selec_not_like(const SelecCall *call);
double selec_ilike(const SelecCall *call);
double selec_not_ilike(const SelecCall *call);
double selec_regex(const SelecCall *call);
double selec_not_regex(const SelecCall *call);
double selec_regex_icase(const SelecCall *call);
double selec_not_regex_icase(const SelecCall *call);
double selec_prefix(const SelecCall *call);

/* Of a function that looks for a pattern, as starts_with(); -1: it does not. */
double selec_pattern_call(const SelecScope *scope, const FuncExpr *call);

double selec_equal_join(const SelecCall *call);
double selec_not_equal_join(const SelecCall *call);

/* column OP other, or the other way round; false when it is neither. */
typedef struct SelecSides {
    VarStats stats;
    Node *other;
    bool is_left; /* the column */
} SelecSides;
bool selec_sides(const SelecCall *call, SelecSides *out);

/* A column equal to a constant, or to something; is_negated: not equal. */
double selec_equal_const(const VarStats *stats, Oid op, Oid collation, Datum value, bool is_null,
                         bool is_left, bool is_negated);
double selec_equal_unknown(const VarStats *stats, bool is_negated);

/* Of column < > <= >= constant. */
typedef struct SelecRange {
    Planner *root;
    Oid op, collation;
    bool is_greater, is_equal;
    Datum value;
    Oid value_type;
} SelecRange;
double selec_range(const VarStats *stats, const SelecRange *range);
double selec_histogram_range(const VarStats *stats, const SelecRange *range); /* -1: none */
double selec_mcv(const VarStats *stats, StatsCall *call, Datum value, bool is_left, double *sum);

/* Values that can be put on a line: false when their type cannot. */
bool selec_to_scalar(Datum value, Oid value_type, Oid collation, Datum low, Datum high,
                     Oid bound_type, double out[3]);

double selec_bool_var(const SelecScope *scope, const Node *expr);
double selec_null_test(const SelecScope *scope, const Node *arg, bool is_not);
double selec_boolean_test(const SelecScope *scope, const BooleanTest *test);
double selec_array_op(const SelecScope *scope, const ScalarArrayOpExpr *op, bool is_join);

/* ---- Groups, buckets ---- */

/* How many groups exprs make of that many rows. sets: BitSet places of exprs; NULL: all. */
double selec_group_count(Planner *root, const List *exprs, double rows, const List *set);

/* The largest bucket of a hash table by the expression, as a fraction of rows; with the MCV's. */
double selec_bucket(Planner *root, const Node *expr, double bucket_count, double *mcv);

/* Which parts of the inputs a merge join reads. */
typedef struct MergeScan {
    Oid family, collation;
    bool is_descending, is_nulls_first;
    double left_start, left_end, right_start, right_end;
} MergeScan;
void selec_merge_scan(Planner *root, const Node *clause, MergeScan *scan);

#endif
