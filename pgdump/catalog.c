/* catalog.c - queries of catalogs by maps of columns; catalog.h has an example. */
#include "common/base/base.h"

#include "pgdump/catalog.h"

#include "common/dump/array_text.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"

/* An entry of Dump.roles. */
typedef struct Role {
    Oid oid;
    const char *name;
} Role;

static ClientResult *run(Dump *d, const CatalogQuery *query, const Array *wanted);
static void *read_row(const Dump *d, const CatalogQuery *query, const ClientResult *r, size_t i);
static void add_columns(const Dump *d, const CatalogQuery *query, StrBuf *sql);
static void set_field(const Dump *d, const CatalogColumn *column, const char *value, void *field);
static int32_t read_int(const char *value);
static void read_oids(const char *value, Array *out);
static void take_role(Dump *d, void *row);

void catalog_read(Dump *d, const CatalogQuery *query, const Array *wanted,
                  void (*take)(Dump *d, void *row))
{
    ClientResult *r;

    if (wanted != NULL && wanted->count == 0)
        return;
    r = run(d, query, wanted);
    for (size_t i = 0; i < client_row_count(r); i++)
        take(d, read_row(d, query, r, i));
    client_result_free(r);
}

void *catalog_read_one(Dump *d, const CatalogQuery *query, Oid oid)
{
    Array wanted;
    ClientResult *r;
    void *row;

    array_init(&wanted, sizeof(Oid));
    *(Oid *)array_push(&wanted) = oid;
    r = run(d, query, &wanted);
    if (client_row_count(r) != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("query returned %zu rows instead of one", client_row_count(r)));
    row = read_row(d, query, r, 0);
    client_result_free(r);
    return row;
}

static ClientResult *run(Dump *d, const CatalogQuery *query, const Array *wanted)
{
    StrBuf sql;

    strbuf_init(&sql);
    add_columns(d, query, &sql);
    strbuf_add(&sql, "\nFROM ");
    if (wanted != NULL)
        strbuf_add_fmt(&sql, "pg_catalog.unnest('%s'::pg_catalog.oid[]) AS wanted(id)\nJOIN ",
                       catalog_oid_array(wanted));
    strbuf_add(&sql, query->from);
    if (query->where != NULL)
        strbuf_add_fmt(&sql, "\nWHERE %s", query->where);
    if (query->order != NULL)
        strbuf_add_fmt(&sql, "\nORDER BY %s", query->order);
    return catalog_exec(d, sql.text);
}

static void *read_row(const Dump *d, const CatalogQuery *query, const ClientResult *r, size_t i)
{
    char *row = mem_alloc(query->size);

    for (size_t c = 0; c < query->column_count; c++)
        set_field(d, &query->columns[c], client_value(r, i, c), row + query->columns[c].offset);
    return row;
}

ClientResult *catalog_exec(Dump *d, const char *sql)
{
    ClientResult *volatile result = NULL;

    ERR_TRY() {
        result = client_exec_for(d->client, sql, "query failed");
    }
    ERR_CATCH() {
        ErrCopy *copy = mem_new(ErrCopy);

        err_copy(copy, err_caught());
        copy->report.detail = mem_printf("Query was: %s", sql);
        copy->report.hint = NULL;
        err_raise_copy(&copy->report);
    }
    ERR_END();
    return result;
}

Oid catalog_parse_oid(const char *value)
{
    uint32_t oid;

    if (!num_try_parse_u32(value, &oid))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = err_fmt("no object ID: \"%s\"", value));
    return oid;
}

char *catalog_oid_array(const Array *oids)
{
    StrBuf text;

    strbuf_init(&text);
    array_foreach(const Oid, oid, oids)
        strbuf_add_fmt(&text, "%s%u", text.len == 0 ? "{" : ",", *oid);
    strbuf_add(&text, text.len == 0 ? "{}" : "}");
    return text.text;
}

const char *catalog_role(const Dump *d, Oid oid)
{
    const Role *role = hash_find(&d->roles, &oid);

    if (role == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("role with OID %u does not exist", oid));
    return role->name;
}

void catalog_read_roles(Dump *d)
{
    static const CatalogColumn columns[] = {
        COLUMN("oid", OID, Role, oid),
        COLUMN("rolname", TEXT, Role, name),
    };
    static const CatalogQuery query = {
        .from = "pg_catalog.pg_roles",
        .columns = columns,
        .column_count = ARRAY_LEN(columns),
        .size = sizeof(Role),
    };

    hash_init(&d->roles, sizeof(Oid), sizeof(Role));
    catalog_read(d, &query, NULL, take_role);
}

static void take_role(Dump *d, void *row)
{
    const Role *read = row;
    Role *role = hash_enter(&d->roles, &read->oid, NULL);

    role->name = read->name;
}

static void add_columns(const Dump *d, const CatalogQuery *query, StrBuf *sql)
{
    strbuf_add(sql, "SELECT ");
    for (size_t i = 0; i < query->column_count; i++) {
        const CatalogColumn *column = &query->columns[i];

        strbuf_add(sql, i == 0 ? "" : ",\n");
        strbuf_add(sql, d->major < column->since ? column->before : column->sql);
    }
}

/* value is libpq's, and goes with the result: what is kept is copied. */
static void set_field(const Dump *d, const CatalogColumn *column, const char *value, void *field)
{
    switch (column->form) {
    case CATALOG_TEXT:
        *(const char **)field = value == NULL ? NULL : mem_strdup(value);
        break;
    case CATALOG_OID:
        *(Oid *)field = value == NULL ? 0 : catalog_parse_oid(value);
        break;
    case CATALOG_INT:
        *(int32_t *)field = value == NULL ? 0 : read_int(value);
        break;
    case CATALOG_BOOL:
        *(bool *)field = value != NULL && value[0] == 't';
        break;
    case CATALOG_CHAR:
        *(char *)field = (char)(value == NULL ? 0 : value[0]);
        break;
    case CATALOG_OIDS:
        read_oids(value, field);
        break;
    case CATALOG_TEXTS:
        array_text_split(value, field);
        break;
    case CATALOG_ROLE:
        *(const char **)field = value == NULL ? "" : catalog_role(d, catalog_parse_oid(value));
        break;
    case CATALOG_SCHEMA:
        *(const SchemaObject **)field = object_schema(d, catalog_parse_oid(value));
        break;
    }
}

static int32_t read_int(const char *value)
{
    int64_t number;

    if (!num_try_parse_i64(value, &number) || number < INT32_MIN || number > INT32_MAX)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = err_fmt("no integer: \"%s\"", value));
    return (int32_t)number;
}

static void read_oids(const char *value, Array *out)
{
    Array texts;

    array_init(out, sizeof(Oid));
    array_text_split(value, &texts);
    array_foreach(const char *const, text, &texts)
        *(Oid *)array_push(out) = *text == NULL ? 0 : catalog_parse_oid(*text);
}
