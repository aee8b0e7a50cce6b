/*
 * from_join.c - joins in FROM
 *
 * A join's columns are those that USING merges, then what is left of its sides. Only a merged
 * column that is not simply one side's becomes a Var of the join; all others stay Vars of the
 * tables. Without an alias of its own a join lets the names of its tables be seen, but its columns
 * are found by bare names through itself alone.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/catalog/catalog_oid.h"

/* A join while its columns are worked out. */
typedef struct JoinWork {
    Scope *scope;
    JoinExpr *node;
    Item *left, *right;
    List *names, *vars;
    ItemColumn *columns;
    int count;
    List *left_columns, *right_columns; /* numbers, those of USING first */
} JoinWork;

static const char *name_at(const List *names, int i)
{
    return ((const String *)list_at(names, i))->value;
}

/* ---- NATURAL, USING ---- */

static bool has_name(const List *names, const char *name)
{
    list_foreach(const String *, one, names) {
        if (str_equal(one->value, name))
            return true;
    }
    return false;
}

static List *natural_columns(const JoinWork *join)
{
    List *common = NULL;

    list_foreach(String *, name, join->left->names->columns) {
        if (has_name(join->right->names->columns, name->value))
            common = list_add(common, name);
    }
    return common;
}

static int find_using(const Item *item, const char *name, const char *side)
{
    int found = -1;

    for (int i = 0; i < list_count(item->names->columns); i++) {
        if (!str_equal(name_at(item->names->columns, i), name))
            continue;
        if (found >= 0)
            err_raise(SQLSTATE_AMBIGUOUS_COLUMN,
                      .message = err_fmt("common column name \"%s\" appears more than once in %s "
                                         "table",
                                         name, side));
        found = i;
    }
    if (found < 0)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column \"%s\" specified in USING clause does not exist in "
                                     "%s table",
                                     name, side));
    return found;
}

static Node *fit_merged(Scope *scope, Var *var, Oid type, int32_t typmod)
{
    if (var->type != type)
        return coerce_type(scope, (Node *)(void *)var, var->type, type, typmod, COERCE_AS_IMPLICIT,
                           COERCE_IMPLICIT, NODE_NO_LOCATION);
    if (var->typmod != typmod)
        return (Node *)(void *)make_relabel((Node *)(void *)var, type, typmod, 0, COERCE_IMPLICIT);
    return (Node *)(void *)var;
}

static Node *merge(Scope *scope, JoinKind kind, Var *left, Var *right)
{
    List *both = list_of2(left, right);
    Oid type = select_common_type(scope, both, "JOIN/USING", NULL);
    int32_t typmod = select_common_typmod(both, type);
    Node *a = fit_merged(scope, left, type, typmod), *b = fit_merged(scope, right, type, typmod);
    Node *made = a;

    if (kind == JOIN_FULL) {
        CoalesceExpr *either = node_new(CoalesceExpr);

        either->type = type;
        either->args = list_of2(a, b);
        either->loc = NODE_NO_LOCATION;
        made = (Node *)(void *)either;
    } else if (kind == JOIN_RIGHT || (kind == JOIN_INNER && !node_is(a, Var) && node_is(b, Var))) {
        made = b;
    }
    collate_expr(scope, made);
    return made;
}

static void add_merged(JoinWork *join, const char *name, List **left_vars, List **right_vars)
{
    int l = find_using(join->left, name, "left"), r = find_using(join->right, name, "right");
    Var *left = column_var(join->scope, join->left, l + 1, 0, NODE_NO_LOCATION);
    Var *right = column_var(join->scope, join->right, r + 1, 0, NODE_NO_LOCATION);
    ItemColumn *column = &join->columns[join->count++];
    Node *merged;

    column_mark_select(join->scope, left);
    column_mark_select(join->scope, right);
    *left_vars = list_add(*left_vars, left);
    *right_vars = list_add(*right_vars, right);
    join->left_columns = list_add_int(join->left_columns, l + 1);
    join->right_columns = list_add_int(join->right_columns, r + 1);
    merged = merge(join->scope, join->node->kind, left, right);
    join->vars = list_add(join->vars, merged);
    if (merged == (Node *)(void *)left)
        *column = join->left->columns[l];
    else if (merged == (Node *)(void *)right)
        *column = join->right->columns[r];
    else
        *column = (ItemColumn){.rt_index = join->node->rt_index,
                               .attno = join->count,
                               .type = node_expr_type(merged),
                               .typmod = node_expr_typmod(merged),
                               .collation = node_expr_collation(merged),
                               .syntax_rt_index = join->node->rt_index,
                               .syntax_attno = join->count};
}

static Node *using_condition(Scope *scope, const List *left, const List *right)
{
    List *tests = NULL;
    Node *all;

    for (int i = 0; i < list_count(left); i++) {
        RawExpr *equal = node_new(RawExpr);

        equal->kind = RAW_OP;
        equal->name = list_of(node_string("="));
        equal->left = node_copy(list_at(left, i));
        equal->right = node_copy(list_at(right, i));
        equal->loc = NODE_NO_LOCATION;
        tests = list_add(tests, equal);
    }
    all = list_count(tests) == 1
              ? list_at(tests, 0)
              : (Node *)(void *)make_bool_expr(BOOL_AND, tests, NODE_NO_LOCATION);
    return coerce_to_boolean(scope, expr_transform(scope, all, EXPR_JOIN_USING), "JOIN/USING");
}

