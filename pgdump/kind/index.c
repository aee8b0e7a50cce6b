/* index.c - indexes, and the keys and exclusions that they stand for. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

typedef struct IndexAttachObject {
    DumpObject object;
    IndexObject *parent, *part;
} IndexAttachObject;

static void take(Dump *d, void *row);
static void make_constraint(Dump *d, IndexObject *index);
static void attach(Dump *d, IndexObject *index);
static void add_key(Dump *d, const IndexObject *index, StrBuf *sql);
static void add_settings(Dump *d, const IndexObject *index, StrBuf *sql);

void index_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("i.indexrelid", OID, IndexObject, object.oid),
        COLUMN("t.relname", TEXT, IndexObject, object.name),
        COLUMN("t.relnamespace", SCHEMA, IndexObject, object.schema),
        COLUMN("i.indrelid", OID, IndexObject, table_oid),
        COLUMN("inh.inhparent", OID, IndexObject, parent),
        COLUMN("pg_catalog.pg_get_indexdef(i.indexrelid)", TEXT, IndexObject, definition),
        COLUMN("i.indisclustered", BOOL, IndexObject, is_clustered),
        COLUMN("i.indisreplident", BOOL, IndexObject, is_replica_identity),
        COLUMN("s.spcname", TEXT, IndexObject, tablespace),
        COLUMN("c.oid", OID, IndexObject, constraint),
        COLUMN("c.contype", CHAR, IndexObject, constraint_type),
        COLUMN("c.conname", TEXT, IndexObject, constraint_name),
        COLUMN("pg_catalog.pg_get_constraintdef(c.oid)", TEXT, IndexObject, constraint_definition),
        COLUMN("t.reloptions", TEXT, IndexObject, options),
        COLUMN("c.condeferrable", BOOL, IndexObject, is_deferrable),
        COLUMN("c.condeferred", BOOL, IndexObject, is_deferred),
        COLUMN("(SELECT pg_catalog.array_agg(attnum ORDER BY attnum)"
               " FROM pg_catalog.pg_attribute"
               " WHERE attrelid = i.indexrelid AND attstattarget >= 0)",
               TEXTS, IndexObject, statistics_columns),
        COLUMN("(SELECT pg_catalog.array_agg(attstattarget ORDER BY attnum)"
               " FROM pg_catalog.pg_attribute"
               " WHERE attrelid = i.indexrelid AND attstattarget >= 0)",
               TEXTS, IndexObject, statistics_values),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_index i ON (i.indrelid = wanted.id)\n"
                "JOIN pg_catalog.pg_class t ON (t.oid = i.indexrelid)\n"
                "JOIN pg_catalog.pg_class t2 ON (t2.oid = i.indrelid)\n"
                "LEFT JOIN pg_catalog.pg_constraint c ON (i.indrelid = c.conrelid"
                " AND i.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x'))\n"
                "LEFT JOIN pg_catalog.pg_inherits inh ON (inh.inhrelid = i.indexrelid)\n"
                "LEFT JOIN pg_catalog.pg_tablespace s ON (s.oid = t.reltablespace)",
        .where = "(i.indisvalid OR t2.relkind = 'p') AND i.indisready",
        .order = "i.indrelid, t.relname",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(IndexObject),
    };
    Array tables;
    size_t count;

    array_init(&tables, sizeof(Oid));
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        const TableObject *t = (const TableObject *)object_by_id(d, id);

        if (t->object.kind == KIND_TABLE && t->is_interesting && t->has_index)
            *(Oid *)array_push(&tables) = t->object.oid;
    }
    catalog_read(d, &query, &tables, take);
    count = d->objects.count;
    for (uint32_t id = 1; id <= count; id++)
        if (object_by_id(d, id)->kind == KIND_INDEX)
            attach(d, (IndexObject *)object_by_id(d, id));
}

static void take(Dump *d, void *row)
{
    IndexObject *index = row;
    TableObject *t = table_find(d, index->table_oid);

    index->table = t;
    index->object.owner = t->object.owner;
    array_init(&index->attachments, sizeof(uint32_t));
    object_add(d, &index->object, KIND_INDEX);
    index->object.wanted = t->object.wanted;
    *(IndexObject **)array_push(&t->indexes) = index;
    if (index->constraint != 0)
        make_constraint(d, index);
}

static void make_constraint(Dump *d, IndexObject *index)
{
    ConstraintObject *c = mem_new(ConstraintObject);

    c->object.oid = index->constraint;
    c->object.name = index->constraint_name;
    c->object.schema = index->table->object.schema;
    c->object.owner = index->object.owner;
    c->table = index->table;
    c->type = index->constraint_type;
    c->definition = index->constraint_definition;
    c->index = index;
    c->is_local = c->is_separate = true;
    object_add(d, &c->object, KIND_CONSTRAINT);
    c->object.wanted = index->table->object.wanted;
    index->constraint_object = c;
}

/* A partition's index is made alone, and joined to that of its parent. */
static void attach(Dump *d, IndexObject *index)
{
    IndexObject *parent =
        index->parent == 0 ? NULL : (IndexObject *)object_find(d, CATALOG_CLASS, index->parent);
    IndexAttachObject *attachment;

    if (parent == NULL)
        return;
    attachment = mem_new(IndexAttachObject);
    attachment->object.name = index->object.name;
    attachment->object.schema = index->object.schema;
    attachment->object.owner = index->object.owner;
    attachment->parent = parent;
    attachment->part = index;
    object_add(d, &attachment->object, KIND_INDEX_ATTACH);
    attachment->object.wanted = index->object.wanted;
    object_depend(&attachment->object, index->object.id);
    object_depend(&attachment->object, parent->object.id);
    object_depend(&attachment->object, index->table->object.id);
    object_depend(&attachment->object, parent->table->object.id);
    /* A key that others refer to is one only when its parts are joined. */
    if (parent->constraint_object != NULL)
        object_depend(&attachment->object, parent->constraint_object->object.id);
    if (index->constraint_object != NULL)
        object_depend(&attachment->object, index->constraint_object->object.id);
    *(uint32_t *)array_push(&parent->attachments) = attachment->object.id;
}

