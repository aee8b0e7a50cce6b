/* deparse_int.h - what the files of the folder share */
#ifndef DEPARSE_DEPARSE_INT_H
#define DEPARSE_DEPARSE_INT_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/deparse/deparse.h"
#include "server/node/bitset.h"
#include "server/node/expr.h"
#include "server/node/node.h"

/* How deep clauses, joins and list items are indented. */
enum { INDENT_STEP = 8, INDENT_JOIN = 4, INDENT_ITEM = 4, INDENT_LIMIT = 40 };

/* Names of the columns of an entry of the range table. */
typedef struct Columns {
    const char **names; /* by number from 0; NULL: dropped, or not chosen yet */
    int count;
    const char **fresh; /* as they would be if the query was parsed now: without dropped ones */
    bool *is_fresh;     /* added since it was parsed */
    int fresh_count;
    bool shows_aliases;
    const List *parent_using; /* String: names that joins around it use */

    int left, right; /* of a join: entries of its sides, and their columns that its own are */
    int *left_numbers, *right_numbers;
    const List *using_names;
} Columns;

/* One query level. */
typedef struct Level {
    const struct Level *outer;
    const List *range_table;
    const List *ctes;
    const char **names; /* of entries; NULL: a join without alias */
    Columns *columns;
    const List *using_names; /* that must be there once alone */
    bool needs_unique_using;
} Level;

typedef struct Deparse {
    StrBuf *out;
    const Level *level;
    unsigned flags;
    int wrap;
    int indent;
    bool qualifies; /* columns by the name of their entry */
    const List *windows;
    const List *targets;
    const List *result_names;
    bool shows_names; /* of all columns of the result, however they come about */
    bool in_order_by, in_group_by;

    /* In the body of a function: what parameters are called. */
    const char *function;
    const char *const *arg_names; /* NULL: none has a name */
    int arg_count;

    const DeparseOutside *outside; /* NULL: columns are those of the level */
} Deparse;

static inline bool few_parens(const Deparse *d)
{
    return (d->flags & DEPARSE_FEW_PARENS) != 0;
}

static inline bool indents(const Deparse *d)
{
    return (d->flags & DEPARSE_INDENT) != 0;
}

/* ---- text.c ---- */

void put(Deparse *d, const char *text);
void put_name(Deparse *d, const char *name);
void put_type(Deparse *d, Oid type, int32_t typmod);
void put_quoted(Deparse *d, const char *text);
void put_clause(Deparse *d, const char *word, int before, int after, int plus);
void put_names(Deparse *d, const List *names); /* in parentheses */
void drop_blanks(StrBuf *out);
size_t line_length(const StrBuf *out);
const char *operator_text(Oid op, Oid left, Oid right);
const char *function_text(const Deparse *d, Oid function, int count, const List *names,
                          const Oid *types, bool is_variadic);
const char *relation_text(const Deparse *d, Oid relation);
const char *qualified_relation(Oid relation, unsigned flags); /* unless few are wanted */

/* ---- alias.c ---- */

Level *level_new(const Level *outer, const Query *query);
Level *level_of_relation(Oid relation);
Level *level_of_rows(Oid relation); /* of a trigger: old, then new */

/* ---- query.c ---- */

void put_query(const Deparse *outer, StrBuf *out, Query *query, const List *names,
               bool shows_names);
void put_sort_item(Deparse *d, unsigned ref, const List *targets, bool by_number);
void put_order(Deparse *d, const List *clauses, const List *targets, bool by_number);
void put_window(Deparse *d, const WindowClause *window);
void put_targets(Deparse *d, const List *targets); /* a blank before each line */

/* ---- change.c ---- */

void put_insert(Deparse *d, const Query *query);
void put_update(Deparse *d, const Query *query);
void put_delete(Deparse *d, const Query *query);
void put_notify(Deparse *d, const NotifyStmt *stmt);

/* ---- definition.c ---- */

/* Unless it is the type's own; 0: of the type that it is for. */
void put_opclass(Deparse *d, Oid opclass, Oid type);

/* ---- from.c ---- */

void put_from(Deparse *d, const Query *query, const char *word);
bool entry_needs_alias(const RangeTblEntry *rte, const Columns *columns, const char *name);
void put_values(Deparse *d, const List *rows);

/* ---- expr.c ---- */

void put_expr(Deparse *d, const void *expr, bool shows_implicit);
void put_expr_in(Deparse *d, const void *expr, bool shows_implicit, const void *parent);
void put_list(Deparse *d, const List *exprs, bool shows_implicit);
void put_list_toplevel(Deparse *d, const List *exprs, const char *between, bool shows_implicit);
void put_const(Deparse *d, const Const *value, DeparseType type);
const char *put_var(Deparse *d, const Var *var, int levels_up, bool is_toplevel);
void put_bounds(Deparse *d, const SubscriptingRef *ref);
bool put_special_call(Deparse *d, const FuncExpr *call);
bool is_simple(const void *expr, const void *parent, unsigned flags);

#endif
