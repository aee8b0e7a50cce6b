/* conversion.c - conversions between encodings. */
#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct ConversionObject {
    DumpObject object;
    const char *from, *to, *function;
    bool is_default;
} ConversionObject;

static void take(Dump *d, void *row);

void conversion_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("c.oid", OID, ConversionObject, object.oid),
        COLUMN("c.conname", TEXT, ConversionObject, object.name),
        COLUMN("c.connamespace", SCHEMA, ConversionObject, object.schema),
        COLUMN("c.conowner", ROLE, ConversionObject, object.owner),
        COLUMN("pg_catalog.pg_encoding_to_char(c.conforencoding)", TEXT, ConversionObject, from),
        COLUMN("pg_catalog.pg_encoding_to_char(c.contoencoding)", TEXT, ConversionObject, to),
        COLUMN("c.conproc::pg_catalog.oid::pg_catalog.regproc", TEXT, ConversionObject, function),
        COLUMN("c.condefault", BOOL, ConversionObject, is_default),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_conversion c",
        .where = "c.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(ConversionObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    ConversionObject *conversion = row;

    object_add(d, &conversion->object, KIND_CONVERSION);
    select_in_schema(d, &conversion->object);
}

void conversion_print(Dump *d, DumpObject *o)
{
    const ConversionObject *conversion = (const ConversionObject *)o;
    const char *name = entry_qualified(d, o);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE %sCONVERSION %s FOR ", conversion->is_default ? "DEFAULT " : "",
                   name);
    entry_add_literal(d, &sql, conversion->from);
    strbuf_add(&sql, " TO ");
    entry_add_literal(d, &sql, conversion->to);
    strbuf_add_fmt(&sql, " FROM %s;\n", conversion->function);
    entry_add(d, o,
              &(Definition){
                  .type = "CONVERSION", .name = name, .create = sql.text, .has_no_labels = true});
}
