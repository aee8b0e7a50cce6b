/*
 * target.c - target lists: what SELECT and RETURNING give, what UPDATE computes
 *
 * A column without a name gets one by how it was written; so names are found from the raw tree.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

/* ---- Names ---- */

/* How good a name is: of two that an expression may have, the better one counts. */
enum { NAME_NONE, NAME_WEAK, NAME_GOOD };

static int find_name(const Scope *scope, const Node *raw, const char **name);

static int good(const char **name, const char *text)
{
    *name = text;
    return NAME_GOOD;
}

static const char *last_string(const List *path)
{
    const char *found = NULL;

    list_foreach(const Node *, step, path) {
        if (node_is(step, String))
            found = ((const String *)(const void *)step)->value;
    }
    return found;
}

static int name_of_cast(const Scope *scope, const TypeCast *cast, const char **name)
{
    int found = find_name(scope, cast->arg, name);

    if (found > NAME_WEAK || cast->type == NULL)
        return found;
    *name = ((const String *)list_last(cast->type->names))->value;
    return NAME_WEAK;
}

static int name_of_sublink(const Scope *scope, const SubLink *link, const char **name)
{
    const Query *query;
    const TargetEntry *entry;

    if (link->kind == SUBLINK_EXISTS)
        return good(name, "exists");
    if (link->kind == SUBLINK_ARRAY)
        return good(name, "array");
    query = link->kind == SUBLINK_EXPR ? expr_sublink_query(scope, link) : NULL;
    if (query == NULL || query->targets == NULL)
        return NAME_NONE;
    entry = list_at(query->targets, 0);
    return entry->name == NULL ? NAME_NONE : good(name, entry->name);
}

static int name_of_case(const Scope *scope, const CaseExpr *expr, const char **name)
{
    int found = find_name(scope, expr->default_result, name);

    if (found > NAME_WEAK)
        return found;
    *name = "case";
    return NAME_WEAK;
}

static int name_of_sql_value(SqlValueKind kind, const char **name)
{
    static const char *const names[] = {
        [SQL_VALUE_CURRENT_DATE] = "current_date",
        [SQL_VALUE_CURRENT_TIME] = "current_time",
        [SQL_VALUE_CURRENT_TIME_N] = "current_time",
        [SQL_VALUE_CURRENT_TIMESTAMP] = "current_timestamp",
        [SQL_VALUE_CURRENT_TIMESTAMP_N] = "current_timestamp",
        [SQL_VALUE_LOCALTIME] = "localtime",
        [SQL_VALUE_LOCALTIME_N] = "localtime",
        [SQL_VALUE_LOCALTIMESTAMP] = "localtimestamp",
        [SQL_VALUE_LOCALTIMESTAMP_N] = "localtimestamp",
        [SQL_VALUE_CURRENT_ROLE] = "current_role",
        [SQL_VALUE_CURRENT_USER] = "current_user",
        [SQL_VALUE_USER] = "user",
        [SQL_VALUE_SESSION_USER] = "session_user",
        [SQL_VALUE_CURRENT_CATALOG] = "current_catalog",
        [SQL_VALUE_CURRENT_SCHEMA] = "current_schema",
    };

    return good(name, names[kind]);
}

static int name_of_xml(XmlKind kind, const char **name)
{
    static const char *const names[] = {
        [XML_CONCAT] = "xmlconcat",       [XML_ELEMENT] = "xmlelement", [XML_FOREST] = "xmlforest",
        [XML_PARSE] = "xmlparse",         [XML_PI] = "xmlpi",           [XML_ROOT] = "xmlroot",
        [XML_SERIALIZE] = "xmlserialize",
    };

    return kind == XML_DOCUMENT ? NAME_NONE : good(name, names[kind]);
}

static int name_of_path(const Scope *scope, const Indirection *raw, const char **name)
{
    const char *field = last_string(raw->path);

    return field != NULL ? good(name, field) : find_name(scope, raw->arg, name);
}

