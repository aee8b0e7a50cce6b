/*
 * analyzer_int.h - what the files of the analyzer share
 *
 * A Scope is one query level while it is analyzed: its range table, the names that can be seen,
 * what was found on the way. Subqueries have scopes of their own whose parent is the outer one.
 */
#ifndef ANALYZER_ANALYZER_INT_H
#define ANALYZER_ANALYZER_INT_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/type_operators.h"
#include "server/lock/lock.h"
#include "server/node/bitset.h"
#include "server/node/expr.h"
#include "server/node/node.h"

#define INDEX_INVALID 0

/* Bits of RangeTblEntry.required_rights, as aclitem has them. */
enum {
    RIGHT_INSERT = 1 << 0,
    RIGHT_SELECT = 1 << 1,
    RIGHT_UPDATE = 1 << 2,
    RIGHT_DELETE = 1 << 3,
};

/* ---- Where an expression stands; expr_kind.def has what is allowed there ---- */

typedef enum ExprKind {
#define ROW(kind, clause, agg, window, sublink, set) EXPR_##kind,
#include "server/analyzer/expr_kind.def"
#undef ROW
} ExprKind;

const char *expr_kind_name(ExprKind kind);

/* ---- Scopes ---- */

/* A column of an item: which Var a reference to it becomes. rt_index 0: it was dropped. */
typedef struct ItemColumn {
    int rt_index;
    int attno;
    Oid type;
    int32_t typmod;
    Oid collation;
    int syntax_rt_index;
    int syntax_attno;
    bool is_hidden; /* not in a star: a USING alias's second copy */
} ItemColumn;

/* An entry of FROM, by the names that it has there. */
typedef struct Item {
    Alias *
        names; /* of it and its columns; that of a join's USING alias may differ from the entry's */
    RangeTblEntry *rte;
    int rt_index;
    ItemColumn *columns;
    bool sees_relation; /* qualified names reach it */
    bool sees_columns;  /* bare names do */
    bool is_lateral_only;
    bool is_lateral_ok;
} Item;

/* What a raw subquery in an expression became. */
typedef struct SublinkNote {
    struct SublinkNote *next;
    const SubLink *raw;
    const Query *query;
} SublinkNote;

typedef struct Analysis {
    const char *text; /* NULL: there is none, nor are positions */
    ParamTypes *params;
    SublinkNote *sublinks; /* the newest first */
} Analysis;

typedef struct Scope Scope;
struct Scope {
    Scope *parent;
    Analysis *all;
    List *range_table;
    List *joins;      /* JoinExpr by rt_index - 1, NULL for other entries */
    List *from_items; /* for FromExpr */
    List *items;      /* Item, what can be seen now */
    bool is_lateral_active;
    List *ctes;                  /* CommonTableExpr, seen */
    List *future_ctes;           /* of this WITH, not yet */
    CommonTableExpr *parent_cte; /* whose query this is */
    Relation *target;            /* of INSERT, UPDATE, DELETE */
    Item *target_item;
    bool is_insert;
    List *window_defs;
    ExprKind kind;
    int next_resno;
    List *multi_assigns;
    List *locking; /* clauses FOR UPDATE of this query */
    bool is_locked_from_parent;
    bool resolves_unknowns;
    bool has_aggs, has_window_funcs, has_target_sets, has_sublinks, has_modifying_cte;
    Node *last_set;        /* the newest set-returning call */
    Oid domain_value_type; /* VALUE means this; 0: no */
    int32_t domain_value_typmod;
};

Scope *scope_new(Scope *parent, Analysis *all);
Scope *scope_child(Scope *parent);
void scope_close(Scope *scope); /* gives back the pin on its target */

/* Of a location in bytes: characters from 1, 0 for none. */
int scope_position(const Scope *scope, int location);

/* Raise with position. */
#define scope_fail(scope, location, state, ...) \
 err_raise(state, .position = scope_position(scope, location), __VA_ARGS__)

