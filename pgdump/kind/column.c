/* column.c - the columns of all tables at once: types, defaults, what was inherited. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"

/* A row of pg_attrdef. */
typedef struct Attrdef {
    Oid oid, table;
    int32_t number;
    const char *expression;
} Attrdef;

static void take_column(Dump *d, void *row);
static void take_attrdef(Dump *d, void *row);
static AttrdefObject *make_attrdef(Dump *d, TableObject *t, TableColumn *column, Oid oid,
                                   const char *expression);
static void inherit(Dump *d, TableObject *t);
static const TableColumn *find_column(const TableObject *t, const char *name);
static bool stands_alone(const TableObject *t, const TableColumn *column);

void table_read_columns(Dump *d, Array *tables)
{
    const CatalogColumn columns[] = {
        COLUMN("a.attrelid", OID, TableColumn, table),
        COLUMN("a.attnum", INT, TableColumn, number),
        COLUMN("a.attname", TEXT, TableColumn, name),
        COLUMN("pg_catalog.format_type(t.oid, a.atttypmod)", TEXT, TableColumn, type),
        /* One that old rows may break is a statement of its own, as such checks are. */
        {d->major >= 18 ? "a.attnotnull AND COALESCE(nn.convalidated, true)" : "a.attnotnull",
         CATALOG_BOOL, offsetof(TableColumn, is_not_null), 0, NULL},
        COLUMN("a.attisdropped", BOOL, TableColumn, is_dropped),
        COLUMN("a.attislocal", BOOL, TableColumn, is_local),
        COLUMN("a.attstorage", CHAR, TableColumn, storage),
        COLUMN("t.typstorage", CHAR, TableColumn, type_storage),
        COLUMN("a.attidentity", CHAR, TableColumn, identity),
        COLUMN("a.attgenerated", CHAR, TableColumn, generated),
        {"a.attcompression", CATALOG_CHAR, offsetof(TableColumn, compression), 14, "''"},
        COLUMN("COALESCE(a.attstattarget, -1)", INT, TableColumn, statistics),
        /* pg_attver is the server's own. */
        COLUMN("pg_catalog.array_to_string(ARRAY(SELECT o FROM pg_catalog.unnest(a.attoptions) "
               "AS o WHERE pg_catalog.substr(o, 1, 10) <> 'pg_attver='), ', ')",
               TEXT, TableColumn, options),
        COLUMN("CASE WHEN a.attfdwoptions IS NOT NULL THEN " CATALOG_FOREIGN_OPTIONS(
                   "a.attfdwoptions") " END",
               TEXT, TableColumn, foreign_options),
        COLUMN("co.collname", TEXT, TableColumn, collation),
        COLUMN("cn.nspname", TEXT, TableColumn, collation_schema),
        COLUMN("a.attacl", TEXT, TableColumn, rights.acl),
        {"nn.conname", CATALOG_TEXT, offsetof(TableColumn, not_null_name), 18, "NULL"},
        {"nn.connoinherit", CATALOG_BOOL, offsetof(TableColumn, is_not_null_alone), 18, "false"},
    };
    const CatalogQuery query = {
        .from = d->major >= 18
                    ? "pg_catalog.pg_attribute a ON (a.attrelid = wanted.id)\n"
                      "LEFT JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)\n"
                      "LEFT JOIN pg_catalog.pg_collation co ON (a.attcollation = co.oid"
                      " AND a.attcollation <> t.typcollation)\n"
                      "LEFT JOIN pg_catalog.pg_namespace cn ON (co.collnamespace = cn.oid)\n"
                      "LEFT JOIN pg_catalog.pg_constraint nn ON (nn.conrelid = a.attrelid"
                      " AND nn.contype = 'n' AND nn.conkey = ARRAY[a.attnum])"
                    : "pg_catalog.pg_attribute a ON (a.attrelid = wanted.id)\n"
                      "LEFT JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)\n"
                      "LEFT JOIN pg_catalog.pg_collation co ON (a.attcollation = co.oid"
                      " AND a.attcollation <> t.typcollation)\n"
                      "LEFT JOIN pg_catalog.pg_namespace cn ON (co.collnamespace = cn.oid)",
        .where = "a.attnum > 0",
        .order = "a.attrelid, a.attnum",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TableColumn),
    };
    static const CatalogColumn value_columns[] = {
        COLUMN("ad.oid", OID, Attrdef, oid),
        COLUMN("ad.adrelid", OID, Attrdef, table),
        COLUMN("ad.adnum", INT, Attrdef, number),
        COLUMN("pg_catalog.pg_get_expr(ad.adbin, ad.adrelid)", TEXT, Attrdef, expression),
    };
    static const CatalogQuery value_query = {
        .from = "pg_catalog.pg_attrdef ad ON (ad.adrelid = wanted.id)",
        .order = "ad.adrelid, ad.adnum",
        .columns = value_columns,
        .column_count = ARRAY_LEN(value_columns),
        .size = sizeof(Attrdef),
    };
    Array oids;

    array_init(&oids, sizeof(Oid));
    array_foreach(TableObject *const, t, tables)
        *(Oid *)array_push(&oids) = (*t)->object.oid;
    catalog_read(d, &query, &oids, take_column);
    catalog_read(d, &value_query, &oids, take_attrdef);
    array_foreach(TableObject *const, t, tables)
        inherit(d, *t);
}

