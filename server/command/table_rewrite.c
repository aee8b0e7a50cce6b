/*
 * table_rewrite.c - a table's rows are put into another file; table_rewrite.h has the how
 *
 * The rows go to a table that is made for this alone, with a toast table of its own. Then the two
 * exchange their files, and the toast table of the new one becomes the old one's; what was made for
 * this goes, with the old files.
 */
#include "common/base/base.h"

#include "server/command/table_rewrite.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend.h"
#include "server/command/depend_drop.h"
#include "server/command/make.h"
#include "server/executor/result_rel.h"
#include "server/expr/expr.h"
#include "server/ipc/interrupt.h"
#include "server/txn/txn.h"

static Oid make_stand_in(Relation *table, const TableRewrite *rewrite);
static void copy_rows(const TableRewrite *rewrite, Relation *from, Relation *to);
static void exchange(Oid table, Oid stand_in);
static void rename_toast(Oid table);

void table_rewrite(const TableRewrite *rewrite)
{
    Relation *table = relation_open(rewrite->table, LOCK_NONE), *to;
    Oid stand_in = make_stand_in(table, rewrite);
    const ObjectAddress object = object_address(PG_CLASS_CATALOG, stand_in);

    to = relation_open(stand_in, LOCK_NONE);
    copy_rows(rewrite, table, to);
    relation_close(to, LOCK_NONE);
    relation_close(table, LOCK_NONE);
    txn_advance_command();
    exchange(rewrite->table, stand_in);
    table_rebuild_indexes(rewrite->table, rewrite->persistence, INDEX_CHECKED);
    object_drop(&object, DROP_RESTRICT, DROP_INTERNALLY);
    txn_advance_command();
    rename_toast(rewrite->table);
    table_clear_missing(rewrite->table);
    txn_advance_command();
}

/* ---- The table that is made for it ---- */

/* Nothing is checked there; in the place of columns that are gone stand others without values. */
static TupleDesc *plain_desc(const Relation *table)
{
    TupleDesc *desc = tuple_desc_copy(table->desc);

    desc->extra = NULL;
    for (unsigned i = 0; i < desc->count; i++) {
        Column *c = &desc->columns[i];

        c->not_null = c->has_missing = c->has_default = false;
        c->generated = c->identity = '\0';
        if (!c->is_dropped)
            continue;
        c->is_dropped = false;
        c->type = TYPE_INT4;
        c->len = 4;
        c->by_value = true;
        c->align = 'i';
        c->storage = 'p';
        c->collation = 0;
    }
    tuple_desc_finish(desc);
    return desc;
}

static Oid make_stand_in(Relation *table, const TableRewrite *rewrite)
{
    RelationMake make = {.name = mem_printf("pg_temp_%u", table->oid),
                         .schema = table->schema,
                         .tablespace = rewrite->tablespace,
                         .owner = table->row->relowner,
                         .access_method = AM_HEAP,
                         .kind = table->kind,
                         .persistence = rewrite->persistence,
                         .desc = plain_desc(table),
                         .options = relation_options_copy(table->oid)};
    Oid toast = table->row->reltoastrelid;

    relation_unpin(relation_make(&make));
    txn_advance_command();
    toast_make(make.oid, toast != 0 ? relation_options_copy(toast) : NULL);
    txn_advance_command();
    return make.oid;
}

/* ---- Rows ---- */

typedef struct Computation {
    unsigned place;
    bool is_generated;
    Expr *expr;
} Computation;

typedef struct Copier {
    ResultRel *rel;
    ResultBatch *batch;
    EvalContext *eval; /* scan: the old row; inner: the new one */
    Slot *old, *new;
    const TupleDesc *target; /* columns of the table */
    Computation *computations;
    size_t count;
} Copier;

static void compile_values(Copier *c, const Array *values, const TupleDesc *target)
{
    const ExprScope old_scope = {.scan_desc = c->old->desc}, new_scope = {.scan_desc = target};

    c->computations = mem_new_array(Computation, values->count + 1);
    array_foreach(const NewValue, value, values) {
        Computation *to = &c->computations[c->count++];

        to->place = (unsigned)value->number - 1;
        to->is_generated = value->is_generated;
        to->expr = expr_compile(value->expr, value->is_generated ? &new_scope : &old_scope);
    }
}

