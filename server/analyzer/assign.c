/*
 * assign.c - values for columns: INSERT's and UPDATE's, and those for a part of a column
 *
 * "a.b[1] = x" computes a new whole value of the column: the old one with one part changed. The
 * tree is made from the outside in; each level stands for its old value by a CaseTestExpr.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"

/* A place that is assigned to. */
typedef struct Place {
    const char *name;
    Oid type;
    int32_t typmod;
    Oid collation;
    bool is_subscripted; /* name is of what the subscripts belong to */
} Place;

/* The assignment as a whole. */
typedef struct Assignment {
    Scope *scope;
    const List *path;
    int location;
} Assignment;

static Node *assign_part(const Assignment *a, Node *base, const Place *place, int step,
                         Node *value);

/* ---- Parts ---- */

static Node *fit_value(const Assignment *a, const Place *place, Node *value)
{
    Oid from = node_expr_type(value);
    Node *fit = coerce_to_target(a->scope, value, from, place->type, place->typmod,
                                 COERCE_AS_ASSIGNMENT, COERCE_IMPLICIT, NODE_NO_LOCATION);

    if (fit != NULL)
        return fit;
    scope_fail(a->scope, a->location, SQLSTATE_DATATYPE_MISMATCH,
               .message =
                   place->is_subscripted
                       ? err_fmt("subscripted assignment to \"%s\" requires type %s but "
                                 "expression is of type %s",
                                 place->name, type_shown(place->type), type_shown(from))
                       : err_fmt("subfield \"%s\" is of type %s but expression is of type %s",
                                 place->name, type_shown(place->type), type_shown(from)),
               .hint = "You will need to rewrite or cast the expression.");
}

static Node *assign_subscripts(const Assignment *a, Node *base, const Place *place,
                               const List *subscripts, int next, Node *value)
{
    Oid type = place->type, result;
    int32_t typmod = place->typmod;
    SubscriptingRef *made;
    Node *fit;
    Place part;

    subscript_container(&type, &typmod);
    made = (SubscriptingRef *)(void *)subscript_transform(a->scope, base, type, typmod, subscripts,
                                                          true);
    part = (Place){.name = place->name,
                   .type = made->type,
                   .typmod = made->typmod,
                   .collation = type == place->type ? place->collation : type_collation(type),
                   .is_subscripted = true};
    made->assigned = assign_part(a, NULL, &part, next, value);
    made->type = type;
    made->typmod = typmod;
    if (type == place->type)
        return (Node *)(void *)made;
    result = made->type;
    fit = coerce_to_target(a->scope, (Node *)(void *)made, result, place->type, place->typmod,
                           COERCE_AS_ASSIGNMENT, COERCE_IMPLICIT, NODE_NO_LOCATION);
    if (fit == NULL)
        scope_fail(a->scope, a->location, SQLSTATE_CANNOT_COERCE,
                   .message = err_fmt("cannot cast type %s to %s", type_shown(result),
                                      type_shown(place->type)));
    return fit;
}

/* The field as a place of its own; its number. */
static int find_field(const Assignment *a, const Place *place, Oid relation, const char *name,
                      Place *field)
{
    Relation *rel;
    int number;
    const Column *column;

    if (relation == 0)
        scope_fail(a->scope, a->location, SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("cannot assign to field \"%s\" of column \"%s\" because its "
                                      "type %s is not a composite type",
                                      name, place->name, type_shown(place->type)));
    rel = relation_pin_existing(relation);
    number = relation_attno(rel, name, true);
    if (number == 0)
        scope_fail(a->scope, a->location, SQLSTATE_UNDEFINED_COLUMN,
                   .message = err_fmt("cannot assign to field \"%s\" of column \"%s\" because "
                                      "there is no such column in data type %s",
                                      name, place->name, type_shown(place->type)));
    if (number < 0)
        scope_fail(a->scope, a->location, SQLSTATE_UNDEFINED_COLUMN,
                   .message = err_fmt("cannot assign to system column \"%s\"", name));
    column = &rel->desc->columns[number - 1];
    *field = (Place){.name = name,
                     .type = column->type,
                     .typmod = column->type_mod,
                     .collation = column->collation};
    relation_unpin(rel);
    return number;
}

