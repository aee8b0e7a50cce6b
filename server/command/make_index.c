/* make_index.c - an index of a table: its rows in catalogs, its file, its entries */
#include "common/base/base.h"

#include <math.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/access/index/index.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/make.h"
#include "server/command/make_trigger.h"
#include "server/command/object.h"
#include "server/command/table_use.h"
#include "server/fmgr/array_value.h"
#include "server/node/expr.h"
#include "server/node/text_write.h"
#include "server/object/role.h"
#include "server/storage/vm/vm.h"
#include "server/trigger/trigger.h"
#include "server/txn/txn.h"

static TupleDesc *make_desc(const Relation *table, const IndexMake *make);
static void insert_index(const Relation *table, const IndexMake *make, bool is_immediate);
static void make_index_constraint(Relation *table, IndexMake *make);
static void note_dependencies(const Relation *table, const IndexMake *make);
static bool build(Relation *table, Oid index, const IndexBuild *how);
static void set_check_xmin(Oid index);
static void note_sizes(Relation *rel, bool has_index, double rows);

IndexMake index_make_like(const Relation *index)
{
    const uint8_t *options = relation_options_copy(index->oid);
    const RelationIndex *from = index->index;
    const size_t keys = from->key_count;
    List *names = NULL;

    for (unsigned i = 0; i < from->column_count; i++)
        names = list_add(names, node_string(mem_strdup(index->desc->columns[i].name)));
    return (IndexMake){
        .access_method = from->access_method,
        .column_names = names,
        .column_count = from->column_count,
        .key_count = from->key_count,
        .columns = mem_dup(from->columns, from->column_count * sizeof(int16_t)),
        .collations = mem_dup(from->collations, keys * sizeof(Oid)),
        .opclasses = mem_dup(from->op_classes, keys * sizeof(Oid)),
        .options = mem_dup(from->options, keys * sizeof(int16_t)),
        .storage_options = options,
        .is_unique = from->row->indisunique,
        .nulls_are_equal = from->row->indnullsnotdistinct,
    };
}

Oid index_make(Relation *table, IndexMake *make)
{
    RelationMake relation = {
        .oid = make->oid,
        .name = make->name,
        .schema = table->schema,
        .tablespace = make->tablespace,
        .owner = table->row->relowner,
        .access_method = make->access_method,
        .kind =
            table->kind == RELATION_PARTITIONED_TABLE ? RELATION_PARTITIONED_INDEX : RELATION_INDEX,
        .persistence = table->persistence,
        .is_shared = table->is_shared,
        .desc = make_desc(table, make),
        .options = make->storage_options,
    };
    Relation *index;

    if (make->has_constraint && constraint_name_is_taken(table->oid, 0, make->name))
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("constraint \"%s\" for relation \"%s\" already exists",
                                     make->name, table->name));
    index = relation_make(&relation);
    make->oid = relation.oid;
    insert_index(table, make, !make->is_deferrable);
    inval_note_relation(table->oid, table->is_shared);
    if (make->has_constraint)
        make_index_constraint(table, make);
    note_dependencies(table, make);
    relation_unpin(index);
    txn_advance_command();
    if (make->is_not_built)
        note_sizes(table, true, -1);
    else if (build(table, make->oid, &(IndexBuild){.snapshot = NULL}))
        set_check_xmin(make->oid);
    return make->oid;
}

/* ---- Columns ---- */

static void set_type(Column *column, Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));
    const PgType *t;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    t = CACHE_ROW(PgType, row);
    column->type = type;
    column->len = t->typlen;
    column->by_value = t->typbyval;
    column->align = t->typalign;
    column->storage = t->typstorage;
    column->compression = '\0';
}

/* An operator class may store another type than the column's. */
static void set_key_type(Column *column, Oid opclass)
{
    const HeapTuple *row = syscache_peek(CACHE_CLAOID, datum_of_u32(opclass));
    Oid key_type, input_type;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for opclass %u", opclass));
    key_type = CACHE_ROW(PgOpclass, row)->opckeytype;
    input_type = CACHE_ROW(PgOpclass, row)->opcintype;
    if (key_type == TYPE_ANYELEMENT && input_type == TYPE_ANYARRAY) {
        row = syscache_peek(CACHE_TYPEOID, datum_of_u32(column->type));
        key_type = row != NULL ? CACHE_ROW(PgType, row)->typelem : 0;
    }
    if (key_type != 0 && key_type != column->type) {
        set_type(column, key_type);
        column->type_mod = -1;
    }
}

