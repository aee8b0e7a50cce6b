/* publication.c - publications, their tables and their schemas. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"
#include "pgdump/entry.h"
#include "pgdump/kind.h"
#include "pgdump/select.h"

typedef struct PublicationObject {
    DumpObject object;
    bool has_all_tables, has_insert, has_update, has_delete, has_truncate, is_via_root;
    char generated_columns; /* 18: 's' when stored ones are published */
} PublicationObject;

/* A table or a schema that a publication has. */
typedef struct PublishedObject {
    DumpObject object;
    Oid publication_oid, member_oid;
    const PublicationObject *publication;
    const DumpObject *member;
    const char *columns, *filter; /* NULL: all */
} PublishedObject;

static void take(Dump *d, void *row);
static void take_table(Dump *d, void *row);
static void take_schema(Dump *d, void *row);
static void publish(Dump *d, PublishedObject *published, DumpObject *member, KindId kind);
static bool is_asked_for(const Dump *d);

void publication_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("p.oid", OID, PublicationObject, object.oid),
        COLUMN("p.pubname", TEXT, PublicationObject, object.name),
        COLUMN("p.pubowner", ROLE, PublicationObject, object.owner),
        COLUMN("p.puballtables", BOOL, PublicationObject, has_all_tables),
        COLUMN("p.pubinsert", BOOL, PublicationObject, has_insert),
        COLUMN("p.pubupdate", BOOL, PublicationObject, has_update),
        COLUMN("p.pubdelete", BOOL, PublicationObject, has_delete),
        COLUMN("p.pubtruncate", BOOL, PublicationObject, has_truncate),
        COLUMN("p.pubviaroot", BOOL, PublicationObject, is_via_root),
        {"p.pubgencols", CATALOG_CHAR, offsetof(PublicationObject, generated_columns), 18, "'n'"},
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_publication p",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(PublicationObject),
    };

    if (is_asked_for(d))
        catalog_read(d, &query, NULL, take);
}

static bool is_asked_for(const Dump *d)
{
    return !d->options->no_publications;
}

static void take(Dump *d, void *row)
{
    PublicationObject *publication = row;

    object_add(d, &publication->object, KIND_PUBLICATION);
    select_alone(d, &publication->object);
}

void publication_print(Dump *d, DumpObject *o)
{
    const PublicationObject *p = (const PublicationObject *)o;
    const char *name = entry_name(d, o->name);
    const struct {
        bool is_published;
        const char *word;
    } actions[] = {
        {p->has_insert, "insert"},
        {p->has_update, "update"},
        {p->has_delete, "delete"},
        {p->has_truncate, "truncate"},
    };
    size_t count = 0;
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "CREATE PUBLICATION %s%s WITH (publish = '", name,
                   p->has_all_tables ? " FOR ALL TABLES" : "");
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (actions[i].is_published)
            strbuf_add_fmt(&sql, "%s%s", count++ == 0 ? "" : ", ", actions[i].word);
    strbuf_add(&sql, "'");
    if (p->is_via_root)
        strbuf_add(&sql, ", publish_via_partition_root = true");
    if (p->generated_columns == 's')
        strbuf_add(&sql, ", publish_generated_columns = stored");
    strbuf_add(&sql, ");\n");
    entry_add(d, o, &(Definition){.type = "PUBLICATION", .name = name, .create = sql.text});
}

/* ---- Tables ---- */

void publication_rel_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("pr.oid", OID, PublishedObject, object.oid),
        COLUMN("pr.prpubid", OID, PublishedObject, publication_oid),
        COLUMN("pr.prrelid", OID, PublishedObject, member_oid),
        {"pg_catalog.pg_get_expr(pr.prqual, pr.prrelid)", CATALOG_TEXT,
         offsetof(PublishedObject, filter), 15, "NULL"},
        {"CASE WHEN pr.prattrs IS NOT NULL THEN pg_catalog.array_to_string(ARRAY("
         "SELECT pg_catalog.quote_ident(attname)"
         " FROM pg_catalog.generate_series(0, pg_catalog.array_upper(pr.prattrs::int2[], 1)) AS s,"
         " pg_catalog.pg_attribute WHERE attrelid = pr.prrelid AND attnum = pr.prattrs[s]),"
         " ', ') END",
         CATALOG_TEXT, offsetof(PublishedObject, columns), 15, "NULL"},
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_publication_rel pr",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(PublishedObject),
    };

    if (is_asked_for(d))
        catalog_read(d, &query, NULL, take_table);
}