static int find_name(const Scope *scope, const Node *raw, const char **name)
{
    const void *node = raw;
    const char *found;

    if (raw == NULL)
        return NAME_NONE;
    switch (raw->tag) {
    case NODE_ColumnRef:
        found = last_string(((const ColumnRef *)node)->fields);
        return found == NULL ? NAME_NONE : good(name, found);
    case NODE_Indirection:
        return name_of_path(scope, node, name);
    case NODE_FuncCall:
        return good(name, last_string(((const FuncCall *)node)->name));
    case NODE_TimeZoneExpr:
        return good(name, "timezone");
    case NODE_RawExpr:
        return ((const RawExpr *)node)->kind == RAW_NULLIF ? good(name, "nullif") : NAME_NONE;
    case NODE_TypeCast:
        return name_of_cast(scope, node, name);
    case NODE_CollateClause:
        return find_name(scope, ((const CollateClause *)node)->arg, name);
    case NODE_GroupingFunc:
        return good(name, "grouping");
    case NODE_SubLink:
        return name_of_sublink(scope, node, name);
    case NODE_CaseExpr:
        return name_of_case(scope, node, name);
    case NODE_RawArray:
        return good(name, "array");
    case NODE_RowExpr:
        return good(name, "row");
    case NODE_CoalesceExpr:
        return good(name, "coalesce");
    case NODE_MinMaxExpr:
        return good(name, ((const MinMaxExpr *)node)->is_least ? "least" : "greatest");
    case NODE_SqlValue:
        return name_of_sql_value(((const SqlValue *)node)->kind, name);
    case NODE_XmlExpr:
        return name_of_xml(((const XmlExpr *)node)->kind, name);
    default:
        return NAME_NONE;
    }
}

const char *analyzer_index_column_name(const Node *raw)
{
    const char *name = NULL;

    find_name(NULL, raw, &name);
    return name;
}

const char *target_name(const Scope *scope, const Node *raw)
{
    const char *name = NULL;

    find_name(scope, raw, &name);
    return name == NULL ? "?column?" : name;
}

/* ---- Entries ---- */

TargetEntry *target_transform(Scope *scope, Node *raw, Node *expr, ExprKind kind, const char *name,
                              bool is_junk)
{
    if (expr == NULL)
        expr = kind == EXPR_UPDATE_SOURCE && node_is(raw, SetToDefault)
                   ? node_copy(raw)
                   : expr_transform(scope, raw, kind);
    if (name == NULL && !is_junk)
        name = target_name(scope, raw);
    return make_target(expr, scope->next_resno++, name, is_junk);
}

/* ---- Stars ---- */

static bool is_star_ref(const Node *raw)
{
    return node_is(raw, ColumnRef) &&
           node_is(list_last(((const ColumnRef *)(const void *)raw)->fields), Star);
}

static bool is_star_path(const Node *raw)
{
    return node_is(raw, Indirection) &&
           node_is(list_last(((const Indirection *)(const void *)raw)->path), Star);
}

static List *expand_all(Scope *scope, const ColumnRef *ref)
{
    List *targets = NULL;
    bool is_any = false;

    list_foreach(Item *, item, scope->items) {
        if (!item->sees_columns)
            continue;
        is_any = true;
        targets = list_concat(targets, item_star_targets(scope, item, 0, true, ref->loc));
    }
    if (!is_any)
        scope_fail(scope, ref->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = "SELECT * with no tables specified is not valid");
    return targets;
}

static List *expand_item(Scope *scope, Item *item, int levels_up, int location, bool as_targets)
{
    List *vars = NULL;

    if (as_targets)
        return item_star_targets(scope, item, levels_up, true, location);
    item_expand(scope, item, levels_up, location, NULL, &vars);
    if (item->rte->kind == RTE_RELATION)
        item->rte->required_rights |= RIGHT_SELECT;
    list_foreach(const Var *, var, vars)
        column_mark_select(scope, var);
    return vars;
}

static List *expand_ref(Scope *scope, const ColumnRef *ref, bool as_targets)
{
    int levels_up;
    Item *item;

    if (list_count(ref->fields) == 1) {
        ASSERT(as_targets);
        return expand_all(scope, ref);
    }
    item = column_star_item(scope, ref, &levels_up);
    return expand_item(scope, item, levels_up, ref->loc, as_targets);
}

static FieldSelect *select_field(const RowShape *shape, int i, const Node *row)
{
    FieldSelect *select = node_new(FieldSelect);

    select->arg = node_copy(row);
    select->field = i + 1;
    select->type = shape->types[i];
    select->typmod = shape->typmods[i];
    select->collation = shape->collations[i];
    return select;
}

/* (expr).* */
static List *expand_row(Scope *scope, Node *row, bool as_targets)
{
    List *fields = NULL;
    RowShape *shape;

    if (node_is(row, Var) && ((Var *)(void *)row)->attno == 0) {
        const Var *var = (const Var *)(const void *)row;
        Item *item = scope_item_of_rte(scope, var->rt_index, (int)var->levels_up);

        return expand_item(scope, item, (int)var->levels_up, var->loc, as_targets);
    }
    shape = row_shape_of_expr(scope, row, false);
    for (int i = 0; i < shape->count; i++) {
        void *field;

        if (shape->dropped[i])
            continue;
        field = select_field(shape, i, row);
        fields = list_add(
            fields,
            as_targets ? make_target(field, scope->next_resno++, shape->names[i], false) : field);
    }
    return fields;
}

