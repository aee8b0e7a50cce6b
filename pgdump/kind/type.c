/* type.c - types: enumerations, domains, composites, ranges and base types. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef enum TypeKind {
    TYPE_KIND_BASE = 'b',
    TYPE_KIND_COMPOSITE = 'c',
    TYPE_KIND_DOMAIN = 'd',
    TYPE_KIND_ENUM = 'e',
    TYPE_KIND_PSEUDO = 'p',
    TYPE_KIND_RANGE = 'r',
} TypeKind;

static void take(Dump *d, void *row);
static KindId kind_of(const TypeObject *type);
static void make_shell(Dump *d, TypeObject *type);
static void add_enum(Dump *d, const TypeObject *type, StrBuf *sql);
static void add_composite(Dump *d, const TypeObject *type, StrBuf *sql);
static void add_domain(Dump *d, const TypeObject *type, StrBuf *sql);
static void print_attribute_comments(Dump *d, const TypeObject *type);

void type_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("t.oid", OID, TypeObject, object.oid),
        COLUMN("t.typname", TEXT, TypeObject, object.name),
        COLUMN("t.typnamespace", SCHEMA, TypeObject, object.schema),
        COLUMN("t.typowner", ROLE, TypeObject, object.owner),
        COLUMNS_RIGHTS("t.typacl", "T", "t.typowner", TypeObject, object.rights),
        COLUMN("t.typrelid", OID, TypeObject, relation),
        COLUMN("CASE WHEN t.typrelid = 0 THEN ' '::\"char\" ELSE (SELECT relkind FROM "
               "pg_catalog.pg_class WHERE oid = t.typrelid) END",
               CHAR, TypeObject, relation_kind),
        COLUMN("t.typtype", CHAR, TypeObject, type),
        COLUMN("t.typname[0] = '_' AND t.typelem != 0 AND"
               " (SELECT typarray FROM pg_catalog.pg_type te WHERE oid = t.typelem) = t.oid",
               BOOL, TypeObject, is_array),
        {"t.typtype = 'm'", CATALOG_BOOL, offsetof(TypeObject, is_multirange), 14, "false"},
        COLUMN("pg_catalog.format_type(t.oid, NULL)", TEXT, TypeObject, formatted),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_init_privs pip ON (t.oid = "
                "pip.objoid AND pip.classoid = 1247 AND pip.objsubid = 0)",
        .where = "t.oid >= 16384 OR t.typacl IS DISTINCT FROM pip.initprivs",
        .order = "t.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(TypeObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    TypeObject *type = row;

    array_init(&type->checks, sizeof(ConstraintObject *));
    object_add(d, &type->object, kind_of(type));
    if (type->object.kind == KIND_DUMMY_TYPE) {
        type->object.wanted = 0;
        return;
    }
    select_in_schema(d, &type->object);
    if (type->object.oid < FIRST_USER_OID)
        type->object.wanted &= PART_RIGHTS;
    if (type->type == TYPE_KIND_BASE || type->type == TYPE_KIND_RANGE)
        make_shell(d, type);
}

/* The types of rows, of arrays and of multiranges come with what they belong to. */
static KindId kind_of(const TypeObject *type)
{
    if (type->relation != 0 && type->relation_kind != RELKIND_COMPOSITE)
        return KIND_DUMMY_TYPE;
    return type->is_array || type->is_multirange ? KIND_DUMMY_TYPE : KIND_TYPE;
}

static void make_shell(Dump *d, TypeObject *type)
{
    DumpObject *shell = mem_new(DumpObject);

    shell->name = type->object.name;
    shell->schema = type->object.schema;
    shell->owner = type->object.owner;
    object_add(d, shell, KIND_SHELL_TYPE);
    type->shell = shell;
}

TypeObject *type_find(const Dump *d, Oid oid)
{
    DumpObject *o = object_find(d, CATALOG_TYPE, oid);

    return (TypeObject *)o;
}

void shell_type_print(Dump *d, DumpObject *o)
{
    const char *name = entry_qualified(d, o);

    entry_add_definition(d, o,
                         &(Definition){
                             .type = "SHELL TYPE",
                             .create = mem_printf("CREATE TYPE %s;\n", name),
                             .drop = "",
                         });
}

void type_print(Dump *d, DumpObject *o)
{
    TypeObject *type = (TypeObject *)o;
    const char *name = entry_qualified(d, o);
    StrBuf sql;
    Definition def = {.type = "TYPE", .name = name, .rights_word = "TYPE"};

    strbuf_init(&sql);
    switch ((TypeKind)type->type) {
    case TYPE_KIND_ENUM:
        add_enum(d, type, &sql);
        break;
    case TYPE_KIND_COMPOSITE:
        add_composite(d, type, &sql);
        break;
    case TYPE_KIND_DOMAIN:
        def.type = "DOMAIN";
        add_domain(d, type, &sql);
        break;
    case TYPE_KIND_RANGE:
        range_type_add_create(d, type, &sql);
        break;
    case TYPE_KIND_BASE:
        base_type_add_create(d, type, &sql);
        /* The functions of the type hold it back, so it goes with all of them. */
        def.drop = mem_printf("DROP TYPE %s CASCADE;\n", name);
        break;
    case TYPE_KIND_PSEUDO:
        strbuf_add_fmt(&sql, "CREATE TYPE %s;\n", name);
        break;
    }
    def.create = sql.text;
    entry_add(d, o, &def);
    if (type->type == TYPE_KIND_COMPOSITE)
        print_attribute_comments(d, type);
    array_foreach(ConstraintObject *const, check, &type->checks)
        if (!(*check)->is_separate)
            constraint_print_comment(d, *check);
}

