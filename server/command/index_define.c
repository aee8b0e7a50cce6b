/* index_define.c - what CREATE INDEX and keys say, to an index that can be made */
#include "common/base/base.h"

#include "server/command/index_define.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/access/btree/btree.h"
#include "server/access/common/index_form.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/cache/type_operators.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/planner/expr_util.h"
#include "server/planner/simplify.h"

/* What is put together, by column. */
typedef struct Work {
    Relation *table;
    const IndexDefine *define;
    int16_t columns[INDEX_COLUMNS_MAX], options[INDEX_COLUMNS_MAX];
    Oid collations[INDEX_COLUMNS_MAX], opclasses[INDEX_COLUMNS_MAX];
    unsigned count, key_count;
    List *exprs, *names;
} Work;

static void check_table(const Relation *table);
static const Node *predicate_of(const Relation *table, const IndexDefine *define);
static Oid access_method_of(const IndexDefine *define);
static void add_column(Work *w, const IndexElem *elem, bool is_key);
static void choose_names(Work *w);

Oid index_define(Relation *table, const IndexDefine *define)
{
    Work w = {.table = table, .define = define};
    int keys = list_count(define->columns), others = list_count(define->including);
    IndexMake make = {
        .tablespace = relation_new_tablespace(define->tablespace, table->persistence),
        .is_unique = define->is_unique,
        .nulls_are_equal = define->nulls_are_equal,
        .is_primary = define->is_primary,
        .has_constraint = define->is_constraint,
        .is_deferrable = define->is_deferrable,
        .is_deferred = define->is_deferred,
        .is_not_built = define->is_left,
        .is_invalid = define->is_left,
    };

    if (keys == 0)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "must specify at least one column");
    if (keys + others > INDEX_COLUMNS_MAX)
        err_raise(SQLSTATE_TOO_MANY_COLUMNS,
                  .message =
                      err_fmt("cannot use more than %d columns in an index", INDEX_COLUMNS_MAX));
    check_table(table);
    make.access_method = access_method_of(define);
    if (define->is_primary)
        index_require_one_primary(table);
    make.storage_options =
        reloptions_make(NULL, define->options, NULL, RELOPTIONS_BTREE, false, false);
    list_foreach(const IndexElem *, elem, define->columns)
        add_column(&w, elem, true);
    list_foreach(const IndexElem *, elem, define->including)
        add_column(&w, elem, false);
    choose_names(&w);
    if (define->predicate != NULL)
        make.predicate = predicate_of(table, define);
    make.name = define->name != NULL
                    ? define->name
                    : index_choose_name(table, w.names, define->is_primary, define->is_constraint);
    make.column_names = w.names;
    make.column_count = w.count;
    make.key_count = w.key_count;
    make.columns = w.columns;
    make.collations = w.collations;
    make.opclasses = w.opclasses;
    make.options = w.options;
    make.exprs = w.exprs;
    return index_make(table, &make);
}

/* As it is run: what functions in SQL do counts, not what they are said to be. */
static bool is_mutable(const Node *expr)
{
    return expr_has_mutable(simplify(expr, NULL));
}

/* A value of one would not change with its row. The whole row has none. */
static bool find_system_column(Node *node, void *arg)
{
    if (node_is(node, Var))
        return ((const Var *)(const void *)node)->attno < 0;
    return node_walk(node, find_system_column, arg);
}

static _Noreturn void raise_system_column(void)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "index creation on system columns is not supported");
}

/* It is kept as a list of conditions, so where their AND was written is not known any more. */
static const Node *predicate_of(const Relation *table, const IndexDefine *define)
{
    Node *predicate = analyzer_index_predicate(table, node_copy(define->predicate), define->text);

    if (is_mutable(predicate))
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "functions in index predicate must be marked IMMUTABLE");
    if (find_system_column(predicate, NULL))
        raise_system_column();
    if (node_is(predicate, BoolExpr) && ((BoolExpr *)(void *)predicate)->kind == BOOL_AND)
        ((BoolExpr *)(void *)predicate)->loc = NODE_NO_LOCATION;
    return predicate;
}

