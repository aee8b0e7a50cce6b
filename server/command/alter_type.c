/*
 * alter_type.c - ALTER TABLE ... ALTER COLUMN ... TYPE
 *
 * Indexes and constraints that have the column in them go, and are made again by the statements
 * that show them, once the rows are what they shall be. What else depends on the column refuses.
 */
#include "common/base/base.h"

#include "server/command/alter_type.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/describe.h"
#include "server/command/relation_option.h"
#include "server/command/table_rewrite.h"
#include "server/deparse/deparse.h"
#include "server/node/expr.h"
#include "server/node/text_read.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/parser/parser.h"
#include "server/rewriter/rewriter.h"
#include "server/txn/txn.h"
#include "server/types/database_text.h"

#define VARLENA_TYPMOD 4 /* that modifiers of lengths begin with */

typedef struct Change {
    Relation *rel;
    const AlterTableCmd *action;
    const ColumnDef *def;
    const char *text;
    RowRules *rules;
    int16_t number;
    Column old, new;
    Node *default_expr; /* converted; NULL: there is none */
    ObjectList lost;    /* indexes and constraints */
} Change;

static void describe_new(Change *c);
static Node *convert(const Change *c);
static bool is_same_bytes(const Change *c, const Node *expr);
static Node *convert_default(const Change *c);
static void find_dependents(Change *c);
static void update_rows(Change *c);

void column_alter_type(Relation *rel, const AlterTableCmd *action, const char *text,
                       RowRules *rules)
{
    Change c = {.rel = rel,
                .action = action,
                .def = (const ColumnDef *)(const void *)action->definition,
                .text = text,
                .rules = rules};
    Node *expr;

    c.number = column_number(rel, action->name);
    c.old = rel->desc->columns[c.number - 1];
    object_list_init(&c.lost);
    if (c.old.generated != '\0' && c.def->default_value != NULL)
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = "cannot specify USING when altering type of generated column",
                  .detail = err_fmt("Column \"%s\" is a generated column.", c.old.name));
    describe_new(&c);
    expr = convert(&c);
    if (!is_same_bytes(&c, expr)) {
        rules->rewrites = true;
        *(NewValue *)array_push(&rules->values) = (NewValue){.number = c.number, .expr = expr};
    }
    c.default_expr = convert_default(&c);
    find_dependents(&c);
    update_rows(&c);
    relation_close(rel, LOCK_NONE);
    if (c.lost.count > 0)
        objects_drop(&c.lost, DROP_RESTRICT, DROP_INTERNALLY);
    txn_advance_command();
}

/* ---- The new type ---- */

static void describe_new(Change *c)
{
    int32_t typmod;
    Oid type = analyzer_type(c->def->type, NULL, &typmod);
    PgType facts;

    rights_require(PG_TYPE_CATALOG, type, role_current(), RIGHT_USAGE);
    type_get(type, &facts);
    c->new = c->old;
    c->new.type = type;
    c->new.type_mod = typmod;
    c->new.collation = analyzer_column_collation(c->def, type, NULL);
    relation_check_column_type(c->old.name, type, c->new.collation);
    relation_check_not_member(c->rel->row->reltype, type);
    c->new.len = facts.typlen;
    c->new.by_value = facts.typbyval;
    c->new.align = facts.typalign;
    c->new.storage = facts.typstorage;
    c->new.compression = '\0';
    c->new.dimensions = (int16_t)list_count(c->def->type->array_bounds);
}

