/* cast.c - casts. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct CastObject {
    DumpObject object;
    const char *source, *target, *function;
    char context, method;
} CastObject;

static void take(Dump *d, void *row);

void cast_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("c.oid", OID, CastObject, object.oid),
        COLUMN("s.typname || ' ' || t.typname", TEXT, CastObject, object.name),
        COLUMN("pg_catalog.format_type(c.castsource, NULL)", TEXT, CastObject, source),
        COLUMN("pg_catalog.format_type(c.casttarget, NULL)", TEXT, CastObject, target),
        COLUMN("CASE WHEN c.castfunc <> 0 THEN"
               " pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) ||"
               " '(' || pg_catalog.array_to_string(ARRAY("
               "SELECT pg_catalog.format_type(p.proargtypes[i], NULL)"
               " FROM pg_catalog.generate_series(0, p.pronargs - 1) AS i ORDER BY i), ', ') || ')'"
               " END",
               TEXT, CastObject, function),
        COLUMN("c.castcontext", CHAR, CastObject, context),
        COLUMN("c.castmethod", CHAR, CastObject, method),
    };
    /* A range type's cast to its multirange comes with it. */
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_cast c\n"
                "JOIN pg_catalog.pg_type s ON (s.oid = c.castsource)\n"
                "JOIN pg_catalog.pg_type t ON (t.oid = c.casttarget)\n"
                "LEFT JOIN pg_catalog.pg_proc p ON (p.oid = c.castfunc)\n"
                "LEFT JOIN pg_catalog.pg_namespace n ON (n.oid = p.pronamespace)",
        .where = "c.oid >= 16384 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend"
                 " WHERE classid = 2605 AND objid = c.oid AND deptype = 'i')",
        .order = "c.oid",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(CastObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    CastObject *cast = row;

    object_add(d, &cast->object, KIND_CAST);
    select_alone(d, &cast->object);
}

void cast_print(Dump *d, DumpObject *o)
{
    const CastObject *cast = (const CastObject *)o;
    const char *name = mem_printf("(%s AS %s)", cast->source, cast->target);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE CAST %s ", name);
    if (cast->method == 'b')
        strbuf_add(&sql, "WITHOUT FUNCTION");
    else if (cast->method == 'i')
        strbuf_add(&sql, "WITH INOUT");
    else
        strbuf_add_fmt(&sql, "WITH FUNCTION %s", cast->function);
    if (cast->context == 'a')
        strbuf_add(&sql, " AS ASSIGNMENT");
    else if (cast->context == 'i')
        strbuf_add(&sql, " AS IMPLICIT");
    strbuf_add(&sql, ";\n");
    entry_add(d, o,
              &(Definition){
                  .type = "CAST",
                  .tag = mem_printf("CAST %s", name),
                  .name = name,
                  .create = sql.text,
                  .extras_tag = name,
                  .has_no_labels = true,
              });
}
