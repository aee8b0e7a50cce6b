/* create_function.c - CREATE FUNCTION and CREATE PROCEDURE; make_function.c writes the row */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/analyzer/position.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/function_body.h"
#include "server/command/function_option.h"
#include "server/command/make_function.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/stored_setting.h"
#include "server/fmgr/fmgr.h"
#include "server/node/expr.h"
#include "server/object/rights.h"
#include "server/object/role.h"

#define PARAMS_MAX    100
#define COST_OF_C     1
#define COST_OF_OTHER 100
#define ROWS_OF_SET   1000

typedef struct Maker {
    const CommandCall *call;
    const CreateFunctionStmt *stmt;
    FunctionOptions options;
    FunctionMake make;
    Oid required; /* the type that OUT parameters make; 0: there are none */
    const char *language;
    bool has_poly;
} Maker;

static void find_language(Maker *m);
static void read_properties(Maker *m);
static void read_params(Maker *m);
static void read_result(Maker *m);
static void read_body(Maker *m);
static void check_polymorphic(const Maker *m);

void command_create_function(CommandCall *call)
{
    Maker m = {.call = call,
               .stmt = (const CreateFunctionStmt *)(const void *)call->statement};
    FunctionMake *make = &m.make;

    make->schema = object_new_schema(m.stmt->name, &make->name);
    make->owner = role_current();
    make->is_replace = m.stmt->is_replace;
    function_options_read(&m.options, m.stmt->options, m.stmt->is_procedure, call->text);
    find_language(&m);
    read_properties(&m);
    read_params(&m);
    read_result(&m);
    read_body(&m);
    check_polymorphic(&m);
    (void)function_make(make);
    function_validate(make, call->text);
}

/* ---- Options ---- */

static void find_language(Maker *m)
{
    const HeapTuple *row;
    PgLanguage language;

    if (m->options.language == NULL && m->stmt->body == NULL)
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION, .message = "no language specified");
    m->language = m->options.language == NULL ? "sql" : option_text(m->options.language);
    row = syscache_peek(CACHE_LANGNAME, datum_of_pointer(m->language));
    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("language \"%s\" does not exist", m->language));
    language = *CACHE_ROW(PgLanguage, row);
    if (language.lanpltrusted)
        rights_require(PG_LANGUAGE_CATALOG, language.oid, role_current(), RIGHT_USAGE);
    else if (!role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for language %s", m->language));
    m->make.language = language.oid;
}

static void read_properties(Maker *m)
{
    const FunctionOptions *o = &m->options;
    FunctionMake *make = &m->make;
    bool is_c = make->language == LANGUAGE_INTERNAL || make->language == LANGUAGE_C;

    make->kind = m->stmt->is_procedure ? 'p' : function_option_is_on(o->window) ? 'w' : 'f';
    make->volatility = o->volatility == NULL ? 'v' : *option_text(o->volatility);
    make->is_strict = function_option_is_on(o->strict);
    make->is_definer = function_option_is_on(o->security);
    make->is_leakproof = function_option_is_on(o->leakproof);
    make->parallel = function_option_parallel(o->parallel);
    make->cost =
        o->cost == NULL ? (is_c ? COST_OF_C : COST_OF_OTHER) : function_option_number(o->cost);
    if (make->cost <= 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "COST must be positive");
    if (o->rows != NULL && function_option_number(o->rows) <= 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "ROWS must be positive");
    function_option_check_leakproof(make->is_leakproof);
    make->has_config = stored_setting_list(NULL, o->sets, &make->config);
}

/* ---- Parameters ---- */

static char mode_char(ParameterMode mode)
{
    switch (mode) {
    case PARAMETER_OUT:
        return 'o';
    case PARAMETER_INOUT:
        return 'b';
    case PARAMETER_VARIADIC:
        return 'v';
    case PARAMETER_TABLE:
        return 't';
    default:
        return 'i';
    }
}

_Noreturn static void fail_definition(const char *message)
{
    err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION, .message = message);
}

static bool is_input(char mode)
{
    return mode != 'o' && mode != 't';
}

static void check_name(const FunctionParam *params, int count, const FunctionParam *p)
{
    for (int i = 0; i < count; i++) {
        const FunctionParam *other = &params[i];

        if (strcmp(other->name, p->name) != 0)
            continue;
        /* An input and an output may have the same name: one cannot be taken for the other. */
        if ((p->mode == 'i' || p->mode == 'v') && !is_input(other->mode))
            continue;
        if (!is_input(p->mode) && (other->mode == 'i' || other->mode == 'v'))
            continue;
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                  .message = err_fmt("parameter name \"%s\" used more than once", p->name));
    }
}

static void check_variadic(Oid type)
{
    if (type != TYPE_ANYARRAY && type != TYPE_ANYCOMPATIBLEARRAY && type != TYPE_ANY &&
        type_element(type) == 0)
        fail_definition("VARIADIC parameter must be an array");
}

static Node *read_default(const Maker *m, const FunctionParameter *raw, Oid type)
{
    return analyzer_function_default(node_copy(raw->default_value), type, m->call->text);
}

static bool is_polymorphic_type(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return row != NULL && CACHE_ROW(PgType, row)->typtype == 'p' && type != TYPE_ANY &&
           strncmp(CACHE_ROW(PgType, row)->typname, "any", 3) == 0;
}

