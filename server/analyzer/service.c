/* service.c - what rewriter and deparser need of conversions, names, rows and entries */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/fmgr.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"
#include "server/parser/parser.h"

static bool is_keyword(const char *word)
{
    char category = parser_keyword_category(word);

    return category != '\0' && category != 'U';
}

/* Arrays of arrays are arrays of one dimension more. */
static Oid array_of_column(Oid type)
{
    Oid array = type_array(type);

    return array == 0 && type_element(type) != 0 ? type : array;
}

void analyzer_install(void)
{
    node_expr_bind(array_of_column);
    name_set_keyword_test(is_keyword);
    namespace_init();
}

Node *analyzer_null(Oid type, int32_t typmod, Oid collation)
{
    int32_t base_typmod = typmod;
    Oid base = type_base_typmod(type, &base_typmod);
    bool by_value;
    int16_t len = type_len(type, &by_value);
    Node *null = (Node *)(void *)make_const(base, base_typmod, collation, len, 0, true, by_value);

    return coerce_to_domain(null, base, base_typmod, type, COERCE_AS_IMPLICIT, COERCE_IMPLICIT,
                            NODE_NO_LOCATION, false);
}

Node *analyzer_assign(Node *expr, Oid type, int32_t typmod)
{
    return coerce_to_target(NULL, expr, node_expr_type(expr), type, typmod, COERCE_AS_ASSIGNMENT,
                            COERCE_IMPLICIT, NODE_NO_LOCATION);
}

Node *analyzer_fit_default(Node *expr, const char *column, Oid type, int32_t typmod)
{
    Oid from = node_expr_type(expr);
    Node *fit = coerce_to_target(NULL, expr, from, type, typmod, COERCE_AS_ASSIGNMENT,
                                 COERCE_IMPLICIT, NODE_NO_LOCATION);

    if (fit == NULL)
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("column \"%s\" is of type %s but default expression is of "
                                     "type %s",
                                     column, type_shown(type), type_shown(from)),
                  .hint = "You will need to rewrite or cast the expression.");
    return fit;
}

SortGroupClause *analyzer_hashed_group_clause(Oid type)
{
    Scope nowhere = {0};
    SortGroupClause *clause = group_clause_of_type(&nowhere, type, NODE_NO_LOCATION);

    clause->is_hashable = true;
    return clause;
}

List *analyzer_grouping_sets(const Query *query)
{
    return grouping_sets_expand(query->grouping_sets, query->is_group_distinct, -1);
}

Node *analyzer_to_common(Node *expr, Oid type)
{
    return coerce_to_common(NULL, expr, type, "UNION/INTERSECT/EXCEPT");
}

static char *text_of(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_TYPEOID, row, column, &is_null);
    const uint8_t *text;

    if (is_null)
        return NULL;
    text = varlena_plain(datum_pointer(value));
    return mem_strndup((const char *)varlena_bytes(text), varlena_len(text));
}

Node *analyzer_type_default(Oid type)
{
    const HeapTuple *row = syscache_pin(CACHE_TYPEOID, datum_of_u32(type));
    const PgType *fixed;
    char *tree, *literal;
    Node *made = NULL;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    fixed = CACHE_ROW(PgType, row);
    tree = text_of(row, PG_TYPE_COL_TYPDEFAULTBIN);
    literal = text_of(row, PG_TYPE_COL_TYPDEFAULT);
    if (tree != NULL)
        made = node_read_text(tree);
    else if (literal != NULL)
        made = (Node *)(void *)make_const(type, -1, fixed->typcollation, fixed->typlen,
                                          type_input(type, literal, -1), false, fixed->typbyval);
    syscache_unpin(row);
    return made;
}

bool analyzer_column_is_dropped(const RangeTblEntry *rte, int attno)
{
    return column_is_dropped(rte, attno);
}

/* Columns that were dropped have a place in rows of a named type alone. */
List *analyzer_row_fields(const RangeTblEntry *rte, const Var *var, List **names)
{
    bool is_named = var->type != TYPE_RECORD;
    List *fields = NULL;
    int attno = 0;

    list_foreach(String *, name, rte->names->columns) {
        Oid type, collation;
        int32_t typmod;
        Var *field;

        if (column_is_dropped(rte, ++attno)) {
            if (is_named)
                fields = list_add(fields, make_null(TYPE_INT4, -1, 0));
            continue;
        }
        column_of_rte(rte, attno, &type, &typmod, &collation);
        field = make_var(var->rt_index, attno, type, typmod, collation, (int)var->levels_up);
        field->loc = var->loc;
        fields = list_add(fields, field);
        if (!is_named)
            *names = list_add(*names, name);
    }
    return fields;
}

RangeTblEntry *analyzer_excluded_entry(Relation *table)
{
    Analysis *all = mem_new(Analysis);
    Scope *scope = scope_new(NULL, all);

    scope->target = table;
    return excluded_item(scope)->rte;
}

/* ---- For the deparser ---- */

Oid analyzer_find_operator(const char *name, Oid left, Oid right)
{
    List *names = list_of(node_string(name));
    OperFound found;
    bool is_found = left == 0 ? oper_find_left(NULL, names, right, true, NODE_NO_LOCATION, &found)
                              : oper_find(NULL, names, left, right, true, NODE_NO_LOCATION, &found);

    return is_found ? found.oid : 0;
}

Oid analyzer_find_function(const char *name, const List *arg_names, int count, const Oid *types,
                           bool is_variadic)
{
    FuncFound found;
    FuncResolution kind = func_resolve(list_of(node_string(name)), NULL, arg_names, count, types,
                                       !is_variadic, true, false, &found);

    return kind == FUNC_NORMAL || kind == FUNC_AGGREGATE || kind == FUNC_WINDOW ? found.oid : 0;
}

char *analyzer_type_output(Oid type, Datum value)
{
    FmgrSite site;
    PgType row;

    type_get(type, &row);
    fmgr_site_init(&site, row.typoutput, mem_current());
    return mem_strdup((const char *)datum_pointer(fmgr_call(&site, 0, 1, &value)));
}

const char *analyzer_system_column(int attno)
{
    return system_column_name(attno);
}

const char *analyzer_field_name(Node *row, int field)
{
    RowShape *shape;

    if (node_is(row, Var) && node_expr_type(row) == TYPE_RECORD)
        return NULL;
    shape = row_shape_of_expr(NULL, row, true);
    return shape == NULL || field > shape->count ? NULL : shape->names[field - 1];
}

bool analyzer_field_is_dropped(Oid type, int field)
{
    const RowShape *shape = row_shape_of_type(type);

    return shape != NULL && field <= shape->count && shape->dropped[field - 1];
}

bool analyzer_converts_implicitly(Oid from, Oid to)
{
    return coerce_is_possible(1, &from, &to, COERCE_AS_IMPLICIT);
}

const Node *analyzer_strip_implicit(const Node *expr)
{
    return without_implicit_casts(expr);
}
