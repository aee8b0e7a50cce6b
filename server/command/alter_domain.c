/* alter_domain.c - ALTER DOMAIN: its default, its conditions, and whether values agree with them */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_change.h"
#include "server/cache/inval.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/domain.h"
#include "server/command/find_object.h"
#include "server/command/make.h"
#include "server/command/object.h"
#include "server/command/type_use.h"
#include "server/deparse/deparse.h"
#include "server/expr/expr.h"
#include "server/ipc/interrupt.h"
#include "server/node/text_write.h"
#include "server/node/tree.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"

/* A table with columns of the domain, locked SHARE. */
typedef struct Use {
    Oid relation;
    int16_t columns[COLUMNS_MAX];
    unsigned count;
} Use;

typedef struct Change {
    const CommandCall *call;
    const AlterDomainStmt *stmt;
    Oid domain;
    PgType row;
} Change;

static void set_default(const Change *c);
static void set_not_null(const Change *c, bool is_not_null);
static void add_constraint(const Change *c);
static void drop_constraint(const Change *c);
static void validate_constraint(const Change *c);

void command_alter_domain(CommandCall *call)
{
    Change c = {.call = call, .stmt = (const AlterDomainStmt *)(const void *)call->statement};

    c.domain = type_of_names(c.stmt->name);
    c.row = *CACHE_ROW(PgType, syscache_peek(CACHE_TYPEOID, datum_of_u32(c.domain)));
    if (c.row.typtype != 'd')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("%s is not a domain", type_shown(c.domain)));
    rights_require_owner(PG_TYPE_CATALOG, c.domain, role_current());
    switch (c.stmt->action) {
    case 'T':
        set_default(&c);
        break;
    case 'N':
    case 'O':
        set_not_null(&c, c.stmt->action == 'O');
        break;
    case 'C':
        add_constraint(&c);
        break;
    case 'X':
        drop_constraint(&c);
        break;
    default:
        validate_constraint(&c);
        break;
    }
}

/* What was made of its conditions is out of date, though its row has not changed. */
static void tell_changed(Oid domain)
{
    Relation *catalog = relation_open(PG_TYPE_CATALOG, LOCK_ROW_EXCLUSIVE);
    const HeapTuple *row = syscache_pin(CACHE_TYPEOID, datum_of_u32(domain));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "tuple concurrently deleted");
    inval_note_row(catalog, row, NULL);
    syscache_unpin(row);
    relation_close(catalog, LOCK_ROW_EXCLUSIVE);
}

/* ---- The default ---- */

static void set_default(const Change *c)
{
    const ColumnExpr of = {
        .column = c->row.typname, .type = c->row.typbasetype, .typmod = c->row.typtypmod};
    Node *expr =
        c->stmt->definition != NULL ? analyzer_default(&of, node_copy(c->stmt->definition)) : NULL;
    CatalogRow row;

    if (expr != NULL && node_is(expr, Const) && ((const Const *)(const void *)expr)->is_null)
        expr = NULL;
    catalog_row_init(&row);
    if (expr == NULL) {
        catalog_set_null(&row, PG_TYPE_COL_TYPDEFAULTBIN);
        catalog_set_null(&row, PG_TYPE_COL_TYPDEFAULT);
    } else {
        catalog_set_text(&row, PG_TYPE_COL_TYPDEFAULTBIN, node_write_text(expr));
        catalog_set_text(&row, PG_TYPE_COL_TYPDEFAULT, deparse_expr(expr, 0, DEPARSE_PLAIN));
    }
    object_update_row(PG_TYPE_CATALOG, CACHE_TYPEOID, c->domain, &row);
    type_note_again(c->domain, expr);
}

/* ---- Where it is used ---- */

static Use *use_of(Array *uses, Oid relation)
{
    array_foreach(Use, use, uses) {
        if (use->relation == relation)
            return use;
    }
    *(Use *)array_push(uses) = (Use){.relation = relation};
    relation_close(relation_open(relation, LOCK_SHARE), LOCK_NONE);
    return array_at(uses, uses->count - 1);
}

static bool is_domain(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return row != NULL && CACHE_ROW(PgType, row)->typtype == 'd';
}

static void find_uses(Oid type, Oid domain, Array *out)
{
    const TypeUse of = {.name = type_shown(domain)};
    Array dependents;

    check_interrupts();
    type_list_dependents(type, &dependents);
    array_foreach(const ObjectAddress, d, &dependents) {
        if (d->catalog == PG_TYPE_CATALOG && is_domain(d->oid))
            find_uses(d->oid, domain, out);
        else if (d->catalog == PG_TYPE_CATALOG)
            type_refuse_uses(d->oid, &of);
        if (d->catalog != PG_CLASS_CATALOG || d->sub <= 0)
            continue;
        if (type_of_relation(d->oid) != 0)
            type_refuse_uses(type_of_relation(d->oid), &of);
        if (type_has_rows(d->oid)) {
            Use *use = use_of(out, d->oid);

            use->columns[use->count++] = (int16_t)d->sub;
        }
    }
}

/* ---- Values that are there ---- */

/* At the rows of one table. */
typedef struct Look {
    const Node *check; /* NULL: values must not be NULL */
    Relation *rel;
    const Use *use;
    EvalContext *eval;
    Slot *slot;
    Expr **exprs; /* by column of use */
} Look;