void foreign_key_depend(Dump *d, ConstraintObject *c)
{
    const IndexObject *index = (const IndexObject *)object_find(d, CATALOG_CLASS, c->index_oid);

    if (index == NULL || index->object.kind != KIND_INDEX)
        return;
    array_foreach(const uint32_t, id, &index->attachments)
        object_depend(&c->object, *id);
}

bool index_is_parent(const DumpObject *o, const DumpObject *child)
{
    return ((const IndexObject *)child)->parent == o->oid;
}

void index_print(Dump *d, DumpObject *o)
{
    IndexObject *index = (IndexObject *)o;
    const char *name = entry_qualified(d, o);
    StrBuf sql;

    if (index->constraint_object == NULL) {
        strbuf_init(&sql);
        strbuf_add_fmt(&sql, "%s;\n", index->definition);
        add_settings(d, index, &sql);
        entry_add_definition(d, o,
                             &(Definition){
                                 .type = "INDEX",
                                 .name = name,
                                 .create = sql.text,
                                 /* What is joined to another goes with that. */
                                 .drop = index->parent != 0 ? "" : NULL,
                                 .tablespace = index->tablespace != NULL ? index->tablespace : "",
                             });
    }
    entry_add_part(d, o, &(Definition){.type = "INDEX", .name = name, .has_no_labels = true}, 0);
}

void index_print_constraint(Dump *d, ConstraintObject *c)
{
    const char *foreign = c->table->kind == RELKIND_FOREIGN ? "FOREIGN " : "";
    const char *table = entry_qualified(d, &c->table->object);
    const char *name = entry_name(d, c->object.name);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "ALTER %sTABLE ONLY %s\n    ADD CONSTRAINT %s ", foreign, table, name);
    add_key(d, c->index, &sql);
    add_settings(d, c->index, &sql);
    entry_add_definition(
        d, &c->object,
        &(Definition){
            .type = "CONSTRAINT",
            .tag = mem_printf("%s %s", c->table->object.name, c->object.name),
            .create = sql.text,
            .drop = mem_printf("ALTER %sTABLE ONLY %s DROP CONSTRAINT %s;\n", foreign, table, name),
            .tablespace = c->index->tablespace != NULL ? c->index->tablespace : "",
        });
}

/* The server leaves the options of keys out: they stand before what is deferred. */
static void add_key(Dump *d, const IndexObject *index, StrBuf *sql)
{
    const char *text = index->constraint_definition;
    const char *end = !index->is_deferrable ? ""
                      : index->is_deferred  ? " DEFERRABLE INITIALLY DEFERRED"
                                            : " DEFERRABLE";
    StrBuf options;

    strbuf_init(&options);
    if (index->constraint_type != 'x')
        table_add_options(d, &options, index->options, "");
    if (options.len == 0 || !str_ends_with(text, end)) {
        strbuf_add_fmt(sql, "%s;\n", text);
        return;
    }
    strbuf_add_bytes(sql, text, strlen(text) - strlen(end));
    strbuf_add_fmt(sql, " WITH (%s)%s;\n", options.text, end);
}

/* What CREATE INDEX and ADD CONSTRAINT cannot say. */
static void add_settings(Dump *d, const IndexObject *index, StrBuf *sql)
{
    const char *table = entry_qualified(d, &index->table->object);
    const char *name = entry_name(d, index->object.name);

    if (index->is_clustered)
        strbuf_add_fmt(sql, "\nALTER TABLE %s CLUSTER ON %s;\n", table, name);
    for (size_t i = 0; i < index->statistics_columns.count; i++)
        strbuf_add_fmt(sql, "ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s;\n",
                       entry_qualified(d, &index->object),
                       *(const char **)array_at(&index->statistics_columns, i),
                       *(const char **)array_at(&index->statistics_values, i));
    if (index->is_replica_identity)
        strbuf_add_fmt(sql, "\nALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %s;\n", table,
                       name);
}

void index_attach_print(Dump *d, DumpObject *o)
{
    const IndexAttachObject *attachment = (const IndexAttachObject *)o;

    entry_add_definition(d, o,
                         &(Definition){
                             .type = "INDEX ATTACH",
                             .create = mem_printf("ALTER INDEX %s ATTACH PARTITION %s;\n",
                                                  entry_qualified(d, &attachment->parent->object),
                                                  entry_qualified(d, &attachment->part->object)),
                             .drop = "",
                         });
}