/* The old value, or what USING makes of the row, as a value of the new type. */
static Node *convert(const Change *c)
{
    bool is_using = c->def->default_value != NULL;
    Node *expr;
    Node *fit;

    if (is_using) {
        expr = analyzer_alter_type(c->rel, node_copy(c->def->default_value), c->text);
    } else {
        Var *var = node_new(Var);

        var->rt_index = 1;
        var->attno = c->number;
        var->type = c->old.type;
        var->typmod = c->old.type_mod;
        var->collation = c->old.collation;
        var->loc = NODE_NO_LOCATION;
        expr = (Node *)(void *)var;
    }
    fit = analyzer_assign(expr, c->new.type, c->new.type_mod);
    if (fit == NULL) {
        const char *type = type_shown(c->new.type);
        const char *whole = type_name_with_typmod(c->new.type, c->new.type_mod);
        const char *name = name_quoted(c->old.name);

        if (is_using)
            err_raise(SQLSTATE_DATATYPE_MISMATCH,
                      .message = err_fmt("result of USING clause for column \"%s\" cannot be cast "
                                         "automatically to type %s",
                                         c->old.name, type),
                      .hint = "You might need to add an explicit cast.");
        err_raise(
            SQLSTATE_DATATYPE_MISMATCH,
            .message =
                err_fmt("column \"%s\" cannot be cast automatically to type %s", c->old.name, type),
            .hint = c->old.generated != '\0'
                        ? NULL
                        : err_fmt("You might need to specify \"USING %s::%s\".", name, whole));
    }
    return fit;
}

/* A modifier that lets all through which the old one did. */
static bool is_wider(const Change *c)
{
    int32_t old = c->old.type_mod, new = c->new.type_mod;

    if (c->old.type != c->new.type || new == old)
        return c->old.type == c->new.type;
    if (new < 0)
        return c->old.type == TYPE_VARCHAR || c->old.type == TYPE_NUMERIC ||
               c->old.type == TYPE_VARBIT;
    if (old < 0)
        return false;
    switch (c->old.type) {
    case TYPE_VARCHAR:
    case TYPE_VARBIT:
        return new >= old;
    case TYPE_NUMERIC:
        return ((new - VARLENA_TYPMOD) & 0x7FF) == ((old - VARLENA_TYPMOD) & 0x7FF) &&
               (new - VARLENA_TYPMOD) >> 16 >= (old - VARLENA_TYPMOD) >> 16;
    default:
        return false;
    }
}

/* Are the values that are there such of the new type as they lie? */
static bool is_same_bytes(const Change *c, const Node *expr)
{
    if (c->old.generated != '\0' && c->old.type != c->new.type)
        return false;
    if (c->def->default_value == NULL && is_wider(c))
        return true;
    while (node_is(expr, RelabelType))
        expr = (const Node *)(const void *)((const RelabelType *)(const void *)expr)->arg;
    return node_is(expr, Var) && ((const Var *)(const void *)expr)->attno == c->number;
}

/* ---- The default ---- */

static Node *convert_default(const Change *c)
{
    const struct TupleExtra *extra = c->rel->desc->extra;
    Node *expr = NULL, *fit;

    for (unsigned i = 0; c->old.has_default && extra != NULL && i < extra->default_count; i++) {
        if (extra->defaults[i].number == c->number)
            expr = node_read_text(extra->defaults[i].expression);
    }
    if (expr == NULL)
        return NULL;
    expr = (Node *)(uintptr_t)analyzer_strip_implicit(expr);
    fit = analyzer_assign(expr, c->new.type, c->new.type_mod);
    if (fit == NULL) {
        const char *type = type_shown(c->new.type);

        err_raise(SQLSTATE_DATATYPE_MISMATCH,
                  .message = c->old.generated != '\0'
                                 ? err_fmt("generation expression for column \"%s\" cannot be cast "
                                           "automatically to type %s",
                                           c->old.name, type)
                                 : err_fmt("default for column \"%s\" cannot be cast "
                                           "automatically to type %s",
                                           c->old.name, type));
    }
    return fit;
}

/* ---- What has the column in it ---- */

_Noreturn static void refuse(const Change *c, const char *message, const ObjectAddress *by)
{
    const char *what = object_describe(by, false);

    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = message,
              .detail = err_fmt("%s depends on column \"%s\"", what, c->old.name));
}

