/*
 * target_list.c - target lists of INSERT and UPDATE, completed
 *
 * Afterwards entries stand in the order of the columns, each column once; defaults are in place of
 * DEFAULT and, in INSERT, of what is missing. Several assignments to parts of one column are one.
 */
#include "common/base/base.h"

#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/node/text_read.h"
#include "server/rewriter/rewriter_int.h"

/* ---- Several assignments to one column ---- */

static Node *assignment_input(Node *expr)
{
    if (node_is(expr, FieldStore))
        return ((FieldStore *)(void *)expr)->arg;
    if (node_is(expr, SubscriptingRef) && ((SubscriptingRef *)(void *)expr)->assigned != NULL)
        return ((SubscriptingRef *)(void *)expr)->container;
    return NULL;
}

static _Noreturn void raise_multiple(const char *name)
{
    err_raise(SQLSTATE_SYNTAX_ERROR,
              .message = err_fmt("multiple assignments to same column \"%s\"", name));
}

static Node *nest(Node *expr, Node *prior)
{
    if (node_is(expr, FieldStore)) {
        FieldStore *made = mem_dup(expr, sizeof(*made));

        if (node_is(prior, FieldStore)) {
            const FieldStore *first = (const FieldStore *)(const void *)prior;

            made->arg = first->arg;
            made->values =
                list_concat(list_concat(NULL, first->values), ((FieldStore *)(void *)expr)->values);
            made->fields =
                list_concat(list_concat(NULL, first->fields), ((FieldStore *)(void *)expr)->fields);
        } else {
            made->arg = prior;
        }
        return (Node *)(void *)made;
    }
    SubscriptingRef *ref = mem_dup(expr, sizeof(*ref));

    ref->container = prior;
    return (Node *)(void *)ref;
}

static TargetEntry *combine(TargetEntry *entry, TargetEntry *prior, const char *name)
{
    Node *expr, *prior_expr, *input, *bottom;
    CoerceToDomain *domain = NULL;
    TargetEntry *made;

    if (prior == NULL)
        return entry;
    expr = entry->expr;
    prior_expr = prior->expr;
    if (node_is(expr, CoerceToDomain) && node_is(prior_expr, CoerceToDomain) &&
        ((CoerceToDomain *)(void *)expr)->type == ((CoerceToDomain *)(void *)prior_expr)->type) {
        domain = (CoerceToDomain *)(void *)expr;
        expr = domain->arg;
        prior_expr = ((CoerceToDomain *)(void *)prior_expr)->arg;
    }
    input = assignment_input(expr);
    bottom = assignment_input(prior_expr);
    if (input == NULL || bottom == NULL || node_expr_type(expr) != node_expr_type(prior_expr))
        raise_multiple(name);
    for (Node *next = assignment_input(bottom); next != NULL; next = assignment_input(bottom))
        bottom = next;
    if (!node_equal(bottom, input))
        raise_multiple(name);
    expr = nest(expr, prior_expr);
    if (domain != NULL) {
        domain = mem_dup(domain, sizeof(*domain));
        domain->arg = expr;
        expr = (Node *)(void *)domain;
    }
    made = mem_dup(entry, sizeof(*made));
    made->expr = expr;
    return made;
}

/* ---- Defaults ---- */

static const char *stored_default(const Relation *rel, int attno)
{
    const struct TupleExtra *extra = rel->desc->extra;

    for (unsigned i = 0; extra != NULL && i < extra->default_count; i++) {
        if (extra->defaults[i].number == attno)
            return extra->defaults[i].expression;
    }
    return NULL;
}

