/*
 * from_function.c - functions in FROM, ROWS FROM, TABLESAMPLE, XMLTABLE
 *
 * What a function gives as a table depends on its type: a row type's columns, OUT parameters, one
 * column, or what a column definition list says of a record.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/proc_row.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

/* ---- Functions ---- */

static bool is_unnest_of_several(const Node *raw, const List *column_defs)
{
    const FuncCall *call = (const FuncCall *)(const void *)raw;

    return node_is(raw, FuncCall) && list_count(call->name) == 1 &&
           str_equal(((const String *)list_at(call->name, 0))->value, "unnest") &&
           list_count(call->args) > 1 && call->order_by == NULL && call->filter == NULL &&
           call->over == NULL && !call->is_star && !call->is_distinct && !call->is_variadic &&
           column_defs == NULL;
}

static void add_call(Scope *scope, FunctionRte *what, Node *raw, List *column_defs)
{
    Node *last_set = scope->last_set;
    Node *call = expr_transform(scope, raw, EXPR_FROM_FUNCTION);

    if (scope->last_set != last_set && scope->last_set != call)
        scope_fail(scope, node_expr_location(scope->last_set), SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "set-returning functions must appear at top level of FROM");
    what->calls = list_add(what->calls, call);
    what->names = list_add(what->names, node_string(target_name(scope, raw)));
    if (column_defs != NULL && what->raw->column_defs != NULL)
        scope_fail(scope, raw_location(what->raw->column_defs), SQLSTATE_SYNTAX_ERROR,
                   .message = "multiple column definition lists are not allowed for the same "
                              "function");
    what->column_defs = list_add(what->column_defs, column_defs);
}

/* unnest(a, b) is two functions side by side. */
static void add_unnests(Scope *scope, FunctionRte *what, const FuncCall *raw)
{
    list_foreach(Node *, arg, raw->args) {
        FuncCall *one = node_new(FuncCall);

        one->name = list_of2(node_string("pg_catalog"), node_string("unnest"));
        one->args = list_of(arg);
        one->loc = raw->loc;
        add_call(scope, what, (Node *)(void *)one, NULL);
    }
}

static void take_common_definitions(const Scope *scope, FunctionRte *what)
{
    const RangeFunction *raw = what->raw;
    int location = raw_location(raw->column_defs);

    if (raw->column_defs == NULL)
        return;
    if (list_count(what->calls) != 1) {
        if (raw->is_rows_from)
            scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                       .message = "ROWS FROM() with multiple functions cannot have a column "
                                  "definition list",
                       .hint = "Put a separate column definition list for each function inside "
                               "ROWS FROM().");
        scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                   .message = "UNNEST() with multiple arguments cannot have a column definition "
                              "list",
                   .hint = "Use separate UNNEST() calls inside ROWS FROM(), and attach a column "
                           "definition list to each one.");
    }
    if (raw->has_ordinality)
        scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                   .message = "WITH ORDINALITY cannot be used with a column definition list",
                   .hint = "Put the column definition list inside ROWS FROM().");
    what->column_defs = list_of(raw->column_defs);
}

Item *from_function(Scope *scope, RangeFunction *raw)
{
    FunctionRte what = {.raw = raw};

    scope->is_lateral_active = true;
    list_foreach(const List *, pair, raw->functions) {
        Node *call = list_at(pair, 0);
        List *column_defs = list_at(pair, 1);

        if (is_unnest_of_several(call, column_defs))
            add_unnests(scope, &what, (const FuncCall *)(const void *)call);
        else
            add_call(scope, &what, call, column_defs);
    }
    scope->is_lateral_active = false;
    collate_list(scope, what.calls);
    take_common_definitions(scope, &what);
    what.is_lateral = raw->is_lateral || expr_has_vars_of_level(what.calls, 0);
    return rte_add_functions(scope, &what);
}

/* ---- The entry ---- */

/* The columns of all functions, while they are gathered. */
typedef struct Columns {
    List *names, *types, *typmods, *collations;
    List *dropped; /* numbers: 1 for a column that is not there any more */
} Columns;

static void add_column(Columns *columns, const char *name, Oid type, int32_t typmod, Oid collation,
                       bool is_dropped)
{
    columns->names = list_add(columns->names, node_string(is_dropped ? "" : name));
    columns->types = list_add_oid(columns->types, type);
    columns->typmods = list_add_int(columns->typmods, typmod);
    columns->collations = list_add_oid(columns->collations, collation);
    columns->dropped = list_add_int(columns->dropped, is_dropped);
}

