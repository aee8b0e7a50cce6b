/*
 * planner_int.h - what the planner's files share: levels of query, relations, paths, conditions
 *
 * Lists (node/list.h) hold these structs as well as nodes; such lists are never copied deeply nor
 * walked as trees. All lies in the memory context of the planning, which goes as a whole. Sets of
 * relations are BitSets of range table indexes; as everywhere, sets are not changed once shared.
 */
#ifndef PLANNER_PLANNER_INT_H
#define PLANNER_PLANNER_INT_H

#include "common/base/base.h"

#include "server/expr/expr.h"
#include "server/node/bitset.h"
#include "server/node/node.h"
#include "server/node/plan.h"

typedef struct Planner Planner;
typedef struct PlanRel PlanRel;
typedef struct Path Path;
typedef struct Clause Clause;
typedef struct EquivClass EquivClass;
typedef struct EquivMember EquivMember;

#define COST_DISABLED 1.0e10 /* of what an enable_ setting forbids: taken if there is no other */

typedef struct Cost {
    double startup;
    double per_tuple;
} Cost;

/* ---- The statement, and a level of query in it ---- */

typedef struct PlanGlobal {
    const char *text;
    int cursor_options;
    const ExternParams *bound; /* NULL: none, or not to be looked at */
    List *subplans;            /* Plan; SubPlan.plan counts from 1 */
    List *subplanners;         /* Planner of each */
    List *subpaths;            /* Path of each, until its plan is made */
    BitSet *rewind_subplans;
    List *range_table; /* flattened */
    List *row_marks;   /* PlanRowMark with final indexes, as the next */
    List *result_relations;
    List *relation_oids;
    List *param_types;
    int last_plan_id;
    int last_row_mark;
    bool is_transient, depends_on_role;
} PlanGlobal;

/* A value of an outer level that this level's plan is given. */
typedef struct PlanParam {
    Node *item; /* Var, Aggref or GroupingFunc, of that outer level */
    int param;
} PlanParam;

/* An outer, semi or anti join as it limits the order of joins. */
typedef struct OuterJoin {
    BitSet *min_left, *min_right; /* what must be joined on each side before */
    BitSet *left, *right;         /* what was written there */
    JoinKind kind;                /* LEFT FULL SEMI ANTI */
    bool is_left_strict;          /* its condition is never true for a left side of NULLs */
    bool delays_upper;            /* cannot be exchanged with one whose right side it is in */
    bool semi_can_sort, semi_can_hash;
    List *semi_operators; /* OidList; with the next, how to make the right side unique */
    List *semi_exprs;
} OuterJoin;

typedef struct PathTarget {
    List *exprs;
    uint32_t *refs; /* sort_group_ref of each; NULL: none has one */
    Cost cost;
    int width; /* bytes */
} PathTarget;

typedef struct PathKey {
    EquivClass *ec;
    Oid family; /* of B-tree */
    bool is_descending, is_nulls_first;
} PathKey;

typedef struct AggNumbers AggNumbers;
typedef struct GroupingSets GroupingSets;

/* The stages above joins, in their order. */
typedef enum UpperKind {
    UPPER_SETOP,
    UPPER_GROUP,
    UPPER_WINDOW,
    UPPER_PARTIAL_DISTINCT,
    UPPER_DISTINCT,
    UPPER_ORDERED,
    UPPER_FINAL,
    UPPER_COUNT
} UpperKind;

struct Planner {
    PlanGlobal *global;
    Planner *parent;
    Query *query;
    unsigned level; /* from 1 */

    PlanRel **rels; /* by range table index; NULL: none. As the next. */
    RangeTblEntry **entries;
    int rel_room;
    BitSet *base_rels; /* all that are to be joined */
    List *join_rels;   /* PlanRel */
    List **join_levels;
    PlanRel *upper[UPPER_COUNT];
    PathTarget *upper_targets[UPPER_COUNT];

