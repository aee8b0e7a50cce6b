/* view.c - CREATE VIEW: a relation without rows, and the rule that says what it shows */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/alter_column.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/relation_option.h"
#include "server/command/rule.h"
#include "server/command/table_use.h"
#include "server/command/temp_schema.h"
#include "server/node/expr.h"
#include "server/object/role.h"
#include "server/rewriter/view_define.h"
#include "server/txn/txn.h"

static Query *analyze(const CommandCall *call, const ViewStmt *stmt);
static bool uses_temporary(Query *query);
static void name_columns(Query *query, const ViewStmt *stmt);
static TupleDesc *describe(const Query *query);
static const List *options_of(const ViewStmt *stmt);
static Oid make_view(const ViewStmt *stmt, const List *options, Oid schema, char persistence,
                     const TupleDesc *desc);
static Oid replace_view(const ViewStmt *stmt, const List *options, const TupleDesc *desc);
static void store_rule(Oid view, Query *query, bool is_replaced);

void command_create_view(CommandCall *call)
{
    const ViewStmt *stmt = (const ViewStmt *)(const void *)call->statement;
    Query *query = analyze(call, stmt);
    const HeapTuple *row;
    const RangeVar *var = stmt->view;
    TupleDesc *desc;
    const List *options = options_of(stmt);
    Oid schema, view;
    bool is_replaced;

    list_foreach(const Option *, option, options) {
        if (strcmp(option->name, "check_option") == 0)
            view_require_updatable(query);
    }
    name_columns(query, stmt);
    if (stmt->view->persistence == RELATION_UNLOGGED)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "views cannot be unlogged because they do not have storage");
    if (var->persistence == RELATION_PERMANENT && uses_temporary(query)) {
        RangeVar *changed = node_copy(var);

        changed->persistence = RELATION_TEMPORARY;
        var = changed;
        err_log(ERR_NOTICE,
                .message = err_fmt("view \"%s\" will be a temporary view", var->relation));
    }
    desc = describe(query);
    schema = relation_new_schema(var);
    row = syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(var->relation), datum_of_u32(schema));
    is_replaced = row != NULL && stmt->is_replace;
    view = is_replaced
               ? replace_view(stmt, options, desc)
               : make_view(stmt, options, schema, temp_schema_persistence(var, schema), desc);
    txn_advance_command();
    store_rule(view, query, is_replaced);
}

/* ---- What it shows ---- */

static bool has_changes(const Query *query)
{
    list_foreach(const CommonTableExpr *, cte, query->ctes) {
        if (((const Query *)(const void *)cte->query)->command != COMMAND_SELECT)
            return true;
    }
    return false;
}

static Query *analyze(const CommandCall *call, const ViewStmt *stmt)
{
    RawStmt *raw = node_new(RawStmt);
    Query *query;

    raw->stmt = node_copy(stmt->query);
    raw->loc = call->location;
    raw->length = call->length;
    if (node_is(raw->stmt, SelectStmt) && ((const SelectStmt *)(void *)raw->stmt)->into != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "views must not contain SELECT INTO");
    query = analyzer_query(raw, call->text, NULL);
    if (query->command != COMMAND_SELECT)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "unexpected parse analysis result");
    if (has_changes(query))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "views must not contain data-modifying statements in WITH");
    return query;
}

static bool find_temporary(Node *node, void *arg)
{
    if (node == NULL)
        return false;
    if (node_is(node, RangeTblEntry)) {
        const RangeTblEntry *rte = (const RangeTblEntry *)(const void *)node;
        const HeapTuple *row = rte->kind == RTE_RELATION
                                   ? syscache_peek(CACHE_RELOID, datum_of_u32(rte->relation))
                                   : NULL;

        if (row != NULL && CACHE_ROW(PgClass, row)->relpersistence == RELATION_TEMPORARY)
            return true;
    }
    return node_walk(node, find_temporary, arg);
}

static bool uses_temporary(Query *query)
{
    return find_temporary((Node *)(void *)query, NULL);
}

static void name_columns(Query *query, const ViewStmt *stmt)
{
    int next = 0;

    list_foreach(TargetEntry *, target, query->targets) {
        if (target->is_junk)
            continue;
        if (next == list_count(stmt->columns))
            return;
        target->name = ((const String *)list_at(stmt->columns, next++))->value;
    }
    if (next < list_count(stmt->columns))
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "CREATE VIEW specifies more column names than columns");
}

static void describe_column(const TargetEntry *target, int number, Column *out)
{
    const HeapTuple *row;

    *out = (Column){.type = node_expr_type(target->expr),
                    .type_mod = node_expr_typmod(target->expr),
                    .collation = node_expr_collation(target->expr),
                    .number = (int16_t)number,
                    .is_local = true,
                    .stats_target = -1};
    memcpy(out->name, target->name, size_min(strlen(target->name), NAME_SIZE - 1));
    row = syscache_peek(CACHE_TYPEOID, datum_of_u32(out->type));
    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", out->type));
    if (CACHE_ROW(PgType, row)->typcollation != 0 && out->collation == 0)
        err_raise(SQLSTATE_INDETERMINATE_COLLATION,
                  .message = err_fmt("could not determine which collation to use for view column "
                                     "\"%s\"",
                                     out->name),
                  .hint = "Use the COLLATE clause to set the collation explicitly.");
    out->len = CACHE_ROW(PgType, row)->typlen;
    out->by_value = CACHE_ROW(PgType, row)->typbyval;
    out->align = CACHE_ROW(PgType, row)->typalign;
    out->storage = CACHE_ROW(PgType, row)->typstorage;
}