static void check_table(const Relation *table)
{
    if (table->kind == RELATION_INDEX || table->kind == RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is an index", table->name));
    if (table->kind != RELATION_TABLE && table->kind != RELATION_MATERIALIZED_VIEW)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot create index on relation \"%s\"", table->name),
                  .detail = relation_kind_refusal(table->kind));
    if (table->is_foreign_temp)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot create indexes on temporary tables of other sessions");
    if (!namespace_is_temporary(table->schema))
        rights_require(PG_NAMESPACE_CATALOG, table->schema, role_current(), RIGHT_CREATE);
}

void index_require_one_primary(Relation *table)
{
    const RelationIndexes *indexes = relation_indexes(table);

    for (unsigned i = 0; i < indexes->count; i++) {
        const HeapTuple *row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(indexes->oids[i]));

        if (row != NULL && CACHE_ROW(PgIndex, row)->indisprimary)
            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message = err_fmt("multiple primary keys for table \"%s\" are not allowed",
                                         table->name));
    }
}

static Oid access_method_of(const IndexDefine *define)
{
    const char *name = define->access_method;
    const HeapTuple *row = syscache_peek(CACHE_AMNAME, datum_of_pointer(name));
    Oid oid;

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("access method \"%s\" does not exist", name));
    if (CACHE_ROW(PgAm, row)->amtype != 'i')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("access method \"%s\" is not of type %s", name, "INDEX"));
    oid = CACHE_ROW(PgAm, row)->oid;
    if (oid != AM_BTREE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("access method \"%s\" is not supported yet", name));
    return oid;
}

/* ---- Columns ---- */

/* By name: its number, type and collation. */
static void take_column(Work *w, const IndexElem *elem, bool is_key, Oid *type, Oid *collation)
{
    const TupleDesc *desc = w->table->desc;
    unsigned i = 0;

    while (i < desc->count &&
           (desc->columns[i].is_dropped || strcmp(desc->columns[i].name, elem->name) != 0))
        i++;
    if (i == desc->count) {
        if (relation_find_system_column(elem->name) != NULL)
            raise_system_column();
        if (w->define->is_constraint)
            err_raise(SQLSTATE_UNDEFINED_COLUMN,
                      .message = err_fmt("column \"%s\" named in key does not exist", elem->name));
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column \"%s\" does not exist", elem->name));
    }
    w->columns[w->count] = (int16_t)(i + 1);
    *type = desc->columns[i].type;
    *collation = is_key ? desc->columns[i].collation : 0;
}

static void take_expr(Work *w, const IndexElem *elem, bool is_key, Oid *type, Oid *collation)
{
    Node *expr;

    if (!is_key)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "expressions are not supported in included columns");
    expr = analyzer_index_expr(w->table, node_copy(elem->expr), w->define->text);
    *type = node_expr_type(expr);
    *collation = node_expr_collation(expr);
    /* The collation is the index's, so none is needed in the expression. */
    while (node_is(expr, CollateExpr))
        expr = ((const CollateExpr *)(const void *)expr)->arg;
    /* An expression that is a column is one. */
    if (node_is(expr, Var) && ((const Var *)(const void *)expr)->attno > 0) {
        w->columns[w->count] = (int16_t)((const Var *)(const void *)expr)->attno;
        return;
    }
    if (is_mutable(expr))
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "functions in index expression must be marked IMMUTABLE");
    if (find_system_column(expr, NULL))
        raise_system_column();
    w->columns[w->count] = 0;
    w->exprs = list_add(w->exprs, expr);
}

/* Its functions get values of the column as they are. */
static void require_accepts(Oid opclass, const char *name, Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_CLAOID, datum_of_u32(opclass));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for opclass %u", opclass));
    if (!type_is_binary(type, CACHE_ROW(PgOpclass, row)->opcintype)) {
        const char *shown = type_shown(type);

        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("operator class \"%s\" does not accept data type %s", name,
                                     shown));
    }
}

static Oid opclass_of(const Work *w, const IndexElem *elem, Oid type)
{
    Oid opclass;

    (void)w;
    if (elem->opclass_options != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "operator class options are not supported yet");
    if (elem->opclass == NULL) {
        opclass = type_default_opclass(type, AM_BTREE);
        if (opclass == 0) {
            char *name = type_shown(type);

            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("data type %s has no default operator class for access "
                                         "method \"%s\"",
                                         name, "btree"),
                      .hint = "You must specify an operator class for the index or define a "
                              "default operator class for the data type.");
        }
        return opclass;
    }
    opclass = namespace_opclass(AM_BTREE, elem->opclass, true);
    if (opclass == 0) {
        char *name = namespace_text(elem->opclass);

        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message =
                      err_fmt("operator class \"%s\" does not exist for access method \"%s\"", name,
                              "btree"));
    }
    require_accepts(opclass, namespace_text(elem->opclass), type);
    return opclass;
}

