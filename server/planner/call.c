/* call.c - named arguments, defaults, functions of language SQL; call.h has the rules. */
#include "common/base/base.h"

#include "server/planner/call.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/fmgr.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"
#include "server/node/tree.h"
#include "server/parser/parser.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/types/database_text.h"

/* ---- Arguments ---- */

static bool has_named(const List *args)
{
    list_foreach(const Node *, arg, args) {
        if (node_is(arg, NamedArgExpr))
            return true;
    }
    return false;
}

/* Those given by place come first. */
static void put_given(List *args, Node **places, int count)
{
    list_foreach(Node *, arg, args) {
        int at = arg_i;

        if (node_is(arg, NamedArgExpr)) {
            at = ((NamedArgExpr *)(void *)arg)->number;
            arg = ((NamedArgExpr *)(void *)arg)->arg;
        }
        if (at < 0 || at >= count)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too many function arguments");
        places[at] = arg;
    }
}

/* Defaults are those of the last parameters. */
static void put_defaults(Oid function, Node **places, int count)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));
    const char *text = proc_row_defaults(row);
    List *defaults = text == NULL ? NULL : node_read_text(text);
    int first = count - list_count(defaults);

    list_foreach(Node *, value, defaults) {
        int at = first + value_i;

        if (at >= 0 && places[at] == NULL)
            places[at] = value;
    }
}

List *call_all_args(Oid function, List *args)
{
    Node *places[FMGR_ARGS_MAX] = {NULL};
    List *all = NULL;
    PgProc row;

    facts_function(function, &row);
    if (!has_named(args) && list_count(args) >= row.pronargs)
        return args;
    put_given(args, places, row.pronargs);
    put_defaults(function, places, row.pronargs);
    for (int i = 0; i < row.pronargs; i++) {
        if (places[i] == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "not enough default arguments");
        all = list_add(all, places[i]);
    }
    return all;
}

/* ---- Bodies ---- */

static char *text_column(const HeapTuple *row, int column, bool *is_null)
{
    Datum value = syscache_get(CACHE_PROCOID, row, column, is_null);
    const uint8_t *text;

    if (*is_null)
        return NULL;
    text = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

/* A body that was kept as text, for the types that it is called with now. */
static Query *analyzed_body(const char *text, const List *args)
{
    List *statements = parser_parse(text, PARSE_STATEMENTS, text_encoding());
    Oid types[FMGR_ARGS_MAX];
    ParamTypes params = {.types = types, .count = list_count(args), .is_fixed = true};

    if (list_count(statements) != 1)
        return NULL;
    list_foreach(const Node *, arg, args)
        types[arg_i] = node_expr_type(arg);
    return analyzer_query(list_at(statements, 0), text, &params);
}

/* Kept as a tree, or as text; NULL: what it says depends on more than this file knows. */
static Query *body_of(Oid function, const List *args)
{
    const HeapTuple *row = syscache_peek(CACHE_PROCOID, datum_of_u32(function));
    bool has_no_tree, has_no_names, has_no_text, has_no_config;
    const char *tree_text = text_column(row, PG_PROC_COL_PROSQLBODY, &has_no_tree);
    const char *text = text_column(row, PG_PROC_COL_PROSRC, &has_no_text);
    void *tree;

    /* It runs with settings of its own. */
    syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROCONFIG, &has_no_config);
    if (!has_no_config)
        return NULL;
    if (has_no_tree) {
        syscache_get(CACHE_PROCOID, row, PG_PROC_COL_PROARGNAMES, &has_no_names);
        return has_no_names && !has_no_text ? analyzed_body(text, args) : NULL;
    }
    tree = node_read_text(tree_text);
    return node_is(tree, Query) ? tree : NULL;
}

/* Nothing but a single value: no tables, no conditions, no groups. */
static bool is_one_expression(const Query *q)
{
    return q->command == COMMAND_SELECT && q->utility == NULL && !q->has_aggs &&
           !q->has_window_funcs && !q->has_target_sets && !q->has_sublinks && q->ctes == NULL &&
           q->range_table == NULL &&
           (q->from == NULL || (q->from->items == NULL && q->from->where == NULL)) &&
           q->group_by == NULL && q->grouping_sets == NULL && q->having == NULL &&
           q->windows == NULL && q->distinct == NULL && q->order_by == NULL &&
           q->limit_offset == NULL && q->limit_count == NULL && q->set_operations == NULL &&
           list_count(q->targets) == 1;
}

static bool may_have_body(const PgProc *row, Oid type, const List *args)
{
    return row->prolang == LANGUAGE_SQL && row->prokind == 'f' && !row->prosecdef &&
           !row->proretset && type != TYPE_RECORD && list_count(args) == row->pronargs;
}

static bool keeps_promises(const PgProc *row, const Node *expr)
{
    if (row->provolatile == 'i' && expr_has_mutable(expr))
        return false;
    if (row->provolatile == 's' && expr_has_volatile(expr))
        return false;
    return !row->proisstrict || !expr_has_nonstrict(expr);
}

typedef struct Placing {
    const List *args;
    int uses[FMGR_ARGS_MAX];
    bool is_wrong;
} Placing;

static Node *place(Node *node, void *arg)
{
    Placing *p = arg;
    const Param *param = (const Param *)(void *)node;

    if (node->tag != NODE_Param || param->kind != PARAM_EXTERN)
        return node_mutate(node, place, arg);
    if (param->id <= 0 || param->id > list_count(p->args)) {
        p->is_wrong = true;
        return node_copy(node);
    }
    p->uses[param->id - 1]++;
    return node_copy(list_at(p->args, param->id - 1));
}

/* An argument that is not used must still make a strict function's result NULL. */
static bool may_be_used_so(const Placing *p, const PgProc *row)
{
    list_foreach(const Node *, arg, p->args) {
        if (p->uses[arg_i] == 0 && row->proisstrict)
            return false;
        if (p->uses[arg_i] != 1 && (expr_has_subplan(arg) || expr_has_volatile(arg)))
            return false;
    }
    return true;
}

Node *call_body(Oid function, const List *args, Oid type, Oid collation)
{
    Placing p = {.args = args};
    PgProc row;
    Query *query;
    Node *expr;

    facts_function(function, &row);
    if (LIKELY(!may_have_body(&row, type, args)))
        return NULL;
    query = body_of(function, args);
    if (query == NULL || !is_one_expression(query))
        return NULL;
    expr = ((TargetEntry *)list_at(query->targets, 0))->expr;
    if (node_expr_type(expr) != type || !keeps_promises(&row, expr))
        return NULL;
    expr = place(expr, &p);
    if (p.is_wrong || !may_be_used_so(&p, &row))
        return NULL;
    if (collation != 0 && node_expr_collation(expr) != collation) {
        CollateExpr *collate = node_new(CollateExpr);

        collate->arg = expr;
        collate->collation = collation;
        collate->loc = NODE_NO_LOCATION;
        return as_node(collate);
    }
    return expr;
}
