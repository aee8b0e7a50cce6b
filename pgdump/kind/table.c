/* table.c - tables and what else lies in pg_class with columns: views, sequences, partitions. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

#define LOCK_TEXT_MAX 100000 /* bytes of one LOCK TABLE, about */

/* Rows of pg_inherits. */
typedef struct Inheritance {
    Oid child, parent;
} Inheritance;

typedef struct View {
    Oid oid;
    const char *definition;
} View;

typedef struct AttachObject {
    DumpObject object;
    TableObject *parent, *partition;
} AttachObject;

static void take(Dump *d, void *row);
static void take_inheritance(Dump *d, void *row);
static void mark_interesting(Dump *d);
static void read_columns(Dump *d);
static void read_views(Dump *d);
static void take_view(Dump *d, void *row);
static void make_attachments(Dump *d);
static void read_unsafe_partitions(Dump *d);
static void take_unsafe(Dump *d, void *row);
static void own_sequences(Dump *d);
static void lock_tables(Dump *d);
static const char *type_text(const TableObject *t);
static void print_column_extras(Dump *d, TableObject *t, const Definition *def);

void table_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("c.oid", OID, TableObject, object.oid),
        COLUMN("c.relname", TEXT, TableObject, object.name),
        COLUMN("c.relnamespace", SCHEMA, TableObject, object.schema),
        COLUMN("c.relowner", ROLE, TableObject, object.owner),
        COLUMN("c.relacl", TEXT, TableObject, object.rights.acl),
        COLUMN("pg_catalog.acldefault(CASE WHEN c.relkind = 'S' THEN 's'::\"char\" "
               "ELSE 'r'::\"char\" END, c.relowner)",
               TEXT, TableObject, object.rights.given),
        COLUMN("c.relkind", CHAR, TableObject, kind),
        COLUMN("c.relpersistence", CHAR, TableObject, persistence),
        COLUMN("c.relreplident", CHAR, TableObject, replica_identity),
        COLUMN("c.relispartition", BOOL, TableObject, is_partition),
        COLUMN("c.relrowsecurity", BOOL, TableObject, has_row_security),
        COLUMN("c.relforcerowsecurity", BOOL, TableObject, forces_row_security),
        COLUMN("c.relhasindex", BOOL, TableObject, has_index),
        COLUMN("c.relispopulated", BOOL, TableObject, is_populated),
        COLUMN("c.reloftype", OID, TableObject, of_type),
        COLUMN("d.refobjid", OID, TableObject, owning_table),
        COLUMN("d.refobjsubid", INT, TableObject, owning_column),
        COLUMN("d.deptype", CHAR, TableObject, owning_kind),
        COLUMN("tsp.spcname", TEXT, TableObject, tablespace),
        COLUMN("am.amname", TEXT, TableObject, access_method),
        COLUMN("pg_catalog.array_remove(pg_catalog.array_remove(c.reloptions, "
               "'check_option=local'), 'check_option=cascaded')",
               TEXT, TableObject, options),
        COLUMN("CASE WHEN 'check_option=local' = ANY (c.reloptions) THEN 'LOCAL'::text "
               "WHEN 'check_option=cascaded' = ANY (c.reloptions) THEN 'CASCADED'::text "
               "ELSE NULL END",
               TEXT, TableObject, check_option),
        COLUMN("tc.reloptions", TEXT, TableObject, toast_options),
        COLUMN("fs.srvname", TEXT, TableObject, foreign_server),
        COLUMN("CASE WHEN c.relkind = 'f' THEN " CATALOG_FOREIGN_OPTIONS("ft.ftoptions") " END",
               TEXT, TableObject, foreign_options),
        COLUMN("CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END", TEXT,
               TableObject, partition_key),
        COLUMN("CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END",
               TEXT, TableObject, partition_bound),
    };
    Array chosen;
    CatalogQuery query = {
        .from = "pg_catalog.pg_class c\n"
                "LEFT JOIN pg_catalog.pg_depend d ON (c.relkind = 'S' AND d.classid = 1259"
                " AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = 1259"
                " AND d.deptype IN ('a', 'i'))\n"
                "LEFT JOIN pg_catalog.pg_tablespace tsp ON (tsp.oid = c.reltablespace)\n"
                "LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid)\n"
                "LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid"
                " AND tc.relkind = 't' AND c.relkind <> 'p')\n"
                "LEFT JOIN pg_catalog.pg_foreign_table ft ON (ft.ftrelid = c.oid)\n"
                "LEFT JOIN pg_catalog.pg_foreign_server fs ON (fs.oid = ft.ftserver)\n"
                "LEFT JOIN pg_catalog.pg_init_privs pip ON (c.oid = pip.objoid"
                " AND pip.classoid = 1259 AND pip.objsubid = 0)",
        .order = "c.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TableObject),
    };

    /* Of what initdb made only other rights are of interest, unless it is picked by name. */
    array_init(&chosen, sizeof(Oid));
    select_add_tables(&chosen);
    query.where = mem_printf("c.relkind IN ('r', 'v', 'S', 'm', 'f', 'p', 'c') AND (c.oid >= %d"
                             " OR c.relacl IS DISTINCT FROM pip.initprivs OR c.oid = ANY ('%s'))",
                             FIRST_USER_OID, catalog_oid_array(&chosen));
    catalog_read(d, &query, NULL, take);
    own_sequences(d);
    lock_tables(d);
}

