/*
 * column.c - references to columns: a, t.a, s.t.a, t.*, and rows of them
 *
 * A bare name is looked for level by level; on each level all entries whose columns can be seen are
 * asked, and two that have it are an error. What is no column may be a whole row, or a function of
 * one row (t.f means f(t)).
 */
#include "common/base/base.h"

#include <string.h>

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/namespace.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

/* ---- System columns ---- */

static const struct {
    const char *name;
    Oid type;
} system_columns[] = {
    {"ctid", TYPE_TID}, {"xmin", TYPE_XID}, {"cmin", TYPE_CID},
    {"xmax", TYPE_XID}, {"cmax", TYPE_CID}, {"tableoid", TYPE_OID},
};

int system_column_number(const char *name)
{
    for (int i = 0; i < 6; i++) {
        if (str_equal(system_columns[i].name, name))
            return -1 - i;
    }
    return 0;
}

Oid system_column_type(int number)
{
    return system_columns[-1 - number].type;
}

const char *system_column_name(int number)
{
    return system_columns[-1 - number].name;
}

/* ---- Rights ---- */

static void mark_join_arm(Scope *scope, const Node *arm, int levels_up);

static void mark_select(Scope *scope, int rt_index, int attno, int levels_up)
{
    Scope *level = scope;
    RangeTblEntry *rte;

    for (int up = levels_up; up > 0; up--)
        level = level->parent;
    rte = list_at(level->range_table, rt_index - 1);
    if (rte->kind == RTE_RELATION) {
        rte->required_rights |= RIGHT_SELECT;
        rte->selected_columns = bitset_add(rte->selected_columns, attno + COLUMN_SET_SYSTEM);
    } else if (rte->kind == RTE_JOIN && attno == 0) {
        const JoinExpr *join = list_at(level->joins, rt_index - 1);

        mark_join_arm(scope, join->left, levels_up);
        mark_join_arm(scope, join->right, levels_up);
    }
}

/* A whole row of a join reads both of its sides. */
static void mark_join_arm(Scope *scope, const Node *arm, int levels_up)
{
    if (node_is(arm, RangeTblRef))
        mark_select(scope, ((const RangeTblRef *)(const void *)arm)->rt_index, 0, levels_up);
    else
        mark_select(scope, ((const JoinExpr *)(const void *)arm)->rt_index, 0, levels_up);
}

void column_mark_select(Scope *scope, const Var *var)
{
    mark_select(scope, var->rt_index, var->attno, (int)var->levels_up);
}

/* ---- One entry ---- */

static bool has_system_columns(const RangeTblEntry *rte)
{
    return rte->kind == RTE_RELATION && rte->relation_kind != RELATION_VIEW &&
           rte->relation_kind != RELATION_COMPOSITE_TYPE;
}

/* The number of a column; 0: it has none of that name. */
static int scan_names(Scope *scope, const RangeTblEntry *rte, const Alias *names, const char *name,
                      int location)
{
    int found = 0, number = 0;

    list_foreach(const String *, column, names->columns) {
        number++;
        if (!str_equal(column->value, name))
            continue;
        if (found != 0)
            scope_fail(scope, location, SQLSTATE_AMBIGUOUS_COLUMN,
                       .message = err_fmt("column reference \"%s\" is ambiguous", name));
        found = number;
    }
    if (found == 0 && has_system_columns(rte))
        found = system_column_number(name);
    return found;
}

static void check_system_column(Scope *scope, int attno, const char *name, int location)
{
    if (attno >= 0 || attno == system_column_number("tableoid"))
        return;
    if (scope->kind == EXPR_CHECK)
        scope_fail(scope, location, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = err_fmt("system column \"%s\" reference in check constraint is "
                                      "invalid",
                                      name));
    if (scope->kind == EXPR_GENERATED)
        scope_fail(scope, location, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message = err_fmt("cannot use system column \"%s\" in column generation "
                                      "expression",
                                      name));
    if (scope->kind == EXPR_MERGE_WHEN)
        scope_fail(scope, location, SQLSTATE_INVALID_COLUMN_REFERENCE,
                   .message =
                       err_fmt("cannot use system column \"%s\" in MERGE WHEN condition", name));
}

static Var *var_of_column(const ItemColumn *column, int levels_up, int location)
{
    Var *var = make_var(column->rt_index, column->attno, column->type, column->typmod,
                        column->collation, levels_up);

    var->syntax_rt_index = (uint32_t)column->syntax_rt_index;
    var->syntax_attno = column->syntax_attno;
    var->loc = location;
    return var;
}

Var *column_var(Scope *scope, Item *item, int attno, int levels_up, int location)
{
    Var *var;

    (void)scope;
    if (attno > 0)
        return var_of_column(&item->columns[attno - 1], levels_up, location);
    var = make_var(item->rt_index, attno, system_column_type(attno), -1, 0, levels_up);
    var->loc = location;
    return var;
}