static void take_column(Dump *d, void *row)
{
    const TableColumn *read = row;
    TableObject *t = table_find(d, read->table);
    TableColumn *column = array_push(&t->columns);

    *column = *read;
    mem_free(row);
    if (column->rights.acl != NULL)
        t->object.parts |= PART_RIGHTS;
}

static void take_attrdef(Dump *d, void *row)
{
    const Attrdef *read = row;
    TableObject *t = table_find(d, read->table);
    TableColumn *column = array_at(&t->columns, (size_t)read->number - 1);

    if (!column->is_dropped)
        make_attrdef(d, t, column, read->oid, read->expression);
}

/*
 * A value that is part of CREATE TABLE comes before the table, one that is a statement of its own
 * after it.
 */
static AttrdefObject *make_attrdef(Dump *d, TableObject *t, TableColumn *column, Oid oid,
                                   const char *expression)
{
    AttrdefObject *value = mem_new(AttrdefObject);

    value->object.oid = oid;
    value->object.name = t->object.name;
    value->object.schema = t->object.schema;
    value->object.owner = t->object.owner;
    value->object.wanted = t->object.wanted;
    value->table = t;
    value->number = column->number;
    value->expression = expression;
    object_add(d, &value->object, KIND_ATTRDEF);
    value->object.wanted = t->object.wanted;
    value->is_separate = stands_alone(t, column);
    if (value->is_separate)
        object_depend(&value->object, t->object.id);
    else
        object_depend(&t->object, value->object.id);
    column->value = value;
    return value;
}

/* A computed column has its expression where it is made. */
static bool stands_alone(const TableObject *t, const TableColumn *column)
{
    if (column->generated != '\0')
        return false;
    return t->kind == RELKIND_VIEW || !table_prints_column(t, column);
}

/* What a child has from its parents it need not say itself; what it lacks it must. */
static void inherit(Dump *d, TableObject *t)
{
    if (t->kind == RELKIND_SEQUENCE || t->kind == RELKIND_VIEW || t->kind == RELKIND_MATVIEW ||
        (t->object.wanted & PART_DEFINITION) == 0 || t->parents.count == 0)
        return;
    array_foreach(TableColumn, column, &t->columns) {
        bool has_value = false, is_generated = false;

        if (column->is_dropped)
            continue;
        array_foreach(TableObject *const, parent, &t->parents) {
            const TableColumn *from = find_column(*parent, column->name);

            if (from == NULL)
                continue;
            column->is_inherited_not_null =
                column->is_inherited_not_null || (from->is_not_null && !from->is_not_null_alone);
            has_value = has_value || (from->value != NULL && from->generated == '\0' &&
                                      from->value->expression != NULL);
            is_generated = is_generated || from->generated != '\0';
        }
        /* It has no default though its parent has: that must be said. */
        if (has_value && column->value == NULL)
            make_attrdef(d, t, column, 0, "NULL");
        if (is_generated && !t->is_partition && column->generated != '\0')
            column->value = NULL;
    }
}

static const TableColumn *find_column(const TableObject *t, const char *name)
{
    array_foreach(const TableColumn, column, &t->columns)
        if (!column->is_dropped && str_equal(column->name, name))
            return column;
    return NULL;
}

void column_set_initial_rights(DumpObject *table, int32_t number, const char *acl)
{
    TableObject *t = (TableObject *)table;

    if (table->kind == KIND_TABLE && (size_t)number <= t->columns.count)
        ((TableColumn *)array_at(&t->columns, (size_t)number - 1))->rights.initial = acl;
}

bool table_prints_column(const TableObject *t, const TableColumn *column)
{
    return !column->is_dropped && (column->is_local || t->is_partition);
}

const char *table_column_list(Dump *d, const TableObject *t)
{
    StrBuf list;

    strbuf_init(&list);
    array_foreach(const TableColumn, column, &t->columns)
        if (!column->is_dropped && column->generated == '\0')
            strbuf_add_fmt(&list, "%s%s", list.len == 0 ? "(" : ", ", entry_name(d, column->name));
    if (list.len > 0)
        strbuf_add(&list, ")");
    return list.text;
}

int attrdef_compare(const DumpObject *a, const DumpObject *b)
{
    return ((const AttrdefObject *)a)->number - ((const AttrdefObject *)b)->number;
}

void attrdef_print(Dump *d, DumpObject *o)
{
    const AttrdefObject *value = (const AttrdefObject *)o;
    const TableColumn *column = array_at(&value->table->columns, (size_t)value->number - 1);
    const char *table = entry_qualified(d, &value->table->object);
    const char *name = entry_name(d, column->name);
    const char *word = value->table->kind == RELKIND_FOREIGN ? "FOREIGN " : "";

    if (!value->is_separate || !object_wants(o, PART_DEFINITION))
        return;
    entry_add_definition(
        d, o,
        &(Definition){
            .type = "DEFAULT",
            .tag = mem_printf("%s %s", o->name, column->name),
            .create = mem_printf("ALTER %sTABLE ONLY %s ALTER COLUMN %s SET DEFAULT %s;\n", word,
                                 table, name, value->expression),
            .drop =
                mem_printf("ALTER %sTABLE %s ALTER COLUMN %s DROP DEFAULT;\n", word, table, name),
        });
}