    List *classes; /* EquivClass; merged ones are not in it */
    bool classes_done;
    List *canon_keys;                                  /* PathKey */
    List *left_clauses, *right_clauses, *full_clauses; /* Clause: mergejoinable, of outer joins */
    List *outer_joins;                                 /* OuterJoin */
    BitSet *nullable;                                  /* below some outer join */
    List *join_items;                                  /* a list of rt indexes or lists */
    int join_collapse_level;

    List *targets;        /* TargetEntry, as they will come out */
    List *update_columns; /* of UPDATE */
    List *query_keys, *group_keys, *window_keys, *distinct_keys, *sort_keys; /* PathKey */
    List *group_by; /* SortGroupClause in the order that was chosen */
    GroupingSets *grouping_sets;
    List *distinct_by;
    List *active_windows;
    AggNumbers *aggs;
    Path *min_max_path;    /* of aggregates by indexes; NULL: there is none */
    List *min_max_aggs;    /* MinMaxAgg, when that is the plan */
    double total_pages;    /* of all tables */
    double tuple_fraction; /* 0: all; under 1: that part; else that many rows */
    double limit_tuples;   /* -1: no limit */
    int security_level;    /* of conditions of the query itself; below are those of views */
    bool has_join_rtes, has_outer_joins, has_lateral, has_having, has_pseudoconstants;
    bool has_recursion;
    bool target_is_children;

    List *params; /* PlanParam: what subqueries below need of this level, while it is planned */
    BitSet *outer_params;
    List *init_plans; /* SubPlan */
    List *cte_plans;  /* IntList: for each CTE its place in subplans; -1: none */
    int work_table_param;
    PlanRel *work_table_rel;
    Path *non_recursive_path;
    List *row_marks;       /* PlanRowMark */
    List *append_children; /* AppendChild */
    List *multi_params;    /* lists of Param of MULTI_EXPR sublinks */

    /* While plan nodes are made. */
    BitSet *outer_rels;      /* what is outside of the join that is made */
    List *outer_param_items; /* NestLoopParam that it must give */

    bool is_dead_target; /* of a query whose result cannot hold rows */
};

/* A child of an inheritance tree or of UNION ALL that was pulled up. */
typedef struct AppendChild {
    int parent, child;
    Oid parent_type, child_type;
    List *exprs; /* for each column of the parent, over the child; NULL: dropped */
} AppendChild;

/* ---- Conditions ---- */

#define CLAUSE_TAG 0x7FFFFFFF /* where nodes have their tag: lists may hold either */

struct Clause {
    uint32_t tag;
    Node *expr;
    List *or_arms;       /* of an OR: for each arm a list of Clause; NULL: it is none */
    bool is_pushed_down; /* it filters the join that it is in, and does not decide what matches */
    bool is_delayed_by_outer_join;
    bool can_join; /* an operator with sides of different relations */
    bool is_pseudoconstant;
    bool has_volatile;
    bool is_redundant;  /* scratch */
    int security_level; /* it sees only rows that pass the lower ones; 0: it tells nothing */
    BitSet *relids, *required, *outer, *nullable, *left, *right;
    int rel_count;            /* of relids: base relations alone */
    EquivClass *parent_class; /* that it was made of */
    Cost cost;                /* startup < 0: not known */
    double selectivity;       /* < 0: not known; of an inner join, as the next for others */
    double outer_selectivity;
    List *merge_families; /* OidList */
    EquivClass *left_class, *right_class;
    EquivMember *left_member, *right_member;
    List *merge_scans;  /* MergeScan */
    bool is_outer_left; /* scratch: the outer side of the join is left */
    Oid hash_operator;
    double left_bucket, right_bucket, left_mcv, right_mcv; /* < 0: not known */
    Oid left_hash_equal, right_hash_equal;                 /* of Memoize */
};

struct EquivMember {
    Node *expr;
    BitSet *relids, *nullable;
    bool is_const, is_child;
    Oid type;
};