static void take_table(Dump *d, void *row)
{
    PublishedObject *published = row;
    TableObject *t = table_find(d, published->member_oid);

    if (t == NULL || (t->object.wanted & PART_DEFINITION) == 0)
        return;
    published->object.schema = t->object.schema;
    publish(d, published, &t->object, KIND_PUBLICATION_REL);
}

static void publish(Dump *d, PublishedObject *published, DumpObject *member, KindId kind)
{
    DumpObject *publication = object_find(d, CATALOG_PUBLICATION, published->publication_oid);

    if (publication == NULL || (publication->wanted & PART_DEFINITION) == 0)
        return;
    published->publication = (const PublicationObject *)publication;
    published->member = member;
    published->object.name = member->name;
    published->object.owner = publication->owner;
    object_add(d, &published->object, kind);
    published->object.wanted = publication->wanted;
}

void publication_rel_print(Dump *d, DumpObject *o)
{
    const PublishedObject *published = (const PublishedObject *)o;
    StrBuf sql;

    strbuf_init(&sql);
    strbuf_add_fmt(&sql, "ALTER PUBLICATION %s ADD TABLE ONLY %s",
                   entry_name(d, published->publication->object.name),
                   entry_qualified(d, published->member));
    if (published->columns != NULL)
        strbuf_add_fmt(&sql, " (%s)", published->columns);
    /* The server writes it with parentheses only where there is an operator. */
    if (published->filter != NULL)
        strbuf_add_fmt(&sql, " WHERE (%s)", published->filter);
    strbuf_add(&sql, ";\n");
    entry_add_definition(d, o,
                         &(Definition){
                             .type = "PUBLICATION TABLE",
                             .tag = mem_printf("%s %s", published->publication->object.name,
                                               published->member->name),
                             .create = sql.text,
                             .drop = "",
                         });
}

/* ---- Schemas ---- */

void publication_schema_read(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("pn.oid", OID, PublishedObject, object.oid),
        COLUMN("pn.pnpubid", OID, PublishedObject, publication_oid),
        COLUMN("pn.pnnspid", OID, PublishedObject, member_oid),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_publication_namespace pn",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(PublishedObject),
    };

    if (is_asked_for(d) && d->major >= 15)
        catalog_read(d, &query, NULL, take_schema);
}

static void take_schema(Dump *d, void *row)
{
    PublishedObject *published = row;
    DumpObject *schema = object_find(d, CATALOG_NAMESPACE, published->member_oid);

    if (schema != NULL && schema->wanted != 0)
        publish(d, published, schema, KIND_PUBLICATION_SCHEMA);
}

void publication_schema_print(Dump *d, DumpObject *o)
{
    const PublishedObject *published = (const PublishedObject *)o;

    entry_add_definition(
        d, o,
        &(Definition){
            .type = "PUBLICATION TABLES IN SCHEMA",
            .schema = (const SchemaObject *)published->member,
            .tag =
                mem_printf("%s %s", published->publication->object.name, published->member->name),
            .create = mem_printf("ALTER PUBLICATION %s ADD TABLES IN SCHEMA %s;\n",
                                 entry_name(d, published->publication->object.name),
                                 entry_name(d, published->member->name)),
            .drop = "",
        });
}

int publication_rel_compare(const DumpObject *a, const DumpObject *b)
{
    return strcmp(((const PublishedObject *)a)->publication->object.name,
                  ((const PublishedObject *)b)->publication->object.name);
}
