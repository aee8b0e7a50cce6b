/* alter_column.c - what ALTER TABLE does with one column */
#include "common/base/base.h"

#include "server/command/alter_column.h"

#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/foreign_key.h"
#include "server/command/table_parts.h"
#include "server/command/table_rewrite.h"
#include "server/node/text_read.h"
#include "server/planner/expr_util.h"
#include "server/rewriter/rewriter.h"
#include "server/txn/txn.h"

#define STATISTICS_MAX 10000

static void update_column(const Relation *rel, int16_t number, const CatalogRow *row)
{
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    const HeapTuple *old =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(rel->oid), datum_of_i16(number));

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for attribute %d of relation %u", number,
                                     rel->oid));
    catalog_update(change, old, row);
    syscache_unpin(old);
    catalog_change_end(change);
}

static int16_t find_column(const Relation *rel, const char *name)
{
    for (unsigned i = 0; i < rel->desc->count; i++) {
        if (!rel->desc->columns[i].is_dropped && strcmp(rel->desc->columns[i].name, name) == 0)
            return (int16_t)(i + 1);
    }
    return 0;
}

int16_t column_number(const Relation *rel, const char *name)
{
    int16_t number = find_column(rel, name);

    if (number != 0)
        return number;
    if (relation_find_system_column(name) != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot alter system column \"%s\"", name));
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message =
                  err_fmt("column \"%s\" of relation \"%s\" does not exist", name, rel->name));
}

/* ---- NOT NULL ---- */

bool column_set_not_null(Relation *rel, int16_t number, bool is_not_null)
{
    CatalogRow row;

    if (rel->desc->columns[number - 1].not_null == is_not_null)
        return false;
    catalog_row_init(&row);
    catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTNOTNULL, is_not_null);
    update_column(rel, number, &row);
    return true;
}

void column_drop_not_null(Relation *rel, const char *name)
{
    int16_t number = column_number(rel, name);

    if (!rel->desc->columns[number - 1].not_null)
        return;
    if (rel->desc->columns[number - 1].identity != '\0')
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("column \"%s\" of relation \"%s\" is an identity column", name,
                                     rel->name));
    if (column_set_has(relation_columns(rel)->primary, number))
        err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                  .message = err_fmt("column \"%s\" is in a primary key", name));
    column_set_not_null(rel, number, false);
}

/* ---- Defaults ---- */

static Oid default_of(const Relation *rel, int16_t number)
{
    const CatalogKey keys[] = {
        {.column = PG_ATTRDEF_COL_ADRELID, .value = datum_of_u32(rel->oid)},
        {.column = PG_ATTRDEF_COL_ADNUM, .value = datum_of_i16(number)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_ATTRDEF_CATALOG, PG_ATTRDEF_ADRELID_ADNUM_INDEX, 2, keys);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row != NULL ? CACHE_ROW(PgAttrdef, row)->oid : 0;

    catalog_scan_end(scan);
    return oid;
}

/* The row of pg_attrdef goes by its dependency on the column. */
static void drop_default(const Relation *rel, int16_t number)
{
    ObjectAddress object = {PG_ATTRDEF_CATALOG, default_of(rel, number), 0};

    if (object.oid != 0)
        object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
}

void column_replace_default(Relation *rel, int16_t number, const Node *expr)
{
    ObjectAddress object = {PG_ATTRDEF_CATALOG, default_of(rel, number), 0};

    /* A generated column would hold its own one. */
    depend_forget(&object);
    txn_advance_command();
    object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
    txn_advance_command();
    default_make(rel, number, expr, NULL);
}

void column_set_default(Relation *rel, const char *name, const Node *raw, const char *text)
{
    int16_t number = column_number(rel, name);
    const Column *column = &rel->desc->columns[number - 1];
    ColumnDef *def = node_new(ColumnDef);
    TableParts parts;
    PartColumn *part;

    if (column->identity != '\0')
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("column \"%s\" of relation \"%s\" is an identity column", name,
                                     rel->name),
                  .hint = raw != NULL
                              ? NULL
                              : "Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.");
    if (column->generated != '\0')
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("column \"%s\" of relation \"%s\" is a generated column", name,
                                     rel->name),
                  .hint = raw != NULL
                              ? NULL
                              : "Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.");
    drop_default(rel, number);
    if (raw == NULL)
        return;
    def->name = name;
    table_parts_init(&parts, text, rel->name, rel->schema, rel);
    part = array_push(&parts.columns);
    *part = (PartColumn){.def = def, .default_expr = raw};
    table_parts_store(&parts, rel, number);
}

/* ---- Statistics and storage ---- */

/* Of an index, columns that are expressions have statistics of their own, and may go by number. */
static int16_t statistics_column(const Relation *rel, const AlterTableCmd *action)
{
    int16_t number;

    if (action->name == NULL && rel->index == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot refer to non-index column by number");
    if (action->name == NULL && action->number > (int)rel->desc->count)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column number %d of relation \"%s\" does not exist",
                                     action->number, rel->name));
    number =
        action->name == NULL ? (int16_t)action->number : column_number(rel, action->name);
    if (rel->index == NULL)
        return number;
    if ((unsigned)number > rel->index->key_count)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot alter statistics on included column \"%s\" of index "
                                     "\"%s\"",
                                     rel->desc->columns[number - 1].name, rel->name));
    if (rel->index->columns[number - 1] != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot alter statistics on non-expression column \"%s\" of "
                                     "index \"%s\"",
                                     rel->desc->columns[number - 1].name, rel->name),
                  .hint = "Alter statistics on table column instead.");
    return number;
}