/* A function with one OUT parameter gives its column that name. */
static const char *out_name(const Node *call)
{
    const HeapTuple *row;
    const char *name = NULL;
    int outs = 0;
    ProcArgs args;

    if (!node_is(call, FuncExpr))
        return NULL;
    row = syscache_peek(CACHE_PROCOID,
                        datum_of_u32(((const FuncExpr *)(const void *)call)->function));
    if (row == NULL)
        return NULL;
    proc_row_args(row, &args);
    for (int i = 0; args.modes != NULL && args.names != NULL && i < args.all_count; i++) {
        if (args.modes[i] != 'o' && args.modes[i] != 'b' && args.modes[i] != 't')
            continue;
        outs++;
        name = args.names[i];
    }
    return outs == 1 && name != NULL && *name != '\0' ? name : NULL;
}

static void add_scalar(Columns *columns, const FunctionRte *what, int i, Node *call)
{
    const char *name = out_name(call);

    if (name == NULL)
        name = list_count(what->calls) == 1 && what->raw->alias != NULL
                   ? what->raw->alias->name
                   : ((const String *)list_at(what->names, i))->value;
    add_column(columns, name, node_expr_type(call), node_expr_typmod(call),
               node_expr_collation(call), false);
}

static void check_record_column(const Scope *scope, const RangeTblFunction *function,
                                const ColumnDef *column, Oid type)
{
    if (column->type->is_setof)
        scope_fail(scope, column->loc, SQLSTATE_INVALID_TABLE_DEFINITION,
                   .message = err_fmt("column \"%s\" cannot be declared SETOF", column->name));
    list_foreach(const String *, before, function->column_names) {
        if (str_equal(before->value, column->name))
            err_raise(SQLSTATE_DUPLICATE_COLUMN,
                      .message =
                          err_fmt("column name \"%s\" specified more than once", column->name));
    }
    if (type_kind(type) == TYPE_KIND_PSEUDO && type != TYPE_RECORD && type != TYPE_RECORD_ARRAY &&
        type != TYPE_ANYARRAY)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message =
                      err_fmt("column \"%s\" has pseudo-type %s", column->name, type_shown(type)));
}

static void add_defined(Scope *scope, Columns *columns, RangeTblFunction *function,
                        const List *column_defs)
{
    list_foreach(const ColumnDef *, column, column_defs) {
        int32_t typmod;
        Oid type = type_of_name(scope, column->type, &typmod);
        Oid collation = column_definition_collation(scope, column, type);

        check_record_column(scope, function, column, type);
        function->column_names =
            list_add(function->column_names, node_string(mem_strdup(column->name)));
        function->column_types = list_add_oid(function->column_types, type);
        function->column_typmods = list_add_int(function->column_typmods, typmod);
        function->column_collations = list_add_oid(function->column_collations, collation);
        add_column(columns, column->name, type, typmod, collation, false);
    }
}

static void add_shape(Columns *columns, const RowShape *shape)
{
    for (int i = 0; i < shape->count; i++)
        add_column(columns, shape->names[i], shape->types[i], shape->typmods[i],
                   shape->collations[i], shape->dropped[i]);
}

static void check_definitions(const Scope *scope, const Node *call, const RowShape *shape,
                              const List *column_defs)
{
    Oid type = node_expr_type(call);
    int location = raw_location(column_defs);

    if (column_defs == NULL) {
        if (shape == NULL && type == TYPE_RECORD)
            scope_fail(scope, node_expr_location(call), SQLSTATE_SYNTAX_ERROR,
                       .message = "a column definition list is required for functions returning "
                                  "\"record\"");
        return;
    }
    if (shape != NULL)
        scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                   .message = type == TYPE_RECORD
                                  ? "a column definition list is redundant for a function with "
                                    "OUT parameters"
                                  : "a column definition list is redundant for a function "
                                    "returning a named composite type");
    if (type != TYPE_RECORD)
        scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
                   .message = "a column definition list is only allowed for functions returning "
                              "\"record\"");
}

static bool is_scalar(Oid type)
{
    return type_kind(type) != TYPE_KIND_PSEUDO || type == TYPE_VOID || type == TYPE_CSTRING;
}

static RangeTblFunction *add_function(Scope *scope, Columns *columns, const FunctionRte *what,
                                      int i)
{
    RangeTblFunction *function = node_new(RangeTblFunction);
    Node *call = list_at(what->calls, i);
    const List *column_defs = list_at(what->column_defs, i);
    RowShape *shape = row_shape_of_expr(scope, call, true);
    Oid type = node_expr_type(call);
    int before = list_count(columns->names);

    function->call = call;
    check_definitions(scope, call, shape, column_defs);
    if (shape != NULL)
        add_shape(columns, shape);
    else if (type == TYPE_RECORD)
        add_defined(scope, columns, function, column_defs);
    else if (is_scalar(type))
        add_scalar(columns, what, i, call);
    else
        scope_fail(scope, node_expr_location(call), SQLSTATE_DATATYPE_MISMATCH,
                   .message =
                       err_fmt("function \"%s\" in FROM has unsupported return type %s",
                               ((const String *)list_at(what->names, i))->value, type_shown(type)));
    function->column_count = list_count(columns->names) - before;
    return function;
}