/* Its own default, or the one of a generated column that uses it? */
static void check_default(const Change *c, const ObjectAddress *object)
{
    const CatalogKey key = {.column = PG_ATTRDEF_COL_OID, .value = datum_of_u32(object->oid)};
    CatalogScan *scan = catalog_scan_begin(PG_ATTRDEF_CATALOG, PG_ATTRDEF_OID_INDEX, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    int16_t number = row != NULL ? CACHE_ROW(PgAttrdef, row)->adnum : c->number;

    catalog_scan_end(scan);
    if (number != c->number)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot alter type of a column used by a generated column",
                  .detail = err_fmt("Column \"%s\" is used by generated column \"%s\".",
                                    c->old.name, c->rel->desc->columns[number - 1].name));
}

static void note_lost(Change *c, Oid catalog, Oid oid)
{
    array_foreach(const ObjectAddress, known, &c->lost) {
        if (known->catalog == catalog && known->oid == oid)
            return;
    }
    object_list_add(&c->lost, catalog, oid, 0);
}

/* An index that a constraint has made is made by that. */
static void note_relation(Change *c, const ObjectAddress *object)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(object->oid));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;
    Oid constraint;

    if (kind != RELATION_INDEX)
        return;
    constraint = depend_index_constraint(object->oid);
    if (constraint != 0)
        note_lost(c, PG_CONSTRAINT_CATALOG, constraint);
    else
        note_lost(c, PG_CLASS_CATALOG, object->oid);
}

static void find_dependents(Change *c)
{
    const CatalogKey keys[] = {
        {.column = PG_DEPEND_COL_REFCLASSID, .value = datum_of_u32(PG_CLASS_CATALOG)},
        {.column = PG_DEPEND_COL_REFOBJID, .value = datum_of_u32(c->rel->oid)},
        {.column = PG_DEPEND_COL_REFOBJSUBID, .value = datum_of_i32(c->number)},
    };
    CatalogScan *scan = catalog_scan_begin(PG_DEPEND_CATALOG, PG_DEPEND_REFERENCE_INDEX, 3, keys);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend d = *CACHE_ROW(PgDepend, row);
        const ObjectAddress object = {d.classid, d.objid, d.objsubid};

        switch (d.classid) {
        case PG_CLASS_CATALOG:
            note_relation(c, &object);
            break;
        case PG_CONSTRAINT_CATALOG:
            note_lost(c, PG_CONSTRAINT_CATALOG, d.objid);
            break;
        case PG_REWRITE_CATALOG:
            refuse(c, "cannot alter type of a column used by a view or rule", &object);
        case PG_TRIGGER_CATALOG:
            refuse(c, "cannot alter type of a column used in a trigger definition", &object);
        case PG_POLICY_CATALOG:
            refuse(c, "cannot alter type of a column used in a policy definition", &object);
        case PG_ATTRDEF_CATALOG:
            check_default(c, &object);
            break;
        default:
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("altering the type of a column that objects of catalog %u "
                                         "depend on is not supported yet",
                                         d.classid));
        }
    }
    catalog_scan_end(scan);
}

/* ---- How they are made again ---- */

static char *relation_in_full(Oid relation)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(relation));
    char *text = name_qualified(schema_name(CACHE_ROW(PgClass, row)->relnamespace),
                                mem_strdup(CACHE_ROW(PgClass, row)->relname));

    syscache_unpin(row);
    return text;
}

/* Foreign keys last: they stand on the others. */
static void note_statement(RowRules *rules, char *sql, bool is_last)
{
    *(const char **)array_push(is_last ? &rules->again_last : &rules->again) = sql;
}