struct EquivClass {
    List *families; /* OidList */
    Oid collation;
    List *members, *sources, *derived; /* EquivMember; Clause; Clause */
    BitSet *relids;                    /* of all members but children */
    bool has_const, has_volatile, is_below_outer, is_broken;
    uint32_t sort_ref;
    EquivClass *merged; /* into which it went */
};

/* ---- Relations ---- */

typedef enum RelType { REL_BASE, REL_JOIN, REL_CHILD, REL_UPPER, REL_DEAD } RelType;

typedef struct ParamInfo {
    BitSet *outer; /* what must be outside */
    double rows;
    List *clauses; /* Clause that these relations allow to be tested here */
} ParamInfo;

typedef struct PlanIndex {
    Oid oid;
    Oid access_method;
    PlanRel *rel;
    double pages, tuples;
    int tree_height;
    int column_count, key_count;
    const int16_t *columns; /* 0: the next of exprs */
    const Oid *families, *input_types, *collations;
    const int16_t *options;
    List *exprs;            /* of the columns that are 0 */
    List *predicate;        /* all must hold */
    List *targets;          /* TargetEntry of all columns */
    List *restrict_clauses; /* of the table, without those that the predicate implies */
    bool is_unique, is_immediate, is_predicate_ok, nulls_not_distinct;
    bool is_hypothetical_order; /* not a B-tree: no order, no equality but = */
} PlanIndex;

struct PlanRel {
    RelType type;
    BitSet *relids;
    double rows;
    PathTarget target;
    List *paths, *param_infos;
    Path *cheapest_startup, *cheapest_total, *cheapest_unique;
    List *cheapest_params;
    bool wants_startup, wants_param_startup;
    bool is_dummy;
    BitSet *lateral_direct, *lateral;

    uint32_t rt_index; /* of a base relation, as what follows; 0: none */
    RteKind kind;
    int min_column, max_column;
    BitSet **needed; /* from min_column on: which relations need it; 0 stands for the output */
    int *widths;     /* bytes; 0: not known */
    List *lateral_vars;
    BitSet *lateral_referencers;
    Oid oid, tablespace;
    struct Relation *relation;
    List *indexes; /* PlanIndex */
    double pages, tuples, visible_fraction;
    Planner *subplanner;
    List *subplan_params; /* PlanParam */
    List *restrict_clauses;
    Cost restrict_cost;
    List *join_clauses;
    bool has_class_joins;
    List *unique_for, *not_unique_for; /* BitSet */
    PlanRel *parent;                   /* of a child */
    int child_count;
};

/* ---- Paths ---- */

typedef enum PathKind {
    PATH_SEQ_SCAN,
    PATH_INDEX,
    PATH_BITMAP_HEAP,
    PATH_BITMAP_AND,
    PATH_BITMAP_OR,
    PATH_TID,
    PATH_TID_RANGE,
    PATH_SAMPLE,
    PATH_SUBQUERY,
    PATH_FUNCTION,
    PATH_TABLE_FUNC,
    PATH_VALUES,
    PATH_CTE,
    PATH_NAMED_STORE,
    PATH_WORK_TABLE,
    PATH_RESULT_SCAN, /* of an RTE that is one empty row */
    PATH_RESULT,      /* no relations at all */
    PATH_APPEND,
    PATH_MERGE_APPEND,
    PATH_MATERIAL,
    PATH_MEMOIZE,
    PATH_UNIQUE, /* of a semijoin's right side */
    PATH_NEST_LOOP,
    PATH_MERGE_JOIN,
    PATH_HASH_JOIN,
    PATH_PROJECT,
    PATH_PROJECT_SET,
    PATH_SORT,
    PATH_INCREMENTAL_SORT,
    PATH_GROUP,
    PATH_DISTINCT, /* of sorted rows */
    PATH_AGG,
    PATH_GROUPING_SETS,
    PATH_MIN_MAX,
    PATH_WINDOW,
    PATH_SET_OP,
    PATH_RECURSIVE_UNION,
    PATH_LOCK_ROWS,
    PATH_MODIFY,
    PATH_LIMIT,
} PathKind;