static void compute(Copier *c, bool is_generated)
{
    c->eval->scan = is_generated ? c->new : c->old;
    for (size_t i = 0; i < c->count; i++) {
        const Computation *one = &c->computations[i];

        if (one->is_generated == is_generated)
            c->new->values[one->place] = expr_eval(one->expr, c->eval, &c->new->nulls[one->place]);
    }
}

/* Values of columns that are gone go, too. */
static void copy_row(Copier *c, const HeapTuple *row)
{
    unsigned count = c->new->desc->count, old_count = c->old->desc->count;

    eval_reset(c->eval);
    slot_clear(c->old);
    slot_set_heap(c->old, row);
    slot_need_all(c->old);
    slot_clear(c->new);
    for (unsigned i = 0; i < count; i++) {
        bool has_value = i < old_count && !c->target->columns[i].is_dropped;

        c->new->nulls[i] = !has_value || c->old->nulls[i];
        c->new->values[i] = has_value ? c->old->values[i] : 0;
    }
    MEM_SCOPE(c->eval->row_mem) {
        compute(c, false);
        slot_set_virtual(c->new);
        compute(c, true);
    }
    result_rel_batch_add(c->batch);
}

static void copy_rows(const TableRewrite *rewrite, Relation *from, Relation *to)
{
    Copier c = {.rel = result_rel_new(to), .target = tuple_desc_copy(from->desc)};
    HeapBulk *bulk = heap_bulk_begin();
    const HeapTuple *row;
    HeapScan *scan;

    c.old = slot_new(rewrite->rows_desc != NULL ? rewrite->rows_desc : c.target);
    c.new = result_rel_row(c.rel);
    c.eval = eval_new();
    if (rewrite->values != NULL)
        compile_values(&c, rewrite->values, c.target);
    result_rel_begin(c.rel, to, txn_command(true), mem_current());
    c.batch = result_rel_batch_new(c.rel, bulk, HEAP_INSERT_SKIP_FSM);
    snapshot_push_latest();
    scan = heap_scan_begin(relation_heap(from), snapshot_active());
    while ((row = heap_scan_next(scan, false)) != NULL) {
        check_interrupts();
        copy_row(&c, row);
    }
    result_rel_batch_flush(c.batch);
    heap_scan_end(scan);
    snapshot_pop();
    heap_bulk_end(bulk);
    result_rel_end(c.rel);
}

/* ---- Exchange ---- */

typedef struct ClassFile {
    Oid oid, file, toast, tablespace;
    char persistence;
    int32_t pages, visible;
    float tuples;
    Xid frozen;
    MultiXid minmxid;
} ClassFile;

static ClassFile class_file(Oid oid)
{
    const PgClass *c = CACHE_ROW(PgClass, syscache_peek(CACHE_RELOID, datum_of_u32(oid)));

    return (ClassFile){.oid = oid,
                       .file = c->relfilenode,
                       .toast = c->reltoastrelid,
                       .tablespace = c->reltablespace,
                       .persistence = c->relpersistence,
                       .pages = c->relpages,
                       .visible = c->relallvisible,
                       .tuples = c->reltuples};
}

static void set_class_file(Oid oid, const ClassFile *with, bool sets_frozen)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_CLASS_COL_RELFILENODE, with->file);
    catalog_set_u32(&row, PG_CLASS_COL_RELTABLESPACE, with->tablespace);
    catalog_set_u32(&row, PG_CLASS_COL_RELTOASTRELID, with->toast);
    catalog_set_char(&row, PG_CLASS_COL_RELPERSISTENCE, with->persistence);
    catalog_set_i32(&row, PG_CLASS_COL_RELPAGES, with->pages);
    catalog_set(&row, PG_CLASS_COL_RELTUPLES, datum_of_f4(with->tuples));
    catalog_set_i32(&row, PG_CLASS_COL_RELALLVISIBLE, with->visible);
    if (sets_frozen) {
        catalog_set_u32(&row, PG_CLASS_COL_RELFROZENXID, with->frozen);
        catalog_set_u32(&row, PG_CLASS_COL_RELMINMXID, with->minmxid);
    }
    relation_update_class(oid, &row);
}

