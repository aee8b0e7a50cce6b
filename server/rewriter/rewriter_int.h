/* rewriter_int.h - what the files of the rewriter share */
#ifndef REWRITER_REWRITER_INT_H
#define REWRITER_REWRITER_INT_H

#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/cache/relcache.h"
#include "server/lock/lock_object.h"
#include "server/node/bitset.h"
#include "server/node/expr.h"
#include "server/node/node.h"
#include "server/rewriter/rewriter.h"

/* Entries of the range table of a rule's action. */
enum { RULE_OLD = 1, RULE_NEW = 2 };

/* pg_rewrite.ev_type */
enum {
    EVENT_SELECT = '1',
    EVENT_UPDATE = '2',
    EVENT_INSERT = '3',
    EVENT_DELETE = '4',
};

typedef struct Rule {
    char event;
    bool is_instead;
    char enabled;
    Node *condition;
    List *actions; /* Query */
} Rule;

/* ---- rule.c ---- */

/* Those of a relation by name, with rights as the relation says; fresh trees. List of Rule. */
List *rule_list(const Relation *rel);
char rule_event(CommandKind command);

/* What rules make of a query; instead: an unconditional INSTEAD rule was among them. */
typedef struct RuleResult {
    List *queries;
    Query
        *remainder; /* the query where no condition of an INSTEAD rule holds; NULL: none has one */
    bool is_instead, has_returning, has_update_rules;
} RuleResult;
void rule_fire(Query *query, const Relation *rel, RuleResult *out);
bool rule_has_unconditional_instead(const Relation *rel, CommandKind command);

/* ---- view.c: views that are read ---- */

Query *view_expand(Query *query, List *active);

/* ---- search.c ---- */

/* The columns of SEARCH and CYCLE come out of the CTE's query. */
void search_expand(CommonTableExpr *cte);

/* ---- view_change.c: views that are changed ---- */

bool view_has_instead_trigger(const Relation *view, CommandKind command);
Query *view_change_table(Query *query, const Relation *view);
_Noreturn void view_raise_conditional(const Relation *view, CommandKind command);

/* ---- target_list.c ---- */

typedef struct ValuesEntry {
    RangeTblEntry *rte; /* NULL: rows do not come from an entry with VALUES */
    int rt_index;
    BitSet *unused; /* columns that defaults take the place of */
} ValuesEntry;
List *target_list_complete(const Relation *rel, const List *targets, CommandKind command,
                           Overriding overriding, ValuesEntry *values);

/* False when a DEFAULT is left for the table below a view to fill in. */
bool target_list_fill_values(const Query *query, const ValuesEntry *values, const Relation *rel);
void target_list_null_defaults(RangeTblEntry *rte);

/* ---- vars.c ---- */

bool vars_use_entry(const void *tree, int rt_index);
void vars_renumber(void *tree, int from, int to);
void vars_offset(void *tree, int offset);
bool vars_have_sublinks(const void *tree);
Node *vars_and(Node *a, Node *b);
void vars_add_condition(Query *query, const Node *condition);

typedef enum NoMatch { NO_MATCH_RAISE, NO_MATCH_RENUMBER, NO_MATCH_NULL } NoMatch;

/* Vars of an entry become the expressions that a target list has for their columns. */
typedef struct ReplaceVars {
    int rt_index;
    const RangeTblEntry *rte;
    const List *targets;
    NoMatch no_match;
    int other_rt_index; /* for NO_MATCH_RENUMBER */
    bool adds_sublinks; /* out: some of them have subqueries, outside of queries in tree */
} ReplaceVars;
void *vars_replace(const void *tree, ReplaceVars *how);
const TargetEntry *rule_target(const List *targets, int number);

/* ---- lock.c ---- */

void lock_entries(Query *query, bool pushes_row_locks);
void lock_sublinks(void *tree);
void lock_mark_rows(Query *query, const Node *joined, const RowMarkClause *mark);
RowMarkClause *lock_find_mark(const Query *query, int rt_index);

#endif