static void set_from_table(Column *column, const Relation *table, int number)
{
    const Column *from =
        number < 0 ? relation_system_column(number) : &table->desc->columns[number - 1];

    column->type = from->type;
    column->len = from->len;
    column->dimensions = from->dimensions;
    column->type_mod = from->type_mod;
    column->by_value = from->by_value;
    column->align = from->align;
    column->storage = from->storage;
    column->compression = from->compression;
}

static TupleDesc *make_desc(const Relation *table, const IndexMake *make)
{
    TupleDesc *desc = tuple_desc_new(make->column_count);
    int next_expr = 0;

    for (unsigned i = 0; i < make->column_count; i++) {
        Column *column = &desc->columns[i];
        const String *name = list_at(make->column_names, (int)i);

        memset(column->name, 0, sizeof column->name);
        memcpy(column->name, name->value, size_min(strlen(name->value), NAME_SIZE - 1));
        column->number = (int16_t)(i + 1);
        column->type_mod = -1;
        column->stats_target = -1;
        column->is_local = true;
        column->collation = i < make->key_count ? make->collations[i] : 0;
        if (make->columns[i] != 0) {
            set_from_table(column, table, make->columns[i]);
        } else {
            const Node *expr = list_at(make->exprs, next_expr++);

            set_type(column, node_expr_type(expr));
            column->type_mod = node_expr_typmod(expr);
            relation_check_column_type(column->name, column->type, column->collation);
        }
        if (i < make->key_count)
            set_key_type(column, make->opclasses[i]);
    }
    tuple_desc_finish(desc);
    return desc;
}

/* ---- Rows ---- */

static const uint8_t *int2_vector(const int16_t *numbers, unsigned count)
{
    static const ArrayElement int2 = {.type = TYPE_INT2, .len = 2, .by_value = true, .align = 's'};
    const int32_t size = (int32_t)count, lower = 0;
    Datum *values = mem_new_array(Datum, count);

    for (unsigned i = 0; i < count; i++)
        values[i] = datum_of_i16(numbers[i]);
    return array_make(&int2, values, NULL, 1, &size, &lower);
}

static const uint8_t *oid_vector(const Oid *oids, unsigned count)
{
    static const ArrayElement oid = {.type = TYPE_OID, .len = 4, .by_value = true, .align = 'i'};
    const int32_t size = (int32_t)count, lower = 0;
    Datum *values = mem_new_array(Datum, count);

    for (unsigned i = 0; i < count; i++)
        values[i] = datum_of_u32(oids[i]);
    return array_make(&oid, values, NULL, 1, &size, &lower);
}

static void insert_index(const Relation *table, const IndexMake *make, bool is_immediate)
{
    CatalogChange *change = catalog_change_begin(PG_INDEX_CATALOG);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_INDEX_COL_INDEXRELID, make->oid);
    catalog_set_u32(&row, PG_INDEX_COL_INDRELID, table->oid);
    catalog_set_i16(&row, PG_INDEX_COL_INDNATTS, (int16_t)make->column_count);
    catalog_set_i16(&row, PG_INDEX_COL_INDNKEYATTS, (int16_t)make->key_count);
    catalog_set_bool(&row, PG_INDEX_COL_INDISUNIQUE, make->is_unique);
    catalog_set_bool(&row, PG_INDEX_COL_INDNULLSNOTDISTINCT, make->nulls_are_equal);
    catalog_set_bool(&row, PG_INDEX_COL_INDISPRIMARY, make->is_primary);
    catalog_set_bool(&row, PG_INDEX_COL_INDISEXCLUSION, make->is_exclusion);
    catalog_set_bool(&row, PG_INDEX_COL_INDIMMEDIATE, is_immediate);
    catalog_set_bool(&row, PG_INDEX_COL_INDISCLUSTERED, false);
    catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, !make->is_invalid);
    catalog_set_bool(&row, PG_INDEX_COL_INDCHECKXMIN, false);
    catalog_set_bool(&row, PG_INDEX_COL_INDISREADY, !make->is_invalid);
    catalog_set_bool(&row, PG_INDEX_COL_INDISLIVE, true);
    catalog_set_bool(&row, PG_INDEX_COL_INDISREPLIDENT, false);
    catalog_set(&row, PG_INDEX_COL_INDKEY,
                datum_of_pointer(int2_vector(make->columns, make->column_count)));
    catalog_set(&row, PG_INDEX_COL_INDCOLLATION,
                datum_of_pointer(oid_vector(make->collations, make->key_count)));
    catalog_set(&row, PG_INDEX_COL_INDCLASS,
                datum_of_pointer(oid_vector(make->opclasses, make->key_count)));
    catalog_set(&row, PG_INDEX_COL_INDOPTION,
                datum_of_pointer(int2_vector(make->options, make->key_count)));
    if (make->exprs != NULL)
        catalog_set_text(&row, PG_INDEX_COL_INDEXPRS, node_write_text(make->exprs));
    if (make->predicate != NULL)
        catalog_set_text(&row, PG_INDEX_COL_INDPRED, node_write_text(make->predicate));
    catalog_insert(change, &row);
    catalog_change_end(change);
}

