/* schema.c - schemas. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

static void take(Dump *d, void *row);

void schema_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("n.oid", OID, SchemaObject, object.oid),
        COLUMN("n.nspname", TEXT, SchemaObject, object.name),
        COLUMN("n.nspowner", ROLE, SchemaObject, object.owner),
        COLUMNS_RIGHTS("n.nspacl", "n", "n.nspowner", SchemaObject, object.rights),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_namespace n",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(SchemaObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    SchemaObject *schema = row;

    object_add(d, &schema->object, KIND_SCHEMA);
    select_schema(d, schema);
}

void schema_print(Dump *d, DumpObject *o)
{
    const SchemaObject *schema = (const SchemaObject *)o;
    const char *name = entry_name(d, o->name);

    entry_add(d, o,
              &(Definition){
                  .type = "SCHEMA",
                  .name = name,
                  .create = schema->is_made ? mem_printf("CREATE SCHEMA %s;\n", name)
                                            : "-- *not* creating schema, since initdb creates it\n",
                  .drop = schema->is_made ? NULL : "",
                  .rights_word = "SCHEMA",
              });
}