Node *column_of_item(Scope *scope, Item *item, int levels_up, const char *name, int location)
{
    int attno = scan_names(scope, item->rte, item->names, name, location);
    Var *var;

    if (attno == 0)
        return NULL;
    check_system_column(scope, attno, name, location);
    if (attno > 0 && item->columns[attno - 1].rt_index == 0)
        scope_fail(scope, NODE_NO_LOCATION, SQLSTATE_UNDEFINED_COLUMN,
                   .message = err_fmt("column \"%s\" of relation \"%s\" does not exist", name,
                                      item->names->name));
    var = column_var(scope, item, attno, levels_up, location);
    column_mark_select(scope, var);
    return (Node *)(void *)var;
}

static Node *find_on_level(Scope *scope, Scope *level, int levels_up, const char *name,
                           int location)
{
    Node *found = NULL;

    list_foreach(Item *, item, level->items) {
        Node *fresh;

        if (!item->sees_columns || (item->is_lateral_only && !level->is_lateral_active))
            continue;
        fresh = column_of_item(scope, item, levels_up, name, location);
        if (fresh == NULL)
            continue;
        if (found != NULL)
            scope_fail(scope, location, SQLSTATE_AMBIGUOUS_COLUMN,
                       .message = err_fmt("column reference \"%s\" is ambiguous", name));
        item_check_lateral(level, item, location);
        found = fresh;
    }
    return found;
}

Node *column_find(Scope *scope, const char *name, int location)
{
    int levels_up = 0;

    for (Scope *level = scope; level != NULL; level = level->parent) {
        Node *found = find_on_level(scope, level, levels_up++, name, location);

        if (found != NULL)
            return found;
    }
    return NULL;
}

/* Of the scope's own level alone, without marks or checks of others: ORDER BY and GROUP BY ask. */
Node *column_find_local(Scope *scope, const char *name, int location)
{
    return find_on_level(scope, scope, 0, name, location);
}

/* ---- Whole rows ---- */

static Var *whole_row_of_function(const RangeTblEntry *rte, int rt_index, int levels_up)
{
    const RangeTblFunction *function;
    Oid type;

    if (rte->has_ordinality || list_count(rte->functions) != 1)
        return make_var(rt_index, 0, TYPE_RECORD, -1, 0, levels_up);
    function = list_at(rte->functions, 0);
    type = node_expr_type(function->call);
    if (type_is_rowtype(type))
        return make_var(rt_index, 0, type, -1, 0, levels_up);
    /* A function of one value: its row is the value. */
    return make_var(rt_index, 1, type, -1, node_expr_collation(function->call), levels_up);
}

Var *whole_row_var(const RangeTblEntry *rte, int rt_index, int levels_up)
{
    Oid type;

    if (rte->kind == RTE_FUNCTION)
        return whole_row_of_function(rte, rt_index, levels_up);
    if (rte->kind != RTE_RELATION)
        return make_var(rt_index, 0, TYPE_RECORD, -1, 0, levels_up);
    type = relation_row_type(rte->relation);
    if (type == 0)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message =
                      err_fmt("relation \"%s\" does not have a composite type", rte->names->name));
    return make_var(rt_index, 0, type, -1, 0, levels_up);
}

Node *column_whole_row(Scope *scope, Item *item, int levels_up, int location)
{
    RowExpr *row;
    Var *var;

    if (item->names == item->rte->names) {
        var = whole_row_var(item->rte, item->rt_index, levels_up);
        var->loc = location;
        column_mark_select(scope, var);
        return (Node *)(void *)var;
    }
    /* The alias of a USING list: only the merged columns. */
    row = node_new(RowExpr);
    for (int i = 0; i < list_count(item->names->columns); i++) {
        Var *field = column_var(scope, item, i + 1, levels_up, location);

        row->args = list_add(row->args, field);
    }
    row->type = TYPE_RECORD;
    row->form = COERCE_IMPLICIT;
    row->column_names = node_copy(item->names->columns);
    row->loc = location;
    return (Node *)(void *)row;
}

/* ---- References ---- */

typedef enum RefProblem {
    REF_NO_COLUMN,
    REF_NO_ENTRY,
    REF_WRONG_DATABASE,
    REF_TOO_MANY
} RefProblem;

/* A reference taken apart. */
typedef struct RefParts {
    const char *schema, *relation;
    const Node *column; /* a String, or a Star */
    RefProblem problem;
} RefParts;

static const char *field(const ColumnRef *ref, int i)
{
    return ((const String *)list_at(ref->fields, i))->value;
}

static RefParts take_apart(const ColumnRef *ref)
{
    int count = list_count(ref->fields);
    RefParts parts = {.column = list_last(ref->fields), .problem = REF_NO_COLUMN};

    if (count > 4) {
        parts.problem = REF_TOO_MANY;
        return parts;
    }
    if (count > 1)
        parts.relation = field(ref, count - 2);
    if (count > 2)
        parts.schema = field(ref, count - 3);
    if (count > 3 && !str_equal(field(ref, 0), namespace_database()))
        parts.problem = REF_WRONG_DATABASE;
    return parts;
}

static const char *text_of(const Node *name)
{
    return ((const String *)(const void *)name)->value;
}