static TupleDesc *describe(const Query *query)
{
    unsigned count = 0;
    TupleDesc *desc;

    list_foreach(const TargetEntry *, target, query->targets)
        count += !target->is_junk;
    relation_check_count(count);
    desc = tuple_desc_new(count);
    count = 0;
    list_foreach(const TargetEntry *, target, query->targets) {
        if (!target->is_junk) {
            describe_column(target, (int)count + 1, &desc->columns[count]);
            count++;
        }
    }
    tuple_desc_finish(desc);
    return desc;
}

/* ---- The relation ---- */

/* WITH CHECK OPTION is another way to say check_option. */
static const List *options_of(const ViewStmt *stmt)
{
    List *options = NULL;
    Option *check;

    if (stmt->check_option == NULL)
        return stmt->options;
    check = node_new(Option);
    check->name = "check_option";
    check->arg = (Node *)(void *)node_string(stmt->check_option);
    list_foreach(Option *, option, stmt->options)
        options = list_add(options, option);
    return list_add(options, check);
}

static Oid make_view(const ViewStmt *stmt, const List *options, Oid schema, char persistence,
                     const TupleDesc *desc)
{
    RelationMake make = {
        .name = stmt->view->relation,
        .schema = schema,
        .owner = role_current(),
        .kind = RELATION_VIEW,
        .persistence = persistence,
        .desc = desc,
        .options = reloptions_make(NULL, options, NULL, RELOPTIONS_VIEW, false, false),
    };

    table_check_names(desc);
    relation_unpin(relation_make(&make));
    return make.oid;
}

/* A new one must begin as the old one is: whoever uses it goes by numbers and types. */
static void check_columns(const TupleDesc *fresh, const TupleDesc *old)
{
    if (fresh->count < old->count)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION, .message = "cannot drop columns from view");
    for (unsigned i = 0; i < old->count; i++) {
        const Column *a = &old->columns[i], *b = &fresh->columns[i];

        if (strcmp(a->name, b->name) != 0)
            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message = err_fmt("cannot change name of view column \"%s\" to \"%s\"",
                                         a->name, b->name),
                      .hint = "Use ALTER VIEW ... RENAME COLUMN ... to change name of view "
                              "column instead.");
        if (a->type != b->type || a->type_mod != b->type_mod) {
            char *was = type_name_with_typmod(a->type, a->type_mod);
            char *is = type_name_with_typmod(b->type, b->type_mod);

            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message =
                          err_fmt("cannot change data type of view column \"%s\" from %s to %s",
                                  a->name, was, is));
        }
        if (a->collation != b->collation)
            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message = err_fmt("cannot change collation of view column \"%s\" from "
                                         "\"%s\" to \"%s\"",
                                         a->name, collation_name(a->collation),
                                         collation_name(b->collation)));
    }
}

/* Behind those that there are. */
static void add_columns(Relation *rel, const TupleDesc *desc)
{
    for (unsigned i = rel->desc->count; i < desc->count; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(desc->columns[k].name, desc->columns[i].name) == 0)
                err_raise(SQLSTATE_DUPLICATE_COLUMN,
                          .message = err_fmt("column \"%s\" of relation \"%s\" already exists",
                                             desc->columns[i].name, rel->name));
        }
        relation_check_column_type(desc->columns[i].name, desc->columns[i].type,
                                   desc->columns[i].collation);
        column_insert(rel, &desc->columns[i]);
        txn_advance_command();
    }
}

static Oid replace_view(const ViewStmt *stmt, const List *options, const TupleDesc *desc)
{
    Oid oid = relation_of_name(stmt->view, LOCK_ACCESS_EXCLUSIVE, 0, relation_check_owner, NULL);
    Relation *rel = relation_open(oid, LOCK_NONE);
    CatalogRow row;
    const uint8_t *new_options;

    if (rel->kind != RELATION_VIEW)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a view", rel->name));
    table_require_unused(rel, "CREATE OR REPLACE VIEW");
    check_columns(desc, rel->desc);
    add_columns(rel, desc);
    relation_close(rel, LOCK_NONE);
    new_options = reloptions_make(NULL, options, NULL, RELOPTIONS_VIEW, false, false);
    catalog_row_init(&row);
    if (new_options != NULL)
        catalog_set(&row, PG_CLASS_COL_RELOPTIONS, datum_of_pointer(new_options));
    else
        catalog_set_null(&row, PG_CLASS_COL_RELOPTIONS);
    relation_update_class(oid, &row);
    return oid;
}

/* ---- The rule ---- */

static void store_rule(Oid view, Query *query, bool is_replaced)
{
    Relation *rel = relation_open(view, LOCK_ACCESS_EXCLUSIVE);
    RuleMake make = {.table = rel,
                     .name = "_RETURN",
                     .event = RULE_ON_SELECT,
                     .is_instead = true,
                     .is_replace = is_replaced};

    make.actions = list_of(view_rule_query(query, rel));
    rule_make(&make);
    relation_close(rel, LOCK_NONE);
}
