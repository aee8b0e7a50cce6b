/* collation.c - collations. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct CollationObject {
    DumpObject object;
    char provider;
    bool is_deterministic;
    const char *collate, *ctype, *locale, *rules;
} CollationObject;

static void take(Dump *d, void *row);
static void add_locale(Dump *d, const CollationObject *collation, StrBuf *sql);

void collation_read(Dump *d)
{
    const CatalogColumn columns[] = {
        COLUMN("c.oid", OID, CollationObject, object.oid),
        COLUMN("c.collname", TEXT, CollationObject, object.name),
        COLUMN("c.collnamespace", SCHEMA, CollationObject, object.schema),
        COLUMN("c.collowner", ROLE, CollationObject, object.owner),
        COLUMN("c.collprovider", CHAR, CollationObject, provider),
        COLUMN("c.collisdeterministic", BOOL, CollationObject, is_deterministic),
        COLUMN("c.collcollate", TEXT, CollationObject, collate),
        COLUMN("c.collctype", TEXT, CollationObject, ctype),
        {d->major >= 17 ? "c.colllocale" : "c.colliculocale", CATALOG_TEXT,
         offsetof(CollationObject, locale), 15, "NULL"},
        {"c.collicurules", CATALOG_TEXT, offsetof(CollationObject, rules), 16, "NULL"},
    };
    const CatalogQuery query = {
        .from = "pg_catalog.pg_collation c",
        .where = "c.oid >= 16384",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(CollationObject),
    };

    catalog_read(d, &query, NULL, take);
}

static void take(Dump *d, void *row)
{
    CollationObject *collation = row;

    object_add(d, &collation->object, KIND_COLLATION);
    select_in_schema(d, &collation->object);
}

void collation_print(Dump *d, DumpObject *o)
{
    const CollationObject *collation = (const CollationObject *)o;
    const char *name = entry_qualified(d, o);
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE COLLATION %s (provider = %s", name,
                   collation->provider == 'i'   ? "icu"
                   : collation->provider == 'b' ? "builtin"
                   : collation->provider == 'd' ? "default"
                                                : "libc");
    if (!collation->is_deterministic)
        strbuf_add(&sql, ", deterministic = false");
    add_locale(d, collation, &sql);
    strbuf_add(&sql, ");\n");
    entry_add(d, o,
              &(Definition){
                  .type = "COLLATION", .name = name, .create = sql.text, .has_no_labels = true});
}

/* Older servers keep an ICU locale where that of libc stands. */
static void add_locale(Dump *d, const CollationObject *collation, StrBuf *sql)
{
    const char *locale = collation->locale;

    if (locale == NULL &&
        (collation->provider == 'i' || str_equal(collation->collate, collation->ctype)))
        locale = collation->collate;
    if (locale != NULL) {
        strbuf_add(sql, ", locale = ");
        entry_add_literal(d, sql, locale);
    } else {
        strbuf_add(sql, ", lc_collate = ");
        entry_add_literal(d, sql, collation->collate);
        strbuf_add(sql, ", lc_ctype = ");
        entry_add_literal(d, sql, collation->ctype);
    }
    if (collation->rules != NULL) {
        strbuf_add(sql, ", rules = ");
        entry_add_literal(d, sql, collation->rules);
    }
}