/* The sequence that belongs to an identity column: it depends on the column internally. */
static Oid identity_sequence(const Relation *rel, int attno)
{
    CatalogKey keys[] = {
        {.column = PG_DEPEND_COL_REFCLASSID, .value = datum_of_u32(PG_CLASS_CATALOG)},
        {.column = PG_DEPEND_COL_REFOBJID, .value = datum_of_u32(rel->oid)},
        {.column = PG_DEPEND_COL_REFOBJSUBID, .value = datum_of_i32(attno)}};
    CatalogScan *scan = catalog_scan_begin(PG_DEPEND_CATALOG, PG_DEPEND_REFERENCE_INDEX, 3, keys);
    const HeapTuple *row;
    Oid found = 0;

    while (found == 0 && (row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *depend = CACHE_ROW(PgDepend, row);

        if (depend->classid == PG_CLASS_CATALOG && depend->objsubid == 0 && depend->deptype == 'i')
            found = depend->objid;
    }
    catalog_scan_end(scan);
    if (found == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "no owned sequence found");
    return found;
}

Node *rewriter_column_default(const Relation *rel, int attno)
{
    const Column *column = &rel->desc->columns[attno - 1];
    const char *text;
    Node *expr;

    if (column->identity != '\0') {
        NextValueExpr *next = node_new(NextValueExpr);

        next->sequence = identity_sequence(rel, attno);
        next->type = column->type;
        return (Node *)(void *)next;
    }
    text = stored_default(rel, attno);
    expr = text != NULL                ? node_read_text(text)
           : column->generated == '\0' ? analyzer_type_default(column->type)
                                       : NULL;
    if (expr == NULL)
        return NULL;
    return analyzer_fit_default(expr, column->name, column->type, column->type_mod);
}

/* A column without a default must be set to NULL where leaving it out would keep what it is. */
static Node *null_of(const Column *column)
{
    return analyzer_null(column->type, -1, column->collation);
}

/* ---- Columns that may get nothing but their default ---- */

static _Noreturn void raise_always(const Column *column, CommandKind command, bool is_generated)
{
    const char *hint = command == COMMAND_INSERT && !is_generated
                           ? "Use OVERRIDING SYSTEM VALUE to override."
                           : NULL;

    err_raise(
        SQLSTATE_GENERATED_ALWAYS,
        .message =
            command == COMMAND_INSERT
                ? err_fmt("cannot insert a non-DEFAULT value into column \"%s\"", column->name)
                : err_fmt("column \"%s\" can only be updated to DEFAULT", column->name),
        .detail = is_generated ? err_fmt("Column \"%s\" is a generated column.", column->name)
                               : err_fmt("Column \"%s\" is an identity column defined as GENERATED "
                                         "ALWAYS.",
                                         column->name),
        .hint = hint);
}

static bool has_only_defaults(const ValuesEntry *values, int column)
{
    list_foreach(const List *, row, values->rte->values) {
        if (!node_is(list_at(row, column - 1), SetToDefault))
            return false;
    }
    return true;
}

/* The column of VALUES that the entry is; 0: it is something else. */
static int values_column(const ValuesEntry *values, const TargetEntry *entry)
{
    const Var *var;

    if (values == NULL || values->rte == NULL || entry == NULL || !node_is(entry->expr, Var))
        return 0;
    var = (const Var *)(const void *)entry->expr;
    return var->rt_index == values->rt_index ? var->attno : 0;
}

static bool insert_takes_default(const Column *column, const TargetEntry *entry,
                                 Overriding overriding, ValuesEntry *values)
{
    int from_values = values_column(values, entry);
    bool takes = entry == NULL || node_is(entry->expr, SetToDefault);

    if (column->identity == 'a' && !takes) {
        if (overriding == OVERRIDING_USER || (overriding != OVERRIDING_SYSTEM && from_values != 0 &&
                                              has_only_defaults(values, from_values)))
            takes = true;
        else if (overriding != OVERRIDING_SYSTEM)
            raise_always(column, COMMAND_INSERT, false);
    }
    if (column->identity == 'd' && overriding == OVERRIDING_USER)
        takes = true;
    if (column->generated != '\0' && !takes) {
        if (from_values == 0 || !has_only_defaults(values, from_values))
            raise_always(column, COMMAND_INSERT, true);
        takes = true;
    }
    if (from_values != 0 && takes)
        values->unused = bitset_add(values->unused, from_values);
    return takes;
}

static bool update_takes_default(const Column *column, const TargetEntry *entry)
{
    bool takes = entry != NULL && node_is(entry->expr, SetToDefault);

    if (entry != NULL && !takes && column->identity == 'a')
        raise_always(column, COMMAND_UPDATE, false);
    if (entry != NULL && !takes && column->generated != '\0')
        raise_always(column, COMMAND_UPDATE, true);
    return takes;
}

/* ---- The list ---- */

static TargetEntry *new_entry(Node *expr, const Column *column, int attno)
{
    TargetEntry *entry = node_new(TargetEntry);

    entry->expr = expr;
    entry->number = attno;
    entry->name = mem_strdup(column->name);
    return entry;
}

static TargetEntry *complete_column(const Relation *rel, int attno, TargetEntry *entry,
                                    CommandKind command, Overriding overriding, ValuesEntry *values)
{
    const Column *column = &rel->desc->columns[attno - 1];
    bool takes = command == COMMAND_INSERT ? insert_takes_default(column, entry, overriding, values)
                                           : update_takes_default(column, entry);
    Node *expr;

    if (column->generated != '\0')
        return NULL;
    if (!takes)
        return entry;
    expr = rewriter_column_default(rel, attno);
    if (expr == NULL) {
        if (command == COMMAND_INSERT)
            return NULL;
        expr = null_of(column);
    }
    return new_entry(expr, column, attno);
}

List *target_list_complete(const Relation *rel, const List *targets, CommandKind command,
                           Overriding overriding, ValuesEntry *values)
{
    int count = rel->desc->count, next_junk = count + 1;
    TargetEntry **entries = mem_new_array(TargetEntry *, (size_t)count + 1);
    List *completed = NULL, *junk = NULL;

    list_foreach(TargetEntry *, entry, targets) {
        if (!entry->is_junk) {
            const Column *column = &rel->desc->columns[entry->number - 1];

            if (!column->is_dropped)
                entries[entry->number] = combine(entry, entries[entry->number], column->name);
            continue;
        }
        if (entry->number != next_junk) {
            entry = mem_dup(entry, sizeof(*entry));
            entry->number = next_junk;
        }
        junk = list_add(junk, entry);
        next_junk++;
    }
    for (int attno = 1; attno <= count; attno++) {
        TargetEntry *entry;

        if (rel->desc->columns[attno - 1].is_dropped)
            continue;
        entry = complete_column(rel, attno, entries[attno], command, overriding, values);
        if (entry != NULL)
            completed = list_add(completed, entry);
    }
    return list_concat(completed, junk);
}

/* ---- DEFAULT in rows of VALUES ---- */

static bool has_defaults(const RangeTblEntry *rte)
{
    list_foreach(const List *, row, rte->values) {
        list_foreach(const Node *, item, row) {
            if (node_is(item, SetToDefault))
                return true;
        }
    }
    return false;
}

/* Which column of the table each column of VALUES goes to; 0: none. */
static int *table_columns(const Query *query, const ValuesEntry *values, int width)
{
    int *numbers = mem_new_array(int, (size_t)width + 1);

    list_foreach(const TargetEntry *, entry, query->targets) {
        int column = values_column(values, entry);

        if (column != 0 && !entry->is_junk)
            numbers[column] = entry->number;
    }
    return numbers;
}

static Node *null_for(const SetToDefault *set)
{
    bool by_value;
    Const *null = node_new(Const);

    null->type = set->type;
    null->typmod = set->typmod;
    null->collation = set->collation;
    null->len = type_len(set->type, &by_value);
    null->by_value = by_value;
    null->is_null = true;
    null->loc = NODE_NO_LOCATION;
    return (Node *)(void *)null;
}

static Node *value_of_default(const SetToDefault *set, const ValuesEntry *values, int column,
                              const Relation *rel, int attno)
{
    const Column *target;

    if (bitset_has(values->unused, column))
        return null_for(set);
    if (attno == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cannot set value in column %d to DEFAULT", column));
    target = &rel->desc->columns[attno - 1];
    return target->is_dropped ? null_of(target) : rewriter_column_default(rel, attno);
}

bool target_list_fill_values(const Query *query, const ValuesEntry *values, const Relation *rel)
{
    bool below_may_know = rel->kind == RELATION_VIEW &&
                          !view_has_instead_trigger(rel, COMMAND_INSERT) &&
                          !rule_has_unconditional_instead(rel, COMMAND_INSERT);
    List *rows = NULL;
    const int *attnos;
    bool is_complete = true;

    if (!has_defaults(values->rte))
        return true;
    attnos = table_columns(query, values, list_count(list_at(values->rte->values, 0)));
    list_foreach(const List *, row, values->rte->values) {
        List *filled = NULL;
        int column = 0;

        list_foreach(Node *, item, row) {
            Node *value = item;

            column++;
            if (node_is(item, SetToDefault)) {
                value = value_of_default((const SetToDefault *)(const void *)item, values, column,
                                         rel, attnos[column]);
                if (value == NULL && below_may_know) {
                    value = item;
                    is_complete = false;
                } else if (value == NULL) {
                    value = null_of(&rel->desc->columns[attnos[column] - 1]);
                }
            }
            filled = list_add(filled, value);
        }
        rows = list_add(rows, filled);
    }
    values->rte->values = rows;
    return is_complete;
}

/* For rules of a view, which nothing below fills in. */
void target_list_null_defaults(RangeTblEntry *rte)
{
    list_foreach(List *, row, rte->values) {
        for (int i = 0; i < list_count(row); i++) {
            const SetToDefault *set = list_at(row, i);

            if (node_is(set, SetToDefault))
                row->items[i].pointer = null_for(set);
        }
    }
}
