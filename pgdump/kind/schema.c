/* schema.c - schemas. */
#include "common/base/base.h"

#include "common/dump/acl.h"
#include "common/dump/array_text.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

static void take(Dump *d, void *row);
static void set_public_rights(DumpObject *o);

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

    if (str_equal(schema->object.name, "public"))
        set_public_rights(&schema->object);
    object_add(d, &schema->object, KIND_SCHEMA);
    select_schema(d, schema);
}

/*
 * What the schema public begins with, whoever owns it: what initdb noted is of another owner, or
 * was lost with a schema that was dropped.
 */
static void set_public_rights(DumpObject *o)
{
    StrBuf item, list;

    strbuf_init(&list);
    strbuf_add_char(&list, '{');
    for (int i = 0; i < 2; i++) {
        strbuf_init(&item);
        if (i == 0)
            acl_add_role(&item, o->owner);
        strbuf_add(&item, i == 0 ? "=UC/" : "=U/");
        acl_add_role(&item, o->owner);
        strbuf_add(&list, i == 0 ? "" : ",");
        array_text_add(&list, item.text);
    }
    strbuf_add_char(&list, '}');
    o->rights.initial = list.text;
    o->parts |= PART_RIGHTS;
}

void schema_print(Dump *d, DumpObject *o)
{
    const SchemaObject *schema = (const SchemaObject *)o;
    const char *name = entry_name(d, o->name);

    entry_add(
        d, o,
        &(Definition){
            .type = "SCHEMA",
            .name = name,
            .create = schema->is_made ? mem_printf("CREATE SCHEMA %s;\n", name)
                                      : "-- *not* creating schema, since initdb creates it\n",
            .drop = schema->is_made ? NULL : "-- *not* dropping schema, since initdb creates it\n",
            .rights_word = "SCHEMA",
        });
}
