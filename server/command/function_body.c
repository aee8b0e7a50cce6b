/* function_body.c - bodies of functions in SQL, as they are looked at when one is made */
#include "common/base/base.h"

#include "server/command/function_body.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command.h"
#include "server/config/setting.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/fmgr.h"
#include "server/node/expr.h"
#include "server/parser/parser.h"
#include "server/types/database_text.h"

/* Types and names of what the body may use: all that the function is called with. */
static ParamTypes params_of(const FunctionMake *make)
{
    Oid *types = mem_new_array(Oid, (size_t)make->param_count + 1);
    const char **names = mem_new_array(const char *, (size_t)make->param_count + 1);
    int count = 0;

    for (int i = 0; i < make->param_count; i++) {
        const FunctionParam *p = &make->params[i];

        if (p->mode == 'o' || p->mode == 't')
            continue;
        types[count] = p->type;
        names[count++] = *p->name == '\0' ? NULL : p->name;
    }
    return (ParamTypes){.types = types,
                        .count = count,
                        .is_fixed = true,
                        .function = make->name,
                        .names = names};
}

/* ---- Standard bodies ---- */

static Query *analyze_statement(const FunctionMake *make, const Node *raw, const char *text)
{
    ParamTypes params = params_of(make);
    RawStmt *stmt = node_new(RawStmt);
    Query *query;

    if (node_is(raw, ReturnStmt))
        return analyzer_return(node_copy((const ReturnStmt *)(const void *)raw), text, &params);
    stmt->stmt = node_copy(raw);
    query = analyzer_query(stmt, text, &params);
    if (query->command == COMMAND_UTILITY)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("%s is not yet supported in unquoted SQL function body",
                                     command_tag(query->utility)));
    return query;
}

const Node *function_analyze_body(const FunctionMake *make, const Node *raw, const char *text)
{
    List *queries = NULL;
    const List *statements;

    if (!node_is(raw, List))
        return (const Node *)(void *)analyze_statement(make, raw, text);
    statements = list_at((const List *)(const void *)raw, 0);
    list_foreach(const Node *, one, statements)
        queries = list_add(queries, analyze_statement(make, one, text));
    if (queries == NULL)
        queries = list_new(NODE_List);
    return (const Node *)(void *)list_of(queries);
}

/* ---- Validation ---- */

static bool is_polymorphic(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return row != NULL && CACHE_ROW(PgType, row)->typtype == 'p' && type != TYPE_ANY &&
           strncmp(CACHE_ROW(PgType, row)->typname, "any", 3) == 0;
}

static bool is_pseudo(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return row != NULL && CACHE_ROW(PgType, row)->typtype == 'p';
}

/* True: some argument is polymorphic, so nothing can be analyzed before it is called. */
static bool check_types(const FunctionMake *make)
{
    bool has_poly = false;

    if (is_pseudo(make->result) && make->result != TYPE_RECORD && make->result != TYPE_VOID &&
        !is_polymorphic(make->result))
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                  .message = err_fmt("SQL functions cannot return type %s",
                                     type_shown(make->result)));
    for (int i = 0; i < make->param_count; i++) {
        Oid type = make->params[i].type;

        if (make->params[i].mode == 'o' || make->params[i].mode == 't' || !is_pseudo(type))
            continue;
        if (!is_polymorphic(type))
            err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                      .message = err_fmt("SQL functions cannot have arguments of type %s",
                                         type_shown(type)));
        has_poly = true;
    }
    return has_poly;
}

/* The columns of a composite result; NULL: it is none, or nobody knows them. */
static const TupleDesc *row_of(const FunctionMake *make)
{
    TupleDesc *desc;
    unsigned count = 0;

    if (make->result != TYPE_RECORD)
        return type_or_domain_relation(make->result) == 0
                   ? NULL
                   : catalog_info()->row_desc(type_base(make->result), -1);
    desc = tuple_desc_new((unsigned)make->param_count);
    for (int i = 0; i < make->param_count; i++) {
        const FunctionParam *p = &make->params[i];

        if (p->mode == 'o' || p->mode == 'b' || p->mode == 't')
            desc->columns[count++] = (Column){.type = p->type, .type_mod = -1};
    }
    desc->count = count;
    return count == 0 ? NULL : desc;
}

static void check_result(const FunctionMake *make, Query *last)
{
    if (make->result == TYPE_VOID)
        return;
    if (make->kind == 'p' && make->result == TYPE_RECORD && last == NULL)
        analyzer_raise_function_result(make->result, "Function's final statement must be SELECT "
                                                     "or INSERT/UPDATE/DELETE RETURNING.");
    (void)analyzer_fit_function_result(last, make->result, row_of(make), make->kind == 'p');
}

static void validate_text(const FunctionMake *make)
{
    const List *raws = parser_parse(make->source, PARSE_STATEMENTS, text_encoding());
    Query *last = NULL;

    list_foreach(const RawStmt *, raw, raws) {
        ParamTypes params = params_of(make);

        last = NULL;
        if (!command_is(raw->stmt))
            last = analyzer_query(raw, make->source, &params);
    }
    check_result(make, last);
}

static void validate_trees(const FunctionMake *make)
{
    const Node *body = node_copy(make->body);
    const List *list = node_is(body, List) ? list_at((const List *)(const void *)body, 0) : NULL;

    if (list == NULL)
        check_result(make, (Query *)(uintptr_t)body);
    else
        check_result(make, list_count(list) == 0 ? NULL : list_at(list, list_count(list) - 1));
}

static const char *describe(void *arg)
{
    const FunctionMake *make = arg;

    return err_fmt("SQL function \"%s\"", make->name);
}

void function_validate(const FunctionMake *make, const char *text UNUSED)
{
    ErrContext context = {.describe = describe, .arg = (void *)(uintptr_t)make};

    if (make->language == LANGUAGE_INTERNAL) {
        if (fmgr_find_builtin_by_name(make->source) == NULL)
            err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                      .message =
                          err_fmt("there is no built-in function named \"%s\"", make->source));
        return;
    }
    if (make->language != LANGUAGE_SQL)
        return;
    if (check_types(make) || !setting.check_function_bodies)
        return;
    err_context_push(&context);
    if (make->body != NULL)
        validate_trees(make);
    else
        validate_text(make);
    err_context_pop(&context);
}