void attrdef_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("inhrelid", OID, Inheritance, child),
        COLUMN("inhparent", OID, Inheritance, parent),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_inherits",
        .order = "inhrelid, inhseqno",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Inheritance),
    };

    catalog_read(d, &query, NULL, take_inheritance);
    mark_interesting(d);
    make_attachments(d);
    read_unsafe_partitions(d);
    read_columns(d);
    read_views(d);
    sequence_read(d);
}

static void take(Dump *d, void *row)
{
    TableObject *t = row;

    array_init(&t->columns, sizeof(TableColumn));
    array_init(&t->checks, sizeof(ConstraintObject *));
    array_init(&t->parents, sizeof(TableObject *));
    array_init(&t->indexes, sizeof(IndexObject *));
    object_add(d, &t->object, KIND_TABLE);
    /* A composite type's is printed with the type. */
    if (t->kind != RELKIND_COMPOSITE)
        select_table(d, &t->object);
    if (t->object.oid < FIRST_USER_OID && d->options->tables.count == 0)
        t->object.wanted &= PART_RIGHTS;
}

TableObject *table_find(const Dump *d, Oid oid)
{
    DumpObject *o = object_find(d, CATALOG_CLASS, oid);

    return o != NULL && o->kind == KIND_TABLE ? (TableObject *)o : NULL;
}

/* A sequence is taken with the column that it belongs to, as far as it is not picked itself. */
static void own_sequences(Dump *d)
{
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        TableObject *t = (TableObject *)object_by_id(d, id), *owner;

        if (t->object.kind != KIND_TABLE || t->owning_table == 0)
            continue;
        owner = table_find(d, t->owning_table);
        if (owner == NULL)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("failed sanity check, parent table with OID %u of "
                                         "sequence with OID %u not found",
                                         t->owning_table, t->object.oid));
        if (owner->object.wanted == 0 && t->owning_kind == 'i') {
            /* Without the column that it counts for there is nothing for it to do. */
            t->object.wanted = 0;
            continue;
        }
        t->object.wanted |= owner->object.wanted;
        if (t->object.wanted != 0)
            t->is_interesting = true;
    }
}

/* What is dumped must stay as it is until the end. */
static void lock_tables(Dump *d)
{
    StrBuf sql, timeout;

    if (d->options->lock_timeout != NULL) {
        strbuf_init(&timeout);
        strbuf_add(&timeout, "SET statement_timeout = ");
        sql_add_literal(&timeout, d->options->lock_timeout);
        client_result_free(catalog_exec(d, timeout.text));
    }
    strbuf_init(&sql);
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        const TableObject *t = (const TableObject *)object_by_id(d, id);

        if (t->object.kind == KIND_TABLE &&
            (t->object.wanted & (PART_DEFINITION | PART_DATA)) != 0 &&
            (t->kind == RELKIND_TABLE || t->kind == RELKIND_PARTITIONED))
            strbuf_add_fmt(&sql, "%s%s", sql.len == 0 ? "LOCK TABLE " : ", ",
                           entry_qualified(d, &t->object));
        if (sql.len > LOCK_TEXT_MAX || (sql.len > 0 && id == d->objects.count)) {
            strbuf_add(&sql, " IN ACCESS SHARE MODE");
            client_result_free(catalog_exec(d, sql.text));
            strbuf_clear(&sql);
        }
    }
    if (d->options->lock_timeout != NULL)
        client_result_free(catalog_exec(d, "SET statement_timeout = 0"));
}

