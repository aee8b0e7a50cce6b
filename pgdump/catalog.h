/*
 * catalog.h - ask the server's catalogs, and take rows into structs by a map of columns
 *
 *     static const CatalogColumn columns[] = {
 *         COLUMN("n.oid", OID, SchemaObject, object.oid),
 *         COLUMN("n.nspname", TEXT, SchemaObject, object.name),
 *         {"n.new", CATALOG_BOOL, offsetof(SchemaObject, is_new), .since = 16, .before = "false"},
 *     };
 *     static const CatalogQuery query = {
 *         .from = "pg_catalog.pg_namespace n", .columns = columns,
 *         .column_count = ARRAY_LEN(columns), .size = sizeof(SchemaObject),
 *     };
 *
 *     catalog_read(d, &query, NULL, take_schema);
 *
 * One query fetches all rows of a kind, whatever their number.
 */
#ifndef PGDUMP_CATALOG_H
#define PGDUMP_CATALOG_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/ds/array.h"
#include "common/text/strbuf.h"
#include "pgdump/dump.h"

/* What a value becomes; behind each the type of the field. */
typedef enum CatalogForm {
    CATALOG_TEXT,   /* const char *, NULL for SQL's */
    CATALOG_OID,    /* Oid, 0 for NULL */
    CATALOG_INT,    /* int32_t, 0 for NULL */
    CATALOG_BOOL,   /* bool, false for NULL */
    CATALOG_CHAR,   /* char, NUL for NULL */
    CATALOG_OIDS,   /* Array of Oid, of an oid[]; 0 for NULL elements */
    CATALOG_TEXTS,  /* Array of const char *, of a text[]; NULL elements are NULL */
    CATALOG_ROLE,   /* const char *: the name of the role with that oid */
    CATALOG_SCHEMA, /* const SchemaObject *: by oid */
} CatalogForm;

typedef struct CatalogColumn {
    const char *sql;
    CatalogForm form;
    size_t offset;
    unsigned since;     /* major version that has it; 0: all */
    const char *before; /* what stands there in older ones */
} CatalogColumn;

#define COLUMN(sql, form, type, field)                \
 {                                                    \
  sql, CATALOG_##form, offsetof(type, field), 0, NULL \
 }

/* The rights of an object: kind is the letter that acldefault() has for it. */
#define COLUMNS_RIGHTS(list, kind, owner, type, field) \
 COLUMN(list, TEXT, type, field.acl),                  \
     COLUMN("pg_catalog.acldefault('" kind "', " owner ")", TEXT, type, field.given)

/* Options of foreign tables, columns, servers and so on, as SQL: a 'b', and each on a line. */
#define CATALOG_FOREIGN_OPTIONS(column)                                                   \
 "pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_ident(option_name) || ' ' || " \
 "pg_catalog.quote_literal(option_value) FROM pg_catalog.pg_options_to_table(" column     \
 ") ORDER BY option_name), E',\\n    ')"

typedef struct CatalogQuery {
    const char *from;  /* with joins; for wanted oids: "pg_x x ON (x.oid = wanted.id)" first */
    const char *where; /* NULL: all */
    const char *order; /* NULL: any */
    const CatalogColumn *columns;
    size_t column_count;
    size_t size; /* of the struct */
} CatalogQuery;

/*
 * Run the query, and hand each row to take in a struct of its own, zeroed but for the columns, to
 * keep or to free; what cannot be the column's value raises 08P01. With wanted (Oid), query->from
 * joins them as wanted(id); nothing is asked when there is none.
 */
void catalog_read(Dump *d, const CatalogQuery *query, const Array *wanted,
                  void (*take)(Dump *d, void *row));

/* The row for one oid, in the current context; raises XX000 when there is not exactly one. */
void *catalog_read_one(Dump *d, const CatalogQuery *query, Oid oid);

/* Run a statement; raises "query failed: ..." with the statement as detail. */
ClientResult *catalog_exec(Dump *d, const char *sql);

/* An oid as the server writes it; raises 08P01 for what is none. */
Oid catalog_parse_oid(const char *value);

/* A list of oids as an array's text: {1,2}. */
char *catalog_oid_array(const Array *oids);

/* The name of a role; raises XX000 when there is none. */
const char *catalog_role(const Dump *d, Oid oid);
void catalog_read_roles(Dump *d);

#endif