static List *expand_path(Scope *scope, const Indirection *raw, ExprKind kind, bool as_targets)
{
    ExprKind before = scope->kind;
    Node *row;

    scope->kind = kind;
    row = expr_indirection_upto(scope, raw, list_count(raw->path) - 1);
    scope->kind = before;
    return expand_row(scope, row, as_targets);
}

/* ---- Lists ---- */

List *target_list_transform(Scope *scope, const List *raw, ExprKind kind)
{
    bool expands = kind != EXPR_UPDATE_SOURCE;
    List *targets = NULL;

    list_foreach(const Target *, target, raw) {
        if (expands && is_star_ref(target->value))
            targets = list_concat(
                targets, expand_ref(scope, (const ColumnRef *)(const void *)target->value, true));
        else if (expands && is_star_path(target->value))
            targets = list_concat(
                targets, expand_path(scope, (Indirection *)(void *)target->value, kind, true));
        else
            targets = list_add(
                targets, target_transform(scope, target->value, NULL, kind, target->name, false));
    }
    targets = list_concat(targets, scope->multi_assigns);
    scope->multi_assigns = NULL;
    return targets;
}

List *expr_transform_list(Scope *scope, const List *raw, ExprKind kind, bool allows_default)
{
    List *exprs = NULL;

    list_foreach(Node *, item, raw) {
        if (is_star_ref(item)) {
            const ColumnRef *ref = (const ColumnRef *)(const void *)item;

            exprs = list_concat(exprs, list_count(ref->fields) == 1
                                           ? target_exprs(expand_all(scope, ref))
                                           : expand_ref(scope, ref, false));
        } else if (is_star_path(item)) {
            exprs =
                list_concat(exprs, expand_path(scope, (Indirection *)(void *)item, kind, false));
        } else if (allows_default && node_is(item, SetToDefault)) {
            exprs = list_add(exprs, node_copy(item));
        } else {
            exprs = list_add(exprs, expr_transform(scope, item, kind));
        }
    }
    return exprs;
}

List *target_exprs(const List *targets)
{
    List *exprs = NULL;

    list_foreach(const TargetEntry *, entry, targets)
        exprs = list_add(exprs, entry->expr);
    return exprs;
}

/* ---- Afterwards ---- */

static const TargetEntry *find_number(const List *targets, int number)
{
    list_foreach(const TargetEntry *, entry, targets) {
        if (entry->number == number)
            return entry;
    }
    return NULL;
}

static void take_origin(TargetEntry *entry, const Query *query, int attno)
{
    const List *targets = query->command == COMMAND_SELECT ? query->targets : query->returning;
    const TargetEntry *source = find_number(targets, attno);

    if (source == NULL)
        return;
    entry->origin_table = source->origin_table;
    entry->origin_column = source->origin_column;
}

static void mark_origin(Scope *scope, TargetEntry *entry, const Var *var)
{
    const RangeTblEntry *rte = scope_rte(scope, var->rt_index, (int)var->levels_up);

    switch (rte->kind) {
    case RTE_RELATION:
        entry->origin_table = rte->relation;
        entry->origin_column = var->attno;
        break;
    case RTE_SUBQUERY:
        if (var->attno != 0)
            take_origin(entry, rte->subquery, var->attno);
        break;
    case RTE_CTE:
        if (var->attno != 0 && !rte->is_self_reference) {
            const CommonTableExpr *cte = scope_cte_of_rte(scope, rte, (int)var->levels_up);

            take_origin(entry, (const Query *)(const void *)cte->query, var->attno);
        }
        break;
    default:
        break;
    }
}

void target_mark_origins(Scope *scope, List *targets)
{
    list_foreach(TargetEntry *, entry, targets) {
        if (node_is(entry->expr, Var))
            mark_origin(scope, entry, (const Var *)(const void *)entry->expr);
    }
}

void target_resolve_unknowns(Scope *scope, List *targets)
{
    list_foreach(TargetEntry *, entry, targets) {
        Oid type = node_expr_type(entry->expr);

        if (type == TYPE_UNKNOWN)
            entry->expr = coerce_type(scope, entry->expr, type, TYPE_TEXT, -1, COERCE_AS_IMPLICIT,
                                      COERCE_IMPLICIT, NODE_NO_LOCATION);
    }
}
