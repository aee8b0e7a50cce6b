/* opclass.c - operator families and classes. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct OpclassObject {
    DumpObject object;
    const char *method;     /* the access method */
    const char *type, *key; /* of a class; key NULL: what is stored is the type */
    const char *family, *family_schema;
    bool is_default;
} OpclassObject;

static void take_family(Dump *d, void *row);
static void take_class(Dump *d, void *row);
static size_t add_members(Dump *d, const DumpObject *o, StrBuf *sql, size_t count);
static void print(Dump *d, DumpObject *o, const char *type, const char *create);

void opfamily_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("f.oid", OID, OpclassObject, object.oid),
        COLUMN("f.opfname", TEXT, OpclassObject, object.name),
        COLUMN("f.opfnamespace", SCHEMA, OpclassObject, object.schema),
        COLUMN("f.opfowner", ROLE, OpclassObject, object.owner),
        COLUMN("a.amname", TEXT, OpclassObject, method),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_opfamily f JOIN pg_catalog.pg_am a ON (a.oid = f.opfmethod)",
        .where = "f.oid >= 16384",
        .order = "f.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(OpclassObject),
    };

    catalog_read(d, &query, NULL, take_family);
}

void opclass_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("c.oid", OID, OpclassObject, object.oid),
        COLUMN("c.opcname", TEXT, OpclassObject, object.name),
        COLUMN("c.opcnamespace", SCHEMA, OpclassObject, object.schema),
        COLUMN("c.opcowner", ROLE, OpclassObject, object.owner),
        COLUMN("a.amname", TEXT, OpclassObject, method),
        COLUMN("c.opcdefault", BOOL, OpclassObject, is_default),
        COLUMN("pg_catalog.format_type(c.opcintype, NULL)", TEXT, OpclassObject, type),
        COLUMN("CASE WHEN c.opckeytype <> 0 THEN pg_catalog.format_type(c.opckeytype, NULL) END",
               TEXT, OpclassObject, key),
        COLUMN("f.opfname", TEXT, OpclassObject, family),
        COLUMN("n.nspname", TEXT, OpclassObject, family_schema),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_opclass c\n"
                "JOIN pg_catalog.pg_am a ON (a.oid = c.opcmethod)\n"
                "JOIN pg_catalog.pg_opfamily f ON (f.oid = c.opcfamily)\n"
                "JOIN pg_catalog.pg_namespace n ON (n.oid = f.opfnamespace)",
        .where = "c.oid >= 16384",
        .order = "c.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(OpclassObject),
    };

    catalog_read(d, &query, NULL, take_class);
}

static void take_family(Dump *d, void *row)
{
    OpclassObject *family = row;

    object_add(d, &family->object, KIND_OPFAMILY);
    select_in_schema(d, &family->object);
}

static void take_class(Dump *d, void *row)
{
    OpclassObject *class = row;

    object_add(d, &class->object, KIND_OPCLASS);
    select_in_schema(d, &class->object);
}

void opfamily_print(Dump *d, DumpObject *o)
{
    const char *method = entry_name(d, ((const OpclassObject *)o)->method);
    const char *name = mem_printf("%s USING %s", entry_qualified(d, o), method);
    StrBuf sql, members;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE OPERATOR FAMILY %s;\n", name);
    strbuf_init(&members);
    if (object_wants(o, PART_DEFINITION) && add_members(d, o, &members, 0) > 0)
        strbuf_add_fmt(&sql, "ALTER OPERATOR FAMILY %s ADD\n    %s;\n", name, members.text);
    print(d, o, "OPERATOR FAMILY", sql.text);
}

void opclass_print(Dump *d, DumpObject *o)
{
    const OpclassObject *class = (const OpclassObject *)o;
    size_t count = 0;
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE OPERATOR CLASS %s\n    %sFOR TYPE %s USING %s",
                   entry_qualified(d, o), class->is_default ? "DEFAULT " : "", class->type,
                   entry_name(d, class->method));
    strbuf_add_fmt(&sql, " FAMILY %s.%s", entry_name(d, class->family_schema),
                   entry_name(d, class->family));
    strbuf_add(&sql, " AS\n    ");
    if (class->key != NULL) {
        strbuf_add_fmt(&sql, "STORAGE %s", class->key);
        count++;
    }
    /* A class needs something in it: that what is stored is the type says nothing new. */
    if (object_wants(o, PART_DEFINITION) && add_members(d, o, &sql, count) == 0)
        strbuf_add_fmt(&sql, "STORAGE %s", class->type);
    strbuf_add(&sql, ";\n");
    print(d, o, "OPERATOR CLASS", sql.text);
}

/* The operators and functions that hang on the class or family itself; how many there are now. */
static size_t add_members(Dump *d, const DumpObject *o, StrBuf *sql, size_t count)
{
    ClientResult *r = catalog_exec(
        d,
        mem_printf(
            "SELECT 'OPERATOR ' || ao.amopstrategy || ' ' ||"
            " ao.amopopr::pg_catalog.regoperator || CASE WHEN ao.amopsortfamily <> 0 THEN"
            " ' FOR ORDER BY ' || pg_catalog.quote_ident(n.nspname) || '.' ||"
            " pg_catalog.quote_ident(f.opfname) ELSE '' END, 1 AS what, ao.amopstrategy AS number,"
            " ao.oid AS id\n"
            "FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_amop ao ON (ao.oid = d.objid)\n"
            "LEFT JOIN pg_catalog.pg_opfamily f ON (f.oid = ao.amopsortfamily)\n"
            "LEFT JOIN pg_catalog.pg_namespace n ON (n.oid = f.opfnamespace)\n"
            "WHERE d.refclassid = %u AND d.refobjid = %u AND d.classid = 2602\n"
            "UNION ALL\n"
            "SELECT 'FUNCTION ' || ap.amprocnum || ' (' ||"
            " ap.amproclefttype::pg_catalog.regtype || ', ' ||"
            " ap.amprocrighttype::pg_catalog.regtype || ') ' ||"
            " ap.amproc::pg_catalog.oid::pg_catalog.regprocedure, 2, ap.amprocnum, ap.oid\n"
            "FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_amproc ap ON (ap.oid = d.objid)\n"
            "WHERE d.refclassid = %u AND d.refobjid = %u AND d.classid = 2603\n"
            "ORDER BY 2, 3, 4",
            o->catalog, o->oid, o->catalog, o->oid));

    for (size_t i = 0; i < client_row_count(r); i++)
        strbuf_add_fmt(sql, "%s%s", count++ > 0 ? " ,\n    " : "", client_value(r, i, 0));
    client_result_free(r);
    return count;
}

static void print(Dump *d, DumpObject *o, const char *type, const char *create)
{
    const char *method = entry_name(d, ((const OpclassObject *)o)->method);

    entry_add(d, o,
              &(Definition){
                  .type = type,
                  .name = mem_printf("%s USING %s", entry_qualified(d, o), method),
                  .create = create,
                  .extras_tag = mem_printf("%s USING %s", entry_name(d, o->name), method),
                  .has_no_labels = true,
              });
}

int opclass_compare(const DumpObject *a, const DumpObject *b)
{
    return strcmp(((const OpclassObject *)a)->method, ((const OpclassObject *)b)->method);
}