/* t.f may be f(t). */
static Node *function_of_row(Scope *scope, Item *item, int levels_up, const Node *name,
                             int location)
{
    Node *row = column_whole_row(scope, item, levels_up, location);

    return func_transform(scope, list_of((void *)(uintptr_t)name), list_of(row), scope->last_set,
                          NULL, false, location);
}

static Node *resolve_qualified(Scope *scope, const ColumnRef *ref, RefParts *parts)
{
    int levels_up;
    Item *item;
    Node *found;

    if (parts->problem != REF_NO_COLUMN)
        return NULL;
    item = item_find(scope, parts->schema, parts->relation, ref->loc, &levels_up);
    if (item == NULL) {
        parts->problem = REF_NO_ENTRY;
        return NULL;
    }
    if (node_is(parts->column, Star))
        return column_whole_row(scope, item, levels_up, ref->loc);
    found = column_of_item(scope, item, levels_up, text_of(parts->column), ref->loc);
    if (found == NULL)
        found = function_of_row(scope, item, levels_up, parts->column, ref->loc);
    return found;
}

static Node *resolve_bare(Scope *scope, const ColumnRef *ref)
{
    const char *name = field(ref, 0);
    Node *found;
    int levels_up;
    Item *item;

    if (scope->domain_value_type != 0 && str_equal(name, "value")) {
        CoerceToDomainValue *value = node_new(CoerceToDomainValue);

        value->type = scope->domain_value_type;
        value->typmod = scope->domain_value_typmod;
        value->collation = type_collation(value->type);
        value->loc = ref->loc;
        return (Node *)(void *)value;
    }
    found = column_find(scope, name, ref->loc);
    if (found != NULL)
        return found;
    item = item_find(scope, NULL, name, ref->loc, &levels_up);
    return item == NULL ? NULL : column_whole_row(scope, item, levels_up, ref->loc);
}

static _Noreturn void raise_unresolved(Scope *scope, const ColumnRef *ref, const RefParts *parts)
{
    switch (parts->problem) {
    case REF_NO_COLUMN:
        scope_raise_missing_column(scope, parts->relation, text_of(parts->column), ref->loc);
    case REF_NO_ENTRY:
        scope_raise_missing_rte(scope, parts->schema, parts->relation, ref->loc);
    case REF_WRONG_DATABASE:
        scope_fail(scope, ref->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("cross-database references are not implemented: %s",
                                      namespace_text(ref->fields)));
    default:
        scope_fail(scope, ref->loc, SQLSTATE_SYNTAX_ERROR,
                   .message = err_fmt("improper qualified name (too many dotted names): %s",
                                      namespace_text(ref->fields)));
    }
}

Node *column_ref_transform(Scope *scope, ColumnRef *ref)
{
    RefParts parts = take_apart(ref);
    Node *found;

    if (scope->kind == EXPR_COLUMN_DEFAULT)
        scope_fail(scope, ref->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "cannot use column reference in DEFAULT expression");
    if (scope->kind == EXPR_PARTITION_BOUND)
        scope_fail(scope, ref->loc, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = "cannot use column reference in partition bound expression");
    found = list_count(ref->fields) == 1 ? resolve_bare(scope, ref)
                                         : resolve_qualified(scope, ref, &parts);
    if (found == NULL)
        found = param_of_name(scope, ref);
    if (found == NULL)
        raise_unresolved(scope, ref, &parts);
    return found;
}

/* ---- Stars ---- */

void item_expand(Scope *scope, Item *item, int levels_up, int location, List **names, List **vars)
{
    (void)scope;
    for (int i = 0; i < list_count(item->names->columns); i++) {
        String *name = list_at(item->names->columns, i);
        const ItemColumn *column = &item->columns[i];

        if (column->is_hidden || column->rt_index == 0)
            continue;
        *vars = list_add(*vars, var_of_column(column, levels_up, location));
        if (names != NULL)
            *names = list_add(*names, name);
    }
}

List *item_star_targets(Scope *scope, Item *item, int levels_up, bool needs_rights, int location)
{
    List *names = NULL, *vars = NULL, *targets = NULL;

    item_expand(scope, item, levels_up, location, &names, &vars);
    if (item->rte->kind == RTE_RELATION)
        item->rte->required_rights |= RIGHT_SELECT;
    for (int i = 0; i < list_count(vars); i++) {
        Var *var = list_at(vars, i);
        const char *name = ((const String *)list_at(names, i))->value;

        targets = list_add(targets, make_target((Node *)(void *)var, scope->next_resno++,
                                                mem_strdup(name), false));
        if (needs_rights)
            column_mark_select(scope, var);
    }
    return targets;
}

/* The entry that t.* or s.t.* means; raises when there is none. */
Item *column_star_item(Scope *scope, const ColumnRef *ref, int *levels_up)
{
    RefParts parts = take_apart(ref);
    Item *item;

    if (parts.problem != REF_NO_COLUMN)
        raise_unresolved(scope, ref, &parts);
    item = item_find(scope, parts.schema, parts.relation, ref->loc, levels_up);
    if (item == NULL)
        scope_raise_missing_rte(scope, parts.schema, parts.relation, ref->loc);
    return item;
}
