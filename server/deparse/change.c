/*
 * change.c - INSERT, UPDATE, DELETE and NOTIFY as text
 *
 * A part of a column that is set is stored as the whole new value of the column: what is written
 * is the path to the part, and what the innermost assignment has.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/deparse/deparse_int.h"

/* ---- Parts of columns ---- */

/* One assignment deeper; NULL: it is the value itself. */
static Node *next_part(const Node *value)
{
    const SubscriptingRef *ref = (const SubscriptingRef *)(const void *)value;
    const CoerceToDomain *cast = (const CoerceToDomain *)(const void *)value;

    if (node_is(value, FieldStore))
        return list_at(((const FieldStore *)(const void *)value)->values, 0);
    if (node_is(value, SubscriptingRef))
        return ref->assigned;
    return node_is(value, CoerceToDomain) && cast->form == COERCE_IMPLICIT ? cast->arg : NULL;
}

static Node *innermost(Node *value)
{
    for (Node *next = value; next != NULL; next = next_part(value))
        value = next;
    return value;
}

/* Which part of its column it sets, if not all of it. */
static void put_path(Deparse *d, Node *value)
{
    for (Node *next; (next = next_part(value)) != NULL; value = next) {
        const FieldStore *store = (const FieldStore *)(const void *)value;

        if (node_is(value, FieldStore)) {
            put(d, ".");
            put_name(d, analyzer_field_name(value, list_int_at(store->fields, 0)));
        } else if (node_is(value, SubscriptingRef)) {
            put_bounds(d, (const SubscriptingRef *)(const void *)value);
        }
    }
}

static void put_place(Deparse *d, const RangeTblEntry *rte, const TargetEntry *entry)
{
    Relation *rel = relation_pin_existing(rte->relation);

    put_name(d, rel->desc->columns[entry->number - 1].name);
    relation_unpin(rel);
    put_path(d, entry->expr);
}

/* ---- SET ---- */

static int count_columns(const List *targets)
{
    int count = 0;

    list_foreach(const TargetEntry *, entry, targets)
        count += !entry->is_junk;
    return count;
}

/* The subquery of (a, b) = (SELECT ...), and which column of it this is; NULL: it is no such. */
static const SubLink *source_of(const List *targets, Node *value, int *column)
{
    const Param *param = (const Param *)(const void *)analyzer_strip_implicit(innermost(value));

    if (!node_is(param, Param) || param->kind != PARAM_MULTI_EXPR)
        return NULL;
    *column = param->id & 0xffff;
    list_foreach(const TargetEntry *, entry, targets) {
        const SubLink *link = (const SubLink *)(const void *)entry->expr;

        if (entry->is_junk && node_is(link, SubLink) && link->kind == SUBLINK_MULTI_EXPR &&
            link->id == param->id >> 16)
            return link;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("could not find subquery %d of SET", param->id >> 16));
}

static void put_assignments(Deparse *d, const List *targets, const RangeTblEntry *rte)
{
    const char *before = "";

    list_foreach(const TargetEntry *, entry, targets) {
        int column = 0;
        const SubLink *source;

        if (entry->is_junk)
            continue;
        source = source_of(targets, entry->expr, &column);
        put(d, before);
        before = ", ";
        put(d, column == 1 ? "(" : "");
        put_place(d, rte, entry);
        if (source == NULL) {
            put(d, " = ");
            put_expr(d, innermost(entry->expr), false);
        } else if (column == count_columns(((const Query *)(const void *)source->query)->targets)) {
            put(d, ") = ");
            put_expr(d, source, false);
        }
    }
}

/* ---- What they share ---- */

static const RangeTblEntry *target_entry(const Query *query)
{
    return list_at(query->range_table, query->result_relation - 1);
}

static void begin(Deparse *d)
{
    if (!indents(d))
        return;
    d->indent += INDENT_STEP;
    put(d, " ");
}

static void put_target(Deparse *d, const Query *query)
{
    const RangeTblEntry *rte = target_entry(query);
    int at = query->result_relation - 1;

    put(d, query->command == COMMAND_INSERT || rte->is_inherited ? "" : "ONLY ");
    put(d, relation_text(d, rte->relation));
    if (entry_needs_alias(rte, &d->level->columns[at], d->level->names[at]))
        strbuf_add_fmt(d->out, " AS %s", name_quoted(d->level->names[at]));
}

static void put_where(Deparse *d, const Node *condition)
{
    if (condition == NULL)
        return;
    put_clause(d, " WHERE ", -INDENT_STEP, INDENT_STEP, 1);
    put_expr(d, condition, false);
}

