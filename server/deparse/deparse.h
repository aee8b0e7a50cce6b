/*
 * deparse.h - trees as SQL again: views, expressions, indexes, constraints, as catalogs show them
 *
 * Texts are PostgreSQL 15's, byte for byte. They parse to the same tree again, with names that are
 * qualified where the search path would not find them.
 */
#ifndef DEPARSE_DEPARSE_H
#define DEPARSE_DEPARSE_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/node/node.h"

typedef enum DeparseFlag {
    DEPARSE_FEW_PARENS = 1,  /* no parentheses but those that are needed */
    DEPARSE_INDENT = 2,      /* clauses on lines of their own */
    DEPARSE_FEW_SCHEMAS = 4, /* names without schema where they are found so */
} DeparseFlag;

/* What the functions of SQL mean by pretty. */
#define DEPARSE_PLAIN      DEPARSE_INDENT
#define DEPARSE_PRETTY     (DEPARSE_FEW_PARENS | DEPARSE_INDENT | DEPARSE_FEW_SCHEMAS)

#define DEPARSE_WRAP_NEVER (-1)

/* A query; names: the columns that its result has (String), NULL: their own. wrap: a column. */
char *deparse_query(Query *query, const List *names, unsigned flags, int wrap);

/* The query of a view, with a semicolon; NULL when the relation is none. */
char *deparse_view(Oid view, unsigned flags, int wrap);

/* An expression whose Vars are columns of the relation; 0: it has none. */
char *deparse_expr(const Node *expr, Oid relation, unsigned flags);

/*
 * Where columns, parameters and subplans are known to the caller alone, as in plans: write adds
 * such a part to out, or returns false. is_toplevel: a whole row says its type.
 */
typedef struct DeparseOutside DeparseOutside;
struct DeparseOutside {
    bool (*write)(const DeparseOutside *outside, StrBuf *out, const Node *part, bool is_toplevel);
};

/* An expression (or a list of them), added to out. shows_implicit: casts that nobody wrote, too. */
void deparse_outside(StrBuf *out, const Node *expr, bool shows_implicit,
                     const DeparseOutside *outside);

/* A constant, added to out, and whether its type is said. */
typedef enum DeparseType { DEPARSE_NO_TYPE, DEPARSE_NEEDED_TYPE, DEPARSE_TYPE } DeparseType;
void deparse_const(StrBuf *out, const Const *value, DeparseType type);

/* CREATE INDEX; column not 0: that column alone. NULL: there is no such index. */
char *deparse_index(Oid index, int column, unsigned flags);

/* As in CREATE TABLE, without its name; NULL: there is no such constraint. */
char *deparse_constraint(Oid constraint, unsigned flags);

/* CREATE TRIGGER; NULL: there is no such trigger. */
char *deparse_trigger(Oid trigger, unsigned flags);

/* CREATE RULE, with a semicolon; NULL: there is no such rule. */
char *deparse_rule(Oid rule, unsigned flags);

/* Of functions and procedures; NULL: there is no such one. */
char *deparse_function(Oid function); /* CREATE OR REPLACE; raises 42809 for aggregates */
char *deparse_function_arguments(Oid function, bool with_defaults);
char *deparse_function_default(Oid function, int argument); /* from 1; NULL: it has none */
char *deparse_function_result(Oid function); /* NULL for procedures, too */
char *deparse_function_body(Oid function);   /* NULL: it is no tree */

/* With the name of the relation before each column. */
char *deparse_expr_qualified(const Node *expr, Oid relation, unsigned flags);

#endif
