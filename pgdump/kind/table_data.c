/* table_data.c - the rows of tables: which are dumped, in what order; data.h writes them. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "pgdump/catalog.h"
#include "pgdump/data.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

/* A matview that shows others, by pg_depend. */
typedef struct RefreshDependency {
    Oid view, on;
} RefreshDependency;

static bool can_have_data(const Dump *d, const TableObject *t);
static void read_refresh_dependencies(Dump *d);
static void take_refresh_dependency(Dump *d, void *row);

void table_data_make(Dump *d)
{
    size_t count = d->objects.count;
    Array sequences;
    bool has_matviews = false;

    if (d->options->is_schema_only)
        return;
    array_init(&sequences, sizeof(TableObject *));
    for (uint32_t id = 1; id <= count; id++) {
        TableObject *t = (TableObject *)object_by_id(d, id);

        if (t->object.kind != KIND_TABLE || (t->object.wanted & PART_DATA) == 0)
            continue;
        table_data_add(d, t, "");
        has_matviews = has_matviews || t->kind == RELKIND_MATVIEW;
    }
    extension_add_data(d);
    for (uint32_t id = (uint32_t)count + 1; id <= d->objects.count; id++)
        if (object_by_id(d, id)->kind == KIND_SEQUENCE_SET)
            *(TableObject **)array_push(&sequences) =
                ((TableDataObject *)object_by_id(d, id))->table;
    sequence_read_values(d, &sequences);
    if (has_matviews)
        read_refresh_dependencies(d);
}

static bool can_have_data(const Dump *d, const TableObject *t)
{
    if (t->kind == RELKIND_VIEW || t->kind == RELKIND_COMPOSITE || t->kind == RELKIND_PARTITIONED ||
        t->kind == RELKIND_FOREIGN)
        return false;
    if (t->persistence == 'u' && d->options->no_unlogged_data)
        return false;
    return select_has_data(d, t->object.oid);
}

void table_data_add(Dump *d, TableObject *t, const char *filter)
{
    TableDataObject *data;
    KindId kind = t->kind == RELKIND_SEQUENCE  ? KIND_SEQUENCE_SET
                  : t->kind == RELKIND_MATVIEW ? KIND_REFRESH
                                               : KIND_TABLE_DATA;

    if (t->data != NULL || !can_have_data(d, t))
        return;
    data = mem_new(TableDataObject);
    data->table = t;
    data->filter = filter;
    data->object.name = t->object.name;
    data->object.schema = t->object.schema;
    data->object.owner = t->object.owner;
    object_add(d, &data->object, kind);
    data->object.catalog = t->object.catalog;
    data->object.oid = t->object.oid;
    data->object.parts = PART_DEFINITION | PART_DATA;
    data->object.wanted = PART_DEFINITION | PART_DATA;
    object_depend(&data->object, t->object.id);
    t->data = data;
    t->object.parts |= PART_DATA;
}

/* Without constraints to come later, the rows that others refer to must be there before these. */
void table_data_add_references(Dump *d)
{
    if (!d->options->is_data_only || d->options->is_schema_only)
        return;
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        const ConstraintObject *key = (const ConstraintObject *)object_by_id(d, id);
        TableObject *referenced;

        if (key->object.kind != KIND_FOREIGN_KEY || key->table->data == NULL)
            continue;
        referenced = table_find(d, key->referenced);
        if (referenced != NULL && referenced->data != NULL)
            object_depend(&key->table->data->object, referenced->data->object.id);
    }
}

void table_data_print(Dump *d, DumpObject *o)
{
    TableDataObject *data = (TableDataObject *)o;
    const TableObject *t = data->table;
    const char *target = data_target(d, t);
    const char *copy = NULL;

    if (!d->options->inserts)
        copy = mem_printf("COPY %s %s FROM stdin;\n", target, table_column_list(d, t));
    archive_add(&d->archive,
                &(ArchiveEntry){
                    .id = o->id,
                    .catalog = o->catalog,
                    .oid = o->oid,
                    .type = "TABLE DATA",
                    .tag = t->object.name,
                    .schema = t->object.schema->object.name,
                    .owner = t->object.owner,
                    .section = ARCHIVE_DATA,
                    .create = data_is_via_root(d, t)
                                  ? mem_printf("-- load via partition root %s", target)
                                  : "",
                    .drop = "",
                    .copy = copy,
                    .write = d->options->inserts ? data_write_inserts : data_write_copy,
                    .write_arg = data_source_new(d, data),
                });
}

/* ---- Materialized views are filled by REFRESH, those that others show first ---- */

static void read_refresh_dependencies(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("objid", OID, RefreshDependency, view),
        COLUMN("refobjid", OID, RefreshDependency, on),
    };
    static const CatalogQuery query = {
        .from = "(WITH RECURSIVE w AS (\n"
                "SELECT d1.objid, d2.refobjid, c2.relkind AS refrelkind"
                " FROM pg_catalog.pg_depend d1"
                " JOIN pg_catalog.pg_class c1 ON c1.oid = d1.objid AND c1.relkind = 'm'"
                " JOIN pg_catalog.pg_rewrite r1 ON r1.ev_class = d1.objid"
                " JOIN pg_catalog.pg_depend d2 ON d2.classid = 2618 AND d2.objid = r1.oid"
                " AND d2.refobjid <> d1.objid"
                " JOIN pg_catalog.pg_class c2 ON c2.oid = d2.refobjid"
                " AND c2.relkind IN ('m', 'v')"
                " WHERE d1.classid = 1259\n"
                "UNION\n"
                "SELECT w.objid, d3.refobjid, c3.relkind"
                " FROM w"
                " JOIN pg_catalog.pg_rewrite r3 ON r3.ev_class = w.refobjid"
                " JOIN pg_catalog.pg_depend d3 ON d3.classid = 2618 AND d3.objid = r3.oid"
                " AND d3.refobjid <> w.refobjid"
                " JOIN pg_catalog.pg_class c3 ON c3.oid = d3.refobjid"
                " AND c3.relkind IN ('m', 'v'))\n"
                "SELECT objid, refobjid FROM w WHERE refrelkind = 'm') AS refreshes",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(RefreshDependency),
    };

    catalog_read(d, &query, NULL, take_refresh_dependency);
}

static void take_refresh_dependency(Dump *d, void *row)
{
    const RefreshDependency *dependency = row;
    TableObject *view = table_find(d, dependency->view);
    TableObject *on = table_find(d, dependency->on);

    if (view == NULL || on == NULL || view->data == NULL)
        return;
    if (on->data != NULL)
        object_depend(&view->data->object, on->data->object.id);
    if (!on->is_populated)
        view->is_populated = false;
}

void refresh_print(Dump *d, DumpObject *o)
{
    const TableObject *t = ((const TableDataObject *)o)->table;

    if (!t->is_populated)
        return;
    entry_add_definition(
        d, o,
        &(Definition){
            .type = "MATERIALIZED VIEW DATA",
            .create = mem_printf("REFRESH MATERIALIZED VIEW %s;\n", entry_qualified(d, &t->object)),
            .drop = "",
        });
}