static void put_returning(Deparse *d, const Query *query)
{
    if (query->returning == NULL)
        return;
    put_clause(d, " RETURNING", -INDENT_STEP, INDENT_STEP, 1);
    put_targets(d, query->returning);
}

/* ---- INSERT ---- */

static const RangeTblEntry *find_source(const Query *query, RteKind kind)
{
    list_foreach(const RangeTblEntry *, rte, query->range_table) {
        if (rte->kind == kind)
            return rte;
    }
    return NULL;
}

static void put_columns(Deparse *d, const Query *query)
{
    const char *before = "(";

    list_foreach(const TargetEntry *, entry, query->targets) {
        if (entry->is_junk)
            continue;
        put(d, before);
        before = ", ";
        put_place(d, target_entry(query), entry);
    }
    put(d, query->targets != NULL ? ") " : "");
}

static List *values_of(const List *targets)
{
    List *values = NULL;

    list_foreach(const TargetEntry *, entry, targets) {
        if (!entry->is_junk)
            values = list_add(values, innermost(entry->expr));
    }
    return values;
}

static void put_source(Deparse *d, const Query *query)
{
    const RangeTblEntry *select = find_source(query, RTE_SUBQUERY);
    const RangeTblEntry *values = find_source(query, RTE_VALUES);

    if (select != NULL) {
        put_query(d, d->out, select->subquery, NULL, false);
    } else if (values != NULL) {
        put_values(d, values->values);
    } else if (query->targets == NULL) {
        put(d, "DEFAULT VALUES");
    } else {
        put_clause(d, "VALUES (", -INDENT_STEP, INDENT_STEP, 2);
        put_list_toplevel(d, values_of(query->targets), ", ", false);
        put(d, ")");
    }
}

static void put_constraint_name(Deparse *d, Oid constraint)
{
    const HeapTuple *row = syscache_pin(CACHE_CONSTROID, datum_of_u32(constraint));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for constraint %u", constraint));
    put_name(d, CACHE_ROW(PgConstraint, row)->conname);
    syscache_unpin(row);
}

/* The names of columns stand alone there: only those of the target can be meant. */
static void put_arbiter(Deparse *d, const OnConflictExpr *conflict)
{
    bool qualified = d->qualifies;

    d->qualifies = false;
    if (conflict->elements != NULL) {
        put(d, "(");
        put_list(d, conflict->elements, false);
        put(d, ")");
        put_where(d, conflict->where);
    } else if (conflict->constraint != 0) {
        put(d, " ON CONSTRAINT ");
        put_constraint_name(d, conflict->constraint);
    }
    d->qualifies = qualified;
}

static void put_conflict(Deparse *d, const Query *query)
{
    const OnConflictExpr *conflict = query->on_conflict;

    if (conflict == NULL)
        return;
    put(d, " ON CONFLICT");
    put_arbiter(d, conflict);
    if (conflict->action == ON_CONFLICT_NOTHING) {
        put(d, " DO NOTHING");
        return;
    }
    put(d, " DO UPDATE SET ");
    put_assignments(d, conflict->set, target_entry(query));
    put_where(d, conflict->set_where);
}

void put_insert(Deparse *d, const Query *query)
{
    static const char *const overriding[] = {
        [OVERRIDING_NONE] = "",
        [OVERRIDING_USER] = "OVERRIDING USER VALUE ",
        [OVERRIDING_SYSTEM] = "OVERRIDING SYSTEM VALUE ",
    };

    begin(d);
    put(d, "INSERT INTO ");
    put_target(d, query);
    put(d, " ");
    put_columns(d, query);
    put(d, overriding[query->overriding]);
    put_source(d, query);
    put_conflict(d, query);
    put_returning(d, query);
}

/* ---- UPDATE and DELETE ---- */

void put_update(Deparse *d, const Query *query)
{
    begin(d);
    put(d, "UPDATE ");
    put_target(d, query);
    put(d, " SET ");
    put_assignments(d, query->targets, target_entry(query));
    put_from(d, query, " FROM ");
    put_where(d, query->from->where);
    put_returning(d, query);
}

void put_delete(Deparse *d, const Query *query)
{
    begin(d);
    put(d, "DELETE FROM ");
    put_target(d, query);
    put_from(d, query, " USING ");
    put_where(d, query->from->where);
    put_returning(d, query);
}

/* ---- NOTIFY: no other command is an action of a rule ---- */

void put_notify(Deparse *d, const NotifyStmt *stmt)
{
    put_clause(d, "", 0, INDENT_STEP, 1);
    strbuf_add_fmt(d->out, "NOTIFY %s", name_quoted(stmt->channel));
    if (stmt->payload == NULL)
        return;
    put(d, ", ");
    put_quoted(d, stmt->payload);
}
