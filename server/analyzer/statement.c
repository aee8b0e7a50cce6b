/*
 * statement.c - statements as a whole, and what commands have in them that is analyzed
 *
 * A command is a Query too, which holds it: as it was written, but with the queries in it analyzed.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"

/* ---- Commands with queries in them ---- */

static Query *utility(void *stmt)
{
    Query *query = node_new(Query);

    query->command = COMMAND_UTILITY;
    query->utility = stmt;
    return query;
}

static void check_cursor_options(const DeclareCursorStmt *raw)
{
    const char *a = NULL, *b = NULL;

    if ((raw->options & CURSOR_SCROLL) && (raw->options & CURSOR_NO_SCROLL)) {
        a = "SCROLL";
        b = "NO SCROLL";
    } else if ((raw->options & CURSOR_ASENSITIVE) && (raw->options & CURSOR_INSENSITIVE)) {
        a = "ASENSITIVE";
        b = "INSENSITIVE";
    }
    if (a != NULL)
        err_raise(SQLSTATE_INVALID_CURSOR_DEFINITION,
                  .message = err_fmt("cannot specify both %s and %s", a, b));
}

static void check_cursor_locks(const DeclareCursorStmt *raw, const Query *query)
{
    const char *lock;

    if (query->row_marks == NULL)
        return;
    lock = locking_name(((const RowMarkClause *)list_at(query->row_marks, 0))->strength);
    if (raw->options & CURSOR_HOLD)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("DECLARE CURSOR WITH HOLD ... %s is not supported", lock),
                  .detail = "Holdable cursors must be READ ONLY.");
    if (raw->options & CURSOR_SCROLL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("DECLARE SCROLL CURSOR ... %s is not supported", lock),
                  .detail = "Scrollable cursors must be READ ONLY.");
    if (raw->options & CURSOR_INSENSITIVE)
        err_raise(SQLSTATE_INVALID_CURSOR_DEFINITION,
                  .message = err_fmt("DECLARE INSENSITIVE CURSOR ... %s is not valid", lock),
                  .detail = "Insensitive cursors must be READ ONLY.");
}

static Query *declare_cursor(Scope *scope, const DeclareCursorStmt *raw)
{
    DeclareCursorStmt *made = node_new(DeclareCursorStmt);
    Query *query;

    check_cursor_options(raw);
    query = statement_transform(scope, raw->query);
    if (query->has_modifying_cte)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "DECLARE CURSOR must not contain data-modifying statements in WITH");
    check_cursor_locks(raw, query);
    made->name = raw->name;
    made->options = raw->options;
    made->query = (Node *)(void *)query;
    return utility(made);
}

static bool find_temporary(Node *node, void *arg)
{
    if (node_is(node, RangeTblEntry)) {
        const RangeTblEntry *rte = (const RangeTblEntry *)(const void *)node;

        if (rte->kind == RTE_RELATION && relation_is_temporary(rte->relation))
            return true;
    }
    return node_walk(node, find_temporary, arg);
}

static bool find_param(Node *node, void *arg)
{
    if (node_is(node, Param))
        return ((const Param *)(const void *)node)->kind == PARAM_EXTERN;
    return node_walk(node, find_param, arg);
}

static void check_matview(const CreateTableAsStmt *raw, Query *query)
{
    if (query->has_modifying_cte)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "materialized views must not use data-modifying statements in WITH");
    if (find_temporary((Node *)(void *)query, NULL))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "materialized views must not use temporary tables or views");
    if (find_param((Node *)(void *)query, NULL))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "materialized views may not be defined using bound parameters");
    if (raw->into->relation->persistence == RELATION_UNLOGGED)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "materialized views cannot be unlogged");
}

static Query *create_table_as(Scope *scope, const CreateTableAsStmt *raw)
{
    CreateTableAsStmt *made = mem_dup(raw, sizeof(*raw));
    Query *query = statement_transform(scope, raw->query);

    made->query = (Node *)(void *)query;
    if (raw->kind == OBJECT_MATVIEW)
        check_matview(raw, query);
    return utility(made);
}

/* SELECT INTO is CREATE TABLE AS: the INTO is that of the first SELECT. */
static Node *without_into(Node *raw, IntoClause **into)
{
    SelectStmt *copy;

    *into = NULL;
    if (!node_is(raw, SelectStmt))
        return raw;
    copy = mem_dup(raw, sizeof(*copy));
    if (copy->set_op == SET_OP_NONE) {
        *into = copy->into;
        copy->into = NULL;
    } else {
        copy->left = (SelectStmt *)(void *)without_into((Node *)(void *)copy->left, into);
    }
    return *into == NULL ? raw : (Node *)(void *)copy;
}

