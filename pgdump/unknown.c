/* unknown.c - look for what cannot be dumped yet; unknown.h says why. */
#include "common/base/base.h"

#include "pgdump/unknown.h"

#include "common/err/err.h"
#include "common/text/strbuf.h"
#include "pgdump/catalog.h"

typedef struct UnknownKind {
    const char *name, *catalog;
    size_t wanted; /* where DumpOptions says whether they are to be dumped */
} UnknownKind;

static const UnknownKind unknown_kinds[] = {
#define UNKNOWN(name, catalog, wanted) {name, catalog, offsetof(DumpOptions, wanted)},
#include "pgdump/unknown.def"
#undef UNKNOWN
};

static void add_query(StrBuf *sql, const UnknownKind *kind);
static bool is_wanted(const DumpOptions *o, const UnknownKind *kind);

/* One query looks for all of them. */
void unknown_refuse(Dump *d)
{
    StrBuf sql;
    ClientResult *r;

    strbuf_init(&sql);
    for (size_t i = 0; i < ARRAY_LEN(unknown_kinds); i++)
        if (is_wanted(d->options, &unknown_kinds[i]))
            add_query(&sql, &unknown_kinds[i]);
    if (sql.len == 0)
        return;
    r = catalog_exec(d, sql.text);
    if (client_row_count(r) > 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot dump %s \"%s\": this kind of object is not "
                                     "supported yet",
                                     client_value(r, 0, 0), client_value(r, 0, 1)));
    client_result_free(r);
}

static bool is_wanted(const DumpOptions *o, const UnknownKind *kind)
{
    return *(const bool *)((const char *)o + kind->wanted);
}

/* Members of extensions come with these. */
static void add_query(StrBuf *sql, const UnknownKind *kind)
{
    strbuf_add_fmt(sql,
                   "%sSELECT '%s', x.oid FROM pg_catalog.%s x WHERE x.oid >= %d AND NOT EXISTS"
                   " (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.deptype = 'e'"
                   " AND e.classid = 'pg_catalog.%s'::pg_catalog.regclass AND e.objid = x.oid)",
                   sql->len == 0 ? "" : "\nUNION ALL ", kind->name, kind->catalog, FIRST_USER_OID,
                   kind->catalog);
}