/* Call fn(arg); what it raises without a position gets this one. */
void scope_call_at(const Scope *scope, int location, void (*fn)(void *arg), void *arg);

/* ---- item.c: entries of FROM by name ---- */

Item *item_find(Scope *scope, const char *schema, const char *name, int location, int *levels_up);
void item_check_lateral(Scope *scope, Item *item, int location);
RangeTblEntry *scope_rte(const Scope *scope, int rt_index, int levels_up);
Item *scope_item_of_rte(const Scope *scope, int rt_index, int levels_up);
CommonTableExpr *scope_find_cte(const Scope *scope, const char *name, int *levels_up);
CommonTableExpr *scope_cte_of_rte(const Scope *scope, const RangeTblEntry *rte, int levels_up);
bool scope_is_future_cte(const Scope *scope, const char *name);
void scope_check_name_conflicts(const Scope *scope, const List *a, const List *b);
void scope_add_item(Scope *scope, Item *item, bool in_from, bool sees_relation, bool sees_columns);
_Noreturn void scope_raise_missing_rte(const Scope *scope, const char *schema, const char *name,
                                       int location);
_Noreturn void scope_raise_missing_column(const Scope *scope, const char *relation,
                                          const char *column, int location);

/* ---- column.c: references to columns ---- */

Node *column_ref_transform(Scope *scope, ColumnRef *ref);
Node *column_find(Scope *scope, const char *name, int location);
Node *column_of_item(Scope *scope, Item *item, int levels_up, const char *name, int location);
Var *column_var(Scope *scope, Item *item, int attno, int levels_up, int location);
Node *column_whole_row(Scope *scope, Item *item, int levels_up, int location);
void column_mark_select(Scope *scope, const Var *var);
int relation_attno(const Relation *rel, const char *name, bool system_ok);
void column_of_rte(const RangeTblEntry *rte, int attno, Oid *type, int32_t *typmod, Oid *collation);
bool column_is_dropped(const RangeTblEntry *rte, int attno);
int system_column_number(const char *name); /* 0: none */
Oid system_column_type(int number);
const char *system_column_name(int number);

/* What a star over an item gives. is_expand: dropped columns left out. */
void item_expand(Scope *scope, Item *item, int levels_up, int location, List **names, List **vars);
Item *column_star_item(Scope *scope, const ColumnRef *ref, int *levels_up);
Node *column_find_local(Scope *scope, const char *name, int location);
Var *whole_row_var(const RangeTblEntry *rte, int rt_index, int levels_up);
Oid relation_row_type(Oid relation);
List *item_star_targets(Scope *scope, Item *item, int levels_up, bool needs_rights, int location);

/* The columns that a record-valued expression has; NULL when they cannot be told. */
typedef struct RowShape {
    int count;
    const char **names;
    Oid *types;
    int32_t *typmods;
    Oid *collations;
    bool *dropped;
    bool is_named; /* a composite type, not a record */
} RowShape;
RowShape *row_shape_of_type(Oid type);
RowShape *row_shape_of_expr(Scope *scope, Node *expr, bool is_missing_ok);
RowShape *row_shape_of_var(Scope *scope, Var *var, int levels_up);

/* ---- rte.c: new entries of the range table ---- */

Item *rte_add_relation(Scope *scope, Relation *rel, LockMode mode, Alias *alias, bool is_inherited,
                       bool in_from);
Item *rte_add_subquery(Scope *scope, Query *query, Alias *alias, bool is_lateral, bool in_from);
Item *rte_add_values(Scope *scope, List *values, List *types, List *typmods, List *collations,
                     Alias *alias, bool is_lateral, bool in_from);
Item *rte_add_cte(Scope *scope, CommonTableExpr *cte, int levels_up, const RangeVar *var,
                  bool in_from);