Item *rte_add_functions(Scope *scope, const FunctionRte *what)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    Columns columns = {0};

    rte->kind = RTE_FUNCTION;
    rte->alias = node_copy(what->raw->alias);
    rte->has_ordinality = what->raw->has_ordinality;
    rte->names = make_alias(rte->alias != NULL ? rte->alias->name
                                               : ((const String *)list_at(what->names, 0))->value,
                            NULL);
    for (int i = 0; i < list_count(what->calls); i++)
        rte->functions = list_add(rte->functions, add_function(scope, &columns, what, i));
    if (rte->has_ordinality)
        add_column(&columns, "ordinality", TYPE_INT8, -1, 0, false);
    if (list_count(columns.names) > TARGETS_MAX)
        scope_fail(scope, node_expr_location(what->calls), SQLSTATE_TOO_MANY_COLUMNS,
                   .message =
                       err_fmt("functions in FROM can return at most %d columns", TARGETS_MAX));
    rte->is_lateral = what->is_lateral;
    rte->is_in_from = true;
    rte_name_columns(rte, columns.names, columns.dropped);
    return rte_item(scope, rte, columns.types, columns.typmods, columns.collations,
                    columns.dropped);
}

/* ---- TABLESAMPLE ---- */

static Oid sample_handler(const Scope *scope, const RangeTableSample *raw)
{
    FuncSearch search = {.names = raw->method, .arg_count = 1};
    FuncCandidate *found = namespace_functions(&search);
    const HeapTuple *row;

    while (found != NULL && found->args[0] != TYPE_INTERNAL)
        found = found->next;
    if (found == NULL)
        scope_fail(scope, raw->loc, SQLSTATE_UNDEFINED_OBJECT,
                   .message = err_fmt("tablesample method %s does not exist",
                                      namespace_text(raw->method)));
    row = syscache_peek(CACHE_PROCOID, datum_of_u32(found->oid));
    if (row == NULL || CACHE_ROW(PgProc, row)->prorettype != TYPE_TSM_HANDLER)
        scope_fail(scope, raw->loc, SQLSTATE_WRONG_OBJECT_TYPE,
                   .message = err_fmt("function %s must return type %s",
                                      namespace_text(raw->method), "tsm_handler"));
    return found->oid;
}

TableSampleClause *from_sample(Scope *scope, const RangeTableSample *raw)
{
    TableSampleClause *made = node_new(TableSampleClause);

    made->handler = sample_handler(scope, raw);
    if (made->handler != SAMPLE_BERNOULLI && made->handler != SAMPLE_SYSTEM)
        scope_fail(scope, raw->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("tablesample method %s is not supported",
                                      namespace_text(raw->method)));
    if (list_count(raw->args) != 1)
        scope_fail(scope, raw->loc, SQLSTATE_INVALID_TABLESAMPLE_ARGUMENT,
                   .message = err_fmt("tablesample method %s requires 1 argument, not %d",
                                      namespace_text(raw->method), list_count(raw->args)));
    list_foreach(Node *, arg, raw->args) {
        Node *value = expr_transform(scope, arg, EXPR_FROM_FUNCTION);

        value = coerce_to_specific(scope, value, TYPE_FLOAT4, -1, "TABLESAMPLE");
        collate_expr(scope, value);
        made->args = list_add(made->args, value);
    }
    if (raw->repeatable != NULL) {
        made->repeatable = expr_transform(scope, raw->repeatable, EXPR_FROM_FUNCTION);
        made->repeatable =
            coerce_to_specific(scope, made->repeatable, TYPE_FLOAT8, -1, "REPEATABLE");
        collate_expr(scope, made->repeatable);
    }
    return made;
}

/* ---- XMLTABLE ---- */

static void add_xml_namespaces(Scope *scope, TableFunc *made, const List *raw)
{
    bool has_default = false;

    list_foreach(const Target *, ns, raw) {
        Node *uri = coerce_to_specific(scope, expr_transform(scope, ns->value, EXPR_FROM_FUNCTION),
                                       TYPE_TEXT, -1, "XMLTABLE");

        made->namespace_uris = list_add(made->namespace_uris, uri);
        if (ns->name == NULL && has_default)
            scope_fail(scope, ns->loc, SQLSTATE_SYNTAX_ERROR,
                       .message = "only one default namespace is allowed");
        has_default = has_default || ns->name == NULL;
        list_foreach(const String *, before, made->namespace_names) {
            if (before != NULL && ns->name != NULL && str_equal(before->value, ns->name))
                scope_fail(scope, ns->loc, SQLSTATE_SYNTAX_ERROR,
                           .message = err_fmt("namespace name \"%s\" is not unique", ns->name));
        }
        made->namespace_names =
            list_add(made->namespace_names, ns->name == NULL ? NULL : node_string(ns->name));
    }
}

