/* unknown.c - look for what cannot be dumped yet; unknown.h says why. */
#include "common/base/base.h"

#include "pgdump/unknown.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"

typedef struct UnknownKind {
    const char *name, *catalog, *column, *schema, *where;
} UnknownKind;

static const UnknownKind unknown_kinds[] = {
#define UNKNOWN(name, catalog, column, schema, where) {name, catalog, column, schema, where},
#include "pgdump/unknown.def"
#undef UNKNOWN
};

static void add_query(Dump *d, StrBuf *sql, size_t i);
static bool is_wanted(const Dump *d, const char *schema);

/* One query looks for all of them. */
void unknown_refuse(Dump *d)
{
    StrBuf sql;
    ClientResult *r;

    strbuf_init(&sql);
    for (size_t i = 0; i < ARRAY_LEN(unknown_kinds); i++)
        add_query(d, &sql, i);
    r = catalog_exec(d, sql.text);
    for (size_t i = 0; i < client_row_count(r); i++) {
        if (is_wanted(d, client_value(r, i, 2)))
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("cannot dump %s \"%s\": this kind of object is not "
                                         "supported yet",
                                         client_value(r, i, 0), client_value(r, i, 1)));
    }
    client_result_free(r);
}

/* Members of extensions come with these. */
static void add_query(Dump *d, StrBuf *sql, size_t i)
{
    const UnknownKind *kind = &unknown_kinds[i];

    (void)d;
    strbuf_add_fmt(sql,
                   "%sSELECT '%s', x.%s::pg_catalog.text, %s::pg_catalog.oid"
                   " FROM pg_catalog.%s x WHERE x.oid >= %d AND %s AND NOT EXISTS"
                   " (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.deptype = 'e'"
                   " AND e.classid = 'pg_catalog.%s'::pg_catalog.regclass AND e.objid = x.oid)",
                   i == 0 ? "" : "\nUNION ALL ", kind->name, kind->column,
                   kind->schema == NULL ? "0" : mem_printf("x.%s", kind->schema), kind->catalog,
                   FIRST_USER_OID, kind->where, kind->catalog);
}

static bool is_wanted(const Dump *d, const char *schema)
{
    Oid oid = (Oid)strtoul(schema, NULL, 10);

    if (oid == 0)
        return d->options->has_everything;
    return object_schema(d, oid)->object.wanted_inside != 0;
}