typedef struct FunctionRte {
    List *names;       /* text of each function, for column names */
    List *calls;       /* expressions */
    List *column_defs; /* list of ColumnDef for each, or NULL */
    const RangeFunction *raw;
    bool is_lateral;
} FunctionRte;
Item *rte_add_functions(Scope *scope, const FunctionRte *what);
Item *rte_add_table_func(Scope *scope, TableFunc *func, Alias *alias, bool is_lateral);
typedef struct JoinRte {
    List *names;
    ItemColumn *columns;
    JoinKind kind;
    int merged_columns;
    List *vars;
    List *left_columns, *right_columns;
    Alias *using_alias;
    Alias *alias;
} JoinRte;
Item *rte_add_join(Scope *scope, const JoinRte *what);
Relation *rte_open_relation(Scope *scope, const RangeVar *var, LockMode mode);
bool scope_is_locked(const Scope *scope, const char *name);
Item *item_from_columns(RangeTblEntry *rte, int rt_index, const List *types, const List *typmods,
                        const List *collations);
void rte_name_columns(RangeTblEntry *rte, const List *columns, const List *dropped);
Item *rte_item(Scope *scope, RangeTblEntry *rte, const List *types, const List *typmods,
               const List *collations, const List *dropped);
Item *item_from_desc(RangeTblEntry *rte, int rt_index, const TupleDesc *desc);

/* ---- type.c ---- */

Oid type_of_name(const Scope *scope, const TypeName *name, int32_t *typmod);
Oid type_find_name(const Scope *scope, const TypeName *name, int32_t *typmod);
Oid column_definition_collation(const Scope *scope, const ColumnDef *column, Oid type);
Oid collation_of_clause(const Scope *scope, const CollateClause *clause);
Datum type_input(Oid type, const char *text, int32_t typmod);

/* ---- make.c: small nodes ---- */

Const *make_const(Oid type, int32_t typmod, Oid collation, int len, Datum value, bool is_null,
                  bool by_value);
Const *make_null(Oid type, int32_t typmod, Oid collation);
Const *make_bool(bool value);
Const *make_int4(int32_t value);
Node *make_constant(Scope *scope, const RawConst *raw);
Var *make_var(int rt_index, int attno, Oid type, int32_t typmod, Oid collation, int levels_up);
TargetEntry *make_target(Node *expr, int number, const char *name, bool is_junk);
FuncExpr *make_func_expr(Oid function, Oid type, List *args, Oid collation, Oid input_collation,
                         CoerceForm form);
RelabelType *make_relabel(Node *arg, Oid type, int32_t typmod, Oid collation, CoerceForm form);
BoolExpr *make_bool_expr(BoolKind kind, List *args, int location);
Alias *make_alias(const char *name, List *columns);
RangeTblRef *make_range_ref(int rt_index);
ColumnRef *make_column_ref(const char *name, int location);
bool expr_has_sublinks(const void *node);
bool expr_is_mutable(const void *node); /* it calls functions that are not immutable */
bool relation_is_temporary(Oid relation);
const char *relation_kind_detail(char kind); /* "This operation is not supported for views." */

/* ---- coerce.c ---- */

typedef enum CoerceContext {
    COERCE_AS_IMPLICIT,
    COERCE_AS_ASSIGNMENT,
    COERCE_AS_PLPGSQL,
    COERCE_AS_EXPLICIT,
} CoerceContext;

typedef enum CoercePath {
    COERCE_PATH_NONE,
    COERCE_PATH_FUNCTION,
    COERCE_PATH_RELABEL,
    COERCE_PATH_ARRAY,
    COERCE_PATH_IO,
} CoercePath;

/* NULL when it cannot be. */
Node *coerce_to_target(Scope *scope, Node *expr, Oid from, Oid to, int32_t typmod,
                       CoerceContext context, CoerceForm form, int location);
bool coerce_is_possible(int count, const Oid *from, const Oid *to, CoerceContext context);
Node *coerce_type(Scope *scope, Node *expr, Oid from, Oid to, int32_t typmod, CoerceContext context,
                  CoerceForm form, int location);