static void note_again(const Change *c)
{
    array_foreach(const ObjectAddress, object, &c->lost) {
        const HeapTuple *row;
        Oid relation;
        char *name;
        bool is_foreign;

        if (object->catalog == PG_CLASS_CATALOG) {
            note_statement(c->rules, deparse_index(object->oid, 0, DEPARSE_PLAIN), false);
            continue;
        }
        row = syscache_pin(CACHE_CONSTROID, datum_of_u32(object->oid));
        relation = CACHE_ROW(PgConstraint, row)->conrelid;
        name = mem_strdup(CACHE_ROW(PgConstraint, row)->conname);
        is_foreign = CACHE_ROW(PgConstraint, row)->contype == 'f';
        syscache_unpin(row);
        note_statement(c->rules,
                       mem_printf("ALTER TABLE %s ADD CONSTRAINT %s %s", relation_in_full(relation),
                                  name_quoted(name),
                                  deparse_constraint(object->oid, DEPARSE_PLAIN)),
                       is_foreign);
    }
}

static void run_again(const Array *statements)
{
    array_foreach(const char *, sql, statements) {
        List *raw = parser_parse(*sql, PARSE_STATEMENTS, text_encoding());
        CommandCall call = {.statement = ((const RawStmt *)list_at(raw, 0))->stmt,
                            .text = *sql,
                            .place = COMMAND_PART};

        command_run(&call);
        txn_advance_command();
    }
}

void column_make_again(const RowRules *rules)
{
    run_again(&rules->again);
    run_again(&rules->again_last);
}

/* ---- Catalogs ---- */

static void forget_type(const Change *c)
{
    const ObjectAddress who = {PG_CLASS_CATALOG, c->rel->oid, c->number};

    depend_forget_on(&who, PG_TYPE_CATALOG, DEPEND_NORMAL);
    depend_forget_on(&who, PG_COLLATION_CATALOG, DEPEND_NORMAL);
}

static void note_type(const Change *c)
{
    const ObjectAddress who = {PG_CLASS_CATALOG, c->rel->oid, c->number};
    const ObjectAddress type = object_address(PG_TYPE_CATALOG, c->new.type);
    const ObjectAddress collation = object_address(PG_COLLATION_CATALOG, c->new.collation);

    depend_note(&who, &type, DEPEND_NORMAL);
    if (c->new.collation != 0)
        depend_note(&who, &collation, DEPEND_NORMAL);
}

static void update_attribute(const Change *c)
{
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    const HeapTuple *old =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(c->rel->oid), datum_of_i16(c->number));
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_ATTRIBUTE_COL_ATTTYPID, c->new.type);
    catalog_set_i32(&row, PG_ATTRIBUTE_COL_ATTTYPMOD, c->new.type_mod);
    catalog_set_u32(&row, PG_ATTRIBUTE_COL_ATTCOLLATION, c->new.collation);
    catalog_set(&row, PG_ATTRIBUTE_COL_ATTNDIMS, datum_of_i32(c->new.dimensions));
    catalog_set_i16(&row, PG_ATTRIBUTE_COL_ATTLEN, c->new.len);
    catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTBYVAL, c->new.by_value);
    catalog_set_char(&row, PG_ATTRIBUTE_COL_ATTALIGN, c->new.align);
    catalog_set_char(&row, PG_ATTRIBUTE_COL_ATTSTORAGE, c->new.storage);
    catalog_set_char(&row, PG_ATTRIBUTE_COL_ATTCOMPRESSION, '\0');
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

static void forget_statistics(const Change *c)
{
    const CatalogKey keys[] = {
        {.column = PG_STATISTIC_COL_STARELID, .value = datum_of_u32(c->rel->oid)},
        {.column = PG_STATISTIC_COL_STAATTNUM, .value = datum_of_i16(c->number)},
    };
    CatalogChange *change = catalog_change_begin(PG_STATISTIC_CATALOG);
    CatalogScan *scan =
        catalog_scan_begin(PG_STATISTIC_CATALOG, PG_STATISTIC_RELID_ATT_INH_INDEX, 2, keys);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
}

static void update_rows(Change *c)
{
    note_again(c);
    forget_type(c);
    update_attribute(c);
    txn_advance_command();
    columns_stamp_again(c->rel, c->number);
    note_type(c);
    forget_statistics(c);
    txn_advance_command();
    if (c->default_expr == NULL)
        return;
    column_replace_default(c->rel, c->number, c->default_expr);
    txn_advance_command();
}