static void add_enum(Dump *d, const TypeObject *type, StrBuf *sql)
{
    ClientResult *r = catalog_exec(d, mem_printf("SELECT enumlabel FROM pg_catalog.pg_enum "
                                                 "WHERE enumtypid = '%u' ORDER BY enumsortorder",
                                                 type->object.oid));

    strbuf_add_fmt(sql, "CREATE TYPE %s AS ENUM (", entry_qualified(d, &type->object));
    for (size_t i = 0; i < client_row_count(r); i++) {
        strbuf_add(sql, i == 0 ? "\n    " : ",\n    ");
        entry_add_literal(d, sql, client_value(r, i, 0));
    }
    strbuf_add(sql, "\n);\n");
    client_result_free(r);
}

static void add_composite(Dump *d, const TypeObject *type, StrBuf *sql)
{
    const TableObject *t = table_find(d, type->relation);
    size_t count = 0;

    strbuf_add_fmt(sql, "CREATE TYPE %s AS (", entry_qualified(d, &type->object));
    array_foreach(const TableColumn, column, &t->columns) {
        if (column->is_dropped)
            continue;
        strbuf_add_fmt(sql, "%s\n\t%s %s", count++ == 0 ? "" : ",", entry_name(d, column->name),
                       column->type);
        if (column->collation != NULL)
            strbuf_add_fmt(sql, " COLLATE %s.%s", entry_name(d, column->collation_schema),
                           entry_name(d, column->collation));
    }
    strbuf_add(sql, "\n);\n");
}

/* They are kept with the type's row in pg_class, which is wanted as far as the type is. */
static void print_attribute_comments(Dump *d, const TypeObject *type)
{
    const TableObject *t = table_find(d, type->relation);
    DumpObject relation = t->object;

    relation.wanted = type->object.wanted;
    array_foreach(const TableColumn, column, &t->columns)
        if (!column->is_dropped)
            entry_add_part(d, &relation,
                           &(Definition){
                               .type = "COLUMN",
                               .tag = mem_printf("%s.%s", entry_name(d, type->object.name),
                                                 entry_name(d, column->name)),
                               .name = mem_printf("%s.%s", entry_qualified(d, &type->object),
                                                  entry_name(d, column->name)),
                               .owner = type->object.owner,
                           },
                           column->number);
}

static void add_domain(Dump *d, const TypeObject *type, StrBuf *sql)
{
    ClientResult *r = catalog_exec(
        d,
        mem_printf(
            "SELECT t.typnotnull, pg_catalog.format_type(t.typbasetype, t.typtypmod), "
            "pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass), "
            "t.typdefault, c.collname, n.nspname\n"
            "FROM pg_catalog.pg_type t\n"
            "LEFT JOIN pg_catalog.pg_type u ON (t.typbasetype = u.oid)\n"
            "LEFT JOIN pg_catalog.pg_collation c ON (t.typcollation = c.oid"
            " AND t.typcollation <> u.typcollation)\n"
            "LEFT JOIN pg_catalog.pg_namespace n ON (c.collnamespace = n.oid)\n"
            "WHERE t.oid = '%u'",
            type->object.oid));

    strbuf_add_fmt(sql, "CREATE DOMAIN %s AS %s", entry_qualified(d, &type->object),
                   client_value(r, 0, 1));
    if (client_value(r, 0, 4) != NULL)
        strbuf_add_fmt(sql, " COLLATE %s.%s", entry_name(d, client_value(r, 0, 5)),
                       entry_name(d, client_value(r, 0, 4)));
    if (client_value(r, 0, 0)[0] == 't')
        strbuf_add(sql, " NOT NULL");
    if (client_value(r, 0, 2) != NULL) {
        strbuf_add_fmt(sql, " DEFAULT %s", client_value(r, 0, 2));
    } else if (client_value(r, 0, 3) != NULL) {
        strbuf_add(sql, " DEFAULT ");
        entry_add_literal(d, sql, client_value(r, 0, 3));
    }
    array_foreach(ConstraintObject *const, check, &type->checks)
        if (!(*check)->is_separate)
            strbuf_add_fmt(sql, "\n\tCONSTRAINT %s %s", entry_name(d, (*check)->object.name),
                           (*check)->definition);
    strbuf_add(sql, ";\n");
    client_result_free(r);
}