static void take_collation(const Work *w, const IndexElem *elem, Oid type, Oid *collation)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    bool is_collatable = row != NULL && CACHE_ROW(PgType, row)->typcollation != 0;

    (void)w;
    if (elem->collation != NULL)
        *collation = namespace_collation(elem->collation, false);
    if (is_collatable && *collation == 0)
        err_raise(SQLSTATE_INDETERMINATE_COLLATION,
                  .message = "could not determine which collation to use for index expression",
                  .hint = "Use the COLLATE clause to set the collation explicitly.");
    if (!is_collatable && *collation != 0) {
        char *name = type_shown(type);

        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("collations are not supported by type %s", name));
    }
}

static void add_column(Work *w, const IndexElem *elem, bool is_key)
{
    unsigned i = w->count;
    Oid type, collation;

    if (elem->name != NULL)
        take_column(w, elem, is_key, &type, &collation);
    else
        take_expr(w, elem, is_key, &type, &collation);
    if (!is_key) {
        if (elem->collation != NULL)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = "including column does not support a collation");
        if (elem->opclass != NULL)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = "including column does not support an operator class");
        if (elem->order != SORT_DEFAULT)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = "including column does not support ASC/DESC options");
        if (elem->nulls != NULLS_DEFAULT)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message = "including column does not support NULLS FIRST/LAST options");
    } else {
        bool is_desc = elem->order == SORT_DESC;

        take_collation(w, elem, type, &collation);
        w->collations[i] = collation;
        w->opclasses[i] = opclass_of(w, elem, type);
        if (is_desc)
            w->options[i] |= BTREE_OPTION_DESC;
        if (elem->nulls == NULLS_FIRST || (elem->nulls == NULLS_DEFAULT && is_desc))
            w->options[i] |= BTREE_OPTION_NULLS_FIRST;
        w->key_count++;
    }
    w->count++;
}

/* ---- Names ---- */

/* A call is named after its function, as a column of a query is. */
static const char *column_name_of(const IndexElem *elem)
{
    const char *name =
        elem->name != NULL ? elem->name : analyzer_index_column_name(elem->expr);

    return name != NULL ? name : "expr";
}

static bool is_taken(const List *names, const char *name)
{
    list_foreach(const String *, other, names) {
        if (strcmp(other->value, name) == 0)
            return true;
    }
    return false;
}

static void add_name(Work *w, const char *wanted)
{
    String *name = node_new(String);
    const char *tried = wanted;

    for (unsigned i = 1; is_taken(w->names, tried); i++) {
        const char *digits = mem_printf("%u", i);

        tried = object_cut_name(mem_strdup(wanted));
        tried = mem_printf("%.*s%s", (int)size_min(strlen(tried), NAME_SIZE - 1 - strlen(digits)),
                           tried, digits);
    }
    name->value = tried;
    w->names = list_add(w->names, name);
}

static void choose_names(Work *w)
{
    list_foreach(const IndexElem *, elem, w->define->columns)
        add_name(w, column_name_of(elem));
    list_foreach(const IndexElem *, elem, w->define->including)
        add_name(w, column_name_of(elem));
}

/* "a_b" of all columns, not longer than a name can be. */
static char *joined_names(const List *names)
{
    StrBuf text;

    strbuf_init(&text);
    list_foreach(const String *, name, names) {
        strbuf_add_fmt(&text, "%s%s", text.len > 0 ? "_" : "", name->value);
        if (text.len >= NAME_SIZE)
            break;
    }
    return text.text;
}

char *index_choose_name(const Relation *table, const List *names, bool is_primary,
                        bool is_constraint)
{
    if (is_primary)
        return relation_choose_name(table->name, NULL, "pkey", table->schema, true);
    return relation_choose_name(table->name, joined_names(names), is_constraint ? "key" : "idx",
                                table->schema, is_constraint);
}