static void read_param(Maker *m, const FunctionParameter *raw, FunctionParam *p, bool *has_variadic,
                       bool *has_default)
{
    int32_t typmod;

    p->mode = mode_char(raw->mode);
    p->type = analyzer_type(raw->type, NULL, &typmod);
    p->name = raw->name == NULL ? "" : raw->name;
    if (raw->type->is_setof)
        fail_definition(m->stmt->is_procedure ? "procedures cannot accept set arguments"
                                              : "functions cannot accept set arguments");
    rights_require(PG_TYPE_CATALOG, p->type, role_current(), RIGHT_USAGE);
    if (is_input(p->mode)) {
        if (*has_variadic)
            fail_definition("VARIADIC parameter must be the last input parameter");
        m->has_poly |= is_polymorphic_type(p->type);
    }
    if (p->mode == 'v') {
        *has_variadic = true;
        check_variadic(p->type);
    }
    if (*p->name != '\0')
        check_name(m->make.params, m->make.param_count, p);
    if (raw->default_value != NULL) {
        if (!is_input(p->mode))
            fail_definition("only input parameters can have default values");
        p->default_value = read_default(m, raw, p->type);
        *has_default = true;
    } else if (*has_default && is_input(p->mode)) {
        fail_definition("input parameters after one with a default value must also have defaults");
    } else if (*has_default && m->stmt->is_procedure) {
        fail_definition("procedure OUT parameters cannot appear after one with a default value");
    }
}

static void read_params(Maker *m)
{
    FunctionParam *params =
        mem_new_array(FunctionParam, (size_t)list_count(m->stmt->parameters) + 1);
    bool has_variadic = false, has_default = false;
    int out_count = 0;
    Oid out_type = 0;

    m->make.params = params;
    list_foreach(const FunctionParameter *, raw, m->stmt->parameters) {
        FunctionParam *p = &params[m->make.param_count];

        read_param(m, raw, p, &has_variadic, &has_default);
        m->make.param_count++;
        if (p->mode == 'o' || p->mode == 'b' || p->mode == 't') {
            out_count++;
            out_type = p->type;
        }
    }
    if (m->make.param_count > PARAMS_MAX)
        err_raise(SQLSTATE_TOO_MANY_ARGUMENTS,
                  .message = err_fmt("functions cannot have more than %d arguments", PARAMS_MAX));
    m->required = out_count == 0                                    ? 0
                  : out_count == 1 && !m->stmt->is_procedure ? out_type
                                                                    : TYPE_RECORD;
}

/* ---- The result ---- */

static void read_result(Maker *m)
{
    FunctionMake *make = &m->make;
    const TypeName *raw = m->stmt->returns;
    int32_t typmod;

    if (m->stmt->is_procedure) {
        make->result = m->required != 0 ? m->required : TYPE_VOID;
    } else if (raw != NULL) {
        make->result = analyzer_type(raw, NULL, &typmod);
        make->returns_set = raw->is_setof;
        rights_require(PG_TYPE_CATALOG, make->result, role_current(), RIGHT_USAGE);
        if (m->required != 0 && make->result != m->required)
            err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                      .message = err_fmt(
                          "function result type must be %s because of OUT parameters",
                          type_shown(m->required)));
    } else if (m->required != 0) {
        make->result = m->required;
    } else {
        fail_definition("function result type must be specified");
    }
    if (m->options.rows == NULL)
        make->rows = make->returns_set ? ROWS_OF_SET : 0;
    else if (!make->returns_set)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "ROWS is not applicable when function does not return a set");
    else
        make->rows = function_option_number(m->options.rows);
}

/* A polymorphic result follows from an argument of its family. */
static void check_polymorphic(const Maker *m)
{
    for (int i = -1; i < m->make.param_count; i++) {
        Oid type = i < 0 ? m->make.result : m->make.params[i].type;

        if (i >= 0 && is_input(m->make.params[i].mode))
            continue;
        if (is_polymorphic_type(type) && !m->has_poly)
            err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                      .message = "cannot determine result data type",
                      .detail = err_fmt(
                          type >= TYPE_ANYCOMPATIBLEMULTIRANGE
                              ? "A result of type %s requires at least one input of type "
                                "anycompatible, anycompatiblearray, anycompatiblenonarray, "
                                "anycompatiblerange, or anycompatiblemultirange."
                              : "A result of type %s requires at least one input of type "
                                "anyelement, anyarray, anynonarray, anyenum, anyrange, or "
                                "anymultirange.",
                          type_shown(type)));
    }
}

/* ---- The body ---- */

static void read_body(Maker *m)
{
    const List *as = m->options.as == NULL ? NULL
                                           : (const List *)(const void *)m->options.as->arg;
    FunctionMake *make = &m->make;

    if (as == NULL && m->stmt->body == NULL)
        fail_definition("no function body specified");
    if (as != NULL && m->stmt->body != NULL)
        fail_definition("duplicate function body specified");
    if (m->stmt->body != NULL) {
        if (make->language != LANGUAGE_SQL)
            fail_definition("inline SQL function body only valid for language SQL");
        if (m->has_poly)
            fail_definition("SQL function with unquoted function body cannot have polymorphic "
                            "arguments");
        make->source = "";
        make->body = function_analyze_body(make, m->stmt->body, m->call->text);
        return;
    }
    if (make->language == LANGUAGE_C)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "functions in language C are not supported");
    if (list_count(as) > 1)
        err_raise(SQLSTATE_INVALID_FUNCTION_DEFINITION,
                  .message =
                      err_fmt("only one AS item needed for language \"%s\"", m->language));
    make->source = ((const String *)list_at(as, 0))->value;
    if (make->language == LANGUAGE_INTERNAL &&
        (*make->source == '\0' || strcmp(make->source, "-") == 0))
        make->source = make->name;
}