static void take_inheritance(Dump *d, void *row)
{
    const Inheritance *inheritance = row;
    TableObject *child = table_find(d, inheritance->child);
    TableObject *parent = table_find(d, inheritance->parent);

    if (child != NULL && parent != NULL)
        *(TableObject **)array_push(&child->parents) = parent;
}

/* Columns are read of what is dumped, and of what it has inherited them from. */
static void mark_interesting(Dump *d)
{
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        TableObject *t = (TableObject *)object_by_id(d, id);

        if (t->object.kind != KIND_TABLE)
            continue;
        if ((t->object.wanted & (PART_DEFINITION | PART_DATA)) != 0)
            t->is_interesting = true;
        if (!t->is_interesting)
            continue;
        array_foreach(TableObject *const, parent, &t->parents)
            (*parent)->is_interesting = true;
    }
}

static void read_columns(Dump *d)
{
    Array tables;

    array_init(&tables, sizeof(TableObject *));
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        TableObject *t = (TableObject *)object_by_id(d, id);

        if (t->object.kind != KIND_TABLE)
            continue;
        /* Composite types print their own columns, with comments as those of a table. */
        if ((t->is_interesting && t->kind != RELKIND_SEQUENCE) || t->kind == RELKIND_COMPOSITE ||
            t->object.is_member || (t->object.wanted & PART_RIGHTS) != 0)
            *(TableObject **)array_push(&tables) = t;
    }
    table_read_columns(d, &tables);
}

/* What all views that are dumped show. */
static void read_views(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("wanted.id", OID, View, oid),
        COLUMN("pg_catalog.pg_get_viewdef(wanted.id)", TEXT, View, definition),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_class c ON (c.oid = wanted.id)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(View),
    };
    Array views;

    array_init(&views, sizeof(Oid));
    for (uint32_t id = 1; id <= d->objects.count; id++) {
        const TableObject *t = (const TableObject *)object_by_id(d, id);

        if (t->object.kind == KIND_TABLE &&
            (t->kind == RELKIND_VIEW || t->kind == RELKIND_MATVIEW) &&
            (t->object.wanted & PART_DEFINITION) != 0)
            *(Oid *)array_push(&views) = t->object.oid;
    }
    catalog_read(d, &query, &views, take_view);
}

static void take_view(Dump *d, void *row)
{
    const View *view = row;

    table_find(d, view->oid)->definition = view->definition;
}

static void make_attachments(Dump *d)
{
    size_t count = d->objects.count;

    for (uint32_t id = 1; id <= count; id++) {
        TableObject *t = (TableObject *)object_by_id(d, id);
        AttachObject *attach;

        if (t->object.kind != KIND_TABLE || !t->is_partition || t->parents.count == 0 ||
            (t->object.wanted & PART_DEFINITION) == 0 || t->object.is_member)
            continue;
        attach = mem_new(AttachObject);
        attach->partition = t;
        attach->parent = *(TableObject **)array_at(&t->parents, 0);
        attach->object.name = t->object.name;
        attach->object.schema = t->object.schema;
        attach->object.owner = t->object.owner;
        attach->object.wanted = t->object.wanted;
        object_add(d, &attach->object, KIND_TABLE_ATTACH);
        object_depend(&attach->object, t->object.id);
        object_depend(&attach->object, attach->parent->object.id);
    }
}

