/* domain.c - CREATE DOMAIN: a type that is another one with conditions */
#include "common/base/base.h"

#include "server/command/domain.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/new_type.h"
#include "server/command/relation_name.h"
#include "server/deparse/deparse.h"
#include "server/node/expr.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

#define DOMAIN_IN   2597
#define DOMAIN_RECV 2598

typedef struct DomainMaker {
    const CommandCall *call;
    const CreateDomainStmt *stmt;
    TypeMake make;
    PgType base;
    bool has_default, has_null, has_not_null;
} DomainMaker;

static void take_base(DomainMaker *m);
static void take_constraint(DomainMaker *m, const Constraint *c);

void command_create_domain(CommandCall *call)
{
    DomainMaker m = {.call = call,
                     .stmt = (const CreateDomainStmt *)(const void *)call->statement};
    PgType row;
    Oid domain;

    m.make.schema = object_new_schema(m.stmt->name, &m.make.name);
    new_type_require_free(m.make.name, m.make.schema);
    take_base(&m);
    list_foreach(const Constraint *, c, m.stmt->constraints)
        take_constraint(&m, c);
    m.make.array = type_new_array_oid();
    domain = type_make(&m.make);
    type_make_array(&m.make, domain, m.make.array);
    list_foreach(const Constraint *, c, m.stmt->constraints) {
        if (c->kind != CONSTR_CHECK)
            continue;
        txn_advance_command();
        row = *CACHE_ROW(PgType, syscache_peek(CACHE_TYPEOID, datum_of_u32(domain)));
        domain_add_check(&row, c, NULL);
    }
}

/* ---- The type below ---- */

static Oid collation_of(const DomainMaker *m)
{
    ColumnDef *column = node_new(ColumnDef);

    if (m->stmt->collation == NULL)
        return m->base.typcollation;
    if (m->base.typcollation == 0)
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("collations are not supported by type %s",
                                     type_shown(m->base.oid)));
    column->type = m->stmt->type;
    column->collation = m->stmt->collation;
    return analyzer_column_collation(column, m->base.oid, m->call->text);
}

static void take_base(DomainMaker *m)
{
    TypeMake *make = &m->make;
    int32_t typmod;
    Oid base = analyzer_type(m->stmt->type, NULL, &typmod);
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(base));

    m->base = *CACHE_ROW(PgType, row);
    if (m->base.typtype == 'p')
        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = err_fmt("\"%s\" is not a valid base type for a domain",
                                     analyzer_type_text(m->stmt->type)));
    rights_require(PG_TYPE_CATALOG, base, role_current(), RIGHT_USAGE);
    make->owner = role_current();
    make->len = m->base.typlen;
    make->by_value = m->base.typbyval;
    make->kind = 'd';
    make->category = m->base.typcategory;
    make->delimiter = m->base.typdelim;
    make->input = DOMAIN_IN;
    make->output = m->base.typoutput;
    make->receive = DOMAIN_RECV;
    make->send = m->base.typsend;
    make->analyze = m->base.typanalyze;
    make->base = base;
    make->align = m->base.typalign;
    make->storage = m->base.typstorage;
    make->typmod = typmod;
    make->dimensions = list_count(m->stmt->type->array_bounds);
    make->collation = collation_of(m);
}

/* ---- Constraints ---- */

_Noreturn static void raise_conflict(void)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = "conflicting NULL/NOT NULL constraints");
}

static void take_default(DomainMaker *m, const Constraint *c)
{
    const ColumnExpr of = {.text = m->call->text,
                           .column = m->make.name,
                           .type = m->make.base,
                           .typmod = m->make.typmod};
    Node *expr;

    if (m->has_default)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "multiple default expressions");
    m->has_default = true;
    if (c->expr == NULL)
        return;
    expr = analyzer_default(&of, node_copy(c->expr));
    if (node_is(expr, Const) && ((const Const *)(const void *)expr)->is_null)
        return;
    m->make.default_expr = expr;
    m->make.default_text = deparse_expr(expr, 0, DEPARSE_PLAIN);
}

static void take_constraint(DomainMaker *m, const Constraint *c)
{
    switch (c->kind) {
    case CONSTR_DEFAULT:
        take_default(m, c);
        return;
    case CONSTR_NOT_NULL:
        if (m->has_null)
            raise_conflict();
        m->has_not_null = m->make.is_not_null = true;
        return;
    case CONSTR_NULL:
        if (m->has_not_null)
            raise_conflict();
        m->has_null = true;
        return;
    default:
        domain_require_check(c);
        return;
    }
}

void domain_require_check(const Constraint *c)
{
    switch (c->kind) {
    case CONSTR_CHECK:
        if (c->is_no_inherit)
            err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                      .message =
                          "check constraints for domains cannot be marked NO INHERIT");
        return;
    case CONSTR_UNIQUE:
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "unique constraints not possible for domains");
    case CONSTR_PRIMARY:
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "primary key constraints not possible for domains");
    case CONSTR_EXCLUSION:
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "exclusion constraints not possible for domains");
    case CONSTR_FOREIGN:
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "foreign key constraints not possible for domains");
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "specifying constraint deferrability not supported for domains");
    }
}

Node *domain_add_check(const PgType *domain, const Constraint *c, const char *text)
{
    ConstraintMake make = {.schema = domain->typnamespace,
                           .kind = 'c',
                           .is_valid = !c->is_not_valid,
                           .domain = domain->oid,
                           .is_local = true};
    Node *expr;

    if (c->name != NULL && constraint_name_is_taken(0, domain->oid, c->name))
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("constraint \"%s\" for domain \"%s\" already exists", c->name,
                                     domain->typname));
    make.name = c->name != NULL ? c->name
                                : constraint_choose_name(domain->typname, NULL, "check",
                                                         domain->typnamespace, NULL);
    expr = analyzer_domain_check(domain->typbasetype, domain->typtypmod, node_copy(c->expr), text);
    make.expr = expr;
    constraint_make(&make);
    return expr;
}