void column_set_statistics(Relation *rel, const AlterTableCmd *action)
{
    int target = ((const Integer *)(const void *)action->definition)->value;
    int16_t number;
    CatalogRow row;

    if (target < -1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("statistics target %d is too low", target));
    if (target > STATISTICS_MAX) {
        target = STATISTICS_MAX;
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE,
                .message = err_fmt("lowering statistics target to %d", target));
    }
    number = statistics_column(rel, action);
    catalog_row_init(&row);
    catalog_set_i32(&row, PG_ATTRIBUTE_COL_ATTSTATTARGET, target);
    update_column(rel, number, &row);
}

void column_update_in_indexes(Relation *rel, int16_t number, const CatalogRow *row)
{
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    for (unsigned i = 0; i < count; i++) {
        Relation *index = index_open(oids[i], LOCK_ACCESS_EXCLUSIVE);
        int16_t place = 0;

        for (unsigned k = 0; k < index->index->column_count && place == 0; k++) {
            if (index->index->columns[k] == number)
                place = (int16_t)(k + 1);
        }
        if (place != 0)
            update_column(index, place, row);
        relation_close(index, LOCK_ACCESS_EXCLUSIVE);
    }
    mem_free(oids);
}

void column_set_storage(Relation *rel, const AlterTableCmd *action)
{
    static const char *const names[] = {"plain", "external", "extended", "main"};
    static const char letters[] = "pexm";
    int16_t number = column_number(rel, action->name);
    const char *wanted = ((const String *)(const void *)action->definition)->value;
    Oid type = rel->desc->columns[number - 1].type;
    const HeapTuple *row_of_type = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    char storage = 0;
    CatalogRow row;

    for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
        if (strcasecmp(names[i], wanted) == 0)
            storage = letters[i];
    }
    if (storage == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid storage type \"%s\"", wanted));
    if (storage != 'p' &&
        (row_of_type == NULL || CACHE_ROW(PgType, row_of_type)->typstorage == 'p')) {
        const char *shown = type_shown(type);

        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("column data type %s can only have storage PLAIN", shown));
    }
    catalog_row_init(&row);
    catalog_set_char(&row, PG_ATTRIBUTE_COL_ATTSTORAGE, storage);
    update_column(rel, number, &row);
    column_update_in_indexes(rel, number, &row);
}

/* ---- Columns come and go ---- */

void column_insert(const Relation *rel, const Column *column)
{
    const ObjectAddress who = {PG_CLASS_CATALOG, rel->oid, column->number};
    const ObjectAddress type = object_address(PG_TYPE_CATALOG, column->type);
    const ObjectAddress collation = object_address(PG_COLLATION_CATALOG, column->collation);
    CatalogChange *change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    CatalogRow row;

    relation_fill_column(&row, rel->oid, column);
    catalog_set(&row, PG_ATTRIBUTE_COL_ATTOPTIONS, datum_of_pointer(relation_column_stamp()));
    catalog_insert(change, &row);
    catalog_change_end(change);
    catalog_row_init(&row);
    catalog_set_i16(&row, PG_CLASS_COL_RELNATTS, column->number);
    relation_update_class(rel->oid, &row);
    depend_note(&who, &type, DEPEND_NORMAL);
    if (column->collation != 0)
        depend_note(&who, &collation, DEPEND_NORMAL);
}

/*
 * Would each row that is there have a value of its own? A default that is not volatile has one for
 * all, which is kept beside the column.
 */
static bool must_compute(const TableParts *parts, const PartColumn *part)
{
    ColumnExpr of = {.column = part->def->name};

    if (part->serial_type != 0 || part->identity != NULL)
        return true;
    if (part->default_expr == NULL)
        return false;
    if (part->default_of->kind == CONSTR_GENERATED)
        return true;
    of.table = parts->table;
    of.type = analyzer_type(part->def->type, parts->text, &of.typmod);
    return expr_has_volatile(analyzer_default(&of, node_copy(part->default_expr)));
}

void row_rules_init(RowRules *rules)
{
    *rules = (RowRules){.rewrites = false};
    array_init(&rules->not_null, sizeof(int16_t));
    array_init(&rules->checks, sizeof(AddedCheck));
    array_init(&rules->foreign_keys, sizeof(Oid));
    array_init(&rules->values, sizeof(NewValue));
    array_init(&rules->late, sizeof(TableParts *));
    array_init(&rules->again, sizeof(const char *));
    array_init(&rules->again_last, sizeof(const char *));
}

static const Node *stored_default(const Relation *rel, int16_t number)
{
    const struct TupleExtra *extra = rel->desc->extra;

    for (unsigned i = 0; extra != NULL && i < extra->default_count; i++) {
        if (extra->defaults[i].number == number)
            return node_read_text(extra->defaults[i].expression);
    }
    return NULL;
}