/* ---- Constraint and dependencies ---- */

/* The index is a part of its constraint, which goes with the table's columns. */
static void make_index_constraint(Relation *table, IndexMake *make)
{
    const ConstraintMake constraint = {
        .name = make->name,
        .schema = table->schema,
        .kind = make->is_primary     ? 'p'
                : make->is_exclusion ? 'x'
                                     : 'u',
        .is_deferrable = make->is_deferrable,
        .is_deferred = make->is_deferred,
        .is_valid = true,
        .is_no_inherit = true,
        .relation = table->oid,
        .columns = make->columns,
        .column_count = make->column_count,
        .key_count = make->key_count,
        .index = make->oid,
        .is_local = true,
    };
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, make->oid);
    ObjectAddress on;

    make->constraint = constraint_make(&constraint);
    on = object_address(PG_CONSTRAINT_CATALOG, make->constraint);
    depend_note(&who, &on, DEPEND_INTERNAL);
    if (make->is_deferrable)
        index_make_recheck(table, make->oid, make->constraint, &constraint);
}

void index_make_recheck(Relation *table, Oid index, Oid constraint, const ConstraintMake *as)
{
    const TriggerMake make = {.name = as->kind == 'p' ? "PK_ConstraintTrigger"
                                                      : "Unique_ConstraintTrigger",
                              .relation = table->oid,
                              .function = TRIGGER_UNIQUE_RECHECK,
                              .type = TRIGGER_ROW | TRIGGER_INSERT | TRIGGER_UPDATE,
                              .is_internal = true,
                              .is_deferrable = true,
                              .is_deferred = as->is_deferred,
                              .constraint = constraint,
                              .constraint_index = index};

    trigger_make(&make);
}

static void note_dependencies(const Relation *table, const IndexMake *make)
{
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, make->oid);
    bool has_column = false;
    ObjectList columns, others;

    object_list_init(&columns);
    object_list_init(&others);
    for (unsigned i = 0; i < make->column_count && !make->has_constraint; i++) {
        if (make->columns[i] != 0) {
            object_list_add(&columns, PG_CLASS_CATALOG, table->oid, make->columns[i]);
            has_column = true;
        }
    }
    /* Of expressions without a column it would not go with its table. */
    if (!make->has_constraint && !has_column)
        object_list_add(&columns, PG_CLASS_CATALOG, table->oid, 0);
    depend_note_list(&who, &columns, DEPEND_AUTO);
    for (unsigned i = 0; i < make->key_count; i++) {
        if (make->collations[i] != 0 && make->collations[i] != COLLATION_DEFAULT)
            object_list_add(&others, PG_COLLATION_CATALOG, make->collations[i], 0);
        object_list_add(&others, PG_OPCLASS_CATALOG, make->opclasses[i], 0);
    }
    depend_note_list(&who, &others, DEPEND_NORMAL);
    if (make->exprs != NULL)
        depend_note_table_expr(&who, (const Node *)(const void *)make->exprs, table->oid,
                               DEPEND_NORMAL, DEPEND_AUTO, false);
    if (make->predicate != NULL)
        depend_note_table_expr(&who, make->predicate, table->oid, DEPEND_NORMAL, DEPEND_AUTO,
                               false);
}

/* ---- Entries ---- */

static void set_check_xmin(Oid index)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_bool(&row, PG_INDEX_COL_INDCHECKXMIN, true);
    object_update_row(PG_INDEX_CATALOG, CACHE_INDEXRELID, index, &row);
    txn_advance_command();
}

typedef struct Building {
    Relation *table, *index;
    IndexBuild build;
} Building;

static void make_entries(void *arg)
{
    Building *b = arg;

    index_build(b->table, b->index, &b->build);
}