static void add_using(JoinWork *join)
{
    List *left = NULL, *right = NULL;

    list_foreach(String *, name, join->node->using_columns) {
        if (has_name(join->names, name->value))
            err_raise(SQLSTATE_DUPLICATE_COLUMN,
                      .message = err_fmt("column name \"%s\" appears more than once in USING "
                                         "clause",
                                         name->value));
        join->names = list_add(join->names, name);
        add_merged(join, name->value, &left, &right);
    }
    join->node->condition = using_condition(join->scope, left, right);
}

/* ---- ON ---- */

static Node *on_condition(Scope *scope, Node *raw, List *items)
{
    List *before = scope->items;
    Node *made;

    from_set_lateral(items, false, true);
    scope->items = items;
    made = where_transform(scope, raw, EXPR_JOIN_ON, "JOIN/ON");
    scope->items = before;
    return made;
}

/* ---- Columns ---- */

static bool has_number(const List *numbers, int number)
{
    for (int i = 0; i < list_count(numbers); i++) {
        if (list_int_at(numbers, i) == number)
            return true;
    }
    return false;
}

static List *add_rest(JoinWork *join, Item *side, List *numbers)
{
    List *merged = node_copy(numbers);

    for (int i = 0; i < list_count(side->names->columns); i++) {
        String *name = list_at(side->names->columns, i);

        if (*name->value == '\0' || has_number(merged, i + 1))
            continue;
        numbers = list_add_int(numbers, i + 1);
        join->names = list_add(join->names, name);
        join->vars =
            list_add(join->vars, column_var(join->scope, side, i + 1, 0, NODE_NO_LOCATION));
        join->columns[join->count++] = side->columns[i];
    }
    return numbers;
}

/* What was written is a column of the join when that has a name that hides its tables. */
static void name_by_alias(JoinWork *join)
{
    for (int i = 0; i < join->count; i++) {
        join->columns[i].syntax_rt_index = join->node->rt_index;
        join->columns[i].syntax_attno = i + 1;
    }
}

static Item *add_entry(JoinWork *join)
{
    JoinExpr *node = join->node;
    JoinRte rte = {.names = join->names,
                   .columns = join->columns,
                   .kind = node->kind,
                   .merged_columns = list_count(node->using_columns),
                   .vars = join->vars,
                   .left_columns = join->left_columns,
                   .right_columns = join->right_columns,
                   .using_alias = node->using_alias,
                   .alias = node->alias};
    Item *item = rte_add_join(join->scope, &rte);
    Scope *scope = join->scope;

    ASSERT(item->rt_index == node->rt_index);
    while (list_count(scope->joins) < node->rt_index - 1)
        scope->joins = list_add(scope->joins, NULL);
    scope->joins = list_add(scope->joins, node);
    return item;
}

static Item *using_alias_item(const JoinExpr *node, const Item *join)
{
    Item *item = mem_new(Item);

    *item = *join;
    item->names = node->using_alias;
    item->sees_relation = true;
    item->sees_columns = false;
    item->is_lateral_only = false;
    item->is_lateral_ok = true;
    return item;
}

/* ---- Together ---- */

/* The right side may look at the left one when it is LATERAL: names may then be there twice. */
static void transform_sides(JoinWork *join, const JoinExpr *raw, List **left, List **right)
{
    Scope *scope = join->scope;
    bool is_lateral_ok = raw->kind == JOIN_INNER || raw->kind == JOIN_LEFT;
    int before;

    join->left = from_item(scope, raw->left, left, &join->node->left);
    from_set_lateral(*left, true, is_lateral_ok);
    before = list_count(scope->items);
    scope->items = list_concat(scope->items, *left);
    join->right = from_item(scope, raw->right, right, &join->node->right);
    if (before == 0)
        scope->items = NULL;
    else
        scope->items->count = before;
    scope_check_name_conflicts(scope, *left, *right);
}

static List *visible_items(const JoinWork *join, List *items, Item *item)
{
    const JoinExpr *node = join->node;

    if (node->using_alias != NULL) {
        Item *merged = using_alias_item(node, item);

        scope_check_name_conflicts(join->scope, list_of(merged), items);
        items = list_add(items, merged);
    }
    if (node->alias != NULL)
        items = NULL;
    list_foreach(Item *, one, items)
        one->sees_columns = false;
    item->sees_relation = node->alias != NULL;
    item->sees_columns = true;
    item->is_lateral_only = false;
    item->is_lateral_ok = true;
    return list_add(items, item);
}

Item *from_join(Scope *scope, JoinExpr *raw, List **items, Node **joined)
{
    JoinWork join = {.scope = scope, .node = node_new(JoinExpr)};
    JoinExpr *node = join.node;
    List *left, *right, *all;
    Item *item;

    *node = *raw;
    node->alias = node_copy(raw->alias);
    node->using_alias = node_copy(raw->using_alias);
    transform_sides(&join, raw, &left, &right);
    all = list_concat(list_concat(NULL, left), right);
    node->rt_index = list_count(scope->range_table) + 1;
    join.columns =
        mem_new_array(ItemColumn, (size_t)list_count(join.left->names->columns) +
                                      (size_t)list_count(join.right->names->columns) + 1);
    if (raw->is_natural)
        node->using_columns = natural_columns(&join);
    if (node->using_columns != NULL) {
        if (node->using_alias != NULL)
            node->using_alias->columns = node->using_columns;
        add_using(&join);
    } else if (raw->condition != NULL) {
        node->condition = on_condition(scope, raw->condition, all);
    }
    join.left_columns = add_rest(&join, join.left, join.left_columns);
    join.right_columns = add_rest(&join, join.right, join.right_columns);
    if (node->alias != NULL)
        name_by_alias(&join);
    item = add_entry(&join);
    *items = visible_items(&join, all, item);
    *joined = (Node *)(void *)node;
    return item;
}