/*
 * Each row gets a value of its own in the new column; or, if rows are put into another file anyway,
 * what all have.
 */
static void compute_later(Relation *rel, int16_t number, bool is_computed, RowRules *rules)
{
    bool is_generated = rel->desc->columns[number - 1].generated != '\0';
    const NewValue value = {.number = number,
                            .is_generated = is_generated,
                            .expr = is_generated ? stored_default(rel, number)
                                                 : rewriter_column_default(rel, number)};

    rules->rewrites = rules->rewrites || is_computed;
    if (value.expr != NULL)
        *(NewValue *)array_push(&rules->values) = value;
}

/* Rows that are there have NULL in it, or the value that the default has now. */
void column_add(Relation *rel, const ColumnDef *def, const char *text, bool if_not_exists,
                RowRules *rules)
{
    TableParts parts, *late;
    const PartColumn *part;
    bool is_computed;
    Column column;

    table_parts_init(&parts, text, rel->name, rel->schema, rel);
    table_parts_add(&parts, (const Node *)(const void *)def);
    table_parts_finish(&parts);
    part = array_at(&parts.columns, 0);
    if (find_column(rel, def->name) != 0) {
        if (!if_not_exists)
            err_raise(SQLSTATE_DUPLICATE_COLUMN,
                      .message = err_fmt("column \"%s\" of relation \"%s\" already exists",
                                         def->name, rel->name));
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_COLUMN,
                .message = err_fmt("column \"%s\" of relation \"%s\" already exists, skipping",
                                   def->name, rel->name));
        return;
    }
    if (relation_find_system_column(def->name) != NULL)
        err_raise(SQLSTATE_DUPLICATE_COLUMN,
                  .message =
                      err_fmt("column name \"%s\" conflicts with a system column name", def->name));
    relation_check_count((size_t)rel->desc->count + 1);
    parts.has_rows = true;
    parts.added = &rules->checks;
    is_computed = must_compute(&parts, part);
    table_parts_make_sequences(&parts, rel->row->relowner, rel->persistence);
    table_parts_describe(&parts, part, (int)rel->desc->count + 1, &column);
    relation_check_column_type(column.name, column.type, column.collation);
    relation_check_not_member(rel->row->reltype, column.type);
    column_insert(rel, &column);
    txn_advance_command();
    table_parts_store(&parts, rel, column.number);
    txn_advance_command();
    if (rel->kind != RELATION_COMPOSITE_TYPE)
        toast_make(rel->oid, NULL);
    if (column.not_null) {
        int16_t *place = array_push(&rules->not_null);

        *place = column.number;
    }
    table_parts_own_sequences(&parts, rel->oid, column.number);
    txn_advance_command();
    compute_later(rel, column.number, is_computed, rules);
    late = mem_dup(&parts, sizeof(parts));
    if (parts.keys != NULL)
        *(TableParts **)array_push(&rules->late) = late;
    list_foreach(const Constraint *, key, parts.foreign_keys) {
        Oid *place = array_push(&rules->foreign_keys);

        *place = foreign_key_make(rel, key, true);
        txn_advance_command();
    }
}

void column_drop(Relation *rel, const AlterTableCmd *action)
{
    int16_t number = find_column(rel, action->name);
    ObjectAddress object = {PG_CLASS_CATALOG, rel->oid, number};

    if (number == 0 && relation_find_system_column(action->name) != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot drop system column \"%s\"", action->name));
    if (number == 0) {
        if (!action->is_missing_ok)
            err_raise(SQLSTATE_UNDEFINED_COLUMN,
                      .message = err_fmt("column \"%s\" of relation \"%s\" does not exist",
                                         action->name, rel->name));
        err_log(ERR_NOTICE,
                .message = err_fmt("column \"%s\" of relation \"%s\" does not exist, skipping",
                                   action->name, rel->name));
        relation_close(rel, LOCK_NONE);
        return;
    }
    relation_close(rel, LOCK_NONE);
    object_drop(&object, action->behavior, 0);
}

/* Rows keep its values until they are written anew; the number is not used again. */
void column_remove(Oid relation, int number)
{
    Relation *rel = relation_open(relation, LOCK_ACCESS_EXCLUSIVE);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTISDROPPED, true);
    catalog_set_u32(&row, PG_ATTRIBUTE_COL_ATTTYPID, 0);
    catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTNOTNULL, false);
    catalog_set_i32(&row, PG_ATTRIBUTE_COL_ATTSTATTARGET, 0);
    catalog_set_char(&row, PG_ATTRIBUTE_COL_ATTGENERATED, '\0');
    catalog_set_name(&row, PG_ATTRIBUTE_COL_ATTNAME,
                     mem_printf("........pg.dropped.%d........", number));
    catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTHASMISSING, false);
    catalog_set_null(&row, PG_ATTRIBUTE_COL_ATTMISSINGVAL);
    update_column(rel, (int16_t)number, &row);
    relation_close(rel, LOCK_NONE);
}