typedef struct IndexClause {
    Clause *clause;
    List *quals; /* Clause: what the index is asked for it */
    bool is_lossy;
    int column; /* of the index, from 0 */
} IndexClause;

/* One pass over sorted input with the grouping sets that its order serves, or a hash table. */
typedef struct RollUp {
    List *group_by; /* SortGroupClause, all that are in some set */
    List *sets;     /* IntLists of places in group_by, the longest first */
    List *sources;  /* GroupSet of grouping_sets.c, of each */
    double rows;
    bool is_hashed, can_hash;
} RollUp;

struct Path {
    PathKind kind;
    PlanRel *rel;
    PathTarget *target;
    ParamInfo *param; /* NULL: stands alone */
    double rows, startup, total;
    List *keys;          /* PathKey */
    Path *outer, *inner; /* joins; others have outer alone */
    union {
        struct {
            PlanIndex *index;
            List *clauses; /* IndexClause */
            bool is_backward, is_only;
            double total, selectivity;
        } index;
        struct {
            List *paths;
            double selectivity;
        } bitmap; /* AND, OR; heap uses outer */
        struct {
            List *quals;
        } tid;
        struct {
            List *quals; /* of Result without relations: looked at once */
        } result;
        struct {
            List *paths;
            double limit_tuples;
        } append;
        struct {
            List *exprs, *operators;
            bool is_single_row, is_binary;
            double calls;
            uint32_t entries;
        } memoize;
        struct {
            bool is_hashed, is_noop;
            List *operators, *exprs;
        } unique;
        struct {
            JoinKind kind;
            bool is_inner_unique;
            List *clauses;                 /* Clause: all of the join */
            List *keys;                    /* those that are merged or hashed by */
            List *outer_keys, *inner_keys; /* PathKey: a sort is needed; NULL: it is not */
            bool skips_mark, materializes_inner;
            int batches;
            double inner_rows_total;
        } join;
        struct {
            int presorted;
        } sort;
        struct {
            AggStrategy strategy;
            List *group_by; /* SortGroupClause */
            List *having;
            double groups;
            double transition_space;
            List *rollups; /* RollUp */
        } agg;
        struct {
            List *aggs; /* MinMaxAgg */
            List *quals;
        } min_max;
        struct {
            WindowClause *clause;
            List *run_condition;
            bool is_top;
        } window;
        struct {
            int key_count;
        } distinct;
        struct {
            SetOp op;
            bool is_all;
            SetOpStrategy strategy;
            List *group_by;
            int flag_column;
            double groups;
            int work_table_param;
        } set_op;
        struct {
            List *row_marks;
            int recheck_param;
        } lock;
        struct {
            CommandKind operation;
            bool can_set_tag;
            uint32_t nominal;
            List *result_relations, *update_columns, *check_options, *returning, *row_marks;
            OnConflictExpr *on_conflict;
            int recheck_param;
            List *merge_actions;
        } modify;
        struct {
            Node *offset, *count;
            LimitOption option;
        } limit;
    } u;
};

/* min() or max() of a table as the first row of an order. */
typedef struct MinMaxAgg {
    Oid function, sort_operator;
    Node *target;
    Planner *planner; /* of the query for that row */
    Path *path;
    double cost;  /* of one row */
    Param *param; /* its result */
} MinMaxAgg;

/* ---- Clauses of an expression's parts: short names for what stands everywhere ---- */

static inline PlanRel *plan_rel(const Planner *root, int rt_index)
{
    ASSERT(rt_index > 0 && rt_index < root->rel_room && root->rels[rt_index] != NULL);
    return root->rels[rt_index];
}

static inline bool path_is_parameterized(const Path *path)
{
    return path->param != NULL && path->param->outer != NULL;
}

static inline const BitSet *path_outer(const Path *path)
{
    return path->param == NULL ? NULL : path->param->outer;
}

static inline double max_double(double a, double b)
{
    return a > b ? a : b;
}

static inline double min_double(double a, double b)
{
    return a < b ? a : b;
}

#endif