Node *coerce_to_domain(Node *arg, Oid base, int32_t base_typmod, Oid domain, CoerceContext context,
                       CoerceForm form, int location, bool hides_input);
Node *coerce_to_boolean(Scope *scope, Node *expr, const char *construct);
Node *coerce_to_specific(Scope *scope, Node *expr, Oid type, int32_t typmod, const char *construct);
Node *coerce_to_common(Scope *scope, Node *expr, Oid type, const char *construct);
Oid select_common_type(Scope *scope, const List *exprs, const char *construct, Node **which);
int32_t select_common_typmod(const List *exprs, Oid common);
CoercePath coerce_find_path(Oid to, Oid from, CoerceContext context, Oid *function);
CoercePath coerce_find_typmod(Oid type, Oid *function);
Oid select_common_of_types(int count, const Oid *types, bool none_ok);
bool type_inherits(Oid child, Oid parent); /* composite types: from it, or a typed table of it */
Oid coerce_check_polymorphic(const Oid *given, Oid *declared, int count, Oid result,
                             bool allows_poly);
bool coerce_polymorphic_fits(const Oid *given, const Oid *declared, int count);
bool type_is_polymorphic(Oid type);
bool type_is_polymorphic_family1(Oid type);

/* ---- func.c ---- */

typedef enum FuncResolution {
    FUNC_NOT_FOUND,
    FUNC_AMBIGUOUS,
    FUNC_NORMAL,
    FUNC_PROCEDURE,
    FUNC_AGGREGATE,
    FUNC_WINDOW,
    FUNC_COERCION,
} FuncResolution;

typedef struct FuncFound {
    Oid oid;
    Oid type;
    bool is_set;
    int variadic_count;
    Oid variadic;
    Oid *declared; /* types of the args that are called with, defaults included */
    int declared_count;
    List *defaults; /* expressions of those that are missing */
} FuncFound;

struct FuncSearch;
FuncResolution func_resolve(const List *name, List *args, const List *arg_names, int arg_count,
                            const Oid *types, bool expand_variadic, bool expand_defaults,
                            bool include_out, FuncFound *found);
Node *func_transform(Scope *scope, const List *name, List *args, Node *last_set, FuncCall *call,
                     bool is_procedure, int location);
void func_check_set(Scope *scope, Node *last_set, int location);
struct FuncCandidate;
struct FuncCandidate *func_match(int count, const Oid *types, struct FuncCandidate *all, int *left);
struct FuncCandidate *func_select(int count, const Oid *types, struct FuncCandidate *all);
Node *func_projection(Scope *scope, const char *name, Node *row, int location);
char *func_signature(const List *name, int count, const List *arg_names, const Oid *types);

/* ---- oper.c ---- */

typedef struct OperFound {
    Oid oid;
    Oid left, right, result;
    Oid function; /* 0: a shell */
    char kind;    /* b or l */
} OperFound;

/* False when there is none and is_missing_ok. Binary when left and right are given. */
bool oper_find(Scope *scope, const List *name, Oid left, Oid right, bool is_missing_ok,
               int location, OperFound *found);
bool oper_find_left(Scope *scope, const List *name, Oid arg, bool is_missing_ok, int location,
                    OperFound *found);
bool oper_find_compatible(Scope *scope, const List *name, Oid left, Oid right, int location,
                          OperFound *found);
Node *oper_make(Scope *scope, const List *name, Node *left, Node *right, Node *last_set,
                int location);
Node *oper_make_array(Scope *scope, const List *name, bool is_any, Node *left, Node *right,
                      int location);
void oper_sort_group(Oid type, bool needs_less, bool needs_equal, bool needs_greater,
                     TypeOperators *out);
Oid oper_function(Oid op);

/* ---- expr.c and its kin ---- */