Node *analyzer_table_as(Node *raw)
{
    IntoClause *into;
    Node *select = without_into(raw, &into);
    CreateTableAsStmt *as;

    if (into == NULL)
        return NULL;
    as = node_new(CreateTableAsStmt);
    as->query = select;
    as->into = into;
    as->kind = OBJECT_TABLE;
    return (Node *)(void *)as;
}

static Query *transform_top(Scope *scope, Node *raw)
{
    Node *as = analyzer_table_as(raw);

    return statement_transform(scope, as == NULL ? raw : as);
}

static Query *explain(Scope *scope, const ExplainStmt *raw)
{
    ExplainStmt *made = mem_dup(raw, sizeof(*raw));

    made->query = (Node *)(void *)transform_top(scope, raw->query);
    return utility(made);
}

/* ---- CALL ---- */

static bool is_out_parameter(const ProcArgs *args, int i)
{
    return args->modes != NULL && (args->modes[i] == 'o' || args->modes[i] == 't');
}

/* OUT arguments are kept aside: only their number matters to the call. */
static void split_out_args(CallStmt *made)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(made->function->function));
    List *in = NULL;
    ProcArgs args;
    int i = 0;

    proc_row_args(row, &args);
    list_foreach(Node *, arg, made->function->args) {
        char mode = args.modes == NULL ? 'i' : args.modes[i];

        if (mode == 'o' || mode == 'b')
            made->out_args = list_add(made->out_args, node_copy(arg));
        if (!is_out_parameter(&args, i))
            in = list_add(in, arg);
        i++;
    }
    made->function->args = in;
    syscache_unpin(row);
}

static Query *call(Scope *scope, const CallStmt *raw)
{
    CallStmt *made = mem_dup(raw, sizeof(*raw));
    FuncCall *by = raw->call;
    List *args = NULL;
    Node *found;

    list_foreach(Node *, arg, by->args)
        args = list_add(args, expr_transform(scope, arg, EXPR_CALL));
    scope->kind = EXPR_CALL;
    found = func_transform(scope, by->name, args, scope->last_set, by, true, by->loc);
    scope->kind = EXPR_NONE;
    collate_expr(scope, found);
    made->function = (FuncExpr *)(void *)found;
    split_out_args(made);
    return utility(made);
}

/* ---- All statements ---- */

static Query *transform(Scope *scope, Node *raw)
{
    void *stmt = raw;
    SelectStmt *select = stmt;

    switch (raw->tag) {
    case NODE_SelectStmt:
        if (select->values != NULL)
            return values_transform(scope, select);
        return select->set_op == SET_OP_NONE ? select_transform(scope, select)
                                             : setop_transform(scope, select);
    case NODE_InsertStmt:
        return insert_transform(scope, stmt);
    case NODE_UpdateStmt:
        return update_transform(scope, stmt);
    case NODE_DeleteStmt:
        return delete_transform(scope, stmt);
    case NODE_MergeStmt:
        return merge_transform(scope, stmt);
    case NODE_DeclareCursorStmt:
        return declare_cursor(scope, stmt);
    case NODE_CreateTableAsStmt:
        return create_table_as(scope, stmt);
    case NODE_ExplainStmt:
        return explain(scope, stmt);
    case NODE_CallStmt:
        return call(scope, stmt);
    default:
        return utility(raw);
    }
}

Query *statement_transform(Scope *scope, Node *raw)
{
    Query *query;

    node_check_depth();
    query = transform(scope, raw);
    query->source = QUERY_SOURCE_ORIGINAL;
    query->can_set_tag = true;
    return query;
}

Query *subquery_transform(Scope *parent, Node *raw, CommonTableExpr *cte, bool is_locked,
                          bool resolves_unknowns)
{
    Scope *scope = scope_child(parent);
    Query *query;

    scope->parent_cte = cte;
    scope->is_locked_from_parent = is_locked;
    scope->resolves_unknowns = resolves_unknowns;
    query = statement_transform(scope, raw);
    scope_close(scope);
    return query;
}

Query *analyzer_query(const RawStmt *raw, const char *text, ParamTypes *params)
{
    Analysis *all = mem_new(Analysis);
    Scope *scope;
    Query *query;

    all->text = text;
    all->params = params;
    scope = scope_new(NULL, all);
    query = transform_top(scope, raw->stmt);
    query->loc = raw->loc;
    query->length = raw->length;
    scope_close(scope);
    param_check(scope, query);
    return query;
}

const List *analyzer_result_targets(const Query *query)
{
    if (query->command == COMMAND_SELECT)
        return query->targets;
    return query->returning;
}