static Node *assign_field(const Assignment *a, Node *base, const Place *place, int step,
                          Node *value)
{
    const String *name = list_at(a->path, step);
    int32_t typmod = place->typmod;
    Oid type = type_base_typmod(place->type, &typmod);
    FieldStore *made = node_new(FieldStore);
    Place field;
    int number = find_field(a, place, type_relation(type), name->value, &field);

    made->arg = base;
    made->values = list_of(assign_part(a, NULL, &field, step + 1, value));
    made->fields = list_add_int(NULL, number);
    made->type = type;
    if (type == place->type)
        return (Node *)(void *)made;
    return coerce_to_domain((Node *)(void *)made, type, typmod, place->type, COERCE_AS_IMPLICIT,
                            COERCE_IMPLICIT, a->location, false);
}

static Node *stand_in(const Place *place)
{
    CaseTestExpr *old = node_new(CaseTestExpr);

    old->type = place->type;
    old->typmod = place->typmod;
    old->collation = place->collation;
    return (Node *)(void *)old;
}

static Node *assign_part(const Assignment *a, Node *base, const Place *place, int step, Node *value)
{
    List *subscripts = NULL;

    if (step >= list_count(a->path))
        return fit_value(a, place, value);
    if (base == NULL)
        base = stand_in(place);
    for (; step < list_count(a->path); step++) {
        Node *part = list_at(a->path, step);

        if (node_is(part, Star))
            scope_fail(a->scope, a->location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                       .message = "row expansion via \"*\" is not supported here");
        if (!node_is(part, Subscript))
            break;
        subscripts = list_add(subscripts, part);
    }
    if (subscripts != NULL)
        return assign_subscripts(a, base, place, subscripts, step, value);
    return assign_field(a, base, place, step, value);
}

/* ---- Whole columns ---- */

static void fill_default(Scope *scope, SetToDefault *set, const Column *column,
                         const List *indirection, int location)
{
    set->type = column->type;
    set->typmod = column->type_mod;
    set->collation = column->collation;
    if (indirection == NULL)
        return;
    scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
               .message = node_is(list_at(indirection, 0), Subscript)
                              ? "cannot set an array element to DEFAULT"
                              : "cannot set a subfield to DEFAULT");
}

/* What the column was: there is nothing yet in a new row. */
static Node *old_value(Scope *scope, const Column *column, int attno, int location)
{
    Var *var;

    if (scope->is_insert)
        return (Node *)(void *)make_null(column->type, column->type_mod, column->collation);
    var = make_var(scope->target_item->rt_index, attno, column->type, column->type_mod,
                   column->collation, 0);
    var->loc = location;
    return (Node *)(void *)var;
}

static Node *assign_whole(Scope *scope, Node *expr, const Column *column, const char *name)
{
    Oid from = node_expr_type(expr);
    Node *fit = coerce_to_target(scope, expr, from, column->type, column->type_mod,
                                 COERCE_AS_ASSIGNMENT, COERCE_IMPLICIT, NODE_NO_LOCATION);

    if (fit == NULL)
        scope_fail(scope, node_expr_location(expr), SQLSTATE_DATATYPE_MISMATCH,
                   .message = err_fmt("column \"%s\" is of type %s but expression is of type %s",
                                      name, type_shown(column->type), type_shown(from)),
                   .hint = "You will need to rewrite or cast the expression.");
    return fit;
}

Node *target_assign(Scope *scope, Node *expr, ExprKind kind, const char *name, int attno,
                    const List *indirection, int location)
{
    ExprKind before = scope->kind;
    const Column *column;
    Place place;

    if (attno <= 0)
        scope_fail(scope, location, SQLSTATE_FEATURE_NOT_SUPPORTED,
                   .message = err_fmt("cannot assign to system column \"%s\"", name));
    column = &scope->target->desc->columns[attno - 1];
    scope->kind = kind;
    if (node_is(expr, SetToDefault))
        fill_default(scope, (SetToDefault *)(void *)expr, column, indirection, location);
    if (indirection == NULL) {
        expr = assign_whole(scope, expr, column, name);
    } else {
        place = (Place){.name = name,
                        .type = column->type,
                        .typmod = column->type_mod,
                        .collation = column->collation};
        expr = assign_part(&(Assignment){scope, indirection, location},
                           old_value(scope, column, attno, location), &place, 0, expr);
    }
    scope->kind = before;
    return expr;
}

void target_update(Scope *scope, TargetEntry *entry, const char *name, int attno,
                   const List *indirection, int location)
{
    entry->expr =
        target_assign(scope, entry->expr, EXPR_UPDATE_TARGET, name, attno, indirection, location);
    entry->number = attno;
    entry->name = name;
}