Node *expr_transform(Scope *scope, Node *raw, ExprKind kind);
Node *expr_transform_in(Scope *scope, Node *raw); /* in the kind that is set already */
List *expr_transform_list(Scope *scope, const List *raw, ExprKind kind, bool allows_default);
Node *expr_operator(Scope *scope, const RawExpr *raw);
Node *expr_sublink(Scope *scope, SubLink *raw);
const Query *expr_sublink_query(const Scope *scope, const SubLink *raw); /* NULL: not seen yet */
Node *expr_coalesce(Scope *scope, const CoalesceExpr *raw);
Node *expr_min_max(Scope *scope, const MinMaxExpr *raw);
Node *expr_case(Scope *scope, CaseExpr *raw);
Node *expr_array(Scope *scope, const RawArray *raw, Oid array_type, Oid element_type,
                 int32_t typmod);
Node *expr_row(Scope *scope, const RowExpr *raw, bool allows_default);
Node *expr_multi_assign(Scope *scope, MultiAssign *raw);
Node *expr_xml(Scope *scope, XmlExpr *raw);
Node *expr_row_compare(Scope *scope, const List *name, List *left, List *right, int location);
Node *expr_distinct(Scope *scope, const List *name, Node *left, Node *right, int location);
Node *expr_indirection(Scope *scope, const Indirection *raw);
Node *expr_indirection_upto(Scope *scope, const Indirection *raw, int steps);
void subscript_container(Oid *type, int32_t *typmod);
Node *expr_cast(Scope *scope, const TypeCast *raw);
Node *subscript_transform(Scope *scope, Node *container, Oid container_type, int32_t typmod,
                          const List *path, bool is_assignment);
Node *expr_field(Scope *scope, const char *name, Node *row, int location);
int raw_location(const void *raw); /* where a raw expression begins */

/* ---- target.c ---- */

List *target_list_transform(Scope *scope, const List *raw, ExprKind kind);
List *target_exprs(const List *targets);
TargetEntry *target_transform(Scope *scope, Node *raw, Node *expr, ExprKind kind, const char *name,
                              bool is_junk);
const char *target_name(const Scope *scope,
                        const Node *raw);     /* what a column is called that has no name */
void target_mark_origins(Scope *scope, List *targets);
void target_resolve_unknowns(Scope *scope, List *targets);
Node *target_assign(Scope *scope, Node *expr, ExprKind kind, const char *column, int attno,
                    const List *indirection, int location);
void target_update(Scope *scope, TargetEntry *entry, const char *column, int attno,
                   const List *indirection, int location);
List *target_insert_columns(Scope *scope, List *columns, List **attnos);
List *target_update_list(Scope *scope, const List *raw);

/* ---- from.c ---- */

void from_transform(Scope *scope, const List *raw);
int from_set_target(Scope *scope, const RangeVar *var, bool also_source, int rights);
Node *where_transform(Scope *scope, Node *raw, ExprKind kind, const char *construct);
Node *limit_transform(Scope *scope, Node *raw, ExprKind kind, const char *construct,
                      bool with_ties);
void from_check_no_vars(Scope *scope, const Node *expr, const char *construct);

/* One item: what it is joined as, and the names that it brings. */
Item *from_item(Scope *scope, Node *raw, List **items, Node **joined);
Item *from_join(Scope *scope, JoinExpr *raw, List **items, Node **joined);
Item *from_function(Scope *scope, RangeFunction *raw);
Item *from_table_func(Scope *scope, RangeTableFunc *raw);
TableSampleClause *from_sample(Scope *scope, const RangeTableSample *raw);
void from_set_lateral(const List *items, bool is_lateral_only, bool is_lateral_ok);

/* ---- sort.c: ORDER BY, GROUP BY, DISTINCT, WINDOW ---- */

List *sort_transform(Scope *scope, const List *raw, List **targets, ExprKind kind, bool sql99);
List *group_transform(Scope *scope, const List *raw, List **sets, List **targets, List *order_by,
                      ExprKind kind, bool sql99);