/* Does it lack rows that old snapshots show? */
static bool build(Relation *table, Oid oid, const IndexBuild *how)
{
    Relation *index = relation_pin_existing(oid);
    Building b = {.table = table, .index = index, .build = *how};

    if (index->kind == RELATION_PARTITIONED_INDEX) {
        relation_unpin(index);
        return false;
    }
    relation_heap(table);
    relation_btree(index);
    role_run_as(table->row->relowner, ROLE_RESTRICTED, make_entries, &b);
    if (index->persistence == RELATION_UNLOGGED && !smgr_exists(index->smgr, FORK_INIT)) {
        rel_file_create_fork(index->smgr, FORK_INIT);
        index_build_empty(index, FORK_INIT);
    }
    note_sizes(table, true, b.build.table_rows);
    note_sizes(index, false, b.build.index_rows);
    relation_unpin(index);
    txn_advance_command();
    return b.build.has_broken_chain;
}

bool index_rebuild(Relation *table, Oid oid, bool in_new_file, IndexCheck check)
{
    Relation *index = index_open(oid, LOCK_ACCESS_EXCLUSIVE);

    table_require_unused(index, "REINDEX INDEX");
    if (in_new_file)
        relation_set_new_file(index, index->persistence);
    relation_close(index, LOCK_NONE);
    return build(table, oid, &(IndexBuild){.is_unchecked = check == INDEX_UNCHECKED});
}

void index_build_beside(Relation *table, Oid index)
{
    build(table, index, &(IndexBuild){.snapshot = snapshot_active()});
}

void index_mark_whole(Oid index, bool has_broken_chain)
{
    const HeapTuple *old = syscache_pin(CACHE_INDEXRELID, datum_of_u32(index));
    const PgIndex *i = CACHE_ROW(PgIndex, old);
    bool was_whole = i->indisvalid && i->indisready && i->indislive;

    if (!was_whole || (i->indcheckxmin && !has_broken_chain)) {
        CatalogChange *change = catalog_change_begin(PG_INDEX_CATALOG);
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, true);
        catalog_set_bool(&row, PG_INDEX_COL_INDISREADY, true);
        catalog_set_bool(&row, PG_INDEX_COL_INDISLIVE, true);
        catalog_set_bool(&row, PG_INDEX_COL_INDCHECKXMIN, has_broken_chain);
        catalog_update(change, old, &row);
        catalog_change_end(change);
    }
    syscache_unpin(old);
}

void index_take_step(Oid index, IndexStep step)
{
    CatalogRow row;

    catalog_row_init(&row);
    switch (step) {
    case INDEX_READY:
        catalog_set_bool(&row, PG_INDEX_COL_INDISREADY, true);
        break;
    case INDEX_VALID:
        catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, true);
        break;
    case INDEX_INVALID:
        catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, false);
        catalog_set_bool(&row, PG_INDEX_COL_INDISCLUSTERED, false);
        catalog_set_bool(&row, PG_INDEX_COL_INDISREPLIDENT, false);
        break;
    case INDEX_DEAD:
        catalog_set_bool(&row, PG_INDEX_COL_INDISREADY, false);
        catalog_set_bool(&row, PG_INDEX_COL_INDISLIVE, false);
        break;
    }
    object_update_row(PG_INDEX_CATALOG, CACHE_INDEXRELID, index, &row);
}

/*
 * What the build has seen is told at once, whatever becomes of this transaction: sizes are
 * estimates, and an index that goes leaves no harm in relhasindex.
 */
static void note_sizes(Relation *rel, bool has_index, double rows)
{
    CatalogChange *change = catalog_change_begin(PG_CLASS_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_RELOID, datum_of_u32(rel->oid));
    const PgClass *class = CACHE_ROW(PgClass, old);
    CatalogRow row;
    bool is_changed = false;

    /* A table that was never looked at and is empty stays one whose size is not known. */
    if (rows == 0 && class->reltuples < 0)
        rows = -1;
    catalog_row_init(&row);
    if (class->relhasindex != has_index) {
        catalog_set_bool(&row, PG_CLASS_COL_RELHASINDEX, has_index);
        is_changed = true;
    }
    if (rows >= 0) {
        BlockNo pages = smgr_block_count(rel->smgr, FORK_MAIN), visible = 0, frozen;

        if (rel->index == NULL)
            vm_count(rel->smgr, &visible, &frozen);
        is_changed = is_changed || class->relpages != (int32_t)pages ||
                     class->reltuples != (float)rows || class->relallvisible != (int32_t)visible;
        catalog_set_i32(&row, PG_CLASS_COL_RELPAGES, (int32_t)pages);
        catalog_set(&row, PG_CLASS_COL_RELTUPLES, datum_of_f4((float)rows));
        catalog_set_i32(&row, PG_CLASS_COL_RELALLVISIBLE, (int32_t)visible);
    }
    if (is_changed)
        catalog_overwrite(change, old, &row);
    else
        inval_note_relation(rel->oid, rel->is_shared);
    syscache_unpin(old);
    catalog_change_end(change);
}