static Node *xml_column_expr(Scope *scope, Node *raw, Oid type, int32_t typmod)
{
    if (raw == NULL)
        return NULL;
    return coerce_to_specific(scope, expr_transform(scope, raw, EXPR_FROM_FUNCTION), type, typmod,
                              "XMLTABLE");
}

static void add_xml_column(Scope *scope, TableFunc *made, const RangeTableFuncCol *raw, int number)
{
    Oid type = TYPE_INT4;
    int32_t typmod = -1;

    if (raw->is_ordinality) {
        if (made->ordinality_column >= 0)
            scope_fail(scope, raw->loc, SQLSTATE_SYNTAX_ERROR,
                       .message = "only one FOR ORDINALITY column is allowed");
        made->ordinality_column = number;
    } else {
        if (raw->type->is_setof)
            scope_fail(scope, raw->loc, SQLSTATE_INVALID_TABLE_DEFINITION,
                       .message = err_fmt("column \"%s\" cannot be declared SETOF", raw->name));
        type = type_of_name(scope, raw->type, &typmod);
    }
    made->column_types = list_add_oid(made->column_types, type);
    made->column_typmods = list_add_int(made->column_typmods, typmod);
    made->column_collations = list_add_oid(made->column_collations, type_collation(type));
    made->column_exprs =
        list_add(made->column_exprs, xml_column_expr(scope, raw->path, TYPE_TEXT, -1));
    made->column_defaults =
        list_add(made->column_defaults, xml_column_expr(scope, raw->default_value, type, typmod));
    if (raw->is_not_null)
        made->not_nulls = bitset_add(made->not_nulls, number);
    list_foreach(const String *, before, made->column_names) {
        if (str_equal(before->value, raw->name))
            scope_fail(scope, raw->loc, SQLSTATE_SYNTAX_ERROR,
                       .message = err_fmt("column name \"%s\" is not unique", raw->name));
    }
    made->column_names = list_add(made->column_names, node_string(raw->name));
}

static void collate_table_func(Scope *scope, TableFunc *made)
{
    collate_list(scope, made->column_exprs);
    collate_list(scope, made->column_defaults);
    collate_list(scope, made->namespace_uris);
    collate_expr(scope, made->document);
    collate_expr(scope, made->rows);
}

Item *from_table_func(Scope *scope, RangeTableFunc *raw)
{
    TableFunc *made = node_new(TableFunc);
    int number = 0;
    bool is_lateral;

    scope->is_lateral_active = true;
    made->ordinality_column = -1;
    made->rows = coerce_to_specific(scope, expr_transform(scope, raw->rows, EXPR_FROM_FUNCTION),
                                    TYPE_TEXT, -1, "XMLTABLE");
    made->document = coerce_to_specific(
        scope, expr_transform(scope, raw->document, EXPR_FROM_FUNCTION), TYPE_XML, -1, "XMLTABLE");
    list_foreach(const RangeTableFuncCol *, column, raw->columns)
        add_xml_column(scope, made, column, number++);
    add_xml_namespaces(scope, made, raw->namespaces);
    made->loc = raw->loc;
    scope->is_lateral_active = false;
    collate_table_func(scope, made);
    is_lateral = raw->is_lateral || expr_has_vars_of_level(made, 0);
    return rte_add_table_func(scope, made, raw->alias, is_lateral);
}

Item *rte_add_table_func(Scope *scope, TableFunc *func, Alias *alias, bool is_lateral)
{
    RangeTblEntry *rte = node_new(RangeTblEntry);
    int given, count = list_count(func->column_names);

    rte->kind = RTE_TABLE_FUNC;
    rte->table_func = func;
    rte->column_types = func->column_types;
    rte->column_typmods = func->column_typmods;
    rte->column_collations = func->column_collations;
    rte->alias = alias;
    rte->names = alias != NULL ? node_copy(alias) : make_alias("xmltable", NULL);
    given = list_count(rte->names->columns);
    if (given > count)
        err_raise(SQLSTATE_INVALID_COLUMN_REFERENCE,
                  .message = err_fmt("%s function has %d columns available but %d columns "
                                     "specified",
                                     "XMLTABLE", count, given));
    for (int i = given; i < count; i++)
        rte->names->columns = list_add(rte->names->columns, list_at(func->column_names, i));
    rte->is_lateral = is_lateral;
    rte->is_in_from = true;
    return rte_item(scope, rte, func->column_types, func->column_typmods, func->column_collations,
                    NULL);
}