/* The value is the column's. */
static Node *place(Node *node, void *arg)
{
    Var *var;

    if (!node_is(node, CoerceToDomainValue))
        return node_mutate(node, place, arg);
    var = node_new(Var);
    var->rt_index = 1;
    var->attno = *(const int16_t *)arg;
    var->type = ((const CoerceToDomainValue *)(const void *)node)->type;
    var->typmod = ((const CoerceToDomainValue *)(const void *)node)->typmod;
    var->collation = ((const CoerceToDomainValue *)(const void *)node)->collation;
    var->loc = NODE_NO_LOCATION;
    return (Node *)(void *)var;
}

static void begin_look(Look *l)
{
    const ExprScope scope = {.scan_desc = l->rel->desc};

    l->eval = eval_new();
    l->slot = slot_new(tuple_desc_copy(l->rel->desc));
    l->eval->scan = l->slot;
    l->exprs = mem_new_array(Expr *, l->use->count + 1);
    for (unsigned i = 0; i < l->use->count && l->check != NULL; i++) {
        int16_t number = l->use->columns[i];

        l->exprs[i] = expr_compile(place(node_copy(l->check), &number), &scope);
    }
}

_Noreturn static void refuse_row(const Look *l, const Column *column)
{
    if (l->check == NULL)
        err_raise(SQLSTATE_NOT_NULL_VIOLATION,
                  .message = err_fmt("column \"%s\" of table \"%s\" contains null values",
                                     column->name, l->rel->name),
                  .schema = schema_name(l->rel->schema), .table = l->rel->name,
                  .column = column->name);
    err_raise(SQLSTATE_CHECK_VIOLATION,
              .message = err_fmt("column \"%s\" of table \"%s\" contains values that violate the "
                                 "new constraint",
                                 column->name, l->rel->name),
              .schema = schema_name(l->rel->schema), .table = l->rel->name, .column = column->name);
}

static void look_at_row(Look *l, const HeapTuple *tuple)
{
    eval_reset(l->eval);
    slot_clear(l->slot);
    slot_set_heap(l->slot, tuple);
    for (unsigned i = 0; i < l->use->count; i++) {
        const Column *column = &l->rel->desc->columns[l->use->columns[i] - 1];
        bool is_right = l->check != NULL ? expr_holds(l->exprs[i], l->eval)
                                         : !heap_is_null(tuple, column->number, l->rel->desc);

        if (!is_right)
            refuse_row(l, column);
    }
}

static void look_at_table(const Use *use, const Node *check)
{
    Look l = {.check = check, .use = use};
    const HeapTuple *tuple;
    HeapScan *scan;

    l.rel = relation_open(use->relation, LOCK_NONE);
    begin_look(&l);
    snapshot_push_latest();
    scan = heap_scan_begin(relation_heap(l.rel), snapshot_active());
    while ((tuple = heap_scan_next(scan, false)) != NULL) {
        check_interrupts();
        look_at_row(&l, tuple);
    }
    heap_scan_end(scan);
    snapshot_pop();
    relation_close(l.rel, LOCK_NONE);
}

/* check NULL: none of them may be NULL. */
static void look_at_values(const Change *c, const Node *check)
{
    Array uses;

    array_init(&uses, sizeof(Use));
    find_uses(c->domain, c->domain, &uses);
    array_foreach(const Use, use, &uses)
        look_at_table(use, check);
}

/* ---- Conditions ---- */

static void set_not_null(const Change *c, bool is_not_null)
{
    CatalogRow row;

    if (c->row.typnotnull == is_not_null)
        return;
    if (is_not_null)
        look_at_values(c, NULL);
    catalog_row_init(&row);
    catalog_set_bool(&row, PG_TYPE_COL_TYPNOTNULL, is_not_null);
    object_update_row(PG_TYPE_CATALOG, CACHE_TYPEOID, c->domain, &row);
}

static void add_constraint(const Change *c)
{
    const Constraint *constraint = (const Constraint *)(const void *)c->stmt->definition;
    const Node *check;

    domain_require_check(constraint);
    check = domain_add_check(&c->row, constraint, c->call->text);
    txn_advance_command();
    if (!constraint->is_not_valid)
        look_at_values(c, check);
    tell_changed(c->domain);
}

static void drop_constraint(const Change *c)
{
    const ObjectAddress object = object_address(
        PG_CONSTRAINT_CATALOG, constraint_find_of_domain(c->domain, c->stmt->constraint));

    if (object.oid == 0) {
        if (!c->stmt->is_missing_ok)
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("constraint \"%s\" of domain \"%s\" does not exist",
                                         c->stmt->constraint, c->row.typname));
        err_log(ERR_NOTICE,
                .message = err_fmt("constraint \"%s\" of domain \"%s\" does not exist, skipping",
                                   c->stmt->constraint, c->row.typname));
        return;
    }
    object_drop(&object, c->stmt->behavior, 0);
    tell_changed(c->domain);
}

static void validate_constraint(const Change *c)
{
    Oid oid = constraint_find_of_domain(c->domain, c->stmt->constraint);
    const HeapTuple *old = oid != 0 ? syscache_peek(CACHE_CONSTROID, datum_of_u32(oid)) : NULL;
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" of domain \"%s\" does not exist",
                                     c->stmt->constraint, c->row.typname));
    if (CACHE_ROW(PgConstraint, old)->contype != 'c')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("constraint \"%s\" of domain \"%s\" is not a check constraint",
                                     c->stmt->constraint, c->row.typname));
    look_at_values(c, constraint_expr(oid));
    catalog_row_init(&row);
    catalog_set_bool(&row, PG_CONSTRAINT_COL_CONVALIDATED, true);
    object_update_row(PG_CONSTRAINT_CATALOG, CACHE_CONSTROID, oid, &row);
}