static void give_toast(Oid toast, Oid from, Oid to)
{
    const ObjectAddress who = object_address(PG_CLASS_CATALOG, toast);
    const ObjectAddress old = object_address(PG_CLASS_CATALOG, from);
    const ObjectAddress new = object_address(PG_CLASS_CATALOG, to);

    if (toast != 0)
        depend_change(&who, &old, &new);
}

/* The new file has rows of this transaction alone: what was noted when it was made holds. */
static void exchange(Oid table, Oid stand_in)
{
    ClassFile old = class_file(table), new = class_file(stand_in);
    Relation *rel = relation_open(stand_in, LOCK_NONE);

    new.frozen = rel->row->relfrozenxid;
    new.minmxid = rel->row->relminmxid;
    relation_close(rel, LOCK_NONE);
    set_class_file(table, &new, true);
    set_class_file(stand_in, &old, false);
    give_toast(old.toast, table, stand_in);
    give_toast(new.toast, stand_in, table);
    txn_advance_command();
    rel = relation_open(table, LOCK_NONE);
    relation_note_new_file(rel);
    relation_close(rel, LOCK_NONE);
}

void table_rebuild_indexes(Oid table, char persistence, IndexCheck check)
{
    Relation *rel = relation_open(table, LOCK_SHARE); /* as REINDEX TABLE does */
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    for (unsigned i = 0; i < count; i++) {
        Relation *index = index_open(oids[i], LOCK_ACCESS_EXCLUSIVE);
        bool has_broken_chain;

        relation_set_new_file(index, persistence);
        relation_close(index, LOCK_NONE);
        has_broken_chain = index_rebuild(rel, oids[i], false, check);
        catalog_resume_index(oids[i]);
        if (check == INDEX_CHECKED)
            index_mark_whole(oids[i], has_broken_chain);
        txn_advance_command();
    }
    mem_free(oids);
    relation_close(rel, LOCK_NONE);
}

/* ---- After it ---- */

static void set_name(Oid relation, const char *name)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_name(&row, PG_CLASS_COL_RELNAME, name);
    relation_update_class(relation, &row);
}

static void rename_toast(Oid table)
{
    Relation *rel = relation_open(table, LOCK_NONE), *toast;
    Oid oid = rel->row->reltoastrelid;
    const RelationIndexes *indexes;

    relation_close(rel, LOCK_NONE);
    if (oid == 0)
        return;
    toast = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);
    set_name(oid, mem_printf("pg_toast_%u", table));
    indexes = relation_indexes(toast);
    if (indexes->count > 0)
        set_name(indexes->oids[0], mem_printf("pg_toast_%u_index", table));
    relation_close(toast, LOCK_NONE);
}

void table_clear_missing(Oid table)
{
    Relation *rel = relation_open(table, LOCK_NONE);
    const TupleDesc *desc = tuple_desc_copy(rel->desc);

    for (unsigned i = 0; i < desc->count; i++) {
        const HeapTuple *old;
        CatalogChange *change;
        CatalogRow row;

        if (!desc->columns[i].has_missing)
            continue;
        change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
        old = syscache_pin2(CACHE_ATTNUM, datum_of_u32(table), datum_of_i16((int16_t)(i + 1)));
        catalog_row_init(&row);
        catalog_set_bool(&row, PG_ATTRIBUTE_COL_ATTHASMISSING, false);
        catalog_set_null(&row, PG_ATTRIBUTE_COL_ATTMISSINGVAL);
        catalog_update(change, old, &row);
        syscache_unpin(old);
        catalog_change_end(change);
    }
    relation_close(rel, LOCK_NONE);
}