/* ---- UPDATE's list ---- */

List *target_update_list(Scope *scope, const List *raw)
{
    List *targets = target_list_transform(scope, raw, EXPR_UPDATE_SOURCE);
    RangeTblEntry *rte = scope->target_item->rte;
    int next = 0;

    if (scope->next_resno <= scope->target->desc->count)
        scope->next_resno = scope->target->desc->count + 1;
    list_foreach(TargetEntry *, entry, targets) {
        const Target *target;
        int attno;

        if (entry->is_junk) {
            entry->number = scope->next_resno++;
            entry->name = NULL;
            continue;
        }
        target = list_at(raw, next++);
        attno = relation_attno(scope->target, target->name, true);
        if (attno == 0)
            scope_fail(scope, target->loc, SQLSTATE_UNDEFINED_COLUMN,
                       .message = err_fmt("column \"%s\" of relation \"%s\" does not exist",
                                          target->name, scope->target->name));
        target_update(scope, entry, target->name, attno, target->indirection, target->loc);
        rte->updated_columns = bitset_add(rte->updated_columns, attno + COLUMN_SET_SYSTEM);
    }
    return targets;
}

/* ---- (a, b) = ... ---- */

static _Noreturn void raise_count(const Scope *scope, int location)
{
    scope_fail(scope, location, SQLSTATE_SYNTAX_ERROR,
               .message = "number of columns does not match number of values");
}

static void begin_multi_query(Scope *scope, const MultiAssign *raw)
{
    SubLink *link = mem_dup(raw->source, sizeof(SubLink)), *made;
    int columns = 0;

    link->kind = SUBLINK_MULTI_EXPR;
    made = (SubLink *)(void *)expr_sublink(scope, link);
    list_foreach(const TargetEntry *, entry, ((const Query *)(const void *)made->query)->targets)
        columns += !entry->is_junk;
    if (columns != raw->count)
        raise_count(scope, made->loc);
    scope->multi_assigns =
        list_add(scope->multi_assigns, make_target((Node *)(void *)made, 0, NULL, true));
    made->id = list_count(scope->multi_assigns);
}

static void begin_multi_row(Scope *scope, const MultiAssign *raw)
{
    RowExpr *row =
        (RowExpr *)(void *)expr_row(scope, (const RowExpr *)(const void *)raw->source, true);

    if (list_count(row->args) != raw->count)
        raise_count(scope, row->loc);
    scope->multi_assigns =
        list_add(scope->multi_assigns, make_target((Node *)(void *)row, 0, NULL, true));
}

static Node *multi_query_column(const SubLink *link, int column)
{
    const Query *query = (const Query *)(const void *)link->query;
    const TargetEntry *entry = list_at(query->targets, column - 1);
    Param *param = node_new(Param);

    param->kind = PARAM_MULTI_EXPR;
    param->id = link->id << 16 | column;
    param->type = node_expr_type(entry->expr);
    param->typmod = node_expr_typmod(entry->expr);
    param->collation = node_expr_collation(entry->expr);
    param->loc = node_expr_location(entry->expr);
    return (Node *)(void *)param;
}

/* The first column of several brings the source, which waits for the others in multi_assigns. */
Node *expr_multi_assign(Scope *scope, MultiAssign *raw)
{
    const TargetEntry *source;
    Node *value;

    if (raw->column == 1) {
        if (node_is(raw->source, SubLink) &&
            ((const SubLink *)(const void *)raw->source)->kind == SUBLINK_EXPR)
            begin_multi_query(scope, raw);
        else if (node_is(raw->source, RowExpr))
            begin_multi_row(scope, raw);
        else
            scope_fail(scope, raw_location(raw->source), SQLSTATE_FEATURE_NOT_SUPPORTED,
                       .message = "source for a multiple-column UPDATE item must be a sub-SELECT "
                                  "or ROW() expression");
    }
    source = list_last(scope->multi_assigns);
    if (node_is(source->expr, SubLink))
        return multi_query_column((const SubLink *)(const void *)source->expr, raw->column);
    value = list_at(((const RowExpr *)(const void *)source->expr)->args, raw->column - 1);
    if (raw->column == raw->count && --scope->multi_assigns->count == 0)
        scope->multi_assigns = NULL;
    return value;
}
