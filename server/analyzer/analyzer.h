/*
 * analyzer.h - raw trees to queries: names found, types resolved, everything checked that can be
 *
 * A Query says the same as the raw tree, but in terms of relations, columns, functions and
 * operators by number. It is PostgreSQL 15's, field by field. Relations that are named are locked
 * as the statement will need them; nothing else is changed.
 *
 * Raised errors have PostgreSQL's text, SQLSTATE and position. What is not written raises 0A000.
 * All functions need a transaction, and give trees in the memory context that is current.
 */
#ifndef ANALYZER_ANALYZER_H
#define ANALYZER_ANALYZER_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

/*
 * The parameters $1 and up of a statement. Fixed: their types are all given. Otherwise an entry may
 * be 0 (to be found out), and there may be more in the statement than entries, which are added.
 */
typedef struct ParamTypes {
    Oid *types;
    int count;
    int room; /* of types, where they have grown; 0: they are the caller's */
    bool is_fixed;

    /* Of a function: its own name, and those of its parameters (NULL where one has none). */
    const char *function;
    const char *const *names; /* NULL: there are none */
} ParamTypes;

/*
 * Analyze one statement. text is what the locations of raw count in. params may be NULL: there are
 * none. Types that nothing tells raise 42P18 when params are not fixed.
 */
Query *analyzer_query(const RawStmt *raw, const char *text, ParamTypes *params);

/* SELECT INTO as the CREATE TABLE AS that it is; NULL: the statement has no INTO. */
Node *analyzer_table_as(Node *raw);

/* The columns that the query returns: of SELECT, RETURNING; NULL when it returns no rows. */
const List *analyzer_result_targets(const Query *query);

/* Once in a process: what lower rooms ask of types and key words. Before anything else here. */
void analyzer_install(void);

/* ---- Types ---- */

/* A type's number and modifier; raises 42704 when it is not there. text may be NULL. */
Oid analyzer_type(const TypeName *name, const char *text, int32_t *typmod);

/* The same, 0 when it is not there. */
Oid analyzer_find_type(const TypeName *name, const char *text, int32_t *typmod);

/* Of the type that text names, as a cast would; 0: there is none, and is_missing_ok. */
Oid analyzer_type_of_text(const char *text, bool is_missing_ok, int32_t *typmod);
char *analyzer_type_text(const TypeName *name); /* as written, for messages */

/* The collation of a column: as written, or that of its type; raises 42804 where it has none. */
Oid analyzer_column_collation(const ColumnDef *column, Oid type, const char *text);

/* ---- Functions and operators by name and types, for commands ---- */

Oid analyzer_function(const ObjectWithArgs *object, ObjectKind kind, bool is_missing_ok);
Oid analyzer_operator(const ObjectWithArgs *object, bool is_missing_ok);

/* Can a value of the one type be one of the other without being asked to? */
bool analyzer_converts_implicitly(Oid from, Oid to);

/* ---- Expressions of commands: the result is what catalogs store ---- */

typedef struct ColumnExpr {
    const Relation *table; /* NULL: no columns may be used */
    const char *text;
    const char *column; /* that it is for */
    Oid type;
    int32_t typmod;
} ColumnExpr;

Node *analyzer_default(const ColumnExpr *of, Node *raw);
Node *analyzer_generated(const ColumnExpr *of, Node *raw);
Node *analyzer_check(const Relation *table, Node *raw, const char *text);
Node *analyzer_domain_check(Oid base, int32_t typmod, Node *raw, const char *text);
Node *analyzer_index_expr(const Relation *table, Node *raw, const char *text);
Node *analyzer_index_predicate(const Relation *table, Node *raw, const char *text);
Node *analyzer_statistics_expr(const Relation *table, Node *raw, const char *text);
Node *analyzer_alter_type(const Relation *table, Node *raw, const char *text);
Node *analyzer_partition_key(const Relation *table, Node *raw, const char *text);
Node *analyzer_policy(const Relation *table, Node *raw, const char *text);
Node *analyzer_trigger_when(const Relation *table, Node *raw, const char *text);
Node *analyzer_function_default(Node *raw, Oid type, const char *text);
Node *analyzer_execute_arg(Node *raw, Oid type, int number, const char *text);
Node *analyzer_copy_where(const Relation *table, Node *raw, const char *text);

/*
 * The last query of a function in SQL gives what the function returns: scalar, or the columns of
 * row (NULL: the type has none). Conversions are put in where assignment would; raises 42P13.
 * Returns whether a single column is the whole row.
 */
bool analyzer_fit_function_result(Query *query, Oid type, const TupleDesc *row, bool is_procedure);
_Noreturn void analyzer_raise_function_result(Oid type, const char *detail);

/* RETURN expression of a function's body: a query that says so. */
Query *analyzer_return(const ReturnStmt *raw, const char *text, ParamTypes *params);

/* CREATE RULE: its condition (not NULL), then its actions, a list of Query; table is locked. */
Node *analyzer_rule_condition(const Relation *table, const RuleStmt *raw, const char *text);
List *analyzer_rule_actions(const Relation *table, const RuleStmt *raw, const Node *condition,
                            const char *text);

/* ---- For the rewriter ---- */

/* NULL of that type; of a domain so that its constraints are checked. */
Node *analyzer_null(Oid type, int32_t typmod, Oid collation);

/* An expression as a value that is assigned to that type; NULL: there is no way. */
Node *analyzer_assign(Node *expr, Oid type, int32_t typmod);

/* A stored default as a value of its column; raises 42804. */
Node *analyzer_fit_default(Node *expr, const char *column, Oid type, int32_t typmod);
Node *analyzer_type_default(Oid type); /* NULL: the type has none */

bool analyzer_column_is_dropped(const RangeTblEntry *rte, int attno);

/* The fields of a whole-row Var of that entry, as Vars; *names too when it is an anonymous row. */
List *analyzer_row_fields(const RangeTblEntry *rte, const Var *var, List **names);

/* EXCLUDED of INSERT ... ON CONFLICT: its entry and its columns. */
RangeTblEntry *analyzer_excluded_entry(Relation *table);
List *analyzer_excluded_targets(const Relation *rel, int rt_index);

/* How columns of the type are told apart in a UNION that hashes them. */
SortGroupClause *analyzer_hashed_group_clause(Oid type);

/* ---- For the planner ---- */

/* The grouping sets of a query: IntLists of sort group references, the shortest first. */
List *analyzer_grouping_sets(const Query *query);

/*
 * All columns of an entry as Vars without a range table; NULL where one of them was dropped, or may
 * be missing in rows, and for joins and subqueries.
 */
List *analyzer_row_of_entry(const RangeTblEntry *rte);

/* The value as the type that both sides of UNION, INTERSECT or EXCEPT have in common. */
Node *analyzer_to_common(Node *expr, Oid type);

/* ---- For the deparser ---- */

/* What these names and types would mean; 0: nothing, or no one thing. left 0: a prefix. */
Oid analyzer_find_operator(const char *name, Oid left, Oid right);
Oid analyzer_find_function(const char *name, const List *arg_names, int count, const Oid *types,
                           bool is_variadic);

char *analyzer_type_output(Oid type, Datum value);
const char *analyzer_system_column(int attno);
const char *analyzer_field_name(Node *row, int field); /* NULL: it cannot be told */
bool analyzer_field_is_dropped(Oid type, int field);
const Node *analyzer_strip_implicit(const Node *expr); /* without implicit conversions */

/* What a column of an index that is the raw expression is called; NULL: nothing tells. */
const char *analyzer_index_column_name(const Node *raw);

#endif