/* Values of enumerations are hashed by numbers that are given out anew when the type is made. */
static void read_unsafe_partitions(Dump *d)
{
    static const CatalogColumn columns[] = {COLUMN("p.partrelid", OID, Inheritance, parent)};
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_partitioned_table p",
        .where = "(SELECT c.oid FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am a"
                 " ON (a.oid = c.opcmethod) WHERE c.opcname = 'enum_ops'"
                 " AND c.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace"
                 " AND a.amname = 'hash') = ANY (p.partclass)",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Inheritance),
    };

    for (uint32_t id = 1; id <= d->objects.count; id++) {
        const TableObject *t = (const TableObject *)object_by_id(d, id);

        if (t->object.kind == KIND_TABLE && t->kind == RELKIND_PARTITIONED) {
            catalog_read(d, &query, NULL, take_unsafe);
            return;
        }
    }
}

static void take_unsafe(Dump *d, void *row)
{
    TableObject *t = table_find(d, ((const Inheritance *)row)->parent);

    if (t != NULL)
        t->has_unsafe_partitions = true;
}

void table_attach_print(Dump *d, DumpObject *o)
{
    const AttachObject *attach = (const AttachObject *)o;

    entry_add_definition(d, o,
                         &(Definition){
                             .type = "TABLE ATTACH",
                             .create = mem_printf("ALTER TABLE ONLY %s ATTACH PARTITION %s %s;\n",
                                                  entry_qualified(d, &attach->parent->object),
                                                  entry_qualified(d, &attach->partition->object),
                                                  attach->partition->partition_bound),
                             .drop = "",
                         });
}

void table_print(Dump *d, DumpObject *o)
{
    TableObject *t = (TableObject *)o;
    const char *type = type_text(t), *name = entry_qualified(d, o);
    StrBuf sql;
    Definition def = {
        .type = type,
        .name = name,
        .rights_word = t->kind == RELKIND_SEQUENCE ? "SEQUENCE" : "TABLE",
    };

    if (t->kind == RELKIND_SEQUENCE) {
        table_print_sequence(d, t);
        return;
    }
    if (t->kind == RELKIND_COMPOSITE)
        return;
    if (object_wants(o, PART_DEFINITION)) {
        strbuf_init(&sql);
        table_add_create(d, t, &sql);
        table_add_alters(d, t, &sql);
        def.create = sql.text;
        def.drop = mem_printf("DROP %s %s;\n", type, name);
        def.tablespace = t->tablespace != NULL     ? t->tablespace
                         : t->kind == RELKIND_VIEW ? NULL
                                                   : "";
        def.access_method =
            t->kind == RELKIND_TABLE || t->kind == RELKIND_MATVIEW ? t->access_method : NULL;
        entry_add_definition(d, o, &def);
    }
    entry_add_part(d, o, &def, 0);
    print_column_extras(d, t, &def);
}

/* Comments on columns and checks; then the rights to the table and to columns. */
static void print_column_extras(Dump *d, TableObject *t, const Definition *def)
{
    DumpObject *o = &t->object;
    const char *table = def->name;
    Definition rights = *def;

    array_foreach(const TableColumn, column, &t->columns) {
        if (column->is_dropped)
            continue;
        entry_add_part(
            d, o,
            &(Definition){
                .type = "COLUMN",
                .tag = mem_printf("%s.%s", entry_name(d, o->name), entry_name(d, column->name)),
                .name = mem_printf("%s.%s", table, entry_name(d, column->name))},
            column->number);
    }
    array_foreach(ConstraintObject *const, check, &t->checks)
        if (!(*check)->is_separate)
            constraint_print_comment(d, *check);
    rights.type = rights.rights_word;
    rights.word = rights.rights_word;
    entry_add_rights(d, o, &rights);
    array_foreach(const TableColumn, column, &t->columns)
        if (column->rights.acl != NULL && !column->is_dropped)
            entry_add_column_rights(d, o, table, column->name, &column->rights);
}

static const char *type_text(const TableObject *t)
{
    switch (t->kind) {
    case RELKIND_VIEW:
        return "VIEW";
    case RELKIND_MATVIEW:
        return "MATERIALIZED VIEW";
    case RELKIND_FOREIGN:
        return "FOREIGN TABLE";
    default:
        return "TABLE";
    }
}