List *window_transform(Scope *scope, const List *defs, List **targets);
List *distinct_transform(Scope *scope, List **targets, List *order_by, bool is_agg);
List *distinct_on_transform(Scope *scope, const List *raw, List **targets, List *order_by);
const Node *without_implicit_casts(const Node *expr);
TargetEntry *sort_find_entry(Scope *scope, Node *raw, List **targets, ExprKind kind, bool sql99);
SortGroupClause *group_clause_of_type(Scope *scope, Oid type, int location);
unsigned sort_assign_ref(TargetEntry *entry, List *targets);
bool sort_has_entry(const TargetEntry *entry, Oid sort_operator, const List *clauses);
List *sort_add_target(Scope *scope, TargetEntry *entry, List *clauses, List *targets,
                      const SortBy *by);
List *group_add_target(Scope *scope, TargetEntry *entry, List *clauses, List *targets,
                       int location);
TargetEntry *target_by_ref(unsigned ref, const List *targets);

/* ---- agg.c ---- */

void agg_transform(Scope *scope, Aggref *agg, List *args, const List *order_by, bool is_distinct);
Node *grouping_transform(Scope *scope, GroupingFunc *raw);
void window_func_transform(Scope *scope, WindowFunc *call, WindowDef *over);
void agg_check(Scope *scope, Query *query);
List *grouping_sets_expand(const List *sets, bool is_distinct, int limit);

/* ---- cte.c, setop.c, select.c ---- */

List *cte_transform(Scope *scope, const WithClause *with);
List *cte_order_recursive(const Scope *scope, const List *ctes);
void cte_set_columns(Scope *scope, CommonTableExpr *cte, const List *targets);
Query *select_transform(Scope *scope, SelectStmt *raw);
Query *statement_transform(Scope *scope, Node *raw);
Query *subquery_transform(Scope *parent, Node *raw, CommonTableExpr *cte, bool is_locked,
                          bool resolves_unknowns);
Query *setop_transform(Scope *scope, SelectStmt *raw);
Query *values_transform(Scope *scope, SelectStmt *raw);
void locking_transform(Scope *scope, Query *query, const LockingClause *raw, bool is_pushed_down);
const char *locking_name(LockStrength strength);
Query *insert_transform(Scope *scope, InsertStmt *raw);
Query *update_transform(Scope *scope, UpdateStmt *raw);
Query *delete_transform(Scope *scope, DeleteStmt *raw);
Query *merge_transform(Scope *scope, MergeStmt *raw);
List *returning_transform(Scope *scope, const List *raw);
BitSet *constraint_columns(const HeapTuple *row); /* of a row of pg_constraint: conkey */
Item *excluded_item(Scope *scope);                /* adds its entry, not to what can be seen */
OnConflictExpr *conflict_transform(Scope *scope, const OnConflictClause *raw);
void query_finish(Scope *scope, Query *query, Node *where);
void query_take_with(Scope *scope, Query *query, const WithClause *with);
void query_take_limits(Scope *scope, Query *query, const SelectStmt *raw);

/* The columns that INSERT fills, as they were written, and their numbers. */
typedef struct InsertColumns {
    List *columns; /* Target */
    List *numbers;
    bool is_listed;
} InsertColumns;
InsertColumns insert_columns(Scope *scope, List *raw);
List *insert_row(Scope *scope, const InsertColumns *into, const List *exprs, bool strips_parts);
List *insert_targets(Scope *scope, const InsertColumns *into, const List *row);

/* ---- collate.c ---- */

void collate_query(Scope *scope, Query *query);
void collate_list(Scope *scope, const List *exprs);
void collate_expr(Scope *scope, void *expr);
Oid collate_select(Scope *scope, List *exprs, bool none_ok);

/* ---- param.c ---- */

Node *param_transform(Scope *scope, const ParamRef *ref);
Node *param_coerce(Scope *scope, Param *param, Oid type, int location); /* NULL: not for it */
void param_check(Scope *scope, const Query *query);

/* A parameter of the function whose body it is: p, f.p, p.field, f.p.field; NULL: none. */
Node *param_of_name(Scope *scope, const ColumnRef *ref);

#endif
